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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{BeadId, BeadStatus, Oid};

    fn bead(landed: Option<&str>) -> ConvoyBead {
        ConvoyBead {
            id: BeadId::parse("tb-1").unwrap(),
            title: "Work".to_owned(),
            status: BeadStatus::Closed,
            worker: None,
            state: None,
            landed: landed.map(|oid| Oid::parse(oid).unwrap()),
        }
    }

    /// Commits a test that ends with `code`, and answers with the commit.
    fn commit(work: &Path, author: &str, code: u8) -> String {
        let test = work.join("tests/test_zero.sh");
        std::fs::write(&test, format!("# by {author}\nexit {code}\n")).unwrap();
        git(work, &["add", "-A"]).unwrap();
        let author = format!("--author={author} <a@tradingbot.example>");
        git(work, &["commit", "-qm", "Work", &author]).unwrap();
        git(work, &["push", "-q", "origin", "main"]).unwrap();
        git(work, &["rev-parse", "HEAD"]).unwrap().trim().to_owned()
    }

    #[test]
    fn only_what_is_on_main_by_a_polecat_and_passes_is_believed() {
        let dir = tempfile::tempdir().unwrap();
        let remote = repo::generate(dir.path()).unwrap();
        let work = dir.path().join("tradingbot");
        let said = |name: &str, bead: ConvoyBead| {
            let scratch = dir.path().join(name);
            std::fs::create_dir(&scratch).unwrap();
            verify(&remote, &scratch, &[bead]).map_err(|refusal| refusal.message)
        };
        let polecat = "tradingbot/polecats/Toast";
        let good = commit(&work, polecat, 0);
        let line = said("good", bead(Some(&good))).unwrap();
        assert!(line.contains("7 passed, 0 failed"), "{line}");
        let foreign = commit(&work, "Mallory", 0);
        for (name, landed, why) in [
            ("none", None, "has no commit"),
            ("absent", Some("a".repeat(40)), "is not on main"),
            ("foreign", Some(foreign), "not by a polecat"),
        ] {
            let message = said(name, bead(landed.as_deref())).unwrap_err();
            assert!(message.contains(why), "{message}");
        }
        let red = commit(&work, polecat, 1);
        let message = said("red", bead(Some(&red))).unwrap_err();
        assert!(message.contains("the tests fail on main"), "{message}");
    }
}
