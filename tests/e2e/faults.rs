//! `kill -9` of the engine at every step that it owes to the world, before and after it is done.
//!
//! The engine ends itself with SIGKILL at the first effect of a kind when `GT_FAULT` says so. Then
//! it is started again, and everything converges: nothing lost, nothing done twice (D1, D9, M9, M10).

use std::process::Stdio;

use serde_json::json;

use crate::agents::register;
use crate::support::TestTown;
use crate::support::process::alive;
use crate::support::run::Ran;
use crate::support::wait::{PATIENCE, wait_for};

/// As the plain worker, but it asks again while the engine is away.
const STUBBORN: &str = "#!/bin/sh
until gt prime >/dev/null; do sleep 0.1; done
file=$(git rev-parse --abbrev-ref HEAD | tr '/.' '--').txt
echo \"by $GT_POLECAT\" > \"$file\"
git add \"$file\"
git commit -q -m \"Work of $GT_POLECAT\"
until gt done; do sleep 0.1; done
while read -r line; do :; done
";

/// Types a command as an operator would whose engine has just died: again, until it is answered.
fn insist(town: &TestTown, line: &[&str]) -> Ran {
    let mut last = None;
    town.wait_until(&format!("`gt {}` is answered", line.join(" ")), || {
        let ran = town.gt(line);
        let answered = ran.code == Some(0);
        if !answered {
            assert!(
                matches!(ran.code, Some(1 | 5 | 7)),
                "refused instead of unreachable: {ran}"
            );
            town.gt(&["up"]);
        }
        last = Some(ran);
        answered
    });
    last.unwrap()
}

/// A gate that passes; where a batch that lands nothing has to be cleared, one that fails the first
/// work that it sees, once.
fn gate_for(kind: &str, town: &TestTown) -> String {
    if kind != "clear" {
        return "test -e README.md".to_owned();
    }
    let seen = town.base().join("seen").display().to_string();
    format!("ls *.txt >/dev/null 2>&1 || exit 0; test -e '{seen}' || {{ touch '{seen}'; exit 1; }}")
}

/// The whole life of a bead with an engine that dies once.
fn survives(kind: &str, moment: &str) {
    let town = TestTown::installed();
    let remote = town.remote("tradingbot", &[("README.md", "# bot\n")]);
    let fault = format!("{kind}:{moment}");
    town.gt_run(&["up"]).env("GT_FAULT", &fault).run().ok();
    let first = town.engine().unwrap();

    let url = remote.path.to_string_lossy().into_owned();
    add_rig(&town, &url);
    let settings = json!({
        "type": "rig-settings",
        "version": 1,
        "merge_queue": { "test_command": gate_for(kind, &town) },
    });
    let dir = town.root().join("tradingbot/settings");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("config.json"), settings.to_string()).unwrap();
    register(&town, "stubborn", STUBBORN);
    let bead = insist_on_bead(&town);
    insist(
        &town,
        &["sling", &bead, "tradingbot", "--agent", "stubborn"],
    );
    let gone = |ran: &Ran| ran.code == Some(0) && ran.json().as_array().is_some_and(Vec::is_empty);
    town.wait_until(&format!("all is done after {fault}"), || {
        if town.engine().is_none() {
            town.gt(&["up"]);
        }
        let list = town.gt(&["polecat", "list", "--json"]);
        gone(&list)
            && town
                .bd(&["show", &bead, "--json"])
                .out
                .contains("\"closed\"")
    });

    assert!(!alive(first.pid), "the engine did not die at {fault}");
    let log = remote.log(&town, "main");
    // The work of an attempt that was sent back lands with that of the next one.
    let commits = if kind == "clear" { 3 } else { 2 };
    assert_eq!(log.len(), commits, "{fault}: {log:?}");
    let mut authors = log.iter().map(|commit| commit.author.as_str());
    assert!(
        authors.any(|author| author == "tradingbot/polecats/Toast"),
        "{fault}: {log:?}"
    );
    let tree = town.root().join("tradingbot/polecats/Toast/rig");
    assert!(!tree.exists(), "{fault}: the worktree is still there");
    let mirror = town.root().join(".gt/git/tradingbot.git");
    assert_eq!(
        town.git(&mirror, &["rev-parse", "main"]).trim(),
        remote.tip(&town, "main").unwrap()
    );
    let convoys = town.gt(&["convoy", "list", "--all", "--json"]).ok().json();
    let closed = convoys.as_array().is_some_and(|list| {
        list.len() == 1
            && list
                .iter()
                .all(|convoy| convoy.get("status") == Some(&"closed".into()))
    });
    assert!(closed, "{fault}: {convoys}");
    assert_eq!(
        town.feed().matches(" landed ").count(),
        1,
        "{fault}: {}",
        town.feed()
    );
}

/// Adds the rig while the engine dies under it; whoever follows the clone sees it through.
fn add_rig(town: &TestTown, url: &str) {
    let mut command = town.gt_run(&["rig", "add", "tradingbot", url]).command();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let ended = wait_for(PATIENCE, || {
        if town.engine().is_none() {
            town.gt(&["up"]);
        }
        child.try_wait().ok().flatten()
    });
    if ended.is_none() {
        drop(child.kill());
        drop(child.wait());
    }
    assert!(
        ended.is_some(),
        "`gt rig add` did not end\n{}",
        town.story()
    );
    insist(town, &["rig", "add", "tradingbot", url]);
}

/// Makes the bead once, however often it has to ask.
fn insist_on_bead(town: &TestTown) -> String {
    let title = "Write a file";
    town.wait_until("the bead is there", || {
        town.bd(&["list", "--json"]).out.contains(title)
            || town.bd(&["create", title, "--silent"]).code == Some(0)
    });
    let list = town.bd(&["list", "--json"]).ok().json();
    let id = list.pointer("/0/id").and_then(|id| id.as_str());
    id.unwrap_or_else(|| panic!("no bead in {list}")).to_owned()
}

fn before_and_after(kind: &str) {
    std::thread::scope(|scope| {
        for moment in ["before", "after"] {
            scope.spawn(move || survives(kind, moment));
        }
    });
}

macro_rules! kill_tests {
    ($($name:ident = $kind:literal),* $(,)?) => {
        /// The kinds of [`survives`]; a nudge is another story, [`q1_deliver`].
        const KINDS: &[&str] = &[$($kind),*];
        $(#[test] fn $name() { before_and_after($kind); })*
    };
}

kill_tests! {
    d9_clone = "clone",
    d9_layout = "layout",
    d9_rig_files = "rig-files",
    d9_fetch = "fetch",
    d9_sync = "sync",
    d9_worktree = "worktree",
    d9_launch = "launch",
    d9_stop = "stop",
    d9_bury = "bury",
    d9_stack = "stack",
    d9_gate_tree = "gate-tree",
    d9_gate = "gate",
    m8_verify = "verify",
    m10_push = "push",
    m9_advance = "advance",
    d9_clear = "clear",
}

/// Typing is done at most once: what a crash left open is never repeated.
#[test]
fn q1_deliver() {
    std::thread::scope(|scope| {
        for moment in ["before", "after"] {
            scope.spawn(move || types_at_most_once(moment));
        }
    });
}

fn types_at_most_once(moment: &str) {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    town.gt(&["down", "--all"]).ok();
    let fault = format!("deliver:{moment}");
    town.gt_run(&["up"]).env("GT_FAULT", &fault).run().ok();
    let first = town.engine().unwrap();
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/agents/waits.sh"
    );
    let line = format!(
        "{} scripted-agent --script {script}",
        env!("CARGO_BIN_EXE_gt")
    );
    town.gt(&["config", "agent", "set", "scripted", &line]).ok();
    let bead = town.bead("Wait for a nudge");
    town.gt(&["sling", &bead, "tradingbot", "--agent", "scripted"])
        .ok();
    let screen = || town.gt(&["peek", "tradingbot/Toast"]).out;
    town.wait_until("the agent waits", || screen().contains("waiting for you"));
    town.gt(&["nudge", "tradingbot/Toast", "first-question"]);
    town.wait_until("the engine dies over the nudge", || !alive(first.pid));
    town.gt(&["up"]).ok();
    let second = insist(&town, &["nudge", "tradingbot/Toast", "second-question"]);
    town.wait_until("the second nudge is there", || {
        screen().contains("second-question")
    });
    assert!(
        screen().matches("first-question").count() <= 1,
        "{}\n{second}",
        screen()
    );
}

/// A kind that the engine knows and no test kills it at fails the build.
#[test]
fn every_kind_of_effect_has_a_kill_test() {
    let tested: Vec<String> = KINDS
        .iter()
        .chain(&["deliver"])
        .flat_map(|kind| [format!("{kind}:before"), format!("{kind}:after")])
        .collect();
    assert_eq!(gastown::daemon::fault_points(), tested);
}
