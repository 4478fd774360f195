//! Looking back in one terminal: its state, the search that is being typed, where rows come from.

use super::rows::{rows_of, text_of};
use crate::console::field::Field;
use crate::screen::copy::{Ask, Begin, Copy, Direction, Due, Grip, Row, Told, Wish};
use crate::term::Screen;

/// How often the view moves while the mouse is held beyond its edge, in milliseconds.
const HOLD_EVERY: i64 = 50;

/// Looking back in one terminal.
#[derive(Debug)]
pub(crate) struct Back {
    pub(crate) copy: Copy,
    /// What is being typed to search for.
    pub(crate) field: Option<Field>,
    /// The rows as they were when it began.
    rows: Vec<Row>,
    height: u16,
    size: (u16, u16),
    held_at: i64,
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
            height: screen.size().1,
            size,
            held_at: 0,
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
        let from = usize::try_from(ask.from).unwrap_or(end).min(end);
        let count = usize::try_from(ask.count).unwrap_or(end);
        let rows = self.rows.iter().skip(from).take(count).cloned().collect();
        let number = |place: usize| u64::try_from(place).unwrap_or(u64::MAX);
        Told {
            oldest: 0,
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
        match self.copy.due()? {
            Due::Now => Some(0),
            Due::Soon => Some(self.held_at + HOLD_EVERY),
        }
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

    /// The whole history as text.
    pub(crate) fn text(screen: &Screen) -> String {
        text_of(&rows_of(screen))
    }
}
