//! A repository that tracks its beads: they decide the rig's prefix, and come in by one command.

use crate::support::TestTown;

const TRACKED: &str = concat!(
    r#"{"id":"hq-cv-a1","title":"Somebody's convoy","status":"open","priority":2,"issue_type":"task","created_at":"2025-03-01T10:00:00Z","updated_at":"2025-03-01T10:00:00Z"}"#,
    "\n",
    r#"{"id":"bot-1","title":"Tracked","status":"open","priority":1,"issue_type":"bug","created_at":"2025-03-01T10:00:00Z","updated_at":"2025-03-01T10:00:00Z"}"#,
    "\n",
    r#"{"id":"bot-2","title":"Tracked too","status":"open","priority":1,"issue_type":"bug","created_at":"2025-03-01T10:00:00Z","updated_at":"2025-03-01T10:00:00Z"}"#,
    "\n",
);

// DOCUMENT 12.
#[test]
fn tracked_beads_give_the_rig_its_prefix_and_come_in_by_the_printed_command() {
    let town = TestTown::installed();
    let remote = town.remote("tradingbot", &[(".beads/issues.jsonl", TRACKED)]);
    let url = remote.path.to_string_lossy().into_owned();
    for prefix in ["tb", "zz"] {
        town.gt(&["rig", "add", "tradingbot", &url, "--prefix", prefix])
            .fails(1)
            .says("the repository tracks beads with the prefix `bot`");
    }
    let added = town.gt(&["rig", "add", "tradingbot", &url]).ok();
    let file = town
        .root()
        .join("tradingbot/mayor/rig/.beads/issues.jsonl")
        .to_string_lossy()
        .into_owned();
    let added = added
        .says("prefix   bot-…")
        .says(&format!("bd import {file}"));
    drop(added);
    town.bd(&["import", &file]).ok().says("3 added");
    assert_eq!(town.show("bot-2")["title"], "Tracked too");
    let rig = town.bd(&["list", "--rig", "tradingbot", "--json"]).ok();
    assert_eq!(rig.json().as_array().map(Vec::len), Some(2));

    // One prefix belongs to one rig.
    let other = town.remote("other", &[(".beads/issues.jsonl", TRACKED)]);
    town.gt(&["rig", "add", "other", &other.path.to_string_lossy()])
        .fails(1)
        .says("which rig `tradingbot` has");
}
