//! `bd import` and `bd export`: no line is lost, and what nobody edited goes out byte for byte.

use std::fs;
use std::path::PathBuf;

use crate::support::TestTown;

pub(crate) const PLAIN: &str = concat!(
    r#"{"id":"old-1","title":"First \u0026 best","description":"a\nb","status":"open","priority":1,"issue_type":"bug","created_at":"2025-03-01T10:00:00.123456789+02:00","updated_at":"2025-03-02T10:00:00.5+02:00","labels":["z","a"],"zeta":{"b": 1, "a": [2]}}"#,
    "\n",
    r#"{"id":"old-2","title":"Second","status":"closed","priority":2,"issue_type":"task","created_at":"2025-03-01T11:00:00Z","updated_at":"2025-03-03T10:00:00Z","closed_at":"2025-03-03T10:00:00Z","dependencies":[{"issue_id":"old-2","depends_on_id":"old-1","type":"blocks","created_at":"2025-03-01T11:00:00Z","created_by":"ann"}]}"#,
    "\n",
    r#"{"id":"old-3","title":"Gone","status":"tombstone","priority":2,"issue_type":"task","created_at":"2025-03-01T11:00:00Z","updated_at":"2025-03-03T10:00:00Z","deleted_at":"2025-03-03T10:00:00Z","deleted_by":"ann"}"#,
    "\n",
    r#"{"id":"old-4","title":"Talked about","status":"in_progress","priority":0,"issue_type":"widget","assignee":"bob","created_at":"2025-03-01T12:00:00Z","updated_at":"2025-03-04T10:00:00Z","comments":[{"id":7,"issue_id":"old-4","author":"bob","text":"hm","created_at":"2025-03-04T09:00:00Z"}]}"#,
    "\n",
);

pub(crate) const EXPORTED: &str = concat!(
    r#"{"_type":"issue","id":"ex-b","title":"Urgent","status":"open","priority":0,"issue_type":"task","created_at":"2026-01-01T10:00:00Z","updated_at":"2026-01-02T10:00:00Z","dependency_count":0,"dependent_count":0,"comment_count":0}"#,
    "\n",
    r#"{"_type":"issue","id":"ex-a","title":"Later","status":"open","priority":3,"issue_type":"task","created_at":"2026-01-01T10:00:00Z","updated_at":"2026-01-02T10:00:00Z","metadata":{"k":1.50},"dependency_count":0,"dependent_count":0,"comment_count":0}"#,
    "\n",
    r#"{"_type":"memory","key":"build","value":"use the small machine"}"#,
    "\n",
);

/// A file of issues in a repository of its own inside the town's folder.
pub(crate) fn file(town: &TestTown, text: &str) -> PathBuf {
    let dir = town.base().join("repo/.beads");
    fs::create_dir_all(&dir).unwrap();
    let path = dir.join("issues.jsonl");
    fs::write(&path, text).unwrap();
    path
}

pub(crate) fn name(path: &std::path::Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn an_edit_changes_exactly_its_own_line() {
    for (text, id, from) in [
        (PLAIN, "old-1", r#""title":"First \u0026 best""#),
        (EXPORTED, "ex-a", r#""title":"Later""#),
    ] {
        let town = TestTown::installed();
        let path = file(&town, text);
        town.bd(&["import", name(&path)]).ok();
        town.bd(&["update", id, "--title", "New"]).ok();
        let after = town.bd(&["export"]).ok().out;
        let pairs: Vec<(&str, &str)> = text.lines().zip(after.lines()).collect();
        assert_eq!(after.lines().count(), text.lines().count());
        let changed: Vec<_> = pairs.iter().filter(|(old, new)| old != new).collect();
        let [(old, new)] = changed.as_slice() else {
            panic!("one line is changed, not {changed:#?}");
        };
        // Title and time of the change; every other byte is as it was.
        let cut = |line: &str| {
            let at = line.find(r#""updated_at":""#).unwrap() + 14;
            let end = at + line[at..].find('"').unwrap();
            format!("{}{}", &line[..at], &line[end..])
        };
        assert_eq!(cut(new), cut(&old.replace(from, r#""title":"New""#)));
    }
}

#[test]
fn broken_lines_and_conflict_markers_are_put_aside_and_named() {
    let town = TestTown::installed();
    let lines: Vec<&str> = PLAIN.lines().collect();
    let text = format!(
        "{}\n<<<<<<< HEAD\n{}\n=======\n{{\"id\":\"old-9\",\"tit\n>>>>>>> theirs\n{{\"title\":\"no id\"}}\n{}\n",
        lines[0],
        lines[1],
        r#"{"id":"old-8","title":"x","status":"open","priority":9,"issue_type":"task","created_at":"2025-03-01T12:00:00Z"}"#,
    );
    let path = file(&town, &text);
    let rejects = path.with_file_name("import-rejects.jsonl");
    town.bd(&["import", name(&path), "--dry-run"])
        .ok()
        .says("would import")
        .says("2 added");
    assert!(!rejects.exists());
    assert_eq!(
        town.bd(&["list", "--all", "--json"]).ok().json(),
        serde_json::json!([])
    );

    town.bd(&["import", name(&path)])
        .ok()
        .says("2 added")
        .says("6 rejected")
        .says("import-rejects.jsonl")
        .says("line 2: a conflict marker");
    let aside = fs::read_to_string(&rejects).unwrap();
    let numbers: Vec<_> = aside
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["line"].as_u64())
        .collect();
    assert_eq!(numbers, [2, 4, 5, 6, 7, 8].map(Some));
    town.bd(&["import", name(&path)]).ok().says("2 unchanged");
    assert_eq!(fs::read_to_string(&rejects).unwrap(), aside);
    let kept = format!("{}\n{}\n", lines[0], lines[1]);
    assert_eq!(town.bd(&["export"]).ok().out, kept);
}

#[test]
fn an_edit_of_ours_is_not_overwritten_unless_asked() {
    let town = TestTown::installed();
    let path = file(&town, PLAIN);
    town.bd(&["import", name(&path)]).ok();
    town.bd(&["update", "old-1", "--title", "Ours"]).ok();
    town.bd(&["import", name(&path)]).ok().says("1 kept");
    assert_eq!(town.show("old-1")["title"], "Ours");

    let theirs = PLAIN
        .replace(r"First \u0026 best", "Theirs")
        .replace("2025-03-02T10:00:00.5+02:00", "2099-03-02T10:00:00.5+02:00")
        .replace(r#""title":"Talked about""#, r#""title":"Talked over""#);
    file(&town, &theirs);
    let refused = town.bd(&["import", name(&path)]).fails(6);
    assert!(
        refused.err.contains("Ours") && refused.err.contains("Theirs"),
        "{refused}"
    );
    assert_eq!(town.show("old-4")["title"], "Talked about");
    let told = town.bd(&["import", name(&path), "--json"]).fails(6).json();
    assert_eq!(told["conflicts"][0]["id"], "old-1");

    town.bd(&["import", name(&path), "--apply"])
        .ok()
        .says("1 overwritten")
        .says("1 updated");
    assert_eq!(town.show("old-1")["title"], "Theirs");
    assert_eq!(town.bd(&["export"]).ok().out, theirs);
}

#[test]
fn a_new_bead_is_a_new_line_and_a_file_that_never_came_in_is_not_overwritten() {
    let town = TestTown::installed();
    let path = file(&town, PLAIN);
    town.bd(&["export", "-o", name(&path)])
        .fails(6)
        .says_not("exported");
    assert_eq!(fs::read_to_string(&path).unwrap(), PLAIN);
    let input = town.bd_run(&["import", "-"]).input(PLAIN).run();
    input.ok().says("3 added");
    let id = town.bead("Made here");
    let after = town.bd(&["export"]).ok().out;
    let old: Vec<&str> = PLAIN.lines().collect();
    let (new, same): (Vec<&str>, Vec<&str>) = after.lines().partition(|line| !old.contains(line));
    assert_eq!(same, old);
    assert!(
        matches!(new.as_slice(), [line] if line.contains(&id)),
        "{new:?}"
    );
    town.bd(&["export", "-o", name(&path)]).ok();
    assert_eq!(fs::read_to_string(&path).unwrap(), after);
}

#[test]
fn a_file_of_many_batches_goes_round() {
    let town = TestTown::installed();
    let pad = "é\\\"x".repeat(60);
    let text: String = (0..2500)
        .map(|n| {
            format!(
                "{{\"id\":\"big-{n:05}\",\"title\":\"N {n}\",\"description\":\"{pad}\",\"status\":\"open\",\"priority\":{},\"issue_type\":\"task\",\"created_at\":\"2025-03-01T11:00:00.{n:05}Z\",\"updated_at\":\"2025-03-03T10:00:00Z\"}}\n",
                n % 5
            )
        })
        .collect();
    let path = file(&town, &text);
    town.bd(&["import", name(&path)]).ok().says("2500 added");
    let out = town.bd(&["export"]).ok().out;
    assert!(out == text, "the export is not the file");
}

#[test]
fn what_was_deleted_here_does_not_come_back() {
    let town = TestTown::installed();
    let path = file(&town, PLAIN);
    town.bd(&["import", name(&path)]).ok();
    town.bd(&["delete", "old-4", "--force"]).ok();
    town.bd(&["import", name(&path)]).ok().says("1 kept");
    town.bd(&["show", "old-4"]).fails(3);
}

#[test]
fn what_is_no_file_is_not_replaced_by_one() {
    let town = TestTown::installed();
    let path = town.base().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let said = town.bd(&["export", "-o", name(&path)]);
    assert_eq!(said.code, Some(2), "{said}");
    assert!(said.err.contains("bd export > FILE"), "{said}");
    let kind = fs::metadata(&path).unwrap().file_type();
    assert!(std::os::unix::fs::FileTypeExt::is_socket(&kind));
}

#[test]
fn what_was_put_aside_never_shows_in_git() {
    let town = TestTown::installed();
    let repo = town.base().join("repo");
    fs::create_dir_all(&repo).unwrap();
    town.git(&repo, &["init", "-q"]);
    let path = file(&town, &format!("{PLAIN}{{broken\n"));
    town.git(&repo, &["add", "."]);
    town.git(&repo, &["commit", "-qm", "Issues"]);
    town.bd(&["import", name(&path)]).ok().says("1 rejected");
    assert!(path.with_file_name("import-rejects.jsonl").exists());
    assert_eq!(town.git(&repo, &["status", "--porcelain"]), "");
}

#[test]
fn a_title_has_500_characters_at_most_unless_it_comes_in() {
    let town = TestTown::installed();
    let (long, longer) = ("ä".repeat(500), "ä".repeat(501));
    town.bd(&["create", &longer]).fails(2).says("500");
    let id = town.bead(&long);
    town.bd(&["update", &id, "--title", &longer])
        .fails(2)
        .says("500");
    let path = file(&town, &PLAIN.replace("Second", &longer));
    town.bd(&["import", name(&path)]).ok().says("3 added");
    assert_eq!(town.show("old-2")["title"], longer);
    // What came in so can be changed in everything else.
    town.bd(&["update", "old-2", "--priority", "1"]).ok();
    assert_eq!(town.show("old-2")["title"], longer);
}
