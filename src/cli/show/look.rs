//! Colour, width and aligned columns.

use unicode_width::UnicodeWidthStr;

use crate::support::text::{age, clean, fit};

/// How text shall look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Whether colours are wanted.
    pub(crate) colour: bool,
    /// How wide a line may be; `None` for any width.
    pub(crate) width: Option<usize>,
    /// Wall time in milliseconds, for ages.
    pub(crate) now: i64,
}

/// What a piece of text is; colours follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// A heading.
    Strong,
    /// Beside the point.
    Quiet,
    /// Well.
    Good,
    /// Not well.
    Bad,
    /// To be looked at.
    Warn,
    /// A name that can be typed.
    Name,
}

impl Tone {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Quiet => "2",
            Self::Good => "32",
            Self::Bad => "31",
            Self::Warn => "33",
            Self::Name => "36",
        }
    }
}

impl Look {
    /// Text without colour and limit.
    #[cfg(test)]
    pub(crate) const fn plain(now: i64) -> Self {
        Self {
            colour: false,
            width: None,
            now,
        }
    }

    /// The text in its tone.
    pub(crate) fn paint(&self, tone: Tone, text: &str) -> String {
        if self.colour && tone != Tone::Plain && !text.is_empty() {
            format!("\x1b[{}m{text}\x1b[0m", tone.code())
        } else {
            text.to_owned()
        }
    }

    /// How long ago a wall time was.
    pub(crate) fn ago(&self, at: i64) -> String {
        age(self.now - at)
    }
}

/// One piece of a row.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// A piece in a tone; foreign text is made safe.
    pub(crate) fn new(tone: Tone, text: impl AsRef<str>) -> Self {
        Self {
            text: clean(text.as_ref()),
            tone,
        }
    }

    /// A plain piece.
    pub(crate) fn plain(text: impl AsRef<str>) -> Self {
        Self::new(Tone::Plain, text)
    }
}

/// Rows whose columns are aligned. The last column is cut where the terminal ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table with a heading.
    pub(crate) fn with_heading(names: &[&str]) -> Self {
        let mut table = Self::default();
        table.row(names.iter().map(|name| Cell::new(Tone::Quiet, name)));
        table
    }

    /// One more row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines, each after `indent`, with a line end after each.
    pub(crate) fn text(&self, look: &Look, indent: &str) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| cell.text.width()).max().unwrap_or(0)
            })
            .collect();
        let mut out = String::new();
        for row in &self.rows {
            out.push_str(&line(row, &widths, look, indent));
            out.push('\n');
        }
        out
    }
}

fn line(row: &[Cell], widths: &[usize], look: &Look, indent: &str) -> String {
    let mut out = indent.to_owned();
    let mut used = indent.width();
    let last = row.iter().rposition(|cell| !cell.text.is_empty());
    for (index, (cell, width)) in row.iter().zip(widths).enumerate() {
        if Some(index) == last {
            let room = look.width.map(|all| all.saturating_sub(used).max(8));
            let text = room.map_or_else(|| cell.text.clone(), |room| fit(&cell.text, room));
            out.push_str(&look.paint(cell.tone, &text));
            break;
        }
        out.push_str(&look.paint(cell.tone, &cell.text));
        let gap = width.saturating_sub(cell.text.width()) + 2;
        out.extend(std::iter::repeat_n(' ', gap));
        used += width + 2;
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_what_a_terminal_shows() {
        let mut table = Table::default();
        table.row([
            Cell::plain("日本"),
            Cell::plain("x"),
            Cell::plain("a long end"),
        ]);
        table.row([
            Cell::plain("ab"),
            Cell::new(Tone::Bad, ""),
            Cell::plain("y"),
        ]);
        table.row([Cell::plain("ab"), Cell::plain(""), Cell::plain("")]);
        let look = Look {
            colour: false,
            width: Some(17),
            now: 0,
        };
        assert_eq!(
            table.text(&look, " "),
            " 日本  x  a long …\n ab       y\n ab\n"
        );
    }

    #[test]
    fn colours_are_only_there_when_wanted() {
        let look = Look {
            colour: true,
            ..Look::plain(0)
        };
        assert_eq!(look.paint(Tone::Good, "ok"), "\x1b[32mok\x1b[0m");
        assert_eq!(look.paint(Tone::Plain, "ok"), "ok");
        assert_eq!(Look::plain(0).paint(Tone::Good, "ok"), "ok");
    }
}
