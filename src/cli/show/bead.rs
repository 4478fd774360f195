//! Beads for people: a page, a line, a list.
//!
//! Every text may come from an agent and is cleaned. Trees and long lists are in `bead_tree`.

use jiff::tz::TimeZone;

use super::{Cell, Look, Table, Tone};
use crate::domain::{BeadStatus, BeadView, DepKind, EdgeView, Priority};
use crate::support::clock::local_zone;
use crate::support::text::{clean, clean_block, identity, timestamp};
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
    // What came from another program may not say who made it.
    let by = match bead.created_by.as_str() {
        "" => String::new(),
        name => format!("by {} ", identity(name)),
    };
    facts.push(format!("made {by}{} ago", look.ago(bead.created_at)));
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
        fact(&edge_words(edge).0, &edge_text(edge));
    }
    for edge in &bead.dependents {
        fact(&edge_words(edge).1, &edge_text(edge));
    }
    if let Some(reason) = &bead.close_reason {
        fact("closed", reason);
    }
    for (name, value) in rest_facts(bead) {
        fact(name, &value);
    }
    let rest = &bead.rest;
    let texts = [
        ("", &bead.description),
        ("design", &rest.design),
        ("acceptance criteria", &rest.acceptance),
        ("notes", &rest.notes),
    ];
    for (title, text) in texts {
        lines.extend(text_lines(title, text, look));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The less common fields that a page shows.
fn rest_facts(bead: &BeadView) -> Vec<(&'static str, String)> {
    let rest = &bead.rest;
    let date = |at: Option<i64>| at.map(timestamp).unwrap_or_default();
    let facts = [
        ("owner", identity(&rest.owner)),
        ("elsewhere", rest.external_ref.clone()),
        ("specified in", rest.spec_id.clone()),
        (
            "estimate",
            rest.estimate
                .map(|minutes| format!("{minutes} min"))
                .unwrap_or_default(),
        ),
        ("due", date(rest.due_at)),
        ("put off till", date(rest.defer_until)),
        (
            "comments",
            match bead.comments {
                0 => String::new(),
                number => format!("{number}, in `bd comments {}`", bead.id),
            },
        ),
    ];
    let said = |(_, value): &(&str, String)| !value.is_empty();
    facts.into_iter().filter(said).collect()
}

fn text_lines(title: &str, text: &str, look: &Look) -> Vec<String> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new()];
    if !title.is_empty() {
        lines.push(format!("  {}", look.paint(Tone::Strong, title)));
    }
    let text = clean_block(text.trim_end());
    let rows = text.lines();
    lines.extend(rows.map(|line| format!("  {line}").trim_end().to_owned()));
    lines
}

/// Everything that a page leaves out: exact times, in the zone of this place or in UTC, and free data.
pub(crate) fn bead_more(bead: &BeadView, here: bool, look: &Look) -> String {
    let zone = if here { local_zone() } else { TimeZone::UTC };
    let exact = |at: i64| {
        jiff::Timestamp::from_millisecond(at).map_or_else(
            |_| timestamp(at),
            |at| {
                let zoned = at.to_zoned_datetime(zone.clone());
                zoned.strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
            },
        )
    };
    let (rest, more) = (&bead.rest, &bead.rest.more);
    let mut facts = vec![
        ("made", exact(bead.created_at)),
        ("changed", exact(bead.updated_at)),
    ];
    let times = [("begun", rest.started_at), ("closed", bead.closed_at)];
    facts.extend(
        times
            .into_iter()
            .filter_map(|(name, at)| Some((name, exact(at?)))),
    );
    let texts = [
        ("session", &more.closed_by_session),
        ("source", &more.source_system),
        ("sender", &more.sender),
        ("waits on", &more.await_type),
        ("of it", &more.await_id),
        ("molecule", &more.mol_type),
        ("wisp", &more.wisp_type),
        ("event", &more.event_kind),
        ("target", &more.target),
        ("payload", &more.payload),
    ];
    let said = texts.into_iter().filter(|(_, text)| !text.is_empty());
    facts.extend(said.map(|(name, text)| (name, text.clone())));
    if !more.metadata.is_null() {
        facts.push(("free data", more.metadata.to_string()));
    }
    let lines = facts.iter().map(|(name, value)| {
        let name = look.paint(Tone::Quiet, &format!("{name:<11}"));
        format!("  {name} {}\n", clean(value))
    });
    lines.collect()
}

/// What an edge means, seen from the bead that has it and from the one it leads to.
fn edge_words(edge: &EdgeView) -> (String, String) {
    let (on, back) = match edge.kind {
        DepKind::Blocks => ("waits for", "holds back"),
        DepKind::ParentChild => ("part of", "has part"),
        DepKind::Related | DepKind::RelatesTo => ("related to", "related to"),
        DepKind::DiscoveredFrom => ("found in", "led to"),
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
        | DepKind::Foreign => {
            let word = clean(edge.kind_text());
            return (word.clone(), format!("{word} of"));
        }
    };
    (on.to_owned(), back.to_owned())
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

/// A bead as a row: id, urgency, status, sort of work, title and who works on it.
pub(crate) fn bead_row(bead: &BeadView) -> [Cell; 5] {
    let state = if bead.is_blocked && bead.status == BeadStatus::Open {
        Cell::new(Tone::Warn, "waits")
    } else {
        Cell::new(tone(bead.status), bead.status_text())
    };
    let title = match &bead.assignee {
        Some(assignee) => format!("{}  @{}", bead.title, identity(assignee)),
        None => bead.title.clone(),
    };
    [
        Cell::new(Tone::Name, bead.id.as_str()),
        Cell::new(urgency(bead.priority), bead.priority.to_string()),
        state,
        Cell::plain(bead.kind_text()),
        Cell::plain(title),
    ]
}

/// The tone of an urgency.
pub(super) const fn urgency(priority: Priority) -> Tone {
    match priority.number() {
        0 => Tone::Bad,
        1 => Tone::Warn,
        4 => Tone::Quiet,
        _ => Tone::Plain,
    }
}

/// Beads as lines.
pub(crate) fn beads_text(beads: &[BeadView], total: u64, look: &Look) -> String {
    let mut table = Table::default();
    for bead in beads {
        table.row(bead_row(bead));
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

#[cfg(test)]
mod tests;
