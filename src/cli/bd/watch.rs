//! A list or page that is shown again whenever something about beads changes. The engine tells of
//! changes; where none runs there is nobody to tell.

use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::cli::{edge, output};
use crate::client::{Subscription, TownClient, Update};
use crate::domain::{Delta, Kind, Refusal};

/// Draws now and after each change, until the reader goes away.
pub(super) fn watch(caller: &Caller, mut draw: impl FnMut() -> Ended) -> Ended {
    let paths = caller.paths()?;
    if paths.is_plain() {
        return Err(Refusal::new(
            Kind::Usage,
            "a repository's own ledger has no engine that tells of changes, so `--watch` is for a town",
        )
        .hint(format!("watch -n 2 {}", caller.how))
        .into());
    }
    if TownClient::running(&paths)?.is_none() {
        return Err(Refusal::new(
            Kind::Unreachable,
            "no engine runs that could tell of changes",
        )
        .hint("gt up")
        .into());
    }
    let subscription = Subscription::open(&paths)?;
    let updates = subscription.updates();
    while let Ok(first) = updates.recv() {
        let mut changed = is_news(&first);
        // What came meanwhile is shown together.
        while let Ok(more) = updates.try_recv() {
            changed |= is_news(&more);
        }
        if changed {
            if edge::output_is_watched() {
                output::text("\x1b[H\x1b[2J")?;
            }
            draw()?;
        }
    }
    Ok(())
}

fn is_news(update: &Update) -> bool {
    match update {
        Update::Snapshot(_) => true,
        Update::Deltas(_, deltas) => deltas.iter().any(|delta| match delta {
            Delta::Event(event) => event.bead.is_some(),
            Delta::Beads(_) | Delta::Convoy(_) => true,
            Delta::Agent(_)
            | Delta::AgentGone(_)
            | Delta::Rig(_)
            | Delta::RigGone(_)
            | Delta::Merge(_)
            | Delta::Attention(_)
            | Delta::Wish(_)
            | Delta::Engine(_)
            | Delta::Nudge(_) => false,
        }),
        Update::Lost(_) => false,
    }
}
