//! `bd init`: a ledger for a repository that belongs to no town.
//!
//! Adds to what is there and replaces nothing: files of other programs stay as they are, and what is
//! in them comes in by `bd import`.

use std::path::Path;

use crate::cli::caller::Caller;
use crate::cli::output;
use crate::cli::report::{Ended, disk};
use crate::client;
use crate::config::{self, BEADS};
use crate::domain::{BeadId, Prefix, Refusal};
use crate::support::files;
use crate::support::paths::TownPaths;
use crate::support::text::clean;
use crate::verbs::BeadImportArgs;
use crate::verbs::plain::LedgerInitArgs;

const GITIGNORE: &str = "# The ledger itself; issues.jsonl is what can be committed.
.gt/
last-touched
redirect
import-rejects.jsonl
*.db
*.db-wal
*.db-shm
*.lock
";
const README: &str = "# Beads

The work of this repository, kept by `bd`.

- `bd ready` shows what can be started, `bd show <id>` one bead, `bd create \"...\"` makes one.
- `bd export -o .beads/issues.jsonl` writes what can be committed; `bd import .beads/issues.jsonl`
  takes in what others committed.
- The ledger is `.beads/.gt/ledger.db`. It is not for git.
";

/// Makes the ledger.
pub(crate) fn run(args: &LedgerInitArgs, caller: &Caller) -> Ended {
    caller.may_change()?;
    // The person's town elsewhere is no reason to make no ledger here.
    if let Ok(found) = caller.ledger()
        && !found.paths.is_plain()
        && found.folder.starts_with(found.paths.root())
    {
        return in_town(args, &found.paths);
    }
    let home = match &caller.globals.db {
        Some(db) => caller.place().absolute(db),
        None => config::ledger_home(caller.folder()).join(BEADS),
    };
    let known = known_prefix(&home)?;
    let folder = home.parent().unwrap_or(&home).to_owned();
    let prefix = Prefix::parse(&args.prefix_of(known.as_deref(), &folder))?;
    let paths = TownPaths::plain(&home);
    refuse_another(&home, args)?;
    let issues = material(&home);
    if args.from_jsonl && issues.is_none() {
        return Err(Refusal::not_found(format!(
            "no file of issues is in `{}`, and nothing was made",
            home.display()
        ))
        .hint("bd init")
        .into());
    }
    let made = write(&paths, &prefix, args)?;
    if args.stealth {
        keep_out_of_git(&folder, ".beads/")?;
    }
    let Some(file) = issues.filter(|_| args.from_jsonl) else {
        return tell(args, &paths, made);
    };
    let import = BeadImportArgs {
        file: file.to_string_lossy().into_owned(),
        dry_run: false,
        apply: false,
        json: false,
    };
    let taken = super::import::take_in(&import, caller)?;
    tell(args, &paths, made)?;
    if args.json || args.quiet {
        return Ok(());
    }
    taken.print(false)
}

/// What lies in a `.beads` and can be taken in: a file, or the folder of a backup.
fn material(home: &Path) -> Option<std::path::PathBuf> {
    let file = issues_in(home)?;
    let folder = file.parent()?;
    let backup = folder.ends_with("backup");
    Some(if backup { folder.to_owned() } else { file })
}

/// What a repository keeps in its ledger's folder, and the ledger. Says whether the ledger is new.
fn write(paths: &TownPaths, prefix: &Prefix, args: &LedgerInitArgs) -> Result<bool, Refusal> {
    let home = paths.root();
    let failed = |error: std::io::Error| {
        Refusal::failed(format!("cannot write `{}`: {error}", home.display()))
    };
    files::make_dir(home).map_err(failed)?;
    let made = client::create_ledger(paths, prefix)?;
    let settings = format!("issue-prefix: \"{prefix}\"\n");
    let about = "{\n  \"backend\": \"gastown\",\n  \"database\": \".gt/ledger.db\",\n  \"jsonl_export\": \"issues.jsonl\"\n}\n";
    let mut all = vec![
        (".gitignore", GITIGNORE),
        ("config.yaml", settings.as_str()),
        ("metadata.json", about),
    ];
    if !args.stealth {
        all.push(("README.md", README));
    }
    for (name, text) in all {
        files::write_new(&home.join(name), text.as_bytes()).map_err(failed)?;
    }
    Ok(made)
}

fn refuse_another(home: &Path, args: &LedgerInitArgs) -> Result<(), Refusal> {
    if config::has_ledger(home) && !args.force {
        return Err(Refusal::conflict(format!(
            "there is a ledger in `{}` already",
            home.display()
        ))
        .hint("bd where")
        .hint("bd init --force   adds what is missing and keeps every bead"));
    }
    Ok(())
}

fn in_town(args: &LedgerInitArgs, paths: &TownPaths) -> Ended {
    let line = format!(
        "this folder belongs to the town in {}; its beads are there, and nothing was made",
        paths.root().display()
    );
    if args.json {
        return output::json(&serde_json::json!({
            "path": paths.root(),
            "created": false,
            "schema_version": 1,
        }));
    }
    if !args.quiet {
        output::line(&line)?;
    }
    Ok(())
}

fn tell(args: &LedgerInitArgs, paths: &TownPaths, made: bool) -> Ended {
    let prefix = super::place::prefix_at(paths)?;
    if args.json {
        return output::json(&serde_json::json!({
            "path": paths.root(),
            "database_path": paths.ledger(),
            "prefix": prefix,
            "created": made,
            "schema_version": 1,
        }));
    }
    if args.quiet {
        return Ok(());
    }
    let shown = clean(&paths.root().to_string_lossy());
    output::line(&if made {
        format!("✓ a ledger with the prefix `{prefix}` stands in {shown}")
    } else {
        format!("✓ the ledger in {shown} keeps its beads and its prefix `{prefix}`")
    })?;
    if let Some(file) = material(paths.root()).filter(|_| !args.from_jsonl) {
        let file = clean(&file.to_string_lossy());
        output::line(&format!("  bd import {file}   takes in what is there"))?;
    }
    output::line("  bd create \"...\"   makes a bead")
}

/// The issue file that lies in a `.beads`, when there is one.
fn issues_in(home: &Path) -> Option<std::path::PathBuf> {
    ["issues.jsonl", "beads.jsonl", "backup/issues.jsonl"]
        .iter()
        .map(|name| home.join(name))
        .find(|file| file.is_file())
}

/// The prefix that a folder of another program states: in its settings, else by its first issue.
fn known_prefix(home: &Path) -> Result<Option<String>, Refusal> {
    let read = |path: &Path| {
        files::read_if_there(path).map_err(|error| disk(&format!("`{}`", path.display()), &error))
    };
    let settings = read(&home.join("config.yaml"))?.unwrap_or_default();
    let stated = settings.lines().find_map(|line| {
        let value = line
            .strip_prefix("issue-prefix:")
            .or_else(|| line.strip_prefix("issue_prefix:"))?;
        let value = value.trim().trim_matches(['"', '\'']);
        (!value.is_empty()).then(|| value.to_owned())
    });
    if stated.is_some() {
        return Ok(stated);
    }
    let Some(file) = issues_in(home) else {
        return Ok(None);
    };
    let text = read(&file)?.unwrap_or_default();
    Ok(text.lines().find_map(first_prefix))
}

/// How the id in a line of an issue file begins.
fn first_prefix(line: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let id = BeadId::parse(value.get("id")?.as_str()?).ok()?;
    let (before, _) = id.as_str().rsplit_once('-')?;
    Some(before.to_owned())
}

/// Keeps a file or folder out of `git status` without a change of what the repository tracks.
pub(super) fn keep_out_of_git(folder: &Path, pattern: &str) -> Result<(), Refusal> {
    let Some(git) = config::common_git_folder(folder) else {
        return Ok(());
    };
    let file = git.join("info").join("exclude");
    let failed = |error: std::io::Error| disk(&format!("`{}`", file.display()), &error);
    let mut text = files::read_if_there(&file)
        .map_err(failed)?
        .unwrap_or_default();
    if text.lines().any(|line| line.trim() == pattern) {
        return Ok(());
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(pattern);
    text.push('\n');
    files::make_dir(&git.join("info")).map_err(failed)?;
    files::write_atomic(&file, text.as_bytes(), files::Access::Shared).map_err(failed)?;
    Ok(())
}
