//! Looking back in one terminal: its state, the search that is being typed, where rows come from.

use super::rows::{before, go_on, rows_of, text_of};
use crate::console::field::Field;
use crate::screen::copy::{Ask, Begin, Copy, Direction, Due, Grip, Row, Told, Wish};
use crate::term::Screen;

/// How often the view moves while the mouse is held beyond its edge, in milliseconds.
const HOLD_EVERY: i64 = 50;

/// How often what came since is taken over, in milliseconds.
const FRESH_EVERY: i64 = 250;
/// Views above the top from which on what was recorded before is asked for.
const NEAR: u64 = 4;
/// Rows that are kept while looking back.
const ROWS_MAX: usize = 50_000;
/// The number of a screen's own first row: what is older is found out later.
const FIRST: u64 = 1 << 32;

/// Looking back in one terminal.
#[derive(Debug)]
pub(crate) struct Back {
    pub(crate) copy: Copy,
    /// What is being typed to search for.
    pub(crate) field: Option<Field>,
    /// The rows as they were when it began, and what was recorded before.
    rows: Vec<Row>,
    /// The number of the first of them.
    first: u64,
    height: u16,
    size: (u16, u16),
    held_at: i64,
    /// Output came that is not among the rows.
    stale: bool,
    /// When the rows were brought up to date.
    fresh_at: i64,
    /// Whether what was recorded was asked for.
    asked: bool,
}

impl Back {
    /// Begins on a screen that is shown from its row `first` on, in a view of this size.
    pub(crate) fn open(screen: &Screen, first: u16, size: (u16, u16), grip: Grip) -> Self {
        let cursor = screen.cursor();
        let begin = Begin {
            first,
            cursor: (cursor.column, cursor.row),
        };
        let (copy, wishes) = Copy::open(size, grip, begin);
        let mut back = Self {
            copy,
            field: None,
            rows: rows_of(screen),
            first: FIRST,
            height: screen.size().1,
            size,
            held_at: 0,
            stale: false,
            fresh_at: 0,
            asked: false,
        };
        drop(back.served(wishes));
        back
    }

    /// Does something and gives it the rows that it needs for that.
    pub(crate) fn act(&mut self, act: impl FnOnce(&mut Copy) -> Vec<Wish>) -> Vec<Wish> {
        let wishes = act(&mut self.copy);
        self.served(wishes)
    }

    /// What is left to wish for once the rows are there.
    fn served(&mut self, wishes: Vec<Wish>) -> Vec<Wish> {
        let mut open = std::collections::VecDeque::from(wishes);
        let mut rest = Vec::new();
        while let Some(wish) = open.pop_front() {
            match wish {
                Wish::Ask(ask) => {
                    let told = self.tell(ask);
                    open.extend(self.copy.hear(told));
                }
                other => rest.push(other),
            }
        }
        rest
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

    /// Takes over the size of the view; says whether it is another one.
    pub(crate) fn fits(&mut self, size: (u16, u16)) -> bool {
        std::mem::replace(&mut self.size, size) == size
    }

    /// Begins to type what is searched for.
    pub(crate) fn search(&mut self, direction: Direction) {
        self.field = Some(Field::default());
        self.copy.search_open(direction);
    }

    /// When something is due without any message, as wall time.
    pub(crate) fn due(&self) -> Option<i64> {
        let copy = self.copy.due().map(|due| match due {
            Due::Now => 0,
            Due::Soon => self.held_at + HOLD_EVERY,
        });
        let stale = self.stale.then_some(self.fresh_at + FRESH_EVERY);
        copy.into_iter().chain(stale).min()
    }

    /// Whether what was recorded before is needed now: for a cursor that may go anywhere, and for a
    /// view that comes near the oldest row. Says yes once.
    pub(crate) fn wants_recorded(&mut self) -> bool {
        let near = u64::from(self.size.1) * NEAR;
        let far = self.copy.glance().is_some_and(|glance| glance.row > near);
        let wants = !self.asked && (self.copy.grip() == Grip::Keys || !far);
        self.asked |= wants;
        wants
    }

    /// Output came.
    pub(crate) fn went_on(&mut self) {
        self.stale = true;
    }

    /// Takes over what came since, when that is due. The view stays where it is.
    pub(crate) fn catch_up(&mut self, screen: &Screen, now: i64) -> Vec<Wish> {
        if !self.stale || self.fresh_at + FRESH_EVERY > now {
            return Vec::new();
        }
        self.stale = false;
        self.fresh_at = now;
        if !go_on(&mut self.rows, rows_of(screen)) {
            return Vec::new();
        }
        self.height = screen.size().1;
        let extra = self.rows.len().saturating_sub(ROWS_MAX);
        self.rows.drain(..extra);
        self.first += u64::try_from(extra).unwrap_or(0);
        self.act(|copy| copy.refresh().map(Wish::Ask).into_iter().collect())
    }

    /// Does what is due.
    pub(crate) fn tick(&mut self, now: i64) -> Vec<Wish> {
        if self.due().is_none_or(|at| at > now) {
            return Vec::new();
        }
        self.held_at = now;
        self.act(|copy| {
            let mut wishes = copy.work();
            wishes.extend(copy.hold());
            wishes
        })
    }

    /// Takes in what was recorded; the view stays where it is.
    pub(crate) fn recorded(&mut self, rows: Vec<Row>) -> Vec<Wish> {
        let mut rows = before(rows, &mut self.rows);
        self.first -= u64::try_from(rows.len()).unwrap_or(0).min(self.first);
        rows.append(&mut self.rows);
        self.rows = rows;
        let oldest = self.first;
        self.act(|copy| copy.reach(oldest))
    }

    /// The whole history as text: what was recorded, then what the screen has itself.
    pub(crate) fn text(screen: &Screen, recorded: Vec<Row>) -> String {
        let mut own = rows_of(screen);
        let mut rows = before(recorded, &mut own);
        rows.extend(own);
        text_of(&rows)
    }
}
