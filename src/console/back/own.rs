//! Rows of a terminal that nobody can be asked for any more: its last screen, and the recording.
//!
//! Numbers go on from those that the host gave while it could be asked, so that the view stays.
//! Asks at nothing; what was recorded is handed in.

use super::rows::{before, go_on, rows_of};
use crate::screen::copy::{Ask, Row, Told};
use crate::term::Screen;

/// Rows that are kept while looking back.
const ROWS_MAX: usize = 50_000;

/// The rows of a screen, and what was recorded before.
#[derive(Debug)]
pub(super) struct Own {
    rows: Vec<Row>,
    /// The number of the first of them.
    first: u64,
    height: u16,
    /// Whether what was recorded was asked for.
    asked: bool,
    /// Set while that is waited for before anything else is told: a request that waits with it.
    waits: bool,
    open: Option<Ask>,
}

impl Own {
    /// The rows that a screen has, the first of them with this number.
    pub(super) fn of(screen: &Screen, first: u64) -> Self {
        Self {
            rows: rows_of(screen),
            first,
            height: screen.size().1,
            asked: false,
            waits: false,
            open: None,
        }
    }

    /// The same, in the place of a host that cannot be asked any more: nothing is told before what
    /// was recorded is there, for what is looked at may be in it.
    pub(super) fn instead(screen: &Screen, first: u64, open: Option<Ask>) -> Self {
        Self {
            waits: true,
            open,
            ..Self::of(screen, first)
        }
    }

    /// The rows that were asked for; none while they wait for the recording.
    pub(super) fn answer(&mut self, ask: Ask) -> Option<Told> {
        if self.waits {
            self.open = Some(ask);
            return None;
        }
        Some(self.tell(ask))
    }

    fn tell(&self, ask: Ask) -> Told {
        let end = self.rows.len();
        let from = usize::try_from(ask.from.saturating_sub(self.first))
            .unwrap_or(end)
            .min(end);
        let count = usize::try_from(ask.count).unwrap_or(end);
        let rows = self.rows.iter().skip(from).take(count).cloned().collect();
        let number = |place: usize| self.first + u64::try_from(place).unwrap_or(0);
        Told {
            oldest: self.first,
            top: number(end.saturating_sub(usize::from(self.height))),
            end: number(end),
            from: number(from),
            rows,
        }
    }

    /// Whether what was recorded is to be asked for now. Says yes once.
    pub(super) fn wants_recorded(&mut self, near: bool) -> bool {
        let wants = !self.asked && (near || self.waits);
        self.asked |= wants;
        wants
    }

    /// Takes over what the screen shows by now; says whether it fits to what is known.
    pub(super) fn catch_up(&mut self, screen: &Screen) -> bool {
        if !go_on(&mut self.rows, rows_of(screen)) {
            return false;
        }
        self.height = screen.size().1;
        let extra = self.rows.len().saturating_sub(ROWS_MAX);
        self.rows.drain(..extra);
        self.first += u64::try_from(extra).unwrap_or(0);
        true
    }

    /// Takes in what was recorded; says where the rows begin now, and what waited for it.
    pub(super) fn recorded(&mut self, rows: Vec<Row>) -> (u64, Option<Told>) {
        let mut rows = before(rows, &mut self.rows);
        self.first -= u64::try_from(rows.len()).unwrap_or(0).min(self.first);
        rows.append(&mut self.rows);
        self.rows = rows;
        self.waits = false;
        let open = self.open.take();
        (self.first, open.map(|ask| self.tell(ask)))
    }
}
