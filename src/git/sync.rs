//! Taking over what a fetch brought into the mirror.

use super::error::{GitError, Result};
use super::objects;
use super::open::{self, GitContext};
use super::refs::{self, Expect};
use crate::domain::{GitOutcome, RigRepos};

/// Moves the mirror's target to where the remote has it (contract M1: an observed external move).
pub(super) fn sync(repos: &RigRepos, cx: &GitContext) -> Result<GitOutcome> {
    let mirror = open::bare(&repos.mirror, cx)?;
    let name = refs::branch(&repos.target)?;
    let before = refs::get(&mirror, &name)?;
    let Some(remote) = refs::get(&mirror, &refs::fetched(&repos.target))? else {
        let Some(tip) = before else {
            return Err(GitError::NoBranch {
                name: repos.target.clone(),
                there: Vec::new(),
            });
        };
        // Nothing was ever fetched: there is no remote, so the mirror alone knows.
        return Ok(GitOutcome::Synced {
            tip: objects::named(tip)?,
            external: None,
        });
    };
    if before == Some(remote) {
        return Ok(GitOutcome::Synced {
            tip: objects::named(remote)?,
            external: None,
        });
    }
    let expect = before.map_or(Expect::Nothing, Expect::Exactly);
    refs::set(&mirror, &name, remote, expect, "external: the remote moved")?;
    Ok(GitOutcome::Synced {
        tip: objects::named(remote)?,
        external: before.map(objects::named).transpose()?,
    })
}
