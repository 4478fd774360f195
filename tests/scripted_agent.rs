//! The scripted agent under a real terminal: what tests and the demo rest on when they use it in a model's place.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests run the real program under a real terminal"
)]

#[path = "support/mod.rs"]
mod support;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use support::TestTown;
use support::wait::wait_until;

struct Agent {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    seen: Arc<Mutex<Vec<u8>>>,
    copy: PathBuf,
}

impl Agent {
    fn start(home: &TestTown, script: &str) -> Self {
        let file = home.base().join("script");
        std::fs::write(&file, script).unwrap();
        let copy = home.base().join("copy");
        let pair = native_pty_system().openpty(size(100, 30)).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_gt"));
        command.args(["scripted-agent", "--pace", "0.01", "--script"]);
        command.arg(&file);
        command.arg("--copy");
        command.arg(&copy);
        command.arg("You are Toast. Run `gt prime` now.");
        command.cwd(home.home());
        command.env_clear();
        for (name, value) in home.env() {
            command.env(name, value);
        }
        command.env("TERM", "xterm-256color");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let into = seen.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                into.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Self {
            child,
            keys,
            master: pair.master,
            seen,
            copy,
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }

    #[track_caller]
    fn shows(&self, text: &str) {
        wait_until(&format!("the agent shows {text:?}"), || {
            self.text().contains(text)
        });
    }

    fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.process_id().unwrap()).unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Waits for its end, and answers with its code.
    fn code(&mut self) -> u32 {
        let mut code = None;
        wait_until("the agent ends", || {
            code = self.child.try_wait().unwrap();
            code.is_some()
        });
        code.unwrap().exit_code()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

/// A stand-in for `gt` beside it on the PATH, so that no town is needed.
fn home(prime: &str) -> TestTown {
    let home = TestTown::bare();
    home.script("gt", &format!("#!/bin/sh\necho \"{prime}\"\n"));
    home
}

#[test]
fn it_has_the_terminal_of_a_real_agent_and_gives_it_back() {
    let home = home("nothing");
    let mut agent = Agent::start(&home, "@say hello there\n");
    agent.shows("hello there");
    agent.shows("· ready for input");
    let text = agent.text();
    assert!(text.starts_with("\x1b[?1049h\x1b[?2004h"), "{text:?}");
    agent.signal(rustix::process::Signal::TERM);
    assert_eq!(agent.code(), 143);
    agent.shows("\x1b[?2004l\x1b[?25h\x1b[?1049l");
    assert_eq!(
        std::fs::read(&agent.copy).unwrap(),
        agent.seen.lock().unwrap().clone(),
        "the copy is what the terminal got"
    );
}

#[test]
fn pasted_text_stands_until_enter() {
    let home = home("nothing");
    let mut agent = Agent::start(&home, "@hang\n");
    agent.shows("working … 0s (esc to interrupt)");
    agent.types("\x1b[200~status?\x1b[201~");
    agent.shows("> status?");
    assert!(!agent.text().contains("status: "));
    agent.types("\r");
    agent.shows("status: the script, step 1 of 1");
    agent.types("hello\r");
    agent.shows("understood");
}

#[test]
fn a_question_waits_for_its_answer() {
    for (key, outcome, ran) in [("1", "you said yes", true), ("n", "you said no", false)] {
        let home = home("nothing");
        let script = "@ask Allow: rm -rf build\ntouch answered\n@say the end\n";
        let mut agent = Agent::start(&home, script);
        agent.shows("1. Yes");
        agent.types("x");
        assert!(!agent.text().contains("you said"));
        agent.types(key);
        agent.shows(outcome);
        agent.shows("the end");
        assert_eq!(home.home().join("answered").exists(), ran);
    }
}

#[test]
fn a_size_is_taken_over_and_a_flood_is_whole() {
    let home = home("nothing");
    let agent = Agent::start(&home, "@flood 300\n@say dry again\n");
    agent.shows("dry again");
    agent.shows("line 300 of");
    agent.shows("line 1 of");
    agent.master.resize(size(60, 12)).unwrap();
    let rule = format!("\x1b[2m{}\x1b[0m", "─".repeat(60));
    agent.shows(&rule);
}

#[test]
fn it_crashes_once_per_incarnation() {
    let home = home("nothing");
    let script = "@crash\n@say second life\n";
    let mut first = Agent::start(&home, script);
    assert_eq!(first.code(), 137);
    assert!(!first.text().contains("\x1b[?1049l"));
    Agent::start(&home, script).shows("second life");
}

#[test]
fn it_ends_when_its_terminal_goes_and_stays_when_told_so() {
    let home = home("nothing");
    let mut agent = Agent::start(&home, "@hang\n");
    agent.shows("working");
    agent.signal(rustix::process::Signal::HUP);
    assert_eq!(agent.code(), 129);
    let mut stubborn = Agent::start(&home, "@ignore HUP\n@say deaf\n@hang\n");
    stubborn.shows("deaf");
    stubborn.signal(rustix::process::Signal::HUP);
    stubborn.types("status\r");
    stubborn.shows("status: ");
    stubborn.signal(rustix::process::Signal::TERM);
    assert_eq!(stubborn.code(), 143);
}

#[test]
fn a_command_that_fails_makes_it_wait_for_a_person() {
    let home = home("nothing");
    let agent = Agent::start(&home, "@try false\necho went on\nexit 3\n@say never\n");
    agent.shows("went on");
    agent.shows("that ended with code 3; I wait for you");
    assert!(!agent.text().contains("never"));
    assert!(Path::new(&agent.copy).exists());
}
