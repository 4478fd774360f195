//! What two trees have differently, file by file, and which files belong together by renames.

use std::collections::HashMap;

use git2::{DiffFile, DiffFindOptions, Oid, Repository};

use super::graft::Leaf;
use crate::git::error::Result;

/// A file in one tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Side {
    /// Its path.
    pub(super) path: Vec<u8>,
    /// What is there.
    pub(super) leaf: Leaf,
}

/// A file that is not the same in both trees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// In the first tree, when it is there.
    pub(super) old: Option<Side>,
    /// In the second tree, when it is there.
    pub(super) new: Option<Side>,
}

impl Pair {
    /// The path that it has, or had.
    pub(super) fn path(&self) -> &[u8] {
        let side = self.new.as_ref().or(self.old.as_ref());
        side.map(|side| side.path.as_slice()).unwrap_or_default()
    }

    /// Both paths, when it was renamed.
    pub(super) fn renamed(&self) -> Option<(&[u8], &[u8])> {
        let (old, new) = (self.old.as_ref()?, self.new.as_ref()?);
        (old.path != new.path).then_some((&old.path, &new.path))
    }
}

/// Whether renamed files are told as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renames {
    Apart,
    Together,
}

/// The files that differ from one tree (nothing, when there is none) to another.
pub(super) fn pairs(
    repo: &Repository,
    old: Option<Oid>,
    new: Oid,
    renames: Renames,
) -> Result<Vec<Pair>> {
    if old == Some(new) {
        return Ok(Vec::new());
    }
    let old = old.map(|old| repo.find_tree(old)).transpose()?;
    let new = repo.find_tree(new)?;
    let mut diff = repo.diff_tree_to_tree(old.as_ref(), Some(&new), None)?;
    if renames == Renames::Together {
        diff.find_similar(Some(DiffFindOptions::new().renames(true)))?;
    }
    Ok(diff
        .deltas()
        .map(|delta| Pair {
            old: side(&delta.old_file()),
            new: side(&delta.new_file()),
        })
        .collect())
}

fn side(file: &DiffFile<'_>) -> Option<Side> {
    if !file.exists() {
        return None;
    }
    Some(Side {
        path: file.path_bytes()?.to_vec(),
        leaf: Leaf {
            oid: file.id(),
            mode: i32::from(file.mode()),
        },
    })
}

/// Paths that belong together because a file went from one to the other.
#[derive(Debug, Default)]
pub(super) struct Groups {
    of: HashMap<Vec<u8>, usize>,
    up: Vec<usize>,
}

impl Groups {
    /// Joins the paths of renamed files.
    pub(super) fn join_all(&mut self, pairs: &[Pair]) {
        for (old, new) in pairs.iter().filter_map(Pair::renamed) {
            let (old, new) = (self.group(old), self.group(new));
            if let Some(up) = self.up.get_mut(old) {
                *up = new;
            }
        }
    }

    /// The group of a path.
    pub(super) fn group(&mut self, path: &[u8]) -> usize {
        let mut at = match self.of.get(path) {
            Some(&at) => at,
            None => {
                let new = self.up.len();
                self.up.push(new);
                self.of.insert(path.to_vec(), new);
                new
            }
        };
        while let Some(&up) = self.up.get(at)
            && up != at
        {
            at = up;
        }
        at
    }
}
