//! Runs of the simulator: the main job, every kill point, and random towns.

use std::fs;

use crate::domain::{
    AgentState, BeadId, BeadStatus, Command, Exit, MergePhase, Outcome, Phase, PolecatNuke, RunId,
    TownWish, Wish,
};
use crate::engine::Said;
use crate::rules::effect::Effect;

use super::check::{check, nothing_is_lost};
use super::world::{Commit, Kill, World};

pub(super) fn status(world: &World, id: &BeadId) -> BeadStatus {
    world.store().bead(id).unwrap().unwrap().status
}

/// The whole history, for a failure's message.
fn story(world: &World) -> String {
    let store = world.store();
    let events = store
        .events(&crate::domain::EventFilter::default())
        .unwrap();
    let lines: Vec<String> = events
        .iter()
        .map(|event| format!("{} {} {:?}", event.seq, event.cause, event.body))
        .collect();
    let owed = store.owed().unwrap();
    format!("\n{}\nowed: {owed:?}", lines.join("\n"))
}

pub(super) fn gates_on(world: &World) {
    let file = world.paths.root().join("tradingbot/settings/config.json");
    let text = r#"{"type":"rig-settings","version":1,"merge_queue":{"lint_command":"lint","test_command":"test"}}"#;
    fs::write(file, text).unwrap();
}

/// Every living agent does its work: commits when it has none, rebases when sent back, and submits.
fn work(world: &mut World, file: u64) {
    for run in world.agents() {
        let again = run_attempt(world, &run) > 1;
        if again {
            world.rebase(&run);
        }
        world.commit(&run, file);
        // An engine that dies meanwhile is asked again later, as the command line does.
        drop(world.done(&run));
        check(world);
    }
}

/// Two polecats have changed the same file and submitted.
fn two_in_conflict(world: &mut World) -> (BeadId, BeadId) {
    let (first, second) = (world.bead("first"), world.bead("second"));
    world.sling(&first).unwrap();
    world.sling(&second).unwrap();
    world.settle();
    work(world, 7);
    (first, second)
}

fn run_attempt(world: &World, run: &RunId) -> i64 {
    let store = world.store();
    store
        .run(run)
        .unwrap()
        .and_then(|run| store.incarnation(&run.incarnation).unwrap())
        .map_or(1, |row| row.attempt)
}

pub(super) fn finish(world: &mut World, rounds: usize) {
    for _ in 0..rounds {
        world.settle();
        check(world);
        for run in world.agents() {
            if run_attempt(world, &run) > 1 {
                world.rebase(&run);
                world.commit(&run, 99);
            }
            drop(world.done(&run));
            check(world);
        }
    }
    world.settle();
    check(world);
    nothing_is_lost(world);
}

#[test]
fn the_main_job_lands_three_beads_and_closes_their_convoys() {
    let mut world = World::new();
    gates_on(&world);
    let beads: Vec<BeadId> = (0..3)
        .map(|number| world.bead(&format!("work {number}")))
        .collect();
    for bead in &beads {
        world.sling(bead).unwrap();
    }
    world.settle();
    check(&world);
    assert_eq!(world.agents().len(), 3);
    let names: Vec<String> = world.agents().iter().map(super::world::record_of).collect();
    assert!(names.contains(&"Toast.1".to_owned()), "{names:?}");
    for (file, run) in (0..).zip(world.agents()) {
        world.commit(&run, file);
        world.done(&run).unwrap();
        check(&world);
    }
    finish(&mut world, 1);
    for bead in &beads {
        assert_eq!(status(&world, bead), BeadStatus::Closed);
    }
    assert_eq!(world.commits[world.remote.last().unwrap()].work.len(), 3);
    let store = world.store();
    assert!(
        store.living().unwrap().is_empty(),
        "every polecat is buried"
    );
    assert_eq!(
        store
            .convoys(10)
            .unwrap()
            .iter()
            .filter(|convoy| convoy.closed_at.is_some())
            .count(),
        3
    );
    assert!(store.owed().unwrap().is_empty(), "nothing is owed");
}

#[test]
fn d1_d9_a_kill_at_every_step_of_every_effect_converges() {
    // The kinds that a sling, a done and a landing owe; those of a rig and of a nudge have tests of
    // their own below, and a new kind stands here until it has one.
    for kind in Effect::KINDS
        .iter()
        .filter(|kind| !matches!(**kind, "clone" | "layout" | "rig-files" | "deliver"))
    {
        for when in [Kill::Before, Kill::After] {
            let mut world = World::new();
            gates_on(&world);
            // A batch that lands nothing is what has to be cleared.
            let mut fails = u32::from(*kind == "clear");
            let pieces = 2 + fails as usize;
            world.gate = Box::new(move |commit| {
                let red = fails > 0 && !commit.work.is_empty();
                fails -= u32::from(red);
                Exit::Code {
                    code: i32::from(red),
                }
            });
            world.kill = Some(((*kind).to_owned(), when));
            let beads: Vec<BeadId> = (0..2)
                .map(|number| world.bead(&format!("work {number}")))
                .collect();
            for bead in &beads {
                drop(world.sling(bead));
            }
            world.settle();
            for (file, run) in (0..).zip(world.agents()) {
                world.commit(&run, file);
                drop(world.done(&run));
            }
            finish(&mut world, 2);
            assert_eq!(world.kills, 1, "{kind} {when:?} was never reached");
            for bead in &beads {
                assert_eq!(
                    status(&world, bead),
                    BeadStatus::Closed,
                    "{kind} {when:?}: {}",
                    story(&world)
                );
            }
            let landed = &world.commits[world.remote.last().unwrap()].work;
            assert_eq!(
                landed.len(),
                pieces,
                "{kind} {when:?}: exactly the good work is on the target"
            );
        }
    }
}

#[test]
fn d9_a_kill_while_a_rig_is_added_converges() {
    for kind in ["clone", "layout", "rig-files"] {
        for when in [Kill::Before, Kill::After] {
            let mut world = World::new();
            world.kill = Some((kind.to_owned(), when));
            let name = crate::domain::RigName::parse("second").unwrap();
            let add = crate::domain::RigAdd {
                name: name.clone(),
                url: "/srv/second.git".to_owned(),
                prefix: None,
                branch: None,
            };
            drop(world.order(Command::RigAdd(add)));
            world.settle();
            assert_eq!(world.kills, 1, "{kind} {when:?} was never reached");
            let rig = world.store().rig(&name).unwrap().unwrap();
            assert_eq!(
                rig.phase,
                crate::domain::RigPhase::Active,
                "{kind} {when:?}"
            );
        }
    }
}

#[test]
fn m6_a_conflict_is_sent_back_and_lands_the_second_time() {
    let mut world = World::new();
    let (first, second) = two_in_conflict(&mut world);
    world.settle();
    check(&world);
    let store = world.store();
    let back = store
        .ended_merges(None, 10)
        .unwrap()
        .into_iter()
        .find(|merge| merge.phase == MergePhase::SentBack)
        .unwrap();
    assert!(back.reason.unwrap().contains("file7"));
    finish(&mut world, 1);
    assert_eq!(status(&world, &first), BeadStatus::Closed);
    assert_eq!(status(&world, &second), BeadStatus::Closed);
}

#[test]
fn m6_three_attempts_then_a_person() {
    let mut world = World::new();
    gates_on(&world);
    world.gate = Box::new(|commit| Exit::Code {
        code: i32::from(!commit.work.is_empty()),
    });
    let bead = world.bead("never good");
    world.sling(&bead).unwrap();
    for file in 0..6 {
        world.settle();
        work(&mut world, file);
    }
    world.settle();
    check(&world);
    let store = world.store();
    let held = store.open_merges(None).unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!((held[0].phase, held[0].attempt), (MergePhase::Held, 3));
    assert_eq!(world.remote.len(), 1, "nothing landed");
}

#[test]
fn m2_a_gate_that_cannot_run_or_times_out_holds_the_request() {
    for (exit, word) in [
        (Exit::Code { code: 127 }, "could not run"),
        (Exit::TimedOut, "timed out"),
    ] {
        let mut world = World::new();
        gates_on(&world);
        let answer = exit.clone();
        world.gate = Box::new(move |commit| match commit.work.is_empty() {
            true => Exit::Code { code: 0 },
            false => answer.clone(),
        });
        let bead = world.bead("work");
        world.sling(&bead).unwrap();
        world.settle();
        work(&mut world, 1);
        world.settle();
        let held = world.store().open_merges(None).unwrap();
        assert_eq!(held[0].phase, MergePhase::Held);
        assert!(
            held[0].reason.as_ref().unwrap().contains(word),
            "{:?}",
            held[0].reason
        );
        assert_eq!(world.remote.len(), 1);
    }
}

#[test]
fn p7_a_crash_restarts_with_a_pause_and_trips_after_five() {
    let mut world = World::new();
    let bead = world.bead("work");
    world.sling(&bead).unwrap();
    world.step();
    while !world.inbox.is_empty() {
        world.step();
    }
    let mut pauses = Vec::new();
    for _ in 0..5 {
        let run = world.agents()[0].clone();
        world.die(&run, 137);
        world.step();
        let before = world.now.town;
        let row = world.store().living().unwrap()[0].clone();
        pauses.push(row.restart_at.unwrap() - before);
        assert_eq!(row.state, AgentState::Dead);
        world.now.town = row.restart_at.unwrap();
        world.inbox.push_back(crate::engine::Input::Tick);
        while !world.inbox.is_empty() {
            world.step();
        }
    }
    assert_eq!(pauses, [5_000, 10_000, 20_000, 40_000, 3_600_000]);
}

#[test]
fn p12_down_stops_the_agents_and_up_goes_on() {
    let mut world = World::new();
    let bead = world.bead("work");
    world.sling(&bead).unwrap();
    world.settle();
    world
        .order(Command::TownWish(TownWish {
            wish: Wish::Down,
            env: Vec::new(),
        }))
        .unwrap();
    world.settle();
    assert!(world.agents().is_empty());
    world.crash();
    world.settle();
    assert!(
        world.agents().is_empty(),
        "nothing starts while the town is down"
    );
    let second = world.bead("second");
    match world.sling(&second).unwrap() {
        Said::Outcome(Outcome::Slung(slung)) => assert!(slung.note.unwrap().contains("down")),
        other => panic!("{other:?}"),
    }
    world.settle();
    assert!(world.agents().is_empty());
    world
        .order(Command::TownWish(TownWish {
            wish: Wish::Up,
            env: Vec::new(),
        }))
        .unwrap();
    world.settle();
    assert_eq!(world.agents().len(), 2);
    check(&world);
}

#[test]
fn q1_a_nudge_is_typed_exactly_once_whatever_is_killed() {
    for kill in [None, Some(Kill::Before), Some(Kill::After)] {
        // The first keystroke is the text, the second the submit key.
        for skip in 0..2 {
            let mut world = World::new();
            let bead = world.bead("work");
            world.sling(&bead).unwrap();
            world.settle();
            let run = world.agents()[0].clone();
            world.show(&run);
            world.settle();
            world.kill_after = skip;
            world.kill = kill.map(|when| ("deliver".to_owned(), when));
            let nudge = crate::domain::Nudge {
                agent: "Toast".to_owned(),
                text: "status of the work?".to_owned(),
            };
            world.order(Command::Nudge(nudge)).unwrap();
            world.settle();
            assert_eq!(world.kills, u32::from(kill.is_some()), "{kill:?} {skip}");
            assert_eq!(world.taken, ["status of the work?"], "{kill:?} {skip}");
            let store = world.store();
            let id = crate::domain::NudgeId::parse("ng-1").unwrap();
            let row = store.nudge(&id).unwrap().unwrap();
            assert_eq!(
                row.phase,
                crate::domain::NudgePhase::Submitted,
                "{kill:?} {skip}: {row:?}"
            );
            assert!(store.owed().unwrap().is_empty());
        }
    }
}

#[test]
fn q1_a_swallowed_submit_key_is_pressed_again_and_in_the_end_given_up() {
    for (swallow, taken) in [(1, true), (8, true), (9, false)] {
        let mut world = World::new();
        let bead = world.bead("work");
        world.sling(&bead).unwrap();
        world.settle();
        let run = world.agents()[0].clone();
        world.show(&run);
        world.settle();
        world.swallow = swallow;
        let nudge = crate::domain::Nudge {
            agent: "Toast".to_owned(),
            text: "status?".to_owned(),
        };
        world.order(Command::Nudge(nudge)).unwrap();
        world.settle();
        assert_eq!(world.taken.len(), usize::from(taken), "{swallow}");
        let store = world.store();
        let id = crate::domain::NudgeId::parse("ng-1").unwrap();
        let row = store.nudge(&id).unwrap().unwrap();
        let phase = if taken {
            crate::domain::NudgePhase::Submitted
        } else {
            crate::domain::NudgePhase::Failed
        };
        assert_eq!(row.phase, phase, "{swallow}: {row:?}");
    }
}

#[test]
fn q2_a_draft_is_never_touched() {
    let mut world = World::new();
    let bead = world.bead("work");
    world.sling(&bead).unwrap();
    world.settle();
    let run = world.agents()[0].clone();
    world
        .composers
        .insert(run.clone(), "half a thought".to_owned());
    world.show(&run);
    let nudge = crate::domain::Nudge {
        agent: "Toast".to_owned(),
        text: "status?".to_owned(),
    };
    world.order(Command::Nudge(nudge)).unwrap();
    while !world.inbox.is_empty() {
        world.step();
    }
    assert_eq!(world.composers[&run], "half a thought");
    world.composers.insert(run.clone(), String::new());
    world.show(&run);
    world.settle();
    assert_eq!(world.taken, ["status?"]);
}

#[test]
fn a_takeover_ends_a_nudge_as_interrupted() {
    // DECISIONS 11: takeover aborts the delivery as `interrupted`.
    for (part, reason) in [
        ("text", "before it was typed"),
        ("enter", "typed but not submitted"),
    ] {
        let mut world = World::new();
        let bead = world.bead("work");
        world.sling(&bead).unwrap();
        world.settle();
        let run = world.agents()[0].clone();
        world.show(&run);
        world.settle();
        world.interrupts = Some(part.to_owned());
        let nudge = crate::domain::Nudge {
            agent: "Toast".to_owned(),
            text: "status?".to_owned(),
        };
        world.order(Command::Nudge(nudge)).unwrap();
        world.settle();
        world.interrupts = None;
        world.composers.insert(run.clone(), String::new());
        world.show(&run);
        world.settle();
        assert_eq!(world.taken, [""; 0], "it is not typed again");
        let store = world.store();
        let id = crate::domain::NudgeId::parse("ng-1").unwrap();
        let row = store.nudge(&id).unwrap().unwrap();
        assert_eq!(row.phase, crate::domain::NudgePhase::Failed);
        let told = row.reason.unwrap();
        assert!(told.starts_with("interrupted: "), "{told}");
        assert!(told.contains(reason), "{told}");
    }
}

#[test]
fn no_deadline_stays_due_after_it_was_acted_on() {
    let mut world = World::new();
    let bead = world.bead("work");
    world.sling(&bead).unwrap();
    world.settle();
    for text in ["one", "two"] {
        let nudge = crate::domain::Nudge {
            agent: "Toast".to_owned(),
            text: text.to_owned(),
        };
        world.order(Command::Nudge(nudge)).unwrap();
    }
    for _ in 0..10 {
        let Some(due) = world.town.as_ref().unwrap().deadline() else {
            return;
        };
        world.now.town = world.now.town.max(due);
        world.inbox.push_back(crate::engine::Input::Tick);
        world.step();
        let next = world.town.as_ref().unwrap().deadline();
        assert!(
            next.is_none_or(|next| next > world.now.town),
            "a deadline is still due: {next:?}"
        );
    }
    panic!("the deadlines never end");
}

#[test]
fn w6_a_nuked_name_is_free_again_and_its_bead_open() {
    let mut world = World::new();
    let bead = world.bead("work");
    world.sling(&bead).unwrap();
    world.settle();
    let nuke = PolecatNuke {
        agent: "toast".to_owned(),
    };
    world.order(Command::PolecatNuke(nuke)).unwrap();
    world.settle();
    check(&world);
    assert_eq!(status(&world, &bead), BeadStatus::Open);
    match world.sling(&bead).unwrap() {
        Said::Outcome(Outcome::Slung(slung)) => {
            assert_eq!(slung.name.as_str(), "Toast");
            assert!(!slung.new_convoy, "its convoy is still there");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_nuke_of_one_that_submitted_leaves_its_bead_with_the_next() {
    let mut world = World::new();
    let (first, second) = two_in_conflict(&mut world);
    // The second is sent back while its first polecat still says farewell.
    while !world.inbox.is_empty() {
        world.step();
        check(&world);
    }
    for name in ["Toast", "Shadow"] {
        let nuke = PolecatNuke {
            agent: name.to_owned(),
        };
        drop(world.order(Command::PolecatNuke(nuke)));
        check(&world);
    }
    finish(&mut world, 1);
    assert_eq!(status(&world, &first), BeadStatus::Closed);
    assert_eq!(status(&world, &second), BeadStatus::Closed);
}

#[test]
fn s2_a_dead_token_and_a_foreign_command_are_refused() {
    let mut world = World::new();
    let bead = world.bead("work");
    world.sling(&bead).unwrap();
    world.settle();
    let run = world.agents()[0].clone();
    let token = world.processes[&run].token.clone();
    let peer = crate::engine::Peer {
        token: token.clone(),
        ..crate::engine::Peer::default()
    };
    let nuke = PolecatNuke {
        agent: "Toast".to_owned(),
    };
    let refused = world
        .ask_as(peer.clone(), Command::PolecatNuke(nuke.clone()))
        .unwrap_err();
    assert_eq!(refused.kind, crate::domain::Kind::Refused);
    world.order(Command::PolecatNuke(nuke.clone())).unwrap();
    world.settle();
    let late = world.ask_as(peer, Command::PolecatNuke(nuke)).unwrap_err();
    assert!(late.message.contains("no longer valid"), "{late:?}");
}

#[test]
fn m1_an_outside_move_of_the_target_is_told_and_survived() {
    let mut world = World::new();
    let bead = world.bead("work");
    world.sling(&bead).unwrap();
    world.settle();
    let run = world.agents()[0].clone();
    world.commit(&run, 3);
    let outside = Commit {
        work: [0].into(),
        files: [(50, 0)].into(),
    };
    let tip = world.add(outside);
    world.remote.push(tip);
    world.done(&run).unwrap();
    finish(&mut world, 1);
    assert_eq!(status(&world, &bead), BeadStatus::Closed);
    let work = &world.commits[world.remote.last().unwrap()].work;
    assert!(work.contains(&0) && work.len() == 2);
}

#[test]
fn random_towns_keep_the_contract() {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let seed = number("GT_CAMPAIGN_SEED").unwrap_or(20_261_124);
    let limit = number("GT_CAMPAIGN_SECONDS").map(std::time::Duration::from_secs);
    let began = std::time::Instant::now();
    let mut round = 0;
    // The small run has a fixed size; `--test campaign` gives a time instead.
    while limit.map_or(round < 12, |limit| began.elapsed() < limit) {
        let mut random = fastrand::Rng::with_seed(seed ^ round);
        let seen =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| random_town(&mut random)));
        assert!(seen.is_ok(), "the town of seed {} broke", seed ^ round);
        round += 1;
    }
    println!("campaign towns: seed {seed}, {round} towns");
}

fn random_town(random: &mut fastrand::Rng) {
    let mut world = World::new();
    if random.bool() {
        gates_on(&world);
    }
    let mut gate_random = random.fork();
    world.gate = Box::new(move |_| match gate_random.u8(0..10) {
        0 => Exit::Code { code: 1 },
        1 => Exit::TimedOut,
        _ => Exit::Code { code: 0 },
    });
    let mut beads = Vec::new();
    for step in 0..random.usize(20..60) {
        match random.u8(0..12) {
            0..=2 => {
                let bead = world.bead(&format!("work {step}"));
                drop(world.sling(&bead));
                beads.push(bead);
            }
            3..=5 => {
                if let Some(run) = pick(random, &world.agents()) {
                    world.commit(&run, random.u64(0..6));
                }
            }
            6 | 7 => {
                if let Some(run) = pick(random, &world.agents()) {
                    if run_attempt(&world, &run) > 1 {
                        world.rebase(&run);
                        world.commit(&run, random.u64(0..6));
                    }
                    drop(world.done(&run));
                }
            }
            8 => {
                if let Some(run) = pick(random, &world.agents()) {
                    world.die(&run, 1);
                }
            }
            9 => {
                let kind = Effect::KINDS[random.usize(0..Effect::KINDS.len())];
                let when = if random.bool() {
                    Kill::Before
                } else {
                    Kill::After
                };
                world.kill = Some((kind.to_owned(), when));
            }
            10 => world.crash(),
            _ => {
                if let Some(run) = pick(random, &world.agents()) {
                    let typed = super::world::record_of(&run);
                    let name = typed
                        .split_once('.')
                        .map_or("", |(name, _)| name)
                        .to_owned();
                    drop(world.order(Command::PolecatNuke(PolecatNuke { agent: name })));
                }
            }
        }
        for _ in 0..random.usize(0..6) {
            world.step();
        }
        check(&world);
    }
    world.kill = None;
    world.gate = Box::new(|_| Exit::Code { code: 0 });
    retry_held(&mut world);
    finish(&mut world, 8);
    let living = world.store().living().unwrap();
    for row in living {
        assert!(
            matches!(row.phase, Phase::Running),
            "{} is {} at rest: {}",
            row.id,
            row.phase,
            row.evidence
        );
    }
    assert!(
        world.store().owed().unwrap().is_empty(),
        "something is owed at rest"
    );
}

fn retry_held(world: &mut World) {
    world.settle();
    for rig in world.store().rigs().unwrap() {
        if rig.stopped.is_some() {
            let go_on = crate::domain::QueueResume { rig: rig.name };
            world.order(Command::QueueResume(go_on)).unwrap();
        }
    }
    world.settle();
    for merge in world.store().open_merges(None).unwrap() {
        if merge.phase == MergePhase::Held {
            drop(world.order(Command::MergeRetry(crate::domain::MergeRetry {
                id: merge.id,
            })));
        }
    }
}

fn pick(random: &mut fastrand::Rng, runs: &[RunId]) -> Option<RunId> {
    (!runs.is_empty()).then(|| runs[random.usize(0..runs.len())].clone())
}
