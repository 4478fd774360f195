//! `bd close`, `bd done`, `bd reopen`, `bd delete`.

use serde_json::json;

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
fn what_can_be_closed_is_closed_and_the_rest_is_told() {
    let town = TestTown::installed();
    let (a, b) = (town.bead("A"), town.bead("B"));
    let waits = town
        .bd(&["create", "Waits", "--deps", &a, "--silent"])
        .ok()
        .first_line()
        .to_owned();
    town.bd(&["close", &waits]).fails(4).says("blocked by open");
    town.bd(&["close", &b, &waits]).fails(4).says(&waits);
    assert_eq!(town.bead_status(&b), "closed");
    assert_eq!(town.bead_status(&waits), "open");
    town.bd(&["close", "hq-nothing"]).fails(3);
    town.bd(&["close", &waits, "--force"]).ok();
}

#[test]
fn an_epic_closes_with_its_children_or_by_force() {
    let town = TestTown::installed();
    let epic = town
        .bd(&["create", "E", "-t", "epic", "--silent"])
        .ok()
        .first_line()
        .to_owned();
    let child = town
        .bd(&["create", "C", "--parent", &epic, "--silent"])
        .ok()
        .first_line()
        .to_owned();
    town.bd(&["close", &epic]).fails(4).says(&child);
    town.bd(&["close", &epic, &child]).ok();
    assert_eq!(town.bead_status(&epic), "closed");
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

#[test]
fn closed_beads_open_again_and_open_ones_report() {
    let town = TestTown::installed();
    let a = town.bead("A");
    town.bd(&["close", &a]).ok();
    let opened = town
        .bd(&["reopen", &a, "-r", "came back", "--json"])
        .ok()
        .json();
    assert_eq!(opened[0]["status"], "open");
    assert!(opened[0].get("closed_at").is_none());
    let said = town.bd(&["comments", &a, "--json"]).ok().json();
    assert_eq!(said[0]["text"], "came back");
    town.bd(&["reopen", &a]).ok().says("open already");
}

#[test]
fn a_deletion_is_shown_first_and_cleans_edges() {
    let town = TestTown::installed();
    let a = town.bead("A");
    let waits = town
        .bd(&[
            "create",
            "Waits",
            "--deps",
            &a,
            "-d",
            &format!("see {a}"),
            "--silent",
        ])
        .ok()
        .first_line()
        .to_owned();
    let shown = town.bd(&["delete", &a]).ok();
    shown.says("would delete").says("--force");
    assert_eq!(town.bead_status(&a), "open");
    let gone = town
        .bd(&["delete", &a, "--force", "--hard", "--json"])
        .ok()
        .json();
    assert_eq!(gone["deleted"], json!([a]));
    town.bd(&["show", &a]).fails(3);
    let left = town.show(&waits);
    assert_eq!(left["dependencies"], json!([]));
    assert_eq!(left["is_blocked"], false);
    assert_eq!(left["description"], format!("see [deleted:{a}]"));
}
