//! Identities: one type per thing, never a bare string or number.

use serde::{Deserialize, Serialize};

use super::{Refusal, name};

/// Declares an identity that is a checked string.
macro_rules! define_id {
    ($(#[$doc:meta])* $id:ident, $what:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $id(String);

        impl $id {
            /// Reads an identity; the refusal names the value and what would be accepted.
            pub fn parse(text: &str) -> Result<Self, Refusal> {
                let check: fn(&str) -> Result<(), Refusal> = $check;
                check(text).map(|()| Self(text.to_owned()))
            }

            /// The identity as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $id {
            type Err = Refusal;
            fn from_str(text: &str) -> Result<Self, Refusal> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $id {
            type Error = Refusal;
            fn try_from(text: String) -> Result<Self, Refusal> {
                Self::parse(&text)
            }
        }

        impl From<$id> for String {
            fn from(id: $id) -> String {
                id.0
            }
        }
    };
}

define_id!(
    /// A rig's name, such as `tradingbot`.
    RigName, "rig", |text| name::check_name("rig name", text)
);
define_id!(
    /// The name of a polecat or crew member, such as `Toast`.
    AgentName, "agent", |text| name::check_name("agent name", text)
);
define_id!(
    /// A person's name as it is stated for work in a repository, such as `Jo`.
    PersonName, "name", name::check_person
);
define_id!(
    /// The name an agent definition goes by, such as `gemini-worker`.
    AgentAlias, "agent alias", |text| name::check_name("agent alias", text)
);
define_id!(
    /// The prefix of a rig's bead ids, such as `tb`.
    Prefix, "prefix", name::check_prefix
);
define_id!(
    /// A bead, such as `tb-4kq` or `tb-4kq.1`.
    BeadId, "bead", name::check_bead_id
);
define_id!(
    /// A convoy, such as `hq-cv-x1z`.
    ConvoyId, "convoy", name::check_bead_id
);
define_id!(
    /// A merge request, such as `mr-12`.
    MergeId, "merge request", name::check_plain_id
);
define_id!(
    /// Merge requests that are stacked, tested and landed together, such as `batch-5`.
    BatchId, "batch", name::check_plain_id
);
define_id!(
    /// A nudge, such as `ng-7`.
    NudgeId, "nudge", name::check_plain_id
);
define_id!(
    /// One assignment of a seat, such as `tradingbot.Toast.7`. Also the name of its git worktree record.
    IncarnationId, "incarnation", name::check_dotted_id
);
define_id!(
    /// One process under the terminal host: an agent's (`tradingbot.Toast.7.2`) or a job's (`job-31`).
    RunId, "run", name::check_dotted_id
);
define_id!(
    /// The key of an effect; the same key is the same act.
    EffectKey, "effect", name::check_dotted_id
);
define_id!(
    /// A full git object id in hexadecimal.
    Oid, "commit", name::check_oid
);

/// The position of an event in the ledger; gap-free and growing.
pub type Seq = i64;

impl IncarnationId {
    /// The id of the `number`th incarnation of a seat.
    pub fn of(rig: &RigName, name: &AgentName, number: i64) -> Self {
        Self(format!("{rig}.{name}.{number}"))
    }

    /// The id of this incarnation's `number`th run.
    pub fn run(&self, number: i64) -> RunId {
        RunId(format!("{}.{number}", self.0))
    }
}

impl BeadId {
    /// Whether it names work in another ledger.
    pub fn is_external(&self) -> bool {
        self.0.starts_with(name::EXTERNAL)
    }

    /// The id of this bead's `number`th child.
    pub fn child(&self, number: i64) -> Result<Self, Refusal> {
        Self::parse(&format!("{}.{number}", self.0))
    }

    /// How many steps below a root its id says it is: `tb-4kq.1.2` is 2.
    pub fn depth(&self) -> usize {
        self.0.matches('.').count()
    }

    /// Whether its id says that it is below that bead.
    pub fn is_below(&self, other: &Self) -> bool {
        self.0
            .strip_prefix(&other.0)
            .is_some_and(|rest| rest.starts_with('.'))
    }
}

impl Oid {
    /// The first eight characters, as people write commits.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl Prefix {
    /// The prefix of beads that belong to the town itself.
    pub fn town() -> Self {
        Self("hq".to_owned())
    }
}
