//! Following the town: `gt mq`, `gt feed`, `gt ready`.

use clap::Args;

use super::{Action, Context, Verb};
use crate::domain::{
    BeadFilter, BeadId, Command, EventFilter, MergeId, MergeReject, MergeReorder, MergeRetry,
    Priority, Query, QueuePause, QueueResume, ReadyFilter, Refusal, RigName, parse_span,
};

macro_rules! queue_verbs {
    ($($(#[$doc:meta])* $make:ident $variant:ident($args:ty)),* $(,)?) => {
        /// A verb of `gt mq`.
        #[derive(Clone, Debug, PartialEq)]
        pub enum QueueVerb { $($(#[$doc])* $variant($args)),* }

        $(pub(super) fn $make(args: $args) -> Verb { Verb::Queue(QueueVerb::$variant(args)) })*
    };
}

queue_verbs! {
    /// `gt mq list`.
    list List(MergeListArgs),
    /// `gt mq next`.
    next Next(MergeListArgs),
    /// `gt mq status`.
    status Status(MergeStatusArgs),
    /// `gt mq retry`.
    retry Retry(MergeRetryArgs),
    /// `gt mq reject`.
    reject Reject(MergeRejectArgs),
    /// `gt mq reorder`.
    reorder Reorder(MergeReorderArgs),
    /// `gt mq pause`.
    pause Pause(QueuePauseArgs),
    /// `gt mq resume`.
    resume Resume(QueueResumeArgs),
}

impl QueueVerb {
    /// What it asks of the town.
    pub(super) fn action(&self, how: &'static str) -> Action {
        let run = |command| Action::Run { command, how };
        let ask = |query| Action::Ask { query, how };
        match self {
            Self::List(args) | Self::Next(args) => ask(args.query()),
            Self::Status(args) => ask(args.query()),
            Self::Retry(args) => run(args.command()),
            Self::Reject(args) => run(args.command()),
            Self::Reorder(args) => run(args.command()),
            Self::Pause(args) => run(args.command()),
            Self::Resume(args) => run(args.command()),
        }
    }
}

/// Arguments of `gt mq list`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct MergeListArgs {
    /// Of one rig
    #[arg(value_name = "RIG")]
    pub rig: Option<RigName>,
    /// Print an array as JSON
    #[arg(long)]
    pub json: bool,
}

impl MergeListArgs {
    /// The query.
    pub fn query(&self) -> Query {
        Query::Merges {
            rig: self.rig.clone(),
        }
    }
}

/// Arguments of `gt mq status`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct MergeStatusArgs {
    /// Which merge request
    #[arg(value_name = "ID")]
    pub id: MergeId,
    /// Print an object as JSON
    #[arg(long)]
    pub json: bool,
}

impl MergeStatusArgs {
    /// The query.
    pub fn query(&self) -> Query {
        Query::Merge {
            id: self.id.clone(),
        }
    }
}

/// Arguments of `gt mq retry`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct MergeRetryArgs {
    /// Which merge request
    #[arg(value_name = "ID")]
    pub id: MergeId,
}

impl MergeRetryArgs {
    /// The command.
    pub fn command(&self) -> Command {
        Command::MergeRetry(MergeRetry {
            id: self.id.clone(),
        })
    }
}

/// Arguments of `gt mq pause`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct QueuePauseArgs {
    /// Whose merge queue
    #[arg(value_name = "RIG")]
    pub rig: RigName,
    /// Why; everybody who looks at the queue sees it
    #[arg(short, long, value_name = "TEXT")]
    pub reason: Option<String>,
}

impl QueuePauseArgs {
    /// The command.
    pub fn command(&self) -> Command {
        Command::QueuePause(QueuePause {
            rig: self.rig.clone(),
            reason: self.reason.clone(),
        })
    }
}

/// Arguments of `gt mq resume`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct QueueResumeArgs {
    /// Whose merge queue
    #[arg(value_name = "RIG")]
    pub rig: RigName,
}

impl QueueResumeArgs {
    /// The command.
    pub fn command(&self) -> Command {
        Command::QueueResume(QueueResume {
            rig: self.rig.clone(),
        })
    }
}

/// Arguments of `gt mq reject`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct MergeRejectArgs {
    /// Which merge request
    #[arg(value_name = "ID")]
    pub id: MergeId,
    /// Why; kept with the request and in the history of its bead
    #[arg(short, long, value_name = "TEXT")]
    pub reason: String,
}

impl MergeRejectArgs {
    /// The command.
    pub fn command(&self) -> Command {
        Command::MergeReject(MergeReject {
            id: self.id.clone(),
            reason: self.reason.clone(),
        })
    }
}

/// Arguments of `gt mq reorder`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct MergeReorderArgs {
    /// Which merge request
    #[arg(value_name = "ID")]
    pub id: MergeId,
    /// How urgent it is now: 0 (most) to 4, or P0 to P4
    #[arg(short, long, value_name = "PRIORITY")]
    pub priority: Priority,
}

impl MergeReorderArgs {
    /// The command.
    pub fn command(&self) -> Command {
        Command::MergeReorder(MergeReorder {
            id: self.id.clone(),
            priority: self.priority,
        })
    }
}

/// Arguments of `gt feed`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct FeedArgs {
    /// Print lines, on a terminal too
    #[arg(long)]
    pub plain: bool,
    /// Go on printing what happens
    #[arg(short, long)]
    pub follow: bool,
    /// Not older than this, such as `30m`, `4h` or `2d`
    #[arg(long, value_name = "AGE")]
    pub since: Option<String>,
    /// The last so many; 0 for all
    #[arg(short = 'n', long = "limit", value_name = "COUNT")]
    pub limit: Option<u32>,
    /// Only this rig
    #[arg(long)]
    pub rig: Option<RigName>,
    /// Only this bead
    #[arg(long)]
    pub bead: Option<BeadId>,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
}

impl FeedArgs {
    /// Which events are wanted; the last 100 when neither age nor count is said.
    pub fn filter(&self, cx: &Context) -> Result<EventFilter, Refusal> {
        let since = self
            .since
            .as_deref()
            .map(parse_span)
            .transpose()?
            .map(|span| cx.now - span);
        let usual = if since.is_some() { 0 } else { 100 };
        Ok(EventFilter {
            after: 0,
            until: None,
            since,
            rig: self.rig.clone(),
            bead: self.bead.clone(),
            limit: self.limit.unwrap_or(usual),
        })
    }
}

/// Arguments of `gt ready`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct ReadyArgs {
    /// Only this rig
    #[arg(long)]
    pub rig: Option<RigName>,
    /// At most so many; 0 for all
    #[arg(short = 'n', long, default_value = "0")]
    pub limit: u32,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

impl ReadyArgs {
    /// The query.
    pub fn query(&self) -> Query {
        Query::Ready(Box::new(ReadyFilter {
            filter: BeadFilter {
                rig: self.rig.clone(),
                limit: self.limit,
                ..BeadFilter::default()
            },
            ..ReadyFilter::default()
        }))
    }
}
