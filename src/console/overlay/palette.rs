//! Find anything: agents, merge requests, convoys, actions, and whole `gt` and `bd` lines.
//!
//! What is typed is matched fuzzily against everything that has a name. A text that begins with
//! `gt` or `bd` is a line and is run as typed; a command's row completes the line first.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Act, Reaction};
use crate::console::action::{ACTIONS, When};
use crate::console::app::{App, Mode};
use crate::console::field::Field;
use crate::console::glyph;
use crate::console::layout::{bottom, centred, cut, top};
use crate::console::update::available;
use crate::console::{frame, lines};
use crate::screen;

/// Rows kept after matching.
const ROWS_MAX: usize = 200;

/// The palette.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Palette {
    field: Field,
    rows: Vec<Row>,
    chosen: usize,
}

/// What a row does.
#[derive(Clone, Debug, PartialEq)]
enum Then {
    /// This.
    Act(Act),
    /// Puts this before the cursor, for arguments to follow.
    Complete(String),
    /// Nothing now, and why.
    Not(String),
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    /// What sort of thing.
    sort: &'static str,
    /// What is matched and shown.
    title: String,
    /// At the right: a key or a state.
    note: String,
    then: Then,
}

impl Palette {
    pub(crate) const HINTS: &[(&'static str, &'static str)] = &[
        ("Enter", "do"),
        ("Tab", "complete"),
        ("Up Down", "choose"),
        ("Esc", "close"),
    ];

    /// The palette with a text in it.
    pub(crate) fn new(app: &App, text: &str) -> Self {
        let mut palette = Self {
            field: Field::new(text),
            rows: Vec::new(),
            chosen: 0,
        };
        palette.find(app);
        palette
    }

    pub(super) fn key(&mut self, key: &KeyEvent, app: &App) -> Reaction {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return Reaction::Close,
            KeyCode::Enter => return self.enter(app),
            KeyCode::Tab => {
                let line = self.rows.get(self.chosen).and_then(completion);
                if let Some(line) = line {
                    self.field = Field::new(&line);
                    self.find(app);
                }
            }
            KeyCode::Down => self.step(1),
            KeyCode::Up => self.step(-1),
            KeyCode::Char('n' | 'j') if control => self.step(1),
            KeyCode::Char('p' | 'k') if control => self.step(-1),
            KeyCode::PageDown => self.step(10),
            KeyCode::PageUp => self.step(-10),
            _ => {
                if self.field.key(key) {
                    self.find(app);
                }
            }
        }
        Reaction::Keep
    }

    pub(super) fn paste(&mut self, text: &str, app: &App) {
        self.field.insert(&text.replace('\n', " "));
        self.find(app);
    }

    fn step(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
    }

    fn enter(&mut self, app: &App) -> Reaction {
        let Some(row) = self.rows.get(self.chosen) else {
            return Reaction::Keep;
        };
        match row.then.clone() {
            Then::Act(act) => Reaction::Do(act),
            Then::Complete(line) => {
                self.field = Field::new(&line);
                self.find(app);
                Reaction::Keep
            }
            Then::Not(_) => Reaction::Keep,
        }
    }

    /// Looks for rows that fit the text, best first.
    fn find(&mut self, app: &App) {
        let text = self.field.text().trim_start();
        self.chosen = 0;
        self.rows = if is_line(text) {
            line_rows(text)
        } else {
            best(text, all(app))
        };
    }

    pub(super) fn draw(&self, area: Rect, buf: &mut Buffer, app: &App) -> Position {
        let theme = &app.look.theme;
        let rows = area.height.saturating_sub(4).min(18);
        let place = centred(area, area.width.saturating_sub(4).min(92), rows.max(5));
        let inner = frame::popup(buf, place, "find anything, or type gt … or bd …", &app.look);
        let (line, list) = top(inner, 1);
        let (sign, input) = cut(line, 2);
        screen::put(buf, sign, ">", theme.key);
        let cursor = self.field.draw(input, buf, theme.text);
        let (list, foot) = bottom(list, 1);
        let height = usize::from(list.height).max(1);
        let first = (self.chosen + 1).saturating_sub(height);
        let shown = self.rows.iter().enumerate().skip(first);
        for (place, (at, row)) in list.rows().zip(shown) {
            draw_row(row, place, buf, app);
            if at == self.chosen {
                frame::tint(buf, place, theme.selection);
            }
        }
        let told = match self.rows.get(self.chosen).map(|row| &row.then) {
            Some(Then::Not(why)) => why.clone(),
            Some(Then::Complete(line)) => format!("Enter or Tab writes `{}`", line.trim_end()),
            Some(Then::Act(Act::Line(line))) => format!("Enter runs `{line}`"),
            Some(Then::Act(_)) => format!("{} found", self.rows.len()),
            None => "nothing fits; Esc closes".to_owned(),
        };
        screen::put(buf, foot, &told, theme.muted);
        cursor
    }
}

fn draw_row(row: &Row, place: Rect, buf: &mut Buffer, app: &App) {
    let theme = &app.look.theme;
    let (sort, rest) = cut(place, 9);
    screen::put(buf, sort, row.sort, theme.muted);
    let used = screen::put_right(buf, rest, &row.note, theme.key);
    let title = cut(rest, rest.width.saturating_sub(used + 1)).0;
    let style = match row.then {
        Then::Not(_) => theme.muted,
        Then::Act(_) | Then::Complete(_) => theme.text,
    };
    screen::put(buf, title, &row.title, style);
}

fn completion(row: &Row) -> Option<String> {
    match &row.then {
        Then::Complete(line) | Then::Act(Act::Line(line)) => Some(line.clone()),
        Then::Act(_) | Then::Not(_) => None,
    }
}

/// Whether the text is a command line.
fn is_line(text: &str) -> bool {
    ["gt", "bd"].iter().any(|program| {
        text.strip_prefix(program)
            .is_some_and(|rest| rest.starts_with(' '))
    })
}

fn line_rows(text: &str) -> Vec<Row> {
    let line = text.trim_end();
    let mut rows = vec![Row {
        sort: "run",
        title: line.to_owned(),
        note: "Enter".to_owned(),
        then: Then::Act(Act::Line(line.to_owned())),
    }];
    let fitting = lines::commands().filter(|(path, _)| path.starts_with(line) && *path != line);
    rows.extend(fitting.map(|(path, about)| command_row(path, about)));
    rows
}

fn command_row(path: &str, about: &str) -> Row {
    Row {
        sort: "command",
        title: format!("{path}  {about}"),
        note: String::new(),
        then: Then::Complete(format!("{path} ")),
    }
}

fn best(text: &str, rows: Vec<Row>) -> Vec<Row> {
    if text.is_empty() {
        return rows.into_iter().take(ROWS_MAX).collect();
    }
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut characters = Vec::new();
    let mut scored: Vec<(u32, Row)> = rows
        .into_iter()
        .filter_map(|row| {
            let title = Utf32Str::new(&row.title, &mut characters);
            let score = pattern.score(title, &mut matcher)?;
            Some((score, row))
        })
        .collect();
    if scored.is_empty() {
        return line_rows(text).into_iter().take(1).collect();
    }
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored
        .into_iter()
        .take(ROWS_MAX)
        .map(|(_, row)| row)
        .collect()
}

/// Everything that has a name.
fn all(app: &App) -> Vec<Row> {
    let mut rows = agents(app);
    rows.extend(actions(app));
    rows.extend(work(app));
    rows.extend(lines::commands().map(|(path, about)| command_row(path, about)));
    rows
}

fn agents(app: &App) -> Vec<Row> {
    let row = |agent: &crate::domain::AgentView| {
        let mark = glyph::agent(agent, app.look.glyphs, &app.look.theme);
        let work = agent.title.as_deref().unwrap_or_default();
        Row {
            sort: "agent",
            title: format!("{}  {work}", agent.address.short()),
            note: format!("{} {}", mark.glyph, mark.word),
            then: match agent.run {
                Some(_) => Then::Act(Act::Attach(agent.id.clone())),
                None => Then::Not("it has no terminal yet".to_owned()),
            },
        }
    };
    app.model.agents().iter().map(row).collect()
}

fn actions(app: &App) -> Vec<Row> {
    ACTIONS
        .iter()
        .filter(|spec| match spec.when {
            When::Town => true,
            When::Prefix => app.mode != Mode::Town,
            When::Terminal | When::Copy => false,
        })
        .filter(|spec| spec.hint.is_some() || spec.twin.is_some())
        .map(|spec| Row {
            sort: "do",
            title: spec.title.to_owned(),
            note: app.look.keys.label(spec.action).unwrap_or_default(),
            then: match available(app, spec.needs) {
                Ok(()) => Then::Act(Act::Action(spec.action)),
                Err(why) => Then::Not(why.to_owned()),
            },
        })
        .collect()
}

/// Beads, merge requests and convoys that are known, each once.
fn work(app: &App) -> Vec<Row> {
    let mut rows = Vec::new();
    for convoy in app.model.convoys() {
        let note = format!("{}/{}", convoy.done(), convoy.beads.len());
        let line = format!("gt convoy status {}", convoy.id);
        rows.push(line_row(
            "convoy",
            convoy.id.as_str(),
            &convoy.title,
            note,
            line,
        ));
    }
    for merge in app.model.merges() {
        let note = merge.phase.word().to_owned();
        let line = format!("gt mq list {}", merge.rig);
        rows.push(line_row(
            "merge",
            merge.id.as_str(),
            &merge.title,
            note,
            line,
        ));
    }
    let mut beads = std::collections::BTreeMap::new();
    for bead in app.model.convoys().iter().flat_map(|convoy| &convoy.beads) {
        beads.insert(bead.id.clone(), (bead.title.as_str(), bead.status.word()));
    }
    for merge in app.model.merges() {
        let known = (merge.title.as_str(), merge.phase.word());
        beads.entry(merge.bead.clone()).or_insert(known);
    }
    for agent in app.model.agents() {
        if let Some(bead) = &agent.bead {
            let title = agent.title.as_deref().unwrap_or_default();
            let known = (title, agent.state.word());
            beads.entry(bead.clone()).or_insert(known);
        }
    }
    for (id, (title, note)) in beads {
        let line = format!("bd show {id}");
        rows.push(line_row("bead", id.as_str(), title, note.to_owned(), line));
    }
    rows
}

fn line_row(sort: &'static str, id: &str, title: &str, note: String, line: String) -> Row {
    Row {
        sort,
        title: format!("{id}  {title}"),
        note,
        then: Then::Act(Act::Line(line)),
    }
}
