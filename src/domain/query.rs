//! What can be asked without changing anything.

mod survey;

use serde::{Deserialize, Serialize};

use super::{
    Address, BeadFilter, BeadId, BeadView, CommentView, ConvoyView, Event, GraveView, MergeId,
    MergeView, NudgeView, QueueStop, ReadyFilter, RigName, RigView, Selection, Seq, TownView,
    WorkView,
};

pub use survey::*;

/// A question to the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "query", content = "args", rename_all = "kebab-case")]
pub enum Query {
    /// The live town: agents, rigs, queue, open convoys, counts. Answer: `Answer::Town`.
    Town,
    /// Some beads, also by unique part of the id. Answer: `Answer::Beads`, in the order asked.
    Beads {
        /// Ids as typed.
        ids: Vec<String>,
    },
    /// Beads that match. Answer: `Answer::Beads`.
    BeadList(Box<BeadFilter>),
    /// Beads that can be started. Answer: `Answer::Beads`.
    Ready(Box<ReadyFilter>),
    /// Beads of an expression, in an order. Answer: `Answer::Beads`.
    Select(Box<Selection>),
    /// How many beads match. Answer: `Answer::Count`.
    BeadCount(Box<BeadFilter>),
    /// Something about many beads at once. Answer: `Answer::Survey`.
    Survey(Box<Survey>),
    /// What was said about a bead, oldest first. Answer: `Answer::Comments`.
    Comments {
        /// As typed.
        bead: String,
    },
    /// Settings and kept values whose key begins so. Answer: `Answer::Kv`.
    Kv {
        /// The beginning; empty for all.
        prefix: String,
    },
    /// One page of the lines that an export writes. Answer: `Answer::Export`.
    Export {
        /// Where it begins.
        from: super::ExportFrom,
    },
    /// Convoys, open ones first. Answer: `Answer::Convoys`.
    Convoys {
        /// Closed ones too.
        all: bool,
    },
    /// One convoy by id, unique tail, or number in the list. Answer: `Answer::Convoys` with one.
    Convoy {
        /// As typed.
        id: String,
    },
    /// Merge requests: the open ones in their order, then the last five that ended. Answer: `Answer::Merges`.
    Merges {
        /// Of one rig.
        rig: Option<RigName>,
    },
    /// One merge request, however long ago it ended. Answer: `Answer::Merge`.
    Merge {
        /// Which.
        id: MergeId,
    },
    /// Events, oldest first. Answer: `Answer::Events`.
    Events(EventFilter),
    /// What the asker, or the named agent, has on its hook. Answer: `Answer::Work`.
    Work {
        /// Somebody else, as typed.
        agent: Option<String>,
    },
    /// One rig. Answer: `Answer::Rig`.
    Rig {
        /// Which.
        name: RigName,
    },
    /// Whose work is, or may be, under rescue refs, newest first. Answer: `Answer::Graves`.
    Graves,
    /// One nudge. Answer: `Answer::Nudge`.
    Nudge {
        /// Which.
        id: super::NudgeId,
    },
    /// Whose terminal is meant by a name, and which run to look at. Answer: `Answer::Seat`.
    Seat {
        /// As typed.
        agent: String,
    },
    /// The screen of an agent, through the engine: the way for agents, who have no key to the host.
    /// Answer: `Answer::Peek`.
    Peek {
        /// As typed.
        agent: String,
        /// How many lines at most.
        lines: u32,
    },
}

/// Which events.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EventFilter {
    /// Only later ones than this.
    #[serde(default)]
    pub after: Seq,
    /// Only up to this one.
    #[serde(default)]
    pub until: Option<Seq>,
    /// Not older than this wall time in milliseconds.
    #[serde(default)]
    pub since: Option<i64>,
    /// Of one rig.
    #[serde(default)]
    pub rig: Option<RigName>,
    /// About one bead.
    #[serde(default)]
    pub bead: Option<BeadId>,
    /// The last so many of those that match; 0 for all.
    #[serde(default)]
    pub limit: u32,
}

/// The answer to a query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", content = "value", rename_all = "kebab-case")]
pub enum Answer {
    /// To [`Query::Town`].
    Town(Box<TownView>),
    /// To [`Query::Beads`], [`Query::BeadList`] and [`Query::Ready`].
    Beads {
        /// They.
        beads: Vec<BeadView>,
        /// How many match in all; counted up to [`super::COUNTED_BEYOND`] beyond the page.
        total: u64,
    },
    /// To [`Query::BeadCount`].
    Count {
        /// So many.
        count: u64,
    },
    /// To [`Query::Survey`].
    Survey(Box<Surveyed>),
    /// To [`Query::Comments`].
    Comments {
        /// They.
        comments: Vec<CommentView>,
    },
    /// To [`Query::Kv`].
    Kv {
        /// Keys with their values, in the order of the keys.
        pairs: Vec<(String, String)>,
    },
    /// To [`Query::Export`].
    Export(Box<super::ExportPage>),
    /// To [`Query::Convoys`] and [`Query::Convoy`].
    Convoys {
        /// They.
        convoys: Vec<ConvoyView>,
    },
    /// To [`Query::Merges`].
    Merges {
        /// The queues that stand still, and why.
        stopped: Vec<(RigName, QueueStop)>,
        /// Waiting and under way, in their order.
        open: Vec<MergeView>,
        /// The last that ended, newest first.
        ended: Vec<MergeView>,
    },
    /// To [`Query::Merge`].
    Merge {
        /// It.
        merge: Box<MergeView>,
    },
    /// To [`Query::Events`].
    Events {
        /// They, oldest first.
        events: Vec<Event>,
        /// The newest sequence number there is.
        newest: Seq,
    },
    /// To [`Query::Work`].
    Work(Box<WorkView>),
    /// To [`Query::Rig`].
    Rig(Box<RigView>),
    /// To [`Query::Graves`].
    Graves {
        /// They.
        graves: Vec<GraveView>,
    },
    /// To [`Query::Nudge`].
    Nudge(Box<NudgeView>),
    /// To [`Query::Seat`].
    Seat(Box<SeatView>),
    /// To [`Query::Peek`].
    Peek {
        /// Whose.
        seat: Box<SeatView>,
        /// The lines, oldest first, or why there are none.
        lines: Vec<String>,
    },
}

/// A seat and the run to look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatView {
    /// The address.
    pub address: Address,
    /// Its newest run, if it ever had one.
    pub run: Option<super::RunId>,
    /// Whether that run lives.
    pub alive: bool,
    /// When it has ended: when, why, and where the work is, in one line.
    pub ended: Option<String>,
}
