//! A tree with some paths of it changed: only the folders on the way are written.

use std::collections::BTreeMap;

use git2::{Oid, Repository, Tree};

use crate::git::error::Result;

const FOLDER: i32 = 0o040_000;

/// What is at a path: an object and its mode, in git's normal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// The object.
    pub(super) oid: Oid,
    /// Its mode.
    pub(super) mode: i32,
}

impl Leaf {
    /// What a tree has under a name.
    pub(super) fn of(tree: Option<&Tree<'_>>, name: &[u8]) -> Option<Self> {
        let entry = tree?.get_name_bytes(name)?;
        Some(Self {
            oid: entry.id(),
            mode: entry.filemode(),
        })
    }

    /// Whether it is a folder.
    pub(super) fn is_folder(self) -> bool {
        self.mode == FOLDER
    }

    /// Whether it is a file with bytes of its own, no link and no submodule.
    pub(super) fn is_file(self) -> bool {
        matches!(self.mode, 0o100_644 | 0o100_755)
    }
}

/// What becomes of a path; `None` removes it.
pub(super) type Edit = (Vec<u8>, Option<Leaf>);

/// An edit whose path begins below some folder.
type Below<'a> = (&'a [u8], Option<Leaf>);

/// Writes `tree` with these edits. A path comes at most once, and none is below another.
pub(super) fn graft(repo: &Repository, tree: Oid, edits: &[Edit]) -> Result<Oid> {
    let edits: Vec<Below<'_>> = edits
        .iter()
        .map(|(path, leaf)| (path.as_slice(), *leaf))
        .collect();
    let tree = repo.find_tree(tree)?;
    match folder(repo, Some(&tree), &edits)? {
        Some(oid) => Ok(oid),
        None => empty(repo),
    }
}

/// The tree without anything in it.
pub(super) fn empty(repo: &Repository) -> Result<Oid> {
    Ok(repo.treebuilder(None)?.write()?)
}

/// Writes one folder; `None` when nothing is left in it, because git keeps no empty folders.
fn folder(repo: &Repository, tree: Option<&Tree<'_>>, edits: &[Below<'_>]) -> Result<Option<Oid>> {
    let mut builder = repo.treebuilder(tree)?;
    let mut below: BTreeMap<&[u8], Vec<Below<'_>>> = BTreeMap::new();
    for &(path, leaf) in edits {
        match path.iter().position(|&byte| byte == b'/') {
            Some(at) => {
                let (name, rest) = path.split_at(at);
                let rest = rest.get(1..).unwrap_or_default();
                below.entry(name).or_default().push((rest, leaf));
            }
            None => match leaf {
                Some(leaf) => drop(builder.insert(path, leaf.oid, leaf.mode)?),
                None if builder.get(path)?.is_some() => builder.remove(path)?,
                None => {}
            },
        }
    }
    for (name, edits) in below {
        let there = Leaf::of(tree, name).filter(|leaf| leaf.is_folder());
        let there = there.map(|leaf| repo.find_tree(leaf.oid)).transpose()?;
        match folder(repo, there.as_ref(), &edits)? {
            Some(oid) => drop(builder.insert(name, oid, FOLDER)?),
            None if builder.get(name)?.is_some() => builder.remove(name)?,
            None => {}
        }
    }
    if builder.is_empty() {
        return Ok(None);
    }
    Ok(Some(builder.write()?))
}
