//! Whether the work is really there: the remote is asked with `git`, and its tests are run.
//!
//! It believes nothing that the town says; it needs only the remote's path and what should be on it.

#![expect(
    clippy::disallowed_methods,
    reason = "the tests of the landed repository are run as a process"
)]

use std::path::Path;
use std::process::{Command, Stdio};

use super::repo;
use crate::domain::{ConvoyBead, Refusal};

/// Whose name polecats' commits carry.
const AUTHORS: &str = "tradingbot/polecats/";

/// Holds that every bead's commit is on the remote's main by a polecat, and that all tests pass
/// there. Answers with a line for the operator.
pub(super) fn verify(
    remote: &Path,
    scratch: &Path,
    beads: &[ConvoyBead],
) -> Result<String, Refusal> {
    let log = git(remote, &["log", "--format=%H%x09%an", "main"])?;
    for bead in beads {
        let landed = bead
            .landed
            .as_ref()
            .ok_or_else(|| Refusal::failed(format!("`{}` has no commit on main", bead.id)))?;
        let author = log
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .find(|(commit, _)| *commit == landed.as_str())
            .map(|(_, author)| author)
            .ok_or_else(|| {
                Refusal::failed(format!("commit `{landed}` of `{}` is not on main", bead.id))
            })?;
        if !author.starts_with(AUTHORS) {
            return Err(Refusal::failed(format!(
                "commit `{landed}` of `{}` is by `{author}`, not by a polecat",
                bead.id
            )));
        }
    }
    let check = scratch.join("check");
    let (from, to) = (remote.to_string_lossy(), check.to_string_lossy());
    git(remote, &["clone", "-q", "--branch", "main", &from, &to])?;
    let tests = run_tests(&check)?;
    Ok(format!(
        "main of {} holds {} commits of polecats; its tests: {tests}",
        remote.display(),
        beads.len()
    ))
}

fn git(dir: &Path, args: &[&str]) -> Result<String, Refusal> {
    repo::git(dir, args, None).map_err(|error| Refusal::failed(error.to_string()))
}

fn run_tests(dir: &Path) -> Result<String, Refusal> {
    let output = Command::new("sh")
        .arg("tests/run.sh")
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Refusal::failed(format!("the tests cannot be run: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        Ok(text.lines().last().unwrap_or_default().to_owned())
    } else {
        Err(Refusal::failed(format!(
            "the tests fail on main:\n{}",
            text.trim_end()
        )))
    }
}
