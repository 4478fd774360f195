//! One ledger, one owner; commands that arrive together all count (D1, D5).

use std::process::Stdio;

use crate::support::TestTown;

#[test]
fn d5_a_second_engine_is_refused_and_the_first_lives_on() {
    let town = TestTown::installed();
    town.gt(&["up"]).ok();
    let first = town.engine().unwrap();
    town.gt(&["engine", "run"]).fails(6).says("owns this town");
    assert_eq!(town.engine(), Some(first));
    town.gt(&["status"]).ok();
}

#[test]
fn d5_engines_that_start_at_once_leave_one() {
    let town = TestTown::installed();
    let mut all: Vec<_> = (0..8)
        .map(|_| {
            let mut command = town.gt_run(&["up"]).command();
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    for child in &mut all {
        assert!(child.wait().unwrap().success());
    }
    let engines = crate::support::process::processes_naming(town.base())
        .into_iter()
        .filter(|process| process.line.contains(" engine run"))
        .count();
    assert_eq!(engines, 1);
}

/// Fifty processes at once; every answer that was given is a bead, and no bead is there twice.
fn fifty_at_once(town: &TestTown) {
    let mut all: Vec<_> = (0..50)
        .map(|number| {
            let title = format!("Bead number {number}");
            let mut command = town.bd_run(&["create", &title, "--silent"]).command();
            command
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    let mut ids: Vec<String> = Vec::new();
    for child in all.drain(..) {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        ids.push(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 50);
    let list = town.bd(&["list", "--limit", "0", "--json"]).ok().json();
    assert_eq!(list.as_array().map(Vec::len), Some(50));
}

#[test]
fn d1_fifty_creates_at_once_without_an_engine_are_fifty_beads() {
    let town = TestTown::installed();
    fifty_at_once(&town);
    assert!(town.engine().is_none(), "a bead needs no engine");
}

#[test]
fn d1_fifty_creates_at_once_with_an_engine_are_fifty_beads() {
    let town = TestTown::installed();
    town.gt(&["up"]).ok();
    fifty_at_once(&town);
}

#[test]
fn a_second_down_of_everything_says_that_nothing_ran() {
    let town = TestTown::installed();
    town.gt(&["up"]).ok();
    town.gt(&["down", "--all"])
        .ok()
        .says("engine and host ended");
    town.gt(&["down", "--all"]).ok().says("nothing was running");
}

#[test]
fn a_town_with_a_long_path_leaves_no_folder_for_its_sockets() {
    let town = TestTown::at(&format!("deep/{}", "x".repeat(120)));
    std::fs::create_dir_all(town.root().parent().unwrap()).unwrap();
    let root = town.root().to_string_lossy().into_owned();
    town.gt_at(town.home(), &["install", &root, "--name", "deep"])
        .ok();
    town.gt(&["up"]).ok();
    let runtime = town.base().join("run/gastown");
    let count = || std::fs::read_dir(&runtime).map_or(0, Iterator::count);
    assert_eq!(count(), 1);
    town.gt(&["down", "--all"]).ok();
    assert_eq!(count(), 0);
}
