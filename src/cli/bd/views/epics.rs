//! `bd epic status` and `bd epic close-eligible`.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::run::{beads_of, survey};
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, Stop, mismatch, note_refusal};
use crate::cli::show::{Cell, Table, Tone};
use crate::cli::{output, show};
use crate::client::Need;
use crate::domain::{BeadClose, BeadId, BeadView, Command, EpicTally, Outcome, Refusal, Surveyed};
use crate::verbs::views::{EpicCloseArgs, EpicStatusArgs, epics};

/// Shows how far epics are.
pub(super) fn status(args: &EpicStatusArgs, caller: &Caller) -> Ended {
    let found = all(args.eligible_only, caller)?;
    if args.json {
        let ids: Vec<BeadId> = found.iter().map(|epic| epic.id.clone()).collect();
        let beads = beads_of(&ids, caller)?;
        let beads: HashMap<&BeadId, &BeadView> =
            beads.iter().map(|bead| (&bead.id, bead)).collect();
        let rows: Vec<Value> = found
            .iter()
            .map(|epic| {
                json!({
                    "epic": beads.get(&epic.id).map(|bead| show::item_json(bead)),
                    "total_children": epic.children,
                    "closed_children": epic.closed,
                    "eligible_for_close": epic.is_closable(),
                })
            })
            .collect();
        return output::json(&rows);
    }
    if found.is_empty() {
        return output::line(match args.eligible_only {
            true => "no open epic has only closed children",
            false => "no open epic",
        });
    }
    let mut table = Table::default();
    for epic in &found {
        let (tone, state) = match (epic.is_closable(), epic.children) {
            (true, _) => (Tone::Good, "can be closed"),
            (false, 0) => (Tone::Quiet, "no children"),
            (false, _) => (Tone::Plain, "under way"),
        };
        table.row([
            Cell::new(Tone::Name, epic.id.as_str()),
            Cell::plain(format!("{}/{}", epic.closed, epic.children)),
            Cell::new(tone, state),
            Cell::plain(&epic.title),
        ]);
    }
    output::text(&table.text(&caller.look(), ""))
}

fn all(closable: bool, caller: &Caller) -> Result<Vec<EpicTally>, Refusal> {
    let mut found: Vec<EpicTally> = Vec::new();
    loop {
        let offset = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let Surveyed::Epics { epics, more } = survey(epics(closable, offset), caller)? else {
            return Err(mismatch(caller.how));
        };
        let none = epics.is_empty();
        found.extend(epics);
        if !more || none {
            return Ok(found);
        }
    }
}

/// Closes epics whose children are all closed.
pub(super) fn close(args: &EpicCloseArgs, caller: &Caller) -> Ended {
    let found = all(true, caller)?;
    let mut closed: Vec<BeadId> = Vec::new();
    let mut failed: Vec<Refusal> = Vec::new();
    if !args.dry_run && !found.is_empty() {
        let mut town = caller.open(Need::Ledger)?;
        for epic in &found {
            let close = BeadClose {
                ids: vec![epic.id.clone()],
                reason: "All children completed".to_owned(),
                ..BeadClose::default()
            };
            match caller.carry(&mut town, Command::BeadClose(close)) {
                Ok(Outcome::Beads { .. }) => closed.push(epic.id.clone()),
                Ok(_) => failed.push(mismatch(caller.how)),
                Err(refusal) => failed.push(refusal),
            }
        }
    }
    if args.json {
        let ids = match args.dry_run {
            true => found.iter().map(|epic| epic.id.clone()).collect(),
            false => closed,
        };
        let mut told = json!({"closed": ids, "count": ids.len()});
        if let (true, Some(map)) = (args.dry_run, told.as_object_mut()) {
            map.insert("dry_run".to_owned(), json!(true));
        }
        output::json(&show::object(told))?;
    } else if found.is_empty() {
        output::line("no open epic has only closed children")?;
    } else {
        let word = if args.dry_run {
            "would close"
        } else {
            "closed"
        };
        for epic in found
            .iter()
            .filter(|epic| args.dry_run || closed.contains(&epic.id))
        {
            let title = crate::support::text::clean(&epic.title);
            output::line(&format!("{word}: {} - {title}", epic.id))?;
        }
    }
    let last = failed.pop();
    failed.iter().for_each(note_refusal);
    last.map_or(Ok(()), |refusal| Err(Stop::Refused(refusal)))
}
