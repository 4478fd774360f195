//! `gt convoy create`, `list` and `status`.

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::domain::{Answer, Outcome};
use crate::support::text::clean;
use crate::verbs::story::count;
use crate::verbs::{ConvoyCreateArgs, ConvoyListArgs, ConvoyStatusArgs};

/// Tracks a batch of beads.
pub(crate) fn create(args: &ConvoyCreateArgs, caller: &Caller) -> Ended {
    let Outcome::Convoy { convoy } = caller.command(args.command()?)? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&show::convoy_json(&convoy));
    }
    let beads = u32::try_from(convoy.beads.len()).unwrap_or(u32::MAX);
    let told = convoy
        .notify
        .as_ref()
        .map_or_else(String::new, |who| format!(" and tells {}", who.short()));
    output::text(&format!(
        "created: {} - {}\n  tracks {}; closes when all of them are done{told}\n  look   gt convoy status {}\n",
        convoy.id,
        clean(&convoy.title),
        count(beads, "bead"),
        convoy.id,
    ))
}

/// Shows convoys.
pub(crate) fn list(args: &ConvoyListArgs, caller: &Caller) -> Ended {
    let Answer::Convoys { convoys } = caller.query(args.query())? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&show::convoys_json(&convoys));
    }
    if convoys.is_empty() {
        return output::line("no open convoy (`gt convoy create \"…\" <beads>` makes one)");
    }
    output::text(&show::convoys_text(&convoys, &caller.look()))
}

/// Shows who works on a convoy's beads.
pub(crate) fn status(args: &ConvoyStatusArgs, caller: &Caller) -> Ended {
    let Answer::Convoys { convoys } = caller.query(args.query())? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return match (&args.id, convoys.as_slice()) {
            (Some(_), [only]) => output::json(&show::convoy_json(only)),
            (Some(_) | None, _) => output::json(&show::convoys_json(&convoys)),
        };
    }
    if convoys.is_empty() {
        return output::line("no open convoy");
    }
    let look = caller.look();
    let pages: Vec<String> = convoys
        .iter()
        .map(|convoy| show::convoy_text(convoy, &look))
        .collect();
    output::text(&pages.join("\n"))
}
