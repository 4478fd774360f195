//! A town's own folders and files.

use std::path::Path;

use serde_json::json;

use super::formulas::{FORMULAS, given_formula};
use super::tree::Tree;
use crate::config::error::ConfigError;
use crate::config::json::read_object;
use crate::domain::Refusal;
use crate::support::paths::TownPaths;
use crate::support::text;

/// Longest name of a town, in characters.
const NAME_MAX: usize = 64;

/// Files that are written as they are: path below the town and text.
const TEXTS: &[(&str, &str)] = &[
    ("CLAUDE.md", include_str!("../templates/town-claude.md")),
    ("AGENTS.md", include_str!("../templates/pointer.md")),
    ("GEMINI.md", include_str!("../templates/pointer.md")),
    (
        "mayor/.claude/settings.json",
        include_str!("../templates/claude-settings.json"),
    ),
    (
        "deacon/.claude/settings.json",
        include_str!("../templates/claude-settings.json"),
    ),
    (
        ".beads/routes.jsonl",
        include_str!("../templates/town-routes.jsonl"),
    ),
    (
        "settings/escalation.json",
        include_str!("../templates/escalation.json"),
    ),
];

/// How a town is to be installed.
#[derive(Clone, Debug, Default)]
pub struct InstallOptions {
    /// Its name; that of its folder when not said.
    pub name: Option<String>,
    /// Whether the town is a git repository: writes `.gitignore`. The repository and its first
    /// commit are the caller's to make.
    pub git: bool,
    /// The operator's mail address, for `town.json`.
    pub owner: Option<String>,
    /// When, as RFC 3339, for `town.json`.
    pub created_at: String,
}

/// Makes a town of a folder, or adds what is missing to one that is a town already. Answers with
/// what was made, as paths below the town; nothing that stands there is touched (DOCUMENT 4, 7).
pub fn write_town(paths: &TownPaths, options: &InstallOptions) -> Result<Vec<String>, ConfigError> {
    let root = paths.root();
    let name = check_place(paths, options)?;
    let mut tree = Tree::new(root);
    tree.folder("mayor")?;
    let mut town = json!({ "type": "town", "version": 2, "name": name });
    if let Some(object) = town.as_object_mut() {
        if let Some(owner) = &options.owner {
            object.insert("owner".to_owned(), json!(owner));
        }
        object.insert("public_name".to_owned(), json!(name));
        object.insert("created_at".to_owned(), json!(options.created_at));
    }
    // Last in the mind of a reader, first on the disk: this file makes the folder a town, and a
    // second install completes what a crash after it left out.
    tree.json("mayor/town.json", &town)?;
    tree.json("mayor/rigs.json", &json!({ "version": 1, "rigs": {} }))?;
    for folder in ["deacon/dogs/boot", ".beads/formulas", "settings"] {
        tree.folder(folder)?;
    }
    for (below, text) in TEXTS {
        tree.file(below, text)?;
    }
    for (file, text) in FORMULAS {
        tree.file(&format!(".beads/formulas/{file}"), &given_formula(text))?;
    }
    tree.json(
        "settings/config.json",
        &json!({ "type": "town-settings", "version": 1 }),
    )?;
    tree.json(
        "settings/agents.json",
        &json!({ "version": 1, "agents": {} }),
    )?;
    for folder in [
        ".gt",
        ".gt/bin",
        ".gt/logs",
        ".gt/recordings",
        ".gt/trash",
        ".gt/git",
    ] {
        tree.private_folder(folder)?;
    }
    if options.git {
        tree.file(".gitignore", &gitignore_text())?;
    }
    Ok(tree.into_made())
}

/// What a town that is a repository does not track: the program's own folder, clones,
/// worktrees and the mirror of the events.
pub fn gitignore_text() -> String {
    include_str!("../templates/town-gitignore").to_owned()
}

/// The name of a town that states none: that of its folder.
pub fn town_name(paths: &TownPaths) -> String {
    let name = paths.root().file_name().map(|name| name.to_string_lossy());
    let name = text::clean(name.as_deref().unwrap_or_default());
    if name.trim().is_empty() {
        "town".to_owned()
    } else {
        name
    }
}

/// Whether a town can stand here, and under which name.
fn check_place(paths: &TownPaths, options: &InstallOptions) -> Result<String, ConfigError> {
    let root = paths.root();
    if root.symlink_metadata().is_ok() && !root.is_dir() {
        return Err(Refusal::conflict(format!("`{}` is not a folder", root.display())).into());
    }
    if let Some(outer) = town_above(root) {
        let refusal = Refusal::refused(format!(
            "`{}` lies inside the town `{}`",
            root.display(),
            outer.display()
        ));
        return Err(refusal.hint("gt install ~/gt").into());
    }
    let wanted = options.name.as_deref().map(check_town_name).transpose()?;
    let there = read_object(&paths.town_file())?
        .and_then(|town| Some(town.get("name")?.as_str()?.to_owned()));
    match (wanted, there) {
        (Some(wanted), Some(there)) if wanted != there => {
            let file = paths.town_file();
            let refusal = Refusal::conflict(format!(
                "the town in `{}` is named `{there}`, not `{wanted}`",
                root.display()
            ));
            Err(refusal
                .hint(format!("change `name` in `{}`", file.display()))
                .into())
        }
        (Some(name), _) | (None, Some(name)) => Ok(name),
        (None, None) => Ok(town_name(paths)),
    }
}

fn check_town_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= NAME_MAX && text::clean(name) == name;
    if fits {
        Ok(name.to_owned())
    } else {
        Err(Refusal::invalid(
            "town name",
            name,
            "1 to 64 printable characters",
        ))
    }
}

fn town_above(root: &Path) -> Option<&Path> {
    root.ancestors()
        .skip(1)
        .find(|folder| TownPaths::new(*folder).town_file().is_file())
}
