//! One run of a program: closed environment, no input, a deadline, everything it said.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::wait::{PATIENCE, wait_for};

/// A program that is about to be run.
pub(crate) struct Run {
    program: PathBuf,
    arguments: Vec<OsString>,
    cwd: PathBuf,
    env: Vec<(OsString, OsString)>,
    input: Vec<u8>,
}

/// How a run ended and what it said.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    pub(crate) line: String,
    /// The exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    pub(crate) fn new(program: impl Into<PathBuf>, cwd: &Path) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            cwd: cwd.to_owned(),
            env: Vec::new(),
            input: Vec::new(),
        }
    }

    pub(crate) fn arguments<S: AsRef<OsStr>>(mut self, arguments: &[S]) -> Self {
        self.arguments
            .extend(arguments.iter().map(|one| one.as_ref().to_owned()));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.into(), value.as_ref().to_owned()));
        self
    }

    pub(crate) fn envs(mut self, pairs: &[(OsString, OsString)]) -> Self {
        self.env.extend(pairs.iter().cloned());
        self
    }

    pub(crate) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// The command, ready to be spawned by a test that looks after it by itself.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .current_dir(&self.cwd)
            .env_clear()
            .envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    fn line(&self) -> String {
        let name = self.program.file_name().unwrap_or_default();
        std::iter::once(name.to_string_lossy().into_owned())
            .chain(
                self.arguments
                    .iter()
                    .map(|one| one.to_string_lossy().into_owned()),
            )
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn run(self) -> Ran {
        let line = self.line();
        let mut child = self
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("`{line}` cannot be run: {error}"));
        let input = self.input;
        let mut stdin = child.stdin.take();
        let writer = std::thread::spawn(move || {
            if let Some(stdin) = &mut stdin {
                drop(stdin.write_all(&input));
            }
        });
        let out = read_all(child.stdout.take());
        let err = read_all(child.stderr.take());
        let status = wait_for(PATIENCE, || child.try_wait().ok().flatten());
        if status.is_none() {
            drop(child.kill());
            drop(child.wait());
        }
        let out = collect(&line, &out);
        let err = collect(&line, &err);
        drop(writer.join());
        let Some(status) = status else {
            panic!("`{line}` did not end within {PATIENCE:?}\n--- out\n{out}\n--- err\n{err}");
        };
        Ran {
            line,
            code: status.code(),
            out,
            err,
        }
    }
}

fn read_all(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            drop(stream.read_to_end(&mut bytes));
        }
        drop(send.send(bytes));
    });
    receive
}

/// What was read. A process that stays behind must not hold the output of the one that started it.
#[track_caller]
fn collect(line: &str, stream: &Receiver<Vec<u8>>) -> String {
    match stream.recv_timeout(Duration::from_secs(5)) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(RecvTimeoutError::Timeout) => {
            panic!("`{line}` ended, but something it started still holds its output")
        }
        Err(RecvTimeoutError::Disconnected) => String::new(),
    }
}

impl Ran {
    /// Holds that it succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert!(self.code == Some(0), "{self}");
        self
    }

    /// Holds that it ended with this code, with a message, and without a panic.
    #[track_caller]
    pub(crate) fn fails(self, code: i32) -> Self {
        assert!(self.code == Some(code), "expected exit {code}\n{self}");
        assert!(!self.err.trim().is_empty(), "failed without a word\n{self}");
        assert!(
            !self.err.contains("panicked") && !self.err.contains("RUST_BACKTRACE"),
            "{self}"
        );
        self
    }

    /// Holds that it said this, on either stream.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.out.contains(text) || self.err.contains(text),
            "does not say {text:?}\n{self}"
        );
        self
    }

    /// Holds that it did not say this.
    #[track_caller]
    pub(crate) fn says_not(self, text: &str) -> Self {
        assert!(
            !self.out.contains(text) && !self.err.contains(text),
            "says {text:?}\n{self}"
        );
        self
    }

    /// Its output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("not JSON: {error}\n{self}"))
    }

    /// Its first output line without the space around it.
    pub(crate) fn first_line(&self) -> &str {
        self.out.lines().next().unwrap_or_default().trim()
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "`{}` ended with {:?}\n--- out\n{}\n--- err\n{}",
            self.line, self.code, self.out, self.err
        )
    }
}
