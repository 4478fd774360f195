//! Merge requests.

use rusqlite::{OptionalExtension, Row, params};

use crate::domain::{BatchId, BeadId, MergeId, Oid, Priority, RigName};
use crate::rules::row::MergeRow;

use super::columns::{as_column, json_or_null, size, text, text_or_null};
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

    /// Requests of a rig that wait their turn.
    pub(crate) fn queued_merges(&self, rig: &RigName) -> Result<Vec<MergeRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM merges WHERE phase = 'queued' AND rig = ?1")?;
        let rows = statement.query_map([rig.as_str()], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The requests that are in a batch, or ended with it.
    pub(crate) fn merges_of(&self, batch: &BatchId) -> Result<Vec<MergeRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM merges WHERE batch = ?1 ORDER BY place, id")?;
        let rows = statement.query_map([batch.as_str()], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Beads that a bead waits for and that are not done.
    pub(crate) fn open_blockers(&self, bead: &BeadId) -> Result<Vec<BeadId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT d.target FROM deps d JOIN beads t ON t.id = d.target
             WHERE d.bead = ?1 AND d.kind = 'blocks' AND t.status NOT IN ('closed', 'pinned') ORDER BY d.target",
        )?;
        let rows = statement.query_map([bead.as_str()], |row| text(row, "target"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The last requests that landed, were sent back or taken out, newest first.
    pub(crate) fn ended_merges(
        &self,
        rig: Option<&RigName>,
        limit: u32,
    ) -> Result<Vec<MergeRow>, StoreError> {
        let sql = "SELECT * FROM merges WHERE phase IN ('landed', 'sent-back', 'rejected') AND (?1 IS NULL OR rig = ?1)
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

    pub(super) fn put_merge(&self, row: &MergeRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO merges (id, rig, bead, author, incarnation, branch, tip, base, attempt, priority, phase, reason,
                       batch, place, old, new, tree, conflict, races, created_at, ended_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
                   ON CONFLICT (id) DO UPDATE SET priority = ?10, phase = ?11, reason = ?12, batch = ?13, place = ?14,
                       old = ?15, new = ?16, tree = ?17, conflict = ?18, races = ?19, ended_at = ?21";
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
            row.batch.as_ref().map(BatchId::as_str),
            as_column(row.place),
            row.old.as_ref().map(Oid::as_str),
            row.new.as_ref().map(Oid::as_str),
            row.tree.as_ref().map(Oid::as_str),
            row.conflict
                .as_ref()
                .map(serde_json::to_string)
                .transpose()?,
            row.races,
            row.created_at,
            row.ended_at,
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
        batch: text_or_null(row, "batch")?,
        place: size(row, "place")?,
        old: text_or_null(row, "old")?,
        new: text_or_null(row, "new")?,
        tree: text_or_null(row, "tree")?,
        conflict: json_or_null(row, "conflict")?,
        races: row.get("races")?,
        created_at: row.get("created_at")?,
        ended_at: row.get("ended_at")?,
    })
}
