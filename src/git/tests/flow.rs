//! The main road: layout, worktree, work, check, candidate, push, land, advance, burial.
#![expect(clippy::disallowed_methods, reason = "tests look at files")]

use std::fs;

use super::fixture::{Rig, branch, commit_of, record, rescue, write_files};
use crate::domain::{GitJob, GitOutcome, GitReply, GitRequest};
use crate::git::{now_tip, plans, worker};

#[test]
fn a_new_rig_is_clean_everywhere() {
    let rig = Rig::bare_town();
    rig.seed_remote(
        "main",
        &[
            ("Cargo.toml", ""),
            (
                ".beads/issues.jsonl",
                "{\"id\":\"bot-4k\",\"title\":\"x\"}\n",
            ),
        ],
    );
    rig.seed_remote("feature", &[("f", "f")]);
    let outcome = rig.add();
    let tip = rig.tip(&rig.remote(), "main");
    assert_eq!(
        outcome,
        GitOutcome::RigReady {
            target: "main".to_owned(),
            tip: tip.clone(),
            tracked_prefix: Some("bot".to_owned()),
            test_hint: Some("cargo test".to_owned()),
        }
    );
    assert_eq!(rig.layout(), outcome, "twice is once");
    for tree in [&rig.repos.mayor, &rig.repos.refinery] {
        assert_eq!(rig.status(tree), "");
        assert_eq!(rig.tip(tree, "HEAD"), tip);
        let shared = rig.repos.shared.to_string_lossy().into_owned();
        assert_eq!(rig.git(tree, &["remote", "get-url", "origin"]), shared);
        rig.git(tree, &["fetch", "-q", "origin"]);
        assert_eq!(rig.tip(tree, "origin/main"), tip);
        rig.git(tree, &["rev-parse", "origin/feature"]);
    }
    assert_eq!(
        rig.git(&rig.repos.mayor, &["branch", "--show-current"]),
        "main"
    );
    assert_eq!(
        rig.git(&rig.repos.refinery, &["branch", "--show-current"]),
        ""
    );
    assert!(!rig.repos.shared.join("objects/info/alternates").exists());
    for repo in [&rig.repos.mirror, &rig.repos.shared, &rig.repos.mayor] {
        rig.git(repo, &["fsck", "--strict"]);
    }
}

#[test]
fn the_target_is_what_the_operator_or_the_remote_says() {
    let rig = Rig::bare_town();
    rig.seed_remote("main", &[("a", "1")]);
    rig.seed_remote("develop", &[("a", "1")]);
    rig.git(
        &rig.remote(),
        &["symbolic-ref", "HEAD", "refs/heads/develop"],
    );
    rig.prepare();
    assert!(matches!(rig.layout(), GitOutcome::RigReady { target, .. } if target == "develop"));
    let wanted = |name: &str| {
        rig.job(&GitJob::Layout {
            repos: rig.repos.clone(),
            wanted: Some(name.to_owned()),
        })
    };
    assert!(matches!(wanted("main"), GitOutcome::RigReady { target, .. } if target == "main"));
    assert!(
        matches!(wanted("none"), GitOutcome::Failed { reason } if reason.contains("`develop`, `main`"))
    );
}

#[test]
fn an_empty_repository_is_refused_with_the_reason() {
    let rig = Rig::bare_town();
    rig.prepare();
    assert!(matches!(rig.layout(), GitOutcome::Failed { reason } if reason.contains("empty")));
}

#[test]
fn work_reaches_the_remote_and_every_copy() {
    let rig = Rig::new();
    let base = rig.worktree("Toast");
    let tree = rig.tree_of("Toast");
    assert_eq!(rig.status(&tree), "");
    assert_eq!(
        rig.git(&tree, &["branch", "--show-current"]),
        branch("Toast")
    );
    let tip = rig.work("Toast", &[("c.txt", "sea\n")], "Add the sea");
    let GitOutcome::Checked {
        head,
        branch: on,
        ahead,
        dirty,
        busy,
        subjects,
    } = rig.check("Toast", &base)
    else {
        panic!("not checked");
    };
    assert_eq!(
        (head, on, ahead, dirty, busy, subjects),
        (
            tip.clone(),
            Some(branch("Toast")),
            1,
            vec![],
            None,
            vec!["Add the sea".to_owned()]
        )
    );
    let work = format!("refs/gt/work/{}", record("Toast"));
    assert_eq!(rig.tip(&rig.repos.mirror, &work), tip);
    let candidate = rig.candidate(&tip, &base);
    let (old, new) = commit_of(&candidate);
    assert_eq!(old, base);
    assert_eq!(
        rig.candidate(&tip, &base),
        candidate,
        "the same work, the same candidate"
    );
    assert_eq!(rig.tip(&rig.gates(), "HEAD"), new);
    assert_eq!(rig.status(&rig.gates()), "");
    assert_eq!(
        fs::read_to_string(rig.gates().join("c.txt")).unwrap(),
        "sea\n"
    );
}

#[test]
fn a_landing_brings_every_copy_forward() {
    let rig = Rig::new();
    let base = rig.worktree("Toast");
    let tip = rig.work("Toast", &[("c.txt", "sea\n")], "Add the sea");
    rig.check("Toast", &base);
    let (old, new) = commit_of(&rig.candidate(&tip, &base));
    let push = plans::push(&rig.repos.mirror, "main", &old, &new).unwrap();
    let land = GitJob::Land {
        repos: rig.repos.clone(),
        old,
        new: new.clone(),
    };
    let moved = GitOutcome::Moved {
        tip: new.clone(),
        done: true,
    };
    for _ in 0..2 {
        let output = rig.run(&push);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(rig.job(&land), moved);
    }
    assert_eq!(rig.tip(&rig.remote(), "main"), new);
    for _ in 0..2 {
        assert_eq!(rig.advance(&new), GitOutcome::Advanced { left: vec![] });
    }
    assert!(!rig.gates().exists());
    for tree in [&rig.repos.mayor, &rig.repos.refinery] {
        assert_eq!(rig.status(tree), "");
        assert_eq!(rig.tip(tree, "HEAD"), new);
        assert_eq!(rig.tip(tree, "origin/main"), new);
        assert!(tree.join("c.txt").exists());
    }
    assert_eq!(rig.tip(&rig.repos.shared, "main"), new);
    let who = rig.git(&rig.remote(), &["log", "-1", "--format=%an %cn", "main"]);
    assert_eq!(who, "bot/polecats/Toast bot/refinery");
    let tip_now = now_tip(&rig.repos.mirror, "main", &rig.cx).unwrap();
    assert_eq!(tip_now, Some(new));
}

#[test]
fn a_buried_worktree_leaves_its_commits_and_frees_its_name() {
    let rig = Rig::new();
    rig.worktree("Toast");
    let tip = rig.work("Toast", &[("c.txt", "sea\n")], "Add the sea");
    let expected = GitOutcome::Buried {
        rescue: Some((format!("{}/head", rescue("Toast")), tip.clone())),
        trash: Some(rig.trash("Toast")),
    };
    assert_eq!(rig.job(&rig.bury_job("Toast")), expected);
    assert_eq!(rig.job(&rig.bury_job("Toast")), expected, "twice is once");
    assert!(!rig.tree_of("Toast").exists());
    assert!(rig.trash("Toast").join("c.txt").exists());
    for repo in [&rig.repos.mirror, &rig.repos.shared] {
        assert_eq!(rig.tip(repo, &format!("{}/head", rescue("Toast"))), tip);
        // The one line that restores works for a clean worktree too.
        assert_eq!(rig.tip(repo, &format!("{}/tree", rescue("Toast"))), tip);
    }
    let list = rig.git(&rig.repos.shared, &["worktree", "list"]);
    assert!(!list.contains("Toast"), "{list}");
    let branches = rig.git(&rig.repos.shared, &["branch", "--list", "polecat/*"]);
    assert_eq!(branches, "");
    // The same folder again, for the next incarnation.
    rig.worktree("Toast");
}

#[test]
fn a_land_on_a_moved_target_moves_nothing() {
    // Contract M1.
    let rig = Rig::new();
    let base = rig.worktree("Toast");
    let tip = rig.work("Toast", &[("c", "c")], "c");
    rig.check("Toast", &base);
    let (old, new) = commit_of(&rig.candidate(&tip, &base));
    let elsewhere = rig.seed_remote("main", &[("x", "x")]);
    rig.run(&plans::fetch(&rig.repos.mirror, "main").unwrap());
    let sync = GitJob::Sync {
        repos: rig.repos.clone(),
    };
    let synced = |external| GitOutcome::Synced {
        tip: elsewhere.clone(),
        external,
    };
    assert_eq!(rig.job(&sync), synced(Some(old.clone())));
    assert_eq!(rig.job(&sync), synced(None));
    let land = GitJob::Land {
        repos: rig.repos.clone(),
        old: old.clone(),
        new: new.clone(),
    };
    let moved = GitOutcome::Moved {
        tip: elsewhere.clone(),
        done: false,
    };
    assert_eq!(rig.job(&land), moved);
    let output = rig.run(&plans::push(&rig.repos.mirror, "main", &old, &new).unwrap());
    assert!(!output.status.success());
    assert_eq!(rig.tip(&rig.remote(), "main"), elsewhere);
}

#[test]
fn a_check_names_everything_that_stands_in_the_way() {
    // Contract W5.
    let rig = Rig::new();
    let base = rig.worktree("Toast");
    let tree = rig.tree_of("Toast");
    let work = format!("refs/gt/work/{}", record("Toast"));
    let look = || match rig.check("Toast", &base) {
        GitOutcome::Checked {
            branch,
            ahead,
            dirty,
            busy,
            ..
        } => (branch, ahead, dirty, busy),
        other => panic!("{other:?}"),
    };
    let on = Some(branch("Toast"));
    assert_eq!(look(), (on.clone(), 0, vec![], None));
    write_files(
        &tree,
        &[(".gitignore", "*.log\n"), ("x.log", "x"), ("new/n", "n")],
    );
    assert_eq!(
        look(),
        (
            on.clone(),
            0,
            vec![".gitignore".to_owned(), "new/".to_owned()],
            None
        )
    );
    rig.git(&tree, &["add", "-A"]);
    rig.git(&tree, &["commit", "-qm", "ignore"]);
    assert!(
        !rig.try_git(&rig.repos.mirror, &["rev-parse", "-q", "--verify", &work])
            .status
            .success()
    );
    assert_eq!(look(), (on.clone(), 1, vec![], None));
    write_files(&tree, &[("a.txt", "two\n")]);
    assert_eq!(look(), (on.clone(), 1, vec!["a.txt".to_owned()], None));
    rig.git(&tree, &["checkout", "-q", "--detach"]);
    rig.git(&tree, &["checkout", "-q", "a.txt"]);
    assert_eq!(look(), (None, 1, vec![], None));
    rig.git(&tree, &["checkout", "-q", &branch("Toast")]);
    rig.git(&tree, &["bisect", "start"]);
    assert_eq!(look().3, Some("bisect".to_owned()));
    rig.git(&tree, &["bisect", "reset"]);
    // Contract W7: a folder that belongs to another record is not this one's.
    rig.worktree("Shadow");
    fs::copy(rig.tree_of("Shadow").join(".git"), tree.join(".git")).unwrap();
    assert!(matches!(
        rig.check("Toast", &base),
        GitOutcome::Failed { .. }
    ));
    fs::remove_file(tree.join(".git")).unwrap();
    assert!(matches!(
        rig.check("Toast", &base),
        GitOutcome::Failed { .. }
    ));
    fs::remove_dir_all(&tree).unwrap();
    assert!(matches!(
        rig.check("Toast", &base),
        GitOutcome::Failed { .. }
    ));
}

#[test]
fn the_worker_answers_in_order_and_survives_bad_jobs() {
    let rig = Rig::new();
    let mut input = Vec::new();
    for (id, job) in [
        GitJob::Sync {
            repos: rig.repos.clone(),
        },
        rig.bury_job("../evil"),
        GitJob::Sync {
            repos: rig.repos.clone(),
        },
    ]
    .into_iter()
    .enumerate()
    {
        let id = u64::try_from(id).unwrap();
        serde_json::to_writer(&mut input, &GitRequest { id, job }).unwrap();
        input.push(b'\n');
    }
    let mut output = Vec::new();
    worker::serve(input.as_slice(), &mut output, &rig.cx).unwrap();
    let replies: Vec<GitReply> = String::from_utf8(output)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        replies.iter().map(|reply| reply.id).collect::<Vec<_>>(),
        [0, 1, 2]
    );
    assert!(matches!(replies[1].outcome, GitOutcome::Failed { .. }));
    assert!(matches!(replies[2].outcome, GitOutcome::Synced { .. }));
}

#[test]
fn line_ends_links_modes_and_module_folders_are_as_git_makes_them() {
    let rig = Rig::bare_town();
    rig.seed_remote("main", &[("a", "a\n")]);
    let seed = rig.root().join("seed");
    std::os::unix::fs::symlink("a", seed.join("link")).unwrap();
    write_files(&seed, &[("run.sh", "#!/bin/sh\n"), ("d/e/f", "f\n")]);
    rig.git(&seed, &["add", "-A"]);
    rig.git(&seed, &["update-index", "--chmod=+x", "run.sh"]);
    let head = rig.tip(&seed, "HEAD");
    let module = format!("160000,{head},module");
    rig.git(&seed, &["update-index", "--add", "--cacheinfo", &module]);
    rig.git(&seed, &["commit", "-qm", "shapes"]);
    rig.git(&seed, &["push", "-q", "origin", "main"]);
    rig.add();
    rig.worktree("Toast");
    let tree = rig.tree_of("Toast");
    assert_eq!(rig.status(&tree), "");
    rig.git(&tree, &["update-index", "--really-refresh", "-q"]);
    assert_eq!(rig.status(&tree), "");
    assert_eq!(
        fs::read_link(tree.join("link")).unwrap(),
        std::path::Path::new("a")
    );
    assert!(tree.join("module").is_dir());
    rig.work(
        "Toast",
        &[
            (".gitattributes", "*.bat text eol=crlf\n"),
            ("x.bat", "one\r\n"),
        ],
        "bat",
    );
    let commit = rig.tip(&tree, "HEAD");
    let job = rig.worktree_job("Shadow", crate::domain::Base::Commit(commit));
    assert!(matches!(rig.job(&job), GitOutcome::Worktree { .. }));
    let tree = rig.tree_of("Shadow");
    assert_eq!(fs::read_to_string(tree.join("x.bat")).unwrap(), "one\r\n");
    assert_eq!(rig.status(&tree), "");
}
