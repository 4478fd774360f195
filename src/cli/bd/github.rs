//! What a gate waits for at GitHub, asked of the person's own `gh` program: it knows the way in.
//!
//! Reads runs and pull requests, changes nothing there. That `gh` is missing, does not answer or
//! says something else is told apart from "not yet": nothing opens because nobody could be asked.

#![expect(
    clippy::disallowed_methods,
    reason = "starts the program that is asked, and waits for it"
)]

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::clock::Clock;

/// How long `gh` may take, in milliseconds.
const PATIENCE: i64 = 30_000;
/// Longest answer that is read, in bytes.
const ANSWER_MAX: u64 = 1 << 20;

/// What stands at GitHub.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// What was waited for has come.
    Done(String),
    /// It never will: somebody must decide.
    Lost(String),
    /// Not yet.
    Waits(String),
}

/// How a workflow's run stands; a workflow's name means its newest run, whose number comes back too.
pub(super) fn run(folder: &Path, await_id: &str) -> Result<(Stands, Option<String>), String> {
    if !await_id.is_empty() && await_id.chars().all(|c| c.is_ascii_digit()) {
        let run = ask(
            folder,
            &["run", "view", await_id, "--json", "status,conclusion"],
        )?;
        return Ok((run_stands(&run), None));
    }
    let fields = "databaseId,status,conclusion";
    let mut words = vec!["run", "list", "--limit", "1", "--json", fields];
    if !await_id.is_empty() {
        words.extend(["--workflow", await_id]);
    }
    let runs = ask(folder, &words)?;
    let Some(run) = runs.get(0) else {
        let what = format!("no run of `{await_id}` yet");
        return Ok((Stands::Waits(what), None));
    };
    let number = run.get("databaseId").and_then(Value::as_u64);
    Ok((run_stands(run), number.map(|number| number.to_string())))
}

/// How a pull request stands.
pub(super) fn pull_request(folder: &Path, await_id: &str) -> Result<Stands, String> {
    // What a gate waits for may come from a file of others: it is never an option of the program.
    let words = ["pr", "view", "--json", "state", "--", await_id];
    let request = ask(folder, &words)?;
    Ok(match word(&request, "state") {
        "MERGED" => Stands::Done(format!("pull request {await_id} is merged")),
        "CLOSED" => Stands::Lost(format!("pull request {await_id} is closed and not merged")),
        state => Stands::Waits(format!(
            "pull request {await_id} is {}",
            state.to_lowercase()
        )),
    })
}

fn run_stands(run: &Value) -> Stands {
    let status = word(run, "status");
    if status != "completed" {
        return Stands::Waits(format!("the run is {}", status.replace('_', " ")));
    }
    match word(run, "conclusion") {
        end @ ("success" | "skipped") => Stands::Done(format!("the run ended: {end}")),
        end => Stands::Lost(format!("the run ended: {}", end.replace('_', " "))),
    }
}

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("unknown")
}

fn ask(folder: &Path, words: &[&str]) -> Result<Value, String> {
    let child = Process::new("gh")
        .args(words)
        .current_dir(folder)
        .env("GH_PROMPT_DISABLED", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            "`gh` is not installed, so GitHub cannot be asked".to_owned()
        }
        _ => format!("`gh` cannot be started: {error}"),
    })?;
    let out = child.stdout.take().map(reader);
    let err = child.stderr.take().map(reader);
    let ended = wait(&mut child);
    let text = |reader: Option<std::thread::JoinHandle<String>>| {
        reader
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default()
    };
    let (out, err) = (text(out), text(err));
    match ended {
        Some(true) => serde_json::from_str(&out)
            .map_err(|_| "`gh` answered something else than JSON".to_owned()),
        Some(false) => {
            let why = err.lines().next().unwrap_or("it says nothing more");
            Err(format!("`gh {}` failed: {why}", words.join(" ")))
        }
        None => Err("`gh` gave no answer in 30 s".to_owned()),
    }
}

fn reader(stream: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        drop(stream.take(ANSWER_MAX).read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Whether it ended well; `None` when its time was over.
fn wait(child: &mut Child) -> Option<bool> {
    let clock = Clock::start(0);
    while clock.read().town < PATIENCE {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) => std::thread::sleep(Duration::from_millis(10)),
            Err(_) => break,
        }
    }
    drop(child.kill());
    drop(child.wait());
    None
}
