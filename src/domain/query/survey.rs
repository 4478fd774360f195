//! Questions about many beads at once, answered without carrying the beads along: counts, states
//! of epics, the graph around a bead, its history.
//!
//! Whatever has no bound of its own comes in pages. Entry points: [`Survey`], [`Surveyed`].

use serde::{Deserialize, Serialize};

use crate::domain::{
    BeadFilter, BeadId, BeadStatus, BeadType, DepKind, Event, Priority, Refusal, RigName, Seq,
};

/// A question about many beads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "survey", content = "args", rename_all = "kebab-case")]
pub enum Survey {
    /// How many beads match, in all or by a field. Answer: [`Surveyed::Tally`].
    Tally {
        /// Which.
        filter: Box<BeadFilter>,
        /// In groups of this.
        by: Option<TallyBy>,
    },
    /// The ledger in numbers. Answer: [`Surveyed::Stats`].
    Stats(StatsAsk),
    /// Open epics with their children's numbers. Answer: [`Surveyed::Epics`].
    Epics {
        /// Only those whose children are all closed.
        closable: bool,
        /// After so many.
        offset: u32,
    },
    /// What a bead leads to over its edges. Answer: [`Surveyed::Reach`].
    Reach(ReachAsk),
    /// Beads that hold each other back in a circle. Answer: [`Surveyed::Circles`].
    Circles,
    /// What happened to one bead, deleted or not, oldest first. Answer: [`Surveyed::Past`].
    Past {
        /// As typed.
        bead: String,
        /// Only later than this.
        after: Seq,
    },
    /// Open beads that say the same. Answer: [`Surveyed::Doubles`].
    Doubles {
        /// Of one rig.
        rig: Option<RigName>,
    },
    /// Beads whose text lacks sections of their type. Answer: [`Surveyed::Lint`].
    Lint(Box<BeadFilter>),
}

/// The answer to a [`Survey`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "surveyed", content = "value", rename_all = "kebab-case")]
pub enum Surveyed {
    /// To [`Survey::Tally`].
    Tally {
        /// How many beads.
        total: u64,
        /// The groups, in the order of their names; a bead with two labels is in two.
        groups: Vec<(String, u64)>,
    },
    /// To [`Survey::Stats`].
    Stats(Stats),
    /// To [`Survey::Epics`].
    Epics {
        /// One page.
        epics: Vec<EpicTally>,
        /// Whether there are more.
        more: bool,
    },
    /// To [`Survey::Reach`].
    Reach(Reach),
    /// To [`Survey::Circles`].
    Circles {
        /// Each in the order of its edges, beginning with the smallest id.
        circles: Vec<Vec<BeadId>>,
    },
    /// To [`Survey::Past`].
    Past {
        /// The whole id.
        bead: BeadId,
        /// One page.
        events: Vec<Event>,
        /// Whether there are more.
        more: bool,
    },
    /// To [`Survey::Doubles`].
    Doubles {
        /// Groups of ids, the oldest bead of each first.
        groups: Vec<Vec<BeadId>>,
    },
    /// To [`Survey::Lint`].
    Lint {
        /// One page.
        found: Vec<Lacking>,
        /// How many beads lack something.
        total: u64,
    },
}

crate::domain::bead::word_enum!(
    /// What beads are counted by.
    TallyBy, "count by" {
        /// Where they stand.
        Status = "status",
        /// How urgent they are.
        Priority = "priority",
        /// What sort of work.
        Type = "type",
        /// Who works on them.
        Assignee = "assignee",
        /// Labels.
        Label = "label",
    }
);

/// Arguments of [`Survey::Stats`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatsAsk {
    /// Of one rig.
    pub rig: Option<RigName>,
    /// Assigned to this address.
    pub assignee: Option<String>,
    /// What happened since this wall time, in milliseconds.
    pub since: Option<i64>,
}

/// The ledger in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// Every bead but wisps, patterns and the town's own records.
    pub total: u64,
    /// By status, in words.
    pub by_status: Vec<(String, u64)>,
    /// Held back by others.
    pub blocked: u64,
    /// Can be started.
    pub ready: u64,
    /// Reference cards.
    pub pinned: u64,
    /// Open epics whose children are all closed.
    pub closable_epics: u64,
    /// From making to closing, on average, in milliseconds.
    pub lead_time: i64,
    /// What happened lately.
    pub activity: Option<Activity>,
}

impl Stats {
    /// How many stand so.
    pub fn of(&self, status: BeadStatus) -> u64 {
        let word = status.word();
        let found = self.by_status.iter().find(|(known, _)| known == word);
        found.map_or(0, |(_, count)| *count)
    }
}

/// What happened to beads in a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Made.
    pub created: u64,
    /// Closed or landed.
    pub closed: u64,
    /// Changed.
    pub updated: u64,
    /// Opened again.
    pub reopened: u64,
    /// Everything that happened to beads.
    pub all: u64,
}

/// An epic and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpicTally {
    /// The epic.
    pub id: BeadId,
    /// Its title.
    pub title: String,
    /// Its children.
    pub children: u64,
    /// Those that are closed.
    pub closed: u64,
}

impl EpicTally {
    /// Whether it has children and all of them are closed.
    pub const fn is_closable(&self) -> bool {
        self.children > 0 && self.children == self.closed
    }
}

crate::domain::bead::word_enum!(
    /// Which way edges are followed.
    #[derive(Default)]
    Direction, "direction" {
        /// To what a bead depends on.
        #[default]
        Down = "down",
        /// To what depends on it.
        Up = "up",
        /// Both.
        Both = "both",
    }
);

/// Arguments of [`Survey::Reach`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReachAsk {
    /// Where it begins, as typed.
    pub bead: String,
    /// Which way.
    pub direction: Direction,
    /// At most so many steps.
    pub depth: u32,
    /// Only edges of these meanings; empty for all.
    pub kinds: Vec<DepKind>,
}

/// What a bead leads to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// Where it begins.
    pub root: BeadId,
    /// The beads, nearest first; the first is where it begins.
    pub nodes: Vec<ReachNode>,
    /// Every edge among them that was followed.
    pub edges: Vec<ReachEdge>,
    /// Whether more would have been found with more steps or in a longer answer.
    pub cut: bool,
}

/// A bead in a graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReachNode {
    /// Its id; it may be one of another ledger.
    pub id: BeadId,
    /// Its title, shortened; empty when it is not in this ledger.
    pub title: String,
    /// Where it stands; `None` when it is not in this ledger.
    pub status: Option<BeadStatus>,
    /// The status in words that are not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_word: Option<String>,
    /// What sort of work.
    pub kind: BeadType,
    /// How urgent.
    pub priority: Priority,
    /// Whether an open blocker holds it back.
    pub is_blocked: bool,
    /// How many steps away.
    pub depth: u32,
}

impl ReachNode {
    /// Its status in the word to show.
    pub fn status_text(&self) -> &str {
        match self.status {
            Some(status) => status.word_or(self.status_word.as_deref()),
            None => "elsewhere",
        }
    }
}

/// An edge of a graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachEdge {
    /// The bead that depends.
    pub bead: BeadId,
    /// On this one.
    pub on: BeadId,
    /// In this sense, in the word to show.
    pub kind: String,
}

/// A bead that lacks sections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacking {
    /// The bead.
    pub id: BeadId,
    /// Its title.
    pub title: String,
    /// Its sort of work.
    pub kind: BeadType,
    /// The headings that are not there.
    pub missing: Vec<String>,
}
