//! The terminal host as the process it is in real life: adopts orphans, obeys SIGTERM, ends with
//! its town (contract P4, P11, P12).

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the tests start a real host, look at its files and wait with deadlines"
)]

#[path = "support/hydra.rs"]
mod hydra;
#[path = "terminal_host/limits.rs"]
mod limits;
#[path = "terminal_host/recorded.rs"]
mod recorded;
#[path = "terminal_host/rules.rs"]
mod rules;
#[path = "terminal_host/session.rs"]
mod session;
#[path = "terminal_host/stop.rs"]
mod stop;

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use gastown::daemon::spawn_host;
use gastown::domain::{Exit, LaunchPlan, RunId, RunLimits, TerminalRules};
use gastown::support::os;
use gastown::support::paths::TownPaths;
use gastown::wire::{
    BUILD, Frame, HOST_PROTO, HOST_PROTO_MIN, Hello, HostAnswer, HostAsk, HostRequest, HostSay,
    RunFact, encode_control, read_frame,
};
use rustix::process::Signal;

const PATIENCE: Duration = Duration::from_secs(20);

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A town with a host process, which is ended by number when the test is over.
struct Town {
    dir: tempfile::TempDir,
    paths: TownPaths,
    host: (i32, u64),
}

impl Town {
    fn start() -> Self {
        Self::start_after(None)
    }

    /// Has a shell carry out `first` and then become the host.
    fn start_after(first: Option<&str>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let paths = TownPaths::new(dir.path().canonicalize().unwrap().join("town"));
        let gt = Path::new(env!("CARGO_BIN_EXE_gt"));
        let installed = Command::new(gt)
            .args(["install", "--name", "t"])
            .arg(paths.root())
            .env("HOME", dir.path())
            .output()
            .unwrap();
        assert!(installed.status.success(), "{installed:?}");
        match first {
            None => spawn_host(&paths, gt).unwrap(),
            Some(first) => {
                let through = dir.path().join("through");
                let text = format!("#!/bin/sh\n{first}\nexec '{}' \"$@\"\n", gt.display());
                std::fs::write(&through, text).unwrap();
                let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
                std::fs::set_permissions(&through, mode).unwrap();
                spawn_host(&paths, &through).unwrap();
            }
        }
        let stream = UnixStream::connect(paths.host_socket()).unwrap();
        let (pid, _) = os::peer_of(&stream).unwrap();
        let started = os::start_time(pid).unwrap();
        // A host that runs already is as good as a new one.
        spawn_host(&paths, gt).unwrap();
        Self {
            dir,
            paths,
            host: (pid, started),
        }
    }

    fn engine(&self) -> Engine {
        let mut stream = UnixStream::connect(self.paths.host_socket()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let hello = Hello {
            proto_min: HOST_PROTO_MIN,
            proto_max: HOST_PROTO,
            build: BUILD.to_owned(),
            town: self.paths.root().display().to_string(),
            role: "engine".to_owned(),
            token: Some(std::fs::read_to_string(self.paths.engine_key()).unwrap()),
        };
        stream.write_all(&encode_control(&hello).unwrap()).unwrap();
        read_frame(&mut stream).unwrap();
        Engine { stream, next: 1 }
    }

    /// An agent that works in a folder of its own.
    fn plan(&self, run: &str, script: &str) -> LaunchPlan {
        self.program(run, &["/bin/sh", "-c", script])
    }

    /// An agent of any program.
    fn program(&self, run: &str, argv: &[&str]) -> LaunchPlan {
        let cwd = self.dir.path().canonicalize().unwrap().join(run);
        std::fs::create_dir_all(&cwd).unwrap();
        LaunchPlan {
            run: RunId::parse(run).unwrap(),
            argv: argv.iter().map(|word| (*word).to_owned()).collect(),
            cwd,
            env: vec![
                ("PATH".into(), "/usr/bin:/bin".into()),
                ("GT_RUN".into(), run.into()),
            ],
            size: (80, 24),
            limits: RunLimits::default(),
            terminal: TerminalRules::default(),
        }
    }

    /// The numbers that an agent wrote into the file `pids`.
    fn pids(&self, run: &str, count: usize) -> Vec<i32> {
        let file = self.dir.path().join(run).join("pids");
        until("the numbers", || {
            let text = std::fs::read_to_string(&file).ok()?;
            let pids: Vec<i32> = text.lines().filter_map(|line| line.parse().ok()).collect();
            (pids.len() == count).then_some(pids)
        })
    }

    fn host_lives(&self) -> bool {
        lives(self.host.0) && os::start_time(self.host.0) == Some(self.host.1)
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        let (pid, started) = self.host;
        os::signal_exact(pid, started, Signal::TERM);
        let deadline = Instant::now() + PATIENCE;
        while self.host_lives() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        os::signal_exact(pid, started, Signal::KILL);
    }
}

fn lives(pid: i32) -> bool {
    os::processes()
        .iter()
        .any(|process| process.pid == pid && !process.zombie)
}

/// A connection with the engine's key.
struct Engine {
    stream: UnixStream,
    next: u64,
}

impl Engine {
    fn hear(&mut self) -> Option<HostSay> {
        match read_frame(&mut self.stream).unwrap() {
            Frame::Control(json) => Some(serde_json::from_slice(&json).unwrap()),
            Frame::Terminal(..) => None,
        }
    }

    fn ask(&mut self, ask: HostAsk) -> HostAnswer {
        let id = self.next;
        self.next += 1;
        self.stream
            .write_all(&encode_control(&HostRequest { id, ask }).unwrap())
            .unwrap();
        loop {
            if let Some(HostSay::Answer { id: of, result }) = self.hear()
                && of == id
            {
                return result.unwrap();
            }
        }
    }

    fn runs(&mut self, ask: HostAsk) -> Vec<RunFact> {
        match self.ask(ask) {
            HostAnswer::Runs(runs) => runs,
            other => panic!("{other:?}"),
        }
    }

    fn peek(&mut self, run: &RunId) -> String {
        let run = run.clone();
        match self.ask(HostAsk::Peek { run, history: 0 }) {
            HostAnswer::Screen { screen, .. } => screen.text(),
            other => panic!("{other:?}"),
        }
    }

    fn exit_of(&mut self, run: &RunId) -> Exit {
        until("the exit", || {
            self.runs(HostAsk::List)
                .into_iter()
                .find(|fact| fact.run == *run)?
                .exit
        })
    }
}

#[test]
fn orphans_without_a_trace_of_their_origin_go_with_their_run() {
    let town = Town::start();
    let mut engine = town.engine();
    // Each daemon leaves session and group, forgets its environment and loses its parent.
    let script = "trap '' HUP
        for i in 1 2 3; do
            env -i /usr/bin/setsid /bin/sh -c 'trap \"\" HUP TERM; echo $$ >> pids; while :; do /bin/sleep 1; done' &
        done
        (env -i /usr/bin/setsid /bin/sh -c '/bin/sh -c \"echo \\$\\$ >> pids; exec /bin/sleep 1000\" & exit 0' &)
        echo $$ >> pids; while :; do sleep 1; done";
    let run = RunId::parse("tb.Toast.1.1").unwrap();
    let other = RunId::parse("tb.Shadow.1.1").unwrap();
    engine.ask(HostAsk::Launch(town.plan(run.as_str(), script)));
    engine.ask(HostAsk::Launch(town.plan(
        other.as_str(),
        "(setsid sh -c 'echo $$ >> pids; exec sleep 1000' &); echo $$ >> pids; exec sleep 1000",
    )));
    let pids = town.pids(run.as_str(), 5);
    let spared = town.pids(other.as_str(), 2);
    engine.ask(HostAsk::Stop {
        run: run.clone(),
        now: false,
    });
    engine.exit_of(&run);
    let left: Vec<i32> = pids.into_iter().filter(|pid| lives(*pid)).collect();
    assert_eq!(left, Vec::<i32>::new(), "P4");
    assert!(spared.iter().all(|pid| lives(*pid)), "P5");
    let parents: Vec<i32> = os::processes()
        .into_iter()
        .filter(|process| process.parent == town.host.0 && process.zombie)
        .map(|process| process.pid)
        .collect();
    assert_eq!(parents, Vec::<i32>::new(), "nobody waits for the dead");
    engine.ask(HostAsk::Stop {
        run: other.clone(),
        now: true,
    });
    assert_eq!(engine.exit_of(&other), Exit::Signal { signal: 9 });
    assert!(!spared.iter().any(|pid| lives(*pid)));
}

#[test]
fn sigterm_ends_all_runs_then_the_host() {
    let town = Town::start();
    let mut engine = town.engine();
    let run = RunId::parse("tb.Toast.1.1").unwrap();
    engine.ask(HostAsk::Launch(
        town.plan(run.as_str(), "echo $$ >> pids; exec sleep 1000"),
    ));
    let pids = town.pids(run.as_str(), 1);
    assert!(os::signal_exact(town.host.0, town.host.1, Signal::TERM));
    until("the host's end", || (!town.host_lives()).then_some(()));
    assert!(!pids.iter().any(|pid| lives(*pid)));
    assert!(!town.paths.host_socket().exists());
    let ended = gastown::record::ended(&town.paths, &run).unwrap();
    assert_eq!(ended, Some(Some(Exit::Signal { signal: 1 })));
    // A new host knows of it, and does not start it again.
    spawn_host(&town.paths, Path::new(env!("CARGO_BIN_EXE_gt"))).unwrap();
    let stream = UnixStream::connect(town.paths.host_socket()).unwrap();
    let (pid, _) = os::peer_of(&stream).unwrap();
    let again = Town {
        dir: tempfile::tempdir().unwrap(),
        paths: town.paths.clone(),
        host: (pid, os::start_time(pid).unwrap()),
    };
    let plan = town.plan(run.as_str(), "echo $$ >> pids");
    let facts = again.engine().runs(HostAsk::Launch(plan));
    assert_eq!(facts[0].exit, Some(Exit::Signal { signal: 1 }));
}

#[test]
fn a_town_that_is_removed_takes_its_host_along() {
    // P12: within 10 s.
    let town = Town::start();
    std::fs::remove_dir_all(town.paths.root()).unwrap();
    until("the host's end", || (!town.host_lives()).then_some(()));
}

#[test]
fn an_engine_that_dies_costs_no_agent_and_no_news() {
    let town = Town::start();
    let run = RunId::parse("tb.Toast.1.1").unwrap();
    let mut engine = town.engine();
    engine.ask(HostAsk::Watch);
    engine.ask(HostAsk::Launch(
        town.plan(run.as_str(), "echo $$ >> pids; read x; exit 9"),
    ));
    let pids = town.pids(run.as_str(), 1);
    drop(engine);
    let mut again = town.engine();
    assert!(lives(pids[0]));
    again.ask(HostAsk::Write {
        run: run.clone(),
        key: Some("ng-1".to_owned()),
        text: "\r".to_owned(),
        guard: None,
    });
    drop(again);
    until("the end", || (!lives(pids[0])).then_some(()));
    let mut third = town.engine();
    assert_eq!(third.exit_of(&run), Exit::Code { code: 9 });
    third.ask(HostAsk::Acknowledge { run });
    assert_eq!(third.runs(HostAsk::List), []);
}
