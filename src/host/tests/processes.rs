//! Starting and ending: once only, and nothing left (contract P1, P4, P5, P11).

#![expect(clippy::disallowed_methods, reason = "tests read files")]

use super::peer::{Peer, TestHost, id, until};
use crate::domain::{Exit, LaunchPlan};
use crate::record;
use crate::support::os;
use crate::wire::{HostAnswer, HostAsk, HostRefusal, HostSay};

fn stop(run: &str, now: bool) -> HostAsk {
    HostAsk::Stop { run: id(run), now }
}

#[test]
fn a_launch_twice_is_one_process() {
    let host = TestHost::start();
    let mut engine = host.engine();
    let plan = host.launch("tb.Toast.1.1", "echo started >> count; read x");
    let first = engine.launch(&plan);
    let second = engine.launch(&plan);
    assert_eq!((first.pid, first.started), (second.pid, second.started));
    engine.wait_text("tb.Toast.1.1", "");
    until("the file", || {
        host.folder().join("count").exists().then_some(())
    });
    assert_eq!(
        std::fs::read_to_string(host.folder().join("count")).unwrap(),
        "started\n"
    );
    let pid = i32::try_from(first.pid.unwrap()).unwrap();
    assert_eq!(os::session_of(pid), Some(pid), "leader of its own session");
}

#[test]
fn an_exit_waits_for_a_watcher_that_comes_back() {
    let host = TestHost::start();
    let mut engine = host.engine();
    assert_eq!(engine.ask(HostAsk::Watch), Ok(HostAnswer::Done));
    engine.launch(&host.launch("tb.Toast.1.1", "echo hello; read x; exit 7"));
    engine.wait_text("tb.Toast.1.1", "hello");
    drop(engine);
    let mut operator = host.operator();
    operator
        .ask(HostAsk::Write {
            run: id("tb.Toast.1.1"),
            key: None,
            text: "\r".into(),
            guard: None,
        })
        .unwrap();
    until("the end", || operator.runs(HostAsk::List)[0].exit.clone());
    let mut again = host.engine();
    again.ask(HostAsk::Watch).unwrap();
    assert_eq!(again.exit_of("tb.Toast.1.1").0, Exit::Code { code: 7 });
    let acknowledge = HostAsk::Acknowledge {
        run: id("tb.Toast.1.1"),
    };
    assert_eq!(again.ask(acknowledge), Ok(HostAnswer::Done));
    assert_eq!(again.runs(HostAsk::List), []);
    // Even forgotten, a run is never started a second time.
    let fact = again.launch(&host.launch("tb.Toast.1.1", "echo again"));
    assert_eq!(fact.exit, Some(Exit::Code { code: 7 }));
}

#[test]
fn what_cannot_start_says_why() {
    let host = TestHost::start();
    let mut engine = host.engine();
    let plain = host.folder().join("plain");
    std::fs::write(&plain, "not a program").unwrap();
    std::fs::set_permissions(&plain, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let base = host.launch("r.1", "");
    let cases: [(&str, LaunchPlan, &str); 4] = [
        (
            "r.1",
            LaunchPlan {
                argv: vec!["/nowhere/claude".into()],
                ..base.clone()
            },
            "no program `/nowhere/claude`",
        ),
        (
            "r.2",
            LaunchPlan {
                cwd: "/nowhere".into(),
                ..base.clone()
            },
            "no folder `/nowhere`",
        ),
        (
            "r.3",
            LaunchPlan {
                argv: vec![plain.display().to_string()],
                ..base.clone()
            },
            "neither a binary nor a script",
        ),
        (
            "r.4",
            LaunchPlan {
                argv: vec!["/bin/sh\0".into()],
                ..base
            },
            "NUL",
        ),
    ];
    for (run, plan, why) in cases {
        let plan = LaunchPlan {
            run: id(run),
            ..plan
        };
        match engine.launch(&plan).exit {
            Some(Exit::NotStarted { reason }) => assert!(reason.contains(why), "{reason}"),
            other => panic!("{other:?}"),
        }
    }
    let mut operator = host.operator();
    assert_eq!(
        operator.ask(HostAsk::Launch(host.launch("r.5", "true"))),
        Err(HostRefusal::NotAllowed)
    );
    assert!(Peer::open(&host, "wrong").is_err());
    let mut keyed = host.launch("r.6", "true");
    keyed.env.push(("K".into(), host.key(false)));
    assert!(matches!(
        engine.ask(HostAsk::Launch(keyed)),
        Err(HostRefusal::Failed(_))
    ));
}

#[test]
fn a_stop_leaves_nothing_behind() {
    // P4: ignores HUP and TERM, leaves its group, holds the terminal open, forks on.
    let host = TestHost::start();
    let mut engine = host.engine();
    engine.ask(HostAsk::Watch).unwrap();
    let script = "trap '' HUP TERM
        setsid sh -c 'trap \"\" HUP TERM; echo $$ >> pids; while :; do sleep 1; done' &
        (sh -c 'echo $$ >> pids; exec sleep 1000' &)
        i=0; while [ $i -lt 20 ]; do sleep 1000 & echo $! >> pids; i=$((i+1)); done
        echo $$ >> pids; echo ready; while :; do sleep 1; done";
    engine.launch(&host.launch("tb.Toast.1.1", script));
    engine.wait_text("tb.Toast.1.1", "ready");
    let pids = until("all pids", || {
        let text = std::fs::read_to_string(host.folder().join("pids")).ok()?;
        let pids: Vec<i32> = text.lines().filter_map(|line| line.parse().ok()).collect();
        (pids.len() == 23).then_some(pids)
    });
    assert_eq!(
        engine.ask(stop("tb.Toast.1.1", false)),
        Ok(HostAnswer::Done)
    );
    assert_eq!(engine.exit_of("tb.Toast.1.1").0, Exit::Signal { signal: 9 });
    let left: Vec<i32> = pids
        .into_iter()
        .filter(|pid| {
            os::processes()
                .iter()
                .any(|process| process.pid == *pid && !process.zombie)
        })
        .collect();
    assert_eq!(left, Vec::<i32>::new());
}

#[test]
fn a_program_that_ends_takes_its_children_along() {
    let host = TestHost::start();
    let mut engine = host.engine();
    engine.ask(HostAsk::Watch).unwrap();
    engine.launch(&host.launch("tb.Toast.1.1", "sleep 1000 & echo $! > pid; exit 3"));
    assert_eq!(engine.exit_of("tb.Toast.1.1").0, Exit::Code { code: 3 });
    let pid: i32 = std::fs::read_to_string(host.folder().join("pid"))
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    assert!(
        !os::processes()
            .iter()
            .any(|process| process.pid == pid && !process.zombie)
    );
}

#[test]
fn jobs_end_as_the_kernel_or_their_limits_say() {
    let host = TestHost::start();
    let mut engine = host.engine();
    engine.ask(HostAsk::Watch).unwrap();
    let mut slow = host.job("job-3", "echo begun; sleep 1000");
    slow.time_limit = 100;
    let mut loud = host.job("job-4", "yes");
    loud.output_limit = 100_000;
    let cases = [
        (
            host.job("job-1", "echo out; echo err >&2; exit 2"),
            Exit::Code { code: 2 },
        ),
        (host.job("job-2", "kill -9 $$"), Exit::Signal { signal: 9 }),
        (slow, Exit::TimedOut),
        (loud, Exit::TooMuchOutput),
    ];
    for (plan, exit) in cases {
        engine.runs(HostAsk::Job(plan.clone()));
        let (seen, tail) = engine.exit_of(plan.run.as_str());
        assert_eq!(seen, exit, "{}", plan.run);
        if plan.run.as_str() == "job-1" {
            assert_eq!(tail, "out\nerr\n");
        }
    }
    let mut missing = host.job("job-5", "");
    missing.argv = vec!["no-such-gate".into()];
    let fact = engine.runs(HostAsk::Job(missing)).remove(0);
    assert!(
        matches!(fact.exit, Some(Exit::NotStarted { .. })),
        "{fact:?}"
    );
}

#[test]
fn the_environment_is_exactly_the_plans() {
    let host = TestHost::start();
    let mut engine = host.engine();
    engine.ask(HostAsk::Watch).unwrap();
    engine.launch(&host.launch("tb.Toast.1.1", "exec /usr/bin/env"));
    engine.exit_of("tb.Toast.1.1");
    let output = record::tail(&host.paths, &id("tb.Toast.1.1"), 1 << 20)
        .unwrap()
        .unwrap();
    let text = String::from_utf8(output).unwrap();
    let mut names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name)
        // The shell itself adds these.
        .filter(|name| !matches!(*name, "PWD" | "_" | "OLDPWD" | "SHLVL"))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["GT_RUN", "PATH", "SHELL", "TERM"]);
}

#[test]
fn a_shutdown_ends_all_runs_first() {
    let host = TestHost::start();
    let mut engine = host.engine();
    let fact = engine.launch(&host.launch("tb.Toast.1.1", "exec sleep 1000"));
    assert_eq!(engine.ask(HostAsk::Shutdown), Ok(HostAnswer::Done));
    let pid = i32::try_from(fact.pid.unwrap()).unwrap();
    assert_eq!(os::start_time(pid), None);
}

#[test]
fn what_was_written_is_what_is_recorded() {
    let host = TestHost::start();
    let mut engine = host.engine();
    engine.ask(HostAsk::Watch).unwrap();
    let script = "stty raw -echo; i=0
        while [ $i -lt 3000 ]; do printf 'line %d \\033[31mred\\033[0m\\n' $i | tee -a copy; i=$((i+1)); done";
    engine.launch(&host.launch("tb.Toast.1.1", script));
    engine.exit_of("tb.Toast.1.1");
    let copy = std::fs::read(host.folder().join("copy")).unwrap();
    let recorded = record::tail(&host.paths, &id("tb.Toast.1.1"), u64::MAX)
        .unwrap()
        .unwrap();
    assert_eq!(recorded, copy);
    let last = record::last_screen(&host.paths, &id("tb.Toast.1.1"))
        .unwrap()
        .unwrap();
    assert!(last.screen.text().contains("line 2999 red"));
    assert_eq!(last.exit, Some(Exit::Code { code: 0 }));
    assert_eq!(last.screen, {
        let mut shown = engine.peek("tb.Toast.1.1");
        shown.rev = last.screen.rev;
        shown
    });
}

#[test]
fn a_watcher_hears_a_screen_after_quiet() {
    let host = TestHost::start();
    let mut engine = host.engine();
    engine.ask(HostAsk::Watch).unwrap();
    let script = "i=0; while [ $i -lt 50 ]; do echo tick $i; i=$((i+1)); done; echo last; read x";
    engine.launch(&host.launch("tb.Toast.1.1", script));
    engine.news(|say| match say {
        HostSay::Screen { screen, .. } if screen.text().contains("last") => Some(()),
        _ => None,
    });
}
