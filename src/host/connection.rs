//! One connection: hello, then requests until it ends.
//!
//! A frame that breaks a limit ends the connection. A peer that does not take its answers is not
//! read any further, so its requests cannot pile up.

use std::rc::Rc;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;
use tokio::net::unix::OwnedReadHalf;

use super::ask::{self, Peer};
use super::config::Role;
use super::outbox::Outbox;
use super::state::Host;
use crate::wire::{
    BUILD, Frame, FrameError, FrameReader, HOST_PROTO, HOST_PROTO_MIN, Hello, HostAnswer,
    HostRefusal, HostRequest, encode_control,
};

/// How long a peer has for its hello.
const HELLO: Duration = Duration::from_secs(5);
/// Bytes on the way from which on a peer is not read.
const UNREAD_MAX: usize = 8 << 20;
/// How long the last bytes have when a connection ends.
const FLUSH: Duration = Duration::from_millis(500);

pub(super) async fn serve(host: Rc<Host>, stream: UnixStream) {
    let pid = stream.peer_cred().ok().and_then(|peer| peer.pid());
    let (reading, writing) = stream.into_split();
    let outbox = Outbox::new(host.next_number());
    let saying = {
        let outbox = Rc::clone(&outbox);
        tokio::task::spawn_local(async move { outbox.write_all(writing).await })
    };
    let ended = {
        let talk = talk(&host, &outbox, reading, pid);
        tokio::select! {
            ended = talk => ended,
            () = host.closing.cancelled() => Ok(()),
        }
    };
    match ended {
        Ok(()) | Err(FrameError::Closed) => {}
        Err(error) => tracing::debug!(%error, "a connection ended"),
    }
    host.leave(outbox.who);
    outbox.close();
    if tokio::time::timeout(FLUSH, saying).await.is_err() {
        tracing::debug!("a peer did not take its last answers");
    }
}

async fn talk(
    host: &Rc<Host>,
    outbox: &Rc<Outbox>,
    reading: OwnedReadHalf,
    pid: Option<i32>,
) -> Result<(), FrameError> {
    let mut frames = Frames {
        reading,
        reader: FrameReader::default(),
        buffer: vec![0; 32 * 1024],
    };
    let Ok(first) = tokio::time::timeout(HELLO, frames.next()).await else {
        return Ok(());
    };
    let Frame::Control(json) = first? else {
        return Ok(());
    };
    let hello: Hello = serde_json::from_slice(&json)?;
    let role = match admit(host, &hello) {
        Ok(role) => role,
        Err(refusal) => {
            ask::refuse(outbox, refusal);
            return Ok(());
        }
    };
    if let (Role::Engine, Some(pid)) = (role, pid) {
        host.engine_is(outbox.who, pid);
    }
    outbox.send(encode_control(&answer(host))?);
    let peer = Peer {
        role,
        outbox: Rc::clone(outbox),
    };
    loop {
        match frames.next().await? {
            Frame::Terminal(stream, bytes) => ask::typed(host, &peer, stream, bytes),
            Frame::Control(json) => hear(host, &peer, &json)?,
        }
        while outbox.bytes() > UNREAD_MAX && !outbox.is_closed() {
            outbox.drained().await;
        }
    }
}

/// Carries out one control frame. A request that this build does not know is answered, not fatal.
fn hear(host: &Rc<Host>, peer: &Peer, json: &[u8]) -> Result<(), FrameError> {
    #[derive(serde::Deserialize)]
    struct Numbered {
        id: u64,
    }
    match serde_json::from_slice::<HostRequest>(json) {
        Ok(request) => ask::carry_out(host, peer, request),
        Err(_) => {
            let Numbered { id } = serde_json::from_slice(json)?;
            peer.outbox.answer(id, Ok(HostAnswer::Unsupported));
        }
    }
    Ok(())
}

fn answer(host: &Host) -> Hello {
    Hello {
        proto_min: HOST_PROTO_MIN,
        proto_max: HOST_PROTO,
        build: BUILD.to_owned(),
        town: town(host),
        role: "host".to_owned(),
        token: None,
    }
}

fn town(host: &Host) -> String {
    host.config.paths.root().display().to_string()
}

fn admit(host: &Host, hello: &Hello) -> Result<Role, HostRefusal> {
    if hello.proto_min > HOST_PROTO || hello.proto_max < HOST_PROTO_MIN {
        return Err(HostRefusal::Failed(format!(
            "this host (build {BUILD}) speaks protocols {HOST_PROTO_MIN} to {HOST_PROTO}, \
             build {} speaks {} to {}: run `gt down --all`, then `gt up`",
            hello.build, hello.proto_min, hello.proto_max
        )));
    }
    if hello.town != town(host) {
        return Err(HostRefusal::Failed(format!(
            "this host serves the town `{}`",
            town(host)
        )));
    }
    hello
        .token
        .as_deref()
        .and_then(|token| host.keys.role_of(token))
        .ok_or(HostRefusal::NotAllowed)
}

struct Frames {
    reading: OwnedReadHalf,
    reader: FrameReader,
    buffer: Vec<u8>,
}

impl Frames {
    async fn next(&mut self) -> Result<Frame, FrameError> {
        loop {
            if let Some(frame) = self.reader.next_frame()? {
                return Ok(frame);
            }
            let count = self.reading.read(&mut self.buffer).await?;
            if count == 0 {
                return Err(FrameError::Closed);
            }
            self.reader
                .push(self.buffer.get(..count).unwrap_or_default());
        }
    }
}
