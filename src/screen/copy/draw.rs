//! The view onto cells: text, matches, selection, cursor; never outside of its rectangle.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::line::Place;
use super::select::Span;
use super::state::{Copy, Grip};
use super::view::Shown;
use crate::screen::terminal::{Frame, style};
use crate::term::CellStyle;

/// How what is added to the text looks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Paint {
    /// Whether only 256 colours can be shown.
    pub(crate) indexed: bool,
    /// What is selected.
    pub(crate) selected: Style,
    /// What was searched for.
    pub(crate) found: Style,
    /// The match that the cursor went to.
    pub(crate) current: Style,
}

/// Draws the view; returns where its cursor is, when keys move it. Nothing is drawn before the
/// first rows came.
pub(crate) fn draw(copy: &Copy, area: Rect, buf: &mut Buffer, paint: Paint) -> Option<Position> {
    let area = area.intersection(buf.area);
    let pose = copy.pose?;
    // The view was whole when its pose was taken over; rows that went since are asked for anew.
    let shown = copy.lens.rows(&copy.book, pose.top).ok()?;
    let span = copy
        .selection
        .and_then(|selection| copy.motion().span(selection, pose.cursor).ok());
    let mut cursor = None;
    for (y, row) in (area.top()..area.bottom()).zip(&shown) {
        draw_row(copy, row, span, Row { area, y }, (buf, paint));
        if copy.grip == Grip::Keys && row.holds(pose.cursor) {
            let column = pose.cursor.column.saturating_sub(row.cut.column);
            cursor = u16::try_from(column)
                .ok()
                .filter(|column| *column < area.width)
                .map(|column| Position::new(area.x + column, y));
        }
    }
    cursor
}

/// Where a row is drawn.
#[derive(Clone, Copy)]
struct Row {
    area: Rect,
    y: u16,
}

fn draw_row(
    copy: &Copy,
    row: &Shown,
    span: Option<Span>,
    at: Row,
    (buf, paint): (&mut Buffer, Paint),
) {
    let frame = Frame {
        scroll: 0,
        indexed: paint.indexed,
    };
    let line = &row.line;
    let found: Vec<(usize, usize)> = match &copy.search {
        Some(search) => search.of_line(line.first).collect(),
        None => Vec::new(),
    };
    let current = copy.search.as_ref().and_then(|search| search.current);
    let selected =
        |column: usize, place: Place| span.is_some_and(|span| span.covers(row, column, place));
    let glyphs = line
        .glyphs
        .get(row.cut.from..row.cut.to)
        .unwrap_or_default();
    for glyph in glyphs {
        let column = glyph.column - row.cut.column;
        let place = Place {
            line: line.first,
            column: glyph.column,
        };
        let mut look = style(glyph.style, frame);
        let hit = found
            .iter()
            .find(|(from, to)| (*from..*to).contains(&glyph.column));
        if let Some((from, _)) = hit {
            let here = current.is_some_and(|at| at.line == line.first && at.column == *from);
            look = look.patch(if here { paint.current } else { paint.found });
        }
        if (column..column + glyph.columns).any(|column| selected(column, place)) {
            look = look.patch(paint.selected);
        }
        let hidden = glyph.style.has(CellStyle::HIDDEN);
        let symbol = if hidden { " " } else { line.symbol(glyph) };
        put(buf, at, (column, glyph.columns), symbol, look);
    }
    if glyphs.is_empty() && selected(0, row.start()) {
        put(buf, at, (0, 1), " ", paint.selected);
    }
}

/// Writes a glyph into its columns, or blanks where it does not measure what it takes or does not
/// fit.
fn put(buf: &mut Buffer, row: Row, (column, columns): (usize, usize), symbol: &str, look: Style) {
    let room = usize::from(row.area.width);
    let fits = symbol.width() == columns && column + columns <= room;
    for offset in 0..columns {
        let Some(x) = u16::try_from(column + offset)
            .ok()
            .filter(|x| *x < row.area.width)
        else {
            return;
        };
        if let Some(cell) = buf.cell_mut((row.area.x + x, row.y)) {
            cell.reset();
            cell.set_style(look);
            if fits && offset == 0 {
                cell.set_symbol(symbol);
            }
        }
    }
}
