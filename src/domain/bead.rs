//! The closed sets of a bead's fields.

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

word_enum!(
    /// Where a bead stands.
    BeadStatus, "status" {
        /// Nobody works on it.
        Open = "open",
        /// On an agent's hook.
        Hooked = "hooked",
        /// Somebody claimed it.
        InProgress = "in_progress",
        /// Done by its agent, waiting to land.
        InReview = "in_review",
        /// Held back by a person.
        Blocked = "blocked",
        /// Put off until a date.
        Deferred = "deferred",
        /// Finished.
        Closed = "closed",
    }
);

word_enum!(
    /// What sort of work a bead is.
    BeadType, "type" {
        /// A piece of work.
        Task = "task",
        /// Something broken.
        Bug = "bug",
        /// Something new.
        Feature = "feature",
        /// A large piece with children.
        Epic = "epic",
        /// Housekeeping.
        Chore = "chore",
    }
);

word_enum!(
    /// What an edge between two beads means.
    DepKind, "dependency type" {
        /// The target must be closed first.
        Blocks = "blocks",
        /// The target is the parent.
        ParentChild = "parent-child",
        /// Named together, no order.
        Related = "related",
        /// Found while working on the target.
        DiscoveredFrom = "discovered-from",
    }
);

/// How urgent a bead is: 0 (now) to 4 (some day).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Priority(u8);

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
