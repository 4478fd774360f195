//! What opens gates by itself, and the merge slot when several ask for it at the same time.

use serde_json::{Value, json};

use crate::support::TestTown;

/// A `gh` that knows two runs, one workflow and three pull requests.
const GH: &str = r#"#!/bin/sh
case "$*" in
  "run view 7 "*) echo '{"status":"completed","conclusion":"success"}' ;;
  "run view 8 "*) echo '{"status":"completed","conclusion":"timed_out"}' ;;
  "run list "*"--workflow ci.yml") echo '[{"databaseId":9,"status":"in_progress","conclusion":""}]' ;;
  "run view 9 "*) echo '{"status":"completed","conclusion":"skipped"}' ;;
  "pr view 1 "*) echo '{"state":"MERGED"}' ;;
  "pr view 2 "*) echo '{"state":"CLOSED"}' ;;
  "pr view 3 "*) echo '{"state":"OPEN"}' ;;
  *) echo "no such thing: $*" >&2; exit 1 ;;
esac
"#;

fn gate(town: &TestTown, blocks: &str, sort: &str, await_id: &str) -> String {
    let made = town.bd(&[
        "gate",
        "create",
        "--blocks",
        blocks,
        "-t",
        sort,
        "--await-id",
        await_id,
        "--json",
    ]);
    made.ok().json()["id"].as_str().unwrap().to_owned()
}

fn status(town: &TestTown, id: &str) -> Value {
    town.bd(&["show", id, "--json"]).ok().json()[0]["status"].clone()
}

#[test]
fn gates_open_when_what_they_wait_for_has_come() {
    let town = TestTown::installed();
    town.script("gh", GH);
    let a = town.bead("A");
    let b = town.bead("B");
    let opens = [("gh:run", "7"), ("gh:pr", "1")].map(|(sort, id)| gate(&town, &a, sort, id));
    let stay = [
        ("gh:pr", "3"),
        ("gh:run", "404"),
        ("mail", "x"),
        ("bead", &b),
    ]
    .map(|(sort, id)| gate(&town, &a, sort, id));
    let ci = gate(&town, &a, "gh:run", "ci.yml");
    let lost = [("gh:run", "8"), ("gh:pr", "2")].map(|(sort, id)| gate(&town, &a, sort, id));

    let dry = town
        .bd(&["gate", "check", "--dry-run", "--json"])
        .ok()
        .json();
    let tally = json!({"checked": 9, "dry_run": true, "errors": 1, "escalated": 2, "resolved": 2, "schema_version": 1});
    assert_eq!(dry, tally);
    assert_eq!(status(&town, &opens[0]), "open");

    town.bd(&["gate", "check"])
        .ok()
        .says("no such thing")
        .says("bd gate resolve");
    for id in &opens {
        assert_eq!(status(&town, id), "closed", "{id}");
    }
    for id in stay.iter().chain(&lost) {
        assert_eq!(status(&town, id), "open", "{id}");
    }
    // The newest run of a workflow is the one that is waited for from then on.
    let looked = town.bd(&["show", &ci, "--json"]).ok().json();
    assert_eq!(looked[0]["await_id"], "9");
    town.bd(&["close", &b]).ok();
    town.bd(&["gate", "check", "-t", "bead"])
        .ok()
        .says("1 looked at, 1 opened");
    town.bd(&["gate", "check", "-t", "gh:run"]).ok();
    assert_eq!(status(&town, &ci), "closed");

    town.bd(&["gate", "check", "--escalate"])
        .ok()
        .says("escalated");
    town.bd(&["gate", "check", "--escalate"]).ok();
    let filed = town
        .bd(&["list", "-l", "gt:escalation", "--json"])
        .ok()
        .json();
    assert_eq!(filed.as_array().unwrap().len(), 2, "once a gate: {filed}");
    assert_eq!(filed[0]["priority"], 1);
}

#[test]
fn a_gate_that_nobody_can_be_asked_about_says_so() {
    let mut town = TestTown::installed();
    let a = town.bead("A");
    let id = gate(&town, &a, "gh:pr", "1");
    let nowhere = town.bin().join("none");
    town.set_env("PATH", nowhere.to_str().unwrap());
    town.bd(&["gate", "check"])
        .ok()
        .says("`gh` is not installed")
        .says(&id);
    let told = town.bd(&["gate", "check", "--json"]).ok().json();
    assert_eq!((&told["errors"], &told["resolved"]), (&json!(1), &json!(0)));
}

#[test]
fn one_takes_the_slot_and_all_others_stand_in_line() {
    let town = TestTown::installed();
    town.bd(&["merge-slot", "create"]).ok();
    let names: Vec<String> = (0..8).map(|number| format!("w{number}")).collect();
    let codes: Vec<Option<i32>> = std::thread::scope(|scope| {
        let asks: Vec<_> = names
            .iter()
            .map(|name| {
                let line = ["merge-slot", "acquire", "--wait", "--holder", name];
                let run = town.bd_run(&line);
                scope.spawn(move || run.run().code)
            })
            .collect();
        asks.into_iter().map(|ask| ask.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1);
    let slot = town.bd(&["merge-slot", "check", "--json"]).ok().json();
    let holder = slot["holder"].as_str().unwrap().to_owned();
    let waiters = slot["waiters"].as_array().unwrap().clone();
    assert_eq!(waiters.len(), 7, "nobody is lost: {slot}");
    assert!(!waiters.contains(&json!(holder)));
    // Who gets it leaves the line; who has it and asks again does not enter it.
    town.bd(&["merge-slot", "acquire", "--wait", "--holder", &holder])
        .ok();
    town.bd(&["merge-slot", "release", "--holder", &holder])
        .ok();
    let next = waiters[0].as_str().unwrap();
    let taken = town
        .bd(&["merge-slot", "acquire", "--holder", next, "--json"])
        .ok()
        .json();
    assert_eq!(taken["holder"], json!(next));
    assert_eq!(taken["waiters"].as_array().unwrap().len(), 6);
}
