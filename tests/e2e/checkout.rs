//! A remote that somebody works in: its checkout is never broken.

use crate::agents;
use crate::support::TestTown;
use crate::support::remote::Remote;

#[test]
fn a_checked_out_main_is_left_alone_and_the_way_on_is_told() {
    let town = TestTown::installed();
    let path = town.base().join("work");
    let name = path.to_string_lossy().into_owned();
    town.git(town.base(), &["init", "-q", "-b", "main", &name]);
    std::fs::write(path.join("README.md"), "# bot\n").unwrap();
    town.git(&path, &["add", "-A"]);
    town.git(&path, &["commit", "-q", "-m", "First"]);
    let remote = Remote { path: path.clone() };
    let before = remote.tip(&town, "main");

    town.gt(&["rig", "add", "tradingbot", &name]).ok();
    agents::worker(&town);
    let bead = town.bead("Write a file");
    town.gt(&["sling", &bead, "tradingbot", "--agent", "worker"])
        .ok();
    let queue = || town.gt(&["mq", "list", "tradingbot"]).ok().out;
    town.wait_until("the queue says what to do", || {
        queue().contains("receive.denyCurrentBranch")
    });
    assert_eq!(
        remote.tip(&town, "main"),
        before,
        "main moved under a checkout"
    );
    assert_eq!(
        town.git(&path, &["status", "--short"]),
        "",
        "the checkout is dirty"
    );

    town.git(
        &path,
        &["config", "receive.denyCurrentBranch", "updateInstead"],
    );
    town.gt(&["mq", "resume", "tradingbot"]).ok();
    town.wait_until("the work has landed", || {
        town.bead_status(&bead) == "closed"
    });
    assert_eq!(remote.log(&town, "main").len(), 2);
    assert_eq!(
        town.git(&path, &["status", "--short"]),
        "",
        "the checkout is dirty"
    );
}
