//! `bd statuses` and `bd types`: the words that a bead's status and type can be, the settings' too.

use serde_json::{Value, json};

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::show::{Cell, Look, Table, Tone};
use crate::cli::{output, show};
use crate::domain::{Answer, BeadStatus, BeadType, Category, Query, Refusal};
use crate::rules::words;
use crate::verbs::views::WordsArgs;

/// Shows the states that a bead can have.
pub(super) fn statuses(args: &WordsArgs, caller: &Caller) -> Ended {
    let custom = words::statuses(&setting(words::STATUS_KEY, caller)?)?;
    if args.json {
        let ours: Vec<Value> = BeadStatus::ALL
            .iter()
            .map(|status| {
                json!({
                    "category": category(status.category()),
                    "description": about_status(*status),
                    "name": status.word(),
                })
            })
            .collect();
        let custom: Vec<Value> = custom
            .iter()
            .map(|(name, kind)| json!({"category": category(*kind), "name": name}))
            .collect();
        return output::json(&show::object(
            json!({"built_in_statuses": ours, "custom_statuses": custom}),
        ));
    }
    let mut table = Table::default();
    for status in BeadStatus::ALL {
        table.row([
            Cell::new(Tone::Name, status.word()),
            Cell::plain(category(status.category())),
            Cell::new(Tone::Quiet, about_status(*status)),
        ]);
    }
    for (name, kind) in &custom {
        table.row([
            Cell::new(Tone::Name, name),
            Cell::plain(category(*kind)),
            Cell::new(Tone::Quiet, "of the settings"),
        ]);
    }
    tell(&table, custom.is_empty(), words::STATUS_KEY, &caller.look())
}

/// Shows the sorts of work there are.
pub(super) fn types(args: &WordsArgs, caller: &Caller) -> Ended {
    let custom = words::types(&setting(words::TYPES_KEY, caller)?);
    if args.json {
        let ours: Vec<Value> = BeadType::ALL
            .iter()
            .map(|kind| json!({"description": about_type(*kind), "name": kind.word()}))
            .collect();
        return output::json(&show::object(
            json!({"core_types": ours, "custom_types": custom}),
        ));
    }
    let mut table = Table::default();
    for kind in BeadType::ALL {
        table.row([
            Cell::new(Tone::Name, kind.word()),
            Cell::new(Tone::Quiet, about_type(*kind)),
        ]);
    }
    for name in &custom {
        table.row([
            Cell::new(Tone::Name, name),
            Cell::new(Tone::Quiet, "of the settings"),
        ]);
    }
    tell(&table, custom.is_empty(), words::TYPES_KEY, &caller.look())
}

fn tell(table: &Table, none_of_settings: bool, key: &str, look: &Look) -> Ended {
    let mut text = table.text(look, "");
    if none_of_settings {
        let more = format!("more of your own: bd config set {key} WORD,WORD\n");
        text.push_str(&look.paint(Tone::Quiet, &more));
    }
    output::text(&text)
}

fn setting(key: &str, caller: &Caller) -> Result<String, Refusal> {
    let query = Query::Kv {
        prefix: key.to_owned(),
    };
    let Answer::Kv { pairs } = caller.query(query)? else {
        return Err(mismatch(caller.how));
    };
    let found = pairs.into_iter().find(|(known, _)| known == key);
    Ok(found.map(|(_, value)| value).unwrap_or_default())
}

const fn category(category: Category) -> &'static str {
    match category {
        Category::Active => "active",
        Category::Wip => "wip",
        Category::Done => "done",
        Category::Frozen => "frozen",
        Category::Unspecified => "unspecified",
    }
}

const fn about_status(status: BeadStatus) -> &'static str {
    match status {
        BeadStatus::Open => "nobody works on it",
        BeadStatus::Hooked => "on an agent's hook",
        BeadStatus::InProgress => "somebody claimed it",
        BeadStatus::InReview => "done by its agent, waits to land",
        BeadStatus::Blocked => "held back by a person",
        BeadStatus::Deferred => "put off, until a date if it says one",
        BeadStatus::Pinned => "a reference card, not work",
        BeadStatus::Closed => "finished",
        BeadStatus::Foreign => "of another program",
    }
}

const fn about_type(kind: BeadType) -> &'static str {
    match kind {
        BeadType::Task => "a piece of work",
        BeadType::Bug => "something broken",
        BeadType::Feature => "something new",
        BeadType::Epic => "a large piece with children",
        BeadType::Chore => "housekeeping",
        BeadType::Decision => "a choice and its reasons",
        BeadType::Message => "a message between agents",
        BeadType::Molecule => "a formula's steps under one root",
        BeadType::Gate => "something that must happen outside",
        BeadType::Spike => "a look into something, bounded in time",
        BeadType::Story => "what a user wants to do",
        BeadType::Milestone => "a date or state to reach",
        BeadType::Event => "something that happened",
        BeadType::Convoy => "a batch that other tools keep as a bead",
        BeadType::Agent => "an agent that other tools keep as a bead",
        BeadType::Role => "a role that other tools keep as a bead",
        BeadType::Rig => "a rig that other tools keep as a bead",
        BeadType::Slot => "a slot that one may hold",
        BeadType::Queue => "a queue that other tools keep as a bead",
        BeadType::MergeRequest => "a merge request that other tools keep as a bead",
        BeadType::Foreign => "of another program",
    }
}
