//! Moving the mirror's target to a landed commit.

use super::error::{GitError, Result};
use super::objects;
use super::open::{self, GitContext};
use super::refs::{self, Expect};
use crate::domain::{GitOutcome, Oid, RigRepos};

/// Compare-and-swap of the target (contracts M1, M10). A target that is at `new` already, or
/// beyond it, counts as done: the answer of an earlier try was lost.
pub(super) fn land(repos: &RigRepos, old: &Oid, new: &Oid, cx: &GitContext) -> Result<GitOutcome> {
    let mirror = open::bare(&repos.mirror, cx)?;
    let name = refs::branch(&repos.target)?;
    let (old, new) = (objects::oid(old)?, objects::oid(new)?);
    mirror.find_commit(new)?.tree()?;
    if !objects::contains(&mirror, new, old)? {
        return Err(GitError::NotForward { old, new });
    }
    let why = format!("landed {new}");
    let moved = match refs::get(&mirror, &name)? {
        Some(tip) if tip == old && old != new => {
            match refs::set(&mirror, &name, new, Expect::Exactly(old), &why) {
                Ok(()) => true,
                Err(GitError::Moved { .. }) => false,
                Err(error) => return Err(error),
            }
        }
        Some(_) => false,
        None => {
            return Err(GitError::NoBranch {
                name: repos.target.clone(),
                there: Vec::new(),
            });
        }
    };
    let tip = refs::get(&mirror, &name)?.unwrap_or(new);
    Ok(GitOutcome::Moved {
        tip: objects::named(tip)?,
        done: moved || objects::contains(&mirror, tip, new)?,
    })
}
