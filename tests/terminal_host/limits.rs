//! A run that takes too much of the machine is ended with a word; its neighbours go on (contract P6).

use std::time::{Duration, Instant};

use gastown::domain::{Exit, Limit, RunId, RunLimits};
use gastown::wire::HostAsk;

use super::hydra::Hydra;
use super::{Town, until};

/// Starts `hydra` with `words` under `limits` beside a quiet agent, and says how it ended.
fn ends(words: &[&str], limits: RunLimits) -> Exit {
    let town = Town::start();
    let hydra = Hydra::build(&town.dir.path().join("bin"));
    let mut engine = town.engine();
    let run = RunId::parse("tb.Toast.1.1").unwrap();
    let other = RunId::parse("tb.Shadow.1.1").unwrap();
    engine.ask(HostAsk::Launch(town.plan(
        other.as_str(),
        "echo $$ >> pids; while read x; do echo $$ >> pids; done",
    )));
    town.pids(other.as_str(), 1);
    let argv: Vec<&str> = std::iter::once(hydra.path.to_str().unwrap())
        .chain(words.iter().copied())
        .collect();
    let mut plan = town.program(run.as_str(), &argv);
    plan.limits = limits;
    let began = Instant::now();
    engine.ask(HostAsk::Launch(plan));
    let exit = engine.exit_of(&run);
    assert!(began.elapsed() < Duration::from_secs(10), "P6: too late");
    until("the end of all of it", || {
        hydra.processes().is_empty().then_some(())
    });
    engine.ask(HostAsk::Write {
        run: other.clone(),
        key: None,
        text: "\r".to_owned(),
        guard: None,
    });
    town.pids(other.as_str(), 2);
    exit
}

#[test]
fn p6_a_fork_bomb_is_ended_and_says_why() {
    let limits = RunLimits {
        processes: 100,
        ..RunLimits::default()
    };
    let exit = ends(&["bomb"], limits);
    let (what, limit) = (Limit::Processes, 100);
    assert_eq!(exit, Exit::OverLimit { what, limit });
}

#[test]
fn p6_a_memory_hog_is_ended_and_says_why() {
    let limits = RunLimits {
        memory: 300,
        ..RunLimits::default()
    };
    let exit = ends(&["hog", "2000"], limits);
    let (what, limit) = (Limit::Memory, 300);
    assert_eq!(exit, Exit::OverLimit { what, limit });
}

#[test]
fn p6_files_and_the_processor_are_limited_before_the_first_instruction() {
    let town = Town::start();
    let mut engine = town.engine();
    let run = RunId::parse("tb.Toast.1.1").unwrap();
    let mut plan = town.plan(
        run.as_str(),
        "{ ulimit -n; ulimit -Hn; nice; } >> facts; echo 1 >> pids; read x",
    );
    plan.limits = RunLimits {
        files: 321,
        nice: 7,
        ..RunLimits::default()
    };
    engine.ask(HostAsk::Launch(plan));
    town.pids(run.as_str(), 1);
    let facts = std::fs::read_to_string(town.dir.path().join("tb.Toast.1.1/facts")).unwrap();
    assert_eq!(facts, "321\n321\n7\n");
}
