//! `bd` in a repository without a town: its own ledger, found from every worktree (`beads.md` 3.6,
//! 4.0, 4.10; DECISIONS 20).

use std::path::{Path, PathBuf};

use crate::support::TestTown;
use crate::support::run::{Ran, Run};

const BD: &str = env!("CARGO_BIN_EXE_bd");

/// A HOME without a town, and a git repository in it.
pub(super) struct Plain {
    pub(super) home: TestTown,
    pub(super) repo: PathBuf,
}

impl Plain {
    pub(super) fn new() -> Self {
        let home = TestTown::bare();
        let repo = home.home().join("shop");
        std::fs::create_dir(&repo).unwrap();
        let plain = Self { home, repo };
        plain.git(&["init", "-q", "-b", "main"]);
        for (key, value) in [("user.name", "Jo"), ("user.email", "jo@example.org")] {
            plain.git(&["config", key, value]);
        }
        plain
    }

    pub(super) fn git(&self, arguments: &[&str]) {
        self.home.git_run(&self.repo, arguments).run().ok();
    }

    fn git_status(&self) -> Ran {
        let arguments = ["status", "--porcelain", "--untracked-files=all"];
        self.home.git_run(&self.repo, &arguments).run().ok()
    }

    fn run_at(&self, folder: &Path, arguments: &[&str]) -> Run {
        self.home.program(BD, folder, arguments)
    }

    fn at(&self, folder: &Path, arguments: &[&str]) -> Ran {
        self.run_at(folder, arguments).run()
    }

    pub(super) fn bd(&self, arguments: &[&str]) -> Ran {
        self.at(&self.repo, arguments)
    }

    pub(super) fn make(&self, title: &str) -> String {
        let made = self.bd(&["create", title, "--silent"]).ok();
        made.first_line().to_owned()
    }
}

#[test]
fn a_repository_has_a_ledger_of_its_own() {
    let plain = Plain::new();
    plain.bd(&["list"]).fails(3).says("bd init");
    plain.bd(&["init"]).ok().says("`shop`");
    let id = plain.make("Sell apples");
    assert!(id.starts_with("shop-"), "{id}");
    plain.bd(&["show", &id]).ok().says("Sell apples");
    plain.bd(&["update", &id, "-s", "in_progress"]).ok();
    plain.bd(&["close", &id, "--reason", "sold"]).ok();
    plain.bd(&["list", "--all"]).ok().says("Sell apples");
    plain.bd(&["ready"]).ok().says_not("Sell apples");
    plain.bd(&["init"]).fails(6).says("bd where");
    plain
        .bd(&["init", "--force", "-p", "other"])
        .ok()
        .says("`shop`");
    plain.bd(&["show", &id]).ok();
}

#[test]
fn the_ledger_is_not_for_git_and_the_rest_is() {
    let plain = Plain::new();
    plain.bd(&["init", "--prefix", "sh", "--quiet"]).ok();
    plain.make("One");
    let status = plain.git_status();
    for name in [".gitignore", "README.md", "config.yaml", "metadata.json"] {
        assert!(status.out.contains(&format!(".beads/{name}")), "{status}");
    }
    assert_eq!(status.out.lines().count(), 4, "{status}");
}

#[test]
fn stealth_leaves_no_trace_in_git() {
    let plain = Plain::new();
    plain.bd(&["init", "--stealth"]).ok();
    let status = plain.git_status();
    assert_eq!(status.out, "");
}

#[test]
fn all_worktrees_and_folders_mean_one_ledger() {
    let plain = Plain::new();
    plain.git(&["commit", "-q", "--allow-empty", "-m", "first"]);
    plain.git(&["worktree", "add", "-q", "../tree"]);
    let tree = plain.home.home().join("tree");
    std::fs::create_dir(tree.join("src")).unwrap();
    plain.at(&tree.join("src"), &["init"]).ok();
    let id = plain.make("Shared");
    plain.at(&tree, &["show", &id]).ok().says("Shared");
    let place = plain
        .at(&tree.join("src"), &["where", "--json"])
        .ok()
        .json();
    assert_eq!(place["path"], plain.repo.join(".beads").to_str().unwrap());
    assert_eq!(place["prefix"], "shop");
    assert_eq!(place["schema_version"], 1);
    // From anywhere, by every way to name it.
    let home = plain.home.home();
    let repo = plain.repo.to_str().unwrap();
    plain.at(&home, &["show", &id, "--db", repo]).ok();
    plain.at(&home, &["-C", "shop", "show", &id]).ok();
    plain.at(&home, &["show", &id, "--directory=shop"]).ok();
    let by_env = plain.run_at(&home, &["show", &id]);
    by_env
        .env("BEADS_DIR", plain.repo.join(".beads"))
        .run()
        .ok();
    let info = plain.bd(&["info", "--json"]).ok().json();
    assert_eq!(info["issue_count"], 1);
}

#[test]
fn a_redirect_is_followed_and_said() {
    let plain = Plain::new();
    plain.bd(&["init"]).ok();
    let id = plain.make("There");
    let other = plain.home.home().join("other");
    std::fs::create_dir_all(other.join(".beads")).unwrap();
    std::fs::write(other.join(".beads/redirect"), "../shop/.beads\n").unwrap();
    plain.at(&other, &["show", &id]).ok();
    plain.at(&other, &["where"]).ok().says("(redirect)");
}

#[test]
fn what_another_program_left_stays_and_names_the_prefix() {
    let plain = Plain::new();
    let beads = plain.repo.join(".beads");
    std::fs::create_dir(&beads).unwrap();
    let line = "{\"id\":\"apple-1\",\"title\":\"x\"}\n";
    std::fs::write(beads.join("issues.jsonl"), line).unwrap();
    std::fs::write(beads.join("beads.db"), "not ours").unwrap();
    plain.bd(&["list"]).fails(3).says("bd init");
    plain.bd(&["init"]).ok().says("`apple`").says("bd import");
    let read = |name: &str| std::fs::read_to_string(beads.join(name)).unwrap();
    assert_eq!(read("issues.jsonl"), line);
    assert_eq!(read("beads.db"), "not ours");
}

#[test]
fn a_town_around_the_folder_is_meant() {
    let town = TestTown::installed();
    let folder = town.root().join("notes");
    std::fs::create_dir_all(folder.join(".beads")).unwrap();
    let init = town.program(BD, &folder, &["init", "--prefix", "no"]).run();
    init.ok().says("belongs to the town");
    assert!(!folder.join(".beads/.gt").exists());
    let place = town.program(BD, &folder, &["where"]).run().ok();
    place.says("(town)").says("is not the ledger");
}

#[test]
fn readonly_refuses_what_changes() {
    let plain = Plain::new();
    plain.bd(&["init"]).ok();
    let id = plain.make("Stays");
    plain.bd(&["--readonly", "show", &id]).ok();
    plain.bd(&["create", "No", "--readonly"]).fails(4);
    plain.bd(&["close", &id, "--readonly"]).fails(4);
    plain.bd(&["init", "--force", "--readonly"]).fails(4);
}

#[test]
fn commands_at_the_same_time_wait_for_each_other() {
    let plain = Plain::new();
    plain.bd(&["init"]).ok();
    std::thread::scope(|scope| {
        for writer in 0..6 {
            let plain = &plain;
            scope.spawn(move || {
                for number in 0..4 {
                    plain.make(&format!("Bead {number} of {writer}"));
                }
            });
        }
    });
    let info = plain.bd(&["info", "--json"]).ok().json();
    assert_eq!(info["issue_count"], 24);
    let left: Vec<_> = std::fs::read_dir(plain.repo.join(".beads/.gt"))
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| name.ends_with(".sock"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_older_programs_did_is_accepted_and_said_once() {
    let plain = Plain::new();
    plain
        .bd(&["init", "--server", "--server-port", "3307", "-q"])
        .ok();
    for line in [
        &["sync"][..],
        &["sync", "--flush-only", "--json"],
        &["daemon", "stop"],
        &["daemons", "killall", "--force"],
        &["dolt", "push"],
        &["migrate", "--yes"],
        &["--no-daemon", "compact"],
    ] {
        let ran = plain.bd(line).ok();
        assert_eq!(ran.err.lines().count(), 1, "{ran}");
        if line.contains(&"--json") {
            assert_eq!(ran.json()["status"], "ok");
        } else {
            assert_eq!(ran.out, "", "{ran}");
        }
    }
    let id = plain.make("Old words");
    plain
        .bd(&["show", &id, "--allow-stale", "--no-auto-flush", "--sandbox"])
        .ok();
    plain
        .bd(&["--lock-timeout", "5s", "list", "--no-auto-import"])
        .ok();
}

#[test]
fn work_is_done_in_the_name_that_is_stated() {
    let plain = Plain::new();
    plain.bd(&["init"]).ok();
    let by = |id: &str| {
        let shown = plain.bd(&["show", id, "--json"]).ok().json();
        shown[0]["created_by"].as_str().unwrap().to_owned()
    };
    assert_eq!(by(&plain.make("As git says")), "Jo");
    let made = plain.run_at(&plain.repo, &["create", "By the environment", "--silent"]);
    let made = made.env("BD_ACTOR", "env").run().ok();
    assert_eq!(by(made.first_line()), "env");
    let made = plain.run_at(
        &plain.repo,
        &["create", "As typed", "--silent", "--actor", "mayor"],
    );
    let made = made.env("BEADS_ACTOR", "env").run().ok();
    assert_eq!(by(made.first_line()), "mayor");
    // A session of some town is no business of this ledger.
    let made = plain.run_at(&plain.repo, &["create", "From a session", "--silent"]);
    made.env("GT_TOKEN", "of another place").run().ok();

    let town = TestTown::installed();
    let made = town.bd(&["create", "x", "--json", "--actor", "mayor"]).ok();
    assert_eq!(made.json()["created_by"], "human");
    made.says("--actor");
}
