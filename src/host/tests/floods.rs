//! Floods: a hot reader takes a terminal over, loses nothing, and nobody else waits for it (DECISIONS 10).

#![expect(
    clippy::disallowed_methods,
    reason = "measures time and writes what is to be flooded"
)]

use std::time::{Duration, Instant};

use super::peer::{Peer, TestHost, id, until};
use crate::record;
use crate::wire::HostAsk;

const FLOOD: &str = "tb.Toast.1.1";
const ECHO: &str = "tb.Shadow.2.1";

/// Lines of 20 to 78 columns, as many as make `bytes`.
fn lines(bytes: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes + 80);
    let mut number = 0_usize;
    while out.len() < bytes {
        let width = 20 + number * 7 % 59;
        out.extend(format!("{number:0width$}\r\n").bytes());
        number += 1;
    }
    out
}

fn flood(host: &TestHost, engine: &mut Peer, text: &[u8]) {
    std::fs::write(host.folder().join("flood"), text).unwrap();
    let script = "stty raw -echo; echo ready; read x; cat flood; exit 0";
    engine.launch(&host.launch(FLOOD, script));
    engine.wait_text(FLOOD, "ready");
}

fn begin(engine: &mut Peer) {
    engine
        .ask(HostAsk::Write {
            run: id(FLOOD),
            key: None,
            text: "\n".to_owned(),
            guard: None,
        })
        .unwrap();
}

#[test]
fn a_flood_is_recorded_byte_for_byte() {
    // P11 for the host's own part: what a hot reader took is in the log, in order, to the last byte.
    let host = TestHost::start();
    let mut engine = host.engine();
    let text = lines(6 << 20);
    flood(&host, &mut engine, &text);
    begin(&mut engine);
    until("the end", || engine.runs(HostAsk::List)[0].exit.clone());
    // The exit may be told a moment before the recording thread has written the last bytes.
    let recorded = until("the whole log", || {
        let log = record::tail(&host.paths, &id(FLOOD), u64::MAX)
            .ok()
            .flatten()?;
        (log.len() >= text.len() + b"ready\n".len()).then_some(log)
    });
    let text_of = recorded.strip_prefix(b"ready\n").unwrap();
    assert_eq!(text_of.len(), text.len());
    assert!(text_of == text, "the log differs from what was written");
}

#[test]
fn keys_elsewhere_come_back_beside_a_flood() {
    let host = TestHost::start();
    let mut engine = host.engine();
    let mut viewer = host.operator();
    flood(&host, &mut engine, &lines(24 << 20));
    engine.launch(&host.launch(ECHO, "stty raw -echo; echo ready; exec cat"));
    engine.wait_text(ECHO, "ready");
    let stream = viewer.post(HostAsk::Attach {
        run: id(ECHO),
        size: None,
    });
    viewer.answer(stream).unwrap();
    begin(&mut engine);
    let mut times: Vec<Duration> = Vec::new();
    for round in 0..60_u8 {
        let letter = b'a' + round % 26;
        viewer.bytes.clear();
        let began = Instant::now();
        viewer.keys(stream, &[letter]);
        while !viewer.bytes.ends_with(&[letter]) {
            viewer.hear();
        }
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let median = times[30];
    // The target is 2 ms in a release build on an idle machine; this only tells waiting for a
    // whole flood from waiting for a slice.
    assert!(
        median < Duration::from_millis(150),
        "median echo {median:?}"
    );
}
