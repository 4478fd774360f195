//! What is left of buried worktrees, in the simulator: brought back on order, and deleted from the
//! trash when its time is over.

use crate::domain::{
    Command, EventBody, EventFilter, IncarnationId, Kind, Outcome, PolecatNuke, RescueRestore,
    RestoreTo, TRASH_KEPT,
};
use crate::engine::{Input, Said};

use super::world::World;

fn buried() -> (World, IncarnationId) {
    let mut world = World::new();
    world.keeps_trash = true;
    let bead = world.bead("work");
    world.sling(&bead).unwrap();
    world.settle();
    let id = world.store().living().unwrap().remove(0).id;
    let nuke = PolecatNuke {
        agent: "Toast".to_owned(),
    };
    world.order(Command::PolecatNuke(nuke)).unwrap();
    world.settle();
    (world, id)
}

fn told(world: &World, which: fn(&EventBody) -> bool) -> usize {
    let events = world.store().events(&EventFilter::default()).unwrap();
    events.iter().filter(|event| which(&event.body)).count()
}

#[test]
fn w1_the_trash_is_emptied_after_14_days_and_not_before() {
    let emptied = |body: &EventBody| matches!(body, EventBody::TrashEmptied { .. });
    let (mut world, id) = buried();
    let row = world.store().incarnation(&id).unwrap().unwrap();
    let (trash, ended) = (row.trash.unwrap(), row.ended_at.unwrap());
    let look = |world: &mut World, wall: i64| {
        world.now.wall = wall;
        world.inbox.push_back(Input::Patrol);
        world.settle();
    };
    look(&mut world, ended + TRASH_KEPT - 60_000);
    assert_eq!((world.emptied.len(), told(&world, emptied)), (0, 0));
    for _ in 0..2 {
        look(&mut world, ended + TRASH_KEPT + 60_000);
        assert_eq!(world.emptied, std::slice::from_ref(&trash));
        assert_eq!(told(&world, emptied), 1);
        assert_eq!(world.store().incarnation(&id).unwrap().unwrap().trash, None);
        world.crash();
        world.settle();
    }
}

#[test]
fn rescued_work_comes_back_as_a_branch_and_never_over_the_target() {
    let restored = |body: &EventBody| matches!(body, EventBody::WorkRestored { .. });
    let (mut world, id) = buried();
    let order = |world: &mut World, to: RestoreTo| {
        let restore = RescueRestore {
            id: id.clone(),
            part: None,
            to,
        };
        world.order(Command::RescueRestore(restore))
    };
    let said = order(&mut world, RestoreTo::Branch("again".to_owned())).unwrap();
    let Said::Outcome(Outcome::Done { message }) = said else {
        panic!("{said:?}");
    };
    assert!(message.ends_with(" is back as again"), "{message}");
    assert_eq!(told(&world, restored), 1);
    let inside = world.paths.root().join("tradingbot/new");
    for (to, kind) in [
        (RestoreTo::Branch("main".to_owned()), Kind::Refused),
        (RestoreTo::Folder(inside), Kind::Refused),
        (RestoreTo::Folder("relative".into()), Kind::Refused),
        (RestoreTo::Folder("/outside/../x".into()), Kind::Refused),
        (RestoreTo::Folder("/outside/x".into()), Kind::Conflict),
    ] {
        let refusal = order(&mut world, to.clone()).unwrap_err();
        assert_eq!(refusal.kind, kind, "{to:?}: {refusal}");
    }
    assert_eq!(told(&world, restored), 1);
}
