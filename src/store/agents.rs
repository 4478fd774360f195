//! Incarnations, runs and nudges.

use std::path::PathBuf;

use rusqlite::{OptionalExtension, Row, params};

use crate::domain::{AgentName, BeadId, IncarnationId, NudgeId, Oid, RigName, RunId};
use crate::rules::row::{IncarnationRow, NudgeRow, RunPhase, RunRow};

use super::columns::{json, json_or_null, text, text_or_null};
use super::{Store, StoreError};

impl Store {
    /// An incarnation by id.
    pub(crate) fn incarnation(
        &self,
        id: &IncarnationId,
    ) -> Result<Option<IncarnationRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM incarnations WHERE id = ?1")?;
        Ok(statement
            .query_row([id.as_str()], read_incarnation)
            .optional()?)
    }

    /// Incarnations that are not buried, by rig, name and number.
    pub(crate) fn living(&self) -> Result<Vec<IncarnationRow>, StoreError> {
        let sql = "SELECT * FROM incarnations WHERE phase <> 'buried' ORDER BY rig, name, number";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], read_incarnation)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The incarnation that has a bead on its hook: neither ending nor ended.
    pub(crate) fn holder_of(&self, bead: &BeadId) -> Result<Option<IncarnationRow>, StoreError> {
        let sql = "SELECT * FROM incarnations WHERE bead = ?1 AND phase IN ('preparing', 'running', 'failed')
                   ORDER BY created_at DESC LIMIT 1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement
            .query_row([bead.as_str()], read_incarnation)
            .optional()?)
    }

    /// The newest incarnation of a seat, by name in any case.
    pub(crate) fn newest_of(
        &self,
        rig: &RigName,
        name: &AgentName,
    ) -> Result<Option<IncarnationRow>, StoreError> {
        let sql = "SELECT * FROM incarnations WHERE rig = ?1 AND name = ?2 COLLATE NOCASE ORDER BY number DESC LIMIT 1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement
            .query_row([rig.as_str(), name.as_str()], read_incarnation)
            .optional()?)
    }

    /// The newest incarnation of every seat of that name, in any case, over all rigs.
    pub(crate) fn named(&self, name: &AgentName) -> Result<Vec<IncarnationRow>, StoreError> {
        let sql = "SELECT i.* FROM incarnations i WHERE i.name = ?1 COLLATE NOCASE AND i.number =
                       (SELECT max(number) FROM incarnations WHERE rig = i.rig AND name = i.name)
                   ORDER BY i.phase = 'buried', i.rig";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([name.as_str()], read_incarnation)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Incarnations that have, or may have, something under rescue refs or in the trash, newest first.
    pub(crate) fn graves(&self) -> Result<Vec<IncarnationRow>, StoreError> {
        let sql = "SELECT * FROM incarnations WHERE phase <> 'buried' OR rescue IS NOT NULL OR trash IS NOT NULL
                   ORDER BY coalesce(ended_at, created_at) DESC, id DESC";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], read_incarnation)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Buried incarnations whose folder is in the trash since before a wall time, oldest first.
    pub(crate) fn in_trash_since(&self, wall: i64) -> Result<Vec<IncarnationRow>, StoreError> {
        let sql = "SELECT * FROM incarnations WHERE phase = 'buried' AND trash IS NOT NULL AND ended_at < ?1
                   ORDER BY ended_at";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([wall], read_incarnation)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Names in a rig whose seat is not free.
    pub(crate) fn taken_names(&self, rig: &RigName) -> Result<Vec<AgentName>, StoreError> {
        let sql = "SELECT DISTINCT name FROM incarnations WHERE rig = ?1 AND phase <> 'buried'";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([rig.as_str()], |row| text(row, "name"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The number of a seat's next incarnation.
    pub(crate) fn next_incarnation(
        &self,
        rig: &RigName,
        name: &AgentName,
    ) -> Result<i64, StoreError> {
        let sql =
            "SELECT coalesce(max(number), 0) + 1 FROM incarnations WHERE rig = ?1 AND name = ?2";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([rig.as_str(), name.as_str()], |row| row.get(0))?)
    }

    /// A run by id.
    pub(crate) fn run(&self, id: &RunId) -> Result<Option<RunRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM runs WHERE id = ?1")?;
        Ok(statement.query_row([id.as_str()], read_run).optional()?)
    }

    /// Runs that live or are to be started.
    pub(crate) fn open_runs(&self) -> Result<Vec<RunRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM runs WHERE phase IN ('Wanted', 'Live') ORDER BY id")?;
        let rows = statement.query_map([], read_run)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The run that a session token belongs to, while it lives.
    pub(crate) fn run_of_token(&self, hash: &str) -> Result<Option<RunRow>, StoreError> {
        let sql = "SELECT * FROM runs WHERE token_hash = ?1 AND phase IN ('Wanted', 'Live')";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([hash], read_run).optional()?)
    }

    /// The run whose process is `pid` with that start time, while it lives.
    pub(crate) fn run_of_process(
        &self,
        pid: i32,
        started: u64,
    ) -> Result<Option<RunRow>, StoreError> {
        let sql = "SELECT * FROM runs WHERE phase = 'Live' AND pid = ?1 AND pid_started = ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let started = i64::try_from(started).unwrap_or(i64::MAX);
        Ok(statement
            .query_row(params![pid, started], read_run)
            .optional()?)
    }

    /// A nudge by id.
    pub(crate) fn nudge(&self, id: &NudgeId) -> Result<Option<NudgeRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM nudges WHERE id = ?1")?;
        Ok(statement.query_row([id.as_str()], read_nudge).optional()?)
    }

    /// Nudges that are not over, oldest first.
    pub(crate) fn open_nudges(&self) -> Result<Vec<NudgeRow>, StoreError> {
        let sql = "SELECT * FROM nudges WHERE phase IN ('queued', 'typing') ORDER BY created_at, length(id), id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], read_nudge)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn put_incarnation(&self, row: &IncarnationRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO incarnations (id, rig, name, number, alias, bead, branch, phase, base, start, origin, attempt,
                       sent_back, worktree, state, evidence, since, runs, crashes, restart_at, stop_at, ending, note, rescue,
                       trash, created_at, ended_at, tree_gone)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
                       ?23, ?24, ?25, ?26, ?27, ?28)
                   ON CONFLICT (id) DO UPDATE SET phase = ?8, base = ?9, start = ?10, state = ?15, evidence = ?16, since = ?17,
                       runs = ?18, crashes = ?19, restart_at = ?20, stop_at = ?21, ending = ?22, note = ?23, rescue = ?24,
                       trash = ?25, ended_at = ?27, tree_gone = ?28";
        let path = |path: &PathBuf| path.to_string_lossy().into_owned();
        self.conn.prepare_cached(sql)?.execute(params![
            row.id.as_str(),
            row.rig.as_str(),
            row.name.as_str(),
            row.number,
            row.alias.as_str(),
            row.bead.as_str(),
            row.branch,
            row.phase.word(),
            row.base.as_ref().map(Oid::as_str),
            row.start.as_ref().map(Oid::as_str),
            row.from.as_ref().map(Oid::as_str),
            row.attempt,
            row.sent_back,
            path(&row.worktree),
            row.state.word(),
            row.evidence,
            row.since,
            row.runs,
            serde_json::to_string(&row.crashes)?,
            row.restart_at,
            row.stop_at,
            row.end,
            row.note,
            row.rescue,
            row.trash.as_ref().map(path),
            row.created_at,
            row.ended_at,
            row.tree_gone,
        ])?;
        Ok(())
    }

    pub(super) fn put_run(&self, row: &RunRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO runs (id, incarnation, phase, pid, pid_started, token_hash, exit, started_at, ended_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                   ON CONFLICT (id) DO UPDATE SET phase = ?3, pid = ?4, pid_started = ?5, token_hash = ?6, exit = ?7,
                       started_at = ?8, ended_at = ?9";
        self.conn.prepare_cached(sql)?.execute(params![
            row.id.as_str(),
            row.incarnation.as_str(),
            phase_word(row.phase),
            row.pid,
            row.pid_started.and_then(|value| i64::try_from(value).ok()),
            row.token_hash,
            row.exit.as_ref().map(serde_json::to_string).transpose()?,
            row.started_at,
            row.ended_at,
        ])?;
        Ok(())
    }

    pub(super) fn put_nudge(&self, row: &NudgeRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO nudges (id, incarnation, recipient, sender, text, phase, step, reason, deadline, tries, created_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                   ON CONFLICT (id) DO UPDATE SET phase = ?6, step = ?7, reason = ?8, deadline = ?9, tries = ?10";
        self.conn.prepare_cached(sql)?.execute(params![
            row.id.as_str(),
            row.incarnation.as_str(),
            row.to.to_string(),
            row.from.to_string(),
            row.text,
            row.phase.word(),
            serde_json::to_string(&row.step)?,
            row.reason,
            row.deadline,
            row.tries,
            row.created_at,
        ])?;
        Ok(())
    }
}

const fn phase_word(phase: RunPhase) -> &'static str {
    match phase {
        RunPhase::Wanted => "Wanted",
        RunPhase::Live => "Live",
        RunPhase::Ended => "Ended",
    }
}

fn read_incarnation(row: &Row<'_>) -> rusqlite::Result<IncarnationRow> {
    let path = |name: &str| row.get::<_, String>(name).map(PathBuf::from);
    Ok(IncarnationRow {
        id: text(row, "id")?,
        rig: text(row, "rig")?,
        name: text(row, "name")?,
        number: row.get("number")?,
        alias: text(row, "alias")?,
        bead: text(row, "bead")?,
        branch: row.get("branch")?,
        phase: text(row, "phase")?,
        base: text_or_null(row, "base")?,
        start: text_or_null(row, "start")?,
        from: text_or_null(row, "origin")?,
        attempt: row.get("attempt")?,
        sent_back: row.get("sent_back")?,
        worktree: path("worktree")?,
        state: text(row, "state")?,
        evidence: row.get("evidence")?,
        since: row.get("since")?,
        runs: row.get("runs")?,
        crashes: json(row, "crashes")?,
        restart_at: row.get("restart_at")?,
        stop_at: row.get("stop_at")?,
        end: row.get("ending")?,
        note: row.get("note")?,
        tree_gone: row.get("tree_gone")?,
        rescue: row.get("rescue")?,
        trash: row.get::<_, Option<String>>("trash")?.map(PathBuf::from),
        created_at: row.get("created_at")?,
        ended_at: row.get("ended_at")?,
    })
}

fn read_run(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    let phase: String = row.get("phase")?;
    let started: Option<i64> = row.get("pid_started")?;
    Ok(RunRow {
        id: text(row, "id")?,
        incarnation: text(row, "incarnation")?,
        phase: match phase.as_str() {
            "Wanted" => RunPhase::Wanted,
            "Live" => RunPhase::Live,
            _ => RunPhase::Ended,
        },
        pid: row.get("pid")?,
        pid_started: started.and_then(|value| u64::try_from(value).ok()),
        token_hash: row.get("token_hash")?,
        exit: json_or_null(row, "exit")?,
        started_at: row.get("started_at")?,
        ended_at: row.get("ended_at")?,
    })
}

fn read_nudge(row: &Row<'_>) -> rusqlite::Result<NudgeRow> {
    Ok(NudgeRow {
        id: text(row, "id")?,
        incarnation: text(row, "incarnation")?,
        to: text(row, "recipient")?,
        from: text(row, "sender")?,
        text: row.get("text")?,
        phase: text(row, "phase")?,
        step: json(row, "step")?,
        reason: row.get("reason")?,
        deadline: row.get("deadline")?,
        tries: row.get("tries")?,
        created_at: row.get("created_at")?,
    })
}
