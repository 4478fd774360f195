//! How a bead is shown: all its fields, what stands around it, its comments.

use serde::{Deserialize, Serialize};

use super::{BeadId, BeadMore, BeadStatus, BeadType, ConvoyId, DepKind, Priority, RigName};

/// A bead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BeadView {
    /// Its id.
    pub id: BeadId,
    /// Its rig; `None` for the town's own.
    pub rig: Option<RigName>,
    /// One line.
    pub title: String,
    /// Longer text.
    pub description: String,
    /// Where it stands.
    pub status: BeadStatus,
    /// The status in words that are not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_word: Option<String>,
    /// What sort of work.
    pub kind: BeadType,
    /// The sort of work in words that are not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind_word: Option<String>,
    /// How urgent.
    pub priority: Priority,
    /// Who works on it, as an address.
    pub assignee: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When, wall milliseconds.
    pub created_at: i64,
    /// When it was changed last.
    pub updated_at: i64,
    /// When it was closed.
    pub closed_at: Option<i64>,
    /// Why it was closed.
    pub close_reason: Option<String>,
    /// Labels, sorted.
    pub labels: Vec<String>,
    /// What it depends on.
    pub depends_on: Vec<EdgeView>,
    /// What depends on it.
    pub dependents: Vec<EdgeView>,
    /// Whether an open blocker holds it back.
    pub is_blocked: bool,
    /// The open convoy that tracks it.
    pub convoy: Option<ConvoyId>,
    /// How many comments it has.
    #[serde(default)]
    pub comments: u64,
    /// The less common fields.
    #[serde(default)]
    pub rest: Box<BeadRest>,
}

/// The less common fields of a bead. Texts are empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BeadRest {
    /// How it shall be done.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub design: String,
    /// When it is done.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub acceptance: String,
    /// What was learnt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// The document that specifies it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub spec_id: String,
    /// The person who answers for it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Its name elsewhere, such as `gh-9`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub external_ref: String,
    /// How long it may take, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<i64>,
    /// When work on it began first, wall milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<i64>,
    /// When it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<i64>,
    /// Until when it is put off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defer_until: Option<i64>,
    /// A wisp: not exported, not listed unless asked for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ephemeral: bool,
    /// A reference card, not work.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// A pattern for others, not to be changed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub template: bool,
    /// Everything else.
    #[serde(skip_serializing_if = "BeadMore::is_empty")]
    pub more: BeadMore,
}

impl BeadView {
    /// Its status in the word to show.
    pub fn status_text(&self) -> &str {
        self.status.word_or(self.status_word.as_deref())
    }

    /// Its sort of work in the word to show.
    pub fn kind_text(&self) -> &str {
        self.kind.word_or(self.kind_word.as_deref())
    }

    /// Its parent: by an edge, else by its dotted id.
    pub fn parent(&self) -> Option<&BeadId> {
        self.depends_on
            .iter()
            .find(|edge| edge.kind == DepKind::ParentChild)
            .map(|edge| &edge.id)
    }
}

/// An edge to another bead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EdgeView {
    /// The other bead; it may be one of another ledger.
    pub id: BeadId,
    /// Its title; empty when it is not in this ledger.
    pub title: String,
    /// Where it stands; `Foreign` when it is not in this ledger.
    pub status: BeadStatus,
    /// The status in words that are not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_word: Option<String>,
    /// What the edge means.
    pub kind: DepKind,
    /// The meaning in words that are not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind_word: Option<String>,
    /// How urgent the other bead is.
    #[serde(default)]
    pub priority: Priority,
    /// What sort of work the other bead is.
    #[serde(default)]
    pub bead_kind: BeadType,
    /// When the edge was made, wall milliseconds.
    #[serde(default)]
    pub created_at: i64,
    /// Who made it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub created_by: String,
    /// Data of the edge, as JSON text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub metadata: String,
    /// The thread it belongs to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub thread_id: String,
}

impl EdgeView {
    /// An edge of which only the other bead and the meaning are told.
    pub fn to(id: BeadId, title: &str, status: BeadStatus, kind: DepKind) -> Self {
        Self {
            id,
            title: title.to_owned(),
            status,
            status_word: None,
            kind,
            kind_word: None,
            priority: Priority::NORMAL,
            bead_kind: BeadType::Task,
            created_at: 0,
            created_by: String::new(),
            metadata: String::new(),
            thread_id: String::new(),
        }
    }

    /// What the edge means, in the word to show.
    pub fn kind_text(&self) -> &str {
        self.kind.word_or(self.kind_word.as_deref())
    }
}

/// What somebody said about a bead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentView {
    /// Its id, as it was given: a UUID, or a number in older files.
    pub id: String,
    /// The bead.
    pub bead: BeadId,
    /// Who.
    pub author: String,
    /// What.
    pub text: String,
    /// When, wall milliseconds.
    pub created_at: i64,
}
