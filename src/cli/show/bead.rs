//! Beads: a page, a list, and the JSON that other tools know (field names of the beads format).

use serde_json::{Map, Value, json};

use super::{Cell, Look, Table, Tone};
use crate::domain::{BeadStatus, BeadView, DepKind, EdgeView};
use crate::support::text::{clean, clean_block, identity};
use crate::verbs::story::count;

/// The tone of a status.
pub(super) const fn tone(status: BeadStatus) -> Tone {
    match status {
        BeadStatus::Open => Tone::Plain,
        BeadStatus::Hooked | BeadStatus::InProgress | BeadStatus::InReview => Tone::Name,
        BeadStatus::Blocked => Tone::Warn,
        BeadStatus::Deferred | BeadStatus::Pinned | BeadStatus::Foreign => Tone::Quiet,
        BeadStatus::Closed => Tone::Good,
    }
}

/// A bead on one page.
pub(crate) fn bead_text(bead: &BeadView, look: &Look) -> String {
    let mut lines = vec![format!(
        "{}  {}",
        look.paint(Tone::Name, bead.id.as_str()),
        look.paint(Tone::Strong, &clean(&bead.title))
    )];
    let mut facts = vec![
        look.paint(tone(bead.status), &clean(bead.status_text())),
        bead.priority.to_string(),
        clean(bead.kind_text()),
    ];
    facts.extend(bead.rig.as_ref().map(ToString::to_string));
    facts.push(format!(
        "made by {} {} ago",
        identity(&bead.created_by),
        look.ago(bead.created_at)
    ));
    lines.push(format!("  {}", facts.join(" · ")));
    let mut fact = |name: &str, value: &str| {
        lines.push(format!(
            "  {} {}",
            look.paint(Tone::Quiet, &format!("{name:<11}")),
            clean(value)
        ));
    };
    if let Some(assignee) = &bead.assignee {
        fact("works on it", &identity(assignee));
    }
    if !bead.labels.is_empty() {
        fact("labels", &bead.labels.join(", "));
    }
    if let Some(convoy) = &bead.convoy {
        fact("convoy", convoy.as_str());
    }
    for edge in &bead.depends_on {
        fact(&edge_word(edge), &edge_text(edge));
    }
    for edge in &bead.dependents {
        fact(&back_word(edge), &edge_text(edge));
    }
    if let Some(reason) = &bead.close_reason {
        fact("closed", reason);
    }
    if !bead.description.trim().is_empty() {
        lines.push(String::new());
        lines.extend(
            clean_block(bead.description.trim_end())
                .lines()
                .map(|line| format!("  {line}").trim_end().to_owned()),
        );
    }
    lines.push(String::new());
    lines.join("\n")
}

fn edge_word(edge: &EdgeView) -> String {
    match edge.kind {
        DepKind::Blocks => "waits for".to_owned(),
        DepKind::ParentChild => "part of".to_owned(),
        DepKind::Related | DepKind::RelatesTo => "related to".to_owned(),
        DepKind::DiscoveredFrom => "found in".to_owned(),
        DepKind::ConditionalBlocks
        | DepKind::WaitsFor
        | DepKind::RepliesTo
        | DepKind::Duplicates
        | DepKind::Supersedes
        | DepKind::Tracks
        | DepKind::Until
        | DepKind::CausedBy
        | DepKind::Validates
        | DepKind::AuthoredBy
        | DepKind::AssignedTo
        | DepKind::ApprovedBy
        | DepKind::Attests
        | DepKind::DelegatedFrom
        | DepKind::Foreign => clean(edge.kind_text()),
    }
}

fn back_word(edge: &EdgeView) -> String {
    match edge.kind {
        DepKind::Blocks => "holds back".to_owned(),
        DepKind::ParentChild => "has part".to_owned(),
        DepKind::Related | DepKind::RelatesTo => "related to".to_owned(),
        DepKind::DiscoveredFrom => "led to".to_owned(),
        DepKind::ConditionalBlocks
        | DepKind::WaitsFor
        | DepKind::RepliesTo
        | DepKind::Duplicates
        | DepKind::Supersedes
        | DepKind::Tracks
        | DepKind::Until
        | DepKind::CausedBy
        | DepKind::Validates
        | DepKind::AuthoredBy
        | DepKind::AssignedTo
        | DepKind::ApprovedBy
        | DepKind::Attests
        | DepKind::DelegatedFrom
        | DepKind::Foreign => format!("{} of", clean(edge.kind_text())),
    }
}

fn edge_text(edge: &EdgeView) -> String {
    let status = edge.status.word_or(edge.status_word.as_deref());
    if edge.status == BeadStatus::Foreign && edge.status_word.is_none() {
        format!("{} (elsewhere)", edge.id)
    } else {
        format!("{} {} ({status})", edge.id, edge.title)
    }
}

/// What `bd create`, `bd update` and `bd close` say about a bead.
pub(crate) fn bead_line(verb: &str, bead: &BeadView, look: &Look) -> String {
    format!(
        "{verb}: {} - {} ({}, {})",
        look.paint(Tone::Name, bead.id.as_str()),
        clean(&bead.title),
        bead.priority,
        clean(bead.status_text())
    )
}

/// Beads as lines.
pub(crate) fn beads_text(beads: &[BeadView], total: u64, look: &Look) -> String {
    let mut table = Table::default();
    for bead in beads {
        let state = if bead.is_blocked && bead.status == BeadStatus::Open {
            Cell::new(Tone::Warn, "waits")
        } else {
            Cell::new(tone(bead.status), bead.status_text())
        };
        let title = match &bead.assignee {
            Some(assignee) => format!("{}  @{}", bead.title, identity(assignee)),
            None => bead.title.clone(),
        };
        table.row([
            Cell::new(Tone::Name, bead.id.as_str()),
            Cell::plain(bead.priority.to_string()),
            state,
            Cell::plain(bead.kind_text()),
            Cell::plain(title),
        ]);
    }
    let mut text = table.text(look, "");
    let shown = u64::try_from(beads.len()).unwrap_or(u64::MAX);
    if total > shown {
        let more = u32::try_from(total - shown).unwrap_or(u32::MAX);
        text.push_str(&look.paint(
            Tone::Quiet,
            &format!(
                "and {}; all of them with `-n 0`\n",
                count(more, "more bead")
            ),
        ));
    }
    text
}

/// A time as other tools read it.
pub(crate) fn stamp(milliseconds: i64) -> Value {
    jiff::Timestamp::from_millisecond(milliseconds)
        .map_or(Value::Null, |at| Value::String(at.to_string()))
}

/// The fields that every form of a bead has, in the order of the beads format.
fn issue(bead: &BeadView) -> Map<String, Value> {
    let mut map = Map::new();
    let rest = &bead.rest;
    put(&mut map, "id", json!(bead.id));
    put(&mut map, "title", json!(bead.title));
    said(&mut map, "description", &bead.description);
    said(&mut map, "design", &rest.design);
    said(&mut map, "acceptance_criteria", &rest.acceptance);
    said(&mut map, "notes", &rest.notes);
    said(&mut map, "spec_id", &rest.spec_id);
    put(&mut map, "status", json!(bead.status_text()));
    put(&mut map, "priority", json!(bead.priority));
    put(&mut map, "issue_type", json!(bead.kind_text()));
    said(
        &mut map,
        "assignee",
        bead.assignee.as_deref().unwrap_or_default(),
    );
    said(&mut map, "owner", &rest.owner);
    if let Some(minutes) = rest.estimate {
        put(&mut map, "estimated_minutes", json!(minutes));
    }
    put(&mut map, "created_at", stamp(bead.created_at));
    put(&mut map, "created_by", json!(bead.created_by));
    put(&mut map, "updated_at", stamp(bead.updated_at));
    when(&mut map, "started_at", rest.started_at);
    when(&mut map, "closed_at", bead.closed_at);
    said(
        &mut map,
        "close_reason",
        bead.close_reason.as_deref().unwrap_or_default(),
    );
    said(&mut map, "closed_by_session", &rest.more.closed_by_session);
    when(&mut map, "due_at", rest.due_at);
    when(&mut map, "defer_until", rest.defer_until);
    said(&mut map, "external_ref", &rest.external_ref);
    special(&mut map, bead);
    put(&mut map, "rig", json!(bead.rig));
    put(&mut map, "is_blocked", json!(bead.is_blocked));
    put(&mut map, "convoy", json!(bead.convoy));
    put(&mut map, "dependency_count", json!(bead.depends_on.len()));
    put(&mut map, "dependent_count", json!(bead.dependents.len()));
    put(&mut map, "comment_count", json!(bead.comments));
    if let Some(parent) = parent(bead) {
        put(&mut map, "parent", json!(parent.id));
    }
    map
}

/// The fields of gates, wisps, events and molecules, and the keys that nobody here knows.
fn special(map: &mut Map<String, Value>, bead: &BeadView) {
    let (rest, more) = (&bead.rest, &bead.rest.more);
    said(map, "source_system", &more.source_system);
    if !more.metadata.is_null() {
        put(map, "metadata", more.metadata.clone());
    }
    if !bead.labels.is_empty() {
        put(map, "labels", json!(bead.labels));
    }
    said(map, "sender", &more.sender);
    for (key, flag) in [
        ("ephemeral", rest.ephemeral),
        ("no_history", more.no_history),
        ("pinned", rest.pinned),
        ("is_template", rest.template),
    ] {
        if flag {
            put(map, key, json!(true));
        }
    }
    if more.timeout != 0 {
        put(map, "timeout", json!(more.timeout));
    }
    if !more.waiters.is_empty() {
        put(map, "waiters", json!(more.waiters));
    }
    for (key, text) in [
        ("wisp_type", &more.wisp_type),
        ("await_type", &more.await_type),
        ("await_id", &more.await_id),
        ("source_formula", &more.source_formula),
        ("source_location", &more.source_location),
        ("mol_type", &more.mol_type),
        ("work_type", &more.work_type),
        ("event_kind", &more.event_kind),
        ("actor", &more.actor),
        ("target", &more.target),
        ("payload", &more.payload),
    ] {
        said(map, key, text);
    }
    for (key, value) in &more.extra {
        if !map.contains_key(key) {
            put(map, key, value.clone());
        }
    }
}

fn put(map: &mut Map<String, Value>, key: &str, value: Value) {
    map.insert(key.to_owned(), value);
}

fn said(map: &mut Map<String, Value>, key: &str, text: &str) {
    if !text.is_empty() {
        put(map, key, json!(text));
    }
}

fn when(map: &mut Map<String, Value>, key: &str, at: Option<i64>) {
    if let Some(at) = at {
        put(map, key, stamp(at));
    }
}

fn parent(bead: &BeadView) -> Option<&EdgeView> {
    bead.depends_on
        .iter()
        .find(|edge| edge.kind == DepKind::ParentChild)
}

/// One bead as an object.
pub(crate) fn bead_json(bead: &BeadView) -> Value {
    let mut map = issue(bead);
    map.insert("schema_version".to_owned(), json!(1));
    map.sort_keys();
    Value::Object(map)
}

/// Beads as an array.
pub(crate) fn beads_json(beads: &[BeadView]) -> Value {
    beads
        .iter()
        .map(|bead| Value::Object(issue(bead)))
        .collect()
}

/// Beads with the beads around them, as `bd show` gives them: always an array.
pub(crate) fn shown_json(beads: &[BeadView]) -> Value {
    let edges = |edges: &[EdgeView]| -> Value {
        edges
            .iter()
            .map(|edge| {
                json!({
                    "id": edge.id,
                    "title": edge.title,
                    "status": edge.status.word_or(edge.status_word.as_deref()),
                    "dependency_type": edge.kind_text(),
                })
            })
            .collect()
    };
    beads
        .iter()
        .map(|bead| {
            let mut map = issue(bead);
            map.insert("labels".to_owned(), json!(bead.labels));
            map.insert("dependencies".to_owned(), edges(&bead.depends_on));
            map.insert("dependents".to_owned(), edges(&bead.dependents));
            Value::Object(map)
        })
        .collect()
}

#[cfg(test)]
mod tests;
