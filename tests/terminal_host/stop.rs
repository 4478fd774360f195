//! After a stop nothing is left and nobody else was touched (contract P4, P5).

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use gastown::domain::RunId;
use gastown::wire::HostAsk;

use super::hydra::Hydra;
use super::{Town, lives, until};

/// P4: nothing is left so long after a stop.
const P4: Duration = Duration::from_secs(10);

/// Kills what is left when a test fails.
struct Guard(Vec<Hydra>);

impl Drop for Guard {
    fn drop(&mut self) {
        for hydra in &self.0 {
            hydra.kill();
        }
    }
}

/// Processes of the same name, in the same folder, with the same environment: the test's own.
struct Foreign {
    children: Vec<Child>,
    hydra: Hydra,
}

impl Foreign {
    fn start(town: &Town, run: &str, hydra: &Hydra) -> Self {
        let hydra = hydra.copy_to(&town.dir.path().join("foreign"));
        let start = |what: &str| {
            Command::new(&hydra.path)
                .arg(what)
                .current_dir(town.dir.path().join(run))
                .env_clear()
                .envs([("PATH", "/usr/bin:/bin"), ("GT_RUN", run)])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        };
        // The daemon is an orphan, and so nobody's child, before the agent begins.
        assert!(start("daemon").wait().unwrap().success());
        let children = vec![start("sit"), start("sit")];
        until("foreign processes", || {
            (hydra.processes().len() == 3).then_some(())
        });
        Self { children, hydra }
    }

    fn all_live(&self) -> bool {
        self.hydra.processes().len() == 3
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        self.hydra.kill();
        for child in &mut self.children {
            drop(child.wait());
        }
    }
}

fn described(pids: &[i32]) -> String {
    let read = |pid: &i32, what: &str| {
        std::fs::read_to_string(format!("/proc/{pid}/{what}")).unwrap_or_default()
    };
    let lines: Vec<String> = pids
        .iter()
        .take(5)
        .map(|pid| format!("{}{:?}", read(pid, "stat"), read(pid, "cmdline")))
        .collect();
    format!("{} processes: {lines:?}", pids.len())
}

fn none_left(hydra: &Hydra, since: Instant) {
    loop {
        let left = hydra.processes();
        if left.is_empty() {
            return;
        }
        assert!(since.elapsed() < P4, "P4: left are {}", described(&left));
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn p4_p5_what_will_not_go_away_is_gone_in_ten_seconds_and_nobody_else() {
    let town = Town::start();
    let hydra = Hydra::build(&town.dir.path().join("bin"));
    let mut engine = town.engine();
    let run = RunId::parse("tb.Toast.1.1").unwrap();
    let other = RunId::parse("tb.Shadow.1.1").unwrap();
    let plan = town.program(run.as_str(), &[hydra.path.to_str().unwrap(), "all"]);
    // Begun before and after the agent, in the agent's own folder.
    let early = Foreign::start(&town, run.as_str(), &hydra);
    engine.ask(HostAsk::Launch(plan));
    // Another agent with a child that forgot its folder and environment, like the first one's.
    let beside = hydra.copy_to(&town.dir.path().join("beside"));
    let script = format!(
        "{} daemon; exec {} sit",
        beside.path.display(),
        beside.path.display()
    );
    engine.ask(HostAsk::Launch(town.plan(other.as_str(), &script)));
    let guard = Guard(vec![hydra.clone(), beside.clone()]);
    until("500 and more", || {
        (hydra.processes().len() > 520 && beside.processes().len() == 2).then_some(())
    });

    let stopped = Instant::now();
    engine.ask(HostAsk::Stop {
        run: run.clone(),
        now: false,
    });
    engine.exit_of(&run);
    none_left(&hydra, stopped);
    assert!(early.all_live(), "P5: a foreign process was signalled");
    assert_eq!(
        beside.processes().len(),
        2,
        "P5: another agent's process was signalled"
    );
    assert!(town.host_lives());
    // What was told as the end is the end: nothing turns up later.
    none_left(&hydra, stopped);

    engine.ask(HostAsk::Stop {
        run: other.clone(),
        now: true,
    });
    engine.exit_of(&other);
    none_left(&beside, Instant::now());
    assert!(early.all_live(), "P5");
    drop(guard);
}

#[test]
fn p4_a_host_that_ends_leaves_nothing_of_its_agents() {
    let town = Town::start();
    let hydra = Hydra::build(&town.dir.path().join("bin"));
    let _guard = Guard(vec![hydra.clone()]);
    let mut engine = town.engine();
    for run in ["tb.Toast.1.1", "tb.Shadow.1.1"] {
        let plan = town.program(run, &[hydra.path.to_str().unwrap(), "all"]);
        engine.ask(HostAsk::Launch(plan));
    }
    until("1,000 and more", || {
        (hydra.processes().len() > 1_040).then_some(())
    });
    let stopped = Instant::now();
    assert!(gastown::support::os::signal_exact(
        town.host.0,
        town.host.1,
        rustix::process::Signal::TERM
    ));
    none_left(&hydra, stopped);
    until("the host's end", || (!town.host_lives()).then_some(()));
}

#[test]
fn p4_an_agent_that_ends_by_itself_takes_all_of_it_along() {
    let town = Town::start();
    let hydra = Hydra::build(&town.dir.path().join("bin"));
    let _guard = Guard(vec![hydra.clone()]);
    let mut engine = town.engine();
    let run = RunId::parse("tb.Toast.1.1").unwrap();
    let path = hydra.path.display();
    let script = format!("{path} daemon; {path} many 50 & {path} hop & {path} breed & read x");
    engine.ask(HostAsk::Launch(town.plan(run.as_str(), &script)));
    until("all kinds", || (hydra.processes().len() > 60).then_some(()));
    engine.ask(HostAsk::Write {
        run: run.clone(),
        key: None,
        text: "\r".to_owned(),
        guard: None,
    });
    let ended = Instant::now();
    engine.exit_of(&run);
    none_left(&hydra, ended);
    assert!(lives(town.host.0));
}
