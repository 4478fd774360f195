//! `bd history` and `bd activity`: what happened, who did it, when, and what was before.

use serde_json::{Map, Value, json};

use super::run::survey;
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::show::Tone;
use crate::cli::{output, show};
use crate::domain::{Answer, BeadId, Event, EventBody, Refusal, Surveyed};
use crate::support::clock;
use crate::support::text::{clean, fit, strip};
use crate::verbs::views::{ActivityArgs, HistoryArgs};

/// How much of an old or new value a line shows, in columns.
const VALUE: usize = 60;

/// Shows what happened to a bead, oldest first.
pub(super) fn history(args: &HistoryArgs, caller: &Caller) -> Ended {
    let (bead, mut events) = all(args, caller)?;
    if args.limit > 0 {
        events = events.split_off(events.len().saturating_sub(args.limit));
    }
    if args.json {
        let rows: Vec<Value> = events.iter().map(event_json).collect();
        return output::json(&rows);
    }
    if events.is_empty() {
        return output::line(&format!("nothing is known of what happened to {bead}"));
    }
    let (zone, look) = (clock::local_zone(), caller.look());
    let mut text = String::new();
    for event in &events {
        text.push_str(&show::event_line(event, &zone, &look));
        text.push('\n');
        for (field, was, is) in changes(&event.body) {
            let before = was.map_or_else(String::new, |was| format!("{} -> ", shown(was)));
            let line = format!("    {}: {before}{}", clean(field), shown(is));
            text.push_str(&look.paint(Tone::Quiet, &line));
            text.push('\n');
        }
    }
    output::text(&text)
}

fn all(args: &HistoryArgs, caller: &Caller) -> Result<(BeadId, Vec<Event>), Refusal> {
    let mut known: Vec<Event> = Vec::new();
    loop {
        let after = known.last().map_or(0, |event| event.seq);
        let Surveyed::Past { bead, events, more } = survey(args.query(after), caller)? else {
            return Err(mismatch(caller.how));
        };
        known.extend(events);
        if !more {
            return Ok((bead, known));
        }
    }
}

fn shown(value: &str) -> String {
    match strip(value).trim() {
        "" => "nothing".to_owned(),
        value => fit(&clean(value), VALUE),
    }
}

/// Field, what was before where that is known, and what is now.
fn changes(body: &EventBody) -> Vec<(&str, Option<&str>, &str)> {
    let EventBody::BeadUpdated { changes, was } = body else {
        return Vec::new();
    };
    changes
        .iter()
        .map(|(field, value)| {
            let before = was.iter().find(|(known, _)| known == field);
            (
                field.as_str(),
                before.map(|(_, value)| value.as_str()),
                value.as_str(),
            )
        })
        .collect()
}

/// An event as other tools read it, with everything that it says.
fn event_json(event: &Event) -> Value {
    let (old, new): (Map<String, Value>, Map<String, Value>) = changes(&event.body)
        .into_iter()
        .map(|(field, was, is)| {
            (
                (field.to_owned(), json!(was)),
                (field.to_owned(), json!(is)),
            )
        })
        .unzip();
    let mut value = show::event_json(event);
    if let Value::Object(map) = &mut value {
        map.insert("created_at".to_owned(), show::stamp(event.at));
        map.insert("event_type".to_owned(), json!(kind(&event.body)));
        map.insert("issue_id".to_owned(), json!(event.bead));
        map.insert("new_value".to_owned(), json!(new));
        map.insert("old_value".to_owned(), json!(old));
        map.sort_keys();
    }
    value
}

/// The word that other tools have for it.
fn kind(body: &EventBody) -> String {
    let word = match body {
        EventBody::BeadCreated { .. } => "created",
        EventBody::BeadUpdated { changes, .. } => match changes.as_slice() {
            changes if changes.iter().any(|(field, _)| field == "status") => "status_changed",
            _ => "updated",
        },
        EventBody::BeadClosed { .. } => "closed",
        EventBody::BeadReopened { .. } => "reopened",
        EventBody::DepAdded { .. } => "dependency_added",
        EventBody::DepRemoved { .. } => "dependency_removed",
        EventBody::BeadDeleted { .. } => "deleted",
        EventBody::Commented { .. } => "commented",
        other => {
            let value = serde_json::to_value(other).unwrap_or_default();
            let word = value.get("type").and_then(Value::as_str);
            return word.unwrap_or("other").to_owned();
        }
    };
    word.to_owned()
}

/// Shows what happened, to whatever, oldest first.
pub(super) fn activity(args: &ActivityArgs, caller: &Caller) -> Ended {
    let Answer::Events { events, .. } = caller.query(args.query(&caller.context()?)?)? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        for event in &events {
            output::json_line(&event_json(event))?;
        }
        return Ok(());
    }
    if events.is_empty() {
        return output::line("nothing happened");
    }
    let (zone, look) = (clock::local_zone(), caller.look());
    let lines = events
        .iter()
        .map(|event| show::event_line(event, &zone, &look) + "\n");
    output::text(&lines.collect::<String>())
}
