//! Hostile output against the screen model: nothing panics, nothing grows, no byte costs much.
//!
//! Runs in a process of its own, so that the memory of the process is that of the screens. A round
//! is one screen of a random size with a stream of one kind, resized on the way; beside what is
//! checked after every stream (contract T1, T2, T4, T10) it counts processor time per 4 KiB.

use std::time::{Duration, Instant};

use gastown::term::{CellWidth, Screen};

use crate::streams::{self, Stream};

/// What a terminal reads at once.
const PIECE: usize = 4096;
/// Rows of history that a screen keeps.
const HISTORY: usize = 1_000;
/// Into so many rows the widest row is cut, at most, when its terminal gets as narrow as can be; such
/// rows are kept beyond the limit until new ones push them out.
const CUT_MAX: usize = 150;
/// Growth of the process that screens of one after the other may cause.
const GROWTH_MAX: u64 = 32 << 20;
/// Rounds before memory is counted, so that tables and allocator are warm.
const WARM: u64 = 3 * Stream::ALL.len() as u64;
/// Bytes of one round.
const ROUND: usize = 64 * 1024;

/// How long it goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Extent {
    /// So many rounds: the short run.
    Rounds(u64),
    /// So long.
    Time(Duration),
}

/// What a run came to.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) rounds: u64,
    pub(crate) bytes: u64,
    /// Most processor time that 4 KiB took, and in which kind of stream.
    pub(crate) slowest: (Duration, &'static str),
    /// Bytes that the process grew by after it was warm; `None` where that is not told.
    pub(crate) growth: Option<u64>,
}

/// Runs; the error says which seed and stream failed, and how.
pub(crate) fn run(extent: Extent, seed: u64) -> Result<Report, String> {
    let begun = Instant::now();
    let mut report = Report::default();
    let mut warm = None;
    loop {
        let over = match extent {
            Extent::Rounds(rounds) => report.rounds >= rounds,
            Extent::Time(time) => begun.elapsed() >= time,
        };
        if over {
            break;
        }
        let number = report.rounds;
        let place = usize::try_from(number).unwrap_or_default() % Stream::ALL.len();
        let stream = Stream::ALL[place];
        let mut random = fastrand::Rng::with_seed(seed.wrapping_add(number));
        round(stream, &mut random, &mut report).map_err(|fault| {
            format!(
                "seed {} ({}, round {number} of seed {seed}): {fault}",
                seed.wrapping_add(number),
                stream.name()
            )
        })?;
        report.rounds += 1;
        if report.rounds == WARM {
            warm = resident();
        }
    }
    report.growth = warm.zip(resident()).map(|(was, is)| is.saturating_sub(was));
    match report.growth {
        Some(growth) if growth > GROWTH_MAX => Err(format!(
            "the process grew by {growth} bytes in {} rounds of seed {seed}",
            report.rounds
        )),
        _ => Ok(report),
    }
}

fn round(stream: Stream, random: &mut fastrand::Rng, report: &mut Report) -> Result<(), String> {
    let bytes = streams::make(stream, random, ROUND);
    let mut screen = Screen::new(size(random), HISTORY);
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(PIECE));
        let before = processor();
        screen.feed(now);
        let taken = processor().saturating_sub(before);
        if taken > report.slowest.0 {
            report.slowest = (taken, stream.name());
        }
        if screen.take_replies().len() > 4096 {
            return Err("T4: more than 4 KiB of answers".to_owned());
        }
        if random.u8(..) < 24 {
            screen.resize(size(random));
        }
        if random.u8(..) < 24 {
            inert(&screen)?;
            rebuilt(&screen)?;
        }
        rest = later;
    }
    screen.release();
    inert(&screen)?;
    report.bytes += bytes.len() as u64;
    Ok(())
}

fn size(random: &mut fastrand::Rng) -> (u16, u16) {
    match random.u8(0..8) {
        0 => (random.u16(0..6), random.u16(0..4)),
        1 => (random.u16(100..200), random.u16(40..60)),
        2 => (200, 50),
        3..=5 => (80, 24),
        _ => (random.u16(2..120), random.u16(1..50)),
    }
}

/// Nothing on the screen is more than text, and every wide character has both halves.
fn inert(screen: &Screen) -> Result<(), String> {
    if screen.faults() > 0 {
        return Err("the emulator failed".to_owned());
    }
    if screen.history_len() > HISTORY * CUT_MAX {
        return Err(format!("{} rows of history", screen.history_len()));
    }
    let hides =
        |c: &char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if screen.title().chars().any(|c| hides(&c)) || screen.title().chars().count() > 200 {
        return Err(format!("T2: the title is {:?}", screen.title()));
    }
    for (number, row) in screen.rows(0).enumerate() {
        let text = row.text();
        if text.chars().any(|c| hides(&c)) {
            return Err(format!("T2: row {number} is {text:?}"));
        }
        let cells: Vec<_> = row.cells().collect();
        if cells.len() != usize::from(screen.size().0) {
            return Err(format!("row {number} has {} cells", cells.len()));
        }
        for (column, cell) in cells.iter().enumerate() {
            if cell.marks().len() > 7 {
                return Err(format!("T1: row {number}, column {column}: {text:?}"));
            }
            let half = cells.get(column + 1).map(|next| next.width());
            if (cell.width() == CellWidth::Wide) != (half == Some(CellWidth::Spacer)) {
                return Err(format!("row {number}, column {column} is torn: {text:?}"));
            }
        }
    }
    Ok(())
}

/// A snapshot brings a screen that was used for something else into the same state.
fn rebuilt(screen: &Screen) -> Result<(), String> {
    let mut copy = Screen::new(screen.size(), 0);
    copy.feed(b"\x1b[?1049h\x1b[3;4r\x1b[?6h\x1b[1;31mused\x1b]0;used\x07\x1b[?2026hheld\x1b[3");
    copy.feed(&screen.snapshot());
    let (view, wanted) = (copy.view(), screen.view());
    if let Some(row) = (0..view.rows.len()).find(|&row| view.rows[row] != wanted.rows[row]) {
        return Err(format!(
            "a snapshot's row {row} is {:?}, not {:?}",
            view.rows[row], wanted.rows[row]
        ));
    }
    if (copy.cursor(), copy.modes(), copy.title())
        != (screen.cursor(), screen.modes(), screen.title())
    {
        return Err(format!(
            "a snapshot's cursor and modes are {:?} {:?}, not {:?} {:?}",
            copy.cursor(),
            copy.modes(),
            screen.cursor(),
            screen.modes()
        ));
    }
    Ok(())
}

/// Processor time of this thread; without that, the time of day of a quiet machine.
pub(crate) fn processor() -> Duration {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = spent.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(
        || Instant::now().duration_since(*START),
        Duration::from_nanos,
    )
}

static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

/// Bytes of this process in memory.
pub(crate) fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}
