//! Candidates: what lands is the work, whole, on the target (contracts M4, M6).
#![expect(clippy::disallowed_methods, reason = "tests look at files")]

use std::fs;

use super::fixture::{Candidate, Rig, branch, commit_of, write_files};
use crate::domain::{Base, GitJob, GitOutcome, Oid};
use crate::git::plans;

const TEN: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

fn numbers() -> Rig {
    let rig = Rig::bare_town();
    rig.seed_remote("main", &[("n.txt", TEN)]);
    rig.add();
    rig
}

/// Somebody else pushes to main, and the mirror hears of it.
fn elsewhere(rig: &Rig, files: &[(&str, &str)]) -> Oid {
    let tip = rig.seed_remote("main", files);
    let output = rig.run(&plans::fetch(&rig.repos.mirror, "main").unwrap());
    assert!(output.status.success(), "{output:?}");
    rig.job(&GitJob::Sync {
        repos: rig.repos.clone(),
    });
    tip
}

fn log(rig: &Rig, range: &str) -> String {
    rig.git(&rig.repos.mirror, &["log", "--format=%s|%an|%cn", range])
}

fn show(rig: &Rig, commit: &Oid, path: &str) -> String {
    rig.git(&rig.repos.mirror, &["show", &format!("{commit}:{path}")])
}

#[test]
fn several_commits_keep_their_authors_and_order() {
    let rig = numbers();
    let base = rig.worktree("Toast");
    rig.work("Toast", &[("n.txt", &TEN.replace("2\n", "two\n"))], "two");
    let tip = rig.work("Toast", &[("x", "x")], "x");
    rig.check("Toast", &base);
    let target = elsewhere(&rig, &[("n.txt", &TEN.replace("9\n", "nine\n"))]);
    let (old, new) = commit_of(&rig.candidate(&tip, &base));
    assert_eq!(old, target);
    assert_eq!(
        log(&rig, &format!("{old}..{new}")),
        "x|bot/polecats/Toast|bot/refinery\ntwo|bot/polecats/Toast|bot/refinery"
    );
    assert_eq!(
        show(&rig, &new, "n.txt"),
        "1\ntwo\n3\n4\n5\n6\n7\n8\nnine\n10"
    );
}

#[test]
fn a_conflict_names_its_paths_and_changes_nothing() {
    let rig = numbers();
    let base = rig.worktree("Toast");
    let tip = rig.work(
        "Toast",
        &[("n.txt", &TEN.replace("5\n", "five\n")), ("ok", "k")],
        "five",
    );
    rig.check("Toast", &base);
    let target = elsewhere(&rig, &[("n.txt", &TEN.replace("5\n", "cinq\n"))]);
    let conflict = Candidate::Conflict {
        base: target,
        paths: vec!["n.txt".to_owned()],
    };
    assert_eq!(rig.candidate(&tip, &base), conflict);
    assert!(!rig.gates().exists());
    assert_eq!(rig.status(&rig.tree_of("Toast")), "");
}

#[test]
fn work_that_is_there_already_needs_no_commit() {
    let rig = numbers();
    let base = rig.worktree("Toast");
    let two = TEN.replace("2\n", "two\n");
    let tip = rig.work("Toast", &[("n.txt", &two)], "two");
    rig.check("Toast", &base);
    let target = elsewhere(&rig, &[("n.txt", &two)]);
    let (old, new) = commit_of(&rig.candidate(&tip, &base));
    assert_eq!(
        (&old, &new),
        (&target, &target),
        "the same change from elsewhere"
    );
    let (old, new) = commit_of(&rig.candidate(&base, &base));
    assert_eq!(old, new, "a commit of the target itself");
}

#[test]
fn commits_that_cancel_out_along_the_way_still_fit() {
    // The first commit alone conflicts with the target; the whole change does not.
    let rig = numbers();
    let base = rig.worktree("Toast");
    rig.work("Toast", &[("n.txt", &TEN.replace("5\n", "five\n"))], "try");
    let tip = rig.work("Toast", &[("n.txt", TEN), ("x", "x")], "other way");
    rig.check("Toast", &base);
    elsewhere(&rig, &[("n.txt", &TEN.replace("5\n", "cinq\n"))]);
    let (old, new) = commit_of(&rig.candidate(&tip, &base));
    assert_eq!(
        log(&rig, &format!("{old}..{new}")),
        "other way|bot/polecats/Toast|bot/refinery"
    );
    let body = rig.git(
        &rig.repos.mirror,
        &["log", "-1", "--format=%b", new.as_str()],
    );
    assert!(body.contains("- try\n- other way"), "{body}");
    assert!(show(&rig, &new, "n.txt").contains("cinq"));
    assert_eq!(show(&rig, &new, "x"), "x");
}

#[test]
fn a_resolution_in_a_merge_commit_is_not_lost() {
    let rig = numbers();
    let base = rig.worktree("Toast");
    let tree = rig.tree_of("Toast");
    rig.work("Toast", &[("n.txt", &TEN.replace("5\n", "five\n"))], "five");
    let target = elsewhere(&rig, &[("n.txt", &TEN.replace("5\n", "cinq\n"))]);
    rig.advance(&target);
    drop(rig.try_git(&tree, &["merge", "-q", "origin/main"]));
    write_files(&tree, &[("n.txt", &TEN.replace("5\n", "five and cinq\n"))]);
    rig.git(&tree, &["commit", "-qam", "merge main"]);
    let tip = rig.work("Toast", &[("x", "x")], "x");
    assert!(matches!(
        rig.check("Toast", &base),
        GitOutcome::Checked { .. }
    ));
    let (old, new) = commit_of(&rig.candidate(&tip, &base));
    assert_eq!(old, target);
    assert!(show(&rig, &new, "n.txt").contains("five and cinq"));
    assert_eq!(show(&rig, &new, "x"), "x");
    let parents = rig.git(
        &rig.repos.mirror,
        &["log", "--merges", "--format=%h", &format!("{old}..{new}")],
    );
    assert_eq!(parents, "");
}

#[test]
fn a_clean_merge_of_the_target_is_left_out() {
    let rig = numbers();
    let base = rig.worktree("Toast");
    let tree = rig.tree_of("Toast");
    rig.work("Toast", &[("n.txt", &TEN.replace("2\n", "two\n"))], "two");
    let target = elsewhere(&rig, &[("n.txt", &TEN.replace("9\n", "nine\n"))]);
    rig.advance(&target);
    rig.git(&tree, &["merge", "-q", "--no-edit", "origin/main"]);
    let tip = rig.work("Toast", &[("x", "x")], "x");
    rig.check("Toast", &base);
    let (old, new) = commit_of(&rig.candidate(&tip, &base));
    assert_eq!(
        log(&rig, &format!("{old}..{new}")),
        "x|bot/polecats/Toast|bot/refinery\ntwo|bot/polecats/Toast|bot/refinery"
    );
}

#[test]
fn work_that_goes_on_from_a_conflict_lands_whole() {
    let rig = numbers();
    let base = rig.worktree("Toast");
    let first = rig.work(
        "Toast",
        &[("early", "e"), ("n.txt", &TEN.replace("5\n", "five\n"))],
        "early",
    );
    rig.check("Toast", &base);
    let target = elsewhere(&rig, &[("n.txt", &TEN.replace("5\n", "cinq\n"))]);
    rig.advance(&target);
    assert!(matches!(
        rig.candidate(&first, &base),
        Candidate::Conflict { .. }
    ));
    rig.job(&rig.bury_job("Toast"));
    let outcome = rig.job(&rig.worktree_job("Shadow", Base::Commit(first.clone())));
    assert_eq!(
        outcome,
        GitOutcome::Worktree {
            base: first.clone()
        }
    );
    let tree = rig.tree_of("Shadow");
    drop(rig.try_git(&tree, &["rebase", "-q", "origin/main"]));
    write_files(&tree, &[("n.txt", &TEN.replace("5\n", "both\n"))]);
    rig.git(&tree, &["add", "-A"]);
    rig.git(&tree, &["-c", "core.editor=true", "rebase", "--continue"]);
    let tip = rig.tip(&tree, "HEAD");
    let checked = rig.check("Shadow", &first);
    assert!(
        matches!(&checked, GitOutcome::Checked { branch: Some(on), ahead, .. }
        if *on == branch("Shadow") && *ahead > 0),
        "{checked:?}"
    );
    let (_, new) = commit_of(&rig.candidate(&tip, &first));
    assert_eq!(show(&rig, &new, "early"), "e");
    assert!(show(&rig, &new, "n.txt").contains("both"));
}

#[test]
fn history_that_the_remote_dropped_does_not_come_back() {
    let rig = numbers();
    let first = rig.tip(&rig.remote(), "main");
    elsewhere(&rig, &[("dropped", "d")]);
    let base = rig.worktree("Toast");
    let tip = rig.work("Toast", &[("x", "x")], "x");
    rig.check("Toast", &base);
    rig.git(
        &rig.remote(),
        &["update-ref", "refs/heads/main", first.as_str()],
    );
    rig.run(&plans::fetch(&rig.repos.mirror, "main").unwrap());
    rig.job(&GitJob::Sync {
        repos: rig.repos.clone(),
    });
    let (old, new) = commit_of(&rig.candidate(&tip, &base));
    assert_eq!(old, first);
    let files = rig.git(&rig.repos.mirror, &["ls-tree", "--name-only", new.as_str()]);
    assert_eq!(files, "n.txt\nx");
}

#[test]
fn modes_links_and_renames_survive() {
    let rig = numbers();
    let base = rig.worktree("Toast");
    let tree = rig.tree_of("Toast");
    write_files(&tree, &[("run.sh", "#!/bin/sh\n")]);
    std::os::unix::fs::symlink("n.txt", tree.join("link")).unwrap();
    rig.git(&tree, &["add", "-A"]);
    rig.git(&tree, &["update-index", "--chmod=+x", "run.sh"]);
    rig.git(&tree, &["mv", "n.txt", "numbers.txt"]);
    rig.git(&tree, &["commit", "-qm", "move"]);
    rig.git(&tree, &["checkout", "-q", "--", "."]);
    let tip = rig.tip(&tree, "HEAD");
    rig.check("Toast", &base);
    elsewhere(&rig, &[("n.txt", &TEN.replace("9\n", "nine\n"))]);
    let (_, new) = commit_of(&rig.candidate(&tip, &base));
    assert!(show(&rig, &new, "numbers.txt").contains("nine"));
    let gates = rig.gates();
    assert_eq!(
        fs::read_link(gates.join("link")).unwrap().to_string_lossy(),
        "n.txt"
    );
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &fs::metadata(gates.join("run.sh")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o111, 0o111);
    assert_eq!(rig.status(&gates), "");
    // The gates' git is their own: what they do with it reaches nobody.
    rig.git(&gates, &["tag", "mine"]);
    rig.git(&gates, &["describe", "--tags"]);
    assert_eq!(rig.git(&rig.repos.mirror, &["tag"]), "");
}

#[test]
fn an_advance_spares_other_peoples_changes() {
    let rig = numbers();
    let target = elsewhere(&rig, &[("n.txt", &TEN.replace("9\n", "nine\n"))]);
    write_files(&rig.repos.mayor, &[("n.txt", "mine\n"), ("untracked", "u")]);
    let GitOutcome::Advanced { left } = rig.advance(&target) else {
        panic!("not advanced");
    };
    assert_eq!(left, ["`mayor/rig` stayed behind: it has changed files"]);
    assert_eq!(
        fs::read_to_string(rig.repos.mayor.join("n.txt")).unwrap(),
        "mine\n"
    );
    rig.git(&rig.repos.mayor, &["checkout", "-q", "--", "n.txt"]);
    assert_eq!(rig.advance(&target), GitOutcome::Advanced { left: vec![] });
    assert_eq!(rig.status(&rig.repos.mayor), "?? untracked");
    let next = elsewhere(&rig, &[("untracked", "theirs")]);
    let GitOutcome::Advanced { left } = rig.advance(&next) else {
        panic!("not advanced");
    };
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(
        fs::read_to_string(rig.repos.mayor.join("untracked")).unwrap(),
        "u"
    );
}

#[test]
fn a_target_moved_by_an_agent_is_put_back_and_kept() {
    // Contract M5.
    let rig = numbers();
    rig.worktree("Toast");
    let stray = rig.work("Toast", &[("x", "x")], "straight to main");
    rig.git(
        &rig.tree_of("Toast"),
        &["push", "-q", "origin", "HEAD:main"],
    );
    let target = elsewhere(&rig, &[("y", "y")]);
    let GitOutcome::Advanced { left } = rig.advance(&target) else {
        panic!("not advanced");
    };
    assert!(left[0].contains("outside the queue"), "{left:?}");
    assert_eq!(rig.tip(&rig.repos.shared, "main"), target);
    let aside = format!("refs/gt/strayed/main/{stray}");
    assert_eq!(rig.tip(&rig.repos.shared, &aside), stray);
}
