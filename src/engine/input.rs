//! What comes into a turn and what goes out of it. Plain data.

use std::path::PathBuf;

use crate::config::RigFacts;
use crate::domain::{
    Answer, Command, Delta, GitJob, GitOutcome, IncarnationId, Leftover, Now, NudgeId, Outcome,
    PersonName, Query, RecordingNews, Refusal, RunId, Seq,
};
use crate::rules::patrol::Tree;
use crate::store::OutboxId;
use crate::wire::{HostAnswer, HostAsk, HostRefusal, RunFact};

/// Whom an answer goes to; the surroundings know what it means.
pub(crate) type ReplyTo = u64;

/// Who is on the other end, as the kernel and the hello tell it. Never what a caller claims to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Peer {
    /// The session token of the hello.
    pub token: Option<String>,
    /// The caller and the processes above it, nearest first, with their start times.
    pub line: Vec<(i32, u64)>,
    /// The name that a caller states; taken in a repository's own ledger alone, where no one else
    /// could know.
    pub person: Option<PersonName>,
}

/// The moment of a turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    /// Both clocks.
    pub now: Now,
    /// Wall clock in nanoseconds, for new ids.
    pub nanos: i64,
}

/// Something that happened outside.
#[derive(Debug)]
pub(crate) enum Input {
    /// Somebody wants something done.
    Command {
        peer: Peer,
        command: Command,
        how: String,
        reply: ReplyTo,
    },
    /// Somebody asks something that needs the live town.
    Query {
        peer: Peer,
        query: Query,
        reply: ReplyTo,
    },
    /// Somebody wants the live town and what changes in it.
    Subscribe { reply: ReplyTo },
    /// A subscriber is gone.
    Unsubscribe { reply: ReplyTo },
    /// The terminal host is connected and knows these runs.
    HostUp { pid: u32, runs: Vec<RunFact> },
    /// The terminal host is away.
    HostDown { reason: String },
    /// A screen changed.
    Screen {
        run: RunId,
        screen: crate::domain::ScreenView,
    },
    /// A run ended.
    Exited {
        run: RunId,
        exit: crate::domain::Exit,
        tail: String,
        took: i64,
        left: Vec<Leftover>,
    },
    /// A run was started.
    Started { run: RunId, pid: u32 },
    /// The host answered.
    Host {
        tag: Tag,
        result: Result<HostAnswer, HostRefusal>,
    },
    /// The git worker is done.
    Git { tag: Tag, outcome: GitOutcome },
    /// Files are written, or why not.
    Files {
        tag: Tag,
        result: Result<(), String>,
    },
    /// Something happened to recordings.
    Recordings(Vec<(RunId, RecordingNews)>),
    /// Time passed.
    Tick,
    /// It is time to look at what nobody reports.
    Patrol,
    /// What that look found: worktrees, and processes that have ended after all.
    Patrolled {
        trees: Vec<(IncarnationId, Tree)>,
        ended: Vec<Leftover>,
    },
}

/// What an answer from outside belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    /// An owed effect.
    Effect(OutboxId),
    /// A look into a worktree for `gt done`, by its number.
    Check(u64),
    /// Rescued work that is brought back, by its number.
    Restore(u64),
    /// A folder of the trash whose time is over.
    Emptied(IncarnationId),
    /// A keystroke of a nudge.
    Keystroke(NudgeId),
    /// A question what became of a keystroke of a nudge.
    Asked(NudgeId),
    /// A look at a screen for somebody, by its number.
    Peek(u64),
    /// Nothing waits for it.
    Nothing,
}

/// Something to be done outside, after the commit.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Ask the terminal host.
    Host { tag: Tag, ask: HostAsk },
    /// Ask the git worker.
    Git { tag: Tag, job: GitJob },
    /// Write a rig's folders and settings.
    Files { tag: Tag, facts: Box<RigFacts> },
    /// Write the engine's own git configuration from the operator's environment.
    OwnConfig { captured: Vec<(String, String)> },
    /// Look whether worktrees are there and processes live.
    Patrol {
        trees: Vec<(IncarnationId, PathBuf)>,
        left: Vec<Leftover>,
    },
}

/// A good answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// To a command.
    Outcome(Outcome),
    /// To a query or a subscription.
    Answer(Answer),
}

/// What a turn led to; all of it is durable.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// Answers to give now.
    pub replies: Vec<(ReplyTo, Result<Said, Refusal>)>,
    /// Changes for subscribers.
    pub deltas: Vec<Delta>,
    /// Those who subscribed in this turn and hear of its changes through their snapshot alone.
    pub fresh: Vec<ReplyTo>,
    /// The newest event.
    pub seq: Seq,
    /// What to do outside, in order.
    pub acts: Vec<Act>,
    /// The kinds of the effects that those acts carry out.
    pub kinds: Vec<(OutboxId, &'static str)>,
}
