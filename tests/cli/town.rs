//! `gt install` and what a town without an engine can tell.

use crate::support::TestTown;

#[test]
fn install_makes_a_town_and_a_second_one_changes_nothing() {
    let town = TestTown::bare();
    let root = town.root_text();
    town.gt(&["install", &root, "--name", "trading-hq"])
        .ok()
        .says("the town trading-hq stands in")
        .says("gt rig add");
    for below in [
        "CLAUDE.md",
        "mayor/town.json",
        "mayor/.claude/settings.json",
        "deacon/dogs/boot",
        ".beads/formulas/mol-bug-fix.toml",
        "settings/config.json",
        "settings/escalation.json",
        ".gt/ledger.db",
    ] {
        assert!(town.root().join(below).exists(), "{below} is missing");
    }
    let claude = town.root().join("CLAUDE.md");
    std::fs::write(&claude, "mine").unwrap();
    town.gt(&["install", &root])
        .ok()
        .says("nothing was changed");
    assert_eq!(std::fs::read_to_string(&claude).unwrap(), "mine");
    std::fs::remove_file(town.root().join("settings/escalation.json")).unwrap();
    town.gt(&["install", &root])
        .ok()
        .says("got what was missing");
    assert!(town.root().join("settings/escalation.json").exists());
    town.gt(&["status"]).ok().says("trading-hq");
}

#[test]
fn a_town_inside_a_town_is_refused() {
    let town = TestTown::installed();
    let inner = town.root().join("inner");
    town.gt(&["install", &inner.to_string_lossy()])
        .fails(4)
        .says("lies inside the town");
    assert!(!inner.exists());
}

#[test]
fn a_town_under_git_is_clean_from_the_first_commit() {
    let town = TestTown::bare();
    let root = town.root_text();
    town.gt(&["install", &root, "--git"])
        .ok()
        .says("one commit");
    town.bead("Something to do");
    let status = town.git(town.root(), &["status", "--porcelain"]);
    assert_eq!(status, "");
    assert_eq!(
        town.git(town.root(), &["rev-list", "--count", "HEAD"])
            .trim(),
        "1"
    );
    town.gt(&["install", &root, "--git"]).ok().says("already");
    assert_eq!(
        town.git(town.root(), &["rev-list", "--count", "HEAD"])
            .trim(),
        "1"
    );
}

#[test]
fn the_feed_tells_who_did_what() {
    let town = TestTown::installed();
    let id = town.bead("Fix the parser");
    town.bd(&["close", &id, "--reason", "was right already"])
        .ok();
    let feed = town.feed();
    assert!(feed.lines().count() >= 3, "{feed}");
    for line in feed.lines() {
        assert!(line.contains(" human "), "a line without an actor: {line}");
    }
    assert!(
        feed.contains(&format!("closed {id}: was right already")),
        "{feed}"
    );
    let last = town
        .gt(&["feed", "--plain", "-n", "1", "--json"])
        .ok()
        .json();
    assert_eq!(last["actor"], "human");
    assert_eq!(last["body"]["type"], "bead_closed");
    town.gt(&["feed", "--plain", "--since", "1h", "--bead", &id])
        .ok()
        .says("made");
    let none = town.gt(&["feed", "--plain", "--bead", "hq-zzz"]).ok();
    assert_eq!(none.out, "");
}

#[test]
fn convoys_are_made_listed_and_found_by_number_or_tail() {
    let town = TestTown::installed();
    let (a, b) = (town.bead("A"), town.bead("B"));
    let made = town
        .gt(&[
            "convoy", "create", "Week 3", &a, &b, "--notify", "human", "--json",
        ])
        .ok()
        .json();
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("hq-cv-"), "{id}");
    assert_eq!(made["total"], 2);
    let tail = id.trim_start_matches("hq-cv-");
    for named in [id, tail, "1"] {
        town.gt(&["convoy", "status", named])
            .ok()
            .says("Week 3")
            .says("0/2");
    }
    town.gt(&["convoy", "list"]).ok().says(id);
    town.bd(&["close", &a, &b]).ok();
    assert_eq!(
        town.gt(&["convoy", "status", id, "--json"]).ok().json()["status"],
        "closed"
    );
    town.gt(&["convoy", "status", "hq-cv-xxx"]).fails(3);
}

#[test]
fn an_empty_town_has_nothing_to_show_and_says_so() {
    let town = TestTown::installed();
    town.gt(&["rig", "list"]).ok().says("no rig yet");
    town.gt(&["mq", "list"]).ok().says("nothing waits to land");
    town.gt(&["polecat", "list"]).ok().says("no polecat");
    town.gt(&["convoy", "list"]).ok().says("no open convoy");
    town.gt(&["ready"]).ok().says("no bead can be started");
    town.gt(&["hook"]).ok().says("nothing on the hook");
    town.gt(&["prime"]).ok().says("You are the operator");
    assert_eq!(town.gt(&["mq", "list", "--json"]).ok().out.trim(), "[]");
    let status = town.status();
    assert_eq!(status["name"], "trading-hq");
    assert_eq!(status["engine"]["pid"], serde_json::Value::Null);
}

#[test]
fn plain_output_has_no_escapes_and_fits_pipes() {
    let mut town = TestTown::installed();
    town.set_env("TERM", "xterm-256color");
    town.bead(&"long ".repeat(60));
    let list = town.bd(&["list"]).ok();
    assert!(
        !list.out.contains('\x1b') && !list.out.contains('…'),
        "{list}"
    );
}

#[test]
fn what_needs_hands_is_stored_while_the_town_is_down() {
    let town = TestTown::installed();
    town.gt(&["down"]).ok().says("0 agents stopped");
    town.gt(&["status"]).ok().says("down (`gt up` starts it)");
    town.gt(&["rig", "add", "bot", "/nowhere.git"])
        .ok()
        .says("stored: the town is down");
    town.gt(&["rig", "list"]).ok().says("bot").says("cloning");
    assert!(
        town.engine().is_none(),
        "something was started against `gt down`"
    );
}
