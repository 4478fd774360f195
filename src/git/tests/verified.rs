//! The check after a landing: defects of the stacking are caught, odd but sound landings are not
//! (contract M8).

use super::fixture::work;
use super::lab::{Files, Lab, landed, lines, text};
use crate::domain::{Fit, GitJob, GitOutcome, Landed, MergeStrategy, Mismatch, Oid, StackWork};
use crate::git::merging::Bases;

fn with(changes: &[(usize, &str)]) -> Vec<u8> {
    let mut all = lines("a", 12);
    for (number, line) in changes {
        all[number - 1] = format!("{line}\n");
    }
    all.concat().into_bytes()
}

fn plus(files: &Files, path: &str, bytes: &[u8]) -> Files {
    let mut files = files.clone();
    files.insert(path.to_owned(), (0o100_644, bytes.to_vec()));
    files
}

fn base() -> (Lab, Oid, Files) {
    let mut lab = Lab::new();
    let files = plus(&Files::new(), "a", &text("a"));
    let base = lab.commit(&files, &[], "first");
    lab.point(&base);
    (lab, base, files)
}

fn ask(lab: &Lab, landing: (&Oid, &Oid, &Oid), members: Vec<Landed>) -> Vec<Mismatch> {
    let (old, new, tree) = landing;
    let outcome = lab.job(&GitJob::Verify {
        repos: lab.repos.clone(),
        target: "main".to_owned(),
        old: old.clone(),
        new: new.clone(),
        tree: tree.clone(),
        members,
    });
    match outcome {
        GitOutcome::Verified { problems } => problems,
        other => panic!("{other:?}"),
    }
}

/// `count` works that began before the target's last commit, each with a file of its own and a
/// line of one that all share.
fn batch(count: usize, strategy: MergeStrategy) -> (Lab, Oid, Vec<StackWork>) {
    let (mut lab, base, files) = base();
    let mut works = Vec::new();
    let mut at = base.clone();
    let mut last = files.clone();
    for number in 0..count {
        let shared = lines("shared", 3 * (number + 1)).concat();
        let (on, before) = if strategy == MergeStrategy::Ff {
            (at.clone(), last.clone())
        } else {
            (base.clone(), files.clone())
        };
        let mut new = plus(&before, &format!("own{number}"), shared.as_bytes());
        let text = String::from_utf8(new["a"].1.clone()).unwrap();
        let from = format!("a line {}\n", number + 1);
        let text = text.replace(&from, &format!("{from}work {number}\n"));
        new = plus(&new, "a", text.as_bytes());
        at = lab.commit(&new, &[&on], &format!("work {number}"));
        works.push(work(&format!("mr-{number}"), &at, &on, strategy));
        last = new;
    }
    if strategy != MergeStrategy::Ff {
        let target = lab.commit(&plus(&files, "a", &with(&[(12, "main")])), &[&base], "main");
        lab.point(&target);
        return (lab, target, works);
    }
    (lab, base, works)
}

#[test]
fn the_incident_of_april_2026_is_caught_for_every_batch_and_strategy() {
    // A base that is not the merge base: what stands below is taken for what the work began at,
    // so the step undoes all that others did since.
    let wrong: [Bases; 2] = [
        |_, sides| Ok(vec![sides.onto]),
        |repo, _| Ok(vec![repo.refname_to_id("refs/heads/main")?]),
    ];
    for strategy in [
        MergeStrategy::Rebase,
        MergeStrategy::Squash,
        MergeStrategy::Merge,
    ] {
        for count in 2..=8 {
            let (lab, target, works) = batch(count, strategy);
            let (_, steps) = lab.stack(&works);
            assert_eq!(landed(&target, &works, &steps).0.len(), count);
            assert_eq!(
                lab.verify(&target, &works, &steps),
                [],
                "{strategy} {count}"
            );
            for bases in wrong {
                let (_, steps) = lab.stack_wrongly(&works, bases);
                let problems = lab.verify(&target, &works, &steps);
                let undone = problems
                    .iter()
                    .any(|problem| matches!(problem, Mismatch::Foreign { .. }));
                assert!(undone, "{strategy} {count}: {problems:?}");
            }
        }
    }
    // A fast-forward merges nothing; there, the wrong commit under a member's name is caught.
    for count in 2..=8 {
        let (mut lab, target, works) = batch(count, MergeStrategy::Ff);
        let (_, steps) = lab.stack(&works);
        assert_eq!(lab.verify(&target, &works, &steps), [], "ff {count}");
        let (mut members, tip) = landed(&target, &works, &steps);
        let files = plus(&Files::new(), "a", &text("a"));
        let undone = lab.commit(&files, &[&tip], "all undone");
        members[count - 1].commit = undone.clone();
        lab.point(&undone);
        let tree = lab.tree_of(&undone);
        assert_ne!(ask(&lab, (&target, &undone, &tree), members), []);
    }
}

#[test]
fn a_landing_that_is_not_what_was_tested_is_told() {
    let (lab, target, works) = batch(2, MergeStrategy::Rebase);
    let (_, steps) = lab.stack(&works);
    let (members, new) = landed(&target, &works, &steps);
    let tree = lab.tree_of(&new);
    assert_eq!(
        ask(&lab, (&target, &new, &tree), members.clone()),
        [Mismatch::NotOnTarget {
            tip: Some(target.clone())
        }]
    );
    lab.point(&new);
    assert_eq!(ask(&lab, (&target, &new, &tree), members.clone()), []);
    let other = lab.tree_of(&target);
    assert_eq!(
        ask(&lab, (&target, &new, &other), members.clone()),
        [Mismatch::Tree {
            tested: other.clone(),
            landed: tree.clone()
        }]
    );
    // A member that is not named, and one whose step is another's.
    assert!(matches!(
        ask(&lab, (&target, &new, &tree), members[1..].to_vec())[..],
        [Mismatch::Gap { .. }]
    ));
    let mut swapped = members.clone();
    swapped[0].tip = members[1].tip.clone();
    let problems = ask(&lab, (&target, &new, &tree), swapped);
    assert!(
        problems
            .iter()
            .any(|problem| matches!(problem, Mismatch::Lost { .. })),
        "{problems:?}"
    );
    // A member that was said to be there already, and is not.
    let mut dropped = members[..1].to_vec();
    dropped[0].commit = target.clone();
    let tree = lab.tree_of(&target);
    assert!(matches!(
        ask(&lab, (&target, &target, &tree), dropped)[..],
        [Mismatch::Lost { .. }, ..]
    ));
    let told = Mismatch::Gap {
        key: members[0].key.clone(),
    };
    assert_eq!(
        told.to_string(),
        "the step of `mr-0` does not join the others"
    );
}

/// The stack of these works is sound, and all of them are in it.
#[track_caller]
fn sound(lab: &Lab, works: &[StackWork]) {
    let (base, steps) = lab.stack(works);
    for step in &steps {
        assert!(
            matches!(step.fit, Fit::Commit { .. } | Fit::There),
            "{step:?}"
        );
    }
    assert_eq!(lab.verify(&base, works, &steps), []);
}

#[test]
fn odd_but_sound_landings_are_no_alarm() {
    let (mut lab, base, files) = base();
    let one = lab.commit(&plus(&files, "a", &with(&[(3, "x")])), &[&base], "x");
    let two = lab.commit(&plus(&files, "a", &with(&[(3, "y")])), &[&one], "y");
    for strategy in MergeStrategy::ALL {
        // Work upon work: squashed, the first is there without its commit.
        let works = [
            work("mr-1", &one, &base, strategy),
            work("mr-2", &two, &base, strategy),
        ];
        sound(&lab, &works);
    }
    // A part of the change is on the target already.
    let target = lab.commit(
        &plus(&files, "a", &with(&[(3, "x"), (9, "}")])),
        &[&base],
        "x, too",
    );
    lab.point(&target);
    let both = lab.commit(
        &plus(&files, "a", &with(&[(3, "x"), (6, "}")])),
        &[&base],
        "both",
    );
    for strategy in [
        MergeStrategy::Rebase,
        MergeStrategy::Squash,
        MergeStrategy::Merge,
    ] {
        sound(&lab, &[work("mr-1", &both, &base, strategy)]);
        sound(&lab, &[work("mr-1", &one, &base, strategy)]);
    }
    // Renamed on the target, changed in the work, and the other way round.
    let mut moved = files.clone();
    let file = moved.remove("a").unwrap();
    moved.insert("dir/moved".to_owned(), file);
    let target = lab.commit(&moved, &[&base], "move");
    lab.point(&target);
    for strategy in [
        MergeStrategy::Rebase,
        MergeStrategy::Squash,
        MergeStrategy::Merge,
    ] {
        sound(&lab, &[work("mr-1", &one, &base, strategy)]);
    }
    let changed = lab.commit(
        &plus(&files, "a", &with(&[(7, "seven")])),
        &[&base],
        "change",
    );
    lab.point(&changed);
    for strategy in [
        MergeStrategy::Rebase,
        MergeStrategy::Squash,
        MergeStrategy::Merge,
    ] {
        sound(&lab, &[work("mr-1", &target, &base, strategy)]);
    }
    // Work that took the target in on its way.
    let merged = plus(&files, "a", &with(&[(3, "x"), (7, "seven")]));
    let merge = lab.commit(&merged, &[&one, &changed], "merge main");
    let end = lab.commit(&plus(&merged, "new", b"n\n"), &[&merge], "more");
    for strategy in MergeStrategy::ALL {
        sound(&lab, &[work("mr-1", &end, &base, strategy)]);
    }
}

#[test]
fn a_moved_line_that_was_lost_is_noticed() {
    let (mut lab, base, files) = base();
    let mut moved = lines("a", 12);
    let line = moved.remove(1);
    moved.insert(8, line);
    let tip = lab.commit(
        &plus(&files, "a", moved.concat().as_bytes()),
        &[&base],
        "move",
    );
    let target = lab.commit(&plus(&files, "a", &with(&[(12, "main")])), &[&base], "main");
    lab.point(&target);
    let works = [work("mr-1", &tip, &base, MergeStrategy::Squash)];
    sound(&lab, &works);
    let (_, steps) = lab.stack_wrongly(&works, |_, sides| Ok(vec![sides.theirs]));
    assert_eq!(steps[0].fit, Fit::There);
    assert!(matches!(
        lab.verify(&target, &works, &steps)[..],
        [Mismatch::Lost { .. }]
    ));
}
