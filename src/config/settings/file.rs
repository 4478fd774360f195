//! One settings file: read when it changed, its last good value kept, its problems named with file and line.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::model::Form;
use crate::config::json::{line_of_key, read_regular};
use crate::support::text;

/// Said of a file that cannot be taken as it is.
pub(super) const BROKEN: &str = "the last good values stay";

/// What the disk says about a file, to notice a change without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let facts = path.metadata().ok()?;
        Some(Self {
            modified: facts.modified().ok(),
            length: facts.len(),
            inode: facts.ino(),
        })
    }
}

/// Extra checks of a value: where (path of keys) and what is wrong.
pub(super) type Check<T> = fn(&T) -> Vec<(String, String)>;

/// A settings file as it was read last.
#[derive(Clone, Debug)]
pub(crate) struct Loaded<T> {
    path: PathBuf,
    /// How the file is called in problems: its path below the town.
    shown: String,
    stamp: Option<Stamp>,
    /// The last good value, or the defaults.
    pub(crate) value: T,
    problems: Vec<String>,
}

impl<T: Form> Loaded<T> {
    /// Reads a file; a missing one means defaults.
    pub(super) fn open(root: &Path, path: PathBuf, check: Check<T>) -> Self {
        let shown = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .display()
            .to_string();
        let mut loaded = Self {
            shown,
            stamp: None,
            value: T::default(),
            problems: Vec::new(),
            path,
        };
        loaded.read(check);
        loaded
    }

    /// Reads the file again when it changed on the disk; says whether it did.
    pub(super) fn refresh(&mut self, check: Check<T>) -> bool {
        if Stamp::of(&self.path) == self.stamp {
            return false;
        }
        self.read(check);
        true
    }

    /// What is wrong with it.
    pub(super) fn problems(&self) -> &[String] {
        &self.problems
    }

    fn read(&mut self, check: Check<T>) {
        // The stamp is taken first: a change during the read shows at the next look.
        self.stamp = Stamp::of(&self.path);
        self.problems.clear();
        let text = match read_regular(&self.path) {
            Ok(Some(text)) => text,
            Ok(None) => {
                self.value = T::default();
                return;
            }
            Err(error) => {
                self.broken(1, &format!("cannot be read: {error}"));
                return;
            }
        };
        let mut unknown: Vec<String> = Vec::new();
        let mut reader = serde_json::Deserializer::from_str(&text);
        let read = serde_ignored::deserialize::<_, _, T>(&mut reader, |path| {
            unknown.push(plain_path(&path));
        })
        .and_then(|value| reader.end().map(|()| value));
        let value = match read {
            Ok(value) => value,
            Err(error) => {
                self.broken(error.line().max(1), &error.to_string());
                return;
            }
        };
        if let Some((key, reason)) = wrong_header(&value) {
            self.broken(line_of_key(&text, key), &reason);
            return;
        }
        for key in &unknown {
            self.problem(
                line_of_key(&text, key),
                &format!("unknown key `{key}` (kept, without effect)"),
            );
        }
        for (key, reason) in check(&value) {
            self.problem(line_of_key(&text, &key), &format!("`{key}`: {reason}"));
        }
        self.value = value;
    }

    fn broken(&mut self, line: usize, reason: &str) {
        self.problem(line, &format!("{reason} ({BROKEN})"));
    }

    fn problem(&mut self, line: usize, reason: &str) {
        let reason = text::fit(&text::clean(reason), 200);
        self.problems
            .push(format!("{}:{line}: {reason}", self.shown));
    }
}

fn wrong_header<T: Form>(value: &T) -> Option<(&'static str, String)> {
    let (kind, version) = value.header();
    match kind {
        Some(kind) if !kind.is_empty() && kind != T::TYPE => {
            return Some(("type", format!("type `{kind}` is not `{}`", T::TYPE)));
        }
        Some(_) | None => {}
    }
    version
        .filter(|version| *version > T::VERSION)
        .map(|version| {
            let newest = T::VERSION;
            (
                "version",
                format!("version {version} is newer than {newest}, the newest understood"),
            )
        })
}

/// The path of a key as people write it; options and the like leave `?` marks in the original.
fn plain_path(path: &serde_ignored::Path<'_>) -> String {
    path.to_string()
        .split('.')
        .filter(|part| *part != "?")
        .collect::<Vec<_>>()
        .join(".")
}
