//! Eight clients that write at once: how many writes a second are acknowledged, after how long, and
//! how many commits that takes; with a disk as it is, and with one that needs 5 ms more for each
//! sync (DECISIONS 22). Every acknowledged bead is looked up afterwards.

use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gastown::client::{Need, TownClient};
use gastown::domain::{BeadCreate, Command, Outcome};
use gastown::support::paths::TownPaths;

use super::seed::{self, Sizes};
use super::support::TestTown;

const CLIENTS: usize = 8;

/// How the clients write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    /// One connection for all its writes, as a console has.
    Connection,
    /// A process for each write: `bd create`.
    Process,
}

/// What came of one kind of clients on one kind of disk; times in milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) client: Client,
    pub(crate) delay_ms: u64,
    pub(crate) acknowledged: usize,
    pub(crate) per_second: f64,
    pub(crate) commits_each: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Client {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Connection => "8 connections",
            Self::Process => "8 x bd create",
        }
    }
}

/// All four.
pub(crate) fn write(sizes: Sizes, seconds: u64) -> Vec<Written> {
    let mut all = Vec::new();
    for delay_ms in [0, 5] {
        let town = seed::town(sizes);
        let count = town.base().join("syncs");
        let up = town
            .gt_run(&["up"])
            .env("LD_PRELOAD", slow_sync())
            .env("SLOW_SYNC_US", (delay_ms * 1_000).to_string())
            .env("SLOW_SYNC_COUNT", &count);
        up.run().ok();
        super::settled(&town);
        for client in [Client::Connection, Client::Process] {
            all.push(one(&town, client, (delay_ms, seconds), &count));
        }
    }
    all
}

fn one(town: &TestTown, client: Client, (delay_ms, seconds): (u64, u64), count: &Path) -> Written {
    let before = commits(count);
    let ending = AtomicBool::new(false);
    let started = Instant::now();
    let written: Vec<(String, Duration)> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| scope.spawn(|| write_until(town, client, &ending)))
            .collect();
        std::thread::sleep(Duration::from_secs(seconds));
        ending.store(true, Ordering::Release);
        clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect()
    });
    let took = started.elapsed();
    let commits = commits(count) - before;
    assert!(commits > 0, "the syncs were not counted");
    for (id, _) in written.iter().step_by(written.len() / 50 + 1) {
        assert_eq!(town.bead_status(id), "open", "{id} was acknowledged");
    }
    let mut times: Vec<Duration> = written.iter().map(|(_, took)| *took).collect();
    times.sort_unstable();
    let acknowledged = written.len();
    #[expect(clippy::cast_precision_loss, reason = "counts of a few thousand")]
    let (all, commits) = (acknowledged as f64, commits as f64);
    Written {
        client,
        delay_ms,
        acknowledged,
        per_second: all / took.as_secs_f64(),
        commits_each: commits / all,
        p50: share(&times, 50),
        p99: share(&times, 99),
    }
}

/// Writes one bead after the other; says which, and how long each took.
fn write_until(town: &TestTown, client: Client, ending: &AtomicBool) -> Vec<(String, Duration)> {
    let mut connection = (client == Client::Connection)
        .then(|| TownClient::open(TownPaths::new(town.root()), Need::Ledger).unwrap());
    let command = Command::BeadCreate(Box::new(BeadCreate {
        title: "Written among eight".to_owned(),
        ..BeadCreate::default()
    }));
    let mut written = Vec::new();
    while !ending.load(Ordering::Acquire) {
        let started = Instant::now();
        let id = match &mut connection {
            Some(connection) => match connection.command(command.clone(), "bd create").unwrap() {
                Outcome::Bead { bead, .. } => bead.id.to_string(),
                other => panic!("{other:?}"),
            },
            None => create(town),
        };
        written.push((id, started.elapsed()));
    }
    written
}

fn create(town: &TestTown) -> String {
    let run = town.bd_run(&["create", "Written among eight", "--silent"]);
    let output = run.command().output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The syncs of the log so far; a byte each.
fn commits(count: &Path) -> u64 {
    std::fs::metadata(count).map_or(0, |file| file.len())
}

fn share(sorted: &[Duration], percent: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = (sorted.len() * percent / 100).min(last);
    sorted
        .get(at)
        .map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

/// The library that slows syncs down (`tests/fixtures/slow_sync.c`).
fn slow_sync() -> PathBuf {
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("slow_sync.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/slow_sync.c");
    let built = process::Command::new("cc")
        .args(["-O1", "-shared", "-fPIC", "-o"])
        .args([library.as_path(), source.as_path()])
        .args(["-ldl"])
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    library
}
