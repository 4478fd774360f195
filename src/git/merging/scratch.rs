//! A view of the mirror whose new objects are in memory until they are wanted on disk.
//!
//! What is tried and thrown away (trial merges, forecasts) never touches the disk.

use git2::Repository;

use crate::domain::RigRepos;
use crate::git::error::Result;
use crate::git::objects;
use crate::git::open::{self, GitContext};

/// Before every other place of objects, to read from and to write to.
const FIRST: i32 = 1_000;

/// Opens the mirror so that what is written goes to memory.
pub(super) fn open(repos: &RigRepos, cx: &GitContext) -> Result<Repository> {
    let repo = open::bare(&repos.mirror, cx)?;
    repo.odb()?.add_new_mempack_backend(FIRST)?;
    Ok(repo)
}

/// As [`open`]; the objects of the shared repository can be read, too.
pub(super) fn open_with_shared(repos: &RigRepos, cx: &GitContext) -> Result<Repository> {
    let repo = open(repos, cx)?;
    drop(open::bare(&repos.shared, cx)?);
    let folder = objects::folder(&repos.shared);
    repo.odb()?.add_disk_alternate(&folder.to_string_lossy())?;
    Ok(repo)
}
