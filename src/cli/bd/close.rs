//! `bd close` and `bd done`: beads finished by hand, and how it goes on from there.

use serde_json::{Value, json};

use super::several::Several;
use super::touched;
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, Stop, mismatch};
use crate::cli::{intake, output, show};
use crate::client::Need;
use crate::domain::{
    Answer, BeadFilter, BeadId, BeadStatus, BeadType, BeadUpdate, BeadView, Command, DepKind,
    Outcome, Query, ReadyFilter, Refusal, ScopeFilter,
};
use crate::verbs::{BeadCloseArgs, BeadDoneArgs, NextArgs};

/// Finishes beads by hand; what follows words of a reason, as `bd done` takes it.
pub(crate) fn done(args: &BeadDoneArgs, caller: &Caller) -> Ended {
    run(&args.close()?, caller)
}

/// Finishes beads by hand.
pub(crate) fn run(args: &BeadCloseArgs, caller: &Caller) -> Ended {
    let mut args = args.clone();
    touched::or_last(&mut args.ids, caller)?;
    if let Some(file) = args.reason_file.take() {
        args.reason = vec![intake::text(caller, &file)?.trim_end().to_owned()];
    }
    let commands = args.commands()?;
    let molecule = if args.next.go_on {
        Some(molecule_of(args.ids.first(), caller)?)
    } else {
        None
    };
    let mut town = Several::open(caller, args.next.json)?;
    for command in commands {
        town.together("closed", command, BeadCloseArgs::apart);
    }
    if !args.goes_on() {
        return town.end();
    }
    let (closed, failed) = town.parts();
    let next = Next::after(&args.next, &closed, molecule, caller)?;
    tell(&args.next, &closed, &next, caller)?;
    failed.map_or(Ok(()), |refusal| Err(Stop::Refused(refusal)))
}

/// What a close leads to.
struct Next {
    key: &'static str,
    json: Value,
    lines: Vec<(&'static str, BeadView)>,
    none: &'static str,
}

impl Next {
    fn after(
        args: &NextArgs,
        closed: &[BeadView],
        molecule: Option<BeadView>,
        caller: &Caller,
    ) -> Result<Self, Refusal> {
        if let Some(molecule) = molecule {
            return next_step(closed, &molecule, args.no_auto, caller);
        }
        if args.claim_next {
            let beads = claim_ready(caller)?;
            return Ok(Self {
                key: "claimed",
                json: beads.first().map_or(
                    Value::Null,
                    |bead| json!({"id": bead.id, "title": bead.title}),
                ),
                lines: beads.into_iter().map(|bead| ("claimed", bead)).collect(),
                none: "no bead can be started",
            });
        }
        let beads = unblocked(closed, caller)?;
        Ok(Self {
            key: "unblocked",
            json: show::beads_json(&beads),
            lines: beads
                .into_iter()
                .map(|bead| ("can be started", bead))
                .collect(),
            none: "no bead waited for it alone",
        })
    }
}

fn tell(args: &NextArgs, closed: &[BeadView], next: &Next, caller: &Caller) -> Ended {
    if args.json {
        let closed = show::beads_json(closed);
        return output::json(&json!({
            "closed": closed,
            next.key: next.json,
            "schema_version": 1,
        }));
    }
    let look = caller.look();
    for bead in closed {
        output::line(&show::bead_line("closed", bead, &look))?;
    }
    for (verb, bead) in &next.lines {
        output::line(&show::bead_line(verb, bead, &look))?;
    }
    if next.lines.is_empty() {
        output::line(next.none)?;
    }
    Ok(())
}

fn beads(query: Query, caller: &Caller) -> Result<Vec<BeadView>, Refusal> {
    match caller.query(query)? {
        Answer::Beads { beads, .. } => Ok(beads),
        _ => Err(mismatch(caller.how)),
    }
}

/// What waited for the closed beads and waits for nothing any more.
fn unblocked(closed: &[BeadView], caller: &Caller) -> Result<Vec<BeadView>, Refusal> {
    let mut ids: Vec<String> = Vec::new();
    for edge in closed.iter().flat_map(|bead| &bead.dependents) {
        if edge.kind.is_readiness() && !ids.iter().any(|id| id == edge.id.as_str()) {
            ids.push(edge.id.to_string());
        }
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut beads = beads(Query::Beads { ids }, caller)?;
    beads.retain(|bead| bead.status == BeadStatus::Open && !bead.is_blocked);
    Ok(beads)
}

fn claim_ready(caller: &Caller) -> Result<Vec<BeadView>, Refusal> {
    let filter = ReadyFilter {
        filter: BeadFilter {
            rig: caller.context()?.rig,
            ..BeadFilter::default()
        },
        ..ReadyFilter::default()
    };
    match caller.command(Command::ReadyClaim(Box::new(filter)))? {
        Outcome::Beads { beads } => Ok(beads),
        _ => Err(mismatch(caller.how)),
    }
}

/// The molecule whose step the bead is.
fn molecule_of(step: Option<&BeadId>, caller: &Caller) -> Result<BeadView, Refusal> {
    let ids: Vec<String> = step.iter().map(ToString::to_string).collect();
    let Some(bead) = beads(Query::Beads { ids }, caller)?.into_iter().next() else {
        return Err(mismatch(caller.how));
    };
    let parent = bead
        .depends_on
        .iter()
        .find(|edge| edge.kind == DepKind::ParentChild)
        .filter(|edge| edge.bead_kind == BeadType::Molecule);
    let Some(parent) = parent else {
        return Err(Refusal::refused(format!(
            "`{}` is no step of a molecule, so there is nothing to continue with",
            bead.id
        ))
        .hint(format!("bd close {} --suggest-next", bead.id)));
    };
    let ids = vec![parent.id.to_string()];
    let molecule = beads(Query::Beads { ids }, caller)?.into_iter().next();
    molecule.ok_or_else(|| mismatch(caller.how))
}

fn next_step(
    closed: &[BeadView],
    molecule: &BeadView,
    look_only: bool,
    caller: &Caller,
) -> Result<Next, Refusal> {
    let steps = beads(
        Query::BeadList(Box::new(BeadFilter {
            scope: ScopeFilter {
                parent: Some(molecule.id.to_string()),
                include_ephemeral: true,
                ..ScopeFilter::default()
            },
            ..BeadFilter::default()
        })),
        caller,
    )?;
    let complete = steps.is_empty();
    let mut next = steps
        .into_iter()
        .filter(|step| step.status == BeadStatus::Open && !step.is_blocked)
        .min_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    let takes = next.is_some() && !look_only;
    if let Some(step) = next.as_mut().filter(|_| takes) {
        let update = BeadUpdate {
            claim: true,
            ..BeadUpdate::of(step.id.clone())
        };
        let mut town = caller.open(Need::Ledger)?;
        match caller.carry(&mut town, Command::BeadUpdate(Box::new(update)))? {
            Outcome::Bead { bead, .. } => *step = *bead,
            _ => return Err(mismatch(caller.how)),
        }
    }
    Ok(Next {
        key: "continue",
        json: json!({
            "auto_advanced": takes,
            "closed_step": closed.first().map(show::bead_json),
            "molecule_complete": complete,
            "molecule_id": molecule.id,
            "next_step": next.as_ref().map(show::bead_json),
        }),
        lines: next
            .into_iter()
            .map(|step| (if takes { "claimed" } else { "next" }, step))
            .collect(),
        none: if complete {
            "every step of the molecule is closed"
        } else {
            "no step of the molecule can be started"
        },
    })
}
