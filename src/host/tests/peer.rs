//! A host on a thread in a town of its own, and a blocking peer of it.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read files and wait with deadlines"
)]

use std::collections::VecDeque;
use std::io::Write;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::domain::{Exit, JobPlan, LaunchPlan, RunId, ScreenView};
use crate::host::{HostConfig, Place, serve};
use crate::support::paths::TownPaths;
use crate::wire::{
    Frame, HOST_PROTO, HOST_PROTO_MIN, Hello, HostAnswer, HostAsk, HostRefusal, HostRequest,
    HostSay, RunFact, encode_control, encode_terminal, read_frame,
};

pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// A town with a host.
pub(super) struct TestHost {
    pub(super) paths: TownPaths,
    shutdown: CancellationToken,
    thread: Option<JoinHandle<()>>,
    dir: tempfile::TempDir,
}

impl TestHost {
    pub(super) fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join(".gt")).unwrap();
        let paths = TownPaths::new(root);
        let listener = UnixListener::bind(paths.host_socket()).unwrap();
        let shutdown = CancellationToken::new();
        let config = HostConfig {
            paths: paths.clone(),
            place: Place::Thread,
            launcher: None,
        };
        let token = shutdown.clone();
        let thread = std::thread::spawn(move || serve(config, listener, token).unwrap());
        let host = Self {
            paths,
            shutdown,
            thread: Some(thread),
            dir,
        };
        // The keys are there before the first connection is answered.
        until("keys", || host.paths.operator_key().exists().then_some(()));
        host
    }

    pub(super) fn engine(&self) -> Peer {
        Peer::open(self, &self.key(true)).unwrap()
    }

    pub(super) fn operator(&self) -> Peer {
        Peer::open(self, &self.key(false)).unwrap()
    }

    pub(super) fn key(&self, engine: bool) -> String {
        let path = if engine {
            self.paths.engine_key()
        } else {
            self.paths.operator_key()
        };
        std::fs::read_to_string(path).unwrap()
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    pub(super) fn launch(&self, run: &str, script: &str) -> LaunchPlan {
        LaunchPlan {
            run: RunId::parse(run).unwrap(),
            argv: vec!["/bin/sh".into(), "-c".into(), script.into()],
            cwd: self.folder(),
            env: vec![
                ("PATH".into(), "/usr/bin:/bin".into()),
                ("TERM".into(), "xterm-256color".into()),
                ("SHELL".into(), "/bin/sh".into()),
                ("GT_RUN".into(), run.into()),
            ],
            size: (80, 24),
            limits: crate::domain::RunLimits::default(),
            terminal: crate::domain::TerminalRules::default(),
        }
    }

    pub(super) fn job(&self, run: &str, script: &str) -> JobPlan {
        JobPlan {
            run: RunId::parse(run).unwrap(),
            argv: vec!["sh".into(), "-c".into(), script.into()],
            cwd: self.folder(),
            env: vec![("PATH".into(), "/usr/bin:/bin".into())],
            time_limit: 20_000,
            output_limit: 10 << 20,
            limits: crate::domain::RunLimits::default(),
        }
    }
}

impl Drop for TestHost {
    fn drop(&mut self) {
        self.shutdown.cancel();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// Tries until there is an answer.
pub(super) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub(super) fn id(run: &str) -> RunId {
    RunId::parse(run).unwrap()
}

/// One connection.
pub(super) struct Peer {
    stream: UnixStream,
    next: u64,
    pub(super) said: VecDeque<HostSay>,
    pub(super) bytes: Vec<u8>,
}

impl Peer {
    pub(super) fn open(host: &TestHost, key: &str) -> Result<Self, HostSay> {
        let stream = UnixStream::connect(host.paths.host_socket()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut peer = Self {
            stream,
            next: 1,
            said: VecDeque::new(),
            bytes: Vec::new(),
        };
        peer.send(&Hello {
            proto_min: HOST_PROTO_MIN,
            proto_max: HOST_PROTO,
            build: "test".into(),
            town: host.paths.root().display().to_string(),
            role: "test".into(),
            token: Some(key.into()),
        });
        let Frame::Control(json) = read_frame(&mut peer.stream).unwrap() else {
            panic!("no hello");
        };
        match serde_json::from_slice::<Hello>(&json) {
            Ok(_) => Ok(peer),
            Err(_) => Err(serde_json::from_slice(&json).unwrap()),
        }
    }

    pub(super) fn send<T: serde::Serialize>(&mut self, value: &T) {
        self.stream
            .write_all(&encode_control(value).unwrap())
            .unwrap();
    }

    pub(super) fn post(&mut self, ask: HostAsk) -> u64 {
        let id = self.next;
        self.next += 1;
        self.send(&HostRequest { id, ask });
        id
    }

    pub(super) fn keys(&mut self, stream: u64, bytes: &[u8]) {
        let frame = encode_terminal(stream, bytes).unwrap();
        self.stream.write_all(&frame).unwrap();
    }

    /// Reads one frame; terminal bytes are collected.
    pub(super) fn hear(&mut self) -> Option<HostSay> {
        match read_frame(&mut self.stream).unwrap() {
            Frame::Control(json) => Some(serde_json::from_slice(&json).unwrap()),
            Frame::Terminal(_, bytes) => {
                self.bytes.extend(bytes);
                None
            }
        }
    }

    pub(super) fn answer(&mut self, id: u64) -> Result<HostAnswer, HostRefusal> {
        loop {
            match self.hear() {
                Some(HostSay::Answer { id: of, result }) if of == id => return result,
                Some(other) => self.said.push_back(other),
                None => {}
            }
        }
    }

    pub(super) fn ask(&mut self, ask: HostAsk) -> Result<HostAnswer, HostRefusal> {
        let id = self.post(ask);
        self.answer(id)
    }

    pub(super) fn runs(&mut self, ask: HostAsk) -> Vec<RunFact> {
        match self.ask(ask) {
            Ok(HostAnswer::Runs(runs)) => runs,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn launch(&mut self, plan: &LaunchPlan) -> RunFact {
        self.runs(HostAsk::Launch(plan.clone())).remove(0)
    }

    /// The next news that fits.
    pub(super) fn news<T>(&mut self, fits: impl Fn(&HostSay) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            while let Some(say) = self.said.pop_front() {
                if let Some(found) = fits(&say) {
                    return found;
                }
            }
            assert!(Instant::now() < deadline, "no such news");
            if let Some(say) = self.hear() {
                self.said.push_back(say);
            }
        }
    }

    pub(super) fn exit_of(&mut self, run: &str) -> (Exit, String) {
        let run = id(run);
        self.news(|say| match say {
            HostSay::Exited {
                run: of,
                exit,
                tail,
                ..
            } if *of == run => Some((exit.clone(), tail.clone())),
            _ => None,
        })
    }

    pub(super) fn peek(&mut self, run: &str) -> ScreenView {
        match self.ask(HostAsk::Peek {
            run: id(run),
            history: 0,
        }) {
            Ok(HostAnswer::Screen { screen, .. }) => screen,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn wait_text(&mut self, run: &str, text: &str) -> ScreenView {
        until(text, || {
            let screen = self.peek(run);
            screen.text().contains(text).then_some(screen)
        })
    }
}
