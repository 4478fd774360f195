//! How fast a screen takes output in, by kind of output: megabytes per second of processor time.
//!
//! `cargo test --release --test campaign -- feed`. Says numbers and asserts none: machines differ.
//! A 200x50 screen that keeps 10,000 rows, fed in pieces of 4 KiB, the median of seven passes.

use gastown::term::Screen;

use crate::streams::{self, Stream};
use crate::terminals::processor;

/// Bytes of one pass.
const LENGTH: usize = 8 << 20;

/// Measures every kind that honest programs write, for about `seconds`.
pub(crate) fn run(seconds: u64, seed: u64) {
    // About seven passes of each kind in 15 s; never fewer than three.
    let passes = usize::try_from(seconds / 2).unwrap_or(7).clamp(3, 7);
    for stream in Stream::HONEST {
        let bytes = streams::make(stream, &mut fastrand::Rng::with_seed(seed), LENGTH);
        let mut rates: Vec<f64> = (0..passes).map(|_| rate(&bytes)).collect();
        rates.sort_by(f64::total_cmp);
        let median = rates.get(rates.len() / 2).copied().unwrap_or_default();
        println!("feed: {:<8} {median:6.0} MB/s", stream.name());
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a few megabytes are exact in a double"
)]
fn rate(bytes: &[u8]) -> f64 {
    let mut screen = Screen::new((200, 50), 10_000);
    let before = processor();
    for piece in bytes.chunks(4096) {
        screen.feed(piece);
    }
    let taken = processor().saturating_sub(before);
    bytes.len() as f64 / 1e6 / taken.as_secs_f64().max(1e-9)
}
