//! Each dialect and each oddity of real files, as tables.

use super::super::*;

/// The only line of a file, as an issue.
pub(super) fn issue(text: &str) -> (Dialect, Record) {
    let reading = read(text.as_bytes());
    assert!(reading.rejects.is_empty(), "{:?}", reading.rejects);
    assert_eq!(reading.lines.len(), 1, "{text}");
    let line = &reading.lines[0];
    (line.dialect, line.record().unwrap().clone())
}

fn reasons(file: &[u8]) -> Vec<(usize, String)> {
    read(file)
        .rejects
        .iter()
        .map(|reject| (reject.line, reject.reason.to_string()))
        .collect()
}

pub(super) const PLAIN: &str = r#"{"id":"tb-a1","title":"Loop \u0026 wait","description":"a\nb","status":"closed","priority":1,"issue_type":"bug","assignee":"tb/Toast","created_at":"2025-12-20T03:26:45.400818-08:00","updated_at":"2025-12-21T00:00:00.5Z","closed_at":"2025-12-21T00:00:00.5Z","close_reason":"done","created_by":"mayor","labels":["core","ui"],"dependencies":[{"issue_id":"tb-a1","depends_on_id":"tb-a2","type":"blocks","created_at":"2025-12-20T03:26:45.4-08:00","created_by":"mayor"}],"comments":[{"id":12,"issue_id":"tb-a1","author":"ash","text":"seen","created_at":"2025-12-20T12:00:00Z"}],"quality_score":0.5,"agent_state":"idle"}"#;

pub(super) const EXPORT: &str = r#"{"_type":"issue","id":"tb-b1","title":"Export","status":"open","priority":2,"issue_type":"task","owner":"a@b.c","created_at":"2026-04-18T16:19:12Z","created_by":"mayor","updated_at":"2026-04-18T16:19:12Z","metadata":{"k":[1,2]},"dependencies":[{"issue_id":"tb-b1","depends_on_id":"tb-b2","type":"parent-child","created_at":"2026-04-18T16:19:12Z","created_by":"mayor","metadata":"{}","thread_id":"t1"}],"dependency_count":0,"dependent_count":3,"comment_count":0}"#;

pub(super) const TABLE: &str = r#"{"acceptance_criteria":"","actor":"","agent_state":"","assignee":null,"await_id":"7","await_type":"gh:run","close_reason":"","closed_at":null,"compaction_level":0,"content_hash":"4aea","created_at":"2026-02-28T02:48:56Z","created_by":"tb/Toast","crystallizes":0,"description":"d","ephemeral":1,"estimated_minutes":null,"external_ref":null,"hook_bead":"","id":"tb-c1","is_template":0,"issue_type":"gate","last_activity":null,"metadata":"{\"a\":1}","notes":"","owner":"","pinned":0,"priority":3,"quality_score":null,"status":"open","timeout_ns":60000000000,"title":"Table","updated_at":"2026-02-28T02:48:56Z","waiters":"[\"tb/Ash\"]","wisp_type":""}"#;

#[test]
fn lines_of_the_sqlite_years_are_read_whole() {
    let (dialect, record) = issue(PLAIN);
    assert_eq!(dialect, Dialect::Plain);
    assert_eq!(record.title, "Loop & wait");
    assert_eq!(record.description, "a\nb");
    assert_eq!(record.priority, Some(1));
    let created = record.life.created_at.as_ref().unwrap();
    assert_eq!(created.nanos, 1_766_230_005_400_818_000);
    assert_eq!(created.text, "2025-12-20T03:26:45.400818-08:00");
    assert_eq!(record.labels, ["core", "ui"]);
    assert_eq!(record.dependencies[0].depends_on_id, "tb-a2");
    assert_eq!(record.comments[0].id, "12");
    let extra = [("quality_score", "0.5"), ("agent_state", "\"idle\"")];
    assert_eq!(
        record.extra,
        extra.map(|(key, value)| (key.to_owned(), value.to_owned()))
    );
}

#[test]
fn lines_of_an_export_keep_what_an_import_upstream_loses() {
    let (dialect, record) = issue(EXPORT);
    assert_eq!(dialect, Dialect::Export);
    assert_eq!(record.metadata.as_deref(), Some(r#"{"k":[1,2]}"#));
    assert_eq!(record.counts.dependent_count, Some(3));
    let edge = &record.dependencies[0];
    assert_eq!(
        (
            edge.metadata.as_deref(),
            edge.thread_id.as_str(),
            edge.created_by.as_str()
        ),
        (Some("{}"), "t1", "mayor")
    );
    assert!(record.extra.is_empty());
}

#[test]
fn rows_of_a_table_dump_are_read_with_their_own_spelling() {
    let (dialect, record) = issue(TABLE);
    assert_eq!(dialect, Dialect::Table);
    assert!(record.traits.ephemeral && !record.traits.pinned);
    assert_eq!(record.metadata.as_deref(), Some(r#"{"a":1}"#));
    assert_eq!(record.gate.timeout, Some(60_000_000_000));
    assert_eq!(record.gate.waiters, ["tb/Ash"]);
    assert_eq!(record.compaction.compaction_level, None);
    assert_eq!(record.people.assignee, "");
    // Empty columns of older fields say nothing; what is filled is kept.
    let extra = [("content_hash".to_owned(), "\"4aea\"".to_owned())];
    assert_eq!(record.extra, extra);
}

#[test]
fn the_other_kinds_of_lines_are_told_apart_by_their_keys() {
    for (text, expect) in [
        (
            r#"{"_schema":"beads-jsonl/1","_sort":"stable-v1"}"#,
            "a header",
        ),
        (r#"{"_type":"memory","key":"k","value":"v"}"#, "a memory"),
        (r#"{"issue_id":"tb-1","label":"x"}"#, "a label"),
        (
            r#"{"created_at":"2026-02-28T02:48:56Z","created_by":"x","depends_on_id":"tb-2","issue_id":"tb-1","type":"blocks"}"#,
            "a dependency",
        ),
        (
            r#"{"author":"ash","created_at":"2026-02-28T02:48:56Z","id":1,"issue_id":"tb-1","text":"t"}"#,
            "a comment",
        ),
        (
            r#"{"actor":"ash","comment":null,"created_at":"2026-02-28T02:48:56Z","event_type":"created","id":1,"issue_id":"tb-1","new_value":null,"old_value":null}"#,
            "an event",
        ),
        (r#"{"key":"issue_prefix","value":"tb"}"#, "a setting"),
        (r#"{"prefix":"tb-","path":"tradingbot"}"#, "a route"),
        (r#"{"id":"tb-9"}"#, "a deletion"),
        (
            r#"{"id":"tb-9","ts":"2025-11-25T12:00:00.5Z","by":"ash","reason":"dup"}"#,
            "a deletion",
        ),
        ("", "a blank line"),
        (" \t", "a blank line"),
    ] {
        let reading = read(format!("{text}\n").as_bytes());
        assert_eq!(reading.lines[0].body.name(), expect, "{text}");
    }
}

#[test]
fn one_bad_line_never_stops_the_rest() {
    let good = r#"{"id":"tb-1","title":"ok"}"#;
    let file = format!(
        "{good}\n<<<<<<< HEAD\n{{\"id\":\"tb-2\"\n=======\r\n>>>>>>> theirs\n{{\"id\":\"\",\"title\":\"x\"}}\n{{\"title\":\"x\"}}\n\
         {{\"id\":\"tb-3\",\"title\":5}}\n{{\"id\":\"tb-4\",\"title\":\"t\",\"priority\":1.5}}\n{{\"id\":\"tb-5\",\"title\":\"t\",\"created_at\":\"soon\"}}\n\
         {{\"id\":\"tb-6\",\"title\":\"t\",\"dependencies\":[{{\"type\":7}}]}}\n{{\"_type\":\"wisp\",\"id\":\"tb-7\"}}\n{{\"id\":\"int-1\",\"kind\":\"llm_call\"}}\n\
         [1]\n{{\"foo\":1}}\n{{\"id\":\"tb-8\",\"title\":\"last\"}}"
    );
    let reading = read(file.as_bytes());
    let ids: Vec<&str> = reading
        .lines
        .iter()
        .filter_map(|line| Some(line.record()?.id.as_str()))
        .collect();
    assert_eq!(ids, ["tb-1", "tb-8"]);
    let expect = [
        (2, "a conflict marker that git left"),
        (3, "the JSON ends too early, at byte 12"),
        (4, "a conflict marker that git left"),
        (5, "a conflict marker that git left"),
        (6, "the issue has an empty `id`"),
        (7, "the issue has no `id`"),
        (8, "`title` should be text, it is a number"),
        (
            9,
            "`priority` should be a whole number, it is a number with a fraction or out of range",
        ),
        (
            10,
            "`created_at` should be a time, it is text that is no time",
        ),
        (11, "`dependencies.type` should be text, it is a number"),
        (12, "`_type` is `wisp`; `issue` and `memory` are read"),
        (13, "an entry of an interaction log, which no ledger keeps"),
        (14, "the line is not a JSON object"),
        (15, "neither an issue nor another kind of line that is read"),
    ];
    let found = reasons(file.as_bytes());
    let found: Vec<(usize, &str)> = found.iter().map(|(at, why)| (*at, why.as_str())).collect();
    assert_eq!(found, expect);
    let all: Vec<u8> = {
        let mut all: Vec<(usize, &[u8])> = reading
            .lines
            .iter()
            .map(|line| (line.number, line.raw.as_slice()))
            .chain(
                reading
                    .rejects
                    .iter()
                    .map(|one| (one.line, one.bytes.as_slice())),
            )
            .collect();
        all.sort_unstable();
        all.into_iter().flat_map(|(_, raw)| raw.to_vec()).collect()
    };
    assert_eq!(all, file.as_bytes(), "every byte is in a line or a reject");
}

#[test]
fn of_several_versions_of_an_issue_the_last_changed_stays() {
    let at = |title: &str, second: u8| {
        format!(r#"{{"id":"tb-1","title":"{title}","updated_at":"2026-01-01T00:00:{second:02}Z"}}"#)
    };
    let (old, new, tie) = (at("old", 1), at("new", 2), at("tie", 2));
    let file = format!("{new}\n{old}\n{tie}\n{tie}\n");
    let reading = read(file.as_bytes());
    assert_eq!(reading.lines.len(), 1);
    assert_eq!(reading.lines[0].record().unwrap().title, "tie");
    assert_eq!(
        reasons(file.as_bytes()),
        [
            (1, "line 3 holds a newer version of `tb-1`".to_owned()),
            (2, "line 1 holds a newer version of `tb-1`".to_owned()),
        ]
    );
    let twice = Note::Twice {
        id: "tb-1".to_owned(),
        first: 3,
        line: 4,
    };
    assert_eq!(reading.notes, [twice]);
}

#[test]
fn broken_text_is_kept_and_told() {
    let file = b"\xef\xbb\xbf{\"id\":\"tb-1\",\"title\":\"caf\xe9\"}\r\n";
    let reading = read(file);
    assert_eq!(reading.lines[0].record().unwrap().title, "caf\u{fffd}");
    assert_eq!(reading.lines[0].raw, file[3..]);
    let notes: Vec<String> = reading.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "the byte order mark at the start is not kept",
            "line 1 is not UTF-8 at byte 25; it is kept as it is"
        ]
    );
}

#[test]
fn foreign_words_are_kept_and_told_once() {
    let line = |id: u8, status: &str| {
        format!(
            r#"{{"id":"tb-{id}","title":"t","status":"{status}","issue_type":"ticket","dependencies":[{{"issue_id":"tb-{id}","depends_on_id":"x","type":"follows"}}]}}"#
        )
    };
    let file = format!("{}\n{}\n", line(1, "resolved"), line(2, "done"));
    let notes: Vec<String> = read(file.as_bytes())
        .notes
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        notes,
        [
            "dependency type `follows` is not known; kept 2 times, first in line 1",
            "status `done` is not known; kept 1 times, first in line 2",
            "status `resolved` is not known; kept 1 times, first in line 1",
            "type `ticket` is not known; kept 2 times, first in line 1",
        ]
    );
}

#[test]
fn issues_among_routes_are_put_aside() {
    let file = b"{\"prefix\":\"tb-\",\"path\":\"tb\"}\n{\"id\":\"tb-1\",\"title\":\"x\"}\n";
    let mut reading = read(file);
    reading.keep(|body| matches!(body, Body::Route { .. }));
    assert_eq!(reading.lines.len(), 1);
    assert_eq!(
        reading.rejects[0].reason.to_string(),
        "an issue has no place in this file"
    );
}

#[test]
fn a_line_of_64_mib_is_read_and_a_longer_one_put_aside() {
    let line = |length: usize| {
        let head = br#"{"id":"tb-1","title":""#;
        let mut line = head.to_vec();
        line.resize(length - 2, b'x');
        line.extend_from_slice(b"\"}");
        line
    };
    let mut file = line(LINE_MAX);
    file.push(b'\n');
    file.extend(line(LINE_MAX + 1));
    let reading = read(&file);
    assert_eq!(
        reading.lines[0].record().unwrap().title.len(),
        LINE_MAX - 24
    );
    assert_eq!(reading.rejects[0].reason, Reason::TooLong(LINE_MAX + 1));
}

#[test]
fn missing_values_are_read_as_their_writers_meant_them() {
    let (_, record) =
        issue(r#"{"id":"tb-1","title":"","wisp":true,"assignee":null,"closed_at":""}"#);
    assert_eq!(
        (
            record.status.as_str(),
            record.issue_type.as_str(),
            record.priority
        ),
        ("open", "task", Some(0))
    );
    assert!(record.traits.ephemeral && record.life.closed_at.is_none());
    let (_, record) = issue(
        r#"{"id":"tb-1","title":"t","bonded_from":[{"proto_id":"tb-p","bond_type":"sequential"}]}"#,
    );
    assert_eq!(record.molecule.bonded_from[0].source_id, "tb-p");
}

#[test]
fn a_tombstone_is_a_status_and_not_a_date() {
    let (_, dead) = issue(
        r#"{"id":"tb-1","title":"t","status":"tombstone","deleted_at":"2026-01-01T00:00:00Z","delete_reason":"dup","original_type":"bug"}"#,
    );
    assert!(dead.is_tombstone());
    assert_eq!(dead.tombstone.original_type, "bug");
    let (_, alive) = issue(r#"{"id":"tb-1","title":"t","deleted_at":"2026-01-01T00:00:00Z"}"#);
    assert!(!alive.is_tombstone());
}

#[test]
fn the_order_of_a_file_is_seen() {
    let line = |id: &str, rest: &str| format!("{{\"id\":\"{id}\",\"title\":\"t\"{rest}}}\n");
    let counted = ",\"dependency_count\":0";
    for (file, expect) in [
        (String::new(), Order::ById),
        (line("bd-10", "") + &line("bd-2", ""), Order::ById),
        (line("b", counted) + &line("a", counted), Order::AsExported),
        (line("a", counted) + &line("b", counted), Order::AsExported),
        (
            line("a", counted) + &line("b", counted) + &line("c", counted),
            Order::ById,
        ),
    ] {
        assert_eq!(read(file.as_bytes()).order(), expect, "{file}");
    }
}
