//! `gt status`.

use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::cli::{output, show};
use crate::client::HostClient;
use crate::verbs::StatusArgs;

/// Shows the town.
pub(crate) fn run(args: &StatusArgs, caller: &Caller) -> Ended {
    let town = caller.town()?;
    // Without an engine nobody has told us about the host, which may well live on.
    let host = match (town.engine.pid, town.engine.host_pid) {
        (_, Some(_)) => true,
        (Some(_), None) => false,
        (None, None) => HostClient::open(&caller.paths()?).is_ok(),
    };
    if args.json {
        return output::json(&show::status_json(&town, host));
    }
    output::text(&show::status_text(&town, host, &caller.look()))
}
