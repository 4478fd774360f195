//! One connection to the engine: hello, requests and replies, blocking.

#![expect(
    clippy::disallowed_methods,
    reason = "reads the session token of an agent from the environment"
)]

use std::io::{ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::domain::{Kind, Refusal};
use crate::support::os;
use crate::support::paths::TownPaths;
use crate::wire::{
    BUILD, ENGINE_PROTO, ENGINE_PROTO_MIN, Frame, FrameError, Hello, Push, Reply, Request,
    RequestBody, encode_control, read_frame,
};

/// How long an answer may take; `gt done` waits for git.
const ANSWER: Duration = Duration::from_secs(120);

/// Whether there is an engine to talk to.
#[derive(Debug)]
pub(super) enum Dial {
    /// It answers.
    Up(Link),
    /// Nobody listens.
    Down,
}

/// A connection whose hello is done.
#[derive(Debug)]
pub(super) struct Link {
    stream: UnixStream,
    next: u64,
    build: String,
}

impl Link {
    /// Connects and greets.
    pub(super) fn dial(paths: &TownPaths) -> Result<Dial, Refusal> {
        match UnixStream::connect(paths.engine_socket()) {
            Ok(stream) => Self::greet(stream, paths, "cli"),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::ConnectionRefused
                ) =>
            {
                Ok(Dial::Down)
            }
            Err(error) => Err(unreachable(format!("cannot reach the engine: {error}"))),
        }
    }

    /// Greets over an open stream, which may be one end of a pair in this very process.
    pub(super) fn greet(
        mut stream: UnixStream,
        paths: &TownPaths,
        role: &str,
    ) -> Result<Dial, Refusal> {
        stream
            .set_read_timeout(Some(ANSWER))
            .map_err(|error| unreachable(error.to_string()))?;
        let frame = encode_control(&hello(paths, role)).map_err(broken)?;
        if stream.write_all(&frame).is_err() {
            return Ok(Dial::Down);
        }
        Self::welcomed(stream)
    }

    /// Connects, greets and asks in one breath, for a process that has one question: it waits once
    /// instead of twice. `None` when nobody listens; then nothing has been answered.
    pub(super) fn dial_asking(
        paths: &TownPaths,
        body: RequestBody,
    ) -> Result<Option<Reply>, Refusal> {
        let Ok(mut stream) = UnixStream::connect(paths.engine_socket()) else {
            return Ok(None);
        };
        stream
            .set_read_timeout(Some(ANSWER))
            .map_err(|error| unreachable(error.to_string()))?;
        let id = 1;
        let mut frames = encode_control(&hello(paths, "cli")).map_err(broken)?;
        frames.extend(encode_control(&Request { id, body }).map_err(broken)?);
        if stream.write_all(&frames).is_err() {
            return Ok(None);
        }
        match Self::welcomed(stream)? {
            Dial::Up(mut link) => link.answer_to(id).map(Some),
            Dial::Down => Ok(None),
        }
    }

    /// Waits for the engine's hello.
    fn welcomed(mut stream: UnixStream) -> Result<Dial, Refusal> {
        let theirs: Hello = match read_frame(&mut stream) {
            Ok(frame) => parse(&frame)?,
            // It closed before it greeted: it is ending, or a stale socket.
            Err(FrameError::Closed | FrameError::Io(_)) => return Ok(Dial::Down),
            Err(error) => return Err(broken(error)),
        };
        if theirs.proto_min > ENGINE_PROTO || theirs.proto_max < ENGINE_PROTO_MIN {
            return Err(Refusal::conflict(format!(
                "the running engine is build {} and speaks protocol {} to {}; this `gt` is build {BUILD} and speaks {ENGINE_PROTO_MIN} to {ENGINE_PROTO}",
                theirs.build, theirs.proto_min, theirs.proto_max
            ))
            .hint("`gt up` restarts the engine with this build; agents live on"));
        }
        Ok(Dial::Up(Self {
            stream,
            next: 0,
            build: theirs.build,
        }))
    }

    /// Whether the engine runs this very program: builds between two versions share their number.
    pub(super) fn is_of_this_program(&self) -> bool {
        let pid = os::peer_of(&self.stream).map(|(pid, _)| pid);
        self.build == BUILD && pid.ok().and_then(os::same_program) != Some(false)
    }

    /// Asks and waits for the answer.
    pub(super) fn ask(&mut self, body: RequestBody) -> Result<Reply, Refusal> {
        self.next += 1;
        let id = self.next;
        self.send(&Request { id, body })?;
        self.answer_to(id)
    }

    fn answer_to(&mut self, id: u64) -> Result<Reply, Refusal> {
        loop {
            match self.hear()? {
                Push::Reply {
                    id: answered,
                    result,
                } if answered == id => return result,
                Push::Reply { .. } | Push::Deltas { .. } | Push::Lagged => {}
            }
        }
    }

    /// Sends a request without waiting.
    pub(super) fn send(&mut self, request: &Request) -> Result<(), Refusal> {
        let frame = encode_control(request).map_err(broken)?;
        self.stream
            .write_all(&frame)
            .map_err(|error| lost(&error.to_string()))
    }

    /// Waits for whatever the engine says next.
    pub(super) fn hear(&mut self) -> Result<Push, Refusal> {
        match read_frame(&mut self.stream) {
            Ok(frame) => parse(&frame),
            Err(FrameError::Io(error))
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
            {
                Err(
                    Refusal::new(Kind::TimedOut, "the engine did not answer in time")
                        .hint("gt status"),
                )
            }
            Err(error) => Err(lost(&error.to_string())),
        }
    }

    /// A further handle on the connection, to end it from another thread.
    pub(super) fn handle(&self) -> Result<UnixStream, Refusal> {
        self.stream
            .try_clone()
            .map_err(|error| lost(&error.to_string()))
    }

    /// Waits for ever for what comes, as a subscriber does.
    pub(super) fn wait_for_ever(&self) -> Result<(), Refusal> {
        self.stream
            .set_read_timeout(None)
            .map_err(|error| lost(&error.to_string()))
    }

    /// Waits until the engine has closed the connection.
    pub(super) fn wait_closed(&mut self) -> Result<(), Refusal> {
        loop {
            match read_frame(&mut self.stream) {
                Ok(_) => {}
                Err(FrameError::Io(error))
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    return Err(Refusal::new(
                        Kind::TimedOut,
                        "the engine did not end in time",
                    ));
                }
                Err(_) => return Ok(()),
            }
        }
    }
}

fn hello(paths: &TownPaths, role: &str) -> Hello {
    Hello {
        proto_min: ENGINE_PROTO_MIN,
        proto_max: ENGINE_PROTO,
        build: BUILD.to_owned(),
        town: paths.root().to_string_lossy().into_owned(),
        role: role.to_owned(),
        token: std::env::var("GT_TOKEN")
            .ok()
            .filter(|token| !token.is_empty()),
    }
}

fn parse<T: serde::de::DeserializeOwned>(frame: &Frame) -> Result<T, Refusal> {
    match frame {
        Frame::Control(bytes) => serde_json::from_slice(bytes).map_err(|error| {
            Refusal::failed(format!(
                "the engine said something that cannot be read: {error}"
            ))
        }),
        Frame::Terminal(..) => Err(Refusal::failed("the engine sent terminal bytes")),
    }
}

fn broken(error: FrameError) -> Refusal {
    Refusal::failed(format!("cannot talk to the engine: {error}"))
}

fn lost(why: &str) -> Refusal {
    unreachable(format!("the engine went away: {why}"))
        .hint("nobody knows whether it was done: look with `gt status`, then try again")
}

fn unreachable(message: String) -> Refusal {
    Refusal::new(Kind::Unreachable, message)
}
