//! What was rescued comes back, over nothing that is there; the trash goes only while its rescue
//! refs are whole (W1).
#![expect(clippy::disallowed_methods, reason = "tests make and read files")]

use std::fs;
use std::os::unix::fs::symlink;

use super::fixture::{Rig, rescue, write_files};
use crate::domain::{GitJob, GitOutcome, RestoreTo};
use crate::git::Graves;

/// A buried polecat: one commit, one changed file, one that git does not know, a link.
fn buried() -> Rig {
    let rig = Rig::new();
    rig.worktree("Toast");
    let at = rig.tree_of("Toast");
    rig.work("Toast", &[("c", "committed\n")], "c");
    write_files(&at, &[("a.txt", "changed\n"), ("new/n", "new\n")]);
    symlink("nowhere", at.join("link")).unwrap();
    let outcome = rig.job(&rig.bury_job("Toast"));
    assert!(matches!(outcome, GitOutcome::Buried { .. }), "{outcome:?}");
    rig
}

fn restore(rig: &Rig, part: &str, to: RestoreTo) -> GitOutcome {
    rig.job(&GitJob::Restore {
        repos: rig.repos.clone(),
        from: format!("{}{part}", rescue("Toast")),
        to,
    })
}

#[test]
fn a_grave_tells_what_is_in_it() {
    let rig = buried();
    let graves = Graves::open(&rig.repos.mirror, "main", &rig.cx).unwrap();
    let relics = graves.relics(&rescue("Toast")).unwrap();
    let told: Vec<(&str, usize, usize)> = relics
        .iter()
        .map(|relic| (relic.part.as_str(), relic.commits, relic.files))
        .collect();
    assert_eq!(
        told,
        [
            ("tree", 2, 4),
            ("head", 1, 1),
            ("branch/polecat/Toast/tb-1.1", 1, 1)
        ]
    );
    assert!(graves.relics(&rescue("Nobody")).unwrap().is_empty());
}

#[test]
fn it_comes_back_as_a_branch_and_never_over_another() {
    let rig = buried();
    let to = |name: &str| RestoreTo::Branch(name.to_owned());
    for _ in 0..2 {
        let outcome = restore(&rig, "", to("again"));
        assert!(
            matches!(&outcome, GitOutcome::Restored { from, place, .. }
                if from.ends_with("/tree") && place == "again"),
            "{outcome:?}"
        );
    }
    let shared = &rig.repos.shared;
    assert_eq!(rig.git(shared, &["show", "again:new/n"]), "new");
    let before = rig.tip(shared, "main");
    for taken in ["main", "again"] {
        let outcome = restore(&rig, "/head", to(taken));
        assert!(matches!(outcome, GitOutcome::Failed { .. }), "{outcome:?}");
    }
    for bad in ["", "-x", "a..b", "x.lock"] {
        let outcome = restore(&rig, "", to(bad));
        assert!(matches!(outcome, GitOutcome::Failed { .. }), "{bad}");
    }
    assert_eq!(rig.tip(shared, "main"), before);
    let outcome = restore(&rig, "/nothing", to("other"));
    assert!(matches!(outcome, GitOutcome::Failed { .. }), "{outcome:?}");
}

#[test]
fn it_comes_back_as_files_and_never_over_any() {
    let rig = buried();
    let place = rig.root().join("out/side");
    let to = || RestoreTo::Folder(place.clone());
    let outcome = restore(&rig, "", to());
    assert!(
        matches!(outcome, GitOutcome::Restored { .. }),
        "{outcome:?}"
    );
    assert_eq!(
        fs::read_to_string(place.join("a.txt")).unwrap(),
        "changed\n"
    );
    assert_eq!(fs::read_to_string(place.join("new/n")).unwrap(), "new\n");
    assert_eq!(
        fs::read_link(place.join("link")).unwrap(),
        std::path::Path::new("nowhere")
    );
    assert!(!place.join(".git").exists());
    fs::write(place.join("a.txt"), "mine\n").unwrap();
    let outcome = restore(&rig, "", to());
    assert!(matches!(outcome, GitOutcome::Failed { .. }), "{outcome:?}");
    assert_eq!(fs::read_to_string(place.join("a.txt")).unwrap(), "mine\n");
    for inside in [&rig.repos.shared, &rig.repos.mirror, &rig.repos.mayor] {
        let outcome = restore(&rig, "", RestoreTo::Folder(inside.join("x")));
        assert!(matches!(outcome, GitOutcome::Failed { .. }), "{outcome:?}");
        assert!(!inside.join("x").exists());
    }
}

#[test]
fn w1_the_trash_goes_only_while_its_refs_are_whole() {
    let rig = buried();
    let trash = rig.trash("Toast");
    let empty = |rescue: String| {
        rig.job(&GitJob::Empty {
            repos: rig.repos.clone(),
            trash: trash.clone(),
            rescue,
        })
    };
    let stays = GitOutcome::Emptied { done: false };
    assert_eq!(empty(rescue("Nobody")), stays);
    let blob = rig.git(
        &rig.repos.mirror,
        &["rev-parse", &format!("{}/tree:new/n", rescue("Toast"))],
    );
    let (folder, file) = blob.split_at(2);
    let file = rig.repos.mirror.join("objects").join(folder).join(file);
    let hidden = rig.root().join("hidden");
    fs::rename(&file, &hidden).unwrap();
    assert_eq!(empty(rescue("Toast")), stays);
    assert!(trash.join("new/n").exists());
    fs::rename(&hidden, &file).unwrap();
    for _ in 0..2 {
        assert_eq!(empty(rescue("Toast")), GitOutcome::Emptied { done: true });
    }
    assert!(!trash.exists());
    let left: Vec<_> = fs::read_dir(rig.paths.trash()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(
        restore(&rig, "", RestoreTo::Branch("late".to_owned())).clone(),
        {
            let commit = rig.tip(&rig.repos.mirror, &format!("{}/tree", rescue("Toast")));
            GitOutcome::Restored {
                from: format!("{}/tree", rescue("Toast")),
                commit,
                place: "late".to_owned(),
            }
        }
    );
}
