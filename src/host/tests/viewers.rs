//! Attached viewers: the same screen as the host's, whatever they miss (DECISIONS 12, P11).

use super::peer::{Peer, TestHost, id, until};
use crate::term::Screen;
use crate::wire::{HostAnswer, HostAsk, HostSay};

const RUN: &str = "tb.Toast.1.1";

/// Follows a stream until the host's run ends; what a console would show.
fn follow(peer: &mut Peer, stream: u64) -> Screen {
    let mut screen = Screen::new((80, 24), 100);
    loop {
        let say = peer.hear();
        screen.feed(&std::mem::take(&mut peer.bytes));
        match say {
            Some(HostSay::Resized {
                stream: of, size, ..
            }) if of == stream => screen.resize(size),
            Some(HostSay::Exited { .. }) => return screen,
            _ => {}
        }
    }
}

fn attach(peer: &mut Peer) -> u64 {
    let stream = peer.post(HostAsk::Attach {
        run: id(RUN),
        size: None,
    });
    assert_eq!(peer.answer(stream), Ok(HostAnswer::Done));
    stream
}

#[test]
fn a_viewer_sees_what_the_host_sees() {
    let host = TestHost::start();
    let mut engine = host.engine();
    let mut viewer = host.operator();
    let script = "printf '\\033[?1049h\\033[2J\\033[5;5Hbefore'; read x
        printf '\\033[6;5H\\033[1;31mafter\\033[0m'; exit 0";
    engine.launch(&host.launch(RUN, script));
    engine.wait_text(RUN, "before");
    let stream = attach(&mut viewer);
    viewer.keys(stream, b"\r");
    let seen = follow(&mut viewer, stream).view();
    let told = engine.peek(RUN);
    assert!(told.text().contains("after"));
    assert_eq!((seen.rows, seen.hash), (told.rows, told.hash));
}

#[test]
fn a_slow_viewer_gets_the_last_screen_and_slows_nobody() {
    let host = TestHost::start();
    let mut engine = host.engine();
    let mut viewer = host.operator();
    let script = "read x; seq 1 200000; echo the end; exit 0";
    engine.launch(&host.launch(RUN, script));
    let stream = attach(&mut viewer);
    viewer.keys(stream, b"\r");
    // The viewer does not read at all until the run has ended.
    until("the end", || engine.runs(HostAsk::List)[0].exit.clone());
    let seen = follow(&mut viewer, stream).view();
    let told = engine.peek(RUN);
    assert!(told.text().contains("the end"));
    assert_eq!((seen.rows, seen.hash), (told.rows, told.hash));
}

#[test]
fn a_flood_does_not_stall_another_terminal() {
    let host = TestHost::start();
    let mut engine = host.engine();
    engine.launch(&host.launch("flood.1", "yes 'a line of flood' | head -c 50000000"));
    engine.launch(&host.launch(
        RUN,
        "stty -echo; echo ready; while read x; do echo got $x; done",
    ));
    engine.wait_text(RUN, "ready");
    let mut answered = 0;
    while engine
        .runs(HostAsk::List)
        .iter()
        .any(|fact| fact.run == id("flood.1") && fact.exit.is_none())
    {
        answered += 1;
        engine
            .ask(HostAsk::Write {
                run: id(RUN),
                key: None,
                text: format!("{answered}\r"),
                guard: None,
            })
            .unwrap();
        engine.wait_text(RUN, &format!("got {answered}"));
    }
    assert!(answered >= 5, "only {answered} answers beside the flood");
    let recorded = crate::record::tail(&host.paths, &id("flood.1"), u64::MAX)
        .unwrap()
        .unwrap();
    // The kernel adds a return to each of the lines.
    assert_eq!(
        recorded.iter().filter(|byte| **byte != b'\r').count(),
        50_000_000
    );
}
