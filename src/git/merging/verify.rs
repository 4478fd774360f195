//! The check after a landing (contract M8): what landed is what was tested, and every member's
//! change is in it, whole and alone.
//!
//! It is written against a defect in the stacking itself, such as a wrong merge base that undoes
//! what others landed. So it merges nothing: the base of a member is where its own commits begin,
//! and its step may add and remove only lines that its change adds and removes. What is missing
//! must have been there before. A path that nobody else touched must be exactly the member's.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use git2::{Oid, Repository};

use super::graft::Leaf;
use super::lines::{self, Counts, Gross};
use super::pairs::{self, Groups, Pair, Renames};
use super::work;
use crate::domain::{self, GitOutcome, Landed, MergeId, Mismatch, RigRepos};
use crate::git::error::Result;
use crate::git::objects;
use crate::git::open::{self, GitContext};
use crate::git::refs;
use crate::support::text;

/// Most problems that are told.
const TOLD: usize = 20;

/// What landed.
pub(in crate::git) struct Landing<'a> {
    target: &'a str,
    old: &'a domain::Oid,
    new: &'a domain::Oid,
    tree: &'a domain::Oid,
    members: &'a [Landed],
}

impl<'a> Landing<'a> {
    pub(in crate::git) fn of(
        target: &'a str,
        (old, new): (&'a domain::Oid, &'a domain::Oid),
        tree: &'a domain::Oid,
        members: &'a [Landed],
    ) -> Self {
        Self {
            target,
            old,
            new,
            tree,
            members,
        }
    }
}

/// Looks at a landing; changes nothing.
pub(in crate::git) fn verify(
    repos: &RigRepos,
    landing: &Landing<'_>,
    cx: &GitContext,
) -> Result<GitOutcome> {
    let repo = open::bare(&repos.mirror, cx)?;
    let mut problems = of_the_whole(&repo, landing)?;
    let mut at = landing.old;
    for member in landing.members {
        if member.before != *at {
            problems.push(Mismatch::Gap {
                key: member.key.clone(),
            });
        }
        at = &member.commit;
        problems.extend(of_member(&repo, landing.target, member)?);
    }
    if let Some(last) = landing.members.last()
        && at != landing.new
    {
        problems.push(Mismatch::Gap {
            key: last.key.clone(),
        });
    }
    problems.truncate(TOLD);
    Ok(GitOutcome::Verified { problems })
}

/// Tree, descent and target.
fn of_the_whole(repo: &Repository, landing: &Landing<'_>) -> Result<Vec<Mismatch>> {
    let mut problems = Vec::new();
    let (old, new) = (objects::oid(landing.old)?, objects::oid(landing.new)?);
    let (tested, landed) = (
        objects::oid(landing.tree)?,
        repo.find_commit(new)?.tree_id(),
    );
    if tested != landed {
        problems.push(Mismatch::Tree {
            tested: landing.tree.clone(),
            landed: objects::named(landed)?,
        });
    }
    if !objects::contains(repo, new, old)? {
        problems.push(Mismatch::NotForward {
            old: landing.old.clone(),
            new: landing.new.clone(),
        });
    }
    let tip = refs::get(repo, &refs::branch(landing.target)?)?;
    let is_on_target = match tip {
        Some(tip) => objects::contains(repo, tip, new)?,
        None => false,
    };
    if !is_on_target {
        problems.push(Mismatch::NotOnTarget {
            tip: tip.map(objects::named).transpose()?,
        });
    }
    Ok(problems)
}

fn of_member(repo: &Repository, target: &str, member: &Landed) -> Result<Vec<Mismatch>> {
    let tip = objects::oid(&member.tip)?;
    let before = objects::oid(&member.before)?;
    let cut = work::cut(repo, target, before, objects::oid(&member.base)?)?;
    let commits = work::commits(repo, tip, before, cut)?;
    let tree = |commit: Oid| -> Result<Oid> { Ok(repo.find_commit(commit)?.tree_id()) };
    let base = match origin(repo, &commits)? {
        Some(base) => Some(tree(base)?),
        None if commits.is_empty() => Some(tree(tip)?),
        None => None,
    };
    let check = Check {
        repo,
        key: &member.key,
        base,
        tip: tree(tip)?,
        before: tree(before)?,
        commit: tree(objects::oid(&member.commit)?)?,
    };
    if check.is_plain()? {
        return Ok(Vec::new());
    }
    check.closely(&commits)
}

/// Where the member's own commits begin: of the commits just below them, the one that holds the
/// others. The merge base of the stacking is not asked.
fn origin(repo: &Repository, commits: &[Oid]) -> Result<Option<Oid>> {
    let own: HashSet<Oid> = commits.iter().copied().collect();
    let mut below = BTreeSet::new();
    for &commit in commits {
        let parents = repo.find_commit(commit)?;
        below.extend(parents.parent_ids().filter(|parent| !own.contains(parent)));
    }
    let mut best = None;
    for commit in below {
        best = match best {
            Some(best) if !objects::contains(repo, commit, best)? => Some(best),
            _ => Some(commit),
        };
    }
    Ok(best)
}

/// One member's trees: `base` to `tip` is its change, `before` to `commit` its step.
struct Check<'a> {
    repo: &'a Repository,
    key: &'a MergeId,
    base: Option<Oid>,
    tip: Oid,
    before: Oid,
    commit: Oid,
}

impl Check<'_> {
    fn pairs(&self, old: Option<Oid>, new: Oid, renames: Renames) -> Result<Vec<Pair>> {
        pairs::pairs(self.repo, old, new, renames)
    }

    /// Whether the step is the change, path by path, without a closer look.
    fn is_plain(&self) -> Result<bool> {
        let own = by_path(self.pairs(self.base, self.tip, Renames::Apart)?);
        let landed = by_path(self.pairs(Some(self.before), self.commit, Renames::Apart)?);
        if !own.keys().eq(landed.keys()) {
            return Ok(false);
        }
        for (own, landed) in own.values().zip(landed.values()) {
            if own == landed {
                continue;
            }
            let is_alone = leaves(own).0 == leaves(landed).0;
            if is_alone || self.net(own)? != self.net(landed)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn net(&self, pairs: &[Pair]) -> Result<Counts> {
        let mut net = Counts::new();
        for pair in pairs {
            lines::add_net(self.repo, pair, &mut net)?;
        }
        Ok(net)
    }

    fn gross(&self, pairs: &[Pair]) -> Result<Gross> {
        let mut gross = Gross::default();
        for pair in pairs {
            lines::add_gross(self.repo, pair, &mut gross)?;
        }
        Ok(gross)
    }

    /// The look at lines, with renames followed and what was there before taken into account.
    fn closely(&self, commits: &[Oid]) -> Result<Vec<Mismatch>> {
        let own = self.pairs(self.base, self.tip, Renames::Together)?;
        let landed = self.pairs(Some(self.before), self.commit, Renames::Together)?;
        let others = self.pairs(self.base, self.before, Renames::Together)?;
        let steps = self.steps(commits)?;
        let mut groups = Groups::default();
        for pairs in [&own, &landed, &others, &steps] {
            groups.join_all(pairs);
        }
        let mut all: BTreeMap<usize, Group> = BTreeMap::new();
        for pair in own {
            let group = all.entry(groups.group(pair.path())).or_default();
            group.own.push(pair);
        }
        for pair in landed {
            let group = all.entry(groups.group(pair.path())).or_default();
            group.landed.push(pair);
        }
        for pair in others {
            if let Some(group) = all.get_mut(&groups.group(pair.path())) {
                group.others.push(pair);
            }
        }
        for pair in steps {
            if let Some(group) = all.get_mut(&groups.group(pair.path())) {
                group.steps.push(pair);
            }
        }
        let mut problems = Vec::new();
        for group in all.values() {
            problems.extend(self.group(group)?);
        }
        Ok(problems)
    }

    /// What the member's commits change one by one; merges aside.
    fn steps(&self, commits: &[Oid]) -> Result<Vec<Pair>> {
        let mut all = Vec::new();
        for &commit in commits {
            let commit = self.repo.find_commit(commit)?;
            if commit.parent_count() > 1 {
                continue;
            }
            let old = match commit.parent_ids().next() {
                Some(parent) => Some(self.repo.find_commit(parent)?.tree_id()),
                None => None,
            };
            all.extend(self.pairs(old, commit.tree_id(), Renames::Together)?);
        }
        Ok(all)
    }

    fn group(&self, group: &Group) -> Result<Option<Mismatch>> {
        if group.others.is_empty() {
            return self.exact(group);
        }
        let mut own = self.gross(&group.own)?;
        let others = self.gross(&group.others)?;
        if group.landed.is_empty()
            && let Some(line) = own.beyond(&others)
        {
            return Ok(Some(self.lost(group, line)));
        }
        let (wanted, landed) = (self.net(&group.own)?, self.net(&group.landed)?);
        for (line, &count) in &wanted {
            let short = (count - lines::get(&landed, line)) * count.signum();
            let (there, sign) = if count > 0 {
                (&others.plus, '+')
            } else {
                (&others.minus, '-')
            };
            if short > lines::get(there, line) {
                return Ok(Some(self.lost(group, lines::shown(sign, line))));
            }
        }
        own.at_least(self.gross(&group.steps)?);
        for (line, &count) in &landed {
            let (may, sign) = if count > 0 {
                (&own.plus, '+')
            } else {
                (&own.minus, '-')
            };
            if count.abs() > lines::get(may, line) {
                return Ok(Some(self.foreign(group, lines::shown(sign, line))));
            }
        }
        Ok(None)
    }

    /// Paths that nobody else touched must be the member's, byte for byte.
    fn exact(&self, group: &Group) -> Result<Option<Mismatch>> {
        for pair in &group.own {
            for side in [&pair.old, &pair.new].into_iter().flatten() {
                if self.leaf(Some(self.tip), &side.path)?
                    != self.leaf(Some(self.commit), &side.path)?
                {
                    let line = self.gross(&group.own)?.beyond(&self.gross(&group.landed)?);
                    return Ok(Some(self.lost(group, line.unwrap_or_default())));
                }
            }
        }
        for pair in &group.landed {
            if self.leaf(Some(self.tip), pair.path())?
                != self.leaf(Some(self.commit), pair.path())?
            {
                let line = self.gross(&group.landed)?.beyond(&self.gross(&group.own)?);
                return Ok(Some(self.foreign(group, line.unwrap_or_default())));
            }
        }
        Ok(None)
    }

    fn leaf(&self, tree: Option<Oid>, path: &[u8]) -> Result<Option<Leaf>> {
        let Some(tree) = tree else { return Ok(None) };
        let mut tree = self.repo.find_tree(tree)?;
        let mut parts = path.split(|&byte| byte == b'/').peekable();
        while let Some(part) = parts.next() {
            let Some(leaf) = Leaf::of(Some(&tree), part) else {
                return Ok(None);
            };
            if parts.peek().is_none() {
                return Ok(Some(leaf));
            }
            if !leaf.is_folder() {
                return Ok(None);
            }
            tree = self.repo.find_tree(leaf.oid)?;
        }
        Ok(None)
    }

    fn lost(&self, group: &Group, line: String) -> Mismatch {
        Mismatch::Lost {
            key: self.key.clone(),
            path: group.path(),
            line,
        }
    }

    fn foreign(&self, group: &Group, line: String) -> Mismatch {
        Mismatch::Foreign {
            key: self.key.clone(),
            path: group.path(),
            line,
        }
    }
}

/// Files that belong together.
#[derive(Debug, Default)]
struct Group {
    own: Vec<Pair>,
    landed: Vec<Pair>,
    /// What happened to them between the member's base and its step.
    others: Vec<Pair>,
    /// What the member's commits do to them one by one.
    steps: Vec<Pair>,
}

impl Group {
    fn path(&self) -> String {
        let first = self.own.first().or(self.landed.first());
        text::clean(&objects::shown(first.map(Pair::path).unwrap_or_default()))
    }
}

/// The pairs of each path; a file that became something else has two.
fn by_path(pairs: Vec<Pair>) -> BTreeMap<Vec<u8>, Vec<Pair>> {
    let mut all: BTreeMap<Vec<u8>, Vec<Pair>> = BTreeMap::new();
    for pair in pairs {
        all.entry(pair.path().to_vec()).or_default().push(pair);
    }
    all
}

/// What is at a path before and after.
fn leaves(pairs: &[Pair]) -> (Option<Leaf>, Option<Leaf>) {
    let leaf = |side: &Option<pairs::Side>| side.as_ref().map(|side| side.leaf);
    (
        pairs.iter().find_map(|pair| leaf(&pair.old)),
        pairs.iter().find_map(|pair| leaf(&pair.new)),
    )
}
