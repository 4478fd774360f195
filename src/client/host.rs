//! Looking at terminals and typing into them, straight at the host (works with the engine dead).
//!
//! Opened with the operator's key, which agents do not have. One connection answers requests one
//! after the other; each attach has a connection and a reading thread of its own.

#![expect(
    clippy::disallowed_methods,
    reason = "reads the operator's key, and waits for a host to go with a deadline"
)]

use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{SendFlags, send as send_now};
use serde::Serialize;

use crate::domain::{Exit, History, Kind, Refusal, RunId};
use crate::support::paths::TownPaths;
use crate::term::PackedRow;
use crate::wire::{
    BUILD, Frame, HOST_PROTO, HOST_PROTO_MIN, Hello, Holder, HostAnswer, HostAsk, HostRefusal,
    HostRequest, HostSay, encode_control, encode_terminal, read_frame,
};

/// How long a host has for its hello.
const HELLO: Duration = Duration::from_secs(5);
/// How long a host may take to go once all its runs have ended, and how often to look.
const GONE: Duration = Duration::from_secs(5);
/// The same with its runs: HUP, TERM, KILL and the sweep.
const ENDED: Duration = Duration::from_secs(20);
const GONE_EVERY: Duration = Duration::from_millis(2);
/// Events of an attach that may wait for the viewer; then the host drops bytes, not we.
const EVENTS: usize = 16;
/// The request of an attach, and so the number of its stream.
const STREAM: u64 = 1;
/// Longest piece of keys in one frame.
const KEYS_PIECE: usize = 64 * 1024;

/// What an attached viewer hears.
#[derive(Clone, Debug, PartialEq)]
pub enum AttachEvent {
    /// The terminal's size from here on: the viewer's `term::Screen` takes it over. Always first.
    Size((u16, u16)),
    /// How much of what left its top the host keeps; before the size, when it is not what is usual.
    History(History),
    /// Bytes for a `term::Screen`; the first ones rebuild the terminal as it is.
    Bytes(Vec<u8>),
    /// The run has ended.
    Exited(Exit),
    /// The host is away.
    Lost(String),
    /// Who holds the input now.
    Holder(Holder),
}

/// Rows of a terminal.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// The number of the oldest row that is kept.
    pub oldest: u64,
    /// The number of the row at the top of the screen.
    pub top: u64,
    /// The number of the first of `rows`.
    pub from: u64,
    /// The rows, oldest first.
    pub rows: Vec<PackedRow>,
}

/// A connection to the terminal host with the operator's key.
#[derive(Debug)]
pub struct HostClient {
    stream: UnixStream,
    next: u64,
}

impl HostClient {
    /// Connects with the operator's key.
    pub fn open(paths: &TownPaths) -> Result<Self, Refusal> {
        let mut client = HostCall::begin(paths)?.0;
        client.hear_hello()?;
        Ok(client)
    }

    /// Ends the host, if one runs, and all its runs; waits until it is gone.
    pub fn shutdown(paths: &TownPaths) -> Result<(), Refusal> {
        let mut client = match Self::open(paths) {
            Ok(client) => client,
            Err(refusal) if refusal.kind == Kind::Unreachable => return Ok(()),
            // It does not speak with this build, but obeys the signal that every host obeys.
            Err(refusal) if refusal.kind == Kind::Conflict => {
                super::start::ask_to_end(&paths.host_socket())?;
                return Self::wait_gone(paths, ENDED);
            }
            Err(refusal) => return Err(refusal),
        };
        client.ask(HostAsk::Shutdown)?;
        Self::wait_gone(paths, GONE)
    }

    fn wait_gone(paths: &TownPaths, patience: Duration) -> Result<(), Refusal> {
        let until = Instant::now() + patience;
        while UnixStream::connect(paths.host_socket()).is_ok() {
            if Instant::now() > until {
                return Err(Refusal::new(
                    Kind::TimedOut,
                    "the terminal host has ended its sessions, but not itself",
                ));
            }
            std::thread::sleep(GONE_EVERY);
        }
        Ok(())
    }

    /// Asks and waits for the answer.
    pub fn ask(&mut self, ask: HostAsk) -> Result<HostAnswer, Refusal> {
        let id = self.send_ask(ask)?;
        self.answer_to(id)
    }

    fn send_ask(&mut self, ask: HostAsk) -> Result<u64, Refusal> {
        let id = self.next;
        self.next += 1;
        send(&mut self.stream, &HostRequest { id, ask })?;
        Ok(id)
    }

    fn answer_to(&mut self, id: u64) -> Result<HostAnswer, Refusal> {
        loop {
            if let HostSay::Answer { id: of, result } = self.hear()?
                && of == id
            {
                return match result {
                    Ok(HostAnswer::Unsupported) => Err(Refusal::failed(
                        "the terminal host is of an earlier build and cannot do this",
                    )
                    .hint("gt down --all")
                    .hint("gt up")),
                    Ok(answer) => Ok(answer),
                    Err(refusal) => Err(explain(refusal)),
                };
            }
        }
    }

    /// Rows of a run's terminal by number, those on its screen included; fewer than `count` when
    /// they are long or there are no more.
    pub fn rows(&mut self, run: &RunId, from: u64, count: u32) -> Result<Rows, Refusal> {
        let run = run.clone();
        match self.ask(HostAsk::Rows { run, from, count })? {
            HostAnswer::Rows {
                oldest,
                top,
                from,
                rows,
            } => Ok(Rows {
                oldest,
                top,
                from,
                rows,
            }),
            HostAnswer::Done
            | HostAnswer::Runs(_)
            | HostAnswer::Screen { .. }
            | HostAnswer::Write(_)
            | HostAnswer::Unsupported => Err(lost("it answers something else")),
        }
    }

    /// Attaches to a run over a connection of its own.
    pub fn attach(
        paths: &TownPaths,
        run: &RunId,
        size: Option<(u16, u16)>,
    ) -> Result<Attached, Refusal> {
        let (sender, events) = sync_channel(EVENTS);
        let hear = move |event| sender.send(event).is_ok();
        let keyboard = Self::attach_to(paths, run, size, hear)?;
        Ok(Attached { keyboard, events })
    }

    /// The same, but everything that is heard is given to `hear`, on a thread of its own, until
    /// that says no or the terminal is gone.
    pub fn attach_to(
        paths: &TownPaths,
        run: &RunId,
        size: Option<(u16, u16)>,
        hear: impl FnMut(AttachEvent) -> bool + Send + 'static,
    ) -> Result<Keyboard, Refusal> {
        let mut client = Self::open(paths)?;
        client.ask(HostAsk::Attach {
            run: run.clone(),
            size,
        })?;
        let reading = client.stream.try_clone().map_err(lost)?;
        // Ends with the stream, which ends with the keyboard; nobody needs to wait for it.
        std::thread::Builder::new()
            .name("attach".to_owned())
            .spawn(move || read_events(reading, hear))
            .map_err(lost)?;
        Ok(Keyboard {
            stream: client.stream,
            run: run.clone(),
            next: client.next,
            unsent: Vec::new(),
        })
    }

    fn say_hello(&mut self, paths: &TownPaths, key: &str) -> Result<(), Refusal> {
        let hello = Hello {
            proto_min: HOST_PROTO_MIN,
            proto_max: HOST_PROTO,
            build: BUILD.to_owned(),
            town: paths.root().display().to_string(),
            role: "cli".to_owned(),
            token: Some(key.to_owned()),
        };
        send(&mut self.stream, &hello)
    }

    fn hear_hello(&mut self) -> Result<(), Refusal> {
        self.stream.set_read_timeout(Some(HELLO)).map_err(lost)?;
        let first = read_frame(&mut self.stream).map_err(lost)?;
        self.stream.set_read_timeout(None).map_err(lost)?;
        let Frame::Control(json) = first else {
            return Err(lost("its first frame is not a hello"));
        };
        if let Ok(HostSay::Answer {
            result: Err(refusal),
            ..
        }) = serde_json::from_slice(&json)
        {
            return Err(match refusal {
                HostRefusal::Failed(reason) => other_build(&reason),
                other @ (HostRefusal::NoRun | HostRefusal::Ended(_) | HostRefusal::NotAllowed) => {
                    explain(other)
                }
            });
        }
        let theirs: Hello = serde_json::from_slice(&json).map_err(lost)?;
        if theirs.proto_min > HOST_PROTO || theirs.proto_max < HOST_PROTO_MIN {
            return Err(other_build(&format!(
                "it is build {} and speaks protocols {} to {}; this is build {BUILD} and speaks {HOST_PROTO_MIN} to {HOST_PROTO}",
                theirs.build, theirs.proto_min, theirs.proto_max
            )));
        }
        Ok(())
    }

    fn hear(&mut self) -> Result<HostSay, Refusal> {
        loop {
            match read_frame(&mut self.stream).map_err(lost)? {
                Frame::Control(json) => return serde_json::from_slice(&json).map_err(lost),
                Frame::Terminal(..) => {}
            }
        }
    }
}

/// A connection for one question, whose greeting is on its way while the caller does other things.
#[derive(Debug)]
pub struct HostCall(HostClient);

impl HostCall {
    /// Connects with the operator's key and greets, without waiting.
    pub fn begin(paths: &TownPaths) -> Result<Self, Refusal> {
        let stream = UnixStream::connect(paths.host_socket()).map_err(|_| no_host())?;
        let key = std::fs::read_to_string(paths.operator_key()).map_err(|_| no_host())?;
        let mut client = HostClient { stream, next: 1 };
        client.say_hello(paths, key.trim())?;
        Ok(Self(client))
    }

    /// Asks and waits for the answer.
    pub fn ask(mut self, ask: HostAsk) -> Result<HostAnswer, Refusal> {
        let sent = self.0.send_ask(ask);
        // A host that refuses the key says so and closes: its reason is worth more than the closing.
        self.0.hear_hello()?;
        self.0.answer_to(sent?)
    }
}

/// An attached terminal. Detaches when dropped.
#[derive(Debug)]
pub struct Attached {
    keyboard: Keyboard,
    events: Receiver<AttachEvent>,
}

impl Attached {
    /// Where sizes, bytes and the exit come out; bounded.
    pub fn events(&self) -> &Receiver<AttachEvent> {
        &self.events
    }

    /// Sends the operator's keys, byte for byte.
    pub fn type_bytes(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.keyboard.type_bytes(bytes)
    }

    /// Tells the host the viewer's size.
    pub fn resize(&mut self, size: (u16, u16)) -> Result<(), Refusal> {
        self.keyboard.resize(size)
    }

    /// The two halves, for a viewer that listens on one thread and types on another.
    /// Dropping the keyboard detaches and ends the events.
    pub fn split(self) -> (Keyboard, Receiver<AttachEvent>) {
        (self.keyboard, self.events)
    }
}

/// The writing half of an attached terminal.
#[derive(Debug)]
pub struct Keyboard {
    stream: UnixStream,
    run: RunId,
    next: u64,
    /// Frames of keys, or the end of one, that did not go out without waiting.
    unsent: Vec<u8>,
}

impl Keyboard {
    /// Sends the operator's keys, byte for byte, after those that did not go out at once.
    pub fn type_bytes(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.push(bytes)?;
        let unsent = std::mem::take(&mut self.unsent);
        self.stream.write_all(&unsent).map_err(lost)
    }

    /// Sends the operator's keys as far as that can be done without waiting for the host; says
    /// whether all went. What did not goes out before anything else.
    pub fn type_now(&mut self, bytes: &[u8]) -> Result<bool, Refusal> {
        self.push(bytes)?;
        while !self.unsent.is_empty() {
            let flags = SendFlags::DONTWAIT;
            match send_now(&self.stream, &self.unsent, flags) {
                Ok(count) => drop(self.unsent.drain(..count)),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(false),
                Err(error) => return Err(lost(error)),
            }
        }
        Ok(true)
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        for piece in bytes.chunks(KEYS_PIECE) {
            let frame = encode_terminal(STREAM, piece).map_err(lost)?;
            self.unsent.extend_from_slice(&frame);
        }
        Ok(())
    }

    /// Tells the host the viewer's size. It takes the size over only from the holder of the input;
    /// then a `Size` event comes back.
    pub fn resize(&mut self, size: (u16, u16)) -> Result<(), Refusal> {
        let run = self.run.clone();
        self.post(HostAsk::Resize { run, size })
    }

    /// Takes the input over from another viewer; then a `Holder` event comes back.
    pub fn take(&mut self) -> Result<(), Refusal> {
        let run = self.run.clone();
        self.post(HostAsk::Take { run })
    }

    /// Asks after all keys that were typed before; nobody waits for the answer.
    fn post(&mut self, ask: HostAsk) -> Result<(), Refusal> {
        let id = self.next;
        self.next += 1;
        self.type_bytes(&[])?;
        send(&mut self.stream, &HostRequest { id, ask })
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        // The reading thread ends with the stream; the host may have closed it already.
        drop(self.stream.shutdown(Shutdown::Both));
    }
}

fn read_events(mut stream: UnixStream, mut hear: impl FnMut(AttachEvent) -> bool) {
    let mut keeps = History::default();
    loop {
        let event = match read_frame(&mut stream) {
            Ok(Frame::Terminal(_, bytes)) => AttachEvent::Bytes(bytes),
            Ok(Frame::Control(json)) => match serde_json::from_slice(&json) {
                Ok(HostSay::Resized { size, history, .. }) => {
                    let other = history.filter(|history| *history != keeps);
                    if let Some(history) = other {
                        keeps = history;
                        if !hear(AttachEvent::History(history)) {
                            return;
                        }
                    }
                    AttachEvent::Size(size)
                }
                Ok(HostSay::Exited { exit, .. }) => AttachEvent::Exited(exit),
                Ok(HostSay::Holder { holder, .. }) => AttachEvent::Holder(holder),
                Ok(HostSay::Answer { .. } | HostSay::Screen { .. } | HostSay::Started { .. }) => {
                    continue;
                }
                Err(error) => AttachEvent::Lost(error.to_string()),
            },
            Err(error) => AttachEvent::Lost(error.to_string()),
        };
        let last = matches!(event, AttachEvent::Exited(_) | AttachEvent::Lost(_));
        if !hear(event) || last {
            return;
        }
    }
}

fn send<T: Serialize>(stream: &mut UnixStream, value: &T) -> Result<(), Refusal> {
    let frame = encode_control(value).map_err(lost)?;
    stream.write_all(&frame).map_err(lost)
}

fn no_host() -> Refusal {
    Refusal::new(Kind::Unreachable, "no terminal host runs in this town").hint("gt up")
}

fn lost(error: impl std::fmt::Display) -> Refusal {
    Refusal::new(
        Kind::Unreachable,
        format!("the terminal host does not answer: {error}"),
    )
    .hint("gt up")
}

/// A host that does not talk to this build. Its agents end with it, so that is the operator's to say.
fn other_build(why: &str) -> Refusal {
    Refusal::conflict(format!(
        "the terminal host does not talk to this build: {why}"
    ))
    .hint("`gt down --all` ends it and its agents; then `gt up`")
}

fn explain(refusal: HostRefusal) -> Refusal {
    match refusal {
        HostRefusal::NoRun => Refusal::not_found("the terminal host knows no such run"),
        HostRefusal::Ended(exit) => Refusal::conflict(format!("the session has ended: {exit:?}")),
        HostRefusal::NotAllowed => {
            Refusal::refused("the terminal host does not allow this to the operator's key")
        }
        HostRefusal::Failed(reason) => Refusal::failed(format!("the terminal host says: {reason}")),
    }
}
