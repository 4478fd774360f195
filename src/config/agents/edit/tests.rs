//! The document's own set-up, and what edits keep.

use super::*;
use crate::config::layout::InstallOptions;
use crate::config::{agent_row, agent_rows, explain, write_town};
use crate::domain::Kind;
use crate::support::files::{self, Access};

struct Town {
    _dir: tempfile::TempDir,
    paths: TownPaths,
}

impl Town {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("dir");
        let paths = TownPaths::new(dir.path());
        write_town(&paths, &InstallOptions::default()).expect("town");
        Self { _dir: dir, paths }
    }

    fn settings(&self) -> Settings {
        Settings::load(&self.paths)
    }

    fn set(&self, name: &str, line: &str) -> SetReport {
        set_agent(&self.settings(), &alias(name), line, None, "/bin").expect(name)
    }

    fn default(&self, name: &str) {
        set_default_agent(&self.settings(), &alias(name)).expect(name);
    }

    fn put(&self, below: &str, text: &str) {
        files::write_atomic(
            &self.paths.root().join(below),
            text.as_bytes(),
            Access::Shared,
        )
        .expect("put");
    }

    fn text(&self, below: &str) -> String {
        files::read_if_there(&self.paths.root().join(below))
            .expect("read")
            .expect("there")
    }
}

fn alias(text: &str) -> AgentAlias {
    AgentAlias::parse(text).expect("alias")
}

/// Section 1 of the document: each role and what it runs.
const TABLE: &[(Role, &str, &str)] = &[
    (Role::Mayor, "claude-mayor", "claude --model sonnet"),
    (
        Role::Deacon,
        "claude-infra",
        "claude --model haiku --dangerously-skip-permissions",
    ),
    (
        Role::Boot,
        "claude-infra",
        "claude --model haiku --dangerously-skip-permissions",
    ),
    (
        Role::Witness,
        "claude-infra",
        "claude --model haiku --dangerously-skip-permissions",
    ),
    (
        Role::Refinery,
        "claude-infra",
        "claude --model haiku --dangerously-skip-permissions",
    ),
    (Role::Crew, "claude-crew", "claude --model sonnet"),
    (
        Role::Polecat,
        "gemini-worker",
        "gemini --approval-mode yolo",
    ),
];

fn assert_table(town: &Town) {
    let rows: Vec<(Role, String, String)> = explain(&town.settings(), None)
        .into_iter()
        .map(|row| {
            (
                row.role,
                row.alias.map(|a| a.to_string()).unwrap_or_default(),
                row.line,
            )
        })
        .collect();
    let wanted: Vec<(Role, String, String)> = TABLE
        .iter()
        .map(|(role, alias, line)| (*role, (*alias).to_owned(), (*line).to_owned()))
        .collect();
    assert_eq!(rows, wanted);
    assert_eq!(town.settings().problems(), [] as [String; 0]);
}

#[test]
fn after_section_2_the_table_of_section_1_holds() {
    let town = Town::new();
    town.set(
        "claude-infra",
        "claude --model haiku --dangerously-skip-permissions",
    );
    town.set("claude-mayor", "claude --model sonnet");
    town.set("claude-crew", "claude --model sonnet");
    town.set("gemini-worker", "gemini");
    town.default("claude-infra");
    assert_table(&town);
}

#[test]
fn after_phase_1_the_table_of_section_1_holds() {
    let town = Town::new();
    town.set("claude-mayor", "claude --model sonnet");
    town.set(
        "claude-infra",
        "claude --model haiku --dangerously-skip-permissions",
    );
    town.set("gemini-worker", "gemini");
    town.default("claude-infra");
    assert_table(&town);
}

#[test]
fn setting_says_what_it_did() {
    let town = Town::new();
    let report = town.set("gemini-worker", "gemini");
    assert_eq!(report.file, town.paths.root().join("settings/agents.json"));
    assert!(report.new && report.hides_built_in);
    assert_eq!(report.inherited_preset.as_deref(), Some("gemini"));
    assert_eq!(report.role_taken.taken, [Role::Polecat]);
    assert_eq!(
        report.installed,
        Installed::No(Some("npm install -g @google/gemini-cli".to_owned()))
    );
    let report = town.set("my-polecat", "sh -c 'echo hi'");
    assert_eq!(report.role_taken.taken, []);
    assert_eq!(
        report.role_taken.kept,
        [(Role::Polecat, "gemini-worker".to_owned())]
    );
    assert_eq!(report.inherited_preset, None);
    assert_eq!(report.installed, Installed::Yes(PathBuf::from("/bin/sh")));
    assert!(!town.set("gemini-worker", "gemini --model pro").new);
    assert_eq!(town.set("plain", "gemini").role_taken, RoleTaken::default());
    for bad in ["", "  ", "'open", "''"] {
        let refusal = set_agent(&town.settings(), &alias("x"), bad, None, "/bin").unwrap_err();
        assert_eq!(refusal.kind, Kind::Usage, "{bad:?}");
    }
    let refusal = set_agent(&town.settings(), &alias("x"), "y", Some("gemni"), "/bin").unwrap_err();
    assert!(refusal.message.contains("near: `gemini`"), "{refusal:?}");
    let with = set_agent(
        &town.settings(),
        &alias("x"),
        "wrapper",
        Some("claude"),
        "/bin",
    )
    .expect("set");
    assert_eq!(with.inherited_preset.as_deref(), Some("claude"));
}

#[test]
fn an_entry_is_changed_where_it_stands_and_keeps_its_other_keys() {
    let town = Town::new();
    town.put(
        "settings/config.json",
        r#"{"zeta":1,"agents":{"mine":{"note":"kept","command":"old","args":["-a"],"env":{"A":"1"}},"other":{"command":"o"}},"alpha":[]}"#,
    );
    let report = town.set("mine", "codex --fast");
    assert_eq!(report.file, town.paths.root().join("settings/config.json"));
    let object: Value = serde_json::from_str(&town.text("settings/config.json")).expect("json");
    let keys: Vec<&String> = object.as_object().expect("object").keys().collect();
    assert_eq!(keys, ["zeta", "agents", "alpha"]);
    assert_eq!(
        object["agents"]["mine"].to_string(),
        r#"{"note":"kept","command":"codex","args":["--fast"],"env":{"A":"1"}}"#
    );
    assert_eq!(object["agents"]["other"], json!({"command":"o"}));
    town.default("mine");
    assert!(town.text("settings/config.json").contains("\"zeta\": 1"));
}

#[test]
fn another_program_drops_the_old_ones_preset() {
    let town = Town::new();
    town.put(
        "settings/agents.json",
        r#"{"agents":{"a":{"provider":"claude","command":"claude"}}}"#,
    );
    let report = town.set("a", "gemini");
    assert_eq!(report.inherited_preset.as_deref(), Some("gemini"));
    let row = agent_row(&town.settings(), "a", "/bin").expect("row");
    assert_eq!(row.preset, "gemini");
}

#[test]
fn a_broken_file_is_named_and_not_overwritten() {
    let town = Town::new();
    town.put("settings/agents.json", "{\n oops");
    let refusal = set_agent(&town.settings(), &alias("x"), "y", None, "/bin").unwrap_err();
    assert!(refusal.message.contains("line 2"), "{refusal:?}");
    assert_eq!(town.text("settings/agents.json"), "{\n oops");
    town.put("settings/agents.json", r#"{"agents":{"x":7}}"#);
    assert!(set_agent(&town.settings(), &alias("x"), "y", None, "/bin").is_err());
}

#[test]
fn removing_takes_what_was_set_and_no_more() {
    let town = Town::new();
    town.set("my-mayor", "claude");
    town.set("other", "codex");
    town.set("gemini-worker", "gemini --model pro");
    let (_, freed) = remove_agent(&town.settings(), &alias("my-mayor")).expect("removed");
    assert_eq!(freed, [Role::Mayor]);
    assert!(!town.text("settings/config.json").contains("my-mayor"));
    // What is built in comes back to the fore, and keeps its role.
    let (_, freed) = remove_agent(&town.settings(), &alias("gemini-worker")).expect("removed");
    assert_eq!(freed, []);
    let row = agent_row(&town.settings(), "gemini-worker", "/bin").expect("row");
    assert_eq!(
        (row.source, row.roles),
        (AgentSource::BuiltIn, vec![Role::Polecat])
    );
    town.default("other");
    for (name, kind) in [
        ("other", Kind::Conflict),
        ("claude", Kind::Refused),
        ("nope", Kind::NotFound),
    ] {
        let refusal = remove_agent(&town.settings(), &alias(name)).unwrap_err();
        assert_eq!(refusal.kind, kind, "{name}");
        assert!(!refusal.hints.is_empty(), "{name}");
    }
    town.put("mayor/rigs.json", r#"{"rigs":{"tradingbot":{}}}"#);
    town.default("claude");
    files::make_dir(&town.paths.root().join("tradingbot/settings")).expect("made");
    town.put("tradingbot/settings/config.json", r#"{"agent":"other"}"#);
    let refusal = remove_agent(&town.settings(), &alias("other")).unwrap_err();
    assert!(refusal.message.contains("tradingbot"), "{refusal:?}");
}

#[test]
fn the_default_must_be_known() {
    let town = Town::new();
    assert_eq!(default_agent(&town.settings()), "claude");
    let refusal = set_default_agent(&town.settings(), &alias("claude-infr")).unwrap_err();
    assert!(
        refusal.message.contains("near: `claude-infra`"),
        "{refusal:?}"
    );
    town.default("claude-infra");
    assert_eq!(default_agent(&town.settings()), "claude-infra");
}

#[test]
fn the_list_shows_source_line_and_whether_it_is_there() {
    let town = Town::new();
    town.set("gemini-worker", "gemini");
    town.set("sh-crew", "sh -i");
    let rows = agent_rows(&town.settings(), "/bin");
    let row = |name: &str| rows.iter().find(|row| row.name == name).expect("row");
    assert!(rows.windows(2).all(|pair| pair[0].name < pair[1].name));
    let worker = row("gemini-worker");
    assert_eq!(worker.source, AgentSource::AgentsFile);
    assert_eq!(worker.command_line, "gemini --approval-mode yolo");
    assert_eq!(worker.roles, [Role::Polecat]);
    assert!(!worker.installed && worker.install_hint.is_some());
    let crew = row("sh-crew");
    assert_eq!(
        (crew.command_line.as_str(), crew.installed),
        ("sh -i", true)
    );
    assert_eq!(crew.preset, "generic");
    assert_eq!(row("claude").source, AgentSource::BuiltIn);
    assert!(row("claude").roles.contains(&Role::Mayor));
    assert!(agent_row(&town.settings(), "nope", "/bin").is_err());
}
