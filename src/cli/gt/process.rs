//! The program's own background processes. Nobody types these.

use std::io::{stdin, stdout};

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, disk};
use crate::git::{GitContext, worker};

/// The engine.
pub(crate) fn engine(caller: &Caller) -> Ended {
    Ok(crate::cli::pending::run_engine(&caller.paths()?)?)
}

/// The terminal host.
pub(crate) fn host(caller: &Caller) -> Ended {
    Ok(crate::cli::pending::run_host(&caller.paths()?)?)
}

/// The git worker: requests on the input, answers on the output.
pub(crate) fn git_worker(caller: &Caller) -> Ended {
    let cx = GitContext::new(caller.paths()?.git_config());
    worker::serve(stdin().lock(), stdout().lock(), &cx)
        .map_err(|error| disk("the engine cannot be answered", &error).into())
}
