//! Why a command was not carried out, in a form that every front end can explain.

use serde::{Deserialize, Serialize};

/// What sort of "no" an answer is; each has one exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The machine failed: disk, git, a program. Exit 1.
    Failed,
    /// The command line was wrong. Exit 2.
    Usage,
    /// There is no such thing. Exit 3.
    NotFound,
    /// Policy forbids it. Exit 4.
    Refused,
    /// Nobody could be asked. Exit 5.
    Unreachable,
    /// It contradicts what is there. Exit 6.
    Conflict,
    /// It took too long. Exit 7.
    TimedOut,
}

impl Kind {
    /// The exit code of this sort of "no" (DESIGN section 4).
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Refused => 4,
            Self::Unreachable => 5,
            Self::Conflict => 6,
            Self::TimedOut => 7,
        }
    }
}

/// How the message of an answer that does not fit begins.
const TOO_LONG: &str = "the answer is too long";

/// A "no" with its reason and the next command to type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What sort of "no".
    pub kind: Kind,
    /// What failed, with names in backticks. No full stop.
    pub message: String,
    /// What to do next, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
}

impl Refusal {
    /// A "no" of the given sort.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hints: Vec::new(),
        }
    }

    /// A value that is not acceptable; names the field, the value and what would be.
    pub fn invalid(field: &str, value: &str, accepted: &str) -> Self {
        let shown = crate::support::text::fit(&crate::support::text::clean(value), 60);
        Self::new(
            Kind::Usage,
            format!("{field} `{shown}` is not acceptable: use {accepted}"),
        )
    }

    /// There is no such thing.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// Policy forbids it.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, message)
    }

    /// It contradicts what is there.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    /// The machine failed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// The answer does not fit into one message: a smaller question is to be asked.
    pub fn too_long(why: impl std::fmt::Display) -> Self {
        Self::failed(format!("{TOO_LONG}: {why}"))
    }

    /// Whether it is that.
    pub fn is_too_long(&self) -> bool {
        self.kind == Kind::Failed && self.message.starts_with(TOO_LONG)
    }

    /// The same "no" with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}
