//! What can be asked of the engine about beads: arguments of the commands that change them.
//!
//! A field that is left out stays as it is. A word that is not ours travels beside `Foreign`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{BeadId, BeadMore, BeadRest, BeadStatus, BeadType, DepKind, Place, Priority, RigName};

/// A new value for a field that can be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edit<T> {
    /// Nothing any more.
    Clear,
    /// This.
    To(T),
}

impl<T: Clone> Edit<T> {
    /// The value, if it is not to be cleared.
    pub fn value(&self) -> Option<T> {
        match self {
            Self::Clear => None,
            Self::To(value) => Some(value.clone()),
        }
    }
}

/// Arguments of [`super::Command::BeadCreate`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BeadCreate {
    /// One line, at most 512 characters.
    pub title: String,
    /// Longer text.
    #[serde(default)]
    pub description: String,
    /// What sort of work.
    #[serde(rename = "type")]
    pub kind: BeadType,
    /// The sort of work in a word of the town's settings (`types.custom`).
    #[serde(default)]
    pub kind_word: Option<String>,
    /// How urgent.
    pub priority: Priority,
    /// Who works on it.
    #[serde(default)]
    pub assignee: Option<String>,
    /// Free labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Beads that must be closed first.
    #[serde(default)]
    pub blocked_by: Vec<BeadId>,
    /// Beads that must wait for the new one.
    #[serde(default)]
    pub blocks: Vec<BeadId>,
    /// Further edges from the new bead.
    #[serde(default)]
    pub deps: Vec<NewDep>,
    /// The bead it is a part of: the id becomes `<parent>.<number>`, the parent's labels are taken over.
    #[serde(default)]
    pub parent: Option<BeadId>,
    /// Do not take over the parent's labels.
    #[serde(default)]
    pub no_inherit_labels: bool,
    /// An id chosen by the caller; not together with `parent`.
    #[serde(default)]
    pub id: Option<BeadId>,
    /// A word between prefix and hash of the new id, such as `mol` or `wisp`.
    #[serde(default)]
    pub infix: Option<String>,
    /// Take the chosen id even when its prefix is not one of the town's.
    #[serde(default)]
    pub force: bool,
    /// Where it belongs.
    pub place: Place,
    /// The settings' default rig, when several rigs exist and the place is not said.
    #[serde(default)]
    pub default_rig: Option<RigName>,
    /// The less common fields, as they shall be stored.
    #[serde(default)]
    pub rest: BeadRest,
}

/// An edge from a bead that is being made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewDep {
    /// The bead it depends on.
    pub on: BeadId,
    /// What the edge means.
    pub kind: DepKind,
    /// Data of the edge as JSON text, such as `{"gate":"any-children"}`.
    #[serde(default)]
    pub metadata: String,
}

/// Arguments of [`super::Command::BeadUpdate`]; `None` and empty leave a field as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BeadUpdate {
    /// Which bead.
    pub id: BeadId,
    /// Only while it has this status; else nothing is changed and the answer is a conflict.
    #[serde(default)]
    pub only_if: Option<BeadStatus>,
    /// What is done instead when it has another status.
    #[serde(default)]
    pub otherwise: Option<Box<Self>>,
    /// New title.
    #[serde(default)]
    pub title: Option<String>,
    /// New description.
    #[serde(default)]
    pub description: Option<String>,
    /// New sort of work.
    #[serde(default)]
    pub kind: Option<BeadType>,
    /// The sort of work in a word of the town's settings.
    #[serde(default)]
    pub kind_word: Option<String>,
    /// New urgency.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// New status; `hooked`, `in_review` and `closed` are the engine's and refused here.
    #[serde(default)]
    pub status: Option<BeadStatus>,
    /// The status in a word of the town's settings (`status.custom`).
    #[serde(default)]
    pub status_word: Option<String>,
    /// New assignee; empty clears.
    #[serde(default)]
    pub assignee: Option<String>,
    /// Take it: assignee is the asker, status `in_progress`, unless somebody else has it.
    #[serde(default)]
    pub claim: bool,
    /// Labels to add.
    #[serde(default)]
    pub add_labels: Vec<String>,
    /// Labels to take away.
    #[serde(default)]
    pub remove_labels: Vec<String>,
    /// Exactly these labels, before adding and taking away.
    #[serde(default)]
    pub set_labels: Option<Vec<String>>,
    /// New parent; the id stays.
    #[serde(default)]
    pub parent: Option<Edit<BeadId>>,
    /// The longer texts.
    #[serde(default)]
    pub texts: TextEdits,
    /// Dates and numbers.
    #[serde(default)]
    pub numbers: NumberEdits,
    /// What it is besides work.
    #[serde(default)]
    pub flags: FlagEdits,
    /// Free data.
    #[serde(default)]
    pub metadata: MetadataEdits,
    /// What a gate waits for.
    #[serde(default)]
    pub gate: GateEdits,
}

impl BeadUpdate {
    /// An update of a bead that changes nothing yet.
    pub fn of(id: BeadId) -> Self {
        Self {
            id,
            only_if: None,
            otherwise: None,
            title: None,
            description: None,
            kind: None,
            kind_word: None,
            priority: None,
            status: None,
            status_word: None,
            assignee: None,
            claim: false,
            add_labels: Vec::new(),
            remove_labels: Vec::new(),
            set_labels: None,
            parent: None,
            texts: TextEdits::default(),
            numbers: NumberEdits::default(),
            flags: FlagEdits::default(),
            metadata: MetadataEdits::default(),
            gate: GateEdits::default(),
        }
    }

    /// Whether it changes nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::of(self.id.clone())
    }
}

/// New values for the longer texts; empty clears.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TextEdits {
    /// How it shall be done.
    pub design: Option<String>,
    /// When it is done.
    pub acceptance: Option<String>,
    /// What was learnt.
    pub notes: Option<String>,
    /// What else was learnt: goes below the notes.
    pub append_notes: Option<String>,
    /// The document that specifies it.
    pub spec_id: Option<String>,
    /// The person who answers for it.
    pub owner: Option<String>,
    /// Its name elsewhere.
    pub external_ref: Option<String>,
}

/// New dates and numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NumberEdits {
    /// How long it may take, in minutes.
    pub estimate: Option<Edit<i64>>,
    /// When it is due, wall milliseconds.
    pub due_at: Option<Edit<i64>>,
    /// Until when it is put off: a date to come also sets `deferred`, clearing opens a deferred bead.
    pub defer_until: Option<Edit<i64>>,
}

/// What a bead is besides work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlagEdits {
    /// A wisp or not.
    pub ephemeral: Option<bool>,
    /// Kept out of the repository's history or not.
    pub no_history: Option<bool>,
    /// A reference card or not.
    pub pinned: Option<bool>,
    /// A pattern for others or not.
    pub template: Option<bool>,
}

/// Changes of the free data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetadataEdits {
    /// Keys to set, at the top.
    pub set: Map<String, Value>,
    /// Keys to take away.
    pub unset: Vec<String>,
    /// Values to put at the end of the list at a key, where they are not in it yet.
    pub with: Vec<(String, Value)>,
    /// Values to take out of the list at a key.
    pub without: Vec<(String, Value)>,
    /// Nothing of all this when the key has this value.
    pub unless: Option<(String, Value)>,
}

/// Changes of what a gate waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GateEdits {
    /// Which run, pull request or bead.
    pub await_id: Option<String>,
    /// Who else is told when it opens.
    pub add_waiters: Vec<String>,
}

/// Arguments of [`super::Command::BeadClose`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BeadClose {
    /// Which beads; all or none.
    pub ids: Vec<BeadId>,
    /// Why.
    pub reason: String,
    /// Close it also when it is pinned, a template, an epic with open children, or held back.
    #[serde(default)]
    pub force: bool,
    /// The session that closes it.
    #[serde(default)]
    pub session: Option<String>,
}

/// Arguments of [`super::Command::DepAdd`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DepAdd {
    /// The bead that waits.
    pub bead: BeadId,
    /// The bead that it depends on.
    pub on: BeadId,
    /// What the edge means.
    pub kind: DepKind,
    /// Data of the edge as JSON text.
    #[serde(default)]
    pub metadata: String,
    /// The thread it belongs to.
    #[serde(default)]
    pub thread_id: String,
}

impl DepAdd {
    /// An edge without data of its own.
    pub fn plain(bead: BeadId, on: BeadId, kind: DepKind) -> Self {
        Self {
            bead,
            on,
            kind,
            metadata: String::new(),
            thread_id: String::new(),
        }
    }
}

/// Every part of [`BeadMore`] that a new bead may bring along without saying more.
impl From<BeadMore> for BeadRest {
    fn from(more: BeadMore) -> Self {
        Self {
            more,
            ..Self::default()
        }
    }
}
