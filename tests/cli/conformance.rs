//! What someone who has used beads for months expects, one test a line of the field's checklist and in
//! its order. Exit codes are our own (0 ok, 2 usage, 3 not found, 4 refused, 6 conflict).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};

use super::beads_files::{EXPORTED, PLAIN, file, name};
use crate::support::TestTown;

fn ids(value: &Value) -> Vec<&str> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(|bead| bead.get("id")?.as_str())
        .collect()
}

fn made(town: &TestTown, arguments: &[&str]) -> String {
    let mut all = vec!["create"];
    all.extend_from_slice(arguments);
    all.push("--silent");
    town.bd(&all).ok().first_line().to_owned()
}

fn asked(town: &TestTown, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.push("--json");
    town.bd(&all).ok().json()
}

fn ready(town: &TestTown) -> Vec<String> {
    ids(&asked(town, &["ready"]))
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[test]
fn blocked_status_is_stored_not_computed() {
    let town = TestTown::installed();
    let (held, free) = (town.bead("Held by hand"), town.bead("Free"));
    let waits = made(&town, &["Waits", "--deps", &free]);
    town.bd(&["update", &held, "-s", "blocked"]).ok();
    assert_eq!(town.bead_status(&held), "blocked");
    assert_eq!(town.show(&held)["is_blocked"], false);
    assert_eq!(town.bead_status(&waits), "open", "an edge moves no status");
    assert_eq!(ids(&asked(&town, &["blocked"])), [waits.as_str()]);
    assert_eq!(ready(&town), [free]);
}

#[test]
fn waits_for_shows_in_blocked() {
    let town = TestTown::installed();
    let spawner = town.bead("Spawner");
    let waits = town.bead("Waits");
    town.bd(&["dep", "add", &waits, &spawner, "-t", "waits-for"])
        .ok();
    let child = made(&town, &["Child", "--parent", &spawner]);
    let blocked = asked(&town, &["blocked"]);
    assert_eq!(ids(&blocked), [waits.as_str()]);
    assert_eq!(blocked[0]["blocked_by"], json!([spawner]));
    town.bd(&["close", &child]).ok();
    assert_eq!(
        asked(&town, &["blocked"]),
        json!([]),
        "the spawner itself need not close"
    );
}

#[test]
fn ready_order() {
    let town = TestTown::installed();
    let low = made(&town, &["Old and low", "-p", "3"]);
    let high = made(&town, &["New and high", "-p", "0"]);
    assert_eq!(
        ids(&asked(&town, &["ready"])),
        [high.as_str(), low.as_str()]
    );
    assert_eq!(
        ids(&asked(&town, &["ready", "-s", "oldest"])),
        [low.as_str(), high.as_str()]
    );
    assert_eq!(
        ids(&asked(&town, &["ready", "-s", "hybrid"])),
        [high.as_str(), low.as_str()]
    );
}

#[test]
fn closed_blocker_not_listed() {
    let town = TestTown::installed();
    let (first, second) = (town.bead("First"), town.bead("Second"));
    let both = format!("{first},{second}");
    made(&town, &["Waits", "--deps", &both]);
    town.bd(&["close", &first]).ok();
    assert_eq!(asked(&town, &["blocked"])[0]["blocked_by"], json!([second]));
}

#[test]
fn closing_a_blocker_makes_dependents_ready() {
    let town = TestTown::installed();
    let first = town.bead("First");
    let second = made(&town, &["Second", "--deps", &first]);
    let third = made(&town, &["Third", "--deps", &second]);
    let blocked = asked(&town, &["blocked"]);
    assert_eq!(ids(&blocked).len(), 2, "transitive chain");
    let entry = blocked
        .as_array()
        .unwrap()
        .iter()
        .find(|bead| bead["id"] == third.as_str())
        .unwrap();
    assert_eq!(entry["blocked_by"], serde_json::json!([second]));
    assert_eq!(entry["blocked_by_count"], 1);
    town.bd(&["blocked"]).ok().says("waits for").says("First");

    let explained = asked(&town, &["ready", "--explain"]);
    assert_eq!(ids(&explained["ready"]), [first.as_str()]);
    assert_eq!(explained["summary"]["total_blocked"], 2);
    assert_eq!(explained["schema_version"], 1);
    let keys: Vec<&String> = explained.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["blocked", "cycles", "ready", "schema_version", "summary"]
    );

    town.bd(&["close", &first]).ok();
    assert_eq!(ids(&asked(&town, &["ready"])), [second.as_str()]);
    let explained = asked(&town, &["ready", "--explain"]);
    assert_eq!(
        explained["ready"][0]["resolved_blockers"],
        serde_json::json!([first]),
        "closed blocker not listed as one that blocks"
    );
    town.bd(&["ready", "--explain"])
        .ok()
        .says("1 blocker closed");
}

#[test]
fn diamond() {
    let town = TestTown::installed();
    let top = town.bead("Top");
    let left = made(&town, &["Left", "--deps", &top]);
    let right = made(&town, &["Right", "--deps", &top]);
    let end = made(&town, &["End", "--deps", &format!("{left},{right}")]);
    town.bd(&["close", &top]).ok();
    assert_eq!(
        BTreeSet::from_iter(ready(&town)),
        BTreeSet::from([left.clone(), right.clone()])
    );
    town.bd(&["close", &left]).ok();
    assert_eq!(ready(&town).join(" "), right);
    town.bd(&["close", &right]).ok();
    assert_eq!(ready(&town), [end]);
}

#[test]
fn transitive_chain() {
    let town = TestTown::installed();
    let mut chain = vec![town.bead("0")];
    for number in 1..6 {
        let last = chain.last().unwrap().clone();
        chain.push(made(&town, &[&number.to_string(), "--deps", &last]));
    }
    for (place, id) in chain.iter().enumerate() {
        assert_eq!(ready(&town).join(" "), *id, "step {place}");
        town.bd(&["close", id]).ok();
    }
    assert!(ready(&town).is_empty());
}

/// A date that has passed brings a bead back by itself.
#[test]
fn deferred_excluded() {
    let town = TestTown::installed();
    let late = made(&town, &["Later", "--defer", "2099-01-01"]);
    let put_off = town.bead("Put off");
    town.bd(&["defer", &put_off]).ok();
    let under = made(&town, &["Under", "--parent", &late]);
    assert!(ready(&town).is_empty(), "{under} waits with its parent");
    assert_eq!(
        asked(&town, &["ready", "--include-deferred"])
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let line = r#"{"id":"hq-past","title":"Its time came","status":"deferred","priority":2,"issue_type":"task","created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-01T00:00:00Z","defer_until":"2025-02-01T00:00:00Z"}"#;
    let path = file(&town, &format!("{line}\n"));
    town.bd(&["import", name(&path)]).ok();
    assert_eq!(ready(&town), ["hq-past"]);
}

#[test]
fn dep_rm_unblocks() {
    let town = TestTown::installed();
    let first = town.bead("First");
    let waits = made(&town, &["Waits", "--deps", &first]);
    town.bd(&["dep", "rm", &waits, &first]).ok();
    assert_eq!(town.show(&waits)["is_blocked"], false);
    assert_eq!(ready(&town).len(), 2);
}

#[test]
fn cycle_and_self_refused() {
    let town = TestTown::installed();
    let a = town.bead("A");
    let b = made(&town, &["B", "--deps", &a]);
    let c = made(&town, &["C", "--deps", &b]);
    town.bd(&["dep", "add", &a, &a]).fails(6).says("itself");
    for kind in ["blocks", "conditional-blocks", "waits-for", "parent-child"] {
        town.bd(&["dep", "add", &a, &c, "-t", kind])
            .fails(6)
            .says("circle");
    }
    town.bd(&["dep", "add", &a, &c, "-t", "related"]).ok();
    assert_eq!(asked(&town, &["dep", "cycles"]), json!([]));
}

#[test]
fn close_guard_by_type_and_force() {
    let town = TestTown::installed();
    let card = town.bead("Card");
    town.bd(&["update", &card, "-s", "pinned"]).ok();
    town.bd(&["close", &card]).fails(4).says("pinned");
    town.bd(&["close", &card, "--force"]).ok();
    assert_eq!(town.bead_status(&card), "closed");
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
fn supersede_and_duplicate_close_and_leave_an_edge() {
    let town = TestTown::installed();
    let (a, b, c) = (town.bead("A"), town.bead("B"), town.bead("C"));
    town.bd(&["duplicate", &a, "--of", &b]).ok();
    assert_eq!(town.bead_status(&a), "closed");
    assert_eq!(
        town.show(&a)["dependencies"][0]["dependency_type"],
        "duplicates"
    );
    town.bd(&["supersede", &b, "--with", &c, "--json"]).ok();
    let old = town.show(&b);
    assert_eq!(old["status"], "closed");
    assert_eq!(old["close_reason"], format!("Superseded by {c}"));
    town.bd(&["duplicate", &c, "--of", &c]).fails(6);
    assert_eq!(town.bead_status(&c), "open", "both or none");
}

#[test]
fn blank_comment_label_title_refused() {
    let town = TestTown::installed();
    let id = town.bead("A");
    town.bd(&["update", &id, "--title", "  "])
        .fails(2)
        .says("title");
    for blank in ["", "  \t "] {
        town.bd(&["create", blank]).fails(2).says("title");
        town.bd(&["comment", &id, blank]).fails(2).says("comment");
        town.bd(&["label", "add", &id, blank])
            .fails(2)
            .says("label");
    }
    town.bd(&["update", &id, "--add-label", &"x".repeat(300)])
        .fails(2)
        .says("label");
    assert_eq!(town.bead_status(&id), "open");
}

#[test]
fn invalid_status_refused_custom_accepted() {
    let town = TestTown::installed();
    town.bead("One");
    let no = town.bd(&["list", "-s", "nonsense"]).fails(2);
    assert!(
        no.err.contains("`nonsense`") && no.err.contains("in_progress"),
        "{}",
        no.err
    );
    town.bd(&["list", "-t", "nonsense"]).fails(2);
    town.bd(&["list", "--rig", "nowhere"]).fails(3);
    town.bd(&["list", "--parent", "hq-nothing"]).fails(3);
    let id = town.bead("Two");
    town.bd(&["update", &id, "--status", "nonsense"])
        .fails(2)
        .says("`in_progress`");
    town.bd(&["config", "set", "status.custom", "staged:active"])
        .ok();
    town.bd(&["update", &id, "-s", "staged"]).ok();
    assert_eq!(town.bead_status(&id), "staged");
    assert_eq!(ids(&asked(&town, &["list", "-s", "staged"])), [id.as_str()]);
}

#[test]
fn exit_codes_of_closing_what_is_blocked_some_of_several_and_what_is_unknown() {
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
fn reopen_on_open_reports() {
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
fn undefer_on_non_deferred_reports() {
    let town = TestTown::installed();
    let id = town.bead("A");
    town.bd(&["undefer", &id]).ok().says("is not deferred");
    town.bd(&["defer", &id]).ok();
    town.bd(&["undefer", &id]).ok();
    assert_eq!(town.bead_status(&id), "open");
}

#[test]
fn labels_deps_comments_survive_update_type_and_status_change() {
    let town = TestTown::installed();
    let other = town.bead("Other");
    let id = made(
        &town,
        &["A", "-l", "core", "--deps", &format!("related:{other}")],
    );
    town.bd(&["comment", &id, "kept"]).ok();
    town.bd(&[
        "update",
        &id,
        "--title",
        "B",
        "-t",
        "bug",
        "-s",
        "in_progress",
    ])
    .ok();
    town.bd(&["close", &id]).ok();
    town.bd(&["reopen", &id]).ok();
    let bead = town.show(&id);
    assert_eq!(bead["labels"], json!(["core"]));
    assert_eq!(bead["dependencies"][0]["id"], other.as_str());
    assert_eq!(bead["comment_count"], 1);
    assert_eq!(asked(&town, &["comments", &id])[0]["text"], "kept");
}

#[test]
fn delete_cleans_edges() {
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

#[test]
fn import_keeps_relations() {
    let town = TestTown::installed();
    let path = file(&town, PLAIN);
    town.bd(&["import", name(&path)])
        .ok()
        .says("3 added")
        .says("1 held");
    let first = town.show("old-1");
    assert_eq!(first["title"], "First & best");
    assert_eq!(first["labels"], serde_json::json!(["a", "z"]));
    let second = town.show("old-2");
    assert_eq!(second["dependencies"][0]["id"], "old-1");
    assert_eq!(town.show("old-4")["issue_type"], "widget");
}

#[test]
fn field_metadata_spec_id_close_reason_round_trip() {
    let town = TestTown::installed();
    let metadata = r#"{"deep":{"list":[1,2.5,null]},"text":"a \"b\""}"#;
    let id = made(
        &town,
        &[
            "A",
            "-d",
            "d",
            "--design",
            "e",
            "--acceptance",
            "f",
            "--notes",
            "g",
            "--spec-id",
            "docs/a.md",
            "--metadata",
            metadata,
            "-e",
            "30",
            "--external-ref",
            "gh-1",
        ],
    );
    town.bd(&["close", &id, "-r", "done \"so\""]).ok();
    let lines = town.bd(&["export"]).ok().out;
    let other = TestTown::installed();
    let path = file(&other, &lines);
    other.bd(&["import", name(&path)]).ok();
    for town in [&town, &other] {
        let bead = town.show(&id);
        for (key, value) in [
            ("description", json!("d")),
            ("design", json!("e")),
            ("acceptance_criteria", json!("f")),
            ("notes", json!("g")),
            ("spec_id", json!("docs/a.md")),
            ("metadata", serde_json::from_str(metadata).unwrap()),
            ("estimated_minutes", json!(30)),
            ("external_ref", json!("gh-1")),
            ("close_reason", json!("done \"so\"")),
        ] {
            assert_eq!(bead[key], value, "{key}");
        }
    }
}

#[test]
fn stale_rejects_days_of_zero_and_less() {
    let town = TestTown::installed();
    for days in ["0", "-1", "x"] {
        town.bd(&["stale", "--days", days])
            .fails(2)
            .says("days")
            .says(&format!("`{days}`"));
    }
    assert_eq!(asked(&town, &["stale", "--days", "1"]), json!([]));
}

#[test]
fn list_ready_equals_ready() {
    let town = TestTown::installed();
    let first = town.bead("First");
    made(&town, &["Second", "--deps", &first]);
    made(&town, &["Third", "-p", "0"]);
    let started = town.bead("Fourth");
    town.bd(&["update", &started, "-s", "in_progress"]).ok();
    assert_eq!(
        ids(&asked(&town, &["list", "--ready"])),
        ids(&asked(&town, &["ready"]))
    );
}

#[test]
fn claim_semantics_and_exit_code() {
    let town = TestTown::installed();
    let id = town.bead("A");
    let claimed = town.bd(&["update", &id, "--claim", "--json"]).ok().json();
    assert_eq!(claimed[0]["status"], "in_progress");
    assert!(claimed[0]["started_at"].is_string());
    town.bd(&["update", &id, "--claim"]).ok();
    town.bd(&["assign", &id, "somebody"]).ok();
    town.bd(&["update", &id, "--claim"])
        .fails(6)
        .says("already claimed by `somebody`");
    town.bd(&["update", &id, "--unassign"]).ok();
    assert!(town.show(&id).get("assignee").is_none());
}

#[test]
fn notes_append_and_overwrite() {
    let town = TestTown::installed();
    let id = made(&town, &["A", "--notes", "one"]);
    town.bd(&["update", &id, "--append-notes", "two"]).ok();
    assert_eq!(town.show(&id)["notes"], "one\ntwo");
    town.bd(&["update", &id, "--notes", "three"]).ok();
    assert_eq!(town.show(&id)["notes"], "three");
}

#[test]
fn count_groupings() {
    let town = TestTown::installed();
    made(&town, &["One", "-t", "bug", "-p", "0", "-l", "core,urgent"]);
    made(&town, &["Two", "-l", "core", "-a", "olive"]);
    let third = made(&town, &["Three", "-p", "0"]);
    town.bd(&["close", &third]).ok();
    town.bd(&["count"]).ok().says("3");
    assert_eq!(
        asked(&town, &["count", "--status", "open"]),
        json!({"count": 2, "schema_version": 1})
    );
    let groups = |by: &str| {
        let value = asked(&town, &["count", by]);
        assert_eq!(value["total"], 3, "{by}");
        let groups = value["groups"].as_array().unwrap();
        groups
            .iter()
            .map(|one| format!("{}={}", one["group"].as_str().unwrap(), one["count"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(groups("--by-status"), ["closed=1", "open=2"]);
    assert_eq!(groups("--by-priority"), ["P0=2", "P2=1"]);
    assert_eq!(groups("--by-type"), ["bug=1", "task=2"]);
    assert_eq!(groups("--by-assignee"), ["(unassigned)=2", "olive=1"]);
    assert_eq!(
        groups("--by-label"),
        ["(no labels)=1", "core=2", "urgent=1"]
    );
    assert_eq!(
        asked(&town, &["count", "-l", "core", "--priority-max", "0"])["count"],
        1
    );
    town.bd(&["count", "--by-status", "--by-type"]).fails(2);
    town.bd(&["count", "-s", "nonsense"])
        .fails(2)
        .says("`nonsense`");
}

#[test]
fn special_characters_and_sql_injection_in_fields() {
    let town = TestTown::installed();
    let nasty = [
        "'; DROP TABLE beads; --",
        "\" OR 1=1 --",
        "100%_done\\",
        "日本 🦀 ünï",
        "{{.ID}} $(x) `y`",
        "<b>&amp;</b>",
    ];
    for text in nasty {
        let id = made(
            &town,
            &[
                text,
                "-d",
                text,
                "--notes",
                text,
                "-a",
                text,
                "-l",
                &text.replace(',', ""),
            ],
        );
        let bead = town.show(&id);
        for key in ["title", "description", "notes", "assignee"] {
            assert_eq!(bead[key], text, "{key}");
        }
        assert_eq!(
            ids(&asked(&town, &["search", text])),
            [id.as_str()],
            "{text}"
        );
        assert_eq!(
            ids(&asked(&town, &["list", "-a", text])),
            [id.as_str()],
            "{text}"
        );
        assert_eq!(
            ids(&asked(&town, &["list", "-l", text])),
            [id.as_str()],
            "{text}"
        );
    }
    assert_eq!(asked(&town, &["count"])["count"], nasty.len());
}

#[test]
fn re_parent_leaves_exactly_one_parent() {
    let town = TestTown::installed();
    let (a, b) = (town.bead("A"), town.bead("B"));
    let child = town
        .bd(&["create", "Child", "--parent", &a, "--silent"])
        .ok()
        .first_line()
        .to_owned();
    town.bd(&["update", &child, "--parent", &b]).ok();
    let edges = town.show(&child)["dependencies"].clone();
    let parents: Vec<_> = edges
        .as_array()
        .unwrap()
        .iter()
        .filter(|edge| edge["dependency_type"] == "parent-child")
        .map(|edge| edge["id"].clone())
        .collect();
    assert_eq!(parents, [json!(b)]);
    town.bd(&["update", &child, "--parent", ""]).ok();
    assert_eq!(town.show(&child)["dependencies"], json!([]));
}

#[test]
fn dep_add_must_not_overwrite_an_existing_type() {
    let town = TestTown::installed();
    let first = town.bead("First");
    let second = made(&town, &["Second", "--deps", &first]);
    town.bd(&["dep", "add", &second, &first, "-t", "tracks"])
        .fails(6)
        .says("already has a `blocks` edge");
    town.bd(&["dep", "add", &second, &first]).ok();
    assert_eq!(
        town.show(&second)["dependencies"][0]["dependency_type"],
        "blocks"
    );
}

#[test]
fn json_is_valid_on_every_command_objects_have_schema_version_arrays_are_bare() {
    let town = TestTown::installed();
    let first = town.bead("First");
    let second = made(&town, &["Second", "--deps", &first]);
    let beads = asked(&town, &["list", "--id", &second]);
    let bead = &beads[0];
    assert_eq!(bead["dependency_count"], 1);
    assert_eq!(bead["comment_count"], 0);
    assert_eq!(bead["dependencies"][0]["issue_id"], second.as_str());
    assert_eq!(bead["dependencies"][0]["depends_on_id"], first.as_str());
    assert_eq!(bead["dependencies"][0]["type"], "blocks");
    let keys: Vec<&String> = bead.as_object().unwrap().keys().collect();
    assert_eq!(keys[..4], ["id", "title", "status", "priority"]);
    assert!(bead.get("schema_version").is_none());
    assert_eq!(asked(&town, &["list", "-t", "gate"]), serde_json::json!([]));
    let arrays: &[&[&str]] = &[
        &["list"],
        &["ready"],
        &["blocked"],
        &["search", "First"],
        &["query", "status=open"],
        &["stale"],
        &["show", &first],
        &["children", &first],
        &["comments", &first],
        &["label", "list", &first],
        &["label", "list-all"],
        &["dep", "list", &first],
        &["dep", "tree", &first],
        &["dep", "cycles"],
        &["epic", "status"],
        &["history", &first],
        &["gate", "list"],
        &["update", &first, "-p", "1"],
        &["reopen", &first],
        &["undefer", &first],
    ];
    for line in arrays {
        assert!(asked(&town, line).is_array(), "{line:?}");
    }
    let objects: &[&[&str]] = &[
        &["count"],
        &["count", "--by-type"],
        &["stats"],
        &["statuses"],
        &["types"],
        &["duplicates"],
        &["lint"],
        &["graph", &first],
        &["state", "list", &first],
        &["set-state", &first, "a=b"],
        &["where"],
        &["info"],
        &["version"],
        &["doctor"],
        &["config", "get", "types.custom"],
        &["ready", "--explain"],
        &["create", "Third"],
        &["q", "Fourth"],
        &["comment", &first, "x"],
        &["dep", "add", &second, &first],
        &["epic", "close-eligible"],
        &["gate", "check"],
        &["delete", &second, "--force"],
    ];
    for line in objects {
        let value = asked(&town, line);
        assert_eq!(value["schema_version"], 1, "{line:?}\n{value}");
        let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
        assert!(keys.is_sorted(), "{line:?}: {keys:?}");
    }
    let no = town.bd(&["show", "hq-nothing", "--json"]).fails(3);
    assert!(serde_json::from_str::<Value>(&no.out).is_ok(), "{no}");
}

/// The vectors themselves are held against the hash in `rules::fresh`: a process has no clock to set.
#[test]
fn ids_have_the_form_of_the_field() {
    let town = TestTown::installed();
    let first = town.bead("A");
    let hash = first.strip_prefix("hq-").unwrap();
    assert_eq!(hash.len(), 3);
    assert!(
        hash.chars()
            .all(|c| c.is_ascii_digit() || c.is_ascii_lowercase()),
        "{first}"
    );
    assert_eq!(
        made(&town, &["B", "--parent", &first]),
        format!("{first}.1")
    );
    assert_eq!(made(&town, &["C", "--id", "hq-mine"]), "hq-mine");
    town.bd(&["create", "D", "--id", "hq-mine"])
        .fails(6)
        .says("hq-mine");
    town.bd(&["create", "E", "--id", "mine"])
        .fails(2)
        .says("mine");
}

#[test]
fn adaptive_length_boundaries() {
    let town = TestTown::installed();
    let line = |number: u32| {
        format!(
            "{{\"id\":\"hq-z{number:05}\",\"title\":\"n\",\"status\":\"open\",\"priority\":2,\"issue_type\":\"task\",\
             \"created_at\":\"2026-01-02T03:04:05Z\",\"updated_at\":\"2026-01-02T03:04:05Z\"}}\n"
        )
    };
    let bring = |numbers: std::ops::Range<u32>| {
        let text: String = numbers.map(line).collect();
        let path = file(&town, &text);
        town.bd(&["import", name(&path)]).ok();
    };
    let length = |title: &str| made(&town, &[title]).len() - "hq-".len();
    bring(0..163);
    assert_eq!((length("164th"), length("165th")), (3, 4));
    bring(0..981);
    assert_eq!(asked(&town, &["count"])["count"], 983);
    assert_eq!((length("984th"), length("985th")), (4, 5));
}

#[test]
fn child_counter_not_reused_after_delete() {
    let town = TestTown::installed();
    let parent = town.bead("Parent");
    let child = |title: &str| made(&town, &[title, "--parent", &parent]);
    assert_eq!(child("One"), format!("{parent}.1"));
    let second = child("Two");
    town.bd(&["delete", &second, "--force"]).ok();
    assert_eq!(child("Three"), format!("{parent}.3"));
}

/// Through the program; `store::blocked_tests` does the same with thousands of sequences.
#[test]
fn is_blocked_equals_a_recomputation_after_random_operations() {
    let town = TestTown::installed();
    let beads: Vec<String> = (0..6)
        .map(|number| town.bead(&number.to_string()))
        .collect();
    let mut seed = 4_u64;
    let mut next = |most: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % most
    };
    for step in 0..40 {
        let (a, b) = (&beads[next(6)], &beads[next(6)]);
        // Refusals are part of it: a circle, a blocked close, an edge that is there.
        match next(7) {
            0 | 1 => town.bd(&["dep", "add", a, b]),
            2 => town.bd(&["dep", "add", a, b, "-t", "parent-child"]),
            3 => town.bd(&["dep", "remove", a, b]),
            4 => town.bd(&["close", a, "--force"]),
            5 => town.bd(&["reopen", a]),
            _ => town.bd(&["update", a, "-s", "in_progress"]),
        };
        if step % 4 == 3 {
            check_blocked(&asked(&town, &["list", "--all"]));
        }
    }
}

fn check_blocked(list: &Value) {
    let all: BTreeMap<&str, &Value> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|bead| (bead["id"].as_str().unwrap(), bead))
        .collect();
    let active = |bead: &Value| !matches!(bead["status"].as_str(), Some("closed" | "pinned"));
    let mut blocked: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = blocked.len();
        for (id, bead) in &all {
            let edges = bead["dependencies"]
                .as_array()
                .map(Vec::as_slice)
                .unwrap_or_default();
            let holds = |edge: &Value| {
                let on = edge["depends_on_id"].as_str().unwrap();
                match edge["type"].as_str() {
                    Some("blocks") => active(all[on]),
                    Some("parent-child") => blocked.contains(on),
                    _ => false,
                }
            };
            if active(bead) && edges.iter().any(holds) {
                blocked.insert(id);
            }
        }
        if blocked.len() == before {
            break;
        }
    }
    for (id, bead) in &all {
        assert_eq!(bead["is_blocked"], blocked.contains(id), "{id}\n{list}");
    }
}

#[test]
fn byte_stable_round_trip() {
    for text in [PLAIN, EXPORTED, PLAIN.trim_end()] {
        let town = TestTown::installed();
        let path = file(&town, text);
        let told = town.bd(&["import", name(&path), "--json"]).ok().json();
        assert_eq!(told["rejected"], 0);
        assert_eq!(town.bd(&["export"]).ok().out, text);
        let again = town.bd(&["import", name(&path), "--json"]).ok().json();
        assert_eq!((&again["added"], &again["updated"]), (&0.into(), &0.into()));
        town.bd(&["export", "-o", name(&path)]).ok();
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn gates_of_timer_and_human_hold_a_bead_until_they_open() {
    let town = TestTown::installed();
    let a = town.bead("A");
    let gate = town
        .bd(&[
            "gate",
            "create",
            "--blocks",
            &a,
            "-r",
            "look first",
            "--json",
        ])
        .ok()
        .json();
    let gate = gate["id"].as_str().unwrap();
    assert_eq!(town.show(&a)["is_blocked"], true);
    town.bd(&["gate", "list"]).ok().says(gate);
    town.bd(&["gate", "show", gate])
        .ok()
        .says("waits for human");
    town.bd(&["gate", "add-waiter", gate, "mayor/"]).ok();
    let timer = town
        .bd(&[
            "gate",
            "create",
            "--blocks",
            &a,
            "-t",
            "timer",
            "--timeout",
            "2h",
            "--json",
        ])
        .ok()
        .json();
    assert_eq!(timer["timeout"], 7_200_000_000_000_i64);
    let checked = town.bd(&["gate", "check", "--json"]).ok().json();
    assert_eq!(checked["checked"], 2);
    assert_eq!(checked["resolved"], 0);
    town.bd(&["gate", "resolve", gate, "-r", "approved"]).ok();
    assert_eq!(town.show(&a)["is_blocked"], true);
    town.bd(&["close", timer["id"].as_str().unwrap()])
        .fails(4)
        .says("waits");
    town.bd(&["gate", "resolve", timer["id"].as_str().unwrap()])
        .ok();
    assert_eq!(town.show(&a)["is_blocked"], false);
    town.bd(&["gate", "resolve", &a]).fails(2).says("gate");
    for (text, nanos) in [("1m", 60_000_000_000_i64), ("90s", 90_000_000_000)] {
        let made = town.bd(&[
            "gate",
            "create",
            "--blocks",
            &a,
            "-t",
            "timer",
            "--timeout",
            text,
            "--json",
        ]);
        assert_eq!(made.ok().json()["timeout"], nanos, "{text}");
    }
    town.bd(&["gate", "create", "--blocks", &a, "-t", "timer"])
        .fails(2)
        .says("timeout");
}
