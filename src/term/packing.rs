//! Rows of the screen into packed ones, on their way to the history.
//!
//! Most rows are printable ASCII without a style: they are copied and no more.

use std::sync::Arc;

use alacritty_terminal::grid::Row;
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{Color, NamedColor};

use super::cells::{CellStyle, CellWidth, HALVES, RowView, cell_at, row_at, style_of};
use super::emulator::Emulator;
use super::pack::{PackedRow, TagRun};
use super::tag::Tag;

/// Cells of a row of the screen up to the last one that is not as a fresh row has it.
pub(super) fn used_of(emulator: &Emulator, line: i32) -> usize {
    used(&row_at(emulator, line).row, emulator.pen.ink.of(line))
}

/// The same, where it is known that all cells from `written` on are as a fresh row has them.
pub(super) fn used(row: &Row<Cell>, written: usize) -> usize {
    let cells = row[..].get(..written).unwrap_or(&row[..]);
    cells
        .iter()
        .rposition(|cell| !(cell.c == ' ' && is_plain(cell)))
        .map_or(0, |last| last + 1)
}

/// Whether a cell has nothing but its character.
fn is_plain(cell: &Cell) -> bool {
    matches!(cell.bg, Color::Named(NamedColor::Background))
        && matches!(cell.fg, Color::Named(NamedColor::Foreground))
        && cell.flags.difference(Flags::WRAPLINE).is_empty()
        && cell.extra.is_none()
}

impl RowView<'_> {
    /// Puts the text into `out` if it is printable ASCII without any style or tag, blanks at the end
    /// included; says whether it is.
    pub(super) fn copy_text(&self, written: usize, out: &mut Vec<u8>) -> bool {
        let row = self.row.as_ref();
        let used = used(row, written);
        let cells = row[..].get(..used).unwrap_or_default();
        out.clear();
        out.extend(cells.iter().map(|cell| cell.c as u8));
        cells
            .iter()
            .all(|cell| matches!(cell.c, ' '..='~') && is_plain(cell))
    }
}

impl PackedRow {
    /// Packs a row of the screen.
    pub(super) fn of(view: &RowView<'_>) -> Self {
        let mut packed = Self::default();
        packed.take(view, usize::MAX);
        packed
    }

    /// Becomes a row of the screen of which all cells from `written` on are blank and plain.
    pub(super) fn take(&mut self, view: &RowView<'_>, written: usize) {
        let row = view.row.as_ref();
        let used = used(row, written);
        let packed = self;
        packed.text.clear();
        packed.styles.clear();
        packed.tags.clear();
        packed.columns = u16::try_from(row.len()).unwrap_or(u16::MAX);
        packed.wrapped = view.wrapped();
        packed.short = row
            .last()
            .is_some_and(|cell| cell.flags.contains(Flags::LEADING_WIDE_CHAR_SPACER));
        let cells = row[..].get(..used).unwrap_or_default();
        let mut column = 0;
        while let Some(first) = cells.get(column) {
            let run = packed.push_plain(cells.get(column..).unwrap_or_default());
            if run > 0 {
                packed.push_style(run, style_of(first));
                packed.push_tag(column, run, first);
                column += run;
                continue;
            }
            let view = cell_at(row, column);
            if view.width() != CellWidth::Spacer {
                packed.text.push(view.symbol());
                packed.text.extend(view.marks());
            }
            packed.push_style(1, style_of(first));
            packed.push_tag(column, 1, first);
            column += 1;
        }
        packed.trim();
    }

    /// Leaves out blanks and plain columns at the end.
    pub(super) fn trim(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        let plain = |(_, style): &(u16, CellStyle)| *style == CellStyle::default();
        while self.styles.last().is_some_and(plain) {
            self.styles.pop();
        }
    }

    fn push_tag(&mut self, column: usize, columns: usize, cell: &Cell) {
        let Some(link) = cell.hyperlink() else {
            return;
        };
        let end = |column| u16::try_from(column).unwrap_or(u16::MAX);
        let (from, to) = (end(column), end(column + columns));
        match self.tags.last_mut() {
            Some(last) if last.to == from && last.tag.0 == link => last.to = to,
            _ => {
                let tag = Tag(link);
                self.tags.push(TagRun { from, to, tag });
            }
        }
    }

    /// Adds the cells at the beginning that are one plain character each and look alike, which is
    /// most of what programs write; says how many.
    fn push_plain(&mut self, cells: &[Cell]) -> usize {
        let Some(first) = cells.first() else { return 0 };
        if first.zerowidth().is_some_and(|marks| !marks.is_empty()) {
            return 0;
        }
        let before = self.text.len();
        let mut count = 0;
        for cell in cells {
            let same = match (&cell.extra, &first.extra) {
                (None, None) => true,
                (Some(one), Some(other)) => Arc::ptr_eq(one, other),
                (None, Some(_)) | (Some(_), None) => false,
            };
            let plain = same
                && matches!(cell.c, ' '..='~')
                && cell.flags == first.flags
                && cell.fg == first.fg
                && cell.bg == first.bg
                && !cell.flags.intersects(HALVES);
            if !plain {
                break;
            }
            self.text.push(cell.c);
            count += 1;
        }
        debug_assert_eq!(self.text.len() - before, count);
        count
    }

    /// Adds columns that look alike.
    pub(super) fn push_style(&mut self, columns: usize, style: CellStyle) {
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        match self.styles.last_mut() {
            Some((count, last)) if *last == style => *count = count.saturating_add(columns),
            _ => self.styles.push((columns, style)),
        }
    }
}
