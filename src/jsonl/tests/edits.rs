//! An edit changes what was edited; a new line goes to its place.

use super::super::*;
use super::dialects::{EXPORT, PLAIN, TABLE, issue};

/// The line after an edit of its record.
fn after(text: &str, edit: impl FnOnce(&mut Record)) -> String {
    let (_, mut record) = issue(text);
    edit(&mut record);
    String::from_utf8(edited(&record, text.as_bytes())).unwrap()
}

/// The line with one piece of it replaced.
fn with(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

#[test]
fn an_untouched_record_is_its_line() {
    for end in ["", "\n", "\r\n"] {
        for line in [PLAIN, EXPORT, TABLE] {
            let raw = format!("{line}{end}");
            let (_, record) = issue(&raw);
            assert_eq!(edited(&record, raw.as_bytes()), raw.as_bytes());
            assert!(!is_edited(&record, &issue(&raw).1));
        }
    }
}

#[test]
fn one_field_changes_one_value() {
    let title = |record: &mut Record| "<New>".clone_into(&mut record.title);
    assert_eq!(
        after(PLAIN, title),
        with(PLAIN, r"Loop \u0026 wait", r"\u003cNew\u003e")
    );
    assert_eq!(
        after(EXPORT, title),
        with(EXPORT, r#""Export""#, r#""\u003cNew\u003e""#)
    );
    assert_eq!(
        after(TABLE, title),
        with(TABLE, r#""Table""#, r#""\u003cNew\u003e""#)
    );
}

/// Every field is written anew and taken back: what is written is what stood there.
#[test]
fn an_edit_that_is_taken_back_leaves_no_trace() {
    for line in [PLAIN, EXPORT, TABLE] {
        let (_, before) = issue(line);
        let stamp = || Some(Stamp::at(0));
        let mut other = Record {
            life: Life {
                created_at: stamp(),
                updated_at: stamp(),
                started_at: stamp(),
                closed_at: stamp(),
                close_reason: "r".to_owned(),
                ..Life::default()
            },
            priority: Some(4),
            labels: vec!["zz".to_owned()],
            metadata: Some("7".to_owned()),
            extra: before.extra.clone(),
            ..Record::default()
        };
        other.traits.pinned = true;
        other.gate.timeout = Some(1);
        other.gate.waiters.push("w".to_owned());
        let there = edited(&other, line.as_bytes());
        assert_ne!(there, line.as_bytes());
        let other = edited(&before, &there);
        let again = issue(std::str::from_utf8(&other).unwrap()).1;
        assert!(!is_edited(&again, &before), "{again:?}");
    }
    // A line whose keys all stay keeps its order too.
    let (_, before) = issue(PLAIN);
    let mut after = before.clone();
    after.title.push('x');
    after.labels.push("zz".to_owned());
    after.life.created_at = Some(Stamp::at(0));
    after.comments.clear();
    after.comments.push(Comment::default());
    after.dependencies[0].kind = "tracks".to_owned();
    let there = edited(&after, PLAIN.as_bytes());
    assert_eq!(edited(&before, &there), PLAIN.as_bytes());
}

#[test]
fn a_reopened_issue_loses_its_keys_and_a_row_of_a_table_keeps_them() {
    let reopen = |record: &mut Record| {
        "open".clone_into(&mut record.status);
        record.life.closed_at = None;
        record.life.close_reason.clear();
        record.life.updated_at = Some(Stamp::at(1_766_300_000_120_000_000));
    };
    let expect = with(PLAIN, r#""closed","#, r#""open","#);
    let expect = with(
        &expect,
        r#","updated_at":"2025-12-21T00:00:00.5Z","closed_at":"2025-12-21T00:00:00.5Z","close_reason":"done""#,
        r#","updated_at":"2025-12-21T06:53:20.12Z""#,
    );
    assert_eq!(after(PLAIN, reopen), expect);
    let release = |record: &mut Record| {
        record.traits.ephemeral = false;
        record.gate.await_id.clear();
        record.gate.timeout = None;
        record.gate.waiters.clear();
        record.metadata = None;
    };
    let expect = with(TABLE, r#""ephemeral":1"#, r#""ephemeral":0"#);
    let expect = with(&expect, r#""await_id":"7""#, r#""await_id":"""#);
    let expect = with(&expect, "60000000000", "null");
    let expect = with(&expect, r#""[\"tb/Ash\"]""#, r#""""#);
    let expect = with(&expect, r#""{\"a\":1}""#, "null");
    assert_eq!(after(TABLE, release), expect);
}

#[test]
fn new_keys_come_where_they_belong_even_in_lines_of_another_order() {
    let fill = |record: &mut Record| {
        "tb/Ash".clone_into(&mut record.people.owner);
        "d".clone_into(&mut record.design);
        record.traits.pinned = true;
    };
    let expect = with(PLAIN, r#","status""#, r#","design":"d","status""#);
    let expect = with(
        &expect,
        r#""assignee":"tb/Toast","#,
        r#""assignee":"tb/Toast","owner":"tb/Ash","#,
    );
    let expect = with(
        &expect,
        r#"}],"quality_score""#,
        r#"}],"pinned":true,"quality_score""#,
    );
    assert_eq!(after(PLAIN, fill), expect);
    let expect = with(
        EXPORT,
        r#""title":"Export","#,
        r#""title":"Export","description":"x","#,
    );
    let describe = |record: &mut Record| "x".clone_into(&mut record.description);
    assert_eq!(after(EXPORT, describe), expect);
    let due = |record: &mut Record| record.life.due_at = Some(Stamp::at(0));
    let expect = with(
        TABLE,
        r#","ephemeral""#,
        r#","due_at":"1970-01-01T00:00:00Z","ephemeral""#,
    );
    assert_eq!(after(TABLE, due), expect);
}

#[test]
fn items_of_lists_keep_their_text_and_their_order() {
    let line = r#"{"id":"tb-1","title":"t","labels":["b","\u0061","c"],"dependencies":[{"type":"follows","depends_on_id":"tb-9","issue_id":"tb-1","weight":1.0},{"issue_id":"tb-1","depends_on_id":"tb-2","type":"blocks"}],"priority":2}"#;
    let labels = |record: &mut Record| record.labels = ["a", "aa", "b"].map(str::to_owned).to_vec();
    assert_eq!(
        after(line, labels),
        with(line, r#"["b","\u0061","c"]"#, r#"["b","\u0061","aa"]"#)
    );
    let shuffled = |record: &mut Record| {
        record.labels.reverse();
        record.dependencies.reverse();
    };
    assert_eq!(after(line, shuffled), line);
    let edges = |record: &mut Record| {
        record.dependencies.remove(1);
        record.dependencies.insert(
            0,
            Dependency {
                issue_id: "tb-1".to_owned(),
                depends_on_id: "tb-3".to_owned(),
                kind: "tracks".to_owned(),
                created_at: Stamp::parse("2026-01-01T00:00:00Z"),
                ..Dependency::default()
            },
        );
    };
    assert_eq!(
        after(line, edges),
        with(
            line,
            r#"{"issue_id":"tb-1","depends_on_id":"tb-2","type":"blocks"}"#,
            r#"{"issue_id":"tb-1","depends_on_id":"tb-3","type":"tracks","created_at":"2026-01-01T00:00:00Z"}"#
        )
    );
    let comment = |record: &mut Record| {
        record.comments.push(Comment {
            id: "\"0190\"".to_owned(),
            issue_id: "tb-a1".to_owned(),
            author: "ash".to_owned(),
            text: "two".to_owned(),
            created_at: Stamp::parse("2025-12-21T12:00:00Z"),
            ..Comment::default()
        });
    };
    let expect = with(
        PLAIN,
        r#"12:00:00Z"}]"#,
        r#"12:00:00Z"},{"id":"0190","issue_id":"tb-a1","author":"ash","text":"two","created_at":"2025-12-21T12:00:00Z"}]"#,
    );
    assert_eq!(after(PLAIN, comment), expect);
}

#[test]
fn a_line_of_another_writer_keeps_its_separators() {
    let line = r#"{"id": "tb-1", "title": "a < b", "labels": ["x", "y"], "metadata": {"k": [1, 2]}, "priority": 2}"#;
    let edit = |record: &mut Record| {
        record.labels.push("z&".to_owned());
        record.metadata = Some(r#"{"k":[1,3]}"#.to_owned());
        "n".clone_into(&mut record.notes);
    };
    assert_eq!(
        after(line, edit),
        r#"{"id": "tb-1", "title": "a < b", "notes": "n", "labels": ["x", "y", "z&"], "metadata": {"k": [1, 3]}, "priority": 2}"#
    );
    let wide = r#"{"id": "tb-1", "title": "caf\u00e9 \u2014", "priority": 2}"#;
    let edit = |record: &mut Record| "ü".clone_into(&mut record.notes);
    assert_eq!(
        after(wide, edit),
        r#"{"id": "tb-1", "title": "caf\u00e9 \u2014", "notes": "\u00fc", "priority": 2}"#
    );
}

#[test]
fn unknown_keys_can_change_and_go() {
    let change = |record: &mut Record| {
        "1.5".clone_into(&mut record.extra[0].1);
        record.extra.push(("rig".to_owned(), "\"tb\"".to_owned()));
    };
    let expect = with(PLAIN, ":0.5,", ":1.5,");
    let expect = with(&expect, r#""idle"}"#, r#""idle","rig":"tb"}"#);
    assert_eq!(after(PLAIN, change), expect);
    let go = |record: &mut Record| {
        record.extra.remove(0);
    };
    assert_eq!(after(PLAIN, go), with(PLAIN, r#","quality_score":0.5"#, ""));
}

#[test]
fn an_old_name_and_a_repeated_key_follow_the_edit() {
    let line = r#"{"id":"tb-1","title":"one","wisp":true,"title":"two","priority":2}"#;
    let edit = |record: &mut Record| {
        assert_eq!(record.title, "two");
        "three".clone_into(&mut record.title);
        record.traits.ephemeral = false;
    };
    assert_eq!(
        after(line, edit),
        r#"{"id":"tb-1","title":"three","priority":2}"#
    );
}

#[test]
fn counts_follow_an_edit_and_never_make_one() {
    let count = |record: &mut Record| record.count(5);
    assert_eq!(after(EXPORT, count), EXPORT);
    let both = |record: &mut Record| {
        "n".clone_into(&mut record.notes);
        record.count(5);
    };
    let expect = with(EXPORT, r#""dependent_count":3"#, r#""dependent_count":5"#);
    let expect = with(&expect, r#","status""#, r#","notes":"n","status""#);
    assert_eq!(after(EXPORT, both), expect);
    // A line without counts gets none, and a caller who counts nothing leaves them alone.
    assert!(!after(PLAIN, both).contains("_count"));
    let alone = |record: &mut Record| {
        "n".clone_into(&mut record.notes);
        record.counts = Counts::default();
    };
    assert!(
        after(EXPORT, alone)
            .ends_with(r#""dependency_count":0,"dependent_count":3,"comment_count":0}"#)
    );
}

#[test]
fn a_new_record_has_the_order_of_keys_of_today() {
    let record = Record {
        id: "tb-1".to_owned(),
        title: "New".to_owned(),
        status: "open".to_owned(),
        priority: Some(0),
        issue_type: "task".to_owned(),
        labels: ["b", "a"].map(str::to_owned).to_vec(),
        metadata: Some("{ \"a\": \"<\" }".to_owned()),
        life: Life {
            created_at: Some(Stamp::at(1_766_230_005_400_818_000)),
            updated_at: Some(Stamp::at(1_766_230_005_000_000_000)),
            ..Life::default()
        },
        extra: vec![("rig".to_owned(), "\"tb\"".to_owned())],
        ..Record::default()
    };
    let own = r#""id":"tb-1","title":"New","status":"open","priority":0,"issue_type":"task","created_at":"2025-12-20T11:26:45.400818Z","updated_at":"2025-12-20T11:26:45Z","metadata":{"a":"\u003c"},"labels":["a","b"],"rig":"tb""#;
    let text = |dialect| String::from_utf8(fresh(&record, dialect)).unwrap();
    assert_eq!(text(Dialect::Plain), format!("{{{own}}}\n"));
    assert_eq!(
        text(Dialect::Export),
        format!(
            "{{\"_type\":\"issue\",{own},\"dependency_count\":0,\"dependent_count\":0,\"comment_count\":0}}\n"
        )
    );
}

fn kept(line: &str, id: Option<&str>) -> Piece {
    Piece::Kept {
        key: id.map(|id| key(id, 2, 0)),
        bytes: line.as_bytes().to_vec(),
    }
}

fn key(id: &str, priority: i64, created: i64) -> SortKey {
    SortKey {
        no_history: false,
        priority,
        created,
        id: id.to_owned(),
    }
}

fn new(id: &str, priority: i64, created: i64) -> Piece {
    Piece::New {
        key: key(id, priority, created),
        bytes: format!("{id}\n").into_bytes(),
    }
}

#[test]
fn new_lines_come_to_their_sorted_place_and_the_rest_stays() {
    let by_id = |pieces| String::from_utf8(arrange(pieces, Order::ById)).unwrap();
    assert_eq!(by_id(vec![new("b", 2, 0), new("a", 2, 0)]), "a\nb\n");
    // Kept lines stay as they stood, the last one without its line end.
    let old = || {
        vec![
            kept("h\r\n", None),
            kept("b\r\n", Some("b")),
            kept("d", Some("d")),
        ]
    };
    assert_eq!(by_id(old()), "h\r\nb\r\nd");
    let mut pieces = old();
    pieces.extend([new("e", 2, 0), new("a", 2, 0), new("c", 2, 0)]);
    assert_eq!(by_id(pieces), "h\r\na\r\nb\r\nc\r\nd\r\ne\r\n");
    let memories = vec![
        kept("{\"_schema\":1}\n", None),
        kept("m\n", None),
        new("a", 2, 0),
    ];
    assert_eq!(by_id(memories), "{\"_schema\":1}\na\nm\n");
    let exported = vec![
        kept("x\n", Some("x")),
        kept("m\n", None),
        new("a", 3, 0),
        new("b", 2, 5),
        new("c", 2, 9),
        new("d", 0, 0),
    ];
    let text = String::from_utf8(arrange(exported, Order::AsExported)).unwrap();
    assert_eq!(text, "d\nc\nb\nx\na\nm\n");
}
