//! `is_blocked`: stored, and kept right by each write that can move it.
//!
//! A bead that is neither closed nor pinned is blocked by an open target of `blocks`, by a target
//! of `conditional-blocks` that has not failed, by open children of a `waits-for` target (or that
//! target itself while it has none), or through a blocked parent. The flag is the least solution of
//! that: a circle of parents blocks nobody by itself. Entry point: `Store::settle_blocked`.

use std::collections::{HashMap, HashSet, VecDeque};

use rusqlite::OptionalExtension;

use crate::domain::{BeadId, DepKind};

use super::{Store, StoreError};

/// Whether bead `b` is held back by an edge of its own; SQL over the row `b`.
const DIRECT: &str = "(b.status NOT IN ('closed', 'pinned') AND EXISTS (
    SELECT 1 FROM deps d JOIN beads t ON t.id = d.target
    WHERE d.bead = b.id AND CASE d.kind
        WHEN 'blocks' THEN t.status NOT IN ('closed', 'pinned')
        WHEN 'conditional-blocks' THEN t.failed = 0
        WHEN 'waits-for' THEN CASE
            WHEN NOT EXISTS (SELECT 1 FROM deps k JOIN beads c ON c.id = k.bead
                             WHERE k.target = t.id AND k.kind = 'parent-child')
            THEN t.status NOT IN ('closed', 'pinned')
            ELSE EXISTS (SELECT 1 FROM deps k JOIN beads c ON c.id = k.bead
                         WHERE k.target = t.id AND k.kind = 'parent-child' AND c.status NOT IN ('closed', 'pinned'))
                AND NOT (CASE WHEN json_valid(d.metadata)
                              THEN coalesce(json_extract(d.metadata, '$.gate') = 'any-children', 0) ELSE 0 END
                         AND EXISTS (SELECT 1 FROM deps k JOIN beads c ON c.id = k.bead
                                     WHERE k.target = t.id AND k.kind = 'parent-child' AND c.status = 'closed'))
            END
        ELSE 0 END))";

/// What the flag of others is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub inactive: bool,
    pub closed: bool,
    pub failed: bool,
}

/// One bead as the flag sees it.
struct Seen {
    active: bool,
    stored: bool,
    direct: bool,
}

impl Store {
    /// How a bead stands now; `None` when there is none.
    pub(super) fn standing(&self, id: &BeadId) -> Result<Option<Standing>, StoreError> {
        let sql = "SELECT status IN ('closed', 'pinned'), status = 'closed', failed FROM beads WHERE id = ?1";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([id.as_str()], |row| {
                Ok(Standing {
                    inactive: row.get(0)?,
                    closed: row.get(1)?,
                    failed: row.get(2)?,
                })
            })
            .optional()?)
    }

    /// Settles a bead and all that its standing can move.
    pub(super) fn settle_around(&self, id: &BeadId) -> Result<(), StoreError> {
        let mut seeds = vec![id.to_string()];
        seeds.extend(self.moved_by(id)?);
        self.settle_blocked(seeds)
    }

    /// The beads whose own edges look at this one: its dependers, and waiters on its parents.
    pub(super) fn moved_by(&self, id: &BeadId) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT bead FROM deps WHERE target = ?1 AND kind IN ('blocks', 'conditional-blocks', 'waits-for')
                   UNION SELECT w.bead FROM deps c JOIN deps w ON w.target = c.target AND w.kind = 'waits-for'
                         WHERE c.bead = ?1 AND c.kind = 'parent-child'";
        self.texts(sql, id.as_str())
    }

    /// Settles what an edge of this meaning between the two can move, once it is written or gone.
    pub(super) fn settle_edge(
        &self,
        bead: &BeadId,
        on: &BeadId,
        kind: DepKind,
    ) -> Result<(), StoreError> {
        if !kind.is_readiness() {
            return Ok(());
        }
        let mut seeds = vec![bead.to_string()];
        if kind == DepKind::ParentChild {
            let sql = "SELECT bead FROM deps WHERE target = ?1 AND kind = 'waits-for'";
            seeds.extend(self.texts(sql, on.as_str())?);
        }
        self.settle_blocked(seeds)
    }

    /// Brings the flag of these beads, and of all below them, to what it must be.
    pub(super) fn settle_blocked(&self, seeds: Vec<String>) -> Result<(), StoreError> {
        let mut queue: VecDeque<String> = seeds.into();
        while let Some(id) = queue.pop_front() {
            let Some(seen) = self.seen(&id)? else {
                continue;
            };
            match (seen.stored, seen.direct) {
                (true, true) => {}
                (true, false) => self.settle_below(&id)?,
                (false, direct) => {
                    if direct || (seen.active && self.has_blocked_parent(&id)?) {
                        self.flag(&id, true)?;
                        queue.extend(self.children(&id)?);
                    }
                }
            }
        }
        Ok(())
    }

    /// Works out a bead and everything below it anew: the way a flag is taken back.
    fn settle_below(&self, root: &str) -> Result<(), StoreError> {
        let sql = "WITH RECURSIVE below (id) AS (
                       SELECT ?1 UNION
                       SELECT d.bead FROM below JOIN deps d ON d.target = below.id AND d.kind = 'parent-child'
                   ) SELECT id FROM below";
        let ids = self.texts(sql, root)?;
        let inside: HashSet<&str> = ids.iter().map(String::as_str).collect();
        let mut known: HashMap<&str, Seen> = HashMap::new();
        let mut queue: VecDeque<&str> = VecDeque::new();
        let mut blocked: HashSet<&str> = HashSet::new();
        for id in &ids {
            let Some(seen) = self.seen(id)? else {
                continue;
            };
            let held = seen.direct || (seen.active && self.has_parent_outside(id, &inside)?);
            known.insert(id, seen);
            if held && blocked.insert(id) {
                queue.push_back(id);
            }
        }
        while let Some(id) = queue.pop_front() {
            for child in self.children(id)? {
                let Some(&child) = inside.get(child.as_str()) else {
                    continue;
                };
                if known.get(child).is_some_and(|seen| seen.active) && blocked.insert(child) {
                    queue.push_back(child);
                }
            }
        }
        for (id, seen) in known {
            let held = blocked.contains(id);
            if held != seen.stored {
                self.flag(id, held)?;
            }
        }
        Ok(())
    }

    fn seen(&self, id: &str) -> Result<Option<Seen>, StoreError> {
        let sql = format!(
            "SELECT b.status NOT IN ('closed', 'pinned'), b.is_blocked, {DIRECT} FROM beads b WHERE b.id = ?1"
        );
        Ok(self
            .conn
            .prepare_cached(&sql)?
            .query_row([id], |row| {
                Ok(Seen {
                    active: row.get(0)?,
                    stored: row.get(1)?,
                    direct: row.get(2)?,
                })
            })
            .optional()?)
    }

    fn has_blocked_parent(&self, id: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM deps d JOIN beads p ON p.id = d.target
                   WHERE d.bead = ?1 AND d.kind = 'parent-child' AND p.is_blocked = 1)";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([id], |row| row.get(0))?)
    }

    fn has_parent_outside(&self, id: &str, inside: &HashSet<&str>) -> Result<bool, StoreError> {
        let sql = "SELECT d.target FROM deps d JOIN beads p ON p.id = d.target
                   WHERE d.bead = ?1 AND d.kind = 'parent-child' AND p.is_blocked = 1";
        Ok(self
            .texts(sql, id)?
            .iter()
            .any(|parent| !inside.contains(parent.as_str())))
    }

    /// The children of a bead, by their edges.
    pub(crate) fn children(&self, id: &str) -> Result<Vec<String>, StoreError> {
        self.texts(
            "SELECT bead FROM deps WHERE target = ?1 AND kind = 'parent-child'",
            id,
        )
    }

    fn flag(&self, id: &str, blocked: bool) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE beads SET is_blocked = ?2 WHERE id = ?1")?
            .execute(rusqlite::params![id, blocked])?;
        Ok(())
    }

    /// The first column of all rows.
    pub(super) fn texts(&self, sql: &str, value: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([value], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
