//! What becomes of an issue that others changed too.

use proptest::prelude::*;

use super::super::*;
use super::dialects::{EXPORT, PLAIN, issue};
use super::generate::issues;

fn base() -> Record {
    issue(PLAIN).1
}

fn changed(second: i64, edit: impl FnOnce(&mut Record)) -> Record {
    let mut record = base();
    record.life.updated_at = Some(Stamp::at((1_800_000_000 + second) * 1_000_000_000));
    edit(&mut record);
    record
}

fn fields(decision: &Decision) -> Vec<&str> {
    decision
        .differences
        .iter()
        .map(|one| one.field.as_str())
        .collect()
}

fn comment(author: &str, text: &str) -> Comment {
    Comment {
        author: author.to_owned(),
        text: text.to_owned(),
        created_at: Some(Stamp::at(1)),
        ..Comment::default()
    }
}

#[test]
fn an_issue_that_we_do_not_have_is_added() {
    let decision = decide(None, None, &base());
    assert_eq!((decision.verdict, decision.merged), (Verdict::Add, base()));
    // It was here and was swept away: only a change of theirs is worth a question.
    assert_eq!(decide(Some(&base()), None, &base()).verdict, Verdict::Older);
    let theirs = changed(1, |_| {});
    assert_eq!(
        decide(Some(&base()), None, &theirs).verdict,
        Verdict::Conflict
    );
}

#[test]
fn what_another_program_only_wrote_differently_is_the_same() {
    let mut theirs = base();
    theirs.life.created_at = Stamp::parse("2025-12-20T11:26:45Z");
    theirs.life.updated_at = Stamp::parse("2025-12-21T00:00:00Z");
    theirs.life.closed_at = Stamp::parse("2025-12-21T00:00:00Z");
    theirs.labels.reverse();
    theirs.dependencies[0].created_by = "importer".to_owned();
    theirs.dependencies[0].metadata = Some("{}".to_owned());
    theirs.comments[0].id = "\"0190\"".to_owned();
    theirs.counts.dependency_count = Some(1);
    theirs.extra.clear();
    let decision = decide(None, Some(&base()), &theirs);
    assert_eq!(decision.verdict, Verdict::Same);
    assert!(decision.differences.is_empty() && !decision.overwrites);
    assert_eq!(decision.merged, base());
}

#[test]
fn the_side_that_changed_wins_when_the_start_is_known() {
    let theirs = changed(1, |record| "theirs".clone_into(&mut record.title));
    let decision = decide(Some(&base()), Some(&base()), &theirs);
    assert_eq!(
        (decision.verdict, decision.overwrites),
        (Verdict::Newer, false)
    );
    assert_eq!(decision.merged, theirs);
    assert_eq!(fields(&decision), ["title", "updated_at"]);
    let title = &decision.differences[0];
    assert_eq!(
        (
            title.base.as_deref(),
            title.ours.as_str(),
            title.theirs.as_str()
        ),
        (Some("Loop & wait"), "Loop & wait", "theirs")
    );
    let ours = changed(1, |record| record.labels.clear());
    let decision = decide(Some(&base()), Some(&ours), &base());
    assert_eq!(
        (decision.verdict, decision.overwrites),
        (Verdict::Older, false)
    );
    assert_eq!(decision.merged, ours);
}

#[test]
fn changes_of_different_fields_are_joined() {
    let ours = changed(5, |record| {
        "ours".clone_into(&mut record.title);
        record.labels = vec!["core".to_owned(), "mine".to_owned()];
        record.dependencies.clear();
        record.comments.push(comment("ash", "mine"));
        record.people.owner = "me".to_owned();
    });
    let theirs = changed(9, |record| {
        record.priority = Some(0);
        record.labels.push("yours".to_owned());
        record.comments.push(comment("copper", "yours"));
        record.extra[1].1 = "\"busy\"".to_owned();
    });
    let decision = decide(Some(&base()), Some(&ours), &theirs);
    assert_eq!(
        (decision.verdict, decision.overwrites),
        (Verdict::Joined, false)
    );
    let merged = &decision.merged;
    assert_eq!(merged.title, "ours");
    assert_eq!(merged.priority, Some(0));
    assert_eq!(merged.people.owner, "me");
    assert_eq!(merged.labels, ["core", "mine", "yours"]);
    assert!(merged.dependencies.is_empty());
    assert_eq!(merged.comments.len(), 3);
    assert_eq!(merged.extra[1].1, "\"busy\"");
    assert_eq!(merged.life.updated_at, theirs.life.updated_at);
}

#[test]
fn changes_of_one_field_follow_the_known_rules_and_are_reported() {
    struct Case {
        what: &'static str,
        ours: fn(&mut Record),
        theirs: fn(&mut Record),
        verdict: Verdict,
        overwrites: bool,
        expect: fn(&Record) -> bool,
    }
    let cases = [
        Case {
            what: "the later title",
            ours: |r| "ours".clone_into(&mut r.title),
            theirs: |r| "theirs".clone_into(&mut r.title),
            verdict: Verdict::Conflict,
            overwrites: true,
            expect: |r| r.title == "theirs",
        },
        Case {
            what: "both notes",
            ours: |r| "ours".clone_into(&mut r.notes),
            theirs: |r| "theirs".clone_into(&mut r.notes),
            verdict: Verdict::Joined,
            overwrites: false,
            expect: |r| r.notes == "ours\n\n---\n\ntheirs",
        },
        Case {
            what: "the smaller priority",
            ours: |r| r.priority = Some(2),
            theirs: |r| r.priority = Some(3),
            verdict: Verdict::Conflict,
            overwrites: false,
            expect: |r| r.priority == Some(2),
        },
        Case {
            what: "a priority over none",
            ours: |r| r.priority = Some(0),
            theirs: |r| r.priority = Some(4),
            verdict: Verdict::Conflict,
            overwrites: true,
            expect: |r| r.priority == Some(4),
        },
        Case {
            what: "our type",
            ours: |r| "epic".clone_into(&mut r.issue_type),
            theirs: |r| "chore".clone_into(&mut r.issue_type),
            verdict: Verdict::Conflict,
            overwrites: false,
            expect: |r| r.issue_type == "epic",
        },
        Case {
            what: "the same change on both sides",
            ours: |r| "same".clone_into(&mut r.design),
            theirs: |r| "same".clone_into(&mut r.design),
            verdict: Verdict::Joined,
            overwrites: false,
            expect: |r| r.design == "same",
        },
        Case {
            what: "a label that both took away",
            ours: |r| r.labels.clear(),
            theirs: |r| {
                r.labels.remove(0);
            },
            verdict: Verdict::Joined,
            overwrites: false,
            expect: |r| r.labels.is_empty(),
        },
        Case {
            what: "the first start",
            ours: |r| r.life.started_at = Some(Stamp::at(5)),
            theirs: |r| r.life.started_at = Some(Stamp::at(4)),
            verdict: Verdict::Joined,
            overwrites: false,
            expect: |r| r.life.started_at == Some(Stamp::at(4)),
        },
        Case {
            what: "the later value of an unknown key",
            ours: |r| "1".clone_into(&mut r.extra[0].1),
            theirs: |r| "2".clone_into(&mut r.extra[0].1),
            verdict: Verdict::Conflict,
            overwrites: true,
            expect: |r| r.extra[0].1 == "2",
        },
    ];
    for case in cases {
        let (ours, theirs) = (changed(1, case.ours), changed(2, case.theirs));
        let decision = decide(Some(&base()), Some(&ours), &theirs);
        assert_eq!(
            (decision.verdict, decision.overwrites),
            (case.verdict, case.overwrites),
            "{}",
            case.what
        );
        assert!(
            (case.expect)(&decision.merged),
            "{}: {:?}",
            case.what,
            decision.merged
        );
    }
}

#[test]
fn closed_beats_another_status_with_its_date_and_reason() {
    let mut start = base();
    "open".clone_into(&mut start.status);
    start.life.closed_at = None;
    start.life.close_reason.clear();
    let mut ours = changed(1, |_| {});
    let mut theirs = start.clone();
    theirs.life.updated_at = Some(Stamp::at(1_900_000_000_000_000_000));
    "in_progress".clone_into(&mut theirs.status);
    for _ in 0..2 {
        let decision = decide(Some(&start), Some(&ours), &theirs);
        assert_eq!(decision.verdict, Verdict::Conflict);
        assert_eq!(decision.merged.status, "closed");
        assert!(decision.merged.life.closed_at.is_some());
        assert_eq!(decision.merged.life.close_reason, "done");
        std::mem::swap(&mut ours, &mut theirs);
    }
}

#[test]
fn without_a_start_the_later_version_wins_and_lists_are_added() {
    let ours = changed(1, |record| record.comments.push(comment("ash", "mine")));
    let theirs = changed(2, |record| {
        "theirs".clone_into(&mut record.title);
        record.labels = vec!["yours".to_owned()];
    });
    let decision = decide(None, Some(&ours), &theirs);
    assert_eq!(
        (decision.verdict, decision.overwrites),
        (Verdict::Newer, true)
    );
    assert_eq!(decision.merged.title, "theirs");
    assert_eq!(decision.merged.labels, ["yours", "core", "ui"]);
    assert_eq!(decision.merged.comments.len(), 2);
    let decision = decide(None, Some(&theirs), &ours);
    assert_eq!(
        (decision.verdict, decision.overwrites),
        (Verdict::Older, false)
    );
    assert_eq!(decision.merged.title, "theirs");
    assert_eq!(decision.merged.comments.len(), 2);
    // A tie goes to the line that comes in, and says so.
    let tie = changed(1, |record| "tie".clone_into(&mut record.title));
    let decision = decide(None, Some(&ours), &tie);
    assert_eq!(
        (decision.verdict, decision.overwrites),
        (Verdict::Conflict, true)
    );
    assert_eq!(decision.merged.title, "tie");
    // Only lists differ: nothing to choose.
    let more = changed(1, |record| record.labels.push("more".to_owned()));
    let decision = decide(None, Some(&ours), &more);
    assert_eq!(
        (decision.verdict, decision.overwrites),
        (Verdict::Joined, false)
    );
    assert_eq!(decision.merged.labels, ["core", "ui", "more"]);
}

#[test]
fn two_issues_that_share_an_id_are_a_conflict() {
    let theirs = changed(2, |record| {
        "another".clone_into(&mut record.title);
        record.life.created_at = Some(Stamp::at(0));
    });
    let decision = decide(None, Some(&base()), &theirs);
    assert_eq!(
        (decision.verdict, decision.overwrites),
        (Verdict::Conflict, true)
    );
}

#[test]
fn a_deletion_stands_unless_something_was_written_after_it() {
    let dead = |second| {
        changed(second, |record| {
            "tombstone".clone_into(&mut record.status);
            record.tombstone.deleted_at = Some(Stamp::at((1_800_000_000 + second) * 1_000_000_000));
        })
    };
    let live = |second| changed(second, |record| "live".clone_into(&mut record.title));
    let start = base();
    for (what, base, ours, theirs, verdict, is_dead) in [
        (
            "theirs of what we left alone",
            Some(&start),
            start.clone(),
            dead(1),
            Verdict::Newer,
            true,
        ),
        (
            "theirs of what we edited",
            Some(&start),
            live(1),
            dead(2),
            Verdict::Conflict,
            true,
        ),
        (
            "theirs later, start unknown",
            None,
            live(1),
            dead(2),
            Verdict::Newer,
            true,
        ),
        (
            "theirs earlier, start unknown",
            None,
            live(3),
            dead(2),
            Verdict::Conflict,
            true,
        ),
        (
            "ours of what they left alone",
            Some(&start),
            dead(1),
            start.clone(),
            Verdict::Older,
            true,
        ),
        (
            "ours after their edit",
            None,
            dead(5),
            live(4),
            Verdict::Older,
            true,
        ),
        (
            "ours before their edit",
            None,
            dead(5),
            live(6),
            Verdict::Conflict,
            true,
        ),
        ("both", None, dead(1), dead(2), Verdict::Newer, true),
    ] {
        let decision = decide(base, Some(&ours), &theirs);
        assert_eq!(decision.verdict, verdict, "{what}");
        assert_eq!(decision.merged.is_tombstone(), is_dead, "{what}");
    }
}

#[test]
fn one_pair_keeps_one_edge() {
    let start = issue(EXPORT).1;
    let with = |kind: &str, second: i64| {
        let mut record = start.clone();
        kind.clone_into(&mut record.dependencies[0].kind);
        record.life.updated_at = Some(Stamp::at((1_800_000_000 + second) * 1_000_000_000));
        record
    };
    let newer = decide(None, Some(&with("blocks", 1)), &with("tracks", 2));
    assert_eq!((newer.verdict, newer.overwrites), (Verdict::Newer, true));
    assert_eq!(newer.merged.dependencies.len(), 1);
    assert_eq!(newer.merged.dependencies[0].kind, "tracks");
    let decision = decide(Some(&start), Some(&with("blocks", 1)), &with("tracks", 2));
    assert_eq!(decision.merged.dependencies.len(), 1);
    assert_eq!(decision.merged.dependencies[0].kind, "blocks");
}

proptest! {
    #[test]
    fn a_version_met_again_changes_nothing(one in issues(), two in issues()) {
        let of = |text: &str| read(text.as_bytes()).lines[0].record().unwrap().clone();
        let (base, mut theirs) = (of(&one), of(&two));
        theirs.id.clone_from(&base.id);
        let same = decide(Some(&base), Some(&base), &base);
        prop_assert_eq!(same.verdict, Verdict::Same);
        prop_assert_eq!(&same.merged, &base);
        // What was merged once is the same when it comes in again.
        for start in [Some(&base), None] {
            let first = decide(start, Some(&base), &theirs).merged;
            let again = decide(Some(&theirs), Some(&first), &theirs);
            prop_assert!(!again.overwrites);
            prop_assert_eq!(&again.merged, &first);
        }
    }
}

#[test]
fn a_file_from_before_what_came_in_last_rolls_nothing_back() {
    let came_in = changed(60, |record| "newer".clone_into(&mut record.title));
    let decision = decide(Some(&came_in), Some(&came_in), &base());
    assert_eq!(
        (decision.verdict, decision.overwrites),
        (Verdict::Older, false)
    );
    assert_eq!(decision.merged, came_in);
    assert_eq!(fields(&decision), ["title", "updated_at"]);
}
