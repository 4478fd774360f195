//! Stacks by every strategy, typed conflicts, and works that cannot be stacked (contracts M4, M6).
#![expect(clippy::disallowed_methods, reason = "tests look at files")]

use std::fs;

use super::fixture::{refinery, work};
use super::lab::{Files, Lab, landed, lines, raw, text};
use crate::domain::{
    ConflictKind, ConflictRecord, ConflictWith, Fit, GitJob, GitOutcome, GitReply, GitRequest,
    MergeId, MergeStrategy, Oid, StackStep,
};
use crate::git::worker;

fn files(list: &[(&str, &[u8])]) -> Files {
    list.iter()
        .map(|(path, bytes)| ((*path).to_owned(), (0o100_644, bytes.to_vec())))
        .collect()
}

/// The lines of `text("a")` with some replaced.
fn with(changes: &[(usize, &str)]) -> Vec<u8> {
    let mut all = lines("a", 12);
    for (number, line) in changes {
        all[number - 1] = format!("{line}\n");
    }
    all.concat().into_bytes()
}

/// A target with one file `a` of twelve lines.
fn lab() -> (Lab, Oid, Files) {
    let mut lab = Lab::new();
    let first = files(&[("a", &text("a")), ("dir/b", b"b\n")]);
    let base = lab.commit(&first, &[], "first");
    lab.point(&base);
    (lab, base, first)
}

fn plus(files: &Files, path: &str, bytes: &[u8]) -> Files {
    let mut files = files.clone();
    files.insert(path.to_owned(), (0o100_644, bytes.to_vec()));
    files
}

fn commit_of(step: &StackStep) -> Oid {
    match &step.fit {
        Fit::Commit { commit, .. } => commit.clone(),
        other => panic!("{other:?}"),
    }
}

fn record_of(step: &StackStep) -> &ConflictRecord {
    match &step.fit {
        Fit::Conflict(record) => record,
        other => panic!("{other:?}"),
    }
}

fn message(lab: &Lab, commit: &Oid) -> String {
    let commit = lab.repo.find_commit(raw(commit)).unwrap();
    commit.message().unwrap().to_owned()
}

fn show(lab: &Lab, commit: &Oid, path: &str) -> String {
    let output = lab.try_git(&["show", &format!("{commit}:{path}")]);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_strategy_makes_its_own_commits() {
    let (mut lab, base, first) = lab();
    let one = lab.commit(&plus(&first, "a", &with(&[(2, "two")])), &[&base], "two");
    let tip = lab.commit(
        &plus(&first, "a", &with(&[(2, "two"), (4, "four")])),
        &[&one],
        "four",
    );
    let target = lab.commit(&plus(&first, "a", &with(&[(9, "nine")])), &[&base], "nine");
    lab.point(&target);
    for (strategy, subjects) in [
        (MergeStrategy::Rebase, vec!["four", "two"]),
        (MergeStrategy::Squash, vec!["Land mr-1"]),
        (MergeStrategy::Merge, vec!["Land mr-1"]),
    ] {
        let (onto, steps) = lab.stack(&[work("mr-1", &tip, &base, strategy)]);
        assert_eq!(onto, target);
        let commit = commit_of(&steps[0]);
        let range = format!("{target}..{commit}");
        let log = lab.try_git(&["log", "--first-parent", "--format=%s", &range]);
        let log = String::from_utf8(log.stdout).unwrap();
        assert_eq!(log.lines().collect::<Vec<_>>(), subjects, "{strategy}");
        let made = lab.repo.find_commit(raw(&commit)).unwrap();
        let parents: Vec<_> = made.parent_ids().collect();
        assert_eq!(made.committer().name(), Ok("bot/refinery"));
        match strategy {
            MergeStrategy::Merge => assert_eq!(parents, [raw(&target), raw(&tip)]),
            MergeStrategy::Squash => {
                assert_eq!(parents, [raw(&target)]);
                assert_eq!(made.author().name(), Ok("Toast"));
                assert!(message(&lab, &commit).ends_with("- two\n- four\n"));
            }
            MergeStrategy::Rebase => assert_eq!(made.author().name(), Ok("Toast")),
            MergeStrategy::Ff => {}
        }
        let text = with(&[(2, "two"), (4, "four"), (9, "nine")]);
        assert_eq!(show(&lab, &commit, "a").into_bytes(), text, "{strategy}");
    }
    let (_, steps) = lab.stack(&[work("mr-1", &tip, &base, MergeStrategy::Ff)]);
    assert!(matches!(&steps[0].fit, Fit::Unusable { reason } if reason.contains("fast-forwarded")));
    lab.point(&base);
    let (_, steps) = lab.stack(&[work("mr-1", &tip, &base, MergeStrategy::Ff)]);
    assert_eq!(commit_of(&steps[0]), tip);
}

#[test]
fn what_conflicts_is_left_out_and_the_others_go_on() {
    let (mut lab, base, first) = lab();
    let mut tip = |path: &str, bytes: &[u8]| lab.commit(&plus(&first, path, bytes), &[&base], path);
    let tips = [
        tip("x", b"x\n"),
        tip("a", &with(&[(5, "five")])),
        tip("a", &with(&[(5, "cinq")])),
        tip("a", &with(&[(9, "nine")])),
        tip("a", &with(&[(5, "five")])),
    ];
    for strategy in [
        MergeStrategy::Rebase,
        MergeStrategy::Squash,
        MergeStrategy::Merge,
    ] {
        let works: Vec<_> = (1..)
            .zip(&tips)
            .map(|(number, tip)| work(&format!("mr-{number}"), tip, &base, strategy))
            .collect();
        let (_, steps) = lab.stack(&works);
        let record = record_of(&steps[2]);
        let member = MergeId::parse("mr-2").unwrap();
        assert_eq!(record.with, ConflictWith::Member(member));
        assert_eq!((&record.base, &record.theirs), (&base, &tips[2]));
        assert_eq!(record.ours, commit_of(&steps[1]));
        let hunk = &record.files[0].hunks[0];
        assert_eq!(
            (
                hunk.ours_start,
                hunk.ours.as_str(),
                hunk.theirs.as_str(),
                hunk.base.as_str()
            ),
            (5, "five\n", "cinq\n", "a line 5\n")
        );
        assert_eq!(steps[4].fit, Fit::There);
        let end = commit_of(&steps[3]);
        assert_eq!(
            show(&lab, &end, "a").into_bytes(),
            with(&[(5, "five"), (9, "nine")])
        );
        assert_eq!(lab.verify(&base, &works, &steps), []);
    }
}

#[test]
fn a_conflict_with_the_target_is_told_from_one_with_a_member() {
    let (mut lab, base, first) = lab();
    let target = lab.commit(&plus(&first, "a", &with(&[(5, "main")])), &[&base], "main");
    let one = lab.commit(&plus(&first, "x", b"x\n"), &[&base], "x");
    let two = lab.commit(&plus(&first, "a", &with(&[(5, "two")])), &[&base], "two");
    lab.point(&target);
    let (_, steps) = lab.stack(&[
        work("mr-1", &one, &base, MergeStrategy::Rebase),
        work("mr-2", &two, &base, MergeStrategy::Rebase),
    ]);
    let record = record_of(&steps[1]);
    assert_eq!(
        (&record.with, &record.ours),
        (&ConflictWith::Target, &target)
    );
}

/// One side's change of the files, applied to a copy.
type Change = fn(&mut Files);

fn put(files: &mut Files, path: &str, mode: i32, bytes: &[u8]) {
    files.insert(path.to_owned(), (mode, bytes.to_vec()));
}

#[test]
fn every_kind_of_conflict_has_its_name() {
    let table: [(ConflictKind, &str, Change, Change); 9] = [
        (
            ConflictKind::AddAdd,
            "new",
            |f| put(f, "new", 0o100_644, b"ours\n"),
            |f| put(f, "new", 0o100_644, b"theirs\n"),
        ),
        (
            ConflictKind::ModifyDelete,
            "a",
            |f| drop(f.remove("a")),
            |f| put(f, "a", 0o100_644, &with(&[(3, "three")])),
        ),
        (
            ConflictKind::ModifyDelete,
            "a",
            |f| put(f, "a", 0o100_644, &with(&[(3, "three")])),
            |f| drop(f.remove("a")),
        ),
        (
            ConflictKind::Rename,
            "a",
            |f| {
                let file = f.remove("a").unwrap();
                f.insert("ours".to_owned(), file);
            },
            |f| {
                let file = f.remove("a").unwrap();
                f.insert("theirs".to_owned(), file);
            },
        ),
        (
            ConflictKind::Mode,
            "a",
            |f| put(f, "a", 0o120_000, b"dir/b"),
            |f| put(f, "a", 0o100_644, &with(&[(3, "three")])),
        ),
        (
            ConflictKind::Submodule,
            "mod",
            |f| put(f, "mod", 0o160_000, "1".repeat(40).as_bytes()),
            |f| put(f, "mod", 0o160_000, "2".repeat(40).as_bytes()),
        ),
        (
            ConflictKind::Binary,
            "bin",
            |f| put(f, "bin", 0o100_644, b"\0ours"),
            |f| put(f, "bin", 0o100_644, b"\0theirs"),
        ),
        (
            ConflictKind::FileFolder,
            "place",
            |f| put(f, "place", 0o100_644, b"a file\n"),
            |f| put(f, "place/file", 0o100_644, b"in a folder\n"),
        ),
        (
            ConflictKind::Content,
            "a",
            |f| put(f, "a", 0o100_644, &with(&[(3, "three")])),
            |f| put(f, "a", 0o100_755, &with(&[(3, "trois")])),
        ),
    ];
    for (kind, path, ours, theirs) in table {
        let mut lab = Lab::new();
        let mut first = files(&[("a", &text("a")), ("dir/b", b"b\n"), ("bin", b"\0base")]);
        put(&mut first, "mod", 0o160_000, "3".repeat(40).as_bytes());
        let base = lab.commit(&first, &[], "first");
        let mut side = |change: Change| {
            let mut files = first.clone();
            change(&mut files);
            lab.commit(&files, &[&base], "side")
        };
        let (target, tip) = (side(ours), side(theirs));
        lab.point(&target);
        let (_, steps) = lab.stack(&[work("mr-1", &tip, &base, MergeStrategy::Rebase)]);
        let record = record_of(&steps[0]);
        let file = record.files.iter().find(|file| file.path == path);
        assert_eq!(file.map(|file| file.kind), Some(kind), "{record:?}");
        assert_eq!(lab.git_merge(None, &target, &tip), None, "git agrees");
    }
}

#[test]
fn a_hostile_conflict_is_bounded_and_counted() {
    let mut lab = Lab::new();
    let name = |number: usize| format!("name \u{1b}[2J\n<<<<<<< {number} \u{202e}.txt");
    let side = |word: &str, count: usize| -> Files {
        let mut all: Files = (0..count)
            .map(|number| (name(number), (0o100_644, format!("{word}\n").into_bytes())))
            .collect();
        let huge = format!("{word}\n").repeat(400_000).into_bytes();
        put(&mut all, "a huge one", 0o100_644, &huge);
        let long = format!("{word}{}\n", "x".repeat(9_000));
        put(&mut all, "a long one", 0o100_644, long.as_bytes());
        let many: String = (0..90)
            .map(|n| {
                if n % 2 == 0 {
                    "same\n".to_owned()
                } else {
                    format!("{word} {n}\n")
                }
            })
            .collect();
        put(&mut all, "a many", 0o100_644, many.as_bytes());
        all
    };
    let base = lab.commit(&side("base", 70), &[], "first");
    let target = lab.commit(&side("ours", 70), &[&base], "ours");
    let tip = lab.commit(&side("theirs", 70), &[&base], "theirs");
    lab.point(&target);
    let (_, steps) = lab.stack(&[work("mr-1", &tip, &base, MergeStrategy::Merge)]);
    let record = record_of(&steps[0]);
    assert_eq!((record.files.len(), record.files_cut), (50, 23));
    let file = |path: &str| record.files.iter().find(|file| file.path == path).unwrap();
    assert!(file("a huge one").hunks.is_empty());
    assert!(file("a long one").hunks[0].cut);
    assert_eq!(
        (file("a many").hunks.len(), file("a many").hunks_cut),
        (20, 25)
    );
    assert!(
        serde_json::to_vec(&steps).unwrap().len() < 1 << 20,
        "one frame of the wire"
    );
}

#[test]
fn what_cannot_be_stacked_holds_up_nobody() {
    let (mut lab, base, first) = lab();
    let good = lab.commit(&plus(&first, "x", b"x\n"), &[&base], "x");
    let apart = lab.commit(&first, &[], "another beginning");
    let missing = Oid::parse(&"4".repeat(40)).unwrap();
    let works = [
        work("mr-1", &missing, &base, MergeStrategy::Rebase),
        work("mr-2", &apart, &apart, MergeStrategy::Squash),
        work("mr-3", &apart, &apart, MergeStrategy::Merge),
        work("mr-4", &good, &base, MergeStrategy::Rebase),
        work("mr-5", &base, &base, MergeStrategy::Rebase),
    ];
    let (_, steps) = lab.stack(&works);
    for step in &steps[..3] {
        assert!(matches!(step.fit, Fit::Unusable { .. }), "{step:?}");
    }
    assert!(show(&lab, &commit_of(&steps[3]), "x") == "x\n");
    assert_eq!(steps[4].fit, Fit::There);
}

#[test]
fn a_stack_is_whole_on_disk_and_a_trial_leaves_nothing() {
    let (mut lab, base, first) = lab();
    let target = lab.commit(&plus(&first, "a", &with(&[(5, "main")])), &[&base], "main");
    lab.point(&target);
    let bad = lab.commit(&plus(&first, "a", &with(&[(5, "bad")])), &[&base], "bad");
    let good = lab.commit(&plus(&first, "a", &with(&[(9, "good")])), &[&base], "good");
    let count = || {
        let output = lab.try_git(&["count-objects", "-v"]);
        String::from_utf8(output.stdout).unwrap()
    };
    let before = count();
    lab.stack(&[work("mr-1", &bad, &base, MergeStrategy::Rebase)]);
    assert_eq!(count(), before);
    let works = [work("mr-2", &good, &base, MergeStrategy::Rebase)];
    let (_, steps) = lab.stack(&works);
    let (_, tip) = landed(&base, &works, &steps);
    let checked = lab.try_git(&["fsck", "--strict", "--no-dangling", tip.as_str()]);
    assert!(checked.status.success(), "{checked:?}");
    assert!(count().contains("packs: 1\n"), "{}", count());
    lab.stack(&works);
    assert!(
        count().contains("packs: 1\n"),
        "the same again adds nothing"
    );
}

#[test]
fn the_worker_stacks_and_makes_trees_for_gates() {
    let (mut lab, base, first) = lab();
    let tip = lab.commit(&plus(&first, "x", b"x\n"), &[&base], "x");
    let path = lab.dir.path().join("gates/mr-1");
    let stack = GitJob::Stack {
        repos: lab.repos.clone(),
        target: "main".to_owned(),
        onto: None,
        works: vec![work("mr-1", &tip, &base, MergeStrategy::Squash)],
        committer: refinery(),
    };
    let ask = |job: &GitJob| -> GitOutcome {
        let request = GitRequest {
            id: 7,
            job: job.clone(),
        };
        let mut output = Vec::new();
        let input = serde_json::to_vec(&request).unwrap();
        worker::serve(input.as_slice(), &mut output, &lab.cx).unwrap();
        let reply: GitReply = serde_json::from_slice(&output).unwrap();
        assert_eq!(reply.id, 7);
        reply.outcome
    };
    let GitOutcome::Stacked { steps, .. } = ask(&stack) else {
        panic!("no stack");
    };
    let commit = commit_of(&steps[0]);
    let tree = GitJob::GateTree {
        repos: lab.repos.clone(),
        commit: commit.clone(),
        path: path.clone(),
    };
    for _ in 0..2 {
        let ready = ask(&tree);
        assert_eq!(
            ready,
            GitOutcome::GateTreeReady {
                tree: lab.tree_of(&commit)
            }
        );
        assert_eq!(fs::read_to_string(path.join("x")).unwrap(), "x\n");
        fs::write(path.join("x"), "spoiled by a gate").unwrap();
    }
    let gone = GitJob::DropTree { path: path.clone() };
    for _ in 0..2 {
        assert_eq!(ask(&gone), GitOutcome::TreeDropped);
        assert!(!path.exists());
    }
}

#[test]
fn a_spare_becomes_the_tree_for_gates_and_is_never_a_used_one() {
    let (mut lab, base, first) = lab();
    let path = lab.dir.path().join("gates/mr-1");
    let spare = lab.dir.path().join("gates/mirror.spare");
    let mut files = plus(&first, "a", &with(&[(5, "five")]));
    files.remove("dir/b");
    files.insert("x".to_owned(), (0o100_755, b"x\n".to_vec()));
    let commit = lab.commit(&files, &[&base], "change");
    let fill = GitJob::SpareTree {
        repos: lab.repos.clone(),
        path: path.clone(),
    };
    let tree = |commit: &Oid| GitJob::GateTree {
        repos: lab.repos.clone(),
        commit: commit.clone(),
        path: path.clone(),
    };
    for round in 0..3 {
        let ready = lab.job(&fill);
        assert_eq!(
            ready,
            GitOutcome::SpareReady {
                commit: base.clone()
            }
        );
        if round == 2 {
            // A spare whose filling was killed is not taken.
            fs::remove_file(spare.join(".git/gt-spare")).unwrap();
            fs::write(spare.join("a"), "half").unwrap();
        }
        let ready = lab.job(&tree(&commit));
        assert_eq!(
            ready,
            GitOutcome::GateTreeReady {
                tree: lab.tree_of(&commit)
            }
        );
        assert_eq!(spare.exists(), round == 2);
        let at = path.to_string_lossy();
        let status = lab.try_git(&["-C", &at, "status", "--porcelain", "--ignored"]);
        assert_eq!(String::from_utf8_lossy(&status.stdout), "", "{status:?}");
        let head = lab.try_git(&["-C", &at, "rev-parse", "HEAD", "refs/remotes/origin/main"]);
        let wanted = format!("{commit}\n{base}\n");
        assert_eq!(String::from_utf8_lossy(&head.stdout), wanted);
        assert!(!path.join("dir").exists());
        fs::write(path.join("a"), "spoiled by a gate").unwrap();
        fs::write(path.join("left behind"), "by a gate").unwrap();
    }
    // The spare follows the target.
    lab.job(&fill);
    lab.point(&commit);
    let ready = lab.job(&fill);
    assert_eq!(
        ready,
        GitOutcome::SpareReady {
            commit: commit.clone()
        }
    );
    assert_eq!(fs::read_to_string(spare.join("x")).unwrap(), "x\n");
}
