//! `bd ship`: work that others wait for by name is told to be there.

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::output;
use crate::cli::report::{Ended, mismatch};
use crate::domain::{Answer, BeadStatus, Outcome, Refusal};
use crate::verbs::ShipArgs;

/// Marks the bead that a capability comes from as one that provides it.
pub(super) fn run(args: &ShipArgs, caller: &Caller) -> Ended {
    let query = args.query()?;
    let Answer::Beads { beads, .. } = caller.query(query)? else {
        return Err(mismatch(caller.how).into());
    };
    let name = &args.capability;
    let label = args.label();
    let bead = match beads.as_slice() {
        [only] => only,
        [] => {
            let none = format!("no bead has the label `export:{name}`");
            let hint = format!("bd label add <ID> export:{name}");
            return Err(Refusal::not_found(none).hint(hint).into());
        }
        several => {
            let ids: Vec<String> = several
                .iter()
                .map(|bead| format!("`{}`", bead.id))
                .collect();
            let ids = ids.join(", ");
            let two = format!("the label `export:{name}` is on several beads: {ids}");
            return Err(Refusal::conflict(two)
                .hint(format!("bd label remove <ID> export:{name}"))
                .into());
        }
    };
    if bead.status != BeadStatus::Closed && !args.force {
        let open = format!(
            "`{}` is {}: what is shipped is done",
            bead.id,
            bead.status_text()
        );
        return Err(Refusal::refused(open)
            .hint(format!("bd close {}", bead.id))
            .hint(format!("bd ship {name} --force"))
            .into());
    }
    if !args.dry_run {
        match caller.command(args.command(&bead.id))? {
            Outcome::Bead { .. } => {}
            _ => return Err(mismatch(caller.how).into()),
        }
    }
    if args.json {
        return output::json(&json!({
            "capability": name,
            "dry_run": args.dry_run,
            "issue_id": bead.id,
            "label": label,
            "schema_version": 1,
            "status": if args.dry_run { "would ship" } else { "shipped" },
        }));
    }
    let word = if args.dry_run {
        "would ship"
    } else {
        "shipped"
    };
    output::line(&format!("{word}: {name} by {} ({label})", bead.id))
}
