//! Convoys and what they track.

use rusqlite::{OptionalExtension, Row, params};

use crate::domain::{Address, BeadId, ConvoyId};
use crate::rules::row::ConvoyRow;

use super::columns::{text, text_or_null};
use super::{Store, StoreError};

impl Store {
    /// A convoy by its exact id.
    pub(crate) fn convoy(&self, id: &ConvoyId) -> Result<Option<ConvoyRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM convoys WHERE id = ?1")?;
        Ok(statement.query_row([id.as_str()], read).optional()?)
    }

    /// A convoy by its number in the list.
    pub(crate) fn convoy_numbered(&self, number: i64) -> Result<Option<ConvoyRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM convoys WHERE number = ?1")?;
        Ok(statement.query_row([number], read).optional()?)
    }

    /// Convoys whose id ends with `-tail`.
    pub(crate) fn convoys_with_tail(&self, tail: &str) -> Result<Vec<ConvoyRow>, StoreError> {
        let sql = "SELECT * FROM convoys WHERE substr(id, -length(?1) - 1) = '-' || ?1 LIMIT 10";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([tail], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Open convoys newest first, then at most `closed` closed ones, last closed first.
    pub(crate) fn convoys(&self, closed: u32) -> Result<Vec<ConvoyRow>, StoreError> {
        let sql = "SELECT * FROM (SELECT * FROM convoys WHERE closed_at IS NULL ORDER BY number DESC)
                   UNION ALL
                   SELECT * FROM (SELECT * FROM convoys WHERE closed_at IS NOT NULL ORDER BY closed_at DESC, number DESC LIMIT ?1)";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([closed], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The beads of a convoy, in the order they were added.
    pub(crate) fn convoy_beads(&self, id: &ConvoyId) -> Result<Vec<BeadId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT bead FROM convoy_beads WHERE convoy = ?1 ORDER BY position, bead",
        )?;
        let rows = statement.query_map([id.as_str()], |row| text(row, "bead"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The open convoys that track a bead, oldest first.
    pub(crate) fn open_convoys_of(&self, bead: &BeadId) -> Result<Vec<ConvoyRow>, StoreError> {
        let sql = "SELECT c.* FROM convoy_beads t JOIN convoys c ON c.id = t.convoy
                   WHERE t.bead = ?1 AND c.closed_at IS NULL ORDER BY c.number";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([bead.as_str()], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All convoys that track a bead, oldest first.
    pub(crate) fn convoys_of(&self, bead: &BeadId) -> Result<Vec<ConvoyId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT convoy FROM convoy_beads WHERE bead = ?1 ORDER BY convoy")?;
        let rows = statement.query_map([bead.as_str()], |row| text(row, "convoy"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The beads of a convoy that are not closed.
    pub(crate) fn open_beads_of(&self, id: &ConvoyId) -> Result<Vec<BeadId>, StoreError> {
        let sql = "SELECT b.id FROM convoy_beads t JOIN beads b ON b.id = t.bead WHERE t.convoy = ?1 AND b.status <> 'closed'";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([id.as_str()], |row| text(row, "id"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn put_convoy(&self, convoy: &ConvoyRow) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO convoys (id, number, title, notify, created_by, created_at, closed_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT (id) DO UPDATE SET title = ?3, notify = ?4, closed_at = ?7";
        self.conn.prepare_cached(sql)?.execute(params![
            convoy.id.as_str(),
            convoy.number,
            convoy.title,
            convoy.notify.as_ref().map(Address::to_string),
            convoy.created_by,
            convoy.created_at,
            convoy.closed_at,
        ])?;
        Ok(())
    }

    pub(super) fn track(&self, convoy: &ConvoyId, bead: &BeadId) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO convoy_beads (convoy, bead, position)
                   VALUES (?1, ?2, (SELECT count(*) FROM convoy_beads WHERE convoy = ?1))";
        self.conn
            .prepare_cached(sql)?
            .execute([convoy.as_str(), bead.as_str()])?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<ConvoyRow> {
    Ok(ConvoyRow {
        id: text(row, "id")?,
        number: row.get("number")?,
        title: row.get("title")?,
        notify: text_or_null(row, "notify")?,
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
        closed_at: row.get("closed_at")?,
    })
}
