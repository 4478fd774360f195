//! `bd reopen`, `bd delete`, `bd dep remove`, `bd comment`, `bd config set`, `bd claim`.

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::domain::Outcome;
use crate::support::text::clean;
use crate::verbs::{
    BeadClaimArgs, BeadDeleteArgs, BeadReopenArgs, CommentArgs, DepRemoveArgs, LedgerSetArgs,
    LedgerVerb,
};

/// Carries out a verb that changes the ledger.
pub(crate) fn run(verb: &LedgerVerb, caller: &Caller) -> Ended {
    match verb {
        LedgerVerb::DepAdd(args) => super::dep::add(args, caller),
        LedgerVerb::Reopen(args) => reopen(args, caller),
        LedgerVerb::Delete(args) => delete(args, caller),
        LedgerVerb::DepRemove(args) => dep_remove(args, caller),
        LedgerVerb::Comment(args) => comment(args, caller),
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

/// Says something about a bead.
fn comment(args: &CommentArgs, caller: &Caller) -> Ended {
    let Outcome::Comment { comment } = caller.command(args.command())? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&json!({
            "author": comment.author,
            "created_at": show::stamp(comment.created_at),
            "id": comment.id,
            "issue_id": comment.bead,
            "schema_version": 1,
            "text": comment.text,
        }));
    }
    output::line(&format!("commented on {}", comment.bead))
}

/// Changes a setting of the ledger.
fn config_set(args: &LedgerSetArgs, caller: &Caller) -> Ended {
    let Outcome::Done { message } = caller.command(args.command())? else {
        return Err(mismatch(caller.how).into());
    };
    output::line(&clean(&message))
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
