//! What reaches an agent, and what never does.

use std::collections::BTreeMap;

use super::*;
use crate::config::{Settings, resolve};
use crate::domain::{AgentAlias, Role};

fn env_of(address: &str, captured: &[(&str, &str)], alias: &str) -> BTreeMap<String, String> {
    let dir = tempfile::tempdir().expect("dir");
    let paths = TownPaths::new("/home/me/gt");
    let settings = Settings::load(&TownPaths::new(dir.path()));
    let alias = AgentAlias::parse(alias).expect("alias");
    let address = Address::parse(address).expect("address");
    let agent = resolve(Role::of(&address), address.rig(), Some(&alias), &settings).expect("agent");
    let captured: Vec<(String, String)> = captured
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let run = RunId::parse("tradingbot.Toast.7.2").expect("run");
    let identity = AgentIdentity {
        address: &address,
        run: &run,
        token: "secret",
        branch: "polecat/Toast/tb-abc.7",
        email_domain: "gastown.local",
        prompt: "begin",
    };
    agent_env(&paths, &identity, &agent, &captured)
        .into_iter()
        .collect()
}

#[test]
fn a_polecat_is_who_it_is() {
    let env = env_of(
        "tradingbot/Toast",
        &[
            ("HOME", "/home/me"),
            ("PATH", "/usr/bin:/home/me/gt/.gt/bin:/bin"),
            ("GIT_AUTHOR_NAME", "Me"),
            ("GT_ROLE", "mayor"),
            ("GT_TOKEN", "stolen"),
            ("NODE_OPTIONS", "--inspect"),
            ("CLAUDECODE", "1"),
            ("MY_DATABASE_PASSWORD", "x"),
            ("GEMINI_API_KEY", "k"),
            ("LC_ALL", "C.UTF-8"),
            ("https_proxy", "http://proxy"),
        ],
        "gemini-worker",
    );
    let email = "tradingbot.polecats.Toast@gastown.local";
    for (name, value) in [
        ("GT_ROLE", "tradingbot/polecats/Toast"),
        ("BD_ACTOR", "tradingbot/polecats/Toast"),
        ("GT_RIG", "tradingbot"),
        ("GT_POLECAT", "Toast"),
        ("GT_TOWN_ROOT", "/home/me/gt"),
        ("GT_TOKEN", "secret"),
        ("GT_AGENT", "gemini-worker"),
        ("GT_SESSION", "tradingbot.Toast.7.2"),
        ("GT_BRANCH", "polecat/Toast/tb-abc.7"),
        ("GIT_AUTHOR_NAME", "tradingbot/polecats/Toast"),
        ("GIT_AUTHOR_EMAIL", email),
        ("GIT_COMMITTER_NAME", "tradingbot/polecats/Toast"),
        ("GIT_COMMITTER_EMAIL", email),
        ("PATH", "/home/me/gt/.gt/bin:/usr/bin:/bin"),
        ("TERM", "xterm-256color"),
        ("COLORTERM", "truecolor"),
        ("HOME", "/home/me"),
        ("GEMINI_API_KEY", "k"),
        ("LC_ALL", "C.UTF-8"),
        ("https_proxy", "http://proxy"),
    ] {
        assert_eq!(env.get(name).map(String::as_str), Some(value), "{name}");
    }
    for name in [
        "NODE_OPTIONS",
        "CLAUDECODE",
        "MY_DATABASE_PASSWORD",
        "GT_PROMPT",
        "GT_CREW",
    ] {
        assert_eq!(env.get(name), None, "{name}");
    }
}

#[test]
fn other_seats_and_styles() {
    let mayor = env_of("mayor", &[], "shell");
    assert_eq!(mayor.get("GT_PROMPT").map(String::as_str), Some("begin"));
    assert_eq!(mayor.get("GT_RIG"), None);
    assert_eq!(
        mayor.get("PATH").map(String::as_str),
        Some("/home/me/gt/.gt/bin:/usr/local/bin:/usr/bin:/bin")
    );
    assert_eq!(
        mayor.get("GIT_AUTHOR_EMAIL").map(String::as_str),
        Some("mayor@gastown.local")
    );
    let crew = env_of("tradingbot/crew/architect", &[], "claude");
    assert_eq!(crew.get("GT_CREW").map(String::as_str), Some("architect"));
    assert_eq!(crew.get("GT_POLECAT"), None);
}

#[test]
fn capture_keeps_what_may_pass() {
    let vars = [
        ("PATH", "/bin"),
        ("GT_TOKEN", "x"),
        ("SECRET", "y"),
        ("AWS_REGION", "eu"),
    ]
    .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    assert_eq!(
        capture_env(vars),
        [
            ("AWS_REGION".to_owned(), "eu".to_owned()),
            ("PATH".to_owned(), "/bin".to_owned())
        ]
    );
    for name in [
        "GT_ROLE",
        "BD_ACTOR",
        "GIT_DIR",
        "LD_PRELOAD",
        "BASH_ENV",
        "",
    ] {
        assert!(!is_allowed_env(name), "{name}");
    }
}
