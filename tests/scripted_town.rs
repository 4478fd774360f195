//! Agents with a terminal interface of their own outlive the engine, and their recordings are whole (DECISIONS 23, P11).
//!
//! The agents keep a copy of every byte that they write; what the terminal host recorded must be
//! the same, byte for byte, across a `kill -9` of the engine. What landed is read with git.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "this test runs the real programs and looks at files"
)]

#[path = "support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};

use gastown::record::Recording;
use support::TestTown;
use support::process::alive;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/agents")
        .join(name)
}

/// The process of an agent's run, as the town tells it.
fn pids(town: &TestTown) -> Vec<i32> {
    let feed = town.feed();
    feed.lines()
        .filter_map(|line| {
            line.split_once("process ")?
                .1
                .strip_suffix(')')?
                .parse()
                .ok()
        })
        .collect()
}

#[test]
fn p11_screens_of_real_programs_are_recorded_whole_across_an_engine_kill() {
    let (town, remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let copies = town.base().join("copies");
    std::fs::create_dir(&copies).unwrap();
    let line = format!(
        "{} scripted-agent --pace 0.1 --copy {} --script {}",
        env!("CARGO_BIN_EXE_gt"),
        copies.display(),
        fixture("slow.sh").display()
    );
    town.gt(&["config", "agent", "set", "scripted", &line]).ok();
    let beads = [town.bead("First work"), town.bead("Second work")];
    for bead in &beads {
        town.gt(&["sling", bead, "tradingbot", "--agent", "scripted"])
            .ok();
    }
    town.wait_until("both agents are at work", || {
        let status = town.gt(&["status", "--json"]);
        pids(&town).len() == 2 && status.out.matches("\"working\"").count() >= 2
    });
    let before = pids(&town);
    let engine = town.engine().unwrap();

    town.crash(engine.pid);
    assert!(before.iter().all(|pid| alive(*pid)), "{before:?}");
    town.gt(&["up"]).ok();
    for bead in &beads {
        town.wait_until("the work lands", || town.bead_status(bead) == "closed");
    }
    assert_eq!(pids(&town), before, "no agent was started again");
    let authors: Vec<String> = remote
        .log(&town, "main")
        .into_iter()
        .map(|commit| commit.author)
        .collect();
    for name in ["Toast", "Shadow"] {
        let author = format!("tradingbot/polecats/{name}");
        assert_eq!(authors.iter().filter(|one| **one == author).count(), 1);
    }
    town.wait_until("both sessions are over", || {
        before.iter().all(|pid| !alive(*pid))
    });
    for run in ["tradingbot.Toast.1.1", "tradingbot.Shadow.1.1"] {
        let copy = std::fs::read(copies.join(format!("{run}.bytes"))).unwrap();
        let folder = town.root().join(".gt/recordings").join(run);
        town.wait_until("the recording is closed", || {
            let recording = Recording::open(&folder).ok().flatten();
            recording.is_some_and(|mut recording| recording.exit().is_ok_and(|exit| exit.is_some()))
        });
        let mut recording = Recording::open(&folder).unwrap().unwrap();
        let recorded = recording.output().unwrap();
        assert!(recorded.len() > 2_000);
        assert!(
            recorded == copy,
            "{run}: {} and {} bytes",
            recorded.len(),
            copy.len()
        );
    }
}
