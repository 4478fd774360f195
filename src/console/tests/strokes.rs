//! Keys that are for an agent alone, and when the operator's terminal is asked to tell them.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, ModifierKeyCode};

use super::fixture::*;
use crate::client::AttachEvent;
use crate::console::app::{App, Mode};
use crate::console::glyph::Glyphs;
use crate::console::msg::{Effect, Msg, Stream};

/// The console at the list, and what it types to once an agent is entered.
fn town() -> App {
    let mut app = console(Some(busy_town()), (120, 36), Glyphs::Unicode);
    app.selected.agent = Some(id("tradingbot.Toast.1"));
    app.update(Msg::Tick, NOW);
    app
}

fn say(app: &mut App, stream: Stream, bytes: &[u8]) -> Vec<Effect> {
    let bytes = AttachEvent::Bytes(bytes.to_vec());
    app.update(Msg::Terminal(stream, bytes), NOW)
}

fn stroke(app: &mut App, code: KeyCode, kind: KeyEventKind) -> Vec<Effect> {
    let event = KeyEvent::new_with_kind(code, KeyModifiers::NONE, kind);
    app.update(Msg::Key(event), NOW)
}

#[test]
fn key_events_are_asked_for_while_the_agent_that_is_typed_to_wants_them() {
    let mut app = town();
    // A terminal that knows no flags is never asked.
    press(&mut app, "enter");
    let shown = app.viewer().unwrap().stream;
    assert_eq!(say(&mut app, shown, b"\x1b[>3u"), []);
    assert_eq!(
        app.update(Msg::Keyboard, NOW),
        [Effect::Keyboard(false), Effect::Keyboard(true)]
    );
    assert_eq!(say(&mut app, shown, b"\x1b[<u"), [Effect::Keyboard(false)]);
    assert_eq!(say(&mut app, shown, b"\x1b[>31u"), [Effect::Keyboard(true)]);
    assert_eq!(say(&mut app, shown, b"more"), []);
    let left = press(&mut app, "ctrl+q");
    assert!(left.contains(&Effect::Keyboard(false)), "{left:?}");
}

#[test]
fn an_agent_hears_releases_of_its_own_keys_and_of_no_others() {
    let mut app = town();
    app.update(Msg::Keyboard, NOW);
    press(&mut app, "enter");
    let shown = app.viewer().unwrap().stream;
    say(&mut app, shown, b"\x1b[>3u");
    let told = |bytes: &[u8]| vec![Effect::Type(shown, bytes.to_vec())];
    let release = KeyEventKind::Release;
    // The key that led here was the console's.
    assert_eq!(stroke(&mut app, KeyCode::Enter, release), []);
    assert_eq!(press(&mut app, "up"), told(b"\x1b[A"));
    let repeat = stroke(&mut app, KeyCode::Up, KeyEventKind::Repeat);
    assert_eq!(repeat, told(b"\x1b[1;1:2A"));
    assert_eq!(stroke(&mut app, KeyCode::Up, release), told(b"\x1b[1;1:3A"));
    press(&mut app, "ctrl+b");
    assert_eq!(app.mode, Mode::Prefix);
    // Neither a release nor a modifier ends what the prefix began.
    assert_eq!(stroke(&mut app, KeyCode::Char('b'), release), []);
    let shift = KeyCode::Modifier(ModifierKeyCode::LeftShift);
    assert_eq!(stroke(&mut app, shift, KeyEventKind::Press), []);
    assert_eq!(app.mode, Mode::Prefix);
    press(&mut app, "z");
    assert_eq!(app.mode, Mode::Typing);
    assert_eq!(stroke(&mut app, KeyCode::Char('z'), release), []);
    press(&mut app, "z");
    assert_eq!(
        stroke(&mut app, KeyCode::Char('z'), release),
        told(b"\x1b[122;1:3u")
    );
}

#[test]
fn modifiers_and_keys_of_the_desktop_go_to_an_agent_that_wants_them_and_mean_nothing_here() {
    let mut app = town();
    let desktop = KeyEvent::new(KeyCode::Enter, KeyModifiers::SUPER);
    let shift = KeyCode::Modifier(ModifierKeyCode::LeftShift);
    assert_eq!(app.update(Msg::Key(desktop), NOW), []);
    assert_eq!(app.mode, Mode::Town);
    press(&mut app, "enter");
    let shown = app.viewer().unwrap().stream;
    say(&mut app, shown, b"ready");
    assert_eq!(app.update(Msg::Key(desktop), NOW), []);
    assert_eq!(stroke(&mut app, shift, KeyEventKind::Press), []);
    say(&mut app, shown, b"\x1b[>9u");
    let told = |bytes: &[u8]| vec![Effect::Type(shown, bytes.to_vec())];
    assert_eq!(app.update(Msg::Key(desktop), NOW), told(b"\x1b[13;9u"));
    assert_eq!(
        stroke(&mut app, shift, KeyEventKind::Press),
        told(b"\x1b[57441u")
    );
    // While its history is looked at they end nothing.
    press(&mut app, "ctrl+b [");
    assert_eq!(stroke(&mut app, shift, KeyEventKind::Press), []);
    assert!(app.is_copying());
}
