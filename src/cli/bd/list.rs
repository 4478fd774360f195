//! The verbs of `bd` that list beads: asked, and shown as rows, tree, graph or JSON.

use serde_json::{Value, json};

use super::{pages, watch};
use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::cli::show::{Cell, Look, Table, Tone};
use crate::cli::{edge, output, show};
use crate::domain::{BeadView, COUNTED_BEYOND, Query};
use crate::support::text::clean;
use crate::verbs::find::{
    BeadListArgs, BlockedArgs, ChildrenArgs, Form, QueryArgs, SearchArgs, ShapeArgs, StaleArgs,
    Template,
};
use crate::verbs::story::count;

/// Beads and how many there are in all.
pub(super) type Found = (Vec<BeadView>, u64);

/// `bd list`.
pub(super) fn list(args: &BeadListArgs, caller: &Caller) -> Ended {
    let mut args = args.clone();
    whole_id(&mut args.filter.scope.parent, caller)?;
    if let Some(rig) = &args.filter.work.rig {
        caller.query(Query::Rig { name: rig.clone() })?;
    }
    if args.watch {
        return watch::watch(caller, || listed(&args, caller));
    }
    listed(&args, caller)
}

fn listed(args: &BeadListArgs, caller: &Caller) -> Ended {
    let found = pages::ask(args.query(&caller.context()?)?, caller)?;
    match &args.format {
        Some(Form::Dot) => output::text(&dot(&found.0)),
        Some(Form::Digraph) => output::text(&digraph(&found.0)),
        Some(Form::Template(template)) => {
            output::text(
                &found
                    .0
                    .iter()
                    .map(|bead| filled(template, bead))
                    .collect::<String>(),
            )?;
            left_out(&found);
            Ok(())
        }
        Some(Form::Json) | None => {
            let shape = ShapeArgs {
                json: args.json(),
                ..args.shape
            };
            tell(&found, &shape, "no bead matches", caller)
        }
    }
}

/// One bead by a template, on a line of its own.
fn filled(template: &Template, bead: &BeadView) -> String {
    let fields = show::item_json(bead);
    let mut line = template.fill(|key| match fields.get(key) {
        Some(Value::String(text)) => clean(text),
        Some(Value::Array(parts)) => {
            let parts = parts.iter().filter_map(Value::as_str).map(clean);
            parts.collect::<Vec<_>>().join(", ")
        }
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    });
    line.push('\n');
    line
}

/// `bd children`.
pub(super) fn children(args: &ChildrenArgs, caller: &Caller) -> Ended {
    let parent = pages::one(&args.id, caller)?;
    let query = args.query(parent.id.as_str(), &caller.context()?);
    let none = format!("`{}` has nothing below it", parent.id);
    tell(&pages::ask(query, caller)?, &args.shape, &none, caller)
}

/// `bd search`.
pub(super) fn search(args: &SearchArgs, caller: &Caller) -> Ended {
    let mut args = args.clone();
    whole_id(&mut args.filter.scope.parent, caller)?;
    let found = pages::ask(args.query(&caller.context()?)?, caller)?;
    tell(&found, &args.shape, "no bead matches", caller)
}

/// `bd query`.
pub(super) fn query(args: &QueryArgs, caller: &Caller) -> Ended {
    if args.parse_only {
        let expr = args.expr(&caller.place())?.to_string();
        return match args.shape.json {
            true => output::json(&show::object(json!({"expression": expr}))),
            false => output::line(&clean(&expr)),
        };
    }
    let found = pages::ask(args.query(&caller.place())?, caller)?;
    tell(&found, &args.shape, "no bead matches", caller)
}

/// `bd stale`.
pub(super) fn stale(args: &StaleArgs, caller: &Caller) -> Ended {
    let found = pages::ask(args.query(&caller.context()?)?, caller)?;
    let none = format!("every bead was changed within {} days", args.days);
    tell(&found, &args.shape, &none, caller)
}

/// `bd blocked`.
pub(super) fn blocked(args: &BlockedArgs, caller: &Caller) -> Ended {
    let mut args = args.clone();
    whole_id(&mut args.parent, caller)?;
    let found = pages::ask(args.query(&caller.context()?), caller)?;
    let beads = &found.0;
    if args.json {
        let items: Vec<_> = beads
            .iter()
            .map(|bead| {
                let by = held_by(bead);
                let mut map = show::item_json(bead);
                map.insert("blocked_by_count".to_owned(), json!(by.len()));
                map.insert("blocked_by".to_owned(), json!(by));
                map
            })
            .collect();
        output::json(&items)?;
    } else if beads.is_empty() {
        output::line("no bead waits for another")?;
    } else {
        output::text(&blocked_text(beads, &caller.look()))?;
    }
    left_out(&found);
    Ok(())
}

/// Ids of what holds a bead back: open blockers of its own, else the parent that it waits with.
pub(super) fn held_by(bead: &BeadView) -> Vec<String> {
    let own: Vec<String> = show::blockers(bead).map(ToString::to_string).collect();
    match (own.is_empty(), bead.parent()) {
        (true, Some(parent)) => vec![parent.to_string()],
        (true, None) | (false, _) => own,
    }
}

/// Beads with a second line each that says what they wait for.
pub(super) fn blocked_text(beads: &[BeadView], look: &Look) -> String {
    let mut table = Table::default();
    for bead in beads {
        table.row(show::bead_row(bead));
    }
    let rows = table.text(look, "");
    let mut out = String::new();
    for (row, bead) in rows.lines().zip(beads) {
        out.push_str(row);
        out.push('\n');
        let by = held_by(bead);
        let mut why = Table::default();
        for id in by {
            let known = bead.depends_on.iter().find(|edge| edge.id.as_str() == id);
            let title = known.map_or_else(String::new, |edge| edge.title.clone());
            why.row([
                Cell::new(Tone::Quiet, "waits for"),
                Cell::new(Tone::Name, id),
                Cell::plain(title),
            ]);
        }
        out.push_str(&why.text(look, "    "));
    }
    out
}

/// Shows beads as asked for.
pub(super) fn tell(found: &Found, shape: &ShapeArgs, none: &str, caller: &Caller) -> Ended {
    let (beads, _) = found;
    if shape.json {
        output::json(&show::beads_json(beads))?;
    } else if beads.is_empty() {
        output::line(none)?;
    } else {
        let look = caller.look();
        let tree = shape.tree || (!shape.flat && !shape.long && edge::output_is_watched());
        let text = match (shape.long, tree) {
            (true, _) => show::long_text(beads, &look),
            (false, true) => show::tree_text(beads, &look),
            (false, false) => {
                let all = u64::try_from(beads.len()).unwrap_or(u64::MAX);
                show::beads_text(beads, all, &look)
            }
        };
        output::text(&text)?;
    }
    left_out(found);
    Ok(())
}

/// Says how many more there are, beside the list itself.
pub(super) fn left_out((beads, total): &Found) {
    let shown = u64::try_from(beads.len()).unwrap_or(u64::MAX);
    if *total > shown {
        // The ledger counts so far beyond a page and no further.
        let more = total - shown;
        let and_on = if more >= COUNTED_BEYOND {
            " or more"
        } else {
            ""
        };
        let more = count(u32::try_from(more).unwrap_or(u32::MAX), "more bead");
        output::note(&format!("and {more}{and_on}; all of them with `-n 0`"));
    }
}

/// Makes a typed part of an id whole.
pub(super) fn whole_id(typed: &mut Option<String>, caller: &Caller) -> Ended {
    if let Some(id) = typed {
        *id = pages::one(id, caller)?.id.to_string();
    }
    Ok(())
}

fn edges(beads: &[BeadView]) -> impl Iterator<Item = (&str, &str, &str)> {
    let ids: std::collections::HashSet<&str> = beads.iter().map(|bead| bead.id.as_str()).collect();
    beads.iter().flat_map(move |bead| {
        let ids = ids.clone();
        bead.depends_on
            .iter()
            .filter(move |edge| ids.contains(edge.id.as_str()))
            .map(|edge| (bead.id.as_str(), edge.id.as_str(), edge.kind_text()))
    })
}

fn digraph(beads: &[BeadView]) -> String {
    edges(beads)
        .map(|(from, to, _)| format!("{} {}\n", clean(from), clean(to)))
        .collect()
}

fn dot(beads: &[BeadView]) -> String {
    let quoted = |text: &str| clean(text).replace('\\', "\\\\").replace('"', "\\\"");
    let mut out = String::from("digraph beads {\n  rankdir=LR;\n  node [shape=box];\n");
    for bead in beads {
        let (id, title) = (quoted(bead.id.as_str()), quoted(&bead.title));
        out.extend([format!("  \"{id}\" [label=\"{id}\\n{title}\"];\n")]);
    }
    for (from, to, kind) in edges(beads) {
        let label = quoted(kind);
        let (from, to) = (quoted(from), quoted(to));
        out.extend([format!("  \"{from}\" -> \"{to}\" [label=\"{label}\"];\n")]);
    }
    out.push_str("}\n");
    out
}
