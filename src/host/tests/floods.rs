//! Floods: a hot reader takes a terminal over, loses nothing, and nobody else waits for it (DECISIONS 10).

#![expect(
    clippy::disallowed_methods,
    reason = "measures time and writes what is to be flooded"
)]

use std::time::{Duration, Instant};

use super::peer::{Peer, TestHost, id, until};
use crate::record;
use crate::wire::{HostAnswer, HostAsk};

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
fn ten_thousand_rows_are_served_by_number() {
    let host = TestHost::start();
    let mut engine = host.engine();
    let script = "seq 1 10100; echo the end; read x";
    engine.launch(&host.launch(FLOOD, script));
    engine.wait_text(FLOOD, "the end");
    let mut number = 0;
    let mut texts = Vec::new();
    loop {
        let ask = HostAsk::Rows {
            run: id(FLOOD),
            from: number,
            count: 4_000,
        };
        let Ok(HostAnswer::Rows {
            oldest,
            top,
            from,
            rows,
        }) = engine.ask(ask)
        else {
            panic!("no rows");
        };
        assert_eq!(from, number.max(oldest));
        assert!(top - oldest >= 9_999, "{oldest} to {top}");
        if rows.is_empty() {
            break;
        }
        number = from + rows.len() as u64;
        texts.extend(rows.into_iter().map(|row| row.text));
    }
    let end = texts.iter().position(|text| text == "the end").unwrap();
    assert_eq!(texts[end - 1], "10100");
    let numbers: Vec<u64> = texts[..end]
        .iter()
        .map(|text| text.parse().unwrap())
        .collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1));
    assert!(numbers.len() >= 10_000);
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
