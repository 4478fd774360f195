//! Trees on a real disk.

use std::path::Path;

use super::*;
use crate::config::layout::{InstallOptions, gitignore_text, write_town};
use crate::config::settings::Settings;
use crate::domain::Kind;

fn options() -> InstallOptions {
    InstallOptions {
        name: Some("trading-hq".to_owned()),
        created_at: "2026-01-02T03:04:05Z".to_owned(),
        ..InstallOptions::default()
    }
}

fn facts() -> RigFacts {
    RigFacts {
        name: RigName::parse("tradingbot").expect("name"),
        url: "https://github.com/aadhar99/gtTradingBot.git".to_owned(),
        prefix: Prefix::parse("tb").expect("prefix"),
        target: Some("main".to_owned()),
        added_at: "2026-01-02T03:04:05Z".to_owned(),
    }
}

fn text(paths: &TownPaths, below: &str) -> String {
    files::read_if_there(&paths.root().join(below))
        .expect("read")
        .unwrap_or_default()
}

/// Every file below a folder with its text, for comparing.
#[expect(clippy::disallowed_methods, reason = "the test walks the tree")]
fn tree(root: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("folder").flatten() {
            let path = entry.path();
            let below = path
                .strip_prefix(root)
                .expect("below")
                .display()
                .to_string();
            if path.is_dir() {
                found.push((format!("{below}/"), String::new()));
                open.push(path);
            } else {
                found.push((below, std::fs::read_to_string(&path).expect("text")));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_town_has_the_tree_of_the_document() {
    let dir = tempfile::tempdir().expect("dir");
    let paths = TownPaths::new(dir.path().join("gt"));
    let made = write_town(&paths, &options()).expect("town");
    write_rig(&paths, &facts()).expect("rig");
    for below in [
        "CLAUDE.md",
        "mayor/town.json",
        "mayor/rigs.json",
        "mayor/.claude/settings.json",
        "deacon/.claude/settings.json",
        "deacon/dogs/boot",
        ".beads/routes.jsonl",
        ".beads/formulas/mol-scraper-build.toml",
        ".beads/formulas/mol-strategy-backtest.toml",
        ".beads/formulas/mol-feature-standard.toml",
        ".beads/formulas/mol-bug-fix.toml",
        "settings/config.json",
        "settings/agents.json",
        "settings/escalation.json",
        "tradingbot/config.json",
        "tradingbot/.beads",
        "tradingbot/witness/.claude/settings.json",
        "tradingbot/refinery/.claude/settings.json",
        "tradingbot/crew/.claude/settings.json",
        "tradingbot/polecats/.claude/settings.json",
    ] {
        assert!(paths.root().join(below).exists(), "{below}");
    }
    assert!(made.contains(&"CLAUDE.md".to_owned()) && made.contains(&".gt/".to_owned()));
    assert!(!paths.root().join(".gitignore").exists());
    use std::os::unix::fs::PermissionsExt;
    let mode = paths.gt().metadata().expect("facts").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert!(text(&paths, "mayor/town.json").contains("\"name\": \"trading-hq\""));
    assert_eq!(
        text(&paths, ".beads/routes.jsonl"),
        "{\"prefix\":\"hq-\",\"path\":\".\"}\n{\"prefix\":\"hq-cv-\",\"path\":\".\"}\n{\"prefix\":\"tb-\",\"path\":\"tradingbot\"}\n"
    );
    let settings = Settings::load(&paths);
    assert_eq!(settings.problems(), [] as [String; 0]);
    assert_eq!(settings.town_name(), "trading-hq");
    assert_eq!(settings.rig_prefix(&facts().name), Some(facts().prefix));
}

#[test]
fn the_roots_context_names_no_role_for_all() {
    let dir = tempfile::tempdir().expect("dir");
    let paths = TownPaths::new(dir.path());
    write_town(&paths, &options()).expect("town");
    let claude = text(&paths, "CLAUDE.md");
    let (for_all, for_mayor) = claude
        .split_once("## For the mayor alone")
        .expect("heading");
    assert!(for_all.contains("GT_ROLE") && for_all.contains("gt prime"));
    assert!(for_mayor.contains("gt convoy create"));
    for pointer in ["AGENTS.md", "GEMINI.md"] {
        assert!(text(&paths, pointer).contains("CLAUDE.md"), "{pointer}");
    }
}

#[test]
fn a_second_time_changes_nothing_and_edits_are_kept() {
    let dir = tempfile::tempdir().expect("dir");
    let paths = TownPaths::new(dir.path());
    write_town(&paths, &options()).expect("town");
    write_rig(&paths, &facts()).expect("rig");
    for (below, mine) in [
        ("CLAUDE.md", "mine"),
        ("settings/escalation.json", "{\"routes\": {}}"),
        (
            "tradingbot/settings/config.json",
            "{ \"agent\": \"codex\" }",
        ),
        ("tradingbot/polecats/.claude/settings.json", "{}"),
        (".beads/formulas/mol-bug-fix.toml", "# mine"),
    ] {
        files::write_atomic(&paths.root().join(below), mine.as_bytes(), Access::Shared)
            .expect("edit");
    }
    let before = tree(paths.root());
    for again in [options(), InstallOptions::default()] {
        assert_eq!(write_town(&paths, &again).expect("town"), [] as [String; 0]);
    }
    assert_eq!(write_rig(&paths, &facts()).expect("rig"), [] as [String; 0]);
    assert_eq!(tree(paths.root()), before);
    let with_git = InstallOptions {
        git: true,
        ..options()
    };
    assert_eq!(write_town(&paths, &with_git).expect("town"), [".gitignore"]);
    assert_eq!(text(&paths, ".gitignore"), gitignore_text());
}

#[test]
fn lists_keep_keys_that_we_do_not_know() {
    let dir = tempfile::tempdir().expect("dir");
    let paths = TownPaths::new(dir.path());
    write_town(&paths, &options()).expect("town");
    let put = |below: &str, text: &str| {
        files::write_atomic(&paths.root().join(below), text.as_bytes(), Access::Shared)
            .expect("put");
    };
    put(
        "mayor/rigs.json",
        r#"{"zeta":1,"version":1,"rigs":{"other":{"git_url":"u","extra":[1]}},"alpha":2}"#,
    );
    put(
        ".beads/routes.jsonl",
        "# kept\n{\"prefix\":\"x-\",\"path\":\"other\",\"more\":1}",
    );
    write_rig(&paths, &facts()).expect("rig");
    let list: Value = serde_json::from_str(&text(&paths, "mayor/rigs.json")).expect("json");
    let keys: Vec<&String> = list.as_object().expect("object").keys().collect();
    assert_eq!(keys, ["zeta", "version", "rigs", "alpha"]);
    assert_eq!(list["rigs"]["other"]["extra"], json!([1]));
    assert_eq!(list["rigs"]["tradingbot"]["beads"]["prefix"], json!("tb"));
    assert!(
        text(&paths, ".beads/routes.jsonl")
            .starts_with("# kept\n{\"prefix\":\"x-\",\"path\":\"other\",\"more\":1}\n{")
    );
}

#[test]
fn what_contradicts_is_refused_before_anything_is_written() {
    let dir = tempfile::tempdir().expect("dir");
    let paths = TownPaths::new(dir.path());
    write_town(&paths, &options()).expect("town");
    write_rig(&paths, &facts()).expect("rig");
    let before = tree(paths.root());
    for other in [
        RigFacts {
            url: "https://elsewhere/x.git".to_owned(),
            ..facts()
        },
        RigFacts {
            prefix: Prefix::parse("tr").expect("prefix"),
            ..facts()
        },
    ] {
        let refusal = Refusal::from(write_rig(&paths, &other).unwrap_err());
        assert_eq!(refusal.kind, Kind::Conflict);
        assert!(refusal.message.contains("not `"), "{refusal:?}");
    }
    let renamed = InstallOptions {
        name: Some("other".to_owned()),
        ..options()
    };
    let refusal = Refusal::from(write_town(&paths, &renamed).unwrap_err());
    assert_eq!(refusal.kind, Kind::Conflict);
    let inside = TownPaths::new(dir.path().join("deep/gt"));
    let refusal = Refusal::from(write_town(&inside, &options()).unwrap_err());
    assert_eq!(refusal.kind, Kind::Refused);
    let odd = InstallOptions {
        name: Some("a\u{1b}[31m".to_owned()),
        ..options()
    };
    let elsewhere = tempfile::tempdir().expect("dir");
    let refusal = Refusal::from(write_town(&TownPaths::new(elsewhere.path()), &odd).unwrap_err());
    assert_eq!(refusal.kind, Kind::Usage);
    assert_eq!(tree(paths.root()), before);
    let broken = "mayor/rigs.json";
    files::write_atomic(&paths.root().join(broken), b"{\n oops", Access::Shared).expect("broken");
    let fresh = RigFacts {
        name: RigName::parse("second").expect("name"),
        ..facts()
    };
    let refusal = Refusal::from(write_rig(&paths, &fresh).unwrap_err());
    assert!(refusal.message.contains("line 2"), "{refusal:?}");
    assert_eq!(text(&paths, broken), "{\n oops");
}

#[test]
fn secrets_of_a_url_stay_out_of_the_files() {
    for (url, shown) in [
        ("https://github.com/a/b.git", "https://github.com/a/b.git"),
        (
            "https://me:token@github.com/a/b.git",
            "https://me@github.com/a/b.git",
        ),
        ("https://ghp_token@github.com/a", "https://github.com/a"),
        ("ssh://git@host:22/a", "ssh://git@host:22/a"),
        ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        ("/srv/a.git", "/srv/a.git"),
        ("file:///srv/a@b/c:d", "file:///srv/a@b/c:d"),
    ] {
        assert_eq!(without_secret(url), shown);
    }
}

#[test]
fn a_target_found_later_completes_the_file() {
    let dir = tempfile::tempdir().expect("dir");
    let paths = TownPaths::new(dir.path());
    write_town(&paths, &options()).expect("town");
    write_rig(
        &paths,
        &RigFacts {
            target: None,
            ..facts()
        },
    )
    .expect("rig");
    assert!(!text(&paths, "tradingbot/config.json").contains("default_branch"));
    assert_eq!(
        write_rig(&paths, &facts()).expect("rig"),
        ["tradingbot/config.json"]
    );
    assert!(text(&paths, "tradingbot/config.json").contains("\"default_branch\": \"main\""));
}
