//! A question that is answered with `y` or `n`; says what will be lost.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Act, Reaction};
use crate::console::app::App;
use crate::console::frame;
use crate::console::layout::centred;
use crate::screen;

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ask {
    /// What is asked, one line.
    pub(crate) question: String,
    /// What a yes means, line by line.
    pub(crate) means: Vec<String>,
    /// What a yes does.
    pub(crate) yes: Act,
}

impl Ask {
    pub(crate) const HINTS: &[(&'static str, &'static str)] =
        &[("y", "yes"), ("n", "no"), ("Esc", "no")];

    pub(super) fn key(&self, key: &KeyEvent) -> Reaction {
        match key.code {
            KeyCode::Char('y' | 'Y') => Reaction::Do(self.yes.clone()),
            KeyCode::Char('n' | 'N' | 'q') | KeyCode::Esc => Reaction::Close,
            _ => Reaction::Keep,
        }
    }

    pub(super) fn draw(&self, area: Rect, buf: &mut Buffer, app: &App) {
        let theme = &app.look.theme;
        let longest = self
            .means
            .iter()
            .chain([&self.question])
            .map(|line| screen::width(line))
            .max();
        let columns = longest.unwrap_or(20).saturating_add(4).clamp(36, 90);
        let room = usize::from(columns.min(area.width).saturating_sub(4).max(1));
        let lines: Vec<String> = self
            .means
            .iter()
            .flat_map(|line| frame::wrap(line, room))
            .collect();
        let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let place = centred(area, columns, rows.saturating_add(4));
        let inner = frame::popup(buf, place, "sure?", &app.look);
        screen::put(buf, inner, &self.question, theme.title);
        let all = lines
            .iter()
            .map(|line| (line.as_str(), theme.text))
            .chain([("y yes   n no", theme.key)]);
        let rest = inner.rows().skip(1);
        for (row, (line, style)) in rest.zip(all) {
            screen::put(buf, row, line, style);
        }
    }
}
