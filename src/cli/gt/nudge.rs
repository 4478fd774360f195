//! `gt nudge`. Says "delivered" only when it was seen to be (contract Q1).

use std::time::Duration;

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::watch::{Watched, wait_for};
use crate::cli::{edge, output};
use crate::domain::{Answer, Delta, NudgePhase, NudgeView, Outcome, Query, Refusal};
use crate::support::text::clean;
use crate::verbs::NudgeArgs;

/// How long to wait for the delivery before saying that it is still under way.
const PATIENCE: Duration = Duration::from_secs(5);

/// Says something to an agent.
pub(crate) fn run(mut args: NudgeArgs, caller: &Caller) -> Ended {
    if args.stdin {
        args.message = Some(edge::input()?);
    }
    let Outcome::Nudged { nudge, note } = caller.command_with_hands(args.command()?)? else {
        return Err(mismatch(caller.how).into());
    };
    let nudge = if note.is_none() && !edge::is_agent() {
        delivered(nudge, caller)?
    } else {
        nudge
    };
    if args.json {
        output::json(&nudge)?;
    } else {
        output::line(&sentence(&nudge, note.as_deref()))?;
    }
    match nudge.phase {
        NudgePhase::Failed => Err(Refusal::failed(format!(
            "the nudge did not reach `{}`: {}",
            nudge.to.short(),
            nudge.reason.as_deref().unwrap_or("no reason is known")
        ))
        .hint(format!("gt peek {}", nudge.to.short()))
        .into()),
        NudgePhase::Queued | NudgePhase::Typing | NudgePhase::Submitted | NudgePhase::Unknown => {
            Ok(())
        }
    }
}

/// The nudge once it has an end, or as it is when that takes too long.
fn delivered(nudge: NudgeView, caller: &Caller) -> Result<NudgeView, Refusal> {
    let open = |phase| matches!(phase, NudgePhase::Queued | NudgePhase::Typing);
    if !open(nudge.phase) {
        return Ok(nudge);
    }
    let mut newest = nudge;
    wait_for(&caller.paths()?, Some(PATIENCE), |seen| {
        match seen {
            Watched::Delta(Delta::Nudge(changed)) if changed.id == newest.id => {
                newest = (**changed).clone();
            }
            // It may have been delivered before the watch began.
            Watched::Town(_) => {
                let id = newest.id.clone();
                if let Ok(Answer::Nudge(now)) = caller.query(Query::Nudge { id }) {
                    newest = *now;
                }
            }
            Watched::Delta(_) | Watched::Lost => {}
        }
        (!open(newest.phase)).then_some(())
    })?;
    Ok(newest)
}

fn sentence(nudge: &NudgeView, note: Option<&str>) -> String {
    let who = nudge.to.short();
    let id = &nudge.id;
    match (nudge.phase, note) {
        (NudgePhase::Submitted, _) => format!("delivered to {who} ({id})"),
        (NudgePhase::Failed, _) => format!("not delivered to {who} ({id})"),
        (NudgePhase::Unknown, _) => {
            format!("nobody knows whether {id} reached {who}; look with `gt peek {who}`")
        }
        (NudgePhase::Queued | NudgePhase::Typing, Some(note)) => {
            format!("stored for {who} ({id}): {}", clean(note))
        }
        (NudgePhase::Queued | NudgePhase::Typing, None) => {
            format!("stored for {who} ({id}); it is typed as soon as {who} can take it")
        }
    }
}
