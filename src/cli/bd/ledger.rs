//! `bd reopen`, `bd delete`, `bd dep remove`, `bd config set`, `bd claim`.

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::domain::{Answer, Outcome, Query};
use crate::support::text::clean;
use crate::verbs::{
    BeadClaimArgs, BeadDeleteArgs, BeadReopenArgs, DepRemoveArgs, LedgerSetArgs, LedgerVerb,
};

/// Carries out a verb that changes the ledger.
pub(crate) fn run(verb: &LedgerVerb, caller: &Caller) -> Ended {
    match verb {
        LedgerVerb::DepAdd(args) => super::dep::add(args, caller),
        LedgerVerb::Reopen(args) => reopen(args, caller),
        LedgerVerb::Delete(args) => delete(args, caller),
        LedgerVerb::DepRemove(args) => dep_remove(args, caller),
        LedgerVerb::Comment(args) => super::talk::comment(args, caller),
        LedgerVerb::Set(args) => config_set(args, caller),
        LedgerVerb::Claim(args) => claim(args, caller),
    }
}

/// Opens closed beads again.
fn reopen(args: &BeadReopenArgs, caller: &Caller) -> Ended {
    let Outcome::Reopened(done) = caller.command(args.command())? else {
        return Err(mismatch(caller.how).into());
    };
    for id in &done.already {
        output::note(&format!("`{id}` is open already"));
    }
    if args.json {
        return output::json(&show::beads_json(&done.beads));
    }
    let look = caller.look();
    for bead in &done.beads {
        output::line(&show::bead_line("opened", bead, &look))?;
    }
    Ok(())
}

/// Deletes beads.
fn delete(args: &BeadDeleteArgs, caller: &Caller) -> Ended {
    if !args.force {
        return preview(args, caller);
    }
    let Outcome::Deleted(gone) = caller.command(args.command()?)? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&json!({
            "deleted": gone.ids,
            "deleted_count": gone.ids.len(),
            "dependencies_removed": gone.edges,
            "labels_removed": gone.labels,
            "orphaned_issues": gone.orphaned,
            "references_updated": gone.rewritten.len(),
            "schema_version": 1,
        }));
    }
    for id in &gone.ids {
        output::line(&format!("deleted: {id}"))?;
    }
    Ok(())
}

/// Shows what would be deleted, and deletes nothing.
fn preview(args: &BeadDeleteArgs, caller: &Caller) -> Ended {
    let ids: Vec<String> = args.ids.iter().map(ToString::to_string).collect();
    let line = ids.join(" ");
    let Answer::Beads { beads, .. } = caller.query(Query::Beads { ids })? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&json!({
            "preview": true,
            "schema_version": 1,
            "would_delete": show::beads_json(&beads),
        }));
    }
    let look = caller.look();
    for bead in &beads {
        output::line(&show::bead_line("would delete", bead, &look))?;
        for edge in &bead.dependents {
            output::line(&format!("  {} depends on it", edge.id))?;
        }
    }
    output::note(&format!(
        "nothing is deleted; `bd delete {line} --force` does it"
    ));
    Ok(())
}

/// Takes an edge away.
fn dep_remove(args: &DepRemoveArgs, caller: &Caller) -> Ended {
    let Outcome::Done { message } = caller.command(args.command())? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&json!({
            "depends_on_id": args.on,
            "issue_id": args.bead,
            "schema_version": 1,
            "status": "removed",
        }));
    }
    output::line(&clean(&message))
}

/// Changes a setting of the ledger.
fn config_set(args: &LedgerSetArgs, caller: &Caller) -> Ended {
    let Outcome::Done { message } = caller.command(args.command())? else {
        return Err(mismatch(caller.how).into());
    };
    output::line(&clean(&message))?;
    if args.key.starts_with("export.") || args.key == "import.auto" {
        output::note(
            "note: files are written and read when you say so: `bd export -o FILE`, `bd import FILE`",
        );
    }
    Ok(())
}

/// Takes the first bead that can be started.
fn claim(args: &BeadClaimArgs, caller: &Caller) -> Ended {
    let command = args.command(&caller.context()?);
    let Outcome::Beads { beads } = caller.command(command)? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&show::beads_json(&beads));
    }
    let look = caller.look();
    for bead in &beads {
        output::line(&show::bead_line("claimed", bead, &look))?;
    }
    if beads.is_empty() {
        output::line("no bead can be started")?;
    }
    Ok(())
}
