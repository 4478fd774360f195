//! Three trees to one: the change from `base` to `theirs` brought to `ours`.
//!
//! Only what differs between `base` and `theirs` is looked at, so the cost is that of the change,
//! not of the repository. Whatever needs the whole picture (a file that one side removed or
//! renamed, two added ones, a folder against a file) is left to libgit2's own merge, which walks
//! everything; both answer alike, and the tests hold them against each other.

use git2::{Index, MergeFileInput, MergeOptions, Oid, Repository, Tree};

use super::graft::{self, Edit, Leaf};
use crate::git::error::{GitError, Result};

/// Folders in folders that are followed; a deeper tree is nobody's work.
const DEEPEST: usize = 256;
/// Files above this are not merged line by line.
pub(super) const LARGEST: usize = 32 << 20;
/// So much of a file is looked at for a zero byte, which makes it no text (git's own rule).
const SNIFFED: usize = 8_000;

/// What came of three trees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Three {
    /// One tree, and the paths of `ours` that are different in it.
    Tree {
        /// The tree.
        tree: Oid,
        /// Files and whole folders.
        paths: Vec<Vec<u8>>,
    },
    /// These paths conflict.
    Conflict(Vec<Vec<u8>>),
}

/// What is to be done for three trees, before anything of it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// These edits of `ours`.
    Edits(Vec<Edit>),
    /// It took the whole picture, and this came of it.
    Done(Three),
}

/// Brings the change from `base` (nothing, when there is none) to `theirs` to `ours`.
pub(super) fn three(repo: &Repository, base: Option<Oid>, ours: Oid, theirs: Oid) -> Result<Three> {
    match plan(repo, base, ours, theirs)? {
        Plan::Done(three) => Ok(three),
        Plan::Edits(edits) => Ok(Three::Tree {
            tree: graft::graft(repo, ours, &edits)?,
            paths: edits.into_iter().map(|(path, _)| path).collect(),
        }),
    }
}

/// The same without writing a tree: each write costs a look at the disk, whether it is there.
pub(super) fn plan(repo: &Repository, base: Option<Oid>, ours: Oid, theirs: Oid) -> Result<Plan> {
    if base == Some(theirs) || ours == theirs {
        return Ok(Plan::Edits(Vec::new()));
    }
    let mut walk = Walk {
        repo,
        edits: Vec::new(),
        clashes: Vec::new(),
        is_hard: false,
    };
    walk.folder(&mut Vec::new(), 0, [base, Some(ours), Some(theirs)])?;
    if walk.is_hard {
        return Ok(Plan::Done(long_way(repo, base, ours, theirs)?));
    }
    if !walk.clashes.is_empty() {
        return Ok(Plan::Done(Three::Conflict(walk.clashes)));
    }
    Ok(Plan::Edits(walk.edits))
}

/// The same by libgit2 over all files, as an index that knows every conflict.
pub(super) fn indexed(
    repo: &Repository,
    base: Option<Oid>,
    ours: Oid,
    theirs: Oid,
) -> Result<Index> {
    let base = match base {
        Some(base) => base,
        None => graft::empty(repo)?,
    };
    let (base, ours) = (repo.find_tree(base)?, repo.find_tree(ours)?);
    let theirs = repo.find_tree(theirs)?;
    let how = MergeOptions::new();
    Ok(repo.merge_trees(&base, &ours, &theirs, Some(&how))?)
}

fn long_way(repo: &Repository, base: Option<Oid>, ours: Oid, theirs: Oid) -> Result<Three> {
    let index = indexed(repo, base, ours, theirs)?;
    finished(repo, index, ours)
}

/// What an index of libgit2's merge comes to.
pub(super) fn finished(repo: &Repository, mut index: Index, ours: Oid) -> Result<Three> {
    if index.has_conflicts() {
        let mut paths = Vec::new();
        for conflict in index.conflicts()? {
            let conflict = conflict?;
            let sides = [conflict.our, conflict.their, conflict.ancestor];
            paths.extend(sides.into_iter().flatten().next().map(|side| side.path));
        }
        paths.sort();
        paths.dedup();
        return Ok(Three::Conflict(paths));
    }
    let tree = index.write_tree_to(repo)?;
    let (old, new) = (repo.find_tree(ours)?, repo.find_tree(tree)?);
    let diff = repo.diff_tree_to_tree(Some(&old), Some(&new), None)?;
    let mut paths = Vec::new();
    for delta in diff.deltas() {
        let sides = [delta.old_file(), delta.new_file()];
        paths.extend(
            sides
                .iter()
                .filter_map(|side| Some(side.path_bytes()?.to_vec())),
        );
    }
    paths.dedup();
    Ok(Three::Tree { tree, paths })
}

/// Whether bytes are no text.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(SNIFFED).any(|&byte| byte == 0)
}

/// Base, ours and theirs.
type Sides<T> = [Option<T>; 3];

struct Walk<'r> {
    repo: &'r Repository,
    edits: Vec<Edit>,
    clashes: Vec<Vec<u8>>,
    /// Something needs the whole picture.
    is_hard: bool,
}

impl Walk<'_> {
    fn folder(&mut self, path: &mut Vec<u8>, depth: usize, trees: Sides<Oid>) -> Result<()> {
        if depth > DEEPEST {
            return Err(GitError::Git(git2::Error::from_str(
                "folders are nested too deep",
            )));
        }
        let [base, ours, theirs] = trees.map(|oid| oid.map(|oid| self.repo.find_tree(oid)));
        let (base, ours, theirs) = (base.transpose()?, ours.transpose()?, theirs.transpose()?);
        for name in changed(base.as_ref(), theirs.as_ref()) {
            let sides = [&base, &ours, &theirs].map(|tree| Leaf::of(tree.as_ref(), &name));
            let length = path.len();
            if length > 0 {
                path.push(b'/');
            }
            path.extend_from_slice(&name);
            self.entry(path, depth, sides)?;
            path.truncate(length);
            if self.is_hard {
                return Ok(());
            }
        }
        Ok(())
    }

    /// One name that is not the same in `base` and `theirs`.
    fn entry(&mut self, path: &mut Vec<u8>, depth: usize, sides: Sides<Leaf>) -> Result<()> {
        let [base, ours, theirs] = sides;
        if ours == base {
            self.edits.push((path.clone(), theirs));
            return Ok(());
        }
        let folders = sides.map(|side| side.is_some_and(Leaf::is_folder));
        match (base, ours, theirs) {
            (Some(base), Some(ours), Some(theirs)) if folders == [true; 3] => {
                let oids = [base, ours, theirs].map(|leaf| Some(leaf.oid));
                self.folder(path, depth + 1, oids)
            }
            (None, Some(ours), Some(theirs)) if folders == [false, true, true] => {
                self.folder(path, depth + 1, [None, Some(ours.oid), Some(theirs.oid)])
            }
            // Both removed it: perhaps both renamed it, each to elsewhere.
            (_, Some(_), Some(_)) if ours == theirs => Ok(()),
            (Some(base), Some(ours), Some(theirs))
                if [base, ours, theirs].into_iter().all(Leaf::is_file) =>
            {
                self.file(path, [base, ours, theirs])
            }
            _ => {
                self.is_hard = true;
                Ok(())
            }
        }
    }

    /// A file that both sides changed.
    fn file(&mut self, path: &[u8], [base, ours, theirs]: [Leaf; 3]) -> Result<()> {
        let mode = if ours.mode == base.mode {
            theirs.mode
        } else {
            ours.mode
        };
        let oid = if ours.oid == theirs.oid || theirs.oid == base.oid {
            Some(ours.oid)
        } else if ours.oid == base.oid {
            Some(theirs.oid)
        } else {
            self.contents([base.oid, ours.oid, theirs.oid])?
        };
        match oid {
            Some(oid) if (Leaf { oid, mode }) == ours => {}
            Some(oid) => self.edits.push((path.to_vec(), Some(Leaf { oid, mode }))),
            None => self.clashes.push(path.to_vec()),
        }
        Ok(())
    }

    /// Three texts to one; `None` when they conflict or are no texts.
    fn contents(&self, [base, ours, theirs]: [Oid; 3]) -> Result<Option<Oid>> {
        let blobs = [
            self.repo.find_blob(base)?,
            self.repo.find_blob(ours)?,
            self.repo.find_blob(theirs)?,
        ];
        if blobs
            .iter()
            .any(|blob| blob.size() > LARGEST || is_binary(blob.content()))
        {
            return Ok(None);
        }
        let [base, ours, theirs] = blobs.each_ref().map(|blob| {
            let mut input = MergeFileInput::new();
            input.content(blob.content());
            input
        });
        let merged = git2::merge_file(&base, &ours, &theirs, None)?;
        if !merged.is_automergeable() {
            return Ok(None);
        }
        Ok(Some(self.repo.blob(merged.content())?))
    }
}

/// The names that are not the same in two folders.
fn changed(base: Option<&Tree<'_>>, theirs: Option<&Tree<'_>>) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    // Most names are at the same place in both, so the search by name is the exception.
    let mut place = 0;
    for entry in theirs.into_iter().flat_map(Tree::iter) {
        let new = Leaf {
            oid: entry.id(),
            mode: entry.filemode(),
        };
        let beside = base.and_then(|base| base.get(place));
        let old = match beside {
            Some(old) if old.name_bytes() == entry.name_bytes() => {
                place += 1;
                Some(Leaf {
                    oid: old.id(),
                    mode: old.filemode(),
                })
            }
            _ => {
                let old = Leaf::of(base, entry.name_bytes());
                place += usize::from(old.is_some());
                old
            }
        };
        if old != Some(new) {
            names.push(entry.name_bytes().to_vec());
        }
    }
    if base.map_or(0, Tree::len) == place && place == theirs.map_or(0, Tree::len) {
        return names;
    }
    for entry in base.into_iter().flat_map(Tree::iter) {
        if Leaf::of(theirs, entry.name_bytes()).is_none() {
            names.push(entry.name_bytes().to_vec());
        }
    }
    names
}
