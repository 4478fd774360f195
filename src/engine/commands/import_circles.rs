//! Edges that come in by a file and would close a circle: they are left out, and named.
//!
//! The edges of a batch are written together at its end, so the ledger alone does not know them yet.
//! Entry point: [`Waiting`].

use std::collections::{HashMap, HashSet};

use crate::domain::{BeadId, DepKind, Refusal};
use crate::rules::decision::{Change, Decision};
use crate::rules::row::DepRow;
use crate::store::Store;

/// What waits for what by the lines of a batch so far.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// What each bead waits for, and whether it is for the children of that.
    from: HashMap<String, Vec<(String, bool)>>,
    children: HashMap<String, Vec<String>>,
    /// Who waits for the children of each.
    waiters: HashMap<String, Vec<String>>,
    awaited: HashSet<String>,
}

impl Waiting {
    /// Takes edges that would close a circle out of a decision, and answers their names.
    pub(super) fn without_circles(
        &mut self,
        store: &Store,
        decision: &mut Decision,
    ) -> Result<Vec<String>, Refusal> {
        let mut circles = Vec::new();
        let mut kept = Vec::with_capacity(decision.changes.len());
        for change in decision.changes.drain(..) {
            if let Change::Dep(edge) = &change
                && edge.kind.is_readiness()
            {
                if self.closes(store, edge)? {
                    circles.push(format!("{} -> {}", edge.bead, edge.on));
                    continue;
                }
                self.take(edge);
            }
            kept.push(change);
        }
        decision.changes = kept;
        Ok(circles)
    }

    fn take(&mut self, edge: &DepRow) {
        let (bead, on) = (edge.bead.to_string(), edge.on.to_string());
        self.awaited.insert(on.clone());
        let spawner = edge.kind == DepKind::WaitsFor;
        if spawner {
            self.waiters
                .entry(on.clone())
                .or_default()
                .push(bead.clone());
        }
        if edge.kind == DepKind::ParentChild {
            self.awaited.insert(bead.clone());
            self.children
                .entry(on.clone())
                .or_default()
                .push(bead.clone());
        }
        self.from.entry(bead).or_default().push((on, spawner));
    }

    fn closes(&self, store: &Store, edge: &DepRow) -> Result<bool, Refusal> {
        let (bead, on) = (edge.bead.as_str(), edge.on.as_str());
        let known = store.dep(&edge.bead, &edge.on)?;
        if known.is_some_and(|known| known.kind == edge.kind) {
            return Ok(false);
        }
        // Most beads are waited for by nobody: no circle goes through them.
        let awaited = self.awaited.contains(bead) || store.is_waited_for(&edge.bead)?;
        let spawner = edge.kind == DepKind::WaitsFor;
        if awaited && self.reaches(store, (on, spawner), bead)? {
            return Ok(true);
        }
        if edge.kind != DepKind::ParentChild {
            return Ok(false);
        }
        // A new child is one more to wait for, and waits for what holds its parent.
        for waiter in self.waiters_on(store, &edge.on)? {
            if self.reaches(store, (bead, false), &waiter)?
                || self.reaches(store, (on, false), &waiter)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn waiters_on(&self, store: &Store, on: &BeadId) -> Result<Vec<String>, Refusal> {
        let known = store.waiters_on(on)?;
        let new = self.waiters.get(on.as_str()).into_iter().flatten().cloned();
        Ok(known.iter().map(BeadId::to_string).chain(new).collect())
    }

    /// Whether one waits for another, directly or through others; of a spawner for its children too.
    fn reaches(&self, store: &Store, from: (&str, bool), to: &str) -> Result<bool, Refusal> {
        let mut seen: HashSet<(String, bool)> = HashSet::new();
        let mut next = vec![(from.0.to_owned(), from.1)];
        while let Some((id, spawner)) = next.pop() {
            if id == to {
                return Ok(true);
            }
            if !seen.insert((id.clone(), spawner)) {
                continue;
            }
            if spawner {
                let new = self.children.get(&id).into_iter().flatten().cloned();
                let children = store.children(&id)?.into_iter().chain(new);
                next.extend(children.map(|child| (child, false)));
            }
            next.extend(store.waits_on(&id)?);
            next.extend(self.from.get(&id).into_iter().flatten().cloned());
        }
        Ok(false)
    }
}
