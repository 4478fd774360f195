//! Text onto the grid: runs of ASCII straight into their row, the rest through the emulator.
//!
//! Knows which rows leave the top and packs them away before they are lost, joins emoji and flags
//! to one cluster of two columns, repeats the last character, and notes which rows changed.
//! Gets whole sequences only; what is hostile about them was cut down by `filter`.

use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line, Point};
use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{CharsetIndex, Handler, StandardCharset};

use super::cells::{HALVES, row_at, row_in};
use super::cluster;
use super::damage::Damage;
use super::emulator::{Emulator, Size};
use super::ink::Ink;
use super::pack::PackedRow;
use super::scan::{is_text, leading};
use super::sequence::{character, edits, ends_cluster, moves_only, number, sequence_length};
use super::sgr;

/// What printing remembers from one piece to the next.
#[derive(Debug)]
pub(super) struct Pen {
    /// The last character that was printed, for REP.
    pub(super) last: Option<char>,
    /// Whether the cursor stands where the last character ended: only then can one join it.
    pub(super) joins: bool,
    /// Whether G1 is active instead of G0.
    pub(super) shifted: bool,
    /// Where tab stops were set or taken away; `None` is every eighth column.
    pub(super) tabs: Option<Vec<u16>>,
    pub(super) damage: Damage,
    pub(super) ink: Ink,
    /// A row on its way to the history.
    text: Vec<u8>,
    row: PackedRow,
}

impl Pen {
    pub(super) fn new(size: Size) -> Self {
        Self {
            last: None,
            joins: false,
            shifted: false,
            tabs: None,
            damage: Damage::new(size.rows),
            ink: Ink::unknown(size.rows),
            text: Vec::new(),
            row: PackedRow::default(),
        }
    }

    pub(super) fn resized(&mut self, size: Size) {
        if let Some(tabs) = &mut self.tabs {
            tabs.retain(|&tab| tab < size.columns);
        }
        self.damage = Damage::new(size.rows);
        self.ink = Ink::unknown(size.rows);
        self.joins = false;
    }
}

impl Emulator {
    /// Takes in text and whole sequences.
    pub(super) fn read(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        // With so much left, or less, it is worth looking for a flood again.
        let mut look = bytes.len();
        while let Some(&byte) = rest.first() {
            if is_text(byte) && rest.len() <= look && self.may_flood(rest) {
                let flood = self.flood(rest);
                look = rest.len().saturating_sub(flood.seen);
                rest = rest.get(flood.done..).unwrap_or_default();
                if flood.done > 0 {
                    continue;
                }
            }
            let used = match byte {
                0x20..=0x7e => {
                    let run = leading(rest, is_text);
                    self.print_ascii(rest.get(..run).unwrap_or_default());
                    run
                }
                0x1b => {
                    let length = sequence_length(rest);
                    self.sequence(rest.get(..length).unwrap_or_default());
                    length
                }
                0x80.. => {
                    let (c, length) = character(rest);
                    self.print(c);
                    length
                }
                _ => {
                    self.control(byte);
                    1
                }
            };
            rest = rest.get(used.max(1)..).unwrap_or_default();
        }
    }

    fn control(&mut self, byte: u8) {
        self.pen.joins &= matches!(byte, 0x0e | 0x0f);
        match byte {
            0x08 => self.term.backspace(),
            0x09 if self.term.grid().cursor.input_needs_wrap => {
                if self.term.mode().contains(TermMode::LINE_WRAP) {
                    self.wrap();
                }
            }
            0x09 => {
                self.lose_cursor_row();
                self.term.put_tab(1);
            }
            0x0a..=0x0c => self.line_feed(),
            0x0d => self.term.carriage_return(),
            0x0e | 0x0f => {
                self.pen.shifted = byte == 0x0e;
                self.parser.advance(&mut self.term, &[byte]);
            }
            _ => self.parser.advance(&mut self.term, &[byte]),
        }
        self.touch_cursor();
    }

    /// Prints printable ASCII, a row's worth at a time.
    fn print_ascii(&mut self, run: &[u8]) {
        self.pen.last = run.last().map(|&byte| char::from(byte));
        if !self.is_simple() {
            for &byte in run {
                self.print_slowly(char::from(byte));
            }
            return;
        }
        let mut rest = run;
        while !rest.is_empty() {
            if self.term.grid().cursor.input_needs_wrap {
                self.wrap();
            }
            let done = self.fill(rest);
            if done == 0 {
                let Some((&first, after)) = rest.split_first() else {
                    return;
                };
                self.print_slowly(char::from(first));
                rest = after;
            } else {
                rest = rest.get(done..).unwrap_or_default();
            }
        }
    }

    /// Whether characters go into the row as they are: no insert mode, no line drawing, wrapping on.
    pub(super) fn is_simple(&self) -> bool {
        let mode = *self.term.mode();
        let index = if self.pen.shifted {
            CharsetIndex::G1
        } else {
            CharsetIndex::G0
        };
        mode.contains(TermMode::LINE_WRAP)
            && !mode.contains(TermMode::INSERT)
            && self.term.grid().cursor.charsets[index] == StandardCharset::Ascii
    }

    /// Writes as much as fits into the cursor's row; 0 where a wide character would be torn.
    fn fill(&mut self, text: &[u8]) -> usize {
        let grid = self.term.grid_mut();
        let columns = grid.columns();
        let point = grid.cursor.point;
        let from = point.column.0;
        let count = text.len().min(columns.saturating_sub(from));
        let template = grid.cursor.template.clone();
        let blank = from >= self.pen.ink.of(point.line.0);
        let cells = &mut grid[point.line][Column(from)..Column(from + count)];
        if blank && template.extra.is_none() {
            for (cell, &byte) in cells.iter_mut().zip(text) {
                cell.c = char::from(byte);
                cell.fg = template.fg;
                cell.bg = template.bg;
                cell.flags = template.flags;
            }
        } else {
            if cells.iter().any(|cell| cell.flags.intersects(HALVES)) {
                return 0;
            }
            for (cell, &byte) in cells.iter_mut().zip(text) {
                cell.c = char::from(byte);
                cell.fg = template.fg;
                cell.bg = template.bg;
                cell.flags = template.flags;
                if cell.extra.is_some() || template.extra.is_some() {
                    cell.extra.clone_from(&template.extra);
                }
            }
        }
        self.pen.ink.reach(point.line.0, from + count);
        if from + count < columns {
            grid.cursor.point.column = Column(from + count);
        } else {
            grid.cursor.point.column = Column(columns.saturating_sub(1));
            grid.cursor.input_needs_wrap = true;
        }
        self.pen.joins = true;
        self.touch_cursor();
        count
    }

    /// Goes on in the next row, as the character after the last column does.
    pub(super) fn wrap(&mut self) {
        let grid = self.term.grid_mut();
        let point = grid.cursor.point;
        grid[point.line][point.column].flags.insert(Flags::WRAPLINE);
        self.line_feed();
        let cursor = &mut self.term.grid_mut().cursor;
        cursor.point.column = Column(0);
        cursor.input_needs_wrap = false;
    }

    /// One row down; at the bottom of the region the top row leaves it.
    fn line_feed(&mut self) {
        let line = self.term.grid().cursor.point.line.0;
        if line + 1 == self.bottom() {
            self.leave(1);
            self.pen.damage.all();
            if self.region.is_none() {
                let bg = self.term.grid().cursor.template.bg;
                self.pen.ink.scroll(bg == Cell::default().bg);
            } else {
                self.pen.ink.lose_all();
            }
        } else {
            self.touch_cursor();
        }
        self.term.linefeed();
        self.touch_cursor();
    }

    /// The row after the last of the scrolling region.
    fn bottom(&self) -> i32 {
        let rows = self.size().rows;
        i32::from(self.region.map_or(rows, |(_, bottom)| bottom.min(rows)))
    }

    /// The top `count` rows are about to leave the primary screen for good.
    fn leave(&mut self, count: i32) {
        let top = self.region.map_or(1, |(top, _)| top);
        if top != 1 || self.term.mode().contains(TermMode::ALT_SCREEN) {
            return;
        }
        for line in 0..count.min(self.bottom()) {
            self.keep(line);
        }
    }

    /// Packs a row away.
    pub(super) fn keep(&mut self, line: i32) {
        let row = row_in(self.term.grid(), line);
        let written = self.pen.ink.of(line);
        let pen = &mut self.pen;
        if row.copy_text(written, &mut pen.text) {
            self.archive
                .push_text(&pen.text, self.size.columns, row.wrapped());
        } else {
            pen.row.take(&row, written);
            self.archive.push(&pen.row);
        }
    }

    /// Prints any character, joined to the one before where both are one cluster.
    fn print(&mut self, c: char) {
        if self.pen.joins && cluster::join(self, c) {
            // It may have gone on to the next row.
            self.pen.ink.lose_all();
            self.touch_cursor();
            return;
        }
        if cluster::width(c) > 0 {
            self.pen.last = Some(c);
        } else if cluster::is_full(self) {
            return;
        }
        self.print_slowly(c);
    }

    /// Prints a character through the emulator.
    pub(super) fn print_slowly(&mut self, c: char) {
        let columns = self.size().columns;
        let cursor = &self.term.grid().cursor;
        let wide = cluster::width(c) == 2 && cursor.point.column.0 + 1 >= usize::from(columns);
        let wraps = self.term.mode().contains(TermMode::LINE_WRAP);
        if wraps && (cursor.input_needs_wrap || wide) && cluster::width(c) > 0 {
            if cursor.point.line.0 + 1 == self.bottom() {
                self.leave_in_wrap();
                self.pen.damage.all();
                self.pen.ink.lose_all();
            }
            self.touch_cursor();
            self.lose_cursor_row();
        }
        self.term.input(c);
        let Point { line, column } = self.term.grid().cursor.point;
        if self.term.mode().contains(TermMode::INSERT) {
            self.pen.ink.lose(line.0);
        } else {
            self.pen.ink.reach(line.0, column.0 + 2);
        }
        self.pen.joins |= cluster::width(c) > 0;
        self.touch_cursor();
    }

    /// As [`Emulator::leave`], where the emulator is about to wrap by itself: if the row that leaves is
    /// the one it wraps in, it does not say yet that it goes on.
    fn leave_in_wrap(&mut self) {
        let line = self.term.grid().cursor.point.line;
        let last = Column(usize::from(self.size().columns).saturating_sub(1));
        if self.bottom() == 1 {
            self.term.grid_mut()[line][last]
                .flags
                .insert(Flags::WRAPLINE);
        }
        self.leave(1);
    }

    /// A whole escape sequence.
    fn sequence(&mut self, whole: &[u8]) {
        let before = self.term.grid().cursor.point;
        match whole {
            [_, b'D'] => {
                self.pen.joins = false;
                self.line_feed();
                return;
            }
            [_, b'E'] => {
                self.pen.joins = false;
                self.line_feed();
                self.term.carriage_return();
                return;
            }
            [_, b'H'] => self.set_tab(),
            [_, b'[', middle @ .., last] if self.control_sequence(middle, *last) => return,
            [_, b'c'] => {
                self.pen.last = None;
                self.pen.tabs = None;
                self.pen.shifted = false;
                self.pen.damage.all();
            }
            _ => {}
        }
        match whole {
            [_, b'[', .., last] if !edits(whole, *last) => {}
            [_, b'[', .., b'K' | b'X' | b'P' | b'@'] => self.lose_cursor_row(),
            [_, b']', ..] | [_, b'7' | b'8' | b'=' | b'>'] => {}
            _ => self.pen.ink.lose_all(),
        }
        self.obey(whole);
        self.pen.joins &= !ends_cluster(whole) && self.term.grid().cursor.point == before;
        if moves_only(whole) {
            self.pen.damage.row(before.line.0);
            self.touch_cursor();
        } else {
            self.pen.damage.all();
        }
    }

    /// Lets the emulator do it. A link, or what a shell says that comes now, is no part of what it
    /// saves with the cursor: it goes on.
    fn obey(&mut self, whole: &[u8]) {
        let restores = matches!(whole, [_, b'8'] | [_, b'[', .., b'u'] | [_, b'[', b'?', ..]);
        let before = restores.then(|| self.term.grid().cursor.template.hyperlink());
        self.parser.advance(&mut self.term, whole);
        if let Some(tag) = before {
            let template = &mut self.term.grid_mut().cursor.template;
            if template.hyperlink() != tag {
                template.set_hyperlink(tag);
            }
        }
    }

    /// What must be done besides, or instead (true) of what the emulator does.
    fn control_sequence(&mut self, middle: &[u8], last: u8) -> bool {
        match (middle, last) {
            (digits, b'b') => {
                let count = number(digits).clamp(1, self.size().columns);
                if let Some(c) = self.pen.last {
                    (0..count).for_each(|_| self.print_slowly(c));
                }
                return true;
            }
            (digits, b'S') if digits.iter().all(u8::is_ascii_digit) => {
                self.leave(i32::from(number(digits).max(1)));
            }
            ([place @ .., b'\''], b'~') => {
                self.move_anywhere(place);
                return true;
            }
            (parameters, b'm') => {
                if let Some(whole) = sgr::doubled(parameters) {
                    self.parser.advance(&mut self.term, &whole);
                    return true;
                }
            }
            (b"2", b'J') => self.leave_all(),
            (b"3", b'J') => self.archive.clear(),
            (b"" | b"0", b'g') => self.clear_tab(),
            (b"3", b'g') => self.pen.tabs = Some(Vec::new()),
            (b"?3", b'h' | b'l') => self.region = None,
            _ => {}
        }
        false
    }

    /// Moves the cursor to the row and column of [`super::sequence::ANYWHERE`].
    fn move_anywhere(&mut self, place: &[u8]) {
        let mut numbers = place.split(|&byte| byte == b';').map(number);
        let mut next = |most: u16| numbers.next().unwrap_or(1).clamp(1, most) - 1;
        let size = self.size();
        let (row, column) = (next(size.rows), next(size.columns));
        self.touch_cursor();
        let cursor = &mut self.term.grid_mut().cursor;
        cursor.point = Point::new(Line(i32::from(row)), Column(usize::from(column)));
        cursor.input_needs_wrap = false;
        self.pen.joins = false;
        self.touch_cursor();
    }

    /// The whole screen is about to be cleared: what stands on it is history.
    fn leave_all(&mut self) {
        if self.term.mode().contains(TermMode::ALT_SCREEN) {
            return;
        }
        let rows = i32::from(self.size().rows);
        let used = (0..rows).rev().find(|&line| !row_at(self, line).is_blank());
        for line in 0..used.map_or(0, |line| line + 1) {
            self.keep(line);
        }
    }

    fn tabs(&mut self) -> &mut Vec<u16> {
        let columns = self.size().columns;
        self.pen
            .tabs
            .get_or_insert_with(|| (0..columns).step_by(8).collect())
    }

    fn set_tab(&mut self) {
        let column = self.column();
        let tabs = self.tabs();
        if let Err(place) = tabs.binary_search(&column) {
            tabs.insert(place, column);
        }
    }

    fn clear_tab(&mut self) {
        let column = self.column();
        self.tabs().retain(|&tab| tab != column);
    }

    fn column(&self) -> u16 {
        u16::try_from(self.term.grid().cursor.point.column.0).unwrap_or(u16::MAX)
    }

    /// Anything may happen to the cursor's row.
    fn lose_cursor_row(&mut self) {
        let Line(line) = self.term.grid().cursor.point.line;
        self.pen.ink.lose(line);
    }

    pub(super) fn touch_cursor(&mut self) {
        let Line(line) = self.term.grid().cursor.point.line;
        self.pen.damage.row(line);
    }
}
