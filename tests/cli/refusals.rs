//! A no is one message, a hint, and the documented exit code; JSON says the same.

use crate::support::TestTown;

#[test]
fn without_a_town_every_verb_says_how_to_get_one() {
    let town = TestTown::bare();
    for line in [
        &["status"][..],
        &["up"],
        &["down"],
        &["rig", "list"],
        &["sling", "tb-1", "tradingbot"],
        &["config", "agent", "list"],
        &["feed", "--plain"],
        &["prime"],
    ] {
        town.gt(line)
            .fails(3)
            .says("no town here")
            .says("hint: gt install ~/gt");
    }
    town.bd(&["create", "x"]).fails(3);
    town.gt(&["--town", "/nowhere", "status"])
        .fails(3)
        .says("/nowhere");
}

#[test]
fn wrong_lines_are_usage() {
    let town = TestTown::installed();
    for (line, says) in [
        (&["slng"][..], "hint: gt sling"),
        (&["rig"], "`add`, `list`"),
        (&["sling"], "usage: gt sling"),
        (&["sling", "tb-1", "a/b"], "rig"),
        (&["nudge", "Toast"], "a nudge needs a text"),
        (&["nudge", "Toast", "x", "-m", "y"], "cannot be used with"),
        (&["done", "--no-change", " "], "reason"),
        (&["feed", "--since", "yesterday"], "duration"),
        (&["convoy", "create", "only a title"], "BEAD"),
        (&["attach", "Toast"], "needs a terminal"),
        (&["crew", "at", "architect"], "needs a terminal"),
        (&["mayor", "attach"], "needs a terminal"),
        (&["reset"], "no terminal to bring back"),
        (&[], "needs a terminal"),
        (&["rig", "add", "mayor", "/x"], "rig name"),
        (&["rig", "add", "../x", "/x"], "rig name"),
        (&["rig", "add", "ok", "/x", "--branch", "a..b"], "branch"),
        (&["rig", "add", "ok", "--", "--upload-pack=x"], "repository"),
    ] {
        town.gt(line).fails(2).says(says);
    }
    for (line, says) in [
        (&["create", ""][..], "title"),
        (&["create", "x", "--type", "nonsense"], "`task`"),
        (&["create", "x", "-p", "9"], "priority"),
        (&["update", "tb-1"], "nothing to change"),
        (&["show"], "<ID>"),
    ] {
        town.bd(line).fails(2).says(says);
    }
}

#[test]
fn programs_get_the_same_no_as_json() {
    let town = TestTown::installed();
    let ran = town.bd(&["show", "hq-nothing", "--json"]).fails(3);
    assert!(ran.err.starts_with("error: "), "people get text\n{ran}");
    let value = ran.json();
    assert_eq!(value["schema_version"], 1);
    assert_eq!(value["code"], 3);
    assert_eq!(value["kind"], "not-found");
    assert!(
        value["error"]
            .as_str()
            .is_some_and(|error| error.contains("hq-nothing"))
    );
}

#[test]
fn an_unknown_bead_is_answered_with_the_newest() {
    let town = TestTown::installed();
    let id = town.bead("Add unit tests");
    town.bd(&["show", "tb-xxx"])
        .fails(3)
        .says("`tb-xxx`")
        .says(&id)
        .says("Add unit tests");
}

#[test]
fn a_comment_after_a_command_is_no_argument() {
    let town = TestTown::installed();
    town.gt(&["status", "#", "Overall", "health"]).ok();
    town.bd(&["create", "--title", "x", "#", "Create work item"])
        .ok();
}

#[test]
fn not_being_able_to_ask_never_looks_like_no_work() {
    let town = TestTown::installed();
    // The ledger is held by somebody who does not answer.
    let lock = town.root().join(".gt/lock");
    let holder = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(lock)
        .unwrap();
    holder.lock().unwrap();
    let ran = town.gt(&["prime"]).fails(5);
    assert!(ran.out.is_empty(), "{ran}");
    ran.says("Do not run `gt done`");
}
