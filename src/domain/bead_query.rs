//! Which beads are meant: the filters and orders that lists, counts and readiness share.

use serde::{Deserialize, Serialize};

use super::{BeadStatus, BeadType, Priority, Refusal, RigName};

/// Which beads; `None`, empty and `false` do not restrict. All that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BeadFilter {
    /// Of one rig.
    pub rig: Option<RigName>,
    /// In one of these states; empty means all but closed and pinned.
    pub status: Vec<BeadStatus>,
    /// Or in one of these states of the town's settings.
    pub status_words: Vec<String>,
    /// Closed and pinned ones too.
    pub all: bool,
    /// Of one sort.
    pub kind: Option<BeadType>,
    /// The sort in a word of the town's settings, with `Foreign`.
    pub kind_word: Option<String>,
    /// Of none of these sorts.
    pub exclude_kinds: Vec<String>,
    /// Of one urgency.
    pub priority: Option<Priority>,
    /// At least this number (so at most this urgent).
    pub priority_min: Option<Priority>,
    /// At most this number (so at least this urgent).
    pub priority_max: Option<Priority>,
    /// Assigned to this address.
    pub assignee: Option<String>,
    /// Assigned to nobody.
    pub unassigned: bool,
    /// Answered for by this person.
    pub owner: Option<String>,
    /// By labels.
    pub tags: LabelFilter,
    /// By what is written.
    pub text: TextFilter,
    /// By dates.
    pub dates: DateFilter,
    /// By place in the tree and sort of record.
    pub scope: ScopeFilter,
    /// In this order instead of urgency, then newest.
    pub sort: Option<BeadSort>,
    /// The other way round.
    pub reverse: bool,
    /// At most so many; 0 for all.
    pub limit: u32,
    /// After so many.
    pub offset: u32,
}

/// Which labels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelFilter {
    /// All of these.
    pub labels: Vec<String>,
    /// At least one of these.
    pub labels_any: Vec<String>,
    /// None of these.
    pub exclude_labels: Vec<String>,
    /// At least one that fits this pattern with `*` and `?`.
    pub label_pattern: Option<String>,
    /// At least one that fits this regular expression.
    pub label_regex: Option<String>,
    /// No label at all.
    pub no_labels: bool,
}

/// What is written. Comparisons of parts look past upper and lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TextFilter {
    /// The whole title, in any case.
    pub title: Option<String>,
    /// In the title.
    pub title_contains: Option<String>,
    /// In the description.
    pub desc_contains: Option<String>,
    /// In the notes.
    pub notes_contains: Option<String>,
    /// In the title or the id; the whole external reference too.
    pub search: Option<String>,
    /// No description.
    pub empty_description: bool,
    /// The beginning of the specifying document's name.
    pub spec_prefix: Option<String>,
    /// Exactly these ids.
    pub ids: Vec<String>,
}

/// Wall milliseconds from and to; both ends belong to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    /// Not before this.
    pub after: Option<i64>,
    /// Not after this.
    pub before: Option<i64>,
}

/// When.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DateFilter {
    /// Made.
    pub created: Window,
    /// Changed last.
    pub updated: Window,
    /// Begun.
    pub started: Window,
    /// Closed.
    pub closed: Window,
    /// Due.
    pub due: Window,
    /// Put off until.
    pub defer: Window,
    /// Put off in any way: by a date or by its status.
    pub deferred: bool,
    /// Due before now and not closed.
    pub overdue: bool,
}

/// Which place in the tree, and which sorts of records besides work.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScopeFilter {
    /// Directly below this bead.
    pub parent: Option<String>,
    /// Below `parent` over any number of steps.
    pub deep: bool,
    /// Below no bead.
    pub no_parent: bool,
    /// Can be started.
    pub ready: bool,
    /// Reference cards: only them, or none.
    pub pinned: Option<bool>,
    /// Of this sort of molecule.
    pub mol_type: Option<String>,
    /// Of this sort of wisp.
    pub wisp_type: Option<String>,
    /// Gates too.
    pub include_gates: bool,
    /// The town's own records too: agents, rigs, roles, messages.
    pub include_infra: bool,
    /// Patterns too.
    pub include_templates: bool,
    /// Wisps too.
    pub include_ephemeral: bool,
    /// Wisps only.
    pub only_ephemeral: bool,
    /// With these values in the free data, compared as text.
    pub metadata: Vec<(String, String)>,
    /// With these keys in the free data.
    pub metadata_keys: Vec<String>,
}

/// In which order lists come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BeadSort {
    /// Urgency, then newest.
    Priority,
    /// Newest first.
    Created,
    /// Changed last first.
    Updated,
    /// Closed last first.
    Closed,
    /// By status.
    Status,
    /// By id.
    Id,
    /// By title.
    Title,
    /// By sort of work.
    Type,
    /// By assignee.
    Assignee,
}

impl BeadSort {
    /// Every order.
    pub const ALL: &'static [Self] = &[
        Self::Priority,
        Self::Created,
        Self::Updated,
        Self::Closed,
        Self::Status,
        Self::Id,
        Self::Title,
        Self::Type,
        Self::Assignee,
    ];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Closed => "closed",
            Self::Status => "status",
            Self::Id => "id",
            Self::Title => "title",
            Self::Type => "type",
            Self::Assignee => "assignee",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        Self::ALL
            .iter()
            .copied()
            .find(|sort| sort.word() == text)
            .ok_or_else(|| {
                Refusal::invalid(
                    "sort",
                    text,
                    "one of `priority`, `created`, `updated`, `closed`, `status`, `id`, `title`, `type`, `assignee`",
                )
            })
    }
}

super::bead::word_enum!(
    /// In which order work that can be started comes.
    #[derive(Default)]
    ReadySort, "sort" {
        /// Most urgent first, then newest.
        #[default]
        Priority = "priority",
        /// The last two days by urgency, then the oldest first.
        Hybrid = "hybrid",
        /// Oldest first.
        Oldest = "oldest",
    }
);

/// Which work that can be started.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadyFilter {
    /// Narrowed by this; its status and order are not looked at.
    pub filter: BeadFilter,
    /// In which order.
    pub sort: ReadySort,
    /// Work put off until a date to come too.
    pub include_deferred: bool,
}
