//! The composer of a nudge. What becomes of it is told by the engine afterwards.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Act, Reaction};
use crate::console::app::App;
use crate::console::field::Field;
use crate::console::frame;
use crate::console::layout::centred;
use crate::screen;

/// A nudge being written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Compose {
    /// To whom, as the engine takes it.
    to: String,
    field: Field,
}

impl Compose {
    pub(crate) const HINTS: &[(&'static str, &'static str)] = &[
        ("Enter", "send"),
        ("Alt-Enter", "new line"),
        ("Esc", "drop"),
    ];

    pub(crate) fn new(to: String) -> Self {
        Self {
            to,
            field: Field::default(),
        }
    }

    pub(super) fn key(&mut self, key: &KeyEvent) -> Reaction {
        match key.code {
            KeyCode::Esc => Reaction::Close,
            KeyCode::Enter if key.modifiers.contains(KeyModifiers::ALT) => {
                self.field.insert("\n");
                Reaction::Keep
            }
            KeyCode::Enter if self.field.text().trim().is_empty() => Reaction::Keep,
            KeyCode::Enter => {
                let words = self.field.text().trim().to_owned();
                Reaction::Do(Act::Nudge(self.to.clone(), words))
            }
            _ => {
                self.field.key(key);
                Reaction::Keep
            }
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.field.insert(text);
    }

    pub(super) fn draw(&self, area: Rect, buf: &mut Buffer, app: &App) -> Position {
        let place = centred(area, area.width.min(78), 4);
        let title = format!("nudge {}", self.to);
        let inner = frame::popup(buf, place, &title, &app.look);
        let theme = &app.look.theme;
        let cursor = self.field.draw(inner, buf, theme.text);
        if let Some(row) = inner.rows().nth(1) {
            let told = "typed into its terminal when it is ready; you see here whether it arrived";
            screen::put(buf, row, told, theme.muted);
        }
        cursor
    }
}
