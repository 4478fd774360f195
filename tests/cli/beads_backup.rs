//! What else comes in by files: the tables of a backup, what was deleted elsewhere, what is remembered,
//! and edges that would close a circle.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::TestTown;

fn issue(id: &str, title: &str, more: &str) -> String {
    format!(
        "{{\"assignee\":null,\"close_reason\":\"\",\"closed_at\":null,\"compaction_level\":0,\"content_hash\":\"4a\",\"created_at\":\"2026-02-28T02:48:56Z\",\"created_by\":\"ann\",\"description\":\"\",\"ephemeral\":0,\"id\":\"{id}\",\"is_template\":0,\"issue_type\":\"task\",\"metadata\":\"{{}}\",\"notes\":\"\",\"pinned\":0,\"priority\":2,\"status\":\"open\",\"timeout_ns\":0,\"title\":\"{title}\",\"updated_at\":\"2026-02-28T02:48:56Z\",\"waiters\":\"\"{more}}}\n"
    )
}

const LABELS: &str =
    "{\"issue_id\":\"old-1\",\"label\":\"core\"}\n{\"issue_id\":\"old-9\",\"label\":\"lost\"}\n";
const EDGES: &str = "{\"created_at\":\"2026-02-28T02:50:00Z\",\"created_by\":\"ann\",\"depends_on_id\":\"old-2\",\"issue_id\":\"old-1\",\"type\":\"blocks\"}\n";
const REMARKS: &str = "{\"author\":\"ash\",\"created_at\":\"2026-02-28T03:00:00Z\",\"id\":\"c-1\",\"issue_id\":\"old-2\",\"text\":\"seen it\"}\n";
const EVENTS: &str = concat!(
    "{\"actor\":\"ann\",\"comment\":null,\"created_at\":\"2026-02-28T02:48:56Z\",\"event_type\":\"created\",\"id\":\"e-1\",\"issue_id\":\"old-1\",\"new_value\":\"One\",\"old_value\":\"\"}\n",
    "{\"actor\":\"bob\",\"comment\":\"\",\"created_at\":\"2026-02-28T02:49:56Z\",\"event_type\":\"status_changed\",\"id\":\"e-2\",\"issue_id\":\"old-1\",\"new_value\":\"open\",\"old_value\":\"blocked\"}\n",
);
const CONFIG: &str = concat!(
    "{\"key\":\"issue_prefix\",\"value\":\"zz\"}\n",
    "{\"key\":\"compact_tier1_days\",\"value\":\"30\"}\n",
    "{\"key\":\"kv.memory.build\",\"value\":\"use the small machine\"}\n",
    "{\"key\":\"types.custom\",\"value\":\"widget\"}\n",
);

fn backup(town: &TestTown) -> PathBuf {
    let dir = town.base().join("repo/.beads/backup");
    fs::create_dir_all(&dir).unwrap();
    let issues = issue("old-1", "One", "") + &issue("old-2", "Two", "");
    for (name, text) in [
        ("issues", issues.as_str()),
        ("labels", LABELS),
        ("dependencies", EDGES),
        ("comments", REMARKS),
        ("events", EVENTS),
        ("config", CONFIG),
    ] {
        fs::write(dir.join(format!("{name}.jsonl")), text).unwrap();
    }
    dir
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_backup_comes_in_with_all_its_tables_once() {
    let town = TestTown::installed();
    let dir = backup(&town);
    town.bd(&["import", text(&dir)])
        .ok()
        .says("2 updated")
        .says("labels.jsonl line 2: no bead `old-9` is here");
    let one = town.show("old-1");
    assert_eq!(one["labels"], serde_json::json!(["core"]));
    assert_eq!(one["dependencies"][0]["id"], "old-2");
    town.bd(&["comments", "old-2"]).ok().says("seen it");
    town.bd(&["recall", "build"])
        .ok()
        .says("use the small machine");
    town.bd(&["config", "get", "types.custom"])
        .ok()
        .says("widget");
    town.bd(&["config", "get", "issue_prefix"]).ok().says("hq");
    let again = town.bd(&["import", text(&dir), "--json"]).ok().json();
    for word in ["added", "updated", "overwritten"] {
        assert_eq!(again[word], 0, "{word}: {again}");
    }
    // An issue without company goes out as it came in, the other with what stands beside it.
    let out = town.bd(&["export"]).ok().out;
    assert_eq!(out.lines().count(), 2);
    assert!(out.contains("\"labels\""), "{out}");
    assert!(!out.contains("event_type"), "{out}");
}

#[test]
fn tables_of_a_backup_come_in_one_by_one_too() {
    let town = TestTown::installed();
    let dir = backup(&town);
    let file = |name: &str| dir.join(name).to_string_lossy().into_owned();
    town.bd(&["import", &file("issues.jsonl")])
        .ok()
        .says("2 added");
    let issues = fs::read_to_string(dir.join("issues.jsonl")).unwrap();
    assert_eq!(town.bd(&["export"]).ok().out, issues);
    for name in ["labels.jsonl", "dependencies.jsonl", "comments.jsonl"] {
        town.bd(&["import", &file(name)]).ok().says("1 updated");
        town.bd(&["import", &file(name)]).ok().says("1 unchanged");
    }
    town.bd(&["import", &file("events.jsonl")])
        .ok()
        .says("2 added");
    town.bd(&["import", &file("events.jsonl")])
        .ok()
        .says("2 unchanged");
    assert_eq!(town.show("old-1")["labels"], serde_json::json!(["core"]));
    // A circle is named and left out.
    let back = EDGES
        .replace("old-2", "x")
        .replace("old-1", "old-2")
        .replace("\"x\"", "\"old-1\"");
    fs::write(dir.join("dependencies.jsonl"), back).unwrap();
    town.bd(&["import", &file("dependencies.jsonl")])
        .ok()
        .says("old-2 -> old-1 would be a circle");
}

fn plain(id: &str, more: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"title\":\"T\",\"status\":\"open\",\"priority\":1,\"issue_type\":\"task\",\"created_at\":\"2025-03-01T10:00:00Z\",\"updated_at\":\"2025-03-01T10:00:00Z\"{more}}}\n"
    )
}

fn gone(id: &str) -> String {
    plain(
        id,
        ",\"deleted_at\":\"2025-04-01T10:00:00Z\",\"deleted_by\":\"ann\"",
    )
    .replace("\"open\"", "\"tombstone\"")
}

fn file(town: &TestTown, text: &str) -> String {
    let path = town.base().join("issues.jsonl");
    fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn what_others_deleted_is_never_there_again() {
    let town = TestTown::installed();
    let lines = gone("hq-a.7") + &plain("hq-a", "") + &gone("hq-b");
    let name = file(&town, &lines);
    town.bd(&["import", &name])
        .ok()
        .says("1 added")
        .says("2 held");
    town.bd(&["import", &name])
        .ok()
        .says("1 unchanged")
        .says("2 held");
    assert_eq!(town.bd(&["export"]).ok().out, lines);
    // Its id is not given again, neither by name nor as the next child.
    town.bd(&["create", "Again", "--id", "hq-b"]).fails(6);
    let child = town
        .bd(&["create", "Child", "--parent", "hq-a", "--silent"])
        .ok();
    assert_eq!(child.first_line(), "hq-a.8");
    // A line of the time before does not bring it back.
    let before = file(&town, &(plain("hq-a", "") + &plain("hq-b", "")));
    town.bd(&["import", &before]).ok().says("1 kept");
    town.bd(&["show", "hq-b"]).fails(3);
    assert!(town.bd(&["export"]).ok().out.contains(&gone("hq-b")));
}

#[test]
fn what_is_deleted_here_goes_out_as_deleted() {
    let town = TestTown::installed();
    let lines = plain("old-1", ",\"zeta\":[1]") + &plain("old-2", "");
    let name = file(&town, &lines);
    town.bd(&["import", &name]).ok().says("2 added");
    town.bd(&["delete", "old-1", "--force", "--reason", "twice"])
        .ok();
    town.bd(&["export", "-o", &name]).ok();
    let after = fs::read_to_string(&name).unwrap();
    assert_eq!(after.lines().count(), 2);
    let first: serde_json::Value = serde_json::from_str(after.lines().next().unwrap()).unwrap();
    assert_eq!(first["status"], "tombstone");
    assert_eq!(first["delete_reason"], "twice");
    assert_eq!(first["zeta"], serde_json::json!([1]));
    town.bd(&["import", &name]).ok().says("0 added");
    let before = file(&town, &lines);
    town.bd(&["import", &before]).ok();
    town.bd(&["show", "old-1"]).fails(3);
    town.bd(&["export", "-o", &before]).ok();
    assert_eq!(fs::read_to_string(&before).unwrap(), after);
    // A bead that no file had is no reason to refuse the file either.
    let id = town.bead("Short-lived");
    town.bd(&["export", "-o", &name]).ok();
    town.bd(&["delete", &id, "--force"]).ok();
    town.bd(&["export", "-o", &name]).ok();
    assert_eq!(fs::read_to_string(&name).unwrap(), after);
}

#[test]
fn what_is_remembered_comes_in_and_goes_out_as_it_is_now() {
    let town = TestTown::installed();
    let memory = |key: &str, value: &str| {
        format!("{{\"_type\":\"memory\",\"key\":\"{key}\",\"value\":\"{value}\"}}\n")
    };
    let lines = memory("a", "one \\u0026 all") + &memory("b", "two") + &memory("c", "three");
    let name = file(&town, &lines);
    town.bd(&["import", &name]).ok().says("3 held");
    town.bd(&["recall", "a"]).ok().says("one & all");
    assert_eq!(town.bd(&["export"]).ok().out, lines);
    town.bd(&["remember", "zwei", "--key", "b"]).ok();
    town.bd(&["forget", "c"]).ok();
    town.bd(&["import", &name]).ok();
    let expected = memory("a", "one \\u0026 all") + &memory("b", "zwei");
    assert_eq!(town.bd(&["export"]).ok().out, expected);
}

#[test]
fn a_circle_in_a_file_is_named_and_none_is_made() {
    let town = TestTown::installed();
    let on = |id: &str, target: &str| {
        plain(
            id,
            &format!(
                ",\"dependencies\":[{{\"issue_id\":\"{id}\",\"depends_on_id\":\"{target}\",\"type\":\"blocks\",\"created_at\":\"2025-03-01T10:00:00Z\",\"created_by\":\"ann\"}}]"
            ),
        )
    };
    let lines = on("old-1", "old-2") + &on("old-2", "old-3") + &on("old-3", "old-1");
    let name = file(&town, &lines);
    let told = town.bd(&["import", &name, "--json"]).ok().json();
    assert_eq!(
        told["skipped_dependencies"],
        serde_json::json!(["old-3 -> old-1"])
    );
    let ready = town.bd(&["ready", "--json"]).ok().json();
    assert_eq!(ready[0]["id"], "old-3");
    // The lines stay as they were, and a second import changes nothing.
    assert_eq!(town.bd(&["export"]).ok().out, lines);
    town.bd(&["import", &name]).ok().says("3 unchanged");
}

#[test]
fn a_list_of_deletions_takes_the_ids_out_of_use() {
    let town = TestTown::installed();
    let name = file(
        &town,
        "{\"id\":\"hq-x1\"}\n<<<<<<< HEAD\n{\"id\":\"hq-x2\",\"ts\":\"2025-11-02T10:00:00Z\",\"by\":\"ann\",\"reason\":\"twice\"}\n",
    );
    town.bd(&["import", &name])
        .ok()
        .says("2 added")
        .says("1 rejected");
    town.bd(&["import", &name]).ok().says("2 unchanged");
    town.bd(&["create", "Again", "--id", "hq-x1"]).fails(6);
    assert_eq!(town.bd(&["export"]).ok().out, "");
}

#[test]
fn a_ledger_can_begin_with_what_lies_there() {
    let town = TestTown::bare();
    let repo = town.base().join("plain");
    fs::create_dir_all(&repo).unwrap();
    town.git(&repo, &["init", "-q"]);
    let bd = |arguments: &[&str]| {
        town.program(env!("CARGO_BIN_EXE_bd"), &repo, arguments)
            .run()
    };
    bd(&["init", "--from-jsonl"])
        .fails(3)
        .says("no file of issues");
    assert!(!repo.join(".beads").exists());
    fs::create_dir_all(repo.join(".beads")).unwrap();
    fs::write(repo.join(".beads/issues.jsonl"), plain("old-1", "")).unwrap();
    bd(&["init", "--from-jsonl"])
        .ok()
        .says("1 added")
        .says("`old`");
    bd(&["show", "old-1"]).ok();
}

#[test]
fn an_export_holds_what_was_asked_for() {
    let town = TestTown::installed();
    let id = town.bead("Real work");
    town.bd(&["create", "Test of something"]).ok();
    town.bd(&["create", "A role", "--type", "role"]).ok();
    town.bd(&["remember", "small machine", "--key", "build"])
        .ok();
    let out = |arguments: &[&str]| town.bd(&[&["export"], arguments].concat()).ok().out;
    let plain = out(&[]);
    assert!(plain.contains(&id) && !plain.contains("A role") && !plain.contains("memory"));
    assert!(out(&["--include-infra"]).contains("A role"));
    assert!(
        out(&["--include-memories"])
            .ends_with("{\"_type\":\"memory\",\"key\":\"build\",\"value\":\"small machine\"}\n")
    );
    let all = out(&["--all"]);
    assert!(all.contains("A role") && all.contains("\"memory\""));
    let scrubbed = out(&["--scrub"]);
    assert!(scrubbed.contains(&id) && !scrubbed.contains("Test of something"));
    town.bd(&["config", "set", "export.auto", "true"])
        .ok()
        .says("bd export -o FILE");
}
