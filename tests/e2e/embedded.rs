//! `gt --embedded`: control room, engine and terminal host in one process (DOCUMENT 56). The main job
//! passes in it, and whatever runs in it ends with it; what it stored stays.

use crate::agents::{self, Puppet};
use crate::looking::Outer;
use crate::support::TestTown;
use crate::support::process::alive;

/// A control room with everything in it, and nothing beside it.
fn opened(town: &TestTown) -> Outer {
    let outer = Outer::open(town, &["--embedded"], &[]);
    let own = outer
        .child
        .process_id()
        .and_then(|pid| i32::try_from(pid).ok());
    town.wait_until("engine and host are in the process itself", || {
        own.is_some() && town.pid("/engine/pid") == own && town.pid("/host/pid") == own
    });
    outer.shows(town, "agents end with it");
    assert_eq!((town.engine(), town.host()), (None, None));
    outer
}

#[test]
fn document_56_three_beads_land_in_one_process() {
    let town = TestTown::installed();
    let outer = opened(&town);
    let remote = town.remote("tradingbot", &[("README.md", "# bot\n")]);
    town.gt(&["rig", "add", "tradingbot", &remote.path.to_string_lossy()])
        .ok();
    agents::worker(&town);
    let beads: Vec<String> = ["First scraper", "Second scraper", "Third scraper"]
        .iter()
        .map(|title| town.bead(title))
        .collect();
    let mut create = vec!["convoy", "create", "Week 3"];
    create.extend(beads.iter().map(String::as_str));
    town.gt(&create).ok();
    for bead in &beads {
        town.gt(&["sling", bead, "tradingbot", "--agent", "worker"])
            .ok();
    }
    town.wait_until("three beads are closed and their polecats buried", || {
        let list = town.gt(&["polecat", "list", "--json"]).ok().json();
        list.as_array().is_some_and(Vec::is_empty)
            && beads.iter().all(|bead| town.bead_status(bead) == "closed")
    });
    let mut subjects: Vec<String> = remote
        .log(&town, "main")
        .into_iter()
        .map(|commit| commit.subject)
        .collect();
    subjects.sort();
    assert_eq!(
        subjects,
        ["First", "Work of Copper", "Work of Shadow", "Work of Toast"]
    );
    let convoys = town.gt(&["convoy", "list", "--all", "--json"]).ok().json();
    assert_eq!(convoys.pointer("/0/status"), Some(&"closed".into()));
    assert_eq!(
        (town.engine(), town.host()),
        (None, None),
        "a background process was started beside it"
    );
    drop(outer);
}

#[test]
fn document_56_its_agents_end_with_it_and_their_work_does_not() {
    let town = TestTown::installed();
    let mut outer = opened(&town);
    let remote = town.remote("tradingbot", &[("README.md", "# bot\n")]);
    town.gt(&["rig", "add", "tradingbot", &remote.path.to_string_lossy()])
        .ok();
    let mut puppet = Puppet::start(&town, "Toast");
    puppet.does("echo half > half.txt").ok();
    let pid = puppet.pid();
    outer.press("q");
    outer.shows(&town, "1 agent ends with it");
    outer.press("y");
    town.wait_until("the process has ended", || {
        outer.child.try_wait().unwrap().is_some()
    });
    assert!(!alive(pid), "the agent outlived its host");
    town.wait_until("nothing is left", || {
        crate::support::process::processes_naming(town.base()).is_empty()
    });
    assert_eq!(town.bead_status(&puppet.bead), "hooked");
    std::fs::remove_file(puppet.dir().join("pid")).unwrap();
    town.gt(&["up"]).ok();
    town.wait_until("the agent goes on under a host of its own", || {
        puppet.dir().join("pid").exists() && alive(puppet.pid())
    });
    assert!(town.host().is_some());
    assert_eq!(
        std::fs::read_to_string(puppet.tree().join("half.txt")).unwrap(),
        "half\n"
    );
}
