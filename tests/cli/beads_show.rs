//! `bd show` with its flags, and lists in other forms.

use serde_json::{Value, json};

use crate::support::TestTown;

fn made(town: &TestTown, arguments: &[&str]) -> String {
    let mut all = vec!["create"];
    all.extend_from_slice(arguments);
    all.push("--silent");
    town.bd(&all).ok().first_line().to_owned()
}

fn shown(town: &TestTown, arguments: &[&str]) -> Value {
    let mut all = vec!["show"];
    all.extend_from_slice(arguments);
    all.push("--json");
    town.bd(&all).ok().json()
}

#[test]
fn a_page_has_the_long_texts_and_more_when_asked() {
    let town = TestTown::installed();
    let id = made(
        &town,
        &[
            "Parse",
            "-d",
            "what",
            "--design",
            "how",
            "--acceptance",
            "when",
            "--notes",
            "learnt",
            "--external-ref",
            "gh-9",
            "--metadata",
            "{\"team\":\"core\"}",
        ],
    );
    town.bd(&["comment", &id, "see the log"]).ok();
    let page = town.bd(&["show", &id]).ok();
    page.clone()
        .says("design")
        .says("how")
        .says("acceptance criteria")
        .says("learnt")
        .says("gh-9");
    page.says("bd comments")
        .says_not("see the log")
        .says_not("team");
    town.bd(&["show", &id, "--long"])
        .ok()
        .says("see the log")
        .says("{\"team\":\"core\"}")
        .says("UTC");
    town.bd(&["show", &id, "--include-comments"])
        .ok()
        .says("see the log");
    town.bd(&["show", &id, "--local-time"]).ok().says("made");
    let line = town.bd(&["show", &id, "--short"]).ok();
    assert_eq!(line.out, format!("{id} - Parse (P2, open)\n"));
    assert_eq!(shown(&town, &["--id", &id])[0]["id"], id.as_str());
    assert_eq!(
        shown(&town, &[&id, "--include-comments"])[0]["comments"][0]["text"],
        "see the log"
    );
    town.bd(&["show", &id, "--as-of", "HEAD~1"])
        .fails(2)
        .says("HEAD~1")
        .says(&format!("bd history {id}"));
    town.bd(&["show"]).fails(2);
    town.bd(&["show", &id, "--short", "--long"]).fails(2);
}

#[test]
fn what_stands_around_a_bead_is_shown_whole() {
    let town = TestTown::installed();
    let epic = made(&town, &["Epic", "-t", "epic"]);
    let child = made(&town, &["Child", "--parent", &epic, "-d", "its text"]);
    let other = made(&town, &["Other", "--deps", &child]);
    let on = shown(&town, &[&other]);
    assert_eq!(on[0]["dependencies"][0]["description"], "its text");
    assert_eq!(on[0]["dependencies"][0]["dependency_type"], "blocks");
    town.bd(&["close", &child]).ok();
    let whole = shown(&town, &[&epic, "--include-dependents"]);
    assert_eq!(whole[0]["dependents"][0]["description"], "its text");
    assert_eq!(whole[0]["epic_total_children"], 1);
    assert_eq!(whole[0]["epic_closed_children"], 1);
    assert_eq!(whole[0]["epic_closeable"], true);
    let below = shown(&town, &[&epic, "--children"]);
    assert_eq!(below[&epic][0]["id"], child.as_str());
    town.bd(&["show", &epic, "--children"]).ok().says("Child");
    let refs = shown(&town, &[&child, "--refs"]);
    assert_eq!(refs[&child][0]["id"], other.as_str());
    town.bd(&["show", &child, "--refs"])
        .ok()
        .says("blocks")
        .says("Other");
}

#[test]
fn the_current_bead_and_the_talk_of_a_message() {
    let town = TestTown::installed();
    let first = town.bead("First");
    let second = town.bead("Second");
    town.bd(&["show", &first]).ok();
    assert_eq!(
        shown(&town, &["--current"])[0]["id"],
        first.as_str(),
        "touched last"
    );
    town.bd(&["update", &second, "--claim"]).ok();
    town.bd(&["show", &first]).ok();
    assert_eq!(
        shown(&town, &["--current"])[0]["id"],
        second.as_str(),
        "in progress"
    );

    let question = made(&town, &["Which port?", "-t", "message"]);
    let answer = made(&town, &["8080", "-t", "message"]);
    town.bd(&["dep", "add", &answer, &question, "-t", "replies-to"])
        .ok();
    let talk = shown(&town, &[&answer, "--thread"]);
    let ids: Vec<&Value> = talk
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(ids, [&json!(question), &json!(answer)], "oldest first");
    town.bd(&["show", &question, "--thread"]).ok().says("8080");
}

#[test]
fn a_list_takes_the_form_that_is_asked_for() {
    let town = TestTown::installed();
    let id = made(&town, &["Fix\u{202e} it", "-l", "a,b", "-p", "1"]);
    let line = town
        .bd(&[
            "list",
            "--format",
            "{{.ID}}\\t{{.Priority}} {{ .Labels }} {{.Assignee}}|{{.title}}",
        ])
        .ok();
    assert!(
        line.out.starts_with(&format!("{id}\t1 a, b |Fix")),
        "{line}"
    );
    assert!(!line.out.contains('\u{202e}'), "{line}");
    town.bd(&["list", "--format", "{{.Nope}}"])
        .fails(2)
        .says("`.Title`");
    town.bd(&["list", "--format", "yaml"])
        .fails(2)
        .says("`digraph`");
    town.bd(&["--readonly", "list", "-n", "0"]).ok().says(&id);
}

#[test]
fn watching_needs_an_engine_that_tells() {
    let town = TestTown::installed();
    let id = town.bead("One");
    town.bd(&["list", "--watch"]).fails(5).says("gt up");
    town.bd(&["show", &id, "--watch"]).fails(5).says("gt up");
    let folder = town.base().join("repo");
    std::fs::create_dir(&folder).unwrap();
    town.git(&folder, &["init", "-q", "-b", "main"]);
    let bd = |arguments: &[&str]| {
        town.program(env!("CARGO_BIN_EXE_bd"), &folder, arguments)
            .run()
    };
    bd(&["init", "--prefix", "tb"]).ok();
    bd(&["list", "--watch"]).fails(2).says("watch -n 2 bd list");
}
