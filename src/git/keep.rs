//! The commits of a worktree that goes: HEAD, branches made there, the stash, and what only git's
//! record of the worktree still knows (reflog, autostash, the state of a rebase).
//!
//! All are brought into the mirror; HEAD and the worktree's own branch must be whole, the others
//! are kept when they are, since what is missing already cannot be lost.

use std::collections::BTreeMap;
use std::path::Path;

use git2::{ObjectType, Oid, Reference, Repository};

use super::disk;
use super::error::{GitError, Result};
use super::objects;
use super::refs;

/// Most commits kept beside HEAD, branches and stash.
const MOST_OTHERS: usize = 200;
/// Deepest folder of a record that is searched.
const DEEPEST: usize = 6;

/// Full ref name and commit of all that is kept.
pub(super) type Kept = BTreeMap<String, Oid>;

/// Whose commits are kept, and under which ref.
pub(super) struct Owner<'a> {
    /// The worktree's branch.
    pub(super) branch: &'a str,
    /// The rig's target branch, which needs no keeping.
    pub(super) target: &'a str,
    /// Git's record of the worktree.
    pub(super) record: &'a Path,
    /// The ref under which everything is kept.
    pub(super) rescue: &'a str,
}

/// Brings everything that the owner may have made into the mirror and names it.
pub(super) fn commits(mirror: &Repository, shared: &Repository, owner: &Owner<'_>) -> Result<Kept> {
    let mut keeper = Keeper {
        mirror,
        shared,
        owner,
        kept: Kept::new(),
    };
    keeper.own_work()?;
    let traces = traces(owner.record)?;
    for name in &traces.branches {
        keeper.branch(name)?;
    }
    if let Some(oid) = refs::get(shared, "refs/stash")? {
        keeper.if_whole("stash", oid)?;
    }
    keeper.others(&traces.commits)?;
    Ok(keeper.kept)
}

struct Keeper<'a> {
    mirror: &'a Repository,
    shared: &'a Repository,
    owner: &'a Owner<'a>,
    kept: Kept,
}

impl Keeper<'_> {
    fn own_work(&mut self) -> Result<()> {
        let branch = refs::get(self.shared, &refs::branch(self.owner.branch)?)?;
        let head = head_of(self.shared, self.owner.record)?.or(branch);
        let own = format!("branch/{}", self.owner.branch);
        for (name, oid) in [("head", head), (own.as_str(), branch)] {
            if let Some(oid) = oid {
                objects::copy(self.shared, self.mirror, &[oid])?;
                self.keep(name, oid);
            }
        }
        Ok(())
    }

    /// A branch that the worktree once stood on.
    fn branch(&mut self, name: &str) -> Result<()> {
        if name == self.owner.branch || name == self.owner.target {
            return Ok(());
        }
        let Ok(full) = refs::branch(name) else {
            return Ok(());
        };
        match refs::get(self.shared, &full)? {
            Some(oid) => self.if_whole(&format!("branch/{name}"), oid),
            None => Ok(()),
        }
    }

    /// Commits that nothing kept so far reaches.
    fn others(&mut self, commits: &[Oid]) -> Result<()> {
        let mut known: Vec<Oid> = self.kept.values().copied().collect();
        known.extend(refs::get(self.mirror, &refs::branch(self.owner.target)?)?);
        let mut count = 0;
        for &oid in commits {
            if count < MOST_OTHERS && self.is_unreached_commit(oid, &known)? {
                count += 1;
                self.if_whole(&format!("other/{oid}"), oid)?;
                known.push(oid);
            }
        }
        Ok(())
    }

    fn is_unreached_commit(&self, oid: Oid, known: &[Oid]) -> Result<bool> {
        let kind = self.shared.odb()?.read_header(oid).map(|(_, kind)| kind);
        if !matches!(kind, Ok(ObjectType::Commit)) {
            return Ok(false);
        }
        if self.mirror.find_commit(oid).is_err() {
            return Ok(true);
        }
        for &tip in known {
            if self.mirror.find_commit(tip).is_ok() && objects::contains(self.mirror, tip, oid)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn if_whole(&mut self, name: &str, oid: Oid) -> Result<()> {
        match objects::copy(self.shared, self.mirror, &[oid]) {
            Ok(()) => self.keep(name, oid),
            Err(GitError::Incomplete { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn keep(&mut self, name: &str, oid: Oid) {
        self.kept
            .insert(format!("{}/{name}", self.owner.rescue), oid);
    }
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

/// Reads the small files of a record for commit ids and branch names.
fn traces(record: &Path) -> Result<Traces> {
    let mut traces = Traces::default();
    let mut waiting = vec![(record.to_owned(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        for name in disk::names(&folder)? {
            let path = folder.join(&name);
            if disk::is_folder(&path) {
                if depth < DEEPEST {
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

/// The newest lines of a reflog are its last ones and worth most when there are too many.
fn collect(text: &str, traces: &mut Traces) {
    for line in text.lines().rev() {
        if let Some((_, moves)) = line.split_once("checkout: moving from ") {
            for name in moves.split(" to ") {
                if !traces.branches.iter().any(|known| known == name) {
                    traces.branches.push(name.to_owned());
                }
            }
        }
        let ids = line
            .split(|c: char| !c.is_ascii_hexdigit())
            .filter(|word| word.len() == 40)
            .filter_map(|word| Oid::from_str(word).ok());
        for oid in ids {
            if !oid.is_zero() && !traces.commits.contains(&oid) {
                traces.commits.push(oid);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reflog_gives_branches_and_commits_newest_first() {
        let a = "a".repeat(40);
        let b = "b".repeat(40);
        let zero = "0".repeat(40);
        let log = format!(
            "{zero} {a} T <t> 1 +0000\tcommit (initial): x\n{a} {b} T <t> 2 +0000\tcheckout: moving from main to side\n"
        );
        let mut traces = Traces::default();
        collect(&log, &mut traces);
        assert_eq!(traces.branches, ["main", "side"]);
        let ids: Vec<String> = traces.commits.iter().map(Oid::to_string).collect();
        assert_eq!(ids, [a, b]);
    }
}
