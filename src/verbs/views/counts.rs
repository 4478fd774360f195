//! `bd count`, `bd stats`, `bd statuses`, `bd types`, `bd epic`: arguments, and the questions they come to.

use clap::Args;

use crate::domain::{BeadFilter, Query, Refusal, RigName, StatsAsk, Survey, TallyBy};
use crate::verbs::Context;
use crate::verbs::find::FilterArgs;

/// How far `bd stats` looks back, in milliseconds.
const LATELY: i64 = 24 * 3_600_000;

/// Arguments of `bd count`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct CountArgs {
    #[command(flatten)]
    pub filter: FilterArgs,
    #[command(flatten)]
    pub group: GroupArgs,
    /// Print the numbers as JSON
    #[arg(long)]
    pub json: bool,
}

/// What beads are counted by.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq)]
#[group(multiple = false)]
pub struct GroupArgs {
    /// By where they stand
    #[arg(long)]
    pub by_status: bool,
    /// By how urgent they are
    #[arg(long)]
    pub by_priority: bool,
    /// By what sort of work they are
    #[arg(long)]
    pub by_type: bool,
    /// By who works on them
    #[arg(long)]
    pub by_assignee: bool,
    /// By label; a bead with two is counted in both
    #[arg(long)]
    pub by_label: bool,
}

impl GroupArgs {
    const fn by(self) -> Option<TallyBy> {
        if self.by_status {
            Some(TallyBy::Status)
        } else if self.by_priority {
            Some(TallyBy::Priority)
        } else if self.by_type {
            Some(TallyBy::Type)
        } else if self.by_assignee {
            Some(TallyBy::Assignee)
        } else if self.by_label {
            Some(TallyBy::Label)
        } else {
            None
        }
    }
}

impl CountArgs {
    /// The filter: closed beads and gates are counted too, unless the line says which states.
    fn filter(&self, cx: &Context) -> Result<BeadFilter, Refusal> {
        let mut filter = self.filter.filter(cx)?;
        filter.all |= filter.status.is_empty() && filter.status_words.is_empty();
        filter.scope.include_gates = true;
        Ok(filter)
    }

    /// The question.
    pub fn query(&self, cx: &Context) -> Result<Query, Refusal> {
        Ok(Query::Survey(Box::new(Survey::Tally {
            filter: Box::new(self.filter(cx)?),
            by: self.group.by(),
        })))
    }

    /// Whether groups are asked for.
    pub const fn is_grouped(&self) -> bool {
        self.group.by().is_some()
    }
}

/// Arguments of `bd stats`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct StatsArgs {
    /// Only your own beads
    #[arg(long)]
    pub assigned: bool,
    /// Only this rig; in a rig's folder, that rig unless said otherwise
    #[arg(long)]
    pub rig: Option<RigName>,
    /// Leave out what happened in the last 24 hours
    #[arg(long)]
    pub no_activity: bool,
    /// Accepted; every answer is up to date
    #[arg(long, hide = true)]
    pub all: bool,
    /// Print the numbers as JSON
    #[arg(long)]
    pub json: bool,
}

impl StatsArgs {
    /// Since when activity is told, wall milliseconds.
    pub fn since(&self, cx: &Context) -> Option<i64> {
        (!self.no_activity).then(|| cx.now.saturating_sub(LATELY))
    }

    /// The question; `me` is who asks, when only their beads are meant.
    pub fn query(&self, me: Option<String>, cx: &Context) -> Query {
        Query::Survey(Box::new(Survey::Stats(StatsAsk {
            rig: self.rig.clone().or_else(|| cx.rig.clone()),
            assignee: me,
            since: self.since(cx),
        })))
    }
}

/// Arguments of `bd statuses` and `bd types`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct WordsArgs {
    /// Print them as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd epic status`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct EpicStatusArgs {
    /// Only epics whose children are all closed
    #[arg(long)]
    pub eligible_only: bool,
    /// Print an array of epics with their numbers as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd epic close-eligible`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct EpicCloseArgs {
    /// Show which would be closed, and close none
    #[arg(long)]
    pub dry_run: bool,
    /// Print what was closed as JSON
    #[arg(long)]
    pub json: bool,
}

/// One page of open epics.
pub fn epics(closable: bool, offset: u32) -> Query {
    Query::Survey(Box::new(Survey::Epics { closable, offset }))
}
