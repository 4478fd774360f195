//! `bd history` (also `bd audit`) and `bd activity`: arguments, and the questions they come to.

use clap::Args;

use crate::domain::{EventFilter, Query, Refusal, RigName, Seq, Survey, parse_span};
use crate::verbs::Context;

/// Arguments of `bd history`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct HistoryArgs {
    /// Which bead; a deleted one too
    #[arg(value_name = "ID")]
    pub id: String,
    /// The last so many; 0 for all
    #[arg(short = 'n', long, default_value = "0", hide_default_value = true)]
    pub limit: usize,
    /// Print an array of events as JSON
    #[arg(long)]
    pub json: bool,
}

impl HistoryArgs {
    /// One page of it.
    pub fn query(&self, after: Seq) -> Query {
        Query::Survey(Box::new(Survey::Past {
            bead: self.id.clone(),
            after,
        }))
    }
}

/// Arguments of `bd activity`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct ActivityArgs {
    /// Not older than this, such as `30m`, `4h` or `2d`
    #[arg(long, value_name = "AGE")]
    pub since: Option<String>,
    /// The last so many; 0 for all
    #[arg(short = 'n', long, default_value = "100")]
    pub limit: u32,
    /// Only this rig; in a rig's folder, that rig unless said otherwise
    #[arg(long)]
    pub rig: Option<RigName>,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
}

impl ActivityArgs {
    /// The question.
    pub fn query(&self, cx: &Context) -> Result<Query, Refusal> {
        let since = self.since.as_deref().map(parse_span).transpose()?;
        Ok(Query::Events(EventFilter {
            since: since.map(|span| cx.now.saturating_sub(span)),
            rig: self.rig.clone().or_else(|| cx.rig.clone()),
            limit: self.limit,
            ..EventFilter::default()
        }))
    }
}
