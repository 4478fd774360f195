//! Runs this very program for one typed line and keeps what it writes, within bounds.
//!
//! For lines whose answer is text that only the command line puts into words. The program gets
//! no terminal, and is stopped when it does not end by itself.

#![expect(
    clippy::disallowed_methods,
    reason = "a typed line runs this very program, and its time limit needs a clock"
)]

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::inbox::Inbox;
use super::msg::Reply;
use crate::domain::{Kind, Refusal};

/// How long a line may run.
const LIMIT: Duration = Duration::from_secs(60);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(15);
/// Longest output that is kept, in bytes.
const OUTPUT_MAX: usize = 1 << 20;

/// Runs a line in the town at `root`, typed in `folder`.
pub(crate) fn run(
    words: &[String],
    root: &Path,
    folder: &Path,
    inbox: &Inbox,
) -> Result<Reply, Refusal> {
    let Some((name, arguments)) = words.split_first() else {
        return Err(Refusal::new(Kind::Usage, "there is nothing to run"));
    };
    let failed = |error: std::io::Error| Refusal::failed(format!("`{name}` cannot run: {error}"));
    let program = std::env::current_exe().map_err(failed)?;
    let folder = if folder.is_dir() { folder } else { root };
    let mut child = Command::new(program)
        .arg0(name)
        .args(arguments)
        .env("GT_TOWN_ROOT", root)
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let text = Arc::new(Mutex::new(Vec::new()));
    let readers = [
        child.stdout.take().map(|out| read(out, Arc::clone(&text))),
        child.stderr.take().map(|err| read(err, Arc::clone(&text))),
    ];
    let ended = wait(&mut child, inbox);
    for reader in readers.into_iter().flatten() {
        drop(reader.join());
    }
    let bytes = std::mem::take(&mut *text.lock().unwrap_or_else(PoisonError::into_inner));
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if ended.is_none() {
        text.push_str("\n(stopped: it did not end by itself within 60 s)");
    }
    Ok(Reply::Output {
        ok: ended == Some(true),
        text,
    })
}

fn read(mut from: impl Read + Send + 'static, into: Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut piece = [0; 8192];
        while let Ok(count @ 1..) = from.read(&mut piece) {
            let mut text = into.lock().unwrap_or_else(PoisonError::into_inner);
            let room = OUTPUT_MAX.saturating_sub(text.len());
            text.extend_from_slice(piece.get(..count.min(room)).unwrap_or_default());
        }
    })
}

/// Whether the program ended well; none when it had to be stopped.
fn wait(child: &mut Child, inbox: &Inbox) -> Option<bool> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if begun.elapsed() < LIMIT && !inbox.closed_within(LOOK) => {}
            Ok(None) | Err(_) => break,
        }
    }
    drop(child.kill());
    drop(child.wait());
    None
}
