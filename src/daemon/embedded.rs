//! Engine and terminal host on threads of this process, for `gt --embedded`: the same code over the
//! same sockets in the town's folder, since agents must reach both. In-memory pipes would serve the
//! control room alone.
//!
//! It takes the locks of engine and host, so neither runs beside it; agents and a second terminal
//! find it as they would find the background processes. Only agents, jobs and the git worker are
//! processes of their own. Dropping it ends the engine first, then every agent (HUP, TERM, KILL) with
//! all that it left; a kill of the process leaves that to the kernel's HUP, as this process adopts no
//! orphans. What was stored stays: the next `gt up` starts the agents again.

use std::thread::JoinHandle;

use crate::domain::Refusal;
use crate::support::paths::TownPaths;

use super::engine::{Ending, Engine};
use super::host::HostThread;
use super::install::install_bin;

/// A town that lives in this process.
#[derive(Debug)]
pub struct Embedded {
    ending: Ending,
    engine: Option<JoinHandle<Result<(), Refusal>>>,
    // Dropped after the engine, so that it sees its agents end.
    host: Option<HostThread>,
}

impl Embedded {
    /// Takes the town and serves it. Fails with a conflict when an engine or host runs already.
    pub fn start(paths: &TownPaths) -> Result<Self, Refusal> {
        install_bin(paths)?;
        let engine = Engine::take(paths)?;
        let ending = engine.ending();
        let host = HostThread::start(paths)?;
        let thread = std::thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || {
                engine.serve(Box::new(|_| {
                    Err(Refusal::failed("the host of this process has ended"))
                }))
            })
            .map_err(|error| Refusal::failed(format!("the engine cannot begin: {error}")))?;
        Ok(Self {
            ending,
            engine: Some(thread),
            host: Some(host),
        })
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.ending.end();
        if let Some(engine) = self.engine.take() {
            match engine.join() {
                Ok(Ok(())) => {}
                Ok(Err(refusal)) => tracing::error!(%refusal, "the engine failed"),
                Err(_) => tracing::error!("the engine failed"),
            }
        }
        drop(self.host.take());
    }
}
