//! Random histories: a stack is what the `git` program makes of the works one by one, a left-out
//! work leaves no trace, the same input gives the same commits, and the check after landing agrees;
//! with a wrong merge base it does not (contract M8, batches of 1 to 8 by every strategy).

use std::panic::{AssertUnwindSafe, catch_unwind};

use fastrand::Rng;

use super::fixture::work;
use super::lab::{Files, Lab, landed, raw, seeds, text};
use crate::domain::{Fit, MergeStrategy, Oid, StackStep, StackWork};
use crate::git::merging::Bases;

/// A target with a few commits, and works that began at some of them.
fn history(rng: &mut Rng) -> (Lab, Vec<(Oid, Oid)>) {
    let mut lab = Lab::new();
    let mut files = Files::new();
    for path in [
        "a",
        "b",
        "c.txt",
        "dir/d",
        "dir/e",
        "dir/sub/f",
        "other/g",
        "run.sh",
    ] {
        files.insert(path.to_owned(), (0o100_644, text(path)));
    }
    files.insert("bin".to_owned(), (0o100_644, b"\0one".to_vec()));
    files.insert("link".to_owned(), (0o120_000, b"a".to_vec()));
    let mut target = vec![(lab.commit(&files, &[], "first"), files)];
    for number in 0..rng.usize(0..5) {
        let (parent, mut files) = target[target.len() - 1].clone();
        edit(rng, &mut files, &format!("main{number}"));
        let oid = lab.commit(&files, &[&parent], "on main");
        target.push((oid, files));
    }
    let mut tips: Vec<(Oid, Oid)> = Vec::new();
    let mut known: Vec<(Oid, Files)> = target.clone();
    for number in 0..rng.usize(1..=8) {
        let (base, mut files) = if rng.u8(0..6) == 0 {
            // On another work.
            known[rng.usize(0..known.len())].clone()
        } else {
            target[rng.usize(0..target.len())].clone()
        };
        let mut tip = base.clone();
        for step in 0..rng.usize(1..4) {
            edit(rng, &mut files, &format!("w{number}.{step}"));
            tip = lab.commit(&files, &[&tip], &format!("work {number}.{step}"));
        }
        known.push((tip.clone(), files));
        tips.push((tip, base));
    }
    lab.point(&target[target.len() - 1].0);
    (lab, tips)
}

/// One to three random changes.
fn edit(rng: &mut Rng, files: &mut Files, mark: &str) {
    for number in 0..rng.usize(1..=3) {
        let mark = format!("{mark}-{number}");
        let texts: Vec<String> = files
            .iter()
            .filter(|(_, (mode, bytes))| *mode != 0o120_000 && !bytes.contains(&0))
            .map(|(path, _)| path.clone())
            .collect();
        let path = texts[rng.usize(0..texts.len())].clone();
        match rng.u8(0..20) {
            0 => drop(files.remove(&path)),
            1 => {
                let file = files.remove(&path).unwrap();
                files.insert(format!("moved/{mark}"), file);
            }
            2 => {
                let mut file = files.remove(&path).unwrap();
                change(rng, &mut file.1, &mark);
                files.insert(format!("{path}.{mark}"), file);
            }
            3 => drop(files.insert(format!("new/{mark}"), (0o100_644, text(&mark)))),
            4 => drop(files.insert("new/same".to_owned(), (0o100_644, text(&mark)))),
            5 => {
                let file = files.get_mut(&path).unwrap();
                file.0 ^= 0o111;
            }
            6 => {
                let bytes = format!("\0{mark}").into_bytes();
                files.insert("bin".to_owned(), (0o100_644, bytes));
            }
            _ => change(rng, &mut files.get_mut(&path).unwrap().1, &mark),
        }
    }
}

/// Changes, adds, removes or moves a line.
fn change(rng: &mut Rng, bytes: &mut Vec<u8>, mark: &str) {
    let text = String::from_utf8(bytes.clone()).unwrap();
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let at = rng.usize(0..lines.len().max(1));
    let new = if rng.u8(0..5) == 0 {
        "}\n".to_owned()
    } else {
        format!("{mark}\n")
    };
    match rng.u8(0..6) {
        0 if lines.len() > 6 => drop(lines.remove(at)),
        1 if lines.len() > 6 => {
            let line = lines.remove(at);
            lines.insert(rng.usize(0..=lines.len()), line);
        }
        2 | 3 => lines.insert(at.min(lines.len()), new),
        _ if lines.is_empty() => lines.push(new),
        _ => lines[at] = new,
    }
    *bytes = lines.concat().into_bytes();
}

fn works(tips: &[(Oid, Oid)], strategy: MergeStrategy) -> Vec<StackWork> {
    tips.iter()
        .enumerate()
        .map(|(number, (tip, base))| work(&format!("mr-{number}"), tip, base, strategy))
        .collect()
}

/// What the `git` program makes of one work on `onto`: the tree, or `None` for a conflict.
fn by_git(lab: &Lab, onto: &Oid, work: &StackWork) -> Option<Oid> {
    let replay = || {
        let mut at = onto.clone();
        for step in lab.git_list(onto, &work.tip) {
            let parent = super::lab::named(
                lab.repo
                    .find_commit(raw(&step))
                    .unwrap()
                    .parent_id(0)
                    .unwrap(),
            );
            let tree = lab.git_merge(Some(&parent), &at, &step)?;
            at = lab.git_commit(&tree, &[&at]);
        }
        Some(lab.tree_of(&at))
    };
    match work.strategy {
        MergeStrategy::Rebase => replay().or_else(|| lab.git_merge(None, onto, &work.tip)),
        MergeStrategy::Squash => lab.git_merge(None, onto, &work.tip).or_else(replay),
        MergeStrategy::Merge => lab.git_merge(None, onto, &work.tip),
        MergeStrategy::Ff => {
            let list = lab.try_git(&[
                "merge-base",
                "--is-ancestor",
                onto.as_str(),
                work.tip.as_str(),
            ]);
            list.status.success().then(|| lab.tree_of(&work.tip))
        }
    }
}

fn check_against_git(lab: &Lab, base: &Oid, works: &[StackWork], steps: &[StackStep]) {
    let mut at = base.clone();
    for (work, step) in works.iter().zip(steps) {
        let expected = by_git(lab, &at, work);
        match &step.fit {
            Fit::Commit { commit, tree } => {
                assert_eq!(Some(tree), expected.as_ref(), "{step:?} on {at}");
                assert_eq!(lab.tree_of(commit), *tree);
                at = commit.clone();
            }
            Fit::There => assert_eq!(expected, Some(lab.tree_of(&at)), "{step:?} on {at}"),
            Fit::Conflict(record) => {
                assert_eq!(expected, None, "{step:?} on {at}");
                assert!(!record.files.is_empty());
            }
            Fit::Unusable { .. } => {
                assert_eq!(work.strategy, MergeStrategy::Ff, "{step:?}");
                assert_eq!(expected, None);
            }
        }
    }
}

fn without_left_out(lab: &Lab, works: &[StackWork], steps: &[StackStep]) {
    let (kept, wanted): (Vec<_>, Vec<_>) = works
        .iter()
        .cloned()
        .zip(steps.iter().cloned())
        .filter(|(_, step)| matches!(step.fit, Fit::Commit { .. }))
        .unzip();
    assert_eq!(lab.stack(&kept).1, wanted, "a left-out work leaves a trace");
}

/// The defects of finding merge bases: the stack below, the target, too late, and not at all.
const WRONG: [Bases; 4] = [
    |_, sides| Ok(vec![sides.onto]),
    |repo, _| Ok(vec![repo.refname_to_id("refs/heads/main")?]),
    |repo, sides| {
        Ok(repo
            .find_commit(sides.theirs)?
            .parent_ids()
            .take(1)
            .collect())
    },
    |_, sides| Ok(vec![sides.theirs]),
];

/// Whether some step is not what the work truly comes to there.
fn is_spoiled(lab: &Lab, base: &Oid, works: &[StackWork], steps: &[StackStep]) -> bool {
    let (members, _) = landed(base, works, steps);
    members.iter().any(|member| {
        let work = works.iter().find(|work| work.key == member.key).unwrap();
        let truth = lab.stack_on(&member.before, std::slice::from_ref(work));
        let wrong = lab.tree_of(&member.commit);
        match &truth[0].fit {
            Fit::Commit { tree, .. } => *tree != wrong,
            Fit::There => lab.tree_of(&member.before) != wrong,
            Fit::Conflict(_) | Fit::Unusable { .. } => false,
        }
    })
}

/// Does `act`; when it fails, says where.
fn at(context: &str, act: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(act)).is_err() {
        panic!("{context}");
    }
}

#[test]
fn random_stacks_are_what_git_makes_and_wrong_bases_are_noticed() {
    let mut sizes = [0; 9];
    let mut spoiled = [0; WRONG.len()];
    for seed in seeds(10) {
        let (lab, tips) = history(&mut Rng::with_seed(seed));
        for strategy in MergeStrategy::ALL {
            let works = works(&tips, strategy);
            let (base, steps) = lab.stack(&works);
            let context = format!("seed {seed}, {strategy}");
            at(&context, || {
                check_against_git(&lab, &base, &works, &steps);
                assert_eq!(lab.stack(&works), (base.clone(), steps.clone()), "twice");
                without_left_out(&lab, &works, &steps);
                assert_eq!(lab.verify(&base, &works, &steps), []);
            });
            sizes[landed(&base, &works, &steps).0.len()] += 1;
            for (number, bases) in WRONG.into_iter().enumerate() {
                let (_, steps) = lab.stack_wrongly(&works, bases);
                if is_spoiled(&lab, &base, &works, &steps) {
                    spoiled[number] += 1;
                    at(&format!("{context}, defect {number}"), || {
                        assert_ne!(lab.verify(&base, &works, &steps), [], "{steps:?}");
                    });
                }
            }
        }
    }
    assert!(sizes[2..].iter().sum::<usize>() > 10, "{sizes:?}");
    assert!(spoiled.iter().all(|&count| count > 0), "{spoiled:?}");
}
