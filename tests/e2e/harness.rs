//! The harness itself: what the other tests rest on.

use crate::support::TestTown;

#[test]
fn a_remote_holds_what_was_committed() {
    let town = TestTown::bare();
    let remote = town.remote("x", &[("a.txt", "hello\n"), ("b.sh", "#!/bin/sh\ntrue\n")]);
    remote.commit(&town, "main", "Second", &[("a.txt", ""), ("c", "d\n")]);
    let subjects: Vec<String> = remote
        .log(&town, "main")
        .into_iter()
        .map(|commit| commit.subject)
        .collect();
    assert_eq!(subjects, ["Second", "First"]);
    assert_eq!(remote.files(&town, "main"), ["b.sh", "c"]);
    assert_eq!(remote.file(&town, "main", "c").as_deref(), Some("d\n"));
}

#[test]
fn a_run_sees_only_the_environment_of_its_test() {
    let town = TestTown::bare();
    let ran = town.program("env", &town.home(), &[]).run().ok();
    let names: Vec<&str> = ran
        .out
        .lines()
        .filter_map(|line| line.split_once('=').map(|(name, _)| name))
        .collect();
    assert!(
        !names
            .iter()
            .any(|name| name.starts_with("GT_") || name.starts_with("CARGO")),
        "{names:?}"
    );
    assert!(ran.out.contains(&format!("HOME={}", town.home().display())));
}
