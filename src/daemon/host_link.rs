//! The engine's line to the terminal host: connect, start it when it is not there, listen, and pass
//! on asks. What is asked while the host is away is dropped: the engine owes it and asks again.

use std::collections::HashMap;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::domain::Refusal;
use crate::engine::{Input, Tag};
use crate::support::paths::TownPaths;
use crate::support::{files, os};
use crate::wire::{
    BUILD, Frame, FrameError, HOST_PROTO, HOST_PROTO_MIN, Hello, HostAnswer, HostAsk, HostRequest,
    HostSay, encode_control, read_frame,
};

use super::engine::StartHost;
use super::serve::{Desk, Post};

/// Between two tries to reach the host, growing to the second.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// A host that does not take a request within this is away.
const MANNERS: Duration = Duration::from_secs(10);

/// The first requests of a connection.
const WATCH: u64 = 1;
const LIST: u64 = 2;

#[derive(Debug, Default)]
struct Open {
    stream: Option<UnixStream>,
    next: u64,
    tags: HashMap<u64, Tag>,
}

/// The line.
#[derive(Clone, Debug, Default)]
pub(super) struct HostLink {
    open: Arc<Mutex<Open>>,
}

impl HostLink {
    /// Keeps the line up on a thread of its own until the desk closes. `start` starts a host.
    pub(super) fn keep(&self, desk: Arc<Desk>, start: StartHost) -> std::io::Result<()> {
        let link = self.clone();
        std::thread::Builder::new()
            .name("host link".to_owned())
            .spawn(move || link.run(&desk, &*start))
            .map(|_| ())
    }

    /// Asks the host; its answer comes as an input with the tag.
    pub(super) fn ask(&self, tag: Tag, ask: HostAsk) {
        let mut open = self.lock();
        open.next += 1;
        let id = open.next;
        let Some(stream) = open.stream.as_mut() else {
            return;
        };
        let sent = encode_control(&HostRequest { id, ask })
            .and_then(|frame| Ok(stream.write_all(&frame)?));
        match sent {
            Ok(()) => {
                open.tags.insert(id, tag);
            }
            Err(error) => {
                tracing::warn!(%error, "the host took no request");
                open.stream = None;
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, desk: &Desk, start: &dyn Fn(&TownPaths) -> Result<(), Refusal>) {
        let mut pause = PAUSE;
        while !desk.ending.load(std::sync::atomic::Ordering::Acquire) {
            let why = match connect(&desk.paths) {
                Ok(stream) => {
                    pause = PAUSE;
                    let why = self.listen(stream, desk);
                    self.close();
                    let down = Input::HostDown {
                        reason: why.to_string(),
                    };
                    if desk.post.send(Post::Input(Box::new(down))).is_err() {
                        return;
                    }
                    why.to_string()
                }
                Err(error) => {
                    tracing::debug!(%error, "no host to talk to");
                    match start(&desk.paths) {
                        // One that was started answers at once; one that does not is tried again
                        // after a pause, like any other failure.
                        Ok(()) if connect(&desk.paths).is_ok() => continue,
                        Ok(()) => error.to_string(),
                        Err(refusal) => refusal.to_string(),
                    }
                }
            };
            tracing::warn!(%why, "the terminal host is away");
            std::thread::park_timeout(pause);
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    fn close(&self) {
        let mut open = self.lock();
        open.stream = None;
        open.tags.clear();
    }

    /// Hears one connection out and says why it ended.
    fn listen(&self, mut stream: UnixStream, desk: &Desk) -> FrameError {
        let pid = match os::peer_of(&stream) {
            Ok((pid, _)) => u32::try_from(pid).unwrap_or(0),
            Err(error) => return FrameError::Io(error),
        };
        match self.begin(&stream) {
            Ok(()) => {}
            Err(error) => return error,
        }
        loop {
            let said = match read_frame(&mut stream).and_then(|frame| parse(&frame)) {
                Ok(said) => said,
                Err(error) => return error,
            };
            let Some(input) = self.heard(said, pid) else {
                continue;
            };
            if desk.post.send(Post::Input(Box::new(input))).is_err() {
                return FrameError::Closed;
            }
        }
    }

    /// Asks for everything that happens from now on, then for all that is there.
    fn begin(&self, stream: &UnixStream) -> Result<(), FrameError> {
        let mut open = self.lock();
        let mut writer = stream.try_clone()?;
        writer.set_write_timeout(Some(MANNERS))?;
        writer.write_all(&encode_control(&HostRequest {
            id: WATCH,
            ask: HostAsk::Watch,
        })?)?;
        writer.write_all(&encode_control(&HostRequest {
            id: LIST,
            ask: HostAsk::List,
        })?)?;
        open.stream = Some(writer);
        open.next = LIST;
        open.tags.clear();
        Ok(())
    }

    fn heard(&self, said: HostSay, pid: u32) -> Option<Input> {
        Some(match said {
            HostSay::Answer {
                id: LIST,
                result: Ok(HostAnswer::Runs(runs)),
            } => Input::HostUp { pid, runs },
            HostSay::Answer { id, result } => Input::Host {
                tag: self.lock().tags.remove(&id)?,
                result,
            },
            HostSay::Screen { run, screen } => Input::Screen { run, screen },
            HostSay::Exited {
                run,
                exit,
                tail,
                took,
                left,
            } => Input::Exited {
                run,
                exit,
                tail,
                took,
                left,
            },
            HostSay::Started { run, pid } => Input::Started { run, pid },
            // Only viewers have streams; the engine is none.
            HostSay::Resized { .. } | HostSay::Holder { .. } => return None,
        })
    }
}

fn connect(paths: &TownPaths) -> Result<UnixStream, FrameError> {
    let mut stream = UnixStream::connect(paths.host_socket())?;
    stream.set_read_timeout(Some(MANNERS))?;
    let token = files::read_if_there(&paths.engine_key())?.map(|key| key.trim().to_owned());
    let hello = Hello {
        proto_min: HOST_PROTO_MIN,
        proto_max: HOST_PROTO,
        build: BUILD.to_owned(),
        town: paths.root().to_string_lossy().into_owned(),
        role: "engine".to_owned(),
        token,
    };
    stream.write_all(&encode_control(&hello)?)?;
    let theirs: Hello = parse(&read_frame(&mut stream)?)?;
    if theirs.proto_min > HOST_PROTO || theirs.proto_max < HOST_PROTO_MIN {
        let why = format!(
            "the terminal host is build {} and speaks another protocol",
            theirs.build
        );
        return Err(FrameError::Io(std::io::Error::other(why)));
    }
    stream.set_read_timeout(None)?;
    Ok(stream)
}

fn parse<T: serde::de::DeserializeOwned>(frame: &Frame) -> Result<T, FrameError> {
    match frame {
        Frame::Control(bytes) => Ok(serde_json::from_slice(bytes)?),
        Frame::Terminal(..) => Err(FrameError::UnknownKind(1)),
    }
}
