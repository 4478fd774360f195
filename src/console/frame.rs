//! Frames around panels and overlays, and text broken into lines. Focus is told by a mark in the
//! title as well as by colour.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthChar;

use super::glyph::Glyphs;
use super::layout::{cut, top};
use super::look::Look;
use crate::screen;

/// What stands around a panel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panel<'a> {
    /// At the left of the upper edge.
    pub(crate) title: &'a str,
    /// At its right.
    pub(crate) note: &'a str,
    pub(crate) focused: bool,
    /// Whether it has a border on all sides.
    pub(crate) boxed: bool,
}

struct Lines {
    horizontal: &'static str,
    vertical: &'static str,
    corners: [&'static str; 4],
}

const fn lines(glyphs: Glyphs) -> Lines {
    match glyphs {
        Glyphs::Unicode => Lines {
            horizontal: "─",
            vertical: "│",
            corners: ["┌", "┐", "└", "┘"],
        },
        Glyphs::Ascii => Lines {
            horizontal: "-",
            vertical: "|",
            corners: ["+"; 4],
        },
    }
}

/// Draws a panel's frame; returns what is left inside.
pub(crate) fn panel(buf: &mut Buffer, area: Rect, panel: Panel<'_>, look: &Look) -> Rect {
    if area.is_empty() {
        return area;
    }
    let style = if panel.focused {
        look.theme.focus
    } else {
        look.theme.border
    };
    let inner = if panel.boxed && area.height >= 3 && area.width >= 4 {
        border(buf, area, style, look.glyphs);
        inside(area)
    } else {
        let set = lines(look.glyphs);
        fill_row(buf, top(area, 1).0, set.horizontal, style);
        top(area, 1).1
    };
    heading(buf, area, panel, look);
    inner
}

fn heading(buf: &mut Buffer, area: Rect, panel: Panel<'_>, look: &Look) {
    let edge = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        height: 1,
        ..area
    };
    let mark = match (panel.focused, look.glyphs) {
        (false, _) => "",
        (true, Glyphs::Unicode) => "▶ ",
        (true, Glyphs::Ascii) => "> ",
    };
    let style = if panel.focused {
        look.theme.focus
    } else {
        look.theme.title
    };
    let used = screen::put(buf, edge, &format!(" {mark}{} ", panel.title), style);
    let room = cut(edge, used).1;
    if !panel.note.is_empty() && screen::width(panel.note) + 3 <= room.width {
        screen::put_right(buf, room, &format!(" {} ", panel.note), look.theme.muted);
    }
}

/// Draws a box over what is there; returns what is left inside.
pub(crate) fn popup(buf: &mut Buffer, area: Rect, title: &str, look: &Look) -> Rect {
    let area = area.intersection(buf.area);
    clear(buf, area, look.theme.overlay);
    border(buf, area, look.theme.focus, look.glyphs);
    let edge = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        height: area.height.min(1),
        ..area
    };
    screen::put(buf, edge, &format!(" {title} "), look.theme.focus);
    let inner = inside(area);
    Rect {
        x: inner.x + 1.min(inner.width),
        width: inner.width.saturating_sub(2),
        ..inner
    }
}

/// Puts a note on the lower edge of a box.
pub(crate) fn foot(buf: &mut Buffer, area: Rect, note: &str, look: &Look) {
    let edge = Rect {
        x: area.x + 1,
        y: area.bottom().saturating_sub(1),
        width: area.width.saturating_sub(2),
        height: area.height.min(1),
    };
    screen::put_right(buf, edge, note, look.theme.muted);
}

/// Blanks an area.
pub(crate) fn clear(buf: &mut Buffer, area: Rect, style: Style) {
    for row in area.intersection(buf.area).rows() {
        cut_wide(buf, row);
        for x in row.left()..row.right() {
            if let Some(cell) = buf.cell_mut((x, row.y)) {
                cell.reset();
                cell.set_style(style);
            }
        }
    }
}

/// A wide character whose right half is to be covered would cover what comes there: it goes.
fn cut_wide(buf: &mut Buffer, row: Rect) {
    let left = row.x.checked_sub(1).and_then(|x| buf.cell_mut((x, row.y)));
    if let Some(cell) = left
        && screen::width(cell.symbol()) > 1
    {
        cell.set_symbol(" ");
    }
}

/// Gives a whole row a style, its text kept.
pub(crate) fn tint(buf: &mut Buffer, area: Rect, style: Style) {
    buf.set_style(area.intersection(buf.area), style);
}

fn inside(area: Rect) -> Rect {
    Rect {
        x: area.x + 1.min(area.width),
        y: area.y + 1.min(area.height),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}

fn fill_row(buf: &mut Buffer, row: Rect, symbol: &str, style: Style) {
    for x in row.left()..row.right() {
        if let Some(cell) = buf.cell_mut((x, row.y)) {
            cell.set_symbol(symbol).set_style(style);
        }
    }
}

fn border(buf: &mut Buffer, area: Rect, style: Style, glyphs: Glyphs) {
    if area.width < 2 || area.height < 2 {
        return;
    }
    let set = lines(glyphs);
    let (right, low) = (area.right() - 1, area.bottom() - 1);
    fill_row(buf, top(area, 1).0, set.horizontal, style);
    fill_row(
        buf,
        Rect {
            y: low,
            height: 1,
            ..area
        },
        set.horizontal,
        style,
    );
    let mut place = |x, y, symbol| {
        if let Some(cell) = buf.cell_mut((x, y)) {
            cell.set_symbol(symbol).set_style(style);
        }
    };
    for y in area.y..area.bottom() {
        place(area.x, y, set.vertical);
        place(right, y, set.vertical);
    }
    let corners = [
        (area.x, area.y),
        (right, area.y),
        (area.x, low),
        (right, low),
    ];
    for ((x, y), symbol) in corners.into_iter().zip(set.corners) {
        place(x, y, symbol);
    }
}

/// A line broken at blanks into pieces of at most `room` columns.
pub(crate) fn wrap(line: &str, room: usize) -> Vec<String> {
    let line = screen::plain(line);
    let room = room.max(2);
    let mut out = Vec::new();
    let mut piece = String::new();
    let mut columns = 0;
    let mut blank = None;
    for c in line.chars() {
        let width = c.width().unwrap_or(0);
        if columns + width > room {
            let rest = match blank {
                Some(at) if c != ' ' => piece.split_off(at),
                Some(_) | None => String::new(),
            };
            out.push(piece.trim_end().to_owned());
            piece = rest.trim_start().to_owned();
            columns = piece.chars().filter_map(UnicodeWidthChar::width).sum();
            blank = None;
            if c == ' ' && piece.is_empty() {
                continue;
            }
        }
        if c == ' ' && columns > 0 {
            blank = Some(piece.len() + 1);
        }
        piece.push(c);
        columns += width;
    }
    out.push(piece);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_break_at_blanks() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("one two", 3), ["one", "two"]);
        assert_eq!(wrap("", 8), [""]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("    indented", 20), ["    indented"]);
    }

    proptest! {
        #[test]
        fn no_piece_is_too_long(line in "\\PC{0,80}", room in 2_usize..30) {
            for piece in wrap(&line, room) {
                let columns: usize = piece.chars().filter_map(UnicodeWidthChar::width).sum();
                prop_assert!(columns <= room, "{piece:?}");
            }
        }
    }
}
