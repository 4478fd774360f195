//! Forecasts: which live works conflict with the target, and which with each other.

use git2::Repository;

use super::lab::{Files, Lab, lines, named, raw, text};
use crate::domain::{Clash, Foreseen, GitJob, GitOutcome, LiveWork, Oid, Outlook};

fn live(key: &str, tip: &Oid, base: &Oid) -> LiveWork {
    LiveWork {
        key: key.to_owned(),
        tip: tip.clone(),
        base: base.clone(),
    }
}

fn with(number: usize, line: &str) -> Vec<u8> {
    let mut all = lines("a", 12);
    all[number - 1] = format!("{line}\n");
    all.concat().into_bytes()
}

fn ask(lab: &Lab, tips: &[LiveWork]) -> (Vec<Foreseen>, Vec<Clash>) {
    let outcome = lab.job(&GitJob::Forecast {
        repos: lab.repos.clone(),
        target: "main".to_owned(),
        tips: tips.to_vec(),
    });
    match outcome {
        GitOutcome::Foreseen { tips, clashes, .. } => (tips, clashes),
        other => panic!("{other:?}"),
    }
}

#[test]
fn live_works_are_tried_on_the_target_and_on_each_other() {
    let mut lab = Lab::new();
    let mut files = Files::new();
    for path in ["a", "dir/b", "dir/c"] {
        files.insert(
            path.to_owned(),
            (0o100_644, text(path.trim_start_matches("dir/"))),
        );
    }
    let base = lab.commit(&files, &[], "first");
    let mut side = |path: &str, bytes: Option<&[u8]>| {
        let mut files = files.clone();
        match bytes {
            Some(bytes) => drop(files.insert(path.to_owned(), (0o100_644, bytes.to_vec()))),
            None => files.retain(|at, _| !at.starts_with(path)),
        }
        lab.commit(&files, &[&base], path)
    };
    let target = side("a", Some(&with(2, "main")));
    let tips = [
        live("fits", &side("new/file", Some(b"n\n")), &base),
        live("five", &side("a", Some(&with(5, "five"))), &base),
        live("cinq", &side("a", Some(&with(5, "cinq"))), &base),
        live("nine", &side("a", Some(&with(9, "nine"))), &base),
        live("with main", &side("a", Some(&with(2, "two"))), &base),
        live("no folder", &side("dir", None), &base),
        live("in it", &side("dir/b", Some(b"other\n")), &base),
        live("there", &base, &base),
        live("missing", &Oid::parse(&"4".repeat(40)).unwrap(), &base),
    ];
    lab.point(&target);
    let (foreseen, clashes) = ask(&lab, &tips);
    let outlooks: Vec<&Outlook> = foreseen.iter().map(|one| &one.outlook).collect();
    assert_eq!(*outlooks[0], Outlook::Fits { files: 1 });
    let conflict = Outlook::Conflict {
        paths: vec!["a".to_owned()],
    };
    assert_eq!(*outlooks[4], conflict);
    assert_eq!(*outlooks[7], Outlook::There);
    assert!(matches!(outlooks[8], Outlook::Unusable { .. }));
    let pairs: Vec<(&str, &str, Vec<&str>)> = clashes
        .iter()
        .map(|clash| {
            let paths = clash.paths.iter().map(String::as_str).collect();
            (clash.one.as_str(), clash.other.as_str(), paths)
        })
        .collect();
    assert_eq!(
        pairs,
        [
            ("five", "cinq", vec!["a"]),
            ("no folder", "in it", vec!["dir/b"])
        ]
    );
}

#[test]
fn commits_that_are_only_in_the_shared_repository_are_read_and_not_taken() {
    let mut lab = Lab::new();
    let mut files = Files::new();
    files.insert("a".to_owned(), (0o100_644, text("a")));
    let base = lab.commit(&files, &[], "first");
    lab.point(&base);
    let shared = Repository::open_bare(&lab.repos.shared).unwrap();
    let blob = shared.blob(b"new\n").unwrap();
    let mut tree = shared.treebuilder(None).unwrap();
    tree.insert("b", blob, 0o100_644).unwrap();
    let tree = shared.find_tree(tree.write().unwrap()).unwrap();
    let who = git2::Signature::now("a", "a@b").unwrap();
    // The parent is written there, too, as a worktree would have it.
    let odb = lab.repo.odb().unwrap();
    let parent = odb.read(raw(&base)).unwrap();
    let goal = shared.odb().unwrap();
    let root = odb.read(raw(&lab.tree_of(&base))).unwrap();
    goal.write(git2::ObjectType::Blob, &text("a")).unwrap();
    goal.write(git2::ObjectType::Tree, root.data()).unwrap();
    let parent = goal.write(git2::ObjectType::Commit, parent.data()).unwrap();
    let parent = shared.find_commit(parent).unwrap();
    let tip = shared
        .commit(None, &who, &who, "live", &tree, &[&parent])
        .unwrap();
    let (foreseen, _) = ask(&lab, &[live("live", &named(tip), &base)]);
    assert_eq!(foreseen[0].outlook, Outlook::Fits { files: 2 });
    let mirror = Repository::open_bare(&lab.repos.mirror).unwrap();
    assert!(mirror.find_commit(tip).is_err());
}
