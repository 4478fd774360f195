//! `bd` on a town without a rig: made, shown, listed, changed, closed.

use serde_json::Value;

use crate::support::TestTown;

fn ids(value: &Value) -> Vec<&str> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(|bead| bead.get("id")?.as_str())
        .collect()
}

#[test]
fn a_bead_lives_from_create_to_close() {
    let town = TestTown::installed();
    let made = town
        .bd(&[
            "create",
            "Fix the parser",
            "--type",
            "bug",
            "-p",
            "P1",
            "-d",
            "- one\n- two",
            "-l",
            "a,b",
            "--json",
        ])
        .ok()
        .json();
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(made["issue_type"], "bug");
    assert_eq!(made["priority"], 1);
    assert_eq!(made["description"], "- one\n- two");
    assert_eq!(made["schema_version"], 1);

    let second = town
        .bd(&["create", "--title", "Second", "--deps", &id, "--silent"])
        .ok();
    let second = second.first_line().to_owned();
    let shown = town.bd(&["show", &second, &id, "--json"]).ok().json();
    assert_eq!(ids(&shown), [second.as_str(), id.as_str()]);
    assert_eq!(shown[0]["dependencies"][0]["id"], id.as_str());
    assert_eq!(shown[1]["dependents"][0]["id"], second.as_str());

    let ready = town.bd(&["ready", "--json"]).ok().json();
    assert_eq!(ids(&ready), [id.as_str()], "a waiting bead is not ready");
    town.bd(&["list"]).ok().says("waits").says("Second");

    town.bd(&[
        "update",
        &id,
        "-s",
        "in_progress",
        "--add-label",
        "c",
        "--title",
        "Fix it",
    ])
    .ok()
    .says("Fix it");
    assert_eq!(town.bead_status(&id), "in_progress");
    town.bd(&["close", &id, "--reason", "done by hand"])
        .ok()
        .says(&id);
    assert_eq!(town.bead_status(&id), "closed");
    assert_eq!(
        ids(&town.bd(&["ready", "--json"]).ok().json()),
        [second.as_str()]
    );
    town.bd(&["list", "--json"]).ok().says_not("Fix it");
    town.bd(&["list", "--all", "--json"]).ok().says("Fix it");
    town.gt(&["ready"])
        .ok()
        .says("town (1 bead)")
        .says("Second");
}

#[test]
fn a_bead_can_hold_back_another_from_the_start() {
    let town = TestTown::installed();
    let waits = town.bead("Waits");
    let deps = format!("blocks:{waits}");
    town.bd(&["create", "First", "--deps", &deps]).ok();
    let shown = town.show(&waits);
    assert_eq!(shown["is_blocked"], true);
    assert_eq!(shown["dependencies"][0]["title"], "First");
}

#[test]
fn edges_are_added_and_told_as_json() {
    let town = TestTown::installed();
    let (a, b) = (town.bead("A"), town.bead("B"));
    let edge = town.bd(&["dep", "add", &a, &b, "--json"]).ok().json();
    assert_eq!(edge["issue_id"], a.as_str());
    assert_eq!(edge["depends_on_id"], b.as_str());
    assert_eq!(edge["type"], "blocks");
    town.bd(&["dep", "add", &b, &a]).fails(6);
}

#[test]
fn gt_under_the_name_of_bd_is_bd() {
    let town = TestTown::installed();
    let link = town.bin().join("bd");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_gt"), &link).unwrap();
    let ran = town
        .program(
            &link.to_string_lossy(),
            town.root(),
            &["create", "By its other name"],
        )
        .run()
        .ok();
    ran.says("By its other name");
    town.program(&link.to_string_lossy(), town.root(), &["version"])
        .run()
        .ok()
        .says("bd version");
}

#[test]
fn hostile_titles_reach_no_terminal() {
    let town = TestTown::installed();
    town.bd(&["create", "a\x1b]0;x\x07b"]).fails(2);
    let id = town
        .bd(&["create", "ok", "-d", "x\x1b[2Jy\u{202e}z", "--silent"])
        .ok()
        .first_line()
        .to_owned();
    let page = town.bd(&["show", &id]).ok();
    assert!(
        !page.out.contains('\x1b') && !page.out.contains('\u{202e}'),
        "{page}"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let town = TestTown::installed();
    for number in 0..20 {
        town.bead(&format!("Bead {number} {}", "x".repeat(400)));
    }
    let script = format!(
        "'{}' list -n 0 | true; exit ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_bd")
    );
    town.program("bash", town.root(), &["-c", &script])
        .run()
        .ok();
}
