//! The program's own background processes. Nobody types these.

use std::io::{stdin, stdout};

use crate::cli::caller::Caller;
use crate::cli::log;
use crate::cli::report::{Ended, disk};
use crate::daemon;
use crate::git::{GitContext, worker};

/// The engine; it starts the terminal host when it needs one.
pub(crate) fn engine(caller: &Caller) -> Ended {
    let paths = caller.paths()?;
    log::to_file(&paths, "engine")?;
    Ok(daemon::run_engine(&paths)?)
}

/// The terminal host.
pub(crate) fn host(caller: &Caller) -> Ended {
    let paths = caller.paths()?;
    log::to_file(&paths, "host")?;
    Ok(daemon::run_host(&paths)?)
}

/// The git worker: requests on the input, answers on the output.
pub(crate) fn git_worker(caller: &Caller) -> Ended {
    // Attack 28: in `gt --embedded` it would have the operator's terminal. Fails only for a leader.
    if let Err(error) = rustix::process::setsid() {
        tracing::debug!(%error, "no new session");
    }
    let cx = GitContext::new(caller.paths()?.git_config());
    worker::serve(stdin().lock(), stdout().lock(), &cx)
        .map_err(|error| disk("the engine cannot be answered", &error).into())
}
