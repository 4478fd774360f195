//! The recent past of the target, kept for the time of a forecast.
//!
//! Where a work began is asked for each of many works; with the target's last commits at hand, a
//! few steps from the work's tip answer it. What lies farther back, or is not that plain, is left
//! to the search for merge bases.

use std::collections::HashSet;

use git2::{Oid, Repository};

use super::fit::{self, Sides, What};
use super::work;
use crate::domain::LiveWork;
use crate::git::error::Result;
use crate::git::objects;

/// So many commits of the target are kept.
const KEPT: usize = 4_096;
/// So many commits of a work are followed.
const FOLLOWED: usize = 256;

/// The target's last commits.
pub(super) struct Past<'a> {
    repo: &'a Repository,
    target: &'a str,
    onto: Oid,
    recent: HashSet<Oid>,
}

impl<'a> Past<'a> {
    /// Reads the past of the target, which is at `onto`.
    pub(super) fn of(repo: &'a Repository, target: &'a str, onto: Oid) -> Result<Self> {
        let mut walk = repo.revwalk()?;
        walk.push(onto)?;
        let recent = walk.take(KEPT).collect::<std::result::Result<_, _>>()?;
        Ok(Self {
            repo,
            target,
            onto,
            recent,
        })
    }

    /// The commit that a work's change is taken from; `None` when it shares nothing.
    pub(super) fn base(&self, live: &LiveWork) -> Result<Option<Oid>> {
        let (tip, began) = (objects::oid(&live.tip)?, objects::oid(&live.base)?);
        if !self.recent.contains(&began)
            && let Some(cut) = work::cut(self.repo, self.target, self.onto, began)?
        {
            return Ok(Some(cut));
        }
        if let Some(base) = self.near(tip)? {
            return Ok(Some(base));
        }
        let sides = Sides {
            onto: self.onto,
            theirs: tip,
            what: What::Whole,
        };
        Ok(fit::true_bases(self.repo, sides)?.first().copied())
    }

    /// The one recent commit that the work stands on, when it is that plain.
    fn near(&self, tip: Oid) -> Result<Option<Oid>> {
        let mut waiting = vec![tip];
        let mut seen = HashSet::new();
        let mut below = None;
        while let Some(oid) = waiting.pop() {
            if self.recent.contains(&oid) {
                if below.is_some_and(|below| below != oid) {
                    return Ok(None);
                }
                below = Some(oid);
            } else if seen.insert(oid) {
                if seen.len() > FOLLOWED {
                    return Ok(None);
                }
                waiting.extend(self.repo.find_commit(oid)?.parent_ids());
            }
        }
        Ok(below)
    }
}
