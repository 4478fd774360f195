//! Removing a folder that this program made itself (contract W4); never a worktree of an agent,
//! which goes through [`bury`](super::bury).
//!
//! The walk holds handles: every name is looked up inside an open folder without following
//! links, a folder on another device stops it, and nothing outside can be reached.

use std::ffi::{CStr, CString};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::disk;
use super::error::{GitError, Result};

/// Deeper folders are first moved up, so that open handles stay few.
const DEEPEST: usize = 100;

/// Removes a folder with all that is in it; none there is fine. A link is removed as a link.
pub(super) fn remove(path: &Path) -> Result<()> {
    if !disk::is_there(path) {
        return Ok(());
    }
    if !disk::is_folder(path) {
        return disk::remove_file(path);
    }
    let at = |errno: Errno| GitError::disk(path)(errno.into());
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
    let root = fs::open(path, flags, Mode::empty()).map_err(at)?;
    let device = i128::from(fs::fstat(&root).map_err(at)?.st_dev);
    let mut walk = Walk {
        root: &root,
        device,
        moved: 0,
    };
    // Folders that were too deep come back as children of the root, so it is emptied again.
    loop {
        let before = walk.moved;
        walk.empty(&root, 0).map_err(at)?;
        if walk.moved == before {
            break;
        }
    }
    if disk::remove_empty(path) {
        Ok(())
    } else {
        Err(GitError::InTheWay {
            path: path.to_owned(),
        })
    }
}

struct Walk<'a> {
    root: &'a OwnedFd,
    device: i128,
    moved: u64,
}

impl Walk<'_> {
    fn empty(&mut self, folder: &OwnedFd, depth: usize) -> std::result::Result<(), Errno> {
        for name in children(folder)? {
            match fs::unlinkat(folder, &name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => continue,
                Err(Errno::ISDIR | Errno::PERM | Errno::ACCESS) => {}
                Err(errno) => return Err(errno),
            }
            let stat = fs::statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW)?;
            if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
                make_writable(folder)?;
                fs::unlinkat(folder, &name, AtFlags::empty())?;
                continue;
            }
            if i128::from(stat.st_dev) != self.device {
                return Err(Errno::XDEV);
            }
            if depth >= DEEPEST {
                self.lift(folder, &name)?;
                continue;
            }
            let child = open_child(folder, &name)?;
            self.empty(&child, depth + 1)?;
            drop(child);
            match fs::unlinkat(folder, &name, AtFlags::REMOVEDIR) {
                Err(Errno::PERM | Errno::ACCESS) => {
                    make_writable(folder)?;
                    fs::unlinkat(folder, &name, AtFlags::REMOVEDIR)?;
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// Moves a folder that lies too deep up to the root.
    fn lift(&mut self, folder: &OwnedFd, name: &CStr) -> std::result::Result<(), Errno> {
        make_writable(folder)?;
        loop {
            self.moved += 1;
            let up = format!(".deep-{}", self.moved);
            if matches!(
                fs::statat(self.root, up.as_str(), AtFlags::SYMLINK_NOFOLLOW),
                Err(Errno::NOENT)
            ) {
                return fs::renameat(folder, name, self.root, up.as_str());
            }
        }
    }
}

fn children(folder: &OwnedFd) -> std::result::Result<Vec<CString>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name != c"." && name != c".." {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

fn open_child(folder: &OwnedFd, name: &CStr) -> std::result::Result<OwnedFd, Errno> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
    match fs::openat(folder, name, flags, Mode::empty()) {
        Err(Errno::ACCESS) => {
            fs::chmodat(folder, name, Mode::RWXU, AtFlags::empty())?;
            fs::openat(folder, name, flags, Mode::empty())
        }
        other => other,
    }
}

fn make_writable(folder: &OwnedFd) -> std::result::Result<(), Errno> {
    fs::fchmod(folder, Mode::RWXU)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "tests make files")]

    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_walk_never_leaves_its_folder() -> std::result::Result<(), Box<dyn std::error::Error>> {
        // Contract W4: links to folders outside are removed as links.
        let dir = tempfile::tempdir()?;
        let keep = dir.path().join("keep");
        let doomed = dir.path().join("doomed");
        std::fs::create_dir_all(&keep)?;
        std::fs::write(keep.join("canary"), "alive")?;
        std::fs::create_dir_all(doomed.join("a/b"))?;
        symlink(&keep, doomed.join("a/link"))?;
        symlink("../../keep/canary", doomed.join("a/file"))?;
        std::fs::write(doomed.join("a/with\nnewline"), "x")?;
        std::fs::write(doomed.join("a/b/read-only"), "x")?;
        std::fs::set_permissions(doomed.join("a/b"), std::fs::Permissions::from_mode(0o500))?;
        remove(&doomed)?;
        assert!(!doomed.exists());
        assert_eq!(std::fs::read_to_string(keep.join("canary"))?, "alive");
        symlink(&keep, &doomed)?;
        remove(&doomed)?;
        assert!(!disk::is_there(&doomed));
        assert_eq!(std::fs::read_to_string(keep.join("canary"))?, "alive");
        Ok(())
    }

    #[test]
    fn depth_does_not_exhaust_handles() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let dir = tempfile::tempdir()?;
        let mut deep = dir.path().join("deep");
        for _ in 0..450 {
            deep.push("d");
        }
        std::fs::create_dir_all(&deep)?;
        remove(&dir.path().join("deep"))?;
        assert!(!dir.path().join("deep").exists());
        Ok(())
    }
}
