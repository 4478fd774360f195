//! The operator's terminal after a panic: a child of this test's own binary fails in a real one.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{InputModes, LocalModes, OutputModes, tcgetattr};

use super::Guard;
use crate::console::outer;
use crate::domain::{Exit, LaunchPlan, RunLimits, TerminalRules};
use crate::pty::{Started, start_terminal};
use crate::term::{MouseMode, Screen};

/// Names the log to the child, and so that it is the child.
const CHILD: &str = "GASTOWN_TEST_GUARD_LOG";
const SIZE: (u16, u16) = (80, 24);
const PATIENCE: Duration = Duration::from_secs(30);

/// Takes the terminal over as the console does, and fails.
fn fail(log: &Path) {
    let mut guard = Guard::enter(true, log).unwrap();
    guard.set_keyboard(false).unwrap();
    panic!("the drawing thread fails");
}

fn child(log: &Path) -> Started {
    let program = std::env::current_exe().unwrap();
    let test = "console::guard::tests::t9_a_panic_gives_the_terminal_back_before_it_is_told";
    let argv = [program.to_str().unwrap(), "--exact", test, "--nocapture"];
    let folder = log.parent().unwrap();
    let env = [
        (CHILD, log.to_str().unwrap()),
        ("HOME", folder.to_str().unwrap()),
        ("TERM", "xterm-256color"),
    ];
    let plan = LaunchPlan {
        run: "tradingbot.Toast.1.1".parse().unwrap(),
        argv: argv.map(str::to_owned).to_vec(),
        cwd: folder.to_owned(),
        env: env
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        size: SIZE,
        limits: RunLimits::default(),
        terminal: TerminalRules::default(),
    };
    start_terminal(&plan, None).unwrap()
}

/// Everything that the child writes to its terminal until it ends, and how it ends.
fn written(started: &mut Started) -> (Vec<u8>, Exit) {
    let until = Instant::now() + PATIENCE;
    let mut out = Vec::new();
    let mut piece = [0; 4096];
    loop {
        assert!(Instant::now() < until, "{}", String::from_utf8_lossy(&out));
        match started.end.read(&mut piece) {
            Ok(0) => {}
            Ok(count) => {
                out.extend_from_slice(&piece[..count]);
                continue;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            // Nobody has the terminal open any more.
            Err(_) => {
                if let Some(exit) = started.child.reap() {
                    return (out, exit);
                }
            }
        }
        let moment = Timespec::try_from(Duration::from_millis(20)).unwrap();
        poll(
            &mut [PollFd::new(&started.end, PollFlags::IN)],
            Some(&moment),
        )
        .unwrap();
    }
}

#[test]
fn t9_a_panic_gives_the_terminal_back_before_it_is_told() {
    if let Some(log) = std::env::var_os(CHILD) {
        return fail(Path::new(&log));
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("console.log");
    let mut started = child(&log);
    let (bytes, exit) = written(&mut started);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert_eq!(exit, Exit::Code { code: 101 }, "{text}");
    // It was taken whole, and is given back before a word of the panic is written.
    assert!(text.contains(outer::ENTER) && text.contains(outer::MOUSE_ON));
    let back = text.find(outer::LEAVE_SCREEN).unwrap();
    let told = text.find("the drawing thread fails").unwrap();
    assert!(back < told, "{text:?}");
    let mut screen = Screen::new(SIZE, 0);
    screen.feed(&bytes);
    let modes = screen.modes();
    assert!(!modes.alternate && !modes.bracketed_paste && !modes.focus);
    assert_eq!(modes.mouse, MouseMode::Off);
    assert!(screen.cursor().visible && screen.held().is_none());
    let count = |sequence| text.matches(sequence).count();
    assert_eq!(count(outer::PUSH_KEYBOARD), 1);
    assert_eq!(count(outer::POP_KEYBOARD), 1);
    let discipline = tcgetattr(&started.end).unwrap();
    let local = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
    assert!(discipline.local_modes.contains(local));
    assert!(discipline.input_modes.contains(InputModes::ICRNL));
    assert!(discipline.output_modes.contains(OutputModes::OPOST));
    // The operator is told where the rest is, and it is there.
    assert!(text.contains("the console failed; see"), "{text:?}");
    let logged = std::fs::read_to_string(&log).unwrap();
    assert!(logged.contains("the drawing thread fails"), "{logged}");
}
