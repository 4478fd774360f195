//! What is stacked, verified and foreseen in the merge queue: plain data of the merging git jobs.
//!
//! A *stack* is the target with the works of a batch upon it, one after the other. A work that
//! does not fit is left out and those behind it go on. Paths and texts here come from
//! repositories, so they are hostile: clean them before they are shown.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{MergeId, Oid};

/// How work becomes part of the target.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum MergeStrategy {
    /// Its commits are replayed, with their authors; merges in it are left out.
    #[default]
    Rebase,
    /// One commit with the whole change, by the author of its last commit.
    Squash,
    /// A merge commit whose first parent is the target.
    Merge,
    /// The work itself, which must stand on the target already.
    Ff,
}

impl MergeStrategy {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Rebase, Self::Squash, Self::Merge, Self::Ff];

    /// The word for it in settings and commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rebase => "rebase",
            Self::Squash => "squash",
            Self::Merge => "merge",
            Self::Ff => "ff",
        }
    }

    /// The strategy that a word means.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|strategy| strategy.as_str() == word)
    }
}

impl fmt::Display for MergeStrategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Submitted work that is to be stacked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackWork {
    /// Whose it is.
    pub key: MergeId,
    /// The submitted commit.
    pub tip: Oid,
    /// The commit the work began at.
    pub base: Oid,
    /// How it becomes part of the target.
    pub strategy: MergeStrategy,
    /// Subject of the commit that squash or merge makes; empty for one of the work's own.
    pub subject: String,
}

/// What became of one work in a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackStep {
    /// Whose it is.
    pub key: MergeId,
    /// What became of it.
    pub fit: Fit,
}

/// Whether a work is in the stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fit", rename_all = "kebab-case")]
pub enum Fit {
    /// It is; the stack up to it ends here.
    Commit {
        /// The commit.
        commit: Oid,
        /// Its tree.
        tree: Oid,
    },
    /// Its change is there already, so it adds nothing.
    There,
    /// It conflicts and was left out.
    Conflict(Box<ConflictRecord>),
    /// It cannot be tried at all and was left out.
    Unusable {
        /// Why, in one line.
        reason: String,
    },
}

/// What a work conflicts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "with", content = "key", rename_all = "kebab-case")]
pub enum ConflictWith {
    /// The target; it conflicts alone.
    Target,
    /// A member below it in the stack; on the target alone it fits.
    Member(MergeId),
}

/// Where and how a work conflicts (contract M6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictRecord {
    /// With what.
    pub with: ConflictWith,
    /// The commit that both sides come from.
    pub base: Oid,
    /// The side of the target or the stack.
    pub ours: Oid,
    /// The side of the work.
    pub theirs: Oid,
    /// The files, at most 50.
    pub files: Vec<ConflictFile>,
    /// Files in conflict that are not listed.
    pub files_cut: u32,
}

impl ConflictRecord {
    /// The paths in conflict that are listed.
    pub fn paths(&self) -> Vec<String> {
        self.files.iter().map(|file| file.path.clone()).collect()
    }
}

/// One file in conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictFile {
    /// Its path; a byte that is no text is shown as a replacement character.
    pub path: String,
    /// In what way.
    pub kind: ConflictKind,
    /// The object on the common base, when it is there.
    pub base: Option<Oid>,
    /// The object on the side of the target.
    pub ours: Option<Oid>,
    /// The object on the side of the work.
    pub theirs: Option<Oid>,
    /// The places in conflict, at most 20; none where a file has no lines to show.
    pub hunks: Vec<ConflictHunk>,
    /// Places in conflict that are not listed.
    pub hunks_cut: u32,
}

/// In what way a file is in conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictKind {
    /// Both sides changed the same lines.
    Content,
    /// Both sides added a file here, and they differ.
    AddAdd,
    /// One side changed it, the other removed it.
    ModifyDelete,
    /// Both sides renamed it or to it.
    Rename,
    /// Both sides changed what kind of file it is.
    Mode,
    /// Both sides moved a submodule.
    Submodule,
    /// Both sides changed a file that is no text, or one too large to merge.
    Binary,
    /// One side has a file where the other has a folder.
    FileFolder,
}

/// One place in conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictHunk {
    /// The first line of it on the side of the target, counted from 1.
    pub ours_start: u32,
    /// The lines of the target, at most 4 KiB.
    pub ours: String,
    /// The lines of the work, at most 4 KiB.
    pub theirs: String,
    /// The lines of the base, at most 4 KiB.
    pub base: String,
    /// Whether a side is longer than what is here.
    pub cut: bool,
}

/// A member of a stack that has landed. One whose change was there already may be given, too, with
/// `commit` the same as `before`; then it is checked that it truly was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Landed {
    /// Whose it is.
    pub key: MergeId,
    /// The submitted commit.
    pub tip: Oid,
    /// The commit the work began at.
    pub base: Oid,
    /// The stack up to the member below it.
    pub before: Oid,
    /// The stack up to it.
    pub commit: Oid,
}

/// Something wrong with a landing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mismatch", rename_all = "kebab-case")]
pub enum Mismatch {
    /// The landed tree is not the one that passed the gates.
    Tree {
        /// The tested tree.
        tested: Oid,
        /// The landed tree.
        landed: Oid,
    },
    /// The landed commit does not stand on what the target was.
    NotForward {
        /// What the target was.
        old: Oid,
        /// What landed.
        new: Oid,
    },
    /// The target is not at the landed commit or beyond it.
    NotOnTarget {
        /// Where it is, when it is there at all.
        tip: Option<Oid>,
    },
    /// The members do not lead from the old target to the landed commit.
    Gap {
        /// The member whose step begins or ends elsewhere.
        key: MergeId,
    },
    /// A step holds something that is not of its member's change, such as the undoing of others'.
    Foreign {
        /// The member.
        key: MergeId,
        /// The file.
        path: String,
        /// A line that the step added (`+`) or removed (`-`), cleaned.
        line: String,
    },
    /// A part of a member's change is in neither its step nor what was there before.
    Lost {
        /// The member.
        key: MergeId,
        /// The file.
        path: String,
        /// A line that should have been added (`+`) or removed (`-`), cleaned.
        line: String,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tree { tested, landed } => {
                write!(f, "tree {landed} landed, and tree {tested} was tested")
            }
            Self::NotForward { old, new } => write!(f, "{new} does not stand on {old}"),
            Self::NotOnTarget { tip: Some(tip) } => {
                write!(f, "the target is at {tip}, which does not hold the landing")
            }
            Self::NotOnTarget { tip: None } => f.write_str("the target is gone"),
            Self::Gap { key } => write!(f, "the step of `{key}` does not join the others"),
            Self::Foreign { key, path, line } => write!(
                f,
                "the step of `{key}` changes `{path}` in a way that its work does not: {line}"
            ),
            Self::Lost { key, path, line } => {
                write!(f, "the change of `{key}` to `{path}` is not there: {line}")
            }
        }
    }
}

/// Work that is under way, for a forecast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveWork {
    /// Whose it is: an incarnation or a merge request.
    pub key: String,
    /// Its last commit.
    pub tip: Oid,
    /// The commit it began at.
    pub base: Oid,
}

/// What would happen to one work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreseen {
    /// Whose it is.
    pub key: String,
    /// What would happen.
    pub outlook: Outlook,
}

/// What would happen if a work landed now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outlook", rename_all = "kebab-case")]
pub enum Outlook {
    /// It fits.
    Fits {
        /// How many files and folders it would change.
        files: u32,
    },
    /// It changes nothing that is not there already.
    There,
    /// It conflicts with the target.
    Conflict {
        /// The paths, at most 50.
        paths: Vec<String>,
    },
    /// It cannot be tried.
    Unusable {
        /// Why, in one line.
        reason: String,
    },
}

/// Two works that fit the target and not each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    /// The one that comes first in the request.
    pub one: String,
    /// The other.
    pub other: String,
    /// The paths, at most 50.
    pub paths: Vec<String>,
}
