//! `bd dep`, `bd link`, `bd duplicate`, `bd supersede`.

use serde_json::json;

use crate::support::TestTown;

#[test]
fn edges_are_added_both_ways_and_from_a_file() {
    let town = TestTown::installed();
    let (a, b, c) = (town.bead("A"), town.bead("B"), town.bead("C"));
    let edge = town.bd(&["dep", &a, "--blocks", &b, "--json"]).ok().json();
    assert_eq!(
        edge,
        json!({"status": "added", "blocker_id": a, "blocked_id": b, "type": "blocks", "schema_version": 1})
    );
    town.bd(&["dep", "add", &c, "--blocked-by", &b]).ok();
    assert_eq!(town.show(&c)["is_blocked"], true);
    town.bd(&["dep", "rm", &c, &b]).ok();
    let file = town.base().join("edges.jsonl");
    let line = |x: &str, y: &str| format!("{{\"issue_id\":\"{x}\",\"depends_on_id\":\"{y}\"}}\n");
    std::fs::write(&file, line(&c, &b) + &line(&a, &c)).unwrap();
    town.bd(&["dep", "add", "--file", &file.to_string_lossy()])
        .fails(6)
        .says("step 2")
        .says("circle");
    assert_eq!(town.show(&c)["is_blocked"], false, "all or none");
    std::fs::write(&file, line(&c, &b) + &line(&c, &a)).unwrap();
    let done = town
        .bd(&["dep", "add", "-f", &file.to_string_lossy(), "--json"])
        .ok()
        .json();
    assert_eq!(done["count"], 2);
    assert_eq!(town.show(&c)["is_blocked"], true);
    town.bd(&["dep", "add", &c]).fails(2).says("not named");
}

#[test]
fn two_beads_are_named_together_and_no_more() {
    let town = TestTown::installed();
    let (a, b) = (town.bead("A"), town.bead("B"));
    town.bd(&["dep", "relate", &a, &b]).ok();
    assert_eq!(
        town.show(&a)["dependencies"][0]["dependency_type"],
        "relates-to"
    );
    assert_eq!(
        town.show(&b)["dependencies"][0]["dependency_type"],
        "relates-to"
    );
    town.bd(&["dep", "unrelate", &a, &b]).ok();
    assert_eq!(town.show(&b)["dependencies"], json!([]));
    town.bd(&["link", &a, &b, "-t", "tracks"]).ok();
    assert_eq!(town.show(&a)["is_blocked"], false);
}
