//! Argument lists of the network jobs that the terminal host runs for the engine.
//!
//! All of them run in the engine's private mirror, whose configuration no agent can write
//! (contract S8), with the environment of [`closed`](super::closed), and each can be done again
//! after a kill: a fetch into a prepared mirror goes on where the last one stopped.

use std::path::Path;

use git2::{Config, Repository, RepositoryInitOptions};

use super::disk;
use super::error::{GitError, Result};
use super::refs;
use crate::domain::Oid;

/// Where the first fetch leaves the commit of the remote's HEAD.
pub(super) const REMOTE_HEAD: &str = "refs/gt/remote-HEAD";

/// Makes the bare mirror with `origin` = `url`, or brings one from an earlier try up to that.
/// To be done before [`clone`].
pub fn prepare_mirror(mirror: &Path, url: &str) -> Result<()> {
    let mut how = RepositoryInitOptions::new();
    how.bare(true)
        .external_template(false)
        .mkpath(true)
        .initial_head("main");
    if disk::is_there(mirror) && !disk::is_folder(mirror) {
        return Err(GitError::InTheWay {
            path: mirror.to_owned(),
        });
    }
    drop(Repository::init_opts(mirror, &how)?);
    let mut config = Config::open(&mirror.join("config"))?;
    config.set_str("remote.origin.url", url)?;
    config.set_str("remote.origin.fetch", "+refs/heads/*:refs/gt/origin/*")?;
    config.set_str("remote.origin.tagOpt", "--no-tags")?;
    Ok(())
}

/// Fetches all branches and tags into a prepared mirror, with progress on standard error.
pub fn clone(mirror: &Path) -> Vec<String> {
    let mut argv = git(mirror);
    argv.extend(words(&[
        "fetch",
        "--progress",
        "--no-tags",
        "--no-auto-maintenance",
        "--no-write-fetch-head",
        "--end-of-options",
        "origin",
        "+refs/heads/*:refs/gt/origin/*",
        "+refs/tags/*:refs/tags/*",
        // A pattern, so that a remote without a usable HEAD is no error.
        "+HEA*:refs/gt/remote-HEA*",
    ]));
    argv
}

/// Fetches the target alone; `GitJob::Sync` then takes it over.
pub fn fetch(mirror: &Path, target: &str) -> Result<Vec<String>> {
    let branch = refs::branch(target)?;
    let mut argv = git(mirror);
    argv.extend(words(&[
        "fetch",
        "--no-tags",
        "--no-auto-maintenance",
        "--no-write-fetch-head",
        "--end-of-options",
        "origin",
    ]));
    argv.push(format!("+{branch}:{}", refs::fetched(target)));
    Ok(argv)
}

/// Moves the remote's target from `old` to `new`, only if it is at `old` (contract M8).
pub fn push(mirror: &Path, target: &str, old: &Oid, new: &Oid) -> Result<Vec<String>> {
    let branch = refs::branch(target)?;
    let mut argv = git(mirror);
    argv.extend(words(&["push", "--porcelain", "--no-verify"]));
    argv.push(format!("--force-with-lease={branch}:{old}"));
    argv.extend(words(&["--end-of-options", "origin"]));
    argv.push(format!("{new}:{branch}"));
    Ok(argv)
}

/// Asks the remote which branch its HEAD names; see [`parse_remote_head`].
pub fn remote_head(mirror: &Path) -> Vec<String> {
    let mut argv = git(mirror);
    argv.extend(words(&[
        "ls-remote",
        "--symref",
        "--end-of-options",
        "origin",
        "HEAD",
    ]));
    argv
}

/// The branch in the answer to [`remote_head`].
pub fn parse_remote_head(output: &str) -> Option<String> {
    output
        .lines()
        .find_map(|line| {
            line.strip_prefix("ref: refs/heads/")?
                .strip_suffix("\tHEAD")
        })
        .map(str::to_owned)
}

fn git(mirror: &Path) -> Vec<String> {
    vec![
        "git".to_owned(),
        format!("--git-dir={}", mirror.to_string_lossy()),
    ]
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|&word| word.to_owned()).collect()
}
