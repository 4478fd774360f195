//! A list that is shown again whenever something changes: the engine tells, nothing polls.

use std::fs::File;

use crate::support::TestTown;

#[test]
fn a_list_is_shown_again_when_a_bead_changes() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    town.gt(&["up"]).ok();
    let seen = town.base().join("seen");
    let mut child = town
        .bd_run(&["list", "--watch"])
        .command()
        .stdout(File::create(&seen).unwrap())
        .spawn()
        .unwrap();
    let shows = |what: &str| std::fs::read_to_string(&seen).unwrap().contains(what);
    town.wait_until("the list is shown", || shows("no bead matches"));
    let id = town.bead("Seen at once");
    town.wait_until("the new bead is shown", || shows("Seen at once"));
    town.bd(&["update", &id, "--title", "Seen again"]).ok();
    town.wait_until("its new title is shown", || shows("Seen again"));
    child.kill().unwrap();
    child.wait().unwrap();
}
