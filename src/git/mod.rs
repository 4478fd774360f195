//! Everything that touches repositories: mirror, shared repository, worktrees, rescue refs.
//!
//! The engine speaks to it in [`GitJob`](crate::domain::GitJob) and
//! [`GitOutcome`](crate::domain::GitOutcome); their doc comments are the specification. Reading,
//! merging and moving refs is libgit2 in this process; network work is the `git` program, which
//! the terminal host starts from the argument lists in [`plans`] and the environment in [`closed`].
//! Nothing here obeys a rig's own configuration, hooks or filters (contract S7, DECISIONS 9), and
//! every job is repeatable: twice, or after a kill at any instant, ends where once ends.
//!
//! Entry points: [`do_job`] for one job, [`worker::serve`] for the hidden `gt git-worker`.

mod error;

mod disk;
mod folder;
mod log;
mod open;
mod person;

mod checkout;
mod fill;
mod objects;
mod record;
mod refs;

mod look;

mod keep;
mod rescue;

mod advance;
mod bury;
mod check;
mod gate;
mod graves;
mod job;
mod land;
mod layout;
mod merging;
mod sync;
mod worktree;

pub mod closed;
mod explain;
pub mod plans;
pub mod town;
pub mod url;
pub mod worker;

#[cfg(test)]
mod tests;

pub use error::GitError;
pub use explain::{Errand, Explained, Trouble, explain};
pub(crate) use graves::Graves;
pub use job::{do_job, now_tip};
pub use log::{CommitNote, commits_since, last_commits};
pub use open::GitContext;
pub use person::{allows_hooks, email, origin, person};
