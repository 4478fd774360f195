//! A mirror whose commits are made from plain descriptions of their files, without checkouts, and
//! the `git` program's own merges of them to compare with.
#![expect(
    clippy::disallowed_methods,
    reason = "tests run the git program in a folder of their own"
)]

use std::collections::BTreeMap;
use std::process::{Command, Output};

use git2::{Repository, Signature, Time};

use super::fixture::refinery;
use crate::domain::{
    Fit, GitJob, GitOutcome, Landed, Mismatch, Oid, RigRepos, StackStep, StackWork,
};
use crate::git::merging::{self, Bases, Stack};
use crate::git::{GitContext, do_job};

/// Paths with mode and bytes.
pub(super) type Files = BTreeMap<String, (i32, Vec<u8>)>;

pub(super) struct Lab {
    pub(super) dir: tempfile::TempDir,
    pub(super) repos: RigRepos,
    pub(super) cx: GitContext,
    pub(super) repo: Repository,
    time: i64,
}

impl Lab {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let mirror = root.join("mirror.git");
        let repo = Repository::init_bare(&mirror).unwrap();
        drop(Repository::init_bare(root.join("shared.git")).unwrap());
        let repos = RigRepos {
            mirror,
            shared: root.join("shared.git"),
            mayor: root.join("mayor"),
            refinery: root.join("refinery"),
            target: "main".to_owned(),
        };
        Self {
            cx: GitContext::new(root.join("config")),
            dir,
            repos,
            repo,
            time: 1_700_000_000,
        }
    }

    /// A commit with exactly these files.
    pub(super) fn commit(&mut self, files: &Files, parents: &[&Oid], subject: &str) -> Oid {
        let tree = self.tree(files);
        let tree = self.repo.find_tree(tree).unwrap();
        self.time += 60;
        let who = Signature::new("Toast", "toast@example.com", &Time::new(self.time, 0)).unwrap();
        let parents: Vec<_> = parents
            .iter()
            .map(|oid| self.repo.find_commit(raw(oid)).unwrap())
            .collect();
        let parents: Vec<_> = parents.iter().collect();
        let oid = self
            .repo
            .commit(None, &who, &who, subject, &tree, &parents)
            .unwrap();
        named(oid)
    }

    fn tree(&self, files: &Files) -> git2::Oid {
        let mut index = git2::Index::new().unwrap();
        for (path, (mode, bytes)) in files {
            let id = if *mode == 0o160_000 {
                git2::Oid::from_str(std::str::from_utf8(bytes).unwrap()).unwrap()
            } else {
                self.repo.blob(bytes).unwrap()
            };
            let zero = git2::IndexTime::new(0, 0);
            index
                .add(&git2::IndexEntry {
                    ctime: zero,
                    mtime: zero,
                    dev: 0,
                    ino: 0,
                    mode: mode.cast_unsigned(),
                    uid: 0,
                    gid: 0,
                    file_size: 0,
                    id,
                    flags: 0,
                    flags_extended: 0,
                    path: path.as_bytes().to_vec(),
                })
                .unwrap();
        }
        index.write_tree_to(&self.repo).unwrap()
    }

    /// Moves the mirror's target.
    pub(super) fn point(&self, tip: &Oid) {
        self.repo
            .reference("refs/heads/main", raw(tip), true, "test")
            .unwrap();
    }

    pub(super) fn tree_of(&self, commit: &Oid) -> Oid {
        named(self.repo.find_commit(raw(commit)).unwrap().tree_id())
    }

    pub(super) fn job(&self, job: &GitJob) -> GitOutcome {
        do_job(job, &self.cx)
    }

    /// The stack of works on the target, by the worker's job.
    pub(super) fn stack(&self, works: &[StackWork]) -> (Oid, Vec<StackStep>) {
        self.stack_at(None, works)
    }

    /// The stack of works on a commit.
    pub(super) fn stack_on(&self, onto: &Oid, works: &[StackWork]) -> Vec<StackStep> {
        self.stack_at(Some(onto), works).1
    }

    fn stack_at(&self, onto: Option<&Oid>, works: &[StackWork]) -> (Oid, Vec<StackStep>) {
        stacked(self.job(&GitJob::Stack {
            repos: self.repos.clone(),
            target: "main".to_owned(),
            onto: onto.cloned(),
            works: works.to_vec(),
            committer: refinery(),
        }))
    }

    /// The stack that a defect in finding merge bases would make.
    pub(super) fn stack_wrongly(&self, works: &[StackWork], bases: Bases) -> (Oid, Vec<StackStep>) {
        let committer = refinery();
        let stack = Stack::of("main", None, works, &committer).with_bases(bases);
        stacked(merging::stack(&self.repos, &stack, &self.cx).unwrap())
    }

    /// Moves the target to the end of a stack, asks for the check, and moves it back.
    pub(super) fn verify(
        &self,
        base: &Oid,
        works: &[StackWork],
        steps: &[StackStep],
    ) -> Vec<Mismatch> {
        let (members, new) = landed(base, works, steps);
        self.point(&new);
        let outcome = self.job(&GitJob::Verify {
            repos: self.repos.clone(),
            target: "main".to_owned(),
            old: base.clone(),
            new: new.clone(),
            tree: self.tree_of(&new),
            members,
        });
        self.point(base);
        match outcome {
            GitOutcome::Verified { problems } => problems,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn try_git(&self, args: &[&str]) -> Output {
        Command::new("git")
            .args(["-c", "merge.directoryRenames=false"])
            .args(args)
            .current_dir(&self.repos.mirror)
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap())
            .env("HOME", self.dir.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "git")
            .env("GIT_AUTHOR_EMAIL", "git@example.com")
            .env("GIT_COMMITTER_NAME", "git")
            .env("GIT_COMMITTER_EMAIL", "git@example.com")
            .output()
            .unwrap()
    }

    /// What the `git` program makes of three commits: a tree, or `None` for a conflict.
    pub(super) fn git_merge(&self, base: Option<&Oid>, onto: &Oid, theirs: &Oid) -> Option<Oid> {
        let base = base.map(|base| format!("--merge-base={base}"));
        let mut args = vec!["merge-tree", "--write-tree", "--no-messages"];
        args.extend(base.as_deref());
        args.extend([onto.as_str(), theirs.as_str()]);
        let output = self.try_git(&args);
        match output.status.code() {
            Some(0) => {
                let text = String::from_utf8(output.stdout).unwrap();
                Some(Oid::parse(text.trim()).unwrap())
            }
            Some(1) => None,
            _ => panic!("{output:?}"),
        }
    }

    /// A commit of a tree, by the `git` program.
    pub(super) fn git_commit(&self, tree: &Oid, parents: &[&Oid]) -> Oid {
        let mut args = vec!["commit-tree", tree.as_str(), "-m", "by git"];
        for parent in parents {
            args.extend(["-p", parent.as_str()]);
        }
        let output = self.try_git(&args);
        assert!(output.status.success(), "{output:?}");
        Oid::parse(String::from_utf8(output.stdout).unwrap().trim()).unwrap()
    }

    /// The commits of `tip` that are not in `onto`, oldest first, by the `git` program.
    pub(super) fn git_list(&self, onto: &Oid, tip: &Oid) -> Vec<Oid> {
        let range = format!("{onto}..{tip}");
        let output = self.try_git(&["rev-list", "--reverse", "--no-merges", &range]);
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| Oid::parse(line).unwrap())
            .collect()
    }
}

fn stacked(outcome: GitOutcome) -> (Oid, Vec<StackStep>) {
    match outcome {
        GitOutcome::Stacked { base, steps, .. } => (base, steps),
        other => panic!("{other:?}"),
    }
}

/// The members of a stack and where it ends.
pub(super) fn landed(base: &Oid, works: &[StackWork], steps: &[StackStep]) -> (Vec<Landed>, Oid) {
    let mut at = base.clone();
    let mut members = Vec::new();
    for (work, step) in works.iter().zip(steps) {
        assert_eq!(work.key, step.key);
        let commit = match &step.fit {
            Fit::Commit { commit, .. } => commit.clone(),
            Fit::There => at.clone(),
            Fit::Conflict(_) | Fit::Unusable { .. } => continue,
        };
        members.push(Landed {
            key: work.key.clone(),
            tip: work.tip.clone(),
            base: work.base.clone(),
            before: at,
            commit: commit.clone(),
        });
        at = commit;
    }
    (members, at)
}

pub(super) fn raw(oid: &Oid) -> git2::Oid {
    git2::Oid::from_str(oid.as_str()).unwrap()
}

pub(super) fn named(oid: git2::Oid) -> Oid {
    Oid::parse(&oid.to_string()).unwrap()
}

/// Text files of 12 lines each that are the same nowhere else.
pub(super) fn text(name: &str) -> Vec<u8> {
    lines(name, 12).concat().into_bytes()
}

pub(super) fn lines(name: &str, count: usize) -> Vec<String> {
    (1..=count)
        .map(|number| format!("{name} line {number}\n"))
        .collect()
}

/// The seeds of a random test: the first few, or those that `HISTORIES=from..to` names.
pub(super) fn seeds(few: u64) -> std::ops::Range<u64> {
    let named = std::env::var("HISTORIES").unwrap_or_default();
    match named.split_once("..") {
        Some((from, to)) => from.parse().unwrap()..to.parse().unwrap(),
        None => 0..few,
    }
}
