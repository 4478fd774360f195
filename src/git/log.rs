//! What a repository's history says, read from commits alone: how many there are lately, and their
//! messages. Reads objects; runs no filter and no program, changes nothing.

use std::path::Path;

use git2::{Repository, Revwalk, Sort};

/// Most commits that are looked through.
const MOST: usize = 50_000;

/// A commit and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitNote {
    /// The beginning of its id.
    pub id: String,
    /// Its whole message.
    pub message: String,
}

/// How many commits the repository of `folder` has since a wall time in milliseconds; `None` where
/// there is no repository with a history.
pub fn commits_since(folder: &Path, since: i64) -> Option<u64> {
    let repo = Repository::discover(folder).ok()?;
    let walk = from_head(&repo)?;
    let mut count = 0;
    for id in walk.take(MOST) {
        let commit = id.and_then(|id| repo.find_commit(id)).ok()?;
        if commit.time().seconds().saturating_mul(1_000) < since {
            break;
        }
        count += 1;
    }
    Some(count)
}

/// The last commits of the repository of `folder`, newest first; `None` where there is none.
pub fn last_commits(folder: &Path, most: usize) -> Option<Vec<CommitNote>> {
    let repo = Repository::discover(folder).ok()?;
    let walk = from_head(&repo)?;
    let mut notes = Vec::new();
    for id in walk.take(most.min(MOST)) {
        let commit = id.and_then(|id| repo.find_commit(id)).ok()?;
        notes.push(CommitNote {
            id: commit.id().to_string().chars().take(8).collect(),
            message: String::from_utf8_lossy(commit.message_bytes()).into_owned(),
        });
    }
    Some(notes)
}

fn from_head(repo: &Repository) -> Option<Revwalk<'_>> {
    let mut walk = repo.revwalk().ok()?;
    walk.set_sorting(Sort::TIME).ok()?;
    walk.push_head().ok()?;
    Some(walk)
}
