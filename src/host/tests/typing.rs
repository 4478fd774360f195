//! Writes: at most once, held off by guards, in order with the operator's keys (Q, DECISIONS 11).

use super::peer::{Peer, TestHost, id, until};
use crate::domain::ScreenView;
use crate::wire::{
    Delivery, Holder, HostAnswer, HostAsk, HostRefusal, HostSay, WriteFate, WriteGuard,
};

const RUN: &str = "tb.Toast.1.1";

fn write(key: Option<&str>, text: &str, guard: Option<WriteGuard>) -> HostAsk {
    HostAsk::Write {
        run: id(RUN),
        key: key.map(str::to_owned),
        text: text.to_owned(),
        guard,
    }
}

fn fate(peer: &mut Peer, ask: HostAsk) -> WriteFate {
    match peer.ask(ask) {
        Ok(HostAnswer::Write(fate)) => fate,
        other => panic!("{other:?}"),
    }
}

/// A screen that does not change any more by itself.
fn settled(peer: &mut Peer, text: &str) -> ScreenView {
    peer.wait_text(RUN, text);
    until("a quiet screen", || {
        let (before, after) = (peer.peek(RUN), peer.peek(RUN));
        (before == after).then_some(after)
    })
}

#[test]
fn a_key_is_written_at_most_once() {
    let host = TestHost::start();
    let mut engine = host.engine();
    engine.launch(&host.launch(
        RUN,
        "stty -echo; echo ready; while read x; do echo got $x; done",
    ));
    engine.wait_text(RUN, "ready");
    for _ in 0..3 {
        let one = write(Some("ng-1"), "one\r", None);
        assert_eq!(fate(&mut engine, one), WriteFate::Written);
    }
    let two = write(Some("ng-2"), "two\r", None);
    assert_eq!(fate(&mut engine, two), WriteFate::Written);
    let screen = engine.wait_text(RUN, "got two");
    assert_eq!(screen.text().matches("got one").count(), 1);
    let asked = |key: &str| HostAsk::Asked {
        run: id(RUN),
        key: key.to_owned(),
    };
    assert_eq!(fate(&mut engine, asked("ng-1")), WriteFate::Written);
    assert_eq!(fate(&mut engine, asked("ng-9")), WriteFate::NeverSeen);
}

#[test]
fn guards_hold_a_write_off() {
    let host = TestHost::start();
    let mut engine = host.engine();
    let mut operator = host.operator();
    engine.launch(&host.launch(
        RUN,
        "stty -echo; echo ready; while read x; do echo got $x; done",
    ));
    let screen = settled(&mut engine, "ready");
    let guard = |hash, quiet| {
        Some(WriteGuard {
            hash,
            quiet,
            delivery: None,
        })
    };
    let wrong = write(Some("k"), "no\r", guard(Some(screen.hash ^ 1), 0));
    assert_eq!(fate(&mut engine, wrong), WriteFate::ScreenChanged);
    assert_eq!(
        operator.ask(write(None, "mine\r", None)),
        Ok(HostAnswer::Write(WriteFate::Written))
    );
    let screen = settled(&mut engine, "got mine");
    let soon = write(Some("k"), "no\r", guard(Some(screen.hash), 60_000));
    assert_eq!(fate(&mut engine, soon), WriteFate::OperatorTyping);
    // The same key may be tried again: nothing was written.
    let good = write(Some("k"), "yes\r", guard(Some(screen.hash), 0));
    assert_eq!(fate(&mut engine, good), WriteFate::Written);
    let screen = engine.wait_text(RUN, "got yes");
    assert!(!screen.text().contains("got no"));
}

#[test]
fn the_operators_keys_travel_byte_for_byte() {
    let host = TestHost::start();
    let mut engine = host.engine();
    let mut operator = host.operator();
    engine.launch(&host.launch(
        RUN,
        "stty raw -echo; echo ready; dd bs=1 count=6 2>/dev/null | od -An -tx1; read x",
    ));
    engine.wait_text(RUN, "ready");
    let stream = operator.post(HostAsk::Attach {
        run: id(RUN),
        size: None,
    });
    assert_eq!(operator.answer(stream), Ok(HostAnswer::Done));
    operator.keys(stream, b"\x1b[A\x00\xff\x80");
    engine.wait_text(RUN, "1b 5b 41 00 ff 80");
}

#[test]
fn only_the_holder_resizes() {
    let host = TestHost::start();
    let mut engine = host.engine();
    let mut operator = host.operator();
    let script = "trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done";
    engine.launch(&host.launch(RUN, script));
    engine.wait_text(RUN, "ready");
    let resize = |size| HostAsk::Resize { run: id(RUN), size };
    assert_eq!(engine.ask(resize((100, 30))), Ok(HostAnswer::Done));
    engine.wait_text(RUN, "30 100");
    operator.ask(write(None, "x", None)).unwrap();
    assert_eq!(engine.ask(resize((90, 20))), Err(HostRefusal::NotAllowed));
    assert_eq!(operator.ask(resize((120, 40))), Ok(HostAnswer::Done));
    engine.wait_text(RUN, "40 120");
    drop(operator);
    until("the lease to be given back", || {
        engine.ask(resize((70, 20))).is_ok().then_some(())
    });
}

#[test]
fn terminal_queries_are_answered_by_numbers() {
    // T4: a program that asks at its start gets its answer without any viewer.
    let host = TestHost::start();
    let mut engine = host.engine();
    engine.launch(&host.launch(
        RUN,
        "stty raw -echo min 1 time 5; printf '\\033[6n'; dd bs=1 count=6 2>/dev/null | od -An -c; read x",
    ));
    engine.wait_text(RUN, "[   1   ;   1   R");
}

#[test]
fn one_viewer_types_until_another_takes_the_input_over() {
    let host = TestHost::start();
    let mut engine = host.engine();
    engine.launch(&host.launch(
        RUN,
        "stty -echo; echo ready; while read x; do echo got $x; done",
    ));
    engine.wait_text(RUN, "ready");
    let attach = |peer: &mut Peer| {
        let stream = peer.post(HostAsk::Attach {
            run: id(RUN),
            size: None,
        });
        peer.answer(stream).unwrap();
        stream
    };
    let (mut first, mut second) = (host.operator(), host.operator());
    let (one, two) = (attach(&mut first), attach(&mut second));
    let holder = |peer: &mut Peer| {
        peer.news(|say| match say {
            HostSay::Holder { holder, .. } => Some(*holder),
            _ => None,
        })
    };
    first.keys(one, b"mine\r");
    assert_eq!(
        (holder(&mut first), holder(&mut second)),
        (Holder::You, Holder::Another)
    );
    engine.wait_text(RUN, "got mine");
    // What the other one types is not written, and that is told.
    second.keys(two, b"theirs\r");
    assert_eq!(holder(&mut second), Holder::Another);
    second.ask(HostAsk::Take { run: id(RUN) }).unwrap();
    assert_eq!(
        (holder(&mut first), holder(&mut second)),
        (Holder::Another, Holder::You)
    );
    second.keys(two, b"now\r");
    let screen = engine.wait_text(RUN, "got now");
    assert!(!screen.text().contains("theirs"), "{}", screen.text());
    // The engine holds nobody's input, and whoever leaves gives it back.
    assert_eq!(
        engine.ask(HostAsk::Take { run: id(RUN) }),
        Err(HostRefusal::NotAllowed)
    );
    drop(second);
    assert_eq!(holder(&mut first), Holder::Nobody);
}

/// A part of the delivery `ng-1` of the engine.
fn part(key: &str, text: &str, last: bool) -> HostAsk {
    let guard = WriteGuard {
        hash: None,
        quiet: 2_000,
        delivery: Some(Delivery {
            name: "ng-1".to_owned(),
            last,
        }),
    };
    write(Some(key), text, Some(guard))
}

/// A program that repeats lines, a viewer of it, and a delivery whose first half is written; the
/// operator typed an `X` since.
fn half_delivered(host: &TestHost) -> (Peer, Peer, u64) {
    let mut engine = host.engine();
    let mut operator = host.operator();
    engine.launch(&host.launch(
        RUN,
        "stty -echo; echo ready; while read x; do echo got $x; done",
    ));
    engine.wait_text(RUN, "ready");
    let stream = operator.post(HostAsk::Attach {
        run: id(RUN),
        size: None,
    });
    operator.answer(stream).unwrap();
    let first = part("ng-1.text", "one", false);
    assert_eq!(fate(&mut engine, first), WriteFate::Written);
    operator.keys(stream, b"X");
    operator.runs(HostAsk::List);
    (engine, operator, stream)
}

#[test]
fn the_operators_keys_wait_for_the_end_of_a_delivery() {
    // DECISIONS 11: held in order and released after.
    let host = TestHost::start();
    let (mut engine, mut operator, stream) = half_delivered(&host);
    let last = part("ng-1.enter", "\r", true);
    assert_eq!(fate(&mut engine, last), WriteFate::Written);
    engine.wait_text(RUN, "got one");
    operator.keys(stream, b"Y\r");
    let screen = engine.wait_text(RUN, "got XY");
    assert!(!screen.text().contains("oneX"), "{}", screen.text());
}

#[test]
fn taking_over_interrupts_a_delivery() {
    // DECISIONS 11: takeover aborts the delivery as `interrupted`.
    let host = TestHost::start();
    let (mut engine, mut operator, stream) = half_delivered(&host);
    operator.ask(HostAsk::Take { run: id(RUN) }).unwrap();
    for _ in 0..2 {
        let last = part("ng-1.enter", "\r", true);
        assert_eq!(fate(&mut engine, last), WriteFate::Interrupted);
    }
    let asked = HostAsk::Asked {
        run: id(RUN),
        key: "ng-1.enter".to_owned(),
    };
    assert_eq!(fate(&mut engine, asked), WriteFate::Interrupted);
    // What the operator typed meanwhile is there, and nothing of the rest.
    operator.keys(stream, b"Y\r");
    engine.wait_text(RUN, "got oneXY");
}
