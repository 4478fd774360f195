//! The demo's repository: a small trading bot in `sh` and `awk`, generated from embedded files.
//!
//! It is made with the `git` program in a closed environment, so that it comes out the same on
//! every machine, with or without an identity. It knows nothing of the town.

#![expect(
    clippy::disallowed_methods,
    reason = "the generator writes a repository of its own and runs git for it"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::files;

/// Who made the repository's history.
const AUTHOR: (&str, &str) = ("Asha Rao", "asha@tradingbot.example");

/// A commit of the history: subject, date, and the files that it adds.
type Commit = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

macro_rules! files {
    ($($path:literal),* $(,)?) => { &[$(($path, include_str!(concat!("repo/", $path)))),*] };
}

const HISTORY: &[Commit] = &[
    (
        "Begin the bot: settings, prices and a test runner",
        "2025-01-02T09:15:00+0530",
        files![
            "README.md",
            "config/settings.conf",
            "data/prices.csv",
            "tests/lib.sh",
            "tests/run.sh"
        ],
    ),
    (
        "Add the preprocessor and two agents",
        "2025-01-06T11:02:00+0530",
        files![
            "data/preprocessor.sh",
            "agents/momentum_agent.sh",
            "agents/reversion_agent.sh",
            "scripts/backtest.sh",
            "tests/test_preprocessor.sh",
            "tests/test_agents.sh",
        ],
    ),
    (
        "Collect bulk deals every day",
        "2025-01-09T18:40:00+0530",
        files![
            "ai/agents/scrapers/base_scraper.sh",
            "ai/agents/scrapers/bulk_deals.sh",
            "data/feeds/bulk_deals.txt",
            "data/cache/bulk_deals_old.csv",
            "scripts/daily_collector.sh",
            "tests/test_collector.sh",
        ],
    ),
    (
        "Add portfolio, kill switch, circuit breaker and dashboard",
        "2025-01-13T10:27:00+0530",
        files![
            "execution/portfolio.sh",
            "execution/kill_switch.sh",
            "execution/positions.csv",
            "risk/circuit_breaker.sh",
            "dashboard/dashboard.sh",
            "tests/test_portfolio.sh",
            "tests/test_risk.sh",
        ],
    ),
    (
        "Keep scripts short, and store the feeds of January",
        "2025-01-16T16:55:00+0530",
        files![
            "validation/complexity.sh",
            "tests/test_validation.sh",
            "data/feeds/bulk_deals_v2.txt",
            "data/feeds/options_chain.txt",
            "data/feeds/insider_trading.txt",
        ],
    ),
];

/// Why the repository could not be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum RepoError {
    /// Files could not be written.
    #[error("the demo's repository cannot be written: {0}")]
    Io(#[from] std::io::Error),
    /// The git program is not there or said no.
    #[error("`git {command}` failed: {reason}")]
    Git {
        /// What was asked of it.
        command: String,
        /// What it said.
        reason: String,
    },
}

/// Makes `dir/tradingbot` (a working copy) and `dir/remote.git` (a bare repository), and returns
/// the bare one's path.
pub(super) fn generate(dir: &Path) -> Result<PathBuf, RepoError> {
    let work = dir.join("tradingbot");
    let remote = dir.join("remote.git");
    files::make_dir(&work)?;
    git(&work, &["init", "-q", "--initial-branch=main"], None)?;
    for (subject, date, added) in HISTORY {
        for (path, text) in *added {
            files::write_new(&work.join(path), text.as_bytes())?;
        }
        git(&work, &["add", "-A"], None)?;
        git(&work, &["commit", "-q", "-m", subject], Some(date))?;
    }
    let to = remote.to_string_lossy();
    git(&work, &["clone", "-q", "--bare", ".", &to], None)?;
    git(&work, &["remote", "add", "origin", &to], None)?;
    Ok(remote)
}

/// Runs the `git` program in `dir` in a closed environment and returns what it wrote.
pub(super) fn git(dir: &Path, args: &[&str], date: Option<&str>) -> Result<String, RepoError> {
    let (name, email) = AUTHOR;
    let mut command = Command::new("git");
    command.args(args).current_dir(dir).env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
        .env("HOME", dir)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .envs([("GIT_AUTHOR_NAME", name), ("GIT_COMMITTER_NAME", name)])
        .envs([("GIT_AUTHOR_EMAIL", email), ("GIT_COMMITTER_EMAIL", email)])
        .stdin(Stdio::null());
    if let Some(date) = date {
        command.envs([("GIT_AUTHOR_DATE", date), ("GIT_COMMITTER_DATE", date)]);
    }
    let failed = |reason: String| RepoError::Git {
        command: args.join(" "),
        reason,
    };
    let output = command
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(failed(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_whole_and_its_tests_pass() {
        let dir = tempfile::tempdir().unwrap();
        let remote = generate(dir.path()).unwrap();
        let log = git(&remote, &["log", "--format=%an", "main"], None).unwrap();
        assert_eq!(log.lines().count(), HISTORY.len());
        assert!(log.lines().all(|name| name == AUTHOR.0));
        let tests = Command::new("sh")
            .arg("tests/run.sh")
            .current_dir(dir.path().join("tradingbot"))
            .output()
            .unwrap();
        assert!(tests.status.success(), "{tests:?}");
        assert_eq!(
            git(&dir.path().join("tradingbot"), &["status", "--short"], None).unwrap(),
            ""
        );
    }
}
