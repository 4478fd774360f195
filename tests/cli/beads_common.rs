//! What holds for every verb of `bd`: habits of the environment, refusals as JSON, parts of ids, the
//! bead that was touched last, and which rig is meant where.

use serde_json::{Value, json};

use crate::support::TestTown;

#[test]
fn the_environment_asks_for_json_from_every_verb_that_has_it() {
    let mut town = TestTown::installed();
    town.set_env("BD_JSON", "1");
    let made = town.bd(&["create", "A"]).ok().json();
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(town.bd(&["list"]).ok().json()[0]["id"], json!(id));
    assert_eq!(town.bd(&["close", &id]).ok().json()[0]["status"], "closed");
    // What the line says wins, and verbs without JSON stay as they are.
    assert_eq!(
        town.bd(&["create", "B", "--silent"])
            .ok()
            .out
            .lines()
            .count(),
        1
    );
    assert!(town.bd(&["list", "--json=false"]).ok().out.contains("B"));
    town.bd(&["export"]).ok();
    assert_eq!(town.bd(&["show", "hq-none"]).fails(3).json()["code"], 3);
    town.set_env("BD_JSON", "0");
    assert!(!town.bd(&["list"]).ok().out.trim_start().starts_with('['));
    assert!(town.bd(&["list", "--json=true"]).ok().json().is_array());
}

#[test]
fn an_envelope_holds_the_answer_of_every_verb() {
    let mut town = TestTown::installed();
    let id = town.bead("A");
    town.set_env("BD_JSON_ENVELOPE", "1");
    let list = town.bd(&["list", "--json"]).ok().json();
    assert_eq!(list["schema_version"], 1);
    assert_eq!(list["data"][0]["id"], json!(id));
    let place = town.bd(&["where", "--json"]).ok().json();
    assert_eq!(place["schema_version"], 1);
    assert_eq!(place["data"]["prefix"], "hq");
    assert_eq!(place["data"].get("schema_version"), None);
}

#[test]
fn a_no_is_json_in_place_of_the_answer_and_text_for_people() {
    let town = TestTown::installed();
    let a = town.bead("A");
    for line in [
        &["show", "hq-none", "--json"][..],
        &["close", "hq-none", "--json"],
        &["update", "hq-none", "-p", "1", "--json"],
        &["label", "add", "hq-none", "x", "--json"],
        &["dep", "add", "hq-none", &a, "--json"],
        &["comment", "hq-none", "x", "--json"],
        &["comments", "hq-none", "--json"],
        &["reopen", "hq-none", "--json"],
        &["delete", "hq-none", "--force", "--json"],
        &["create", "", "--json"],
        &["list", "--nonsense", "--json"],
        &["recall", "nothing", "--json"],
        &["gate", "show", "hq-none", "--json"],
    ] {
        let ran = town.bd(line);
        assert_ne!(ran.code, Some(0), "{ran}");
        let said = ran.json();
        assert!(
            said["error"].as_str().is_some_and(|text| !text.is_empty()),
            "{ran}"
        );
        assert_eq!(said["code"], json!(ran.code), "{ran}");
        assert_eq!(said["schema_version"], 1, "{ran}");
        assert!(ran.err.contains("error: "), "{ran}");
    }
    // Of several, the answer tells what was done and stays one value.
    let some = town.bd(&["close", &a, "hq-none", "--json"]).fails(3);
    assert_eq!(some.json()[0]["id"], json!(a));
    assert!(some.err.contains("hq-none"), "{some}");
}

#[test]
fn a_part_of_an_id_is_enough_for_every_verb() {
    let town = TestTown::installed();
    let a = town.bead("A");
    let b = town.bead("B");
    let part = |id: &str| id.split_once('-').unwrap().1.to_owned();
    let (pa, pb) = (part(&a), part(&b));
    for line in [
        &["show", &pa][..],
        &["update", &pa, "-p", "1"],
        &["label", "add", &pa, "x"],
        &["label", "list", &pa],
        &["comment", &pa, "said"],
        &["comments", &pa],
        &["dep", "add", &pa, &pb],
        &["dep", "remove", &pa, &pb],
        &["link", &pa, &pb, "-t", "related"],
        &["assign", &pa, "jo"],
        &["priority", &pa, "1"],
        &["tag", &pa, "y"],
        &["note", &pa, "noted"],
        &["defer", &pa],
        &["undefer", &pa],
        &["create", "Child", "--parent", &pa],
        &["create", "Waits", "--deps", &pa],
        &["close", &pb],
        &["reopen", &pb],
        &["done", &pb, "all", "good"],
        &["delete", &pb, "--force"],
    ] {
        town.bd(line).ok();
    }
    let shown = &town.bd(&["show", &a, "--json"]).ok().json()[0];
    assert_eq!(shown["labels"], json!(["x", "y"]));
    assert_eq!(shown["assignee"], "jo");
    // A whole id that is gone is never taken for a part of another.
    town.bd(&["close", &b]).fails(3).says("no bead");
    town.bd(&["close", "zzzzzz"]).fails(3);
}

#[test]
fn an_id_without_a_dash_comes_in_and_is_found() {
    let town = TestTown::installed();
    let file = town.base().join("odd.jsonl");
    let line = r#"{"id":"loneid","title":"Old","status":"open","priority":2,"issue_type":"task","created_at":"2025-10-01T00:00:00Z","updated_at":"2025-10-01T00:00:00Z"}"#;
    std::fs::write(&file, format!("{line}\n")).unwrap();
    town.bd(&["import", file.to_str().unwrap()]).ok();
    assert_eq!(
        town.bd(&["show", "loneid", "--json"]).ok().json()[0]["title"],
        "Old"
    );
    town.bd(&["close", "loneid"]).ok();
    town.bd(&["create", "x", "--id", "another", "--force"])
        .fails(2)
        .says("`another`");
}

#[test]
fn what_was_touched_last_is_meant_when_no_id_is_typed() {
    let town = TestTown::installed();
    town.bd(&["close"]).fails(2).says("needs the id of a bead");
    town.bd(&["update", "-p", "1"]).fails(2);
    let a = town.bead("A");
    let b = town.bead("B");
    town.bd(&["update", "-p", "0"]).ok().says(&b);
    town.bd(&["show", &a]).ok();
    town.bd(&["close", "-r", "done"]).ok().says(&a);
    assert_eq!(town.bead_status(&a), "closed");
    assert_eq!(town.bead_status(&b), "open");
}

#[test]
fn the_owner_is_who_git_says_works_here() {
    let mut town = TestTown::installed();
    let owner = |made: &Value| made["owner"].as_str().unwrap_or_default().to_owned();
    town.set_env("GIT_AUTHOR_EMAIL", "");
    std::fs::write(
        town.home().join(".gitconfig"),
        "[user]\n\temail = me@home\n",
    )
    .unwrap();
    assert_eq!(
        owner(&town.bd(&["create", "A", "--json"]).ok().json()),
        "me@home"
    );
    town.set_env("GIT_AUTHOR_EMAIL", "jo@host");
    assert_eq!(
        owner(&town.bd(&["create", "B", "--json"]).ok().json()),
        "jo@host"
    );
}

#[test]
fn the_place_of_a_new_bead_is_said_by_prefix_or_repository() {
    let town = TestTown::installed();
    let id = |ran: crate::support::run::Ran| ran.ok().first_line().to_owned();
    assert!(id(town.bd(&["create", "A", "--prefix", "hq-", "--silent"])).starts_with("hq-"));
    assert!(id(town.bd(&["q", "A", "--prefix", "hq"])).starts_with("hq-"));
    town.bd(&["create", "A", "--prefix", "zz"])
        .fails(2)
        .says("`zz`")
        .says("`hq`");
    town.bd(&["create", "A", "--repo", "nowhere"])
        .fails(3)
        .says("no rig `nowhere`");
    town.bd(&["create", "A", "--repo", "/nowhere"])
        .fails(2)
        .says("a rig's name");
}
