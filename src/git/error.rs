//! What can go wrong with repositories; each variant reads as one line for a person.
//!
//! A job turns these into `GitOutcome::Failed`; nothing here is shown before it was cleaned.

use std::io;
use std::path::{Path, PathBuf};

use crate::support::text;

/// Why a git job could not be done.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// libgit2 said no.
    #[error("{0}")]
    Git(#[from] git2::Error),
    /// The file system said no.
    #[error("`{}`: {source}", path.display())]
    Disk {
        /// What was touched.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder is not the repository or worktree that it should be (contract W7).
    #[error("`{}` is not what it should be: {reason}", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// What is different.
        reason: &'static str,
    },
    /// An object that the work needs is not there.
    #[error("object {oid} is missing from `{}`", repo.display())]
    Incomplete {
        /// The object.
        oid: git2::Oid,
        /// The repository that should have it.
        repo: PathBuf,
    },
    /// The remote repository has no commit yet.
    #[error("the repository is empty: push a first commit to the remote, then add the rig again")]
    Empty,
    /// There is no such branch.
    #[error("there is no branch `{name}`; there is {}", listed(there))]
    NoBranch {
        /// The branch that was asked for.
        name: String,
        /// Branches that exist.
        there: Vec<String>,
    },
    /// No branch could be chosen as the target.
    #[error(
        "cannot tell which branch is the target: name one with `--branch`; there is {}",
        listed(there)
    )]
    NoTarget {
        /// Branches that exist.
        there: Vec<String>,
    },
    /// The branch exists at another commit.
    #[error("branch `{branch}` exists already, at {tip}")]
    BranchTaken {
        /// The branch.
        branch: String,
        /// Where it is.
        tip: git2::Oid,
    },
    /// Something stands where a folder should be made.
    #[error("`{}` is in the way: move it and try again", path.display())]
    InTheWay {
        /// What stands there.
        path: PathBuf,
    },
    /// A name that git or this program would not accept.
    #[error("{what} `{name}` is not acceptable")]
    BadName {
        /// What it names.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Nothing was rescued under this name.
    #[error("nothing lies under `{name}`")]
    NoRescue {
        /// The ref.
        name: String,
    },
    /// The new commit does not stand on the old one.
    #[error("{new} does not stand on {old}")]
    NotForward {
        /// Where the branch is.
        old: git2::Oid,
        /// Where it should go.
        new: git2::Oid,
    },
    /// A ref moved while it was being moved.
    #[error("`{name}` moved meanwhile")]
    Moved {
        /// The ref.
        name: String,
    },
}

impl GitError {
    /// Wraps an error of the file system with the path it is about.
    pub(super) fn disk(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Disk {
            path: path.to_owned(),
            source,
        }
    }

    /// The error as one clean line.
    pub(super) fn line(&self) -> String {
        text::clean(&self.to_string())
    }

    /// Whether another process (or a killed one) holds the lock that was needed.
    pub(super) fn is_locked(&self) -> bool {
        matches!(self, Self::Git(error) if error.code() == git2::ErrorCode::Locked)
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names
            .iter()
            .take(8)
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// The result of everything in this module.
pub(super) type Result<T> = std::result::Result<T, GitError>;
