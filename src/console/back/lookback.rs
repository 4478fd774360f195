//! Looking back in one terminal: its state, the search that is being typed, where rows come from.

use super::hosted::{Asked, FIRST, Hosted};
use super::own::Own;
use super::rows::{before, rows_of, text_of};
use crate::client::Rows;
use crate::console::field::Field;
use crate::console::msg::{Past, Stream, Wanted};
use crate::screen::copy::{Ask, Begin, Copy, Direction, Due, Grip, Row, Told, Wish};
use crate::term::Screen;

/// How often the view moves while the mouse is held beyond its edge, in milliseconds.
const HOLD_EVERY: i64 = 50;

/// How often what came since is taken over, in milliseconds.
const FRESH_EVERY: i64 = 250;
/// Views above the top from which on what was recorded before is asked for.
const NEAR: u64 = 4;

/// Who has the rows.
#[derive(Debug)]
enum Keeper {
    /// The host, for its terminal lives.
    Host(Hosted),
    /// Nobody but the screen here and the recording.
    Own(Own),
}

/// Looking back in one terminal.
#[derive(Debug)]
pub(crate) struct Back {
    /// The number under which rows are asked for.
    pub(crate) who: Stream,
    pub(crate) copy: Copy,
    /// What is being typed to search for.
    pub(crate) field: Option<Field>,
    keeper: Keeper,
    size: (u16, u16),
    held_at: i64,
    /// Output came that is not among the rows.
    stale: bool,
    /// When the rows were brought up to date.
    fresh_at: i64,
}

impl Back {
    /// Begins on a screen whose rows the host has, with the first of its requests.
    pub(crate) fn of_host(
        who: Stream,
        screen: &Screen,
        (first, size): (u16, (u16, u16)),
        grip: Grip,
    ) -> (Self, Vec<Wish>) {
        let keeper = Keeper::Host(Hosted::new(screen));
        Self::begin(who, screen, (first, size), grip, keeper)
    }

    /// Begins on a screen that has all the rows there are, but for what was recorded.
    pub(crate) fn of_screen(
        who: Stream,
        screen: &Screen,
        (first, size): (u16, (u16, u16)),
        grip: Grip,
    ) -> (Self, Vec<Wish>) {
        let keeper = Keeper::Own(Own::of(screen, FIRST));
        Self::begin(who, screen, (first, size), grip, keeper)
    }

    /// Begins on a screen that is shown from its row `first` on, in a view of this size.
    fn begin(
        who: Stream,
        screen: &Screen,
        (first, size): (u16, (u16, u16)),
        grip: Grip,
        keeper: Keeper,
    ) -> (Self, Vec<Wish>) {
        let cursor = screen.cursor();
        let begin = Begin {
            first,
            cursor: (cursor.column, cursor.row),
        };
        let (copy, wishes) = Copy::open(size, grip, begin);
        let mut back = Self {
            who,
            copy,
            field: None,
            keeper,
            size,
            held_at: 0,
            stale: false,
            fresh_at: 0,
        };
        let wishes = back.served(wishes);
        (back, wishes)
    }

    /// Does something and gives it the rows that it needs for that, as far as they are here.
    pub(crate) fn act(&mut self, act: impl FnOnce(&mut Copy) -> Vec<Wish>) -> Vec<Wish> {
        let wishes = act(&mut self.copy);
        self.served(wishes)
    }

    /// What is left to wish for once the rows are there; a request that is left is the host's to
    /// answer.
    fn served(&mut self, wishes: Vec<Wish>) -> Vec<Wish> {
        let mut open = std::collections::VecDeque::from(wishes);
        let mut rest = Vec::new();
        while let Some(wish) = open.pop_front() {
            let Wish::Ask(ask) = wish else {
                rest.push(wish);
                continue;
            };
            match self.answer(ask) {
                Asked::Told(told) => open.extend(self.copy.hear(told)),
                Asked::Host(ask) => rest.push(Wish::Ask(ask)),
                Asked::Later => {}
            }
        }
        rest
    }

    fn answer(&mut self, ask: Ask) -> Asked {
        match &mut self.keeper {
            Keeper::Host(hosted) => hosted.answer(ask),
            Keeper::Own(own) => own.answer(ask).map_or(Asked::Later, Asked::Told),
        }
    }

    fn hear(&mut self, told: Told) -> Vec<Wish> {
        self.act(|copy| copy.hear(told))
    }

    /// Takes in rows that were asked of the host.
    pub(crate) fn rows(&mut self, rows: Rows, screen: &Screen) -> Vec<Wish> {
        match &mut self.keeper {
            Keeper::Host(hosted) => {
                let told = hosted.hear(rows, screen);
                self.hear(told)
            }
            Keeper::Own(_) => Vec::new(),
        }
    }

    /// The host cannot be asked any more: the screen here and the recording must do. The view
    /// stays, also where it shows rows that only the recording has now.
    pub(crate) fn without_host(&mut self, screen: &Screen) {
        if let Keeper::Host(hosted) = &mut self.keeper {
            let (first, open) = hosted.end(screen);
            self.keeper = Keeper::Own(Own::instead(screen, first, open));
        }
    }

    /// Takes over the size of the view; says whether it is another one.
    pub(crate) fn fits(&mut self, size: (u16, u16)) -> bool {
        std::mem::replace(&mut self.size, size) == size
    }

    /// The terminal has another size: rows near its screen may be cut anew.
    pub(crate) fn resized(&mut self) {
        self.stale = true;
        if let Keeper::Host(hosted) = &self.keeper
            && let Some(row) = hosted.doubtful()
        {
            self.copy.doubt(row);
        }
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

    /// What of the recording is needed now: for a cursor that may go anywhere, and for a view that
    /// comes near the oldest row. Says so once.
    pub(crate) fn wants_recorded(&mut self) -> Option<Wanted> {
        let rows = u64::from(self.size.1) * NEAR;
        let keys = self.copy.grip() == Grip::Keys;
        let near = self
            .copy
            .glance()
            .is_some_and(|glance| keys || glance.row <= rows);
        match &mut self.keeper {
            Keeper::Host(hosted) => hosted.wants_recorded(near).then_some(Wanted::Older),
            Keeper::Own(own) => own.wants_recorded(near).then_some(Wanted::Look),
        }
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
        self.fresh_at = now;
        if let Keeper::Own(own) = &mut self.keeper
            && !own.catch_up(screen)
        {
            self.stale = false;
            return Vec::new();
        }
        match self.copy.refresh() {
            Some(ask) => {
                self.stale = false;
                self.act(|_| vec![Wish::Ask(ask)])
            }
            // Another request is out, or nothing came yet.
            None => Vec::new(),
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

    /// Takes in what was recorded, or that nothing was; the view stays where it is.
    pub(crate) fn recorded(&mut self, past: Option<Past>) -> Vec<Wish> {
        let come = match &mut self.keeper {
            Keeper::Host(hosted) => hosted.recorded(past),
            Keeper::Own(own) => Some(own.recorded(past.unwrap_or_default().rows)),
        };
        let Some((oldest, told)) = come else {
            return Vec::new();
        };
        let mut wishes = self.act(|copy| copy.reach(oldest));
        if let Some(told) = told {
            wishes.extend(self.hear(told));
        }
        wishes
    }

    /// The whole history as text: what was recorded, then what the screen has itself.
    pub(crate) fn text(screen: &Screen, recorded: Vec<Row>) -> String {
        let mut own = rows_of(screen);
        let mut rows = before(recorded, &mut own);
        rows.extend(own);
        text_of(&rows)
    }
}
