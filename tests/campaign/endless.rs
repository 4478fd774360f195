//! Output without an end: strings that nobody closes, and a line that never breaks (attacks 18 and 27).
//!
//! Feeds so many bytes of each kind to a screen with full history and holds that the process does not
//! grow, that a byte costs what T10 allows, and that what comes after is read. Runs in a process of its
//! own, so that its memory is that of the screen.

use std::time::{Duration, Instant};

use gastown::term::Screen;

use crate::terminals::{processor, resident};

/// What a terminal reads at once.
const PIECE: usize = 64 * 1024;
/// Rows of history that a screen keeps.
const HISTORY: usize = 10_000;
/// Growth of the process that one kind may cause after it is warm.
const GROWTH_MAX: u64 = 4 << 20;
/// Bytes after which it is warm: the history is full of rows of this kind.
const WARM: u64 = 2 << 20;
/// Most processor time for a byte (T10).
const BYTE_MAX: Duration = Duration::from_micros(1);
/// Most processor time of what is asked of a screen once, however long the line became.
const ONCE_MAX: Duration = Duration::from_secs(1);

/// Megabytes in the short run, name, how it begins, what is repeated, how it ends.
const KINDS: &[(u64, &str, &str, &str, &str)] = &[
    (20, "OSC", "\x1b]0;", "EVIL", "\x07"),
    (20, "OSC nobody knows", "\x1b]7777;", "EVIL", "\x1b\\"),
    (20, "DCS", "\x1bP", "EVIL", "\x1b\\"),
    (20, "APC", "\x1b_", "EVIL", "\x1b\\"),
    (20, "PM", "\x1b^", "EVIL", "\x18"),
    (20, "SOS", "\x1bX", "EVIL", "\x1a"),
    (20, "CSI", "\x1b[", "1;", "m"),
    (20, "line", "", "no end of it, ", "\r\n"),
    (4, "line of wide letters", "", "日本e\u{301}", "\r\n"),
    (4, "marks on one letter", "e", "\u{301}", "\r\n"),
];

/// Feeds so many megabytes of each kind, or those of the short run; the error says which failed, and how.
pub(crate) fn run(megabytes: Option<u64>) -> Result<Vec<String>, String> {
    KINDS
        .iter()
        .map(|(short, name, begin, again, end)| {
            let came = endless([begin, again, end], megabytes.unwrap_or(*short) * 1_000_000);
            came.map_err(|fault| format!("attack 27, {name}: {fault}"))
                .map(|told| format!("{name}: {told}"))
        })
        .collect()
}

fn endless([begin, again, end]: [&str; 3], bytes: u64) -> Result<String, String> {
    let mut screen = Screen::new((80, 24), HISTORY);
    let piece = again.repeat(PIECE / again.len());
    screen.feed(begin.as_bytes());
    let (begun, cpu) = (Instant::now(), processor());
    let (mut fed, mut warm) = (0, None);
    while fed < bytes {
        screen.feed(piece.as_bytes());
        fed += piece.len() as u64;
        if warm.is_none() && fed >= WARM {
            warm = resident();
        }
    }
    let spent = processor().saturating_sub(cpu);
    let took = begun.elapsed();
    let growth = warm.zip(resident()).map(|(was, is)| is.saturating_sub(was));
    if growth.is_some_and(|growth| growth > GROWTH_MAX) {
        return Err(format!("{growth:?} bytes more after {fed}"));
    }
    let allowed = u32::try_from(fed / 1000).unwrap_or(u32::MAX);
    // A build for tests is no measure.
    if !cfg!(debug_assertions) && spent > BYTE_MAX.saturating_mul(allowed).saturating_mul(1000) {
        return Err(format!("T10: {spent:?} for {fed} bytes"));
    }
    let once = processor();
    screen.resize((57, 30));
    screen.resize((80, 24));
    let snapshot = screen.snapshot().len();
    let once = processor().saturating_sub(once);
    if once > ONCE_MAX {
        return Err(format!(
            "{once:?} for two resizes and a snapshot of {snapshot} bytes"
        ));
    }
    if !screen.take_replies().is_empty() || screen.faults() > 0 {
        return Err("it was answered or it broke something".to_owned());
    }
    screen.feed(end.as_bytes());
    screen.feed(b"\r\n\x1b[Kafter");
    if !screen.view().text().trim_end().ends_with("after") {
        return Err(format!("what follows is lost: {:?}", screen.view().text()));
    }
    Ok(format!(
        "{fed} bytes in {:.2} s ({:.0} MB/s), {} KiB more, resizes and snapshot {once:.1?}",
        took.as_secs_f64(),
        f64::from(u32::try_from(fed >> 10).unwrap_or(u32::MAX)) / 976.56 / took.as_secs_f64(),
        growth.unwrap_or_default() >> 10,
    ))
}
