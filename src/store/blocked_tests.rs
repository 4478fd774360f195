//! `is_blocked` after any order of writes equals what a recomputation from nothing says.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::domain::{BeadStatus, DepKind};
use crate::rules::decision::Change;
use crate::rules::row::{BeadRow, TombstoneRow};

use super::Store;
use super::bead_tests::{edge, id, row};

const IDS: usize = 7;
const KINDS: &[DepKind] = &[
    DepKind::Blocks,
    DepKind::ConditionalBlocks,
    DepKind::WaitsFor,
    DepKind::ParentChild,
    DepKind::ParentChild,
    DepKind::Related,
];
const STATUSES: &[BeadStatus] = &[
    BeadStatus::Open,
    BeadStatus::InProgress,
    BeadStatus::Deferred,
    BeadStatus::Pinned,
    BeadStatus::Closed,
    BeadStatus::Closed,
];
const REASONS: &[&str] = &["done", "failed", "Unblocked the rest", "won't fix"];

#[derive(Clone, Debug)]
enum Step {
    Stand(usize, usize, usize),
    Join(usize, usize, usize, bool),
    Part(usize, usize),
    Delete(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..IDS, 0..STATUSES.len(), 0..REASONS.len()).prop_map(|(a, b, c)| Step::Stand(a, b, c)),
        5 => (0..IDS, 0..IDS, 0..KINDS.len(), any::<bool>()).prop_map(|(a, b, c, d)| Step::Join(a, b, c, d)),
        2 => (0..IDS, 0..IDS).prop_map(|(a, b)| Step::Part(a, b)),
        1 => (0..IDS).prop_map(Step::Delete),
    ]
}

/// The plain model: beads by number, and edges by pair.
#[derive(Default)]
struct Model {
    beads: BTreeMap<usize, BeadRow>,
    edges: BTreeMap<(usize, usize), (DepKind, bool)>,
}

impl Model {
    fn active(&self, bead: usize) -> bool {
        self.beads
            .get(&bead)
            .is_some_and(|row| !row.status.is_inactive())
    }

    fn held(&self, bead: usize) -> bool {
        self.edges.iter().any(|(&(from, to), &(kind, any))| {
            if from != bead || !self.beads.contains_key(&to) {
                return false;
            }
            let children: Vec<usize> = self
                .edges
                .iter()
                .filter(|((_, parent), (kind, _))| *parent == to && *kind == DepKind::ParentChild)
                .map(|((child, _), _)| *child)
                .collect();
            match kind {
                DepKind::Blocks => self.active(to),
                DepKind::ConditionalBlocks => !self.beads[&to].has_failed(),
                DepKind::WaitsFor if children.is_empty() => self.active(to),
                DepKind::WaitsFor => {
                    let closed = |child: &usize| self.beads[child].status == BeadStatus::Closed;
                    children.iter().any(|child| self.active(*child))
                        && !(any && children.iter().any(closed))
                }
                _ => false,
            }
        })
    }

    fn blocked(&self) -> BTreeSet<usize> {
        let mut blocked: BTreeSet<usize> = self
            .beads
            .keys()
            .copied()
            .filter(|bead| self.active(*bead) && self.held(*bead))
            .collect();
        loop {
            let more: Vec<usize> = self
                .edges
                .iter()
                .filter(|((child, parent), (kind, _))| {
                    *kind == DepKind::ParentChild
                        && blocked.contains(parent)
                        && self.active(*child)
                        && !blocked.contains(child)
                })
                .map(|((child, _), _)| *child)
                .collect();
            if more.is_empty() {
                return blocked;
            }
            blocked.extend(more);
        }
    }
}

fn name(bead: usize) -> String {
    format!("tb-{bead}")
}

fn play(store: &Store, model: &mut Model, step: &Step) {
    match *step {
        Step::Stand(bead, status, reason) => {
            let mut row = row(&name(bead), 1);
            row.status = STATUSES[status];
            row.close_reason =
                (row.status == BeadStatus::Closed).then(|| REASONS[reason].to_owned());
            store.apply(&Change::Bead(row.clone())).unwrap();
            model.beads.insert(bead, row);
        }
        Step::Join(bead, on, kind, any) => {
            if bead == on || !model.beads.contains_key(&bead) {
                return;
            }
            let mut row = edge(&name(bead), &name(on), KINDS[kind]);
            if any {
                row.metadata = r#"{"gate":"any-children"}"#.to_owned();
            }
            store.apply(&Change::Dep(row)).unwrap();
            model.edges.insert((bead, on), (KINDS[kind], any));
        }
        Step::Part(bead, on) => {
            let gone = Change::DepGone {
                bead: id(&name(bead)),
                on: id(&name(on)),
            };
            store.apply(&gone).unwrap();
            model.edges.remove(&(bead, on));
        }
        Step::Delete(bead) => {
            if model.beads.remove(&bead).is_none() {
                return;
            }
            store
                .apply(&Change::BeadGone(TombstoneRow {
                    id: id(&name(bead)),
                    at: 1,
                    by: "human".to_owned(),
                    reason: String::new(),
                    kind: "task".to_owned(),
                    body: "{}".to_owned(),
                }))
                .unwrap();
            model
                .edges
                .retain(|(from, to), _| *from != bead && *to != bead);
        }
    }
}

fn check(steps: &[Step]) {
    let store = Store::in_memory().unwrap();
    let mut model = Model::default();
    for (number, step) in steps.iter().enumerate() {
        play(&store, &mut model, step);
        let stored: BTreeSet<usize> = model
            .beads
            .keys()
            .copied()
            .filter(|bead| store.bead(&id(&name(*bead))).unwrap().unwrap().is_blocked)
            .collect();
        assert_eq!(stored, model.blocked(), "after step {number}: {step:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn is_blocked_always_equals_a_recomputation(steps in proptest::collection::vec(step(), 1..60)) {
        check(&steps);
    }
}

#[test]
fn failure_is_told_by_whole_words() {
    use crate::rules::row::says_failure;
    for reason in [
        "failed",
        "Build FAILED.",
        "won\u{2019}t fix",
        "timeout: 30 s",
        "error",
    ] {
        assert!(says_failure(reason), "{reason}");
    }
    for reason in ["done", "unblocked", "errors fixed", "failsafe added", ""] {
        assert!(!says_failure(reason), "{reason}");
    }
}

#[test]
fn plain_questions_walk_an_index_and_sort_nothing() {
    use crate::domain::{BeadFilter, ReadyFilter, ReadySort, RigName};
    let store = Store::in_memory().unwrap();
    let rigs = [None, RigName::parse("tradingbot").ok()];
    for rig in rigs {
        for sort in [ReadySort::Priority, ReadySort::Oldest] {
            let filter = ReadyFilter {
                filter: BeadFilter {
                    rig: rig.clone(),
                    limit: 100,
                    ..BeadFilter::default()
                },
                sort,
                include_deferred: false,
            };
            for line in store.plan_of_ready(&filter).unwrap() {
                assert!(!line.contains("TEMP B-TREE"), "{sort} {rig:?}: {line}");
                let walks = line.contains("USING") || line.contains("SUBQUERY");
                assert!(walks, "{sort} {rig:?}: {line}");
                let rows = line.contains("SEARCH") && !line.contains("COVERING");
                assert!(
                    !rows || line.contains("beads USING"),
                    "{sort} {rig:?}: {line}"
                );
            }
        }
    }
}
