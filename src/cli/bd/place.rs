//! `bd where` and `bd info`: which ledger is meant, and what is in it.

use serde_json::{Map, Value, json};

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{output, show};
use crate::client::TownClient;
use crate::config::LedgerPlace;
use crate::domain::{Answer, BeadFilter, Query, Refusal};
use crate::support::paths::TownPaths;
use crate::support::text::clean;
use crate::verbs::plain::{BD_VERSION, LedgerVersionArgs, LedgerWhereArgs};
use crate::wire::BUILD;

/// Says which ledger is meant here.
pub(crate) fn run(args: &LedgerWhereArgs, caller: &Caller) -> Ended {
    let found = caller.ledger()?;
    let prefix = prefix_of(&found, caller)?;
    if args.json {
        return output::json(&show::object(Value::Object(fields(&found, &prefix))));
    }
    output::text(&page(&found, &prefix))
}

/// Says what is in the ledger.
pub(crate) fn info(args: &LedgerWhereArgs, caller: &Caller) -> Ended {
    let found = caller.ledger()?;
    let prefix = prefix_of(&found, caller)?;
    let count = count(&found.paths, caller.how)?;
    if args.json {
        let mut all = fields(&found, &prefix);
        let more = json!({
            "bd_version": BD_VERSION,
            "issue_count": count,
            "mode": if found.paths.is_plain() { "direct" } else { "town" },
            "read_only": caller.globals.readonly,
        });
        if let Value::Object(more) = more {
            all.extend(more);
        }
        return output::json(&show::object(Value::Object(all)));
    }
    let page = page(&found, &prefix);
    output::text(&format!("{page}beads    {count}\nversion  {BUILD}\n"))
}

/// Says the version that tools of the field ask for, and this program's own.
pub(crate) fn version(args: &LedgerVersionArgs) -> Ended {
    if args.json {
        return output::json(&json!({
            "build": format!("gastown {BUILD}"),
            "schema_version": 1,
            "version": BD_VERSION,
        }));
    }
    output::line(&format!("bd version {BD_VERSION} (gastown {BUILD})"))
}

/// How ids of a repository's own ledger begin.
pub(super) fn prefix_at(paths: &TownPaths) -> Result<String, Refusal> {
    let query = Query::Kv {
        prefix: "issue_prefix".to_owned(),
    };
    let Answer::Kv { pairs } = TownClient::ask(paths.clone(), query)? else {
        return Err(mismatch("bd where"));
    };
    Ok(pairs
        .into_iter()
        .find(|(key, _)| key == "issue_prefix")
        .map_or_else(|| "hq".to_owned(), |(_, value)| value))
}

/// How ids begin that are made here.
pub(super) fn prefix_of(found: &LedgerPlace, caller: &Caller) -> Result<String, Refusal> {
    if found.paths.is_plain() {
        return prefix_at(&found.paths);
    }
    let Some(rig) = Caller::rig_at(found) else {
        return Ok("hq".to_owned());
    };
    let rigs = caller.town()?.rigs;
    Ok(rigs
        .into_iter()
        .find(|one| one.name == rig)
        .map_or_else(|| "hq".to_owned(), |one| one.prefix.to_string()))
}

fn count(paths: &TownPaths, how: &str) -> Result<u64, Refusal> {
    let all = Query::BeadCount(Box::new(BeadFilter {
        all: true,
        ..BeadFilter::default()
    }));
    match TownClient::ask(paths.clone(), all)? {
        Answer::Count { count } => Ok(count),
        _ => Err(mismatch(how)),
    }
}

fn fields(found: &LedgerPlace, prefix: &str) -> Map<String, Value> {
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| all.insert(key.to_owned(), value);
    put("database_path", json!(found.paths.ledger()));
    put("path", json!(found.paths.root()));
    put("prefix", json!(prefix));
    if let Some(from) = &found.redirected_from {
        put("redirected_from", json!(from));
    }
    if let Some(material) = &found.material {
        put("import_material", json!(material));
    }
    put("schema_version", json!(1));
    all
}

fn page(found: &LedgerPlace, prefix: &str) -> String {
    let path = |path: &std::path::Path| clean(&path.to_string_lossy());
    let what = if found.paths.is_plain() {
        "repository"
    } else {
        "town"
    };
    let mut lines = vec![
        format!("path     {} ({what})", path(found.paths.root())),
        format!("ledger   {}", path(&found.paths.ledger())),
        format!("prefix   {}", clean(prefix)),
    ];
    if let Some(from) = &found.redirected_from {
        lines.push(format!("from     {} (redirect)", path(from)));
    }
    if let Some(material) = &found.material {
        lines.push(format!(
            "beside   {} is not the ledger; `bd import` takes in what is there",
            path(material)
        ));
    }
    format!("{}\n", lines.join("\n"))
}
