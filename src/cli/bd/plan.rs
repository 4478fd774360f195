//! `bd create --file` and `--graph`: many beads by one line, all or none.

use serde_json::{Map, json};

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{intake, output, show};
use crate::domain::{BeadView, Command, Outcome, Refusal};
use crate::verbs::BeadCreateArgs;

/// Makes the beads of a file.
pub(super) fn run(args: &BeadCreateArgs, caller: &Caller) -> Ended {
    let cx = caller.context()?;
    if let Some(file) = &args.run.graph {
        let graph = args.graph(&intake::text(caller, file)?, &cx)?;
        if args.run.dry_run {
            return super::create::preview(args, &graph.beads());
        }
        let made = make(graph.steps, caller)?;
        return tell_graph(args, &graph.keys, &made, caller);
    }
    let file = args.run.file.as_deref().unwrap_or("-");
    let beads = args.sheet(&intake::text(caller, file)?, &cx)?;
    if args.run.dry_run {
        return super::create::preview(args, &beads);
    }
    let create = |bead| Command::BeadCreate(Box::new(bead));
    let made = make(beads.into_iter().map(create).collect(), caller)?;
    tell(args, &made, caller)
}

/// Every bead that the steps answer with, in their order.
fn make(steps: Vec<Command>, caller: &Caller) -> Result<Vec<BeadView>, Refusal> {
    let Outcome::Batch { outcomes } = caller.command(Command::Batch(steps))? else {
        return Err(mismatch(caller.how));
    };
    let bead = |outcome| match outcome {
        Outcome::Bead { bead, .. } => Some(*bead),
        _ => None,
    };
    Ok(outcomes.into_iter().filter_map(bead).collect())
}

fn tell(args: &BeadCreateArgs, made: &[BeadView], caller: &Caller) -> Ended {
    if args.run.json {
        return output::json(&show::beads_json(made));
    }
    let look = caller.look();
    for bead in made {
        if args.run.silent {
            output::line(bead.id.as_str())?;
        } else {
            output::line(&show::bead_line("created", bead, &look))?;
        }
    }
    Ok(())
}

fn tell_graph(args: &BeadCreateArgs, keys: &[String], made: &[BeadView], caller: &Caller) -> Ended {
    if !args.run.json {
        let count = made.len().min(keys.len());
        return tell(args, made.get(..count).unwrap_or_default(), caller);
    }
    let ids: Map<_, _> = keys
        .iter()
        .zip(made)
        .map(|(key, bead)| (key.clone(), json!(bead.id)))
        .collect();
    output::json(&json!({"ids": ids, "schema_version": 1}))
}
