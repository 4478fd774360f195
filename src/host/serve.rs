//! The host's life: one runtime on one thread, from the first connection to the last run's end.

use std::io;
use std::os::unix::net::UnixListener;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::UnixListener as AsyncListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::LocalSet;
use tokio_util::sync::CancellationToken;

use super::config::{HostConfig, Place};
use super::state::Host;
use super::{connection, limits};

/// Connections at a time (contract S12).
const CONNECTIONS_MAX: usize = 64;
/// How often a host of its own process looks whether its town is still there (contract P12).
const TOWN_EVERY: Duration = Duration::from_secs(5);

/// Serves `listener` until `shutdown`, a `Shutdown` request or, in a process of its own, SIGTERM or
/// the disappearance of the town. Returns once all runs have ended and their recordings are written.
pub fn serve(
    config: HostConfig,
    listener: UnixListener,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(4)
        .build()?;
    listener.set_nonblocking(true)?;
    LocalSet::new().block_on(&runtime, async {
        let listener = AsyncListener::from_std(listener)?;
        let host = Host::new(config)?;
        host.tasks.spawn_local(limits::watch(Rc::clone(&host)));
        live(&host, &listener, &shutdown).await
    })
}

async fn live(
    host: &Rc<Host>,
    listener: &AsyncListener,
    shutdown: &CancellationToken,
) -> io::Result<()> {
    let mut children = signal(SignalKind::child())?;
    // A file that may not grow further is an error of the one that writes it, not the host's end.
    let too_long = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
    let _caught = signal(too_long)?;
    let mut term = signal_if(host, SignalKind::terminate())?;
    let mut interrupt = signal_if(host, SignalKind::interrupt())?;
    let mut town = tokio::time::interval(TOWN_EVERY);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => admit(host, stream),
                // Out of descriptors, or a peer that is gone already: the others are served.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            _ = children.recv() => host.on_child(),
            () = caught(&mut term) => break,
            () = caught(&mut interrupt) => break,
            () = shutdown.cancelled() => break,
            () = host.closing.cancelled() => break,
            _ = town.tick() => if host.config.place == Place::Process
                && !host.config.paths.gt().is_dir()
            {
                tracing::warn!("the town is gone");
                break;
            },
        }
    }
    end(host, &mut children).await;
    Ok(())
}

fn signal_if(host: &Host, kind: SignalKind) -> io::Result<Option<tokio::signal::unix::Signal>> {
    match host.config.place {
        Place::Process => signal(kind).map(Some),
        Place::Thread => Ok(None),
    }
}

async fn caught(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

fn admit(host: &Rc<Host>, stream: tokio::net::UnixStream) {
    let ours = stream
        .peer_cred()
        .is_ok_and(|peer| peer.uid() == rustix::process::geteuid().as_raw());
    if !ours {
        tracing::warn!("a peer of another user was turned away");
        return;
    }
    if host.connections.len() >= CONNECTIONS_MAX {
        tracing::warn!("too many connections");
        return;
    }
    host.connections
        .spawn_local(connection::serve(Rc::clone(host), stream));
}

/// Stops all runs, tells everybody, and lets the last bytes go.
async fn end(host: &Rc<Host>, children: &mut tokio::signal::unix::Signal) {
    let stopping = host.stop_all();
    tokio::pin!(stopping);
    loop {
        tokio::select! {
            () = &mut stopping => break,
            _ = children.recv() => host.on_child(),
        }
    }
    host.closing.cancel();
    host.connections.close();
    host.connections.wait().await;
    host.tasks.close();
    host.tasks.wait().await;
}
