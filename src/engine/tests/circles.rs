//! Random orders of the ledger's commands: no circle of what waits for each other can be made, and
//! `is_blocked` is always what a look at all beads says.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use crate::domain::{
    BeadClose, BeadCreate, BeadDelete, BeadId, BeadImport, BeadReopen, BeadStatus, BeadUpdate,
    Command, DepAdd, DepKind, DepRemove, Edit, ImportLine, LineBytes, NewDep, Outcome,
};
use crate::rules::row::BeadRow;

use super::super::input::Said;
use super::world::World;

const KINDS: [DepKind; 5] = [
    DepKind::Blocks,
    DepKind::ConditionalBlocks,
    DepKind::WaitsFor,
    DepKind::ParentChild,
    DepKind::Related,
];
const STATUSES: [BeadStatus; 4] = [
    BeadStatus::Open,
    BeadStatus::InProgress,
    BeadStatus::Deferred,
    BeadStatus::Pinned,
];
const ANY: &str = r#"{"gate":"any-children"}"#;

/// What is done, to which beads of those there are, and how.
type Step = (u8, usize, usize, usize);

/// One bead with its edges, as the ledger has it.
type Seen = BTreeMap<BeadId, (BeadRow, Vec<(BeadId, DepKind, bool)>)>;

struct Play {
    world: World,
    known: Vec<BeadId>,
    imports: u64,
}

impl Play {
    fn new() -> Self {
        let mut world = World::new();
        let known = (0..3).map(|_| world.bead("First")).collect();
        Self {
            world,
            known,
            imports: 0,
        }
    }

    fn pick(&self, number: usize) -> BeadId {
        self.known[number % self.known.len()].clone()
    }

    /// Carries a step out, or has it refused.
    fn play(&mut self, (what, a, b, how): Step) {
        let (one, other) = (self.pick(a), self.pick(b));
        let kind = KINDS[how % KINDS.len()];
        let command = match what {
            0 | 1 => self.create(one, other, how),
            2..6 => Command::DepAdd(DepAdd {
                metadata: if how % 2 == 0 { ANY } else { "" }.to_owned(),
                ..DepAdd::plain(one, other, kind)
            }),
            6 => Command::DepRemove(DepRemove {
                bead: one,
                on: other,
            }),
            7 => Command::BeadUpdate(Box::new(BeadUpdate {
                parent: Some(if how % 4 == 0 {
                    Edit::Clear
                } else {
                    Edit::To(other)
                }),
                ..BeadUpdate::of(one)
            })),
            8 => Command::BeadUpdate(Box::new(BeadUpdate {
                status: Some(STATUSES[how % STATUSES.len()]),
                ..BeadUpdate::of(one)
            })),
            9 | 10 => Command::BeadClose(BeadClose {
                ids: vec![one],
                reason: ["done", "failed"][how % 2].to_owned(),
                force: true,
                session: None,
            }),
            11 => Command::BeadReopen(BeadReopen {
                ids: vec![one],
                reason: None,
            }),
            12 => Command::BeadDelete(BeadDelete {
                ids: vec![one],
                force: true,
                cascade: how % 4 == 0,
                ..BeadDelete::default()
            }),
            _ => self.import(&one, &other, how),
        };
        if let Ok(Said::Outcome(Outcome::Bead { bead, .. })) = self.world.order(command)
            && !self.known.contains(&bead.id)
        {
            self.known.push(bead.id);
        }
    }

    fn create(&self, one: BeadId, other: BeadId, how: usize) -> Command {
        let mut cmd = BeadCreate {
            title: "More".to_owned(),
            ..BeadCreate::default()
        };
        match how % 4 {
            0 => cmd.parent = Some(one),
            1 => cmd.blocked_by = vec![one, other],
            2 => {
                cmd.blocked_by = vec![one];
                cmd.blocks = vec![other];
            }
            _ => cmd.deps.push(NewDep {
                on: one,
                kind: KINDS[how % KINDS.len()],
                metadata: ANY.to_owned(),
            }),
        }
        Command::BeadCreate(Box::new(cmd))
    }

    /// A line that changes a bead, or brings one that is not there any more.
    fn import(&mut self, one: &BeadId, other: &BeadId, how: usize) -> Command {
        self.imports += 1;
        let status = ["open", "closed", "in_progress", "pinned"][how % 4];
        let line = json!({
            "id": one.as_str(),
            "title": "From a file",
            "status": status,
            "priority": 2,
            "issue_type": "task",
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": format!("2027-01-01T00:{:02}:00Z", self.imports % 60),
            "dependencies": [{
                "issue_id": one.as_str(),
                "depends_on_id": other.as_str(),
                "type": KINDS[how % KINDS.len()].word(),
                "created_at": "2026-01-01T00:00:00Z",
            }],
        });
        Command::BeadImport(Box::new(BeadImport {
            file: "issues.jsonl".to_owned(),
            lines: vec![ImportLine {
                number: 1,
                line: LineBytes::new(line.to_string().into_bytes()),
            }],
            place: Some(i64::try_from(self.imports).unwrap() * 10),
            last: true,
            apply: true,
            rig: None,
        }))
    }

    fn seen(&self) -> Seen {
        let store = self.world.store();
        let rows: Vec<BeadRow> = self
            .known
            .iter()
            .filter_map(|id| store.bead(id).unwrap())
            .collect();
        let ids: Vec<&BeadId> = rows.iter().map(|row| &row.id).collect();
        let around = store.around(&ids).unwrap();
        rows.into_iter()
            .map(|row| {
                let edges = around.depends_on.get(&row.id).into_iter().flatten();
                let edges = edges
                    .map(|edge| (edge.id.clone(), edge.kind, edge.metadata == ANY))
                    .collect();
                (row.id.clone(), (row, edges))
            })
            .collect()
    }
}

fn is_active(seen: &Seen, id: &BeadId) -> bool {
    seen.get(id)
        .is_some_and(|(row, _)| !row.status.is_inactive())
}

/// Whether one of a bead's own edges holds it back.
fn is_held(seen: &Seen, id: &BeadId) -> bool {
    seen[id].1.iter().any(|(on, kind, any)| {
        let Some((target, _)) = seen.get(on) else {
            return false;
        };
        let children: Vec<&BeadRow> = seen
            .values()
            .filter(|(_, edges)| {
                let mut edges = edges.iter();
                edges.any(|(to, kind, _)| to == on && *kind == DepKind::ParentChild)
            })
            .map(|(row, _)| row)
            .collect();
        match kind {
            DepKind::Blocks => is_active(seen, on),
            DepKind::ConditionalBlocks => !target.has_failed(),
            DepKind::WaitsFor if children.is_empty() => is_active(seen, on),
            DepKind::WaitsFor => {
                let one_is_done = children.iter().any(|row| row.status == BeadStatus::Closed);
                children.iter().any(|row| !row.status.is_inactive()) && !(*any && one_is_done)
            }
            _ => false,
        }
    })
}

fn blocked(seen: &Seen) -> BTreeSet<&BeadId> {
    let mut blocked: BTreeSet<&BeadId> = seen
        .keys()
        .filter(|id| is_active(seen, id) && is_held(seen, id))
        .collect();
    loop {
        let more: Vec<&BeadId> = seen
            .iter()
            .filter(|(id, (_, edges))| {
                let below = |(on, kind, _): &(BeadId, DepKind, bool)| {
                    *kind == DepKind::ParentChild && blocked.contains(on)
                };
                !blocked.contains(id) && is_active(seen, id) && edges.iter().any(below)
            })
            .map(|(id, _)| id)
            .collect();
        if more.is_empty() {
            return blocked;
        }
        blocked.extend(more);
    }
}

/// The beads below one.
fn children<'a>(seen: &'a Seen, parent: &'a BeadId) -> impl Iterator<Item = &'a BeadId> {
    let below = move |(on, kind, _): &(BeadId, DepKind, bool)| {
        on == parent && *kind == DepKind::ParentChild
    };
    seen.iter()
        .filter(move |(_, (_, edges))| edges.iter().any(below))
        .map(|(id, _)| id)
}

/// A bead that waits for itself over others; who waits for a spawner waits for its children.
fn circle(seen: &Seen) -> Option<&BeadId> {
    seen.keys().find(|start| {
        let mut reached: BTreeSet<&BeadId> = BTreeSet::new();
        let mut next = vec![*start];
        while let Some(id) = next.pop() {
            let edges = seen.get(id).map(|(_, edges)| edges).into_iter().flatten();
            for (on, kind, _) in edges {
                if !kind.is_readiness() {
                    continue;
                }
                let spawned = children(seen, on).filter(|_| *kind == DepKind::WaitsFor);
                for met in spawned.chain([on]) {
                    if reached.insert(met) {
                        next.push(met);
                    }
                }
            }
        }
        reached.contains(start)
    })
}

fn check(steps: &[Step]) {
    let mut play = Play::new();
    for (number, step) in steps.iter().enumerate() {
        play.play(*step);
        let seen = play.seen();
        let stored: BTreeSet<&BeadId> = seen
            .iter()
            .filter(|(_, (row, _))| row.is_blocked)
            .map(|(id, _)| id)
            .collect();
        assert_eq!(stored, blocked(&seen), "after step {number}: {step:?}");
        // A file may hold circles, which are its own; no command makes one.
        if play.imports == 0 {
            assert_eq!(circle(&seen), None, "after step {number}: {step:?}");
        }
    }
}

fn steps(kinds: u8) -> impl Strategy<Value = Vec<Step>> {
    let step = (0..kinds, 0..9_usize, 0..9_usize, 0..20_usize);
    proptest::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 25, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_order_of_commands_makes_a_circle(steps in steps(13)) {
        check(&steps);
    }

    #[test]
    fn is_blocked_is_right_after_every_command_and_every_file(steps in steps(16)) {
        check(&steps);
    }
}
