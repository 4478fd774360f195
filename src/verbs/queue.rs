//! Following the town: `gt mq`, `gt feed`, `gt ready`.

use clap::Args;

use super::Context;
use crate::domain::{
    BeadFilter, BeadId, Command, EventFilter, MergeId, MergeRetry, Query, ReadyFilter, Refusal,
    RigName, parse_span,
};

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
