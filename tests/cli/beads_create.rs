//! `bd create` and `bd q`: every flag, texts from files and the input, markdown files.

use serde_json::json;

use crate::support::TestTown;

#[test]
fn every_field_of_create_is_kept() {
    let town = TestTown::installed();
    let parent = town.bead("Parent");
    town.bd(&["tag", &parent, "inherited"]).ok();
    let made = town
        .bd(&[
            "create",
            "Everything",
            "--type=decision",
            "-p",
            "P0",
            "-d",
            "text",
            "--design=how",
            "--acceptance",
            "when",
            "--notes",
            "first",
            "--append-notes",
            "second",
            "--context",
            "why",
            "--skills",
            "rust",
            "-a",
            "me",
            "-l",
            "b,a",
            "--label",
            "c",
            "--parent",
            &parent,
            "-e",
            "90",
            "--due",
            "2031-03-01T10:00:00Z",
            "--external-ref",
            "gh-9",
            "--spec-id",
            "docs/a.md",
            "--metadata",
            "{\"b\":1,\"a\":[2]}",
            "--json",
        ])
        .ok()
        .json();
    assert_eq!(made["id"], format!("{parent}.1"));
    assert_eq!(made["issue_type"], "decision");
    assert_eq!(made["priority"], 0);
    assert_eq!(
        made["description"],
        "text\n\n## Context\nwhy\n\n## Required Skills\nrust"
    );
    assert_eq!(made["design"], "how");
    assert_eq!(made["acceptance_criteria"], "when");
    assert_eq!(made["notes"], "first\nsecond");
    assert_eq!(made["assignee"], "me");
    assert_eq!(made["labels"], json!(["a", "b", "c", "inherited"]));
    assert_eq!(made["parent"], parent.as_str());
    assert_eq!(made["estimated_minutes"], 90);
    assert_eq!(made["due_at"], "2031-03-01T10:00:00Z");
    assert_eq!(made["external_ref"], "gh-9");
    assert_eq!(made["spec_id"], "docs/a.md");
    assert_eq!(made["metadata"], json!({"b": 1, "a": [2]}));
    assert_eq!(made["status"], "open");
    let alone = town
        .bd(&[
            "create",
            "B",
            "--parent",
            &parent,
            "--no-inherit-labels",
            "--json",
        ])
        .ok()
        .json();
    assert_eq!(alone["id"], format!("{parent}.2"));
    assert!(alone.get("labels").is_none());
}

#[test]
fn a_bead_made_with_a_date_to_come_is_deferred() {
    let town = TestTown::installed();
    let made = town
        .bd(&["create", "Later", "--defer", "+2d", "--json"])
        .ok()
        .json();
    assert_eq!(made["status"], "deferred");
    let id = made["id"].as_str().unwrap();
    town.bd(&["ready"]).ok().says_not(id);
    town.bd(&["undefer", id]).ok().says("brought back");
    town.bd(&["ready"]).ok().says(id);
    town.bd(&["undefer", id]).ok().says("is not deferred");
    town.bd(&["create", "x", "--due", "soon"])
        .fails(2)
        .says("due `soon`")
        .says("next monday");
}

#[test]
fn wisps_chosen_ids_and_edges() {
    let town = TestTown::installed();
    let wisp = town
        .bd(&[
            "create",
            "W",
            "--ephemeral",
            "--wisp-type",
            "patrol",
            "--json",
        ])
        .ok()
        .json();
    assert!(wisp["id"].as_str().unwrap().starts_with("hq-wisp-"));
    assert_eq!(wisp["ephemeral"], true);
    assert_eq!(wisp["wisp_type"], "patrol");
    let chosen = town
        .bd(&["create", "C", "--id", "hq-mine", "--silent"])
        .ok();
    assert_eq!(chosen.first_line(), "hq-mine");
    town.bd(&["create", "C", "--id", "hq-mine"]).fails(6);
    town.bd(&["create", "C", "--id", "zz-mine"])
        .fails(2)
        .says("`hq-`");
    town.bd(&["create", "C", "--id", "zz-mine", "--force"]).ok();
    let deps = "blocks:hq-mine,discovered-from:zz-mine,external:other:thing";
    let made = town
        .bd(&[
            "create",
            "D",
            "--deps",
            deps,
            "--waits-for",
            "zz-mine",
            "--json",
        ])
        .fails(6);
    made.says("discovered-from");
    let made = town
        .bd(&["create", "D", "--deps", deps, "--json"])
        .ok()
        .json();
    let shown = town.show(made["id"].as_str().unwrap());
    let kinds: Vec<_> = shown["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| edge["dependency_type"].as_str().unwrap())
        .collect();
    assert!(
        kinds.contains(&"discovered-from") && kinds.contains(&"blocks"),
        "{kinds:?}"
    );
    assert_eq!(town.show("hq-mine")["is_blocked"], true);
    town.bd(&["create", "D", "--deps", "nonsense:hq-mine"])
        .fails(2)
        .says("nonsense")
        .says("`discovered-from`");
    town.bd(&["create", "D", "--type", "nonsense"])
        .fails(2)
        .says("nonsense");
    town.bd(&["create", "D", "--event-actor", "me"])
        .fails(2)
        .says("`event`");
}

#[test]
fn texts_come_from_files_and_the_input() {
    let town = TestTown::installed();
    let file = town.base().join("body.md");
    std::fs::write(&file, "from a file\n<b> & 'q' \"; DROP TABLE beads; --\n").unwrap();
    let made = town
        .bd(&[
            "create",
            "A",
            "--body-file",
            &file.to_string_lossy(),
            "--json",
        ])
        .ok()
        .json();
    assert_eq!(
        made["description"],
        "from a file\n<b> & 'q' \"; DROP TABLE beads; --\n"
    );
    let made = town
        .bd_run(&["create", "B", "--stdin", "--json"])
        .input("from the input")
        .run()
        .ok()
        .json();
    assert_eq!(made["description"], "from the input");
    town.bd(&["create", "C", "--body-file", "/nowhere/at/all"])
        .fails(3)
        .says("/nowhere/at/all");
    town.bd(&["create", "C", "--metadata", "{no"])
        .fails(2)
        .says("metadata");
}

#[test]
fn nothing_is_made_by_a_dry_run_or_a_failed_validation() {
    let town = TestTown::installed();
    let shown = town.bd(&["create", "A", "--dry-run", "--json"]).ok().json();
    assert_eq!(shown["dry_run"], true);
    town.bd(&["create", "A", "--dry-run"])
        .ok()
        .says("would create: A");
    town.bd(&[
        "create",
        "A",
        "-t",
        "bug",
        "--validate",
        "-d",
        "## Acceptance Criteria\nx",
    ])
    .fails(2)
    .says("`## Steps to Reproduce`");
    assert_eq!(town.bd(&["list", "--json"]).ok().json(), json!([]));
}

#[test]
fn a_markdown_file_makes_a_bead_for_each_heading() {
    let town = TestTown::installed();
    let text = "# A plan\nremark\n\n## Fix the parser\nIt fails on\n```\n## not a bead\n```\n\
                ### Priority\n1\n### Type\nbug\n### Labels\n- x, y\n\n## Write the docs\n\
                ### Acceptance Criteria\nall read\n";
    let file = town.base().join("plan.md");
    std::fs::write(&file, text).unwrap();
    let made = town
        .bd(&["create", "-f", &file.to_string_lossy(), "--json"])
        .ok()
        .json();
    assert_eq!(made.as_array().unwrap().len(), 2);
    assert_eq!(made[0]["title"], "Fix the parser");
    assert_eq!(made[0]["priority"], 1);
    assert_eq!(made[0]["issue_type"], "bug");
    assert_eq!(made[0]["labels"], json!(["x", "y"]));
    assert_eq!(
        made[0]["description"],
        "It fails on\n```\n## not a bead\n```"
    );
    assert_eq!(made[1]["acceptance_criteria"], "all read");
    std::fs::write(&file, "## ok\n## bad\n### Priority\n9\n").unwrap();
    town.bd(&["create", "-f", &file.to_string_lossy()])
        .fails(2)
        .says("line 2")
        .says("priority");
    assert_eq!(
        town.bd(&["list", "--json"])
            .ok()
            .json()
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn q_prints_the_id_alone() {
    let town = TestTown::installed();
    let ran = town.bd(&["q", "Fix", "the", "parser"]).ok();
    let id = ran.first_line().to_owned();
    assert_eq!(ran.out.trim(), id);
    assert_eq!(town.show(&id)["title"], "Fix the parser");
}
