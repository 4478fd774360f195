//! Work orders for the terminal host: plain data that crosses processes.
//!
//! A plan says all that its doer needs; the doer has no ledger and asks nobody. Orders for the git
//! worker are in `git_job`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::RunId;

/// Starts an agent under a pseudo-terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchPlan {
    /// The run; the host starts each id at most once.
    pub run: RunId,
    /// Program (absolute path) and arguments.
    pub argv: Vec<String>,
    /// Working folder.
    pub cwd: PathBuf,
    /// The whole environment; nothing is inherited.
    pub env: Vec<(String, String)>,
    /// Columns and rows to begin with.
    pub size: (u16, u16),
    /// What it may take of the machine.
    #[serde(default)]
    pub limits: RunLimits,
    /// How its terminal is kept.
    #[serde(default)]
    pub terminal: TerminalRules,
}

/// How the terminal of a run is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TerminalRules {
    /// Whose size it has.
    pub size: SizeRule,
    /// What is kept above its screen.
    pub history: History,
}

/// Whose size a terminal has when several viewers look at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SizeRule {
    /// That of the viewer who typed last or took it over.
    #[default]
    Latest,
    /// As many columns and rows as every viewer has who may type.
    Smallest,
}

/// How much of what left the top of a screen is kept, whichever of the two is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// Most rows.
    pub lines: u32,
    /// Most bytes of them, packed.
    pub bytes: u64,
}

impl Default for History {
    fn default() -> Self {
        Self {
            lines: 10_000,
            bytes: 8 << 20,
        }
    }
}

/// What a run may take of the machine, all it starts included (contract P6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunLimits {
    /// Most processes at a time; 0 is no limit.
    pub processes: u32,
    /// Most memory in MiB; 0 is half of what the machine has.
    pub memory: u64,
    /// Most open files of one process; 0 is what the host itself may open.
    pub files: u64,
    /// How far it stands back when others want the processor: 0 not at all, 19 behind everybody.
    pub nice: i32,
    /// Most bytes on disk of its recording.
    pub recording: u64,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            processes: 256,
            memory: 0,
            files: 16_384,
            nice: 5,
            recording: 1 << 30,
        }
    }
}

/// Something of the machine that a run took too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// Processes at a time.
    Processes,
    /// Memory, in MiB.
    Memory,
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Processes => "processes",
            Self::Memory => "MiB of memory",
        })
    }
}

/// Runs a program without a terminal: null input, output recorded, its own process group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobPlan {
    /// The run; the host starts each id at most once.
    pub run: RunId,
    /// Program (found on the plan's own PATH when not absolute) and arguments.
    pub argv: Vec<String>,
    /// Working folder.
    pub cwd: PathBuf,
    /// The whole environment; nothing is inherited.
    pub env: Vec<(String, String)>,
    /// Wall time limit in milliseconds.
    pub time_limit: i64,
    /// Most bytes of output kept; a job that writes more is stopped as failed.
    pub output_limit: u64,
    /// What it may take of the machine.
    #[serde(default)]
    pub limits: RunLimits,
}

/// How a run ended, as the kernel told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Exit {
    /// It ended by itself.
    Code {
        /// The exit code.
        code: i32,
    },
    /// A signal ended it.
    Signal {
        /// The signal's number.
        signal: i32,
    },
    /// It could not be started.
    NotStarted {
        /// Why.
        reason: String,
    },
    /// It ran over its time limit and was stopped.
    TimedOut,
    /// It wrote more than its limit and was stopped.
    TooMuchOutput,
    /// It took more of the machine than it may and was stopped.
    OverLimit {
        /// Of what.
        what: Limit,
        /// How much it might have.
        limit: u64,
    },
    /// Its host is gone, so nobody knows how it ended.
    Lost,
}

/// A process that outlived the stop of its run, whatever was sent to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// Its number.
    pub pid: i32,
    /// When it was started (`support::os::start_time`).
    pub started: u64,
    /// The name of its program, as the kernel tells it.
    pub command: String,
}
