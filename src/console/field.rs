//! A line of text being typed: the editing keys that hands know, and pastes as a whole.
//!
//! Knows nothing of what the text is for. The cursor is a byte offset at a cluster's edge.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use crate::screen;

/// Longest text, in bytes; the longest that any command takes.
const LENGTH_MAX: usize = 4096;

/// A line of text being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Field {
    text: String,
    cursor: usize,
}

impl Field {
    pub(crate) fn new(text: &str) -> Self {
        let mut field = Self::default();
        field.insert(text);
        field
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Adds text at the cursor, up to the longest length.
    pub(crate) fn insert(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_control() || *c == '\n') {
            if self.text.len() + c.len_utf8() > LENGTH_MAX {
                return;
            }
            self.text.insert(self.cursor, c);
            self.cursor += c.len_utf8();
        }
    }

    /// Takes an editing key; says whether it was one.
    pub(crate) fn key(&mut self, key: &KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        match key.code {
            KeyCode::Char(c) if control => return self.control(c),
            KeyCode::Char(c) if !alt => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace if alt => self.delete_to(self.word_start()),
            KeyCode::Backspace => self.delete_to(self.before()),
            KeyCode::Delete => self.delete_to(self.after()),
            KeyCode::Left => self.cursor = self.before(),
            KeyCode::Right => self.cursor = self.after(),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            _ => return false,
        }
        true
    }

    fn control(&mut self, c: char) -> bool {
        match c {
            'a' => self.cursor = 0,
            'e' => self.cursor = self.text.len(),
            'b' => self.cursor = self.before(),
            'f' => self.cursor = self.after(),
            'd' => self.delete_to(self.after()),
            'h' => self.delete_to(self.before()),
            'w' => self.delete_to(self.word_start()),
            'u' => self.delete_to(0),
            'k' => self.delete_to(self.text.len()),
            _ => return false,
        }
        true
    }

    fn before(&self) -> usize {
        let head = self.text.get(..self.cursor).unwrap_or_default();
        head.grapheme_indices(true)
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        let tail = self.text.get(self.cursor..).unwrap_or_default();
        self.cursor + tail.graphemes(true).next().map_or(0, str::len)
    }

    fn word_start(&self) -> usize {
        let head = self.text.get(..self.cursor).unwrap_or_default();
        head.trim_end()
            .rfind(char::is_whitespace)
            .map_or(0, |at| at + 1)
    }

    fn delete_to(&mut self, edge: usize) {
        let (from, to) = (self.cursor.min(edge), self.cursor.max(edge));
        self.text.replace_range(from..to, "");
        self.cursor = from;
    }

    /// Draws the text so that the cursor is in view; returns where the cursor is.
    pub(crate) fn draw(&self, area: Rect, buf: &mut Buffer, style: Style) -> Position {
        let head = screen::plain(self.text.get(..self.cursor).unwrap_or_default());
        let tail = screen::plain(self.text.get(self.cursor..).unwrap_or_default());
        let room = area.width.saturating_sub(1);
        let mut clusters: Vec<&str> = head.graphemes(true).collect();
        let mut used: u16 = clusters.iter().map(|cluster| screen::width(cluster)).sum();
        let mut skipped = 0;
        while used > room && skipped < clusters.len() {
            used -= clusters
                .get(skipped)
                .map_or(0, |cluster| screen::width(cluster));
            skipped += 1;
        }
        clusters.drain(..skipped);
        let shown = clusters.concat() + &tail;
        screen::put(buf, area, &shown, style);
        Position::new(area.x + used.min(room), area.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn press(field: &mut Field, keys: &[(KeyCode, KeyModifiers)]) {
        for (code, modifiers) in keys {
            field.key(&KeyEvent::new(*code, *modifiers));
        }
    }

    #[test]
    fn editing_keys_do_what_hands_expect() {
        let none = KeyModifiers::NONE;
        let control = KeyModifiers::CONTROL;
        let mut field = Field::new("one two日");
        press(&mut field, &[(KeyCode::Backspace, none)]);
        assert_eq!(field.text(), "one two");
        press(&mut field, &[(KeyCode::Char('w'), control)]);
        assert_eq!(field.text(), "one ");
        press(
            &mut field,
            &[(KeyCode::Home, none), (KeyCode::Char('x'), none)],
        );
        assert_eq!(field.text(), "xone ");
        press(&mut field, &[(KeyCode::Char('k'), control)]);
        assert_eq!(field.text(), "x");
        assert!(!field.key(&KeyEvent::new(KeyCode::Enter, none)));
    }

    #[test]
    fn the_cursor_stays_in_view() {
        let field = Field::new("abcdefghij");
        let area = Rect::new(2, 0, 5, 1);
        let mut buf = Buffer::empty(Rect::new(0, 0, 10, 1));
        assert_eq!(
            field.draw(area, &mut buf, Style::new()),
            Position::new(6, 0)
        );
        let row: String = buf.content().iter().map(|cell| cell.symbol()).collect();
        assert_eq!(row, "  ghij    ");
    }

    proptest! {
        #[test]
        fn no_keys_break_the_text(text in "\\PC{0,20}", keys in prop::collection::vec(0_u8..9, 0..40)) {
            let mut field = Field::new(&text);
            for key in keys {
                let code = [
                    KeyCode::Left, KeyCode::Right, KeyCode::Home, KeyCode::End, KeyCode::Backspace,
                    KeyCode::Delete, KeyCode::Char('é'), KeyCode::Char('日'), KeyCode::Char('\u{301}'),
                ];
                let code = code[usize::from(key)];
                field.key(&KeyEvent::new(code, KeyModifiers::NONE));
                prop_assert!(field.text.is_char_boundary(field.cursor));
            }
        }
    }
}
