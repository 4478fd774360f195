//! Rows of a terminal's history by number, as far as they were fetched, and what is still missing.
//!
//! Bounded; the view's own rows are never thrown out. Numbers at or above the screen's top are
//! provisional: the program may still change them. Whoever needs a row that is not here gets
//! [`Stall::Rows`] and tries again after [`Book::hear`].

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use super::line::{Line, Place, Row};

/// Rows kept at most.
pub(super) const ROWS_MAX: usize = 50_000;
/// Bytes kept at most.
const BYTES_MAX: usize = 16 << 20;
/// Rows asked for at once.
pub(super) const PAGE: u64 = 512;
/// A line of so many rows is cut, so that no line is without bound.
const LINE_ROWS: u64 = 256;

/// What is outside of the history.
static NOWHERE: Row = Row::BLANK;

/// Rows to be fetched; none of them where only the bounds are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The first.
    pub(crate) from: u64,
    /// How many.
    pub(crate) count: u32,
}

/// What the keeper of the history says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// The oldest row that there is.
    pub(crate) oldest: u64,
    /// The row at the top of the screen.
    pub(crate) top: u64,
    /// The row after the last.
    pub(crate) end: u64,
    /// The first of the rows.
    pub(crate) from: u64,
    /// The rows.
    pub(crate) rows: Vec<Row>,
}

/// Where the history begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The oldest row.
    pub(crate) oldest: u64,
    /// The row at the top of the screen.
    pub(crate) top: u64,
    /// The row after the last.
    pub(crate) end: u64,
}

/// Why something cannot go on now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stall {
    /// Rows are needed.
    Rows(Ask),
    /// The search has not come far enough.
    Search,
}

/// What needs rows that may not be here.
pub(crate) type Need<T> = Result<T, Stall>;

/// The rows that are known.
#[derive(Debug, Default)]
pub(crate) struct Book {
    rows: BTreeMap<u64, Row>,
    bytes: usize,
    bounds: Option<Bounds>,
    asked: Option<Ask>,
    /// From here on rows may have changed since they were fetched.
    provisional: u64,
    /// Pieces in the order in which they came.
    arrived: VecDeque<Range<u64>>,
    kept: Range<u64>,
}

impl Book {
    /// Where the history begins and ends, when that is known and there is any.
    pub(crate) fn bounds(&self) -> Need<Bounds> {
        self.bounds.ok_or(Stall::Rows(Ask { from: 0, count: 0 }))
    }

    /// The request for what is missing; none while another one is out.
    pub(crate) fn ask(&mut self, want: Ask) -> Option<Ask> {
        if self.asked.is_some() {
            return None;
        }
        let ask = match self.bounds {
            Some(bounds) if want.count > 0 => {
                let page = (want.from - want.from % PAGE).max(bounds.oldest);
                let from = (page..want.from).find(|row| !self.rows.contains_key(row));
                Ask {
                    from: from.unwrap_or(want.from),
                    count: u32::try_from(PAGE).unwrap_or(u32::MAX),
                }
            }
            Some(_) | None => Ask { from: 0, count: 0 },
        };
        self.asked = Some(ask);
        Some(ask)
    }

    /// The request for the rows that may have changed, or for the bounds alone.
    pub(crate) fn refresh(&mut self, rows: bool) -> Option<Ask> {
        if self.asked.is_some() || self.bounds.is_none() {
            return None;
        }
        let count = if rows {
            u32::try_from(PAGE).unwrap_or(u32::MAX)
        } else {
            0
        };
        let ask = Ask {
            from: self.provisional,
            count,
        };
        self.asked = Some(ask);
        Some(ask)
    }

    /// Takes rows in; says from which row on what was known before may be wrong.
    pub(crate) fn hear(&mut self, told: Told) -> Option<u64> {
        let asked = self.asked.take()?;
        let bounds = Bounds {
            oldest: told.oldest,
            top: told.top.max(told.oldest),
            end: told.end.max(told.oldest + 1),
        };
        let fresh = self.bounds.is_none();
        self.bounds = Some(bounds);
        if fresh {
            self.provisional = bounds.top;
        }
        self.drop_rows(0..bounds.oldest);
        self.drop_rows(bounds.end..u64::MAX);
        if asked.count == 0 {
            return None;
        }
        let known = self.rows.range(self.provisional..).next().is_some();
        let changed = (asked.from == self.provisional && known && !fresh).then_some(asked.from);
        let count = u64::try_from(told.rows.len()).unwrap_or(0);
        let until = told.from + count;
        if count == 0 {
            // It must exist and does not come: shown blank rather than asked for again and again.
            self.insert(asked.from, Row::BLANK);
        }
        for (number, row) in (told.from..).zip(told.rows) {
            if (bounds.oldest..bounds.end).contains(&number) {
                self.insert(number, row);
            }
        }
        if changed.is_some() {
            self.drop_rows(until..u64::MAX);
            self.provisional = bounds.top.min(until);
        }
        let piece = told.from.min(asked.from)..until.max(asked.from + 1);
        self.arrived
            .retain(|known| known.start < piece.start || known.end > piece.end);
        self.arrived.push_back(piece);
        self.evict();
        changed
    }

    /// Rows from here on may have changed since they were fetched.
    pub(crate) fn doubt(&mut self, from: u64) {
        self.provisional = self.provisional.min(from);
    }

    /// There are older rows than was known; says where it began before.
    pub(crate) fn reach(&mut self, oldest: u64) -> Option<u64> {
        let bounds = self.bounds.as_mut()?;
        let before = bounds.oldest;
        bounds.oldest = bounds.oldest.min(oldest);
        (oldest < before).then_some(before)
    }

    /// Whether rows were asked for that did not come yet.
    pub(crate) fn waits(&self) -> bool {
        self.asked.is_some()
    }

    /// Rows that are looked at.
    pub(super) fn keep(&mut self, rows: Range<u64>) {
        // The row before tells whether the first one is the beginning of a line.
        self.kept = rows.start.saturating_sub(1)..rows.end;
    }

    fn insert(&mut self, number: u64, row: Row) {
        self.bytes += row.bytes();
        if let Some(before) = self.rows.insert(number, row) {
            self.bytes -= before.bytes();
        }
    }

    fn drop_rows(&mut self, which: Range<u64>) {
        if which.is_empty() {
            return;
        }
        let numbers: Vec<u64> = self.rows.range(which).map(|(number, _)| *number).collect();
        for number in numbers {
            self.remove(number);
        }
    }

    fn remove(&mut self, number: u64) {
        if let Some(row) = self.rows.remove(&number) {
            self.bytes -= row.bytes();
        }
    }

    /// Throws out what came first, but nothing that is looked at. By age and not by distance, so
    /// that whoever needs rows of two far places gets both.
    fn evict(&mut self) {
        for _ in 0..self.arrived.len() {
            if self.rows.len() <= ROWS_MAX && self.bytes <= BYTES_MAX {
                return;
            }
            let Some(piece) = self.arrived.pop_front() else {
                return;
            };
            let kept = self.kept.clone();
            self.drop_rows(piece.start..piece.end.min(kept.start));
            self.drop_rows(piece.start.max(kept.end)..piece.end);
            if piece.start < kept.end && kept.start < piece.end {
                let rest = piece.start.max(kept.start)..piece.end.min(kept.end);
                self.arrived.push_back(rest);
            }
        }
    }

    /// The row of a number; a blank one outside of the history.
    pub(crate) fn row(&self, number: u64) -> Need<&Row> {
        let bounds = self.bounds()?;
        if !(bounds.oldest..bounds.end).contains(&number) {
            return Ok(&NOWHERE);
        }
        self.rows.get(&number).ok_or(Stall::Rows(Ask {
            from: number,
            count: 1,
        }))
    }

    /// Whether a line begins with this row.
    fn begins(&self, number: u64) -> Need<bool> {
        let oldest = self.bounds()?.oldest;
        if number <= oldest || !self.row(number - 1)?.wrapped {
            return Ok(true);
        }
        if !number.is_multiple_of(LINE_ROWS) || number - LINE_ROWS < oldest {
            return Ok(false);
        }
        for before in (number - LINE_ROWS..number - 1).rev() {
            if !self.row(before)?.wrapped {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The first row of the line that a row belongs to.
    pub(crate) fn first_of(&self, number: u64) -> Need<u64> {
        let bounds = self.bounds()?;
        let mut number = number.clamp(bounds.oldest, bounds.end - 1);
        while !self.begins(number)? {
            number -= 1;
        }
        Ok(number)
    }

    /// The line that a row belongs to.
    pub(crate) fn line(&self, number: u64) -> Need<Line> {
        let end = self.bounds()?.end;
        let first = self.first_of(number)?;
        let mut next = first + 1;
        self.row(first)?;
        while next < end && !self.begins(next)? {
            self.row(next)?;
            next += 1;
        }
        let mut line = Line::join(first, self.rows.range(first..next).map(|(_, row)| row));
        line.goes_on &= next < end;
        Ok(line)
    }

    /// The line after.
    pub(crate) fn after(&self, line: &Line) -> Need<Option<Line>> {
        let next = line.first + line.rows();
        if next >= self.bounds()?.end {
            return Ok(None);
        }
        self.line(next).map(Some)
    }

    /// The line before.
    pub(crate) fn before(&self, line: &Line) -> Need<Option<Line>> {
        if line.first <= self.bounds()?.oldest {
            return Ok(None);
        }
        self.line(line.first - 1).map(Some)
    }

    /// The nearest place that is there.
    pub(crate) fn settle(&self, place: Place) -> Need<Place> {
        let line = self.line(place.line)?;
        if line.first < place.line {
            return Ok(line.place(line.at_ink(line.column_of(place.line, place.column))));
        }
        Ok(line.place(line.at_ink(place.column)))
    }

    /// The first row of these that is missing.
    pub(crate) fn whole(&self, rows: Range<u64>) -> Need<()> {
        for number in rows {
            self.row(number)?;
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> (usize, usize) {
        (self.rows.len(), self.bytes)
    }
}
