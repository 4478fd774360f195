//! The composer: the text that stands in the input line until Enter takes it.
//!
//! Pasted text only stands there; a line end inside it is shown as `⏎` and submits nothing, and a
//! long paste is shown by a marker, as agents do.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::support::text;

/// Most rows that the composer takes.
const ROWS_MAX: usize = 6;

/// Text of so many line ends is shown by a marker, as is text that does not fit.
const LINES_MAX: usize = 4;

/// Longest text that the composer holds, in characters.
const LENGTH_MAX: usize = 8192;

/// Text that is being written.
#[derive(Debug, Default)]
pub(super) struct Composer {
    text: String,
}

impl Composer {
    /// A typed character.
    pub(super) fn insert(&mut self, c: char) {
        if self.text.chars().count() < LENGTH_MAX && !c.is_control() {
            self.text.push(c);
        }
    }

    /// A whole paste.
    pub(super) fn paste(&mut self, pasted: &str) {
        let block = text::strip_block(&pasted.replace('\r', "\n"));
        let room = LENGTH_MAX.saturating_sub(self.text.chars().count());
        self.text.extend(block.chars().take(room));
    }

    /// Takes back the last character.
    pub(super) fn backspace(&mut self) {
        self.text.pop();
    }

    /// Takes back the last word.
    pub(super) fn delete_word(&mut self) {
        let kept = self.text.trim_end();
        let start = kept
            .rfind(char::is_whitespace)
            .map_or(0, |at| at + kept.get(at..).map_or(0, first_width));
        self.text.truncate(start);
    }

    /// Takes back everything.
    pub(super) fn clear(&mut self) {
        self.text.clear();
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Enter: hands the text over.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// The rows to show, at least one and at most six, and the cursor's column in the last.
    pub(super) fn rows(&self, columns: usize) -> (Vec<String>, usize) {
        let width = columns.saturating_sub(3).max(2);
        let lines = self.text.matches('\n').count();
        let mut rows = wrap(&self.text, width);
        if rows.len() > ROWS_MAX || lines >= LINES_MAX {
            rows = wrap(&format!("[Pasted text #1 +{lines} lines]"), width);
            rows.truncate(ROWS_MAX);
        }
        let column = 2 + rows.last().map_or(0, |row| row.width());
        (rows, column)
    }
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    let mut used = 0;
    for c in text.chars() {
        let c = if c == '\n' { '⏎' } else { c };
        let wide = c.width().unwrap_or(0);
        if used + wide > width {
            rows.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(row) = rows.last_mut() {
            row.push(c);
        }
    }
    rows
}

fn first_width(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_stands_until_it_is_taken() {
        let mut composer = Composer::default();
        composer.paste("first\r\nsecond \x1b[31mline\r");
        assert_eq!(composer.rows(80).0, ["first⏎⏎second [31mline⏎"]);
        composer.delete_word();
        composer.insert('x');
        assert_eq!(composer.take(), "first\n\nsecond x");
        assert!(composer.is_empty());
    }

    #[test]
    fn long_text_wraps_and_too_long_text_is_marked() {
        let mut composer = Composer::default();
        composer.paste(&"ab".repeat(30));
        let (rows, column) = composer.rows(13);
        assert_eq!((rows.len(), column), (6, 12));
        assert_eq!(rows.concat(), "ab".repeat(30));
        composer.paste("a");
        assert_eq!(composer.rows(40).0.len(), 2);
        assert!(
            composer
                .rows(13)
                .0
                .concat()
                .starts_with("[Pasted text #1 +0")
        );
        composer.paste("\n\n\n\n");
        assert_eq!(composer.rows(80).0, ["[Pasted text #1 +4 lines]"]);
    }
}
