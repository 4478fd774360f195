//! `gt down`: ends every agent; hooks, worktrees and conversations stay. `--all` ends engine and
//! host too.

use std::time::Duration;

use crate::cli::caller::Caller;
use crate::cli::output;
use crate::cli::report::Ended;
use crate::cli::watch::{Watched, wait_for};
use crate::client::{HostClient, Need, TownClient};
use crate::domain::{Answer, Delta, IncarnationId, Kind, Query, Refusal};
use crate::support::paths::TownPaths;
use crate::verbs::DownArgs;
use crate::verbs::story::count;

/// How long agents may take to end: HUP, TERM and KILL take 7 s at most.
const PATIENCE: Duration = Duration::from_secs(20);

/// Stops the town.
pub(crate) fn run(args: &DownArgs, caller: &Caller) -> Ended {
    let paths = caller.paths()?;
    let mut town = TownClient::open(paths.clone(), Need::Ledger)?;
    town.command(args.command(), caller.how)?;
    let living = living(&mut town)?;
    let stopped = living.agents.len();
    let nothing =
        !living.engine && HostClient::open(&paths).is_err_and(|no| no.kind == Kind::Unreachable);
    if living.engine && stopped > 0 {
        wait_until_ended(&paths, living.agents)?;
    }
    drop(town);
    let stopped = u32::try_from(stopped).unwrap_or(u32::MAX);
    if args.all && nothing {
        return output::line("down: nothing was running; hooks and worktrees are kept");
    }
    if args.all {
        TownClient::shutdown(&paths)?;
        return output::line(&format!(
            "down: {} stopped, engine and host ended; hooks and worktrees are kept",
            count(stopped, "agent")
        ));
    }
    output::line(&format!(
        "down: {} stopped; hooks and worktrees are kept (`gt up` goes on)",
        count(stopped, "agent")
    ))
}

struct Living {
    engine: bool,
    agents: Vec<IncarnationId>,
}

fn living(town: &mut TownClient) -> Result<Living, Refusal> {
    let Answer::Town(town) = town.query(Query::Town)? else {
        return Err(crate::cli::report::mismatch("gt down"));
    };
    let alive = town.agents.into_iter().filter(|agent| agent.alive);
    Ok(Living {
        engine: town.engine.pid.is_some(),
        agents: alive.map(|agent| agent.id).collect(),
    })
}

fn wait_until_ended(paths: &TownPaths, mut waiting: Vec<IncarnationId>) -> Result<(), Refusal> {
    let ended = wait_for(paths, Some(PATIENCE), |seen| {
        match seen {
            Watched::Town(town) => waiting.retain(|id| {
                town.agents
                    .iter()
                    .any(|agent| agent.alive && agent.id == *id)
            }),
            Watched::Delta(Delta::Agent(agent)) if !agent.alive => {
                waiting.retain(|id| *id != agent.id);
            }
            Watched::Delta(Delta::AgentGone(gone)) => waiting.retain(|id| id != gone),
            Watched::Delta(_) | Watched::Lost => {}
        }
        waiting.is_empty().then_some(())
    })?;
    ended.ok_or_else(|| {
        let names: Vec<String> = waiting.iter().map(|id| format!("`{id}`")).collect();
        Refusal::new(
            Kind::TimedOut,
            format!("the town is down, but {} did not end yet", names.join(", ")),
        )
        .hint("gt status")
        .hint("gt down --all")
    })
}
