//! The merge queue: what waits, what is under way, and the last that landed or was sent back.

use serde_json::{Value, json};

use super::bead_json::stamp;
use super::{Cell, Look, Table, Tone};
use crate::domain::{
    ConflictKind, ConflictRecord, ConflictWith, GateOutcome, MergePhase, MergeView, QueueStop,
    RigName,
};
use crate::support::text::{clean, fit, identity};
use crate::verbs::story::took;

/// Queues that stand still, why, and how they go on.
pub(crate) fn stops_text(stopped: &[(RigName, QueueStop)], look: &Look) -> String {
    let line = |(rig, stop): &(RigName, QueueStop)| {
        let tone = if stop.asked { Tone::Warn } else { Tone::Bad };
        let why = format!("{rig} stands still for {}: ", look.ago(stop.since));
        let why = look.paint(tone, &format!("{why}{}", clean(&stop.reason)));
        format!("{why}\n  gt mq resume {rig}   lets it go on\n\n")
    };
    stopped.iter().map(line).collect()
}

/// One request with all that is known of it.
pub(crate) fn merge_text(merge: &MergeView, look: &Look) -> String {
    let (id, phase) = (merge.id.as_str(), merge.phase);
    let mut lines = vec![format!(
        "{}  {}  {}",
        look.paint(Tone::Name, id),
        look.paint(tone(phase), phase.word()),
        clean(&merge.title)
    )];
    let facts = facts(merge, look);
    lines.extend(facts.map(|(name, text)| format!("  {name:<9}{text}")));
    let why = why(merge, look);
    lines.extend(why.lines().map(str::to_owned));
    for gate in &merge.gates {
        let (name, how) = (clean(&gate.name), gate.outcome);
        lines.push(format!("\ngate {name}: {how}, {}", took(gate.took)));
        lines.extend(block("  ", &gate.tail));
    }
    if let Some(conflict) = &merge.conflict {
        lines.extend(conflict_lines(conflict));
    }
    lines.join("\n") + "\n"
}

fn facts(merge: &MergeView, look: &Look) -> impl Iterator<Item = (&'static str, String)> {
    let (by, attempt) = (merge.author.short(), merge.attempt);
    let branch = identity(&merge.branch);
    let batch = merge.batch.as_ref().map(|batch| match merge.place {
        0 => batch.to_string(),
        place => format!("{batch}, place {place}"),
    });
    [
        ("bead", Some(merge.bead.to_string())),
        ("from", Some(format!("{by}, attempt {attempt}"))),
        ("branch", Some(format!("{branch} at {}", merge.tip.short()))),
        ("target", Some(identity(&merge.target))),
        ("batch", batch),
        ("landed", merge.landed.as_ref().map(ToString::to_string)),
        ("since", Some(look.ago(merge.created_at))),
        (
            "runs",
            merge.job.as_ref().map(|job| format!("gt peek {job}")),
        ),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name, text?)))
}

/// Foreign text, cleaned, each line behind something of ours.
fn block(before: &str, text: &str) -> Vec<String> {
    let text = crate::support::text::clean_block(text);
    let lines = text.lines().map(|line| format!("{before}{line}"));
    lines.collect()
}

/// Where and how work contradicts what is there.
fn conflict_lines(conflict: &ConflictRecord) -> Vec<String> {
    let with = match &conflict.with {
        ConflictWith::Target => "the target".to_owned(),
        ConflictWith::Member(merge) => format!("`{merge}`"),
    };
    let mut lines = vec![format!("\nconflict with {with}")];
    for file in &conflict.files {
        let (path, kind) = (clean(&file.path), kind_words(file.kind));
        lines.push(format!("  {path}  {kind}"));
        for hunk in &file.hunks {
            lines.push(format!("    line {}", hunk.ours_start));
            lines.extend(block("    - ", &hunk.ours));
            lines.extend(block("    + ", &hunk.theirs));
        }
        if file.hunks_cut > 0 {
            lines.push(format!("    and {} more places", file.hunks_cut));
        }
    }
    if conflict.files_cut > 0 {
        lines.push(format!("  and {} more files", conflict.files_cut));
    }
    lines
}

const fn kind_words(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::Content => "both changed the same lines",
        ConflictKind::AddAdd => "both added it, and differ",
        ConflictKind::ModifyDelete => "one changed it, the other removed it",
        ConflictKind::Rename => "both renamed it, or to it",
        ConflictKind::Mode => "both changed what kind of file it is",
        ConflictKind::Submodule => "both moved the submodule",
        ConflictKind::Binary => "both changed it, and it is no text",
        ConflictKind::FileFolder => "a file on one side, a folder on the other",
    }
}

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
            | MergePhase::Held
            | MergePhase::Rejected => "-".to_owned(),
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
        MergePhase::SentBack | MergePhase::Rejected => Tone::Warn,
        MergePhase::Held => Tone::Bad,
    }
}

/// Merge requests as an array: the open ones in their order, then the last that ended.
pub(crate) fn merges_json(open: &[MergeView], ended: &[MergeView]) -> Value {
    open.iter().chain(ended).map(merge_json).collect()
}

/// One request as an object.
pub(crate) fn merge_object(merge: &MergeView) -> Value {
    merge_json(merge)
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
