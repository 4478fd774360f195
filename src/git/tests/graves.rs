//! Contract W1: whatever a worktree looks like, burying it loses nothing.
#![expect(clippy::disallowed_methods, reason = "tests make and read files")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::fixture::{Rig, branch, record, rescue, write_files};
use crate::domain::GitOutcome;

type Deed = (&'static str, fn(&Rig, &Path));

/// What agents do to worktrees. Each must work on whatever the ones before left.
const DEEDS: &[Deed] = &[
    ("edits a file", |_, at| put(at, &[("a.txt", "edited\n")])),
    ("stages one text and leaves another", |rig, at| {
        put(at, &[("a.txt", "staged only\n")]);
        drop(rig.try_git(at, &["add", "a.txt"]));
        put(at, &[("a.txt", "on disk\n")]);
    }),
    ("adds files without telling git", |_, at| {
        put(at, &[("new", "new\n"), ("deep/er/new", "deep\n")]);
    }),
    ("ignores files", |_, at| {
        put(
            at,
            &[
                (".gitignore", "*.log\n/out/\n"),
                ("x.log", "log"),
                ("out/o", "o"),
            ],
        );
    }),
    ("deletes a file", |_, at| {
        drop(fs::remove_file(at.join("a.txt")));
    }),
    ("commits", |rig, at| {
        put(at, &[("c.txt", "committed\n")]);
        drop(rig.try_git(at, &["add", "-A"]));
        drop(rig.try_git(at, &["commit", "-qm", "c"]));
    }),
    ("amends", |rig, at| {
        put(at, &[("c.txt", "amended\n")]);
        drop(rig.try_git(at, &["add", "-A"]));
        drop(rig.try_git(at, &["commit", "-qm", "c2", "--amend"]));
    }),
    ("throws a commit away", |rig, at| {
        put(at, &[("gone.txt", "gone\n")]);
        drop(rig.try_git(at, &["add", "gone.txt"]));
        drop(rig.try_git(at, &["commit", "-qm", "gone"]));
        drop(rig.try_git(at, &["reset", "-q", "--hard", "HEAD~1"]));
    }),
    ("stashes", |rig, at| {
        put(at, &[("a.txt", "stashed\n")]);
        drop(rig.try_git(at, &["stash", "push", "-q", "-u"]));
    }),
    ("detaches", |rig, at| {
        drop(rig.try_git(at, &["checkout", "-q", "--detach"]));
    }),
    ("works on a branch of its own and comes back", |rig, at| {
        let side = format!(
            "side-{}",
            at.parent().unwrap().file_name().unwrap().to_string_lossy()
        );
        drop(rig.try_git(at, &["checkout", "-q", "-B", &side]));
        put(at, &[("side.txt", "side\n")]);
        drop(rig.try_git(at, &["add", "-A"]));
        drop(rig.try_git(at, &["commit", "-qm", "side"]));
        drop(rig.try_git(at, &["checkout", "-q", "-"]));
    }),
    ("stops in a merge conflict", |rig, at| {
        diverge(rig, at);
        drop(rig.try_git(at, &["merge", "-q", "MERGE_ME"]));
    }),
    ("stops in a rebase", |rig, at| {
        diverge(rig, at);
        put(at, &[("second.txt", "second\n")]);
        drop(rig.try_git(at, &["add", "second.txt"]));
        drop(rig.try_git(at, &["commit", "-qm", "second"]));
        drop(rig.try_git(at, &["rebase", "-q", "MERGE_ME"]));
    }),
    ("stops in a rebase with an autostash", |rig, at| {
        diverge(rig, at);
        put(at, &[("dir/b.txt", "autostashed\n")]);
        drop(rig.try_git(at, &["rebase", "-q", "--autostash", "MERGE_ME"]));
    }),
    ("bisects", |rig, at| {
        drop(rig.try_git(at, &["bisect", "start", "HEAD", "HEAD~1"]));
    }),
    ("nests a repository", |rig, at| {
        let nested = at.join("nested");
        drop(fs::create_dir(&nested));
        drop(rig.try_git(&nested, &["init", "-q"]));
        put(&nested, &[("inner", "inner\n")]);
        drop(rig.try_git(&nested, &["add", "-A"]));
        drop(rig.try_git(&nested, &["commit", "-qm", "inner"]));
    }),
    ("adds a nested repository as a link", |rig, at| {
        drop(rig.try_git(at, &["add", "nested"]));
    }),
    ("breaks the index", |rig, at| {
        if let Some(folder) = git_folder(rig, at) {
            drop(fs::write(folder.join("index"), "rubbish"));
        }
    }),
    ("splits the index", |rig, at| {
        put(at, &[("a.txt", "in a split index\n")]);
        drop(rig.try_git(at, &["add", "a.txt"]));
        drop(rig.try_git(at, &["update-index", "--split-index"]));
        put(at, &[("a.txt", "after the split\n")]);
    }),
    ("loses the index", |rig, at| {
        if let Some(folder) = git_folder(rig, at) {
            drop(fs::remove_file(folder.join("index")));
        }
    }),
    ("leaves locks", |rig, at| {
        if let Some(folder) = git_folder(rig, at) {
            drop(fs::write(folder.join("index.lock"), ""));
            drop(fs::write(folder.join("HEAD.lock"), ""));
        }
    }),
    ("makes folders read-only", |_, at| {
        put(at, &[("locked/l", "l\n")]);
        drop(fs::set_permissions(
            at.join("locked"),
            fs::Permissions::from_mode(0o555),
        ));
        drop(fs::set_permissions(at, fs::Permissions::from_mode(0o555)));
        drop(fs::set_permissions(at, fs::Permissions::from_mode(0o755)));
    }),
    ("links out of the tree", |rig, at| {
        drop(symlink(rig.root().join("home"), at.join("link")));
        drop(symlink("nowhere", at.join("dangling")));
    }),
    ("leaves a pipe", |_, at| pipe(&at.join("pipe"))),
    ("uses odd names", |_, at| {
        put(
            at,
            &[
                ("new\nline", "n\n"),
                ("-rf", "r\n"),
                ("sp ace", "s\n"),
                (".GIT/x", "g\n"),
            ],
        );
        drop(fs::write(
            at.join(std::ffi::OsStr::from_bytes(b"\xff\xfe")),
            "bytes\n",
        ));
    }),
    ("swaps file and folder", |_, at| {
        drop(fs::remove_dir_all(at.join("dir")));
        drop(fs::write(at.join("dir"), "now a file\n"));
    }),
    ("promises to add", |rig, at| {
        put(at, &[("promised", "promised\n")]);
        drop(rig.try_git(at, &["add", "-N", "promised"]));
    }),
    ("removes the .git file", |_, at| {
        drop(fs::remove_file(at.join(".git")));
    }),
    ("removes git's record", |rig, at| {
        if let Some(folder) = git_folder(rig, at) {
            drop(fs::remove_dir_all(folder));
        }
    }),
    ("stops in a cherry-pick", |rig, at| {
        diverge(rig, at);
        drop(rig.try_git(at, &["cherry-pick", "MERGE_ME"]));
    }),
    ("stops in a revert", |rig, at| {
        diverge(rig, at);
        put(at, &[("a.txt", "again\n")]);
        drop(rig.try_git(at, &["commit", "-qam", "again"]));
        drop(rig.try_git(at, &["revert", "--no-edit", "HEAD~1"]));
    }),
    ("sees a part of the tree alone", |rig, at| {
        drop(rig.try_git(at, &["sparse-checkout", "set", "--no-cone", "/a.txt"]));
        put(at, &[("dir/b.txt", "beside the sparse tree\n")]);
    }),
    ("adds a submodule", |rig, at| {
        let url = rig.remote().to_string_lossy().into_owned();
        let words = [
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            &url,
            "sub",
        ];
        drop(rig.try_git(at, &words));
        put(at, &[("sub/own", "in the submodule\n")]);
    }),
    (
        "hides its past behind a shallow file and grafts",
        |rig, at| {
            let head = rig.try_git(at, &["rev-parse", "HEAD"]).stdout;
            drop(fs::write(rig.repos.shared.join("shallow"), &head));
            drop(fs::write(rig.repos.shared.join("info/grafts"), &head));
        },
    ),
    ("leaves a socket", |_, at| {
        drop(std::os::unix::net::UnixListener::bind(at.join("socket")));
    }),
    ("stands on a branch without a commit", |rig, at| {
        drop(rig.try_git(at, &["checkout", "-q", "--orphan", "orphan"]));
        put(at, &[("orphan.txt", "orphan\n")]);
        drop(rig.try_git(at, &["add", "orphan.txt"]));
    }),
    ("names a branch in HEAD that is not there", |rig, at| {
        if let Some(folder) = git_folder(rig, at) {
            drop(fs::write(
                folder.join("HEAD"),
                "ref: refs/heads/not-there\n",
            ));
        }
    }),
    ("breaks HEAD", |rig, at| {
        if let Some(folder) = git_folder(rig, at) {
            drop(fs::write(folder.join("HEAD"), "rubbish"));
        }
    }),
    ("assumes a file unchanged that is not", |rig, at| {
        drop(rig.try_git(at, &["update-index", "--assume-unchanged", "a.txt"]));
        put(at, &[("a.txt", "changed all the same\n")]);
    }),
    ("makes a file executable and another a link", |_, at| {
        drop(fs::set_permissions(
            at.join("a.txt"),
            fs::Permissions::from_mode(0o755),
        ));
        drop(fs::remove_file(at.join("dir/b.txt")));
        drop(symlink("../a.txt", at.join("dir/b.txt")));
    }),
    ("asks for line ends and filters", |_, at| {
        put(
            at,
            &[
                (".gitattributes", "* text eol=crlf filter=evil\n"),
                ("crlf", "a\r\nb\n"),
            ],
        );
    }),
    ("deletes its branch", |rig, at| {
        drop(rig.try_git(at, &["checkout", "-q", "--detach"]));
        let name = at
            .parent()
            .unwrap()
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        drop(rig.try_git(at, &["branch", "-qD", &branch(&name)]));
    }),
];

/// Writes what can be written: an earlier deed may stand in the way.
fn put(at: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = at.join(path);
        drop(fs::create_dir_all(path.parent().unwrap()));
        drop(fs::write(&path, text));
    }
}

fn pipe(path: &Path) {
    drop(fs::create_dir_all(path.parent().unwrap()));
    let (kind, mode) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU);
    let made = rustix::fs::mknodat(rustix::fs::CWD, path, kind, mode, 0);
    assert!(made.is_ok() || path.exists());
}

/// Gives HEAD a change in `a.txt` and makes `MERGE_ME`, which has another.
fn diverge(rig: &Rig, at: &Path) {
    drop(rig.try_git(at, &["merge", "--abort"]));
    drop(rig.try_git(at, &["rebase", "--abort"]));
    drop(rig.try_git(at, &["checkout", "-qf", "HEAD", "--", "."]));
    put(at, &[("a.txt", "theirs\n")]);
    drop(rig.try_git(at, &["add", "a.txt"]));
    let tree = String::from_utf8(rig.try_git(at, &["write-tree"]).stdout).unwrap();
    let made = rig.try_git(
        at,
        &["commit-tree", "-p", "HEAD", "-m", "theirs", tree.trim()],
    );
    let theirs = String::from_utf8(made.stdout).unwrap();
    drop(rig.try_git(at, &["branch", "-qf", "MERGE_ME", theirs.trim()]));
    put(at, &[("a.txt", "ours\n")]);
    drop(rig.try_git(at, &["add", "a.txt"]));
    drop(rig.try_git(at, &["commit", "-qm", "ours"]));
}

fn git_folder(rig: &Rig, at: &Path) -> Option<PathBuf> {
    let name = at.parent()?.file_name()?.to_string_lossy().into_owned();
    let folder = rig.repos.shared.join("worktrees").join(record(&name));
    folder.exists().then_some(folder)
}

/// What exists before a burial: files by path, and objects that only git knows.
struct Before {
    files: Vec<(PathBuf, Vec<u8>)>,
    objects: BTreeSet<String>,
    shown: BTreeSet<String>,
}

fn before(rig: &Rig, at: &Path) -> Before {
    let mut files = Vec::new();
    walk(at, at, &mut files);
    let mut objects = BTreeSet::new();
    let ids = |args: &[&str]| -> Vec<String> {
        let output = rig.try_git(at, args);
        String::from_utf8_lossy(&output.stdout)
            .split(|c: char| !c.is_ascii_hexdigit())
            .filter(|word| word.len() == 40)
            .map(str::to_owned)
            .collect()
    };
    // A gitlink in an index names a commit of another repository.
    let staged = rig.try_git(at, &["ls-files", "-s"]);
    objects.extend(
        String::from_utf8_lossy(&staged.stdout)
            .lines()
            .filter(|line| !line.starts_with("160000"))
            .filter_map(|line| line.split(' ').nth(1))
            .map(str::to_owned),
    );
    objects.extend(ids(&["rev-list", "HEAD"]));
    objects.extend(ids(&["log", "-g", "--format=%H", "HEAD"]));
    objects.extend(ids(&["rev-list", "-g", "refs/stash"]).into_iter().take(1));
    let own = at
        .parent()
        .unwrap()
        .file_name()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    objects.extend(ids(&["rev-list", &branch(&own), "--"]));
    let listed = rig.try_git(at, &["ls-files", "-co", "--exclude-standard", "-z"]);
    let shown = String::from_utf8_lossy(&listed.stdout)
        .split('\0')
        .map(str::to_owned)
        .collect();
    Before {
        files,
        objects,
        shown,
    }
}

fn walk(root: &Path, at: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(at).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            walk(root, &entry.path(), files);
        } else if kind.is_file() && entry.file_name() != ".git" {
            let path = entry.path().strip_prefix(root).unwrap().to_owned();
            files.push((path, fs::read(entry.path()).unwrap()));
        }
    }
}

/// Does the deeds to a worktree of `name`, buries it, and checks that nothing is lost.
fn bury_after(rig: &Rig, name: &str, deeds: &[&Deed]) {
    rig.worktree(name);
    let at = rig.tree_of(name);
    for (_, deed) in deeds {
        deed(rig, &at);
    }
    let told: Vec<&str> = deeds.iter().map(|(told, _)| *told).collect();
    let before = before(rig, &at);
    let outcome = rig.job(&rig.bury_job(name));
    let GitOutcome::Buried { trash, .. } = &outcome else {
        panic!("{told:?}: {outcome:?}");
    };
    let trash = trash.clone().unwrap();
    assert!(!at.exists(), "{told:?}");
    for (path, bytes) in &before.files {
        assert_eq!(&fs::read(trash.join(path)).unwrap(), bytes, "{told:?}");
    }
    let safe = reachable(rig, name);
    for object in &before.objects {
        assert!(safe.contains(object), "{told:?}: {object} is lost");
    }
    // After 14 days the trash is gone: what git would have shown must be under the rescue refs.
    for (path, bytes) in &before.files {
        if before.shown.contains(path.to_string_lossy().as_ref()) {
            let oid = git2::Oid::hash_object(git2::ObjectType::Blob, bytes).unwrap();
            assert!(
                safe.contains(&oid.to_string()),
                "{told:?}: {path:?} is lost"
            );
        }
    }
    assert!(
        git_folder(rig, &at).is_none(),
        "{told:?}: the record stayed"
    );
    let again = rig.job(&rig.bury_job(name));
    assert_eq!(outcome, again, "{told:?}: twice is not once");
}

/// Every object below a polecat's rescue refs and the target, in the mirror.
fn reachable(rig: &Rig, name: &str) -> BTreeSet<String> {
    let glob = format!("--glob={}/*", rescue(name));
    let args = [
        "rev-list",
        "--objects",
        "--no-object-names",
        glob.as_str(),
        "main",
    ];
    rig.git(&rig.repos.mirror, &args)
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_single_shape_is_buried_without_loss() {
    let rig = Rig::new();
    for (number, deed) in DEEDS.iter().enumerate() {
        bury_after(&rig, &format!("One{number}"), &[deed]);
        drop(fs::remove_file(rig.repos.shared.join("shallow")));
        drop(fs::remove_file(rig.repos.shared.join("info/grafts")));
    }
    rig.git(&rig.repos.mirror, &["fsck", "--strict", "--no-dangling"]);
}

/// So many shapes, each of two to six deeds drawn by this seed.
fn random_shapes(seed: u64, cases: u32) {
    let rig = Rig::new();
    let number = std::cell::Cell::new(0);
    let config = ProptestConfig {
        cases,
        max_shrink_iters: 40,
        rng_seed: proptest::test_runner::RngSeed::Fixed(seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(picks in prop::collection::vec(0..DEEDS.len(), 2..7))| {
        number.set(number.get() + 1);
        let deeds: Vec<&Deed> = picks.iter().map(|&pick| &DEEDS[pick]).collect();
        bury_after(&rig, &format!("Many{}", number.get()), &deeds);
        // What one shape does to the repository that all share is not the next one's.
        drop(fs::remove_file(rig.repos.shared.join("shallow")));
        drop(fs::remove_file(rig.repos.shared.join("info/grafts")));
    });
}

// Contract W1: with the single shapes above these are more than 200.

#[test]
fn random_shapes_are_buried_without_loss() {
    random_shapes(7, 44);
}

#[test]
fn other_random_shapes_are_buried_without_loss() {
    random_shapes(8, 40);
}

#[test]
fn third_random_shapes_are_buried_without_loss() {
    random_shapes(9, 40);
}

#[test]
fn fourth_random_shapes_are_buried_without_loss() {
    random_shapes(10, 40);
}

#[test]
fn nothing_to_bury_is_said() {
    let rig = Rig::new();
    let nothing = GitOutcome::Buried {
        rescue: None,
        trash: None,
    };
    assert_eq!(rig.job(&rig.bury_job("Nobody")), nothing);
}

#[test]
fn a_vanished_folder_still_gives_its_commits() {
    let rig = Rig::new();
    rig.worktree("Toast");
    let tip = rig.work("Toast", &[("c", "c")], "c");
    fs::remove_dir_all(rig.tree_of("Toast")).unwrap();
    let outcome = GitOutcome::Buried {
        rescue: Some((format!("{}/head", rescue("Toast")), tip)),
        trash: None,
    };
    assert_eq!(rig.job(&rig.bury_job("Toast")), outcome);
    assert_eq!(
        rig.git(&rig.repos.shared, &["branch", "--list", "polecat/*"]),
        ""
    );
}

#[test]
fn huge_files_stay_in_trash_alone() {
    let rig = Rig::new();
    rig.worktree("Toast");
    let huge = fs::File::create(rig.tree_of("Toast").join("huge")).unwrap();
    huge.set_len((50 << 20) + 1).unwrap();
    write_files(&rig.tree_of("Toast"), &[("small", "s")]);
    let outcome = rig.job(&rig.bury_job("Toast"));
    let GitOutcome::Buried {
        rescue: Some((name, _)),
        trash: Some(trash),
    } = outcome
    else {
        panic!("{outcome:?}");
    };
    assert_eq!(name, format!("{}/tree", rescue("Toast")));
    let files = rig.git(&rig.repos.mirror, &["ls-tree", "--name-only", &name]);
    assert_eq!(files, "a.txt\ndir\nsmall");
    assert!(trash.join("huge").exists());
}

#[test]
fn only_a_worktree_may_be_buried() {
    // Contract W4.
    let rig = Rig::new();
    for path in [
        rig.paths.root().to_owned(),
        rig.paths.rig("bot"),
        rig.repos.shared.clone(),
        rig.repos.mirror.clone(),
        rig.repos.mayor.clone(),
        PathBuf::from("relative"),
        PathBuf::from("/"),
    ] {
        let crate::domain::GitJob::Bury {
            repos,
            record,
            branch,
            trash,
            rescue,
            ..
        } = rig.bury_job("Toast")
        else {
            unreachable!()
        };
        let job = crate::domain::GitJob::Bury {
            repos,
            path: path.clone(),
            record,
            branch,
            trash,
            rescue,
        };
        let outcome = rig.job(&job);
        assert!(
            matches!(outcome, GitOutcome::Failed { .. }),
            "{path:?}: {outcome:?}"
        );
    }
    rig.git(&rig.repos.shared, &["rev-parse", "main"]);
}

#[test]
fn an_incomplete_branch_keeps_everything_in_place() {
    let rig = Rig::new();
    rig.worktree("Toast");
    rig.work("Toast", &[("c", "precious")], "c");
    let blob = rig.git(&rig.tree_of("Toast"), &["rev-parse", "HEAD:c"]);
    let (folder, file) = blob.split_at(2);
    fs::remove_file(rig.repos.shared.join("objects").join(folder).join(file)).unwrap();
    let outcome = rig.job(&rig.bury_job("Toast"));
    assert!(
        matches!(&outcome, GitOutcome::Failed { reason } if reason.contains(&blob)),
        "{outcome:?}"
    );
    assert!(rig.tree_of("Toast").join("c").exists());
    assert_ne!(
        rig.git(&rig.repos.shared, &["branch", "--list", "polecat/*"]),
        ""
    );
}

#[test]
fn ignore_rules_in_a_pipe_block_nothing() {
    // The git program would wait for ever; so no git here between the deed and the burial.
    let rig = Rig::new();
    rig.worktree("Toast");
    let at = rig.tree_of("Toast");
    write_files(&at, &[("deep/file", "f"), ("out", "o")]);
    pipe(&at.join("deep/.gitignore"));
    let outcome = rig.job(&rig.bury_job("Toast"));
    let name = format!("{}/tree", rescue("Toast"));
    assert!(
        matches!(&outcome, GitOutcome::Buried { rescue: Some((found, _)), .. } if *found == name),
        "{outcome:?}"
    );
    let files = rig.git(&rig.repos.mirror, &["ls-tree", "-r", "--name-only", &name]);
    assert_eq!(files, "a.txt\ndeep/file\ndir/b.txt\nout");
}
