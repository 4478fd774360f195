//! Where a key, a paste or the mouse goes: overlay, filter, terminal, panels, in this order.

use crossterm::event::{KeyCode, KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::action::{Action, When};
use super::app::{App, Mode};
use super::draw::pane_at;
use super::keymap::Chord;
use super::layout::Pane;
use super::msg::Effect;
use super::overlay::Reaction;
use super::pane::agents;
use super::viewer::{Sight, Wheel};
use super::wall::Place;
use crate::screen;
use crate::term::Modes;
use crate::term::keys::{self, Key};

/// Arrow keys for a notch of the wheel.
const NOTCH: usize = 3;

impl App {
    /// A key that went down, and that somebody may have a use for.
    pub(super) fn key(&mut self, key: &KeyEvent) -> Vec<Effect> {
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
        if self.is_copying() {
            return self.copy_key(key);
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
        self.viewer()
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

    /// Takes the focused terminal's input over.
    pub(super) fn take_input(&mut self) -> Vec<Effect> {
        let stream = self.viewer().map(|viewer| viewer.stream);
        stream
            .filter(|_| !self.read_only())
            .map(Effect::Take)
            .into_iter()
            .collect()
    }

    /// Sends a key to the agent.
    pub(super) fn type_key(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let now = self.now;
        if self.ends_scroll(key) || self.read_only() {
            return Vec::new();
        }
        let Some(viewer) = self.viewer_mut() else {
            return Vec::new();
        };
        let stream = viewer.stream;
        let bytes = viewer.key(key, now);
        bytes
            .map(|bytes| Effect::Type(stream, bytes))
            .into_iter()
            .collect()
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
            Mode::Typing if self.is_copying() => self.copy_paste(text),
            Mode::Typing | Mode::Prefix => self.type_paste(text),
        }
    }

    pub(super) fn type_paste(&mut self, text: &str) -> Vec<Effect> {
        self.mode = Mode::Typing;
        let now = self.now;
        if self.read_only() || self.over() {
            return Vec::new();
        }
        match self.viewer_mut() {
            Some(viewer) => {
                viewer.back = None;
                vec![Effect::Type(viewer.stream, viewer.paste(text, now))]
            }
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

    /// The mouse over the wall. A press outside the focused tile only moves the focus; what begins
    /// in a tile stays with it, and no other agent hears of it (contract T8).
    fn terminal_mouse(&mut self, event: &MouseEvent) -> Vec<Effect> {
        let places = self.wall.places(self.size);
        let under = places.at(Position::new(event.column, event.row));
        match event.kind {
            MouseEventKind::Down(_) => match under {
                Some(place) if Some(place.id) == self.wall.focus() => {
                    let inside = place.body.contains(Position::new(event.column, event.row));
                    self.grabbed = inside.then_some(place.id);
                    self.tile_mouse(place, event)
                }
                Some(place) => {
                    self.grabbed = None;
                    self.focus_tile(place.id)
                }
                None => Vec::new(),
            },
            MouseEventKind::Up(_) | MouseEventKind::Drag(_) => {
                let grabbed = self.grabbed.and_then(|id| places.of(id));
                if matches!(event.kind, MouseEventKind::Up(_)) {
                    self.grabbed = None;
                }
                match grabbed {
                    Some(place) if self.looks_back(place) => self.tile_mouse(place, event),
                    Some(place) => self.tile_mouse(place, &clamped(event, place.body)),
                    None => Vec::new(),
                }
            }
            MouseEventKind::Moved => match under {
                Some(place) if Some(place.id) == self.wall.focus() => self.tile_mouse(place, event),
                Some(_) | None => Vec::new(),
            },
            MouseEventKind::ScrollUp
            | MouseEventKind::ScrollDown
            | MouseEventKind::ScrollLeft
            | MouseEventKind::ScrollRight => match under {
                Some(place) => self.tile_mouse(place, event),
                None => Vec::new(),
            },
        }
    }

    /// An event that is a tile's own: the console's where it looks back, else for its agent.
    fn tile_mouse(&mut self, place: Place, event: &MouseEvent) -> Vec<Effect> {
        if let Some(effects) = self.back_mouse(place, event) {
            return effects;
        }
        let read_only = self.read_only();
        let tile = self.wall.tile_mut(place.id);
        let Some(viewer) = tile.and_then(|tile| tile.viewer.as_mut()) else {
            return Vec::new();
        };
        let modes = viewer.screen.modes();
        let bytes = match Wheel::of(modes) {
            Wheel::Arrows if screen::is_wheel(event.kind) => arrows(event.kind, modes),
            Wheel::Agent | Wheel::Arrows | Wheel::Nothing | Wheel::History => {
                screen::mouse(event, place.body, modes)
            }
        };
        if bytes.is_empty() || read_only {
            return Vec::new();
        }
        vec![Effect::Type(viewer.stream, bytes)]
    }
}

/// What a notch of the wheel is worth to a program without the mouse: some arrow keys.
fn arrows(kind: MouseEventKind, modes: Modes) -> Vec<u8> {
    let key = match kind {
        MouseEventKind::ScrollUp => Key::Up,
        MouseEventKind::ScrollDown => Key::Down,
        _ => return Vec::new(),
    };
    keys::encode(key.into(), modes).repeat(NOTCH)
}

/// An event moved to the nearest cell of an area.
fn clamped(event: &MouseEvent, area: Rect) -> MouseEvent {
    let last = |from: u16, count: u16| from.saturating_add(count.saturating_sub(1));
    MouseEvent {
        column: event.column.clamp(area.x, last(area.x, area.width)),
        row: event.row.clamp(area.y, last(area.y, area.height)),
        ..*event
    }
}
