//! The one deletion path for worktrees (contracts W1 to W4).
//!
//! Nothing is deleted: commits and files get rescue refs in the mirror and the shared
//! repository, the folder and git's record of it are renamed into trash, and only then the
//! branch goes, if a rescue ref reaches its tip. Anything that cannot be kept stops it before
//! the rename.

use std::path::{Path, PathBuf};

use git2::{Index, Oid, Reference, Repository};

use super::advance;
use super::disk;
use super::error::{GitError, Result};
use super::keep::{self, Kept, Owner};
use super::objects;
use super::open::{self, GitContext};
use super::record::Record;
use super::refs::{self, Expect};
use super::rescue::{self, Staged, Subject};
use crate::domain::{GitOutcome, RigRepos};

/// The worktree that goes.
pub(super) struct Dead<'a> {
    pub(super) path: &'a Path,
    pub(super) record: &'a str,
    pub(super) branch: &'a str,
    pub(super) trash: &'a Path,
    pub(super) rescue: &'a str,
}

impl<'a> Dead<'a> {
    pub(super) fn of(
        path: &'a Path,
        record: &'a str,
        branch: &'a str,
        trash: &'a Path,
        rescue: &'a str,
    ) -> Self {
        Self {
            path,
            record,
            branch,
            trash,
            rescue,
        }
    }
}

/// Rescues, moves to trash, forgets.
pub(super) fn bury(repos: &RigRepos, dead: &Dead<'_>, cx: &GitContext) -> Result<GitOutcome> {
    guard(repos, dead)?;
    let mirror = open::bare(&repos.mirror, cx)?;
    let shared = if disk::is_there(&repos.shared) {
        Some(open::bare(&repos.shared, cx)?)
    } else {
        None
    };
    let record = Record::new(&repos.shared, dead.record, dead.path)?;
    let mut kept = Kept::new();
    if let Some(shared) = &shared {
        let owner = Owner {
            branch: dead.branch,
            target: &repos.target,
            record: record.folder(),
            rescue: dead.rescue,
        };
        kept = keep::commits(&mirror, shared, &owner)?;
    }
    if disk::is_folder(dead.path) {
        keep_files(&mirror, shared.as_ref(), dead, record.folder(), &mut kept)?;
    }
    write_refs(&mirror, shared.as_ref(), &kept)?;
    let trash = move_to_trash(dead)?;
    if disk::is_there(record.folder()) {
        let beside = beside(trash.as_deref().unwrap_or(dead.trash), ".record");
        disk::rename(record.folder(), &free(&beside))?;
    }
    if let Some(shared) = &shared {
        drop_branch(&mirror, shared, repos, dead)?;
    }
    Ok(GitOutcome::Buried {
        rescue: rescued(&mirror, dead)?,
        trash,
    })
}

/// Contract W4: only a folder that holds no repository of the rig may go, and not into itself.
fn guard(repos: &RigRepos, dead: &Dead<'_>) -> Result<()> {
    let precious = [&repos.mirror, &repos.shared, &repos.mayor, &repos.refinery];
    let holds_precious = precious.iter().any(|held| held.starts_with(dead.path));
    if !dead.path.is_absolute() || holds_precious || dead.trash.starts_with(dead.path) {
        return Err(GitError::Foreign {
            path: dead.path.to_owned(),
            reason: "it is not a worktree that may be buried",
        });
    }
    if !dead.rescue.starts_with("refs/gt/rescue/") || !Reference::is_valid_name(dead.rescue) {
        return Err(GitError::BadName {
            what: "rescue ref",
            name: dead.rescue.to_owned(),
        });
    }
    Ok(())
}

fn keep_files(
    mirror: &Repository,
    shared: Option<&Repository>,
    dead: &Dead<'_>,
    record: &Path,
    kept: &mut Kept,
) -> Result<()> {
    let subject = Subject {
        folder: dead.path,
        head: kept.get(&format!("{}/head", dead.rescue)).copied(),
        staged: staged(record)?,
        about: dead.record,
    };
    // A clean worktree is what HEAD is; the name is there all the same, so that one line always
    // brings everything back.
    let files = rescue::snapshot(mirror, shared, &subject)?.or(subject.head);
    if let Some(commit) = files {
        kept.insert(format!("{}/tree", dead.rescue), commit);
    }
    Ok(())
}

/// The agent's index as far as it can be read.
fn staged(record: &Path) -> Result<Staged> {
    let path = record.join("index");
    if !disk::is_there(&path) {
        return Ok(Staged::Nothing);
    }
    match Index::open(&path) {
        Ok(index) => Ok(Staged::Index(index)),
        Err(_) => {
            let mut bytes = Vec::new();
            for name in disk::names(record)? {
                let shown = name.to_string_lossy();
                if shown == "index" || shown.starts_with("sharedindex.") {
                    bytes.extend(disk::small_file(&record.join(&name))?.unwrap_or_default());
                }
            }
            Ok(Staged::Bytes(bytes))
        }
    }
}

fn write_refs(mirror: &Repository, shared: Option<&Repository>, kept: &Kept) -> Result<()> {
    for (name, &oid) in kept {
        refs::set(mirror, name, oid, Expect::Anything, "rescue")?;
    }
    let Some(shared) = shared else {
        return Ok(());
    };
    let tips: Vec<Oid> = kept.values().copied().collect();
    objects::copy(mirror, shared, &tips)?;
    for (name, &oid) in kept {
        refs::set(shared, name, oid, Expect::Anything, "rescue")?;
    }
    Ok(())
}

/// Renames the folder (or whatever stands there) into trash; says where it lies.
fn move_to_trash(dead: &Dead<'_>) -> Result<Option<PathBuf>> {
    if !disk::is_there(dead.path) {
        return Ok(disk::is_there(dead.trash).then(|| dead.trash.to_owned()));
    }
    let place = free(dead.trash);
    match disk::rename(dead.path, &place) {
        Ok(()) => {}
        Err(GitError::Disk { source, .. })
            if source.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            disk::let_owner_write(dead.path)?;
            disk::rename(dead.path, &place)?;
        }
        Err(error) => return Err(error),
    }
    Ok(Some(place))
}

/// `path`, or the first of `path.2`, `path.3`, … where nothing stands.
fn free(path: &Path) -> PathBuf {
    let mut place = path.to_owned();
    let mut number = 2;
    while disk::is_there(&place) {
        place = beside(path, &format!(".{number}"));
        number += 1;
    }
    place
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// Deletes the polecat's branch once a rescue ref in the mirror reaches its tip (contract W2).
fn drop_branch(
    mirror: &Repository,
    shared: &Repository,
    repos: &RigRepos,
    dead: &Dead<'_>,
) -> Result<()> {
    let full = refs::branch(dead.branch)?;
    let Some(tip) = refs::get(shared, &full)? else {
        return Ok(());
    };
    let saved = refs::get(mirror, &format!("{}/branch/{}", dead.rescue, dead.branch))?;
    let reached = match saved {
        Some(saved) => mirror.find_commit(tip).is_ok() && objects::contains(mirror, saved, tip)?,
        None => false,
    };
    let used = advance::checked_out(&repos.shared, &full)?.is_some();
    if !dead.branch.starts_with("polecat/") || !reached || used {
        return Ok(());
    }
    match refs::delete(shared, &full, tip) {
        // Somebody moved it in this instant: then it stays.
        Ok(()) | Err(GitError::Moved { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The best rescue ref there is: the files where they differ from HEAD, else HEAD.
fn rescued(mirror: &Repository, dead: &Dead<'_>) -> Result<Option<(String, crate::domain::Oid)>> {
    let tree = refs::get(mirror, &format!("{}/tree", dead.rescue))?;
    let head = refs::get(mirror, &format!("{}/head", dead.rescue))?;
    let best = match (tree, head) {
        (Some(tree), head) if head != Some(tree) => Some(("tree", tree)),
        (_, head) => head.map(|head| ("head", head)),
    };
    if let Some((part, oid)) = best {
        return Ok(Some((
            format!("{}/{part}", dead.rescue),
            objects::named(oid)?,
        )));
    }
    Ok(None)
}
