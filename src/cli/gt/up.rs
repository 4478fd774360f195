//! `gt up`: wants the town up, and starts engine and host.

use std::time::Duration;

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::watch::{Watched, wait_for};
use crate::cli::{edge, output, show};
use crate::client::TownClient;
use crate::config::capture_env;
use crate::domain::{Answer, Delta, EngineView, Query, Refusal, TownView};
use crate::support::paths::TownPaths;
use crate::support::text::clean;
use crate::verbs::UpArgs;

/// How long a terminal host may take to come up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Starts the town.
pub(crate) fn run(args: &UpArgs, caller: &Caller) -> Ended {
    let paths = caller.paths()?;
    let mut cx = caller.place();
    cx.env = capture_env(edge::environment());
    if TownClient::end_other_build(&paths)? {
        output::note("the engine of another build ended; this one takes over, agents go on");
    }
    let mut town = TownClient::start(paths.clone())?;
    town.command(args.command(&cx), caller.how)?;
    let Answer::Town(mut now) = town.query(Query::Town)? else {
        return Err(mismatch(caller.how).into());
    };
    if now.engine.host_pid.is_none() {
        now.engine = with_host(&paths, now.engine)?;
    }
    let town = now;
    if args.json {
        return output::json(&json!({
            "success": true,
            "services": services(&town),
            "problems": town.engine.problems,
        }));
    }
    output::text(&story(&town))
}

/// The engine once it has its terminal host, or as it is when that takes too long.
fn with_host(paths: &TownPaths, mut engine: EngineView) -> Result<EngineView, Refusal> {
    wait_for(paths, Some(PATIENCE), |seen| {
        match seen {
            Watched::Town(town) => engine = town.engine.clone(),
            Watched::Delta(Delta::Engine(changed)) => engine = changed.clone(),
            Watched::Delta(_) | Watched::Lost => {}
        }
        engine.host_pid.map(drop)
    })?;
    Ok(engine)
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
