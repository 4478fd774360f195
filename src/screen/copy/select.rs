//! What is selected, and its text: soft-wrapped lines as one, trailing blanks dropped, wide
//! characters whole, blocks with their columns.

use super::book::{Need, ROWS_MAX};
use super::line::{Line, Place};
use super::motion::{Motion, Words};
use super::view::Shown;
use crate::support::text::strip_block;

/// Longest text that can be copied, in bytes.
const TEXT_MAX: usize = 1 << 20;

/// How a selection grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// By characters.
    Character,
    /// By words.
    Word,
    /// By whole lines.
    Line,
    /// A rectangle.
    Block,
}

/// A selection; its other end is the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) anchor: Place,
    pub(super) kind: Kind,
}

/// What a selection covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// The first place, of a block its first row.
    from: Place,
    /// The place of the last glyph, of a block its last row.
    to: Place,
    /// The columns of the view of a block, the last included.
    block: Option<(usize, usize)>,
    kind: Kind,
}

/// It is more than can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Motion<'_> {
    /// What is selected when the cursor is there.
    pub(super) fn span(self, selection: Selection, cursor: Place) -> Need<Span> {
        let (from, to) = (selection.anchor.min(cursor), selection.anchor.max(cursor));
        let (kind, mut block) = (selection.kind, None);
        let (from, to) = match kind {
            Kind::Character => (from, to),
            Kind::Word => (self.word_around(from)?.0, self.word_around(to)?.1),
            Kind::Line => {
                let last = self.book.line(to.line)?;
                let start = self.book.line(from.line)?.place(0);
                (start, last.place(last.glyphs.len().saturating_sub(1)))
            }
            Kind::Block => {
                let ends = [self.columns(from)?, self.columns(to)?];
                let left = ends.iter().map(|(left, _)| *left).min().unwrap_or(0);
                let right = ends.iter().map(|(_, right)| *right).max().unwrap_or(0);
                block = Some((left, right));
                (
                    self.lens.start(self.book, from)?,
                    self.lens.start(self.book, to)?,
                )
            }
        };
        Ok(Span {
            from,
            to,
            block,
            kind,
        })
    }

    /// The first and last column of the view that a place's glyph takes.
    fn columns(self, place: Place) -> Need<(usize, usize)> {
        let left = self.view_column(place)?;
        let line = self.book.line(place.line)?;
        let taken = line.after(place.column).saturating_sub(place.column);
        Ok((left, left + taken.max(1) - 1))
    }

    /// The first and the last place of the word at a place.
    fn word_around(self, place: Place) -> Need<(Place, Place)> {
        let line = self.book.line(place.line)?;
        let (mut from, words) = (line.at_ink(place.column), Words::Click);
        let class = words.class(&line, from);
        let mut to = from;
        while from > 0 && words.class(&line, from - 1) == class {
            from -= 1;
        }
        while to + 1 < line.ink && words.class(&line, to + 1) == class {
            to += 1;
        }
        Ok((line.place(from), line.place(to)))
    }

    /// The text of a span.
    pub(super) fn text(self, span: Span) -> Need<Result<String, TooLong>> {
        if span.to.line - span.from.line > u64::try_from(ROWS_MAX / 2).unwrap_or(u64::MAX) {
            return Ok(Err(TooLong));
        }
        self.book.whole(span.from.line..span.to.line)?;
        let mut text = String::new();
        let mut row = self.book.line(span.from.line)?;
        loop {
            match span.block {
                Some(columns) => self.block_text(&row, span, columns, &mut text),
                None => line_text(&row, span, &mut text),
            }
            if text.len() > TEXT_MAX {
                return Ok(Err(TooLong));
            }
            if row.first >= span.to.line {
                break;
            }
            match self.book.after(&row)? {
                Some(next) => row = next,
                None => break,
            }
        }
        if span.block.is_some() {
            text.pop();
        }
        Ok(Ok(strip_block(&text)))
    }

    fn block_text(self, line: &Line, span: Span, columns: (usize, usize), text: &mut String) {
        for cut in line.cuts(self.lens.width) {
            let start = Place {
                line: line.first,
                column: cut.column,
            };
            if start < span.from || start > span.to {
                continue;
            }
            let end = line
                .glyphs
                .get(cut.to)
                .map_or(usize::MAX, |glyph| glyph.column);
            let (left, right) = (cut.column + columns.0, cut.column + columns.1 + 1);
            if left < end {
                let slice = line.slice(left, right.min(end));
                text.push_str(slice.trim_end_matches(' '));
            }
            text.push('\n');
        }
    }

    /// The text of these rows, as whole lines.
    pub(super) fn rows_text(self, rows: std::ops::Range<u64>) -> Need<Result<String, TooLong>> {
        if rows.is_empty() {
            return Ok(Ok(String::new()));
        }
        let first = self.book.line(rows.start)?;
        let last = self.book.line(rows.end - 1)?;
        self.text(Span {
            from: Place {
                line: first.first,
                column: first.column_of(rows.start, 0),
            },
            to: last.place(last.glyphs.len().saturating_sub(1)),
            block: None,
            kind: Kind::Line,
        })
    }
}

fn line_text(line: &Line, span: Span, text: &mut String) {
    let from = if line.first == span.from.line {
        span.from.column
    } else {
        0
    };
    let last = line.first == span.to.line;
    let end = line.after(line.last().column);
    let to = if last {
        line.after(span.to.column).min(end)
    } else {
        end
    };
    if line.ink > 0 {
        text.push_str(line.slice(from, to));
    }
    let whole = !last || span.kind == Kind::Line;
    if whole && !line.goes_on {
        text.push('\n');
    }
}

impl Span {
    /// Whether a cell of the view is selected: the one at `column` of a row, where `place` is the
    /// place of its glyph.
    pub(super) fn covers(&self, row: &Shown, column: usize, place: Place) -> bool {
        match self.block {
            Some((left, right)) => {
                (self.from..=self.to).contains(&row.start()) && (left..=right).contains(&column)
            }
            None => (self.from..=self.to).contains(&place),
        }
    }
}
