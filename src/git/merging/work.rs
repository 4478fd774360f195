//! Which commits a work is made of.

use git2::{Oid, Repository, Sort};

use crate::git::error::Result;
use crate::git::objects;
use crate::git::refs;

/// The commit below which nothing belongs to the work, beside the target itself. That is the
/// work's base only when the base was on the target once and is not any more (history was
/// rewritten there). Work that goes on from an earlier try begins at a commit that never was on
/// the target; then the earlier commits belong to it.
pub(super) fn cut(mirror: &Repository, target: &str, onto: Oid, base: Oid) -> Result<Option<Oid>> {
    if mirror.find_commit(base).is_err() || objects::contains(mirror, onto, base)? {
        return Ok(None);
    }
    let log = mirror.reflog(&refs::branch(target)?)?;
    for entry in log.iter() {
        for past in [entry.id_new(), entry.id_old()] {
            if mirror.find_commit(past).is_ok() && objects::contains(mirror, past, base)? {
                return Ok(Some(base));
            }
        }
    }
    Ok(None)
}

/// The commits of `tip` that neither `onto` nor `cut` hold, oldest first.
pub(super) fn commits(
    repo: &Repository,
    tip: Oid,
    onto: Oid,
    cut: Option<Oid>,
) -> Result<Vec<Oid>> {
    let mut walk = repo.revwalk()?;
    walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE)?;
    walk.push(tip)?;
    walk.hide(onto)?;
    if let Some(cut) = cut {
        walk.hide(cut)?;
    }
    Ok(walk.collect::<std::result::Result<_, _>>()?)
}
