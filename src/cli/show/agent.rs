//! Agents: the roster as lines and as JSON.

use serde_json::{Value, json};

use super::bead_json::stamp;
use super::convoy::state_tone;
use super::{Cell, Look, Table, Tone};
use crate::domain::AgentView;

/// The sign in front of an agent: whether its process lives.
pub(super) const fn sign(agent: &AgentView) -> &'static str {
    if agent.alive { "●" } else { "○" }
}

/// Rows of agents.
pub(super) fn rows<'a>(agents: impl Iterator<Item = &'a AgentView>, look: &Look) -> Table {
    let mut table = Table::default();
    for agent in agents {
        let work = match (&agent.bead, &agent.title) {
            (Some(bead), Some(title)) => format!("{bead} {title}"),
            (Some(bead), None) => bead.to_string(),
            (None, _) => String::new(),
        };
        let note = agent
            .note
            .as_deref()
            .map_or_else(String::new, |note| format!("  ({note})"));
        table.row([
            Cell::new(state_tone(Some(agent.state)), sign(agent)),
            Cell::new(Tone::Name, agent.address.short()),
            Cell::new(state_tone(Some(agent.state)), agent.state.word()),
            Cell::plain(look.ago(agent.since)),
            Cell::plain(agent.alias.as_str()),
            Cell::plain(format!("{work}{note}")),
        ]);
    }
    table
}

/// Polecats as lines.
pub(crate) fn polecats_text(agents: &[&AgentView], look: &Look) -> String {
    rows(agents.iter().copied(), look).text(look, "")
}

/// An agent as an object: names of the field's status output, and ours.
pub(super) fn agent_json(agent: &AgentView) -> Value {
    json!({
        "name": agent.address.short().rsplit('/').next().unwrap_or_default(),
        "address": agent.address,
        "role": crate::domain::Role::of(&agent.address),
        "running": agent.alive,
        "has_work": agent.bead.is_some(),
        "hook_bead": agent.bead,
        "work_title": agent.title,
        "state": agent.state,
        "evidence": agent.evidence,
        "phase": agent.phase,
        "agent_alias": agent.alias,
        "incarnation": agent.id,
        "run": agent.run,
        "branch": agent.branch,
        "worktree": agent.worktree,
        "since": stamp(agent.since),
        "restarts": agent.restarts,
        "note": agent.note,
    })
}

/// Polecats as an array.
pub(crate) fn polecats_json(agents: &[&AgentView]) -> Value {
    agents.iter().copied().map(agent_json).collect()
}
