//! Text to read: what a command wrote, or the details of a row.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Reaction;
use crate::console::app::App;
use crate::console::frame;
use crate::console::msg::Call;
use crate::screen;
use crate::support::text::clean_block;

/// Longest text that is kept, in bytes.
const TEXT_MAX: usize = 1 << 20;

/// Text to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    title: String,
    text: String,
    /// The call whose answer is still to come.
    waits: Option<Call>,
    /// Whether the command failed.
    failed: bool,
    scroll: usize,
}

impl Output {
    pub(crate) const HINTS: &[(&'static str, &'static str)] =
        &[("j k", "scroll"), ("Esc", "close")];

    /// A text.
    pub(crate) fn new(title: &str, text: &str) -> Self {
        let mut output = Self {
            title: title.to_owned(),
            text: String::new(),
            waits: None,
            failed: false,
            scroll: 0,
        };
        output.set(text, true);
        output
    }

    /// The place for an answer that is still to come.
    pub(crate) fn waiting(title: &str, call: Call) -> Self {
        let mut output = Self::new(title, "running…");
        output.waits = Some(call);
        output
    }

    /// Takes the answer to a call if it waits for it; says whether it did.
    pub(crate) fn take(&mut self, call: Call, text: &str, ok: bool) -> bool {
        let mine = self.waits == Some(call);
        if mine {
            self.waits = None;
            self.set(text, ok);
        }
        mine
    }

    fn set(&mut self, text: &str, ok: bool) {
        let mut end = text.len().min(TEXT_MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.text = clean_block(text.get(..end).unwrap_or_default());
        self.failed = !ok;
    }

    pub(super) fn key(&mut self, key: &KeyEvent, app: &App) -> Reaction {
        let page = usize::from(app.size.1.saturating_sub(6)).max(1);
        let most = self.lines(place(app)).len().saturating_sub(1);
        match key.code {
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => return Reaction::Close,
            KeyCode::Down | KeyCode::Char('j') => self.scroll += 1,
            KeyCode::Up | KeyCode::Char('k') => self.scroll = self.scroll.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ' | 'd') => self.scroll += page,
            KeyCode::PageUp | KeyCode::Char('u') => self.scroll = self.scroll.saturating_sub(page),
            KeyCode::Home | KeyCode::Char('g') => self.scroll = 0,
            KeyCode::End | KeyCode::Char('G') => self.scroll = most.saturating_sub(page / 2),
            _ => {}
        }
        self.scroll = self.scroll.min(most);
        Reaction::Keep
    }

    fn lines(&self, place: Rect) -> Vec<String> {
        let room = usize::from(place.width.saturating_sub(4).max(1));
        self.text
            .lines()
            .flat_map(|line| frame::wrap(line, room))
            .collect()
    }

    pub(super) fn draw(&self, _area: Rect, buf: &mut Buffer, app: &App) {
        let place = place(app);
        let theme = &app.look.theme;
        let lines = self.lines(place);
        let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let height = rows.saturating_add(2).clamp(5, place.height.max(5));
        let place = crate::console::layout::centred(place, place.width, height);
        let inner = frame::popup(buf, place, &self.title, &app.look);
        let style = if self.failed {
            theme.warning
        } else {
            theme.text
        };
        let below = lines
            .len()
            .saturating_sub(self.scroll + usize::from(inner.height));
        for (row, line) in inner.rows().zip(lines.iter().skip(self.scroll)) {
            screen::put(buf, row, line, style);
        }
        if below > 0 || self.scroll > 0 {
            let more = format!(" {below} more below ");
            frame::foot(buf, place, &more, &app.look);
        }
    }
}

fn place(app: &App) -> Rect {
    let whole = Rect::new(0, 0, app.size.0, app.size.1);
    let columns = whole.width.saturating_sub(4).clamp(1, 110);
    crate::console::layout::centred(whole, columns, whole.height.saturating_sub(4))
}
