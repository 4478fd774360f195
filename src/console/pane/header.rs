//! The top line: which town, whether it is up, and counts that equal the rows below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::console::app::App;
use crate::console::glyph;
use crate::console::layout::cut;
use crate::console::model::{Link, is_ended};
use crate::domain::{AgentState, MergeView, Phase, TownView, Wish};
use crate::screen;

/// A piece of the line.
type Piece = (String, Style);

/// Draws the line; pieces that do not fit are left out.
pub(crate) fn draw(app: &App, area: Rect, buf: &mut Buffer) {
    let mut rest = area;
    for (text, style) in pieces(app) {
        let columns = screen::width(&text);
        if columns + 2 > rest.width && rest != area {
            continue;
        }
        let text = format!(" {text} ");
        let used = screen::put(buf, rest, &text, style);
        rest = cut(rest, used).1;
    }
}

fn pieces(app: &App) -> Vec<Piece> {
    let theme = &app.look.theme;
    let Some(town) = &app.model.town else {
        let word = match app.model.link {
            Link::Connecting => "asking for the town",
            Link::Live | Link::Away(..) => "the town is not known",
        };
        return vec![
            ("Gas Town".to_owned(), theme.title),
            (word.to_owned(), theme.muted),
        ];
    };
    let mut pieces = vec![(town.name.clone(), theme.title)];
    if town.wish == Wish::Down {
        let key = app
            .look
            .keys
            .label(crate::console::action::Action::TownUp)
            .unwrap_or_default();
        pieces.push((format!("PAUSED: {key} starts it"), theme.warning));
    }
    let attention = town.attention.len();
    if attention > 0 {
        pieces.push((format!("! {attention} attention"), theme.warning));
    }
    pieces.extend(agents(app, town));
    let open = |merge: &&MergeView| !is_ended(merge.phase);
    let queued = town.merges.iter().filter(open).count();
    let beads = town.beads;
    let counts = [
        ("queue", u64::try_from(queued).unwrap_or(u64::MAX)),
        ("ready", beads.ready),
        ("in review", beads.in_review),
        ("in progress", beads.in_progress),
        ("blocked", beads.blocked),
        ("closed", beads.closed),
    ];
    for (word, count) in counts {
        pieces.push((format!("{word} {count}"), theme.muted));
    }
    pieces
}

/// How many agents are in each state; states that nobody is in are left out.
fn agents(app: &App, town: &TownView) -> Vec<Piece> {
    let theme = &app.look.theme;
    let failed = town
        .agents
        .iter()
        .filter(|agent| agent.phase == Phase::Failed)
        .count();
    let mut pieces = Vec::new();
    if failed > 0 {
        let sign = app.look.glyphs.pick("✗", "X");
        pieces.push((format!("{sign} {failed} failed"), theme.danger));
    }
    let order = [
        AgentState::NeedsYou,
        AgentState::Dead,
        AgentState::Unknown,
        AgentState::Working,
        AgentState::Starting,
        AgentState::Stopping,
        AgentState::Idle,
        AgentState::Paused,
    ];
    for state in order {
        let count = town
            .agents
            .iter()
            .filter(|agent| agent.phase != Phase::Failed && agent.state == state)
            .count();
        if count > 0 {
            let mark = glyph::state(state, app.look.glyphs, theme);
            let word = match (state, count) {
                (AgentState::NeedsYou, 2..) => "need you",
                (_, _) => mark.word,
            };
            pieces.push((format!("{} {count} {word}", mark.glyph), mark.style));
        }
    }
    if town.agents.is_empty() {
        pieces.push(("no agents".to_owned(), theme.muted));
    }
    pieces
}
