//! The whole bead in the ledger: fields, words of others, edges, lists.

use serde_json::json;

use crate::domain::{
    BeadFilter, BeadId, BeadMore, BeadRest, BeadStatus, BeadType, DepKind, LabelFilter, Priority,
    ReadyFilter, ReadySort, ScopeFilter, TextFilter,
};
use crate::rules::decision::Change;
use crate::rules::row::{BeadRow, CommentRow, DepRow};

use super::Store;

pub(super) fn id(text: &str) -> BeadId {
    BeadId::parse(text).unwrap()
}

pub(super) fn row(text: &str, at: i64) -> BeadRow {
    BeadRow::new(id(text), format!("Title of {text}"), "human".to_owned(), at)
}

pub(super) fn edge(bead: &str, on: &str, kind: DepKind) -> DepRow {
    DepRow {
        bead: id(bead),
        on: id(on),
        kind,
        kind_word: None,
        created_at: 7,
        created_by: "human".to_owned(),
        metadata: String::new(),
        thread_id: String::new(),
    }
}

fn store(rows: &[BeadRow]) -> Store {
    let store = Store::in_memory().unwrap();
    for row in rows {
        store.apply(&Change::Bead(row.clone())).unwrap();
    }
    store
}

fn listed(store: &Store, filter: &BeadFilter) -> Vec<String> {
    let (rows, total) = store.bead_list(filter, 1_000).unwrap();
    assert_eq!(total, u64::try_from(rows.len()).unwrap());
    rows.iter().map(|row| row.id.to_string()).collect()
}

#[test]
fn every_field_comes_back_as_it_was_written() {
    let mut bead = row("tb-1", 5);
    bead.status = BeadStatus::Foreign;
    bead.status_word = Some("staged_ready".to_owned());
    bead.kind = BeadType::Foreign;
    bead.kind_word = Some("widget".to_owned());
    bead.assignee = Some("tradingbot/polecats/Toast".to_owned());
    bead.closed_at = Some(9);
    bead.close_reason = Some("done; \"'; DROP TABLE beads".to_owned());
    *bead.rest = BeadRest {
        design: "d".to_owned(),
        acceptance: "a".to_owned(),
        notes: "n".to_owned(),
        spec_id: "s".to_owned(),
        owner: "o".to_owned(),
        external_ref: "gh-9".to_owned(),
        estimate: Some(30),
        started_at: Some(6),
        due_at: Some(7),
        defer_until: Some(8),
        ephemeral: true,
        pinned: true,
        template: true,
        more: BeadMore {
            metadata: json!({"z": 1, "a": [true, null]}),
            timeout: 3_600_000_000_000,
            waiters: vec!["mayor/".to_owned()],
            extra: json!({"zeta": 0.1, "alpha": "x"})
                .as_object()
                .cloned()
                .unwrap(),
            ..BeadMore::default()
        },
    };
    let store = store(std::slice::from_ref(&bead));
    assert_eq!(store.bead(&bead.id).unwrap(), Some(bead.clone()));
    bead.title = "Another".to_owned();
    *bead.rest = BeadRest::default();
    store.apply(&Change::Bead(bead.clone())).unwrap();
    assert_eq!(store.bead(&bead.id).unwrap(), Some(bead));
}

#[test]
fn edges_keep_their_data_and_may_point_elsewhere() {
    let store = store(&[row("tb-1", 1), row("tb-2", 2)]);
    let mut one = edge("tb-1", "external:beads:mol-run", DepKind::Foreign);
    one.kind_word = Some("follows".to_owned());
    one.metadata = r#"{"gate":"all-children"}"#.to_owned();
    one.thread_id = "t-1".to_owned();
    for change in [
        Change::Dep(one.clone()),
        Change::Dep(edge("tb-1", "tb-2", DepKind::Blocks)),
    ] {
        store.apply(&change).unwrap();
    }
    assert_eq!(store.dep(&one.bead, &one.on).unwrap(), Some(one.clone()));
    let around = store.around(&[&one.bead]).unwrap();
    let seen = &around.depends_on[&one.bead];
    assert_eq!(seen[0].kind_text(), "follows");
    assert_eq!(seen[0].title, "");
    assert_eq!(seen[1].kind, DepKind::Blocks);
    assert!(store.bead(&one.bead).unwrap().unwrap().is_blocked);
    store
        .apply(&Change::DepGone {
            bead: id("tb-1"),
            on: id("tb-2"),
        })
        .unwrap();
    assert!(!store.bead(&one.bead).unwrap().unwrap().is_blocked);
}

#[test]
fn comments_are_listed_oldest_first_with_their_own_ids() {
    let store = store(&[row("tb-1", 1)]);
    for (at, token) in [(5, "2"), (3, "018f-a")] {
        store
            .apply(&Change::Comment(CommentRow {
                bead: id("tb-1"),
                id: token.to_owned(),
                author: "human".to_owned(),
                text: "hello".to_owned(),
                created_at: at,
            }))
            .unwrap();
    }
    let ids: Vec<String> = store
        .comments(&id("tb-1"))
        .unwrap()
        .into_iter()
        .map(|comment| comment.id)
        .collect();
    assert_eq!(ids, ["018f-a", "2"]);
}

#[test]
fn a_list_hides_what_is_no_open_work_and_every_filter_restricts() {
    let with = |text: &str, change: fn(&mut BeadRow)| {
        let mut bead = row(text, 10);
        change(&mut bead);
        bead
    };
    let store = store(&[
        with("tb-a", |bead| bead.title = "100% sure_thing".to_owned()),
        with("tb-b", |bead| bead.status = BeadStatus::Closed),
        with("tb-c", |bead| bead.rest.pinned = true),
        with("tb-d", |bead| bead.rest.template = true),
        with("tb-e", |bead| bead.kind = BeadType::Gate),
        with("tb-f", |bead| bead.kind = BeadType::Agent),
        with("tb-g", |bead| bead.rest.ephemeral = true),
        with("tb-h", |bead| {
            bead.rest.more.metadata = json!({"team": "x", "n": 3, "on": true});
            bead.priority = Priority::try_from(0).unwrap();
        }),
        with("tb-h.1", |bead| {
            bead.status = BeadStatus::Foreign;
            bead.status_word = Some("staged".to_owned());
        }),
    ]);
    store
        .apply(&Change::Labels {
            bead: id("tb-a"),
            add: vec!["from:x".to_owned(), "ui".to_owned()],
            remove: Vec::new(),
        })
        .unwrap();
    let plain = BeadFilter::default();
    assert_eq!(listed(&store, &plain), ["tb-h", "tb-a", "tb-h.1"]);
    let all = BeadFilter {
        all: true,
        ..BeadFilter::default()
    };
    assert_eq!(
        listed(&store, &all),
        ["tb-h", "tb-a", "tb-b", "tb-c", "tb-h.1"]
    );
    let text = |text: TextFilter| BeadFilter {
        text,
        ..BeadFilter::default()
    };
    let scope = |scope: ScopeFilter| BeadFilter {
        scope,
        ..BeadFilter::default()
    };
    let tags = |tags: LabelFilter| BeadFilter {
        tags,
        ..BeadFilter::default()
    };
    let some = |word: &str| Some(word.to_owned());
    let cases: Vec<(BeadFilter, &[&str])> = vec![
        (
            text(TextFilter {
                title_contains: some("0% SURE_"),
                ..TextFilter::default()
            }),
            &["tb-a"],
        ),
        (
            text(TextFilter {
                title_contains: some("sureXthing"),
                ..TextFilter::default()
            }),
            &[],
        ),
        (
            text(TextFilter {
                search: some("B-H.1"),
                ..TextFilter::default()
            }),
            &["tb-h.1"],
        ),
        (
            tags(LabelFilter {
                label_pattern: some("from:*"),
                ..LabelFilter::default()
            }),
            &["tb-a"],
        ),
        (
            tags(LabelFilter {
                label_regex: some("^u.$"),
                ..LabelFilter::default()
            }),
            &["tb-a"],
        ),
        (
            tags(LabelFilter {
                label_regex: some("^q"),
                ..LabelFilter::default()
            }),
            &[],
        ),
        (
            tags(LabelFilter {
                no_labels: true,
                ..LabelFilter::default()
            }),
            &["tb-h", "tb-h.1"],
        ),
        (
            tags(LabelFilter {
                exclude_labels: vec!["ui".to_owned()],
                ..LabelFilter::default()
            }),
            &["tb-h", "tb-h.1"],
        ),
        (
            scope(ScopeFilter {
                parent: some("tb-h"),
                ..ScopeFilter::default()
            }),
            &["tb-h.1"],
        ),
        (
            scope(ScopeFilter {
                metadata: vec![("team".to_owned(), "x".to_owned())],
                ..ScopeFilter::default()
            }),
            &["tb-h"],
        ),
        (
            scope(ScopeFilter {
                metadata: vec![("n".to_owned(), "3".to_owned())],
                ..ScopeFilter::default()
            }),
            &["tb-h"],
        ),
        (
            scope(ScopeFilter {
                metadata: vec![("on".to_owned(), "true".to_owned())],
                ..ScopeFilter::default()
            }),
            &["tb-h"],
        ),
        (
            scope(ScopeFilter {
                metadata_keys: vec!["nope".to_owned()],
                ..ScopeFilter::default()
            }),
            &[],
        ),
        (
            scope(ScopeFilter {
                pinned: Some(true),
                ..ScopeFilter::default()
            }),
            &["tb-c"],
        ),
        (
            scope(ScopeFilter {
                only_ephemeral: true,
                ..ScopeFilter::default()
            }),
            &["tb-g"],
        ),
        (
            BeadFilter {
                status_words: vec!["staged".to_owned()],
                ..BeadFilter::default()
            },
            &["tb-h.1"],
        ),
        (
            BeadFilter {
                kind: Some(BeadType::Agent),
                ..BeadFilter::default()
            },
            &["tb-f"],
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(listed(&store, &filter), expected, "{filter:?}");
    }
}

#[test]
fn ready_comes_in_the_field_s_orders_and_brings_back_what_was_put_off() {
    let hour = 3_600_000;
    let now = 1_000 * hour;
    let with = |text: &str, priority: u8, age: i64| {
        let mut bead = row(text, now - age * hour);
        bead.priority = Priority::try_from(priority).unwrap();
        bead
    };
    let mut later = with("tb-later", 0, 1);
    later.status = BeadStatus::Deferred;
    later.rest.defer_until = Some(now + hour);
    let mut back = with("tb-back", 0, 100);
    back.status = BeadStatus::Deferred;
    back.rest.defer_until = Some(now - hour);
    let mut someday = with("tb-someday", 0, 1);
    someday.status = BeadStatus::Deferred;
    let mut gate = with("tb-gate", 0, 1);
    gate.kind = BeadType::Gate;
    let store = store(&[
        with("tb-new", 2, 1),
        with("tb-old", 2, 60),
        with("tb-urgent", 1, 5),
        later,
        back,
        someday,
        gate,
        with("tb-child", 1, 2),
    ]);
    store
        .apply(&Change::Dep(edge(
            "tb-child",
            "tb-later",
            DepKind::ParentChild,
        )))
        .unwrap();
    let ready = |sort, include_deferred| -> Vec<String> {
        let filter = ReadyFilter {
            sort,
            include_deferred,
            ..ReadyFilter::default()
        };
        let (rows, _) = store.ready(&filter, now).unwrap();
        rows.iter().map(|row| row.id.to_string()).collect()
    };
    assert_eq!(
        ready(ReadySort::Priority, false),
        ["tb-back", "tb-urgent", "tb-new", "tb-old"]
    );
    assert_eq!(
        ready(ReadySort::Oldest, false),
        ["tb-back", "tb-old", "tb-urgent", "tb-new"]
    );
    assert_eq!(
        ready(ReadySort::Hybrid, false),
        ["tb-urgent", "tb-new", "tb-back", "tb-old"]
    );
    assert_eq!(ready(ReadySort::Priority, true).len(), 7);
}
