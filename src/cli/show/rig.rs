//! Rigs: a list, the story after one was added, and JSON.

use serde_json::{Value, json};

use super::{Cell, Look, Table, Tone};
use crate::domain::{RigPhase, RigView};
use crate::support::paths::TownPaths;
use crate::support::text::{clean, clean_block, identity};
use crate::verbs::story::count;

/// Rigs as lines.
pub(crate) fn rigs_text(rigs: &[RigView], look: &Look) -> String {
    let mut table = Table::default();
    for rig in rigs {
        let gates = match rig.gates {
            0 => Cell::new(Tone::Warn, "no gates"),
            gates => Cell::plain(count(gates, "gate")),
        };
        let note = rig.note.as_deref().unwrap_or_default();
        table.row([
            Cell::new(Tone::Name, rig.name.as_str()),
            Cell::plain(rig.prefix.as_str()),
            Cell::new(tone(rig.phase), rig.phase.word()),
            Cell::plain(if rig.target.is_empty() {
                "-".to_owned()
            } else {
                identity(&rig.target)
            }),
            gates,
            Cell::plain(format!(
                "{}, {} queued",
                count(rig.polecats, "polecat"),
                rig.queued
            )),
            Cell::plain(format!("{}  {note}", rig.url)),
        ]);
    }
    table.text(look, "")
}

pub(super) const fn tone(phase: RigPhase) -> Tone {
    match phase {
        RigPhase::Cloning | RigPhase::Preparing => Tone::Name,
        RigPhase::Active => Tone::Good,
        RigPhase::Failed => Tone::Bad,
    }
}

/// What stands after a rig was added: tree, prefix, tests, notes, what to type next.
pub(crate) fn rig_story(rig: &RigView, derived: &str, paths: &TownPaths, look: &Look) -> String {
    let name = rig.name.as_str();
    let target = identity(&rig.target);
    let head = look.paint(Tone::Strong, &format!("rig {name} is ready"));
    let mut lines = vec![
        format!("{} {head}", look.paint(Tone::Good, "✓")),
        format!("  {}/", paths.rig(name).display()),
        "  ├── config.json        name, prefix, repository".to_owned(),
        "  ├── settings/          config.json: agents and gates of this rig".to_owned(),
        "  ├── .repo.git/         the repository that agents' worktrees share".to_owned(),
        format!("  ├── mayor/rig/         a clone on {target}"),
        format!("  ├── refinery/rig/      a worktree at the tip of {target}"),
        "  ├── witness/".to_owned(),
        "  ├── crew/".to_owned(),
        "  └── polecats/          one folder for each polecat at work".to_owned(),
        String::new(),
        format!(
            "  prefix   {}-…  ({derived})",
            look.paint(Tone::Name, rig.prefix.as_str())
        ),
        format!("  target   {target}"),
    ];
    lines.extend(gates_story(rig, paths));
    if let Some(note) = &rig.note {
        let note = clean_block(note);
        lines.extend(note.lines().map(|line| format!("  note     {line}")));
    }
    lines.extend([String::new(), "next".to_owned()]);
    let tracked = paths.rig(name).join("mayor/rig/.beads/issues.jsonl");
    if tracked.is_file() {
        let import = format!("  bd import {}", tracked.display());
        lines.push(format!("{import}   takes in the beads that it tracks"));
    }
    lines.extend([
        format!("  bd create --title \"…\" --type task --rig {name}"),
        format!("  gt sling {}-… {name}", rig.prefix),
        String::new(),
    ]);
    lines.join("\n")
}

/// What is said when the rig was there before.
pub(crate) fn rig_again(rig: &RigView) -> String {
    format!(
        "{} was under care already ({}-…, lands on {}); files that were missing are there again, nothing else changed",
        rig.name,
        rig.prefix,
        identity(&rig.target)
    )
}

/// Which gates there are, and how to turn on the tests that were found (DOCUMENT 39).
fn gates_story(rig: &RigView, paths: &TownPaths) -> Vec<String> {
    match (&rig.test_hint, rig.gates) {
        (Some(_) | None, gates) if gates > 0 => vec![format!("  gates    {gates} set")],
        (Some(tests), _) => {
            let tests = clean(tests);
            let settings = paths.rig(rig.name.as_str()).join("settings/config.json");
            let setting = json!({ "merge_queue": { "test_command": tests } });
            vec![
                format!("  gates    none set: work lands unchecked. Tests were found: {tests}"),
                format!(
                    "           turn them on in {}: {setting}",
                    settings.display()
                ),
            ]
        }
        (None, _) => {
            vec!["  gates    none set, and no tests were found: work lands unchecked".to_owned()]
        }
    }
}

/// A rig as an object.
pub(crate) fn rig_json(rig: &RigView) -> Value {
    serde_json::to_value(rig).unwrap_or_default()
}

/// Rigs as an array.
pub(crate) fn rigs_json(rigs: &[RigView]) -> Value {
    rigs.iter().map(rig_json).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{NOW, rig};
    use super::*;

    #[test]
    fn a_new_rig_shows_tree_prefix_and_how_to_turn_tests_on() {
        let paths = TownPaths::new("/gt");
        let text = rig_story(
            &rig(),
            "from the words of the name tradingbot",
            &paths,
            &Look::plain(NOW),
        );
        insta::assert_snapshot!(text, @r#"
        ✓ rig tradingbot is ready
          /gt/tradingbot/
          ├── config.json        name, prefix, repository
          ├── settings/          config.json: agents and gates of this rig
          ├── .repo.git/         the repository that agents' worktrees share
          ├── mayor/rig/         a clone on main
          ├── refinery/rig/      a worktree at the tip of main
          ├── witness/
          ├── crew/
          └── polecats/          one folder for each polecat at work

          prefix   tb-…  (from the words of the name tradingbot)
          target   main
          gates    none set: work lands unchecked. Tests were found: cargo test
                   turn them on in /gt/tradingbot/settings/config.json: {"merge_queue":{"test_command":"cargo test"}}

        next
          bd create --title "…" --type task --rig tradingbot
          gt sling tb-… tradingbot
        "#);
    }
}
