//! Rigs.

use rusqlite::{OptionalExtension, Row, params};

use crate::domain::RigName;
use crate::rules::row::RigRow;

use super::columns::{as_column, json_or_null, size, text, text_or_null};
use super::{Store, StoreError};

impl Store {
    /// A rig by its exact name.
    pub(crate) fn rig(&self, name: &RigName) -> Result<Option<RigRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM rigs WHERE name = ?1")?;
        Ok(statement.query_row([name.as_str()], read).optional()?)
    }

    /// All rigs, by name.
    pub(crate) fn rigs(&self) -> Result<Vec<RigRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM rigs ORDER BY name")?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn put_rig(&self, rig: &RigRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO rigs (name, url, prefix, wanted, target, phase, note, test_hint, tip, fetched_at, stopped, batch_window, created_at, chosen)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                   ON CONFLICT (name) DO UPDATE SET url = ?2, prefix = ?3, wanted = ?4, target = ?5, phase = ?6,
                       note = ?7, test_hint = ?8, tip = ?9, fetched_at = ?10, stopped = ?11, batch_window = ?12, chosen = ?14";
        self.conn.prepare_cached(sql)?.execute(params![
            rig.name.as_str(),
            rig.url,
            rig.prefix.as_str(),
            rig.wanted,
            rig.target,
            rig.phase.word(),
            rig.note,
            rig.test_hint,
            rig.tip.as_ref().map(crate::domain::Oid::as_str),
            rig.fetched_at,
            rig.stopped
                .as_ref()
                .map(serde_json::to_string)
                .transpose()?,
            as_column(rig.window),
            rig.created_at,
            rig.chosen,
        ])?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<RigRow> {
    Ok(RigRow {
        name: text(row, "name")?,
        url: row.get("url")?,
        prefix: text(row, "prefix")?,
        wanted: row.get("wanted")?,
        target: row.get("target")?,
        phase: text(row, "phase")?,
        note: row.get("note")?,
        test_hint: row.get("test_hint")?,
        tip: text_or_null(row, "tip")?,
        fetched_at: row.get("fetched_at")?,
        stopped: json_or_null(row, "stopped")?,
        window: size(row, "batch_window")?,
        created_at: row.get("created_at")?,
        chosen: row.get("chosen")?,
    })
}
