//! The sets of a bead's fields: status, type, meaning of an edge, urgency.
//!
//! The engine decides on closed sets. What other tools and a town's own settings add to them is
//! kept as `Foreign`, with its word beside it in the row: ours to keep, not to understand.

use serde::{Deserialize, Serialize};

use super::Refusal;

macro_rules! word_enum {
    ($(#[$doc:meta])* $name:ident, $field:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word for it, as stored and typed.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// Reads the word.
            pub fn parse(text: &str) -> Result<Self, Refusal> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(Refusal::invalid($field, text, concat!("one of" $(, " `", $word, "`")*))),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = Refusal;
            fn from_str(text: &str) -> Result<Self, Refusal> { Self::parse(text) }
        }
    };
}
pub(super) use word_enum;

/// A set of words that others may have added to: `Foreign` stands for a word that is not ours.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident, $field:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal $(| $alias:literal)*),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)*
            /// A word of another tool or of the town's own settings; it stands beside this value.
            #[serde(rename = "foreign")]
            Foreign,
        }

        impl $name {
            /// Every value of ours, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word for it, as stored and typed. A foreign word is kept beside the value.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* Self::Foreign => "foreign" }
            }

            /// Reads a word of ours or another spelling of one, in any case.
            pub fn parse(text: &str) -> Result<Self, Refusal> {
                match text.to_ascii_lowercase().as_str() {
                    $($word $(| $alias)* => Ok(Self::$variant),)*
                    _ => Err(Refusal::invalid($field, text, concat!("one of" $(, " `", $word, "`")*))),
                }
            }

            /// Reads what is stored: the exact words of ours, else `Foreign`.
            pub fn stored(text: &str) -> Self {
                match text { $($word => Self::$variant,)* _ => Self::Foreign }
            }

            /// Reads any word: one of ours by any spelling, else `Foreign` with the word itself.
            pub fn of_word(text: &str) -> (Self, Option<String>) {
                match Self::parse(text) {
                    Ok(known) => (known, None),
                    Err(_) => (Self::Foreign, Some(text.to_owned())),
                }
            }

            /// The word to show and store, given the word that stands beside a foreign value.
            pub fn word_or(self, beside: Option<&str>) -> &str {
                match (self, beside) {
                    (Self::Foreign, Some(word)) => word,
                    (known, _) => known.word(),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = Refusal;
            fn from_str(text: &str) -> Result<Self, Refusal> { Self::parse(text) }
        }
    };
}

open_enum!(
    /// Where a bead stands.
    #[derive(Default)]
    BeadStatus, "status" {
        /// Nobody works on it.
        #[default]
        Open = "open",
        /// On an agent's hook.
        Hooked = "hooked",
        /// Somebody claimed it.
        InProgress = "in_progress" | "in-progress",
        /// Done by its agent, waiting to land.
        InReview = "in_review" | "in-review",
        /// Held back by a person.
        Blocked = "blocked",
        /// Put off until a date.
        Deferred = "deferred",
        /// A reference card, not work.
        Pinned = "pinned",
        /// Finished.
        Closed = "closed",
    }
);

/// What statuses have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Can be started.
    Active,
    /// Somebody is at it, or it is held.
    Wip,
    /// Finished.
    Done,
    /// Put aside.
    Frozen,
    /// A custom status that says nothing about itself: listed, never ready.
    Unspecified,
}

impl BeadStatus {
    /// What this status has in common with others; a foreign one says nothing by itself.
    pub const fn category(self) -> Category {
        match self {
            Self::Open => Category::Active,
            Self::Hooked | Self::InProgress | Self::InReview | Self::Blocked => Category::Wip,
            Self::Closed => Category::Done,
            Self::Deferred | Self::Pinned => Category::Frozen,
            Self::Foreign => Category::Unspecified,
        }
    }

    /// Whether it no longer holds others back.
    pub const fn is_inactive(self) -> bool {
        matches!(self, Self::Closed | Self::Pinned)
    }
}

open_enum!(
    /// What sort of work a bead is.
    #[derive(Default)]
    BeadType, "type" {
        /// A piece of work.
        #[default]
        Task = "task",
        /// Something broken.
        Bug = "bug",
        /// Something new.
        Feature = "feature" | "enhancement" | "feat",
        /// A large piece with children.
        Epic = "epic",
        /// Housekeeping.
        Chore = "chore",
        /// A choice and its reasons.
        Decision = "decision" | "dec" | "adr",
        /// A message between agents.
        Message = "message",
        /// A formula's steps under one root.
        Molecule = "molecule" | "mol",
        /// Something that must happen outside.
        Gate = "gate",
        /// A look into something, bounded in time.
        Spike = "spike" | "investigation" | "timebox",
        /// What a user wants to do.
        Story = "story" | "user-story" | "user_story",
        /// A date or state to reach.
        Milestone = "milestone" | "ms",
        /// Something that happened.
        Event = "event",
        /// A batch that other tools keep as a bead.
        Convoy = "convoy",
        /// An agent that other tools keep as a bead.
        Agent = "agent",
        /// A role that other tools keep as a bead.
        Role = "role",
        /// A rig that other tools keep as a bead.
        Rig = "rig",
        /// A slot that one may hold.
        Slot = "slot",
        /// A queue that other tools keep as a bead.
        Queue = "queue",
        /// A merge request that other tools keep as a bead.
        MergeRequest = "merge-request" | "mr",
    }
);

impl BeadType {
    /// The types that are no work to start: `ready` leaves them out unless asked for by name.
    pub const NO_WORK: &'static [Self] = &[
        Self::MergeRequest,
        Self::Gate,
        Self::Molecule,
        Self::Message,
        Self::Agent,
        Self::Role,
        Self::Rig,
    ];

    /// The types that keep the town itself running: lists leave them out unless asked.
    pub const INFRA: &'static [Self] = &[Self::Agent, Self::Rig, Self::Role, Self::Message];
}

open_enum!(
    /// What an edge between two beads means.
    #[derive(Default)]
    DepKind, "dependency type" {
        /// The target must be closed first.
        #[default]
        Blocks = "blocks",
        /// Only to be done when the target fails.
        ConditionalBlocks = "conditional-blocks",
        /// The children of the target must be closed first.
        WaitsFor = "waits-for",
        /// The target is the parent.
        ParentChild = "parent-child",
        /// Named together, no order.
        Related = "related",
        /// The same, as newer tools write it.
        RelatesTo = "relates-to",
        /// Found while working on the target.
        DiscoveredFrom = "discovered-from",
        /// An answer to the target.
        RepliesTo = "replies-to",
        /// The same work as the target.
        Duplicates = "duplicates",
        /// Takes the place of the target.
        Supersedes = "supersedes",
        /// Keeps an eye on the target.
        Tracks = "tracks",
        /// Holds until the target.
        Until = "until",
        /// The target is the cause.
        CausedBy = "caused-by",
        /// Shows that the target holds.
        Validates = "validates",
        /// Written by the target.
        AuthoredBy = "authored-by",
        /// Given to the target.
        AssignedTo = "assigned-to",
        /// Approved by the target.
        ApprovedBy = "approved-by",
        /// Vouches for the target.
        Attests = "attests",
        /// Handed on by the target.
        DelegatedFrom = "delegated-from",
    }
);

impl DepKind {
    /// Whether such an edge can hold its bead back.
    pub const fn is_readiness(self) -> bool {
        matches!(
            self,
            Self::Blocks | Self::ConditionalBlocks | Self::WaitsFor | Self::ParentChild
        )
    }
}

/// How urgent a bead is: 0 (now) to 4 (some day).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Priority(u8);

impl Default for Priority {
    fn default() -> Self {
        Self::NORMAL
    }
}

impl Priority {
    /// The priority of a bead that states none.
    pub const NORMAL: Self = Self(2);

    /// Reads `0` to `4`, or `P0` to `P4`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let digits = text.strip_prefix(['P', 'p']).unwrap_or(text);
        digits
            .parse::<u8>()
            .ok()
            .and_then(|number| Self::try_from(number).ok())
            .ok_or_else(|| Refusal::invalid("priority", text, "`0` to `4` or `P0` to `P4`"))
    }

    /// The number, 0 to 4.
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Priority {
    type Error = Refusal;
    fn try_from(number: u8) -> Result<Self, Refusal> {
        if number <= 4 {
            Ok(Self(number))
        } else {
            Err(Refusal::invalid(
                "priority",
                &number.to_string(),
                "`0` to `4` or `P0` to `P4`",
            ))
        }
    }
}

impl From<Priority> for u8 {
    fn from(priority: Priority) -> Self {
        priority.0
    }
}

impl std::fmt::Display for Priority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "P{}", self.0)
    }
}

impl std::str::FromStr for Priority {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_are_kept_and_aliases_are_read() {
        assert_eq!(BeadType::parse("ADR"), Ok(BeadType::Decision));
        assert_eq!(BeadType::parse("user_story"), Ok(BeadType::Story));
        assert!(BeadType::parse("foreign").is_err());
        assert_eq!(
            BeadType::of_word("widget"),
            (BeadType::Foreign, Some("widget".to_owned()))
        );
        assert_eq!(BeadStatus::stored("staged_ready"), BeadStatus::Foreign);
        assert_eq!(BeadStatus::Foreign.word_or(Some("done")), "done");
        assert_eq!(BeadStatus::Closed.word_or(None), "closed");
        for status in BeadStatus::ALL {
            assert_eq!(BeadStatus::stored(status.word()), *status);
        }
        for kind in DepKind::ALL {
            assert_eq!(DepKind::parse(kind.word()), Ok(*kind));
        }
    }

    #[test]
    fn statuses_have_the_field_s_categories() {
        let of = |category| {
            BeadStatus::ALL
                .iter()
                .filter(|status| status.category() == category)
                .map(|status| status.word())
                .collect::<Vec<_>>()
        };
        assert_eq!(of(Category::Active), ["open"]);
        assert_eq!(
            of(Category::Wip),
            ["hooked", "in_progress", "in_review", "blocked"]
        );
        assert_eq!(of(Category::Done), ["closed"]);
        assert_eq!(of(Category::Frozen), ["deferred", "pinned"]);
    }
}
