//! Commands that the agent runs: `sh -c` in its own folder, output line by line as messages.
//!
//! One at a time. The command shares the agent's process group, so whoever stops the agent stops it.

#![expect(
    clippy::disallowed_methods,
    reason = "an agent's commands are processes that it starts itself"
)]

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, PipeReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::SyncSender;

use rustix::process::{Pid, Signal, kill_process};

/// Longest piece of output taken as one line, in bytes.
const LINE_MAX: usize = 4096;

/// What a command does.
#[derive(Debug)]
pub(super) enum ChildNews {
    /// It wrote a line.
    Line(String),
    /// It ended, with a code or by a signal.
    Ended(Option<i32>),
}

/// A command that runs.
#[derive(Debug)]
pub(super) struct Running {
    pid: Option<Pid>,
}

impl Running {
    /// Asks the command to end; its `Ended` still comes.
    pub(super) fn stop(&self) {
        if let Some(pid) = self.pid {
            // It may have ended by itself in the meantime, which is as good.
            let _gone = kill_process(pid, Signal::TERM).is_err();
        }
    }
}

/// Starts `command`; news go to `sender` until `Ended`.
pub(super) fn start<T: From<ChildNews> + Send + 'static>(
    command: &str,
    path: Option<&OsStr>,
    sender: SyncSender<T>,
) -> std::io::Result<Running> {
    let (reader, writer) = std::io::pipe()?;
    let mut plan = Command::new("sh");
    plan.arg("-c")
        .arg(command)
        .stdin(Stdio::null())
        .stderr(writer.try_clone()?)
        .stdout(writer);
    if let Some(path) = path {
        plan.env("PATH", path);
    }
    let child = plan.spawn()?;
    // The plan holds the writing ends; while it lives the reader sees no end.
    drop(plan);
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    std::thread::Builder::new()
        .name("command".to_owned())
        .spawn(move || follow(child, reader, &sender))?;
    Ok(Running { pid })
}

fn follow<T: From<ChildNews>>(mut child: Child, reader: PipeReader, sender: &SyncSender<T>) {
    let mut reader = BufReader::new(reader);
    while let Some(line) = next_line(&mut reader) {
        if sender.send(T::from(ChildNews::Line(line))).is_err() {
            break;
        }
    }
    let code = child.wait().ok().and_then(|status| status.code());
    // The agent itself ended when nobody listens.
    drop(sender.send(T::from(ChildNews::Ended(code))));
}

fn next_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    loop {
        let available = match reader.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => return None,
        };
        if available.is_empty() && line.is_empty() {
            return None;
        }
        let room = available.len().min(LINE_MAX.saturating_sub(line.len()));
        let piece = available.get(..room).unwrap_or_default();
        let end = piece.iter().position(|&byte| byte == b'\n');
        let taken = end.map_or(room, |end| end + 1);
        line.extend_from_slice(piece.get(..end.unwrap_or(room)).unwrap_or_default());
        reader.consume(taken);
        if end.is_some() || taken == 0 || line.len() >= LINE_MAX {
            return Some(String::from_utf8_lossy(&line).into_owned());
        }
    }
}
