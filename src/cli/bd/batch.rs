//! `bd batch`: lines of a small language, carried out all or none.

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{intake, output};
use crate::domain::{Command, Outcome};
use crate::support::text::clean;
use crate::verbs::BatchArgs;

/// Reads the lines and carries them out.
pub(crate) fn run(args: &BatchArgs, caller: &Caller) -> Ended {
    let text = intake::text(caller, args.file.as_deref().unwrap_or("-"))?;
    let steps = args.steps(&text, &caller.context()?)?;
    if args.dry_run {
        if args.json {
            let lines: Vec<&str> = steps.iter().map(|step| step.line.as_str()).collect();
            return output::json(
                &json!({"dry_run": true, "operations": lines, "schema_version": 1}),
            );
        }
        for step in &steps {
            output::line(&format!("would do: {}", clean(&step.line)))?;
        }
        return Ok(());
    }
    let commands = steps.iter().map(|step| step.command.clone()).collect();
    let Outcome::Batch { outcomes } = caller.command(Command::Batch(commands))? else {
        return Err(mismatch(caller.how).into());
    };
    let made = |outcome: &Outcome| match outcome {
        Outcome::Bead { bead, .. } => Some(bead.id.clone()),
        _ => None,
    };
    if args.json {
        let rows: Vec<_> = steps
            .iter()
            .zip(&outcomes)
            .map(|(step, outcome)| json!({"id": made(outcome), "operation": step.line}))
            .collect();
        return output::json(
            &json!({"count": rows.len(), "operations": rows, "schema_version": 1}),
        );
    }
    for (step, outcome) in steps.iter().zip(&outcomes) {
        let id = made(outcome)
            .filter(|id| !step.line.contains(id.as_str()))
            .map_or(String::new(), |id| format!(" -> {id}"));
        output::line(&format!("done: {}{id}", clean(&step.line)))?;
    }
    Ok(())
}
