//! Starting the engine in the background, and making a new town's ledger.

#![expect(
    clippy::disallowed_methods,
    reason = "starts the engine's process and reads who this process is"
)]

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::domain::{Kind, Prefix, Refusal};
use crate::store::{Store, TownLock};
use crate::support::files;
use crate::support::paths::TownPaths;

/// How long an engine may take to end, in milliseconds.
const PATIENCE: i64 = 10_000;

/// An engine that was started and may not answer yet.
#[derive(Debug)]
pub(super) struct Starting {
    child: Option<Child>,
    log: std::path::PathBuf,
}

impl Starting {
    /// Why it ended, when it did. Another engine that was faster is no failure.
    pub(super) fn ended(&mut self) -> Result<Option<Refusal>, Refusal> {
        let Some(child) = &mut self.child else {
            return Ok(None);
        };
        let Some(status) = child
            .try_wait()
            .map_err(|error| Refusal::failed(error.to_string()))?
        else {
            return Ok(None);
        };
        self.child = None;
        // 6: somebody else owns the town; it will answer.
        if status.code() == Some(i32::from(Kind::Conflict.exit_code())) {
            return Ok(None);
        }
        let last = files::read_if_there(&self.log)
            .ok()
            .flatten()
            .unwrap_or_default();
        let last = last
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .unwrap_or("it said nothing")
            .to_owned();
        let shown = crate::support::text::fit(&crate::support::text::clean(&last), 300);
        Ok(Some(
            Refusal::failed(format!("the engine could not start: {shown}"))
                .hint(format!("see {}", self.log.display())),
        ))
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        // The engine outlives us; a caller that lives long must still collect it when it ends.
        if let Some(mut child) = self.child.take() {
            drop(
                std::thread::Builder::new()
                    .name("engine reaper".to_owned())
                    .spawn(move || child.wait()),
            );
        }
    }
}

/// Starts `gt engine run` in the background.
pub(super) fn spawn_engine(paths: &TownPaths) -> Result<Starting, Refusal> {
    let failed =
        |error: std::io::Error| Refusal::failed(format!("cannot start the engine: {error}"));
    let exe = std::env::current_exe().map_err(failed)?;
    files::private_dir(&paths.logs()).map_err(failed)?;
    let log = paths.logs().join("engine.err");
    let stderr = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&log)
        .map_err(failed)?;
    let child = Command::new(exe)
        .args(["engine", "run", "--town"])
        .arg(paths.root())
        .current_dir(paths.root())
        // What an agent was told about itself must not make its engine think that it is the agent.
        .env_remove("GT_TOKEN")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(stderr)
        .spawn()
        .map_err(failed)?;
    Ok(Starting {
        child: Some(child),
        log,
    })
}

/// Ends the engine that listens in this town, which every engine survives by design, and waits until
/// the town lock is free. Who listens is what the kernel says of the socket, never a number in a
/// file (contract P5).
pub(super) fn end_owner(paths: &TownPaths) -> Result<(), Refusal> {
    let failed =
        |why: String| Refusal::failed(format!("the running engine cannot be ended: {why}"));
    ask_to_end(&paths.engine_socket())?;
    let clock = crate::support::clock::Clock::start(0);
    while clock.read().town < PATIENCE {
        if TownLock::try_take(&paths.lock())?.is_some() {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Err(failed("it does not end".to_owned()))
}

/// Sends TERM to whoever listens at a socket of this town, by what the kernel says of it.
pub(super) fn ask_to_end(socket: &Path) -> Result<(), Refusal> {
    let failed =
        |why: String| Refusal::failed(format!("what listens there cannot be ended: {why}"));
    let stream = UnixStream::connect(socket).map_err(|error| failed(error.to_string()))?;
    let (pid, _) =
        crate::support::os::peer_of(&stream).map_err(|error| failed(error.to_string()))?;
    let pid = Pid::from_raw(pid).ok_or_else(|| failed("nobody knows its process".to_owned()))?;
    kill_process(pid, Signal::TERM).map_err(|error| failed(error.to_string()))
}

/// The session token that this process was given, when it is an agent's.
pub(super) fn token() -> Option<String> {
    std::env::var("GT_TOKEN")
        .ok()
        .filter(|token| !token.is_empty())
}

/// Makes a repository's own ledger whose ids begin with `prefix`. Says whether it made one: an older
/// one stays as it is.
pub fn create_ledger(paths: &TownPaths, prefix: &Prefix) -> Result<bool, Refusal> {
    let failed =
        |error| Refusal::failed(format!("cannot make `{}`: {error}", paths.gt().display()));
    files::private_dir(&paths.gt()).map_err(failed)?;
    // Nothing in it is for a repository to keep.
    files::write_new(&paths.gt().join(".gitignore"), b"*\n").map_err(failed)?;
    let Some(_lock) = TownLock::try_take(&paths.lock())? else {
        return Ok(false);
    };
    let made = !paths.ledger().exists();
    let store = Store::create_or_migrate(&paths.ledger())?;
    if made {
        store.found_kv(crate::engine::PREFIX_KEY, prefix.as_str())?;
    }
    Ok(made)
}

/// Looks for damage in a repository's own ledger; an empty list is a healthy one.
pub fn check_ledger(paths: &TownPaths) -> Result<Vec<String>, Refusal> {
    Ok(Store::open_once(&paths.ledger())?.quick_check()?)
}

/// Makes a new town's ledger, or brings an old one up to date. Says whether it made one.
pub fn create_town(paths: &TownPaths, name: &str) -> Result<bool, Refusal> {
    files::private_dir(&paths.gt()).map_err(|error| {
        Refusal::failed(format!("cannot make `{}`: {error}", paths.gt().display()))
    })?;
    let made = !paths.ledger().exists();
    let Some(_lock) = TownLock::try_take(&paths.lock())? else {
        // An engine owns it, so there is one, and it is up to date.
        return Ok(false);
    };
    let store = Store::create_or_migrate(&paths.ledger())?;
    if made {
        let now = crate::support::clock::Clock::start(0).read();
        crate::engine::tell_installed(&store, name, now.wall)?;
    }
    Ok(made)
}
