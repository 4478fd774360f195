//! What needs a person: one row per open cause, worst first, made from the live town alone, so
//! that a badge cannot disagree with its page.

use crate::domain::{Address, AgentState, AgentView, AttentionView, MergePhase, MergeView, Phase};

use super::patrol::words;
use super::row::{LeftoverRow, RigRow};

/// The rows, worst first; equal ones in the order of their age.
pub(crate) fn rows(
    agents: &[AgentView],
    merges: &[MergeView],
    rigs: &[RigRow],
    leftovers: &[LeftoverRow],
    problems: &[String],
) -> Vec<AttentionView> {
    let mut rows: Vec<(u8, AttentionView)> = Vec::new();
    rows.extend(agents.iter().filter_map(agent));
    rows.extend(agents.iter().filter_map(tree));
    rows.extend(merges.iter().filter_map(merge));
    rows.extend(rigs.iter().filter_map(queue));
    rows.extend(leftovers.iter().map(leftover));
    rows.extend(problems.iter().map(|problem| {
        let row = AttentionView {
            key: format!("settings:{problem}"),
            subject: "settings".to_owned(),
            why: problem.clone(),
            next: None,
            since: 0,
        };
        (40, row)
    }));
    rows.sort_by(|a, b| (b.0, a.1.since, &a.1.key).cmp(&(a.0, b.1.since, &b.1.key)));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn agent(agent: &AgentView) -> Option<(u8, AttentionView)> {
    let name = agent.address.short();
    let (score, next) = match (agent.phase, agent.state) {
        (Phase::Failed, _) => (92, Some(format!("gt polecat nuke {name}"))),
        (Phase::Running, AgentState::NeedsYou) => (98, Some(format!("gt attach {name}"))),
        (Phase::Running, AgentState::Dead) => (60, Some(format!("gt peek {name}"))),
        _ => return None,
    };
    let row = AttentionView {
        key: format!("agent:{}", agent.id),
        subject: name,
        why: agent.evidence.clone(),
        next,
        since: agent.since,
    };
    Some((score, row))
}

fn tree(agent: &AgentView) -> Option<(u8, AttentionView)> {
    let row = AttentionView {
        key: format!("tree:{}", agent.id),
        subject: agent.address.short(),
        why: format!(
            "its worktree was deleted under it; what it committed on `{}` is safe, what it did not is gone",
            agent.branch
        ),
        next: Some(format!("gt polecat nuke {}", agent.address.short())),
        since: agent.tree_gone?,
    };
    Some((94, row))
}

fn leftover(row: &LeftoverRow) -> (u8, AttentionView) {
    let pid = row.process.pid;
    let subject = match &row.agent {
        Address::Engine => row.run.to_string(),
        agent => agent.short(),
    };
    let attention = AttentionView {
        key: format!("left:{pid}:{}", row.process.started),
        subject,
        why: format!(
            "{} outlived the stop of `{}` and cannot be ended by this user",
            words(&row.process),
            row.run
        ),
        next: Some(format!("ps -lp {pid}")),
        since: row.since,
    };
    (70, attention)
}

/// A merge queue that stands still though nobody asked for it.
fn queue(rig: &RigRow) -> Option<(u8, AttentionView)> {
    let stop = rig.stopped.as_ref().filter(|stop| !stop.asked)?;
    let row = AttentionView {
        key: format!("queue:{}", rig.name),
        subject: format!("merge queue of {}", rig.name),
        why: stop.reason.clone(),
        next: Some(format!("gt mq resume {}", rig.name)),
        since: stop.since,
    };
    Some((96, row))
}

fn merge(merge: &MergeView) -> Option<(u8, AttentionView)> {
    if merge.phase != MergePhase::Held {
        return None;
    }
    let row = AttentionView {
        key: format!("merge:{}", merge.id),
        subject: format!("{} {}", merge.id, merge.bead),
        why: merge.reason.clone().unwrap_or_else(|| "held".to_owned()),
        next: Some(format!("gt mq retry {}", merge.id)),
        since: merge.ended_at.unwrap_or(merge.created_at),
    };
    Some((80, row))
}
