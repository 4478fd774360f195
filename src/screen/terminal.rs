//! A terminal's cells into ratatui cells, cropped to where the cursor is when it does not fit.
//!
//! Handles the width trap: where the emulator and ratatui measure a character differently, the
//! tail that makes the difference is dropped, or a blank is placed. Entry point: [`draw`].

use std::collections::BTreeSet;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::underline;
use crate::term::{CellColor, CellStyle, CellView, CellWidth, Screen};

/// What part of a terminal is shown, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Rows up into the history; 0 is the present.
    pub(crate) scroll: usize,
    /// Whether only 256 colours can be shown.
    pub(crate) indexed: bool,
}

/// Draws a terminal into `area`; what does not fit is cut at the right and at the top, but the
/// cursor stays in view. Returns where the cursor is, when it is shown.
pub(crate) fn draw(
    screen: &Screen,
    area: Rect,
    buf: &mut Buffer,
    frame: Frame,
) -> Option<Position> {
    let area = area.intersection(buf.area);
    let columns = screen.size().0;
    let cursor = screen.cursor();
    let top = first_shown(screen, area.height, frame);
    let shown = usize::from(area.height);
    let lines = screen.rows(frame.scroll).skip(usize::from(top)).take(shown);
    for (y, line) in (area.y..).zip(lines) {
        draw_row(line.cells(), area, y, buf, frame);
    }
    let visible = cursor.visible && frame.scroll == 0 && cursor.column < columns;
    let row = cursor.row.checked_sub(top)?;
    (visible && row < area.height && cursor.column < area.width)
        .then(|| Position::new(area.x + cursor.column, area.y + row))
}

/// Draws only these rows of a terminal, over what was drawn before; for an area that is as high as
/// the terminal. Returns where the cursor is, when it is shown.
pub(crate) fn draw_rows(
    screen: &Screen,
    area: Rect,
    buf: &mut Buffer,
    indexed: bool,
    rows: &BTreeSet<u16>,
) -> Option<Position> {
    let area = area.intersection(buf.area);
    let frame = Frame { scroll: 0, indexed };
    for row in rows.iter().copied().filter(|row| *row < area.height) {
        draw_row(screen.row(row).cells(), area, area.y + row, buf, frame);
    }
    let cursor = screen.cursor();
    (cursor.visible && cursor.row < area.height && cursor.column < area.width)
        .then(|| Position::new(area.x + cursor.column, area.y + cursor.row))
}

/// The first row of the screen that is shown when only `height` rows fit.
pub(crate) fn first_row(screen: &Screen, height: u16) -> u16 {
    first_shown(screen, height, Frame::default())
}

/// The first row shown when only `height` rows fit: so that the last row with something on it is
/// the last one shown, unless the cursor would be above.
fn first_shown(screen: &Screen, height: u16, frame: Frame) -> u16 {
    let rows = screen.size().1;
    if height >= rows {
        return 0;
    }
    let cursor = screen.cursor();
    let used = screen
        .rows(frame.scroll)
        .enumerate()
        .filter(|(_, row)| row.cells().any(|cell| cell.symbol() != ' '))
        .last()
        .map_or(0, |(at, _)| u16::try_from(at).unwrap_or(0));
    let last = if cursor.visible {
        used.max(cursor.row)
    } else {
        used
    };
    let first = (last + 1).saturating_sub(height);
    if cursor.visible && frame.scroll == 0 {
        first.min(cursor.row)
    } else {
        first
    }
}

fn draw_row<'a>(
    cells: impl Iterator<Item = CellView<'a>>,
    area: Rect,
    y: u16,
    buf: &mut Buffer,
    frame: Frame,
) {
    for (x, cell) in (area.x..area.right()).zip(cells) {
        let Some(target) = buf.cell_mut((x, y)) else {
            return;
        };
        target.reset();
        target.set_style(style(cell.style(), frame));
        match cell.width() {
            CellWidth::Spacer => {}
            // The right half would lie outside.
            CellWidth::Wide if x + 1 == area.right() => {}
            CellWidth::Wide => set_symbol(target, &cell, 2),
            CellWidth::Narrow => set_symbol(target, &cell, 1),
        }
    }
}

/// Writes a character so that it measures exactly `columns`, or leaves a blank.
fn set_symbol(target: &mut Cell, cell: &CellView<'_>, columns: usize) {
    let base = cell.symbol();
    let own = base.width().unwrap_or(0);
    // An emoji or a flag of two columns whose first character has one: terminals disagree about
    // the whole, so that character is shown alone and its second column stays blank.
    if cell.style().has(CellStyle::HIDDEN) || (own != columns && (own, columns) != (1, 2)) {
        return;
    }
    let mut bytes = [0; 4];
    let marks = cell.marks();
    if marks.is_empty() {
        target.set_symbol(base.encode_utf8(&mut bytes));
        return;
    }
    let mut whole = String::from(base);
    whole.extend(marks);
    if whole.width() == columns && !marks.contains(&'\u{fe0f}') && !marks.contains(&'\u{200d}') {
        target.set_symbol(&whole);
    } else {
        target.set_symbol(base.encode_utf8(&mut bytes));
    }
}

pub(super) fn style(cell: CellStyle, frame: Frame) -> Style {
    let mut style = Style::new()
        .fg(colour(cell.fg, frame))
        .bg(colour(cell.bg, frame));
    if let Some(underline) = cell.underline_color {
        style = style.underline_color(colour(underline, frame));
    }
    let table = [
        (CellStyle::BOLD, Modifier::BOLD),
        (CellStyle::DIM, Modifier::DIM),
        (CellStyle::ITALIC, Modifier::ITALIC),
        (CellStyle::UNDERLINE, underline::modifier(cell.underline)),
        (CellStyle::REVERSE, Modifier::REVERSED),
        (CellStyle::STRIKE, Modifier::CROSSED_OUT),
    ];
    for (bit, modifier) in table {
        if cell.has(bit) {
            style = style.add_modifier(modifier);
        }
    }
    style
}

fn colour(colour: CellColor, frame: Frame) -> Color {
    let colour = match colour {
        CellColor::Default => return Color::Reset,
        CellColor::Indexed(index) => return Color::Indexed(index),
        CellColor::Rgb(r, g, b) => Color::Rgb(r, g, b),
    };
    if frame.indexed {
        super::nearest_indexed(colour)
    } else {
        colour
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &str, size: (u16, u16), area: Rect) -> (String, Option<Position>) {
        let mut screen = Screen::new(size, 100);
        screen.feed(bytes.as_bytes());
        let mut buf = Buffer::empty(area);
        let cursor = draw(&screen, area, &mut buf, Frame::default());
        let rows: Vec<String> = buf
            .content()
            .chunks(usize::from(area.width))
            .map(|row| row.iter().map(Cell::symbol).collect::<String>())
            .collect();
        (rows.join("\n"), cursor)
    }

    #[test]
    fn a_terminal_that_does_not_fit_shows_where_the_cursor_is() {
        let area = Rect::new(0, 0, 4, 2);
        let (text, cursor) = shown("one\r\ntwo\r\nthree\r\nfo", (10, 4), area);
        assert_eq!(text, "thre\nfo  ");
        assert_eq!(cursor, Some(Position::new(2, 1)));
        let (text, _) = shown("one\r\ntwo\r\nthree\r\nfour\x1b[H", (10, 4), area);
        assert_eq!(text, "one \ntwo ");
    }

    #[test]
    fn every_row_measures_what_it_takes() {
        // A heart with a variation selector, a joined family, a flag, wide text at the edge.
        let hostile = "\u{2764}\u{fe0f}x\r\n\u{1f469}\u{200d}\u{1f467}y\r\n日本語";
        let area = Rect::new(0, 0, 5, 3);
        let mut screen = Screen::new((8, 3), 0);
        screen.feed(hostile.as_bytes());
        let mut buf = Buffer::empty(area);
        draw(&screen, area, &mut buf, Frame::default());
        for row in buf.content().chunks(5) {
            let mut column = 0;
            while let Some(cell) = row.get(column) {
                column += cell.symbol().width().max(1);
            }
            assert_eq!(column, 5, "{row:?}");
        }
        assert_eq!(buf[(0, 0)].symbol(), "\u{2764}");
        assert_eq!(buf[(4, 2)].symbol(), " ");
    }

    #[test]
    fn colours_and_attributes_come_through() {
        let mut screen = Screen::new((4, 1), 0);
        screen.feed(b"\x1b[1;31;48;2;1;2;3ma\x1b[0;8mb");
        let area = Rect::new(0, 0, 4, 1);
        let mut buf = Buffer::empty(area);
        draw(&screen, area, &mut buf, Frame::default());
        let cell = &buf[(0, 0)];
        assert_eq!((cell.fg, cell.bg), (Color::Indexed(1), Color::Rgb(1, 2, 3)));
        assert!(cell.modifier.contains(Modifier::BOLD));
        assert_eq!(buf[(1, 0)].symbol(), " ");
    }
}
