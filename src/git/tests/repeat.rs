//! Every job, killed at many instants and done again, ends where doing it once ends.
#![expect(
    clippy::disallowed_methods,
    reason = "tests start this test program again and kill it"
)]

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::fixture::{Rig, branch, commit_of, refinery, rescue, work};
use crate::domain::{Base, GitJob, GitOutcome, GitRequest, MergeStrategy};
use crate::git::{GitContext, do_job};

const JOB: &str = "GASTOWN_TEST_GIT_JOB";
const CONFIG: &str = "GASTOWN_TEST_GIT_CONFIG";

/// Not a test of its own: the process that the others kill.
#[test]
fn the_process_that_is_killed() {
    let (Ok(job), Ok(config)) = (std::env::var(JOB), std::env::var(CONFIG)) else {
        return;
    };
    let request: GitRequest = serde_json::from_str(&job).unwrap();
    drop(do_job(&request.job, &GitContext::new(config)));
}

/// Starts a job in a process of its own and kills it after `delay` unless it is done by then.
fn kill_after(rig: &Rig, job: &GitJob, delay: Duration) {
    let request = GitRequest {
        id: 1,
        job: job.clone(),
    };
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "git::tests::repeat::the_process_that_is_killed"])
        .env(JOB, serde_json::to_string(&request).unwrap())
        .env(CONFIG, &rig.cx.config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while started.elapsed() < delay && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    drop(child.kill());
    child.wait().unwrap();
}

/// Kills a job at instants spread over the time that one whole run of it takes.
fn kill_often(rig: &Rig, job: &GitJob, times: u32) {
    for number in 1..=times {
        kill_after(rig, job, Duration::from_millis(3) * number);
    }
}

#[test]
fn a_killed_layout_is_finished() {
    let rig = Rig::bare_town();
    let many: Vec<(String, String)> = (0..150)
        .map(|n| (format!("d{}/f{n}", n % 7), format!("text {n}\n")))
        .collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    rig.seed_remote("main", &many);
    rig.prepare();
    let job = GitJob::Layout {
        repos: rig.repos.clone(),
        wanted: None,
    };
    kill_often(&rig, &job, 12);
    assert!(matches!(rig.job(&job), GitOutcome::RigReady { .. }));
    for tree in [&rig.repos.mayor, &rig.repos.refinery] {
        assert_eq!(rig.status(tree), "");
        rig.git(tree, &["fsck"]);
    }
    let beside = fs::read_dir(rig.paths.rig("bot")).unwrap();
    let beside: Vec<_> = beside.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        !beside
            .iter()
            .any(|name| name.to_string_lossy().ends_with(".new")),
        "{beside:?}"
    );
}

#[test]
fn a_killed_worktree_is_finished_and_then_left_alone() {
    let rig = Rig::bare_town();
    let many: Vec<(String, String)> = (0..300)
        .map(|n| (format!("d{}/f{n}", n % 7), format!("text {n}\n")))
        .collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    rig.seed_remote("main", &many);
    rig.add();
    let job = rig.worktree_job("Toast", Base::Target);
    kill_often(&rig, &job, 12);
    let outcome = rig.job(&job);
    assert!(
        matches!(outcome, GitOutcome::Worktree { .. }),
        "{outcome:?}"
    );
    let tree = rig.tree_of("Toast");
    assert_eq!(rig.status(&tree), "");
    assert_eq!(
        rig.git(&tree, &["branch", "--show-current"]),
        branch("Toast")
    );
    rig.work("Toast", &[("mine", "mine")], "mine");
    fs::write(tree.join("d0/f0"), "edited").unwrap();
    assert_eq!(rig.job(&job), outcome);
    assert_eq!(fs::read_to_string(tree.join("d0/f0")).unwrap(), "edited");
    rig.git(&rig.repos.shared, &["worktree", "prune", "--expire=now"]);
    assert_eq!(rig.status(&tree), "M d0/f0");
}

#[test]
fn killed_candidates_landings_and_advances_are_finished() {
    let rig = Rig::new();
    let base = rig.worktree("Toast");
    for number in 0..4 {
        let name = format!("n{number}");
        rig.work("Toast", &[(name.as_str(), "n")], &name);
    }
    let tip = rig.work("Toast", &[("last", "l")], "last");
    rig.check("Toast", &base);
    let outcome = rig.candidate(&tip, &base);
    let (old, new) = commit_of(&outcome);
    let stack = GitJob::Stack {
        repos: rig.repos.clone(),
        target: rig.repos.target.clone(),
        onto: None,
        works: vec![work("mr-1", &tip, &base, MergeStrategy::Rebase)],
        committer: refinery(),
    };
    kill_often(&rig, &stack, 8);
    kill_often(&rig, &rig.gate_tree(&new), 8);
    assert_eq!(rig.candidate(&tip, &base), outcome);
    assert_eq!(rig.status(&rig.gates()), "");
    let land = GitJob::Land {
        repos: rig.repos.clone(),
        old,
        new: new.clone(),
    };
    kill_often(&rig, &land, 4);
    assert!(matches!(
        rig.job(&land),
        GitOutcome::Moved { done: true, .. }
    ));
    let advance = GitJob::Advance {
        repos: rig.repos.clone(),
        new: new.clone(),
        tree: Some(rig.gates()),
    };
    kill_often(&rig, &advance, 10);
    assert_eq!(rig.advance(&new), GitOutcome::Advanced { left: vec![] });
    for tree in [&rig.repos.mayor, &rig.repos.refinery] {
        assert_eq!(rig.status(tree), "");
        assert_eq!(rig.tip(tree, "HEAD"), new);
    }
    assert!(!rig.gates().exists());
}

#[test]
fn a_killed_burial_is_finished() {
    let rig = Rig::new();
    for number in 0..6_u32 {
        let name = format!("Toast{number}");
        rig.worktree(&name);
        let tip = rig.work(&name, &[("c", &name)], "c");
        fs::write(rig.tree_of(&name).join("loose"), &name).unwrap();
        let job = rig.bury_job(&name);
        kill_after(&rig, &job, Duration::from_millis(4) * (number + 1));
        let outcome = rig.job(&job);
        let tree = format!("{}/tree", rescue(&name));
        assert!(
            matches!(&outcome, GitOutcome::Buried { rescue: Some((found, _)), trash: Some(_) } if *found == tree),
            "{outcome:?}"
        );
        for repo in [&rig.repos.mirror, &rig.repos.shared] {
            assert_eq!(rig.tip(repo, &format!("{}/head", rescue(&name))), tip);
            assert_eq!(rig.git(repo, &["show", &format!("{tree}:loose")]), name);
        }
    }
    assert_eq!(
        rig.git(&rig.repos.shared, &["branch", "--list", "polecat/*"]),
        ""
    );
}

#[test]
fn dead_locks_are_taken_away() {
    let rig = Rig::new();
    let base = rig.worktree("Toast");
    let tip = rig.work("Toast", &[("c", "c")], "c");
    rig.check("Toast", &base);
    let (old, new) = commit_of(&rig.candidate(&tip, &base));
    for lock in [
        rig.repos.mirror.join("refs/heads/main.lock"),
        rig.repos.shared.join("refs/heads/main.lock"),
        rig.repos.shared.join("worktrees/refinery/index.lock"),
        rig.repos.shared.join("worktrees/refinery/HEAD.lock"),
    ] {
        fs::write(lock, "").unwrap();
    }
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
}
