//! One logical line: rows joined where the text only wrapped, as glyphs with their columns.
//!
//! Places are told by the number of the line's first row and a column in the whole line, so they
//! mean the same at every width of the view. Entry points: [`Line::join`] and [`Line::cuts`].

use unicode_width::UnicodeWidthChar;

use crate::term::CellStyle;

/// What a shell said about a row (OSC 133).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A prompt begins.
    Prompt,
    /// What a command wrote begins.
    Output,
}

/// A hyperlink over columns of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// Its first column.
    pub(crate) from: u16,
    /// The column after its last.
    pub(crate) to: u16,
    /// Where it leads; untrusted.
    pub(crate) target: String,
}

/// One row as it left the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// The characters without trailing blanks.
    pub(crate) text: String,
    /// Columns and how they look, from the left.
    pub(crate) styles: Vec<(u16, CellStyle)>,
    /// Columns that the terminal had.
    pub(crate) columns: u16,
    /// Whether the text goes on in the next row.
    pub(crate) wrapped: bool,
    /// What a shell said about it.
    pub(crate) mark: Option<Mark>,
    /// Its hyperlinks.
    pub(crate) links: Vec<Link>,
}

impl Row {
    /// A row that is not there.
    pub(crate) const BLANK: Self = Self {
        text: String::new(),
        styles: Vec::new(),
        columns: 0,
        wrapped: false,
        mark: None,
        links: Vec::new(),
    };

    /// What it takes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        let targets: usize = self.links.iter().map(|link| link.target.len()).sum();
        size_of::<Self>()
            + self.text.capacity()
            + self.styles.capacity() * size_of::<(u16, CellStyle)>()
            + self.links.capacity() * size_of::<Link>()
            + targets
    }
}

/// A place in the history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// The number of the line's first row.
    pub(crate) line: u64,
    /// The column in the whole line.
    pub(crate) column: usize,
}

/// One character with its marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glyph {
    /// Its first column in the line.
    pub(crate) column: usize,
    /// How many columns it takes: 1 or 2.
    pub(crate) columns: usize,
    /// How it looks.
    pub(crate) style: CellStyle,
    from: usize,
    to: usize,
}

/// The glyphs of a line that stand in one row of the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// The first glyph.
    pub(crate) from: usize,
    /// The glyph after the last.
    pub(crate) to: usize,
    /// The first column in the line.
    pub(crate) column: usize,
}

/// A logical line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// The number of its first row.
    pub(crate) first: u64,
    /// Every glyph, trailing blanks that have a colour included.
    pub(crate) glyphs: Vec<Glyph>,
    /// Glyphs up to the last that is not a blank: as far as the cursor goes.
    pub(crate) ink: usize,
    /// Whether the next line is its continuation, cut off because it was too long.
    pub(crate) goes_on: bool,
    text: String,
    /// The first column of each row.
    starts: Vec<usize>,
    width: usize,
    links: Vec<(usize, usize, String)>,
}

impl Line {
    /// The line that these rows make.
    pub(crate) fn join<'a>(first: u64, rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut line = Self {
            first,
            ..Self::default()
        };
        let mut edge = 0;
        for row in rows {
            line.reach(edge, row);
            edge = line.push(row);
            line.goes_on = row.wrapped;
        }
        let blank = |glyph: &Glyph| line.text.get(glyph.from..glyph.to) == Some(" ");
        line.ink = line
            .glyphs
            .iter()
            .rposition(|glyph| !blank(glyph))
            .map_or(0, |at| at + 1);
        line
    }

    /// Fills up to where the row before ended, unless the gap is only there because a wide
    /// character did not fit.
    fn reach(&mut self, edge: usize, next: &Row) {
        let gap = edge.saturating_sub(self.width);
        let wide = next.text.chars().next().and_then(char::width) == Some(2);
        if gap == 1 && wide {
            return;
        }
        for _ in 0..gap {
            self.glyph(' ', 1, CellStyle::default());
        }
    }

    /// Adds a row; says up to which column it would reach if it had no trailing blanks.
    fn push(&mut self, row: &Row) -> usize {
        let begin = self.width;
        self.starts.push(begin);
        let before = self.glyphs.len();
        let mut styles = Styles::new(&row.styles);
        for c in row.text.chars().filter(|c| !c.is_control()) {
            let columns = c.width().unwrap_or(0);
            if columns == 0 {
                self.add_mark(c, before);
            } else {
                let style = styles.at(self.width - begin);
                self.glyph(c, columns, style);
            }
        }
        while let Some(style) = styles.ground_at(self.width - begin) {
            self.glyph(' ', 1, style);
        }
        for link in &row.links {
            let (from, to) = (usize::from(link.from), usize::from(link.to));
            self.links
                .push((begin + from, begin + to, link.target.clone()));
        }
        begin + usize::from(row.columns)
    }

    fn glyph(&mut self, c: char, columns: usize, style: CellStyle) {
        let from = self.text.len();
        self.text.push(c);
        self.glyphs.push(Glyph {
            column: self.width,
            columns,
            style,
            from,
            to: self.text.len(),
        });
        self.width += columns;
    }

    /// Adds a character without a width to the one before it in the same row.
    fn add_mark(&mut self, c: char, row: usize) {
        if self.glyphs.len() > row
            && let Some(last) = self.glyphs.last_mut()
        {
            self.text.push(c);
            last.to = self.text.len();
        }
    }

    /// Whether there is nothing to see on it.
    pub(crate) fn is_blank(&self) -> bool {
        self.ink == 0
    }

    /// How many rows it had.
    pub(crate) fn rows(&self) -> u64 {
        u64::try_from(self.starts.len()).unwrap_or(1).max(1)
    }

    /// The text, without trailing blanks.
    pub(crate) fn text(&self) -> &str {
        let end = self.ink.checked_sub(1).and_then(|at| self.glyphs.get(at));
        let end = end.map_or(0, |glyph| glyph.to);
        self.text.get(..end).unwrap_or_default()
    }

    /// The text of one glyph.
    pub(crate) fn symbol(&self, glyph: &Glyph) -> &str {
        self.text.get(glyph.from..glyph.to).unwrap_or_default()
    }

    /// The first character of the glyph at `at`.
    pub(crate) fn char_at(&self, at: usize) -> Option<char> {
        let glyph = self.glyphs.get(at)?;
        self.symbol(glyph).chars().next()
    }

    /// The glyph over a column: the last one that begins at or before it.
    pub(crate) fn at(&self, column: usize) -> usize {
        self.glyphs
            .partition_point(|glyph| glyph.column <= column)
            .saturating_sub(1)
    }

    /// The same, but never on trailing blanks.
    pub(crate) fn at_ink(&self, column: usize) -> usize {
        self.at(column).min(self.ink.saturating_sub(1))
    }

    /// The glyph that begins with this byte of the text, or covers it.
    pub(super) fn at_byte(&self, byte: usize) -> usize {
        self.glyphs
            .partition_point(|glyph| glyph.from <= byte)
            .saturating_sub(1)
    }

    /// The place of a glyph.
    pub(crate) fn place(&self, at: usize) -> Place {
        Place {
            line: self.first,
            column: self.glyphs.get(at).map_or(0, |glyph| glyph.column),
        }
    }

    /// The last place that the cursor can be at.
    pub(crate) fn last(&self) -> Place {
        self.place(self.ink.saturating_sub(1))
    }

    /// The column of the first glyph that is not a blank.
    pub(crate) fn first_ink(&self) -> Place {
        let at = (0..self.ink).find(|at| self.char_at(*at).is_some_and(|c| c != ' '));
        self.place(at.unwrap_or(0))
    }

    /// The column in the line of a column in one of its rows.
    pub(crate) fn column_of(&self, row: u64, column: usize) -> usize {
        let at = usize::try_from(row.saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.starts
            .get(at)
            .map_or(self.width, |start| start + column)
    }

    /// The number of the row that a column stands in.
    pub(crate) fn row_of(&self, column: usize) -> u64 {
        let before = self.starts.partition_point(|start| *start <= column);
        self.first + u64::try_from(before.saturating_sub(1)).unwrap_or(0)
    }

    /// Where a link over this column leads.
    pub(crate) fn link_at(&self, column: usize) -> Option<&str> {
        self.links
            .iter()
            .find(|(from, to, _)| (*from..*to).contains(&column))
            .map(|(_, _, target)| target.as_str())
    }

    /// The line in rows of `width` columns; at least one row.
    pub(crate) fn cuts(&self, width: usize) -> Vec<Cut> {
        let width = width.max(2);
        let mut cuts = Vec::new();
        let mut from = 0;
        let mut column = 0;
        for (at, glyph) in self.glyphs.iter().enumerate() {
            if glyph.column + glyph.columns > column + width {
                cuts.push(Cut {
                    from,
                    to: at,
                    column,
                });
                (from, column) = (at, glyph.column);
            }
        }
        cuts.push(Cut {
            from,
            to: self.glyphs.len(),
            column,
        });
        cuts
    }

    /// The text of the glyphs that lie over columns `from..to`, wide ones whole.
    pub(crate) fn slice(&self, from: usize, to: usize) -> &str {
        let mut inside = self
            .glyphs
            .iter()
            .filter(|glyph| glyph.column + glyph.columns > from && glyph.column < to);
        let Some(first) = inside.next() else {
            return "";
        };
        let last = inside.next_back().unwrap_or(first);
        self.text.get(first.from..last.to).unwrap_or_default()
    }

    /// The column after the glyph at a place.
    pub(crate) fn after(&self, column: usize) -> usize {
        let glyph = self.glyphs.get(self.at(column));
        glyph.map_or(0, |glyph| glyph.column + glyph.columns)
    }
}

/// The styles of a row, asked for from left to right.
struct Styles<'a> {
    runs: std::slice::Iter<'a, (u16, CellStyle)>,
    now: CellStyle,
    until: usize,
}

impl<'a> Styles<'a> {
    fn new(runs: &'a [(u16, CellStyle)]) -> Self {
        Self {
            runs: runs.iter(),
            now: CellStyle::default(),
            until: 0,
        }
    }

    fn at(&mut self, column: usize) -> CellStyle {
        while column >= self.until {
            let Some((columns, style)) = self.runs.next() else {
                self.now = CellStyle::default();
                return self.now;
            };
            self.until += usize::from(*columns);
            self.now = *style;
        }
        self.now
    }

    /// The style of a blank after the text, when one is there.
    fn ground_at(&mut self, column: usize) -> Option<CellStyle> {
        let style = self.at(column);
        (column < self.until).then_some(style)
    }
}
