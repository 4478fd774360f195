//! Settings files in, values and problems out.

use std::path::Path;

use super::*;
use crate::domain::{History, SizeRule, TerminalRules};
use crate::support::files::{self, Access};

fn write(root: &Path, below: &str, text: &str) {
    let path = root.join(below);
    files::make_dir(path.parent().expect("folder")).expect("made");
    files::write_atomic(&path, text.as_bytes(), Access::Shared).expect("written");
}

fn rig() -> RigName {
    RigName::parse("tradingbot").expect("name")
}

fn town() -> (tempfile::TempDir, TownPaths) {
    let dir = tempfile::tempdir().expect("dir");
    let paths = TownPaths::new(dir.path());
    write(
        dir.path(),
        "mayor/rigs.json",
        r#"{"version":1,"rigs":{"tradingbot":{"git_url":"x","beads":{"prefix":"tb"}}}}"#,
    );
    (dir, paths)
}

const RIG_FILE: &str = r#"{
  "type": "rig-settings",
  "version": 1,
  "agent": "gemini-worker",
  "agents": {
    "gemini-worker": {
      "command": "gemini",
      "args": []
    }
  }
}
"#;

const ESCALATION_FILE: &str = r#"{
  "routes": {
    "critical": ["bead", "mail:mayor"],
    "high": ["bead", "mail:mayor"],
    "medium": ["bead"],
    "low": ["bead"]
  },
  "stale_threshold": "4h",
  "max_reescalations": 2
}
"#;

#[test]
fn the_files_of_the_document_have_no_problem() {
    let (dir, paths) = town();
    write(dir.path(), "tradingbot/settings/config.json", RIG_FILE);
    write(dir.path(), "settings/escalation.json", ESCALATION_FILE);
    let settings = Settings::load(&paths);
    assert_eq!(settings.problems(), [] as [String; 0]);
    assert_eq!(
        settings
            .rig_agent(&rig())
            .map(|alias| alias.to_string())
            .as_deref(),
        Some("gemini-worker")
    );
    assert_eq!(
        settings
            .rig_prefix(&rig())
            .map(|p| p.to_string())
            .as_deref(),
        Some("tb")
    );
    let (source, spec) = settings
        .agent_spec(Some(&rig()), "gemini-worker")
        .expect("spec");
    assert_eq!(source, AgentSource::Rig);
    assert_eq!(spec.args, Some(Vec::new()));
    assert_eq!(settings.escalation.value.max_reescalations, Some(2));
}

#[test]
fn a_town_without_files_has_defaults() {
    let dir = tempfile::tempdir().expect("dir");
    let settings = Settings::load(&TownPaths::new(dir.path()));
    assert_eq!(settings.problems(), [] as [String; 0]);
    assert_eq!(settings.email_domain(), "gastown.local");
    assert_eq!(settings.default_agent(), None);
    assert_eq!(settings.default_rig(), None);
    assert_eq!(settings.rig_gates(&rig()), []);
    assert!(!settings.gates_decided(&rig()));
    assert_eq!(
        settings.name_pool(&rig()).first().map(AgentName::as_str),
        Some("Toast")
    );
}

#[test]
fn each_problem_names_file_line_and_key() {
    let (dir, paths) = town();
    write(
        dir.path(),
        "settings/config.json",
        "{\n  \"type\": \"town-settings\",\n  \"colour\": 1,\n  \"default_agent\": \"../x\",\n  \"agents\": {\n    \"mine\": {\n      \"command\": \"x\",\n      \"comand\": \"y\", \"env\": {\"GT_ROLE\": \"mayor\"},\n      \"rules\": [{\"any\": [\"(\"]}]\n    }\n  },\n  \"role_agents\": {\"dog\": \"claude\"}\n}",
    );
    write(
        dir.path(),
        "tradingbot/settings/config.json",
        "{\"merge_queue\": {\"test_command\": \"t\",\n \"test_timeout\": \"soon\",\n \"gates\": {\"g\": {\"cmd\": \"\", \"phase\": 1}}},\n \"namepool\": {\"names\": [\"main\"]}}",
    );
    write(
        dir.path(),
        "settings/escalation.json",
        "{\"routes\": {\"huge\": [\"bead\"], \"low\": [\"sms:human\"]}}",
    );
    let settings = Settings::load(&paths);
    let problems = settings.problems();
    for part in [
        "settings/config.json:3: unknown key `colour`",
        "settings/config.json:4: `default_agent`",
        "settings/config.json:8: unknown key `agents.mine.comand`",
        "settings/config.json:6: `agents.mine`",
        "settings/config.json:12: `role_agents.dog`",
        "settings/config.json:8: `agents.mine.env.GT_ROLE`",
        "tradingbot/settings/config.json:2: `merge_queue.test_timeout`",
        "tradingbot/settings/config.json:3: unknown key `merge_queue.gates.g.phase`",
        "`merge_queue.gates.g.cmd`",
        "`namepool.names`",
        "settings/escalation.json:1: `routes.huge`",
        "`routes.low`: `sms:human`",
    ] {
        assert!(
            problems.iter().any(|problem| problem.contains(part)),
            "{part}\n{problems:#?}"
        );
    }
    assert_eq!(settings.default_agent(), None);
    assert_eq!(settings.rig_gates(&rig()).len(), 1);
}

#[test]
fn an_edit_is_seen_and_a_broken_one_keeps_the_last_good_values() {
    let (dir, paths) = town();
    let mut settings = Settings::load(&paths);
    assert!(!settings.reload(), "nothing changed");
    write(
        dir.path(),
        "settings/config.json",
        r#"{"default_agent":"gemini"}"#,
    );
    assert!(settings.reload());
    assert_eq!(
        settings.default_agent().map(|a| a.to_string()).as_deref(),
        Some("gemini")
    );
    write(
        dir.path(),
        "settings/config.json",
        "{\"default_agent\":\n \"codex\",,}",
    );
    assert!(settings.reload());
    assert_eq!(
        settings.default_agent().map(|a| a.to_string()).as_deref(),
        Some("gemini")
    );
    let problem = settings.problems().first().expect("problem");
    assert!(problem.starts_with("settings/config.json:2:"), "{problem}");
    assert!(!settings.reload(), "a broken file is read once");
    for wrong in [
        r#"{"type":"rig-settings","default_agent":"codex"}"#,
        r#"{"version":7,"default_agent":"codex"}"#,
        r#"{"default_agent":7}"#,
        r#"[1]"#,
        r#"{"default_agent":"codex"} trailing"#,
        "",
    ] {
        write(dir.path(), "settings/config.json", wrong);
        assert!(settings.reload(), "{wrong}");
        assert_eq!(settings.problems().len(), 1, "{wrong}");
        assert_eq!(
            settings.default_agent().map(|a| a.to_string()).as_deref(),
            Some("gemini"),
            "{wrong}"
        );
    }
    write(
        dir.path(),
        "settings/config.json",
        r#"{"default_agent":"codex"}"#,
    );
    assert!(settings.reload());
    assert_eq!(settings.problems(), [] as [String; 0]);
    files_gone(dir.path());
    assert!(settings.reload());
    assert_eq!(settings.default_agent(), None);
}

fn files_gone(root: &Path) {
    std::fs::remove_file(root.join("settings/config.json")).expect("removed");
}

#[test]
fn a_pipe_in_place_of_a_file_holds_nobody_up() {
    let (dir, paths) = town();
    files::make_dir(&dir.path().join("settings")).expect("made");
    let pipe = dir.path().join("settings/config.json");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .expect("pipe");
    let settings = Settings::load(&paths);
    assert_eq!(settings.problems().len(), 1);
    let problem = settings.problems().first().expect("problem");
    assert!(problem.contains("not a regular file"), "{problem}");
}

#[test]
fn a_rig_that_is_added_later_is_seen() {
    let dir = tempfile::tempdir().expect("dir");
    let paths = TownPaths::new(dir.path());
    let mut settings = Settings::load(&paths);
    write(
        dir.path(),
        "tradingbot/settings/config.json",
        r#"{"merge_queue":{"test_command":"make test"}}"#,
    );
    write(
        dir.path(),
        "mayor/rigs.json",
        r#"{"version":1,"rigs":{"tradingbot":{}}}"#,
    );
    assert!(settings.reload());
    assert_eq!(
        settings
            .rig_gates(&rig())
            .first()
            .map(|gate| gate.command.as_str()),
        Some("make test")
    );
    write(
        dir.path(),
        "tradingbot/settings/config.json",
        r#"{"merge_queue":{"run_tests":false}}"#,
    );
    assert!(settings.reload());
    assert!(settings.gates_decided(&rig()) && settings.rig_gates(&rig()).is_empty());
}

#[test]
fn a_list_that_lost_a_rig_does_not_take_its_gates_away() {
    let (dir, paths) = town();
    write(
        dir.path(),
        "tradingbot/config.json",
        r#"{"type":"rig","version":1}"#,
    );
    write(
        dir.path(),
        "tradingbot/settings/config.json",
        r#"{"merge_queue":{"test_command":"make test"}}"#,
    );
    let mut settings = Settings::load(&paths);
    write(dir.path(), "mayor/rigs.json", r#"{"version":1,"rigs":{}}"#);
    assert!(settings.reload());
    assert_eq!(settings.rig_gates(&rig()).len(), 1);
    assert_eq!(Settings::load(&paths).rig_gates(&rig()).len(), 1);
}

#[test]
fn two_definitions_of_one_alias_are_reported() {
    let (dir, paths) = town();
    write(
        dir.path(),
        "settings/config.json",
        r#"{"agents":{"x":{"command":"a"},"y":{"command":"b"}}}"#,
    );
    write(
        dir.path(),
        "settings/agents.json",
        r#"{"version":1,"agents":{"x":{"command":"c"},"y":{"command":"b"}}}"#,
    );
    let settings = Settings::load(&paths);
    assert_eq!(settings.problems().len(), 1);
    let (source, spec) = settings.agent_spec(None, "x").expect("spec");
    assert_eq!(source, AgentSource::AgentsFile);
    assert_eq!(spec.command.as_deref(), Some("c"));
    assert_eq!(settings.agent_names(None), ["x", "y"]);
}

#[test]
fn recordings_are_kept_as_long_as_the_settings_say() {
    let (dir, paths) = town();
    let kept = |text: &str| {
        write(dir.path(), "settings/config.json", text);
        let settings = Settings::load(&paths);
        (settings.recordings(), settings.problems().len())
    };
    assert_eq!(kept("{}"), ((14, 20 << 30), 0));
    let set = r#"{"recordings": {"days": 3, "bytes": 1000}}"#;
    assert_eq!(kept(set), ((3, 1000), 0));
    assert_eq!(kept(r#"{"recordings": {"days": 0}}"#), ((14, 20 << 30), 1));
    assert_eq!(kept(r#"{"recordings": {"weeks": 1}}"#), ((14, 20 << 30), 1));
}

#[test]
fn the_terminals_of_a_rig_are_kept_as_it_says_else_as_the_town_says() {
    let usual = TerminalRules::default();
    let lines = |lines| TerminalRules {
        history: History {
            lines,
            ..usual.history
        },
        ..usual
    };
    let bytes = |bytes| TerminalRules {
        history: History {
            bytes,
            ..usual.history
        },
        ..usual
    };
    let smallest = TerminalRules {
        size: SizeRule::Smallest,
        ..usual
    };
    assert_eq!(usual.size, SizeRule::Latest);
    assert_eq!(
        (usual.history.lines, usual.history.bytes),
        (10_000, 8 << 20)
    );
    let range = "settings/config.json:1: `terminal.history_lines`: not a number from 0 to 1000000: 1000000 is used";
    let cases = [
        ("{}", "{}", usual, None),
        (r#"{"history_lines":500}"#, "{}", lines(500), None),
        (
            r#"{"history_lines":500}"#,
            r#"{"history_lines":7}"#,
            lines(7),
            None,
        ),
        (r#"{"history_lines":0}"#, "{}", lines(0), None),
        ("{}", r#"{"size":"smallest"}"#, smallest, None),
        (
            r#"{"size":"smallest"}"#,
            r#"{"size":"latest"}"#,
            usual,
            None,
        ),
        (r#"{"history_bytes":1048576}"#, "{}", bytes(1 << 20), None),
        (
            r#"{"history_lines":1000001}"#,
            "{}",
            lines(1_000_000),
            Some(range),
        ),
        (
            r#"{"history_bytes":7}"#,
            "{}",
            bytes(256 << 10),
            Some(
                "`terminal.history_bytes`: not a number from 262144 to 1073741824: 262144 is used",
            ),
        ),
        (
            r#"{"size":"widest"}"#,
            "{}",
            usual,
            Some("`terminal.size`: `widest` is neither `latest` nor `smallest`"),
        ),
        (
            "{}",
            r#"{"size":"widest"}"#,
            usual,
            Some("tradingbot/settings/config.json:1: `terminal.size`"),
        ),
        (
            r#"{"lines":1}"#,
            "{}",
            usual,
            Some("unknown key `terminal.lines`"),
        ),
    ];
    for (in_town, in_rig, wanted, problem) in cases {
        let (dir, paths) = town();
        let file = |terminal: &str| format!("{{\"terminal\":{terminal}}}");
        write(dir.path(), "settings/config.json", &file(in_town));
        write(dir.path(), "tradingbot/settings/config.json", &file(in_rig));
        let settings = Settings::load(&paths);
        assert_eq!(settings.terminal(&rig()), wanted, "{in_town} {in_rig}");
        let told = settings.problems().join("\n");
        match problem {
            Some(part) => assert!(told.contains(part), "{part}: {told}"),
            None => assert_eq!(told, ""),
        }
    }
}

#[test]
fn the_quota_of_a_recording_is_set_by_the_town() {
    for (text, quota, problems) in [
        ("{}", 1 << 30, 0),
        (r#"{"recordings":{"run_bytes":10000000}}"#, 10_000_000, 0),
        (r#"{"recordings":{"run_bytes":1}}"#, 2 << 20, 1),
    ] {
        let (dir, paths) = town();
        write(dir.path(), "settings/config.json", text);
        let settings = Settings::load(&paths);
        assert_eq!(settings.limits().recording, quota, "{text}");
        assert_eq!(settings.problems().len(), problems, "{text}");
    }
}
