//! The ledger's own commands through the engine: who may, what changes, what is remembered.

use crate::domain::{
    BeadClose, BeadCreate, BeadDelete, BeadId, BeadReopen, BeadStatus, BeadType, BeadUpdate,
    BeadView, Command, CommentAdd, DepAdd, DepKind, DepRemove, Edit, EventBody, EventFilter, Kind,
    KvSet, Outcome, Refusal,
};

use super::super::input::Said;
use super::world::World;

fn world() -> World {
    let mut world = World::new();
    world.settle();
    world
}

fn order(world: &mut World, command: Command) -> Result<Outcome, Refusal> {
    match world.order(command)? {
        Said::Outcome(outcome) => Ok(outcome),
        other => panic!("{other:?}"),
    }
}

fn make(world: &mut World, cmd: BeadCreate) -> Result<BeadView, Refusal> {
    match order(world, Command::BeadCreate(Box::new(cmd)))? {
        Outcome::Bead { bead, .. } => Ok(*bead),
        other => panic!("{other:?}"),
    }
}

fn titled(title: &str) -> BeadCreate {
    BeadCreate {
        title: title.to_owned(),
        ..BeadCreate::default()
    }
}

fn update(world: &mut World, cmd: BeadUpdate) -> Result<BeadView, Refusal> {
    match order(world, Command::BeadUpdate(Box::new(cmd)))? {
        Outcome::Bead { bead, .. } => Ok(*bead),
        other => panic!("{other:?}"),
    }
}

fn close(world: &mut World, id: &BeadId, force: bool) -> Result<Outcome, Refusal> {
    let cmd = BeadClose {
        ids: vec![id.clone()],
        reason: "done".to_owned(),
        force,
        session: Some("s-1".to_owned()),
    };
    order(world, Command::BeadClose(cmd))
}

fn delete(world: &mut World, id: &BeadId) -> Result<Outcome, Refusal> {
    let cmd = BeadDelete {
        ids: vec![id.clone()],
        ..BeadDelete::default()
    };
    order(world, Command::BeadDelete(cmd))
}

#[test]
fn children_are_numbered_once_and_never_again() {
    let mut world = World::new();
    let epic = make(
        &mut world,
        BeadCreate {
            kind: BeadType::Epic,
            labels: vec!["ui".to_owned()],
            ..titled("Epic")
        },
    )
    .unwrap();
    let child = |world: &mut World, parent: &BeadId| {
        make(
            world,
            BeadCreate {
                parent: Some(parent.clone()),
                ..titled("Child")
            },
        )
    };
    let first = child(&mut world, &epic.id).unwrap();
    let second = child(&mut world, &epic.id).unwrap();
    assert_eq!(first.id.as_str(), format!("{}.1", epic.id));
    assert_eq!(second.id.as_str(), format!("{}.2", epic.id));
    assert_eq!(first.labels, ["ui"]);
    assert_eq!(first.parent(), Some(&epic.id));
    delete(&mut world, &second.id).unwrap();
    let third = child(&mut world, &epic.id).unwrap();
    assert_eq!(third.id.as_str(), format!("{}.3", epic.id));
    let two = child(&mut world, &first.id).unwrap();
    let three = child(&mut world, &two.id).unwrap();
    assert_eq!(
        child(&mut world, &three.id).unwrap_err().kind,
        Kind::Refused
    );
    let again = BeadCreate {
        id: Some(second.id),
        ..titled("Again")
    };
    assert_eq!(make(&mut world, again).unwrap_err().kind, Kind::Conflict);
}

#[test]
fn an_epic_with_open_children_and_a_blocked_bead_close_by_force_only() {
    let mut world = world();
    let epic = make(
        &mut world,
        BeadCreate {
            kind: BeadType::Epic,
            ..titled("Epic")
        },
    )
    .unwrap()
    .id;
    let part = make(
        &mut world,
        BeadCreate {
            parent: Some(epic.clone()),
            ..titled("Part")
        },
    )
    .unwrap()
    .id;
    let waits = make(
        &mut world,
        BeadCreate {
            blocked_by: vec![part.clone()],
            ..titled("Waits")
        },
    )
    .unwrap();
    assert!(waits.is_blocked);
    for id in [&epic, &waits.id] {
        assert_eq!(
            close(&mut world, id, false).unwrap_err().kind,
            Kind::Refused
        );
    }
    close(&mut world, &waits.id, true).unwrap();
    close(&mut world, &part, false).unwrap();
    close(&mut world, &epic, false).unwrap();
}

#[test]
fn reopening_says_what_was_open_already_and_keeps_the_reason_as_a_comment() {
    let mut world = world();
    let id = world.bead("Work");
    close(&mut world, &id, false).unwrap();
    let cmd = BeadReopen {
        ids: vec![id.clone()],
        reason: Some("came back".to_owned()),
    };
    let Outcome::Reopened(done) = order(&mut world, Command::BeadReopen(cmd.clone())).unwrap()
    else {
        panic!();
    };
    assert!(done.already.is_empty());
    assert_eq!(done.beads[0].status, BeadStatus::Open);
    assert_eq!(done.beads[0].close_reason, None);
    assert_eq!(done.beads[0].comments, 1);
    let Outcome::Reopened(done) = order(&mut world, Command::BeadReopen(cmd)).unwrap() else {
        panic!();
    };
    assert_eq!(done.already, [id]);
}

#[test]
fn what_is_said_twice_in_one_moment_stays_two_and_blank_is_refused() {
    let mut world = world();
    let id = world.bead("Work");
    let say = |text: &str| {
        Command::CommentAdd(CommentAdd {
            bead: id.clone(),
            text: text.to_owned(),
        })
    };
    order(&mut world, say("hello")).unwrap();
    order(&mut world, say("hello")).unwrap();
    assert_eq!(world.store().comments(&id).unwrap().len(), 2);
    assert_eq!(order(&mut world, say("  ")).unwrap_err().kind, Kind::Usage);
}

#[test]
fn a_deleted_bead_leaves_its_history_and_its_neighbours_name_it_no_more() {
    let mut world = world();
    let gone = world.bead("Gone");
    let stays = make(
        &mut world,
        BeadCreate {
            description: format!("after {gone}, see {gone}.1"),
            blocked_by: vec![gone.clone()],
            ..titled("Stays")
        },
    )
    .unwrap();
    assert!(stays.is_blocked);
    let Outcome::Deleted(deleted) = delete(&mut world, &gone).unwrap() else {
        panic!();
    };
    assert_eq!((deleted.edges, deleted.rewritten.len()), (1, 1));
    let stays = world.store().bead(&stays.id).unwrap().unwrap();
    assert!(!stays.is_blocked);
    assert_eq!(
        stays.description,
        format!("after [deleted:{gone}], see {gone}.1")
    );
    let filter = EventFilter {
        bead: Some(gone.clone()),
        ..EventFilter::default()
    };
    let events = world.store().events(&filter).unwrap();
    assert!(matches!(events[0].body, EventBody::BeadCreated { .. }));
    assert!(matches!(
        events.last().unwrap().body,
        EventBody::BeadDeleted { .. }
    ));
    assert!(world.store().id_taken(gone.as_str()).unwrap());
}

#[test]
fn edges_come_and_go_and_no_circle_can_be_made() {
    let mut world = world();
    let (a, b) = (world.bead("A"), world.bead("B"));
    let add = |bead: &BeadId, on: &BeadId, kind| {
        Command::DepAdd(DepAdd::plain(bead.clone(), on.clone(), kind))
    };
    order(&mut world, add(&a, &b, DepKind::Blocks)).unwrap();
    for (bead, on, kind) in [
        (&b, &a, DepKind::Blocks),
        (&b, &a, DepKind::ParentChild),
        (&a, &a, DepKind::Related),
        (&a, &b, DepKind::Related),
    ] {
        let refusal = order(&mut world, add(bead, on, kind)).unwrap_err();
        assert_eq!(refusal.kind, Kind::Conflict, "{kind}");
    }
    let moved = BeadUpdate {
        parent: Some(Edit::To(a.clone())),
        ..BeadUpdate::of(b.clone())
    };
    assert_eq!(update(&mut world, moved).unwrap_err().kind, Kind::Conflict);
    let remove = Command::DepRemove(DepRemove {
        bead: a.clone(),
        on: b,
    });
    order(&mut world, remove.clone()).unwrap();
    assert!(!world.store().bead(&a).unwrap().unwrap().is_blocked);
    assert_eq!(order(&mut world, remove).unwrap_err().kind, Kind::NotFound);
}

#[test]
fn who_waits_for_a_spawner_waits_for_its_children() {
    let mut world = world();
    let (spawner, child, waiter) = (world.bead("S"), world.bead("C"), world.bead("W"));
    let add = |bead: &BeadId, on: &BeadId, kind| {
        Command::DepAdd(DepAdd::plain(bead.clone(), on.clone(), kind))
    };
    order(&mut world, add(&child, &spawner, DepKind::ParentChild)).unwrap();
    order(&mut world, add(&waiter, &spawner, DepKind::WaitsFor)).unwrap();
    for (bead, on, kind) in [
        (&child, &waiter, DepKind::Blocks),
        (&spawner, &waiter, DepKind::Blocks),
        (&child, &waiter, DepKind::ParentChild),
    ] {
        let refusal = order(&mut world, add(bead, on, kind)).unwrap_err();
        assert_eq!(refusal.kind, Kind::Conflict, "{kind}");
    }
    // What waits for the waiter cannot become one more child.
    let late = world.bead("Late");
    order(&mut world, add(&late, &waiter, DepKind::Blocks)).unwrap();
    let joins = add(&late, &spawner, DepKind::ParentChild);
    assert_eq!(order(&mut world, joins).unwrap_err().kind, Kind::Conflict);
    // Nor can a bead wait for the children of its own parent.
    let own = add(&child, &spawner, DepKind::WaitsFor);
    assert_eq!(order(&mut world, own).unwrap_err().kind, Kind::Conflict);
    // A new bead between two others closes no circle either.
    let between = BeadCreate {
        deps: vec![crate::domain::NewDep {
            on: spawner,
            kind: DepKind::WaitsFor,
            metadata: String::new(),
        }],
        blocks: vec![child],
        ..titled("Between")
    };
    assert_eq!(make(&mut world, between).unwrap_err().kind, Kind::Conflict);
}

#[test]
fn a_step_for_a_failure_is_skipped_when_there_is_none_and_its_molecule_closes() {
    let mut world = world();
    let molecule = BeadCreate {
        kind: BeadType::Molecule,
        ..titled("M")
    };
    let molecule = make(&mut world, molecule).unwrap().id;
    let step = |world: &mut World, title: &str| {
        let step = BeadCreate {
            parent: Some(molecule.clone()),
            ..titled(title)
        };
        make(world, step).unwrap().id
    };
    let (work, repair, last) = (
        step(&mut world, "Work"),
        step(&mut world, "Repair"),
        step(&mut world, "Repair the repair"),
    );
    for (bead, on) in [(&repair, &work), (&last, &repair)] {
        let edge = DepAdd::plain(bead.clone(), on.clone(), DepKind::ConditionalBlocks);
        order(&mut world, Command::DepAdd(edge)).unwrap();
    }
    close(&mut world, &work, false).unwrap();
    let row = |world: &World, id: &BeadId| world.store().bead(id).unwrap().unwrap();
    for id in [&repair, &last] {
        let skipped = row(&world, id);
        assert_eq!(skipped.status, BeadStatus::Closed, "{id}");
        assert!(skipped.close_reason.unwrap().starts_with("skipped: "));
    }
    let closed = row(&world, &molecule);
    assert_eq!(closed.close_reason.as_deref(), Some("all steps complete"));
    assert_eq!(closed.status, BeadStatus::Closed);
    let filter = EventFilter {
        bead: Some(molecule),
        ..EventFilter::default()
    };
    let events = world.store().events(&filter).unwrap();
    let last = events.last().unwrap();
    assert_eq!(last.actor, crate::domain::Address::Engine);
    assert!(matches!(last.body, EventBody::BeadClosed { .. }));
}

#[test]
fn a_failure_starts_the_step_that_waits_for_one() {
    let mut world = world();
    let (work, repair) = (world.bead("Work"), world.bead("Repair"));
    let edge = DepAdd::plain(repair.clone(), work.clone(), DepKind::ConditionalBlocks);
    order(&mut world, Command::DepAdd(edge)).unwrap();
    let cmd = BeadClose {
        ids: vec![work],
        reason: "the build failed".to_owned(),
        ..BeadClose::default()
    };
    order(&mut world, Command::BeadClose(cmd)).unwrap();
    let row = world.store().bead(&repair).unwrap().unwrap();
    assert_eq!(row.status, BeadStatus::Open);
    assert!(!row.is_blocked);
}

#[test]
fn one_of_several_claims_wins_and_nothing_is_claimed_twice() {
    let mut world = world();
    let id = world.bead("Work");
    let claim = || Command::ReadyClaim(Box::default());
    let claimed = |outcome| match outcome {
        Outcome::Beads { beads } => beads,
        other => panic!("{other:?}"),
    };
    let first = claimed(order(&mut world, claim()).unwrap());
    assert_eq!(first[0].id, id);
    assert_eq!(first[0].status, BeadStatus::InProgress);
    assert_eq!(first[0].assignee.as_deref(), Some("human"));
    assert!(first[0].rest.started_at.is_some());
    assert!(claimed(order(&mut world, claim()).unwrap()).is_empty());
    let take = |id: &BeadId| BeadUpdate {
        claim: true,
        ..BeadUpdate::of(id.clone())
    };
    update(&mut world, take(&id)).unwrap();
    let other = BeadUpdate {
        assignee: Some("tradingbot/polecats/Toast".to_owned()),
        ..BeadUpdate::of(id.clone())
    };
    update(&mut world, other).unwrap();
    assert_eq!(
        update(&mut world, take(&id)).unwrap_err().kind,
        Kind::Conflict
    );
}

#[test]
fn custom_words_are_taken_once_the_settings_name_them() {
    let mut world = world();
    let id = world.bead("Work");
    let staged = BeadUpdate {
        status: Some(BeadStatus::Foreign),
        status_word: Some("staged".to_owned()),
        ..BeadUpdate::of(id.clone())
    };
    let refusal = update(&mut world, staged.clone()).unwrap_err();
    assert!(refusal.message.contains("`staged`"), "{refusal}");
    let set = KvSet {
        key: "status.custom".to_owned(),
        value: Some("staged:active".to_owned()),
    };
    order(&mut world, Command::KvSet(set)).unwrap();
    let bead = update(&mut world, staged).unwrap();
    assert_eq!(bead.status_text(), "staged");
    let filter = EventFilter {
        bead: Some(id),
        ..EventFilter::default()
    };
    let events = world.store().events(&filter).unwrap();
    let EventBody::BeadUpdated { changes, was } = &events.last().unwrap().body else {
        panic!();
    };
    assert_eq!(changes[0], ("status".to_owned(), "staged".to_owned()));
    assert_eq!(was[0], ("status".to_owned(), "open".to_owned()));
}
