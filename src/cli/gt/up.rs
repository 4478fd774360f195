//! `gt up`: wants the town up, and starts engine and host.

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{edge, output, show};
use crate::client::TownClient;
use crate::config::capture_env;
use crate::domain::{Answer, Query, TownView};
use crate::support::text::clean;
use crate::verbs::UpArgs;

/// Starts the town.
pub(crate) fn run(args: &UpArgs, caller: &Caller) -> Ended {
    let paths = caller.paths()?;
    let mut cx = caller.place();
    cx.env = capture_env(edge::environment());
    let mut town = TownClient::start(paths)?;
    town.command(args.command(&cx), caller.how)?;
    let Answer::Town(town) = town.query(Query::Town)? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&json!({
            "success": true,
            "services": services(&town),
            "problems": town.engine.problems,
        }));
    }
    output::text(&story(&town))
}

fn services(town: &TownView) -> serde_json::Value {
    let service =
        |name: &str, pid: Option<u32>| json!({"name": name, "ok": pid.is_some(), "pid": pid});
    json!([
        service("engine", town.engine.pid),
        service("host", town.engine.host_pid)
    ])
}

fn story(town: &TownView) -> String {
    let mut lines = vec![format!("{} is up", clean(&town.name))];
    for (name, pid) in [("engine", town.engine.pid), ("host", town.engine.host_pid)] {
        lines.push(match pid {
            Some(pid) => format!("✓ {name}  process {pid}"),
            None => format!("○ {name}  starting"),
        });
    }
    lines.extend(town.agents.iter().map(show::agent_line));
    lines.extend(
        town.engine
            .problems
            .iter()
            .map(|problem| format!("! {}", clean(problem))),
    );
    lines.push(String::new());
    lines.join("\n")
}
