//! `bd merge-slot`: one slot a rig (or the town), which one may hold at a time.

use serde_json::{Value, json};

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{edge, output, show};
use crate::client::{Need, TownClient};
use crate::domain::{Answer, BeadId, BeadStatus, BeadView, Kind, Outcome, Place, Query, Refusal};
use crate::support::text::clean;
use crate::verbs::SlotArgs;

/// Makes the slot, or shows the one that is there.
pub(crate) fn make(args: &SlotArgs, caller: &Caller) -> Ended {
    let (id, place) = slot_id(caller)?;
    let made = caller.command(SlotArgs::create(id.clone(), place)?);
    match made {
        Ok(Outcome::Bead { bead, .. }) => tell("created", &bead, args, caller),
        Ok(_) => Err(mismatch(caller.how).into()),
        Err(refusal) if refusal.kind == Kind::Conflict => {
            let bead = slot(&mut caller.open(Need::Ledger)?, &id, caller)?;
            tell("there already", &bead, args, caller)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Shows who holds the slot.
pub(crate) fn check(args: &SlotArgs, caller: &Caller) -> Ended {
    let (id, _) = slot_id(caller)?;
    let bead = slot(&mut caller.open(Need::Ledger)?, &id, caller)?;
    let word = if bead.status == BeadStatus::Open {
        "free"
    } else {
        "held"
    };
    tell(word, &bead, args, caller)
}

/// Takes the slot, or stands in line for it.
pub(crate) fn acquire(args: &SlotArgs, caller: &Caller) -> Ended {
    let (id, _) = slot_id(caller)?;
    let mut town = caller.open(Need::Ledger)?;
    let holder = me(args, caller);
    let held = held_by(&slot(&mut town, &id, caller)?);
    let again = held.as_deref() == Some(holder.as_str());
    // Taking it and standing in line are one step of the engine: nobody comes in between.
    let asked = caller.carry(&mut town, SlotArgs::acquire(id.clone(), &holder, args.wait));
    let bead = match asked {
        Ok(Outcome::Bead { bead, .. }) => *bead,
        Ok(_) => return Err(mismatch(caller.how).into()),
        Err(refusal) if refusal.kind == Kind::Conflict => slot(&mut town, &id, caller)?,
        Err(refusal) => return Err(refusal.into()),
    };
    match held_by(&bead) {
        Some(who) if who == holder => {
            let word = if again { "held" } else { "acquired" };
            tell(word, &bead, args, caller)
        }
        other => {
            let other = other.unwrap_or_default();
            let no = Refusal::conflict(format!("`{id}` is held by `{}`", clean(&other)));
            Err(if args.wait {
                no.hint(format!("`{}` stands in line", clean(&holder)))
            } else {
                no.hint("bd merge-slot acquire --wait")
            }
            .into())
        }
    }
}

/// Lets the slot go.
pub(crate) fn release(args: &SlotArgs, caller: &Caller) -> Ended {
    let (id, _) = slot_id(caller)?;
    let mut town = caller.open(Need::Ledger)?;
    let bead = slot(&mut town, &id, caller)?;
    let held = held_by(&bead);
    if let (Some(asked), Some(held)) = (&args.holder, &held)
        && asked != held
    {
        return Err(Refusal::conflict(format!(
            "`{id}` is held by `{}`, not by `{}`",
            clean(held),
            clean(asked)
        ))
        .into());
    }
    match caller.carry(&mut town, SlotArgs::release(id))? {
        Outcome::Bead { bead, .. } => tell("released", &bead, args, caller),
        _ => Err(mismatch(caller.how).into()),
    }
}

/// The slot of the place: of the rig of the folder, else of the town.
fn slot_id(caller: &Caller) -> Result<(BeadId, Place), Refusal> {
    let Some(rig) = caller.context()?.rig else {
        return Ok((BeadId::parse("hq-merge-slot")?, Place::Town));
    };
    let name = rig.clone();
    let Answer::Rig(view) = caller.query(Query::Rig { name })? else {
        return Err(mismatch(caller.how));
    };
    let id = BeadId::parse(&format!("{}-merge-slot", view.prefix))?;
    Ok((id, Place::Rig(rig)))
}

fn slot(town: &mut TownClient, id: &BeadId, caller: &Caller) -> Result<BeadView, Refusal> {
    let ids = vec![id.to_string()];
    match town.query(Query::Beads { ids }) {
        Ok(Answer::Beads { beads, .. }) => {
            beads.into_iter().next().ok_or_else(|| mismatch(caller.how))
        }
        Ok(_) => Err(mismatch(caller.how)),
        Err(refusal) if refusal.kind == Kind::NotFound => {
            Err(Refusal::not_found("there is no merge slot here").hint("bd merge-slot create"))
        }
        Err(refusal) => Err(refusal),
    }
}

fn me(args: &SlotArgs, caller: &Caller) -> String {
    let said = args.holder.clone();
    said.or_else(|| edge::variable("BD_ACTOR"))
        .or_else(|| edge::variable("USER"))
        .unwrap_or_else(|| caller.how.to_owned())
}

fn held_by(bead: &BeadView) -> Option<String> {
    let holder = bead.rest.more.metadata.get("holder")?.as_str()?;
    (bead.status != BeadStatus::Open).then(|| holder.to_owned())
}

fn waiters(bead: &BeadView) -> Vec<String> {
    let list = bead
        .rest
        .more
        .metadata
        .get("waiters")
        .and_then(Value::as_array);
    let names = list.into_iter().flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

fn tell(word: &str, bead: &BeadView, args: &SlotArgs, caller: &Caller) -> Ended {
    if args.json {
        return output::json(&json!({
            "available": bead.status == BeadStatus::Open,
            "holder": held_by(bead),
            "id": bead.id,
            "schema_version": 1,
            "status": bead.status_text(),
            "waiters": waiters(bead),
        }));
    }
    let holder = held_by(bead).map_or(String::new(), |who| format!(", held by {}", clean(&who)));
    output::line(&format!(
        "{}{holder}",
        show::bead_line(word, bead, &caller.look())
    ))
}
