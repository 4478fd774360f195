//! `bd gate` and `bd merge-slot`.

use serde_json::{Value, json};

use super::several::Several;
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{edge, output, show};
use crate::client::{Need, TownClient};
use crate::domain::{Answer, BeadId, BeadStatus, BeadView, Kind, Outcome, Place, Query, Refusal};
use crate::support::text::clean;
use crate::verbs::{
    GateCheckArgs, GateCreateArgs, GateListArgs, GateResolveArgs, GateShowArgs, SlotArgs, open_gate,
};

/// Shows gates.
pub(crate) fn list(args: &GateListArgs, caller: &Caller) -> Ended {
    let (beads, total) = beads(args.query(), caller)?;
    if args.json {
        return output::json(&show::beads_json(&beads));
    }
    if beads.is_empty() {
        return output::line("no gate");
    }
    output::text(&show::beads_text(&beads, total, &caller.look()))
}

/// Shows one gate.
pub(crate) fn show_one(args: &GateShowArgs, caller: &Caller) -> Ended {
    let ids = vec![args.id.clone()];
    let (beads, _) = beads(Query::Beads { ids }, caller)?;
    if args.json {
        return output::json(&show::shown_json(&beads));
    }
    let look = caller.look();
    for bead in &beads {
        output::text(&show::bead_text(bead, &look))?;
        let more = &bead.rest.more;
        let waits = [more.await_type.as_str(), more.await_id.as_str()];
        output::line(&format!(
            "  waits for {}",
            clean(waits.join(" ").trim_end())
        ))?;
    }
    Ok(())
}

fn beads(query: Query, caller: &Caller) -> Result<(Vec<BeadView>, u64), Refusal> {
    match caller.query(query)? {
        Answer::Beads { beads, total } => Ok((beads, total)),
        _ => Err(mismatch(caller.how)),
    }
}

/// Makes a gate that a bead waits for.
pub(crate) fn create(args: &GateCreateArgs, caller: &Caller) -> Ended {
    let command = args.command(&caller.context()?)?;
    let Outcome::Bead { bead, .. } = caller.command(command)? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&show::bead_json(&bead));
    }
    output::line(&show::bead_line("created", &bead, &caller.look()))
}

/// Opens a gate by hand.
pub(crate) fn resolve(args: &GateResolveArgs, caller: &Caller) -> Ended {
    let mut town = Several::open(caller, args.json)?;
    if town
        .look(&args.id)
        .is_some_and(|bead| bead.rest.more.await_type.is_empty())
    {
        return Err(
            Refusal::invalid("gate", args.id.as_str(), "a bead that is a gate")
                .hint("bd gate list")
                .into(),
        );
    }
    town.run("opened", open_gate(&args.id, &args.reason));
    town.end()
}

/// What became of a gate that was looked at.
enum Looked {
    Opens(String),
    Waits(String),
    /// Only somebody outside can say.
    Unknown(String),
}

/// Opens the gates whose time has come.
pub(crate) fn check(args: &GateCheckArgs, caller: &Caller) -> Ended {
    let (gates, _) = beads(args.query(), caller)?;
    let mut town = caller.open(Need::Ledger)?;
    let (mut checked, mut opened, mut errors) = (0_u32, 0_u32, 0_u32);
    for gate in &gates {
        let sort = gate.rest.more.await_type.as_str();
        if args.sort.as_deref().is_some_and(|wanted| wanted != sort) {
            continue;
        }
        checked += 1;
        let (word, why) = match look(gate, edge::now()) {
            Looked::Opens(why) => {
                if !args.dry_run {
                    caller.carry(&mut town, open_gate(&gate.id, &why))?;
                }
                opened += 1;
                (if args.dry_run { "would open" } else { "opened" }, why)
            }
            Looked::Waits(why) => ("waits", why),
            Looked::Unknown(why) => {
                errors += 1;
                ("not known", why)
            }
        };
        if !args.json {
            output::line(&format!("{word}: {} - {}", gate.id, clean(&why)))?;
        }
    }
    if args.json {
        return output::json(&json!({
            "checked": checked,
            "dry_run": args.dry_run,
            "errors": errors,
            "escalated": 0,
            "resolved": opened,
            "schema_version": 1,
        }));
    }
    output::line(&format!("{checked} looked at, {opened} opened"))
}

fn look(gate: &BeadView, now: i64) -> Looked {
    let more = &gate.rest.more;
    match more.await_type.as_str() {
        "timer" => {
            let ends = gate.created_at.saturating_add(more.timeout / 1_000_000);
            if now > ends {
                Looked::Opens("the time is over".to_owned())
            } else {
                Looked::Waits(format!("{} s to go", (ends - now) / 1000))
            }
        }
        "human" => Looked::Waits(format!("for a person: bd gate resolve {}", gate.id)),
        "mail" | "bead" => Looked::Waits(format!("for {} {}", more.await_type, more.await_id)),
        other => Looked::Unknown(format!(
            "`{other}` is asked elsewhere; open it by `bd gate resolve {}`",
            gate.id
        )),
    }
}

/// Makes the slot, or shows the one that is there.
pub(crate) fn slot_create(args: &SlotArgs, caller: &Caller) -> Ended {
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
pub(crate) fn slot_check(args: &SlotArgs, caller: &Caller) -> Ended {
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
pub(crate) fn slot_acquire(args: &SlotArgs, caller: &Caller) -> Ended {
    let (id, _) = slot_id(caller)?;
    let mut town = caller.open(Need::Ledger)?;
    let holder = me(args, caller);
    let bead = slot(&mut town, &id, caller)?;
    let held = held_by(&bead);
    if held.as_deref() == Some(holder.as_str()) {
        return tell("held", &bead, args, caller);
    }
    let taken = caller.carry(&mut town, SlotArgs::acquire(id.clone(), &holder));
    let refusal = match taken {
        Ok(Outcome::Bead { bead, .. }) => return tell("acquired", &bead, args, caller),
        Ok(_) => return Err(mismatch(caller.how).into()),
        Err(refusal) if refusal.kind == Kind::Conflict => refusal,
        Err(refusal) => return Err(refusal.into()),
    };
    let bead = slot(&mut town, &id, caller)?;
    let other = held_by(&bead).unwrap_or_default();
    if args.wait {
        let mut line = waiters(&bead);
        if !line.contains(&holder) {
            line.push(holder.clone());
            caller.carry(&mut town, SlotArgs::line_up(id.clone(), &line))?;
        }
    }
    Err(Refusal::new(
        refusal.kind,
        format!("`{id}` is held by `{}`", clean(&other)),
    )
    .hint("bd merge-slot acquire --wait")
    .into())
}

/// Lets the slot go.
pub(crate) fn slot_release(args: &SlotArgs, caller: &Caller) -> Ended {
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
