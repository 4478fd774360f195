//! The live terminal of the selected agent, with why it is thought to be in its state.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list::draw_empty;
use crate::console::app::App;
use crate::console::frame::{Panel, panel};
use crate::console::glyph;
use crate::console::layout::{cut, top};
use crate::console::told;
use crate::console::viewer::{Sight, exit_words};
use crate::domain::AgentView;
use crate::screen::{self, Frame};
use crate::support::text::{age, identity};

/// Draws the peek.
pub(crate) fn draw(app: &App, area: Rect, buf: &mut Buffer, boxed: bool) {
    let agent = app.agent();
    let title = agent.map_or("terminal".to_owned(), |agent| {
        format!("{}  {}", agent.address.short(), agent.alias)
    });
    let frame = Panel {
        title: &title,
        note: &note(app),
        focused: false,
        boxed,
    };
    let inner = panel(buf, area, frame, &app.look);
    let Some(agent) = agent else {
        draw_empty(&["no agent is selected"], inner, buf, app);
        return;
    };
    let facts = facts(app, agent);
    let shown = u16::try_from(facts.len())
        .unwrap_or(0)
        .min(inner.height / 4);
    let (head, body) = top(inner, shown);
    for (row, (text, style)) in head.rows().zip(&facts) {
        screen::put(buf, row, &format!(" {text}"), *style);
    }
    draw_body(app, agent, body, buf);
}

fn note(app: &App) -> String {
    let Some(viewer) = app.viewer() else {
        return String::new();
    };
    let (columns, rows) = viewer.screen.size();
    match &viewer.sight {
        Sight::Connecting => "connecting".to_owned(),
        Sight::Live => match told::progress(viewer) {
            Some(progress) => format!("{progress}  live {columns}x{rows}"),
            None => format!("live {columns}x{rows}"),
        },
        Sight::Ended(_) => "ended".to_owned(),
        Sight::Refused(_) => "not shown".to_owned(),
        Sight::Lost(..) => "away".to_owned(),
    }
}

/// State with evidence, what went wrong last, the newest nudge.
fn facts(app: &App, agent: &AgentView) -> Vec<(String, ratatui::style::Style)> {
    let theme = &app.look.theme;
    let mark = glyph::agent(agent, app.look.glyphs, theme);
    let mut facts = vec![(
        format!("{} {}: {}", mark.glyph, mark.word, agent.evidence),
        mark.style,
    )];
    if let Some(note) = &agent.note {
        facts.push((format!("! {note}"), theme.warning));
    }
    if let Some(nudge) = app.model.nudge_to(&agent.address) {
        let mark = glyph::nudge(nudge.phase, app.look.glyphs, theme);
        let why = nudge
            .reason
            .as_ref()
            .map_or(String::new(), |why| format!(": {why}"));
        let when = age(app.now - nudge.created_at);
        facts.push((
            format!(
                "{} nudge {when} ago {}{why}  \"{}\"",
                mark.glyph, mark.word, nudge.text
            ),
            mark.style,
        ));
    }
    if let Some(bead) = &agent.bead {
        let title = agent.title.as_deref().unwrap_or_default();
        let branch = identity(&agent.branch);
        facts.push((format!("{bead} {title}  on {branch}"), theme.muted));
    }
    let live = app
        .viewer()
        .filter(|viewer| viewer.sight == Sight::Live && Some(&viewer.run) == agent.run.as_ref());
    if let Some(viewer) = live {
        facts.extend(told::mark(viewer).map(|text| (text, theme.warning)));
        let folder = told::folder(viewer, Some(&agent.worktree));
        facts.extend(folder.map(|text| (text, theme.muted)));
    }
    facts
}

fn draw_body(app: &App, agent: &AgentView, body: Rect, buf: &mut Buffer) {
    let viewer = app
        .viewer()
        .filter(|viewer| Some(&viewer.run) == agent.run.as_ref());
    let Some(viewer) = viewer else {
        let why = match agent.run {
            Some(_) => "its terminal is being opened",
            None => "it has no terminal yet: its worktree is being made",
        };
        draw_empty(&[why], body, buf, app);
        return;
    };
    let mut place = body;
    let line = match &viewer.sight {
        Sight::Connecting | Sight::Live => None,
        Sight::Ended(exit) => Some(exit_words(exit)),
        Sight::Refused(why) => Some(why.clone()),
        Sight::Lost(since, why) => {
            let old = age(app.now - since);
            Some(format!("terminals away {old}: {why}; trying again"))
        }
    };
    if let Some(line) = line {
        let (head, rest) = top(place, 1);
        screen::put(buf, head, &format!(" {line}"), app.look.theme.warning);
        place = rest;
    }
    let frame = Frame {
        scroll: 0,
        indexed: app.look.indexed,
    };
    let (columns, rows) = viewer.screen.size();
    let place = cut(top(place, rows).0, columns).0;
    screen::draw(&viewer.screen, place, buf, frame);
}
