//! In which fields two versions of an issue differ, for people.
//!
//! Owns what counts as a difference between versions that different programs wrote: a time that one
//! of them cut to whole seconds is the same time, who made an edge and when does not matter, and a
//! key that the other program does not know is not a change. Entry points: [`differences`],
//! [`agree`].

use super::fields::{FIELDS, View, same_json};
use super::record::{Comment, Dependency, Record};

/// A field in which two versions differ, in words for a person; not yet cleaned for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The key.
    pub field: String,
    /// What both started from, when that is known.
    pub base: Option<String>,
    /// What we have.
    pub ours: String,
    /// What comes in.
    pub theirs: String,
}

/// The fields in which two versions differ.
pub fn differences(base: Option<&Record>, ours: &Record, theirs: &Record) -> Vec<Difference> {
    let mut found = Vec::new();
    for field in FIELDS.iter().filter(|field| !field.is_derived()) {
        let (mine, other) = ((field.view)(ours), (field.view)(theirs));
        if !agree(mine, other) {
            found.push(Difference {
                field: field.key.to_owned(),
                base: base.map(|base| in_words((field.view)(base))),
                ours: in_words(mine),
                theirs: in_words(other),
            });
        }
    }
    for (key, theirs) in &theirs.extra {
        let of = |record: &Record| extra(record, key).map(str::to_owned);
        let mine = extra(ours, key);
        if !mine.is_some_and(|mine| same_json(mine, theirs)) {
            found.push(Difference {
                field: key.clone(),
                base: base.and_then(of),
                ours: mine.unwrap_or_default().to_owned(),
                theirs: theirs.clone(),
            });
        }
    }
    found
}

/// The value of a key that is no field.
pub(super) fn extra<'r>(record: &'r Record, key: &str) -> Option<&'r str> {
    let found = record.extra.iter().rfind(|(name, _)| name == key);
    found.map(|(_, value)| value.as_str())
}

/// Whether two versions say the same about everything.
pub(super) fn agree_wholly(a: &Record, b: &Record) -> bool {
    let keys = |one: &Record, other: &Record| {
        one.extra
            .iter()
            .all(|(key, value)| extra(other, key).is_none_or(|second| same_json(value, second)))
    };
    FIELDS
        .iter()
        .filter(|field| !field.is_derived())
        .all(|field| agree((field.view)(a), (field.view)(b)))
        && keys(a, b)
}

/// Whether two values mean the same.
pub(super) fn agree(a: View<'_>, b: View<'_>) -> bool {
    match (a, b) {
        (View::Time(Some(a)), View::Time(Some(b))) => a.agrees(b),
        (View::Edges(a), View::Edges(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|edge| b.iter().any(|other| same_edge(edge, other)))
        }
        (View::Comments(a), View::Comments(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|comment| b.iter().any(|other| same_comment(comment, other)))
        }
        (a, b) => a.same(&b),
    }
}

/// The same kind of edge to the same issue.
pub(super) fn same_edge(a: &Dependency, b: &Dependency) -> bool {
    a.depends_on_id == b.depends_on_id && a.kind == b.kind
}

/// The same words of the same author at the same time; ids differ from clone to clone.
pub(super) fn same_comment(a: &Comment, b: &Comment) -> bool {
    let at = match (&a.created_at, &b.created_at) {
        (Some(a), Some(b)) => a.agrees(b),
        (a, b) => a == b,
    };
    at && a.author == b.author && a.text == b.text
}

fn in_words(view: View<'_>) -> String {
    let list = |words: Vec<String>| words.join(", ");
    match view {
        View::Text(text) => text.to_owned(),
        View::Number(number) => number.map(|n| n.to_string()).unwrap_or_default(),
        View::Flag(flag) => (if *flag { "yes" } else { "no" }).to_owned(),
        View::Time(time) => time.as_ref().map(ToString::to_string).unwrap_or_default(),
        View::Json(json) => json.clone().unwrap_or_default(),
        View::Words(words) => words.join(", "),
        View::Edges(edges) => list(
            edges
                .iter()
                .map(|edge| format!("{} {}", edge.kind, edge.depends_on_id))
                .collect(),
        ),
        View::Comments(comments) => list(
            comments
                .iter()
                .map(|comment| format!("{}: {}", comment.author, comment.text))
                .collect(),
        ),
        View::Bonds(bonds) => list(
            bonds
                .iter()
                .map(|bond| format!("{} {}", bond.bond_type, bond.source_id))
                .collect(),
        ),
    }
}
