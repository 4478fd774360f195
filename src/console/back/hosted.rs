//! Rows of a living terminal, as the host numbers them; what is older than it has, as recorded.
//!
//! Asks for pages only and keeps none but the recorded ones: those that came are in the book of
//! `screen::copy`. A number stays a row's own while output comes. Entry point: [`Hosted::answer`].

use std::collections::BTreeMap;

use super::rows::{inherit, of_packed, rows_of};
use crate::client::Rows;
use crate::console::msg::Past;
use crate::screen::copy::{Ask, Row, Told};
use crate::term::Screen;

/// The number that the host's row 0 has here: what was recorded may count as older still.
pub(super) const FIRST: u64 = 1 << 32;
/// Rows with marks and links that are kept.
const TAGGED_MAX: usize = 4_096;
/// Rows above the top of the screen that another size may have cut anew.
const RECUT: u64 = 256;

/// How far the recording is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// Nobody needed it.
    Not,
    /// Somebody needs it.
    Wanted,
    /// It was asked for.
    Asked,
    /// It came.
    Done,
    /// There is none.
    Failed,
}

/// Where the host's rows lie.
#[derive(Clone, Copy, Debug)]
struct Known {
    oldest: u64,
    top: u64,
}

/// What becomes of a request for rows.
#[derive(Debug)]
pub(super) enum Asked {
    /// They are here.
    Told(Told),
    /// The host has them; the number is the host's own.
    Host(Ask),
    /// They come with the recording.
    Later,
}

/// The rows of a living terminal.
#[derive(Debug)]
pub(super) struct Hosted {
    known: Option<Known>,
    height: u16,
    /// The oldest row that can be looked at.
    floor: u64,
    /// What was recorded before the host's oldest row, and the number of the row after it.
    older: (Vec<Row>, u64),
    reading: Reading,
    /// The request that was not answered yet.
    open: Option<Ask>,
    /// Rows on the screen with marks and links, which the host does not tell.
    tagged: BTreeMap<u64, Row>,
    /// By how much the host's numbers are ahead of those of the screen here.
    ahead: Option<u64>,
}

impl Hosted {
    pub(super) fn new(screen: &Screen) -> Self {
        Self {
            known: None,
            height: screen.size().1,
            floor: 0,
            older: (Vec::new(), 0),
            reading: Reading::Not,
            open: None,
            tagged: BTreeMap::new(),
            ahead: None,
        }
    }

    /// Answers a request, or says where its rows are.
    pub(super) fn answer(&mut self, ask: Ask) -> Asked {
        if let Some(known) = self.known
            && ask.count > 0
            && ask.from < known.oldest
        {
            if let Some(told) = self.recorded_rows(ask, known) {
                return Asked::Told(told);
            }
            self.open = Some(ask);
            if !matches!(self.reading, Reading::Failed | Reading::Asked) {
                self.reading = Reading::Wanted;
            }
            if self.reading != Reading::Failed {
                return Asked::Later;
            }
        }
        self.open = Some(ask);
        Asked::Host(Ask {
            from: ask.from.saturating_sub(FIRST),
            count: ask.count,
        })
    }

    fn recorded_rows(&self, ask: Ask, known: Known) -> Option<Told> {
        let (rows, until) = &self.older;
        let first = until - u64::try_from(rows.len()).unwrap_or(0);
        let at = usize::try_from(ask.from.checked_sub(first)?).ok()?;
        let count = usize::try_from(ask.count).unwrap_or(usize::MAX);
        let rows: Vec<Row> = rows.get(at..)?.iter().take(count).cloned().collect();
        (!rows.is_empty()).then(|| Told {
            rows,
            from: ask.from,
            ..self.bounds(known)
        })
    }

    /// Where the rows lie, without any of them.
    fn bounds(&self, known: Known) -> Told {
        Told {
            oldest: self.floor,
            top: known.top,
            end: known.top + u64::from(self.height),
            from: known.top,
            rows: Vec::new(),
        }
    }

    /// Takes in what the host says. The oldest row that can be looked at stays the same: what the
    /// host has dropped since is in the recording.
    pub(super) fn hear(&mut self, rows: Rows, screen: &Screen) -> Told {
        let known = Known {
            oldest: FIRST + rows.oldest,
            top: FIRST + rows.top,
        };
        if self.known.is_none() || self.reading == Reading::Failed {
            self.floor = known.oldest;
        }
        self.floor = self.floor.min(known.oldest);
        self.known = Some(known);
        self.height = screen.size().1;
        self.open = None;
        let ahead = rows.top.saturating_sub(screen.top());
        self.ahead = Some(self.ahead.map_or(ahead, |before| before.min(ahead)));
        let from = FIRST + rows.from;
        let mut told: Vec<Row> = rows.rows.into_iter().map(of_packed).collect();
        let end = from + u64::try_from(told.len()).unwrap_or(0);
        if end > known.top {
            self.note_tags(known.top, screen);
        }
        for (number, row) in (from..).zip(&mut told) {
            if let Some(tagged) = self.tagged.get_mut(&number) {
                inherit(std::slice::from_mut(row), std::slice::from_mut(tagged));
            }
        }
        Told {
            from,
            rows: told,
            ..self.bounds(known)
        }
    }

    /// Keeps what is marked on the screen, for as long as it is looked back.
    fn note_tags(&mut self, top: u64, screen: &Screen) {
        let rows = rows_of(screen);
        let above = rows.len().saturating_sub(usize::from(screen.size().1));
        for (number, row) in (top..).zip(rows.into_iter().skip(above)) {
            if row.mark.is_some() || !row.links.is_empty() {
                self.tagged.insert(number, row);
            }
        }
        while self.tagged.len() > TAGGED_MAX {
            self.tagged.pop_first();
        }
    }

    /// Whether what was recorded before the host's rows is to be asked for now; `near` when the
    /// view may soon come there. Says yes once for each need.
    pub(super) fn wants_recorded(&mut self, near: bool) -> bool {
        let more = self.known.is_some_and(|known| known.oldest > FIRST);
        let wants = match self.reading {
            Reading::Not => near && more,
            Reading::Wanted => true,
            Reading::Asked | Reading::Done | Reading::Failed => false,
        };
        if wants {
            self.reading = Reading::Asked;
        }
        wants
    }

    /// Takes in what was recorded, or that there is nothing; says where the rows begin now, and
    /// what waited for it.
    pub(super) fn recorded(&mut self, past: Option<Past>) -> Option<(u64, Option<Told>)> {
        let known = self.known?;
        match past {
            Some(Past {
                rows,
                until: Some(until),
            }) if !rows.is_empty() => {
                let until = FIRST + until;
                self.floor = until - u64::try_from(rows.len()).unwrap_or(0).min(until);
                self.older = (rows, until);
                self.reading = Reading::Done;
            }
            Some(_) | None => {
                self.floor = known.oldest;
                self.reading = Reading::Failed;
            }
        }
        let waits = self
            .open
            .filter(|ask| ask.from < known.oldest && ask.count > 0);
        if waits.is_some_and(|ask| self.reading == Reading::Done && ask.from >= self.older.1) {
            // The host dropped more rows meanwhile.
            self.reading = Reading::Wanted;
            return Some((self.floor, None));
        }
        let told = waits.map(|ask| {
            self.open = None;
            let from = ask.from.max(self.floor);
            let there = self.recorded_rows(Ask { from, ..ask }, known);
            there.unwrap_or_else(|| self.bounds(known))
        });
        Some((self.floor, told))
    }

    /// From which row on another size may have cut the rows anew.
    pub(super) fn doubtful(&self) -> Option<u64> {
        self.known.map(|known| known.top.saturating_sub(RECUT))
    }

    /// The host cannot be asked any more: the number of the first row that a screen has, and the
    /// request that is open.
    pub(super) fn end(&mut self, screen: &Screen) -> (u64, Option<Ask>) {
        let first = FIRST + self.ahead.unwrap_or(0) + screen.oldest();
        (first, self.open.take())
    }
}
