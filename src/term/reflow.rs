//! A change of size: the primary screen reflows together with the rows above it.
//!
//! The emulator has no history, so a second one is built at the old size, gets the newest rows
//! back, is resized, and what then lies above its screen is packed away again; `rewrap` cuts the
//! older rows anew. No row is lost and none comes twice. The alternate screen does not reflow; the
//! primary one behind it does.

use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line, Point};
use alacritty_terminal::term::cell::Flags;

use super::archive::Archive;
use super::cells::{CellWidth, row_at};
use super::emulator::{Emulator, Size};
use super::pack::PackedRow;
use super::screen::{Body, Screen};
use super::snapshot;

/// Rows of a line that began above the screen and are brought back with it, at most.
const LINE_MAX: usize = 256;
/// Cells that the rows of such a line may take on the way.
const CELLS_MAX: usize = 400_000;
/// More than any resize brings above the screen: rows times columns of the largest screen.
const LINES: usize = 1_000_000;

impl Screen {
    /// Changes the size (at least 2 columns and 1 row).
    pub fn resize(&mut self, size: (u16, u16)) {
        let (old, new) = (self.body.emulator.size(), Size::clamped(size));
        if old == new {
            return;
        }
        self.release();
        let archive = std::mem::replace(&mut self.body.emulator.archive, Archive::new(0));
        let faults = self.body.emulator.faults;
        if let Some(primary) = self.body.primary.take() {
            let mut behind = reflowed(archive, &primary, old, new);
            self.body.primary = Some(snapshot::whole(&behind.body));
            self.body.emulator.resize(new);
            let whole = snapshot::whole(&self.body);
            self.begin_with(&whole, new);
            self.body.emulator.archive =
                std::mem::replace(&mut behind.body.emulator.archive, Archive::new(0));
        } else {
            let whole = snapshot::whole(&self.body);
            let fresh = reflowed(archive, &whole, old, new);
            self.take_over(fresh.body);
        }
        self.body.emulator.faults = faults;
        self.rev_up();
    }

    /// Begins anew at a size, with what `snapshot` says.
    fn begin_with(&mut self, snapshot: &[u8], size: Size) {
        let mut fresh = Self::new((size.columns, size.rows), 0);
        fresh.feed(snapshot);
        self.take_over(fresh.body);
    }

    fn take_over(&mut self, mut body: Body) {
        body.keep_counts(&mut self.body);
        self.body = body;
    }
}

/// The primary screen that `snapshot` describes, at a new size; rows move between it and `archive`.
fn reflowed(mut archive: Archive, snapshot: &[u8], old: Size, new: Size) -> Screen {
    let back = bring_back(&mut archive, old, new);
    if old.columns != new.columns {
        archive.rewrap(new.columns);
    }
    archive.lift();
    let mut screen = Screen::over(Emulator::with_lines(old, Archive::new(0), LINES));
    screen.feed(&above(&back, old));
    if let Some(newest) = back.last().filter(|row| row.wrapped) {
        let last = Column(usize::from(old.columns) - 1);
        let grid = screen.body.emulator.term.grid_mut();
        if grid.history_size() > 0 {
            let flags = &mut grid[Line(-1)][last].flags;
            flags.insert(Flags::WRAPLINE);
            flags.set(Flags::LEADING_WIDE_CHAR_SPACER, newest.short);
        }
    }
    screen.feed(snapshot::without_reset(snapshot));
    let emulator = &mut screen.body.emulator;
    narrow_and_lower(emulator, old, new);
    let lines = i32::try_from(emulator.term.grid().history_size()).unwrap_or(i32::MAX);
    emulator.archive = archive;
    for line in -lines..0 {
        emulator.keep(line);
    }
    emulator.archive.settle();
    let grid = emulator.term.grid_mut();
    grid.update_history(0);
    grid.truncate();
    emulator.pen.damage.all();
    screen
}

/// Changes the columns first, then the rows. For the rows the cursor stands no higher than the
/// last row that has something in it, since the emulator drops what is below. Where it stood there
/// from the beginning it stays: after wide characters the emulator may have put it too high.
fn narrow_and_lower(emulator: &mut Emulator, old: Size, new: Size) {
    let above = emulator.term.grid().cursor.point.line < last_used(emulator, old.rows);
    emulator.resize(Size {
        columns: new.columns,
        rows: old.rows,
    });
    let stood = emulator.term.grid().cursor.point;
    let below = stand_low(emulator, old.rows);
    emulator.resize(new);
    if above {
        let up = (below - stood.line).0.max(0);
        let cursor = &mut emulator.term.grid_mut().cursor;
        cursor.point.line = (cursor.point.line - up).max(Line(0));
        if up > 0 {
            cursor.point.column = stood.column;
            cursor.input_needs_wrap = false;
        }
    }
}

/// The last row that has something in it.
fn last_used(emulator: &Emulator, rows: u16) -> Line {
    let mut rows = (0..i32::from(rows)).rev();
    Line(
        rows.find(|&line| !row_at(emulator, line).is_blank())
            .unwrap_or_default(),
    )
}

/// Puts the cursor behind the last thing on the screen if it stands in a row above; says the row.
fn stand_low(emulator: &mut Emulator, rows: u16) -> Line {
    let last = last_used(emulator, rows);
    let row = row_at(emulator, last.0);
    let used = row
        .cells()
        .enumerate()
        .filter(|(_, cell)| cell.symbol() != ' ' || cell.width() == CellWidth::Spacer);
    let end = used.last().map_or(0, |(column, _)| column + 1);
    let columns = emulator.term.columns();
    let cursor = &mut emulator.term.grid_mut().cursor;
    if cursor.point.line < last {
        cursor.point = Point::new(last, Column(end.min(columns - 1)));
        cursor.input_needs_wrap = end >= columns;
    }
    cursor.point.line
}

/// Takes back the rows that may come onto the screen, whole lines, oldest first.
fn bring_back(archive: &mut Archive, old: Size, new: Size) -> Vec<PackedRow> {
    let grows = new.rows > old.rows || new.columns > old.columns;
    let wanted = if grows { usize::from(new.rows) * 2 } else { 0 };
    let mut back = Vec::new();
    // The emulator needs about so many cells while it makes rows of the new width.
    let (before, after) = (usize::from(old.columns), usize::from(new.columns));
    let inside_max = (CELLS_MAX * after / (before * before)).min(LINE_MAX);
    while back.len() < wanted + inside_max {
        let begins = |rows: usize| rows.checked_sub(1).and_then(|at| archive.get(at));
        let inside = begins(archive.len()).is_some_and(|row| row.wrapped);
        if back.len() >= wanted && !inside {
            break;
        }
        let Some(row) = archive.pop() else { break };
        back.push(row);
    }
    back.reverse();
    back
}

/// Bytes that put rows above the screen of a fresh terminal and leave the screen blank.
fn above(rows: &[PackedRow], size: Size) -> Vec<u8> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut out = String::new();
    for (place, row) in rows.iter().enumerate() {
        snapshot::put_row(row, &mut out);
        if place + 1 < rows.len() && !row.wrapped {
            out.push_str("\r\n");
        }
    }
    out.push_str("\x1b[0m\r");
    out.extend(std::iter::repeat_n('\n', usize::from(size.rows)));
    out.push_str("\x1b[H");
    out.into_bytes()
}
