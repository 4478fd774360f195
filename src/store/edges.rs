//! Edges between beads, and what stands around some beads, for all of them in a few questions.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, Row, params};

use crate::domain::{BeadId, BeadStatus, BeadType, ConvoyId, DepKind, EdgeView, Priority};
use crate::rules::row::{BeadRow, DepRow};

use super::beads::{known_status, read};
use super::columns::text;
use super::{Store, StoreError};

/// An edge as stored, seen from one side.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edge {
    pub other: BeadRow,
    pub kind: DepKind,
}

/// What stands around some beads.
#[derive(Debug, Default)]
pub(crate) struct Around {
    pub labels: HashMap<BeadId, Vec<String>>,
    pub depends_on: HashMap<BeadId, Vec<EdgeView>>,
    pub dependents: HashMap<BeadId, Vec<EdgeView>>,
    /// The oldest open convoy.
    pub convoys: HashMap<BeadId, ConvoyId>,
    /// How many comments there are.
    pub comments: HashMap<BeadId, u64>,
}

impl Store {
    /// What stands around beads, for all of them in five questions.
    pub(crate) fn around(&self, ids: &[&BeadId]) -> Result<Around, StoreError> {
        let ids = serde_json::to_string(ids)?;
        let mut around = Around::default();
        let sql = "SELECT l.bead, l.label FROM json_each(?1) j JOIN labels l ON l.bead = j.value ORDER BY l.bead, l.label";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([&ids])?;
        while let Some(row) = rows.next()? {
            around
                .labels
                .entry(text(row, "bead")?)
                .or_default()
                .push(row.get(1)?);
        }
        let sql = "SELECT d.bead AS near, d.target AS far, d.*, b.title, b.status, b.priority, b.type FROM json_each(?1) j
                   JOIN deps d ON d.bead = j.value LEFT JOIN beads b ON b.id = d.target ORDER BY d.target";
        self.near(sql, &ids, &mut around.depends_on)?;
        let sql = "SELECT d.target AS near, d.bead AS far, d.*, b.title, b.status, b.priority, b.type FROM json_each(?1) j
                   JOIN deps d ON d.target = j.value JOIN beads b ON b.id = d.bead ORDER BY d.bead";
        self.near(sql, &ids, &mut around.dependents)?;
        let sql = "SELECT t.bead, c.id FROM json_each(?1) j JOIN convoy_beads t ON t.bead = j.value
                   JOIN convoys c ON c.id = t.convoy WHERE c.closed_at IS NULL ORDER BY c.number DESC";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([&ids])?;
        while let Some(row) = rows.next()? {
            // The oldest comes last and stays.
            around.convoys.insert(text(row, "bead")?, text(row, "id")?);
        }
        let sql = "SELECT c.bead, count(*) FROM json_each(?1) j JOIN comments c ON c.bead = j.value GROUP BY c.bead";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([&ids])?;
        while let Some(row) = rows.next()? {
            let count: i64 = row.get(1)?;
            around
                .comments
                .insert(text(row, "bead")?, u64::try_from(count).unwrap_or(0));
        }
        Ok(around)
    }

    fn near(
        &self,
        sql: &str,
        ids: &str,
        edges: &mut HashMap<BeadId, Vec<EdgeView>>,
    ) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([ids])?;
        while let Some(row) = rows.next()? {
            edges
                .entry(text(row, "near")?)
                .or_default()
                .push(edge_view(row)?);
        }
        Ok(())
    }

    /// What a bead of this ledger depends on in this ledger.
    pub(crate) fn depends_on(&self, id: &BeadId) -> Result<Vec<Edge>, StoreError> {
        let sql = "SELECT b.*, d.kind AS edge FROM deps d JOIN beads b ON b.id = d.target WHERE d.bead = ?1 ORDER BY b.id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([id.as_str()], |row| {
            let kind: String = row.get("edge")?;
            Ok(Edge {
                other: read(row)?,
                kind: DepKind::stored(&kind),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The edge of a pair.
    pub(crate) fn dep(&self, bead: &BeadId, on: &BeadId) -> Result<Option<DepRow>, StoreError> {
        let sql = "SELECT * FROM deps WHERE bead = ?1 AND target = ?2";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([bead.as_str(), on.as_str()], read_dep)
            .optional()?)
    }

    /// The parent of a bead, by its edge.
    pub(crate) fn parent_of(&self, id: &BeadId) -> Result<Option<BeadId>, StoreError> {
        let sql = "SELECT target FROM deps WHERE bead = ?1 AND kind = 'parent-child' LIMIT 1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement
            .query_row([id.as_str()], |row| text(row, "target"))
            .optional()?)
    }

    /// The children of a bead that are not closed.
    pub(crate) fn open_children(&self, id: &BeadId) -> Result<Vec<BeadId>, StoreError> {
        let sql = "SELECT b.id FROM deps d JOIN beads b ON b.id = d.bead
                   WHERE d.target = ?1 AND d.kind = 'parent-child' AND b.status <> 'closed' ORDER BY b.id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([id.as_str()], |row| text(row, "id"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What a bead waits for by edges of its own, and whether it is for the children of that.
    pub(crate) fn waits_on(&self, id: &str) -> Result<Vec<(String, bool)>, StoreError> {
        let sql = "SELECT target, kind = 'waits-for' FROM deps WHERE bead = ?1
                   AND kind IN ('blocks', 'conditional-blocks', 'waits-for', 'parent-child')";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether anything waits for a bead, or may for its parent's sake.
    pub(crate) fn is_waited_for(&self, id: &BeadId) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM deps WHERE target = ?1
                       AND kind IN ('blocks', 'conditional-blocks', 'waits-for', 'parent-child'))
                   OR EXISTS (SELECT 1 FROM deps WHERE bead = ?1 AND kind = 'parent-child')";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([id.as_str()], |row| row.get(0))?)
    }

    /// Whether an edge of this kind would make a circle: what the bead waits for waits for the bead,
    /// directly or through others. Who waits for a spawner waits for each of its children.
    pub(crate) fn closes_circle(
        &self,
        bead: &BeadId,
        on: &BeadId,
        kind: DepKind,
    ) -> Result<bool, StoreError> {
        if !kind.is_readiness() {
            return Ok(false);
        }
        if self.waits_for(on, bead, kind == DepKind::WaitsFor)? {
            return Ok(true);
        }
        if kind == DepKind::ParentChild {
            // A new child is one more to wait for, and waits for what holds its parent.
            for waiter in self.waiters_on(on)? {
                if self.waits_for(bead, &waiter, false)? || self.waits_for(on, &waiter, false)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether `from` waits for `to`, directly or through others; with `spawner` the children of
    /// `from` are waited for too.
    pub(crate) fn waits_for(
        &self,
        from: &BeadId,
        to: &BeadId,
        spawner: bool,
    ) -> Result<bool, StoreError> {
        let sql = "WITH RECURSIVE reach (id, spawner) AS (
                       SELECT ?1, ?3 UNION
                       SELECT d.target, d.kind = 'waits-for' FROM reach r JOIN deps d ON d.bead = r.id
                       WHERE d.kind IN ('blocks', 'conditional-blocks', 'waits-for', 'parent-child')
                       UNION
                       SELECT c.bead, 0 FROM reach r JOIN deps c ON c.target = r.id AND c.kind = 'parent-child'
                       WHERE r.spawner
                   ) SELECT EXISTS (SELECT 1 FROM reach WHERE id = ?2)";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row(params![from.as_str(), to.as_str(), spawner], |row| {
                row.get(0)
            })?)
    }

    /// The beads that wait for the children of this one.
    pub(crate) fn waiters_on(&self, spawner: &BeadId) -> Result<Vec<BeadId>, StoreError> {
        let sql = "SELECT bead FROM deps WHERE target = ?1 AND kind = 'waits-for'";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([spawner.as_str()], |row| text(row, "bead"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The beads that are started only when this one fails.
    pub(crate) fn conditional_on(&self, id: &BeadId) -> Result<Vec<BeadRow>, StoreError> {
        let sql = "SELECT b.* FROM deps d JOIN beads b ON b.id = d.bead
                   WHERE d.target = ?1 AND d.kind = 'conditional-blocks' ORDER BY b.id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([id.as_str()], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn put_dep(&self, row: &DepRow) -> Result<(), StoreError> {
        let before = self.dep(&row.bead, &row.on)?;
        let sql = "INSERT INTO deps (bead, target, kind, created_at, created_by, metadata, thread_id)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT (bead, target) DO UPDATE SET kind = ?3, created_at = ?4, created_by = ?5, metadata = ?6, thread_id = ?7";
        self.conn.prepare_cached(sql)?.execute(params![
            row.bead.as_str(),
            row.on.as_str(),
            row.kind.word_or(row.kind_word.as_deref()),
            row.created_at,
            row.created_by,
            row.metadata,
            row.thread_id,
        ])?;
        self.edited(&row.bead)?;
        if let Some(before) = before.filter(|before| before.kind != row.kind) {
            self.settle_edge(&row.bead, &row.on, before.kind)?;
        }
        self.settle_edge(&row.bead, &row.on, row.kind)
    }

    pub(super) fn drop_dep(&self, bead: &BeadId, on: &BeadId) -> Result<(), StoreError> {
        let Some(before) = self.dep(bead, on)? else {
            return Ok(());
        };
        self.conn
            .prepare_cached("DELETE FROM deps WHERE bead = ?1 AND target = ?2")?
            .execute([bead.as_str(), on.as_str()])?;
        self.edited(bead)?;
        self.settle_edge(bead, on, before.kind)
    }

    /// How many beads depend on this one and it depends on, and which depend on it.
    pub(crate) fn edges_of(&self, id: &BeadId) -> Result<(u64, Vec<BeadId>), StoreError> {
        let sql = "SELECT count(*) FROM deps WHERE bead = ?1 OR target = ?1";
        let count: i64 = self
            .conn
            .prepare_cached(sql)?
            .query_row([id.as_str()], |row| row.get(0))?;
        let mut statement = self
            .conn
            .prepare_cached("SELECT bead FROM deps WHERE target = ?1 ORDER BY bead")?;
        let rows = statement.query_map([id.as_str()], |row| text(row, "bead"))?;
        let dependents = rows.collect::<Result<_, _>>()?;
        Ok((u64::try_from(count).unwrap_or(0), dependents))
    }

    /// The beads of this ledger that an edge joins to this one, either way.
    pub(crate) fn neighbours(&self, id: &BeadId) -> Result<Vec<BeadRow>, StoreError> {
        let sql = "SELECT * FROM beads WHERE id IN (SELECT target FROM deps WHERE bead = ?1
                   UNION SELECT bead FROM deps WHERE target = ?1) ORDER BY id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([id.as_str()], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The highest number that a child of this bead ever had: remembered, or seen in an id.
    pub(crate) fn last_child(&self, parent: &BeadId) -> Result<i64, StoreError> {
        let sql = "SELECT max(coalesce((SELECT last FROM child_counters WHERE parent = ?1), 0),
                       coalesce((SELECT max(CAST(substr(id, length(?1) + 2) AS INTEGER)) FROM beads
                                 WHERE id > ?1 || '.' AND id < ?1 || '/'), 0),
                       coalesce((SELECT max(CAST(substr(id, length(?1) + 2) AS INTEGER)) FROM tombstones
                                 WHERE id > ?1 || '.' AND id < ?1 || '/'), 0))";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([parent.as_str()], |row| row.get(0))?)
    }

    pub(super) fn put_child_number(&self, parent: &BeadId, number: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO child_counters (parent, last) VALUES (?1, ?2)
                   ON CONFLICT (parent) DO UPDATE SET last = max(last, ?2)";
        self.conn
            .prepare_cached(sql)?
            .execute(params![parent.as_str(), number])?;
        Ok(())
    }
}

pub(super) fn read_dep(row: &Row<'_>) -> rusqlite::Result<DepRow> {
    let (kind, kind_word) = known_kind(row.get("kind")?);
    Ok(DepRow {
        bead: text(row, "bead")?,
        on: text(row, "target")?,
        kind,
        kind_word,
        created_at: row.get("created_at")?,
        created_by: row.get("created_by")?,
        metadata: row.get("metadata")?,
        thread_id: row.get("thread_id")?,
    })
}

fn edge_view(row: &Row<'_>) -> rusqlite::Result<EdgeView> {
    let (kind, kind_word) = known_kind(row.get("kind")?);
    let status: Option<String> = row.get("status")?;
    let (status, status_word) = status.map_or((BeadStatus::Foreign, None), known_status);
    let priority: Option<u8> = row.get("priority")?;
    let bead_kind: Option<String> = row.get("type")?;
    Ok(EdgeView {
        id: text(row, "far")?,
        title: row.get::<_, Option<String>>("title")?.unwrap_or_default(),
        status,
        status_word,
        kind,
        kind_word,
        priority: priority
            .and_then(|number| Priority::try_from(number).ok())
            .unwrap_or_default(),
        bead_kind: bead_kind.map_or(BeadType::Foreign, |word| BeadType::stored(&word)),
        created_at: row.get("created_at")?,
        created_by: row.get("created_by")?,
        metadata: row.get("metadata")?,
        thread_id: row.get("thread_id")?,
    })
}

fn known_kind(word: String) -> (DepKind, Option<String>) {
    match DepKind::stored(&word) {
        DepKind::Foreign => (DepKind::Foreign, Some(word)),
        known => (known, None),
    }
}
