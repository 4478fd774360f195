//! Copying objects between repositories, and asking what a repository holds.
//!
//! A repository that this program feeds holds an object only together with everything below it:
//! what is missing is collected first, then written as one pack, which appears at once or not at
//! all, and is on disk before it does (libgit2's own writer leaves that to luck). So the walk stops
//! at whatever the receiver has. Commits are read raw: a planted
//! `shallow` or `grafts` file cannot hide a parent.

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;

use git2::{Indexer, ObjectType, Odb, Oid, Repository};

use super::disk;
use super::error::{GitError, Result};
use crate::domain;

/// Where a pack is until it is whole; what a killed try left there is removed by the next.
const INCOMING: &str = "incoming";

/// Brings `tips` and everything below them from one repository to another.
pub(super) fn copy(from: &Repository, to: &Repository, tips: &[Oid]) -> Result<()> {
    let source = from.odb()?;
    let goal = to.odb()?;
    let needed = missing(from, &source, tips, |oid| goal.exists(oid))?;
    if needed.is_empty() {
        return Ok(());
    }
    let mut builder = from.packbuilder()?;
    builder.set_threads(1);
    for &oid in &needed {
        builder.insert_object(oid, None)?;
    }
    let objects = folder(to.commondir());
    let incoming = objects.join(INCOMING);
    crate::git::folder::remove(&incoming)?;
    disk::make_dir(&incoming)?;
    let mut pack = Indexer::new(Some(&goal), &incoming, 0, false)?;
    let mut written = Ok(());
    builder.foreach(|bytes| {
        written = pack.write_all(bytes);
        written.is_ok()
    })?;
    written.map_err(GitError::disk(to.path()))?;
    let name = pack.commit()?;
    // An index makes its pack visible, so it comes last.
    for kind in ["pack", "idx"] {
        let file = format!("pack-{name}.{kind}");
        disk::settle(&incoming.join(&file), &objects.join("pack").join(&file))?;
    }
    disk::remove_empty(&incoming);
    goal.refresh()?;
    Ok(())
}

/// Checks that everything below `tips` is there, down to the last file (contract W5).
/// The walk stops at commits that `known` answers for.
pub(super) fn verify(repo: &Repository, tips: &[Oid], known: impl Fn(Oid) -> bool) -> Result<()> {
    let odb = repo.odb()?;
    missing(repo, &odb, tips, known).map(|_| ())
}

/// The objects below `tips` that the receiver does not hold, each checked to be in the source.
fn missing(
    repo: &Repository,
    odb: &Odb<'_>,
    tips: &[Oid],
    held: impl Fn(Oid) -> bool,
) -> Result<Vec<Oid>> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut waiting: Vec<Oid> = tips.to_vec();
    while let Some(oid) = waiting.pop() {
        if !seen.insert(oid) || held(oid) {
            continue;
        }
        let absent = |_| incomplete(repo, oid);
        let (_, kind) = odb.read_header(oid).map_err(absent)?;
        match kind {
            ObjectType::Commit => waiting.extend(below_commit(odb, oid).map_err(absent)?),
            ObjectType::Tree => {
                let tree = repo.find_tree(oid).map_err(absent)?;
                waiting.extend(
                    tree.iter()
                        .filter(|entry| entry.kind() != Some(ObjectType::Commit))
                        .map(|entry| entry.id()),
                );
            }
            ObjectType::Tag => waiting.push(repo.find_tag(oid).map_err(absent)?.target_id()),
            ObjectType::Blob | ObjectType::Any => {}
        }
        found.push(oid);
    }
    Ok(found)
}

/// Tree and parents of a commit, from its raw text.
fn below_commit(odb: &Odb<'_>, oid: Oid) -> std::result::Result<Vec<Oid>, git2::Error> {
    let object = odb.read(oid)?;
    object
        .data()
        .split(|&byte| byte == b'\n')
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            line.strip_prefix(b"tree ")
                .or_else(|| line.strip_prefix(b"parent "))
        })
        .map(|hex| Oid::from_str(&String::from_utf8_lossy(hex)))
        .collect()
}

fn incomplete(repo: &Repository, oid: Oid) -> GitError {
    GitError::Incomplete {
        oid,
        repo: repo.path().to_owned(),
    }
}

/// Whether `commit` is `tip` or below it.
pub(super) fn contains(repo: &Repository, tip: Oid, commit: Oid) -> Result<bool> {
    Ok(tip == commit || repo.graph_descendant_of(tip, commit)?)
}

/// A commit id of libgit2 from one of ours.
pub(super) fn oid(id: &domain::Oid) -> Result<Oid> {
    Ok(Oid::from_str(id.as_str())?)
}

/// A commit id of ours from one of libgit2.
pub(super) fn named(id: Oid) -> Result<domain::Oid> {
    domain::Oid::parse(&id.to_string()).map_err(|_| GitError::BadName {
        what: "object id",
        name: id.to_string(),
    })
}

/// A path out of a repository as text.
pub(super) fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

/// The folder that holds a repository's objects.
pub(super) fn folder(repo: &Path) -> std::path::PathBuf {
    repo.join("objects")
}
