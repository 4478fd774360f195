//! The ledger looked over: epics and their children, circles, beads that say the same, what happened
//! lately and to one bead. Reads only.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, params};

use crate::domain::{Activity, BeadId, EpicTally, Event, RigName, Seq};

use super::columns::text;
use super::events::read;
use super::{Store, StoreError};

/// How many epics one answer holds.
const EPICS: u32 = 500;
/// How many groups of equal beads one answer holds.
const GROUPS: usize = 1_000;
/// How many events one answer holds, and how many bytes of them.
const EVENTS: usize = 500;
const EVENT_BYTES: i64 = 400_000;

/// Beads that are listed: the terms of the index of lists.
const LISTED: &str =
    "pinned = 0 AND template = 0 AND ephemeral = 0 AND status NOT IN ('closed', 'pinned')";

/// The children of an epic `e`: by an edge, else by a dotted id.
const CHILDREN: &str = "SELECT c.status FROM deps d JOIN beads c ON c.id = d.bead
     WHERE d.target = e.id AND d.kind = 'parent-child'
     UNION ALL SELECT c.status FROM beads c WHERE c.id > e.id || '.' AND c.id < e.id || '/'
     AND instr(substr(c.id, length(e.id) + 2), '.') = 0
     AND NOT EXISTS (SELECT 1 FROM deps p WHERE p.bead = c.id AND p.kind = 'parent-child')";

impl Store {
    /// Open epics with the numbers of their children, most urgent first, and whether there are more.
    pub(crate) fn epics(
        &self,
        closable: bool,
        offset: u32,
    ) -> Result<(Vec<EpicTally>, bool), StoreError> {
        let only = if closable {
            "WHERE children > 0 AND children = closed"
        } else {
            ""
        };
        let sql = format!(
            "WITH tally AS MATERIALIZED (
                 SELECT e.id, e.title, e.priority, e.created_at,
                     (SELECT count(*) FROM ({CHILDREN})) AS children,
                     (SELECT count(*) FROM ({CHILDREN}) WHERE status = 'closed') AS closed
                 FROM beads e WHERE e.type = 'epic' AND {LISTED})
             SELECT * FROM tally {only} ORDER BY priority, created_at DESC, id LIMIT ?1 OFFSET ?2"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params![EPICS + 1, offset], |row| {
            let count = |name: &str| {
                let number: i64 = row.get(name)?;
                Ok::<_, rusqlite::Error>(u64::try_from(number).unwrap_or(0))
            };
            Ok(EpicTally {
                id: text(row, "id")?,
                title: row.get("title")?,
                children: count("children")?,
                closed: count("closed")?,
            })
        })?;
        let mut epics: Vec<EpicTally> = rows.collect::<Result<_, _>>()?;
        let most = usize::try_from(EPICS).unwrap_or(usize::MAX);
        let more = epics.len() > most;
        epics.truncate(most);
        Ok((epics, more))
    }

    /// How many open epics have only closed children.
    pub(crate) fn closable_epics(&self, rig: Option<&RigName>) -> Result<u64, StoreError> {
        let sql = format!(
            "SELECT count(*) FROM beads e WHERE e.type = 'epic' AND {LISTED} AND (?1 IS NULL OR e.rig = ?1)
             AND EXISTS ({CHILDREN}) AND NOT EXISTS (SELECT 1 FROM ({CHILDREN}) WHERE status <> 'closed')"
        );
        let count: i64 = self
            .conn
            .prepare_cached(&sql)?
            .query_row([rig.map(RigName::as_str)], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Every edge that can hold a bead back, as pairs of ids.
    pub(crate) fn holding_edges(&self) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT bead, target FROM deps
                   WHERE kind IN ('blocks', 'conditional-blocks', 'waits-for', 'parent-child')";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Open beads of the same title and the same texts, in groups, oldest first.
    pub(crate) fn doubles(&self, rig: Option<&RigName>) -> Result<Vec<Vec<BeadId>>, StoreError> {
        let sql = format!(
            "WITH said AS (SELECT lower(trim(title)) AS title FROM beads
                 WHERE {LISTED} AND (?1 IS NULL OR rig = ?1) GROUP BY 1 HAVING count(*) > 1)
             SELECT b.id, lower(trim(b.title)) AS said, trim(b.description) AS description, trim(b.design) AS design,
                 trim(b.acceptance) AS acceptance
             FROM beads b WHERE {LISTED} AND (?1 IS NULL OR b.rig = ?1)
             AND lower(trim(b.title)) IN (SELECT title FROM said) ORDER BY b.created_at, b.id"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([rig.map(RigName::as_str)])?;
        let mut places: HashMap<[String; 4], usize> = HashMap::new();
        let mut groups: Vec<Vec<BeadId>> = Vec::new();
        while let Some(row) = rows.next()? {
            let texts = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
            let place = *places.entry(texts).or_insert(groups.len());
            if place == groups.len() {
                groups.push(Vec::new());
            }
            if let Some(group) = groups.get_mut(place) {
                group.push(text(row, "id")?);
            }
        }
        groups.retain(|group| group.len() > 1);
        groups.truncate(GROUPS);
        Ok(groups)
    }

    /// What happened to beads since a wall time.
    pub(crate) fn activity(
        &self,
        since: i64,
        rig: Option<&RigName>,
    ) -> Result<Activity, StoreError> {
        let sql = "SELECT type, count(*) FROM events WHERE at >= ?1 AND bead IS NOT NULL
                   AND (?2 IS NULL OR rig = ?2) GROUP BY type";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params![since, rig.map(RigName::as_str)])?;
        let mut found = Activity::default();
        while let Some(row) = rows.next()? {
            let kind: String = row.get(0)?;
            let count: i64 = row.get(1)?;
            let count = u64::try_from(count).unwrap_or(0);
            let sum = match kind.as_str() {
                "bead_created" => &mut found.created,
                "bead_closed" | "landed" | "work_without_change" => &mut found.closed,
                "bead_updated" | "dep_added" | "dep_removed" | "commented" | "slung" => {
                    &mut found.updated
                }
                "bead_reopened" => &mut found.reopened,
                "bead_deleted" => &mut found.all,
                _ => continue,
            };
            *sum += count;
        }
        found.all += found.created + found.closed + found.updated + found.reopened;
        Ok(found)
    }

    /// What happened to a bead after a place in history, oldest first, and whether there is more.
    pub(crate) fn past(&self, bead: &BeadId, after: Seq) -> Result<(Vec<Event>, bool), StoreError> {
        let sql =
            "SELECT *, length(body) AS size FROM events WHERE bead = ?1 AND seq > ?2 ORDER BY seq";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params![bead.as_str(), after])?;
        let mut events = Vec::new();
        let mut bytes = 0;
        while let Some(row) = rows.next()? {
            bytes += row.get::<_, i64>("size")?;
            if !events.is_empty() && (events.len() == EVENTS || bytes > EVENT_BYTES) {
                return Ok((events, true));
            }
            events.push(read(row)?);
        }
        Ok((events, false))
    }

    /// The id of a bead that is deleted, or that only history knows.
    pub(crate) fn past_id(&self, typed: &str) -> Result<Option<BeadId>, StoreError> {
        let sql = "SELECT id FROM tombstones WHERE id = ?1 UNION ALL SELECT * FROM (SELECT bead FROM events WHERE bead = ?1 LIMIT 1)
                   UNION ALL SELECT * FROM (SELECT id FROM tombstones WHERE substr(id, instr(id, '-') + 1) = ?1 LIMIT 2)
                   LIMIT 1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement
            .query_row([typed], |row| text(row, "id"))
            .optional()?)
    }
}
