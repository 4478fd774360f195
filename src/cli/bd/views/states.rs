//! `bd state` and `bd set-state`: states of a bead that its labels say.

use serde_json::{Map, Value, json};

use crate::cli::bd::pages;
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::show::{Cell, Table, Tone};
use crate::cli::{output, show};
use crate::domain::{Outcome, Place};
use crate::support::text::clean;
use crate::verbs::views::{SetStateArgs, StateArgs, state_of, states_of};

/// Shows one state, or all.
pub(super) fn show(args: &StateArgs, caller: &Caller) -> Ended {
    let (id, dimension) = args.parts()?;
    let bead = pages::one(id, caller)?;
    if let Some(dimension) = dimension {
        let value = state_of(&bead, dimension);
        if args.json {
            let told = json!({"dimension": dimension, "issue_id": bead.id, "value": value});
            return output::json(&show::object(told));
        }
        return output::line(&match value {
            Some(value) => clean(value),
            None => format!("(no {} set)", clean(dimension)),
        });
    }
    if args.json {
        let states: Map<String, Value> = states_of(&bead)
            .map(|(dimension, value)| (dimension.to_owned(), json!(value)))
            .collect();
        return output::json(&show::object(
            json!({"issue_id": bead.id, "states": states}),
        ));
    }
    let mut table = Table::default();
    for (dimension, value) in states_of(&bead) {
        table.row([Cell::new(Tone::Name, dimension), Cell::plain(value)]);
    }
    match states_of(&bead).next() {
        Some(_) => output::text(&table.text(&caller.look(), "")),
        None => output::line(&format!("{} says no state", bead.id)),
    }
}

/// Gives a state a new value.
pub(super) fn set(args: &SetStateArgs, caller: &Caller) -> Ended {
    let (dimension, value) = args.parts()?;
    let bead = pages::one(&args.id, caller)?;
    let old = state_of(&bead, dimension).map(str::to_owned);
    let changed = old.as_deref() != Some(value);
    let mut event = None;
    if changed {
        let place = bead.rig.clone().map_or(Place::Town, Place::Rig);
        let Outcome::Batch { outcomes } = caller.command(args.command(&bead, place)?)? else {
            return Err(mismatch(caller.how).into());
        };
        event = outcomes.into_iter().find_map(|outcome| match outcome {
            Outcome::Bead { bead: made, .. } if made.id != bead.id => Some(made.id),
            _ => None,
        });
    }
    if args.json {
        return output::json(&show::object(json!({
            "changed": changed,
            "dimension": dimension,
            "event_id": event,
            "issue_id": bead.id,
            "new_value": value,
            "old_value": old,
        })));
    }
    let old = old.map_or_else(|| "nothing".to_owned(), |old| clean(&old));
    output::line(&match changed {
        true => format!(
            "set: {} {} = {} (was {old})",
            bead.id,
            clean(dimension),
            clean(value)
        ),
        false => format!(
            "{} has {} = {} already",
            bead.id,
            clean(dimension),
            clean(value)
        ),
    })
}
