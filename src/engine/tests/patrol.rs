//! The patrol in the simulator: told once, shown until it is over, also across a crash.

use crate::domain::{EventBody, EventFilter, Exit, Leftover};
use crate::engine::Input;

use super::world::World;

fn look(world: &mut World) {
    world.inbox.push_back(Input::Patrol);
    world.settle();
}

fn told(world: &World, which: fn(&EventBody) -> bool) -> usize {
    let events = world.store().events(&EventFilter::default()).unwrap();
    events.iter().filter(|event| which(&event.body)).count()
}

/// What the console shows as needing a person.
fn shown(world: &World) -> Vec<String> {
    let town = world.console.as_ref().unwrap();
    town.attention.iter().map(|row| row.key.clone()).collect()
}

#[test]
fn a_deleted_worktree_is_told_once_and_shown_until_it_is_back() {
    let gone = |body: &EventBody| matches!(body, EventBody::WorktreeGone { .. });
    let back = |body: &EventBody| matches!(body, EventBody::WorktreeBack { .. });
    let mut world = World::new();
    let bead = world.bead("work");
    world.sling(&bead).unwrap();
    world.settle();
    look(&mut world);
    assert_eq!((told(&world, gone), shown(&world)), (0, vec![]));
    let row = world.store().living().unwrap().remove(0);
    world.deleted.insert(row.worktree);
    let key = vec![format!("tree:{}", row.id)];
    for _ in 0..2 {
        look(&mut world);
        assert_eq!((told(&world, gone), shown(&world)), (1, key.clone()));
        world.crash();
        world.settle();
        assert_eq!(shown(&world), key);
    }
    world.deleted.clear();
    look(&mut world);
    look(&mut world);
    assert_eq!((told(&world, back), shown(&world)), (1, vec![]));
}

#[test]
fn p4_a_process_that_outlives_a_stop_is_told_once_and_shown_until_it_has_ended() {
    let left = |body: &EventBody| matches!(body, EventBody::ProcessesLeft { .. });
    let ended = |body: &EventBody| matches!(body, EventBody::LeftoverEnded { .. });
    let mut world = World::new();
    let bead = world.bead("work");
    world.sling(&bead).unwrap();
    world.settle();
    let run = world.agents().remove(0);
    let stuck = Leftover {
        pid: 4711,
        started: 9,
        command: "stuck".to_owned(),
    };
    world.processes.get_mut(&run).unwrap().exit = Some(Exit::Code { code: 1 });
    for _ in 0..2 {
        world.inbox.push_back(Input::Exited {
            run: run.clone(),
            exit: Exit::Code { code: 1 },
            tail: String::new(),
            took: 1,
            left: vec![stuck.clone()],
        });
        world.step();
        assert_eq!(told(&world, left), 1);
    }
    let key = "left:4711:9".to_owned();
    assert!(shown(&world).contains(&key), "{:?}", shown(&world));
    world.crash();
    world.settle();
    assert!(shown(&world).contains(&key), "{:?}", shown(&world));
    look(&mut world);
    look(&mut world);
    assert_eq!(told(&world, ended), 1);
    assert!(!shown(&world).contains(&key), "{:?}", shown(&world));
}
