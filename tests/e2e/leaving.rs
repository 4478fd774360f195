//! T9: whatever ends or stops the program, the operator's terminal is theirs again: screen, modes,
//! cursor, keyboard and line discipline. One real terminal per cause.

use std::fs::File;
use std::process::Command;

use gastown::term::{MouseForm, MouseMode, Screen};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use crate::looking::{Outer, SIZE, town};
use crate::support::TestTown;

/// What a terminal that knows keyboard flags answers to the question about them.
const KNOWS_FLAGS: &str = "\x1b[?0u\x1b[?62;22c";

impl Outer {
    fn pid(&self) -> Pid {
        let pid = self.child.process_id().unwrap();
        Pid::from_raw(i32::try_from(pid).unwrap()).unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// The line discipline, as `stty` tells it.
    fn discipline(&self) -> String {
        let name = self.master.tty_name().unwrap();
        let out = Command::new("stty").arg("-a").arg("-F").arg(name).output();
        String::from_utf8(out.unwrap().stdout).unwrap()
    }

    fn count(&self, sequence: &str) -> usize {
        let written = String::from_utf8_lossy(&self.written()).into_owned();
        written.matches(sequence).count()
    }

    /// What is wrong with the terminal for whoever had it before.
    fn wrong(&self) -> Vec<&'static str> {
        let mut screen = Screen::new(SIZE, 0);
        screen.feed(&self.written());
        let modes = screen.modes();
        let discipline = self.discipline();
        let raw = ["-icanon", "-echo ", "-isig", "-icrnl", "-opost"];
        let table = [
            (modes.alternate, "the alternate screen is shown"),
            (modes.mouse != MouseMode::Off, "the mouse is captured"),
            (
                modes.mouse_form != MouseForm::Plain,
                "the mouse is told in numbers",
            ),
            (modes.bracketed_paste, "pastes are bracketed"),
            (modes.focus, "the focus is told"),
            (!screen.cursor().visible, "the cursor is hidden"),
            (screen.held().is_some(), "a frame is held back"),
            (
                self.count("\x1b[>1u") != self.count("\x1b[<u"),
                "keyboard flags are left",
            ),
            (
                raw.iter().any(|word| discipline.contains(word)),
                "the line discipline is raw",
            ),
        ];
        let wrong = table.into_iter().filter(|(wrong, _)| *wrong);
        wrong.map(|(_, what)| what).collect()
    }

    fn is_restored(&self, town: &TestTown, cause: &str) {
        town.wait_until(cause, || self.wrong().is_empty());
    }
}

/// `gt attach` in a terminal that knows keyboard flags, with the agent's screen shown.
fn attached(town: &TestTown) -> Outer {
    let mut outer = Outer::open(town, &["attach", "tradingbot/Toast"], &[]);
    town.wait_until("the question about the keyboard", || {
        outer.count("\x1b[?u") > 0
    });
    outer.press(KNOWS_FLAGS);
    outer.shows(town, "ready for work");
    town.wait_until("the flags", || outer.count("\x1b[>1u") > 0);
    let taken = outer.wrong();
    assert!(taken.len() >= 7, "{taken:?}");
    outer
}

fn ends(town: &TestTown, outer: &mut Outer, cause: &str) {
    town.wait_until(cause, || outer.child.try_wait().unwrap().is_some());
    outer.is_restored(town, cause);
}

#[test]
fn t9_the_terminal_is_given_back_on_leave_and_on_every_signal_that_ends() {
    let town = town();
    for (cause, keys) in [
        ("the leave key", "\x11"),
        ("the leave key of the keyboard protocol", "\x1b[113;5u"),
        ("the prefix", "\x02d"),
    ] {
        let mut outer = attached(&town);
        outer.press(keys);
        ends(&town, &mut outer, cause);
    }
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut outer = attached(&town);
        outer.signal(signal);
        ends(&town, &mut outer, &format!("{signal:?}"));
    }
}

#[test]
fn t9_a_stop_from_outside_gives_the_terminal_back_and_going_on_takes_it_again() {
    let town = town();
    let mut outer = attached(&town);
    outer.signal(Signal::TSTP);
    outer.is_restored(&town, "SIGTSTP");
    let stat = format!("/proc/{}/stat", outer.pid().as_raw_nonzero());
    town.wait_until("the stop", || {
        let stat = std::fs::read_to_string(&stat).unwrap();
        stat.rsplit_once(')')
            .unwrap()
            .1
            .trim_start()
            .starts_with('T')
    });
    outer.signal(Signal::CONT);
    outer.shows(&town, "ready for work");
    town.wait_until("the modes", || outer.wrong().len() >= 7);
    outer.press("\x11");
    ends(&town, &mut outer, "the leave key");
}

#[test]
fn t9_the_program_ends_with_a_terminal_that_is_gone() {
    let town = town();
    let pair = native_pty_system().openpty(PtySize::default()).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_gt"));
    command.args(["attach", "tradingbot/Toast"]);
    command.cwd(town.root());
    command.env_clear();
    for (name, value) in town.env() {
        command.env(name, value);
    }
    command.env("TERM", "xterm-256color");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let name = pair.master.tty_name().unwrap();
    town.wait_until("raw mode", || {
        let out = Command::new("stty").arg("-a").arg("-F").arg(&name).output();
        String::from_utf8_lossy(&out.unwrap().stdout).contains("-icanon")
    });
    // Nobody else holds the terminal: with this it is gone.
    drop(pair.master);
    town.wait_until("the end", || child.try_wait().unwrap().is_some());
    town.gt(&["peek", "tradingbot/Toast"])
        .ok()
        .says("ready for work");
}

#[test]
fn t9_gt_reset_mends_a_terminal_after_a_kill() {
    let town = town();
    let mut outer = attached(&town);
    // The shell that outlives it has the terminal open too.
    let name = outer.master.tty_name().unwrap();
    let tty = File::options().read(true).write(true).open(name).unwrap();
    outer.signal(Signal::KILL);
    town.wait_until("the kill", || outer.child.try_wait().unwrap().is_some());
    assert!(outer.wrong().len() >= 7);
    let mut reset = Command::new(env!("CARGO_BIN_EXE_gt"));
    reset
        .arg("reset")
        .env_clear()
        .envs(town.env().iter().cloned());
    reset.stdin(tty.try_clone().unwrap());
    reset.stdout(tty.try_clone().unwrap()).stderr(tty);
    assert!(reset.status().unwrap().success());
    // Its last sequence; every keyboard flag is popped, however many there are.
    town.wait_until("`gt reset`", || outer.count("\x1b[<99u\x1b[=0u\x1b[r") > 0);
    assert_eq!(outer.wrong(), ["keyboard flags are left"]);
}
