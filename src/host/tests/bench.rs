//! Rough numbers, printed: a smoke test of speed, not a measurement to quote against others.

#![expect(clippy::disallowed_methods, reason = "measures time")]

use std::time::Instant;

use super::peer::{TestHost, id};
use crate::wire::HostAsk;

#[test]
fn keys_come_back_soon() {
    let host = TestHost::start();
    let mut engine = host.engine();
    let mut viewer = host.operator();
    engine.launch(&host.launch("tb.Toast.1.1", "stty raw -echo; echo ready; exec cat"));
    engine.wait_text("tb.Toast.1.1", "ready");
    let stream = viewer.post(HostAsk::Attach {
        run: id("tb.Toast.1.1"),
        size: None,
    });
    viewer.answer(stream).unwrap();
    let mut times = Vec::new();
    for round in 0..200_u32 {
        let letter = b'a' + u8::try_from(round % 26).unwrap();
        viewer.bytes.clear();
        let began = Instant::now();
        viewer.keys(stream, &[letter]);
        while !viewer.bytes.ends_with(&[letter]) {
            viewer.hear();
        }
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let (median, worst) = (times[100], times[198]);
    assert!(
        median.as_millis() < 50,
        "median echo {median:?}, p99 {worst:?}"
    );
}
