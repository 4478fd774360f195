//! `bd list`, `bd children`, `bd search`, `bd query`, `bd stale`, `bd blocked`: arguments, and the
//! selection they come to. Every list is an expression that the ledger answers in one piece.

use clap::Args;

use super::filter::{FilterArgs, kind_of};
use super::form::Form;
use crate::domain::expr::{Expr, Field, Op, Value};
use crate::domain::{
    BeadFilter, BeadSort, DateFilter, Kind, Priority, Query, Refusal, RigName, ScopeFilter,
    Selection, TextFilter, Window,
};
use crate::verbs::Context;

/// How many beads a list shows when nobody said how many.
const SHOWN: u32 = 50;
/// As [`SHOWN`], for an agent.
const SHOWN_TO_AGENTS: u32 = 20;
/// A day in milliseconds.
const DAY: i64 = 86_400_000;

/// How lists are shown.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct ShapeArgs {
    /// Two lines a bead: labels, dates and what it waits for too
    #[arg(long)]
    pub long: bool,
    /// One line a bead, as rows (as it is without a terminal)
    #[arg(long, conflicts_with = "tree")]
    pub flat: bool,
    /// Beads below their parents, drawn as a tree
    #[arg(long, visible_alias = "pretty")]
    pub tree: bool,
    /// Print an array of beads as JSON
    #[arg(long)]
    pub json: bool,
    /// No labels
    #[arg(long, hide = true)]
    pub skip_labels: bool,
    /// Accepted; nothing is ever paged
    #[arg(long, hide = true)]
    pub no_pager: bool,
}

/// Arguments of `bd list`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct BeadListArgs {
    #[command(flatten)]
    pub filter: FilterArgs,
    /// Only work that can be started
    #[arg(long)]
    pub ready: bool,
    /// In this order: priority, created, updated, closed, status, id, title, type, assignee
    #[arg(long, value_name = "FIELD")]
    pub sort: Option<String>,
    /// The other way round
    #[arg(short, long)]
    pub reverse: bool,
    /// At most so many; 0 for all
    #[arg(short = 'n', long)]
    pub limit: Option<u32>,
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Print in another form: json, dot, digraph, or a text with fields such as `{{.ID}} {{.Title}}`
    #[arg(long, value_name = "FORM")]
    pub format: Option<Form>,
    /// Show it again whenever something changes
    #[arg(long)]
    pub watch: bool,
}

impl BeadListArgs {
    /// Whether JSON is asked for, in one way or the other.
    pub fn json(&self) -> bool {
        self.shape.json || self.format == Some(Form::Json)
    }

    /// The filter.
    pub fn filter(&self, cx: &Context) -> Result<BeadFilter, Refusal> {
        let mut filter = self.filter.filter(cx)?;
        filter.scope.ready = self.ready;
        filter.sort = sort(self.sort.as_deref())?;
        filter.reverse = self.reverse;
        filter.limit = limit(self.limit, filter.all, cx);
        Ok(filter)
    }

    /// The query.
    pub fn query(&self, cx: &Context) -> Result<Query, Refusal> {
        Ok(select(&self.filter(cx)?, cx))
    }
}

fn select(filter: &BeadFilter, cx: &Context) -> Query {
    Query::Select(Box::new(Selection::list(filter, cx.now)))
}

fn sort(word: Option<&str>) -> Result<Option<BeadSort>, Refusal> {
    word.map(BeadSort::parse).transpose()
}

fn limit(said: Option<u32>, all: bool, cx: &Context) -> u32 {
    said.unwrap_or(match (all, cx.agent) {
        (true, _) => 0,
        (false, true) => SHOWN_TO_AGENTS,
        (false, false) => SHOWN,
    })
}

/// Arguments of `bd children`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct ChildrenArgs {
    /// The bead above them
    #[arg(value_name = "ID")]
    pub id: String,
    /// At most so many; 0 for all
    #[arg(short = 'n', long, default_value = "0", hide_default_value = true)]
    pub limit: u32,
    #[command(flatten)]
    pub shape: ShapeArgs,
}

impl ChildrenArgs {
    /// The query, for a parent whose whole id is known.
    pub fn query(&self, parent: &str, cx: &Context) -> Query {
        let filter = BeadFilter {
            all: true,
            scope: ScopeFilter {
                parent: Some(parent.to_owned()),
                include_gates: true,
                include_infra: true,
                include_templates: true,
                include_ephemeral: true,
                ..ScopeFilter::default()
            },
            limit: self.limit,
            ..BeadFilter::default()
        };
        select(&filter, cx)
    }
}

/// Arguments of `bd search`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct SearchArgs {
    /// What is looked for in titles, ids and names elsewhere
    #[arg(value_name = "TEXT")]
    pub words: Vec<String>,
    /// The same, by name
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub query: Option<String>,
    #[command(flatten)]
    pub filter: FilterArgs,
    /// In this order: priority, created, updated, closed, status, id, title, type, assignee
    #[arg(long, value_name = "FIELD")]
    pub sort: Option<String>,
    /// The other way round
    #[arg(short, long)]
    pub reverse: bool,
    /// At most so many; 0 for all
    #[arg(short = 'n', long, default_value = "50")]
    pub limit: u32,
    #[command(flatten)]
    pub shape: ShapeArgs,
}

impl SearchArgs {
    /// The filter.
    pub fn filter(&self, cx: &Context) -> Result<BeadFilter, Refusal> {
        let words = self.words.join(" ");
        let text = self.query.as_deref().unwrap_or(&words).trim();
        if text.is_empty() {
            return Err(Refusal::new(Kind::Usage, "a search needs a text")
                .hint("bd search parser --status all"));
        }
        let mut filter = self.filter.filter(cx)?;
        filter.text = TextFilter {
            search: Some(text.to_owned()),
            ..filter.text
        };
        filter.sort = sort(self.sort.as_deref())?;
        filter.reverse = self.reverse;
        filter.limit = self.limit;
        Ok(filter)
    }

    /// The query.
    pub fn query(&self, cx: &Context) -> Result<Query, Refusal> {
        Ok(select(&self.filter(cx)?, cx))
    }
}

/// Arguments of `bd query`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct QueryArgs {
    /// Such as `status=open AND (priority<=1 OR label=urgent) AND updated<7d`
    #[arg(value_name = "EXPRESSION", required = true)]
    pub words: Vec<String>,
    /// Closed ones and wisps too
    #[arg(short, long)]
    pub all: bool,
    /// Print how the expression is read, and ask nothing
    #[arg(long)]
    pub parse_only: bool,
    /// In this order: priority, created, updated, closed, status, id, title, type, assignee
    #[arg(long, value_name = "FIELD")]
    pub sort: Option<String>,
    /// The other way round
    #[arg(short, long)]
    pub reverse: bool,
    /// At most so many; 0 for all
    #[arg(short = 'n', long, default_value = "50")]
    pub limit: u32,
    #[command(flatten)]
    pub shape: ShapeArgs,
}

impl QueryArgs {
    /// The expression.
    pub fn expr(&self, cx: &Context) -> Result<Expr, Refusal> {
        Expr::parse(&self.words.join(" "), &cx.here())
    }

    /// The query.
    pub fn query(&self, cx: &Context) -> Result<Query, Refusal> {
        Ok(Query::Select(Box::new(Selection {
            sort: sort(self.sort.as_deref())?,
            reverse: self.reverse,
            limit: self.limit,
            ..Selection::query(self.expr(cx)?, self.all)
        })))
    }
}

/// Arguments of `bd stale`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct StaleArgs {
    /// Not changed for so many days
    #[arg(short, long, default_value = "30", allow_hyphen_values = true)]
    pub days: String,
    /// Only this state
    #[arg(short, long)]
    pub status: Option<String>,
    /// Only this rig; in a rig's folder, that rig unless said otherwise
    #[arg(long)]
    pub rig: Option<RigName>,
    /// At most so many; 0 for all
    #[arg(short = 'n', long, default_value = "50")]
    pub limit: u32,
    #[command(flatten)]
    pub shape: ShapeArgs,
}

impl StaleArgs {
    /// The filter: what was left alone longest comes first.
    pub fn filter(&self, cx: &Context) -> Result<BeadFilter, Refusal> {
        let days = self
            .days
            .parse::<i64>()
            .ok()
            .filter(|days| (1..=36_500).contains(days))
            .ok_or_else(|| {
                Refusal::invalid("days", &self.days, "a number of days from 1 to 36500")
            })?;
        let work = super::filter::WorkArgs {
            status: self.status.iter().cloned().collect(),
            rig: self.rig.clone(),
            ..Default::default()
        };
        let base = FilterArgs {
            work,
            ..FilterArgs::default()
        };
        Ok(BeadFilter {
            dates: DateFilter {
                updated: Window {
                    after: None,
                    before: Some(cx.now.saturating_sub(days.saturating_mul(DAY))),
                },
                ..DateFilter::default()
            },
            sort: Some(BeadSort::Updated),
            reverse: true,
            limit: self.limit,
            ..base.filter(cx)?
        })
    }

    /// The query.
    pub fn query(&self, cx: &Context) -> Result<Query, Refusal> {
        Ok(select(&self.filter(cx)?, cx))
    }
}

/// Arguments of `bd blocked`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct BlockedArgs {
    /// Only beads below this one
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
    /// Only this sort of work
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// Only this urgency
    #[arg(short, long)]
    pub priority: Option<Priority>,
    /// Only this rig; in a rig's folder, that rig unless said otherwise
    #[arg(long)]
    pub rig: Option<RigName>,
    /// At most so many; 0 for all
    #[arg(short = 'n', long, default_value = "0", hide_default_value = true)]
    pub limit: u32,
    /// Print an array of beads as JSON
    #[arg(long)]
    pub json: bool,
}

impl BlockedArgs {
    /// The query.
    pub fn query(&self, cx: &Context) -> Query {
        let (kind, kind_word) = match &self.kind {
            Some(word) => {
                let (kind, beside) = kind_of(word);
                (Some(kind), beside)
            }
            None => (None, None),
        };
        let filter = BeadFilter {
            rig: self.rig.clone().or_else(|| cx.rig.clone()),
            all: true,
            kind,
            kind_word,
            priority: self.priority,
            scope: ScopeFilter {
                parent: self.parent.clone(),
                deep: true,
                include_gates: true,
                include_ephemeral: true,
                ..ScopeFilter::default()
            },
            limit: self.limit,
            ..BeadFilter::default()
        };
        let held = Expr::test(Field::Blocked, Op::Eq, Value::Flag(true));
        let mut selection = Selection::list(&filter, cx.now);
        selection.expr = Expr::all(selection.expr.into_iter().chain([held]));
        Query::Select(Box::new(selection))
    }
}
