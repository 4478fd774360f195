//! Our terminals against tmux, zellij and mprocs, each started from its public command.
//!
//! `cargo bench --bench terminals -- [--rounds N] [--keys N] [--flood MB] [--panes N]
//! [--targets gt,tmux,zellij,mprocs] [--only MEASURE,…] [--json] [--check FILE]`. Every program runs
//! in a pty of 200 columns and 50 rows with a HOME of its own, its panes run the same script, and
//! rounds are interleaved, so that a busy moment hits all alike. A program that is not installed is
//! named and left out. Only what was started here is ended.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark measures time, reads its stored results and prints"
)]

#[path = "../../support/mod.rs"]
mod support;

#[path = "../once.rs"]
mod once;

mod cost;
mod measures;
mod options;
mod outer;
mod panes;
mod peers;
mod strip;
mod table;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use measures::Bench;
use options::Options;

/// Names and values of an environment.
pub(crate) type Env = Vec<(OsString, OsString)>;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    Gt,
    Tmux,
    Zellij,
    Mprocs,
}

/// What a viewer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// Pane 0, over the whole terminal.
    Alone,
    /// Panes 1 and 2 side by side, with pane 1 typed into.
    Beside,
}

impl Program {
    pub(crate) const ALL: [Self; 4] = [Self::Gt, Self::Tmux, Self::Zellij, Self::Mprocs];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Gt => "gt",
            Self::Tmux => "tmux",
            Self::Zellij => "zellij",
            Self::Mprocs => "mprocs",
        }
    }

    /// Where it is, when it is installed.
    fn binary(self) -> Option<PathBuf> {
        if self == Self::Gt {
            return Some(env!("CARGO_BIN_EXE_gt").into());
        }
        let search = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&search)
            .map(|folder| folder.join(self.name()))
            .find(|path| path.is_file())
    }
}

/// The load average of the last minute, to be told with every number.
fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap_or_default()
}

fn run() -> Result<(), String> {
    let options = Options::read(std::env::args().skip(1))?;
    let stored = options.stored()?;
    let mut found = Vec::new();
    for program in &options.targets {
        match program.binary() {
            Some(binary) => found.push((*program, binary)),
            None => println!("{} is not installed, and left out", program.name()),
        }
    }
    let before = load();
    let results = Bench::new(&options, found)?.measure();
    if options.json {
        println!("{}", table::as_json(&options, &results, (before, load())));
    } else {
        table::print(&options, &results, (before, load()));
    }
    let worse = stored.map_or_else(Vec::new, |stored| table::worse(&stored, &results));
    if worse.is_empty() {
        Ok(())
    } else {
        Err(worse.join("\n"))
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!("{reason}");
            ExitCode::FAILURE
        }
    }
}
