//! What the operator's terminal shows, and the bytes that change it into what it shall show.
//!
//! Pure: it hands out bytes and writes nothing. A whole frame is compared with what is shown; a
//! part of one (the rows of terminals that spoke) is compared in its own places only, so that the
//! echo of a key costs a row and not a screen. Entry points: [`Canvas::whole`], [`Canvas::part`].

use std::io;

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};

use super::outer;
use crate::screen;

/// What a partial frame painted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Painted {
    /// The only places in which cells may have changed.
    pub(crate) areas: Vec<Rect>,
    /// Where the cursor is now (none: it is hidden), when that was looked at.
    pub(crate) cursor: Option<Option<Position>>,
}

/// The operator's terminal as it is.
pub(crate) struct Canvas {
    shown: Buffer,
    /// The same as `shown` between two frames.
    next: Buffer,
    cursor: Option<Position>,
    /// Whether the terminal shows something else than `shown` says.
    stale: bool,
    bytes: Vec<u8>,
}

impl Canvas {
    pub(crate) fn new(size: (u16, u16)) -> Self {
        let area = Rect::new(0, 0, size.0, size.1);
        Self {
            shown: Buffer::empty(area),
            next: Buffer::empty(area),
            cursor: None,
            stale: true,
            bytes: Vec::new(),
        }
    }

    /// The terminal has another size; what it shows then is not known.
    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        if (self.shown.area.width, self.shown.area.height) != size {
            *self = Self::new(size);
        }
    }

    /// What the terminal shows is not known any more.
    pub(crate) fn forget(&mut self) {
        self.stale = true;
    }

    /// Paints everything anew on blank cells; returns the bytes that show it.
    pub(crate) fn whole(
        &mut self,
        paint: impl FnOnce(&mut Buffer) -> Option<Position>,
    ) -> io::Result<&[u8]> {
        self.next.reset();
        let cursor = paint(&mut self.next);
        let area = self.next.area;
        let painted = Painted {
            areas: vec![area],
            cursor: Some(cursor),
        };
        self.show(&painted)
    }

    /// Paints over a part of what is shown; returns the bytes that show it.
    pub(crate) fn part(&mut self, paint: impl FnOnce(&mut Buffer) -> Painted) -> io::Result<&[u8]> {
        let painted = paint(&mut self.next);
        self.show(&painted)
    }

    fn show(&mut self, painted: &Painted) -> io::Result<&[u8]> {
        let mut out = std::mem::take(&mut self.bytes);
        out.clear();
        let mut areas = painted.areas.as_slice();
        let whole = [self.next.area];
        if std::mem::take(&mut self.stale) {
            out.extend_from_slice(outer::CLEAR.as_bytes());
            self.shown.reset();
            areas = &whole;
        }
        let before = out.len();
        let rows = self.write_changes(areas, &mut out)?;
        if rows > 1 {
            out.splice(before..before, outer::BEGIN_FRAME.bytes());
        }
        self.write_cursor(painted.cursor, !out.is_empty(), &mut out);
        if rows > 1 {
            out.extend_from_slice(outer::END_FRAME.as_bytes());
        }
        self.bytes = out;
        Ok(&self.bytes)
    }

    /// Writes the cells that differ, and takes over what is shown then; says in how many rows.
    fn write_changes(&mut self, areas: &[Rect], out: &mut Vec<u8>) -> io::Result<usize> {
        let mut changes = Vec::new();
        let mut rows = Vec::new();
        for area in areas {
            let area = area.intersection(self.next.area);
            for y in area.top()..area.bottom() {
                let at = self.next.index_of(area.x, y);
                let span = at..at + usize::from(area.width);
                let next = self.next.content.get(span.clone()).unwrap_or_default();
                let shown = self.shown.content.get(span.clone()).unwrap_or_default();
                if next != shown {
                    row_changes(shown, next, (area.x, y), &mut changes);
                    rows.push(span);
                }
            }
        }
        if !changes.is_empty() {
            write_cells(&changes, out)?;
        }
        for span in &rows {
            let next = self.next.content.get(span.clone());
            let shown = self.shown.content.get_mut(span.clone());
            if let (Some(next), Some(shown)) = (next, shown) {
                shown.clone_from_slice(next);
            }
        }
        Ok(rows.len())
    }

    fn write_cursor(&mut self, wanted: Option<Option<Position>>, moved: bool, out: &mut Vec<u8>) {
        let wanted = wanted.unwrap_or(self.cursor);
        if wanted == self.cursor && !moved {
            return;
        }
        if let Some(at) = wanted {
            out.extend_from_slice(outer::move_to(at.x, at.y).as_bytes());
        }
        match (self.cursor, wanted) {
            (None, Some(_)) => out.extend_from_slice(outer::SHOW_CURSOR.as_bytes()),
            (Some(_), None) => out.extend_from_slice(outer::HIDE_CURSOR.as_bytes()),
            (Some(_), Some(_)) | (None, None) => {}
        }
        self.cursor = wanted;
    }

    /// The terminal was taken over with its cursor shown.
    pub(crate) fn cursor_is_shown(&mut self) {
        self.cursor = Some(Position::ORIGIN);
        self.stale = true;
    }
}

/// Writes cells. Every run that the drawing library writes begins and ends without a style: what it
/// has no word for is said before.
fn write_cells(cells: &[(u16, u16, &Cell)], out: &mut Vec<u8>) -> io::Result<()> {
    let kind = |cell: &Cell| screen::underline::kind(cell.modifier);
    for run in cells.chunk_by(|one, other| kind(one.2) == kind(other.2)) {
        let special = run.first().and_then(|(.., cell)| kind(cell));
        out.extend_from_slice(outer::underline(special).as_bytes());
        let mut backend = CrosstermBackend::new(&mut *out);
        if special.is_none() {
            backend.draw(run.iter().copied())?;
            continue;
        }
        let plain: Vec<(u16, u16, Cell)> = run
            .iter()
            .map(|(x, y, cell)| {
                let mut plain = (*cell).clone();
                plain.modifier = screen::underline::plain(plain.modifier);
                (*x, *y, plain)
            })
            .collect();
        backend.draw(plain.iter().map(|(x, y, cell)| (*x, *y, cell)))?;
    }
    Ok(())
}

/// The cells of a row that must be written. What a wide character covers is never written, and
/// what it covered before is written even where it reads the same.
fn row_changes<'a>(
    shown: &[Cell],
    next: &'a [Cell],
    at: (u16, u16),
    out: &mut Vec<(u16, u16, &'a Cell)>,
) {
    let mut covered = 0_u16;
    let mut uncovered = 0_u16;
    for (x, (before, after)) in (at.0..).zip(shown.iter().zip(next)) {
        let width = columns(after);
        if covered == 0 && (before != after || uncovered > 0) {
            out.push((x, at.1, after));
        }
        uncovered = uncovered.max(width).max(columns(before)).saturating_sub(1);
        covered = if covered > 0 { covered - 1 } else { width - 1 };
    }
}

fn columns(cell: &Cell) -> u16 {
    let symbol = cell.symbol();
    if symbol.len() == 1 {
        return 1;
    }
    screen::width(symbol).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::Style;

    use super::*;
    use crate::term::Screen;

    const SIZE: (u16, u16) = (8, 3);

    /// What a terminal shows after those bytes.
    fn seen(terminal: &mut Screen, bytes: &[u8]) -> Vec<String> {
        terminal.feed(bytes);
        (0..SIZE.1).map(|row| terminal.row(row).text()).collect()
    }

    fn put(buf: &mut Buffer, at: (u16, u16), text: &str) {
        for x in 0..SIZE.0 {
            if let Some(cell) = buf.cell_mut((x, at.1)) {
                cell.reset();
            }
        }
        buf.set_string(at.0, at.1, text, Style::new());
    }

    fn wanted(buf: &Buffer) -> Vec<String> {
        let mut out = Vec::new();
        for y in 0..SIZE.1 {
            let mut row = String::new();
            let mut x = 0;
            while x < SIZE.0 {
                let symbol = buf[(x, y)].symbol();
                row.push_str(symbol);
                x += screen::width(symbol).max(1);
            }
            out.push(row.trim_end().to_owned());
        }
        out
    }

    #[test]
    fn an_echo_is_one_cell_and_no_frame() {
        let mut canvas = Canvas::new(SIZE);
        let first = canvas.whole(|buf| {
            put(buf, (0, 0), "$ ");
            Some(Position::new(2, 0))
        });
        assert!(first.unwrap().starts_with(outer::CLEAR.as_bytes()));
        let echo = canvas.part(|buf| {
            put(buf, (0, 0), "$ x");
            Painted {
                areas: vec![Rect::new(0, 0, 8, 1)],
                cursor: Some(Some(Position::new(3, 0))),
            }
        });
        let echo = String::from_utf8(echo.unwrap().to_vec()).unwrap();
        assert!(
            echo.starts_with("\x1b[1;3Hx") && echo.ends_with("\x1b[1;4H"),
            "{echo:?}"
        );
        assert!(echo.len() < 48, "{echo:?}");
        let nothing = canvas.part(|_| Painted::default());
        assert_eq!(nothing.unwrap(), b"");
    }

    #[test]
    fn underlines_keep_their_kind() {
        let text = "a\x1b[4mb\x1b[1;4:3;58;5;9mc\x1b[31md\x1b[0;4:5;7me\x1b[0mf\x1b[21mg";
        let mut inner = Screen::new(SIZE, 0);
        inner.feed(text.as_bytes());
        let mut canvas = Canvas::new(SIZE);
        let bytes = canvas.whole(|buf| {
            let area = buf.area;
            screen::draw(&inner, area, buf, screen::Frame::default())
        });
        let mut terminal = Screen::new(SIZE, 0);
        terminal.feed(bytes.unwrap());
        let styles = |screen: &Screen| -> Vec<_> {
            let row = screen.row(0);
            row.cells().map(|cell| cell.style()).collect()
        };
        assert_eq!(styles(&terminal), styles(&inner));
    }

    proptest! {
        /// A terminal that is fed frames and parts in any order shows what was painted last.
        #[test]
        fn the_terminal_shows_what_was_painted(
            steps in prop::collection::vec((0_u16..3, 0_u16..7, "[ab 日本é]{0,5}", any::<bool>()), 1..30),
        ) {
            let mut canvas = Canvas::new(SIZE);
            let mut terminal = Screen::new(SIZE, 0);
            terminal.feed(b"rubbish");
            let mut painted = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
            for (row, column, text, whole) in steps {
                put(&mut painted, (column, row), &text);
                let bytes = if whole {
                    canvas.whole(|buf| { *buf = painted.clone(); None })
                } else {
                    canvas.part(|buf| {
                        put(buf, (column, row), &text);
                        Painted { areas: vec![Rect::new(0, row, SIZE.0, 1)], cursor: None }
                    })
                };
                let bytes = bytes.unwrap().to_vec();
                prop_assert_eq!(seen(&mut terminal, &bytes), wanted(&painted));
            }
        }
    }
}
