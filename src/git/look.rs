//! What a repository tells about itself: the prefix of its beads and how it is tested.

use std::path::Path;

use git2::{Repository, Tree};

use super::error::Result;

/// Longest file that is looked into.
const LIMIT: usize = 4 << 20;

/// The prefix of the beads that the tree tracks, from the first of them.
pub(super) fn tracked_prefix(repo: &Repository, tree: &Tree<'_>) -> Result<Option<String>> {
    let Some(text) = file(repo, tree, ".beads/issues.jsonl")? else {
        return Ok(None);
    };
    let prefix = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .and_then(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .and_then(|bead| bead.get("id")?.as_str().map(str::to_owned))
        .and_then(|id| id.rsplit_once('-').map(|(prefix, _)| prefix.to_owned()))
        .filter(|prefix| crate::domain::check_prefix(prefix).is_ok());
    Ok(prefix)
}

/// A command that probably runs the tree's tests.
pub(super) fn test_hint(repo: &Repository, tree: &Tree<'_>) -> Result<Option<String>> {
    let has = |path: &str| tree.get_path(Path::new(path)).is_ok();
    let hint = if has("Cargo.toml") {
        "cargo test"
    } else if has("pytest.ini") || has("pyproject.toml") || has_python_tests(repo, tree)? {
        "pytest"
    } else if has_npm_test(repo, tree)? {
        "npm test"
    } else if has_make_test(repo, tree)? {
        "make test"
    } else if has("tests/run.sh") {
        "sh tests/run.sh"
    } else {
        return Ok(None);
    };
    Ok(Some(hint.to_owned()))
}

fn has_python_tests(repo: &Repository, tree: &Tree<'_>) -> Result<bool> {
    let Ok(entry) = tree.get_path(Path::new("tests")) else {
        return Ok(false);
    };
    let Ok(tests) = repo.find_tree(entry.id()) else {
        return Ok(false);
    };
    Ok(tests.iter().any(|entry| {
        let name = entry.name_bytes();
        name.ends_with(b".py")
    }))
}

fn has_npm_test(repo: &Repository, tree: &Tree<'_>) -> Result<bool> {
    Ok(file(repo, tree, "package.json")?
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .is_some_and(|package| {
            package
                .get("scripts")
                .and_then(|scripts| scripts.get("test"))
                .is_some_and(serde_json::Value::is_string)
        }))
}

fn has_make_test(repo: &Repository, tree: &Tree<'_>) -> Result<bool> {
    for name in ["Makefile", "makefile", "GNUmakefile"] {
        if let Some(text) = file(repo, tree, name)? {
            return Ok(text
                .lines()
                .any(|line| line.starts_with("test:") || line.starts_with("test :")));
        }
    }
    Ok(false)
}

fn file(repo: &Repository, tree: &Tree<'_>, path: &str) -> Result<Option<String>> {
    let Ok(entry) = tree.get_path(Path::new(path)) else {
        return Ok(None);
    };
    let Ok(blob) = repo.find_blob(entry.id()) else {
        return Ok(None);
    };
    let bytes = blob.content();
    Ok((bytes.len() <= LIMIT).then(|| String::from_utf8_lossy(bytes).into_owned()))
}
