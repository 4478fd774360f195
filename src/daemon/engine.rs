//! The engine as a process: lock, ledger, socket, threads, and the loop that turns what arrives into
//! turns (DECISIONS 3). Whoever holds the lock may replace a stale socket, nobody else.

#![expect(
    clippy::disallowed_methods,
    reason = "owns the engine's socket file and captures the operator's environment"
)]

use std::collections::HashMap;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use crate::config::{Settings, capture_env};
use crate::domain::{Now, Refusal};
use crate::engine::{Act, At, Input, Reader, Tag, Town, TownParts, Turn};
use crate::git::closed;
use crate::store::{OutboxId, Store, TownLock};
use crate::support::clock::Clock;
use crate::support::files;
use crate::support::os;
use crate::support::paths::TownPaths;

use super::errands::{self, Errand};
use super::fault::{Fault, When};
use super::git_lane::GitLane;
use super::host::{remove_short_folder, spawn_host};
use super::host_link::HostLink;
use super::hub::Hub;
use super::install::install_bin;
use super::serve::{Desk, Post, Readers, listen};

/// Most inputs in one turn.
const TURN_MAX: usize = 64;
/// How often the engine looks whether its town is still there, and the longest it sleeps.
const LOOK: Duration = Duration::from_secs(5);
/// How long an engine that begins waits for a command that owns the ledger, in milliseconds.
const PATIENCE: i64 = 5_000;
/// Between two patrols, in milliseconds of town time.
const PATROL: i64 = 15_000;
/// A turn that takes longer is a defect that is logged.
const SLOW: i64 = 50;

/// How the engine gets a terminal host.
pub type StartHost = Box<dyn Fn(&TownPaths) -> Result<(), Refusal> + Send>;

/// An engine that owns its town and is about to serve.
#[derive(Debug)]
pub struct Engine {
    town: Town,
    clock: Clock,
    desk: Arc<Desk>,
    posts: Receiver<Post>,
    listener: Arc<UnixListener>,
    socket: PathBuf,
    lock_file: (PathBuf, u64),
    /// Town time of the next patrol; the first comes at once.
    patrol_at: i64,
    _lock: TownLock,
}

/// Ends an engine from another thread.
#[derive(Clone, Debug)]
pub(super) struct Ending(Arc<Desk>);

impl Ending {
    /// Ends the engine after all that came before.
    pub(super) fn end(&self) {
        self.0.ending.store(true, Ordering::Release);
        if self.0.post.send(Post::End).is_err() {
            tracing::debug!("the engine had ended already");
        }
    }
}

impl Engine {
    /// Takes the town: the lock, then the ledger, then the socket. Fails with a conflict when
    /// another engine owns it.
    pub fn take(paths: &TownPaths) -> Result<Self, Refusal> {
        let failed =
            |error: io::Error| Refusal::failed(format!("the engine cannot begin: {error}"));
        let lock = take_lock(paths)?;
        let store = Store::create_or_migrate(&paths.ledger())?;
        for folder in [
            paths.logs(),
            paths.trash(),
            paths.recordings(),
            paths.gates(),
            paths.bin(),
        ] {
            files::private_dir(&folder).map_err(failed)?;
        }
        let captured = environment(&store)?;
        closed::write_own_config(paths, &captured)
            .map_err(|error| Refusal::failed(error.to_string()))?;
        let town = Town::new(TownParts {
            paths: paths.clone(),
            store,
            settings: Settings::load(paths),
            pid: Some(std::process::id()),
            secret: secret(paths)?,
        });
        let clock = Clock::start(town.town_time()?);
        let readers = vec![Reader::open(paths)?, Reader::open(paths)?];
        let socket = paths.engine_socket();
        let listener = bind(&socket).map_err(|error| {
            Refusal::failed(format!(
                "the engine cannot listen at `{}`: {error}",
                socket.display()
            ))
        })?;
        let (post, posts) = sync_channel(1_024);
        let desk = Arc::new(Desk {
            paths: paths.clone(),
            hub: Hub::default(),
            post,
            readers: Readers::new(readers),
            ending: AtomicBool::new(false),
            clients: AtomicUsize::new(0),
        });
        let inode = paths.lock().metadata().map_err(failed)?.ino();
        let lock_file = (paths.lock(), inode);
        Ok(Self {
            town,
            clock,
            desk,
            posts,
            listener: Arc::new(listener),
            socket,
            lock_file,
            patrol_at: 0,
            _lock: lock,
        })
    }

    /// A way to end this engine from another thread.
    pub(super) fn ending(&self) -> Ending {
        Ending(self.desk.clone())
    }

    /// Serves until the operator ends it or the town's folder is gone.
    pub fn serve(mut self, start_host: StartHost) -> Result<(), Refusal> {
        let failed =
            |error: io::Error| Refusal::failed(format!("the engine cannot serve: {error}"));
        let hands = Hands::start(&self.desk, start_host).map_err(failed)?;
        let (listener, desk) = (self.listener.clone(), self.desk.clone());
        std::thread::Builder::new()
            .name("listener".to_owned())
            .spawn(move || listen(&listener, &desk))
            .map_err(failed)?;
        check_in_background(&self.desk.paths).map_err(failed)?;
        self.run(hands);
        self.desk.ending.store(true, Ordering::Release);
        // The listener sleeps until somebody comes; be that somebody.
        drop(std::os::unix::net::UnixStream::connect(&self.socket));
        // Only now, with everything answered, may another engine find no socket.
        drop(std::fs::remove_file(&self.socket));
        remove_short_folder(&self.socket);
        Ok(())
    }

    fn run(&mut self, mut hands: Hands) {
        self.recover(&mut hands);
        loop {
            let mut inputs = Vec::new();
            match self.posts.recv_timeout(self.patience()) {
                Ok(Post::Input(input)) => inputs.push(*input),
                Ok(Post::End) => return,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let mut ending = false;
            while inputs.len() < TURN_MAX {
                match self.posts.try_recv() {
                    Ok(Post::Input(input)) => inputs.push(*input),
                    Ok(Post::End) => {
                        ending = true;
                        break;
                    }
                    Err(_) => break,
                }
            }
            if self
                .town
                .deadline()
                .is_some_and(|due| due <= self.clock.read().town)
            {
                inputs.push(Input::Tick);
            }
            inputs.extend(self.patrol());
            if !inputs.is_empty() {
                self.turn(inputs, &mut hands);
            }
            if ending || !self.is_ours() {
                return;
            }
        }
    }

    /// Whether it is time for a patrol; looks for the town's folder often enough to see that.
    fn patrol(&mut self) -> Option<Input> {
        let now = self.clock.read().town;
        if now < self.patrol_at {
            return None;
        }
        self.patrol_at = now + PATROL;
        Some(Input::Patrol)
    }

    /// How long nothing will happen by itself.
    fn patience(&self) -> Duration {
        let Some(due) = self.town.deadline() else {
            return LOOK;
        };
        let left = due.saturating_sub(self.clock.read().town);
        Duration::from_millis(u64::try_from(left).unwrap_or(0)).min(LOOK)
    }

    /// Whether the town's folder is still the one that was taken (contract P12).
    fn is_ours(&self) -> bool {
        let (path, inode) = &self.lock_file;
        path.metadata().is_ok_and(|now| now.ino() == *inode)
    }

    /// The first turn: what an earlier engine owed.
    fn recover(&mut self, hands: &mut Hands) {
        let at = self.now();
        match self.town.begin(at) {
            Ok(turn) => self.follow(turn, hands),
            Err(error) => tracing::error!(%error, "what was owed could not be read"),
        }
    }

    fn turn(&mut self, inputs: Vec<Input>, hands: &mut Hands) {
        for input in &inputs {
            hands.check_outcome(input);
        }
        let at = self.now();
        let turn = self.town.turn(inputs, at);
        let took = self.clock.read().town - at.now.town;
        if took > SLOW {
            tracing::warn!(took, "a turn took long");
        }
        self.follow(turn, hands);
    }

    fn follow(&mut self, mut turn: Turn, hands: &mut Hands) {
        for gone in self.desk.hub.deliver(&mut turn) {
            tracing::info!(subscriber = gone, "a subscriber fell behind");
        }
        hands.act(turn);
    }

    fn now(&self) -> At {
        let now = self.clock.read();
        At {
            now: Now {
                wall: now.wall,
                town: now.town,
            },
            nanos: now.nanos,
        }
    }
}

/// Everything that acts outside.
struct Hands {
    host: HostLink,
    git: GitLane,
    files: SyncSender<Errand>,
    fault: Fault,
    kinds: HashMap<OutboxId, &'static str>,
    mirrored: i64,
}

impl Hands {
    fn start(desk: &Arc<Desk>, start_host: StartHost) -> io::Result<Self> {
        let host = HostLink::default();
        host.keep(desk.clone(), start_host)?;
        Ok(Self {
            host,
            git: GitLane::start(desk.paths.clone(), desk.post.clone())?,
            files: errands::start(desk.clone())?,
            fault: Fault::from_environment(),
            kinds: HashMap::new(),
            mirrored: 0,
        })
    }

    fn act(&mut self, turn: Turn) {
        for (id, kind) in turn.kinds {
            self.kinds.insert(id, kind);
        }
        if turn.seq > self.mirrored {
            self.mirrored = turn.seq;
            // A full queue catches up with a later event.
            drop(self.files.try_send(Errand::Mirror(turn.seq)));
        }
        for act in turn.acts {
            self.do_one(act);
        }
    }

    fn do_one(&self, act: Act) {
        let sent = match act {
            Act::Host { tag, ask } => {
                self.check(&tag, When::Before);
                self.host.ask(tag, ask);
                true
            }
            Act::Git { tag, job } => {
                self.check(&tag, When::Before);
                self.git.send(tag, job)
            }
            Act::Files { tag, facts } => {
                self.check(&tag, When::Before);
                self.files.send(Errand::Rig(tag, facts)).is_ok()
            }
            Act::OwnConfig { captured } => self.files.send(Errand::OwnConfig(captured)).is_ok(),
            Act::Patrol { trees, left } => self.files.send(Errand::Patrol(trees, left)).is_ok(),
        };
        if !sent {
            tracing::error!("a worker thread is gone");
        }
    }

    fn check(&self, tag: &Tag, when: When) {
        match tag {
            Tag::Effect(id) => {
                if let Some(kind) = self.kinds.get(id) {
                    self.fault.check(kind, when);
                }
            }
            Tag::Keystroke(_) => self.fault.check("deliver", when),
            Tag::Check(_)
            | Tag::Restore(_)
            | Tag::Emptied(_)
            | Tag::Asked(_)
            | Tag::Peek(_)
            | Tag::Nothing => {}
        }
    }

    /// The test switch's second half: dies when an act's outcome has come and is not yet durable.
    fn check_outcome(&self, input: &Input) {
        match input {
            Input::Git { tag, .. } | Input::Files { tag, .. } => self.check(tag, When::After),
            Input::Host { tag, .. } => {
                // A job's answer says only that it runs; its exit is its outcome.
                let job = matches!(tag, Tag::Effect(id) if matches!(self.kinds.get(id), Some(&("clone" | "fetch" | "gate" | "push"))));
                if !job {
                    self.check(tag, When::After);
                }
            }
            Input::Exited { run, .. } => {
                if let Some(id) = run
                    .as_str()
                    .strip_prefix("job-")
                    .and_then(|id| id.parse().ok())
                {
                    self.check(&Tag::Effect(id), When::After);
                }
            }
            Input::Command { .. }
            | Input::Query { .. }
            | Input::Subscribe { .. }
            | Input::Unsubscribe { .. }
            | Input::HostUp { .. }
            | Input::HostDown { .. }
            | Input::Screen { .. }
            | Input::Started { .. }
            | Input::Patrol
            | Input::Patrolled { .. }
            | Input::Recordings(_)
            | Input::Tick => {}
        }
    }
}

/// The town lock. A command that owns the ledger for a moment is waited for; an engine is not.
fn take_lock(paths: &TownPaths) -> Result<TownLock, Refusal> {
    let clock = Clock::start(0);
    loop {
        if let Some(lock) = TownLock::try_take(&paths.lock())? {
            return Ok(lock);
        }
        let engine = std::os::unix::net::UnixStream::connect(paths.engine_socket()).is_ok();
        if engine || clock.read().town > PATIENCE {
            let owner = files::read_if_there(&paths.lock())
                .ok()
                .flatten()
                .unwrap_or_default();
            return Err(
                Refusal::conflict(format!("process {} owns this town", owner.trim()))
                    .hint("gt status"),
            );
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The environment for agents and git: what the operator's last `gt up` or console captured, else
/// what this engine was started with.
fn environment(store: &Store) -> Result<Vec<(String, String)>, Refusal> {
    let known = store.environment()?;
    if !known.is_empty() {
        return Ok(known);
    }
    let captured = capture_env(std::env::vars_os());
    store.apply(&crate::rules::decision::Change::Environment(
        captured.clone(),
    ))?;
    Ok(captured)
}

/// The town's secret, made on first use.
fn secret(paths: &TownPaths) -> Result<[u8; 32], Refusal> {
    let failed =
        |error: io::Error| Refusal::failed(format!("the town's secret cannot be used: {error}"));
    let file = paths.secret();
    match std::fs::read(&file) {
        Ok(bytes) => bytes.try_into().map_err(|_| {
            Refusal::failed(format!("`{}` does not hold 32 bytes", file.display()))
                .hint("remove it while no agent runs; the next engine makes another")
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let bits = os::random_bits().map_err(failed)?;
            files::write_atomic(&file, &bits, files::Access::Private).map_err(failed)?;
            Ok(bits)
        }
        Err(error) => Err(failed(error)),
    }
}

fn bind(socket: &std::path::Path) -> io::Result<UnixListener> {
    if let Some(folder) = socket.parent() {
        files::private_dir(folder)?;
        let meta = folder.symlink_metadata()?;
        // S1: a folder that somebody else can write is no place for a socket.
        if !meta.is_dir() || meta.uid() != os::own_user() || meta.mode() & 0o022 != 0 {
            return Err(io::Error::other(format!(
                "`{}` is not a folder of this user alone",
                folder.display()
            )));
        }
    }
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(socket)?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Looks for damage in the ledger once serving has begun (DECISIONS 4).
fn check_in_background(paths: &TownPaths) -> io::Result<()> {
    let ledger = paths.ledger();
    std::thread::Builder::new()
        .name("quick check".to_owned())
        .spawn(
            move || match Store::open_reader(&ledger).and_then(|store| store.quick_check()) {
                Ok(damage) if damage.is_empty() => {}
                Ok(damage) => tracing::error!(?damage, "the ledger is damaged"),
                Err(error) => tracing::error!(%error, "the ledger could not be checked"),
            },
        )?;
    Ok(())
}

/// Lives as the town's engine until it is told to end.
pub fn run_engine(paths: &TownPaths) -> Result<(), Refusal> {
    // Fails only for the leader of a session, which is what is wanted.
    if let Err(error) = rustix::process::setsid() {
        tracing::debug!(%error, "no new session");
    }
    let program = install_bin(paths)?;
    Engine::take(paths)?.serve(Box::new(move |paths| spawn_host(paths, &program)))
}
