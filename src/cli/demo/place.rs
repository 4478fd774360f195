//! Where the demo lies: one fresh folder with the town, the remote, and a HOME for its agents.
//!
//! The only file of the demo that removes anything, and only what it made itself.

#![expect(
    clippy::disallowed_methods,
    reason = "the demo makes and removes its own temporary folder"
)]

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::domain::Refusal;
use crate::support::files;
use crate::support::paths::TownPaths;

/// How often a free name is looked for.
const TRIES: u32 = 50;

/// The demo's folder.
#[derive(Debug)]
pub(super) struct Place {
    base: PathBuf,
}

impl Place {
    /// Makes the folder: at `wanted`, which must not be there or be empty, else a fresh temporary one.
    pub(super) fn make(wanted: Option<&Path>) -> Result<Self, Refusal> {
        let base = match wanted {
            Some(wanted) => given(wanted)?,
            None => fresh(&std::env::temp_dir())?,
        };
        let whole = |error: io::Error| cannot(&base, &error);
        // A link on the way would make two names of one worktree.
        let base = fs::canonicalize(&base).map_err(whole)?;
        let place = Self { base };
        for folder in [place.home(), place.scratch()] {
            files::private_dir(&folder).map_err(|error| cannot(&folder, &error))?;
        }
        Ok(place)
    }

    /// The folder itself.
    pub(super) fn base(&self) -> &Path {
        &self.base
    }

    /// The town.
    pub(super) fn town(&self) -> TownPaths {
        TownPaths::new(self.base.join("trading-hq"))
    }

    /// The HOME of the demo's agents.
    pub(super) fn home(&self) -> PathBuf {
        self.base.join("home")
    }

    /// Where the demo's agents put temporary files.
    pub(super) fn scratch(&self) -> PathBuf {
        self.base.join("tmp")
    }

    /// Removes the folder and everything in it.
    pub(super) fn remove(self) -> Result<(), Refusal> {
        fs::remove_dir_all(&self.base).map_err(|error| {
            Refusal::failed(format!(
                "`{}` cannot be removed: {error}",
                self.base.display()
            ))
            .hint(format!("rm -rf {}", self.base.display()))
        })
    }
}

fn given(wanted: &Path) -> Result<PathBuf, Refusal> {
    let wanted = std::path::absolute(wanted).map_err(|error| cannot(wanted, &error))?;
    match fs::read_dir(&wanted) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(Refusal::conflict(format!(
                    "`{}` is not empty, so the demo leaves it alone",
                    wanted.display()
                ))
                .hint("gt demo --dir NEW_FOLDER"));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            files::private_dir(&wanted).map_err(|error| cannot(&wanted, &error))?;
        }
        Err(error) => return Err(cannot(&wanted, &error)),
    }
    Ok(wanted)
}

fn fresh(parent: &Path) -> Result<PathBuf, Refusal> {
    let mut last = None;
    for _ in 0..TRIES {
        let name: String = std::iter::repeat_with(fastrand::alphanumeric)
            .take(6)
            .collect();
        let path = parent.join(format!("gt-demo-{name}"));
        match fs::DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok(path),
            Err(error) => last = Some(error),
        }
    }
    let error = last.unwrap_or_else(|| io::Error::other("no free name"));
    Err(cannot(parent, &error))
}

fn cannot(path: &Path, error: &io::Error) -> Refusal {
    Refusal::failed(format!(
        "the demo's folder `{}` cannot be made: {error}",
        path.display()
    ))
    .hint("gt demo --dir FOLDER")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Kind;

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let wanted = dir.path().join("new");
        let place = Place::make(Some(&wanted)).unwrap();
        assert!(place.home().is_dir());
        let refused = Place::make(Some(&wanted)).map_err(|refusal| refusal.kind);
        assert_eq!(refused.err(), Some(Kind::Conflict));
        place.remove().unwrap();
        assert!(!wanted.exists());
    }

    #[test]
    fn fresh_folders_are_different_ones() {
        let (one, two) = (Place::make(None).unwrap(), Place::make(None).unwrap());
        assert_ne!(one.base(), two.base());
        one.remove().unwrap();
        two.remove().unwrap();
    }
}
