//! Starting the engine in the background, and making a new town's ledger.

#![expect(
    clippy::disallowed_methods,
    reason = "starts the engine's process and reads who this process is"
)]

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, Command, Stdio};

use crate::domain::{Kind, Refusal};
use crate::store::{Store, TownLock};
use crate::support::files;
use crate::support::paths::TownPaths;

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

/// Ends the process that owns the town lock, which an engine survives by design, and waits until the
/// lock is free. Only a process of this user that holds the lock now is signalled.
pub(super) fn end_owner(paths: &TownPaths) -> Result<(), Refusal> {
    let failed =
        |why: String| Refusal::failed(format!("the running engine cannot be ended: {why}"));
    let text = files::read_if_there(&paths.lock()).map_err(|error| failed(error.to_string()))?;
    let pid = text
        .and_then(|text| text.trim().parse().ok())
        .and_then(rustix::process::Pid::from_raw);
    let clock = crate::support::clock::Clock::start(0);
    while clock.read().town < 10_000 {
        if TownLock::try_take(&paths.lock())?.is_some() {
            return Ok(());
        }
        if let Some(pid) = pid {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)
                .map_err(|error| failed(error.to_string()))?;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Err(failed("it does not end".to_owned()))
}

/// The session token that this process was given, when it is an agent's.
pub(super) fn token() -> Option<String> {
    std::env::var("GT_TOKEN")
        .ok()
        .filter(|token| !token.is_empty())
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
