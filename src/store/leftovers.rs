//! Processes that outlived the stop of their run, until they have ended.

use rusqlite::{Row, params};

use crate::domain::Leftover;
use crate::rules::row::LeftoverRow;

use super::columns::text;
use super::{Store, StoreError};

impl Store {
    /// All of them, oldest first.
    pub(crate) fn leftovers(&self) -> Result<Vec<LeftoverRow>, StoreError> {
        let sql = "SELECT * FROM leftovers ORDER BY since, pid, started";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn put_leftover(&self, row: &LeftoverRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO leftovers (pid, started, command, run, agent, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT DO NOTHING";
        self.conn.prepare_cached(sql)?.execute(params![
            row.process.pid,
            started(row),
            row.process.command,
            row.run.as_str(),
            row.agent.to_string(),
            row.since,
        ])?;
        Ok(())
    }

    pub(super) fn drop_leftover(&self, row: &LeftoverRow) -> Result<(), StoreError> {
        let sql = "DELETE FROM leftovers WHERE pid = ?1 AND started = ?2";
        self.conn
            .prepare_cached(sql)?
            .execute(params![row.process.pid, started(row)])?;
        Ok(())
    }
}

fn started(row: &LeftoverRow) -> i64 {
    i64::try_from(row.process.started).unwrap_or(i64::MAX)
}

fn read(row: &Row<'_>) -> rusqlite::Result<LeftoverRow> {
    let started: i64 = row.get("started")?;
    Ok(LeftoverRow {
        process: Leftover {
            pid: row.get("pid")?,
            started: u64::try_from(started).unwrap_or(0),
            command: row.get("command")?,
        },
        run: text(row, "run")?,
        agent: text(row, "agent")?,
        since: row.get("since")?,
    })
}
