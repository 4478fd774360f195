//! Single facts of the town, and counters for numbers that are never given twice.

use rusqlite::{OptionalExtension, params};

use crate::domain::Wish;

use super::{Store, StoreError};

impl Store {
    /// A fact by name.
    pub(crate) fn fact(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Stores a fact.
    pub(crate) fn set_fact(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
        self.conn
            .prepare_cached(sql)?
            .execute(params![name, value])?;
        Ok(())
    }

    /// Whether the town is wanted up; a new town is.
    pub(crate) fn wish(&self) -> Result<Wish, StoreError> {
        Ok(match self.fact("wish")?.as_deref() {
            Some("down") => Wish::Down,
            Some(_) | None => Wish::Up,
        })
    }

    /// The environment that agents are started with.
    pub(crate) fn environment(&self) -> Result<Vec<(String, String)>, StoreError> {
        match self.fact("environment")? {
            Some(text) => Ok(serde_json::from_str(&text)?),
            None => Ok(Vec::new()),
        }
    }

    /// Town time at the last commit, in milliseconds.
    pub(crate) fn town_time(&self) -> Result<i64, StoreError> {
        Ok(self
            .fact("town_time")?
            .and_then(|text| text.parse().ok())
            .unwrap_or(0))
    }

    /// The next number of a counter, from 1; part of the turn.
    pub(crate) fn next_number(&self, counter: &str) -> Result<i64, StoreError> {
        let sql = "INSERT INTO counters (name, value) VALUES (?1, 1)
                   ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([counter], |row| row.get(0))?)
    }

    /// Moves a counter on by more than one; part of the turn.
    pub(crate) fn count_more(&self, counter: &str, by: u32) -> Result<(), StoreError> {
        let sql = "INSERT INTO counters (name, value) VALUES (?1, ?2)
                   ON CONFLICT (name) DO UPDATE SET value = value + ?2";
        self.conn
            .prepare_cached(sql)?
            .execute(rusqlite::params![counter, by])?;
        Ok(())
    }

    /// How far a counter is.
    pub(crate) fn count_of(&self, counter: &str) -> Result<u64, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT value FROM counters WHERE name = ?1")?;
        let value: Option<i64> = statement
            .query_row([counter], |row| row.get(0))
            .optional()?;
        Ok(value
            .and_then(|value| u64::try_from(value).ok())
            .unwrap_or(0))
    }
}
