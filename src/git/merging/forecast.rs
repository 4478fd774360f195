//! Which live works conflict with the target, and which with each other.
//!
//! Each work is brought to the target once, in memory. Two works whose changes of the target have
//! no path in common fit together; only the others are merged. So the cost grows with what
//! overlaps, not with the square of the works.

use std::collections::{BTreeMap, BTreeSet};

use git2::{Oid, Repository};

use super::past::Past;
use super::scratch;
use super::three::{self, Three};
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
            Tried::Three(Three::Tree { paths, .. }) if paths.is_empty() => Outlook::There,
            Tried::Three(Three::Tree { tree, paths }) => {
                let files = u32::try_from(paths.len()).unwrap_or(u32::MAX);
                fitting.push(Fitting { live, tree, paths });
                Outlook::Fits { files }
            }
            Tried::Three(Three::Conflict(paths)) => Outlook::Conflict {
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
    /// The target with it.
    tree: Oid,
    /// What it changes of the target.
    paths: Vec<Vec<u8>>,
}

enum Tried {
    Three(Three),
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
    Ok(Tried::Three(three::three(
        repo,
        Some(base),
        target,
        theirs,
    )?))
}

fn clashes(repo: &Repository, target: Oid, works: &[Fitting<'_>]) -> Result<Vec<Clash>> {
    let mut found = Vec::new();
    for (one, other) in sharing(works) {
        let (Some(one), Some(other)) = (works.get(one), works.get(other)) else {
            continue;
        };
        if let Three::Conflict(paths) = three::three(repo, Some(target), one.tree, other.tree)? {
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
