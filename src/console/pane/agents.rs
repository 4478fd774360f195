//! The roster: agents by rig and role, in places that do not jump.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list::{draw_empty, first_row};
use crate::console::app::App;
use crate::console::frame::{Panel, panel, tint};
use crate::console::glyph;
use crate::console::layout::{Pane, cut, top};
use crate::domain::{Address, AgentView, RigPhase, RigView, Seat};
use crate::screen;
use crate::support::text::age;

/// A row of the roster.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Row<'a> {
    /// Agents of the town itself follow.
    Town,
    /// A rig; its agents follow.
    Rig(&'a RigView),
    /// An agent.
    Agent(&'a AgentView),
}

/// The rows, the filter applied. With a filter, rigs without a fitting agent are left out.
pub(crate) fn rows(app: &App) -> Vec<Row<'_>> {
    let agents = app.agents();
    let filtered = !app.filter.field.text().is_empty();
    let of_town: Vec<Row<'_>> = agents
        .iter()
        .filter(|agent| agent.address.rig().is_none())
        .map(|agent| Row::Agent(agent))
        .collect();
    let mut rows = Vec::new();
    if !of_town.is_empty() {
        rows.push(Row::Town);
        rows.extend(of_town);
    }
    let rigs = app.model.town.as_ref().map_or(&[][..], |town| &town.rigs);
    for rig in rigs {
        let before = rows.len();
        rows.push(Row::Rig(rig));
        let of_rig = agents
            .iter()
            .filter(|agent| agent.address.rig() == Some(&rig.name));
        rows.extend(of_rig.map(|agent| Row::Agent(agent)));
        if filtered && rows.len() == before + 1 {
            rows.truncate(before);
        }
    }
    rows
}

/// Draws the roster.
pub(crate) fn draw(app: &App, area: Rect, buf: &mut Buffer, boxed: bool) {
    let shown = app.agents().len();
    let all = app.model.agents().len();
    let filter = app.filter.field.text();
    let title = if app.model.town.is_none() {
        "agents ?".to_owned()
    } else if filter.is_empty() && !app.filter.typing {
        format!("agents {all}")
    } else {
        format!("agents {shown} of {all}, filter: {filter}")
    };
    let frame = Panel {
        title: &title,
        note: if app.filter.typing {
            "Enter keeps, Esc clears"
        } else {
            ""
        },
        focused: app.focus == Pane::Agents,
        boxed,
    };
    let inner = panel(buf, area, frame, &app.look);
    let rows = rows(app);
    if rows.is_empty() {
        draw_empty(&nothing(app), inner, buf, app);
        return;
    }
    let selected = selected_row(app, &rows);
    let first = first_row(selected, rows.len(), inner.height);
    for (place, (at, row)) in inner.rows().zip(rows.iter().enumerate().skip(first)) {
        match row {
            Row::Town => {
                screen::put(buf, place, "town", app.look.theme.title);
            }
            Row::Rig(rig) => draw_rig(app, rig, place, buf),
            Row::Agent(agent) => draw_agent(app, agent, place, buf),
        }
        if Some(at) == selected {
            tint(buf, place, app.look.theme.selection);
        }
    }
    if app.model.agents().is_empty() {
        let used = u16::try_from(rows.len()).unwrap_or(u16::MAX);
        draw_empty(&no_agents(app), top(inner, used).1, buf, app);
    }
}

fn selected_row(app: &App, rows: &[Row<'_>]) -> Option<usize> {
    let wanted = app.selected.agent.as_ref()?;
    rows.iter()
        .position(|row| matches!(row, Row::Agent(agent) if agent.id == *wanted))
}

/// The agent in a row of the area, for the mouse.
pub(crate) fn agent_at(app: &App, area: Rect, y: u16, boxed: bool) -> Option<&AgentView> {
    let border = u16::from(boxed);
    let height = area.height.checked_sub(1 + border)?;
    let line = y.checked_sub(area.y + 1)?;
    if line >= height {
        return None;
    }
    let rows = rows(app);
    let first = first_row(selected_row(app, &rows), rows.len(), height);
    match rows.get(first + usize::from(line))? {
        Row::Agent(agent) => Some(agent),
        Row::Town | Row::Rig(_) => None,
    }
}

fn draw_rig(app: &App, rig: &RigView, place: Rect, buf: &mut Buffer) {
    let theme = &app.look.theme;
    let used = screen::put(buf, place, rig.name.as_str(), theme.title);
    let rest = cut(place, used + 1).1;
    let (text, style) = match (rig.phase, rig.note.as_deref()) {
        (RigPhase::Active, Some(note)) => (note.to_owned(), theme.warning),
        (RigPhase::Active, None) if rig.gates == 0 => ("no gates".to_owned(), theme.muted),
        (RigPhase::Active, None) => (format!("{} gates", rig.gates), theme.muted),
        (phase, note) => {
            let why = note.map_or(String::new(), |note| format!(": {note}"));
            (format!("{}{why}", phase.word()), theme.warning)
        }
    };
    screen::put(buf, rest, &text, style);
}

fn draw_agent(app: &App, agent: &AgentView, place: Rect, buf: &mut Buffer) {
    let theme = &app.look.theme;
    let mark = glyph::agent(agent, app.look.glyphs, theme);
    let wide = place.width >= 46;
    let selected = app.selected.agent.as_ref() == Some(&agent.id);
    let (sign, rest) = cut(place, 2);
    screen::put(buf, sign, if selected { ">" } else { " " }, theme.focus);
    let (glyph_at, rest) = cut(rest, 2);
    screen::put(buf, glyph_at, mark.glyph, mark.style);
    let (name, rest) = cut(rest, if wide { 14 } else { 11 });
    screen::put(
        buf,
        cut(name, name.width.saturating_sub(1)).0,
        &name_of(agent),
        theme.text,
    );
    let (word, rest) = cut(rest, 10);
    screen::put(buf, word, mark.word, mark.style);
    let since = age(app.now - agent.since);
    screen::put_right(buf, rest, &since, theme.muted);
    let work = cut(rest, rest.width.saturating_sub(5)).0;
    let bead = agent.bead.as_ref().map_or("", |bead| bead.as_str());
    let used = screen::put(buf, work, bead, theme.accent);
    let title = cut(work, used + 1).1;
    screen::put(
        buf,
        title,
        agent.title.as_deref().unwrap_or_default(),
        theme.muted,
    );
}

/// The part of an address that its rig does not say.
fn name_of(agent: &AgentView) -> String {
    match &agent.address {
        Address::Rig(_, Seat::Polecat(name)) => name.to_string(),
        Address::Rig(_, Seat::Crew(name)) => format!("crew/{name}"),
        Address::Rig(_, Seat::Witness) => "witness".to_owned(),
        Address::Rig(_, Seat::Refinery) => "refinery".to_owned(),
        Address::Human
        | Address::Person(_)
        | Address::Engine
        | Address::Mayor
        | Address::Deacon
        | Address::Boot => agent.address.to_string(),
    }
}

fn nothing(app: &App) -> Vec<&'static str> {
    if app.model.town.is_none() {
        return vec!["the town is not known yet: no engine has answered"];
    }
    if !app.filter.field.text().is_empty() {
        return vec!["no agent fits the filter", "Esc clears it"];
    }
    vec![
        "no rig yet",
        "press : and type  gt rig add NAME URL-OR-PATH",
    ]
}

fn no_agents(app: &App) -> Vec<&'static str> {
    let rigs = app
        .model
        .town
        .as_ref()
        .is_some_and(|town| !town.rigs.is_empty());
    if !rigs {
        return Vec::new();
    }
    vec![
        "no agent is at work",
        "press : and type  bd create \"what is to be done\"",
        "then  gt sling BEAD RIG",
    ]
}
