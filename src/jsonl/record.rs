//! One issue of a file with every field that `bd` ever wrote, in plain values.
//!
//! Owns the shape alone: nothing here is validated against a ledger, words of status, type and
//! dependency stay the words of the file, and what no field takes stands in `extra` in its order.
//! Absent and empty are the same value; which of them a file wrote is known to the line it came
//! from. Entry point: [`Record`].

use super::stamp::Stamp;

/// JSON text, kept as it was written.
pub type RawJson = String;

/// An issue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The id; never empty in what was read.
    pub id: String,
    /// The title.
    pub title: String,
    /// The description.
    pub description: String,
    /// How it shall be built.
    pub design: String,
    /// What must hold when it is done.
    pub acceptance_criteria: String,
    /// Notes.
    pub notes: String,
    /// The word for the status; `open` when the file has none.
    pub status: String,
    /// 0 to 4; 0 when the file has none, as the programs that wrote such files read it.
    pub priority: Option<i64>,
    /// The word for the type; `task` when the file has none.
    pub issue_type: String,
    /// An estimate in minutes.
    pub estimated_minutes: Option<i64>,
    /// Free data, as JSON text.
    pub metadata: Option<RawJson>,
    /// Labels, in the order of the file.
    pub labels: Vec<String>,
    /// What this issue depends on, in the order of the file.
    pub dependencies: Vec<Dependency>,
    /// Comments, in the order of the file.
    pub comments: Vec<Comment>,
    /// Who has to do with it.
    pub people: People,
    /// When it was made, changed, closed.
    pub life: Life,
    /// Where it came from.
    pub origin: Origin,
    /// What a summary left of it.
    pub compaction: Compaction,
    /// What it is beside work.
    pub traits: Traits,
    /// The gate, when it is one.
    pub gate: Gate,
    /// The molecule it belongs to.
    pub molecule: Molecule,
    /// The event, when it is one.
    pub event: EventFields,
    /// How it was deleted, when it was.
    pub tombstone: Tombstone,
    /// What the writer counted; derived from other rows.
    pub counts: Counts,
    /// Keys that are no field here, with their JSON text, in their order.
    pub extra: Vec<(String, RawJson)>,
}

/// Who has to do with an issue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct People {
    /// Who works on it.
    pub assignee: String,
    /// The person accountable for it.
    pub owner: String,
    /// Who made it.
    pub created_by: String,
    /// Who sent it, when it is a message.
    pub sender: String,
}

/// When an issue was made, changed and closed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Life {
    /// Made.
    pub created_at: Option<Stamp>,
    /// Last changed.
    pub updated_at: Option<Stamp>,
    /// First taken up.
    pub started_at: Option<Stamp>,
    /// Closed.
    pub closed_at: Option<Stamp>,
    /// Why it was closed.
    pub close_reason: String,
    /// The agent session that closed it.
    pub closed_by_session: String,
    /// When it shall be done.
    pub due_at: Option<Stamp>,
    /// Until when it is not ready.
    pub defer_until: Option<Stamp>,
}

/// Where an issue came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// A document that specifies it.
    pub spec_id: String,
    /// Its name in another tracker.
    pub external_ref: String,
    /// The adapter that brought it.
    pub source_system: String,
    /// The formula that poured it.
    pub source_formula: String,
    /// The place in that formula.
    pub source_location: String,
}

/// What a summary left of an issue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compaction {
    /// How often it was summarised.
    pub compaction_level: Option<i64>,
    /// When.
    pub compacted_at: Option<Stamp>,
    /// At which commit.
    pub compacted_at_commit: String,
    /// Its size before.
    pub original_size: Option<i64>,
}

/// What an issue is beside work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traits {
    /// Short-lived (a wisp).
    pub ephemeral: bool,
    /// Without history, yet kept.
    pub no_history: bool,
    /// The class that says how long a wisp lives.
    pub wisp_type: String,
    /// A reference card.
    pub pinned: bool,
    /// A template.
    pub is_template: bool,
}

/// A gate: what is waited for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gate {
    /// The kind of thing.
    pub await_type: String,
    /// Which one.
    pub await_id: String,
    /// How long, in nanoseconds.
    pub timeout: Option<i64>,
    /// Who waits, as mail addresses.
    pub waiters: Vec<String>,
}

/// The molecule an issue belongs to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Molecule {
    /// What it was bonded from.
    pub bonded_from: Vec<Bond>,
    /// `swarm`, `patrol` or `work`.
    pub mol_type: String,
    /// `mutex` or `open_competition`.
    pub work_type: String,
}

/// One bond of a molecule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bond {
    /// The other molecule.
    pub source_id: String,
    /// The kind of bond.
    pub bond_type: String,
    /// The step it hangs on.
    pub bond_point: String,
    /// Keys that are no field here.
    pub extra: Vec<(String, RawJson)>,
}

/// An event that was filed as an issue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventFields {
    /// What happened.
    pub event_kind: String,
    /// Who did it.
    pub actor: String,
    /// To what.
    pub target: String,
    /// More, as text.
    pub payload: String,
}

/// How an issue was deleted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tombstone {
    /// When.
    pub deleted_at: Option<Stamp>,
    /// By whom.
    pub deleted_by: String,
    /// Why.
    pub delete_reason: String,
    /// The type it had.
    pub original_type: String,
}

/// What the writer counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// `blocks` edges from it.
    pub dependency_count: Option<i64>,
    /// `blocks` edges to it.
    pub dependent_count: Option<i64>,
    /// Its comments.
    pub comment_count: Option<i64>,
    /// Its parent.
    pub parent: String,
}

/// An edge: `issue_id` depends on `depends_on_id`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dependency {
    /// The issue that depends.
    pub issue_id: String,
    /// The issue depended on; one edge per pair.
    pub depends_on_id: String,
    /// The word for the kind; `blocks` when the file has none.
    pub kind: String,
    /// When the edge was made.
    pub created_at: Option<Stamp>,
    /// By whom.
    pub created_by: String,
    /// JSON text as a string; `{}` in newer files.
    pub metadata: Option<String>,
    /// The conversation it stands for.
    pub thread_id: String,
    /// Keys that are no field here.
    pub extra: Vec<(String, RawJson)>,
}

/// A comment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comment {
    /// The id as the file has it: `12`, or a string with its quotes; empty when there is none.
    pub id: RawJson,
    /// The issue it stands under.
    pub issue_id: String,
    /// Who wrote it.
    pub author: String,
    /// What.
    pub text: String,
    /// When.
    pub created_at: Option<Stamp>,
    /// Keys that are no field here.
    pub extra: Vec<(String, RawJson)>,
}

impl Record {
    /// Whether the record stands for a deleted issue. A `deleted_at` alone does not make one: real
    /// files have live issues that carry it.
    pub fn is_tombstone(&self) -> bool {
        self.status == "tombstone"
    }

    /// The last time anything happened to it, for choosing between two versions.
    pub fn changed_at(&self) -> i64 {
        let of = |stamp: &Option<Stamp>| stamp.as_ref().map(|stamp| stamp.nanos);
        of(&self.life.updated_at)
            .max(of(&self.tombstone.deleted_at))
            .or(of(&self.life.created_at))
            .unwrap_or(i64::MIN)
    }

    /// Counts anew what can be counted from the record and what the caller counted; for a record
    /// that carries counts (`bd export`), before it is written again.
    pub fn count(&mut self, dependents: i64) {
        let blocks = |edge: &&Dependency| edge.kind == "blocks";
        let length = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let edges = self.dependencies.iter().filter(blocks).count();
        self.counts.dependency_count = Some(length(edges));
        self.counts.dependent_count = Some(dependents);
        self.counts.comment_count = Some(length(self.comments.len()));
    }
}
