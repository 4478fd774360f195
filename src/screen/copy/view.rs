//! What part of the history is seen: rows of the view, and steps by them. Knows no cursor keys.
//!
//! The view is pinned by the place of its first cell, so it stays where it is while rows come.

use std::ops::Range;
use std::rc::Rc;

use super::book::{Book, Need};
use super::line::{Cut, Line, Place};

/// One row of the view.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) line: Rc<Line>,
    pub(super) cut: Cut,
}

impl Shown {
    /// Where it begins.
    pub(super) fn start(&self) -> Place {
        Place {
            line: self.line.first,
            column: self.cut.column,
        }
    }

    /// The place nearest to a column of the view.
    pub(super) fn place(&self, column: usize) -> Place {
        in_cut(&self.line, self.cut, column)
    }

    /// Whether a place is in this row.
    pub(super) fn holds(&self, place: Place) -> bool {
        let next = self.line.glyphs.get(self.cut.to).map(|glyph| glyph.column);
        place.line == self.line.first
            && place.column >= self.cut.column
            && next.is_none_or(|next| place.column < next)
    }
}

fn in_cut(line: &Line, cut: Cut, column: usize) -> Place {
    let last = cut.to.saturating_sub(1).max(cut.from);
    let at = line.at(cut.column.saturating_add(column));
    let at = at.clamp(cut.from, last);
    if line.ink > cut.from {
        line.place(at.min(line.ink - 1))
    } else {
        line.place(at)
    }
}

/// The size of the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lens {
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Lens {
    pub(super) fn new(size: (u16, u16)) -> Self {
        Self {
            width: usize::from(size.0.max(2)),
            height: usize::from(size.1.max(1)),
        }
    }

    /// The rows of the view from its first place on.
    pub(super) fn rows(self, book: &Book, top: Place) -> Need<Vec<Shown>> {
        let mut shown = Vec::new();
        let mut line = book.line(top.line)?;
        let mut from = top.column;
        loop {
            let cuts = line.cuts(self.width);
            let first = cut_of(&cuts, from);
            let whole = Rc::new(line);
            for cut in cuts.into_iter().skip(first) {
                let line = Rc::clone(&whole);
                shown.push(Shown { line, cut });
                if shown.len() == self.height {
                    return Ok(shown);
                }
            }
            match book.after(&whole)? {
                Some(next) => line = next,
                None => return Ok(shown),
            }
            from = 0;
        }
    }

    /// Where the view's row with this place begins.
    pub(super) fn start(self, book: &Book, place: Place) -> Need<Place> {
        self.step(book, place, 0)
    }

    /// Where the row `by` rows further down (or up) begins; stops at the ends.
    pub(super) fn step(self, book: &Book, from: Place, by: i64) -> Need<Place> {
        let mut line = book.line(from.line)?;
        let mut cuts = line.cuts(self.width);
        let mut at = cut_of(&cuts, from.column);
        let mut left = by.unsigned_abs();
        while left > 0 {
            if by > 0 && at + 1 < cuts.len() {
                at += 1;
            } else if by < 0 && at > 0 {
                at -= 1;
            } else if by > 0 {
                let Some(next) = book.after(&line)? else {
                    break;
                };
                cuts = next.cuts(self.width);
                (line, at) = (next, 0);
            } else {
                let Some(next) = book.before(&line)? else {
                    break;
                };
                cuts = next.cuts(self.width);
                (line, at) = (next, cuts.len() - 1);
            }
            left -= 1;
        }
        Ok(Place {
            line: line.first,
            column: cuts.get(at).map_or(0, |cut| cut.column),
        })
    }

    /// The place nearest to a column of the row that begins here.
    pub(super) fn place(self, book: &Book, start: Place, column: usize) -> Need<Place> {
        let line = book.line(start.line)?;
        let cuts = line.cuts(self.width);
        let cut = cuts.get(cut_of(&cuts, start.column)).copied();
        Ok(cut.map_or(start, |cut| in_cut(&line, cut, column)))
    }

    /// The lowest place at which the view can begin.
    pub(super) fn lowest(self, book: &Book) -> Need<Place> {
        let last = book.line(book.bounds()?.end - 1)?;
        let end = Place {
            line: last.first,
            column: usize::MAX,
        };
        self.step(book, end, 1 - to_i64(self.height))
    }

    /// Where the view begins so that a place is in it, moved as little as can be.
    pub(super) fn follow(self, book: &Book, top: Place, place: Place) -> Need<Place> {
        let start = self.start(book, place)?;
        let highest = self.step(book, start, 1 - to_i64(self.height))?;
        let top = self.start(book, top)?;
        Ok(top.clamp(highest.min(start), start).min(self.lowest(book)?))
    }

    /// Numbers of the rows that the view shows.
    pub(super) fn numbers(shown: &[Shown]) -> Range<u64> {
        let first = shown.first().map_or(0, |row| row.line.first);
        let end = shown
            .last()
            .map_or(first, |row| row.line.first + row.line.rows());
        first..end
    }
}

fn cut_of(cuts: &[Cut], column: usize) -> usize {
    cuts.partition_point(|cut| cut.column <= column)
        .saturating_sub(1)
}

pub(super) fn to_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
