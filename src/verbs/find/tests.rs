//! Lines of the verbs that look, and the questions they come to.

use super::*;
use crate::domain::{BeadSort, BeadStatus, Kind, Priority, Refusal, RigName};
use crate::verbs::{Context, Program, Reading, Verb, parse_words};

fn read(line: &str) -> Result<Find, Refusal> {
    let words = shlex::split(line).unwrap();
    match parse_words(Program::Bd, &words)? {
        Reading::Run(parsed) => match parsed.verb {
            Verb::Find(find) => Ok(*find),
            other => panic!("{other:?}"),
        },
        Reading::Help(text) => panic!("{text}"),
    }
}

fn list(line: &str, cx: &Context) -> Result<crate::domain::BeadFilter, Refusal> {
    match read(line)? {
        Find::List(args) => args.filter(cx),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_are_of_the_rig_of_the_folder_unless_said() {
    let cx = Context {
        rig: RigName::parse("tradingbot").ok(),
        ..Context::default()
    };
    let filter = |line| list(line, &cx);
    assert_eq!(filter("list").unwrap().rig, cx.rig);
    assert_eq!(filter("list").unwrap().limit, 50);
    assert!(filter("list -s all").unwrap().all);
    assert_eq!(filter("list --all").unwrap().limit, 0);
    assert_eq!(
        filter("list -s open,blocked").unwrap().status,
        [BeadStatus::Open, BeadStatus::Blocked]
    );
    // Only the ledger knows the words of its settings; it refuses what is none of them.
    assert_eq!(filter("list -s parked").unwrap().status_words, ["parked"]);
    let agent = Context {
        agent: true,
        ..Context::default()
    };
    assert_eq!(list("list", &agent).unwrap().limit, 20);
    assert_eq!(list("list -n 7", &agent).unwrap().limit, 7);
}

#[test]
fn every_flag_of_a_list_narrows_it() {
    let filter = list(
        "list -p P1 --priority-min 0 --priority-max 3 -t bug --exclude-type epic,chore --no-assignee \
         --tag a,b --label-any c --exclude-label d --label-pattern 'x*' --label-regex '^y' --title word \
         --desc-contains one --notes-contains two --empty-description --id tb-1,tb-2 --spec docs \
         --no-parent --ready --no-pinned --mol-type work --wisp-type patrol --include-gates \
         --include-infra --include-templates --created-after 2026-03-01 --due-before +2d --deferred \
         --overdue --metadata-field team=core --has-metadata-key team --sort updated -r -n 5",
        &Context {
            now: 1_800_000_000_000,
            ..Context::default()
        },
    )
    .unwrap();
    assert_eq!(filter.priority, Priority::parse("1").ok());
    assert_eq!(filter.exclude_kinds, ["epic", "chore"]);
    assert!(filter.unassigned && filter.reverse && filter.scope.ready && filter.scope.no_parent);
    assert_eq!(filter.tags.labels, ["a", "b"]);
    assert_eq!(filter.text.ids, ["tb-1", "tb-2"]);
    assert_eq!(filter.text.title_contains.as_deref(), Some("word"));
    assert_eq!(filter.scope.pinned, Some(false));
    assert_eq!(
        filter.scope.metadata,
        [("team".to_owned(), "core".to_owned())]
    );
    assert_eq!(filter.sort, Some(BeadSort::Updated));
    assert!(filter.dates.created.after.is_some() && filter.dates.created.before.is_none());
    assert_eq!(
        filter.dates.due.before,
        Some(1_800_000_000_000 + 2 * 86_400_000)
    );
    assert_eq!(filter.limit, 5);
}

#[test]
fn a_refusal_names_the_flag_the_value_and_what_would_do() {
    for (line, parts) in [
        ("list --sort size", ["sort", "`size`", "`updated`"]),
        (
            "list --created-after soonish",
            ["created-after", "`soonish`", "`2026-03-01`"],
        ),
        ("list --priority 9", ["priority", "`9`", "P4"]),
        (
            "list --metadata-field team",
            ["metadata-field", "`team`", "`team=core`"],
        ),
        (
            "list --has-metadata-key 'a b'",
            ["has-metadata-key", "`a b`", "letters"],
        ),
        ("ready --sort size", ["sort", "`size`", "hybrid"]),
    ] {
        let refusal = match read(line) {
            Ok(find) => find.question(&Context::default()).unwrap_err(),
            Err(refusal) => refusal,
        };
        assert_eq!(refusal.kind, Kind::Usage, "{line}");
        let all = format!("{} {}", refusal.message, refusal.hints.join(" "));
        for part in parts {
            assert!(all.contains(part), "{line}: `{part}` is not in {all}");
        }
    }
}

#[test]
fn stale_rejects_days_below_one() {
    let question = |line: &str| read(line).and_then(|find| find.question(&Context::default()));
    for days in ["0", "-1", "x", "99999999999999999999"] {
        let refusal = question(&format!("stale --days {days}")).unwrap_err();
        assert!(refusal.message.contains("from 1"), "{}", refusal.message);
    }
    assert!(question("stale").unwrap().is_some());
    assert_eq!(question("search ''").unwrap_err().kind, Kind::Usage);
}
