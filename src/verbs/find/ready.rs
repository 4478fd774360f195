//! `bd ready`: arguments, and the question they come to.

use clap::Args;

use super::filter::{DataArgs, TagArgs, kind_of};
use crate::domain::{
    BeadFilter, Priority, Query, ReadyFilter, ReadySort, Refusal, RigName, ScopeFilter,
};
use crate::verbs::Context;

/// Arguments of `bd ready`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct BeadReadyArgs {
    /// In this order: priority (newest first within), hybrid (new work by urgency, then the oldest), oldest
    #[arg(short, long, default_value = "priority")]
    pub sort: ReadySort,
    /// At most so many; 0 for all
    #[arg(short = 'n', long, default_value = "100")]
    pub limit: u32,
    /// Only this sort of work
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// None of these sorts, with commas between
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    pub exclude_type: Vec<String>,
    /// Only this urgency
    #[arg(short, long)]
    pub priority: Option<Priority>,
    /// Only beads of this agent or person
    #[arg(short, long)]
    pub assignee: Option<String>,
    /// Only beads of nobody
    #[arg(short, long, conflicts_with = "assignee")]
    pub unassigned: bool,
    #[command(flatten)]
    pub tags: TagArgs,
    #[command(flatten)]
    pub data: DataArgs,
    /// Only beads below this one, over any number of steps
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
    /// The steps of this molecule that can be started, and which at the same time
    #[arg(long, value_name = "ID", conflicts_with = "parent")]
    pub mol: Option<String>,
    /// Molecules that an opened gate has set free and nobody has taken up
    #[arg(long, conflicts_with_all = ["parent", "mol", "claim", "explain"])]
    pub gated: bool,
    /// Only molecules of this sort
    #[arg(long, value_name = "TYPE")]
    pub mol_type: Option<String>,
    /// Work that is put off too
    #[arg(long)]
    pub include_deferred: bool,
    /// Wisps too
    #[arg(long)]
    pub include_ephemeral: bool,
    /// Take the first of them: yours, and in progress
    #[arg(long, conflicts_with = "explain")]
    pub claim: bool,
    /// Why each can be started, and what holds back the others
    #[arg(long)]
    pub explain: bool,
    /// Only this rig; in a rig's folder, that rig unless said otherwise
    #[arg(long)]
    pub rig: Option<RigName>,
    #[command(flatten)]
    pub form: ReadyForm,
}

/// How ready work is shown.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct ReadyForm {
    /// Beads below their parents, drawn as a tree
    #[arg(long, conflicts_with = "plain")]
    pub pretty: bool,
    /// One line a bead (as it is unless said otherwise)
    #[arg(long)]
    pub plain: bool,
    /// Print an array of beads as JSON
    #[arg(long)]
    pub json: bool,
}

impl BeadReadyArgs {
    /// Which work.
    pub fn filter(&self, cx: &Context) -> Result<ReadyFilter, Refusal> {
        let mut scope = ScopeFilter {
            parent: self.parent.clone().or_else(|| self.mol.clone()),
            mol_type: self.mol_type.clone(),
            include_ephemeral: self.include_ephemeral,
            ..ScopeFilter::default()
        };
        self.data.put(&mut scope)?;
        let (kind, kind_word) = match &self.kind {
            Some(word) => {
                let (kind, beside) = kind_of(word);
                (Some(kind), beside)
            }
            None => (None, None),
        };
        Ok(ReadyFilter {
            filter: BeadFilter {
                rig: self.rig.clone().or_else(|| cx.rig.clone()),
                kind,
                kind_word,
                exclude_kinds: self.exclude_type.clone(),
                priority: self.priority,
                assignee: self.assignee.clone(),
                unassigned: self.unassigned,
                tags: self.tags.filter(),
                scope,
                limit: self.limit,
                ..BeadFilter::default()
            },
            sort: self.sort,
            include_deferred: self.include_deferred,
        })
    }

    /// The query.
    pub fn query(&self, cx: &Context) -> Result<Query, Refusal> {
        Ok(Query::Ready(Box::new(self.filter(cx)?)))
    }
}
