//! Plain lines of which more come at once than the screen has rows: those that will have left it by
//! the end go to the history as they are and never touch the grid.
//!
//! The outcome is the same as without it, which `tests::flood` holds it to.

use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line, Point};
use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::Cell;

use super::emulator::Emulator;
use super::packing::used_of;
use super::scan::{is_text, leading};

/// Fewer lines are not worth a blank screen.
const LINES_MIN: usize = 16;

/// What became of bytes that were looked at.
pub(super) struct Flood {
    /// How many of them are done.
    pub(super) done: usize,
    /// How many need not be looked at again, from the first of them all.
    pub(super) seen: usize,
}

impl Emulator {
    /// Whether lines at the beginning of `bytes` may go past the screen.
    pub(super) fn may_flood(&self, bytes: &[u8]) -> bool {
        let rows = usize::from(self.size().rows);
        let cursor = &self.term.grid().cursor;
        bytes.len() >= (rows + LINES_MIN) * 2
            && cursor.point.column.0 == 0
            && !cursor.input_needs_wrap
            && cursor.template == Cell::default()
            && self.region.is_none()
            && !self.reflows
            && !self.term.mode().contains(TermMode::ALT_SCREEN)
            && self.is_simple()
    }

    /// Puts whole lines past the screen, if there are more than it holds.
    pub(super) fn flood(&mut self, bytes: &[u8]) -> Flood {
        let (ends, seen) = lines(bytes);
        let Some((lines, done)) = self.to_leave(&ends) else {
            return Flood { done: 0, seen };
        };
        let from = self.term.grid().cursor.point.line.0;
        if (from..i32::from(self.size().rows)).any(|line| used_of(self, line) > 0) {
            return Flood { done: 0, seen };
        }
        for line in 0..from {
            self.keep(line);
        }
        let columns = self.size().columns;
        let mut begin = 0;
        for &end in ends.iter().take(lines) {
            let line = bytes.get(begin..end.saturating_sub(2)).unwrap_or_default();
            let mut rest = line;
            while rest.len() > usize::from(columns) {
                let (row, after) = rest.split_at(usize::from(columns));
                self.archive.push_text(row, columns, true);
                rest = after;
            }
            self.archive.push_text(rest, columns, false);
            begin = end;
        }
        let head = bytes.get(..done).unwrap_or_default();
        if let Some(&last) = head.iter().rfind(|&&byte| is_text(byte)) {
            self.pen.last = Some(char::from(last));
        }
        self.begin_blank();
        Flood { done, seen }
    }

    /// How many of the lines are to leave, and how many bytes they are: those before the last ones
    /// that fill the screen.
    fn to_leave(&self, ends: &[usize]) -> Option<(usize, usize)> {
        let columns = usize::from(self.size().columns);
        let above = usize::from(self.size().rows) - 1;
        let mut filled = 0;
        let mut lines = ends.len();
        while filled < above {
            lines = lines.checked_sub(1)?;
            let begin = lines.checked_sub(1).and_then(|before| ends.get(before));
            let length = ends.get(lines)? - begin.unwrap_or(&0) - 2;
            filled += length.div_ceil(columns).max(1);
        }
        let done = *ends.get(lines.checked_sub(1)?)?;
        (lines >= LINES_MIN).then_some((lines, done))
    }

    /// A blank screen with the cursor at its beginning.
    fn begin_blank(&mut self) {
        let grid = self.term.grid_mut();
        grid.reset_region(..);
        grid.cursor.point = Point::new(Line(0), Column(0));
        debug_assert!(grid.history_size() == 0);
        self.pen.ink.clear();
        self.pen.joins = false;
        self.pen.damage.all();
    }
}

/// Where the lines of plain text at the beginning end, and how far they were looked for.
fn lines(bytes: &[u8]) -> (Vec<usize>, usize) {
    let mut ends = Vec::new();
    let mut begin = 0;
    loop {
        let rest = bytes.get(begin..).unwrap_or_default();
        let length = leading(rest, is_text);
        let end = rest.get(length..).unwrap_or_default();
        if !end.starts_with(b"\r\n") {
            return (ends, begin + length + 1);
        }
        begin += length + 2;
        ends.push(begin);
    }
}
