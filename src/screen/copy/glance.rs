//! What the console says about looking back: where, how much came since, matches, link, problem.

use super::book::Bounds;
use super::search::{Direction, Search};
use super::select::Kind;
use super::state::{Copy, Grip};

/// How a search stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The number of the current match, from 1; 0 where there is none.
    pub(crate) number: usize,
    /// How many there are.
    pub(crate) total: usize,
    /// Whether there may be more.
    pub(crate) more: bool,
    /// Whether rows are still being searched.
    pub(crate) counting: bool,
}

/// Looking back in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glance {
    /// Who has the keyboard.
    pub(crate) grip: Grip,
    /// The cursor's row, or the first in view, from 1.
    pub(crate) row: u64,
    /// How many rows there are.
    pub(crate) rows: u64,
    /// How many came since it began.
    pub(crate) newer: u64,
    /// Where a link under the cursor leads; untrusted.
    pub(crate) link: Option<String>,
    /// How it is selected.
    pub(crate) selecting: Option<Kind>,
    /// The search.
    pub(crate) found: Option<Found>,
    /// The direction of the search that is being typed.
    pub(crate) typing: Option<Direction>,
    /// What is wrong with what is searched for.
    pub(crate) problem: Option<String>,
}

impl Copy {
    /// Looking back in a few words; none before the first rows came.
    pub(crate) fn glance(&self) -> Option<Glance> {
        let pose = self.pose?;
        let Bounds { oldest, top, end } = self.book.bounds().ok()?;
        let at = match self.grip {
            Grip::Keys => pose.cursor,
            Grip::Passive => pose.top,
        };
        let line = self.book.line(at.line).ok();
        let row = line.as_ref().map_or(at.line, |line| line.row_of(at.column));
        let link = line.and_then(|line| line.link_at(at.column).map(str::to_owned));
        let count = |search: &Search| {
            let (number, total, more) = search.count();
            Found {
                number,
                total,
                more,
                counting: search.runs(),
            }
        };
        Some(Glance {
            grip: self.grip,
            row: row.saturating_sub(oldest) + 1,
            rows: end - oldest,
            newer: top.saturating_sub(self.entered),
            link: link.filter(|_| self.grip == Grip::Keys),
            selecting: self.selection.map(|selection| selection.kind),
            found: self.search.as_ref().map(count),
            typing: self.prompt.map(|prompt| prompt.direction),
            problem: self.problem.clone(),
        })
    }

    /// Who has the keyboard.
    pub(crate) fn grip(&self) -> Grip {
        self.grip
    }

    /// Whether there is something to draw.
    pub(crate) fn is_open(&self) -> bool {
        self.pose.is_some()
    }
}
