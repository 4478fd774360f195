//! What becomes of an issue that comes in from a file that others committed.
//!
//! Owns the decision for one issue between the line that both sides started from, our record and
//! theirs. Where the start is known, each field goes to the side that changed it; where both did,
//! the rules that users know from git merges of such files choose (closed beats open, the smaller
//! priority, both notes, else the later version) and the issue is reported as a conflict. Where it
//! is not known, the later version wins as a whole. Labels and comments are never lost by either.
//! An issue that a file does not mention is not deleted by that. Entry point: [`decide`].

use super::differ::{Difference, agree, agree_wholly, differences, extra, same_comment, same_edge};
use super::fields::{FIELDS, Field, View};
use super::record::{Dependency, Record};
use super::stamp::Stamp;

/// What an incoming version is to ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// We do not have the issue.
    Add,
    /// Both say the same.
    Same,
    /// Theirs is newer, and nothing of ours is younger than what both started from.
    Newer,
    /// Ours is newer.
    Older,
    /// Both changed, each something else; both changes are in the merged record.
    Joined,
    /// Both changed the same; the merged record is a proposal.
    Conflict,
}

/// What becomes of an issue.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What the incoming version is.
    pub verdict: Verdict,
    /// The issue after the merge; equal to ours when nothing is to be done, and equal to theirs
    /// when their line can stand as it is. Without ours it is theirs, for a person to look at: only
    /// [`Verdict::Add`] brings it in.
    pub merged: Record,
    /// In which fields ours and theirs differ.
    pub differences: Vec<Difference>,
    /// Whether taking the merged record loses something that was written here.
    pub overwrites: bool,
}

/// Decides what becomes of an issue. `base` is what the last line said that was read from or
/// written to the file.
pub fn decide(base: Option<&Record>, ours: Option<&Record>, theirs: &Record) -> Decision {
    let Some(ours) = ours else {
        return without_ours(base, theirs);
    };
    let (verdict, mut merged) = if agree_wholly(ours, theirs) {
        (Verdict::Same, ours.clone())
    } else if ours.is_tombstone() || theirs.is_tombstone() {
        deleted(base, ours, theirs)
    } else {
        match base {
            // A file from before what we took in last rolls nothing back.
            Some(base) if agree_wholly(base, ours) && theirs.changed_at() < ours.changed_at() => {
                (Verdict::Older, ours.clone())
            }
            Some(base) if agree_wholly(base, ours) => (Verdict::Newer, theirs.clone()),
            Some(base) if agree_wholly(base, theirs) => (Verdict::Older, ours.clone()),
            Some(base) => three_way(base, ours, theirs),
            None => later_wins(ours, theirs),
        }
    };
    keep_unknown_keys(&mut merged, ours, theirs);
    Decision {
        verdict,
        overwrites: loses(base, ours, &merged),
        differences: differences(base, ours, theirs),
        merged,
    }
}

/// We have no row at all: the issue is new here, or it was swept away after both had it.
fn without_ours(base: Option<&Record>, theirs: &Record) -> Decision {
    let verdict = match base {
        None => Verdict::Add,
        Some(base) if agree_wholly(base, theirs) => Verdict::Older,
        Some(_) => Verdict::Conflict,
    };
    Decision {
        verdict,
        merged: theirs.clone(),
        differences: Vec::new(),
        overwrites: false,
    }
}

/// One side or both deleted the issue. A deletion stands, unless we changed it after that.
fn deleted(base: Option<&Record>, ours: &Record, theirs: &Record) -> (Verdict, Record) {
    let unchanged = |record: &Record| base.is_some_and(|base| agree_wholly(base, record));
    match (ours.is_tombstone(), theirs.is_tombstone()) {
        (true, true) if theirs.changed_at() > ours.changed_at() => (Verdict::Newer, theirs.clone()),
        (true, true) => (Verdict::Older, ours.clone()),
        (true, false) if unchanged(theirs) || theirs.changed_at() <= ours.changed_at() => {
            (Verdict::Older, ours.clone())
        }
        (true, false) => (Verdict::Conflict, ours.clone()),
        (false, _) if unchanged(ours) => (Verdict::Newer, theirs.clone()),
        (false, _) if base.is_none() && theirs.changed_at() >= ours.changed_at() => {
            (Verdict::Newer, theirs.clone())
        }
        (false, _) => (Verdict::Conflict, theirs.clone()),
    }
}

/// The start is not known: the later version wins, and the lists of the other are added to it.
fn later_wins(ours: &Record, theirs: &Record) -> (Verdict, Record) {
    let same_second = match (&ours.life.updated_at, &theirs.life.updated_at) {
        (Some(ours), Some(theirs)) => ours.agrees(theirs),
        (ours, theirs) => ours == theirs,
    };
    let later = theirs.changed_at() > ours.changed_at();
    let verdict = if other_issue(ours, theirs) {
        Verdict::Conflict
    } else if same_second {
        let scalar = |field: &&Field| !field.is_derived() && !is_list(field, ours);
        let differs = |field: &Field| !agree((field.view)(ours), (field.view)(theirs));
        if FIELDS.iter().filter(scalar).any(differs) {
            Verdict::Conflict
        } else {
            Verdict::Joined
        }
    } else if later {
        Verdict::Newer
    } else {
        Verdict::Older
    };
    // A tie goes to the line that comes in, as it always did.
    let (winner, loser) = if later || (same_second && verdict == Verdict::Conflict) {
        (theirs, ours)
    } else {
        (ours, theirs)
    };
    let mut merged = winner.clone();
    join_lists(None, &mut merged, loser);
    (verdict, merged)
}

/// Whether two issues only share their id: made at different times under different titles.
fn other_issue(ours: &Record, theirs: &Record) -> bool {
    match (&ours.life.created_at, &theirs.life.created_at) {
        (Some(a), Some(b)) => !a.agrees(b) && ours.title != theirs.title,
        (Some(_) | None, _) => false,
    }
}

fn is_list(field: &Field, record: &Record) -> bool {
    matches!(
        (field.view)(record),
        View::Words(_) | View::Edges(_) | View::Comments(_) | View::Bonds(_)
    )
}

fn three_way(base: &Record, ours: &Record, theirs: &Record) -> (Verdict, Record) {
    let mut merged = ours.clone();
    let mut conflict = false;
    for field in FIELDS.iter().filter(|field| !field.is_derived()) {
        let (mine, other) = ((field.view)(ours), (field.view)(theirs));
        let start = (field.view)(base);
        if is_list(field, ours) || agree(mine, other) || agree(other, start) {
            continue;
        }
        if agree(mine, start) {
            (field.place)(&mut merged).put(other);
        } else {
            conflict |= both_changed(field, ours, theirs, &mut merged);
        }
    }
    conflict |= extra_conflicts(base, ours, theirs, &mut merged);
    join_lists(Some(base), &mut merged, theirs);
    if agree_wholly(&merged, theirs) {
        merged = theirs.clone();
    }
    let verdict = if conflict {
        Verdict::Conflict
    } else {
        Verdict::Joined
    };
    (verdict, merged)
}

/// Chooses where both sides changed one field; answers whether a person should look at it.
fn both_changed(field: &Field, ours: &Record, theirs: &Record, merged: &mut Record) -> bool {
    let theirs_is_later = theirs.changed_at() > ours.changed_at();
    let (mine, other) = ((field.view)(ours), (field.view)(theirs));
    let (take_theirs, look) = match field.key {
        "updated_at" | "closed_at" => (instant(other) > instant(mine), false),
        "started_at" => (instant(other) < instant(mine), false),
        "notes" => {
            merged.notes = format!("{}\n\n---\n\n{}", ours.notes, theirs.notes);
            (false, false)
        }
        "status" if ours.status == "closed" || theirs.status == "closed" => {
            (theirs.status == "closed", true)
        }
        // Zero was what a missing priority read as, so it wins over nothing.
        "priority" => match (ours.priority.unwrap_or(0), theirs.priority.unwrap_or(0)) {
            (0, theirs) => (theirs != 0, true),
            (_, 0) => (false, true),
            (ours, theirs) => (theirs < ours, true),
        },
        "issue_type" => (false, true),
        _ => (theirs_is_later, true),
    };
    if take_theirs {
        (field.place)(merged).put(other);
    }
    look
}

fn instant(view: View<'_>) -> Option<i64> {
    if let View::Time(Some(Stamp { nanos, .. })) = view {
        Some(*nanos)
    } else {
        None
    }
}

fn extra_conflicts(base: &Record, ours: &Record, theirs: &Record, merged: &mut Record) -> bool {
    let mut conflict = false;
    for (key, value) in &theirs.extra {
        let (start, mine) = (extra(base, key), extra(ours, key));
        if mine == Some(value) || start == Some(value) {
            continue;
        }
        let mine_changed = mine.is_some() && mine != start;
        conflict |= mine_changed;
        if mine_changed && theirs.changed_at() <= ours.changed_at() {
            continue;
        }
        match merged.extra.iter_mut().rfind(|(name, _)| name == key) {
            Some((_, place)) => place.clone_from(value),
            None => merged.extra.push((key.clone(), value.clone())),
        }
    }
    conflict
}

/// Adds what the other side has to the lists of `merged`; what one side took away since the start
/// stays away, except comments.
fn join_lists(base: Option<&Record>, merged: &mut Record, other: &Record) {
    let none = Record::default();
    let base = base.unwrap_or(&none);
    let words = |base: &[String], merged: &mut Vec<String>, other: &[String]| {
        join(base, merged, other, |a, b| a == b);
    };
    words(&base.labels, &mut merged.labels, &other.labels);
    words(
        &base.gate.waiters,
        &mut merged.gate.waiters,
        &other.gate.waiters,
    );
    join(
        &base.molecule.bonded_from,
        &mut merged.molecule.bonded_from,
        &other.molecule.bonded_from,
        |a, b| a.source_id == b.source_id && a.bond_point == b.bond_point,
    );
    join(
        &base.dependencies,
        &mut merged.dependencies,
        &other.dependencies,
        same_edge,
    );
    one_edge_per_pair(&mut merged.dependencies);
    join(&[], &mut merged.comments, &other.comments, same_comment);
}

fn join<T: Clone>(base: &[T], merged: &mut Vec<T>, other: &[T], same: impl Fn(&T, &T) -> bool) {
    let within = |list: &[T], item: &T| list.iter().any(|one| same(one, item));
    merged.retain(|item| !within(base, item) || within(other, item));
    for item in other {
        if !within(merged, item) && !within(base, item) {
            merged.push(item.clone());
        }
    }
}

/// One pair has one edge; of two kinds the one that stood first in the list stays.
fn one_edge_per_pair(edges: &mut Vec<Dependency>) {
    let mut seen = std::collections::HashSet::new();
    edges.retain(|edge| seen.insert(edge.depends_on_id.clone()));
}

/// Other programs drop the keys that they do not know: what they left out is no change.
fn keep_unknown_keys(merged: &mut Record, ours: &Record, theirs: &Record) {
    for (key, value) in ours.extra.iter().chain(&theirs.extra) {
        if extra(merged, key).is_none() {
            merged.extra.push((key.clone(), value.clone()));
        }
    }
}

/// Whether a value that was written here since the start is not in the merged record.
fn loses(base: Option<&Record>, ours: &Record, merged: &Record) -> bool {
    let lost_key = |(key, value): &(String, String)| {
        let start = base.and_then(|base| extra(base, key));
        start != Some(value) && extra(merged, key) != Some(value)
    };
    ours.extra.iter().any(lost_key)
        || loses_items(base, ours, merged)
        || FIELDS.iter().any(|field| {
            let (mine, after) = ((field.view)(ours), (field.view)(merged));
            let edited = match base {
                Some(base) => !agree(mine, (field.view)(base)),
                None => !mine.is_empty(),
            };
            let kept = match field.key {
                "updated_at" | "started_at" | "closed_at" => true,
                "notes" => merged.notes.contains(&ours.notes),
                _ => field.is_derived() || is_list(field, ours) || agree(mine, after),
            };
            edited && !kept
        })
}

/// Whether an item that was added here to a list is not in the merged record.
fn loses_items(base: Option<&Record>, ours: &Record, merged: &Record) -> bool {
    let none = Record::default();
    let base = base.unwrap_or(&none);
    fn lost<T>(base: &[T], ours: &[T], merged: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
        let within = |list: &[T], item: &T| list.iter().any(|one| same(one, item));
        let mut items = ours.iter();
        items.any(|item| !within(base, item) && !within(merged, item))
    }
    let words = |of: fn(&Record) -> &[String]| lost(of(base), of(ours), of(merged), |a, b| a == b);
    words(|record| &record.labels)
        || words(|record| &record.gate.waiters)
        || lost(
            &base.dependencies,
            &ours.dependencies,
            &merged.dependencies,
            same_edge,
        )
        || lost(
            &base.comments,
            &ours.comments,
            &merged.comments,
            same_comment,
        )
}
