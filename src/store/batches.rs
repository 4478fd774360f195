//! Batches of merge requests, how gates ended on them, and which trees passed.

use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use crate::domain::{BatchId, MergeId, Oid, RigName};
use crate::rules::queue::Search;
use crate::rules::row::{BatchRow, GateRow, Red, Stacked};

use super::columns::{as_column, json, size, text, text_or_null};
use super::{Store, StoreError};

/// What of a batch nobody asks for by column.
#[derive(Serialize, Deserialize)]
struct Body {
    members: Vec<MergeId>,
    base_tree: Option<Oid>,
    stack: Vec<Stacked>,
    there: Vec<MergeId>,
    search: Search,
    at: usize,
    gate_set: String,
    gate: i64,
    tries: i64,
    red: Option<Red>,
}

impl Store {
    /// A batch by id.
    pub(crate) fn batch(&self, id: &BatchId) -> Result<Option<BatchRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM batches WHERE id = ?1")?;
        Ok(statement.query_row([id.as_str()], read).optional()?)
    }

    /// The batches of a rig that have not ended.
    pub(crate) fn open_batches(&self, rig: &RigName) -> Result<Vec<BatchRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT * FROM batches WHERE phase IN ('fetching', 'stacking', 'gating', 'landing') AND rig = ?1
             ORDER BY created_at, length(id), id",
        )?;
        let rows = statement.query_map([rig.as_str()], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The gates that ended on a prefix of a batch's stack, in order.
    pub(crate) fn gates(&self, batch: &BatchId, at: usize) -> Result<Vec<GateRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM gates WHERE batch = ?1 AND at = ?2 ORDER BY position")?;
        let rows = statement.query_map(params![batch.as_str(), as_column(at)], read_gate)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a tree passed all gates of that set.
    pub(crate) fn tree_passed(
        &self,
        rig: &RigName,
        tree: &Oid,
        gate_set: &str,
    ) -> Result<bool, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT 1 FROM passed_trees WHERE rig = ?1 AND tree = ?2 AND gate_set = ?3",
        )?;
        Ok(statement.exists([rig.as_str(), tree.as_str(), gate_set])?)
    }

    pub(super) fn put_tree_passed(
        &self,
        rig: &RigName,
        tree: &Oid,
        gate_set: &str,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO passed_trees (rig, tree, gate_set) VALUES (?1, ?2, ?3)",
            )?
            .execute([rig.as_str(), tree.as_str(), gate_set])?;
        Ok(())
    }

    pub(super) fn put_batch(&self, row: &BatchRow) -> Result<(), StoreError> {
        let body = serde_json::to_string(&Body {
            members: row.members.clone(),
            base_tree: row.base_tree.clone(),
            stack: row.stack.clone(),
            there: row.there.clone(),
            search: row.search,
            at: row.at,
            gate_set: row.gate_set.clone(),
            gate: row.gate,
            tries: row.tries,
            red: row.red.clone(),
        })?;
        let step = row.step();
        let sql = "INSERT INTO batches (id, rig, phase, old, new, tree, body, reason, created_at, ended_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                   ON CONFLICT (id) DO UPDATE SET phase = ?3, old = ?4, new = ?5, tree = ?6, body = ?7,
                       reason = ?8, ended_at = ?10";
        self.conn.prepare_cached(sql)?.execute(params![
            row.id.as_str(),
            row.rig.as_str(),
            row.phase.word(),
            row.old.as_ref().map(Oid::as_str),
            step.map(|step| step.commit.as_str()),
            step.map(|step| step.tree.as_str()),
            body,
            row.reason,
            row.created_at,
            row.ended_at,
        ])?;
        Ok(())
    }

    pub(super) fn put_gate(&self, row: &GateRow) -> Result<(), StoreError> {
        let sql =
            "INSERT OR REPLACE INTO gates (batch, at, position, name, outcome, took, job, tail, tree)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        self.conn.prepare_cached(sql)?.execute(params![
            row.batch.as_str(),
            as_column(row.at),
            row.position,
            row.name,
            row.outcome.word(),
            row.took,
            row.job.as_str(),
            row.tail,
            row.tree.as_str(),
        ])?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<BatchRow> {
    let body: Body = json(row, "body")?;
    Ok(BatchRow {
        id: text(row, "id")?,
        rig: text(row, "rig")?,
        phase: text(row, "phase")?,
        members: body.members,
        old: text_or_null(row, "old")?,
        base_tree: body.base_tree,
        stack: body.stack,
        there: body.there,
        search: body.search,
        at: body.at,
        gate_set: body.gate_set,
        gate: body.gate,
        tries: body.tries,
        red: body.red,
        reason: row.get("reason")?,
        created_at: row.get("created_at")?,
        ended_at: row.get("ended_at")?,
    })
}

fn read_gate(row: &Row<'_>) -> rusqlite::Result<GateRow> {
    Ok(GateRow {
        batch: text(row, "batch")?,
        at: size(row, "at")?,
        position: row.get("position")?,
        name: row.get("name")?,
        outcome: text(row, "outcome")?,
        took: row.get("took")?,
        job: text(row, "job")?,
        tail: row.get("tail")?,
        tree: text(row, "tree")?,
    })
}
