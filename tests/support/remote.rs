//! A bare repository with commits, and what stands in it, both by the `git` program.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::town::TestTown;

/// A bare repository that a town takes for a remote.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    pub(crate) path: PathBuf,
}

/// A commit as `git log` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Commit {
    pub(crate) id: String,
    pub(crate) author: String,
    pub(crate) email: String,
    pub(crate) committer: String,
    pub(crate) subject: String,
}

impl Remote {
    /// Makes `path` with one commit on `main` that holds `files`.
    pub(crate) fn make(town: &TestTown, path: &Path, files: &[(&str, &str)]) -> Self {
        let name = path.to_string_lossy().into_owned();
        town.git(town.base(), &["init", "-q", "--bare", "-b", "main", &name]);
        let remote = Self {
            path: path.to_owned(),
        };
        remote.commit(town, "main", "First", files);
        remote
    }

    /// Adds a commit to a branch; a file whose text is empty is removed.
    pub(crate) fn commit(
        &self,
        town: &TestTown,
        branch: &str,
        subject: &str,
        files: &[(&str, &str)],
    ) {
        let mut stream = format!(
            "commit refs/heads/{branch}\nauthor Olive <olive@example.org> 1700000000 +0000\ncommitter Olive <olive@example.org> 1700000000 +0000\ndata {}\n{subject}\n",
            subject.len()
        );
        if self.tip(town, branch).is_some() {
            let _ = writeln!(stream, "from refs/heads/{branch}^0");
        }
        for (path, text) in files {
            if text.is_empty() {
                let _ = writeln!(stream, "D {path}");
            } else {
                let mode = if text.starts_with("#!") { "755" } else { "644" };
                let _ = writeln!(
                    stream,
                    "M {mode} inline {path}\ndata {}\n{text}",
                    text.len()
                );
            }
        }
        town.git_run(&self.path, &["fast-import", "--quiet"])
            .input(stream)
            .run()
            .ok();
    }

    /// The commit a branch stands at.
    pub(crate) fn tip(&self, town: &TestTown, branch: &str) -> Option<String> {
        let name = format!("refs/heads/{branch}");
        let ran = town
            .git_run(&self.path, &["rev-parse", "-q", "--verify", &name])
            .run();
        (ran.code == Some(0)).then(|| ran.out.trim().to_owned())
    }

    /// The commits of a branch, newest first.
    pub(crate) fn log(&self, town: &TestTown, branch: &str) -> Vec<Commit> {
        town.git(
            &self.path,
            &[
                "log",
                "--format=%H%x1f%an%x1f%ae%x1f%cn%x1f%s",
                branch,
                "--",
            ],
        )
        .lines()
        .filter_map(|line| {
            let mut fields = line.split('\u{1f}').map(str::to_owned);
            Some(Commit {
                id: fields.next()?,
                author: fields.next()?,
                email: fields.next()?,
                committer: fields.next()?,
                subject: fields.next()?,
            })
        })
        .collect()
    }

    /// The text of a file on a branch.
    pub(crate) fn file(&self, town: &TestTown, branch: &str, path: &str) -> Option<String> {
        let name = format!("refs/heads/{branch}:{path}");
        let ran = town.git_run(&self.path, &["cat-file", "blob", &name]).run();
        (ran.code == Some(0)).then_some(ran.out)
    }

    /// The files on a branch.
    pub(crate) fn files(&self, town: &TestTown, branch: &str) -> Vec<String> {
        town.git(&self.path, &["ls-tree", "-r", "--name-only", branch])
            .lines()
            .map(str::to_owned)
            .collect()
    }
}
