//! Beads, labels and edges. `is_blocked` is stored and kept right with each write.

use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};

use crate::domain::{
    BeadCounts, BeadFilter, BeadId, BeadStatus, ConvoyId, DepKind, EdgeView, Priority, RigName,
};
use crate::rules::row::BeadRow;

use super::columns::text;
use super::{Store, StoreError};

/// An edge as stored, seen from one side.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edge {
    pub other: BeadRow,
    pub kind: DepKind,
}

/// What stands around some beads.
#[derive(Debug, Default)]
pub(crate) struct Around {
    pub labels: HashMap<BeadId, Vec<String>>,
    pub depends_on: HashMap<BeadId, Vec<EdgeView>>,
    pub dependents: HashMap<BeadId, Vec<EdgeView>>,
    /// The oldest open convoy.
    pub convoys: HashMap<BeadId, ConvoyId>,
}

impl Store {
    /// A bead by its exact id.
    pub(crate) fn bead(&self, id: &BeadId) -> Result<Option<BeadRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM beads WHERE id = ?1")?;
        Ok(statement.query_row([id.as_str()], read).optional()?)
    }

    /// Whether an id is in use, by a bead or a convoy.
    pub(crate) fn id_taken(&self, id: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM beads WHERE id = ?1) OR EXISTS (SELECT 1 FROM convoys WHERE id = ?1)";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([id], |row| row.get(0))?)
    }

    /// Ids whose part after the first dash contains `part`, at most 20.
    pub(crate) fn ids_like(&self, part: &str) -> Result<Vec<BeadId>, StoreError> {
        let sql = "SELECT id FROM beads WHERE instr(substr(id, instr(id, '-') + 1), ?1) > 0 ORDER BY created_at DESC LIMIT 20";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([part], |row| text(row, "id"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest beads whose id begins with `prefix`, at most `limit`.
    pub(crate) fn newest_beads(
        &self,
        prefix: &str,
        limit: u32,
    ) -> Result<Vec<BeadRow>, StoreError> {
        let sql = "SELECT * FROM beads WHERE id >= ?1 AND id < ?1 || '~' ORDER BY created_at DESC, id LIMIT ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(params![prefix, limit], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What stands around beads, for all of them in four questions.
    pub(crate) fn around(&self, ids: &[&BeadId]) -> Result<Around, StoreError> {
        let ids = serde_json::to_string(ids)?;
        let mut around = Around::default();
        let sql = "SELECT l.bead, l.label FROM json_each(?1) j JOIN labels l ON l.bead = j.value ORDER BY l.bead, l.label";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([&ids])?;
        while let Some(row) = rows.next()? {
            around
                .labels
                .entry(text(row, "bead")?)
                .or_default()
                .push(row.get(1)?);
        }
        let sql =
            "SELECT d.bead AS near, d.kind AS edge, b.id, b.title, b.status FROM json_each(?1) j
                   JOIN deps d ON d.bead = j.value JOIN beads b ON b.id = d.target ORDER BY b.id";
        self.near(sql, &ids, &mut around.depends_on)?;
        let sql =
            "SELECT d.target AS near, d.kind AS edge, b.id, b.title, b.status FROM json_each(?1) j
                   JOIN deps d ON d.target = j.value JOIN beads b ON b.id = d.bead ORDER BY b.id";
        self.near(sql, &ids, &mut around.dependents)?;
        let sql = "SELECT t.bead, c.id FROM json_each(?1) j JOIN convoy_beads t ON t.bead = j.value
                   JOIN convoys c ON c.id = t.convoy WHERE c.closed_at IS NULL ORDER BY c.number DESC";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([&ids])?;
        while let Some(row) = rows.next()? {
            // The oldest comes last and stays.
            around.convoys.insert(text(row, "bead")?, text(row, "id")?);
        }
        Ok(around)
    }

    fn near(
        &self,
        sql: &str,
        ids: &str,
        edges: &mut HashMap<BeadId, Vec<EdgeView>>,
    ) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([ids])?;
        while let Some(row) = rows.next()? {
            let edge = EdgeView {
                id: text(row, "id")?,
                title: row.get("title")?,
                status: text(row, "status")?,
                kind: text(row, "edge")?,
            };
            edges.entry(text(row, "near")?).or_default().push(edge);
        }
        Ok(())
    }

    /// What a bead depends on.
    pub(crate) fn depends_on(&self, id: &BeadId) -> Result<Vec<Edge>, StoreError> {
        self.edges("SELECT b.*, d.kind AS edge FROM deps d JOIN beads b ON b.id = d.target WHERE d.bead = ?1 ORDER BY b.id", id)
    }

    fn edges(&self, sql: &str, id: &BeadId) -> Result<Vec<Edge>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([id.as_str()], |row| {
            Ok(Edge {
                other: read(row)?,
                kind: text(row, "edge")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether `from` waits for `to`, directly or through others.
    pub(crate) fn waits_for(&self, from: &BeadId, to: &BeadId) -> Result<bool, StoreError> {
        let sql = "WITH RECURSIVE reach (id) AS (
                       SELECT ?1 UNION
                       SELECT d.target FROM deps d JOIN reach r ON d.bead = r.id WHERE d.kind IN ('blocks', 'parent-child')
                   ) SELECT EXISTS (SELECT 1 FROM reach WHERE id = ?2)";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([from.as_str(), to.as_str()], |row| row.get(0))?)
    }

    /// Beads that can be started: open, not blocked; most urgent first, then oldest. With their number in all.
    pub(crate) fn ready(
        &self,
        rig: Option<&RigName>,
        limit: u32,
    ) -> Result<(Vec<BeadRow>, u64), StoreError> {
        let limit = if limit == 0 { -1 } else { i64::from(limit) };
        let (filter, values): (&str, Vec<Value>) = match rig {
            Some(rig) => (
                " AND rig = ?2",
                vec![Value::from(limit), Value::from(rig.to_string())],
            ),
            None => ("", vec![Value::from(limit)]),
        };
        let sql = format!(
            "SELECT * FROM beads WHERE status = 'open' AND is_blocked = 0{filter} ORDER BY priority, created_at, id LIMIT ?1"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows: Vec<BeadRow> = statement
            .query_map(params_from_iter(values.iter()), read)?
            .collect::<Result<_, _>>()?;
        let total = self.ready_count(rig)?;
        Ok((rows, total))
    }

    fn ready_count(&self, rig: Option<&RigName>) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(sum(count), 0) FROM bead_counts
                   WHERE status = 'open' AND is_blocked = 0 AND (?1 IS NULL OR rig = ?1)";
        let count: i64 = self
            .conn
            .prepare_cached(sql)?
            .query_row([rig.map(RigName::as_str)], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Beads that match, most urgent first, then newest. With their number in all.
    pub(crate) fn bead_list(&self, filter: &BeadFilter) -> Result<(Vec<BeadRow>, u64), StoreError> {
        let (clause, values) = where_clause(filter);
        let total: i64 = self
            .conn
            .prepare_cached(&format!("SELECT count(*) FROM beads{clause}"))?
            .query_row(params_from_iter(values.iter()), |row| row.get(0))?;
        let limit = if filter.limit == 0 {
            -1
        } else {
            i64::from(filter.limit)
        };
        let sql = format!(
            "SELECT * FROM beads{clause} ORDER BY priority, created_at DESC, id LIMIT {limit}"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(values.iter()), read)?;
        Ok((
            rows.collect::<Result<_, _>>()?,
            u64::try_from(total).unwrap_or(0),
        ))
    }

    /// Counts by status, for the top line.
    pub(crate) fn bead_counts(&self) -> Result<BeadCounts, StoreError> {
        let sql =
            "SELECT status, is_blocked, sum(count) FROM bead_counts GROUP BY status, is_blocked";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut counts = BeadCounts::default();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let status: BeadStatus = text(row, "status")?;
            let blocked: bool = row.get(1)?;
            let count: i64 = row.get(2)?;
            let count = u64::try_from(count).unwrap_or(0);
            let place = match status {
                BeadStatus::Open if blocked => &mut counts.blocked,
                BeadStatus::Open => &mut counts.ready,
                BeadStatus::Blocked | BeadStatus::Deferred => &mut counts.blocked,
                BeadStatus::Hooked | BeadStatus::InProgress => &mut counts.in_progress,
                BeadStatus::InReview => &mut counts.in_review,
                BeadStatus::Closed => &mut counts.closed,
            };
            *place += count;
        }
        Ok(counts)
    }

    pub(super) fn put_bead(&self, bead: &BeadRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO beads (id, rig, title, description, status, type, priority, assignee, created_by, created_at,
                       updated_at, closed_at, close_reason, is_blocked)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0)
                   ON CONFLICT (id) DO UPDATE SET rig = ?2, title = ?3, description = ?4, status = ?5, type = ?6, priority = ?7,
                       assignee = ?8, updated_at = ?11, closed_at = ?12, close_reason = ?13";
        self.conn.prepare_cached(sql)?.execute(params![
            bead.id.as_str(),
            bead.rig.as_ref().map(RigName::as_str),
            bead.title,
            bead.description,
            bead.status.word(),
            bead.kind.word(),
            bead.priority.number(),
            bead.assignee,
            bead.created_by,
            bead.created_at,
            bead.updated_at,
            bead.closed_at,
            bead.close_reason,
        ])?;
        self.settle_blocked(&bead.id)?;
        let sql = "SELECT bead FROM deps WHERE target = ?1 AND kind = 'blocks'";
        let mut statement = self.conn.prepare_cached(sql)?;
        let waiting: Vec<BeadId> = statement
            .query_map([bead.id.as_str()], |row| text(row, "bead"))?
            .collect::<Result<_, _>>()?;
        waiting.iter().try_for_each(|id| self.settle_blocked(id))
    }

    fn settle_blocked(&self, id: &BeadId) -> Result<(), StoreError> {
        let sql = "UPDATE beads SET is_blocked = status <> 'closed' AND EXISTS (
                       SELECT 1 FROM deps d JOIN beads b ON b.id = d.target
                       WHERE d.bead = ?1 AND d.kind = 'blocks' AND b.status <> 'closed')
                   WHERE id = ?1";
        self.conn.prepare_cached(sql)?.execute([id.as_str()])?;
        Ok(())
    }

    pub(super) fn change_labels(
        &self,
        id: &BeadId,
        add: &[String],
        remove: &[String],
    ) -> Result<(), StoreError> {
        for label in add {
            self.conn
                .prepare_cached("INSERT OR IGNORE INTO labels (bead, label) VALUES (?1, ?2)")?
                .execute(params![id.as_str(), label])?;
        }
        for label in remove {
            self.conn
                .prepare_cached("DELETE FROM labels WHERE bead = ?1 AND label = ?2")?
                .execute(params![id.as_str(), label])?;
        }
        Ok(())
    }

    pub(super) fn add_dep(
        &self,
        bead: &BeadId,
        on: &BeadId,
        kind: DepKind,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT OR IGNORE INTO deps (bead, target, kind) VALUES (?1, ?2, ?3)")?
            .execute(params![bead.as_str(), on.as_str(), kind.word()])?;
        self.settle_blocked(bead)
    }
}

fn where_clause(filter: &BeadFilter) -> (String, Vec<Value>) {
    let mut terms: Vec<String> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let bind = |values: &mut Vec<Value>, value: String| {
        values.push(Value::from(value));
        format!("?{}", values.len())
    };
    if let Some(rig) = &filter.rig {
        let place = bind(&mut values, rig.to_string());
        terms.push(format!("rig = {place}"));
    }
    if filter.status.is_empty() {
        if !filter.all {
            terms.push("status <> 'closed'".to_owned());
        }
    } else {
        let places: Vec<String> = filter
            .status
            .iter()
            .map(|status| bind(&mut values, status.to_string()))
            .collect();
        terms.push(format!("status IN ({})", places.join(", ")));
    }
    if let Some(kind) = filter.kind {
        let place = bind(&mut values, kind.to_string());
        terms.push(format!("type = {place}"));
    }
    if let Some(priority) = filter.priority {
        terms.push(format!("priority = {}", Priority::number(priority)));
    }
    if let Some(assignee) = &filter.assignee {
        let place = bind(&mut values, assignee.clone());
        terms.push(format!("assignee = {place}"));
    }
    for label in &filter.labels {
        let place = bind(&mut values, label.clone());
        terms.push(format!(
            "EXISTS (SELECT 1 FROM labels WHERE bead = beads.id AND label = {place})"
        ));
    }
    let clause = if terms.is_empty() {
        String::new()
    } else {
        format!(" WHERE {}", terms.join(" AND "))
    };
    (clause, values)
}

fn read(row: &Row<'_>) -> rusqlite::Result<BeadRow> {
    let priority: u8 = row.get("priority")?;
    Ok(BeadRow {
        id: text(row, "id")?,
        rig: super::columns::text_or_null(row, "rig")?,
        title: row.get("title")?,
        description: row.get("description")?,
        status: text(row, "status")?,
        kind: text(row, "type")?,
        priority: Priority::try_from(priority).unwrap_or(Priority::NORMAL),
        assignee: row.get("assignee")?,
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        closed_at: row.get("closed_at")?,
        close_reason: row.get("close_reason")?,
        is_blocked: row.get("is_blocked")?,
    })
}
