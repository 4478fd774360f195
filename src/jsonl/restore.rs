//! A record that a ledger gave back, with the exact form of what it did not change.
//!
//! Owns what a ledger may round without having changed it: times to the millisecond, JSON to its
//! value, an edge and a comment to what they say, and the fields that it keeps nowhere. Without
//! this a row that was edited in one field would be written anew in all. Entry point: [`restored`].

use serde_json::Value;

use super::fields::{FIELDS, Place, View};
use super::record::{Bond, Comment, Dependency, RawJson, Record};
use super::stamp::Stamp;

/// What a ledger says now, in the words of the line that `base` was read from wherever both say the
/// same.
pub fn restored(now: Record, base: &Record) -> Record {
    let mut record = now;
    let back = base.is_tombstone() && !record.is_tombstone();
    for field in FIELDS {
        let of_tombstone = matches!(
            field.key,
            "deleted_at" | "deleted_by" | "delete_reason" | "original_type"
        );
        let then = (field.view)(base);
        let now = (field.view)(&record);
        let unsaid = of_tombstone && now.is_empty() && !back;
        if unsaid || says_the_same(now, then) {
            (field.place)(&mut record).put(then);
            continue;
        }
        match ((field.place)(&mut record), then) {
            (Place::Edges(now), View::Edges(then)) => restore_each(now, then, restore_edge),
            (Place::Comments(now), View::Comments(then)) => {
                restore_each(now, then, restore_comment);
            }
            (Place::Bonds(now), View::Bonds(then)) => restore_each(now, then, restore_bond),
            (
                Place::Text(_)
                | Place::Number(_)
                | Place::Flag(_)
                | Place::Time(_)
                | Place::Json(_)
                | Place::Words(_)
                | Place::Edges(_)
                | Place::Comments(_)
                | Place::Bonds(_),
                _,
            ) => {}
        }
    }
    record.extra = restored_extra(record.extra, &base.extra);
    record
}

fn says_the_same(now: View<'_>, then: View<'_>) -> bool {
    match (now, then) {
        (View::Time(now), View::Time(then)) => same_time(now.as_ref(), then.as_ref()),
        (View::Json(Some(now)), View::Json(Some(then))) => same_value(now, then),
        (now, then) => now.same(&then),
    }
}

fn same_time(now: Option<&Stamp>, then: Option<&Stamp>) -> bool {
    match (now, then) {
        (Some(now), Some(then)) => now.nanos.abs_diff(then.nanos) < 1_000_000,
        (now, then) => now == then,
    }
}

fn same_value(now: &str, then: &str) -> bool {
    let value = |text: &str| serde_json::from_str::<Value>(text).ok();
    now == then || value(now).is_some_and(|now| value(then).is_some_and(|then| alike(&now, &then)))
}

/// Equal but for the last digit of a fraction, which a number loses on its way through a ledger.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| alike(a, b)))
        }
        (Value::Number(a), Value::Number(b)) if a.is_f64() && b.is_f64() => {
            let (a, b) = (a.as_f64().unwrap_or(0.0), b.as_f64().unwrap_or(0.0));
            a == b || ((a - b) / b).abs() < 1e-14
        }
        (a, b) => a == b,
    }
}

/// Gives each item the form of the first one that says the same; a form is given once, since two
/// items may say the same.
fn restore_each<T>(now: &mut [T], then: &[T], restore: impl Fn(&mut T, &T) -> bool) {
    let mut forms: Vec<&T> = then.iter().collect();
    for item in now {
        if let Some(given) = forms.iter().position(|form| restore(item, form)) {
            forms.remove(given);
        }
    }
}

fn restore_edge(edge: &mut Dependency, then: &Dependency) -> bool {
    let same = then.depends_on_id == edge.depends_on_id
        && then.kind == edge.kind
        && then.thread_id == edge.thread_id;
    if same {
        let (now, before) = (said(edge.metadata.as_ref()), said(then.metadata.as_ref()));
        let kept = match (now, before) {
            (Some(now), Some(before)) => same_value(now, before),
            (now, before) => now == before,
        };
        let metadata = if kept {
            then.metadata.clone()
        } else {
            now.cloned()
        };
        *edge = Dependency {
            metadata,
            ..then.clone()
        };
    }
    same
}

/// Metadata that says something: newer files write `{}` for none.
fn said(metadata: Option<&String>) -> Option<&String> {
    metadata.filter(|text| !matches!(text.as_str(), "" | "{}"))
}

fn restore_comment(comment: &mut Comment, then: &Comment) -> bool {
    let same = then.text == comment.text
        && then.author == comment.author
        && same_time(comment.created_at.as_ref(), then.created_at.as_ref());
    if same {
        comment.clone_from(then);
    }
    same
}

fn restore_bond(bond: &mut Bond, then: &Bond) -> bool {
    let same = (&then.source_id, &then.bond_type, &then.bond_point)
        == (&bond.source_id, &bond.bond_type, &bond.bond_point);
    if same {
        bond.clone_from(then);
    }
    same
}

/// The unknown keys in their old order, new ones behind them.
fn restored_extra(
    now: Vec<(String, RawJson)>,
    then: &[(String, RawJson)],
) -> Vec<(String, RawJson)> {
    let mut restored = Vec::with_capacity(now.len());
    for (key, value) in then {
        let last = then.iter().rfind(|(name, _)| name == key);
        let said = now.iter().rfind(|(name, _)| name == key);
        let Some((_, said)) = said else {
            continue;
        };
        // Of a key that stands there twice only the last value is what a ledger knows.
        let same = last.is_some_and(|(_, last)| same_value(said, last));
        let text = if same { value } else { said };
        restored.push((key.clone(), text.clone()));
    }
    for (key, value) in now {
        if !restored.iter().any(|(name, _)| *name == key) {
            restored.push((key, value));
        }
    }
    restored
}
