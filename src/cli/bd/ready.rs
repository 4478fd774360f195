//! `bd ready`: work that can be started, why, and what holds the rest back.

use serde_json::{Value, json};

use super::list::{blocked_text, held_by, left_out, tell, whole_id};
use super::{pages, steps};
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::show::{Look, Tone};
use crate::cli::{output, show};
use crate::domain::{BeadView, Command, DepKind, Outcome};
use crate::rules::circles;
use crate::support::text::clean;
use crate::verbs::find::{BeadReadyArgs, BlockedArgs, ShapeArgs};
use crate::verbs::story::count;

/// Shows, explains or takes.
pub(super) fn run(args: &BeadReadyArgs, caller: &Caller) -> Ended {
    if args.gated {
        return steps::gated(args.form.json, caller);
    }
    if let Some(molecule) = args.mol.as_ref().filter(|_| !args.claim && !args.explain) {
        return steps::of_molecule(molecule, args.form.json, caller);
    }
    let mut args = args.clone();
    args.parent = args.parent.take().or_else(|| args.mol.take());
    whole_id(&mut args.parent, caller)?;
    let cx = caller.context()?;
    if args.claim {
        let command = Command::ReadyClaim(Box::new(args.filter(&cx)?));
        let Outcome::Beads { beads } = caller.command(command)? else {
            return Err(mismatch(caller.how).into());
        };
        return claimed(&beads, &args, caller);
    }
    let found = pages::ask(args.query(&cx)?, caller)?;
    if !args.explain {
        let shape = ShapeArgs {
            json: args.form.json,
            tree: args.form.pretty,
            flat: !args.form.pretty,
            ..ShapeArgs::default()
        };
        return tell(&found, &shape, "no bead can be started", caller);
    }
    let blocked = BlockedArgs {
        parent: args.parent.clone(),
        kind: args.kind.clone(),
        priority: args.priority,
        rig: args.rig.clone(),
        ..BlockedArgs::default()
    };
    let (held, _) = pages::ask(blocked.query(&cx), caller)?;
    if args.form.json {
        output::json(&explained_json(&found.0, &held, found.1))?;
    } else {
        output::text(&explained_text(&found.0, &held, &caller.look()))?;
    }
    left_out(&found);
    Ok(())
}

fn claimed(beads: &[BeadView], args: &BeadReadyArgs, caller: &Caller) -> Ended {
    if args.form.json {
        return output::json(&show::beads_json(beads));
    }
    match beads.first() {
        Some(bead) => output::line(&show::bead_line("claimed", bead, &caller.look())),
        None => output::line("no bead can be started"),
    }
}

/// Blockers of a bead that no longer hold it.
fn resolved(bead: &BeadView) -> Vec<String> {
    bead.depends_on
        .iter()
        .filter(|edge| edge.kind == DepKind::Blocks && edge.status.is_inactive())
        .map(|edge| edge.id.to_string())
        .collect()
}

fn reason(bead: &BeadView) -> String {
    let done = resolved(bead);
    if done.is_empty() {
        return "nothing holds it back".to_owned();
    }
    let number = u32::try_from(done.len()).unwrap_or(u32::MAX);
    format!("{} closed: {}", count(number, "blocker"), done.join(", "))
}

fn explained_json(ready: &[BeadView], held: &[BeadView], total: u64) -> Value {
    let ready: Vec<_> = ready
        .iter()
        .map(|bead| {
            let mut map = show::item_json(bead);
            map.insert("reason".to_owned(), json!(reason(bead)));
            map.insert("resolved_blockers".to_owned(), json!(resolved(bead)));
            map
        })
        .collect();
    let blocked: Vec<_> = held
        .iter()
        .map(|bead| {
            let by: Vec<Value> = held_by(bead).iter().map(|id| blocker(bead, id)).collect();
            let mut map = show::item_json(bead);
            map.insert("blocked_by_count".to_owned(), json!(by.len()));
            map.insert("blocked_by".to_owned(), json!(by));
            map
        })
        .collect();
    let circles = circles_of(held);
    show::object(json!({
        "summary": {
            "cycle_count": circles.len(),
            "total_blocked": blocked.len(),
            "total_ready": total,
        },
        "ready": ready,
        "blocked": blocked,
        "cycles": circles,
    }))
}

fn blocker(bead: &BeadView, id: &str) -> Value {
    let edge = bead.depends_on.iter().find(|edge| edge.id.as_str() == id);
    match edge {
        Some(edge) => json!({
            "id": id,
            "title": edge.title,
            "status": edge.status.word_or(edge.status_word.as_deref()),
            "priority": edge.priority,
        }),
        None => json!({"id": id}),
    }
}

fn explained_text(ready: &[BeadView], held: &[BeadView], look: &Look) -> String {
    let heading = |title: &str, number: usize| {
        format!(
            "{}\n",
            look.paint(Tone::Strong, &format!("{title} ({number})"))
        )
    };
    let mut out = heading("can be started", ready.len());
    for bead in ready {
        out.extend([format!(
            "{} {} {}\n    {}\n",
            look.paint(Tone::Name, bead.id.as_str()),
            bead.priority,
            clean(&bead.title),
            look.paint(Tone::Quiet, &clean(&reason(bead)))
        )]);
    }
    out.push('\n');
    out.push_str(&heading("held back", held.len()));
    out.push_str(&blocked_text(held, look));
    for circle in circles_of(held) {
        out.push_str(&look.paint(Tone::Bad, &format!("in a circle: {}", circle.join(" -> "))));
        out.push('\n');
    }
    out
}

fn circles_of(held: &[BeadView]) -> Vec<Vec<String>> {
    circles::find(held.iter().flat_map(|bead| {
        let holds = bead.depends_on.iter();
        let holds = holds.filter(|edge| edge.kind.is_readiness());
        holds.map(|edge| (bead.id.as_str(), edge.id.as_str()))
    }))
}
