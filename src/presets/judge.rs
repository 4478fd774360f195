//! Reading an agent's screen: what it is doing, whether it can be typed to, what stands in its composer.
//!
//! Pure: a preset and a screen in, a verdict with its evidence out. First rule that matches
//! wins; no rule means nothing is known, never a guess. Patterns are matched row by row over
//! the bottom rows only, so that old output above cannot imitate a state for long.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::preset::{ComposerRule, Preset, Rule};
use crate::domain::{AgentState, ScreenRow, ScreenView};
use crate::support::text;

/// Longest evidence, in columns.
const EVIDENCE_COLUMNS: usize = 100;

/// What a screen says about its agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What the agent is doing; `None` when the screen does not say.
    pub state: Option<AgentState>,
    /// Why that is thought, in one line.
    pub evidence: String,
    /// Whether it can be typed to now.
    pub ready: bool,
    /// Keys that answer a start dialog which needs no person, such as trust in the agent's own folder.
    /// For the time before the run was ready for the first time: later, what looks like such a dialog
    /// may be the agent's own writing.
    pub answer: Option<String>,
}

/// What stands in an agent's composer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composer {
    /// The typed text, rows joined by line ends; `Some("")` for an empty composer, `None` when none is seen.
    pub text: Option<String>,
    /// Whether a long paste is shown by a marker in place of its text.
    pub pasted: bool,
    /// Whether the program knows pastes, as one that marks long ones does.
    pub takes_pastes: bool,
}

impl Composer {
    /// Whether `wanted`, and nothing else, stands in the composer. Blanks do not count, because
    /// programs wrap long text; a paste marker counts as the text.
    pub fn holds(&self, wanted: &str) -> bool {
        self.pasted
            || self
                .text
                .as_deref()
                .is_some_and(|text| squeezed(text) == squeezed(wanted))
    }

    /// Whether a composer is seen and nothing stands in it.
    pub fn is_empty(&self) -> bool {
        !self.pasted
            && self
                .text
                .as_deref()
                .is_some_and(|text| text.trim().is_empty())
    }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Reads what the agent is doing.
pub fn judge(preset: &Preset, screen: &ScreenView) -> Verdict {
    let rows = shown(screen);
    if !preset.reads_screen() {
        return Verdict {
            ready: shows_anything(rows),
            ..Verdict::default()
        };
    }
    let mut verdict = Verdict::default();
    for rule in &preset.rules {
        let Some(evidence) = matches(rule, rows, &screen.title) else {
            continue;
        };
        verdict.state = rule.state;
        verdict.answer = rule.choose.as_ref().and_then(|label| {
            bottom(rows, rule.rows)
                .iter()
                .find_map(|row| Some(label.captures(&row.text)?.get(1)?.as_str().to_owned()))
        });
        verdict.evidence = evidence;
        break;
    }
    let asks = verdict.state == Some(AgentState::NeedsYou) || verdict.answer.is_some();
    let waits = match (&preset.ready, &preset.composer) {
        (Some(rule), _) => matches(rule, rows, &screen.title).is_some(),
        (None, Some(_)) => composer(preset, screen).text.is_some(),
        (None, None) => {
            // Nothing tells when it waits: it can be typed to once it shows anything.
            verdict.ready = !asks && shows_anything(rows);
            return verdict;
        }
    };
    verdict.ready = waits && !asks;
    if verdict.ready && verdict.state.is_none() {
        verdict.state = Some(AgentState::Idle);
        "waits at its input line".clone_into(&mut verdict.evidence);
    }
    verdict
}

fn shows_anything(rows: &[ScreenRow]) -> bool {
    rows.iter().any(|row| !row.text.trim().is_empty())
}

/// Reads what stands in the agent's composer.
pub fn composer(preset: &Preset, screen: &ScreenView) -> Composer {
    let Some(rule) = &preset.composer else {
        return Composer::default();
    };
    let rows = bottom(shown(screen), rule.rows);
    let mut found = Composer {
        takes_pastes: rule.pasted.is_some(),
        ..Composer::default()
    };
    let Some((index, typed)) = rows
        .iter()
        .enumerate()
        .rev()
        .find_map(|(index, row)| Some((index, rule.line.captures(&row.text)?.get(1)?.range())))
    else {
        return found;
    };
    let (Some(first), Some(below)) = (rows.get(index), rows.get(index + 1..)) else {
        return found;
    };
    let text = whole_text(rule, first, typed, below);
    found.pasted = rule
        .pasted
        .as_ref()
        .is_some_and(|marker| marker.is_match(&text));
    found.text = Some(text);
    found
}

/// The text of a composer: its first row, and the rows below it up to where it ends.
fn whole_text(
    rule: &ComposerRule,
    first: &ScreenRow,
    typed: Range<usize>,
    below: &[ScreenRow],
) -> String {
    let shown = first.text.get(typed.clone()).unwrap_or_default().trim();
    if is_hint(first, &typed) || rule.placeholder.iter().any(|hint| hint.is_match(shown)) {
        return String::new();
    }
    let mut text = shown.to_owned();
    if let Some(end) = &rule.end {
        let rest = below.iter().take_while(|row| !end.is_match(&row.text));
        for row in rest {
            text.push('\n');
            text.push_str(
                row.text
                    .trim_matches(|c: char| c.is_whitespace() || is_border(c)),
            );
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn is_border(c: char) -> bool {
    matches!(c, '│' | '┃' | '|' | '▌' | '▐')
}

/// Whether what a row shows in `typed` is a greyed hint: every character dim, but for one that the cursor inverts.
fn is_hint(row: &ScreenRow, typed: &Range<usize>) -> bool {
    let mut dim = false;
    let mut column = 0;
    for (at, c) in row.text.char_indices() {
        if typed.contains(&at) && !c.is_whitespace() {
            let flags = flags_at(row, column);
            if flags.contains('d') {
                dim = true;
            } else if !flags.contains('r') {
                return false;
            }
        }
        column += c.width().unwrap_or(0);
    }
    dim
}

fn flags_at(row: &ScreenRow, column: usize) -> &str {
    let mut end = 0;
    for (width, style) in &row.runs {
        end += usize::from(*width);
        if column < end {
            return &style.flags;
        }
    }
    ""
}

/// The rows without the blank ones at the very bottom.
fn shown(screen: &ScreenView) -> &[ScreenRow] {
    let blank = screen
        .rows
        .iter()
        .rev()
        .take_while(|row| row.text.trim().is_empty())
        .count();
    screen
        .rows
        .get(..screen.rows.len() - blank)
        .unwrap_or_default()
}

fn bottom(rows: &[ScreenRow], count: usize) -> &[ScreenRow] {
    rows.get(rows.len().saturating_sub(count)..)
        .unwrap_or_default()
}

/// The evidence, when the rule matches.
fn matches(rule: &Rule, rows: &[ScreenRow], title: &str) -> Option<String> {
    let rows = bottom(rows, rule.rows);
    let row_with = |pattern: &regex::Regex| rows.iter().find(|row| pattern.is_match(&row.text));
    let mut seen: Option<&str> = None;
    if !(rule.any.is_empty() && rule.title.is_empty()) {
        let row = rule.any.iter().find_map(row_with);
        let titled = rule.title.iter().any(|pattern| pattern.is_match(title));
        match row {
            Some(row) => seen = Some(&row.text),
            None if titled => seen = Some(title),
            None => return None,
        }
    }
    for pattern in &rule.all {
        let row = row_with(pattern)?;
        seen = seen.or(Some(&row.text));
    }
    if rule.none.iter().any(|pattern| row_with(pattern).is_some()) {
        return None;
    }
    let told = rule.evidence.as_deref().or(seen)?;
    Some(text::fit(&tidy(&text::clean(told)), EVIDENCE_COLUMNS))
}

/// The words of a row without the frame around them: lines and blocks go, blanks are squeezed.
fn tidy(row: &str) -> String {
    let is_frame = |c: char| ('\u{2500}'..='\u{259f}').contains(&c);
    row.split(|c: char| c.is_whitespace() || is_frame(c))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests;
