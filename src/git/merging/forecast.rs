//! Which live works conflict with the target, and which with each other.
//!
//! Each work is brought to the target once, in memory. Two works whose changes of the target have
//! no path in common fit together; only the others are merged. So the cost grows with what
//! overlaps, not with the square of the works.

use std::collections::{BTreeMap, BTreeSet};

use git2::{Oid, Repository};

use super::graft::{self, Edit};
use super::past::Past;
use super::scratch;
use super::three::{self, Plan, Three};
use crate::domain::{Clash, Foreseen, GitOutcome, LiveWork, Outlook, RigRepos};
use crate::git::error::{GitError, Result};
use crate::git::objects;
use crate::git::open::GitContext;
use crate::git::refs;

/// Most paths that are told of one conflict.
const SHOWN: usize = 50;
/// Most pairs that are merged; beyond it, works that share a file are not told apart any more.
const PAIRS: usize = 20_000;

/// Tries all works on the target and against each other.
pub(in crate::git) fn forecast(
    repos: &RigRepos,
    target: &str,
    tips: &[LiveWork],
    cx: &GitContext,
) -> Result<GitOutcome> {
    let repo = scratch::open_with_shared(repos, cx)?;
    let onto = refs::get(&repo, &refs::branch(target)?)?.ok_or(GitError::Empty)?;
    let tree = repo.find_commit(onto)?.tree_id();
    let past = Past::of(&repo, target, onto)?;
    let mut foreseen = Vec::new();
    let mut fitting = Vec::new();
    for live in tips {
        let tried = match alone(&repo, &past, tree, live) {
            Ok(tried) => tried,
            Err(error) => Tried::Unusable(error.line()),
        };
        let outlook = match tried {
            Tried::Change(paths, _) if paths.is_empty() => Outlook::There,
            Tried::Change(paths, change) => {
                let files = u32::try_from(paths.len()).unwrap_or(u32::MAX);
                fitting.push(Fitting {
                    live,
                    change,
                    paths,
                });
                Outlook::Fits { files }
            }
            Tried::Conflict(paths) => Outlook::Conflict {
                paths: shown(&paths),
            },
            Tried::Unusable(reason) => Outlook::Unusable { reason },
        };
        foreseen.push(Foreseen {
            key: live.key.clone(),
            outlook,
        });
    }
    Ok(GitOutcome::Foreseen {
        base: objects::named(onto)?,
        tips: foreseen,
        clashes: clashes(&repo, tree, &fitting)?,
    })
}

/// A work that fits the target.
struct Fitting<'a> {
    live: &'a LiveWork,
    change: Change,
    /// What it changes of the target.
    paths: Vec<Vec<u8>>,
}

/// The target with a work, written or not.
enum Change {
    Edits(Vec<Edit>),
    Tree(Oid),
}

impl Fitting<'_> {
    fn tree(&self, repo: &Repository, target: Oid) -> Result<Oid> {
        match &self.change {
            Change::Edits(edits) => graft::graft(repo, target, edits),
            Change::Tree(tree) => Ok(*tree),
        }
    }
}

enum Tried {
    Change(Vec<Vec<u8>>, Change),
    Conflict(Vec<Vec<u8>>),
    Unusable(String),
}

/// The whole change of a work on the target.
fn alone(repo: &Repository, past: &Past<'_>, target: Oid, live: &LiveWork) -> Result<Tried> {
    let theirs = repo.find_commit(objects::oid(&live.tip)?)?.tree_id();
    let Some(base) = past.base(live)? else {
        let reason = "it shares no history with the target";
        return Ok(Tried::Unusable(reason.to_owned()));
    };
    let base = repo.find_commit(base)?.tree_id();
    Ok(match three::plan(repo, Some(base), target, theirs)? {
        Plan::Edits(edits) => {
            let paths = edits.iter().map(|(path, _)| path.clone()).collect();
            Tried::Change(paths, Change::Edits(edits))
        }
        Plan::Done(Three::Tree { tree, paths }) => Tried::Change(paths, Change::Tree(tree)),
        Plan::Done(Three::Conflict(paths)) => Tried::Conflict(paths),
    })
}

fn clashes(repo: &Repository, target: Oid, works: &[Fitting<'_>]) -> Result<Vec<Clash>> {
    let mut found = Vec::new();
    let mut trees: BTreeMap<usize, Oid> = BTreeMap::new();
    for (one, other) in sharing(works) {
        let mut sides = Vec::new();
        for number in [one, other] {
            let Some(work) = works.get(number) else {
                continue;
            };
            let tree = match trees.get(&number) {
                Some(&tree) => tree,
                None => work.tree(repo, target)?,
            };
            trees.insert(number, tree);
            sides.push((work, tree));
        }
        let [(one, ours), (other, theirs)] = sides[..] else {
            continue;
        };
        let plan = three::plan(repo, Some(target), ours, theirs)?;
        if let Plan::Done(Three::Conflict(paths)) = plan {
            found.push(Clash {
                one: one.live.key.clone(),
                other: other.live.key.clone(),
                paths: shown(&paths),
            });
        }
    }
    Ok(found)
}

/// The pairs of works that change the same path, or a path and a folder above it.
fn sharing(works: &[Fitting<'_>]) -> BTreeSet<(usize, usize)> {
    let mut at: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (number, work) in works.iter().enumerate() {
        for path in &work.paths {
            at.entry(path).or_default().push(number);
        }
    }
    let mut pairs = BTreeSet::new();
    for (number, work) in works.iter().enumerate() {
        for path in &work.paths {
            let folders = (0..path.len()).filter(|&end| path.get(end) == Some(&b'/'));
            for end in folders.chain([path.len()]) {
                for &other in path
                    .get(..end)
                    .and_then(|above| at.get(above))
                    .into_iter()
                    .flatten()
                {
                    if other != number && pairs.len() < PAIRS {
                        pairs.insert((number.min(other), number.max(other)));
                    }
                }
            }
        }
    }
    pairs
}

fn shown(paths: &[Vec<u8>]) -> Vec<String> {
    paths
        .iter()
        .take(SHOWN)
        .map(|path| objects::shown(path))
        .collect()
}
