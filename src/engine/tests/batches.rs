//! The merge queue in the simulator: stacked, tested, searched, landed, stopped.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::domain::{
    BatchPhase, BeadId, BeadStatus, Command, Exit, MergePhase, Mismatch, QueueResume, RigName,
};

use super::check::check;
use super::runs::{finish, gates_on, status};
use super::world::{Commit, World};

/// What the gates saw: the pieces of work of each tree they ran on.
type Seen = Rc<RefCell<Vec<BTreeSet<u64>>>>;

/// So many polecats have their work done; the queue stands still until they all have submitted.
fn submitted(world: &mut World, count: u64) -> Vec<BeadId> {
    let pause = crate::domain::QueuePause {
        rig: bot(),
        reason: None,
    };
    world.order(Command::QueuePause(pause)).unwrap();
    let mut beads = Vec::new();
    for number in 0..count {
        let bead = world.bead(&format!("work {number}"));
        world.sling(&bead).unwrap();
        world.settle();
        for run in world.agents() {
            world.commit(&run, number);
            world.done(&run).unwrap();
        }
        world.settle();
        beads.push(bead);
    }
    beads
}

fn bot() -> RigName {
    RigName::parse("tradingbot").unwrap()
}

fn go_on(world: &mut World) {
    let resume = QueueResume { rig: bot() };
    world.order(Command::QueueResume(resume)).unwrap();
    world.settle();
    check(world);
}

/// Gates that fail where one of these pieces is in the tree.
fn spoiled(world: &mut World, bad: &[u64]) -> Seen {
    let seen = Seen::default();
    let (bad, log) = (bad.to_vec(), Rc::clone(&seen));
    world.gate = Box::new(move |commit: &Commit| {
        log.borrow_mut().push(commit.work.clone());
        let red = bad.iter().any(|piece| commit.work.contains(piece));
        Exit::Code {
            code: i32::from(red),
        }
    });
    seen
}

/// The pieces that the polecats have committed, in their order.
fn pieces(world: &World) -> Vec<u64> {
    let mut all: Vec<_> = world.store().open_merges(None).unwrap();
    all.sort_by_key(|merge| merge.created_at);
    let piece = |tip| *world.commits[tip].work.last().unwrap();
    all.iter().map(|merge| piece(&merge.tip)).collect()
}

#[test]
fn m1_a_good_batch_costs_one_run_of_the_gates_and_one_move_of_the_target() {
    let mut world = World::new();
    gates_on(&world);
    let beads = submitted(&mut world, 8);
    let seen = spoiled(&mut world, &[]);
    go_on(&mut world);
    assert_eq!(seen.borrow().len(), 2, "lint and test, once each");
    assert_eq!(world.remote.len(), 2, "one move");
    for bead in &beads {
        assert_eq!(status(&world, bead), BeadStatus::Closed);
    }
}

#[test]
fn m1_the_bad_one_is_found_the_good_ones_land_and_nobody_else_is_blamed() {
    for place in 0..8 {
        let mut world = World::new();
        gates_on(&world);
        let beads = submitted(&mut world, 8);
        let bad = pieces(&world)[place];
        let seen = spoiled(&mut world, &[bad]);
        go_on(&mut world);
        for (number, bead) in beads.iter().enumerate() {
            let closed = status(&world, bead) == BeadStatus::Closed;
            assert_eq!(closed, number != place, "{number} when {place} is bad");
        }
        let tip = world.remote.last().unwrap();
        assert_eq!(world.commits[tip].work.len(), 7);
        assert!(!world.commits[tip].work.contains(&bad));
        let ended = world.store().ended_merges(None, 100).unwrap();
        let back: Vec<_> = (ended.iter())
            .filter(|merge| merge.phase == MergePhase::SentBack)
            .collect();
        assert_eq!(back.len(), 1);
        let why = back[0].reason.as_deref().unwrap();
        assert!(why.contains("gate `lint` failed: gate says so"), "{why}");
        // Eight at once, then the search, then those behind the bad one.
        assert!(seen.borrow().len() <= 14, "{} runs", seen.borrow().len());
    }
}

#[test]
fn m3_a_target_that_fails_alone_stops_the_queue_and_blames_nobody() {
    let mut world = World::new();
    gates_on(&world);
    let beads = submitted(&mut world, 3);
    world.gate = Box::new(|_| Exit::Code { code: 1 });
    go_on(&mut world);
    assert_eq!(world.remote.len(), 1);
    let rig = world.store().rig(&bot()).unwrap().unwrap();
    let stop = rig.stopped.unwrap();
    assert!(
        stop.reason.contains("`main` itself does not pass"),
        "{stop:?}"
    );
    let waiting = world.store().queued_merges(&bot()).unwrap();
    assert_eq!(waiting.len(), 3);
    assert!(waiting.iter().all(|merge| merge.attempt == 1));
    let town = crate::engine::live::town(world.town.as_ref().unwrap()).unwrap();
    assert!(
        town.attention
            .iter()
            .any(|row| row.key == "queue:tradingbot")
    );
    // Somebody mends it.
    world.gate = Box::new(|_| Exit::Code { code: 0 });
    go_on(&mut world);
    for bead in &beads {
        assert_eq!(status(&world, bead), BeadStatus::Closed);
    }
}

#[test]
fn m8_a_stack_that_is_not_what_its_requests_say_is_not_pushed() {
    let mut world = World::new();
    let beads = submitted(&mut world, 2);
    let open = world.store().open_merges(None).unwrap();
    world.mismatches = vec![Mismatch::Foreign {
        key: open[1].id.clone(),
        path: "a.rs".to_owned(),
        line: "-somebody else's".to_owned(),
    }];
    go_on(&mut world);
    assert_eq!(world.remote.len(), 1, "nothing was pushed");
    let rig = world.store().rig(&bot()).unwrap().unwrap();
    assert!(rig.stopped.unwrap().reason.contains("a.rs"));
    go_on(&mut world);
    for bead in &beads {
        assert_eq!(status(&world, bead), BeadStatus::Closed);
    }
}

#[test]
fn a_flaky_gate_is_run_again_when_the_settings_say_so() {
    let mut world = World::new();
    let file = world.paths.root().join("tradingbot/settings/config.json");
    let text = r#"{"type":"rig-settings","version":1,"merge_queue":{"test_command":"t","retry_flaky_tests":3}}"#;
    std::fs::write(file, text).unwrap();
    let bead = submitted(&mut world, 1).remove(0);
    let mut runs = 0;
    world.gate = Box::new(move |_| {
        runs += 1;
        Exit::Code {
            code: i32::from(runs < 3),
        }
    });
    go_on(&mut world);
    assert_eq!(status(&world, &bead), BeadStatus::Closed);
}

#[test]
fn gates_that_change_while_they_run_are_run_again() {
    let mut world = World::new();
    gates_on(&world);
    let bead = submitted(&mut world, 1).remove(0);
    let file = world.paths.root().join("tradingbot/settings/config.json");
    let seen = Rc::new(RefCell::new(0));
    let log = Rc::clone(&seen);
    world.gate = Box::new(move |_| {
        *log.borrow_mut() += 1;
        if *log.borrow() == 1 {
            let text =
                r#"{"type":"rig-settings","version":1,"merge_queue":{"test_command":"stricter"}}"#;
            std::fs::write(&file, text).unwrap();
        }
        Exit::Code { code: 0 }
    });
    go_on(&mut world);
    assert_eq!(status(&world, &bead), BeadStatus::Closed);
    assert_eq!(*seen.borrow(), 2, "the old gate once, then the new one");
}

#[test]
fn a_request_that_fits_the_target_and_not_its_neighbour_waits_for_it() {
    let mut world = World::new();
    let pause = crate::domain::QueuePause {
        rig: bot(),
        reason: Some("two at once".to_owned()),
    };
    world.order(Command::QueuePause(pause)).unwrap();
    for number in 0..2 {
        let bead = world.bead(&format!("work {number}"));
        world.sling(&bead).unwrap();
    }
    world.settle();
    for run in world.agents() {
        world.commit(&run, 7);
        world.done(&run).unwrap();
    }
    world.settle();
    let resume = QueueResume { rig: bot() };
    world.order(Command::QueueResume(resume)).unwrap();
    for _ in 0..200 {
        world.step();
    }
    world.settle();
    check(&world);
    // Behind the first it waited, and on the new target it went back to its bead.
    let ended = world.store().ended_merges(None, 10).unwrap();
    let phases: Vec<_> = ended.iter().map(|merge| merge.phase).collect();
    assert!(phases.contains(&MergePhase::Landed) && phases.contains(&MergePhase::SentBack));
    let back = ended
        .iter()
        .find(|merge| merge.phase == MergePhase::SentBack);
    assert!(back.unwrap().conflict.is_some(), "the conflict is kept");
    finish(&mut world, 1);
    assert!(world.store().open_merges(None).unwrap().is_empty());
}

#[test]
fn the_window_halves_on_red_and_grows_on_green() {
    let mut world = World::new();
    gates_on(&world);
    submitted(&mut world, 8);
    let bad = pieces(&world)[0];
    spoiled(&mut world, &[bad]);
    go_on(&mut world);
    let sizes: Vec<usize> = (1..=world.store().count_of("batches").unwrap())
        .map(|number| {
            let id = crate::domain::BatchId::parse(&format!("batch-{number}")).unwrap();
            let batch = world.store().batch(&id).unwrap().unwrap();
            assert!(matches!(
                batch.phase,
                BatchPhase::Landed | BatchPhase::Ended
            ));
            batch.members.len()
        })
        .collect();
    assert_eq!(sizes, [8, 4, 3], "eight, the half of it, the rest");
    assert_eq!(world.store().rig(&bot()).unwrap().unwrap().window, 0);
}

#[test]
fn m8_work_that_is_there_only_by_a_request_that_goes_back_has_not_landed() {
    let mut world = World::new();
    gates_on(&world);
    let pause = crate::domain::QueuePause {
        rig: bot(),
        reason: None,
    };
    world.order(Command::QueuePause(pause)).unwrap();
    for number in 0..2 {
        let bead = world.bead(&format!("the same {number}"));
        world.sling(&bead).unwrap();
    }
    world.settle();
    let runs = world.agents();
    world.commit(&runs[0], 1);
    let first = super::world::record_of(&runs[0]);
    let head = world.trees[&first].head.clone();
    let second = super::world::record_of(&runs[1]);
    world.trees.get_mut(&second).unwrap().head = head;
    for run in &runs {
        world.done(run).unwrap();
    }
    world.settle();
    let bad = pieces(&world)[0];
    spoiled(&mut world, &[bad]);
    go_on(&mut world);
    assert_eq!(world.remote.len(), 1, "nothing landed");
    let ended = world.store().ended_merges(None, 10).unwrap();
    assert!(
        ended
            .iter()
            .all(|merge| merge.phase == MergePhase::SentBack),
        "{ended:?}"
    );
    assert_eq!(ended.len(), 2);
}

#[test]
fn m2_a_misspelled_gate_lands_nothing() {
    let mut world = World::new();
    let bead = submitted(&mut world, 1).remove(0);
    let file = world.paths.root().join("tradingbot/settings/config.json");
    let typo = r#"{"type":"rig-settings","version":1,"merge_queue":{"test_comand":"test"}}"#;
    for text in [typo, "{ torn"] {
        std::fs::write(&file, text).unwrap();
        go_on(&mut world);
        assert_eq!(world.remote.len(), 1, "{text}");
        let rig = world.store().rig(&bot()).unwrap().unwrap();
        let stop = rig.stopped.unwrap();
        assert!(stop.reason.contains("settings/config.json"), "{stop:?}");
    }
    gates_on(&world);
    go_on(&mut world);
    assert_eq!(status(&world, &bead), BeadStatus::Closed);
}
