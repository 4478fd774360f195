//! Keys that the console itself has no use for, and which of them the operator's terminal is to
//! tell: releases, locks, modifiers by themselves, keys of the desktop.
//!
//! They are for the agent that is typed to alone. What the console took when it went down, no
//! agent hears coming up.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::app::{App, Mode};
use super::msg::Effect;
use super::viewer::Sight;

/// Most keys of the console's own whose release is waited for.
const TAKEN_MAX: usize = 16;

/// What is known of the operator's keyboard.
#[derive(Debug, Default)]
pub(crate) struct Strokes {
    /// Whether repeats and releases are asked for; none where the terminal knows no flags.
    events: Option<bool>,
    /// Keys that the console took, and that may still be down.
    taken: Vec<KeyCode>,
}

impl Strokes {
    /// A key went down: for an agent, or for the console.
    fn went_down(&mut self, code: KeyCode, typed: bool) {
        let code = without_shift(code);
        self.taken.retain(|taken| *taken != code);
        // Without releases the list would only grow old.
        if !typed {
            if self.taken.len() == TAKEN_MAX {
                self.taken.remove(0);
            }
            self.taken.push(code);
        }
    }

    /// A key came up; says whether the console had taken it.
    fn came_up(&mut self, code: KeyCode) -> bool {
        let code = without_shift(code);
        let before = self.taken.len();
        self.taken.retain(|taken| *taken != code);
        self.taken.len() < before
    }
}

/// A key comes up as it is without Shift when that was let go first.
fn without_shift(code: KeyCode) -> KeyCode {
    match code {
        KeyCode::Char(c) => KeyCode::Char(c.to_lowercase().next().unwrap_or(c)),
        KeyCode::BackTab => KeyCode::Tab,
        other => other,
    }
}

/// Whether no binding and no field can mean a key.
fn is_silent(key: &KeyEvent) -> bool {
    let desktop = KeyModifiers::SUPER | KeyModifiers::HYPER | KeyModifiers::META;
    let alone = matches!(
        key.code,
        KeyCode::Modifier(_)
            | KeyCode::Media(_)
            | KeyCode::CapsLock
            | KeyCode::NumLock
            | KeyCode::ScrollLock
    );
    alone || key.modifiers.intersects(desktop)
}

impl App {
    /// A key of the operator's, whatever it does.
    pub(super) fn stroke(&mut self, key: &KeyEvent) -> Vec<Effect> {
        if key.kind == KeyEventKind::Release {
            let taken = self.strokes.came_up(key.code);
            return if taken { Vec::new() } else { self.pass(key) };
        }
        if is_silent(key) {
            return self.pass(key);
        }
        let effects = self.key(key);
        let typed = effects
            .iter()
            .any(|effect| matches!(effect, Effect::Type(..)));
        self.strokes.went_down(key.code, typed);
        effects
    }

    /// Passes a key on to the agent that is typed to, if there is one; the console stays as it is.
    fn pass(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let now = self.now;
        let hears = self.mode == Mode::Typing && self.overlays.is_empty() && !self.read_only();
        let viewer = self.viewer_mut().filter(|viewer| {
            hears && viewer.back.is_none() && !viewer.asleep && viewer.sight == Sight::Live
        });
        viewer
            .and_then(|viewer| Some(Effect::Type(viewer.stream, viewer.key(key, now)?)))
            .into_iter()
            .collect()
    }

    /// The operator's terminal can tell keys apart.
    pub(super) fn knows_keyboard(&mut self) -> Vec<Effect> {
        self.strokes.events = Some(false);
        vec![Effect::Keyboard(false)]
    }

    /// Asks the operator's terminal for repeats and releases while the agent that is typed to
    /// wants them, and no longer.
    pub(super) fn fit_keyboard(&mut self) -> Option<Effect> {
        let asked = self.strokes.events?;
        let typing = self.mode != Mode::Town && !self.read_only();
        let wanted = typing
            && self.viewer().is_some_and(|viewer| {
                let live = viewer.sight == Sight::Live && !viewer.asleep;
                live && viewer.screen.modes().wants_key_events()
            });
        self.strokes.events = Some(wanted);
        (asked != wanted).then_some(Effect::Keyboard(wanted))
    }
}
