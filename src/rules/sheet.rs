//! A bead with all that belongs to it, and the record of a file that says the same.
//!
//! Owns the way between the ledger's rows and the lines of files, both directions. What a row rounds
//! (times to milliseconds) is put right by `jsonl::restored`. Touches no ledger.

use serde_json::Value;

use crate::domain::{
    BeadId, BeadMore, BeadRest, BeadStatus, BeadType, Bond, DepKind, Kind, Priority, Refusal,
    RigName,
};
use crate::jsonl::{self, Comment, Dependency, Record, Stamp};

use super::row::{BeadRow, CommentRow, DepRow};

/// A bead with its labels, edges and comments.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sheet {
    pub row: BeadRow,
    pub labels: Vec<String>,
    pub deps: Vec<DepRow>,
    pub comments: Vec<CommentRow>,
}

impl Sheet {
    /// What a file says of it.
    pub(crate) fn record(&self) -> Record {
        let row = &self.row;
        let rest = &row.rest;
        let mut record = Record {
            id: row.id.to_string(),
            title: row.title.clone(),
            description: row.description.clone(),
            design: rest.design.clone(),
            acceptance_criteria: rest.acceptance.clone(),
            notes: rest.notes.clone(),
            status: row.status_text().to_owned(),
            priority: Some(i64::from(row.priority.number())),
            issue_type: row.kind_text().to_owned(),
            estimated_minutes: rest.estimate,
            labels: self.labels.clone(),
            dependencies: self.deps.iter().map(dependency).collect(),
            comments: self.comments.iter().map(comment).collect(),
            ..Record::default()
        };
        record.people.assignee = row.assignee.clone().unwrap_or_default();
        record.people.owner.clone_from(&rest.owner);
        record.people.created_by.clone_from(&row.created_by);
        record.life.created_at = Some(stamp(row.created_at));
        record.life.updated_at = Some(stamp(row.updated_at));
        record.life.started_at = rest.started_at.map(stamp);
        record.life.closed_at = row.closed_at.map(stamp);
        record.life.close_reason = row.close_reason.clone().unwrap_or_default();
        record.life.due_at = rest.due_at.map(stamp);
        record.life.defer_until = rest.defer_until.map(stamp);
        record.origin.spec_id.clone_from(&rest.spec_id);
        record.origin.external_ref.clone_from(&rest.external_ref);
        record.traits.ephemeral = rest.ephemeral;
        record.traits.pinned = rest.pinned;
        record.traits.is_template = rest.template;
        say_more(&rest.more, &mut record);
        record
    }

    /// The bead that a record speaks of; `now` stands in for times that it does not tell.
    pub(crate) fn of(record: &Record, rig: Option<RigName>, now: i64) -> Result<Self, Refusal> {
        let id = BeadId::parse(&record.id)?;
        if id.is_external() {
            return Err(Refusal::invalid(
                "id",
                &record.id,
                "an id of a bead of its own",
            ));
        }
        let life = &record.life;
        let created = millis(life.created_at.as_ref()).unwrap_or(now);
        let mut row = BeadRow::new(
            id.clone(),
            record.title.clone(),
            record.people.created_by.clone(),
            created,
        );
        row.rig = rig;
        row.description.clone_from(&record.description);
        (row.status, row.status_word) = match BeadStatus::stored(&record.status) {
            BeadStatus::Foreign => (BeadStatus::Foreign, Some(record.status.clone())),
            known => (known, None),
        };
        (row.kind, row.kind_word) = match BeadType::stored(&record.issue_type) {
            BeadType::Foreign => (BeadType::Foreign, Some(record.issue_type.clone())),
            known => (known, None),
        };
        row.priority = u8::try_from(record.priority.unwrap_or(0))
            .map_err(|_| out_of_range())
            .and_then(Priority::try_from)?;
        row.assignee = some(&record.people.assignee);
        row.updated_at = millis(life.updated_at.as_ref()).unwrap_or(created);
        row.closed_at = millis(life.closed_at.as_ref());
        row.close_reason = some(&life.close_reason);
        *row.rest = rest(record)?;
        Ok(Self {
            labels: record.labels.clone(),
            deps: deps(&id, record, created)?,
            comments: comments(&id, record, created),
            row,
        })
    }
}

fn out_of_range() -> Refusal {
    Refusal::new(Kind::Usage, "the priority is not 0 to 4")
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn stamp(millis: i64) -> Stamp {
    Stamp::at(millis.saturating_mul(1_000_000))
}

fn millis(stamp: Option<&Stamp>) -> Option<i64> {
    stamp.map(|stamp| stamp.nanos.div_euclid(1_000_000))
}

fn number(value: i64) -> Option<i64> {
    Some(value).filter(|value| *value != 0)
}

fn say_more(more: &BeadMore, record: &mut Record) {
    record.metadata = Some(&more.metadata)
        .filter(|value| !value.is_null())
        .map(Value::to_string);
    record
        .life
        .closed_by_session
        .clone_from(&more.closed_by_session);
    record.origin.source_system.clone_from(&more.source_system);
    record
        .origin
        .source_formula
        .clone_from(&more.source_formula);
    record
        .origin
        .source_location
        .clone_from(&more.source_location);
    let compaction = &mut record.compaction;
    compaction.compaction_level = number(more.compaction_level);
    compaction.compacted_at = Stamp::parse(&more.compacted_at);
    compaction
        .compacted_at_commit
        .clone_from(&more.compacted_at_commit);
    compaction.original_size = number(more.original_size);
    record.people.sender.clone_from(&more.sender);
    record.traits.no_history = more.no_history;
    record.traits.wisp_type.clone_from(&more.wisp_type);
    record.gate.await_type.clone_from(&more.await_type);
    record.gate.await_id.clone_from(&more.await_id);
    record.gate.timeout = number(more.timeout);
    record.gate.waiters.clone_from(&more.waiters);
    record.molecule.bonded_from = more.bonded_from.iter().map(bond).collect();
    record.molecule.mol_type.clone_from(&more.mol_type);
    record.molecule.work_type.clone_from(&more.work_type);
    record.event.event_kind.clone_from(&more.event_kind);
    record.event.actor.clone_from(&more.actor);
    record.event.target.clone_from(&more.target);
    record.event.payload.clone_from(&more.payload);
    record.extra = more
        .extra
        .iter()
        .map(|(key, value)| (key.clone(), value.to_string()))
        .collect();
    if !more.source_repo.is_empty() && !more.extra.contains_key("source_repo") {
        let repo = Value::from(more.source_repo.as_str()).to_string();
        record.extra.push(("source_repo".to_owned(), repo));
    }
}

fn rest(record: &Record) -> Result<BeadRest, Refusal> {
    let life = &record.life;
    Ok(BeadRest {
        design: record.design.clone(),
        acceptance: record.acceptance_criteria.clone(),
        notes: record.notes.clone(),
        spec_id: record.origin.spec_id.clone(),
        owner: record.people.owner.clone(),
        external_ref: record.origin.external_ref.clone(),
        estimate: record.estimated_minutes,
        started_at: millis(life.started_at.as_ref()),
        due_at: millis(life.due_at.as_ref()),
        defer_until: millis(life.defer_until.as_ref()),
        ephemeral: record.traits.ephemeral,
        pinned: record.traits.pinned,
        template: record.traits.is_template,
        more: more(record)?,
    })
}

fn more(record: &Record) -> Result<BeadMore, Refusal> {
    let mut extra = serde_json::Map::new();
    for (key, text) in &record.extra {
        extra.insert(key.clone(), value(text)?);
    }
    let compaction = &record.compaction;
    let compacted = compaction.compacted_at.as_ref();
    Ok(BeadMore {
        metadata: record.metadata.as_deref().map_or(Ok(Value::Null), value)?,
        closed_by_session: record.life.closed_by_session.clone(),
        source_system: record.origin.source_system.clone(),
        source_repo: String::new(),
        compaction_level: compaction.compaction_level.unwrap_or(0),
        compacted_at: compacted.map(|at| at.text.clone()).unwrap_or_default(),
        compacted_at_commit: compaction.compacted_at_commit.clone(),
        original_size: compaction.original_size.unwrap_or(0),
        sender: record.people.sender.clone(),
        no_history: record.traits.no_history,
        wisp_type: record.traits.wisp_type.clone(),
        bonded_from: record
            .molecule
            .bonded_from
            .iter()
            .map(|bond| Bond {
                source_id: bond.source_id.clone(),
                bond_type: bond.bond_type.clone(),
                bond_point: bond.bond_point.clone(),
            })
            .collect(),
        await_type: record.gate.await_type.clone(),
        await_id: record.gate.await_id.clone(),
        timeout: record.gate.timeout.unwrap_or(0),
        waiters: record.gate.waiters.clone(),
        source_formula: record.origin.source_formula.clone(),
        source_location: record.origin.source_location.clone(),
        mol_type: record.molecule.mol_type.clone(),
        work_type: record.molecule.work_type.clone(),
        event_kind: record.event.event_kind.clone(),
        actor: record.event.actor.clone(),
        target: record.event.target.clone(),
        payload: record.event.payload.clone(),
        extra,
    })
}

fn value(text: &str) -> Result<Value, Refusal> {
    serde_json::from_str(text)
        .map_err(|error| Refusal::new(Kind::Usage, format!("a value cannot be kept: {error}")))
}

fn bond(bond: &Bond) -> jsonl::Bond {
    jsonl::Bond {
        source_id: bond.source_id.clone(),
        bond_type: bond.bond_type.clone(),
        bond_point: bond.bond_point.clone(),
        extra: Vec::new(),
    }
}

fn dependency(row: &DepRow) -> Dependency {
    Dependency {
        issue_id: row.bead.to_string(),
        depends_on_id: row.on.to_string(),
        kind: row.kind.word_or(row.kind_word.as_deref()).to_owned(),
        created_at: Some(stamp(row.created_at)),
        created_by: row.created_by.clone(),
        metadata: some(&row.metadata),
        thread_id: row.thread_id.clone(),
        extra: Vec::new(),
    }
}

fn deps(id: &BeadId, record: &Record, created: i64) -> Result<Vec<DepRow>, Refusal> {
    let mut rows: Vec<DepRow> = Vec::new();
    for edge in &record.dependencies {
        let on = BeadId::parse(&edge.depends_on_id)?;
        if on == *id || rows.iter().any(|row| row.on == on) {
            continue;
        }
        rows.push(dep(id, on, edge, created));
    }
    Ok(rows)
}

/// An edge as a file says it.
pub(crate) fn dep(id: &BeadId, on: BeadId, edge: &Dependency, created: i64) -> DepRow {
    let (kind, kind_word) = match DepKind::stored(&edge.kind) {
        DepKind::Foreign => (DepKind::Foreign, Some(edge.kind.clone())),
        known => (known, None),
    };
    DepRow {
        bead: id.clone(),
        on,
        kind,
        kind_word,
        created_at: millis(edge.created_at.as_ref()).unwrap_or(created),
        created_by: edge.created_by.clone(),
        metadata: edge.metadata.clone().unwrap_or_default(),
        thread_id: edge.thread_id.clone(),
    }
}

fn comment(row: &CommentRow) -> Comment {
    Comment {
        id: match row.id.parse::<i64>() {
            Ok(number) => number.to_string(),
            Err(_) => Value::from(row.id.as_str()).to_string(),
        },
        issue_id: row.bead.to_string(),
        author: row.author.clone(),
        text: row.text.clone(),
        created_at: Some(stamp(row.created_at)),
        extra: Vec::new(),
    }
}

fn comments(id: &BeadId, record: &Record, created: i64) -> Vec<CommentRow> {
    let mut rows: Vec<CommentRow> = Vec::new();
    for (at, comment) in record.comments.iter().enumerate() {
        let told = comment.id.trim_matches('"');
        let free = |name: &str| rows.iter().all(|row| row.id != name);
        let name = if !told.is_empty() && free(told) {
            told.to_owned()
        } else {
            format!("c{}", at + 1)
        };
        rows.push(CommentRow {
            bead: id.clone(),
            id: name,
            author: comment.author.clone(),
            text: comment.text.clone(),
            created_at: millis(comment.created_at.as_ref()).unwrap_or(created),
        });
    }
    rows
}
