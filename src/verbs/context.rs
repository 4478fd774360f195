//! Where a line was typed, and how words that name places are read there.

use std::path::{Component, Path, PathBuf};

use crate::domain::{Here, Place, Refusal, RigName};
use crate::support::clock::local_zone;

/// What a line means may depend on where it was typed; all of it is handed in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    /// The folder in which it was typed (absolute).
    pub cwd: PathBuf,
    /// The person's home, for `~`.
    pub home: Option<PathBuf>,
    /// The rig whose folder the place lies in.
    pub rig: Option<RigName>,
    /// The rig that the settings name for new beads.
    pub default_rig: Option<RigName>,
    /// Wall time in milliseconds, for `--since`.
    pub now: i64,
    /// Whether an agent reads what comes out, so that lists are short.
    pub agent: bool,
    /// What agents may be started with from now on, for `gt up` (allow-listed names only).
    pub env: Vec<(String, String)>,
}

impl Context {
    /// Where a new bead belongs: what the line says, else the rig of the folder, else the town.
    pub(super) fn place(&self, said: Option<RigName>) -> Place {
        said.or_else(|| self.rig.clone())
            .map_or(Place::Town, Place::Rig)
    }

    /// Clock and zone of the place, for dates as people type them.
    pub(super) fn here(&self) -> Here {
        Here {
            now: self.now,
            zone: local_zone(),
        }
    }

    /// A path as typed, made absolute: `~` is the home, the rest begins at the folder.
    pub fn absolute(&self, typed: &Path) -> PathBuf {
        let expanded = match (typed.strip_prefix("~"), &self.home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => self.cwd.join(typed),
        };
        normal(&expanded)
    }
}

/// A repository as typed: URLs and `user@host:path` stay, paths become absolute.
pub fn repository(cx: &Context, typed: &str) -> Result<String, Refusal> {
    let wrong = || {
        Refusal::invalid(
            "repository",
            typed,
            "a URL such as `https://host/me/bot.git`, `git@host:me/bot.git`, or a path",
        )
    };
    if typed.is_empty() || typed.starts_with('-') || typed.chars().any(char::is_control) {
        return Err(wrong());
    }
    if typed.contains("://") || is_scp(typed) {
        return Ok(typed.to_owned());
    }
    cx.absolute(Path::new(typed))
        .to_str()
        .map(str::to_owned)
        .ok_or_else(wrong)
}

/// Whether the text is git's short form `host:path`: a colon before any slash.
fn is_scp(typed: &str) -> bool {
    typed
        .split_once(':')
        .is_some_and(|(host, path)| !host.is_empty() && !host.contains('/') && !path.is_empty())
}

/// The path without `.` and `..`, by its text alone.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cx() -> Context {
        Context {
            cwd: PathBuf::from("/home/me/src"),
            home: Some(PathBuf::from("/home/me")),
            ..Context::default()
        }
    }

    #[test]
    fn repositories_are_read_as_git_reads_them() {
        for (typed, read) in [
            ("https://host/a.git", "https://host/a.git"),
            ("file:///a/b", "file:///a/b"),
            ("git@host:me/a.git", "git@host:me/a.git"),
            ("host:a.git", "host:a.git"),
            ("/a/b.git", "/a/b.git"),
            ("~/a.git", "/home/me/a.git"),
            ("../a.git", "/home/me/a.git"),
            ("a.git", "/home/me/src/a.git"),
            ("./a:b", "/home/me/src/a:b"),
            (".", "/home/me/src"),
        ] {
            assert_eq!(repository(&cx(), typed).as_deref(), Ok(read), "{typed}");
        }
        for bad in ["", "-x", "--upload-pack=evil", "a\nb"] {
            assert!(repository(&cx(), bad).is_err(), "{bad:?} was accepted");
        }
    }
}
