//! The outbox: effects that a commit owes to the world. A row is there until it is settled.

use rusqlite::{OptionalExtension, Row, params};

use crate::domain::{IncarnationId, RunId};
use crate::rules::effect::Effect;

use super::columns::json;
use super::{Store, StoreError};

/// The identity of an owed effect; never given twice.
pub(crate) type OutboxId = i64;

/// An owed effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owed {
    pub id: OutboxId,
    pub effect: Effect,
}

impl Store {
    /// What is owed, in the order in which it was decided.
    pub(crate) fn owed(&self) -> Result<Vec<Owed>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, body FROM outbox ORDER BY id")?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One owed effect, or `None` when it is settled or expired.
    pub(crate) fn owed_one(&self, id: OutboxId) -> Result<Option<Owed>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, body FROM outbox WHERE id = ?1")?;
        Ok(statement.query_row([id], read).optional()?)
    }

    /// The oldest owed effect of that very content.
    pub(crate) fn owed_like(&self, effect: &Effect) -> Result<Option<Owed>, StoreError> {
        let body = serde_json::to_string(effect)?;
        let mut statement = self.conn.prepare_cached(
            "SELECT id, body FROM outbox WHERE kind = ?1 AND body = ?2 ORDER BY id LIMIT 1",
        )?;
        Ok(statement
            .query_row([effect.kind(), body.as_str()], read)
            .optional()?)
    }

    /// Owes an effect; the same effect twice is owed once.
    pub(crate) fn owe(&self, effect: &Effect, town: i64) -> Result<Owed, StoreError> {
        if let Some(owed) = self.owed_like(effect)? {
            return Ok(owed);
        }
        let sql =
            "INSERT INTO outbox (kind, body, incarnation, created_at) VALUES (?1, ?2, ?3, ?4)";
        let body = serde_json::to_string(effect)?;
        let incarnation = effect.dies_with().map(IncarnationId::as_str);
        self.conn
            .prepare_cached(sql)?
            .execute(params![effect.kind(), body, incarnation, town])?;
        Ok(Owed {
            id: self.conn.last_insert_rowid(),
            effect: effect.clone(),
        })
    }

    /// An owed effect is settled.
    pub(crate) fn settle(&self, id: OutboxId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM outbox WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    pub(super) fn expire(&self, incarnation: &IncarnationId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM outbox WHERE incarnation = ?1")?
            .execute([incarnation.as_str()])?;
        Ok(())
    }

    pub(super) fn unlaunch(&self, run: &RunId) -> Result<(), StoreError> {
        if let Some(owed) = self.owed_like(&Effect::Launch { run: run.clone() })? {
            self.settle(owed.id)?;
        }
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Owed> {
    Ok(Owed {
        id: row.get("id")?,
        effect: json(row, "body")?,
    })
}
