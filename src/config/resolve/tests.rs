//! Which agent runs, and how, for settings as people write them.

use super::*;
use crate::config::explain;
use crate::domain::Kind;
use crate::support::files::{self, Access};

struct Town {
    dir: tempfile::TempDir,
}

impl Town {
    fn new() -> Self {
        let town = Self {
            dir: tempfile::tempdir().expect("dir"),
        };
        town.write(
            "mayor/rigs.json",
            r#"{"version":1,"rigs":{"tradingbot":{}}}"#,
        )
    }

    fn write(self, below: &str, text: &str) -> Self {
        let path = self.dir.path().join(below);
        files::make_dir(path.parent().expect("folder")).expect("made");
        files::write_atomic(&path, text.as_bytes(), Access::Shared).expect("written");
        self
    }

    fn settings(&self) -> Settings {
        Settings::load(&TownPaths::new(self.dir.path()))
    }
}

fn rig() -> RigName {
    RigName::parse("tradingbot").expect("name")
}

fn alias(text: &str) -> AgentAlias {
    AgentAlias::parse(text).expect("alias")
}

/// The line of a role, or the refusal's message.
fn line(settings: &Settings, role: Role, named: Option<&str>) -> String {
    let named = named.map(alias);
    match resolve(role, Some(&rig()), named.as_ref(), settings) {
        Ok(agent) => agent.command_line(),
        Err(refusal) => refusal.message,
    }
}

#[test]
fn nearer_statements_win() {
    let bare = Town::new();
    let steps: &[(&str, &str, &str, &str)] = &[
        (
            "mayor/x.json",
            "{}",
            "claude --dangerously-skip-permissions",
            "claude",
        ),
        (
            "settings/config.json",
            r#"{"default_agent":"codex"}"#,
            "codex --dangerously-bypass-approvals-and-sandbox",
            "codex",
        ),
        (
            "settings/config.json",
            r#"{"default_agent":"codex","role_agents":{"polecat":"amp","witness":"amp"}}"#,
            "amp --no-ide --dangerously-allow-all",
            "amp --no-ide",
        ),
        (
            "tradingbot/settings/config.json",
            r#"{"agent":"gemini"}"#,
            "gemini --approval-mode yolo",
            "amp --no-ide",
        ),
        (
            "tradingbot/settings/config.json",
            r#"{"agent":"gemini","role_agents":{"polecat":"cursor","witness":"pi"}}"#,
            "cursor-agent -f",
            "pi",
        ),
    ];
    let mut town = bare;
    for (below, text, polecat, witness) in steps {
        town = town.write(below, text);
        let settings = town.settings();
        assert_eq!(line(&settings, Role::Polecat, None), *polecat, "{text}");
        assert_eq!(line(&settings, Role::Witness, None), *witness, "{text}");
        assert_eq!(line(&settings, Role::Witness, Some("copilot")), "copilot");
    }
}

#[test]
fn a_definition_stands_where_it_is_nearest() {
    let town = Town::new()
        .write(
            "settings/config.json",
            r#"{"agents":{"a":{"command":"one"},"b":{"command":"one"},"c":{"command":"one"}}}"#,
        )
        .write(
            "settings/agents.json",
            r#"{"version":1,"agents":{"a":{"command":"two"},"b":{"command":"two"}}}"#,
        )
        .write(
            "tradingbot/settings/config.json",
            r#"{"agents":{"a":{"command":"three"}}}"#,
        );
    let settings = town.settings();
    for (name, wanted) in [("a", "three"), ("b", "two"), ("c", "one")] {
        assert_eq!(line(&settings, Role::Mayor, Some(name)), wanted);
    }
    assert!(
        resolve(Role::Mayor, None, Some(&alias("a")), &settings).is_ok_and(|a| a.program == "two")
    );
}

#[test]
fn autonomy_belongs_to_the_role() {
    let town = Town::new().write(
        "settings/agents.json",
        r#"{"agents":{
            "worker":{"command":"gemini","args":[]},
            "careful":{"command":"gemini","args":[],"autonomous":false},
            "chosen":{"command":"gemini","args":["--approval-mode","auto_edit"]},
            "already":{"command":"claude","args":["--dangerously-skip-permissions","--model","haiku"]},
            "open":{"command":"opencode"},
            "own":{"command":"my-agent","args":["-x"]}}}"#,
    );
    let settings = town.settings();
    for (name, polecat, crew) in [
        ("worker", "gemini --approval-mode yolo", "gemini"),
        ("careful", "gemini", "gemini"),
        (
            "chosen",
            "gemini --approval-mode auto_edit",
            "gemini --approval-mode auto_edit",
        ),
        (
            "already",
            "claude --dangerously-skip-permissions --model haiku",
            "claude --dangerously-skip-permissions --model haiku",
        ),
        ("own", "my-agent -x", "my-agent -x"),
        (
            "claude-mayor",
            "claude --model sonnet --dangerously-skip-permissions",
            "claude --model sonnet",
        ),
    ] {
        assert_eq!(
            line(&settings, Role::Polecat, Some(name)),
            polecat,
            "{name}"
        );
        assert_eq!(line(&settings, Role::Crew, Some(name)), crew, "{name}");
    }
    let open = |role| {
        resolve(role, None, Some(&alias("open")), &settings)
            .expect("open")
            .env
    };
    assert_eq!(open(Role::Polecat).len(), 1);
    assert_eq!(open(Role::Mayor), []);
}

#[test]
fn an_unknown_agent_is_refused_with_near_names() {
    let town = Town::new().write(
        "settings/config.json",
        r#"{"default_agent":"gemini-wroker"}"#,
    );
    let settings = town.settings();
    let refusal = resolve(Role::Polecat, Some(&rig()), None, &settings).unwrap_err();
    assert_eq!(refusal.kind, Kind::NotFound);
    assert!(refusal.message.contains("`gemini-wroker`"), "{refusal:?}");
    assert!(
        refusal.message.contains("near: `gemini-worker`"),
        "{refusal:?}"
    );
    assert_eq!(refusal.hints, ["gt config agent list"]);
    assert!(resolve(Role::Human, None, None, &settings).is_err());
}

#[test]
fn a_prompt_is_given_as_the_program_takes_it() {
    let town = Town::new().write(
        "settings/agents.json",
        r#"{"agents":{"own":{"command":"bot"},"typed":{"command":"bot","prompt":"typed"},
            "old":{"command":"bot","prompt_mode":"none"},"flagged":{"command":"bot","prompt":"flag","prompt_flag":"--say"},
            "demo":{"command":"bot","provider":"scripted"}}}"#,
    );
    let settings = town.settings();
    for (name, argv, typed, in_env) in [
        ("claude", vec!["/p", "hello"], false, false),
        ("gemini", vec!["/p", "-i", "hello"], false, false),
        ("amp", vec!["/p", "--no-ide"], true, false),
        ("own", vec!["/p"], false, true),
        ("typed", vec!["/p"], true, false),
        ("old", vec!["/p"], true, false),
        ("flagged", vec!["/p", "--say", "hello"], false, false),
        ("demo", vec!["/p", "hello"], false, false),
    ] {
        let agent = resolve(Role::Mayor, None, Some(&alias(name)), &settings).expect(name);
        assert_eq!(agent.argv(Path::new("/p"), "hello"), argv, "{name}");
        assert_eq!(agent.prompt_typed(), typed, "{name}");
        assert_eq!(agent.prompt_in_env(), in_env, "{name}");
    }
}

#[test]
fn a_conversation_is_resumed_as_the_program_takes_it() {
    let town = Town::new();
    let settings = town.settings();
    for (name, session, argv) in [
        ("claude", Some("s1"), Some(vec!["/p", "--resume", "s1"])),
        ("claude", None, Some(vec!["/p", "--continue"])),
        ("codex", Some("s1"), Some(vec!["/p", "resume", "s1"])),
        (
            "amp",
            Some("s1"),
            Some(vec!["/p", "threads", "continue", "s1", "--no-ide"]),
        ),
        ("amp", None, None),
        ("shell", Some("s1"), None),
    ] {
        let agent = resolve(Role::Mayor, None, Some(&alias(name)), &settings).expect(name);
        let found = agent.resume_argv(Path::new("/p"), session);
        let argv = argv.map(|words| words.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(found, argv, "{name}");
    }
}

#[test]
fn a_role_is_given_its_settings_file_where_there_is_one() {
    let town = Town::new()
        .write("tradingbot/polecats/.claude/settings.json", "{}")
        .write("mayor/.claude/settings.json", "{}")
        .write(
            "settings/agents.json",
            r#"{"agents":{"own":{"command":"claude","args":["--settings","/mine"]}}}"#,
        );
    let root = town.dir.path().display().to_string();
    let settings = town.settings();
    let of = |role, name: &str| {
        resolve(role, Some(&rig()), Some(&alias(name)), &settings).expect("agent")
    };
    let claude = of(Role::Polecat, "claude");
    let file = format!("{root}/tradingbot/polecats/.claude/settings.json");
    assert_eq!(claude.settings_args, ["--settings".to_owned(), file]);
    assert!(claude.command_line().contains("--settings"));
    assert!(!claude.short_line().contains("--settings"));
    let gemini = of(Role::Polecat, "gemini");
    assert_eq!(gemini.settings_args, [] as [String; 0]);
    // Gemini takes a settings file of this kind from root alone, so its worker is told by a variable
    // that it may trust its worktree.
    assert_eq!(
        gemini.env,
        [("GEMINI_CLI_TRUST_WORKSPACE".to_owned(), "true".to_owned())]
    );
    assert_eq!(of(Role::Crew, "gemini").env, []);
    assert_eq!(of(Role::Mayor, "claude").settings_args.len(), 2);
    assert_eq!(of(Role::Crew, "claude").settings_args.len(), 0);
    assert_eq!(of(Role::Polecat, "own").settings_args.len(), 0);
}

#[test]
fn a_program_is_found_on_the_path_alone() {
    let town = Town::new().write("bin/tool", "#!/bin/sh\n");
    let bin = town.dir.path().join("bin");
    let path = format!("relative::/nowhere:{}", bin.display());
    assert_eq!(find_program("tool", &path), None, "not executable");
    use std::os::unix::fs::PermissionsExt;
    let tool = bin.join("tool");
    let file = tool.metadata().expect("facts");
    let mut mode = file.permissions();
    mode.set_mode(0o755);
    std::fs::set_permissions(&tool, mode).expect("mode");
    assert_eq!(find_program("tool", &path), Some(tool.clone()));
    assert_eq!(find_program(&tool.display().to_string(), ""), Some(tool));
    for missing in ["none", "", "./tool", "bin"] {
        assert_eq!(find_program(missing, &path), None, "{missing}");
    }
    let agent = resolve(
        Role::Mayor,
        None,
        Some(&alias("gemini-worker")),
        &town.settings(),
    )
    .expect("agent");
    let refusal = agent.installed(&path).unwrap_err();
    assert!(refusal.message.contains("`gemini`"), "{refusal:?}");
    assert_eq!(refusal.hints, ["npm install -g @google/gemini-cli"]);
}

#[test]
fn words_that_need_quotes_are_quoted() {
    let town = Town::new().write(
        "settings/agents.json",
        r#"{"agents":{"own":{"command":"bot","args":["a b","$x"]}}}"#,
    );
    assert_eq!(
        line(&town.settings(), Role::Mayor, Some("own")),
        "bot 'a b' '$x'"
    );
}

#[test]
fn explaining_says_why_or_what_is_wrong() {
    let town = Town::new()
        .write(
            "settings/config.json",
            r#"{"default_agent":"claude-infra","role_agents":{"boot":"nope"}}"#,
        )
        .write(
            "tradingbot/settings/config.json",
            r#"{"agent":"gemini-worker"}"#,
        );
    let rows = explain(&town.settings(), Some(&rig()));
    let row = |role| rows.iter().find(|row| row.role == role).expect("row");
    assert_eq!(row(Role::Polecat).why, "`agent` of rig `tradingbot`");
    assert_eq!(row(Role::Deacon).why, "default of the town");
    assert!(
        row(Role::Crew).why.contains("beside"),
        "{:?}",
        row(Role::Crew)
    );
    assert_eq!(row(Role::Boot).alias, None);
    assert!(row(Role::Boot).line.contains("`nope`"));
    assert_eq!(rows.len(), 7);
}
