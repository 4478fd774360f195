//! The table of an issue's fields: key, order in a line, and where the value stands in a record.
//!
//! Owns the one list that reading, writing, merging and comparing go through, so that a field
//! cannot be read and then forgotten by one of them. The order is the one in which `bd` writes
//! the keys. Entry points: [`FIELDS`], [`find`], [`View::same`].

use super::record::{Bond, Comment, Dependency, RawJson, Record};
use super::stamp::Stamp;
use super::style::Style;

/// One field of an issue.
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) view: for<'r> fn(&'r Record) -> View<'r>,
    pub(super) place: for<'r> fn(&'r mut Record) -> Place<'r>,
}

/// A value to look at.
#[derive(Clone, Copy, Debug)]
pub(super) enum View<'r> {
    Text(&'r str),
    Number(&'r Option<i64>),
    Flag(&'r bool),
    Time(&'r Option<Stamp>),
    Json(&'r Option<RawJson>),
    Words(&'r [String]),
    Edges(&'r [Dependency]),
    Comments(&'r [Comment]),
    Bonds(&'r [Bond]),
}

/// The place of a value, to be filled.
#[derive(Debug)]
pub(super) enum Place<'r> {
    Text(&'r mut String),
    Number(&'r mut Option<i64>),
    Flag(&'r mut bool),
    Time(&'r mut Option<Stamp>),
    Json(&'r mut Option<RawJson>),
    Words(&'r mut Vec<String>),
    Edges(&'r mut Vec<Dependency>),
    Comments(&'r mut Vec<Comment>),
    Bonds(&'r mut Vec<Bond>),
}

macro_rules! fields {
    ($($key:literal $kind:ident $($path:ident).+;)+) => {
        &[$(Field {
            key: $key,
            view: |record| View::$kind(&record.$($path).+),
            place: |record| Place::$kind(&mut record.$($path).+),
        }),+]
    };
}

/// All fields, in the order of a line.
pub(super) const FIELDS: &[Field] = fields! {
    "id" Text id;
    "title" Text title;
    "description" Text description;
    "design" Text design;
    "acceptance_criteria" Text acceptance_criteria;
    "notes" Text notes;
    "spec_id" Text origin.spec_id;
    "status" Text status;
    "priority" Number priority;
    "issue_type" Text issue_type;
    "assignee" Text people.assignee;
    "owner" Text people.owner;
    "estimated_minutes" Number estimated_minutes;
    "created_at" Time life.created_at;
    "created_by" Text people.created_by;
    "updated_at" Time life.updated_at;
    "started_at" Time life.started_at;
    "closed_at" Time life.closed_at;
    "close_reason" Text life.close_reason;
    "closed_by_session" Text life.closed_by_session;
    "due_at" Time life.due_at;
    "defer_until" Time life.defer_until;
    "external_ref" Text origin.external_ref;
    "source_system" Text origin.source_system;
    "metadata" Json metadata;
    "compaction_level" Number compaction.compaction_level;
    "compacted_at" Time compaction.compacted_at;
    "compacted_at_commit" Text compaction.compacted_at_commit;
    "original_size" Number compaction.original_size;
    "labels" Words labels;
    "dependencies" Edges dependencies;
    "comments" Comments comments;
    "deleted_at" Time tombstone.deleted_at;
    "deleted_by" Text tombstone.deleted_by;
    "delete_reason" Text tombstone.delete_reason;
    "original_type" Text tombstone.original_type;
    "sender" Text people.sender;
    "ephemeral" Flag traits.ephemeral;
    "no_history" Flag traits.no_history;
    "wisp_type" Text traits.wisp_type;
    "pinned" Flag traits.pinned;
    "is_template" Flag traits.is_template;
    "bonded_from" Bonds molecule.bonded_from;
    "await_type" Text gate.await_type;
    "await_id" Text gate.await_id;
    "timeout" Number gate.timeout;
    "waiters" Words gate.waiters;
    "source_formula" Text origin.source_formula;
    "source_location" Text origin.source_location;
    "mol_type" Text molecule.mol_type;
    "work_type" Text molecule.work_type;
    "event_kind" Text event.event_kind;
    "actor" Text event.actor;
    "target" Text event.target;
    "payload" Text event.payload;
    "dependency_count" Number counts.dependency_count;
    "dependent_count" Number counts.dependent_count;
    "comment_count" Number counts.comment_count;
    "parent" Text counts.parent;
};

/// The field of a key, also under the names it had in older files and in table dumps. Looks from
/// `after` on first: keys mostly come in the order of the table.
pub(super) fn find(key: &str, after: usize) -> Option<usize> {
    let key = match key {
        "wisp" => "ephemeral",
        "timeout_ns" => "timeout",
        other => other,
    };
    let from = after.min(FIELDS.len());
    let (before, rest) = FIELDS.split_at(from);
    rest.iter()
        .position(|field| field.key == key)
        .map(|at| at + from)
        .or_else(|| before.iter().position(|field| field.key == key))
}

impl Field {
    /// Counted from other rows: no version of the issue differs by it.
    pub(super) fn is_derived(&self) -> bool {
        matches!(
            self.key,
            "dependency_count" | "dependent_count" | "comment_count" | "parent"
        )
    }

    /// Written even when it is empty or zero.
    pub(super) fn is_constant(&self) -> bool {
        matches!(
            self.key,
            "id" | "title" | "priority" | "created_at" | "updated_at"
        )
    }

    /// Zero means the same as absent.
    pub(super) fn zero_is_none(&self) -> bool {
        matches!(self.key, "timeout" | "compaction_level" | "original_size")
    }
}

impl Place<'_> {
    /// Puts a value of the same kind here; one of another kind changes nothing.
    pub(super) fn put(self, view: View<'_>) {
        match (self, view) {
            (Place::Text(to), View::Text(from)) => from.clone_into(to),
            (Place::Number(to), View::Number(from)) => to.clone_from(from),
            (Place::Flag(to), View::Flag(from)) => to.clone_from(from),
            (Place::Time(to), View::Time(from)) => to.clone_from(from),
            (Place::Json(to), View::Json(from)) => to.clone_from(from),
            (Place::Words(to), View::Words(from)) => from.clone_into(to),
            (Place::Edges(to), View::Edges(from)) => from.clone_into(to),
            (Place::Comments(to), View::Comments(from)) => from.clone_into(to),
            (Place::Bonds(to), View::Bonds(from)) => from.clone_into(to),
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
}

impl View<'_> {
    /// Whether both hold the same; the order of lists does not count.
    pub(super) fn same(&self, other: &View<'_>) -> bool {
        match (self, other) {
            (View::Text(a), View::Text(b)) => a == b,
            (View::Number(a), View::Number(b)) => a == b,
            (View::Flag(a), View::Flag(b)) => a == b,
            (View::Time(a), View::Time(b)) => a == b,
            (View::Json(a), View::Json(b)) => match (a, b) {
                (Some(a), Some(b)) => same_json(a, b),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            },
            (View::Words(a), View::Words(b)) => same_set(a, b),
            (View::Edges(a), View::Edges(b)) => same_set(a, b),
            (View::Comments(a), View::Comments(b)) => same_set(a, b),
            (View::Bonds(a), View::Bonds(b)) => same_set(a, b),
            (
                View::Text(_)
                | View::Number(_)
                | View::Flag(_)
                | View::Time(_)
                | View::Json(_)
                | View::Words(_)
                | View::Edges(_)
                | View::Comments(_)
                | View::Bonds(_),
                _,
            ) => false,
        }
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            View::Text(text) => text.is_empty(),
            View::Number(number) => number.is_none(),
            View::Flag(flag) => !**flag,
            View::Time(time) => time.is_none(),
            View::Json(json) => json.is_none(),
            View::Words(list) => list.is_empty(),
            View::Edges(list) => list.is_empty(),
            View::Comments(list) => list.is_empty(),
            View::Bonds(list) => list.is_empty(),
        }
    }
}

/// Whether two JSON texts are the same but for the space around their values.
pub(super) fn same_json(a: &str, b: &str) -> bool {
    let compact = |text: &str| {
        let mut out = String::with_capacity(text.len());
        Style::default().json(text, &mut out);
        out
    };
    a == b || compact(a) == compact(b)
}

/// Whether two lists hold the same values as often; lists of one issue are short.
pub(super) fn same_set<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if a == b {
        return true;
    }
    let mut rest: Vec<&T> = b.iter().collect();
    a.iter().all(|wanted| {
        rest.iter()
            .position(|other| *other == wanted)
            .map(|at| rest.swap_remove(at))
            .is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_from_anywhere() {
        for (at, field) in FIELDS.iter().enumerate() {
            for after in [0, at, at + 1, FIELDS.len(), usize::MAX] {
                assert_eq!(find(field.key, after), Some(at));
            }
        }
        assert_eq!(find("wisp", 0), find("ephemeral", 0));
        assert_eq!(find("quality_score", 0), None);
    }
}
