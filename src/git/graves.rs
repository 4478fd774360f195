//! Looking at what lies under rescue refs, and bringing it back.
//!
//! Looking reads the mirror alone. Bringing back makes a new branch of the shared repository or a
//! new folder with the files; it never writes over anything that is there.

use std::path::Path;

use git2::{Oid, Repository};

use super::disk;
use super::error::{GitError, Result};
use super::fill;
use super::folder;
use super::objects;
use super::open::{self, GitContext};
use super::refs::{self, Expect};
use crate::domain::{GitOutcome, Relic, RestoreTo, RigRepos};

/// Commits beyond this are not counted any more.
const COUNTED: usize = 10_000;

/// A mirror, looked at for what was rescued into it.
pub(crate) struct Graves {
    mirror: Repository,
    target: Option<Oid>,
}

impl std::fmt::Debug for Graves {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Graves")
            .field("mirror", &self.mirror.path())
            .finish_non_exhaustive()
    }
}

impl Graves {
    /// Opens the mirror of a rig that lands on `target`.
    pub(crate) fn open(mirror: &Path, target: &str, cx: &GitContext) -> Result<Self> {
        let mirror = open::bare(mirror, cx)?;
        let target = refs::get(&mirror, &refs::branch(target)?)?;
        Ok(Self { mirror, target })
    }

    /// The rescue refs of one grave, fullest first: its files, its HEAD, snapshots from the newest
    /// on, then the others by name.
    pub(crate) fn relics(&self, refs: &str) -> Result<Vec<Relic>> {
        let prefix = format!("{}/", refs.trim_end_matches('/'));
        let mut found = refs::below(&self.mirror, &prefix)?;
        found.sort_by(|(one, _), (other, _)| rank(one).cmp(&rank(other)));
        found
            .into_iter()
            .map(|(part, oid)| self.relic(part, oid))
            .collect()
    }

    fn relic(&self, part: String, oid: Oid) -> Result<Relic> {
        let commit = self.mirror.find_commit(oid)?;
        let mut walk = self.mirror.revwalk()?;
        walk.push(oid)?;
        let mut base = None;
        if let Some(target) = self.target {
            walk.hide(target)?;
            base = self.mirror.merge_base(target, oid).ok();
        }
        let before = base
            .map(|base| self.mirror.find_commit(base)?.tree())
            .transpose()?;
        let diff = self
            .mirror
            .diff_tree_to_tree(before.as_ref(), Some(&commit.tree()?), None)?;
        Ok(Relic {
            part,
            commit: objects::named(oid)?,
            commits: walk
                .take(COUNTED)
                .filter(std::result::Result::is_ok)
                .count(),
            files: diff.deltas().len(),
            subject: commit
                .summary_bytes()
                .map(objects::shown)
                .unwrap_or_default(),
            at: commit.time().seconds().saturating_mul(1000),
        })
    }
}

/// Where a part of a grave stands in its list.
fn rank(part: &str) -> (u8, std::cmp::Reverse<&str>, &str) {
    let plain = std::cmp::Reverse("");
    match part {
        "tree" => (0, plain, part),
        "head" => (1, plain, part),
        _ if part.starts_with("snapshot/") => (2, std::cmp::Reverse(part), ""),
        _ => (3, plain, part),
    }
}

/// Brings a rescue ref of the mirror back.
pub(super) fn restore(
    repos: &RigRepos,
    from: &str,
    to: &RestoreTo,
    cx: &GitContext,
) -> Result<GitOutcome> {
    let mirror = open::bare(&repos.mirror, cx)?;
    let full = if from.starts_with("refs/gt/rescue/") {
        fullest(&mirror, from)?
    } else {
        None
    };
    let Some((name, oid)) = full else {
        return Err(GitError::NoRescue {
            name: from.to_owned(),
        });
    };
    let place = match to {
        RestoreTo::Branch(branch) => {
            let shared = open::bare(&repos.shared, cx)?;
            let full = refs::branch(branch)?;
            objects::copy(&mirror, &shared, &[oid])?;
            match refs::set(&shared, &full, oid, Expect::Nothing, "restored") {
                Err(GitError::Moved { .. }) => {
                    let tip = refs::get(&shared, &full)?;
                    if tip != Some(oid) {
                        return Err(GitError::BranchTaken {
                            branch: branch.clone(),
                            tip: tip.unwrap_or(oid),
                        });
                    }
                }
                done => done?,
            }
            branch.clone()
        }
        RestoreTo::Folder(path) => {
            put_files(&mirror, oid, path, repos)?;
            path.display().to_string()
        }
    };
    Ok(GitOutcome::Restored {
        from: name,
        commit: objects::named(oid)?,
        place,
    })
}

/// The ref of that name, or the fullest one below it.
fn fullest(mirror: &Repository, name: &str) -> Result<Option<(String, Oid)>> {
    if let Some(oid) = refs::get(mirror, name)? {
        return Ok(Some((name.to_owned(), oid)));
    }
    let below = refs::below(mirror, &format!("{name}/"))?;
    let best = below
        .into_iter()
        .min_by(|(one, _), (other, _)| rank(one).cmp(&rank(other)));
    Ok(best.map(|(part, oid)| (format!("{name}/{part}"), oid)))
}

/// Writes the files beside their place and moves them there when they are whole.
fn put_files(mirror: &Repository, oid: Oid, path: &Path, repos: &RigRepos) -> Result<()> {
    let inside = [&repos.mirror, &repos.shared, &repos.mayor, &repos.refinery]
        .iter()
        .any(|own| path.starts_with(own) || own.starts_with(path));
    if !path.is_absolute() || path.file_name().is_none() || inside {
        return Err(GitError::Foreign {
            path: path.to_owned(),
            reason: "files are not restored there",
        });
    }
    if disk::is_there(path) && !(disk::is_folder(path) && disk::names(path)?.is_empty()) {
        return Err(GitError::InTheWay {
            path: path.to_owned(),
        });
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".restoring");
    let new = path.with_file_name(name);
    folder::remove(&new)?;
    disk::make_dir(&new)?;
    fill::export(mirror, oid, &new)?;
    // Over an empty folder a rename goes, over anything that came meanwhile it does not.
    disk::rename(&new, path)
}

/// Whether every file of every commit that the target lacks is there.
fn is_whole(mirror: &Repository, relics: &[(String, Oid)], target: &str) -> Result<bool> {
    let mut walk = mirror.revwalk()?;
    for (_, oid) in relics {
        walk.push(*oid)?;
    }
    if let Some(target) = refs::get(mirror, &refs::branch(target)?)? {
        walk.hide(target)?;
    }
    let mut trees = Vec::new();
    for oid in walk {
        trees.push(mirror.find_commit(oid?)?.tree_id());
    }
    for (_, oid) in relics {
        trees.push(mirror.find_commit(*oid)?.tree_id());
    }
    match objects::verify(mirror, &trees, |_| false) {
        Ok(()) => Ok(true),
        Err(GitError::Incomplete { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Deletes a folder from the trash, if all that was rescued of it is still under its refs
/// (contract W1). Says whether it did.
pub(super) fn empty(
    repos: &RigRepos,
    trash: &Path,
    rescue: &str,
    cx: &GitContext,
) -> Result<GitOutcome> {
    let mirror = open::bare(&repos.mirror, cx)?;
    let relics = refs::below(&mirror, &format!("{}/", rescue.trim_end_matches('/')))?;
    if relics.is_empty() || !is_whole(&mirror, &relics, &repos.target)? {
        return Ok(GitOutcome::Emptied { done: false });
    }
    folder::remove(trash)?;
    let mut record = trash.file_name().unwrap_or_default().to_owned();
    record.push(".record");
    folder::remove(&trash.with_file_name(record))?;
    Ok(GitOutcome::Emptied { done: true })
}
