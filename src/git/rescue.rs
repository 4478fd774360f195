//! A commit of everything in a folder, made without touching the folder (contract W1).
//!
//! Files are hashed straight into the mirror by a walk that holds handles and follows no link.
//! The folder's own git data is not needed: a broken index, a missing record or a nested
//! repository cannot stop it. What it leaves out (ignored files, files over 50 MiB, pipes, what
//! cannot be read) stays in the folder and goes to trash with it.

use std::collections::BTreeSet;
use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use git2::{
    Index, IndexEntry, IndexTime, ObjectType, Odb, OdbLookupFlags, Oid, Repository, Signature,
};
use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags};

use super::error::{GitError, Result};
use super::objects;

/// Larger files stay in trash only (contract W1).
const LARGEST: u64 = 50 << 20;
/// Bounds of one snapshot; what is beyond stays in trash only.
const MOST_BYTES: u64 = 2 << 30;
const MOST_FILES: usize = 200_000;
/// Folder, in the rescued tree, of files whose names git refuses.
const REFUSED: &str = ".gt-refused-names";
/// Folders nested deeper stay in trash only.
const DEEPEST: usize = 128;

/// What a snapshot is taken of.
pub(super) struct Subject<'a> {
    /// The folder with the files.
    pub(super) folder: &'a Path,
    /// Its HEAD, which the mirror holds already.
    pub(super) head: Option<Oid>,
    /// The agent's index.
    pub(super) staged: Staged,
    /// Words for the commit.
    pub(super) about: &'a str,
}

/// What could be read of an agent's index.
pub(super) enum Staged {
    /// There is none.
    Nothing,
    /// All of it.
    Index(Index),
    /// Its bytes and those of its shared parts: broken, split, or of a kind that libgit2 does not
    /// know. Every object id in there is looked for.
    Bytes(Vec<u8>),
}

/// Commits the files, and the index where it differs from both, into the mirror.
/// `None` when everything is as HEAD has it.
pub(super) fn snapshot(
    mirror: &Repository,
    shared: Option<&Repository>,
    subject: &Subject<'_>,
) -> Result<Option<Oid>> {
    mirror.set_workdir(subject.folder, false)?;
    let head = subject
        .head
        .map(|oid| mirror.find_commit(oid))
        .transpose()?;
    let head_tree = match &head {
        Some(head) => Some(head.tree()?),
        None => None,
    };
    let mut tracked = BTreeSet::new();
    if let Some(tree) = &head_tree {
        let mut index = Index::new()?;
        index.read_tree(tree)?;
        tracked.extend(index.iter().map(|entry| entry.path));
    }
    let staged_tree = match &subject.staged {
        Staged::Nothing => None,
        Staged::Index(index) => {
            tracked.extend(index.iter().map(|entry| entry.path));
            Some(staged_tree(mirror, shared, index)?)
        }
        Staged::Bytes(bytes) => match shared {
            Some(shared) => salvaged_tree(mirror, shared, bytes)?,
            None => None,
        },
    };
    let files_tree = files_tree(mirror, subject.folder, &tracked)?;
    let head_id = head_tree.as_ref().map(git2::Tree::id);
    let staged_tree = staged_tree.filter(|&tree| Some(tree) != head_id && tree != files_tree);
    if Some(files_tree) == head_id && staged_tree.is_none() {
        return Ok(None);
    }
    let who = Signature::now("Gas Town", "gastown@localhost")?;
    let commit = |tree: Oid, message: &str, parents: &[&git2::Commit<'_>]| {
        let tree = mirror.find_tree(tree)?;
        mirror.commit(None, &who, &who, message, &tree, parents)
    };
    let mut parents: Vec<git2::Commit<'_>> = head.into_iter().collect();
    if let Some(tree) = staged_tree {
        let above: Vec<&git2::Commit<'_>> = parents.iter().collect();
        let staged = commit(tree, &format!("rescue: index of {}", subject.about), &above)?;
        parents.push(mirror.find_commit(staged)?);
    }
    let above: Vec<&git2::Commit<'_>> = parents.iter().collect();
    let message = format!("rescue: files of {}", subject.about);
    Ok(Some(commit(files_tree, &message, &above)?))
}

/// The index as a tree. Sides of a conflict stand beside each other under names of their own.
fn staged_tree(mirror: &Repository, shared: Option<&Repository>, index: &Index) -> Result<Oid> {
    let odb = mirror.odb()?;
    let mut tree = Index::new()?;
    let mut wanted = Vec::new();
    for mut entry in index.iter() {
        let stage = (entry.flags >> 12) & 3;
        if stage != 0 {
            entry
                .path
                .extend_from_slice(format!(".stage{stage}").as_bytes());
        }
        entry.flags = 0;
        entry.flags_extended = 0;
        wanted.push(entry);
    }
    if let Some(shared) = shared {
        let source = shared.odb()?;
        let blobs: Vec<Oid> = wanted
            .iter()
            .filter(|entry| entry.mode != 0o160_000 && !odb.exists(entry.id))
            .map(|entry| entry.id)
            .filter(|&id| source.exists(id))
            .collect();
        objects::copy(shared, mirror, &blobs)?;
    }
    for entry in wanted {
        if entry.mode == 0o160_000 || odb.exists(entry.id) {
            // A name that git refuses cannot be in a tree.
            drop(tree.add(&entry));
        }
    }
    Ok(tree.write_tree_to(mirror)?)
}

/// Blobs that an unreadable index names, as a tree by id; `None` when it names none.
fn salvaged_tree(mirror: &Repository, shared: &Repository, bytes: &[u8]) -> Result<Option<Oid>> {
    let source = shared.odb()?;
    let mut found = BTreeSet::new();
    for window in bytes.windows(20) {
        let oid = Oid::from_bytes(window)?;
        if source.exists_ext(oid, OdbLookupFlags::NO_REFRESH)
            && matches!(source.read_header(oid), Ok((_, ObjectType::Blob)))
        {
            found.insert(oid);
        }
    }
    if found.is_empty() {
        return Ok(None);
    }
    let all: Vec<Oid> = found.iter().copied().collect();
    objects::copy(shared, mirror, &all)?;
    let mut tree = mirror.treebuilder(None)?;
    for oid in all {
        tree.insert(oid.to_string(), oid, 0o100_644)?;
    }
    Ok(Some(tree.write()?))
}

fn files_tree(mirror: &Repository, folder: &Path, tracked: &BTreeSet<Vec<u8>>) -> Result<Oid> {
    let odb = mirror.odb()?;
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
    let root = fs::open(folder, flags, Mode::empty())
        .map_err(|errno| GitError::disk(folder)(errno.into()))?;
    let device = i128::from(
        fs::fstat(&root)
            .map_err(|errno| GitError::disk(folder)(errno.into()))?
            .st_dev,
    );
    let mut walk = Walk {
        mirror,
        odb: &odb,
        tracked,
        device,
        tree: Index::new()?,
        obeys_ignores: true,
        bytes: 0,
        files: 0,
    };
    walk.look_at_ignores(&root);
    walk.folder(&root, &mut Vec::new(), 0)?;
    Ok(walk.tree.write_tree_to(mirror)?)
}

struct Walk<'a> {
    mirror: &'a Repository,
    odb: &'a Odb<'a>,
    tracked: &'a BTreeSet<Vec<u8>>,
    device: i128,
    tree: Index,
    obeys_ignores: bool,
    bytes: u64,
    files: usize,
}

impl Walk<'_> {
    fn folder(&mut self, at: &OwnedFd, path: &mut Vec<u8>, depth: usize) -> Result<()> {
        let Ok(entries) = Dir::read_from(at) else {
            return Ok(());
        };
        let mut names: Vec<CString> = entries
            .flatten()
            .map(|entry| entry.file_name().to_owned())
            .filter(|name| !matches!(name.to_bytes(), b"." | b".." | b".git"))
            .collect();
        names.sort();
        for name in names {
            let length = path.len();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(name.to_bytes());
            self.entry(at, &name, path, depth)?;
            path.truncate(length);
        }
        Ok(())
    }

    fn entry(&mut self, at: &OwnedFd, name: &CStr, path: &mut Vec<u8>, depth: usize) -> Result<()> {
        let Ok(stat) = fs::statat(at, name, AtFlags::SYMLINK_NOFOLLOW) else {
            return Ok(());
        };
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => {
                let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
                let Ok(child) = fs::openat(at, name, flags, Mode::empty()) else {
                    return Ok(());
                };
                self.look_at_ignores(&child);
                let wanted = self.has_tracked_below(path) || !self.is_ignored(path, true);
                if wanted && i128::from(stat.st_dev) == self.device && depth < DEEPEST {
                    self.folder(&child, path, depth + 1)?;
                }
                Ok(())
            }
            FileType::Symlink => match fs::readlinkat(at, name, Vec::new()) {
                Ok(goal) if self.is_wanted(path) => self.add(path, 0o120_000, goal.to_bytes()),
                _ => Ok(()),
            },
            FileType::RegularFile => {
                let size = u64::try_from(stat.st_size).unwrap_or(u64::MAX);
                if size > LARGEST || self.bytes.saturating_add(size) > MOST_BYTES {
                    return Ok(());
                }
                if !self.is_wanted(path) {
                    return Ok(());
                }
                let Ok(bytes) = read(at, name) else {
                    return Ok(());
                };
                let mode = if stat.st_mode & 0o100 == 0 {
                    0o100_644
                } else {
                    0o100_755
                };
                self.add(path, mode, &bytes)
            }
            _ => Ok(()),
        }
    }

    fn add(&mut self, path: &[u8], mode: u32, bytes: &[u8]) -> Result<()> {
        if self.files >= MOST_FILES {
            return Ok(());
        }
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        let mut entry = IndexEntry {
            ctime: IndexTime::new(0, 0),
            mtime: IndexTime::new(0, 0),
            dev: 0,
            ino: 0,
            mode,
            uid: 0,
            gid: 0,
            file_size: 0,
            id: self.odb.write(ObjectType::Blob, bytes)?,
            flags: 0,
            flags_extended: 0,
            path: path.to_vec(),
        };
        if self.tree.add(&entry).is_err() {
            // A name that git refuses, such as `.GIT`: the bytes are kept under their id.
            entry.path = format!("{REFUSED}/{}", entry.id).into_bytes();
            self.tree.add(&entry)?;
        }
        Ok(())
    }

    fn is_wanted(&self, path: &[u8]) -> bool {
        self.tracked.contains(path) || !self.is_ignored(path, false)
    }

    fn is_ignored(&self, path: &[u8], folder: bool) -> bool {
        if !self.obeys_ignores {
            return false;
        }
        let mut asked = path.to_vec();
        if folder {
            asked.push(b'/');
        }
        let asked = Path::new(std::ffi::OsStr::from_bytes(&asked));
        // Rules that cannot be read ignore nothing.
        self.mirror.is_path_ignored(asked).unwrap_or(false)
    }

    /// Ignore rules that are no plain file (a pipe would block their reader) end all ignoring.
    fn look_at_ignores(&mut self, folder: &OwnedFd) {
        let stat = fs::statat(folder, ".gitignore", AtFlags::SYMLINK_NOFOLLOW);
        if stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile) {
            self.obeys_ignores = false;
        }
    }

    fn has_tracked_below(&self, path: &[u8]) -> bool {
        let mut prefix = path.to_vec();
        prefix.push(b'/');
        self.tracked
            .range(prefix.clone()..)
            .next()
            .is_some_and(|first| first.starts_with(&prefix))
    }
}

fn read(at: &OwnedFd, name: &CStr) -> std::io::Result<Vec<u8>> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::RDONLY;
    let file = fs::openat(at, name, flags, Mode::empty())?;
    let mut bytes = Vec::new();
    // A file that grows while it is read stops at the limit.
    File::from(file).take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}
