//! The bead that was touched last, for `bd close` and `bd update` that name none.
//!
//! Each agent of a town has its own, so that nobody closes what somebody else looked at. A note that
//! cannot be written is no failure: a line without an id then says that it needs one.

#![expect(
    clippy::disallowed_methods,
    reason = "a note that may be torn or lost is not worth a synchronised write"
)]

use std::path::PathBuf;

use crate::cli::caller::Caller;
use crate::cli::{edge, output};
use crate::domain::{BeadId, BeadView, Kind, Outcome, Refusal};
use crate::support::files;

/// Notes what a change was about.
pub(crate) fn note(outcome: &Outcome, caller: &Caller) {
    let last = match outcome {
        Outcome::Bead { bead, .. } => Some(bead.as_ref()),
        Outcome::Beads { beads } => beads.last(),
        Outcome::Reopened(done) => done.beads.last(),
        _ => None,
    };
    seen(last, caller);
}

/// Notes a bead that was looked at.
pub(crate) fn seen(bead: Option<&BeadView>, caller: &Caller) {
    if let Some(bead) = bead
        && let Some(file) = file(caller)
        && let Err(error) = std::fs::write(&file, format!("{}\n", bead.id))
    {
        tracing::debug!(%error, file = %file.display(), "the last touched bead is not noted");
    }
}

/// The ids of a line, or the bead that was touched last, which the person is told.
pub(crate) fn or_last(ids: &mut Vec<BeadId>, caller: &Caller) -> Result<(), Refusal> {
    if !ids.is_empty() {
        return Ok(());
    }
    let text = file(caller).and_then(|file| files::read_if_there(&file).ok().flatten());
    let last = text.and_then(|text| BeadId::parse(text.trim()).ok());
    let Some(last) = last else {
        return Err(Refusal::new(
            Kind::Usage,
            format!(
                "`{}` needs the id of a bead: none was touched here yet",
                caller.how
            ),
        )
        .hint(format!("{} <ID>", caller.how))
        .hint("bd list"));
    };
    output::note(&format!("note: `{last}`, which was touched last, is meant"));
    ids.push(last);
    Ok(())
}

fn file(caller: &Caller) -> Option<PathBuf> {
    let paths = caller.ledger().ok()?.paths;
    if paths.is_plain() {
        return Some(paths.root().join("last-touched"));
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '.' };
    let who = match edge::variable("BD_ACTOR").filter(|_| edge::is_agent()) {
        Some(actor) => format!(
            "last-touched.{}",
            actor.chars().take(100).map(plain).collect::<String>()
        ),
        None if edge::is_agent() => return None,
        None => "last-touched".to_owned(),
    };
    Some(paths.gt().join(who))
}
