//! The agent's screen as rows, and the bytes that turn the last screen into the next.
//!
//! Pure: rows from a view, bytes from rows. Only rows that changed are written again.

use unicode_width::UnicodeWidthStr;

use crate::support::text;

use super::composer::Composer;
use super::transcript::Transcript;

/// Least width inside a question's box, in columns.
const BOX_MIN: usize = 24;

/// What the bottom of the screen is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// It waits at the composer.
    Ready,
    /// It does something, for so many seconds.
    Busy(u64),
    /// It asks this.
    Asking(String),
}

/// A whole screen: rows and the cursor's column and row, both from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Screen {
    rows: Vec<String>,
    cursor: Option<(usize, usize)>,
}

/// Lays out the screen at `size` columns and rows.
pub(super) fn layout(
    transcript: &Transcript,
    status: &Status,
    composer: &Composer,
    size: (usize, usize),
) -> Screen {
    let (columns, height) = size;
    let mut bottom = Vec::new();
    let mut cursor = None;
    match status {
        Status::Ready => bottom.push(styled("\x1b[32m", "· ready for input", columns)),
        Status::Busy(seconds) => {
            let line = format!("✻ working … {seconds}s (esc to interrupt)");
            bottom.push(styled("\x1b[33m", &line, columns));
        }
        Status::Asking(question) => bottom.extend(question_box(question, columns)),
    }
    if !matches!(status, Status::Asking(_)) {
        let rule = styled("\x1b[2m", &"─".repeat(columns), columns);
        let (lines, column) = composer.rows(columns);
        bottom.push(rule.clone());
        for (index, line) in lines.iter().enumerate() {
            let mark = if index == 0 { "> " } else { "  " };
            bottom.push(text::fit(&format!("{mark}{line}"), columns));
        }
        bottom.push(rule);
        cursor = Some((
            column.min(columns.saturating_sub(1)),
            height.saturating_sub(2),
        ));
    }
    let room = height.saturating_sub(bottom.len() + 1);
    let mut rows = transcript.rows(columns, room);
    rows.resize(height.saturating_sub(bottom.len()), String::new());
    rows.extend(bottom);
    let excess = rows.len().saturating_sub(height);
    rows.drain(..excess);
    Screen { rows, cursor }
}

fn question_box(question: &str, columns: usize) -> Vec<String> {
    let question = format!("{question} ?");
    let inside = question.width().max(BOX_MIN).min(columns.saturating_sub(4));
    let edge = "─".repeat(inside + 2);
    let row = |content: &str| {
        let line = format!("│ {} │", text::pad(content, inside));
        styled("\x1b[35m", &line, columns)
    };
    vec![
        styled("\x1b[35m", &format!("╭{edge}╮"), columns),
        row(&question),
        row("1. Yes"),
        row("2. No"),
        styled("\x1b[35m", &format!("╰{edge}╯"), columns),
    ]
}

fn styled(style: &str, line: &str, columns: usize) -> String {
    format!("{style}{}\x1b[0m", text::fit(line, columns))
}

/// The bytes that show `new` where `old` is shown; without `old` the screen is cleared first.
pub(super) fn bytes(old: Option<&Screen>, new: &Screen) -> Vec<u8> {
    if old == Some(new) {
        return Vec::new();
    }
    let mut out = String::from("\x1b[?25l");
    if old.is_none() {
        out.push_str("\x1b[2J");
    }
    for (index, row) in new.rows.iter().enumerate() {
        if old.is_some_and(|old| old.rows.get(index) == Some(row)) {
            continue;
        }
        // Erased first: after a full row the cursor still stands on its last column, and erasing
        // to the end would take that column away.
        out.push_str(&place(0, index));
        out.push_str("\x1b[2K");
        out.push_str(row);
    }
    if let Some((column, row)) = new.cursor {
        out.push_str(&place(column, row));
        out.push_str("\x1b[?25h");
    }
    out.into_bytes()
}

fn place(column: usize, row: usize) -> String {
    format!("\x1b[{};{}H", row + 1, column + 1)
}

#[cfg(test)]
mod tests {
    use super::super::transcript::Voice;
    use super::*;

    fn plain(screen: &Screen) -> Vec<String> {
        let strip = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
        screen
            .rows
            .iter()
            .map(|row| strip.replace_all(row, "").trim_end().to_owned())
            .collect()
    }

    #[test]
    fn the_screen_has_the_tell_tales_that_its_preset_looks_for() {
        let mut transcript = Transcript::default();
        transcript.add(Voice::Agent, "hello");
        let mut composer = Composer::default();
        composer.paste("status?");
        let ready = layout(&transcript, &Status::Ready, &composer, (24, 7));
        assert_eq!(
            plain(&ready),
            [
                "● hello",
                "",
                "",
                "· ready for input",
                &"─".repeat(24),
                "> status?",
                &"─".repeat(24)
            ]
        );
        assert_eq!(ready.cursor, Some((9, 5)));
        let busy = layout(&transcript, &Status::Busy(3), &composer, (40, 7));
        assert!(plain(&busy)[3].contains("working … 3s (esc to interrupt)"));
        let question = Status::Asking("Allow: rm -rf build".to_owned());
        let asking = layout(&transcript, &question, &composer, (30, 7));
        assert_eq!(
            plain(&asking)[3..6],
            [
                "│ Allow: rm -rf build ?    │",
                "│ 1. Yes                   │",
                "│ 2. No                    │"
            ]
        );
    }

    #[test]
    fn any_size_is_drawn_within_itself() {
        let mut transcript = Transcript::default();
        transcript.add(Voice::Output, &"wide 日本語 ".repeat(20));
        for columns in 0..30 {
            for height in 0..12 {
                for status in [
                    Status::Ready,
                    Status::Busy(0),
                    Status::Asking("Allow: x".to_owned()),
                ] {
                    let screen = layout(
                        &transcript,
                        &status,
                        &Composer::default(),
                        (columns, height),
                    );
                    assert_eq!(screen.rows.len(), height);
                }
            }
        }
    }

    #[test]
    fn only_changed_rows_are_written() {
        let transcript = Transcript::default();
        let composer = Composer::default();
        let one = layout(&transcript, &Status::Busy(1), &composer, (40, 8));
        let two = layout(&transcript, &Status::Busy(2), &composer, (40, 8));
        let written = String::from_utf8(bytes(Some(&one), &two)).unwrap();
        assert_eq!(written.matches("\x1b[2K").count(), 1);
        assert_eq!(bytes(Some(&two), &two), b"");
    }

    #[test]
    fn its_preset_reads_the_screen() {
        use crate::domain::{AgentState, ScreenRow, ScreenView};
        use crate::presets::{builtin, composer, judge};
        let preset = builtin("scripted").unwrap();
        let mut transcript = Transcript::default();
        transcript.add(Voice::Output, "working tree clean; Allow 1. 2.; > x");
        let mut typed = Composer::default();
        typed.paste(&"a long question ".repeat(15));
        let question = "Allow: rm -rf build".to_owned();
        for (status, state) in [
            (Status::Ready, AgentState::Idle),
            (Status::Busy(61), AgentState::Working),
            (Status::Asking(question), AgentState::NeedsYou),
        ] {
            let asks = state == AgentState::NeedsYou;
            for columns in [40, 80, 200] {
                let screen = layout(&transcript, &status, &typed, (columns, 24));
                let rows = plain(&screen)
                    .into_iter()
                    .map(|text| ScreenRow { text, runs: vec![] })
                    .collect();
                let view = ScreenView {
                    rows,
                    ..ScreenView::default()
                };
                let verdict = judge(&preset, &view);
                assert_eq!(verdict.state, Some(state), "{verdict:?}");
                assert_eq!(verdict.ready, !asks, "{verdict:?}");
                let seen = composer(&preset, &view).holds(&"a long question ".repeat(15));
                assert_eq!(seen, !asks);
            }
        }
    }
}
