//! The merge queue: what waits, what is under way, and the last that landed or was sent back.

use serde_json::{Value, json};

use super::bead_json::stamp;
use super::{Cell, Look, Table, Tone};
use crate::domain::{GateOutcome, MergePhase, MergeView};
use crate::support::text::{clean, fit, identity};
use crate::verbs::story::took;

/// The queue in its order, then the last that ended.
pub(crate) fn merges_text(open: &[MergeView], ended: &[MergeView], look: &Look) -> String {
    let mut out = String::new();
    if open.is_empty() {
        out.push_str("nothing waits to land\n");
    } else {
        let mut table = Table::with_heading(&[
            "id", "bead", "from", "to", "phase", "try", "age", "gates", "title",
        ]);
        for merge in open {
            table.row([
                Cell::new(Tone::Name, merge.id.as_str()),
                Cell::plain(merge.bead.as_str()),
                Cell::plain(merge.author.short()),
                Cell::plain(identity(&merge.target)),
                Cell::new(tone(merge.phase), merge.phase.word()),
                Cell::plain(merge.attempt.to_string()),
                Cell::plain(look.ago(merge.created_at)),
                Cell::plain(gates(merge)),
                Cell::plain(&merge.title),
            ]);
        }
        out.push_str(&table.text(look, ""));
        out.extend(open.iter().map(|merge| why(merge, look)));
    }
    if ended.is_empty() {
        return out;
    }
    out.push_str(&look.paint(Tone::Quiet, "\nlast\n"));
    let mut table = Table::default();
    for merge in ended {
        let commit = match (&merge.landed, merge.phase) {
            (Some(commit), _) => commit.short().to_owned(),
            (None, _) => String::new(),
        };
        table.row([
            Cell::new(Tone::Name, merge.id.as_str()),
            Cell::new(tone(merge.phase), merge.phase.word()),
            Cell::plain(commit),
            Cell::plain(merge.author.short()),
            Cell::plain(look.ago(merge.ended_at.unwrap_or(merge.created_at))),
            Cell::plain(gates(merge)),
            Cell::plain(format!("{} {}", merge.bead, merge.title)),
        ]);
    }
    out.push_str(&table.text(look, ""));
    out.extend(ended.iter().map(|merge| why(merge, look)));
    out
}

/// Why a merge request is where it is, and what a gate said that did not pass.
fn why(merge: &MergeView, look: &Look) -> String {
    let failed: Vec<_> = merge
        .gates
        .iter()
        .filter(|gate| gate.outcome != GateOutcome::Passed)
        .collect();
    let mut lines = Vec::new();
    if let Some(reason) = &merge.reason {
        lines.push(format!("{}: {}", merge.id, clean(reason)));
    }
    for gate in failed {
        let tail = clean(
            gate.tail
                .lines()
                .rev()
                .find(|line| !line.trim().is_empty())
                .unwrap_or(""),
        );
        if !tail.is_empty() {
            lines.push(format!(
                "{}: {} said: {}",
                merge.id,
                clean(&gate.name),
                fit(&tail, 200)
            ));
        }
    }
    if merge.phase == MergePhase::Held {
        lines.push(format!(
            "{}: `gt mq retry {}` puts it back",
            merge.id, merge.id
        ));
    }
    lines
        .iter()
        .map(|line| format!("{}\n", look.paint(tone(merge.phase), &format!("  {line}"))))
        .collect()
}

fn gates(merge: &MergeView) -> String {
    if merge.gates.is_empty() {
        return match merge.phase {
            MergePhase::Landed => "no gates".to_owned(),
            MergePhase::Queued
            | MergePhase::Fetching
            | MergePhase::Preparing
            | MergePhase::Gating
            | MergePhase::Landing
            | MergePhase::SentBack
            | MergePhase::Held => "-".to_owned(),
        };
    }
    let words: Vec<String> = merge
        .gates
        .iter()
        .map(|gate| format!("{} {} {}", gate.name, gate.outcome, took(gate.took)))
        .collect();
    words.join(", ")
}

const fn tone(phase: MergePhase) -> Tone {
    match phase {
        MergePhase::Queued => Tone::Plain,
        MergePhase::Fetching | MergePhase::Preparing | MergePhase::Gating | MergePhase::Landing => {
            Tone::Name
        }
        MergePhase::Landed => Tone::Good,
        MergePhase::SentBack => Tone::Warn,
        MergePhase::Held => Tone::Bad,
    }
}

/// Merge requests as an array: the open ones in their order, then the last that ended.
pub(crate) fn merges_json(open: &[MergeView], ended: &[MergeView]) -> Value {
    open.iter().chain(ended).map(merge_json).collect()
}

fn merge_json(merge: &MergeView) -> Value {
    let mut value = serde_json::to_value(merge).unwrap_or_default();
    if let Value::Object(map) = &mut value {
        map.insert("created_at".to_owned(), stamp(merge.created_at));
        map.insert("ended_at".to_owned(), json!(merge.ended_at.map(stamp)));
    }
    value
}

#[cfg(test)]
mod tests;
