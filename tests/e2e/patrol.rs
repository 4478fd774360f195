//! What nobody reports and the engine finds by itself: a worktree that was deleted under its agent.

use crate::agents::Puppet;
use crate::support::TestTown;
use crate::support::process::alive;

#[test]
fn a_worktree_deleted_under_its_agent_is_noticed_and_what_was_committed_is_kept() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let mut puppet = Puppet::start(&town, "Toast");
    puppet
        .does("echo kept > kept.txt && git add kept.txt && git commit -qm Kept")
        .ok();
    let commit = town.git(&puppet.tree(), &["rev-parse", "HEAD"]);
    let pid = puppet.pid();
    std::fs::remove_dir_all(puppet.tree().parent().unwrap()).unwrap();
    let noticed = || {
        let status = town.status();
        let rows = status.get("attention").and_then(|rows| rows.as_array());
        rows.cloned()
            .unwrap_or_default()
            .into_iter()
            .find(|row| row["key"] == "tree:tradingbot.Toast.1")
    };
    town.wait_until("it is noticed", || noticed().is_some());
    let row = noticed().unwrap();
    assert_eq!(row["subject"], "tradingbot/Toast");
    assert_eq!(row["next"], "gt polecat nuke tradingbot/Toast");
    town.gt(&["status"])
        .ok()
        .says("its worktree was deleted under it")
        .says("gt polecat nuke tradingbot/Toast");
    let told = town.feed().matches("worktree deleted").count();
    assert_eq!(told, 1, "{}", town.feed());
    assert!(alive(pid), "nobody but the operator ends it");

    // The line that is shown does what it says.
    town.gt(&["polecat", "nuke", "tradingbot/Toast"]).ok();
    town.wait_until("Toast is buried", || {
        let list = town.gt(&["polecat", "list", "--json"]).ok().json();
        list.as_array().is_some_and(Vec::is_empty)
    });
    assert!(!alive(pid));
    assert_eq!(town.bead_status(&puppet.bead), "open");
    assert!(noticed().is_none());
    let mirror = town.root().join(".gt/git/tradingbot.git");
    let refs = [
        "for-each-ref",
        "--contains",
        commit.trim(),
        "refs/gt/rescue/",
    ];
    assert_ne!(town.git(&mirror, &refs), "", "the commit is not kept");
}
