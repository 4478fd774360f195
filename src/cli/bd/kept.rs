//! `bd config`, `bd kv`, `bd remember`, `bd memories`, `bd recall`, `bd forget`.

use serde_json::{Map, Value, json};

use crate::cli::caller::Caller;
use crate::cli::output;
use crate::cli::report::{Ended, mismatch};
use crate::domain::{Answer, Outcome, Refusal};
use crate::support::text::{clean, clean_block};
use crate::verbs::kept::{
    Kept, MEMORIES, MemoriesArgs, RememberArgs, VALUES, keep_command, kept_query,
};

/// Carries one of them out.
pub(crate) fn run(kept: &Kept, caller: &Caller) -> Ended {
    match kept {
        Kept::ConfigGet(args) => config_get(&args.key, args.json, caller),
        Kept::ConfigList(args) => {
            let all = pairs(caller, "")?;
            let settings = all
                .into_iter()
                .filter(|(key, _)| !key.starts_with(VALUES))
                .collect();
            listed(settings, args.json, "no setting is made")
        }
        Kept::ConfigUnset(args) => away(caller, "", &args.key, args.json),
        Kept::ValueGet(args) => get(caller, VALUES, &args.key, args.json),
        Kept::ValueList(args) => {
            let values = pairs(caller, VALUES)?
                .into_iter()
                .filter(|(key, _)| !key.starts_with(MEMORIES))
                .map(|(key, value)| (without(VALUES, &key), value))
                .collect();
            listed(values, args.json, "nothing is kept")
        }
        Kept::ValueSet(args) => {
            keep(caller, VALUES, &args.key, Some(&args.value))?;
            said(args.json, &args.key, &args.value, "set")
        }
        Kept::ValueClear(args) => away(caller, VALUES, &args.key, args.json),
        Kept::Remember(args) => remember(args, caller),
        Kept::Memories(args) => memories(args, caller),
        Kept::Recall(args) => get(caller, MEMORIES, &args.key, args.json),
        Kept::Forget(args) => away(caller, MEMORIES, &args.key, args.json),
    }
}

/// Keys that begin so, with their values.
pub(super) fn pairs(caller: &Caller, prefix: &str) -> Result<Vec<(String, String)>, Refusal> {
    match caller.query(kept_query(prefix))? {
        Answer::Kv { pairs } => Ok(pairs),
        _ => Err(mismatch(caller.how)),
    }
}

/// What later sessions shall know, by name.
pub(super) fn all_memories(caller: &Caller) -> Result<Vec<(String, String)>, Refusal> {
    let all = pairs(caller, MEMORIES)?;
    Ok(all
        .into_iter()
        .map(|(key, value)| (without(MEMORIES, &key), value))
        .collect())
}

fn without(prefix: &str, key: &str) -> String {
    key.strip_prefix(prefix).unwrap_or(key).to_owned()
}

fn value_of(caller: &Caller, prefix: &str, key: &str) -> Result<Option<String>, Refusal> {
    let whole = format!("{prefix}{key}");
    let found = pairs(caller, &whole)?;
    Ok(found
        .into_iter()
        .find(|(one, _)| *one == whole)
        .map(|(_, value)| value))
}

fn keep(caller: &Caller, prefix: &str, key: &str, value: Option<&str>) -> Result<(), Refusal> {
    match caller.command(keep_command(prefix, key, value))? {
        Outcome::Done { .. } => Ok(()),
        _ => Err(mismatch(caller.how)),
    }
}

fn config_get(key: &str, json: bool, caller: &Caller) -> Ended {
    let value = match value_of(caller, "", key)? {
        // In a town the rig of the folder says it.
        None if key == "issue_prefix" => Some(super::place::prefix_of(&caller.ledger()?, caller)?),
        value => value,
    };
    if json {
        return output::json(&json!({
            "key": key,
            "schema_version": 1,
            "value": value.unwrap_or_default(),
        }));
    }
    output::line(&match value {
        Some(value) => clean(&value),
        None => format!("{} (not set)", clean(key)),
    })
}

fn get(caller: &Caller, prefix: &str, key: &str, json: bool) -> Ended {
    let value = value_of(caller, prefix, key)?;
    let Some(value) = value else {
        let list = if prefix == MEMORIES {
            "bd memories"
        } else {
            "bd kv list"
        };
        let shown = clean(key);
        return Err(Refusal::not_found(format!("nothing is kept as `{shown}`"))
            .hint(list)
            .into());
    };
    if json {
        return output::json(&json!({
            "found": true,
            "key": key,
            "schema_version": 1,
            "value": value,
        }));
    }
    output::line(&clean_block(&value))
}

fn away(caller: &Caller, prefix: &str, key: &str, json: bool) -> Ended {
    let was = value_of(caller, prefix, key)?.is_some();
    keep(caller, prefix, key, None)?;
    if json {
        return output::json(&json!({
            "deleted": was,
            "key": key,
            "schema_version": 1,
        }));
    }
    let shown = clean(key);
    output::line(&if was {
        format!("taken away: {shown}")
    } else {
        format!("{shown} was not there")
    })
}

fn said(json: bool, key: &str, value: &str, what: &str) -> Ended {
    if json {
        return output::json(&json!({
            "action": what,
            "key": key,
            "schema_version": 1,
            "value": value,
        }));
    }
    output::line(&format!("{what}: {}", clean(key)))
}

fn remember(args: &RememberArgs, caller: &Caller) -> Ended {
    if args.text.trim().is_empty() {
        return Err(Refusal::invalid("text", &args.text, "at least one word").into());
    }
    let name = args.name();
    let what = match value_of(caller, MEMORIES, &name)? {
        Some(_) => "updated",
        None => "remembered",
    };
    keep(caller, MEMORIES, &name, Some(&args.text))?;
    said(args.json, &name, &args.text, what)
}

fn memories(args: &MemoriesArgs, caller: &Caller) -> Ended {
    let words = args.words.as_deref().unwrap_or_default().to_lowercase();
    let found = all_memories(caller)?
        .into_iter()
        .filter(|(key, value)| {
            key.to_lowercase().contains(&words) || value.to_lowercase().contains(&words)
        })
        .collect();
    listed(found, args.json, "nothing is remembered")
}

fn listed(pairs: Vec<(String, String)>, json: bool, none: &str) -> Ended {
    if json {
        let mut all: Map<String, Value> = pairs
            .into_iter()
            .map(|(key, value)| (key, json!(value)))
            .collect();
        all.insert("schema_version".to_owned(), json!(1));
        return output::json(&Value::Object(all));
    }
    if pairs.is_empty() {
        return output::line(none);
    }
    let lines: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{} = {}\n", clean(key), clean(value)))
        .collect();
    output::text(&lines.concat())
}
