//! The body of a convoy: legs that are worked on beside each other, and what brings them together.

use super::super::fields::Fields;
use super::super::model::Leg;
use super::super::node::Table;
use super::super::problem::Problems;

/// The legs, or the aspects of a review, which are legs under another name.
pub(super) fn legs(top: &mut Fields<'_>, out: &mut Problems) -> Vec<Leg> {
    let mut tables = top.tables("legs", out);
    tables.extend(top.tables("aspects", out));
    let legs: Vec<Leg> = tables
        .into_iter()
        .map(|(path, table)| leg(table, &path, out))
        .collect();
    for leg in &legs {
        if leg.id.is_empty() {
            out.error(leg.line, &leg.path, "a leg needs an id".to_owned());
        }
    }
    legs
}

/// What brings the legs together.
pub(super) fn synthesis(top: &mut Fields<'_>, out: &mut Problems) -> Option<Leg> {
    let table = top.table("synthesis", out)?;
    let mut leg = leg(table, "synthesis", out);
    if leg.id.is_empty() {
        "synthesis".clone_into(&mut leg.id);
    }
    if leg.title.is_empty() {
        "Bring the results together".clone_into(&mut leg.title);
    }
    Some(leg)
}

fn leg(table: &Table, path: &str, out: &mut Problems) -> Leg {
    let mut keys = Fields::of(table, path);
    let id = keys.text("id", out).unwrap_or_default();
    let mut needs = keys.texts("depends_on", out);
    needs.extend(keys.texts("needs", out));
    let found = Leg {
        title: keys.text("title", out).unwrap_or_else(|| id.clone()),
        id,
        focus: keys.text("focus", out).unwrap_or_default(),
        description: keys.text("description", out).unwrap_or_default(),
        agent: keys.text("agent", out).unwrap_or_default(),
        review_only: keys.flag("review_only", out).unwrap_or(false),
        needs,
        line: keys.line(),
        path: path.to_owned(),
    };
    keys.end(out);
    found
}
