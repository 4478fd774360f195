//! The transcript: what was said, run and answered, newest last, wrapped to the terminal's width.

use std::collections::VecDeque;

use unicode_width::UnicodeWidthChar;

use crate::support::text;

/// Most entries kept.
const ENTRIES_MAX: usize = 2000;

/// Who or what an entry comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// What was submitted in the composer, or the prompt.
    Operator,
    /// What the agent says.
    Agent,
    /// A command that it runs.
    Command,
    /// What a command wrote.
    Output,
    /// Something that went wrong.
    Trouble,
}

impl Voice {
    const fn mark(self) -> &'static str {
        match self {
            Self::Operator => "» ",
            Self::Agent => "● ",
            Self::Command => "$ ",
            Self::Output => "  ",
            Self::Trouble => "✗ ",
        }
    }

    const fn style(self) -> &'static str {
        match self {
            Self::Operator => "\x1b[36m",
            Self::Agent => "\x1b[0m",
            Self::Command => "\x1b[1m",
            Self::Output => "\x1b[2m",
            Self::Trouble => "\x1b[31m",
        }
    }
}

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    entries: VecDeque<(Voice, String)>,
}

impl Transcript {
    /// Adds one line of text.
    pub(super) fn add(&mut self, voice: Voice, line: &str) {
        if self.entries.len() == ENTRIES_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back((voice, text::clean(line)));
    }

    /// Adds several lines.
    pub(super) fn add_block(&mut self, voice: Voice, block: &str) {
        for line in block.lines() {
            self.add(voice, line);
        }
    }

    /// The last `height` rows at `columns` columns, styled, top first.
    pub(super) fn rows(&self, columns: usize, height: usize) -> Vec<String> {
        let mut rows = VecDeque::new();
        for (voice, line) in self.entries.iter().rev() {
            for (index, piece) in wrap(line, columns.saturating_sub(2).max(2))
                .iter()
                .enumerate()
                .rev()
            {
                if rows.len() == height {
                    return rows.into();
                }
                let mark = if index == 0 { voice.mark() } else { "  " };
                rows.push_front(format!("{}{mark}{piece}\x1b[0m", voice.style()));
            }
        }
        rows.into()
    }
}

fn wrap(line: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for c in line.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > width {
            pieces.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_rows_are_shown_wrapped() {
        let mut transcript = Transcript::default();
        transcript.add_block(Voice::Output, "one\ntwo");
        transcript.add(Voice::Agent, "abcdefgh");
        let rows = transcript.rows(8, 3);
        assert_eq!(
            rows,
            [
                "\x1b[2m  two\x1b[0m",
                "\x1b[0m● abcdef\x1b[0m",
                "\x1b[0m  gh\x1b[0m"
            ]
        );
    }
}
