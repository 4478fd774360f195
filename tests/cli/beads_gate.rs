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
  "pr view --json state -- 1") echo '{"state":"MERGED"}' ;;
  "pr view --json state -- 2") echo '{"state":"CLOSED"}' ;;
  "pr view --json state -- 3") echo '{"state":"OPEN"}' ;;
  "pr view --json state -- --web") echo '{"state":"MERGED"}' ;;
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

/// What a gate waits for may come in by a file of others.
#[test]
fn what_a_gate_waits_for_is_never_an_option_of_the_program_that_is_asked() {
    let town = TestTown::installed();
    town.script("gh", GH);
    let a = town.bead("A");
    let made = town.bd(&[
        "gate",
        "create",
        "--blocks",
        &a,
        "-t",
        "gh:pr",
        "--await-id=--web",
        "--json",
    ]);
    let gate = made.ok().json()["id"].as_str().unwrap().to_owned();
    town.bd(&["gate", "check"]).ok();
    assert_eq!(status(&town, &gate), "closed");
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
    // Closing by hand does not jump the line; force does.
    town.bd(&["close", &stay[3]]).fails(4).says(&b);
    town.bd(&["close", &lost[0]]).fails(4).says("bd gate check");
    town.bd(&["close", &stay[2]]).ok();
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

#[test]
fn ready_steps_of_a_molecule_tell_what_can_go_on_at_the_same_time() {
    let town = TestTown::installed();
    let id = |line: &[&str]| town.bd(line).ok().first_line().to_owned();
    let m = id(&["create", "Release", "-t", "molecule", "--silent"]);
    let step = |title: &str, deps: &str| {
        id(&["create", title, "--parent", &m, "--deps", deps, "--silent"])
    };
    let (a, b) = (step("Build", ""), step("Write", ""));
    let outside = town.bead("Outside");
    let held = step("Sign", &outside);
    let last = step("Ship", &format!("{a},{b}"));
    let told = town.bd(&["ready", "--mol", &m, "--json"]).ok().json();
    assert_eq!(told["molecule_id"], json!(m));
    assert_eq!(told["molecule_title"], "Release");
    assert_eq!(told["total_steps"], 5, "the molecule itself counts");
    assert_eq!(told["schema_version"], 1);
    let ready: Vec<&str> = told["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["issue"]["id"].as_str().unwrap())
        .collect();
    assert_eq!(told["ready_steps"], json!(ready.len()));
    assert!(ready.contains(&a.as_str()) && ready.contains(&b.as_str()));
    assert!(!ready.contains(&last.as_str()), "{told}");
    assert!(!ready.contains(&held.as_str()), "held from outside: {told}");
    let info = told["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["issue"]["id"] == json!(a))
        .unwrap();
    assert_eq!(info["parallel_group"], "group-1");
    assert_eq!(info["parallel_info"]["blocks"], json!([last]));
    assert_eq!(info["parallel_info"]["is_ready"], true);
    town.bd(&["ready", "--mol", &m]).ok().says(&a);
    // Claiming stays within the molecule.
    let claimed = town
        .bd(&["ready", "--mol", &m, "--claim", "--json"])
        .ok()
        .json();
    assert!(
        claimed[0]["id"].as_str().unwrap().starts_with(&m),
        "{claimed}"
    );
}

#[test]
fn a_molecule_that_a_gate_has_set_free_is_found_until_somebody_takes_it() {
    let town = TestTown::installed();
    let id = |line: &[&str]| town.bd(line).ok().first_line().to_owned();
    let m = id(&["create", "Release", "-t", "molecule", "--silent"]);
    let step = id(&["create", "Publish", "--parent", &m, "--silent"]);
    let opens = gate(&town, &step, "human", "x");
    let gated = || town.bd(&["ready", "--gated", "--json"]).ok().json();
    assert_eq!(gated()["count"], 0);
    town.bd(&["gate", "resolve", &opens]).ok();
    let told = gated();
    assert_eq!(told["count"], 1, "{told}");
    assert_eq!(told["molecules"][0]["molecule_id"], json!(m));
    assert_eq!(told["molecules"][0]["ready_step"]["id"], json!(step));
    assert_eq!(told["molecules"][0]["closed_gate"]["id"], json!(opens));
    town.bd(&["ready", "--gated"]).ok().says(&step);
    town.bd(&["update", &m, "--claim"]).ok();
    assert_eq!(gated()["count"], 0);
}

#[test]
fn what_others_wait_for_is_shipped_by_the_bead_that_exports_it() {
    let town = TestTown::installed();
    town.bd(&["ship", "login"]).fails(3).says("export:login");
    town.bd(&["ship", "a b"]).fails(2).says("capability");
    let a = town.bead("Login");
    town.bd(&["label", "add", &a, "export:login"]).ok();
    town.bd(&["ship", "login"]).fails(4).says(&a);
    town.bd(&["close", &a]).ok();
    town.bd(&["ship", "login", "--dry-run"])
        .ok()
        .says("would ship");
    let told = town.bd(&["ship", "login", "--json"]).ok().json();
    assert_eq!(told["issue_id"], json!(a));
    assert_eq!(
        town.show(&a)["labels"],
        json!(["export:login", "provides:login"])
    );
    // Every label is counted by the ledger, those of closed beads too.
    let all = town.bd(&["label", "list-all", "--json"]).ok().json();
    assert_eq!(all[0], json!({"label": "export:login", "count": 1}));
    let b = town.bead("Other");
    town.bd(&["label", "add", &b, "export:login"]).ok();
    town.bd(&["ship", "login"]).fails(6).says(&b);
}
