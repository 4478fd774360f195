//! What must hold after every step, whatever happened before.

use std::collections::BTreeSet;

use crate::domain::{BatchId, BatchPhase, BeadStatus, EventFilter, GateOutcome, MergePhase, Phase};

use super::world::World;

/// Checks the town and its world; the message names the contract.
pub(super) fn check(world: &World) {
    let Some(town) = &world.town else {
        return;
    };
    let store = &town.store;
    let living = store.living().unwrap();
    let mut names = BTreeSet::new();
    let mut held = BTreeSet::new();
    for row in &living {
        assert!(
            names.insert((row.rig.clone(), row.name.clone())),
            "W6: {} holds a name twice",
            row.id
        );
        if matches!(row.phase, Phase::Preparing | Phase::Running) {
            assert!(
                held.insert(row.bead.clone()),
                "one hook per bead: {}",
                row.bead
            );
            let bead = store.bead(&row.bead).unwrap().unwrap();
            assert!(
                matches!(bead.status, BeadStatus::Hooked | BeadStatus::Closed),
                "D6: {} is {} on the hook of {}",
                bead.id,
                bead.status,
                row.id
            );
        }
    }
    let events = store.events(&EventFilter::default()).unwrap();
    for (number, event) in (1_i64..).zip(&events) {
        assert_eq!(event.seq, number, "D11: the history has a gap");
    }
    landings(world);
    console_knows(world);
}

/// DECISIONS 2: a snapshot kept current by deltas says what a new snapshot says.
fn console_knows(world: &World) {
    let (Some(town), Some(console)) = (&world.town, &world.console) else {
        return;
    };
    let fresh = crate::engine::live::town(town).unwrap();
    assert_eq!(console.seq, fresh.seq);
    assert_eq!(console.wish, fresh.wish);
    assert_eq!(console.beads, fresh.beads);
    assert_eq!(console.attention, fresh.attention);
    assert_eq!(console.engine, fresh.engine);
    assert_eq!(console.agents.len(), fresh.agents.len());
    for row in &fresh.agents {
        assert!(
            console.agents.contains(row),
            "the console does not know {row:?}: {:?}",
            console.agents
        );
    }
    for row in &fresh.rigs {
        assert!(
            console.rigs.contains(row),
            "the console does not know {row:?}: {:?}",
            console.rigs
        );
    }
    for row in &fresh.merges {
        assert!(
            console.merges.contains(row),
            "the console does not know {row:?}: {:?}",
            console.merges
        );
    }
    for row in &fresh.convoys {
        assert!(
            console.convoys.contains(row),
            "the console does not know {row:?}: {:?}",
            console.convoys
        );
    }
}

/// M1: each step of the remote's target is a landing whose tree passed its gates, or an external one.
fn landings(world: &World) {
    let Some(town) = &world.town else {
        return;
    };
    let store = &town.store;
    let mut merges = store.open_merges(None).unwrap();
    merges.extend(store.ended_merges(None, 1_000).unwrap());
    let batches: Vec<_> = (1..=store.count_of("batches").unwrap())
        .filter_map(|number| {
            store
                .batch(&BatchId::parse(&format!("batch-{number}")).unwrap())
                .unwrap()
        })
        .collect();
    let mut landed = BTreeSet::new();
    for (old, tip) in world.remote.iter().zip(world.remote.iter().skip(1)) {
        let landing = batches.iter().find(|batch| {
            batch.old.as_ref() == Some(old)
                && batch.step().map(|step| &step.commit) == Some(tip)
                && matches!(batch.phase, BatchPhase::Landing | BatchPhase::Landed)
        });
        let Some(batch) = landing else {
            assert!(
                world.commits[tip].work.contains(&0),
                "M1: {tip} is on the target and nobody landed it"
            );
            continue;
        };
        landed.extend(batch.merges(batch.at));
        let wanted = town.settings.rig_gates(&batch.rig).len();
        // The very tree passed, in this batch or in an earlier one.
        let tree = &batch.step().unwrap().tree;
        let proof = batches.iter().any(|other| {
            (0..=other.stack.len()).any(|at| {
                let gates = store.gates(&other.id, at).unwrap();
                let passed = gates
                    .iter()
                    .filter(|gate| gate.outcome == GateOutcome::Passed && gate.tree == *tree);
                passed.count() == wanted
            })
        });
        assert!(
            wanted == 0 || proof,
            "M2: {} is on the target without its gates",
            batch.id
        );
    }
    for merge in merges
        .iter()
        .filter(|merge| merge.phase == MergePhase::Landed)
    {
        let bead = store.bead(&merge.bead).unwrap().unwrap();
        assert_eq!(
            bead.status,
            BeadStatus::Closed,
            "M9: {} landed and {} is {}",
            merge.id,
            bead.id,
            bead.status
        );
        // Its own commit was the target's tip, or stands below one that was.
        let work = &world.commits[merge.new.as_ref().unwrap()].work;
        assert!(
            landed.contains(&merge.id)
                || world
                    .remote
                    .iter()
                    .any(|tip| work.is_subset(&world.commits[tip].work)),
            "M8: {} is said to have landed and is not on the target",
            merge.id
        );
    }
    for convoy in store.convoys(1_000).unwrap() {
        let open = store.open_beads_of(&convoy.id).unwrap();
        let all = store.convoy_beads(&convoy.id).unwrap();
        assert_eq!(
            convoy.closed_at.is_some(),
            open.is_empty() && !all.is_empty(),
            "M9: convoy {}",
            convoy.id
        );
    }
}

/// When all has come to rest: every piece of submitted work is on the target or kept.
pub(super) fn nothing_is_lost(world: &World) {
    let on_target: BTreeSet<u64> = world.commits[world.remote.last().unwrap()].work.clone();
    for tree in world.trees.values() {
        for piece in &world.commits[&tree.head].work {
            assert!(
                on_target.contains(piece)
                    || !tree.branch.is_empty()
                    || world.rescued.contains(piece),
                "W1: piece {piece} is lost"
            );
        }
    }
}
