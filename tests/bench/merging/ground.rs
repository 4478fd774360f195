//! A rig of the wanted size, written by `git fast-import` in a folder of its own.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gastown::domain::{GitJob, GitOutcome, Oid, RigRepos};
use gastown::git::{GitContext, do_job};

/// Lines of each file.
const LINES: usize = 40;
/// So many commits before the end of the target works begin.
const AGO: usize = 50;
/// Files of each folder.
const FOLDER: usize = 20;

/// How large it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Commits of the target.
    pub(crate) commits: usize,
    /// Its files.
    pub(crate) files: usize,
    /// Live works for forecasts.
    pub(crate) tips: usize,
}

/// The rig.
pub(crate) struct Ground {
    dir: tempfile::TempDir,
    pub(crate) repos: RigRepos,
    pub(crate) cx: GitContext,
}

impl Ground {
    /// Makes a rig with `works` works that fit the target and each other.
    pub(crate) fn new(shape: Shape, works: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let repos = RigRepos {
            mirror: root.join("mirror.git"),
            shared: root.join("shared.git"),
            mayor: root.join("mayor"),
            refinery: root.join("refinery"),
            target: "main".to_owned(),
        };
        let cx = GitContext::new(root.join("config"));
        let ground = Self { dir, repos, cx };
        let mut init = ground.git();
        init.args(["init", "-q", "--bare"])
            .arg(&ground.repos.mirror);
        assert!(init.status().unwrap().success());
        ground.import(shape, works);
        // As a clone from a remote is: one pack.
        let mut repack = ground.git();
        repack.arg("-C").arg(&ground.repos.mirror);
        repack.args(["repack", "-adq"]);
        assert!(repack.status().unwrap().success());
        let layout = GitJob::Layout {
            repos: ground.repos.clone(),
            wanted: Some("main".to_owned()),
        };
        let outcome = do_job(&layout, &ground.cx);
        assert!(
            matches!(outcome, GitOutcome::RigReady { .. }),
            "{outcome:?}"
        );
        ground
    }

    /// Where gates run.
    pub(crate) fn gate(&self) -> PathBuf {
        self.dir.path().join("gates").join("batch")
    }

    /// The target's tip.
    pub(crate) fn tip(&self) -> Oid {
        self.refs("refs/heads/main").remove(0)
    }

    /// Works and where they began, none of which conflict.
    pub(crate) fn works(&self) -> Vec<(Oid, Oid)> {
        self.based("refs/gt/work/")
    }

    /// Live works and where they began.
    pub(crate) fn live(&self) -> Vec<(Oid, Oid)> {
        self.based("refs/gt/live/")
    }

    fn based(&self, below: &str) -> Vec<(Oid, Oid)> {
        let base = self.refs("refs/gt/base").remove(0);
        let tips = self.refs(below);
        tips.into_iter().map(|tip| (tip, base.clone())).collect()
    }

    fn refs(&self, below: &str) -> Vec<Oid> {
        let output = self
            .git()
            .arg("-C")
            .arg(&self.repos.mirror)
            .args(["for-each-ref", "--format=%(objectname)", below])
            .output()
            .unwrap();
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| Oid::parse(line).unwrap())
            .collect()
    }

    fn git(&self) -> Command {
        let mut command = Command::new("git");
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.dir.path())
            .env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    fn import(&self, shape: Shape, works: usize) {
        let mut child = self
            .git()
            .arg("-C")
            .arg(&self.repos.mirror)
            .args(["fast-import", "--quiet"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let mut import = Import {
            to: BufWriter::with_capacity(1 << 20, input),
            shape,
            time: 1_600_000_000,
        };
        import.history();
        import.works("work", works, 3);
        import.works("live", shape.tips, 2);
        import.to.flush().unwrap();
        drop(import);
        assert!(child.wait().unwrap().success());
        for (name, at) in [
            ("refs/gt/base", format!("refs/heads/main~{AGO}")),
            ("refs/gt/origin/main", "refs/heads/main".to_owned()),
        ] {
            let mut update = self.git();
            update.arg("-C").arg(&self.repos.mirror);
            update.args(["update-ref", name, &at]);
            assert!(update.status().unwrap().success());
        }
    }
}

struct Import<W: Write> {
    to: W,
    shape: Shape,
    time: i64,
}

impl<W: Write> Import<W> {
    /// The target: all files, then one line of one file in each commit.
    fn history(&mut self) {
        for number in 0..self.shape.commits {
            self.commit("refs/heads/main", Some(number + 1), None);
            if number == 0 {
                for file in 0..self.shape.files {
                    self.file(file, None);
                }
            } else {
                // The last of them stay out of the way of all works.
                let place = (number % LINES / 2, format!("commit {number}"));
                self.file(number * 7 % self.shape.files, Some(&place));
            }
        }
    }

    /// Works of `each` files, 50 commits before the end.
    fn works(&mut self, kind: &str, count: usize, each: usize) {
        let from = self.shape.commits - AGO;
        let calm: Vec<usize> = (0..self.shape.files)
            .filter(|file| !(from..self.shape.commits).any(|at| at * 7 % self.shape.files == *file))
            .collect();
        for number in 0..count {
            self.commit(&format!("refs/gt/{kind}/{number:06}"), None, Some(from));
            for step in 0..each {
                // Works have files of their own; live ones share some, and some are the target's.
                let file = match kind {
                    "work" => calm[(number * each + step) % calm.len()],
                    _ if number % 10 == 0 && step == 0 => {
                        (self.shape.commits - 1 - number % AGO) * 7 % self.shape.files
                    }
                    _ => number * 13 % self.shape.files + step,
                };
                let place = (number % 5, format!("{kind} {number}"));
                self.file(file % self.shape.files, Some(&place));
            }
        }
    }

    fn commit(&mut self, name: &str, mark: Option<usize>, from: Option<usize>) {
        self.time += 60;
        let (to, time) = (&mut self.to, self.time);
        writeln!(to, "commit {name}").unwrap();
        if let Some(mark) = mark {
            writeln!(to, "mark :{mark}").unwrap();
        }
        writeln!(to, "committer Toast <t@example.com> {time} +0000").unwrap();
        write!(to, "data 6\nchange\n").unwrap();
        if let Some(from) = from {
            writeln!(to, "from :{from}").unwrap();
        }
    }

    fn file(&mut self, number: usize, changed: Option<&(usize, String)>) {
        let text: String = (0..LINES)
            .map(|line| match changed {
                Some((at, word)) if *at == line => format!("{word}\n"),
                _ => format!("line {line} of file {number}\n"),
            })
            .collect();
        let path = path(number);
        let path = path.display();
        write!(
            self.to,
            "M 100644 inline {path}\ndata {}\n{text}\n",
            text.len()
        )
        .unwrap();
    }
}

fn path(number: usize) -> PathBuf {
    let folder = number / FOLDER;
    Path::new(&format!("part{}", folder / 25)).join(format!("folder{folder}/file{number}.txt"))
}
