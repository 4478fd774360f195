//! `bd update` and its short forms.

use serde_json::json;

use crate::support::TestTown;

#[test]
fn every_field_of_update_is_set_and_cleared() {
    let town = TestTown::installed();
    let id = town.bead("A");
    let lines: &[&[&str]] = &[
        &[
            "--title",
            " B ",
            "-t",
            "feat",
            "-p",
            "0",
            "--description",
            "x",
        ],
        &["--design", "d", "--acceptance", "c", "--notes", "n"],
        &["--append-notes", "more"],
        &["--external-ref", "gh-1", "--spec-id", "s", "-e", "5"],
        &[
            "--set-metadata",
            "n=3",
            "--set-metadata",
            "s=word",
            "--set-metadata",
            "o={\"a\":1}",
        ],
        &["--metadata", "{\"s\":\"new\"}", "--unset-metadata", "o"],
        &["--set-labels", "x,y", "--add-label", "z"],
        &["--remove-label", "x"],
        &["--due", "2031-01-01T00:00:00Z"],
    ];
    for line in lines {
        let mut words = vec!["update", id.as_str()];
        words.extend_from_slice(line);
        town.bd(&words).ok();
    }
    let bead = town.show(&id);
    assert_eq!(bead["title"], "B");
    assert_eq!(bead["issue_type"], "feature");
    assert_eq!(bead["priority"], 0);
    assert_eq!(bead["description"], "x");
    assert_eq!(bead["design"], "d");
    assert_eq!(bead["acceptance_criteria"], "c");
    assert_eq!(bead["notes"], "n\nmore", "notes append vs overwrite");
    assert_eq!(bead["external_ref"], "gh-1");
    assert_eq!(bead["spec_id"], "s");
    assert_eq!(bead["estimated_minutes"], 5);
    assert_eq!(bead["metadata"], json!({"n": 3, "s": "new"}));
    assert_eq!(bead["labels"], json!(["y", "z"]));
    assert_eq!(bead["due_at"], "2031-01-01T00:00:00Z");
    town.bd(&[
        "update",
        &id,
        "--due",
        "",
        "--set-labels",
        "",
        "--notes",
        "only",
    ])
    .ok();
    let bead = town.show(&id);
    assert!(bead.get("due_at").is_none());
    assert_eq!(bead["labels"], json!([]));
    assert_eq!(bead["notes"], "only");
    town.bd(&["update", &id, "--description", ""]).fails(2);
    town.bd(&[
        "update",
        &id,
        "--description",
        "",
        "--allow-empty-description",
    ])
    .ok();
    assert!(town.show(&id).get("description").is_none());
}

#[test]
fn several_beads_are_changed_each_for_itself() {
    let town = TestTown::installed();
    let (a, b) = (town.bead("A"), town.bead("B"));
    let ran = town
        .bd(&["update", &a, "hq-nothing", &b, "-p", "0", "--json"])
        .fails(3);
    let done: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(done.as_array().unwrap().len(), 2);
    assert_eq!(town.show(&b)["priority"], 0);
}

#[test]
fn a_status_of_closed_closes_and_open_opens_again() {
    let town = TestTown::installed();
    let id = town.bead("A");
    let closed = town
        .bd(&["update", &id, "-s", "closed", "--notes", "done", "--json"])
        .ok()
        .json();
    assert_eq!(closed[0]["status"], "closed");
    assert_eq!(closed[0]["notes"], "done");
    assert!(closed[0]["closed_at"].is_string());
    town.bd(&["update", &id, "-s", "open"]).ok();
    let bead = town.show(&id);
    assert!(bead.get("closed_at").is_none() && bead.get("close_reason").is_none());
}

#[test]
fn short_forms_change_one_field() {
    let town = TestTown::installed();
    let id = town.bead("A");
    town.bd(&["assign", &id, "me"]).ok();
    town.bd(&["priority", &id, "P1"]).ok();
    town.bd(&["tag", &id, "x", "y"]).ok();
    town.bd(&["note", &id, "--", "-", "one"]).ok();
    town.bd(&["note", &id, "two"]).ok();
    let bead = town.show(&id);
    assert_eq!(bead["assignee"], "me");
    assert_eq!(bead["priority"], 1);
    assert_eq!(bead["labels"], json!(["x", "y"]));
    assert_eq!(bead["notes"], "- one\ntwo");
    town.bd(&["defer", &id, "--until", "2031-01-01"]).ok();
    let bead = town.show(&id);
    assert_eq!(bead["status"], "deferred");
    assert!(bead["defer_until"].as_str().is_some());
}
