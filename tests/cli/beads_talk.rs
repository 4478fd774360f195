//! `bd label`, `bd comment`, `bd comments`.

use serde_json::json;

use crate::support::TestTown;

#[test]
fn labels_are_added_listed_counted_and_taken_away() {
    let town = TestTown::installed();
    let (a, b) = (town.bead("A"), town.bead("B"));
    let done = town
        .bd(&["label", "add", &a, &b, "x", "--json"])
        .ok()
        .json();
    assert_eq!(
        done,
        json!([
            {"status": "added", "issue_id": a, "label": "x"},
            {"status": "added", "issue_id": b, "label": "x"},
        ])
    );
    town.bd(&["label", "add", &a, "y"]).ok();
    assert_eq!(
        town.bd(&["label", "list", &a, "--json"]).ok().json(),
        json!(["x", "y"])
    );
    assert_eq!(
        town.bd(&["label", "list-all", "--json"]).ok().json(),
        json!([{"label": "x", "count": 2}, {"label": "y", "count": 1}])
    );
    town.bd(&["label", "remove", &b, "x"]).ok().says("removed");
    town.bd(&["label", "list", &b]).ok().says("no label");
    town.bd(&["label", "add", &a, "   "]).fails(2).says("label");
    town.bd(&["label", "add", "hq-nothing", &a, "z", "--json"])
        .fails(3);
    town.bd(&["create", "C", "--parent", &a, "--no-inherit-labels"])
        .ok();
    town.bd(&["label", "propagate", &a, "p"]).ok();
    assert_eq!(town.show(&format!("{a}.1"))["labels"], json!(["p"]));
}

#[test]
fn comments_are_kept_with_their_author_and_blank_ones_refused() {
    let town = TestTown::installed();
    let a = town.bead("A");
    let said = town
        .bd(&["comment", &a, "first", "words", "--json"])
        .ok()
        .json();
    assert_eq!(said["text"], "first words");
    assert_eq!(said["issue_id"], a.as_str());
    town.bd_run(&["comment", &a, "--stdin"])
        .input("'; DROP TABLE comments; --\x1b[31m")
        .run()
        .ok();
    town.bd(&["comments", &a, "add", "third"]).ok();
    town.bd(&["comments", "add", &a, "fourth"]).ok();
    let all = town.bd(&["comments", &a, "--json"]).ok().json();
    assert_eq!(all.as_array().unwrap().len(), 4);
    assert!(all[0]["author"].is_string() && all[0]["created_at"].is_string());
    let page = town.bd(&["comments", &a]).ok();
    assert!(!page.out.contains('\x1b'));
    page.says("DROP TABLE comments");
    for blank in ["", "  \t "] {
        town.bd(&["comment", &a, blank]).fails(2).says("comment");
    }
}
