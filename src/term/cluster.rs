//! Emoji, flags and joined figures as one cluster of two columns, as today's terminals show them.
//!
//! The emulator prints every character by itself. Here a character that belongs to the cluster in
//! the cell before it is put there, and a cell whose cluster becomes wide takes its second column.
//! Decided from the cell before the cursor, if nothing has moved the cursor since it was printed.

use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Point};
use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::{Cell, Flags};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::emulator::Emulator;

/// Most characters after the first in one cell; with it at most 8 scalars (contract T1).
pub(super) const MARKS_MAX: usize = 7;
const AS_EMOJI: char = '\u{fe0f}';
const JOINER: char = '\u{200d}';

/// Columns of a character by itself.
pub(super) fn width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The clusters of a packed row's text, each with the columns that it takes.
pub(super) struct Clusters<'a>(pub(super) &'a str);

impl<'a> Iterator for Clusters<'a> {
    type Item = (&'a str, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.0.as_bytes().first()?;
        let after = self.0.as_bytes().get(1);
        // Nothing joins two characters of ASCII, and they are most of what is written.
        let (length, columns) = if first.is_ascii() && after.is_none_or(u8::is_ascii) {
            (1, 1)
        } else {
            let cluster = self.0.graphemes(true).next()?;
            (cluster.len(), cluster.width().clamp(1, 2))
        };
        let (cluster, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some((cluster, columns))
    }
}

/// Joins `c` to the cluster before the cursor; false where it begins one of its own.
pub(super) fn join(emulator: &mut Emulator, c: char) -> bool {
    if !may_join(c) {
        return false;
    }
    let Some(at) = before(emulator) else {
        return false;
    };
    let cell = &emulator.term.grid()[at];
    let marks = cell.zerowidth().unwrap_or_default();
    let joined = marks.last() == Some(&JOINER);
    let wanted = match c {
        AS_EMOJI => true,
        _ if is_flag_half(c) => is_flag_half(cell.c) && marks.is_empty(),
        _ => joined || is_tone(c),
    };
    if !wanted {
        return false;
    }
    let mut whole = String::from(cell.c);
    whole.extend(marks);
    let begins = whole.width();
    whole.push(c);
    let wide = cell.flags.contains(Flags::WIDE_CHAR);
    if whole.width() != 2
        || (begins == 2 && c == AS_EMOJI)
        || whole.graphemes(true).count() != 1
        || (is_tone(c) && !wide)
    {
        return false;
    }
    let last = at.column.0 + 1 >= emulator.term.columns();
    let no_room = !wide && last && !emulator.term.mode().contains(TermMode::LINE_WRAP);
    if marks.len() >= MARKS_MAX || no_room {
        return true;
    }
    emulator.term.grid_mut()[at].push_zerowidth(c);
    if !wide {
        widen(emulator, at);
    }
    true
}

/// Whether the cell before the cursor takes no more marks (contract T1).
pub(super) fn is_full(emulator: &Emulator) -> bool {
    before(emulator).is_some_and(|at| {
        let marks = emulator.term.grid()[at].zerowidth();
        marks.is_some_and(|marks| marks.len() >= MARKS_MAX)
    })
}

/// Characters that can belong to what stands before them and are not mere marks.
pub(super) fn may_join(c: char) -> bool {
    c == AS_EMOJI || is_flag_half(c) || (u32::from(c) >= 0x2190 && width(c) > 0)
}

fn is_flag_half(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

fn is_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// The first cell of the character before the cursor.
fn before(emulator: &Emulator) -> Option<Point> {
    let grid = emulator.term.grid();
    let mut at = grid.cursor.point;
    if !grid.cursor.input_needs_wrap {
        at.column = Column(at.column.0.checked_sub(1)?);
    }
    if grid[at].flags.contains(Flags::WIDE_CHAR_SPACER) {
        at.column = Column(at.column.0.checked_sub(1)?);
    }
    Some(at)
}

/// The cluster at `at` now takes two columns: its right half is made, or it goes to the next row.
fn widen(emulator: &mut Emulator, at: Point) {
    let columns = emulator.term.columns();
    if at.column.0 + 1 >= columns {
        if emulator.term.mode().contains(TermMode::LINE_WRAP) {
            carry_over(emulator, at);
        }
        return;
    }
    let grid = emulator.term.grid_mut();
    let right = Point::new(at.line, at.column + 1);
    let torn = grid[right].flags.contains(Flags::WIDE_CHAR);
    if torn && right.column.0 + 1 < columns {
        grid[Point::new(at.line, right.column + 1)]
            .flags
            .remove(Flags::WIDE_CHAR_SPACER);
    }
    let cell = &mut grid[at];
    cell.flags.insert(Flags::WIDE_CHAR);
    let mut half = Cell {
        c: ' ',
        fg: cell.fg,
        bg: cell.bg,
        flags: cell.flags,
        extra: None,
    };
    half.set_underline_color(cell.underline_color());
    half.set_hyperlink(cell.hyperlink());
    half.flags.remove(Flags::WIDE_CHAR);
    half.flags.insert(Flags::WIDE_CHAR_SPACER);
    grid[right] = half;
    let after = right.column.0 + 1;
    grid.cursor.point.column = Column(after.min(columns - 1));
    grid.cursor.input_needs_wrap = after >= columns;
}

/// A cluster that became wide in the last column begins the next row instead.
fn carry_over(emulator: &mut Emulator, at: Point) {
    let grid = emulator.term.grid_mut();
    let cell = grid[at].clone();
    grid[at].c = ' ';
    grid[at].extra = None;
    grid[at].flags.insert(Flags::LEADING_WIDE_CHAR_SPACER);
    emulator.wrap();
    let line = emulator.term.grid().cursor.point.line;
    let first = Point::new(line, Column(0));
    let mut moved = cell;
    moved.flags.remove(Flags::WRAPLINE);
    emulator.term.grid_mut()[first] = moved;
    widen(emulator, first);
}
