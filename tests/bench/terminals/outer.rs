//! The terminal that a measured program is shown in: a pty of 200 columns and 50 rows, a thread
//! that reads what the program draws, answers its queries, and notes when a text came. It keeps a
//! whole screen of what is drawn, since an operator's terminal has to parse every byte, too.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use gastown::term::Screen;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::Env;
use super::strip::{Found, Strip};

/// Columns and rows of every measurement.
pub(crate) const SIZE: (u16, u16) = (200, 50);

/// What the reading thread has seen.
#[derive(Default)]
struct Seen {
    bytes: u64,
    needle: Option<String>,
    found: Option<Instant>,
    ended: bool,
}

type Shared = Arc<(Mutex<Seen>, Condvar)>;
type Keys = Arc<Mutex<Box<dyn Write + Send>>>;

/// A program in a terminal of its own. Ends with it when dropped.
pub(crate) struct Outer {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Keys,
    shared: Shared,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Outer {
    /// Starts a program; `needle` is awaited from its first byte on.
    pub(crate) fn start(line: &[String], cwd: &Path, env: &Env, needle: Option<&str>) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: SIZE.1,
                cols: SIZE.0,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let mut command = CommandBuilder::new(line.first().unwrap());
        command.args(line.iter().skip(1));
        command.cwd(cwd);
        command.env_clear();
        for (name, value) in env {
            command.env(name, value);
        }
        let shared = Shared::default();
        shared.0.lock().unwrap().needle = needle.map(str::to_owned);
        let keys: Keys = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let reader = pair.master.try_clone_reader().unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let reader = {
            let (shared, keys) = (Arc::clone(&shared), Arc::clone(&keys));
            std::thread::spawn(move || read(reader, &shared, &keys))
        };
        Self {
            child,
            master: Some(pair.master),
            keys,
            shared,
            reader: Some(reader),
        }
    }

    /// From here on waits for a text that the program draws.
    pub(crate) fn expect(&self, needle: &str) {
        let mut seen = self.shared.0.lock().unwrap();
        seen.needle = Some(needle.to_owned());
        seen.found = None;
    }

    /// When the expected text came.
    pub(crate) fn came(&self, patience: Duration) -> Option<Instant> {
        let (seen, told) = &*self.shared;
        let seen = seen.lock().unwrap();
        let (seen, _) = told
            .wait_timeout_while(seen, patience, |seen| seen.found.is_none() && !seen.ended)
            .unwrap();
        seen.found
    }

    /// Types into it.
    pub(crate) fn keys(&self, keys: &str) {
        let mut writer = self.keys.lock().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Bytes that it has drawn so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.shared.0.lock().unwrap().bytes
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        // Hangs up first, as a closed window does; a viewer that is gone already is fine.
        drop(self.child.kill());
        drop(self.child.wait());
        self.master = None;
        if let Some(reader) = self.reader.take() {
            // What it still holds open ends when the last process of the terminal does.
            if self.shared.0.lock().unwrap().ended {
                drop(reader.join());
            }
        }
    }
}

fn read(mut reader: Box<dyn Read + Send>, shared: &Shared, keys: &Keys) {
    let (seen, told) = &**shared;
    let mut strip = Strip::default();
    let mut screen = Screen::new(SIZE, 0);
    let mut piece = vec![0; 64 * 1024];
    let mut armed: Option<String> = None;
    while let Ok(count @ 1..) = reader.read(&mut piece) {
        let now = Instant::now();
        let mut seen = seen.lock().unwrap();
        seen.bytes += count as u64;
        if armed != seen.needle {
            armed.clone_from(&seen.needle);
            strip.seek(armed.as_deref());
        }
        let Found { needle, replies } = strip.feed(&piece[..count]);
        if needle && seen.found.is_none() {
            seen.found = Some(now);
            told.notify_all();
        }
        drop(seen);
        screen.feed(&piece[..count]);
        if !replies.is_empty() {
            let mut writer = keys.lock().unwrap();
            drop(writer.write_all(&replies));
            drop(writer.flush());
        }
    }
    seen.lock().unwrap().ended = true;
    told.notify_all();
}
