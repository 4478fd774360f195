//! A rig's folders and files, and its entries in the town's lists.

use serde_json::{Map, Value, json};

use super::tree::Tree;
use crate::config::error::ConfigError;
use crate::config::json::object_at;
use crate::domain::{Prefix, Refusal, RigName};
use crate::support::files::{self, Access};
use crate::support::paths::TownPaths;

/// Files that are written as they are: path below the rig and text.
const TEXTS: &[(&str, &str)] = &[
    (
        "witness/.claude/settings.json",
        include_str!("../templates/claude-settings.json"),
    ),
    (
        "refinery/.claude/settings.json",
        include_str!("../templates/claude-settings.json"),
    ),
    (
        "crew/.claude/settings.json",
        include_str!("../templates/claude-settings.json"),
    ),
    (
        "polecats/.claude/settings.json",
        include_str!("../templates/polecat-claude-settings.json"),
    ),
];

/// What is known of a rig when its folders are made.
#[derive(Clone, Debug)]
pub struct RigFacts {
    /// Its name.
    pub name: RigName,
    /// Where its repository comes from.
    pub url: String,
    /// The prefix of its beads.
    pub prefix: Prefix,
    /// The target branch, once known.
    pub target: Option<String>,
    /// When it was added, as RFC 3339.
    pub added_at: String,
}

/// Makes a rig's folders and files where they are missing, and adds it to the town's lists. A rig
/// that stands there with another repository or prefix is a conflict, and nothing is changed.
/// Answers with what was made or completed, as paths below the town.
pub fn write_rig(paths: &TownPaths, rig: &RigFacts) -> Result<Vec<String>, ConfigError> {
    let name = &rig.name;
    let url = without_secret(&rig.url);
    let mut tree = Tree::new(paths.root());
    check_lists(&tree, rig, &url)?;
    tree.folder(name.as_str())?;
    tree.edit(&format!("{name}/config.json"), |config| {
        Ok(complete_config(config, rig, &url))
    })?;
    tree.json(
        &format!("{name}/settings/config.json"),
        &json!({ "type": "rig-settings", "version": 1 }),
    )?;
    for folder in [".beads", "mayor", "witness", "refinery", "crew", "polecats"] {
        tree.folder(&format!("{name}/{folder}"))?;
    }
    for (below, text) in TEXTS {
        tree.file(&format!("{name}/{below}"), text)?;
    }
    add_route(&mut tree, rig)?;
    // The list comes last: what stands in it is whole.
    tree.edit("mayor/rigs.json", |list| add_to_list(list, rig, &url))?;
    Ok(tree.into_made())
}

/// Whether the rig agrees with what the files say already; looks only.
fn check_lists(tree: &Tree<'_>, rig: &RigFacts, url: &str) -> Result<(), ConfigError> {
    let path = tree.path(&format!("{}/config.json", rig.name));
    let Some(config) = crate::config::json::read_object(&path)? else {
        return Ok(());
    };
    let differs = |what: &str, there: &str, wanted: &str| {
        Refusal::conflict(format!(
            "rig `{}` stands there with {what} `{there}`, not `{wanted}`",
            rig.name
        ))
        .hint("gt rig list")
    };
    let there = config.get("git_url").and_then(Value::as_str);
    if let Some(there) = there.filter(|there| *there != url) {
        return Err(differs("repository", there, url).into());
    }
    let there = config
        .get("beads")
        .and_then(|beads| beads.get("prefix")?.as_str());
    if let Some(there) = there.filter(|there| *there != rig.prefix.as_str()) {
        return Err(differs("prefix", there, rig.prefix.as_str()).into());
    }
    Ok(())
}

/// Adds what is missing to a rig's `config.json`; says whether anything was.
fn complete_config(config: &mut Map<String, Value>, rig: &RigFacts, url: &str) -> bool {
    let mut facts = vec![
        ("type", json!("rig")),
        ("version", json!(1)),
        ("name", json!(rig.name.as_str())),
        ("git_url", json!(url)),
    ];
    facts.extend(
        rig.target
            .as_ref()
            .map(|target| ("default_branch", json!(target))),
    );
    facts.push(("created_at", json!(rig.added_at)));
    facts.push(("beads", json!({ "prefix": rig.prefix.as_str() })));
    let before = config.len();
    for (key, value) in facts {
        config.entry(key).or_insert(value);
    }
    config.len() > before
}

fn add_to_list(list: &mut Map<String, Value>, rig: &RigFacts, url: &str) -> Result<bool, Refusal> {
    list.entry("version").or_insert(json!(1));
    let rigs = object_at(list, "rigs")
        .ok_or_else(|| Refusal::failed("`rigs` in `mayor/rigs.json` is not an object"))?;
    if rigs.contains_key(rig.name.as_str()) {
        return Ok(false);
    }
    let entry = json!({
        "git_url": url,
        "added_at": rig.added_at,
        "beads": { "repo": "local", "prefix": rig.prefix.as_str() },
    });
    rigs.insert(rig.name.to_string(), entry);
    Ok(true)
}

/// Adds the line that sends ids of the rig's prefix to the rig.
fn add_route(tree: &mut Tree<'_>, rig: &RigFacts) -> Result<(), ConfigError> {
    let path = tree.path(".beads/routes.jsonl");
    let mut text = files::read_if_there(&path)
        .map_err(ConfigError::io("read", &path))?
        .unwrap_or_default();
    let prefix = format!("{}-", rig.prefix);
    let routed = text.lines().any(|line| {
        serde_json::from_str::<Value>(line)
            .ok()
            .and_then(|route| Some(route.get("prefix")?.as_str()? == prefix))
            .unwrap_or(false)
    });
    if routed {
        return Ok(());
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let route = json!({ "prefix": prefix, "path": rig.name.as_str() });
    text.push_str(&route.to_string());
    text.push('\n');
    if let Some(dir) = path.parent() {
        files::make_dir(dir).map_err(ConfigError::io("make", dir))?;
    }
    files::write_atomic(&path, text.as_bytes(), Access::Shared)
        .map_err(ConfigError::io("write", &path))
}

/// The URL without a password or token in it: these files may be committed and shown. The whole
/// URL stands in the private mirror alone.
fn without_secret(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (host, path) = rest
        .split_once('/')
        .map_or((rest, None), |(host, path)| (host, Some(path)));
    let Some((user, host)) = host.rsplit_once('@') else {
        return url.to_owned();
    };
    let user = match user.split_once(':') {
        Some((user, _)) => user,
        // Hosts take tokens in place of a user's name.
        None if scheme.starts_with("http") => "",
        None => user,
    };
    let at = if user.is_empty() {
        String::new()
    } else {
        format!("{user}@")
    };
    let path = path.map(|path| format!("/{path}")).unwrap_or_default();
    format!("{scheme}://{at}{host}{path}")
}

#[cfg(test)]
mod tests;
