//! The town at a glance: wish, processes, rigs with their agents, what needs a person.

use serde_json::{Value, json};

use super::agent::{agent_json, rows, sign};
use super::{Cell, Look, Table, Tone, rig};
use crate::domain::{Address, AgentView, MergePhase, RigName, RigView, TownView, Wish};
use crate::support::text::{clean, identity};
use crate::verbs::story::count;

/// The town as text; `host` says whether the terminal host answers.
pub(crate) fn status_text(town: &TownView, host: bool, look: &Look) -> String {
    let wish = match town.wish {
        Wish::Up => look.paint(Tone::Good, "up"),
        Wish::Down => look.paint(Tone::Warn, "down (`gt up` starts it)"),
    };
    let mut out = format!(
        "{}  {}  {wish}\n",
        look.paint(Tone::Strong, &clean(&town.name)),
        town.root.display()
    );
    out.push_str(&processes(town, host, look));
    let beads = &town.beads;
    out.push_str(
        &format_args!(
            "beads     {} ready · {} waiting · {} in work · {} in review · {} closed\n",
            beads.ready, beads.blocked, beads.in_progress, beads.in_review, beads.closed
        )
        .to_string(),
    );
    if town.rigs.is_empty() {
        out.push_str("\nno rig yet: `gt rig add <name> <repository>`\n");
    }
    for rig in &town.rigs {
        out.push('\n');
        out.push_str(&rig_text(town, rig, look));
    }
    let townsfolk: Vec<&AgentView> = town
        .agents
        .iter()
        .filter(|agent| agent.address.rig().is_none())
        .collect();
    if !townsfolk.is_empty() {
        out.push('\n');
        out.push_str(&rows(townsfolk.into_iter(), look).text(look, "  "));
    }
    out.push_str(&open_convoys(town, look));
    out.push_str(&attention(town, look));
    for problem in &town.engine.problems {
        out.push_str(&look.paint(Tone::Bad, "problem   "));
        out.push_str(&clean(problem));
        out.push('\n');
    }
    out
}

fn processes(town: &TownView, host: bool, look: &Look) -> String {
    let process = |name: &str, pid: Option<u32>| match pid {
        Some(pid) => format!("{name} {pid}"),
        None => look.paint(Tone::Quiet, &format!("{name} not running")),
    };
    format!(
        "services  {} · {}\n",
        process("engine", town.engine.pid),
        match town.engine.host_pid {
            None if host => "host runs".to_owned(),
            pid => process("host", pid),
        }
    )
}

fn rig_text(town: &TownView, view: &RigView, look: &Look) -> String {
    let gates = match view.gates {
        0 => "no gates".to_owned(),
        gates => count(gates, "gate"),
    };
    let note = view
        .note
        .as_deref()
        .map_or_else(String::new, |note| format!("  {}", clean(note)));
    let mut head = Table::default();
    head.row([
        Cell::new(Tone::Strong, view.name.as_str()),
        Cell::new(Tone::Name, format!("{}-", view.prefix)),
        Cell::new(rig::tone(view.phase), view.phase.word()),
        Cell::plain(if view.target.is_empty() {
            "-".to_owned()
        } else {
            identity(&view.target)
        }),
        Cell::plain(format!("{} queued, {gates}{note}", view.queued)),
    ]);
    let still = view.stopped.as_ref().map_or_else(String::new, |stop| {
        let tone = if stop.asked { Tone::Warn } else { Tone::Bad };
        let line = format!("  its merge queue stands still: {}", clean(&stop.reason));
        format!("{}\n", look.paint(tone, &line))
    });
    head.text(look, "") + &still + &rows(of_rig(town, &view.name), look).text(look, "  ")
}

fn of_rig<'a>(town: &'a TownView, rig: &'a RigName) -> impl Iterator<Item = &'a AgentView> {
    town.agents
        .iter()
        .filter(move |agent| agent.address.rig() == Some(rig))
}

fn open_convoys(town: &TownView, look: &Look) -> String {
    let mut table = Table::default();
    for convoy in town.convoys.iter().filter(|convoy| !convoy.closed) {
        table.row([
            Cell::new(Tone::Name, convoy.id.as_str()),
            Cell::plain(format!("{}/{}", convoy.done(), convoy.beads.len())),
            Cell::plain(&convoy.title),
        ]);
    }
    let text = table.text(look, "  ");
    if text.is_empty() {
        text
    } else {
        format!("\n{}\n{text}", look.paint(Tone::Strong, "convoys"))
    }
}

fn attention(town: &TownView, look: &Look) -> String {
    let mut table = Table::default();
    for row in &town.attention {
        let next = row
            .next
            .as_deref()
            .map_or_else(String::new, |next| format!("  → {next}"));
        table.row([
            Cell::new(Tone::Warn, "!"),
            Cell::new(Tone::Name, &row.subject),
            Cell::plain(since(row.since, look)),
            Cell::plain(format!("{}{next}", row.why)),
        ]);
    }
    let text = table.text(look, "  ");
    if text.is_empty() {
        text
    } else {
        format!("\n{}\n{text}", look.paint(Tone::Warn, "needs you"))
    }
}

/// How long it has been so; nothing when nobody knows.
fn since(at: i64, look: &Look) -> String {
    if at > 0 { look.ago(at) } else { String::new() }
}

/// The town as an object: the field's names where we know the value, and ours beside them.
pub(crate) fn status_json(town: &TownView, host: bool) -> Value {
    let rigs: Vec<Value> = town.rigs.iter().map(|rig| rig_json(town, rig)).collect();
    let agents: Vec<Value> = town
        .agents
        .iter()
        .filter(|agent| agent.address.rig().is_none())
        .map(agent_json)
        .collect();
    let polecats = town.agents.iter().filter(|agent| is_polecat(agent)).count();
    let hooks = town
        .agents
        .iter()
        .filter(|agent| agent.bead.is_some())
        .count();
    json!({
        "name": town.name,
        "location": town.root,
        "wish": town.wish,
        "seq": town.seq,
        "daemon": {"running": town.engine.pid.is_some(), "pid": town.engine.pid},
        "engine": {"running": town.engine.pid.is_some(), "pid": town.engine.pid, "build": town.engine.build},
        "host": {"running": host, "pid": town.engine.host_pid},
        "agents": agents,
        "rigs": rigs,
        "beads": town.beads,
        "convoys": super::convoys_json(&town.convoys),
        "attention": town.attention,
        "problems": town.engine.problems,
        "summary": {
            "rig_count": town.rigs.len(),
            "polecat_count": polecats,
            "active_hooks": hooks,
        },
    })
}

fn is_polecat(agent: &AgentView) -> bool {
    matches!(
        &agent.address,
        Address::Rig(_, crate::domain::Seat::Polecat(_))
    )
}

fn rig_json(town: &TownView, view: &RigView) -> Value {
    let agents: Vec<&AgentView> = of_rig(town, &view.name).collect();
    let polecats: Vec<Value> = agents
        .iter()
        .filter(|agent| is_polecat(agent))
        .map(|agent| json!(agent.address.short().rsplit('/').next()))
        .collect();
    let hooks: Vec<Value> = agents
        .iter()
        .filter(|agent| agent.bead.is_some())
        .map(|agent| {
            json!({
                "agent": agent.address,
                "role": crate::domain::Role::of(&agent.address),
                "has_work": true,
                "bead": agent.bead,
                "title": agent.title,
            })
        })
        .collect();
    let mine = || town.merges.iter().filter(|merge| merge.rig == view.name);
    let pending = mine()
        .filter(|merge| merge.phase == MergePhase::Queued)
        .count();
    let blocked = mine()
        .filter(|merge| merge.phase == MergePhase::Held)
        .count();
    let in_flight = mine()
        .filter(|merge| {
            matches!(
                merge.phase,
                MergePhase::Fetching
                    | MergePhase::Preparing
                    | MergePhase::Gating
                    | MergePhase::Landing
            )
        })
        .count();
    let state = match (&view.stopped, in_flight, blocked) {
        (Some(stop), 0, _) if stop.asked => "paused",
        (Some(_), 0, _) => "stopped",
        (_, 0, 0) => "idle",
        (_, 0, _) => "blocked",
        (_, _, _) => "processing",
    };
    json!({
        "name": view.name,
        "prefix": view.prefix,
        "url": view.url,
        "target": view.target,
        "phase": view.phase,
        "note": view.note,
        "gates": view.gates,
        "polecats": polecats,
        "polecat_count": polecats.len(),
        "hooks": hooks,
        "agents": agents.iter().copied().map(agent_json).collect::<Vec<_>>(),
        "mq": {"pending": pending, "in_flight": in_flight, "blocked": blocked, "state": state, "stopped": view.stopped},
    })
}

/// One agent in one line, for `gt up` and `gt down`.
pub(crate) fn agent_line(agent: &AgentView) -> String {
    format!("{} {} {}", sign(agent), agent.address.short(), agent.state)
}

#[cfg(test)]
mod tests;
