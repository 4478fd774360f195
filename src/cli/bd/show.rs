//! `bd show`: beads as pages, lines or JSON, with what stands around them as far as the line asks.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::views::run::{beads_of, survey};
use super::{pages, talk, touched, watch};
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::show::Tone;
use crate::cli::{output, show};
use crate::domain::{
    Answer, BeadFilter, BeadId, BeadStatus, BeadType, BeadView, CommentView, DepKind, EdgeView,
    Query, Refusal, Surveyed,
};
use crate::support::text::{clean, clean_block, identity};
use crate::verbs::BeadShowArgs;
use crate::verbs::find::ChildrenArgs;

/// Shows beads.
pub(crate) fn run(args: &BeadShowArgs, caller: &Caller) -> Ended {
    args.check()?;
    let mut args = args.clone();
    if args.current {
        args.ids.extend(current(caller)?);
    }
    if args.watch {
        return watch::watch(caller, || once(&args, caller));
    }
    once(&args, caller)
}

fn once(args: &BeadShowArgs, caller: &Caller) -> Ended {
    let Answer::Beads { beads, .. } = caller.query(args.query())? else {
        return Err(mismatch(caller.how).into());
    };
    touched::seen(beads.last(), caller);
    if args.part.children {
        return children(&beads, args, caller);
    }
    if args.part.thread {
        return thread(&beads, args, caller);
    }
    if args.part.refs {
        return refs(&beads, args, caller);
    }
    if args.json {
        return as_json(&beads, args, caller);
    }
    let look = caller.look();
    if args.part.short {
        let lines = beads
            .iter()
            .map(|bead| show::bead_line("", bead, &look))
            .map(|line| line.trim_start_matches([':', ' ']).to_owned() + "\n");
        return output::text(&lines.collect::<String>());
    }
    let mut pages: Vec<String> = Vec::new();
    for bead in &beads {
        let mut page = show::bead_text(bead, &look);
        if args.part.long || args.more.local_time {
            page.push_str(&show::bead_more(bead, args.more.local_time, &look));
        }
        if bead.comments > 0 && (args.part.long || args.more.include_comments) {
            page.push_str(&comments_text(&comments(&bead.id, caller)?, caller));
        }
        pages.push(page);
    }
    output::text(&pages.join("\n"))
}

/// What the asker works on: in progress, else on the hook, else touched last.
fn current(caller: &Caller) -> Result<Vec<String>, Refusal> {
    let me = caller.me()?;
    for status in [BeadStatus::InProgress, BeadStatus::Hooked] {
        let filter = BeadFilter {
            status: vec![status],
            assignee: Some(me.clone()),
            ..BeadFilter::default()
        };
        let Answer::Beads { beads, .. } = caller.query(Query::BeadList(Box::new(filter)))? else {
            return Err(mismatch(caller.how));
        };
        if !beads.is_empty() {
            return Ok(beads.iter().map(|bead| bead.id.to_string()).collect());
        }
    }
    let mut last: Vec<BeadId> = Vec::new();
    touched::or_last(&mut last, caller)?;
    Ok(last.iter().map(ToString::to_string).collect())
}

fn comments(bead: &BeadId, caller: &Caller) -> Result<Vec<CommentView>, Refusal> {
    let bead = bead.to_string();
    match caller.query(Query::Comments { bead })? {
        Answer::Comments { comments } => Ok(comments),
        _ => Err(mismatch(caller.how)),
    }
}

fn comments_text(comments: &[CommentView], caller: &Caller) -> String {
    let look = caller.look();
    let mut text = format!("\n  {}\n", look.paint(Tone::Strong, "comments"));
    for comment in comments {
        let head = format!(
            "{}, {} ago",
            identity(&comment.author),
            look.ago(comment.created_at)
        );
        text.extend([format!("  {}\n", look.paint(Tone::Quiet, &head))]);
        for line in clean_block(&comment.text).lines() {
            text.extend([format!("    {line}\n")]);
        }
    }
    text
}

/// Beads as other tools read them: what they depend on with all its fields.
fn as_json(beads: &[BeadView], args: &BeadShowArgs, caller: &Caller) -> Ended {
    let around = beads.iter().flat_map(|bead| {
        let dependents = bead.dependents.iter();
        let dependents = dependents.filter(|_| args.more.include_dependents);
        bead.depends_on.iter().chain(dependents)
    });
    let ids: Vec<BeadId> = around.map(|edge| edge.id.clone()).collect();
    let others = beads_of(&ids, caller)?;
    let others: HashMap<&BeadId, &BeadView> = others.iter().map(|bead| (&bead.id, bead)).collect();
    let Value::Array(mut rows) = show::shown_json(beads) else {
        return Err(mismatch(caller.how).into());
    };
    for (row, bead) in rows.iter_mut().zip(beads) {
        let Value::Object(map) = row else { continue };
        map.insert(
            "dependencies".to_owned(),
            edges_json(&bead.depends_on, &others),
        );
        if args.more.include_dependents {
            map.insert(
                "dependents".to_owned(),
                edges_json(&bead.dependents, &others),
            );
            epic_json(bead, map);
        }
        if args.more.include_comments {
            let said = comments(&bead.id, caller)?;
            let said: Vec<Value> = said.iter().map(talk::comment_json).collect();
            map.insert("comments".to_owned(), json!(said));
        }
    }
    output::json(&rows)
}

/// The beads at the other ends of edges; of one in another ledger, what the edge says.
fn edges_json(edges: &[EdgeView], others: &HashMap<&BeadId, &BeadView>) -> Value {
    let rows = edges.iter().map(|edge| {
        let mut map = match others.get(&edge.id) {
            Some(bead) => show::item_json(bead),
            None => Map::from_iter([
                ("id".to_owned(), json!(edge.id)),
                ("title".to_owned(), json!(edge.title)),
                (
                    "status".to_owned(),
                    json!(edge.status.word_or(edge.status_word.as_deref())),
                ),
            ]),
        };
        map.insert("dependency_type".to_owned(), json!(edge.kind_text()));
        Value::Object(map)
    });
    rows.collect()
}

fn epic_json(bead: &BeadView, map: &mut Map<String, Value>) {
    if bead.kind != BeadType::Epic {
        return;
    }
    let children = bead.dependents.iter();
    let children: Vec<&EdgeView> = children
        .filter(|edge| edge.kind == DepKind::ParentChild)
        .collect();
    let closed = children.iter();
    let closed = closed
        .filter(|edge| edge.status == BeadStatus::Closed)
        .count();
    let closeable = !children.is_empty() && closed == children.len();
    map.insert("epic_total_children".to_owned(), json!(children.len()));
    map.insert("epic_closed_children".to_owned(), json!(closed));
    map.insert("epic_closeable".to_owned(), json!(closeable));
}

/// The beads below each.
fn children(beads: &[BeadView], args: &BeadShowArgs, caller: &Caller) -> Ended {
    let mut all = Map::new();
    let look = caller.look();
    let mut text = String::new();
    for bead in beads {
        let query = ChildrenArgs::default().query(bead.id.as_str(), &caller.place());
        let (below, total) = pages::ask(query, caller)?;
        if args.json {
            all.insert(bead.id.to_string(), show::beads_json(&below));
            continue;
        }
        text.extend([show::bead_line("below", bead, &look), "\n".to_owned()]);
        text.push_str(&show::beads_text(&below, total, &look));
        if below.is_empty() {
            text.push_str("nothing\n");
        }
    }
    if args.json {
        return output::json(&show::object(Value::Object(all)));
    }
    output::text(&text)
}

/// The talk that a message belongs to, oldest first.
fn thread(beads: &[BeadView], args: &BeadShowArgs, caller: &Caller) -> Ended {
    let mut all: Vec<BeadView> = Vec::new();
    for bead in beads {
        let Surveyed::Reach(reach) = survey(BeadShowArgs::thread(bead.id.as_str()), caller)? else {
            return Err(mismatch(caller.how).into());
        };
        let ids: Vec<BeadId> = reach.nodes.into_iter().map(|node| node.id).collect();
        all.extend(beads_of(&ids, caller)?);
    }
    all.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    all.dedup_by(|a, b| a.id == b.id);
    if args.json {
        return output::json(&show::beads_json(&all));
    }
    let look = caller.look();
    let mut text = String::new();
    for bead in &all {
        let sender = match bead.rest.more.sender.as_str() {
            "" => bead.created_by.as_str(),
            sender => sender,
        };
        text.extend([format!(
            "{}  {}\n  {}\n",
            look.paint(Tone::Name, bead.id.as_str()),
            look.paint(Tone::Strong, &clean(&bead.title)),
            look.paint(
                Tone::Quiet,
                &format!("{}, {} ago", identity(sender), look.ago(bead.created_at))
            ),
        )]);
        for line in clean_block(bead.description.trim_end()).lines() {
            text.extend([format!("  {line}\n")]);
        }
    }
    output::text(&text)
}

/// What names each bead, by meaning.
fn refs(beads: &[BeadView], args: &BeadShowArgs, caller: &Caller) -> Ended {
    if args.json {
        let ids: Vec<BeadId> = beads
            .iter()
            .flat_map(|bead| &bead.dependents)
            .map(|edge| edge.id.clone())
            .collect();
        let others = beads_of(&ids, caller)?;
        let others: HashMap<&BeadId, &BeadView> =
            others.iter().map(|bead| (&bead.id, bead)).collect();
        let all: Map<String, Value> = beads
            .iter()
            .map(|bead| (bead.id.to_string(), edges_json(&bead.dependents, &others)))
            .collect();
        return output::json(&show::object(Value::Object(all)));
    }
    let look = caller.look();
    let mut text = String::new();
    for bead in beads {
        text.extend([
            show::bead_line("named by others", bead, &look),
            "\n".to_owned(),
        ]);
        let mut edges: Vec<&EdgeView> = bead.dependents.iter().collect();
        edges.sort_by_key(|edge| (edge.kind, edge.id.clone()));
        for edge in &edges {
            text.extend([format!(
                "  {} {} {}\n",
                look.paint(Tone::Quiet, &clean(edge.kind_text())),
                look.paint(Tone::Name, edge.id.as_str()),
                clean(&edge.title)
            )]);
        }
        if edges.is_empty() {
            text.push_str("  by none\n");
        }
    }
    output::text(&text)
}
