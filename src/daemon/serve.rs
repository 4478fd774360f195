//! The engine's socket: one thread a connection, hello first, then requests in order. Knows frames
//! and who is on the other end; decides nothing.

use std::io::Write;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::domain::{Kind, Query, Refusal};
use crate::engine::{Input, Peer, Reader, Said};
use crate::support::os;
use crate::support::paths::TownPaths;
use crate::wire::{
    BUILD, ENGINE_PROTO, ENGINE_PROTO_MIN, Frame, FrameError, Hello, Push, Reply, Request,
    RequestBody, encode_control, read_frame,
};

use super::hub::Hub;

/// Most clients at a time (contract S12).
const CLIENTS_MAX: usize = 256;
/// Changes that may wait for a subscriber before it has fallen behind.
const BEHIND: usize = 4_096;
/// How long a client may take to greet or to take an answer.
const MANNERS: Duration = Duration::from_secs(10);

/// Something for the engine's thread.
#[derive(Debug)]
pub(super) enum Post {
    /// For the next turn.
    Input(Box<Input>),
    /// End after all that came before.
    End,
}

/// What every connection shares.
#[derive(Debug)]
pub(super) struct Desk {
    pub paths: TownPaths,
    pub hub: Hub,
    pub post: SyncSender<Post>,
    pub readers: Readers,
    pub ending: AtomicBool,
    pub clients: AtomicUsize,
}

/// Snapshot readers that are lent out one at a time.
#[derive(Debug)]
pub(super) struct Readers {
    free: Mutex<Vec<Reader>>,
    back: Condvar,
}

impl Readers {
    pub(super) fn new(readers: Vec<Reader>) -> Self {
        Self {
            free: Mutex::new(readers),
            back: Condvar::new(),
        }
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Reader) -> T) -> T {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reader = loop {
            match free.pop() {
                Some(reader) => break reader,
                None => free = self.back.wait(free).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(free);
        let result = work(&mut reader);
        self.free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(reader);
        self.back.notify_one();
        result
    }
}

/// Takes connections until the desk closes.
pub(super) fn listen(listener: &UnixListener, desk: &Arc<Desk>) {
    for stream in listener.incoming() {
        if desk.ending.load(Ordering::Acquire) {
            return;
        }
        let stream = match stream {
            Ok(stream) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                continue;
            }
        };
        let desk = desk.clone();
        let serving = std::thread::Builder::new()
            .name("client".to_owned())
            .stack_size(512 * 1024)
            .spawn(move || {
                if desk.clients.fetch_add(1, Ordering::AcqRel) < CLIENTS_MAX {
                    serve(stream, &desk);
                }
                desk.clients.fetch_sub(1, Ordering::AcqRel);
            });
        if let Err(error) = serving {
            tracing::warn!(%error, "no thread for a connection");
        }
    }
}

/// Hears one client out.
pub(super) fn serve(mut stream: UnixStream, desk: &Arc<Desk>) {
    let peer = match greet(&mut stream, desk) {
        Ok(peer) => peer,
        Err(error) => {
            tracing::debug!(%error, "a client did not greet");
            return;
        }
    };
    loop {
        let request: Request = match read_frame(&mut stream).and_then(|frame| parse(&frame)) {
            Ok(request) => request,
            Err(FrameError::Closed) => return,
            Err(error) => {
                tracing::debug!(%error, "a client broke off");
                return;
            }
        };
        let goes_on = match request.body {
            RequestBody::Subscribe => subscribe(&mut stream, request.id, desk),
            RequestBody::Shutdown => {
                end(&mut stream, request.id, &peer, desk);
                false
            }
            RequestBody::Query(query) => {
                let result = query_now(desk, &peer, query);
                say(
                    &mut stream,
                    &Push::Reply {
                        id: request.id,
                        result,
                    },
                )
            }
            RequestBody::Command { command, how } => {
                let result = ask(desk, |reply| Input::Command {
                    peer: peer.clone(),
                    command,
                    how,
                    reply,
                });
                say(
                    &mut stream,
                    &Push::Reply {
                        id: request.id,
                        result,
                    },
                )
            }
        };
        if !goes_on {
            return;
        }
    }
}

fn greet(stream: &mut UnixStream, desk: &Desk) -> Result<Peer, FrameError> {
    stream.set_read_timeout(Some(MANNERS))?;
    stream.set_write_timeout(Some(MANNERS))?;
    // S1: whoever is not this user is not heard, whatever the file modes say.
    let (pid, user) = os::peer_of(stream)?;
    if user != os::own_user() {
        return Err(FrameError::Io(std::io::Error::other(
            "a client of another user",
        )));
    }
    let hello: Hello = parse(&read_frame(stream)?)?;
    let ours = Hello {
        proto_min: ENGINE_PROTO_MIN,
        proto_max: ENGINE_PROTO,
        build: BUILD.to_owned(),
        town: desk.paths.root().to_string_lossy().into_owned(),
        role: "engine".to_owned(),
        token: None,
    };
    stream.write_all(&encode_control(&ours)?)?;
    stream.set_read_timeout(None)?;
    // The line of processes is taken now, while the caller is there for certain.
    Ok(Peer {
        token: hello.token,
        line: os::process_line(pid),
        person: None,
    })
}

fn parse<T: serde::de::DeserializeOwned>(frame: &Frame) -> Result<T, FrameError> {
    match frame {
        Frame::Control(bytes) => Ok(serde_json::from_slice(bytes)?),
        Frame::Terminal(..) => Err(FrameError::UnknownKind(1)),
    }
}

fn say(stream: &mut UnixStream, push: &Push) -> bool {
    let frame = encode_control(push).or_else(|error| {
        let Push::Reply { id, .. } = push else {
            return Err(error);
        };
        // An answer that does not fit is still an answer.
        let refusal = Refusal::too_long(error).hint("ask for less, with a limit");
        encode_control(&Push::Reply {
            id: *id,
            result: Err(refusal),
        })
    });
    match frame {
        Ok(frame) => stream.write_all(&frame).is_ok(),
        Err(_) => false,
    }
}

fn query_now(desk: &Desk, peer: &Peer, query: Query) -> Result<Reply, Refusal> {
    match desk.readers.with(|reader| reader.answer(peer, &query)) {
        Some(answer) => answer.map(Reply::Answer),
        None => ask(desk, |reply| Input::Query {
            peer: peer.clone(),
            query,
            reply,
        }),
    }
}

/// Puts a request to the engine's thread and waits for its answer.
fn ask(desk: &Desk, input: impl FnOnce(u64) -> Input) -> Result<Reply, Refusal> {
    let (caller, answer) = sync_channel(1);
    let reply = desk.hub.wait(caller);
    if desk.post.send(Post::Input(Box::new(input(reply)))).is_err() {
        desk.hub.forget(reply);
        return Err(ending());
    }
    match answer.recv() {
        Ok(Ok(Said::Outcome(outcome))) => Ok(Reply::Outcome(outcome)),
        Ok(Ok(Said::Answer(answer))) => Ok(Reply::Answer(answer)),
        Ok(Err(refusal)) => Err(refusal),
        Err(_) => Err(ending()),
    }
}

fn ending() -> Refusal {
    Refusal::new(Kind::Unreachable, "the engine is ending").hint("gt up")
}

/// The rest of this connection belongs to the subscription.
fn subscribe(stream: &mut UnixStream, id: u64, desk: &Arc<Desk>) -> bool {
    let (caller, answer) = sync_channel(1);
    let reply = desk.hub.wait(caller);
    let (sender, pushes) = sync_channel(BEHIND);
    // Registered before the engine makes the snapshot, so that nothing is missed in between.
    desk.hub.subscribe(reply, sender);
    let sent = desk
        .post
        .send(Post::Input(Box::new(Input::Subscribe { reply })));
    let result = match (sent, answer.recv()) {
        (Ok(()), Ok(Ok(Said::Answer(answer)))) => Ok(Reply::Answer(answer)),
        (Ok(()), Ok(Err(refusal))) => Err(refusal),
        _ => Err(ending()),
    };
    let alive = result.is_ok() && say(stream, &Push::Reply { id, result });
    let behind = alive && push_all(stream, &pushes);
    desk.hub.unsubscribe(reply);
    drop(
        desk.post
            .send(Post::Input(Box::new(Input::Unsubscribe { reply }))),
    );
    behind && say(stream, &Push::Lagged)
}

/// Sends changes as they come; says whether the client fell behind rather than went away.
fn push_all(stream: &mut UnixStream, pushes: &Receiver<Push>) -> bool {
    loop {
        match pushes.recv_timeout(Duration::from_secs(30)) {
            Ok(push) => {
                if !say(stream, &push) {
                    return false;
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                if hung_up(stream) {
                    return false;
                }
            }
            // The hub dropped the subscription: it was too slow.
            Err(RecvTimeoutError::Disconnected) => return true,
        }
    }
}

/// Whether the other end has closed, found without waiting.
fn hung_up(stream: &UnixStream) -> bool {
    let mut byte = [0_u8; 1];
    matches!(
        rustix::net::recv(
            stream,
            &mut byte[..],
            rustix::net::RecvFlags::PEEK | rustix::net::RecvFlags::DONTWAIT
        ),
        Ok((_, 0))
    )
}

fn end(stream: &mut UnixStream, id: u64, peer: &Peer, desk: &Arc<Desk>) {
    // Only the operator ends the engine: whoever is an agent is refused as for `gt down`.
    let query = Query::Work { agent: None };
    let role = desk.readers.with(|reader| reader.answer(peer, &query));
    let human = matches!(
        role,
        Some(Ok(crate::domain::Answer::Work(work))) if work.address == crate::domain::Address::Human
    );
    if !human {
        let refusal = Refusal::refused("only the operator ends the engine");
        say(
            stream,
            &Push::Reply {
                id,
                result: Err(refusal),
            },
        );
        return;
    }
    desk.ending.store(true, Ordering::Release);
    say(
        stream,
        &Push::Reply {
            id,
            result: Ok(Reply::Bye),
        },
    );
    drop(desk.post.send(Post::End));
    // The client waits until the process is gone, which closes this stream.
    let mut rest = [0_u8; 64];
    while matches!(std::io::Read::read(stream, &mut rest), Ok(read) if read > 0) {}
}
