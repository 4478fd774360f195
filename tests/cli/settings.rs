//! Agents by name, the default, which role runs what, and the shell's start file.

use crate::support::TestTown;

/// Section 2 of the document: the aliases, then the default.
fn as_in_section_2(town: &TestTown) {
    for (name, line) in [
        (
            "claude-infra",
            "claude --model haiku --dangerously-skip-permissions",
        ),
        ("claude-mayor", "claude --model sonnet"),
        ("claude-crew", "claude --model sonnet"),
        ("gemini-worker", "gemini"),
    ] {
        town.gt(&["config", "agent", "set", name, line])
            .ok()
            .says(name);
    }
    town.gt(&["config", "default-agent", "claude-infra"]).ok();
}

#[test]
fn the_aliases_of_the_document_give_every_role_its_agent() {
    let town = TestTown::installed();
    as_in_section_2(&town);
    let rows = town.gt(&["config", "explain", "--json"]).ok().json();
    let agent = |role: &str| {
        let rows = rows.as_array().unwrap();
        let row = rows.iter().find(|row| row["role"] == role).unwrap();
        row["agent"].as_str().unwrap_or_default().to_owned()
    };
    for (role, alias) in [
        ("mayor", "claude-mayor"),
        ("deacon", "claude-infra"),
        ("boot", "claude-infra"),
        ("witness", "claude-infra"),
        ("refinery", "claude-infra"),
        ("crew", "claude-crew"),
        ("polecat", "gemini-worker"),
    ] {
        assert_eq!(agent(role), alias, "{role}");
    }
    town.gt(&["config", "explain"]).ok().says("gemini-worker");
}

#[test]
fn a_program_that_is_not_installed_is_a_warning() {
    let town = TestTown::installed();
    town.gt(&["config", "agent", "set", "odd", "no-such-program --fast"])
        .ok()
        .says("warning: its program is not on this machine");
    town.gt(&["config", "agent", "get", "odd"])
        .ok()
        .says("no-such-program --fast");
    let rows = town.gt(&["config", "agent", "list", "--json"]).ok().json();
    let odd = rows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["name"] == "odd")
        .unwrap();
    assert_eq!(odd["installed"], false);
    assert_eq!(odd["is_custom"], true);
    town.gt(&["config", "agent", "remove", "odd"]).ok();
    town.gt(&["config", "agent", "get", "odd"]).fails(3);
}

#[test]
fn the_default_is_told_and_must_exist() {
    let town = TestTown::installed();
    assert_eq!(
        town.gt(&["config", "default-agent"]).ok().first_line(),
        "claude"
    );
    town.gt(&["config", "default-agent", "gemini"]).ok();
    assert_eq!(
        town.gt(&["config", "default-agent"]).ok().first_line(),
        "gemini"
    );
    town.gt(&["config", "default-agent", "nobody"]).fails(3);
}

#[test]
fn the_shell_block_comes_once_and_goes() {
    let mut town = TestTown::bare();
    town.set_env("SHELL", "/usr/bin/zsh");
    let root = town.root_text();
    for _ in 0..2 {
        town.gt(&["install", &root, "--shell"]).ok().says(".zshrc");
    }
    let start = std::fs::read_to_string(town.home().join(".zshrc")).unwrap();
    assert_eq!(start.matches("noglob gt").count(), 1, "{start}");
    town.gt(&["shell", "remove"]).ok().says(".zshrc");
    let start = std::fs::read_to_string(town.home().join(".zshrc")).unwrap();
    assert!(!start.contains("gt"), "{start}");
    town.gt(&["shell", "remove"])
        .ok()
        .says("no shell start file");
}
