//! Lists of `bd`: list, ready, blocked, children, search, query, stale (beads format, section 12).

use serde_json::Value;

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

#[test]
fn list_filters_sorts_and_says_how_many_it_left_out() {
    let town = TestTown::installed();
    let bug = made(
        &town,
        &[
            "Fix the parser",
            "-t",
            "bug",
            "-p",
            "1",
            "-l",
            "urgent,core",
        ],
    );
    let task = made(&town, &["Write the docs", "-l", "docs"]);
    let chore = made(&town, &["Sweep 100% of it", "-t", "chore", "-p", "4"]);
    let cases: &[(&[&str], &[&str])] = &[
        (&["list"], &[&bug, &task, &chore]),
        (
            &["list", "--sort", "priority", "-r"],
            &[&chore, &task, &bug],
        ),
        (&["list", "--sort", "title"], &[&bug, &chore, &task]),
        (&["list", "-t", "bug"], &[&bug]),
        (&["list", "--exclude-type", "bug,chore"], &[&task]),
        (&["list", "--label", "urgent,core"], &[&bug]),
        (&["list", "--label-any", "urgent,docs"], &[&bug, &task]),
        (&["list", "--exclude-label", "urgent"], &[&task, &chore]),
        (&["list", "--label-pattern", "d*"], &[&task]),
        (&["list", "--label-regex", "^(core|docs)$"], &[&bug, &task]),
        (&["list", "--no-labels"], &[&chore]),
        (&["list", "--title", "THE"], &[&bug, &task]),
        (&["list", "--title-contains", "100%"], &[&chore]),
        (&["list", "--priority-min", "3"], &[&chore]),
        (&["list", "--priority-max", "1"], &[&bug]),
        (&["list", "--id", &task], &[&task]),
        (&["list", "--created-after", "-1h"], &[&bug, &task, &chore]),
        (&["list", "--created-before", "2020-01-01"], &[]),
        (&["list", "--overdue"], &[]),
        (&["list", "--format", "json"], &[&bug, &task, &chore]),
        (&["list", "--limit", "1"], &[&bug]),
        (&["search", "parser"], &[&bug]),
        (&["search", &task], &[&task]),
        (&["query", "type=bug OR label=docs"], &[&bug, &task]),
        (&["query", "NOT type=bug AND priority>2"], &[&chore]),
        (&["stale", "-d", "1"], &[]),
    ];
    for (arguments, expected) in cases {
        assert_eq!(ids(&asked(&town, arguments)), *expected, "{arguments:?}");
    }
    let short = town.bd(&["list", "-n", "2"]).ok();
    assert!(short.err.contains("and 1 more bead"), "{}", short.err);
    assert!(!short.out.contains("more bead"), "{}", short.out);
    town.bd(&["list", "--long"])
        .ok()
        .says("labels core, urgent");
    town.bd(&["query", "--parse-only", "a=b"]).fails(2);
    town.bd(&["query", "--parse-only", "status=open OR type=bug"])
        .ok()
        .says("OR");
}

#[test]
fn invalid_status_refused() {
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
}

#[test]
fn json_arrays_are_bare_and_have_the_keys_of_the_format() {
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
fn ready_order_follows_its_sort() {
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
fn children_and_trees_follow_the_parent() {
    let town = TestTown::installed();
    let epic = made(&town, &["Epic", "-t", "epic"]);
    let task = town.bead("Task");
    town.bd(&["dep", "add", &task, &epic, "-t", "parent-child"])
        .ok();
    assert_eq!(ids(&asked(&town, &["children", &epic])), [task.as_str()]);
    assert_eq!(
        ids(&asked(&town, &["list", "--parent", &epic])),
        [task.as_str()]
    );
    assert_eq!(
        ids(&asked(&town, &["list", "--no-parent"])),
        [epic.as_str()]
    );
    town.bd(&["list", "--tree"]).ok().says("└── ");
    town.bd(&["list", "--format", "dot"])
        .ok()
        .says("digraph beads");
    town.bd(&["list", "--format", "digraph"])
        .ok()
        .says(&format!("{task} {epic}"));
    town.bd(&["children", "hq-zzz"]).fails(3);
}
