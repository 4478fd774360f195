//! `bd close`, `bd done`, `bd reopen`, `bd delete`.

use crate::support::TestTown;

#[test]
fn several_are_closed_with_a_reason_each() {
    let town = TestTown::installed();
    let (a, b) = (town.bead("A"), town.bead("B"));
    let closed = town
        .bd(&[
            "close",
            &a,
            &b,
            "-r",
            "one",
            "--reason",
            "two",
            "--session",
            "s-1",
            "--json",
        ])
        .ok()
        .json();
    assert_eq!(closed[0]["close_reason"], "one");
    assert_eq!(closed[1]["close_reason"], "two");
    assert_eq!(closed[1]["closed_by_session"], "s-1");
    town.bd(&["close", &a, &b, "-r", "1", "-r", "2", "-r", "3"])
        .fails(2)
        .says("one for each of 2 beads");
}

#[test]
fn closing_tells_what_can_be_started_and_takes_it() {
    let town = TestTown::installed();
    let a = town.bead("A");
    let waits = town
        .bd(&["create", "Waits", "--deps", &a, "--silent"])
        .ok()
        .first_line()
        .to_owned();
    let told = town
        .bd(&["close", &a, "--suggest-next", "--json"])
        .ok()
        .json();
    assert_eq!(told["closed"][0]["id"], a.as_str());
    assert_eq!(told["unblocked"][0]["id"], waits.as_str());
    assert_eq!(told["schema_version"], 1);
    let other = town.bead("Other");
    let told = town
        .bd(&["close", &other, "--claim-next", "--json"])
        .ok()
        .json();
    assert_eq!(told["claimed"]["id"], waits.as_str());
    assert_eq!(town.bead_status(&waits), "in_progress");
    town.bd(&["close", &waits, "--continue"])
        .fails(4)
        .says("no step of a molecule");
    assert_eq!(town.bead_status(&waits), "in_progress");
}

#[test]
fn the_next_step_of_a_molecule_is_taken() {
    let town = TestTown::installed();
    let root = town
        .bd(&["create", "M", "-t", "molecule", "--silent"])
        .ok()
        .first_line()
        .to_owned();
    let step = |title: &str| {
        town.bd(&["create", title, "--parent", &root, "--silent"])
            .ok()
            .first_line()
            .to_owned()
    };
    let (one, two) = (step("One"), step("Two"));
    town.bd(&["dep", "add", &two, &one]).ok();
    let told = town
        .bd(&["close", &one, "--continue", "--json"])
        .ok()
        .json();
    assert_eq!(told["continue"]["next_step"]["id"], two.as_str());
    assert_eq!(told["continue"]["auto_advanced"], true);
    assert_eq!(told["continue"]["molecule_complete"], false);
    assert_eq!(town.bead_status(&two), "in_progress");
    let told = town
        .bd(&["close", &two, "--continue", "--json"])
        .ok()
        .json();
    assert_eq!(told["continue"]["molecule_complete"], true);
}

#[test]
fn done_takes_the_reason_without_a_flag() {
    let town = TestTown::installed();
    let a = town.bead("A");
    town.bd(&["done", &a, "fixed", "by", "hand"]).ok();
    assert_eq!(town.show(&a)["close_reason"], "fixed by hand");
    let b = town.bead("B");
    let input = town
        .bd_run(&["close", &b, "--reason-file", "-"])
        .input("a long\nreason\n")
        .run();
    input.ok();
    assert_eq!(town.show(&b)["close_reason"], "a long\nreason");
    town.bd(&["done", "nothing like an id"]).fails(2).says("id");
}
