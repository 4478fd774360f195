//! Beads as the JSON that other tools know: field names and order of the beads format.
//!
//! Arrays of beads are bare. In a list, `dependencies` are edges; on a page (`bd show`) they are the
//! beads at their other ends. Objects that are no bead have sorted keys: see [`object`].

use serde_json::{Map, Value, json};

use crate::domain::{BeadView, EdgeView};

/// A time as other tools read it.
pub(crate) fn stamp(milliseconds: i64) -> Value {
    jiff::Timestamp::from_millisecond(milliseconds)
        .map_or(Value::Null, |at| Value::String(at.to_string()))
}

/// An object that is no bead: its keys sorted, with the version of the form.
pub(crate) fn object(mut value: Value) -> Value {
    if let Value::Object(map) = &mut value {
        map.insert("schema_version".to_owned(), json!(1));
        map.sort_keys();
    }
    value
}

/// Fields as they come; what says nothing is left out.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn set(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.set(key, json!(text));
        }
    }

    fn time(&mut self, key: &str, at: Option<i64>) {
        if let Some(at) = at {
            self.set(key, stamp(at));
        }
    }

    fn number(&mut self, key: &str, number: i64) {
        if number != 0 {
            self.set(key, json!(number));
        }
    }

    fn flag(&mut self, key: &str, flag: bool) {
        if flag {
            self.set(key, json!(true));
        }
    }

    fn texts(&mut self, key: &str, texts: &[String]) {
        if !texts.is_empty() {
            self.set(key, json!(texts));
        }
    }
}

/// The fields that every form of a bead has, in the order of the beads format.
fn issue(bead: &BeadView) -> Map<String, Value> {
    let mut fields = Fields::default();
    let rest = &bead.rest;
    fields.set("id", json!(bead.id));
    fields.set("title", json!(bead.title));
    fields.text("description", &bead.description);
    fields.text("design", &rest.design);
    fields.text("acceptance_criteria", &rest.acceptance);
    fields.text("notes", &rest.notes);
    fields.text("spec_id", &rest.spec_id);
    fields.set("status", json!(bead.status_text()));
    fields.set("priority", json!(bead.priority));
    fields.set("issue_type", json!(bead.kind_text()));
    fields.text("assignee", bead.assignee.as_deref().unwrap_or_default());
    fields.text("owner", &rest.owner);
    if let Some(minutes) = rest.estimate {
        fields.set("estimated_minutes", json!(minutes));
    }
    fields.set("created_at", stamp(bead.created_at));
    fields.text("created_by", &bead.created_by);
    fields.set("updated_at", stamp(bead.updated_at));
    fields.time("started_at", rest.started_at);
    fields.time("closed_at", bead.closed_at);
    fields.text(
        "close_reason",
        bead.close_reason.as_deref().unwrap_or_default(),
    );
    fields.text("closed_by_session", &rest.more.closed_by_session);
    fields.time("due_at", rest.due_at);
    fields.time("defer_until", rest.defer_until);
    fields.text("external_ref", &rest.external_ref);
    fields.text("source_system", &rest.more.source_system);
    if !rest.more.metadata.is_null() {
        fields.set("metadata", rest.more.metadata.clone());
    }
    fields.number("compaction_level", rest.more.compaction_level);
    fields.text("compacted_at", &rest.more.compacted_at);
    fields.text("compacted_at_commit", &rest.more.compacted_at_commit);
    fields.number("original_size", rest.more.original_size);
    fields.texts("labels", &bead.labels);
    if !bead.depends_on.is_empty() {
        fields.set("dependencies", edges_json(bead));
    }
    rare(&mut fields, bead);
    fields.set("rig", json!(bead.rig));
    fields.set("is_blocked", json!(bead.is_blocked));
    fields.set("convoy", json!(bead.convoy));
    fields.set("dependency_count", json!(bead.depends_on.len()));
    fields.set("dependent_count", json!(bead.dependents.len()));
    fields.set("comment_count", json!(bead.comments));
    if let Some(parent) = bead.parent() {
        fields.set("parent", json!(parent));
    }
    fields.0
}

/// What only messages, wisps, gates, molecules and events have, and what we do not know.
fn rare(fields: &mut Fields, bead: &BeadView) {
    let rest = &bead.rest;
    let more = &rest.more;
    fields.text("sender", &more.sender);
    fields.flag("ephemeral", rest.ephemeral);
    fields.flag("no_history", more.no_history);
    fields.text("wisp_type", &more.wisp_type);
    fields.flag("pinned", rest.pinned);
    fields.flag("is_template", rest.template);
    if !more.bonded_from.is_empty() {
        fields.set("bonded_from", json!(more.bonded_from));
    }
    fields.text("await_type", &more.await_type);
    fields.text("await_id", &more.await_id);
    fields.number("timeout", more.timeout);
    fields.texts("waiters", &more.waiters);
    fields.text("source_formula", &more.source_formula);
    fields.text("source_location", &more.source_location);
    fields.text("mol_type", &more.mol_type);
    fields.text("work_type", &more.work_type);
    fields.text("event_kind", &more.event_kind);
    fields.text("actor", &more.actor);
    fields.text("target", &more.target);
    fields.text("payload", &more.payload);
    for (key, value) in &more.extra {
        if !fields.0.contains_key(key) {
            fields.set(key, value.clone());
        }
    }
}

/// One edge from a bead, as the format stores it.
fn edge_json(bead: &BeadView, edge: &EdgeView) -> Value {
    let mut fields = Fields::default();
    fields.set("issue_id", json!(bead.id));
    fields.set("depends_on_id", json!(edge.id));
    fields.set("type", json!(edge.kind_text()));
    fields.set("created_at", stamp(edge.created_at));
    fields.text("created_by", &edge.created_by);
    fields.text("metadata", &edge.metadata);
    fields.text("thread_id", &edge.thread_id);
    Value::Object(fields.0)
}

fn edges_json(bead: &BeadView) -> Value {
    let edges = bead.depends_on.iter();
    edges.map(|edge| edge_json(bead, edge)).collect()
}

/// One bead as an object.
pub(crate) fn bead_json(bead: &BeadView) -> Value {
    let mut map = issue(bead);
    map.insert("schema_version".to_owned(), json!(1));
    map.sort_keys();
    Value::Object(map)
}

/// One bead as it stands in an array.
pub(crate) fn item_json(bead: &BeadView) -> Map<String, Value> {
    issue(bead)
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
                    "priority": edge.priority,
                    "issue_type": edge.bead_kind,
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
