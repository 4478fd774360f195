//! Nothing that the host starts has the operator's terminal (attack 28).

use gastown::domain::{Exit, JobPlan, RunId, RunLimits};
use gastown::support::os;
use gastown::wire::HostAsk;

use super::Town;

#[test]
fn attack_28_a_job_leads_a_session_without_a_terminal() {
    let town = Town::start();
    let mut engine = town.engine();
    let run = RunId::parse("job-1").unwrap();
    let cwd = town.dir.path().canonicalize().unwrap();
    let script =
        "cut -d' ' -f1,6,7 /proc/$$/stat > facts; (: < /dev/tty) 2>/dev/null && exit 9; exit 3";
    engine.runs(HostAsk::Job(JobPlan {
        run: run.clone(),
        argv: vec!["sh".into(), "-c".into(), script.into()],
        cwd: cwd.clone(),
        env: vec![("PATH".into(), "/usr/bin:/bin".into())],
        time_limit: 20_000,
        output_limit: 1 << 20,
        limits: RunLimits::default(),
    }));
    assert_eq!(
        engine.exit_of(&run),
        Exit::Code { code: 3 },
        "it has a terminal"
    );
    let facts = std::fs::read_to_string(cwd.join("facts")).unwrap();
    let facts: Vec<&str> = facts.split_whitespace().collect();
    assert_eq!(facts[0], facts[1], "leader of a session of its own");
    assert_eq!(facts[2], "0", "no terminal");
}

#[test]
fn attack_28_an_agents_terminal_is_its_own() {
    let town = Town::start();
    let mut engine = town.engine();
    let first = RunId::parse("tb.Toast.1.1").unwrap();
    let second = RunId::parse("tb.Shadow.1.1").unwrap();
    let script = "tty > tty; echo mine > /dev/tty; echo $$ >> pids; read x";
    for run in [&first, &second] {
        engine.ask(HostAsk::Launch(town.plan(run.as_str(), script)));
    }
    let names: Vec<String> = [&first, &second]
        .iter()
        .map(|run| {
            let pid = town.pids(run.as_str(), 1)[0];
            assert_eq!(
                os::session_of(pid),
                Some(pid),
                "leader of a session of its own"
            );
            let name = std::fs::read_to_string(town.dir.path().join(run.as_str()).join("tty"));
            name.unwrap()
        })
        .collect();
    assert!(
        names.iter().all(|name| name.starts_with("/dev/pts/")),
        "{names:?}"
    );
    assert_ne!(names[0], names[1]);
    assert!(engine.peek(&first).contains("mine"));
}
