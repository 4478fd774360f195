//! `bd` looking at many beads: counts, epics, graphs, history, states, and what wants care.

use serde_json::{Value, json};

use crate::support::TestTown;

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

fn texts<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(|one| one.get(key)?.as_str())
        .collect()
}

#[test]
fn the_ledger_in_numbers() {
    let town = TestTown::installed();
    let first = made(&town, &["First", "-t", "bug", "-p", "1"]);
    let second = made(&town, &["Second", "--deps", &first]);
    let third = made(&town, &["Third"]);
    town.bd(&["close", &third]).ok();
    let epic = made(&town, &["Epic", "-t", "epic"]);
    let child = made(&town, &["Child", "--parent", &epic]);
    town.bd(&["close", &child]).ok();
    town.bd(&["create", "Wisp", "--ephemeral"]).ok();

    let stats = asked(&town, &["stats"]);
    let summary = &stats["summary"];
    for (key, number) in [
        ("total_issues", 5),
        ("open_issues", 3),
        ("closed_issues", 2),
        ("blocked_issues", 1),
        ("ready_issues", 2),
        ("in_progress_issues", 0),
        ("deferred_issues", 0),
        ("pinned_issues", 0),
        ("epics_eligible_for_closure", 1),
    ] {
        assert_eq!(summary[key], number, "{key}\n{stats}");
    }
    let recent = &stats["recent_activity"];
    assert_eq!(recent["hours_tracked"], 24);
    assert_eq!(recent["issues_closed"], 2);
    assert!(recent["commit_count"].is_u64(), "{stats}");
    let bare = asked(&town, &["status", "--no-activity"]);
    assert_eq!(bare.get("recent_activity"), None);
    assert_eq!(bare["summary"]["total_issues"], 5);
    town.bd(&["stats"]).ok().says("last 24 hours");

    town.bd(&["update", &second, "--claim"]).ok();
    let mine = asked(&town, &["stats", "--assigned"]);
    assert_eq!(mine["summary"]["total_issues"], 1, "{mine}");

    let epics = asked(&town, &["epic", "status", "--eligible-only"]);
    assert_eq!(epics[0]["epic"]["id"], epic.as_str());
    assert_eq!(epics[0]["total_children"], 1);
    assert_eq!(epics[0]["eligible_for_close"], true);
    let would = asked(&town, &["epic", "close-eligible", "--dry-run"]);
    assert_eq!(would["count"], 1);
    assert_eq!(town.bead_status(&epic), "open");
    let closed = asked(&town, &["epic", "close-eligible"]);
    assert_eq!(closed["closed"], json!([epic]));
    assert_eq!(town.bead_status(&epic), "closed");
    town.bd(&["epic", "status"]).ok().says("no open epic");
}

#[test]
fn the_words_of_statuses_and_types_have_the_settings_among_them() {
    let town = TestTown::installed();
    town.bd(&["config", "set", "status.custom", "staged:active"])
        .ok();
    town.bd(&["config", "set", "types.custom", "widget"]).ok();
    let statuses = asked(&town, &["statuses"]);
    assert_eq!(statuses["built_in_statuses"][0]["name"], "open");
    assert_eq!(
        statuses["custom_statuses"],
        json!([{"category": "active", "name": "staged"}])
    );
    let types = asked(&town, &["types"]);
    assert!(texts(&types["core_types"], "name").contains(&"milestone"));
    assert_eq!(types["custom_types"], json!(["widget"]));
    town.bd(&["types"]).ok().says("widget").says("housekeeping");
}

#[test]
fn a_tree_is_drawn_both_ways_and_ends_at_what_is_shared() {
    let town = TestTown::installed();
    let base = town.bead("Base");
    let left = made(&town, &["Left", "--deps", &base]);
    let right = made(&town, &["Right", "--deps", &base]);
    let both = format!("{left},{right}");
    let top = made(&town, &["Top", "--deps", &both]);
    made(&town, &["Under base", "--deps", &format!("blocks:{base}")]);
    let drawn = town.bd(&["dep", "tree", &top]).ok();
    drawn.says("├── ").says("└── ").says("(shown above)");
    town.bd(&["dep", "tree", &top, "--show-all-paths"])
        .ok()
        .says_not("(shown above)");
    let rows = asked(&town, &["dep", "tree", &top]);
    assert_eq!(texts(&rows, "title").first(), Some(&"Top"));
    assert_eq!(rows[0]["depth"], 0);
    assert_eq!(rows[1]["parent_id"], top.as_str());
    assert_eq!(rows[1]["edge_from_parent"], "blocks");
    let up = asked(&town, &["dep", "tree", &base, "--direction", "up"]);
    let mut ids = texts(&up, "id");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4, "{up}");
    let two = asked(&town, &["dep", "tree", &base, "--direction", "both"]);
    assert!(texts(&two, "title").contains(&"Under base"), "{two}");
    let short = town.bd(&["dep", "tree", &top, "--depth", "1"]).ok();
    assert!(short.err.contains("more than is shown"), "{short}");
    town.bd(&["close", &left, "--force"]).ok();
    let closed = asked(&town, &["dep", "tree", &top, "--status", "closed"]);
    assert_eq!(texts(&closed, "id"), [top.as_str(), left.as_str()]);
    town.bd(&["dep", "tree", &top, "--format", "mermaid"])
        .ok()
        .says("flowchart TD")
        .says("-->|\"blocks\"|");
    town.bd(&["dep", "tree", "hq-nothing"]).fails(3);
}

#[test]
fn edges_are_listed_as_beads_for_one_and_as_edges_for_several() {
    let town = TestTown::installed();
    let (a, b, c) = (town.bead("A"), town.bead("B"), town.bead("C"));
    town.bd(&["dep", "add", &a, &b]).ok();
    town.bd(&["dep", "add", &a, &c, "-t", "tracks"]).ok();
    let on = asked(&town, &["dep", "list", &a]);
    assert_eq!(on.as_array().map(Vec::len), Some(2));
    let tracks = asked(&town, &["dep", "list", &a, "-t", "tracks"]);
    assert_eq!(tracks[0]["id"], c.as_str());
    assert_eq!(tracks[0]["dependency_type"], "tracks");
    assert_eq!(tracks[0]["title"], "C");
    let up = asked(&town, &["dep", "list", &c, "--direction", "up"]);
    assert_eq!(up[0]["id"], a.as_str());
    let edges = asked(&town, &["dep", "list", &a, &b]);
    assert_eq!(edges[0]["issue_id"], a.as_str());
    assert!(texts(&edges, "type").contains(&"tracks"));
    town.bd(&["dep", "list", &b]).ok().says("has no such edge");
}

/// The edge that closes a circle is refused, and left out where a file has it: none can be made.
#[test]
fn a_circle_in_a_file_makes_none_here() {
    let town = TestTown::installed();
    assert_eq!(asked(&town, &["dep", "cycles"]), json!([]));
    let file = town.base().join("circle.jsonl");
    let line = |id: &str, on: &str| {
        format!(
            "{{\"id\":\"{id}\",\"title\":\"{id}\",\"status\":\"open\",\"priority\":2,\"issue_type\":\"task\",\
             \"created_at\":\"2026-01-02T03:04:05Z\",\"updated_at\":\"2026-01-02T03:04:05Z\",\
             \"dependencies\":[{{\"issue_id\":\"{id}\",\"depends_on_id\":\"{on}\",\"type\":\"blocks\",\
             \"created_at\":\"2026-01-02T03:04:05Z\",\"created_by\":\"x\"}}]}}\n"
        )
    };
    let text = line("hq-a1", "hq-b1") + &line("hq-b1", "hq-c1") + &line("hq-c1", "hq-a1");
    std::fs::write(&file, text).unwrap();
    town.bd(&["import", &file.to_string_lossy()])
        .ok()
        .says("left out, as it would be a circle: hq-c1 -> hq-a1");
    assert_eq!(asked(&town, &["dep", "cycles"]), json!([]));
    town.bd(&["dep", "tree", "hq-a1"]).ok().says("hq-c1");
}

#[test]
fn a_graph_says_what_comes_first() {
    let town = TestTown::installed();
    let base = town.bead("Base");
    let middle = made(&town, &["Middle", "--deps", &base]);
    let top = made(&town, &["Top", "--deps", &middle]);
    let other = town.bead("Other");
    town.bd(&["dep", "relate", &top, &other]).ok();
    let graph = asked(&town, &["graph", &middle]);
    assert_eq!(graph["root"], middle.as_str());
    let layer = |id: &str| {
        let nodes = graph["nodes"].as_array().unwrap();
        nodes
            .iter()
            .find(|node| node["id"] == id)
            .map(|node| node["layer"].clone())
    };
    assert_eq!(layer(&base), Some(json!(0)));
    assert_eq!(layer(&middle), Some(json!(1)));
    assert_eq!(layer(&top), Some(json!(2)));
    assert_eq!(layer(&other), None, "named together is no order");
    town.bd(&["graph", &middle, "--dot"])
        .ok()
        .says("digraph beads");
    town.bd(&["graph", &middle, "--compact"])
        .ok()
        .says(&format!("first  {base}"));
}

#[test]
fn history_says_what_was_before_and_outlives_the_bead() {
    let town = TestTown::installed();
    let id = made(&town, &["Old title"]);
    town.bd(&["update", &id, "--title", "New title"]).ok();
    town.bd(&["comment", &id, "see the log"]).ok();
    town.bd(&["close", &id, "--reason", "not needed"]).ok();
    town.bd(&["delete", &id, "--force"]).ok();
    let events = asked(&town, &["history", &id]);
    assert_eq!(
        texts(&events, "event_type"),
        ["created", "updated", "commented", "closed", "deleted"]
    );
    assert_eq!(events[1]["old_value"]["title"], "Old title");
    assert_eq!(events[1]["new_value"]["title"], "New title");
    assert_eq!(texts(&events, "actor").len(), 5, "an actor on every one");
    town.bd(&["audit", &id])
        .ok()
        .says("title: Old title -> New title")
        .says("deleted");
    let hash = id.trim_start_matches("hq-");
    town.bd(&["history", hash, "-n", "1"]).ok().says("deleted");
    town.bd(&["history", "hq-nothing"]).fails(3);
    town.bd(&["activity", "--since", "1h"])
        .ok()
        .says(&format!("closed {id}"));
}

/// An answer holds so much; a history may be longer.
#[test]
fn a_long_history_comes_in_pieces_and_whole() {
    let town = TestTown::installed();
    let id = town.bead("Long");
    for letter in ["a", "b", "c", "d", "e", "f"] {
        let text = letter.repeat(60_000);
        town.bd_run(&["update", &id, "--body-file", "-"])
            .input(text)
            .run()
            .ok();
    }
    let events = asked(&town, &["history", &id]);
    assert_eq!(texts(&events, "event_type").len(), 7);
    let last = asked(&town, &["history", &id, "-n", "1"]);
    let is = last[0]["new_value"]["description"].as_str().unwrap();
    assert!(is.starts_with('f'), "the newest comes last");
}

#[test]
fn states_are_labels_and_each_change_is_an_event() {
    let town = TestTown::installed();
    let id = made(&town, &["Watch", "-l", "patrol:active,core"]);
    let set = asked(
        &town,
        &["set-state", &id, "patrol=muted", "--reason", "quiet"],
    );
    assert_eq!(set["old_value"], "active");
    assert_eq!(set["changed"], true);
    let event = set["event_id"].as_str().unwrap();
    let event = town.show(event);
    assert_eq!(event["issue_type"], "event");
    assert!(
        event["description"]
            .as_str()
            .unwrap()
            .contains("Reason: quiet")
    );
    assert_eq!(town.show(&id)["labels"], json!(["core", "patrol:muted"]));
    town.bd(&["state", &id, "patrol"]).ok().says("muted");
    town.bd(&["state", &id, "health"])
        .ok()
        .says("(no health set)");
    let again = asked(&town, &["set-state", &id, "patrol=muted"]);
    assert_eq!(again["changed"], false);
    assert_eq!(
        asked(&town, &["state", "list", &id])["states"],
        json!({"patrol": "muted"})
    );
    town.bd(&["set-state", &id, "patrol"])
        .fails(2)
        .says("`patrol`");
}

#[test]
fn what_wants_care_is_told_with_the_line_to_type() {
    let town = TestTown::installed();
    let first = made(&town, &["Fix the parser", "-t", "bug"]);
    let second = made(&town, &["fix the PARSER ", "-t", "bug"]);
    made(&town, &["Fix the parser", "-d", "another text"]);
    let found = asked(&town, &["duplicates"]);
    assert_eq!(found["duplicate_groups"], 1, "{found}");
    assert_eq!(
        texts(&found["groups"][0]["issues"], "id"),
        [first.as_str(), second.as_str()]
    );
    town.bd(&["duplicates"])
        .ok()
        .says(&format!("bd duplicate {second} --of {first}"));

    let lacks = asked(&town, &["lint", &first]);
    assert_eq!(
        lacks["results"][0]["missing"],
        json!(["## Steps to Reproduce", "## Acceptance Criteria"])
    );
    assert_eq!(lacks["total"], 2);
    let text = "## Steps to Reproduce\nx\n## Acceptance Criteria\ny";
    town.bd(&["update", &first, "-d", text]).ok();
    assert_eq!(asked(&town, &["lint", &first])["total"], 0);
}

#[test]
fn open_beads_that_commits_name_are_told() {
    let town = TestTown::bare();
    let folder = town.base().join("repo");
    std::fs::create_dir(&folder).unwrap();
    town.git(&folder, &["init", "-q", "-b", "main"]);
    let bd = |arguments: &[&str]| {
        town.program(env!("CARGO_BIN_EXE_bd"), &folder, arguments)
            .run()
    };
    bd(&["init", "--prefix", "tb"]).ok();
    bd(&["orphans"]).fails(3);
    let id = bd(&["create", "Half done", "--silent"])
        .ok()
        .first_line()
        .to_owned();
    let done = bd(&["create", "Done", "--silent"])
        .ok()
        .first_line()
        .to_owned();
    bd(&["close", &done]).ok();
    let message = format!("Begin it ({id}), end {done}");
    town.git(&folder, &["commit", "-q", "--allow-empty", "-m", &message]);
    let found = bd(&["orphans", "--json"]).ok().json();
    assert_eq!(texts(&found, "issue_id"), [id.as_str()]);
    assert_eq!(found[0]["latest_commit_message"], message.as_str());
    bd(&["--actor", "olive", "update", &id, "--claim"]).ok();
    let hers = bd(&["--actor", "olive", "stats", "--assigned", "--json"])
        .ok()
        .json();
    assert_eq!(hers["summary"]["total_issues"], 1, "{hers}");
    bd(&["--actor", "olive", "show", "--current", "--short"])
        .ok()
        .says(&id);
    let stats = bd(&["stats", "--json"]).ok().json();
    assert_eq!(stats["recent_activity"]["commit_count"], 1, "{stats}");
}
