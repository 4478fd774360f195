//! The state of looking back: where the view is, what is selected and searched for.
//!
//! Each step either happens whole or, where rows are missing, waits at the head of the queue until
//! they come; so no key is lost and no half of a move is shown. Entry points: [`Copy::act`] for
//! keys, [`Copy::hear`] for rows, [`Copy::work`] for a search that goes on.

use std::collections::VecDeque;

use super::act::Act;
use super::book::{Ask, Book, Stall, Told};
use super::line::Place;
use super::motion::{Motion, Pose};
use super::mouse::Pointer;
use super::search::{Direction, Search};
use super::select::Selection;
use super::view::Lens;

/// Steps that may wait for rows.
const STEPS_MAX: usize = 64;

/// Who has the keyboard while looking back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grip {
    /// Keys move the cursor here.
    Keys,
    /// Keys go to the agent, and end the looking back; only the view was moved, or the mouse used.
    Passive,
}

/// How the live terminal is shown when looking back begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Begin {
    /// The screen's row that is the first in view.
    pub(crate) first: u16,
    /// The cursor's column and row on the screen.
    pub(crate) cursor: (u16, u16),
}

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Rows are needed.
    Ask(Ask),
    /// This was copied.
    Copied(String),
    /// It was more than can be copied.
    TooLong,
    /// Tell the operator.
    Tell(&'static str),
    /// Looking back is over.
    Leave,
}

/// When there is something to do without any message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// At once: a search goes on.
    Now,
    /// In a moment: the mouse is held beyond the edge.
    Soon,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Begin(Begin),
    Act(Act, Option<u32>),
    Scroll(i64),
    Point(Pointer),
    Search(String),
    Land(Place),
    Settle,
}

/// What is being typed to search for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prompt {
    pub(super) direction: Direction,
    /// Where it began, to go back to.
    pub(super) from: Option<Pose>,
}

/// Looking back in one terminal.
#[derive(Debug)]
pub(crate) struct Copy {
    pub(super) book: Book,
    pub(super) lens: Lens,
    pub(super) pose: Option<Pose>,
    pub(super) selection: Option<Selection>,
    pub(super) search: Option<Search>,
    pub(super) prompt: Option<Prompt>,
    /// What is wrong with what is searched for.
    pub(super) problem: Option<String>,
    pub(super) grip: Grip,
    /// Where the mouse button went down.
    pub(super) pressed: Option<Place>,
    /// The mouse is held there, beyond the edge.
    pub(super) edge: Option<Pointer>,
    /// The screen's top when it began.
    pub(super) entered: u64,
    count: Option<u32>,
    steps: VecDeque<Step>,
}

impl Copy {
    /// Begins to look back in a view of this size.
    pub(crate) fn open(size: (u16, u16), grip: Grip, begin: Begin) -> (Self, Vec<Wish>) {
        let mut copy = Self {
            book: Book::default(),
            lens: Lens::new(size),
            pose: None,
            selection: None,
            search: None,
            prompt: None,
            problem: None,
            grip,
            pressed: None,
            edge: None,
            entered: 0,
            count: None,
            steps: VecDeque::from([Step::Begin(begin)]),
        };
        let wishes = copy.run();
        (copy, wishes)
    }

    /// Takes the keyboard as well.
    pub(crate) fn grab(&mut self) -> Vec<Wish> {
        self.grip = Grip::Keys;
        self.push(Step::Scroll(0))
    }

    /// Does what a key means.
    pub(crate) fn act(&mut self, act: Act) -> Vec<Wish> {
        let count = self.count.take();
        match act {
            Act::Escape => self.escape(),
            Act::Leave => vec![Wish::Leave],
            _ => self.push(Step::Act(act, count)),
        }
    }

    /// Takes a digit of a count; says whether it was one.
    pub(crate) fn digit(&mut self, digit: u32) -> bool {
        let fresh = self.count.is_none();
        if fresh && digit == 0 {
            return false;
        }
        let count = self.count.unwrap_or(0);
        self.count = Some(count.saturating_mul(10).saturating_add(digit));
        true
    }

    /// The count that is being typed.
    pub(crate) fn pending_count(&self) -> Option<u32> {
        self.count
    }

    /// Moves the view by rows: up where positive.
    pub(crate) fn scroll(&mut self, rows: i64) -> Vec<Wish> {
        self.push(Step::Scroll(rows))
    }

    /// Takes what the mouse did over the view.
    pub(crate) fn point(&mut self, pointer: Pointer) -> Vec<Wish> {
        self.push(Step::Point(pointer))
    }

    /// Rows came.
    pub(crate) fn hear(&mut self, told: Told) -> Vec<Wish> {
        let changed = self.book.hear(told);
        if let Some(row) = changed
            && let Some(search) = &mut self.search
            && let Ok(first) = self.book.first_of(row)
        {
            search.again_from(&self.book, first);
        }
        self.work()
    }

    /// There are older rows than was known: the view stays, a search goes on in them.
    pub(crate) fn reach(&mut self, oldest: u64) -> Vec<Wish> {
        let Some(before) = self.book.reach(oldest) else {
            return Vec::new();
        };
        if let Some(search) = &mut self.search {
            search.also(oldest, before);
        }
        let mut wishes = self.push(Step::Settle);
        wishes.extend(self.work());
        wishes
    }

    /// Rows from here on may have been cut anew, for the terminal has another size.
    pub(crate) fn doubt(&mut self, from: u64) {
        self.book.doubt(from);
    }

    /// The view has another size.
    pub(crate) fn resize(&mut self, size: (u16, u16)) -> Vec<Wish> {
        let lens = Lens::new(size);
        if lens == self.lens {
            return Vec::new();
        }
        self.lens = lens;
        self.push(Step::Settle)
    }

    /// The request that keeps the newest rows true while output comes.
    pub(crate) fn refresh(&mut self) -> Option<Ask> {
        self.book.refresh(self.selection.is_none())
    }

    /// Begins to type what is searched for.
    pub(crate) fn search_open(&mut self, direction: Direction) {
        self.problem = None;
        self.prompt = Some(Prompt {
            direction,
            from: self.pose,
        });
    }

    /// Takes over what was typed so far.
    pub(crate) fn search_text(&mut self, text: &str) -> Vec<Wish> {
        self.steps.retain(|step| !matches!(step, Step::Search(_)));
        self.push(Step::Search(text.to_owned()))
    }

    /// Keeps what was found.
    pub(crate) fn search_accept(&mut self) {
        self.prompt = None;
    }

    /// Goes back to where the search began.
    pub(crate) fn search_cancel(&mut self) -> Vec<Wish> {
        self.search = None;
        self.problem = None;
        self.steps.retain(|step| !matches!(step, Step::Search(_)));
        if let Some(prompt) = self.prompt.take()
            && let Some(pose) = prompt.from
        {
            self.pose = Some(pose);
        }
        self.push(Step::Settle)
    }

    /// Goes on with a search and with a mouse that is held beyond the edge.
    pub(crate) fn work(&mut self) -> Vec<Wish> {
        let mut wishes = Vec::new();
        if let Some(search) = &mut self.search {
            let stalled = search.step(&self.book).err();
            if let Some(place) = search.land() {
                self.steps.push_front(Step::Land(place));
            }
            if let Some(Stall::Rows(ask)) = stalled {
                wishes.extend(self.book.ask(ask).map(Wish::Ask));
            }
        }
        wishes.extend(self.run());
        wishes
    }

    /// The mouse is still held beyond the edge.
    pub(crate) fn hold(&mut self) -> Vec<Wish> {
        match self.edge {
            Some(pointer) => self.point(pointer),
            None => Vec::new(),
        }
    }

    /// When there is something to do without any message.
    pub(crate) fn due(&self) -> Option<Due> {
        let searching = self.search.as_ref().is_some_and(Search::runs);
        if searching && !self.book.waits() {
            return Some(Due::Now);
        }
        self.edge.is_some().then_some(Due::Soon)
    }

    fn push(&mut self, step: Step) -> Vec<Wish> {
        if self.steps.len() < STEPS_MAX {
            self.steps.push_back(step);
        }
        self.run()
    }

    fn run(&mut self) -> Vec<Wish> {
        let mut wishes = Vec::new();
        while let Some(step) = self.steps.front().cloned() {
            match self.perform(&step) {
                Ok(more) => {
                    self.steps.pop_front();
                    wishes.extend(more);
                }
                Err(Stall::Rows(ask)) => {
                    wishes.extend(self.book.ask(ask).map(Wish::Ask));
                    break;
                }
                Err(Stall::Search) => break,
            }
        }
        wishes
    }

    pub(super) fn motion(&self) -> Motion<'_> {
        Motion {
            book: &self.book,
            lens: self.lens,
        }
    }

    /// Stops what waits; else clears the selection, then the search, then leaves.
    fn escape(&mut self) -> Vec<Wish> {
        let waiting = self.pose.is_some() && !self.steps.is_empty();
        let searching = self.search.as_ref().is_some_and(Search::runs);
        if waiting || searching {
            self.steps.clear();
            if let Some(search) = &mut self.search {
                search.stop();
            }
        } else if self.selection.take().is_none() && self.search.take().is_none() {
            return vec![Wish::Leave];
        }
        Vec::new()
    }
}
