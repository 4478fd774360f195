//! What a repository tells about itself: the prefix of its beads and how it is tested.

use std::path::Path;

use git2::{Repository, Tree};

use super::error::Result;

/// Longest file that is looked into.
const LIMIT: usize = 4 << 20;
/// Longest file of issues that is looked into; years of them are a few megabytes.
const ISSUES_LIMIT: usize = 256 << 20;

/// The prefix that most of the beads have which the tree tracks: a file may hold those of others too.
pub(super) fn tracked_prefix(repo: &Repository, tree: &Tree<'_>) -> Result<Option<String>> {
    let Some(text) = file(repo, tree, ".beads/issues.jsonl", ISSUES_LIMIT)? else {
        return Ok(None);
    };
    Ok(common_prefix(&text))
}

/// Of two that are as common, the one that stands there first.
fn common_prefix(text: &str) -> Option<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for line in text.lines() {
        let Some(prefix) = prefix_in(line) else {
            continue;
        };
        match counts.iter_mut().find(|(known, _)| *known == prefix) {
            Some((_, count)) => *count += 1,
            None => counts.push((prefix, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    let mut found = counts.into_iter();
    found
        .find(|(_, count)| *count == most)
        .map(|(prefix, _)| prefix)
}

fn prefix_in(line: &str) -> Option<String> {
    let bead: serde_json::Value = serde_json::from_str(line).ok()?;
    let (prefix, _) = bead.get("id")?.as_str()?.rsplit_once('-')?;
    crate::domain::check_prefix(prefix).ok()?;
    Some(prefix.to_owned())
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
    Ok(file(repo, tree, "package.json", LIMIT)?
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
        if let Some(text) = file(repo, tree, name, LIMIT)? {
            return Ok(text
                .lines()
                .any(|line| line.starts_with("test:") || line.starts_with("test :")));
        }
    }
    Ok(false)
}

fn file(repo: &Repository, tree: &Tree<'_>, path: &str, limit: usize) -> Result<Option<String>> {
    let Ok(entry) = tree.get_path(Path::new(path)) else {
        return Ok(None);
    };
    let Ok(blob) = repo.find_blob(entry.id()) else {
        return Ok(None);
    };
    let bytes = blob.content();
    Ok((bytes.len() <= limit).then(|| String::from_utf8_lossy(bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_the_tracked_beads_decide_the_prefix() {
        let line = |id: &str| format!("{{\"id\":\"{id}\",\"title\":\"x\"}}\n");
        for (ids, expected) in [
            (vec!["hq-cv-a1", "tb-1", "tb-2"], Some("tb")),
            (vec!["tb-1", "zz-1"], Some("tb")),
            (vec![], None),
        ] {
            let text: String = ids.into_iter().map(line).collect();
            let text = format!("<<<<<<< ours\n\n{{\"id\":7}}\n{text}");
            assert_eq!(common_prefix(&text).as_deref(), expected);
        }
    }
}
