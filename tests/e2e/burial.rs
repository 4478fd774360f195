//! Nothing an agent made is lost when its worktree goes (W1, W3), and its name is free again (W6).

use crate::agents::{self, Puppet};
use crate::support::TestTown;

#[test]
fn w1_a_nuked_polecat_leaves_everything_where_the_answer_says() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let mut puppet = Puppet::start(&town, "Toast");
    puppet
        .does("echo committed > a.txt && git add a.txt && git commit -qm 'Half of it' && echo staged > b.txt && git add b.txt && echo changed >> README.md && echo unknown > c.txt")
        .ok();
    let commit = town
        .git(&puppet.tree(), &["rev-parse", "HEAD"])
        .trim()
        .to_owned();
    let pid = puppet.pid();
    // DOCUMENT 46: no flag, no question, working or idle.
    let answer = town.gt(&["polecat", "nuke", "Toast"]).ok();
    let restore = restore_line(&answer.out);
    town.wait_until("the worktree is buried", || !puppet.tree().exists());
    assert!(
        !crate::support::process::alive(pid),
        "the agent still lives"
    );
    assert_eq!(town.bead_status(&puppet.bead), "open");

    let mirror = town.root().join(".gt/git/tradingbot.git");
    let refs = town.git(
        &mirror,
        &["for-each-ref", "--format=%(refname)", "refs/gt/rescue/"],
    );
    let rescue = refs
        .lines()
        .find(|name| name.ends_with("/tree"))
        .unwrap_or_else(|| panic!("{refs}\n{answer}"))
        .to_owned();
    for (path, text) in [
        ("a.txt", "committed\n"),
        ("b.txt", "staged\n"),
        ("c.txt", "unknown\n"),
        ("README.md", "# bot\nchanged\n"),
    ] {
        assert_eq!(
            town.git(&mirror, &["show", &format!("{rescue}:{path}")]),
            text
        );
    }
    town.git(&mirror, &["merge-base", "--is-ancestor", &commit, &rescue]);
    let trash = std::fs::read_dir(town.root().join(".gt/trash"))
        .unwrap()
        .count();
    assert!(trash > 0, "nothing in the trash");

    town.program("sh", town.root(), &["-c", &restore])
        .run()
        .ok();
    let branches = town.git(
        &town.root().join("tradingbot/.repo.git"),
        &["branch", "--contains", &commit, "--all"],
    );
    assert!(
        !branches.trim().is_empty(),
        "`{restore}` brought nothing back"
    );
}

/// The line of the answer that brings everything back.
fn restore_line(answer: &str) -> String {
    let line = answer
        .lines()
        .find(|line| line.contains("git ") && line.contains("refs/gt/rescue"))
        .unwrap_or_else(|| panic!("no line that restores: {answer}"));
    let at = line.find("git ").unwrap_or_default();
    line.get(at..)
        .unwrap_or_default()
        .trim_end_matches('`')
        .to_owned()
}

#[test]
fn w6_a_name_is_free_when_its_bearer_is_buried() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    agents::worker(&town);
    for _ in 0..2 {
        let bead = town.bead("Write a file");
        // DOCUMENT 14: trash, rescue refs and recordings hold no name.
        town.gt(&["sling", &bead, "tradingbot", "--agent", "worker"])
            .ok()
            .says("Toast");
        town.wait_until("Toast is buried", || {
            town.gt(&["polecat", "list", "--json"])
                .ok()
                .json()
                .as_array()
                .is_some_and(Vec::is_empty)
        });
        assert_eq!(town.bead_status(&bead), "closed");
    }
}

#[test]
fn the_last_screen_of_an_ended_session_can_be_seen() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let mut puppet = Puppet::start(&town, "Toast");
    puppet.hush();
    puppet.commits_and_submits().ok();
    town.wait_until("Toast is buried", || {
        !puppet.tree().exists() && town.bead_status(&puppet.bead) == "closed"
    });
    // DOCUMENT 42: under one line that says when, why and where the work is.
    town.gt(&["peek", "tradingbot/Toast"])
        .ok()
        .says("tick")
        .says("landed as commit");
    town.gt(&["nudge", "tradingbot/Toast", "status?"])
        .fails(4)
        .says("landed as commit");
    // DOCUMENT 41: the queue ends with what landed.
    town.gt(&["mq", "list", "tradingbot"])
        .ok()
        .says(&puppet.bead)
        .says("Toast")
        .says("no gates");
}

#[test]
fn p4_nothing_of_an_agent_stays_behind() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let mut puppet = Puppet::start(&town, "Toast");
    let dir = puppet.dir();
    let dir = dir.display();
    puppet
        .does(&format!(
            "(trap '' HUP TERM; exec sleep 300) & echo $! > {dir}/stray.1; setsid sh -c 'trap \"\" HUP TERM; echo $$ > {dir}/stray.2; exec sleep 300' & sleep 0.2"
        ))
        .ok();
    let strays: Vec<i32> = ["stray.1", "stray.2"]
        .iter()
        .map(|name| {
            std::fs::read_to_string(puppet.dir().join(name))
                .unwrap()
                .trim()
                .parse()
                .unwrap()
        })
        .collect();
    assert!(
        strays
            .iter()
            .all(|pid| crate::support::process::alive(*pid))
    );
    town.gt(&["polecat", "nuke", "Toast"]).ok();
    town.wait_until("every process of it is gone", || {
        strays
            .iter()
            .all(|pid| !crate::support::process::alive(*pid))
    });
}

#[test]
fn what_was_rescued_is_listed_shown_and_brought_back() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let mut puppet = Puppet::start(&town, "Toast");
    puppet
        .does("echo committed > a.txt && git add a.txt && git commit -qm 'Half of it' && echo unknown > c.txt")
        .ok();
    town.gt(&["polecat", "nuke", "Toast"]).ok();
    town.wait_until("the worktree is buried", || !puppet.tree().exists());
    let listed = || town.gt(&["rescue", "list", "--json"]).ok().json();
    town.wait_until("the burial is told", || {
        listed().pointer("/0/buried") == Some(&serde_json::Value::Bool(true))
    });
    let list = listed();
    assert_eq!(list.pointer("/0/id").unwrap(), "tradingbot.Toast.1");
    assert_eq!(list.pointer("/0/bead").unwrap(), &puppet.bead);
    assert_eq!(list.pointer("/0/parts/0/files").unwrap(), 2);
    assert!(list.pointer("/0/trash_emptied_at").unwrap().is_string());
    town.gt(&["rescue", "list", "tradingbot"])
        .ok()
        .says("tradingbot.Toast.1")
        .says("emptied in 13d");
    town.gt(&["rescue", "list", "Copper"]).fails(3);
    town.gt(&["rescue", "show", "toast"])
        .ok()
        .says("branch/polecat/Toast")
        .says("gt rescue restore tradingbot.Toast.1");

    town.gt(&["rescue", "restore", "Toast", "--branch", "toast-again"])
        .ok()
        .says("toast-again");
    let shared = town.root().join("tradingbot/.repo.git");
    assert_eq!(
        town.git(&shared, &["show", "toast-again:c.txt"]),
        "unknown\n"
    );
    town.gt(&["rescue", "restore", "Toast", "--branch", "main"])
        .fails(4);
    let out = town.base().join("restored");
    let out_text = out.to_string_lossy().into_owned();
    town.gt(&["rescue", "restore", "Toast", "--to", &out_text])
        .ok();
    assert_eq!(
        std::fs::read_to_string(out.join("a.txt")).unwrap(),
        "committed\n"
    );
    town.gt(&["rescue", "restore", "Toast", "--to", &out_text])
        .fails(6);
    assert!(town.feed().contains("brought back"));
}
