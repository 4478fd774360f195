//! Convoys: a numbered list with bars, and a page with who works on what.

use serde_json::{Value, json};

use super::bead::tone;
use super::bead_json::stamp;
use super::{Cell, Look, Table, Tone};
use crate::domain::{AgentState, BeadStatus, ConvoyBead, ConvoyView};
use crate::support::text::{clean, identity};

/// Cells of a bar in the list.
const BAR: usize = 10;

fn bar(convoy: &ConvoyView) -> String {
    let all = convoy.beads.len();
    let filled = (convoy.done() * BAR).checked_div(all).unwrap_or(0);
    (0..BAR)
        .map(|cell| if cell < filled { '█' } else { '░' })
        .collect()
}

fn progress(convoy: &ConvoyView) -> String {
    format!("{}/{}", convoy.done(), convoy.beads.len())
}

/// What stands for a bead's state in front of it.
const fn sign(bead: &ConvoyBead) -> &'static str {
    match bead.status {
        BeadStatus::Closed => "✓",
        BeadStatus::Hooked | BeadStatus::InProgress => "▶",
        BeadStatus::InReview => "↑",
        BeadStatus::Open
        | BeadStatus::Blocked
        | BeadStatus::Deferred
        | BeadStatus::Pinned
        | BeadStatus::Foreign => "○",
    }
}

/// Convoys as a numbered list.
pub(crate) fn convoys_text(convoys: &[ConvoyView], look: &Look) -> String {
    let mut table = Table::default();
    for convoy in convoys {
        table.row([
            Cell::plain(format!("{}.", convoy.number)),
            Cell::new(Tone::Name, convoy.id.as_str()),
            Cell::new(
                if convoy.closed {
                    Tone::Good
                } else {
                    Tone::Plain
                },
                bar(convoy),
            ),
            Cell::plain(progress(convoy)),
            Cell::plain(if convoy.closed { "closed" } else { "open" }),
            Cell::plain(&convoy.title),
        ]);
    }
    table.text(look, "")
}

/// One convoy on a page.
pub(crate) fn convoy_text(convoy: &ConvoyView, look: &Look) -> String {
    let state = match convoy.closed_at {
        Some(at) if convoy.closed => format!("closed {} ago", look.ago(at)),
        Some(_) | None if convoy.closed => "closed".to_owned(),
        Some(_) | None => "open".to_owned(),
    };
    let told = convoy
        .notify
        .as_ref()
        .map_or_else(String::new, |who| format!(" · tells {}", who.short()));
    let head = format!(
        "{}  {}\n  {}  {} · {state} · made by {} {} ago{told}\n",
        look.paint(Tone::Name, convoy.id.as_str()),
        look.paint(Tone::Strong, &clean(&convoy.title)),
        bar(convoy),
        progress(convoy),
        identity(&convoy.created_by),
        look.ago(convoy.created_at),
    );
    let mut table = Table::default();
    for bead in &convoy.beads {
        let worker = bead
            .worker
            .as_ref()
            .map_or_else(String::new, crate::domain::Address::short);
        let doing = match (&bead.landed, bead.state) {
            (Some(commit), _) => format!("landed {}", commit.short()),
            (None, Some(state)) => state.word().to_owned(),
            (None, None) => String::new(),
        };
        table.row([
            Cell::new(tone(bead.status), sign(bead)),
            Cell::new(Tone::Name, bead.id.as_str()),
            Cell::new(tone(bead.status), bead.status.word()),
            Cell::plain(worker),
            Cell::new(state_tone(bead.state), doing),
            Cell::plain(&bead.title),
        ]);
    }
    head + &table.text(look, "  ")
}

/// The tone of what an agent is doing.
pub(super) const fn state_tone(state: Option<AgentState>) -> Tone {
    match state {
        Some(AgentState::Working) => Tone::Good,
        Some(AgentState::NeedsYou) => Tone::Warn,
        Some(AgentState::Dead) => Tone::Bad,
        Some(AgentState::Starting | AgentState::Stopping | AgentState::Idle) | None => Tone::Plain,
        Some(AgentState::Paused | AgentState::Unknown) => Tone::Quiet,
    }
}

/// One convoy as an object.
pub(crate) fn convoy_json(convoy: &ConvoyView) -> Value {
    let tracked: Vec<Value> = convoy
        .beads
        .iter()
        .map(|bead| {
            json!({
                "id": bead.id,
                "title": bead.title,
                "status": bead.status,
                "worker": bead.worker,
                "state": bead.state,
                "landed": bead.landed,
            })
        })
        .collect();
    json!({
        "id": convoy.id,
        "number": convoy.number,
        "title": convoy.title,
        "status": if convoy.closed { "closed" } else { "open" },
        "notify": convoy.notify,
        "created_by": convoy.created_by,
        "created_at": stamp(convoy.created_at),
        "closed_at": convoy.closed_at.map(stamp),
        "tracked": tracked,
        "completed": convoy.done(),
        "total": convoy.beads.len(),
    })
}

/// Convoys as an array.
pub(crate) fn convoys_json(convoys: &[ConvoyView]) -> Value {
    convoys.iter().map(convoy_json).collect()
}

#[cfg(test)]
mod tests;
