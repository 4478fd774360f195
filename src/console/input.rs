//! Where a key, a paste or the mouse goes: overlay, filter, terminal, panels, in this order.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::action::{Action, When};
use super::app::{App, Mode};
use super::draw::pane_at;
use super::keymap::Chord;
use super::layout::Pane;
use super::msg::Effect;
use super::overlay::Reaction;
use super::pane::{agents, terminal};
use super::viewer::Sight;
use crate::screen;

/// Rows that one notch of the wheel moves.
const WHEEL: isize = 3;

impl App {
    pub(super) fn key(&mut self, key: &KeyEvent) -> Vec<Effect> {
        if key.kind == KeyEventKind::Release {
            return Vec::new();
        }
        self.dirty |= self.toasts.seen(self.now);
        if !self.overlays.is_empty() {
            return self.overlay_key(key);
        }
        match self.mode {
            Mode::Town if self.filter.typing => self.filter_key(key),
            Mode::Town => self.town_key(key),
            Mode::Typing => self.typing_key(key),
            Mode::Prefix => self.prefix_key(key),
        }
    }

    fn overlay_key(&mut self, key: &KeyEvent) -> Vec<Effect> {
        self.dirty = true;
        let Some(mut top) = self.overlays.pop() else {
            return Vec::new();
        };
        match top.key(key, self) {
            Reaction::Keep => {
                self.overlays.push(top);
                Vec::new()
            }
            Reaction::Close => Vec::new(),
            Reaction::Do(act) => self.act(act),
        }
    }

    fn filter_key(&mut self, key: &KeyEvent) -> Vec<Effect> {
        self.dirty = true;
        match key.code {
            KeyCode::Esc => self.filter = super::app::Filter::default(),
            KeyCode::Enter => self.filter.typing = false,
            KeyCode::Down => return self.perform(Action::Down),
            KeyCode::Up => return self.perform(Action::Up),
            _ => {
                self.filter.field.key(key);
            }
        }
        Vec::new()
    }

    fn town_key(&mut self, key: &KeyEvent) -> Vec<Effect> {
        match self.look.keys.action(When::Town, Chord::of(key)) {
            Some(action) => self.perform(action),
            None => Vec::new(),
        }
    }

    fn typing_key(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let chord = Chord::of(key);
        if chord == self.look.keys.prefix {
            self.mode = Mode::Prefix;
            self.dirty = true;
            return Vec::new();
        }
        if let Some(action) = self.look.keys.action(When::Terminal, chord) {
            return self.perform(action);
        }
        if self.over() {
            let leaves = matches!(key.code, KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q'));
            return if leaves {
                self.perform(Action::Leave)
            } else {
                Vec::new()
            };
        }
        self.type_key(key)
    }

    /// Whether nobody is there any more to read keys.
    fn over(&self) -> bool {
        self.viewer
            .as_ref()
            .is_none_or(|viewer| matches!(viewer.sight, Sight::Ended(_) | Sight::Refused(_)))
    }

    fn prefix_key(&mut self, key: &KeyEvent) -> Vec<Effect> {
        self.mode = Mode::Typing;
        self.dirty = true;
        match self.look.keys.action(When::Prefix, Chord::of(key)) {
            Some(action) => self.perform(action),
            None => Vec::new(),
        }
    }

    /// Sends a key to the agent.
    pub(super) fn type_key(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let now = self.now;
        if self.read_only() {
            return Vec::new();
        }
        let Some(viewer) = &mut self.viewer else {
            return Vec::new();
        };
        self.dirty |= viewer.scroll > 0;
        match viewer.key(key, now) {
            Some(bytes) => vec![Effect::Type(viewer.stream, bytes)],
            None => Vec::new(),
        }
    }

    fn read_only(&self) -> bool {
        self.solo.as_ref().is_some_and(|solo| solo.read_only)
    }

    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        self.dirty = true;
        if let Some(mut top) = self.overlays.pop() {
            top.paste(text, self);
            self.overlays.push(top);
            return Vec::new();
        }
        match self.mode {
            Mode::Town if self.filter.typing => {
                self.filter.field.insert(&text.replace('\n', " "));
                Vec::new()
            }
            Mode::Town => Vec::new(),
            Mode::Typing | Mode::Prefix => self.type_paste(text),
        }
    }

    fn type_paste(&mut self, text: &str) -> Vec<Effect> {
        self.mode = Mode::Typing;
        let now = self.now;
        if self.read_only() || self.over() {
            return Vec::new();
        }
        match &mut self.viewer {
            Some(viewer) => vec![Effect::Type(viewer.stream, viewer.paste(text, now))],
            None => Vec::new(),
        }
    }

    pub(super) fn mouse(&mut self, event: &MouseEvent) -> Vec<Effect> {
        if !self.overlays.is_empty() {
            return Vec::new();
        }
        match self.mode {
            Mode::Town => self.town_mouse(event),
            Mode::Typing | Mode::Prefix => self.terminal_mouse(event),
        }
    }

    fn town_mouse(&mut self, event: &MouseEvent) -> Vec<Effect> {
        let areas = self.areas();
        let at = Position::new(event.column, event.row);
        let Some(pane) = pane_at(&areas, at) else {
            return Vec::new();
        };
        match event.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                let agent = (pane == Pane::Agents)
                    .then(|| agents::agent_at(self, areas.agents, event.row, areas.boxed))
                    .flatten()
                    .map(|agent| agent.id.clone());
                if agent.is_some() {
                    self.selected.agent = agent;
                }
                self.set_focus(pane);
                Vec::new()
            }
            MouseEventKind::ScrollDown if pane == self.focus => self.perform(Action::Down),
            MouseEventKind::ScrollUp if pane == self.focus => self.perform(Action::Up),
            _ => Vec::new(),
        }
    }

    fn terminal_mouse(&mut self, event: &MouseEvent) -> Vec<Effect> {
        let read_only = self.read_only();
        let place = terminal::place(self.size);
        let Some(viewer) = &mut self.viewer else {
            return Vec::new();
        };
        let modes = viewer.screen.modes();
        if let Some(bytes) = screen::mouse(event, place, modes)
            && viewer.scroll == 0
        {
            return match (bytes.is_empty(), read_only) {
                (false, false) => vec![Effect::Type(viewer.stream, bytes)],
                (_, _) => Vec::new(),
            };
        }
        match event.kind {
            MouseEventKind::ScrollUp => viewer.scroll_by(WHEEL),
            MouseEventKind::ScrollDown => viewer.scroll_by(-WHEEL),
            _ => return Vec::new(),
        }
        self.dirty = true;
        Vec::new()
    }
}
