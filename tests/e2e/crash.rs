//! `kill -9` of the engine: agents live on, and what was owed to the world is done once (D1, D9, M10, P11).

use crate::agents::Puppet;
use crate::support::TestTown;
use crate::support::process::alive;

#[test]
fn p11_agents_outlive_the_engine_and_their_recording_is_whole() {
    let (town, remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let mut puppets = [
        Puppet::start(&town, "Toast"),
        Puppet::start(&town, "Shadow"),
    ];
    let pids: Vec<i32> = puppets.iter().map(Puppet::pid).collect();
    let engine = town.engine().unwrap();
    let host = town.host().unwrap();

    town.crash(engine.pid);
    let written: Vec<usize> = puppets.iter().map(|puppet| puppet.copy().len()).collect();
    for (puppet, before) in puppets.iter().zip(&written) {
        town.wait_until("the agent goes on without an engine", || {
            puppet.copy().len() > before + 100
        });
    }
    town.gt(&["up"]).ok();
    assert_ne!(town.engine().map(|process| process.pid), Some(engine.pid));
    assert_eq!(town.host(), Some(host), "the host was restarted");
    assert!(
        pids.iter().all(|pid| alive(*pid)),
        "an agent died with the engine"
    );
    for (puppet, pid) in puppets.iter().zip(&pids) {
        assert_eq!(puppet.pid(), *pid, "{} was started again", puppet.name);
    }
    town.wait_until("the feed tells that both are taken over", || {
        town.feed().matches("alive and goes on").count() >= 2
    });

    for puppet in &mut puppets {
        puppet.hush();
        puppet.commits_and_submits().ok();
    }
    for puppet in &puppets {
        town.wait_until("both land", || town.bead_status(&puppet.bead) == "closed");
    }
    assert_eq!(remote.log(&town, "main").len(), 3);
    for puppet in &puppets {
        let recorded = recording(&town, puppet.name);
        assert!(
            recorded == puppet.copy(),
            "{} bytes recorded, {} written",
            recorded.len(),
            puppet.copy().len()
        );
    }
}

/// What the one run of an agent wrote, as it is recorded.
fn recording(town: &TestTown, name: &str) -> Vec<u8> {
    let folder = town
        .root()
        .join(format!(".gt/recordings/tradingbot.{name}.1.1"));
    let recording = gastown::record::Recording::open(&folder).unwrap();
    recording
        .unwrap_or_else(|| panic!("nothing in {}", folder.display()))
        .output()
        .unwrap()
}
