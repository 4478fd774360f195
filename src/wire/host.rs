//! What the terminal host understands and says. Kept small: agents outlive engines, so an engine
//! must be able to talk to a host of an earlier build (DECISIONS 15).
//!
//! The hello's token is the engine's or the operator's key; agents have neither. Terminal bytes
//! travel as kind-1 frames whose stream number is the attach request's id: from the host what the
//! terminal shows, to the host the operator's keys, byte for byte (they take the input lease).

use serde::{Deserialize, Serialize};

use crate::domain::{Exit, History, JobPlan, LaunchPlan, Leftover, RunId, ScreenView};
use crate::term::PackedRow;

/// The newest host protocol this build speaks.
pub const HOST_PROTO: u32 = 1;
/// The oldest host protocol this build speaks.
pub const HOST_PROTO_MIN: u32 = 1;

/// A request to the host; `id` comes back with the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostRequest {
    /// Comes back.
    pub id: u64,
    /// What is asked.
    pub ask: HostAsk,
}

/// What is asked of the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", content = "value", rename_all = "kebab-case")]
pub enum HostAsk {
    /// Start an agent. Answered by `Runs` with the one run; a run that was started before is not
    /// started again but answered with what became of it. Engine only.
    Launch(LaunchPlan),
    /// Start a job. As with `Launch`. Engine only.
    Job(JobPlan),
    /// Push `Screen`, `Exit` and `Written` of all runs from now on, beginning with every run's
    /// present state. Engine only.
    Watch,
    /// All runs that live or whose exit nobody acknowledged.
    List,
    /// The screen of a run now. `history` asks for so many rows above the screen as plain lines too.
    Peek {
        /// Which.
        run: RunId,
        /// Rows of history, at most 10,000.
        history: u32,
    },
    /// Rows of a terminal by number, those on its screen included. A number counts from the first
    /// row that left the screen, and stays a row's own until the width changes.
    Rows {
        /// Which.
        run: RunId,
        /// The number of the first row; an older one than is kept begins with the oldest.
        from: u64,
        /// Rows, at most 10,000; fewer come when they are long.
        count: u32,
    },
    /// Send its size (`Resized`), a snapshot of the terminal, then its bytes as they come, as
    /// terminal frames with this request's id as stream number. For a job: its output so far, then what follows.
    Attach {
        /// Which.
        run: RunId,
        /// Columns and rows of the viewer, for whom `Resize` says what comes of it; none of one
        /// that only watches.
        size: Option<(u16, u16)>,
    },
    /// End an attach.
    Detach {
        /// The attach request's id.
        stream: u64,
    },
    /// Type bytes; answered once the program's terminal has them all. Operator: takes or renews the
    /// input lease. Engine: see `guard`. A keyed write that its guard held off may be tried again.
    Write {
        /// Which.
        run: RunId,
        /// The same key is written at most once; results of the last 1,024 keys per run are kept.
        key: Option<String>,
        /// What, as the program shall read it, in UTF-8.
        text: String,
        /// Conditions that are checked in the same step as the write.
        guard: Option<WriteGuard>,
    },
    /// What became of a keyed write.
    Asked {
        /// Which run.
        run: RunId,
        /// Which key.
        key: String,
    },
    /// Change the size of this viewer. The terminal takes it over by the rule of its launch plan:
    /// that of the holder of the input, or of anybody when nobody holds it, or the smallest.
    Resize {
        /// Which.
        run: RunId,
        /// Columns and rows.
        size: (u16, u16),
    },
    /// Stop a run; answered at once, its end is told by `Exited`: HUP to its group, TERM after 2 s, KILL after 5 s more, then a sweep of descendants.
    Stop {
        /// Which.
        run: RunId,
        /// KILL at once.
        now: bool,
    },
    /// Take the input over from whoever holds it. Operator only.
    Take {
        /// Which.
        run: RunId,
    },
    /// The exit of a run is stored; forget the run. Engine only.
    Acknowledge {
        /// Which.
        run: RunId,
    },
    /// Stop all runs, answer, and end the host. Operator or engine.
    Shutdown,
}

/// Conditions of a write by the engine (DECISIONS 11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteGuard {
    /// The screen must have this hash.
    pub hash: Option<u64>,
    /// The operator must not have typed for so many milliseconds.
    pub quiet: u32,
    /// The delivery that the write is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
}

/// Several writes that belong together. From the first one to the last, at most 5 s, the operator's
/// keys are held and then follow in their order; a takeover ends it, and what is left of it is not
/// written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Tells deliveries to one run apart.
    pub name: String,
    /// Whether this is its last write.
    pub last: bool,
}

/// What the host says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "say", content = "value", rename_all = "kebab-case")]
pub enum HostSay {
    /// To a request.
    Answer {
        /// The request's id.
        id: u64,
        /// What came of it.
        result: Result<HostAnswer, HostRefusal>,
    },
    /// A screen changed; at most 5 a second per run. To watchers.
    Screen {
        /// Whose.
        run: RunId,
        /// What it shows.
        screen: ScreenView,
    },
    /// A run ended. To watchers and attached viewers.
    Exited {
        /// Which.
        run: RunId,
        /// How.
        exit: Exit,
        /// For a job: the last lines it wrote, at most 4 KiB.
        tail: String,
        /// How long it lived, milliseconds.
        took: i64,
        /// What of it lives on, whatever was sent to it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left: Vec<Leftover>,
    },
    /// The terminal that an attached viewer sees has this size from here on: all bytes before it
    /// were for the old size, all after it are for the new one.
    Resized {
        /// The attach request's id.
        stream: u64,
        /// Columns and rows.
        size: (u16, u16),
        /// How much of what leaves the top is kept by the host, if it says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        history: Option<History>,
    },
    /// Who holds the input of the terminal that an attached viewer sees, whenever that changes.
    Holder {
        /// The attach request's id.
        stream: u64,
        /// Who.
        holder: Holder,
    },
    /// A run was started. To watchers.
    Started {
        /// Which.
        run: RunId,
        /// Its process, also the leader of its session and group.
        pid: u32,
    },
}

/// Who may type into a terminal: the last one who did, for half a minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// Whoever types first.
    #[default]
    Nobody,
    /// This viewer.
    You,
    /// Another viewer of the operator.
    Another,
}

/// A good answer of the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", content = "value", rename_all = "kebab-case")]
pub enum HostAnswer {
    /// It is done.
    Done,
    /// The runs.
    Runs(Vec<RunFact>),
    /// The screen, and rows above it, oldest first.
    Screen {
        /// What is shown.
        screen: ScreenView,
        /// Rows above it as plain text.
        history: Vec<String>,
    },
    /// Rows by number, oldest first.
    Rows {
        /// The number of the oldest row that is kept.
        oldest: u64,
        /// The number of the row at the top of the screen.
        top: u64,
        /// The number of the first of `rows`.
        from: u64,
        /// The rows; one frame holds them.
        rows: Vec<PackedRow>,
    },
    /// What became of a keyed write.
    Write(WriteFate),
    /// This host does not know the request.
    Unsupported,
}

/// A run as the host knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFact {
    /// Which.
    pub run: RunId,
    /// Its process, while it lives.
    pub pid: Option<u32>,
    /// The process's start time (`support::os::start_time`).
    pub started: u64,
    /// How it ended.
    pub exit: Option<Exit>,
    /// For a job: the last lines it wrote, at most 4 KiB.
    pub tail: String,
    /// How long it lived so far, milliseconds.
    pub took: i64,
    /// Whether it has a terminal.
    pub terminal: bool,
    /// Once it ended: what of it lives on, whatever was sent to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Leftover>,
}

/// What became of a keyed write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteFate {
    /// All bytes went to the program.
    Written,
    /// The screen was another one; nothing was written.
    ScreenChanged,
    /// The operator is typing; nothing was written.
    OperatorTyping,
    /// The operator took the terminal over during the delivery; this part of it was not written and
    /// never will be.
    Interrupted,
    /// The terminal failed or ended on the way.
    Failed,
    /// This key was never seen.
    NeverSeen,
}

/// Why the host says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", content = "value", rename_all = "kebab-case")]
pub enum HostRefusal {
    /// There is no such run.
    NoRun,
    /// The run has ended.
    Ended(Exit),
    /// The key does not allow it.
    NotAllowed,
    /// It could not be done.
    Failed(String),
}
