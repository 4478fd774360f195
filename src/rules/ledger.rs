//! Beads opened again, deleted, talked about; edges away; kept values. Creation and closing are in `beads`.

use crate::domain::{
    Address, BeadId, BeadReopen, BeadStatus, CommentAdd, EventBody, KvSet, Now, Refusal,
};

use super::decision::{Change, Decision};
use super::row::{BeadRow, CommentRow, DepRow, ImportedRow, TombstoneRow};
use super::words;

/// Longest comment and kept value, in bytes.
const TEXT_MAX: usize = 64 * 1024;
/// Longest key of a kept value, in bytes.
const KEY_MAX: usize = 255;

/// Opens closed beads again; those that are open already stay as they are. The ids of comments
/// come from outside, one a bead.
pub(crate) fn reopen(
    cmd: &BeadReopen,
    rows: &[(BeadRow, String)],
    actor: &Address,
    now: Now,
) -> Result<Decision, Refusal> {
    let mut decision = Decision::nothing();
    let reason = cmd.reason.as_deref().map(str::trim).unwrap_or_default();
    for (bead, comment) in rows {
        match bead.status {
            BeadStatus::Open => continue,
            BeadStatus::Hooked | BeadStatus::InReview => {
                return Err(Refusal::conflict(format!(
                    "bead `{}` is `{}`: the engine opens it when its work ends",
                    bead.id, bead.status
                ))
                .hint(format!("bd show {}", bead.id)));
            }
            BeadStatus::InProgress
            | BeadStatus::Blocked
            | BeadStatus::Deferred
            | BeadStatus::Pinned
            | BeadStatus::Closed
            | BeadStatus::Foreign => {}
        }
        let mut row = bead.clone();
        row.status = BeadStatus::Open;
        row.status_word = None;
        row.closed_at = None;
        row.close_reason = None;
        row.rest.defer_until = None;
        row.rest.pinned = row.rest.pinned && bead.status != BeadStatus::Pinned;
        row.rest.more.closed_by_session = String::new();
        row.updated_at = now.wall;
        decision = decision.change(Change::Bead(row)).event(
            bead.rig.as_ref(),
            Some(&bead.id),
            EventBody::BeadReopened {
                reason: reason.to_owned(),
            },
        );
        if !reason.is_empty() {
            decision = decision.and(said(bead, reason, comment, actor, now)?);
        }
    }
    Ok(decision)
}

/// A comment with an id that is new.
pub(crate) fn comment(
    cmd: &CommentAdd,
    bead: &BeadRow,
    id: &str,
    actor: &Address,
    now: Now,
) -> Result<Decision, Refusal> {
    said(bead, &cmd.text, id, actor, now)
}

fn said(
    bead: &BeadRow,
    text: &str,
    id: &str,
    actor: &Address,
    now: Now,
) -> Result<Decision, Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::invalid("comment", text, "some text"));
    }
    check_size("comment", text)?;
    let row = CommentRow {
        bead: bead.id.clone(),
        id: id.to_owned(),
        author: actor.to_string(),
        text: text.to_owned(),
        created_at: now.wall,
    };
    Ok(Decision::nothing().change(Change::Comment(row)).event(
        bead.rig.as_ref(),
        Some(&bead.id),
        EventBody::Commented {
            text: text.to_owned(),
        },
    ))
}

/// An edge away.
pub(crate) fn dep_remove(bead: &BeadRow, edge: &DepRow) -> Decision {
    let word = edge.kind.word_or(edge.kind_word.as_deref());
    Decision::nothing()
        .change(Change::DepGone {
            bead: edge.bead.clone(),
            on: edge.on.clone(),
        })
        .event(
            bead.rig.as_ref(),
            Some(&bead.id),
            EventBody::DepRemoved {
                on: edge.on.clone(),
                kind: word.to_owned(),
            },
        )
}

/// A bead that is to be deleted.
#[derive(Debug)]
pub(crate) struct Leaving {
    pub bead: BeadRow,
    /// Its last state as JSON.
    pub body: String,
    /// Whether agents have worked on it: then it stays on record.
    pub on_record: bool,
    /// What its line becomes, when it came in by a file: others shall know that it is gone.
    pub line: Option<ImportedRow>,
}

/// Deletes beads, and puts `[deleted:<id>]` where their neighbours name them.
pub(crate) fn delete(
    leaving: &[Leaving],
    neighbours: &[BeadRow],
    reason: &str,
    actor: &Address,
    now: Now,
) -> Result<Decision, Refusal> {
    let mut decision = Decision::nothing();
    for neighbour in neighbours {
        if let Some(row) = rewritten(neighbour, leaving) {
            decision = decision.change(Change::Bead(row));
        }
    }
    for one in leaving {
        let bead = &one.bead;
        if one.on_record {
            return Err(Refusal::conflict(format!(
                "agents have worked on `{}`: it stays on record",
                bead.id
            ))
            .hint(format!("bd close {} --reason \"...\"", bead.id)));
        }
        decision = decision
            .change(Change::BeadGone(TombstoneRow {
                id: bead.id.clone(),
                at: now.wall,
                by: actor.to_string(),
                reason: reason.to_owned(),
                kind: bead.kind_text().to_owned(),
                body: one.body.clone(),
            }))
            .event(
                bead.rig.as_ref(),
                Some(&bead.id),
                EventBody::BeadDeleted {
                    title: bead.title.clone(),
                    reason: reason.to_owned(),
                },
            );
        if let Some(line) = &one.line {
            decision = decision.change(Change::Imported(line.clone()));
        }
    }
    Ok(decision)
}

/// The neighbour with the names of what leaves replaced; `None` when it names none.
pub(crate) fn rewritten(neighbour: &BeadRow, leaving: &[Leaving]) -> Option<BeadRow> {
    let mut row = neighbour.clone();
    for one in leaving {
        let rest = &mut row.rest;
        for text in [
            &mut row.description,
            &mut rest.notes,
            &mut rest.design,
            &mut rest.acceptance,
        ] {
            *text = unnamed(text, &one.bead.id);
        }
    }
    (row != *neighbour).then_some(row)
}

/// The text with each whole mention of the id replaced.
fn unnamed(text: &str, id: &BeadId) -> String {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(id.as_str()) {
        let (head, tail) = rest.split_at(at);
        let after = tail.get(id.as_str().len()..).unwrap_or_default();
        let mut next = after.chars();
        let longer = match next.next() {
            Some('.') => next.next().is_some_and(word),
            Some(c) => word(c),
            None => false,
        };
        let inside = head.chars().next_back().or_else(|| out.chars().next_back());
        out.push_str(head);
        if longer || inside.is_some_and(word) {
            out.push_str(id.as_str());
        } else {
            out.extend(["[deleted:", id.as_str(), "]"]);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Whether something can be kept under this key.
pub(crate) fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= KEY_MAX
        && !key.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// A setting or kept value.
pub(crate) fn kv(cmd: &KvSet, was: Option<&str>) -> Result<Decision, Refusal> {
    let key = &cmd.key;
    if !is_key(key) {
        return Err(Refusal::invalid(
            "key",
            key,
            "1 to 255 characters without spaces",
        ));
    }
    if let Some(value) = &cmd.value {
        check_size("value", value)?;
        if key == words::STATUS_KEY {
            words::statuses(value)?;
        }
    }
    if cmd.value.as_deref() == was {
        return Ok(Decision::nothing());
    }
    Ok(Decision::nothing()
        .change(Change::Kv {
            key: key.clone(),
            value: cmd.value.clone(),
        })
        .event(
            None,
            None,
            EventBody::KvChanged {
                key: key.clone(),
                value: cmd.value.clone(),
                was: was.map(str::to_owned),
            },
        ))
}

fn check_size(field: &str, text: &str) -> Result<(), Refusal> {
    if text.len() > TEXT_MAX {
        let length = format!("{} bytes", text.len());
        return Err(Refusal::invalid(field, &length, "at most 64 KiB"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_mentions_are_replaced() {
        let id = BeadId::parse("tb-1").unwrap();
        for (text, expected) in [
            ("see tb-1.", "see [deleted:tb-1]."),
            ("tb-1", "[deleted:tb-1]"),
            ("tb-1.2 and tb-12 and xtb-1", "tb-1.2 and tb-12 and xtb-1"),
            ("(tb-1) tb-1", "([deleted:tb-1]) [deleted:tb-1]"),
            ("tb-1tb-1", "tb-1tb-1"),
        ] {
            assert_eq!(unnamed(text, &id), expected);
        }
    }

    #[test]
    fn settings_with_a_meaning_are_checked_and_the_same_value_changes_nothing() {
        let set = |key: &str, value: Option<&str>| KvSet {
            key: key.to_owned(),
            value: value.map(str::to_owned),
        };
        assert!(kv(&set("status.custom", Some("Open!")), None).is_err());
        assert!(kv(&set("a b", Some("x")), None).is_err());
        assert_eq!(
            kv(&set("kv.a", Some("x")), Some("x")),
            Ok(Decision::nothing())
        );
        assert_eq!(kv(&set("kv.a", None), Some("x")).unwrap().events.len(), 1);
    }
}
