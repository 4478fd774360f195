//! A remote, a town folder and the rig's repositories in a temporary folder.
#![expect(
    clippy::disallowed_methods,
    reason = "tests run the git program and touch files of their own folder"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::domain::{
    Base, Fit, GitJob, GitOutcome, Ident, MergeId, MergeStrategy, Oid, RigRepos, StackWork,
};
use crate::git::{GitContext, closed, do_job, plans};
use crate::support::paths::TownPaths;

pub(super) struct Rig {
    pub(super) dir: tempfile::TempDir,
    pub(super) paths: TownPaths,
    pub(super) repos: RigRepos,
    pub(super) cx: GitContext,
}

impl Rig {
    /// A remote with one commit on main, cloned and laid out.
    pub(super) fn new() -> Self {
        let rig = Self::bare_town();
        rig.seed_remote("main", &[("a.txt", "one\n"), ("dir/b.txt", "bee\n")]);
        rig.add();
        rig
    }

    /// A town folder with an empty bare remote.
    pub(super) fn bare_town() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        fs::create_dir(root.join("home")).unwrap();
        let paths = TownPaths::new(root.join("town"));
        let repos = RigRepos {
            mirror: paths.mirror("bot"),
            shared: paths.shared_repo("bot"),
            mayor: paths.mayor_clone("bot"),
            refinery: paths.refinery_tree("bot"),
            target: "main".to_owned(),
        };
        let cx = GitContext::new(paths.git_config());
        let rig = Self {
            dir,
            paths,
            repos,
            cx,
        };
        let captured = rig.captured();
        closed::write_own_config(&rig.paths, &captured).unwrap();
        rig.git(
            &rig.root(),
            &["init", "-q", "--bare", "-b", "main", "remote.git"],
        );
        rig
    }

    pub(super) fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    pub(super) fn remote(&self) -> PathBuf {
        self.root().join("remote.git")
    }

    pub(super) fn captured(&self) -> Vec<(String, String)> {
        let home = self.root().join("home");
        vec![
            ("HOME".to_owned(), home.to_string_lossy().into_owned()),
            ("PATH".to_owned(), std::env::var("PATH").unwrap()),
            ("GIT_CONFIG_NOSYSTEM".to_owned(), "1".to_owned()),
        ]
    }

    /// Pushes a commit with these files to the remote from a clone of its own.
    pub(super) fn seed_remote(&self, branch: &str, files: &[(&str, &str)]) -> Oid {
        let seed = self.root().join("seed");
        if !seed.exists() {
            let remote = self.remote();
            self.git(
                &self.root(),
                &["clone", "-q", remote.to_str().unwrap(), "seed"],
            );
        }
        self.git(&seed, &["checkout", "-q", "-B", branch]);
        drop(self.try_git(&seed, &["pull", "-q", "--ff-only", "origin", branch]));
        write_files(&seed, files);
        self.git(&seed, &["add", "-A"]);
        self.git(&seed, &["commit", "-q", "--allow-empty", "-m", "seed"]);
        self.git(&seed, &["push", "-q", "origin", branch]);
        self.tip(&seed, "HEAD")
    }

    pub(super) fn prepare(&self) {
        let url = self.remote().to_string_lossy().into_owned();
        plans::prepare_mirror(&self.repos.mirror, &url).unwrap();
        let output = self.run(&plans::clone(&self.repos.mirror));
        assert!(output.status.success(), "{output:?}");
    }

    pub(super) fn add(&self) -> GitOutcome {
        self.prepare();
        let outcome = self.layout();
        assert!(
            matches!(outcome, GitOutcome::RigReady { .. }),
            "{outcome:?}"
        );
        outcome
    }

    pub(super) fn layout(&self) -> GitOutcome {
        self.job(&GitJob::Layout {
            repos: self.repos.clone(),
            wanted: None,
        })
    }

    pub(super) fn job(&self, job: &GitJob) -> GitOutcome {
        do_job(job, &self.cx)
    }

    /// Runs a plan the way the host does: with the closed environment and nothing else.
    pub(super) fn run(&self, argv: &[String]) -> Output {
        Command::new(&argv[0])
            .args(&argv[1..])
            .env_clear()
            .envs(closed::environment(&self.paths, &self.captured()))
            .current_dir(self.root())
            .output()
            .unwrap()
    }

    pub(super) fn try_git(&self, at: &Path, args: &[&str]) -> Output {
        Command::new("git")
            .args(args)
            .current_dir(at)
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap())
            .env("HOME", self.root().join("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "bot/polecats/Toast")
            .env("GIT_AUTHOR_EMAIL", "toast@example.com")
            .env("GIT_COMMITTER_NAME", "bot/polecats/Toast")
            .env("GIT_COMMITTER_EMAIL", "toast@example.com")
            .output()
            .unwrap()
    }

    /// What the git program prints; it must succeed.
    pub(super) fn git(&self, at: &Path, args: &[&str]) -> String {
        let output = self.try_git(at, args);
        assert!(
            output.status.success(),
            "git {args:?} in {at:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    pub(super) fn tip(&self, at: &Path, what: &str) -> Oid {
        Oid::parse(&self.git(at, &["rev-parse", &format!("{what}^{{commit}}")])).unwrap()
    }

    pub(super) fn tree_of(&self, name: &str) -> PathBuf {
        self.paths.polecat_tree("bot", name)
    }

    /// A worktree for `name` on `polecat/<name>/tb-1.1`, from the target.
    pub(super) fn worktree(&self, name: &str) -> Oid {
        match self.job(&self.worktree_job(name, Base::Target)) {
            GitOutcome::Worktree { base } => base,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn worktree_job(&self, name: &str, base: Base) -> GitJob {
        GitJob::Worktree {
            repos: self.repos.clone(),
            path: self.tree_of(name),
            record: record(name),
            branch: branch(name),
            base,
        }
    }

    pub(super) fn check(&self, name: &str, base: &Oid) -> GitOutcome {
        self.job(&GitJob::Check {
            repos: self.repos.clone(),
            path: self.tree_of(name),
            record: record(name),
            branch: branch(name),
            base: base.clone(),
        })
    }

    pub(super) fn gates(&self) -> PathBuf {
        self.paths.gates().join("mr-1")
    }

    /// One work alone on the target, with its gates' worktree.
    pub(super) fn candidate(&self, tip: &Oid, base: &Oid) -> Candidate {
        let stacked = self.stack(&[work("mr-1", tip, base, MergeStrategy::Rebase)]);
        let GitOutcome::Stacked {
            base, mut steps, ..
        } = stacked
        else {
            panic!("{stacked:?}")
        };
        match steps.remove(0).fit {
            Fit::Commit { commit, tree } => {
                let ready = self.job(&self.gate_tree(&commit));
                assert_eq!(ready, GitOutcome::GateTreeReady { tree });
                Candidate::Commit { base, commit }
            }
            Fit::There => Candidate::Commit {
                commit: base.clone(),
                base,
            },
            Fit::Conflict(record) => {
                assert_eq!((&record.ours, &record.theirs), (&base, tip));
                let paths = record.paths();
                Candidate::Conflict { base, paths }
            }
            Fit::Unusable { reason } => panic!("{reason}"),
        }
    }

    pub(super) fn gate_tree(&self, commit: &Oid) -> GitJob {
        GitJob::GateTree {
            repos: self.repos.clone(),
            commit: commit.clone(),
            path: self.gates(),
        }
    }

    /// Stacks works on the target.
    pub(super) fn stack(&self, works: &[StackWork]) -> GitOutcome {
        self.job(&GitJob::Stack {
            repos: self.repos.clone(),
            target: self.repos.target.clone(),
            onto: None,
            works: works.to_vec(),
            committer: refinery(),
        })
    }

    pub(super) fn advance(&self, new: &Oid) -> GitOutcome {
        self.job(&GitJob::Advance {
            repos: self.repos.clone(),
            new: new.clone(),
            tree: Some(self.gates()),
        })
    }

    pub(super) fn bury_job(&self, name: &str) -> GitJob {
        GitJob::Bury {
            repos: self.repos.clone(),
            path: self.tree_of(name),
            record: record(name),
            branch: branch(name),
            trash: self.trash(name),
            rescue: rescue(name),
        }
    }

    pub(super) fn trash(&self, name: &str) -> PathBuf {
        self.paths.trash().join(record(name))
    }

    /// Commits these files in a polecat's worktree with the git program.
    pub(super) fn work(&self, name: &str, files: &[(&str, &str)], subject: &str) -> Oid {
        let tree = self.tree_of(name);
        write_files(&tree, files);
        self.git(&tree, &["add", "-A"]);
        self.git(&tree, &["commit", "-q", "-m", subject]);
        self.tip(&tree, "HEAD")
    }

    pub(super) fn status(&self, at: &Path) -> String {
        self.git(at, &["status", "--porcelain"])
    }
}

pub(super) fn refinery() -> Ident {
    Ident {
        name: "bot/refinery".to_owned(),
        email: "refinery@example.com".to_owned(),
    }
}

pub(super) fn work(key: &str, tip: &Oid, base: &Oid, strategy: MergeStrategy) -> StackWork {
    StackWork {
        key: MergeId::parse(key).unwrap(),
        tip: tip.clone(),
        base: base.clone(),
        strategy,
        subject: format!("Land {key}"),
    }
}

pub(super) fn record(name: &str) -> String {
    format!("bot.{name}.1")
}

pub(super) fn branch(name: &str) -> String {
    format!("polecat/{name}/tb-1.1")
}

pub(super) fn rescue(name: &str) -> String {
    format!("refs/gt/rescue/bot/{name}/bot.{name}.1")
}

pub(super) fn write_files(at: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = at.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// What came of stacking one work alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Candidate {
    /// It fits: the target's tip, and the commit upon it.
    Commit { base: Oid, commit: Oid },
    /// It contradicts the target in these paths.
    Conflict { base: Oid, paths: Vec<String> },
}

pub(super) fn commit_of(candidate: &Candidate) -> (Oid, Oid) {
    match candidate {
        Candidate::Commit { base, commit } => (base.clone(), commit.clone()),
        Candidate::Conflict { .. } => panic!("{candidate:?}"),
    }
}
