//! Settings of the ledger, and what people and agents keep in it, by key.

use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError};

impl Store {
    /// A value by its exact key.
    pub(crate) fn kv(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT value FROM kv WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    /// Stores a value outside of any command, in a ledger that is being made.
    pub(crate) fn found_kv(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.put_kv(key, Some(value))
    }

    /// All keys that begin so, with their values, in their order.
    pub(crate) fn kv_all(&self, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT key, value FROM kv WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn put_kv(&self, key: &str, value: Option<&str>) -> Result<(), StoreError> {
        match value {
            Some(value) => self
                .conn
                .prepare_cached(
                    "INSERT INTO kv (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
                )?
                .execute(params![key, value])?,
            None => self
                .conn
                .prepare_cached("DELETE FROM kv WHERE key = ?1")?
                .execute([key])?,
        };
        Ok(())
    }
}
