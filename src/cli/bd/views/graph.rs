//! `bd dep tree`, `bd dep list`, `bd dep cycles`, `bd graph`.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::run::{beads_of, survey};
use super::tree::{Ends, Tree};
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::show::{Cell, Look, Table, Tone};
use crate::cli::{output, show};
use crate::domain::{
    Answer, BeadId, BeadView, DepKind, Direction, EdgeView, Query, Reach, Refusal, Surveyed,
};
use crate::support::text::clean;
use crate::verbs::views::{DepCyclesArgs, DepListArgs, DepTreeArgs, GraphArgs};

fn reach(query: Query, caller: &Caller) -> Result<Reach, Refusal> {
    match survey(query, caller)? {
        Surveyed::Reach(reach) => Ok(reach),
        _ => Err(mismatch(caller.how)),
    }
}

/// Draws what a bead depends on, or what depends on it.
pub(super) fn tree(args: &DepTreeArgs, caller: &Caller) -> Ended {
    let mut rows = Vec::new();
    let mut texts = Vec::new();
    let look = caller.look();
    for way in args.ways() {
        let found = reach(args.query(*way), caller)?;
        let mut tree = Tree::grow(&found, *way, args.show_all_paths);
        if let Some(status) = &args.status {
            tree = tree.only(status);
        }
        if args.json {
            let skip = usize::from(!rows.is_empty());
            rows.extend(tree_json(&tree, caller)?.into_iter().skip(skip));
        } else if args.format.is_some() {
            texts.push(mermaid(&found));
        } else {
            if args.ways().len() > 1 {
                let title = match way {
                    Direction::Up => "what depends on it",
                    Direction::Down | Direction::Both => "what it depends on",
                };
                texts.push(format!("{}\n", look.paint(Tone::Strong, title)));
            }
            texts.push(tree.text(&look));
        }
        if found.cut {
            output::note("there is more than is shown here; `--depth` and `-t` narrow or widen it");
        }
    }
    if args.json {
        return output::json(&rows);
    }
    output::text(&texts.concat())
}

/// Beads as other tools read them, each with its place.
fn tree_json(tree: &Tree<'_>, caller: &Caller) -> Result<Vec<Value>, Refusal> {
    let mut known: HashSet<&BeadId> = HashSet::new();
    let ids = tree.rows.iter().map(|row| &row.node.id);
    let ids: Vec<BeadId> = ids.filter(|id| known.insert(*id)).cloned().collect();
    let beads = beads_of(&ids, caller)?;
    let beads: HashMap<&BeadId, &BeadView> = beads.iter().map(|bead| (&bead.id, bead)).collect();
    let rows = tree.rows.iter().map(|row| {
        let mut map = match beads.get(&row.node.id) {
            Some(bead) => show::item_json(bead),
            None => Map::from_iter([("id".to_owned(), json!(row.node.id))]),
        };
        map.insert("depth".to_owned(), json!(row.depth));
        if let Some(above) = row.above.and_then(|above| tree.rows.get(above)) {
            map.insert("parent_id".to_owned(), json!(above.node.id));
            map.insert("edge_from_parent".to_owned(), json!(row.kind));
        }
        let ends = matches!(row.ends, Ends::Cut | Ends::Circle | Ends::Above);
        map.insert("truncated".to_owned(), json!(ends));
        Value::Object(map)
    });
    Ok(rows.collect())
}

/// A graph in the words of Mermaid.
fn mermaid(reach: &Reach) -> String {
    let places: HashMap<&BeadId, usize> = reach
        .nodes
        .iter()
        .enumerate()
        .map(|(place, node)| (&node.id, place))
        .collect();
    let mut out = String::from("flowchart TD\n");
    for (place, node) in reach.nodes.iter().enumerate() {
        let title = clean(&node.title).replace('"', "#quot;");
        let id = clean(node.id.as_str());
        out.extend([format!("  n{place}[\"{id}: {title}\"]\n")]);
    }
    for edge in &reach.edges {
        if let (Some(from), Some(to)) = (places.get(&edge.bead), places.get(&edge.on)) {
            let kind = clean(&edge.kind).replace('"', "#quot;");
            out.extend([format!("  n{from} -->|\"{kind}\"| n{to}\n")]);
        }
    }
    out
}

/// Shows the edges of beads.
pub(super) fn edges(args: &DepListArgs, caller: &Caller) -> Ended {
    let Answer::Beads { beads, .. } = caller.query(args.query())? else {
        return Err(mismatch(caller.how).into());
    };
    let down = args.direction != Direction::Up;
    let up = args.direction != Direction::Down;
    let fits = |edge: &&EdgeView| args.kind.is_none_or(|kind| kind == edge.kind);
    let found = |bead: &'_ BeadView| -> Vec<(bool, EdgeView)> {
        let on = bead.depends_on.iter().filter(|_| down).filter(fits);
        let of = bead.dependents.iter().filter(|_| up).filter(fits);
        let on = on.map(|edge| (true, edge.clone()));
        on.chain(of.map(|edge| (false, edge.clone()))).collect()
    };
    if !args.json {
        return edges_text(&beads, found, &caller.look());
    }
    match beads.as_slice() {
        [bead] => {
            let found = found(bead);
            let ids: Vec<BeadId> = found.iter().map(|(_, edge)| edge.id.clone()).collect();
            let others = beads_of(&ids, caller)?;
            let others: HashMap<&BeadId, &BeadView> =
                others.iter().map(|bead| (&bead.id, bead)).collect();
            let rows = found.iter().map(|(_, edge)| {
                let mut map = match others.get(&edge.id) {
                    Some(bead) => show::item_json(bead),
                    None => Map::from_iter([("id".to_owned(), json!(edge.id))]),
                };
                map.insert("dependency_type".to_owned(), json!(edge.kind_text()));
                Value::Object(map)
            });
            output::json(&rows.collect::<Vec<_>>())
        }
        several => {
            let rows = several.iter().flat_map(|bead| {
                found(bead).into_iter().map(|(on, edge)| {
                    let (from, to) = if on {
                        (&bead.id, &edge.id)
                    } else {
                        (&edge.id, &bead.id)
                    };
                    json!({"issue_id": from, "depends_on_id": to, "type": edge.kind_text(),
                           "created_at": show::stamp(edge.created_at), "created_by": edge.created_by})
                })
            });
            output::json(&rows.collect::<Vec<_>>())
        }
    }
}

fn edges_text(
    beads: &[BeadView],
    found: impl Fn(&BeadView) -> Vec<(bool, EdgeView)>,
    look: &Look,
) -> Ended {
    let mut table = Table::default();
    for bead in beads {
        let edges = found(bead);
        if edges.is_empty() {
            table.row([
                Cell::new(Tone::Name, bead.id.as_str()),
                Cell::new(Tone::Quiet, "has no such edge"),
            ]);
        }
        for (on, edge) in edges {
            let status = edge.status.word_or(edge.status_word.as_deref());
            table.row([
                Cell::new(Tone::Name, bead.id.as_str()),
                Cell::new(Tone::Quiet, if on { "->" } else { "<-" }),
                Cell::new(Tone::Name, edge.id.as_str()),
                Cell::plain(edge.kind_text()),
                Cell::plain(status),
                Cell::plain(&edge.title),
            ]);
        }
    }
    output::text(&table.text(look, ""))
}

/// Shows beads that hold each other back in a circle.
pub(super) fn cycles(args: &DepCyclesArgs, caller: &Caller) -> Ended {
    let Surveyed::Circles { circles } = survey(DepCyclesArgs::query(), caller)? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        let mut rows = Vec::new();
        for circle in &circles {
            rows.push(show::beads_json(&beads_of(circle, caller)?));
        }
        return output::json(&rows);
    }
    if circles.is_empty() {
        return output::line("no bead waits for itself");
    }
    for circle in &circles {
        let first = circle.first().map(ToString::to_string);
        let ids = circle.iter().map(ToString::to_string).chain(first);
        output::line(&ids.collect::<Vec<_>>().join(" -> "))?;
    }
    output::note("take one edge of each away: bd dep remove <BEAD> <DEPENDS_ON>");
    Ok(())
}

/// Shows in which order the beads around one can be done.
pub(super) fn graph(args: &GraphArgs, caller: &Caller) -> Ended {
    let found = reach(args.query(), caller)?;
    if found.cut {
        output::note("there is more than is shown here; `--depth` widens it");
    }
    if args.dot {
        return output::text(&dot(&found));
    }
    let layers = layers(&found);
    if args.json {
        let nodes: Vec<Value> = found
            .nodes
            .iter()
            .map(|node| {
                json!({"id": node.id, "issue_type": node.kind, "is_blocked": node.is_blocked,
                       "layer": layers.get(&node.id), "priority": node.priority,
                       "status": node.status_text(), "title": node.title})
            })
            .collect();
        let edges: Vec<Value> = found
            .edges
            .iter()
            .map(|edge| json!({"depends_on_id": edge.on, "issue_id": edge.bead, "type": edge.kind}))
            .collect();
        let value =
            json!({"edges": edges, "nodes": nodes, "root": found.root, "truncated": found.cut});
        return output::json(&show::object(value));
    }
    output::text(&layers_text(&found, &layers, args.compact, &caller.look()))
}

/// How many beads must be done one after the other before each; none for those in a circle.
fn layers(reach: &Reach) -> HashMap<&BeadId, u32> {
    // A parent is done after its children; everything else after what it depends on.
    let order = |edge: &'_ crate::domain::ReachEdge| match DepKind::stored(&edge.kind) {
        DepKind::ParentChild => (edge.bead.clone(), edge.on.clone()),
        _ => (edge.on.clone(), edge.bead.clone()),
    };
    let mut after: HashMap<BeadId, Vec<BeadId>> = HashMap::new();
    let mut before: HashMap<BeadId, u32> = HashMap::new();
    for edge in &reach.edges {
        let (first, then) = order(edge);
        *before.entry(then.clone()).or_default() += 1;
        after.entry(first).or_default().push(then);
    }
    let mut layers: HashMap<&BeadId, u32> = HashMap::new();
    let ids: HashMap<&BeadId, &BeadId> = reach
        .nodes
        .iter()
        .map(|node| (&node.id, &node.id))
        .collect();
    let free = reach.nodes.iter().map(|node| &node.id);
    let mut now: Vec<&BeadId> = free.filter(|id| !before.contains_key(*id)).collect();
    let mut layer = 0;
    while !now.is_empty() {
        let mut next = Vec::new();
        for id in now {
            layers.insert(id, layer);
            for then in after.get(id).into_iter().flatten() {
                let Some(left) = before.get_mut(then) else {
                    continue;
                };
                *left = left.saturating_sub(1);
                if *left == 0 {
                    next.extend(ids.get(then).copied());
                }
            }
        }
        now = next;
        layer += 1;
    }
    layers
}

fn layers_text(
    reach: &Reach,
    layers: &HashMap<&BeadId, u32>,
    compact: bool,
    look: &Look,
) -> String {
    let last = layers.values().copied().max().unwrap_or(0);
    let mut out = String::new();
    let circle = reach
        .nodes
        .iter()
        .any(|node| !layers.contains_key(&node.id));
    let shown = (0..=last).map(Some).chain(circle.then_some(None));
    for layer in shown {
        let nodes = reach
            .nodes
            .iter()
            .filter(|node| layers.get(&node.id).copied() == layer);
        let title = match layer {
            Some(0) => "first".to_owned(),
            Some(layer) => format!("then {layer}"),
            None => "in a circle".to_owned(),
        };
        if compact {
            let ids: Vec<String> = nodes.map(|node| clean(node.id.as_str())).collect();
            let head = look.paint(Tone::Strong, &title);
            out.extend([format!("{head}  {}\n", ids.join(" "))]);
            continue;
        }
        out.extend([format!("{}\n", look.paint(Tone::Strong, &title))]);
        let mut table = Table::default();
        for node in nodes {
            let tone = if node.is_blocked {
                Tone::Warn
            } else {
                Tone::Plain
            };
            table.row([
                Cell::new(Tone::Name, node.id.as_str()),
                Cell::plain(node.priority.to_string()),
                Cell::new(tone, node.status_text()),
                Cell::plain(&node.title),
            ]);
        }
        out.push_str(&table.text(look, "  "));
    }
    out
}

fn dot(reach: &Reach) -> String {
    let quoted = |text: &str| clean(text).replace('\\', "\\\\").replace('"', "\\\"");
    let mut out = String::from("digraph beads {\n  rankdir=LR;\n  node [shape=box];\n");
    for node in &reach.nodes {
        let (id, title) = (quoted(node.id.as_str()), quoted(&node.title));
        out.extend([format!("  \"{id}\" [label=\"{id}\\n{title}\"];\n")]);
    }
    for edge in &reach.edges {
        let (from, to) = (quoted(edge.bead.as_str()), quoted(edge.on.as_str()));
        let kind = quoted(&edge.kind);
        out.extend([format!("  \"{from}\" -> \"{to}\" [label=\"{kind}\"];\n")]);
    }
    out.push_str("}\n");
    out
}
