//! The help page: every key and every command, made from the two tables.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Reaction;
use crate::console::action::{ACTIONS, ActionSpec, When};
use crate::console::app::App;
use crate::console::frame;
use crate::console::keymap::Keymap;
use crate::console::layout::{centred, cut};
use crate::console::lines;
use crate::screen;

/// What part of the help is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Help {
    part: Part,
    scroll: usize,
}

/// How much of the help is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Everything.
    Whole,
    /// Only the keys that count while typing to an agent.
    Typing,
    /// Only the keys that count while looking back.
    Copying,
}

impl Part {
    const fn has(self, when: When) -> bool {
        match self {
            Self::Whole => true,
            Self::Typing => matches!(when, When::Terminal | When::Prefix),
            Self::Copying => matches!(when, When::Copy),
        }
    }
}

/// A line of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HelpLine {
    /// A heading.
    Heading(String),
    /// What to type, and what it does.
    Row(String, String),
    /// Nothing.
    Blank,
}

impl Help {
    pub(crate) const HINTS: &[(&'static str, &'static str)] =
        &[("j k", "scroll"), ("Esc", "close")];

    /// Everything.
    pub(crate) const fn whole() -> Self {
        Self {
            part: Part::Whole,
            scroll: 0,
        }
    }

    /// The keys that count while typing to an agent, or while looking back.
    pub(crate) const fn card(part: Part) -> Self {
        Self { part, scroll: 0 }
    }

    pub(super) fn key(&mut self, key: &KeyEvent, app: &App) -> Reaction {
        // What a popup shows of a screen with its frame and the rows around it.
        let around = if self.part == Part::Whole { 6 } else { 4 };
        let page = usize::from(app.size.1.saturating_sub(around)).max(1);
        let most = help_lines(&app.look.keys, self.part)
            .len()
            .saturating_sub(page);
        match key.code {
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q' | '?') => return Reaction::Close,
            KeyCode::Down | KeyCode::Char('j') => self.scroll += 1,
            KeyCode::Up | KeyCode::Char('k') => self.scroll = self.scroll.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => self.scroll += page,
            KeyCode::PageUp => self.scroll = self.scroll.saturating_sub(page),
            KeyCode::Home | KeyCode::Char('g') => self.scroll = 0,
            KeyCode::End | KeyCode::Char('G') => self.scroll = most,
            _ if self.part != Part::Whole => return Reaction::Close,
            _ => {}
        }
        self.scroll = self.scroll.min(most);
        Reaction::Keep
    }

    pub(super) fn draw(&self, area: Rect, buf: &mut Buffer, app: &App) {
        let lines = help_lines(&app.look.keys, self.part);
        let theme = &app.look.theme;
        let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let most = area.height.saturating_sub(2);
        let place = centred(area, 92, rows.saturating_add(2).min(most));
        let title = match self.part {
            Part::Whole => "help",
            Part::Typing | Part::Copying => "keys",
        };
        let inner = frame::popup(buf, place, title, &app.look);
        let left = 30.min(inner.width * 2 / 5);
        for (row, line) in inner.rows().zip(lines.iter().skip(self.scroll)) {
            match line {
                HelpLine::Heading(text) => {
                    screen::put(buf, row, text, theme.title);
                }
                HelpLine::Row(keys, what) => {
                    let (keys_at, what_at) = cut(row, left);
                    screen::put(buf, cut(keys_at, left.saturating_sub(1)).0, keys, theme.key);
                    screen::put(buf, what_at, what, theme.text);
                }
                HelpLine::Blank => {}
            }
        }
        let below = lines
            .len()
            .saturating_sub(self.scroll + usize::from(inner.height));
        if below > 0 {
            frame::foot(buf, place, &format!(" {below} more below "), &app.look);
        }
    }
}

/// Every line of the help.
pub(crate) fn help_lines(keys: &Keymap, part: Part) -> Vec<HelpLine> {
    let mut out = Vec::new();
    for when in [When::Town, When::Terminal, When::Prefix, When::Copy] {
        if !part.has(when) {
            continue;
        }
        if !out.is_empty() {
            out.push(HelpLine::Blank);
        }
        let title = match when {
            When::Prefix => format!("{} {}", when.title(), keys.prefix),
            When::Town | When::Terminal | When::Copy => when.title().to_owned(),
        };
        out.push(HelpLine::Heading(title));
        if when == When::Terminal {
            let leave = "Leave the terminal; the agent goes on";
            out.push(HelpLine::Row(keys.leave.to_string(), leave.to_owned()));
        }
        out.extend(rows(keys, when));
        if when == When::Town {
            let select = "Select text with your terminal's own selection";
            out.push(HelpLine::Row("Shift-drag".to_owned(), select.to_owned()));
        }
    }
    if part == Part::Whole {
        out.push(HelpLine::Blank);
        let title = "Commands, typed after the palette key or in a shell";
        out.push(HelpLine::Heading(title.to_owned()));
        let commands =
            lines::commands().map(|(path, about)| HelpLine::Row(path.to_owned(), about.to_owned()));
        out.extend(commands);
    }
    out
}

/// Actions that differ only in where to or which share one line.
fn rows(keys: &Keymap, when: When) -> impl Iterator<Item = HelpLine> {
    let specs: Vec<&ActionSpec> = ACTIONS.iter().filter(|spec| spec.when == when).collect();
    let lines: Vec<HelpLine> = specs
        .chunk_by(|one, next| one.title == next.title)
        .filter_map(|alike| {
            let first = alike.first()?;
            let chords: Vec<String> = alike
                .iter()
                .flat_map(|spec| {
                    keys.chords(when, spec.action)
                        .take(if alike.len() > 1 { 1 } else { 9 })
                })
                .map(|chord| chord.to_string())
                .collect();
            let what = match first.twin {
                Some(twin) => format!("{}  ({twin})", first.title),
                None => first.title.to_owned(),
            };
            let gap = if alike.len() > 2 { " " } else { "  " };
            Some(HelpLine::Row(chords.join(gap), what))
        })
        .collect();
    lines.into_iter()
}
