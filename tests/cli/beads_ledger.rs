//! `bd` about the ledger of a repository as a whole: what an agent is told, what is looked after, whom
//! a change is told (`beads.md` 4.0, 4.10).

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::beads_plain::Plain;

#[test]
fn prime_tells_how_work_is_kept_and_is_silent_where_there_is_none() {
    let plain = Plain::new();
    let silent = plain.bd(&["prime"]).ok();
    assert_eq!((silent.out.as_str(), silent.err.as_str()), ("", ""));
    plain.bd(&["init", "-q"]).ok();
    let told = plain.bd(&["prime"]).ok();
    told.says("bd ready").says("bd close").says("bd export");
    plain.bd(&["prime", "--stealth"]).ok().says_not("bd export");
    let hook = plain.bd(&["prime", "--hook-json"]).ok();
    assert_eq!(hook.out.lines().count(), 1);
    let hook = hook.json();
    let inner = &hook["hookSpecificOutput"];
    assert_eq!(inner["hookEventName"], "SessionStart");
    let context = inner["additionalContext"].as_str().unwrap();
    assert!(context.contains("bd ready"));
    std::fs::write(
        plain.repo.join(".beads/PRIME.md"),
        "Our own\u{1b}[2J words\n",
    )
    .unwrap();
    let own = plain.bd(&["prime"]).ok().says("Our own");
    assert!(!own.out.contains('\u{1b}'));
    plain.bd(&["prime", "--export"]).ok().says_not("Our own");
}

#[test]
fn the_doctor_names_what_is_wrong() {
    let plain = Plain::new();
    plain.bd(&["init", "-q"]).ok();
    plain.make("One");
    let report = plain.bd(&["doctor", "--json"]).ok().json();
    assert_eq!(report["overall_ok"], true);
    assert_eq!(report["schema_version"], 1);
    let beads = plain.repo.join(".beads");
    std::fs::write(
        beads.join("issues.jsonl"),
        "<<<<<<< ours\n=======\n>>>>>>> theirs\n",
    )
    .unwrap();
    std::fs::write(beads.join("beads.db"), "of another program").unwrap();
    std::fs::remove_file(beads.join(".gt/.gitignore")).unwrap();
    let told = plain.bd(&["doctor"]).ok();
    told.says("2 conflict markers")
        .says("beads.db")
        .says("--fix");
    plain.bd(&["doctor", "--fix"]).ok();
    assert!(beads.join(".gt/.gitignore").is_file());
    plain
        .bd(&["doctor", "--check", "prefix"])
        .ok()
        .says_not("beads.db");
    plain
        .bd(&["doctor", "--check", "weather"])
        .fails(2)
        .says("`prefix`");
    // A ledger that is no ledger is an error, and is left as it is.
    std::fs::write(
        beads.join(".gt/ledger.db"),
        "no database at all, but long enough to be read",
    )
    .unwrap();
    for name in ["ledger.db-wal", "ledger.db-shm"] {
        drop(std::fs::remove_file(beads.join(".gt").join(name)));
    }
    plain.bd(&["doctor"]).fails(1);
}

#[test]
fn settings_are_shown_and_an_unset_one_says_so() {
    let plain = Plain::new();
    plain.bd(&["init", "-q", "-p", "sh"]).ok();
    let prefix = plain
        .bd(&["config", "get", "issue_prefix", "--json"])
        .ok()
        .json();
    assert_eq!(prefix["value"], "sh");
    assert_eq!(prefix["schema_version"], 1);
    let unset = plain.bd(&["config", "get", "types.custom"]).ok();
    assert_eq!(unset.first_line(), "types.custom (not set)");
    let list = plain.bd(&["config", "list", "--json"]).ok().json();
    assert_eq!(list["issue_prefix"], "sh");
    plain.bd(&["kv", "get", "a"]).fails(3).says("bd kv list");
    plain.bd(&["recall", "a"]).fails(3).says("bd memories");
    plain.bd(&["memories"]).ok().says("nothing is remembered");
}

#[test]
fn hooks_are_told_only_when_the_person_allows_it() {
    let plain = Plain::new();
    plain.bd(&["init", "-q"]).ok();
    let hooks = plain.repo.join(".beads/hooks");
    std::fs::create_dir(&hooks).unwrap();
    let story = plain.home.base().join("story");
    let script = format!(
        "#!/bin/sh\nprintf '%s %s ' \"$1\" \"$2\" >> '{0}'\ntr -d '\\n' >> '{0}'\necho >> '{0}'\nexit 7\n",
        story.display()
    );
    for name in ["on_create", "on_update", "on_close"] {
        let path = hooks.join(name);
        std::fs::write(&path, &script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    plain.make("Untold");
    assert!(!story.exists(), "a program of the repository was started");
    plain.git(&["config", "beads.hooks", "true"]);
    let id = plain.make("Told");
    plain.bd(&["update", &id, "-s", "in_progress"]).ok();
    plain.bd(&["close", &id]).ok();
    // Every verb that changes a bead tells of it, those of several in one too.
    plain.bd(&["reopen", &id]).ok();
    plain.bd(&["label", "add", &id, "x"]).ok();
    let batch = format!("update {id} priority=1\nclose {id} done\n");
    let file = plain.home.base().join("batch");
    std::fs::write(&file, batch).unwrap();
    plain.bd(&["batch", "-f", file.to_str().unwrap()]).ok();
    plain.bd(&["update", &id, "--notes", "seen"]).ok();
    let told = std::fs::read_to_string(&story).unwrap();
    let events: Vec<(String, Value)> = told
        .lines()
        .map(|line| {
            let (head, json) = line.split_once('{').unwrap();
            (
                head.trim().to_owned(),
                serde_json::from_str(&format!("{{{json}")).unwrap(),
            )
        })
        .collect();
    let heads: Vec<&str> = events.iter().map(|(head, _)| head.as_str()).collect();
    let expected = [
        "create", "update", "close", "update", "update", "update", "close", "update",
    ];
    let expected = expected.map(|event| format!("{id} {event}"));
    assert_eq!(heads, expected);
    assert_eq!(events[0].1["title"], "Told");
    assert_eq!(events[2].1["status"], "closed");
}

#[test]
fn values_and_memories_are_kept_told_and_taken_away() {
    let plain = Plain::new();
    plain.bd(&["init", "-q"]).ok();
    plain.bd(&["kv", "set", "deploy.last", "v1.4"]).ok();
    assert_eq!(
        plain.bd(&["kv", "get", "deploy.last"]).ok().first_line(),
        "v1.4"
    );
    plain.bd(&["remember", "Tests need the broker"]).ok();
    let key = "tests-need-the-broker";
    plain
        .bd(&["recall", key])
        .ok()
        .says("Tests need the broker");
    plain.bd(&["memories", "BROKER"]).ok().says(key);
    plain.bd(&["memories", "nothing such"]).ok().says_not(key);
    plain.bd(&["prime"]).ok().says("Tests need the broker");
    plain
        .bd(&["kv", "list"])
        .ok()
        .says("deploy.last")
        .says_not(key);
    plain.bd(&["config", "list"]).ok().says_not("deploy.last");
    plain.bd(&["forget", key]).ok();
    plain.bd(&["recall", key]).fails(3);
    plain.bd(&["kv", "clear", "deploy.last"]).ok();
    plain.bd(&["kv", "get", "deploy.last"]).fails(3);
    plain.bd(&["remember", "   "]).fails(2);
    plain.bd(&["remember", "No", "--readonly"]).fails(4);
}
