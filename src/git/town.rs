//! The town's own repository, for operators who keep their town's files under git.
//!
//! Only what `.gitignore` leaves is ever added; nothing of the operator's is staged or committed
//! for them beside the files that the program itself wrote. Runs no hook.

use std::path::Path;

use git2::{IndexAddOption, Repository, RepositoryInitOptions, Signature, StatusOptions};

use super::disk;
use super::error::Result;

/// Makes the town at `root` a repository with one first commit. Answers whether it is new; one
/// that has a commit is left as it is.
pub fn init(root: &Path) -> Result<bool> {
    let repo = if disk::is_folder(&root.join(".git")) {
        Repository::open(root)?
    } else {
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main").external_template(false);
        Repository::init_opts(root, &options)?
    };
    if has_commit(&repo) {
        return Ok(false);
    }
    let mut index = repo.index()?;
    index.add_all(["*"], IndexAddOption::DEFAULT, None)?;
    index.write()?;
    commit(&repo, index.write_tree()?, "Make the town")?;
    Ok(true)
}

/// Commits what the program wrote below `paths`, when the town is a repository and the operator
/// has nothing staged. Answers whether there was something to commit.
pub fn record(root: &Path, paths: &[&str], message: &str) -> Result<bool> {
    if !disk::is_folder(&root.join(".git")) {
        return Ok(false);
    }
    let repo = Repository::open(root)?;
    if !has_commit(&repo) || is_staged(&repo)? {
        return Ok(false);
    }
    let mut index = repo.index()?;
    index.add_all(paths, IndexAddOption::DEFAULT, None)?;
    let tree = index.write_tree()?;
    if repo.head()?.peel_to_tree()?.id() == tree {
        return Ok(false);
    }
    index.write()?;
    commit(&repo, tree, message)?;
    Ok(true)
}

fn has_commit(repo: &Repository) -> bool {
    repo.head().is_ok()
}

fn is_staged(repo: &Repository) -> Result<bool> {
    let mut options = StatusOptions::new();
    options.show(git2::StatusShow::Index);
    Ok(!repo.statuses(Some(&mut options))?.is_empty())
}

fn commit(repo: &Repository, tree: git2::Oid, message: &str) -> Result<()> {
    let who = repo
        .signature()
        .or_else(|_| Signature::now("operator", "operator@localhost"))?;
    let parents = match repo.head() {
        Ok(head) => vec![head.peel_to_commit()?],
        Err(_) => Vec::new(),
    };
    let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
    repo.commit(
        Some("HEAD"),
        &who,
        &who,
        message,
        &repo.find_tree(tree)?,
        &parents,
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::files::write_new;

    fn clean(root: &Path) -> bool {
        let repo = Repository::open(root).unwrap();
        let mut options = StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true);
        repo.statuses(Some(&mut options)).unwrap().is_empty()
    }

    #[test]
    fn the_town_is_clean_after_install_and_after_a_rig() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        write_new(&root.join(".gitignore"), b"/.gt/\n").unwrap();
        write_new(&root.join(".gt/ledger.db"), b"x").unwrap();
        write_new(&root.join("mayor/town.json"), b"{}").unwrap();
        assert!(init(root).unwrap());
        assert!(!init(root).unwrap());
        assert!(clean(root));
        write_new(&root.join("bot/config.json"), b"{}").unwrap();
        assert!(!clean(root));
        assert!(record(root, &["bot"], "Add the rig bot").unwrap());
        assert!(clean(root));
        assert!(!record(root, &["bot"], "Add the rig bot").unwrap());
    }

    #[test]
    fn what_the_operator_staged_is_never_committed_for_them() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        write_new(&root.join("a"), b"a").unwrap();
        assert!(init(root).unwrap());
        write_new(&root.join("mine"), b"x").unwrap();
        let repo = Repository::open(root).unwrap();
        let mut index = repo.index().unwrap();
        index.add_path(Path::new("mine")).unwrap();
        index.write().unwrap();
        write_new(&root.join("bot/config.json"), b"{}").unwrap();
        assert!(!record(root, &["bot"], "Add the rig bot").unwrap());
    }
}
