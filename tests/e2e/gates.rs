//! Only work whose gates passed lands; the reason of everything else is told (M1, M2).

use serde_json::json;

use crate::agents;
use crate::support::TestTown;
use crate::support::remote::Remote;

fn with_gate(test_command: &str) -> (TestTown, Remote) {
    let (town, remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let dir = town.root().join("tradingbot/settings");
    std::fs::create_dir_all(&dir).unwrap();
    let settings = json!({
        "type": "rig-settings",
        "version": 1,
        "merge_queue": { "test_command": test_command, "test_timeout": "1s" },
    });
    std::fs::write(dir.join("config.json"), settings.to_string()).unwrap();
    agents::worker(&town);
    (town, remote)
}

#[track_caller]
fn lands_nothing(test_command: &str, reason: &str) {
    let (town, remote) = with_gate(test_command);
    let bead = town.bead("Write a file");
    town.gt(&["sling", &bead, "tradingbot", "--agent", "worker"])
        .ok();
    let queue = || town.gt(&["mq", "list", "tradingbot"]).ok().out;
    town.wait_until(&format!("the queue says {reason:?}"), || {
        queue().contains(reason)
    });
    assert!(town.feed().contains(reason), "{}", town.feed());
    assert_eq!(remote.log(&town, "main").len(), 1, "something landed");
    assert_ne!(town.bead_status(&bead), "closed");
}

#[test]
fn m2_a_gate_that_fails_lands_nothing() {
    lands_nothing("echo the tests are red; exit 1", "failed");
}

#[test]
fn m2_a_gate_that_cannot_run_lands_nothing() {
    lands_nothing("no-such-program --all", "could not run");
}

#[test]
fn m2_a_gate_that_takes_too_long_lands_nothing() {
    lands_nothing("sleep 30", "timed out");
}

#[test]
fn m1_a_gate_sees_the_tree_that_lands() {
    let (town, remote) = with_gate("test -e README.md && ls *.txt");
    let bead = town.bead("Write a file");
    town.gt(&["sling", &bead, "tradingbot", "--agent", "worker"])
        .ok();
    town.wait_until("the work has landed", || {
        town.bead_status(&bead) == "closed"
    });
    assert_eq!(remote.log(&town, "main").len(), 2);
    assert!(
        town.gt(&["mq", "list", "tradingbot"])
            .ok()
            .out
            .contains(&bead)
    );
}
