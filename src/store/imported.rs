//! The lines that beads came in by: held, found, and given out in their order.

use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use crate::domain::BeadId;
use crate::rules::row::{CommentRow, DepRow, ImportedRow};

use super::columns::{text, text_or_null};
use super::edges::read_dep;
use super::{Store, StoreError};

impl Store {
    /// Holds a line; a bead has one, and a place holds one.
    pub(super) fn put_imported(&self, row: &ImportedRow) -> Result<(), StoreError> {
        let bead = row.bead.as_ref().map(BeadId::as_str);
        self.conn
            .prepare_cached("DELETE FROM imported WHERE bead = ?1")?
            .execute([bead])?;
        let sql =
            "INSERT OR REPLACE INTO imported (file, ordinal, bead, line, dialect, hash, dirty)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.conn.prepare_cached(sql)?.execute(params![
            row.file,
            row.place,
            bead,
            row.line,
            row.dialect,
            hash(&row.line),
            row.dirty
        ])?;
        Ok(())
    }

    /// Forgets the lines without a bead that stood in a file before this place.
    pub(super) fn drop_imported(&self, file: &str, before: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "DELETE FROM imported WHERE file = ?1 AND ordinal < ?2 AND bead IS NULL",
            )?
            .execute(params![file, before])?;
        Ok(())
    }

    /// The line that a bead came in by.
    pub(crate) fn imported_by(&self, bead: &BeadId) -> Result<Option<ImportedRow>, StoreError> {
        let sql = "SELECT * FROM imported WHERE bead = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([bead.as_str()], read).optional()?)
    }

    /// Whether a file has this very line, without a bead.
    pub(crate) fn holds_line(&self, file: &str, line: &[u8]) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM imported WHERE hash = ?1 AND bead IS NULL AND file = ?2 AND line = ?3)";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row(params![hash(line), file, line], |row| row.get(0))?)
    }

    /// The place behind every line of a file.
    pub(crate) fn next_place(&self, file: &str) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce(max(ordinal), 0) + 1 FROM imported WHERE file = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([file], |row| row.get(0))?)
    }

    /// Lines behind a place, in their order, at most 200.
    pub(crate) fn imported_after(
        &self,
        file: &str,
        place: i64,
    ) -> Result<Vec<ImportedRow>, StoreError> {
        let sql = "SELECT * FROM imported WHERE (file, ordinal) > (?1, ?2) AND dialect <> 'beside' ORDER BY file, ordinal LIMIT 200";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(params![file, place], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Beads that came in by no file and are no wisps, behind an id, at most 200.
    pub(crate) fn unimported_after(&self, id: &str) -> Result<Vec<BeadId>, StoreError> {
        let sql = "SELECT id FROM beads b WHERE id > ?1 AND ephemeral = 0
                   AND NOT EXISTS (SELECT 1 FROM imported i WHERE i.bead = b.id) ORDER BY id LIMIT 200";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([id], |row| text(row, "id"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Who wrote the first line that came in.
    pub(crate) fn imported_dialect(&self) -> Result<Option<String>, StoreError> {
        let sql =
            "SELECT dialect FROM imported WHERE bead IS NOT NULL ORDER BY file, ordinal LIMIT 1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([], |row| row.get(0)).optional()?)
    }

    /// Every edge of a bead, as stored.
    pub(crate) fn deps_of(&self, id: &BeadId) -> Result<Vec<DepRow>, StoreError> {
        let sql = "SELECT * FROM deps WHERE bead = ?1 ORDER BY created_at, target";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([id.as_str()], read_dep)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What was said about a bead, as stored.
    pub(crate) fn comments_of(&self, id: &BeadId) -> Result<Vec<CommentRow>, StoreError> {
        let comments = self.comments(id)?.into_iter();
        Ok(comments
            .map(|view| CommentRow {
                bead: view.bead,
                id: view.id,
                author: view.author,
                text: view.text,
                created_at: view.created_at,
            })
            .collect())
    }
}

fn hash(line: &[u8]) -> String {
    format!("{:x}", Sha256::digest(line))
}

fn read(row: &Row<'_>) -> rusqlite::Result<ImportedRow> {
    Ok(ImportedRow {
        file: row.get("file")?,
        place: row.get("ordinal")?,
        bead: text_or_null(row, "bead")?,
        line: row.get("line")?,
        dialect: row.get("dialect")?,
        dirty: row.get("dirty")?,
    })
}
