//! The one deletion path for worktrees (contracts W1 to W4).
//!
//! Nothing is deleted: commits and files get rescue refs in the mirror and the shared
//! repository, the folder and git's record of it are renamed into trash, and only then the
//! branch goes, if a rescue ref reaches its tip. Anything that cannot be kept stops it before
//! the rename.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use git2::{Index, ObjectType, Oid, Reference, Repository};

use super::advance;
use super::disk;
use super::error::{GitError, Result};
use super::objects;
use super::open::{self, GitContext};
use super::record::Record;
use super::refs::{self, Expect};
use super::rescue::{self, Subject};
use crate::domain::{GitOutcome, RigRepos};

/// Most commits kept beside HEAD and branches (reflog, autostash and the like).
const MOST_OTHERS: usize = 200;

/// The worktree that goes.
pub(super) struct Dead<'a> {
    pub(super) path: &'a Path,
    pub(super) record: &'a str,
    pub(super) branch: &'a str,
    pub(super) trash: &'a Path,
    pub(super) rescue: &'a str,
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
    let mut kept = keep_commits(&mirror, shared.as_ref(), repos, dead, record.folder())?;
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

/// Full ref name and commit of all that is kept.
type Kept = BTreeMap<String, Oid>;

/// HEAD, branches made there, the stash, and commits that only git's record of the worktree
/// knows; all brought into the mirror.
fn keep_commits(
    mirror: &Repository,
    shared: Option<&Repository>,
    repos: &RigRepos,
    dead: &Dead<'_>,
    record: &Path,
) -> Result<Kept> {
    let mut kept = Kept::new();
    let Some(shared) = shared else {
        return Ok(kept);
    };
    let branch = refs::get(shared, &refs::branch(dead.branch)?)?;
    let head = head_of(shared, record)?.or(branch);
    let mut main = Vec::new();
    for (name, oid) in [
        ("head".to_owned(), head),
        (format!("branch/{}", dead.branch), branch),
    ] {
        if let Some(oid) = oid {
            objects::copy(shared, mirror, &[oid])?;
            kept.insert(format!("{}/{name}", dead.rescue), oid);
            main.push(oid);
        }
    }
    let traces = traces(record)?;
    for name in traces.branches {
        if name == dead.branch || name == repos.target {
            continue;
        }
        if let Ok(full) = refs::branch(&name)
            && let Some(oid) = refs::get(shared, &full)?
        {
            keep_if_whole(
                mirror,
                shared,
                oid,
                format!("{}/branch/{name}", dead.rescue),
                &mut kept,
            )?;
        }
    }
    if let Some(oid) = refs::get(shared, "refs/stash")? {
        keep_if_whole(
            mirror,
            shared,
            oid,
            format!("{}/stash", dead.rescue),
            &mut kept,
        )?;
    }
    main.extend(refs::get(mirror, &refs::branch(&repos.target)?)?);
    let mut others = 0;
    for oid in traces.commits {
        if others >= MOST_OTHERS || !is_unreached_commit(mirror, shared, oid, &main)? {
            continue;
        }
        others += 1;
        keep_if_whole(
            mirror,
            shared,
            oid,
            format!("{}/other/{oid}", dead.rescue),
            &mut kept,
        )?;
        main.push(oid);
    }
    Ok(kept)
}

/// Keeps a commit that need not be whole: what is missing cannot be lost again.
fn keep_if_whole(
    mirror: &Repository,
    shared: &Repository,
    oid: Oid,
    name: String,
    kept: &mut Kept,
) -> Result<()> {
    match objects::copy(shared, mirror, &[oid]) {
        Ok(()) => {
            kept.insert(name, oid);
            Ok(())
        }
        Err(GitError::Incomplete { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

fn is_unreached_commit(
    mirror: &Repository,
    shared: &Repository,
    oid: Oid,
    known: &[Oid],
) -> Result<bool> {
    let kind = shared.odb()?.read_header(oid).map(|(_, kind)| kind);
    if !matches!(kind, Ok(ObjectType::Commit)) {
        return Ok(false);
    }
    for &tip in known {
        if mirror.find_commit(tip).is_ok()
            && (tip == oid
                || (mirror.find_commit(oid).is_ok() && objects::contains(mirror, tip, oid)?))
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The commit that a worktree's HEAD stands on, read without opening the worktree.
fn head_of(shared: &Repository, record: &Path) -> Result<Option<Oid>> {
    let Some(text) = disk::small_text(&record.join("HEAD"))? else {
        return Ok(None);
    };
    match text.strip_prefix("ref:") {
        Some(name) if Reference::is_valid_name(name.trim()) => refs::get(shared, name.trim()),
        Some(_) => Ok(None),
        None => Ok(Oid::from_str(&text)
            .ok()
            .filter(|&oid| shared.find_commit(oid).is_ok())),
    }
}

/// What git's record of a worktree mentions.
#[derive(Default)]
struct Traces {
    branches: Vec<String>,
    commits: Vec<Oid>,
}

/// Reads reflog, pseudo refs, private refs and the state of a rebase for ids and branch names.
fn traces(record: &Path) -> Result<Traces> {
    let mut traces = Traces::default();
    let mut waiting = vec![(record.to_owned(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        for name in disk::names(&folder)? {
            let path = folder.join(&name);
            if disk::is_folder(&path) {
                if depth < 6 {
                    waiting.push((path, depth + 1));
                }
            } else if name != "index"
                && let Some(bytes) = disk::small_file(&path)?
            {
                collect(&String::from_utf8_lossy(&bytes), &mut traces);
            }
        }
    }
    Ok(traces)
}

fn collect(text: &str, traces: &mut Traces) {
    for line in text.lines() {
        if let Some((_, moves)) = line.split_once("checkout: moving from ") {
            for name in moves.split(" to ") {
                if !traces.branches.iter().any(|known| known == name) {
                    traces.branches.push(name.to_owned());
                }
            }
        }
        for word in line.split(|c: char| !c.is_ascii_hexdigit()) {
            if word.len() == 40
                && let Ok(oid) = Oid::from_str(word)
                && !oid.is_zero()
                && !traces.commits.contains(&oid)
            {
                traces.commits.push(oid);
            }
        }
    }
    // Newest last in a reflog; the newest are worth most when there are too many.
    traces.commits.reverse();
}

fn keep_files(
    mirror: &Repository,
    shared: Option<&Repository>,
    dead: &Dead<'_>,
    record: &Path,
    kept: &mut Kept,
) -> Result<()> {
    let index = record.join("index");
    let staged = if disk::is_there(&index) {
        Index::open(&index).ok()
    } else {
        None
    };
    let subject = Subject {
        folder: dead.path,
        head: kept.get(&format!("{}/head", dead.rescue)).copied(),
        staged,
        about: dead.record,
    };
    if let Some(commit) = rescue::snapshot(mirror, shared, &subject)? {
        kept.insert(format!("{}/tree", dead.rescue), commit);
    }
    Ok(())
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

/// The best rescue ref there is: the files, else HEAD.
fn rescued(mirror: &Repository, dead: &Dead<'_>) -> Result<Option<(String, crate::domain::Oid)>> {
    for part in ["tree", "head"] {
        let name = format!("{}/{part}", dead.rescue);
        if let Some(oid) = refs::get(mirror, &name)? {
            return Ok(Some((name, objects::named(oid)?)));
        }
    }
    Ok(None)
}
