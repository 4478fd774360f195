//! `bd label`, `bd comment` and `bd comments`.

use serde_json::{Value, json};

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, Stop, mismatch, note_refusal};
use crate::cli::{intake, output, show};
use crate::client::Need;
use crate::domain::{
    Answer, BeadFilter, BeadId, BeadView, CommentView, Outcome, Query, Refusal, ScopeFilter,
    Surveyed,
};
use crate::support::text::{clean, clean_block, identity};
use crate::verbs::{
    CommentArgs, CommentsArgs, LabelArgs, LabelListAllArgs, LabelListArgs, LabelPropagateArgs,
};

/// Adds a label to beads, or takes it away.
pub(crate) fn label(args: &LabelArgs, takes_away: bool, caller: &Caller) -> Ended {
    let label = args.label()?;
    mark(&args.ids()?, &label, takes_away, args.json, caller)
}

/// Adds a label to the children of a bead.
pub(crate) fn propagate(args: &LabelPropagateArgs, caller: &Caller) -> Ended {
    let filter = BeadFilter {
        all: true,
        scope: ScopeFilter {
            parent: Some(args.parent.to_string()),
            include_ephemeral: true,
            include_gates: true,
            ..ScopeFilter::default()
        },
        ..BeadFilter::default()
    };
    let children = listed(filter, caller)?;
    let ids: Vec<BeadId> = children.into_iter().map(|bead| bead.id).collect();
    mark(&ids, &args.label, false, args.json, caller)
}

fn mark(ids: &[BeadId], label: &str, takes_away: bool, json: bool, caller: &Caller) -> Ended {
    let mut town = caller.open(Need::Ledger)?;
    let mut done: Vec<Value> = Vec::new();
    let mut failed: Vec<Refusal> = Vec::new();
    let word = if takes_away { "removed" } else { "added" };
    for id in ids {
        let command = LabelArgs::command(id, label, takes_away);
        match caller.carry(&mut town, command) {
            Ok(Outcome::Bead { bead, .. }) => {
                done.push(json!({"issue_id": bead.id, "label": label, "status": word}));
                if !json {
                    output::line(&format!("{word}: {} {}", bead.id, clean(label)))?;
                }
            }
            Ok(_) => failed.push(mismatch(caller.how)),
            Err(refusal) => failed.push(refusal),
        }
    }
    if json && (!done.is_empty() || failed.is_empty()) {
        output::json(&done)?;
    }
    let last = failed.pop();
    failed.iter().for_each(note_refusal);
    last.map_or(Ok(()), |refusal| Err(Stop::Refused(refusal)))
}

/// Shows the labels of a bead.
pub(crate) fn labels(args: &LabelListArgs, caller: &Caller) -> Ended {
    let ids = vec![args.id.clone()];
    let Answer::Beads { beads, .. } = caller.query(Query::Beads { ids })? else {
        return Err(mismatch(caller.how).into());
    };
    let labels: Vec<String> = beads.into_iter().flat_map(|bead| bead.labels).collect();
    if args.json {
        return output::json(&labels);
    }
    if labels.is_empty() {
        return output::line("no label");
    }
    output::text(
        &labels
            .iter()
            .map(|label| clean(label) + "\n")
            .collect::<String>(),
    )
}

/// Shows every label and on how many beads it is.
pub(crate) fn all_labels(args: &LabelListAllArgs, caller: &Caller) -> Ended {
    let Answer::Survey(surveyed) = caller.query(args.query())? else {
        return Err(mismatch(caller.how).into());
    };
    let Surveyed::Tally { groups, .. } = *surveyed else {
        return Err(mismatch(caller.how).into());
    };
    let unlabelled = |(label, _): &(String, u64)| label == "(no labels)";
    let counts: Vec<(String, u64)> = groups.into_iter().filter(|one| !unlabelled(one)).collect();
    if args.json {
        let rows: Vec<Value> = counts
            .iter()
            .map(|(label, count)| json!({"label": label, "count": count}))
            .collect();
        return output::json(&rows);
    }
    if counts.is_empty() {
        return output::line("no label");
    }
    let lines = counts
        .iter()
        .map(|(label, count)| format!("{count:>6}  {}\n", clean(label)));
    output::text(&lines.collect::<String>())
}

fn listed(filter: BeadFilter, caller: &Caller) -> Result<Vec<BeadView>, Refusal> {
    match caller.query(Query::BeadList(Box::new(filter)))? {
        Answer::Beads { beads, .. } => Ok(beads),
        _ => Err(mismatch(caller.how)),
    }
}

/// Says something about a bead.
pub(crate) fn comment(args: &CommentArgs, caller: &Caller) -> Ended {
    let read = args.source().map(|name| intake::text(caller, name));
    let command = args.command(read.transpose()?.as_deref())?;
    let Outcome::Comment { comment } = caller.command(command)? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&with_version(comment_json(&comment)));
    }
    output::line(&format!("commented on {}", comment.bead))
}

/// Shows what was said about a bead, or says something.
pub(crate) fn comments(args: &CommentsArgs, caller: &Caller) -> Ended {
    if let Some(command) = args.command()? {
        let Outcome::Comment { comment } = caller.command(command)? else {
            return Err(mismatch(caller.how).into());
        };
        if args.json {
            return output::json(&with_version(comment_json(&comment)));
        }
        return output::line(&format!("commented on {}", comment.bead));
    }
    let Answer::Comments { comments } = caller.query(args.query())? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        let rows: Vec<Value> = comments.iter().map(comment_json).collect();
        return output::json(&rows);
    }
    if comments.is_empty() {
        return output::line("no comment");
    }
    let look = caller.look();
    let mut text = String::new();
    for comment in &comments {
        text.push_str(&identity(&comment.author));
        text.push_str(", ");
        text.push_str(&look.ago(comment.created_at));
        text.push_str(" ago\n");
        for line in clean_block(&comment.text).lines() {
            text.push_str("  ");
            text.push_str(line);
            text.push('\n');
        }
    }
    output::text(&text)
}

/// A comment as other tools read it.
pub(super) fn comment_json(comment: &CommentView) -> Value {
    json!({
        "author": comment.author,
        "created_at": show::stamp(comment.created_at),
        "id": comment.id,
        "issue_id": comment.bead,
        "text": comment.text,
    })
}

fn with_version(mut value: Value) -> Value {
    if let Some(map) = value.as_object_mut() {
        map.insert("schema_version".to_owned(), json!(1));
        map.sort_keys();
    }
    value
}
