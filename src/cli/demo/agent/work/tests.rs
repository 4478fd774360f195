//! The demo's scripts are read, and run for real on the demo's repository.

#![expect(
    clippy::disallowed_methods,
    reason = "the scripts are run as an agent runs them"
)]

use std::path::Path;
use std::process::Command;

use super::script::Failure;
use super::*;
use crate::cli::demo::repo;

#[test]
fn every_bead_of_the_demo_is_known_and_its_script_reads() {
    for bead in beads::BEADS {
        let prime = format!("You are Toast.\nOn your hook: tb-1 {}\n", bead.title);
        assert_eq!(known(&prime).map(|bead| bead.title), Some(bead.title));
        let steps = steps(bead, &prime).unwrap();
        let last = steps.back().cloned();
        assert_eq!(last, Some(Step::Run("gt done".to_owned(), Failure::Stops)));
        let after = bead
            .after
            .map(|title| beads::BEADS.iter().any(|b| b.title == title));
        assert_ne!(after, Some(false));
    }
    assert!(known("nothing on your hook").is_none());
}

#[test]
fn work_that_was_sent_back_is_mended() {
    let bead = known("Options chain scraper").unwrap();
    let mend = script::parse(beads::MEND).unwrap();
    assert_eq!(
        steps(bead, "Your work Was Sent Back: conflict").unwrap(),
        mend
    );
    assert_ne!(
        steps(bead, "work that is sent back begins anew").unwrap(),
        mend
    );
}

fn sh(dir: &Path, command: &str) -> (bool, String) {
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(dir)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", dir)
        .envs([("GIT_AUTHOR_NAME", "t"), ("GIT_COMMITTER_NAME", "t")])
        .envs([("GIT_AUTHOR_EMAIL", "t@t"), ("GIT_COMMITTER_EMAIL", "t@t")])
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

fn run(dir: &Path, text: &str) {
    for step in script::parse(text).unwrap() {
        let Step::Run(command, failure) = step else {
            continue;
        };
        if command == "gt done" {
            continue;
        }
        let (good, text) = sh(dir, &command);
        assert!(good || failure == Failure::GoesOn, "{command}\n{text}");
    }
    assert_eq!(sh(dir, "git status --short"), (true, String::new()));
}

fn must(dir: &Path, command: &str) -> String {
    let (good, text) = sh(dir, command);
    assert!(good, "{command}\n{text}");
    text
}

/// All scripts start from the same commit, as in the town, and land one after the other; only the
/// second scraper conflicts, and mending it lands it.
#[test]
fn every_script_does_its_work() {
    let dir = tempfile::tempdir().unwrap();
    repo::generate(dir.path()).unwrap();
    let tree = dir.path().join("tradingbot");
    must(&tree, "git tag start");
    let mut mended = Vec::new();
    for bead in beads::BEADS {
        let base = bead.after.map_or("start", |_| "main");
        must(&tree, &format!("git checkout -q -b work {base}"));
        run(&tree, bead.script);
        if !sh(&tree, "git rebase -q main").0 {
            must(&tree, "git rebase --abort");
            run(&tree, beads::MEND);
            mended.push(bead.title);
        }
        must(
            &tree,
            "git checkout -q main && git merge -q --ff-only work && git branch -q -D work && git push -q origin main",
        );
    }
    assert_eq!(mended, ["Options chain scraper"]);
    let tests = must(&tree, "sh tests/run.sh");
    assert!(tests.contains("14 passed, 0 failed"), "{tests}");
}

#[test]
fn every_fixture_of_the_tests_reads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/agents");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let steps = script::parse(&text);
        assert!(steps.is_ok_and(|steps| !steps.is_empty()), "{path:?}");
        count += 1;
    }
    assert!(count >= 8);
}
