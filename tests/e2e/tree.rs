//! What lies on the disk: the tree that the user's document draws, and that nothing is made twice.

use std::path::Path;

use crate::agents::Puppet;
use crate::support::TestTown;

/// The drawing of the document, entry by entry; the crew's own folder comes with its first member.
const DRAWN: &[&str] = &[
    "CLAUDE.md",
    "mayor/town.json",
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
    "tradingbot/.repo.git",
    "tradingbot/mayor/rig",
    "tradingbot/witness/.claude/settings.json",
    "tradingbot/refinery/.claude/settings.json",
    "tradingbot/refinery/rig",
    "tradingbot/crew/.claude/settings.json",
    "tradingbot/polecats/.claude/settings.json",
    "tradingbot/polecats/Toast/rig",
    "tradingbot/polecats/Shadow/rig",
    "tradingbot/polecats/Copper/rig",
    "tradingbot/polecats/Ash/rig",
];

/// What else may stand there.
const EXTRA: &[&str] = &[
    ".gt",
    ".events.jsonl",
    "AGENTS.md",
    "GEMINI.md",
    "mayor/rigs.json",
    "tradingbot/settings",
    "tradingbot/polecats/.gemini",
];

/// Every entry below `dir` that the drawing or the extras neither name, nor contain, nor lead to.
fn strangers(root: &Path, dir: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        let name = path
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let named = |list: &[&str]| list.contains(&name.as_str());
        let leads = DRAWN
            .iter()
            .chain(EXTRA)
            .any(|drawn| drawn.starts_with(&format!("{name}/")));
        if named(DRAWN) || named(EXTRA) {
            continue;
        }
        if leads {
            strangers(root, &path, found);
        } else {
            found.push(name);
        }
    }
}

#[test]
fn the_tree_is_as_drawn_after_four_slings() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let puppets: Vec<Puppet<'_>> = ["Toast", "Shadow", "Copper", "Ash"]
        .into_iter()
        .map(|name| Puppet::start(&town, name))
        .collect();
    for entry in DRAWN {
        assert!(town.root().join(entry).exists(), "{entry} is missing");
    }
    let mut found = Vec::new();
    strangers(town.root(), town.root(), &mut found);
    found.sort();
    assert_eq!(found, [] as [String; 0]);
    // DOCUMENT 7: an agent below the root must not take itself for the mayor.
    let context = std::fs::read_to_string(town.root().join("CLAUDE.md")).unwrap();
    assert!(
        context.contains("GT_ROLE") && context.contains("gt prime"),
        "{context}"
    );
    drop(puppets);
}

#[test]
fn installing_and_adding_twice_changes_nothing() {
    let (town, remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let root = town.root_text();
    let url = remote.path.to_string_lossy().into_owned();
    let bead = town.bead("A bead that stays");
    std::fs::write(town.root().join("CLAUDE.md"), "mine\n").unwrap();
    town.gt(&["install", &root, "--name", "trading-hq"]).ok();
    town.gt(&["rig", "add", "tradingbot", &url])
        .ok()
        .says("was under care already");
    assert_eq!(town.bead_status(&bead), "open");
    assert_eq!(
        std::fs::read_to_string(town.root().join("CLAUDE.md")).unwrap(),
        "mine\n"
    );
    let other = town.remote("other", &[("README.md", "# other\n")]);
    let other = other.path.to_string_lossy().into_owned();
    // DOCUMENT 4: another URL is a conflict that prints both.
    town.gt(&["rig", "add", "tradingbot", &other])
        .fails(6)
        .says(&url)
        .says(&other);
}

#[test]
fn a_town_that_is_a_repository_stays_clean() {
    let town = TestTown::bare();
    let root = town.root_text();
    town.gt_at(
        town.home(),
        &["install", &root, "--name", "trading-hq", "--git"],
    )
    .ok();
    let remote = town.remote("tradingbot", &[("README.md", "# bot\n")]);
    town.gt(&["rig", "add", "tradingbot", &remote.path.to_string_lossy()])
        .ok();
    let puppet = Puppet::start(&town, "Toast");
    let tracked = town.git(town.root(), &["ls-files"]);
    for hidden in [".gt/", ".repo.git/", "/rig/"] {
        assert!(!tracked.contains(hidden), "{tracked}");
    }
    // The agent of this test was set afterwards: settings are the operator's to commit.
    let status = ["status", "--short", "--", ".", ":!settings"];
    assert_eq!(town.git(town.root(), &status), "");
    drop(puppet);
}

#[test]
fn the_shell_block_is_written_once_and_taken_out() {
    let town = TestTown::bare();
    let start = town.home().join(".bashrc");
    std::fs::write(&start, "alias mine=true\n").unwrap();
    let root = town.root_text();
    let install = ["install", root.as_str(), "--name", "trading-hq", "--shell"];
    for _ in 0..2 {
        town.program(env!("CARGO_BIN_EXE_gt"), &town.home(), &install)
            .env("SHELL", "/bin/bash")
            .run()
            .ok()
            .says(".bashrc");
    }
    let with = std::fs::read_to_string(&start).unwrap();
    assert!(with.starts_with("alias mine=true\n"), "{with}");
    let again = town
        .program(env!("CARGO_BIN_EXE_gt"), &town.home(), &["shell", "remove"])
        .env("SHELL", "/bin/bash")
        .run();
    again.ok();
    assert_eq!(
        std::fs::read_to_string(&start).unwrap(),
        "alias mine=true\n"
    );
}
