//! `gt demo --plain`, run as a newcomer runs it: in a HOME without git's settings that has a town of its own.
//!
//! The run proves itself with git before it ends with 0; here it is held that the story has its
//! moments, and that nothing is left behind: no process, no folder, no change to what was there.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests run the real program and look at files"
)]

#[path = "support/mod.rs"]
mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use support::TestTown;
use support::process::processes_naming;
use support::wait::{wait_for, wait_until};

/// The demo gives itself 55 seconds; the rest is for stopping.
const PATIENCE: Duration = Duration::from_secs(75);

/// A demo that runs; it is ended with the test.
struct Demo<'a> {
    home: &'a TestTown,
    child: Child,
}

impl<'a> Demo<'a> {
    fn start(home: &'a TestTown) -> Self {
        let mut command: Command = home.gt_run(&["demo", "--plain"]).command();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { home, child }
    }

    /// Its lines until there are no more, or until one that `enough` takes.
    fn lines(&mut self, enough: impl Fn(&str) -> bool) -> Vec<String> {
        let mut lines = Vec::new();
        let out = self.child.stdout.as_mut().unwrap();
        for line in BufReader::new(out).lines() {
            let line = line.unwrap();
            let last = enough(&line);
            lines.push(line);
            if last {
                break;
            }
        }
        lines
    }

    fn code(&mut self) -> Option<i32> {
        let status = wait_for(PATIENCE, || self.child.try_wait().ok().flatten());
        status.expect("the demo ends").code()
    }

    fn complaints(&mut self) -> String {
        let err = self.child.stderr.take().unwrap();
        BufReader::new(err)
            .lines()
            .map_while(Result::ok)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Holds that nothing is left of it.
    fn left_nothing(&self) {
        wait_until("every process of the demo is gone", || {
            processes_naming(self.home.base()).is_empty()
        });
        for folder in ["tmp", "run"] {
            let left: Vec<_> = std::fs::read_dir(self.home.base().join(folder))
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            assert!(left.is_empty(), "{left:?}");
        }
    }
}

impl Drop for Demo<'_> {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        for process in processes_naming(self.home.base()) {
            process.kill();
        }
    }
}

fn newcomer() -> TestTown {
    let home = TestTown::bare();
    let own = home.home().join("gt");
    std::fs::create_dir_all(own.join("mayor")).unwrap();
    std::fs::write(own.join("mayor/town.json"), "{\"name\":\"mine\"}").unwrap();
    home
}

#[test]
fn the_demo_lands_everything_and_leaves_nothing_behind() {
    let home = newcomer();
    let mut demo = Demo::start(&home);
    let lines = demo.lines(|_| false);
    let story = lines.join("\n");
    let complaints = demo.complaints();
    assert_eq!(demo.code(), Some(0), "{story}\n---\n{complaints}");
    let count = |parts: &[&str]| {
        lines
            .iter()
            .filter(|line| parts.iter().all(|part| line.contains(part)))
            .count()
    };
    assert_eq!(
        count(&["tradingbot/refinery", " landed tb-", " passed"]),
        8,
        "{story}"
    );
    // One asks, and is answered.
    assert!(
        count(&["needs-you", "Allow: rm -rf data/cache"]) >= 1,
        "{story}"
    );
    assert_eq!(count(&["operator", "answers `1` to"]), 1, "{story}");
    // One of the two scrapers is sent back, and lands in the end.
    assert!(count(&[" sent tb-", " back: "]) >= 1, "{story}");
    // One crashes, and is started again in the same place.
    assert_eq!(count(&["unexpectedly", "137"]), 1, "{story}");
    assert_eq!(count(&["closed the convoy", "all done"]), 1, "{story}");
    assert_eq!(
        count(&["main of ", "8 commits of polecats", "14 passed, 0 failed"]),
        1,
        "{story}"
    );
    assert_eq!(count(&["cargo install --path ."]), 1, "{story}");
    demo.left_nothing();
    let own = home.home().join("gt");
    assert_eq!(std::fs::read_dir(&own).unwrap().count(), 1);
    assert_eq!(std::fs::read_dir(home.home()).unwrap().count(), 1);
}

#[test]
fn an_interrupted_demo_cleans_up() {
    let home = newcomer();
    let mut demo = Demo::start(&home);
    let story = demo.lines(|line| line.contains("started") && line.contains("(run tradingbot."));
    let pid = i32::try_from(demo.child.id()).unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let rest = demo.lines(|_| false);
    assert_eq!(
        demo.code(),
        Some(1),
        "{}\n{}",
        story.join("\n"),
        rest.join("\n")
    );
    demo.left_nothing();
}

#[test]
fn the_control_room_wants_a_terminal() {
    let home = newcomer();
    home.gt(&["demo"]).fails(2).says("gt demo --plain");
    assert_eq!(
        std::fs::read_dir(home.base().join("tmp")).unwrap().count(),
        0
    );
}
