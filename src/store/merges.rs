//! Merge requests and the results of their gates.

use rusqlite::{OptionalExtension, Row, params};

use crate::domain::{BeadId, MergeId, Oid, Priority, RigName};
use crate::rules::row::{GateRow, MergeRow};

use super::columns::{text, text_or_null};
use super::{Store, StoreError};

/// Phases in which a request has not ended, for SQL.
const OPEN: &str = "('queued', 'fetching', 'preparing', 'gating', 'landing', 'held')";

impl Store {
    /// A merge request by id.
    pub(crate) fn merge(&self, id: &MergeId) -> Result<Option<MergeRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM merges WHERE id = ?1")?;
        Ok(statement.query_row([id.as_str()], read).optional()?)
    }

    /// Requests that have not ended, oldest first.
    pub(crate) fn open_merges(&self, rig: Option<&RigName>) -> Result<Vec<MergeRow>, StoreError> {
        let sql = format!(
            "SELECT * FROM merges WHERE phase IN {OPEN} AND (?1 IS NULL OR rig = ?1) ORDER BY created_at, id"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([rig.map(RigName::as_str)], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The last requests that landed or were sent back, newest first.
    pub(crate) fn ended_merges(
        &self,
        rig: Option<&RigName>,
        limit: u32,
    ) -> Result<Vec<MergeRow>, StoreError> {
        let sql = "SELECT * FROM merges WHERE phase IN ('landed', 'sent-back') AND (?1 IS NULL OR rig = ?1)
                   ORDER BY ended_at DESC, length(id) DESC, id DESC LIMIT ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(params![rig.map(RigName::as_str), limit], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The request in which a bead waits to land.
    pub(crate) fn open_merge_of(&self, bead: &BeadId) -> Result<Option<MergeRow>, StoreError> {
        let sql = format!(
            "SELECT * FROM merges WHERE bead = ?1 AND phase IN {OPEN} ORDER BY created_at DESC LIMIT 1"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row([bead.as_str()], read).optional()?)
    }

    /// The newest request of a bead.
    pub(crate) fn newest_merge_of(&self, bead: &BeadId) -> Result<Option<MergeRow>, StoreError> {
        let sql = "SELECT * FROM merges WHERE bead = ?1 ORDER BY created_at DESC, length(id) DESC, id DESC LIMIT 1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([bead.as_str()], read).optional()?)
    }

    /// The gates that ended for a request, in order.
    pub(crate) fn gates(&self, merge: &MergeId) -> Result<Vec<GateRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM gates WHERE merge = ?1 ORDER BY position")?;
        let rows = statement.query_map([merge.as_str()], |row| {
            Ok(GateRow {
                merge: text(row, "merge")?,
                position: row.get("position")?,
                name: row.get("name")?,
                outcome: text(row, "outcome")?,
                took: row.get("took")?,
                job: text(row, "job")?,
                tail: row.get("tail")?,
                tree: text(row, "tree")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn put_merge(&self, row: &MergeRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO merges (id, rig, bead, author, incarnation, branch, tip, base, attempt, priority, phase, reason,
                       old, new, tree, gate, races, created_at, ended_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
                   ON CONFLICT (id) DO UPDATE SET priority = ?10, phase = ?11, reason = ?12, old = ?13, new = ?14, tree = ?15,
                       gate = ?16, races = ?17, ended_at = ?19";
        self.conn.prepare_cached(sql)?.execute(params![
            row.id.as_str(),
            row.rig.as_str(),
            row.bead.as_str(),
            row.author.to_string(),
            row.incarnation.as_str(),
            row.branch,
            row.tip.as_str(),
            row.base.as_str(),
            row.attempt,
            row.priority.number(),
            row.phase.word(),
            row.reason,
            row.old.as_ref().map(Oid::as_str),
            row.new.as_ref().map(Oid::as_str),
            row.tree.as_ref().map(Oid::as_str),
            row.gate,
            row.races,
            row.created_at,
            row.ended_at,
        ])?;
        Ok(())
    }

    pub(super) fn put_gate(&self, row: &GateRow) -> Result<(), StoreError> {
        let sql =
            "INSERT OR REPLACE INTO gates (merge, position, name, outcome, took, job, tail, tree)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        self.conn.prepare_cached(sql)?.execute(params![
            row.merge.as_str(),
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

fn read(row: &Row<'_>) -> rusqlite::Result<MergeRow> {
    let priority: u8 = row.get("priority")?;
    Ok(MergeRow {
        id: text(row, "id")?,
        rig: text(row, "rig")?,
        bead: text(row, "bead")?,
        author: text(row, "author")?,
        incarnation: text(row, "incarnation")?,
        branch: row.get("branch")?,
        tip: text(row, "tip")?,
        base: text(row, "base")?,
        attempt: row.get("attempt")?,
        priority: Priority::try_from(priority).unwrap_or(Priority::NORMAL),
        phase: text(row, "phase")?,
        reason: row.get("reason")?,
        old: text_or_null(row, "old")?,
        new: text_or_null(row, "new")?,
        tree: text_or_null(row, "tree")?,
        gate: row.get("gate")?,
        races: row.get("races")?,
        created_at: row.get("created_at")?,
        ended_at: row.get("ended_at")?,
    })
}
