//! The graph around a bead, step by step over its edges. Bounded in steps and in the size of the answer.

use std::collections::HashSet;

use rusqlite::Row;

use crate::domain::{
    BeadId, BeadStatus, BeadType, DepKind, Direction, Priority, Reach, ReachAsk, ReachEdge,
    ReachNode,
};
use crate::rules::row::BeadRow;

use super::beads::known_status;
use super::columns::text;
use super::{Store, StoreError};

/// How many bytes of beads and edges one answer holds.
const BYTES: usize = 500_000;
/// How much of a title is carried along, in characters.
const TITLE: usize = 120;

/// One step over an edge.
struct Step {
    edge: ReachEdge,
    far: ReachNode,
}

/// What was found so far.
struct Walk<'a> {
    kinds: &'a [DepKind],
    seen: HashSet<BeadId>,
    walked: HashSet<(BeadId, BeadId)>,
    found: Reach,
    bytes: usize,
}

impl Store {
    /// What a bead leads to, nearest first.
    pub(crate) fn reach(&self, root: &BeadRow, ask: &ReachAsk) -> Result<Reach, StoreError> {
        let first = node_of(root);
        let mut walk = Walk {
            kinds: &ask.kinds,
            seen: HashSet::from([root.id.clone()]),
            walked: HashSet::new(),
            found: Reach {
                root: root.id.clone(),
                nodes: vec![first],
                edges: Vec::new(),
                cut: false,
            },
            bytes: 0,
        };
        let mut near = vec![root.id.clone()];
        let mut depth = 0;
        while !near.is_empty() && !walk.found.cut {
            let ids = serde_json::to_string(&near)?;
            let mut steps = Vec::new();
            if ask.direction != Direction::Up {
                steps.extend(self.steps(DOWN, &ids, depth + 1)?);
            }
            if ask.direction != Direction::Down {
                steps.extend(self.steps(UP, &ids, depth + 1)?);
            }
            if depth == ask.depth {
                walk.found.cut = steps.iter().any(|step| walk.is_new(step));
                break;
            }
            near = walk.take(steps);
            depth += 1;
        }
        Ok(walk.found)
    }

    fn steps(&self, sql: &str, ids: &str, depth: u32) -> Result<Vec<Step>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([ids], |row| step(row, depth))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Walk<'_> {
    fn follows(&self, step: &Step) -> bool {
        let kind = DepKind::stored(&step.edge.kind);
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    fn is_new(&self, step: &Step) -> bool {
        self.follows(step) && !self.seen.contains(&step.far.id)
    }

    /// Takes steps in; the beads that are new are where it goes on.
    fn take(&mut self, steps: Vec<Step>) -> Vec<BeadId> {
        let mut next = Vec::new();
        for step in steps {
            let pair = (step.edge.bead.clone(), step.edge.on.clone());
            if !self.follows(&step) || !self.walked.insert(pair) {
                continue;
            }
            self.bytes += step.edge.kind.len() + 2 * step.far.id.as_str().len() + 40;
            if self.seen.insert(step.far.id.clone()) {
                self.bytes += step.far.title.len() + 120;
                next.push(step.far.id.clone());
                self.found.nodes.push(step.far);
            }
            self.found.edges.push(step.edge);
            if self.bytes > BYTES {
                self.found.cut = true;
                break;
            }
        }
        next
    }
}

const DOWN: &str = "SELECT d.bead, d.target, d.kind, d.target AS far, b.title, b.status, b.type, b.priority, b.is_blocked
    FROM json_each(?1) j JOIN deps d ON d.bead = j.value LEFT JOIN beads b ON b.id = d.target ORDER BY j.key, d.target";
const UP: &str = "SELECT d.bead, d.target, d.kind, d.bead AS far, b.title, b.status, b.type, b.priority, b.is_blocked
    FROM json_each(?1) j JOIN deps d ON d.target = j.value JOIN beads b ON b.id = d.bead ORDER BY j.key, d.bead";

fn step(row: &Row<'_>, depth: u32) -> rusqlite::Result<Step> {
    let status: Option<String> = row.get("status")?;
    let (status, status_word) = status.map(known_status).unzip();
    let kind: Option<String> = row.get("type")?;
    let priority: Option<u8> = row.get("priority")?;
    let title: Option<String> = row.get("title")?;
    let is_blocked: Option<bool> = row.get("is_blocked")?;
    Ok(Step {
        edge: ReachEdge {
            bead: text(row, "bead")?,
            on: text(row, "target")?,
            kind: row.get("kind")?,
        },
        far: ReachNode {
            id: text(row, "far")?,
            title: short(&title.unwrap_or_default()),
            status,
            status_word: status_word.flatten(),
            kind: kind.map_or(BeadType::Foreign, |word| BeadType::stored(&word)),
            priority: priority
                .and_then(|number| Priority::try_from(number).ok())
                .unwrap_or_default(),
            is_blocked: is_blocked.unwrap_or(false),
            depth,
        },
    })
}

fn node_of(row: &BeadRow) -> ReachNode {
    ReachNode {
        id: row.id.clone(),
        title: short(&row.title),
        status: Some(row.status),
        status_word: row
            .status_word
            .clone()
            .filter(|_| row.status == BeadStatus::Foreign),
        kind: row.kind,
        priority: row.priority,
        is_blocked: row.is_blocked,
        depth: 0,
    }
}

fn short(title: &str) -> String {
    title.chars().take(TITLE).collect()
}
