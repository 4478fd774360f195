//! The terminal host as a process, as a thread, and starting it.
//!
//! Owns its lock and its socket: whoever holds the lock may replace a stale socket, nobody else.
//! Never decides when a host is wanted. Entry points: [`run_host`], [`spawn_host`], [`HostThread`].

#![expect(
    clippy::disallowed_methods,
    reason = "starts the host, owns its lock file and socket, and hands on the few variables it needs"
)]

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::client::HostClient;
use crate::domain::{Kind, Refusal};
use crate::host::{HostConfig, Place, serve};
use crate::support::paths::TownPaths;
use crate::support::{files, os};

/// How long a new host has to answer.
const START: Duration = Duration::from_secs(10);
/// Between two tries to reach it.
const TRY_EVERY: Duration = Duration::from_millis(5);
/// What a host inherits; agents get nothing of it but what their plans say.
const INHERITED: [&str; 9] = [
    "HOME",
    "PATH",
    "USER",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "GT_LOG",
];

/// Lives as the town's terminal host until it is told to end.
pub fn run_host(paths: &TownPaths) -> Result<(), Refusal> {
    // Fails only for the leader of a session, which is what is wanted.
    if let Err(error) = rustix::process::setsid() {
        tracing::debug!(%error, "no new session");
    }
    files::private_dir(&paths.logs()).map_err(cannot("make the log folder"))?;
    let seat = Seat::take(paths)?;
    serve(
        seat.config(Place::Process),
        seat.listener.try_clone().map_err(cannot("listen"))?,
        CancellationToken::new(),
    )
    .map_err(cannot("serve"))
}

/// A host on a thread of this process. Its runs end when it is dropped.
#[derive(Debug)]
pub struct HostThread {
    shutdown: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl HostThread {
    /// Starts one; its socket listens when this returns.
    pub fn start(paths: &TownPaths) -> Result<Self, Refusal> {
        let seat = Seat::take(paths)?;
        let shutdown = CancellationToken::new();
        let token = shutdown.clone();
        let listener = seat.listener.try_clone().map_err(cannot("listen"))?;
        let thread = std::thread::Builder::new()
            .name("host".to_owned())
            .spawn(move || {
                if let Err(error) = serve(seat.config(Place::Thread), listener, token) {
                    tracing::error!(%error, "the terminal host failed");
                }
            })
            .map_err(cannot("start its thread"))?;
        Ok(Self {
            shutdown,
            thread: Some(thread),
        })
    }
}

impl Drop for HostThread {
    fn drop(&mut self) {
        self.shutdown.cancel();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the terminal host failed");
        }
    }
}

/// Starts `<exe> host run --town <root>` as a process of its own and waits until it answers.
/// A host that runs already is as good.
pub fn spawn_host(paths: &TownPaths, exe: &Path) -> Result<(), Refusal> {
    match HostClient::open(paths) {
        Ok(_) => return Ok(()),
        // Another one beside it would find its lock taken.
        Err(refusal) if refusal.kind == Kind::Conflict => return Err(refusal),
        Err(_) => {}
    }
    files::private_dir(&paths.logs()).map_err(cannot("make the log folder"))?;
    let log_path = paths.logs().join("host.log");
    let log = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&log_path)
        .map_err(cannot("open its log"))?;
    let mut child = Command::new(exe)
        .args(["host", "run", "--town"])
        .arg(paths.root())
        .env_clear()
        .envs(
            INHERITED
                .iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?))),
        )
        .current_dir(paths.root())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(cannot("start"))?;
    let until = Instant::now() + START;
    loop {
        if HostClient::open(paths).is_ok() {
            break;
        }
        let ended = child.try_wait().ok().flatten();
        // A host that lost the race for the lock ends at once; the winner answers soon.
        if ended.is_some_and(|status| status.code() != Some(i32::from(Kind::Conflict.exit_code())))
            || Instant::now() > until
        {
            return Err(Refusal::failed(format!(
                "the terminal host did not start: see `{}`",
                log_path.display()
            )));
        }
        std::thread::sleep(TRY_EVERY);
    }
    // Whoever lives longer than the host must not keep its remains.
    let waiter = std::thread::Builder::new()
        .name("host-wait".to_owned())
        .spawn(move || child.wait());
    if let Err(error) = waiter {
        tracing::debug!(%error, "nobody waits for the host");
    }
    Ok(())
}

/// Lock and socket of the town's one host.
#[derive(Debug)]
struct Seat {
    listener: UnixListener,
    paths: TownPaths,
    lock: File,
}

impl Seat {
    fn take(paths: &TownPaths) -> Result<Self, Refusal> {
        make_private(&paths.gt()).map_err(cannot("make its folder"))?;
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(paths.host_lock())
            .map_err(cannot("open its lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Refusal::conflict(
                    "a terminal host runs already in this town",
                ));
            }
            Err(TryLockError::Error(error)) => return Err(cannot("take its lock")(error)),
        }
        let socket = paths.host_socket();
        let listener = bind(&socket).map_err(cannot("make its socket"))?;
        Ok(Self {
            listener,
            paths: paths.clone(),
            lock,
        })
    }

    fn config(&self, place: Place) -> HostConfig {
        HostConfig {
            paths: self.paths.clone(),
            place,
            launcher: self.launcher(place),
        }
    }

    /// The program that this process is: what it is asked to become is set apart by the same build.
    /// A thread may be of any program, and takes the town's copy.
    fn launcher(&self, place: Place) -> Option<PathBuf> {
        let copy = self.paths.bin().join(crate::wire::BUILD).join("gt");
        match place {
            Place::Process => os::own_program(),
            Place::Thread => Some(copy).filter(|copy| copy.is_file()),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // The lock is still held: this is our socket or nobody's.
        if let Err(error) = std::fs::remove_file(self.paths.host_socket()) {
            tracing::debug!(%error, "the socket was gone");
        }
        remove_short_folder(&self.paths.host_socket());
        // Given back by hand: a program that is just being started may have a copy of the file,
        // and closing ours alone would leave the town locked until that one is gone.
        if let Err(error) = self.lock.unlock() {
            tracing::debug!(%error, "the lock goes with the process");
        }
    }
}

/// Removes the folder that was made for sockets of a town with a long path, once it is empty.
pub(super) fn remove_short_folder(socket: &Path) {
    if let Some(folder) = socket.parent()
        && folder.starts_with(os::runtime_dir())
        && let Err(error) = std::fs::remove_dir(folder)
    {
        tracing::debug!(%error, "the folder of the sockets stays");
    }
}

fn bind(socket: &Path) -> io::Result<UnixListener> {
    let folder = socket
        .parent()
        .ok_or_else(|| io::Error::other("the socket has no folder"))?;
    // A short way for a long town lies in a folder of all towns; that one must be ours too.
    if folder.starts_with(os::runtime_dir()) {
        make_private(&os::runtime_dir())?;
    }
    make_private(folder)?;
    match std::fs::remove_file(socket) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = UnixListener::bind(socket)?;
    std::fs::set_permissions(socket, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Makes `folder`, or makes sure that it is ours and nobody else may look into it (contract S1).
fn make_private(folder: &Path) -> io::Result<()> {
    files::private_dir(folder)?;
    let found = std::fs::symlink_metadata(folder)?;
    if !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::Error::other(format!(
            "`{}` is not a folder of this user",
            folder.display()
        )));
    }
    if found.permissions().mode() & 0o077 != 0 {
        std::fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn cannot(what: &'static str) -> impl Fn(io::Error) -> Refusal {
    move |error| Refusal::failed(format!("the terminal host cannot {what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::AttachEvent;
    use crate::domain::{Exit, LaunchPlan, RunId};
    use crate::wire::{HostAnswer, HostAsk};

    fn town() -> (tempfile::TempDir, TownPaths) {
        let dir = tempfile::tempdir().unwrap();
        let paths = TownPaths::new(dir.path().canonicalize().unwrap());
        (dir, paths)
    }

    #[test]
    fn one_town_has_one_host_and_it_leaves_no_socket() {
        let (_dir, paths) = town();
        let host = HostThread::start(&paths).unwrap();
        let second = HostThread::start(&paths).unwrap_err();
        assert_eq!(second.kind, Kind::Conflict);
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&paths.gt()), 0o700);
        assert_eq!(mode(&paths.host_socket()), 0o600);
        drop(host);
        assert!(!paths.host_socket().exists());
        // What a killed host leaves is replaced by the next one.
        std::fs::write(paths.host_socket(), "").unwrap();
        let again = HostThread::start(&paths).unwrap();
        assert!(HostClient::open(&paths).is_ok());
        assert_eq!(
            std::fs::read_to_string(paths.operator_key()).unwrap().len(),
            64
        );
        assert_eq!(mode(&paths.operator_key()), 0o600);
        drop(again);
    }

    #[test]
    fn without_a_host_the_client_says_what_to_do() {
        let (_dir, paths) = town();
        let refusal = HostClient::open(&paths).unwrap_err();
        assert_eq!(refusal.kind, Kind::Unreachable);
        assert_eq!(refusal.hints, ["gt up"]);
        assert_eq!(HostClient::shutdown(&paths), Ok(()));
    }

    #[test]
    fn an_attached_client_sees_types_and_hears_the_end() {
        let (_dir, paths) = town();
        let _host = HostThread::start(&paths).unwrap();
        let run = RunId::parse("tb.Toast.1.1").unwrap();
        let plan = LaunchPlan {
            run: run.clone(),
            argv: ["/bin/sh", "-c", "echo hello; read x; echo \"<$x>\"; exit 5"]
                .map(str::to_owned)
                .to_vec(),
            cwd: paths.root().to_owned(),
            env: vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
            size: (80, 24),
            limits: crate::domain::RunLimits::default(),
            terminal: crate::domain::TerminalRules::default(),
        };
        launch(&paths, plan);
        let (mut keyboard, events) = HostClient::attach(&paths, &run, Some((60, 20)))
            .unwrap()
            .split();
        let mut screen = crate::term::Screen::new((10, 5), 10);
        let mut typed = false;
        loop {
            match events.recv_timeout(Duration::from_secs(20)).unwrap() {
                AttachEvent::Size(size) => screen.resize(size),
                AttachEvent::Bytes(bytes) => screen.feed(&bytes),
                AttachEvent::Exited(exit) => {
                    assert_eq!(exit, Exit::Code { code: 5 });
                    break;
                }
                AttachEvent::Holder(_) | AttachEvent::History(_) => {}
                AttachEvent::Lost(why) => panic!("{why}"),
            }
            if !typed && screen.view().text().contains("hello") {
                keyboard.type_bytes(b"abc\r").unwrap();
                typed = true;
            }
        }
        assert!(screen.view().text().contains("<abc>"));
        assert_eq!(screen.size(), (60, 20));
        let mut client = HostClient::open(&paths).unwrap();
        let peek = HostAsk::Peek { run, history: 0 };
        let Ok(HostAnswer::Screen { screen: told, .. }) = client.ask(peek) else {
            panic!("no screen");
        };
        assert_eq!(told.hash, screen.view().hash);
    }

    /// Only the engine's key may launch: a client of its own.
    fn launch(paths: &TownPaths, plan: LaunchPlan) {
        use crate::wire::*;
        use std::io::Write;
        let mut stream = std::os::unix::net::UnixStream::connect(paths.host_socket()).unwrap();
        let key = (0..2000)
            .find_map(|_| {
                std::thread::sleep(Duration::from_millis(1));
                files::read_if_there(&paths.engine_key()).unwrap()
            })
            .unwrap();
        let hello = Hello {
            proto_min: HOST_PROTO_MIN,
            proto_max: HOST_PROTO,
            build: BUILD.to_owned(),
            town: paths.root().display().to_string(),
            role: "engine".to_owned(),
            token: Some(key),
        };
        stream.write_all(&encode_control(&hello).unwrap()).unwrap();
        let ask = HostRequest {
            id: 1,
            ask: HostAsk::Launch(plan),
        };
        stream.write_all(&encode_control(&ask).unwrap()).unwrap();
        read_frame(&mut stream).unwrap();
        read_frame(&mut stream).unwrap();
    }
}
