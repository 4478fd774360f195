//! Screens in, verdicts out.

use super::*;
use crate::domain::Style;
use crate::presets::{AgentSpec, builtin};

fn screen(text: &str) -> ScreenView {
    ScreenView {
        rows: text
            .lines()
            .map(|line| ScreenRow {
                text: line.to_owned(),
                runs: Vec::new(),
            })
            .collect(),
        ..ScreenView::default()
    }
}

fn preset(name: &str) -> std::sync::Arc<Preset> {
    builtin(name).expect(name)
}

const CLAUDE_IDLE: &str = "● Done.\n\n────────────────\n❯ \n────────────────\n  ⏵⏵ bypass permissions on (shift+tab to cycle)\n\n\n";
const CLAUDE_BUSY: &str = "✻ Pondering… (12s · ↑ 1.2k tokens · esc to interrupt)\n\n────────────────\n❯ \n────────────────\n  ⏵⏵ bypass permissions on";
const CLAUDE_ASKS: &str = "│ Bash command\n│   cargo test\n│ Do you want to proceed?\n│ ❯ 1. Yes\n│   2. No, and tell Claude what to do differently (esc)\n";
const CLAUDE_BYPASS: &str = "WARNING: Claude Code running in Bypass Permissions mode\n\n ❯ 1. No, exit\n   2. Yes, I accept\n\n Enter to confirm · Esc to cancel";
const CLAUDE_TRUST: &str = "Do you trust the files in this folder?\n\n ❯ 1. Yes, proceed\n   2. No, exit\n\n Enter to confirm · Esc to exit";
const GEMINI_IDLE: &str = "╭──────────────╮\n│ >   Type your message or @path/to/file │\n╰──────────────╯\n ~/x (main)   no sandbox   gemini-2.5-pro";
const GEMINI_YOLO: &str =
    "▄▄▄▄▄▄▄▄▄▄▄▄\n *   Type your message or @path/to/file\n▀▀▀▀▀▀▀▀▀▀▀▀\n YOLO mode";
const GEMINI_BUSY: &str = " ⠼ Reticulating splines (esc to cancel, 6s)\n\n╭──────────────╮\n│ > also fix the docs │\n╰──────────────╯\n";
const GEMINI_ASKS: &str = "│ ?  Shell cargo test\n│ Allow execution of: 'cargo'?\n│ ● 1. Yes, allow once\n│   2. Yes, allow always\n│   3. No (esc)";
const GEMINI_TRUST: &str = "│ Do you trust the files in this folder?\n│ ● 1. Trust folder (x)\n│   2. Trust parent folder\n│   3. Don't trust";
const SCRIPTED_READY: &str = "● done\n\n· ready for input\n────────────\n> \n────────────";
const SCRIPTED_BUSY: &str = "  nothing to commit, working tree clean\n\n✻ working … 3s (esc to interrupt)\n────────────\n> \n────────────";
const SCRIPTED_ASKS: &str = "● hello\n\n╭────────────────╮\n│ Allow: rm x ?  │\n│ 1. Yes         │\n│ 2. No          │\n╰────────────────╯";

#[test]
fn screens_mean_what_they_show() {
    use AgentState::{Idle, NeedsYou, Working};
    for (agent, text, state, ready, answer) in [
        ("claude", CLAUDE_IDLE, Some(Idle), true, None),
        ("claude", CLAUDE_BUSY, Some(Working), true, None),
        ("claude", CLAUDE_ASKS, Some(NeedsYou), false, None),
        ("claude", CLAUDE_BYPASS, None, false, Some("2")),
        ("claude", CLAUDE_TRUST, None, false, Some("1")),
        ("claude", "", None, false, None),
        ("claude", "starting", None, false, None),
        ("gemini", GEMINI_IDLE, Some(Idle), true, None),
        ("gemini", GEMINI_YOLO, Some(Idle), true, None),
        ("gemini", GEMINI_BUSY, Some(Working), true, None),
        ("gemini", GEMINI_ASKS, Some(NeedsYou), false, None),
        ("gemini", GEMINI_TRUST, None, false, Some("1")),
        ("scripted", SCRIPTED_READY, Some(Idle), true, None),
        ("scripted", SCRIPTED_BUSY, Some(Working), true, None),
        ("scripted", SCRIPTED_ASKS, Some(NeedsYou), false, None),
        ("shell", "last output\nme@host:~$ ", Some(Idle), true, None),
        ("shell", "compiling foo", None, false, None),
        ("pi", "", None, false, None),
        ("pi", "hello", None, true, None),
        (
            "pi",
            "⠋ Working... (esc to interrupt)",
            Some(Working),
            true,
            None,
        ),
    ] {
        let verdict = judge(&preset(agent), &screen(text));
        assert_eq!(verdict.state, state, "{agent}: {text}\n{verdict:?}");
        assert_eq!(verdict.ready, ready, "{agent}: {text}\n{verdict:?}");
        assert_eq!(verdict.answer.as_deref(), answer, "{agent}: {text}");
    }
}

/// A screen as the program really showed it, 110 columns wide; the first line is the title.
fn shot(name: &str) -> ScreenView {
    let (_, text) = SHOTS
        .iter()
        .find(|(known, _)| *known == name)
        .expect("a known screen");
    let (title, rows) = text.split_once('\n').expect("a title line");
    ScreenView {
        title: title.trim_start_matches("title:").trim().to_owned(),
        ..screen(rows)
    }
}

macro_rules! shots {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("screens/", $name, ".txt")))),*]
    };
}

const SHOTS: &[(&str, &str)] = shots![
    "claude-2.1.197-after-no",
    "claude-2.1.197-api-key",
    "claude-2.1.197-asks",
    "claude-2.1.197-bypass",
    "claude-2.1.197-idle",
    "claude-2.1.197-pasted",
    "claude-2.1.197-trust",
    "claude-2.1.197-typed",
    "claude-2.1.197-working",
    "claude-2.1.197-working-typed",
    "gemini-0.61.0-after-no",
    "gemini-0.61.0-asks",
    "gemini-0.61.0-idle",
    "gemini-0.61.0-idle-yolo",
    "gemini-0.61.0-login",
    "gemini-0.61.0-pasted",
    "gemini-0.61.0-trust",
    "gemini-0.61.0-typed",
    "gemini-0.61.0-working",
];

#[test]
fn real_screens_are_read() {
    use AgentState::{Idle, NeedsYou, Working};
    let long = "status? this is a rather long nudge that will certainly have to wrap over more than one \
        line of the composer because it goes on and on until it is longer than one hundred and ten columns";
    for (name, state, ready, answer, typed) in [
        ("claude-2.1.197-after-no", Some(Idle), true, None, ""),
        ("claude-2.1.197-api-key", Some(NeedsYou), false, None, ""),
        ("claude-2.1.197-asks", Some(NeedsYou), false, None, ""),
        ("claude-2.1.197-bypass", None, false, Some("2"), ""),
        ("claude-2.1.197-idle", Some(Idle), true, None, ""),
        ("claude-2.1.197-pasted", Some(Idle), true, None, "a paste"),
        ("claude-2.1.197-trust", None, false, Some("1"), ""),
        ("claude-2.1.197-typed", Some(Idle), true, None, long),
        ("claude-2.1.197-working", Some(Working), true, None, ""),
        (
            "claude-2.1.197-working-typed",
            Some(Working),
            true,
            None,
            "2",
        ),
        ("gemini-0.61.0-after-no", Some(Idle), true, None, ""),
        ("gemini-0.61.0-asks", Some(NeedsYou), false, None, ""),
        ("gemini-0.61.0-idle", Some(Idle), true, None, ""),
        ("gemini-0.61.0-idle-yolo", Some(Idle), true, None, ""),
        ("gemini-0.61.0-login", Some(NeedsYou), false, None, ""),
        ("gemini-0.61.0-pasted", Some(Idle), true, None, "a paste"),
        ("gemini-0.61.0-trust", None, false, Some("1"), ""),
        ("gemini-0.61.0-typed", Some(Idle), true, None, long),
        ("gemini-0.61.0-working", Some(Working), true, None, ""),
    ] {
        let agent = preset(name.split('-').next().expect("agent"));
        let view = shot(name);
        let verdict = judge(&agent, &view);
        assert_eq!(verdict.state, state, "{name}: {verdict:?}");
        assert_eq!(verdict.ready, ready, "{name}: {verdict:?}");
        assert_eq!(verdict.answer.as_deref(), answer, "{name}: {verdict:?}");
        if ready {
            let found = composer(&agent, &view);
            assert!(found.holds(typed), "{name}: {found:?}");
            assert_eq!(found.is_empty(), typed.is_empty(), "{name}: {found:?}");
        }
    }
}

#[test]
fn a_verdict_names_its_evidence() {
    let verdict = judge(&preset("gemini"), &screen(GEMINI_BUSY));
    assert!(verdict.evidence.contains("esc to cancel"), "{verdict:?}");
    let titled = ScreenView {
        title: "⠐ Fix the parser".to_owned(),
        ..screen(CLAUDE_IDLE)
    };
    let verdict = judge(&preset("claude"), &titled);
    assert_eq!(verdict.state, Some(AgentState::Working));
}

#[test]
fn a_composer_shows_what_stands_in_it() {
    for (agent, text, typed) in [
        ("claude", CLAUDE_IDLE, Some("")),
        (
            "claude",
            "❯ old words\n────────────\n❯ status?\n────────────\n",
            Some("status?"),
        ),
        (
            "claude",
            "────────────\n❯ one long li\n  ne that wraps\n────────────\n ⏵⏵ x",
            Some("one long li\nne that wraps"),
        ),
        (
            "claude",
            "❯ Try \"fix lint errors\"\n────────────\n",
            Some(""),
        ),
        ("gemini", GEMINI_IDLE, Some("")),
        ("gemini", GEMINI_BUSY, Some("also fix the docs")),
        ("scripted", SCRIPTED_READY, Some("")),
        (
            "scripted",
            "✻ working … 0s (esc to interrupt)\n────────────\n> status?\n────────────",
            Some("status?"),
        ),
        ("scripted", "booting", None),
    ] {
        let found = composer(&preset(agent), &screen(text));
        assert_eq!(found.text.as_deref(), typed, "{agent}: {text}");
    }
}

#[test]
fn typed_text_is_verified_without_regard_to_wrapping() {
    let wrapped = composer(
        &preset("claude"),
        &screen("────────────\n❯ one long li\n  ne that wraps\n────────────\n"),
    );
    assert!(wrapped.holds("one long line that wraps"));
    assert!(!wrapped.holds("one long line"));
    assert!(!wrapped.is_empty());
    let pasted = composer(
        &preset("claude"),
        &screen("────────────\n❯ [Pasted text #1 +40 lines]\n────────────\n"),
    );
    assert!(pasted.holds("anything long"));
}

#[test]
fn a_greyed_hint_is_not_typed_text() {
    let style = |flags: &str| Style {
        flags: flags.to_owned(),
        ..Style::default()
    };
    let mut hinted = screen("────────────\n❯ maybe do this\n────────────\n");
    hinted.rows[1].runs = vec![(2, style("")), (1, style("r")), (12, style("d"))];
    assert_eq!(
        composer(&preset("claude"), &hinted).text.as_deref(),
        Some("")
    );
    hinted.rows[1].runs = vec![(2, style("")), (6, style("")), (7, style("d"))];
    assert_eq!(
        composer(&preset("claude"), &hinted).text.as_deref(),
        Some("maybe do this")
    );
}

#[test]
fn a_program_without_a_preset_is_ready_at_its_first_output() {
    let generic = Preset::generic();
    assert!(!judge(&generic, &screen("\n \n")).ready);
    let verdict = judge(&generic, &screen("hello"));
    assert!(verdict.ready);
    assert_eq!(verdict.state, None);
    assert_eq!(composer(&generic, &screen("> x")).text, None);
}

#[test]
fn an_operator_can_state_rules_for_a_program_of_their_own() {
    let spec: AgentSpec = serde_json::from_str(
        r#"{"command":"bot","rules":[{"state":"working","any":["^busy"]}],"composer":{"line":"^in: (.*)$"}}"#,
    )
    .expect("spec");
    let preset = Preset::compile("bot", spec).expect("compiles");
    assert_eq!(
        judge(&preset, &screen("busy\nin: ")).state,
        Some(AgentState::Working)
    );
    assert_eq!(
        composer(&preset, &screen("in: hi")).text.as_deref(),
        Some("hi")
    );
}

#[test]
fn evidence_is_told_without_the_frame_around_it() {
    let seen = screen(
        "╭───────╮\n│ Allow: rm -rf data/cache ?        │\n│ 1. Yes   │\n│ 2. No    │\n╰───────╯",
    );
    let verdict = judge(&preset("scripted"), &seen);
    assert_eq!(verdict.evidence, "Allow: rm -rf data/cache ?");
    // The question is told, not the keys below it.
    let seen = screen(&format!("{CLAUDE_ASKS}\n Esc to cancel · Tab to amend"));
    assert_eq!(
        judge(&preset("claude"), &seen).evidence,
        "Do you want to proceed?"
    );
    // Gemini's trust question comes up below the input line it has shown before.
    let seen = screen(GEMINI_TRUST);
    assert_eq!(
        judge(&preset("gemini"), &seen).evidence,
        "asks whether to trust its own folder"
    );
}
