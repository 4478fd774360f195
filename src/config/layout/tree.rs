//! Adding to a tree what is missing in it, and saying what was made.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::config::error::ConfigError;
use crate::config::json;
use crate::domain::Refusal;
use crate::support::files;

/// A town's folder while things are added to it.
pub(super) struct Tree<'a> {
    root: &'a Path,
    made: Vec<String>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(root: &'a Path) -> Self {
        Self {
            root,
            made: Vec::new(),
        }
    }

    /// What was made, as paths below the root; folders end in `/`.
    pub(super) fn into_made(self) -> Vec<String> {
        self.made
    }

    pub(super) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// Makes a folder where there is none.
    pub(super) fn folder(&mut self, below: &str) -> Result<(), ConfigError> {
        self.make(below, files::make_dir)
    }

    /// Makes a folder of the owner's alone (0700) where there is none.
    pub(super) fn private_folder(&mut self, below: &str) -> Result<(), ConfigError> {
        self.make(below, files::private_dir)
    }

    fn make(
        &mut self,
        below: &str,
        make: fn(&Path) -> std::io::Result<()>,
    ) -> Result<(), ConfigError> {
        let path = self.path(below);
        if path.is_dir() {
            return Ok(());
        }
        if path.symlink_metadata().is_ok() {
            return Err(in_the_way(&path, "folder").into());
        }
        make(&path).map_err(ConfigError::io("make", &path))?;
        self.made.push(format!("{below}/"));
        Ok(())
    }

    /// Writes a file where there is none. What stands there already is kept, whatever it is.
    pub(super) fn file(&mut self, below: &str, text: &str) -> Result<(), ConfigError> {
        let path = self.path(below);
        if files::write_new(&path, text.as_bytes()).map_err(ConfigError::io("write", &path))? {
            self.made.push(below.to_owned());
        }
        Ok(())
    }

    /// Writes a JSON file where there is none.
    pub(super) fn json(&mut self, below: &str, value: &Value) -> Result<(), ConfigError> {
        self.file(below, &format!("{value:#}\n"))
    }

    /// Changes a JSON file in place; `change` says whether it did.
    pub(super) fn edit(
        &mut self,
        below: &str,
        change: impl FnOnce(&mut Map<String, Value>) -> Result<bool, Refusal>,
    ) -> Result<(), ConfigError> {
        let path = self.path(below);
        let mut object = json::read_object(&path)?.unwrap_or_default();
        if change(&mut object)? {
            json::write_object(&path, &object)?;
            self.made.push(below.to_owned());
        }
        Ok(())
    }
}

fn in_the_way(path: &Path, wanted: &str) -> Refusal {
    let shown = path.display();
    Refusal::conflict(format!("`{shown}` is in the way of a {wanted}"))
        .hint(format!("mv {shown} {shown}.old"))
}
