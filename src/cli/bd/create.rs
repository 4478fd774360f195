//! `bd create`.

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::client::Need;
use crate::domain::{Command, DepAdd, DepKind, Outcome};
use crate::support::text::clean;
use crate::verbs::BeadCreateArgs;

/// Makes a bead, and lets others wait for it.
pub(crate) fn run(args: &BeadCreateArgs, caller: &Caller) -> Ended {
    // The settings' default rig is the engine's to know.
    let cx = caller.context()?;
    let (command, blocks) = args.command(&cx)?;
    let mut town = caller.open(Need::Ledger)?;
    let Outcome::Bead { bead, hint } = town.command(command, caller.how)? else {
        return Err(mismatch(caller.how).into());
    };
    if args.silent {
        output::line(bead.id.as_str())?;
    } else if args.json {
        output::json(&show::bead_json(&bead))?;
    } else {
        output::line(&show::bead_line("created", &bead, &caller.look()))?;
    }
    if let Some(hint) = hint {
        output::note(&format!("hint: {}", clean(&hint)));
    }
    for waiting in blocks {
        let edge = Command::DepAdd(DepAdd::plain(
            waiting.clone(),
            bead.id.clone(),
            DepKind::Blocks,
        ));
        town.command(edge, caller.how).map_err(|mut refusal| {
            refusal.message = format!(
                "`{}` is made, but `{waiting}` does not wait for it: {}",
                bead.id, refusal.message
            );
            refusal
        })?;
    }
    Ok(())
}
