//! Contract S7: nothing that a rig or an agent plants in a repository is run or obeyed.
#![expect(clippy::disallowed_methods, reason = "tests plant files")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::fixture::{Rig, commit_of, write_files};
use crate::domain::{GitJob, GitOutcome};
use crate::git::{closed, open, plans};

const HOOKS: &[&str] = &[
    "applypatch-msg",
    "commit-msg",
    "fsmonitor-watchman",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "proc-receive",
    "push-to-checkout",
    "reference-transaction",
    "update",
];

/// A program that leaves a mark when it is run.
fn trap(rig: &Rig) -> PathBuf {
    let trap = rig.root().join("trap.sh");
    let mark = mark(rig);
    fs::write(
        &trap,
        format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", mark.display()),
    )
    .unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    trap
}

fn mark(rig: &Rig) -> PathBuf {
    rig.root().join("mark")
}

/// Arms a repository's own configuration and hooks.
fn arm(repo: &Path, trap: &Path) {
    let program = trap.display();
    let included = repo.join("more.config");
    fs::write(
        &included,
        format!("[alias]\n\tstatus = !{program}\n[filter \"evil\"]\n\tprocess = {program}\n"),
    )
    .unwrap();
    let text = format!(
        "[include]\n\tpath = {included}\n\
         [core]\n\tfsmonitor = {program}\n\thooksPath = {hooks}\n\tsshCommand = {program}\n\
         \teditor = {program}\n\tpager = {program}\n\tgitProxy = {program}\n\taskPass = {program}\n\
         \talternateRefsCommand = {program}\n\tautocrlf = true\n\tattributesFile = {attributes}\n\
         [credential]\n\thelper = !{program}\n[diff]\n\texternal = {program}\n\
         [diff \"evil\"]\n\ttextconv = {program}\n\tcommand = {program}\n\
         [filter \"evil\"]\n\tsmudge = {program}\n\tclean = {program}\n\trequired = true\n\
         [merge \"evil\"]\n\tdriver = {program} %A\n[gpg]\n\tprogram = {program}\n\
         [commit]\n\tgpgSign = true\n[remote \"origin\"]\n\tuploadpack = {program}\n\
         \treceivepack = {program}\n\tvcs = evil\n[uploadpack]\n\tpackObjectsHook = {program}\n\
         [protocol \"ext\"]\n\tallow = always\n[submodule \"x\"]\n\tupdate = !{program}\n\
         [url \"ext::{program} \"]\n\tinsteadOf = /\n",
        included = included.display(),
        hooks = repo.join("hooks").display(),
        attributes = repo.join("attributes").display(),
    );
    let config = repo.join("config");
    let before = fs::read_to_string(&config).unwrap();
    fs::write(&config, before + &text).unwrap();
    fs::write(
        repo.join("attributes"),
        "* filter=evil diff=evil merge=evil\n",
    )
    .unwrap();
    fs::create_dir_all(repo.join("info")).unwrap();
    fs::write(
        repo.join("info/attributes"),
        "* filter=evil diff=evil merge=evil\n",
    )
    .unwrap();
    fs::create_dir_all(repo.join("hooks")).unwrap();
    for hook in HOOKS {
        let path = repo.join("hooks").join(hook);
        fs::copy(trap, &path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn no_trap_of_a_repository_springs() {
    let rig = Rig::bare_town();
    let ten = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";
    rig.seed_remote(
        "main",
        &[
            (".gitattributes", "* filter=evil diff=evil merge=evil\n"),
            ("n.txt", ten),
        ],
    );
    rig.add();
    let base = rig.worktree("Toast");
    let tip = rig.work(
        "Toast",
        &[("n.txt", &ten.replace("1\n2", "one\n2"))],
        "first line",
    );
    rig.seed_remote("main", &[("n.txt", &ten.replace("9\n", "nine\n"))]);
    let trap = trap(&rig);
    arm(&rig.repos.shared, &trap);
    arm(&rig.repos.mayor.join(".git"), &trap);
    // Network work is done in the mirror, with every job in between.
    assert!(
        rig.run(&plans::fetch(&rig.repos.mirror, "main").unwrap())
            .status
            .success()
    );
    let sync = GitJob::Sync {
        repos: rig.repos.clone(),
    };
    assert!(matches!(
        rig.job(&sync),
        GitOutcome::Synced {
            external: Some(_),
            ..
        }
    ));
    rig.worktree("Shadow");
    write_files(&rig.tree_of("Shadow"), &[("loose", "loose")]);
    let checked = rig.check("Toast", &base);
    assert!(
        matches!(&checked, GitOutcome::Checked { dirty, ahead: 1, .. } if dirty.is_empty()),
        "{checked:?}"
    );
    let (old, new) = commit_of(&rig.candidate(&tip, &base));
    let push = rig.run(&plans::push(&rig.repos.mirror, "main", &old, &new).unwrap());
    assert!(push.status.success(), "{push:?}");
    let land = GitJob::Land {
        repos: rig.repos.clone(),
        old,
        new: new.clone(),
    };
    assert!(matches!(
        rig.job(&land),
        GitOutcome::Moved { done: true, .. }
    ));
    assert_eq!(rig.advance(&new), GitOutcome::Advanced { left: vec![] });
    for name in ["Toast", "Shadow"] {
        assert!(matches!(
            rig.job(&rig.bury_job(name)),
            GitOutcome::Buried { .. }
        ));
    }
    assert!(matches!(rig.layout(), GitOutcome::RigReady { .. }));
    let sprung = fs::read_to_string(mark(&rig)).unwrap_or_default();
    assert_eq!(sprung, "", "traps sprang");
    let text = fs::read_to_string(rig.repos.refinery.join("n.txt")).unwrap();
    assert_eq!(text, "one\n2\n3\n4\n5\n6\n7\n8\nnine\n10\n");
    // The traps are real: the git program in a plain environment springs them.
    drop(rig.try_git(&rig.repos.mayor, &["status"]));
    assert!(mark(&rig).exists());
}

#[test]
fn the_engines_configuration_is_all_there_is() {
    // DECISIONS 9.
    let rig = Rig::new();
    arm(&rig.repos.shared, &trap(&rig));
    let repo = open::bare(&rig.repos.shared, &rig.cx).unwrap();
    let config = repo.config().unwrap();
    assert!(config.get_bool("core.fsyncobjectfiles").unwrap());
    assert!(config.get_entry("core.fsmonitor").is_err());
    assert!(config.get_entry("remote.origin.url").is_err());
    let env = closed::worker_environment(&rig.paths);
    let home = env.iter().find(|(name, _)| name == "HOME").unwrap();
    assert!(!Path::new(&home.1).join(".gitconfig").exists());
}

#[test]
fn planted_paths_lead_nowhere_else() {
    // Contract W7.
    let rig = Rig::new();
    let base = rig.worktree("Toast");
    let elsewhere = rig.root().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let tip = rig.work("Toast", &[("c", "c")], "c");
    rig.check("Toast", &base);
    let (_, new) = commit_of(&rig.candidate(&tip, &base));
    let config = rig.repos.mayor.join(".git/config");
    let text = fs::read_to_string(&config).unwrap();
    let planted = format!("{text}[core]\n\tworktree = {}\n", elsewhere.display());
    fs::write(&config, planted).unwrap();
    let GitOutcome::Advanced { left } = rig.advance(&new) else {
        panic!("not advanced");
    };
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].contains("its files are elsewhere"), "{left:?}");
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    let record = rig.repos.shared.join("worktrees/bot.Toast.1");
    let mirror = rig.repos.mirror.to_string_lossy().into_owned();
    fs::write(record.join("commondir"), mirror).unwrap();
    assert!(matches!(
        rig.check("Toast", &base),
        GitOutcome::Failed { .. }
    ));
    fs::write(
        rig.repos.shared.join("commondir"),
        rig.remote().to_string_lossy().as_ref(),
    )
    .unwrap();
    let job = rig.worktree_job("Shadow", crate::domain::Base::Target);
    assert!(matches!(rig.job(&job), GitOutcome::Failed { .. }));
}
