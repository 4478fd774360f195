//! `bd gate`.

use serde_json::json;

use super::github::{self, Stands};
use super::several::Several;
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{edge, output, show};
use crate::client::{Need, TownClient};
use crate::domain::{
    Answer, BeadStatus, BeadUpdate, BeadView, Command, GateEdits, Outcome, Query, Refusal,
};
use crate::support::text::clean;
use crate::verbs::{
    GateCheckArgs, GateCreateArgs, GateListArgs, GateResolveArgs, GateShowArgs, open_gate,
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
    /// What it waits for will not come.
    Lost(String),
    /// Nobody could say.
    Unknown(String),
}

/// How many gates came to what.
#[derive(Default)]
struct Tally {
    checked: u32,
    opened: u32,
    escalated: u32,
    errors: u32,
}

/// Opens the gates whose time has come.
pub(crate) fn check(args: &GateCheckArgs, caller: &Caller) -> Ended {
    let (gates, _) = beads(args.query(), caller)?;
    let mut town = caller.open(Need::Ledger)?;
    let mut tally = Tally::default();
    for gate in gates.iter().filter(|gate| args.means(gate)) {
        tally.checked += 1;
        let looked = look(gate, &mut town, caller)?;
        let (word, why) = act(looked, gate, args, (&mut town, &mut tally), caller)?;
        if !args.json {
            output::line(&format!("{word}: {} - {}", gate.id, clean(&why)))?;
        }
    }
    if args.json {
        return output::json(&json!({
            "checked": tally.checked,
            "dry_run": args.dry_run,
            "errors": tally.errors,
            "escalated": tally.escalated,
            "resolved": tally.opened,
            "schema_version": 1,
        }));
    }
    output::line(&format!(
        "{} looked at, {} opened",
        tally.checked, tally.opened
    ))
}

/// Does what a look at a gate calls for; the word for it, and why.
fn act(
    looked: Looked,
    gate: &BeadView,
    args: &GateCheckArgs,
    (town, tally): (&mut TownClient, &mut Tally),
    caller: &Caller,
) -> Result<(&'static str, String), Refusal> {
    Ok(match looked {
        Looked::Opens(why) => {
            tally.opened += 1;
            if args.dry_run {
                return Ok(("would open", why));
            }
            caller.carry(town, open_gate(&gate.id, &why))?;
            ("opened", why)
        }
        Looked::Waits(why) => ("waits", why),
        Looked::Lost(why) if args.escalate => {
            tally.escalated += 1;
            if !args.dry_run {
                escalate(gate, &why, town, caller)?;
            }
            ("escalated", why)
        }
        Looked::Lost(why) => {
            tally.escalated += 1;
            let hint = format!("{why}; a person must decide: bd gate resolve {}", gate.id);
            ("lost", hint)
        }
        Looked::Unknown(why) => {
            tally.errors += 1;
            ("not known", why)
        }
    })
}

fn look(gate: &BeadView, town: &mut TownClient, caller: &Caller) -> Result<Looked, Refusal> {
    let more = &gate.rest.more;
    let by_hand = format!("bd gate resolve {}", gate.id);
    let unknown = |why: String| Looked::Unknown(format!("{why}; to open it by hand: {by_hand}"));
    Ok(match more.await_type.as_str() {
        "timer" => timer(gate, edge::now()),
        "human" => Looked::Waits(format!("for a person: {by_hand}")),
        "mail" => Looked::Waits(format!("for mail {}", more.await_id)),
        "bead" => awaited_bead(&more.await_id, town)?,
        "gh:run" => match github::run(caller.folder(), &more.await_id) {
            Ok((stands, number)) => {
                if let Some(number) = number {
                    remember(gate, number, town, caller)?;
                }
                stands.into()
            }
            Err(why) => unknown(why),
        },
        "gh:pr" => match github::pull_request(caller.folder(), &more.await_id) {
            Ok(stands) => stands.into(),
            Err(why) => unknown(why),
        },
        other => unknown(format!("`{other}` is asked elsewhere")),
    })
}

impl From<Stands> for Looked {
    fn from(stands: Stands) -> Self {
        match stands {
            Stands::Done(why) => Self::Opens(why),
            Stands::Lost(why) => Self::Lost(why),
            Stands::Waits(why) => Self::Waits(why),
        }
    }
}

fn timer(gate: &BeadView, now: i64) -> Looked {
    let length = gate.rest.more.timeout / 1_000_000;
    let ends = gate.created_at.saturating_add(length);
    if now > ends {
        Looked::Opens("the time is over".to_owned())
    } else {
        Looked::Waits(format!("{} s to go", (ends - now) / 1000))
    }
}

/// A bead of this ledger, as `tb-4kq` or `<rig>:tb-4kq`.
fn awaited_bead(await_id: &str, town: &mut TownClient) -> Result<Looked, Refusal> {
    let id = await_id.rsplit_once(':').map_or(await_id, |(_, id)| id);
    let ids = vec![id.to_owned()];
    let found = match town.query(Query::Beads { ids }) {
        Ok(Answer::Beads { beads, .. }) => beads.into_iter().next(),
        Ok(_) => None,
        Err(refusal) if refusal.kind == crate::domain::Kind::NotFound => None,
        Err(refusal) => return Err(refusal),
    };
    Ok(match found {
        Some(bead) if bead.status == BeadStatus::Closed => {
            Looked::Opens(format!("`{}` is closed", bead.id))
        }
        Some(bead) => Looked::Waits(format!(
            "for `{}`, which is {}",
            bead.id,
            bead.status_text()
        )),
        None => Looked::Unknown(format!("there is no bead `{id}`")),
    })
}

/// The run that a workflow's name means stays the one that is waited for.
fn remember(
    gate: &BeadView,
    number: String,
    town: &mut TownClient,
    caller: &Caller,
) -> Result<(), Refusal> {
    let update = BeadUpdate {
        gate: GateEdits {
            await_id: Some(number),
            ..GateEdits::default()
        },
        ..BeadUpdate::of(gate.id.clone())
    };
    caller
        .carry(town, Command::BeadUpdate(Box::new(update)))
        .map(drop)
}

/// Files the question of a lost gate as work for a person, once a gate.
fn escalate(
    gate: &BeadView,
    why: &str,
    town: &mut TownClient,
    caller: &Caller,
) -> Result<(), Refusal> {
    let known = town.query(GateCheckArgs::escalations(&gate.id))?;
    let Answer::Beads { total, .. } = known else {
        return Err(mismatch(caller.how));
    };
    if total > 0 {
        return Ok(());
    }
    let command = GateCheckArgs::escalation(gate, why)?;
    match caller.carry(town, command)? {
        Outcome::Bead { .. } => Ok(()),
        _ => Err(mismatch(caller.how)),
    }
}
