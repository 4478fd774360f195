//! Keys, mouse and paste of a real terminal as a program hears them that asked for all of it, and
//! what the terminal was asked for meanwhile.

use crate::agents;
use crate::looking::Outer;
use crate::support::TestTown;

/// Asks for every key in full, for the mouse in its oldest form and for brackets, then shows what
/// it hears.
const LISTENER: &str = "#!/bin/sh
stty raw -echo
printf 'ready for work\\r\\n\\033[>31u\\033[?1000h\\033[?2004h'
exec cat -v
";

fn town() -> TestTown {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    agents::register(&town, "listener", LISTENER);
    let bead = town.bead("Listen");
    town.gt(&["sling", &bead, "tradingbot", "--agent", "listener"])
        .ok()
        .says("Toast");
    town.wait_until("the agent is ready", || {
        town.gt(&["peek", "tradingbot/Toast"])
            .out
            .contains("ready for work")
    });
    town
}

fn wrote(outer: &Outer, sequence: &str) -> bool {
    String::from_utf8_lossy(&outer.written()).contains(sequence)
}

#[test]
fn every_key_mouse_and_paste_event_of_a_terminal_reaches_a_program_that_asks() {
    let town = town();
    let mut outer = Outer::open(&town, &["attach", "tradingbot/Toast"], &[]);
    town.wait_until("the question about the keyboard", || {
        wrote(&outer, "\x1b[?u")
    });
    outer.press("\x1b[?0u\x1b[?62;22c");
    outer.shows(&town, "ready for work");
    town.wait_until("the flags and key events", || {
        wrote(&outer, "\x1b[>1u") && wrote(&outer, "\x1b[=3;1u")
    });
    for (told, heard) in [
        ("a", "^[[97;;97u"),
        ("\x1b[97;1:3u", "^[[97;1:3u"),
        ("\x1b[1;2:2A", "^[[1;2:2A"),
        ("\x1b[57414;65:3u", "^[[57414;65:3u"),
        ("\x1b[<0;10;5M", "^[[M *$"),
        ("\x1b[200~x\x1by\r\nz\x1b[201~", "^[[200~xy^Mz^[[201~"),
    ] {
        outer.press(told);
        outer.shows(&town, heard);
    }
    outer.press("\x1b[113;5u");
    town.wait_until("the end", || outer.child.try_wait().unwrap().is_some());
    town.wait_until("the flags are given back", || wrote(&outer, "\x1b[<u"));
}
