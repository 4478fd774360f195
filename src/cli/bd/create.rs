//! `bd create` and `bd q`.

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{intake, output, show};
use crate::domain::{BeadCreate, BeadView, Command, Outcome, Refusal};
use crate::support::text::clean;
use crate::verbs::{BeadCreateArgs, QuickArgs};

/// Makes a bead, or those of a file.
pub(crate) fn run(args: &BeadCreateArgs, caller: &Caller) -> Ended {
    let mut args = args.clone();
    args.texts.take(|name| intake::text(caller, name))?;
    args.owner = intake::owner(caller);
    args.basics.settle(|repo| caller.rig_named(repo))?;
    if args.is_several() {
        return super::plan::run(&args, caller);
    }
    // The settings' default rig is the engine's to know.
    let bead = args.bead(&caller.context()?)?;
    if args.run.dry_run {
        return preview(&args, &[bead]);
    }
    let (bead, hint) = make(Command::BeadCreate(Box::new(bead)), caller)?;
    if args.run.silent {
        output::line(bead.id.as_str())?;
    } else if args.run.json {
        output::json(&show::bead_json(&bead))?;
    } else {
        output::line(&show::bead_line("created", &bead, &caller.look()))?;
    }
    if let Some(hint) = hint {
        output::note(&format!("hint: {}", clean(&hint)));
    }
    Ok(())
}

/// Makes a bead and prints its id alone.
pub(crate) fn quick(args: &QuickArgs, caller: &Caller) -> Ended {
    let mut args = args.clone();
    args.basics.settle(|repo| caller.rig_named(repo))?;
    let command = args.command(&caller.context()?, intake::owner(caller))?;
    let (bead, hint) = make(command, caller)?;
    if args.json {
        output::json(&json!({"id": bead.id, "schema_version": 1}))?;
    } else {
        output::line(bead.id.as_str())?;
    }
    if let Some(hint) = hint {
        output::note(&format!("hint: {}", clean(&hint)));
    }
    Ok(())
}

fn make(command: Command, caller: &Caller) -> Result<(Box<BeadView>, Option<String>), Refusal> {
    match caller.command(command)? {
        Outcome::Bead { bead, hint } => Ok((bead, hint)),
        _ => Err(mismatch(caller.how)),
    }
}

/// Says what would be made.
pub(super) fn preview(args: &BeadCreateArgs, beads: &[BeadCreate]) -> Ended {
    if args.run.json {
        let beads: Vec<_> = beads
            .iter()
            .map(|bead| {
                json!({
                    "title": bead.title,
                    "description": bead.description,
                    "issue_type": bead.kind.word_or(bead.kind_word.as_deref()),
                    "priority": bead.priority,
                    "labels": bead.labels,
                    "assignee": bead.assignee,
                    "parent": bead.parent,
                })
            })
            .collect();
        return output::json(&json!({"dry_run": true, "issues": beads, "schema_version": 1}));
    }
    for bead in beads {
        output::line(&format!(
            "would create: {} ({}, {})",
            clean(&bead.title),
            bead.priority,
            clean(bead.kind.word_or(bead.kind_word.as_deref()))
        ))?;
    }
    Ok(())
}
