//! What a bead's place among others says: its parent, what it is under, whether it can be started.

use crate::domain::BeadType;
use crate::domain::expr::Value;

use super::terms::{Terms, said};

/// What can be started: word for word the terms that the indexes of ready work stand on, without wisps.
const STARTABLE: &str =
    "is_blocked = 0 AND pinned = 0 AND template = 0 AND status IN ('open', 'deferred')";

/// An edge to a parent, of the row at hand.
const HAS_PARENT: &str =
    "EXISTS (SELECT 1 FROM deps p WHERE p.bead = beads.id AND p.kind = 'parent-child')";

/// A bead by whose dotted id the row at hand is a child: the id without what follows its last dot.
const HAS_DOTTED_PARENT: &str =
    "EXISTS (SELECT 1 FROM beads p WHERE p.id || '.' = rtrim(beads.id, replace(beads.id, '.', ''))
     AND p.id = rtrim(rtrim(beads.id, replace(beads.id, '.', '')), '.'))";

impl Terms<'_> {
    /// Directly above: by an edge, else by a dotted id.
    pub(super) fn parent(&mut self, value: &Value, holds: bool) -> String {
        let term = match value {
            Value::Empty => {
                format!("NOT (({HAS_PARENT}) OR ({HAS_DOTTED_PARENT}))")
            }
            other => {
                let place = self.place(said(other).to_owned());
                format!(
                    "beads.id IN (SELECT d.bead FROM deps d WHERE d.target = {place} AND d.kind = 'parent-child'
                     UNION ALL {})",
                    dotted(&place)
                )
            }
        };
        if holds { term } else { format!("NOT ({term})") }
    }

    /// Above, any number of steps up.
    pub(super) fn under(&mut self, root: &str, holds: bool) -> String {
        let root = self.place(root.to_owned());
        let is = if holds { "IN" } else { "NOT IN" };
        format!(
            "beads.id {is} (WITH RECURSIVE below (id) AS (
                 SELECT {root}
                 UNION SELECT d.bead FROM below JOIN deps d ON d.target = below.id AND d.kind = 'parent-child'
                 UNION SELECT c.id FROM below JOIN beads c ON c.id > below.id || '.' AND c.id < below.id || '/'
                     WHERE NOT EXISTS (SELECT 1 FROM deps p WHERE p.bead = c.id AND p.kind = 'parent-child'))
             SELECT id FROM below WHERE id <> {root})"
        )
    }

    /// Open, or put off until a date that has passed, and nothing in the way.
    pub(super) fn startable(&mut self, holds: bool) -> String {
        let term = self.startable_now();
        if holds { term } else { format!("NOT ({term})") }
    }

    /// The same for what is work, and no wisp.
    pub(super) fn ready(&mut self, holds: bool) -> String {
        let startable = self.startable_now();
        let records: Vec<&str> = BeadType::NO_WORK.iter().map(|kind| kind.word()).collect();
        let records = records.join("', '");
        let term = format!("{startable} AND ephemeral = 0 AND type NOT IN ('{records}')");
        if holds { term } else { format!("NOT ({term})") }
    }

    fn startable_now(&mut self) -> String {
        let now = self.place(self.now);
        format!(
            "{STARTABLE} AND (status = 'open' OR defer_until IS NOT NULL)
             AND (defer_until IS NULL OR defer_until <= {now})
             AND NOT EXISTS (SELECT 1 FROM deps d INDEXED BY deps_up
                 CROSS JOIN beads p INDEXED BY beads_put_off ON p.id = d.target
                 WHERE d.bead = beads.id AND d.kind = 'parent-child'
                 AND p.defer_until IS NOT NULL AND p.defer_until > {now})"
        )
    }
}

/// The children of a bead by their dotted ids alone.
fn dotted(of: &str) -> String {
    format!(
        "SELECT c.id FROM beads c WHERE c.id > {of} || '.' AND c.id < {of} || '/'
         AND instr(substr(c.id, length({of}) + 2), '.') = 0
         AND NOT EXISTS (SELECT 1 FROM deps p WHERE p.bead = c.id AND p.kind = 'parent-child')"
    )
}
