//! Beads as rows: read, written, found by id; labels and comments with them.
//!
//! Every write that an export would show marks the line that the bead was imported by.

use rusqlite::{OptionalExtension, Row, params};

use crate::domain::{
    BeadCounts, BeadId, BeadRest, BeadStatus, BeadType, CommentView, Priority, RigName,
};
use crate::rules::row::{BeadRow, CommentRow, TombstoneRow};

use super::blocked::Standing;
use super::columns::{json, text, text_or_null};
use super::{Store, StoreError};

const PUT: &str = "INSERT INTO beads (id, rig, title, description, status, type, priority, assignee, created_by, created_at,
        updated_at, closed_at, close_reason, design, acceptance, notes, spec_id, owner, external_ref, estimate, started_at,
        due_at, defer_until, ephemeral, pinned, template, failed, more, is_blocked)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24,
        ?25, ?26, ?27, ?28, 0)
    ON CONFLICT (id) DO UPDATE SET rig = ?2, title = ?3, description = ?4, status = ?5, type = ?6, priority = ?7,
        assignee = ?8, created_by = ?9, created_at = ?10, updated_at = ?11, closed_at = ?12, close_reason = ?13, design = ?14,
        acceptance = ?15, notes = ?16, spec_id = ?17, owner = ?18, external_ref = ?19, estimate = ?20, started_at = ?21,
        due_at = ?22, defer_until = ?23, ephemeral = ?24, pinned = ?25, template = ?26, failed = ?27, more = ?28";

impl Store {
    /// A bead by its exact id.
    pub(crate) fn bead(&self, id: &BeadId) -> Result<Option<BeadRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM beads WHERE id = ?1")?;
        Ok(statement.query_row([id.as_str()], read).optional()?)
    }

    /// Whether an id is or was in use: by a bead, a convoy, or a bead that was deleted.
    pub(crate) fn id_taken(&self, id: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM beads WHERE id = ?1) OR EXISTS (SELECT 1 FROM convoys WHERE id = ?1)
                   OR EXISTS (SELECT 1 FROM tombstones WHERE id = ?1)";
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

    /// Counts by status, for the top line.
    pub(crate) fn bead_counts(&self) -> Result<BeadCounts, StoreError> {
        let sql =
            "SELECT status, is_blocked, sum(count) FROM bead_counts GROUP BY status, is_blocked";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut counts = BeadCounts::default();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let status: String = row.get(0)?;
            let blocked: bool = row.get(1)?;
            let count: i64 = row.get(2)?;
            let count = u64::try_from(count).unwrap_or(0);
            let place = match BeadStatus::stored(&status) {
                BeadStatus::Open if blocked => &mut counts.blocked,
                BeadStatus::Open => &mut counts.ready,
                BeadStatus::Blocked | BeadStatus::Deferred | BeadStatus::Foreign => {
                    &mut counts.blocked
                }
                BeadStatus::Hooked | BeadStatus::InProgress => &mut counts.in_progress,
                BeadStatus::InReview => &mut counts.in_review,
                BeadStatus::Closed => &mut counts.closed,
                // A reference card is no work.
                BeadStatus::Pinned => continue,
            };
            *place += count;
        }
        Ok(counts)
    }

    pub(super) fn put_bead(&self, bead: &BeadRow) -> Result<(), StoreError> {
        let before = self.standing(&bead.id)?;
        let rest = &bead.rest;
        let failed = bead.has_failed();
        self.conn.prepare_cached(PUT)?.execute(params![
            bead.id.as_str(),
            bead.rig.as_ref().map(RigName::as_str),
            bead.title,
            bead.description,
            bead.status_text(),
            bead.kind_text(),
            bead.priority.number(),
            bead.assignee,
            bead.created_by,
            bead.created_at,
            bead.updated_at,
            bead.closed_at,
            bead.close_reason,
            rest.design,
            rest.acceptance,
            rest.notes,
            rest.spec_id,
            rest.owner,
            rest.external_ref,
            rest.estimate,
            rest.started_at,
            rest.due_at,
            rest.defer_until,
            rest.ephemeral,
            rest.pinned,
            rest.template,
            failed,
            serde_json::to_string(&rest.more)?,
        ])?;
        self.edited(&bead.id)?;
        let after = Standing {
            inactive: bead.status.is_inactive(),
            closed: bead.status == BeadStatus::Closed,
            failed,
        };
        if before == Some(after) {
            return Ok(());
        }
        self.settle_around(&bead.id)
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
        if add.is_empty() && remove.is_empty() {
            return Ok(());
        }
        self.edited(id)
    }

    /// The labels of a bead, sorted.
    pub(crate) fn labels(&self, id: &BeadId) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT label FROM labels WHERE bead = ?1 ORDER BY label";
        self.texts(sql, id.as_str())
    }

    pub(super) fn put_comment(&self, comment: &CommentRow) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO comments (bead, id, author, text, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT (bead, id) DO UPDATE SET author = ?3, text = ?4, created_at = ?5";
        self.conn.prepare_cached(sql)?.execute(params![
            comment.bead.as_str(),
            comment.id,
            comment.author,
            comment.text,
            comment.created_at,
        ])?;
        self.edited(&comment.bead)
    }

    /// Whether a comment has that id.
    pub(crate) fn comment_taken(&self, bead: &BeadId, id: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM comments WHERE bead = ?1 AND id = ?2)";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([bead.as_str(), id], |row| row.get(0))?)
    }

    /// What was said about a bead, oldest first.
    pub(crate) fn comments(&self, id: &BeadId) -> Result<Vec<CommentView>, StoreError> {
        let sql = "SELECT * FROM comments WHERE bead = ?1 ORDER BY created_at, id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([id.as_str()], |row| {
            Ok(CommentView {
                id: row.get("id")?,
                bead: text(row, "bead")?,
                author: row.get("author")?,
                text: row.get("text")?,
                created_at: row.get("created_at")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether agents have worked on a bead.
    pub(crate) fn on_record(&self, id: &BeadId) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM incarnations WHERE bead = ?1) OR EXISTS (SELECT 1 FROM merges WHERE bead = ?1)";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([id.as_str()], |row| row.get(0))?)
    }

    /// Takes a bead away with its labels, comments and edges; its id is never given again.
    pub(super) fn drop_bead(&self, gone: &TombstoneRow) -> Result<(), StoreError> {
        let id = gone.id.as_str();
        let mut moved = self.moved_by(&gone.id)?;
        let below = "SELECT bead FROM deps WHERE target = ?1 AND kind = 'parent-child'";
        moved.extend(self.texts(below, id)?);
        for sql in [
            "UPDATE imported SET dirty = 1 WHERE bead IN (SELECT bead FROM deps WHERE target = ?1)",
            "DELETE FROM imported WHERE bead = ?1",
            "DELETE FROM labels WHERE bead = ?1",
            "DELETE FROM comments WHERE bead = ?1",
            "DELETE FROM deps WHERE bead = ?1 OR target = ?1",
            "DELETE FROM convoy_beads WHERE bead = ?1",
            "DELETE FROM beads WHERE id = ?1",
        ] {
            self.conn.prepare_cached(sql)?.execute([id])?;
        }
        self.put_tombstone(gone)?;
        self.settle_blocked(moved)
    }

    /// Remembers that a bead was there: its id is never given again.
    pub(super) fn put_tombstone(&self, gone: &TombstoneRow) -> Result<(), StoreError> {
        // Of one that is known already what it said here is worth more.
        let sql = "INSERT INTO tombstones (id, at, by, reason, type, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT (id) DO NOTHING";
        self.conn.prepare_cached(sql)?.execute(params![
            gone.id.as_str(),
            gone.at,
            gone.by,
            gone.reason,
            gone.kind,
            gone.body,
        ])?;
        Ok(())
    }

    /// The line a bead came in by is no longer what it is.
    pub(super) fn edited(&self, id: &BeadId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE imported SET dirty = 1 WHERE bead = ?1 AND dirty = 0")?
            .execute([id.as_str()])?;
        Ok(())
    }
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<BeadRow> {
    let priority: u8 = row.get("priority")?;
    let status: String = row.get("status")?;
    let kind: String = row.get("type")?;
    let (status, status_word) = known_status(status);
    let (kind, kind_word) = known_type(kind);
    Ok(BeadRow {
        id: text(row, "id")?,
        rig: text_or_null(row, "rig")?,
        title: row.get("title")?,
        description: row.get("description")?,
        status,
        status_word,
        kind,
        kind_word,
        priority: Priority::try_from(priority).unwrap_or(Priority::NORMAL),
        assignee: row.get("assignee")?,
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        closed_at: row.get("closed_at")?,
        close_reason: row.get("close_reason")?,
        is_blocked: row.get("is_blocked")?,
        rest: Box::new(rest(row)?),
    })
}

fn rest(row: &Row<'_>) -> rusqlite::Result<BeadRest> {
    Ok(BeadRest {
        design: row.get("design")?,
        acceptance: row.get("acceptance")?,
        notes: row.get("notes")?,
        spec_id: row.get("spec_id")?,
        owner: row.get("owner")?,
        external_ref: row.get("external_ref")?,
        estimate: row.get("estimate")?,
        started_at: row.get("started_at")?,
        due_at: row.get("due_at")?,
        defer_until: row.get("defer_until")?,
        ephemeral: row.get("ephemeral")?,
        pinned: row.get("pinned")?,
        template: row.get("template")?,
        more: json(row, "more")?,
    })
}

/// A stored status, with its word when it is not ours.
pub(super) fn known_status(word: String) -> (BeadStatus, Option<String>) {
    match BeadStatus::stored(&word) {
        BeadStatus::Foreign => (BeadStatus::Foreign, Some(word)),
        known => (known, None),
    }
}

fn known_type(word: String) -> (BeadType, Option<String>) {
    match BeadType::stored(&word) {
        BeadType::Foreign => (BeadType::Foreign, Some(word)),
        known => (known, None),
    }
}
