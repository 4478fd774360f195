//! A search over the whole history, line by line in slices: matches, their count, the next one.
//!
//! Plain text with smart case; [`REGEX_FLAG`] in front makes it a regular expression. It goes
//! outwards from where it began, so that the nearest match is found first.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound::{Excluded, Unbounded};

use regex::{Regex, RegexBuilder};

use super::book::{Book, Need, Stall};
use super::line::{Line, Place};

/// In front of what is searched for: it is a regular expression.
pub(crate) const REGEX_FLAG: &str = r"\v";
/// Rows that are searched at once.
const SLICE: u64 = 2_000;
/// Matches that are kept at most.
pub(super) const MATCHES_MAX: usize = 100_000;
/// Longest compiled expression, in bytes.
const COMPILED_MAX: usize = 1 << 20;

/// Where a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Direction {
    /// To newer rows.
    Forward,
    /// To older rows.
    Backward,
}

impl Direction {
    /// The other one.
    pub(crate) const fn turned(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }
}

/// Rows still to be searched, from `next` towards `until`.
#[derive(Clone, Copy, Debug)]
struct Leg {
    direction: Direction,
    next: u64,
    until: u64,
}

/// A search.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) direction: Direction,
    pattern: Regex,
    /// Where matches begin, and the column after each.
    matches: BTreeMap<Place, usize>,
    legs: VecDeque<Leg>,
    /// The place from which the nearest match is still to be gone to.
    landing: Option<Place>,
    /// The match that was gone to last.
    pub(super) current: Option<Place>,
}

impl Search {
    /// Begins at a place; the nearest match in the direction will be landed on.
    pub(super) fn begin(
        text: &str,
        direction: Direction,
        from: Place,
        book: &Book,
    ) -> Need<Result<Self, String>> {
        let bounds = book.bounds()?;
        let line = book.line(from.line)?;
        let pattern = match compile(text) {
            Ok(pattern) => pattern,
            Err(error) => return Ok(Err(error)),
        };
        let (here, next) = (line.first, line.first + line.rows());
        let leg = |direction, next, until| Leg {
            direction,
            next,
            until,
        };
        let legs = match direction {
            Direction::Forward => [
                leg(direction, here, bounds.end),
                leg(direction, bounds.oldest, here),
            ],
            Direction::Backward => [
                leg(direction, next, bounds.oldest),
                leg(direction, bounds.end, next),
            ],
        };
        Ok(Ok(Self {
            direction,
            pattern,
            matches: BTreeMap::new(),
            legs: legs.into(),
            landing: Some(from),
            current: None,
        }))
    }

    /// Whether there are rows left to be searched.
    pub(super) fn runs(&self) -> bool {
        !self.legs.is_empty()
    }

    /// Stops where it is.
    pub(super) fn stop(&mut self) {
        self.legs.clear();
        self.landing = None;
    }

    /// Searches one slice.
    pub(super) fn step(&mut self, book: &Book) -> Need<()> {
        let bounds = book.bounds()?;
        let mut left = SLICE;
        while left > 0 {
            let Some(leg) = self.legs.front().copied() else {
                return Ok(());
            };
            let over = match leg.direction {
                Direction::Forward => leg.next >= leg.until.min(bounds.end),
                Direction::Backward => leg.next <= leg.until.max(bounds.oldest),
            };
            if over || self.matches.len() >= MATCHES_MAX {
                self.legs.pop_front();
                continue;
            }
            let line = match leg.direction {
                Direction::Forward => book.line(leg.next.max(bounds.oldest))?,
                Direction::Backward => book.line(leg.next.min(bounds.end) - 1)?,
            };
            self.find_in(&line);
            left = left.saturating_sub(line.rows());
            if let Some(leg) = self.legs.front_mut() {
                leg.next = match leg.direction {
                    Direction::Forward => line.first + line.rows(),
                    Direction::Backward => line.first,
                };
            }
        }
        Ok(())
    }

    fn find_in(&mut self, line: &Line) {
        let found = self.pattern.find_iter(line.text());
        for found in found.filter(|found| !found.is_empty()) {
            let first = line.place(line.at_byte(found.start()));
            let last = line.place(line.at_byte(found.end() - 1));
            let end = line.after(last.column);
            self.matches
                .entry(first)
                .and_modify(|known| *known = end.max(*known))
                .or_insert(end);
        }
    }

    /// The match to go to after a slice, once it is known; asked for until it was found.
    pub(super) fn land(&mut self) -> Option<Place> {
        let from = self.landing?;
        let ahead = self.ahead(from, self.direction);
        let found = ahead.or_else(|| {
            // The second leg goes on from the other end: its first match is the nearest.
            let turned = self.legs.len() < 2;
            turned.then(|| self.extreme(self.direction)).flatten()
        });
        if found.is_some() {
            self.landing = None;
            self.current = found;
        }
        found
    }

    fn ahead(&self, from: Place, direction: Direction) -> Option<Place> {
        match direction {
            Direction::Forward => self
                .matches
                .range((Excluded(from), Unbounded))
                .next()
                .map(|(place, _)| *place),
            Direction::Backward => self
                .matches
                .range(..from)
                .next_back()
                .map(|(place, _)| *place),
        }
    }

    /// The first match when one comes round from the other end.
    fn extreme(&self, direction: Direction) -> Option<Place> {
        match direction {
            Direction::Forward => self.matches.first_key_value(),
            Direction::Backward => self.matches.last_key_value(),
        }
        .map(|(place, _)| *place)
    }

    /// The next match from a place; waits while rows are still searched.
    pub(super) fn next(&self, from: Place, direction: Direction) -> Need<Option<Place>> {
        if self.runs() {
            return Err(Stall::Search);
        }
        Ok(self
            .ahead(from, direction)
            .or_else(|| self.extreme(direction)))
    }

    /// The number of the current match, how many there are, and whether there may be more.
    pub(super) fn count(&self) -> (usize, usize, bool) {
        let number = self
            .current
            .filter(|place| self.matches.contains_key(place))
            .map_or(0, |place| self.matches.range(..=place).count());
        let more = self.runs() || self.matches.len() >= MATCHES_MAX;
        (number, self.matches.len(), more)
    }

    /// The matches of a line: their columns, the last excluded.
    pub(super) fn of_line(&self, line: u64) -> impl Iterator<Item = (usize, usize)> {
        let from = Place { line, column: 0 };
        let to = Place {
            line,
            column: usize::MAX,
        };
        self.matches
            .range(from..=to)
            .map(|(place, end)| (place.column, *end))
    }

    /// Rows that came to be known above the others are searched too.
    pub(super) fn also(&mut self, oldest: u64, before: u64) {
        if self.matches.len() < MATCHES_MAX {
            self.legs.push_back(Leg {
                direction: Direction::Backward,
                next: before,
                until: oldest,
            });
        }
    }

    /// Rows from here on have changed or came to be: they are searched again.
    pub(super) fn again_from(&mut self, book: &Book, row: u64) {
        let Ok(bounds) = book.bounds() else { return };
        drop(self.matches.split_off(&Place {
            line: row,
            column: 0,
        }));
        if self.matches.len() < MATCHES_MAX {
            self.legs.push_back(Leg {
                direction: Direction::Forward,
                next: row,
                until: bounds.end,
            });
        }
    }
}

/// Upper-case letters in it make it mind the case.
fn compile(text: &str) -> Result<Regex, String> {
    let (pattern, plain) = match text.strip_prefix(REGEX_FLAG) {
        Some(pattern) => (pattern.to_owned(), without_escapes(pattern)),
        None => (regex::escape(text), text.to_owned()),
    };
    let minds = plain.chars().any(char::is_uppercase);
    RegexBuilder::new(&pattern)
        .case_insensitive(!minds)
        .size_limit(COMPILED_MAX)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "the expression is too large".to_owned(),
            _ => "this is not a regular expression yet".to_owned(),
        })
}

/// Without `\S` and its like, whose letters say nothing about case.
fn without_escapes(pattern: &str) -> String {
    let mut out = String::new();
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        if c == '\\' {
            characters.next();
        } else {
            out.push(c);
        }
    }
    out
}
