//! `bd create --file` and `--graph`: many beads by one line.

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{intake, output, show};
use crate::client::Need;
use crate::domain::{BeadView, Command, Outcome, Refusal};
use crate::verbs::BeadCreateArgs;

/// Makes the beads of a file.
pub(super) fn run(args: &BeadCreateArgs, caller: &Caller) -> Ended {
    let cx = caller.context()?;
    let Some(file) = &args.run.file else {
        return Err(Refusal::failed("plans are not read yet").into());
    };
    let text = intake::text(caller, file)?;
    let beads = args.sheet(&text, &cx)?;
    if args.run.dry_run {
        return super::create::preview(args, &beads);
    }
    let mut town = caller.open(Need::Ledger)?;
    let mut made: Vec<BeadView> = Vec::new();
    for bead in beads {
        let command = Command::BeadCreate(Box::new(bead));
        match town.command(command, caller.how)? {
            Outcome::Bead { bead, .. } => made.push(*bead),
            _ => return Err(mismatch(caller.how).into()),
        }
    }
    tell(args, &made, caller)
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
