//! Filling a folder with the files of a commit, and writing its index.
//!
//! libgit2's own checkout looks up attributes for every file and takes several times as long as
//! `git worktree add`; this one writes the blobs as they are, below handles, following no link.
//! A tree whose attributes ask for a conversion on the way out (`eol=crlf`, `ident`) goes the
//! long way; filter programs are never run on either.

use std::ffi::CString;
use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};

use git2::build::CheckoutBuilder;
use git2::{
    Index, IndexEntry, IndexTime, ObjectType, Odb, Oid, Repository, Tree, TreeWalkMode,
    TreeWalkResult,
};
use rustix::fs::{self, AtFlags, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::disk;
use super::error::{GitError, Result};
use super::refs;

const FOLDER: u32 = 0o040_000;
const LINK: u32 = 0o120_000;
const MODULE: u32 = 0o160_000;
const PROGRAM: u32 = 0o100_755;

/// Writes all files of `commit`, over whatever half-made files are there, and the index.
pub(super) fn fill(repo: &Repository, commit: Oid) -> Result<()> {
    let tree = repo.find_commit(commit)?.tree()?;
    let lock = repo.path().join("index.lock");
    if asks_for_conversion(repo, &tree)? {
        return refs::unlocked(&lock, || {
            let mut how = CheckoutBuilder::new();
            how.force();
            Ok(repo.checkout_tree(tree.as_object(), Some(&mut how))?)
        });
    }
    let folder = repo.workdir().ok_or_else(|| GitError::Foreign {
        path: repo.path().to_owned(),
        reason: "it has no files",
    })?;
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::RDONLY;
    let at = |errno: Errno| GitError::disk(folder)(errno.into());
    let root = fs::open(folder, flags, Mode::empty()).map_err(at)?;
    let path = repo.path().join("index");
    disk::remove_file(&path)?;
    let mut writer = Writer {
        repo,
        odb: repo.odb()?,
        index: Index::open(&path)?,
    };
    writer.folder(&root, &tree, &mut Vec::new())?;
    let mut index = writer.index;
    refs::unlocked(&lock, || Ok(index.write()?))
}

/// Writes all files of `commit` into an empty folder, as they are, without git's data beside them.
pub(super) fn export(repo: &Repository, commit: Oid, folder: &std::path::Path) -> Result<()> {
    let tree = repo.find_commit(commit)?.tree()?;
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
    let root = fs::open(folder, flags, Mode::empty())
        .map_err(|errno| GitError::disk(folder)(errno.into()))?;
    let mut writer = Writer {
        repo,
        odb: repo.odb()?,
        index: Index::new()?,
    };
    writer.folder(&root, &tree, &mut Vec::new())
}

/// Whether any attributes file of the tree changes bytes on their way to disk.
fn asks_for_conversion(repo: &Repository, tree: &Tree<'_>) -> Result<bool> {
    let mut found = Vec::new();
    tree.walk(TreeWalkMode::PreOrder, |_, entry| {
        if entry.name_bytes() == b".gitattributes" {
            found.push(entry.id());
        }
        TreeWalkResult::Ok
    })?;
    for oid in found {
        let asks = repo.find_blob(oid).is_ok_and(|blob| {
            let text = String::from_utf8_lossy(blob.content()).to_lowercase();
            ["crlf", "ident", "working-tree-encoding"]
                .iter()
                .any(|word| text.contains(word))
        });
        if asks {
            return Ok(true);
        }
    }
    Ok(false)
}

struct Writer<'a> {
    repo: &'a Repository,
    odb: Odb<'a>,
    index: Index,
}

impl Writer<'_> {
    fn folder(&mut self, at: &OwnedFd, tree: &Tree<'_>, path: &mut Vec<u8>) -> Result<()> {
        for entry in tree {
            let name = checked_name(entry.name_bytes())?;
            let length = path.len();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(name.to_bytes());
            let disk = |errno: Errno| GitError::disk(&shown(path))(errno.into());
            match entry.filemode().cast_unsigned() {
                FOLDER => {
                    let child = make_folder(at, &name).map_err(disk)?;
                    let below = self.repo.find_tree(entry.id())?;
                    self.folder(&child, &below, path)?;
                }
                MODULE => {
                    let child = make_folder(at, &name).map_err(disk)?;
                    let stat = fs::fstat(&child).map_err(disk)?;
                    self.enter(path, MODULE, entry.id(), &stat)?;
                }
                mode => {
                    let blob = self.odb.read(entry.id())?;
                    if blob.kind() != ObjectType::Blob {
                        return Err(GitError::Incomplete {
                            oid: entry.id(),
                            repo: self.repo.path().to_owned(),
                        });
                    }
                    let stat = put(at, &name, mode, blob.data()).map_err(disk)?;
                    drop(blob);
                    self.enter(path, mode, entry.id(), &stat)?;
                }
            }
            path.truncate(length);
        }
        Ok(())
    }

    /// Enters a file into the index as git would, cut to the widths of the index format.
    fn enter(&mut self, path: &[u8], mode: u32, id: Oid, stat: &Stat) -> Result<()> {
        let time = |seconds: i64, nanos: u64| {
            IndexTime::new(seconds as i32, u32::try_from(nanos).unwrap_or_default())
        };
        #[expect(clippy::unnecessary_cast, reason = "the widths differ between systems")]
        let entry = IndexEntry {
            ctime: time(stat.st_ctime as i64, stat.st_ctime_nsec as u64),
            mtime: time(stat.st_mtime as i64, stat.st_mtime_nsec as u64),
            dev: stat.st_dev as u32,
            ino: stat.st_ino as u32,
            mode,
            uid: stat.st_uid,
            gid: stat.st_gid,
            file_size: if mode == MODULE {
                0
            } else {
                stat.st_size as u32
            },
            id,
            flags: 0,
            flags_extended: 0,
            path: path.to_vec(),
        };
        Ok(self.index.add(&entry)?)
    }
}

fn shown(path: &[u8]) -> std::path::PathBuf {
    std::path::PathBuf::from(String::from_utf8_lossy(path).into_owned())
}

/// A name that can only be an entry of the folder it is used in, and is no git folder.
fn checked_name(name: &[u8]) -> Result<CString> {
    let bad = name.is_empty()
        || matches!(name, b"." | b"..")
        || name.contains(&b'/')
        || name.eq_ignore_ascii_case(b".git")
        || name.eq_ignore_ascii_case(b"git~1");
    match CString::new(name) {
        Ok(name) if !bad => Ok(name),
        _ => Err(GitError::BadName {
            what: "file",
            name: String::from_utf8_lossy(name).into_owned(),
        }),
    }
}

fn make_folder(at: &OwnedFd, name: &CString) -> std::result::Result<OwnedFd, Errno> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
    match fs::openat(at, name, flags, Mode::empty()) {
        Err(Errno::NOENT) => {}
        Err(Errno::NOTDIR | Errno::LOOP) => fs::unlinkat(at, name, AtFlags::empty())?,
        other => return other,
    }
    fs::mkdirat(at, name, Mode::RWXU | Mode::RWXG | Mode::RWXO)?;
    fs::openat(at, name, flags, Mode::empty())
}

fn put(at: &OwnedFd, name: &CString, mode: u32, bytes: &[u8]) -> std::result::Result<Stat, Errno> {
    match create(at, name, mode, bytes) {
        Err(Errno::EXIST) => {
            fs::unlinkat(at, name, AtFlags::empty())?;
            create(at, name, mode, bytes)
        }
        other => other,
    }
}

fn create(
    at: &OwnedFd,
    name: &CString,
    mode: u32,
    bytes: &[u8],
) -> std::result::Result<Stat, Errno> {
    if mode == LINK {
        let goal = CString::new(bytes).map_err(|_| Errno::INVAL)?;
        fs::symlinkat(&goal, at, name)?;
        return fs::statat(at, name, AtFlags::SYMLINK_NOFOLLOW);
    }
    let access = if mode == PROGRAM { 0o777 } else { 0o666 };
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(fs::openat(at, name, flags, Mode::from_raw_mode(access))?);
    file.write_all(bytes)
        .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    fs::fstat(file.as_fd())
}
