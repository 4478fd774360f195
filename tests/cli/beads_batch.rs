//! `bd batch`, `bd create --graph`, `bd gate`, `bd merge-slot`.

use serde_json::json;

use crate::support::TestTown;

#[test]
fn a_batch_is_done_as_a_whole_or_not_at_all() {
    let town = TestTown::installed();
    let (a, b) = (town.bead("A"), town.bead("B"));
    let text = format!(
        "# tidy up\nclose {a} \"was done\"\nupdate {b} priority=0 title=\"New title\"\n\
         create bug 1 \"Third one\"\ndep add {b} {a} related\n"
    );
    town.bd_run(&["batch", "--dry-run"])
        .input(text.clone())
        .run()
        .ok()
        .says("would do: close");
    assert_eq!(town.bead_status(&a), "open");
    let bad = format!("close {a}\nclose hq-nothing\n");
    town.bd_run(&["batch"])
        .input(bad)
        .run()
        .fails(3)
        .says("step 2");
    assert_eq!(town.bead_status(&a), "open", "all or none");
    let done = town
        .bd_run(&["batch", "--json"])
        .input(text)
        .run()
        .ok()
        .json();
    assert_eq!(done["count"], 4);
    assert_eq!(town.bead_status(&a), "closed");
    assert_eq!(town.show(&b)["title"], "New title");
    let made = done["operations"][2]["id"].as_str().unwrap();
    assert_eq!(town.show(made)["issue_type"], "bug");
    town.bd_run(&["batch"])
        .input("explode hq-1\n")
        .run()
        .fails(2)
        .says("line 1")
        .says("`close ID [REASON]`");
}

#[test]
fn a_plan_makes_beads_edges_and_what_points_at_them() {
    let town = TestTown::installed();
    let plan = json!({
        "nodes": [
            {"key": "child", "title": "Child", "parent_key": "epic", "labels": ["x"]},
            {"key": "epic", "title": "Epic", "type": "epic", "priority": 1},
            {"key": "next", "title": "Next", "parent_key": "epic", "assignee": "me",
             "assign_after_create": true, "metadata_refs": {"after": "child"}},
        ],
        "edges": [{"from_key": "next", "to_key": "child"}],
    });
    let made = town
        .bd_run(&["create", "--graph", "-", "--json"])
        .input(plan.to_string())
        .run()
        .ok()
        .json();
    let ids = &made["ids"];
    let epic = ids["epic"].as_str().unwrap();
    assert_eq!(ids["child"], format!("{epic}.1"));
    let next = town.show(ids["next"].as_str().unwrap());
    assert_eq!(next["is_blocked"], true);
    assert_eq!(next["assignee"], "me");
    assert_eq!(next["metadata"]["after"], ids["child"]);
    let circle = json!({
        "nodes": [{"key": "a", "title": "A"}, {"key": "b", "title": "B"}],
        "edges": [{"from_key": "a", "to_key": "b"}, {"from_key": "b", "to_key": "a"}],
    });
    town.bd_run(&["create", "--graph", "-"])
        .input(circle.to_string())
        .run()
        .fails(6)
        .says("circle");
    let all = town.bd(&["list", "--json"]).ok().json();
    assert_eq!(all.as_array().unwrap().len(), 3, "all or none");
}

#[test]
fn the_merge_slot_is_for_one_holder() {
    let town = TestTown::installed();
    town.bd(&["merge-slot", "check"])
        .fails(3)
        .says("merge-slot create");
    town.bd(&["merge-slot", "create"]).ok();
    town.bd(&["merge-slot", "create"])
        .ok()
        .says("there already");
    town.bd(&["merge-slot", "acquire", "--holder", "x"]).ok();
    town.bd(&["merge-slot", "acquire", "--holder", "x"]).ok();
    town.bd(&["merge-slot", "acquire", "--holder", "y", "--wait"])
        .fails(6)
        .says("held by `x`");
    let slot = town.bd(&["merge-slot", "check", "--json"]).ok().json();
    assert_eq!(slot["holder"], "x");
    assert_eq!(slot["available"], false);
    assert_eq!(slot["waiters"], json!(["y"]));
    town.bd(&["merge-slot", "release", "--holder", "y"])
        .fails(6);
    town.bd(&["merge-slot", "release", "--holder", "x"]).ok();
    assert_eq!(
        town.bd(&["merge-slot", "check", "--json"]).ok().json()["available"],
        true
    );
}
