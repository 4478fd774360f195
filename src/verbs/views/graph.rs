//! `bd dep tree`, `bd dep list`, `bd dep cycles`, `bd graph`: arguments, and the questions they come to.

use clap::Args;

use crate::domain::{DepKind, Direction, Query, ReachAsk, Survey};

/// Arguments of `bd dep tree`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct DepTreeArgs {
    /// Where it begins
    #[arg(value_name = "ID")]
    pub id: String,
    /// Which way: down to what it depends on, up to what depends on it, or both
    #[arg(long, value_name = "WAY", default_value = "down")]
    pub direction: Direction,
    /// Accepted for older lines: up
    #[arg(long, hide = true)]
    pub reverse: bool,
    /// At most so many steps
    #[arg(short = 'd', long, visible_alias = "depth", value_name = "STEPS", default_value = "50",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub max_depth: u32,
    /// Only beads in this state, and the way to them
    #[arg(short, long)]
    pub status: Option<String>,
    /// Only edges of this meaning
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    pub kind: Option<DepKind>,
    /// Draw a bead at every place where it stands
    #[arg(long)]
    pub show_all_paths: bool,
    /// Print in another form: mermaid
    #[arg(long, value_name = "FORM")]
    pub format: Option<TreeForm>,
    /// Print an array of beads with their places as JSON
    #[arg(long)]
    pub json: bool,
}

/// Another form of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum TreeForm {
    /// A flow chart in the words of Mermaid.
    Mermaid,
}

impl DepTreeArgs {
    /// Which ways are drawn, each by itself.
    pub fn ways(&self) -> &'static [Direction] {
        match (self.direction, self.reverse) {
            (Direction::Both, _) => &[Direction::Down, Direction::Up],
            (Direction::Up, _) | (Direction::Down, true) => &[Direction::Up],
            (Direction::Down, false) => &[Direction::Down],
        }
    }

    /// The question for one way.
    pub fn query(&self, direction: Direction) -> Query {
        reach(ReachAsk {
            bead: self.id.clone(),
            direction,
            depth: self.max_depth,
            kinds: self.kind.into_iter().collect(),
        })
    }
}

fn reach(ask: ReachAsk) -> Query {
    Query::Survey(Box::new(Survey::Reach(ask)))
}

/// Arguments of `bd dep list`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct DepListArgs {
    /// Of which beads
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// Which way: down to what they depend on, up to what depends on them, or both
    #[arg(long, value_name = "WAY", default_value = "down")]
    pub direction: Direction,
    /// Only edges of this meaning
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    pub kind: Option<DepKind>,
    /// Print an array as JSON: of beads for one id, of edges for several
    #[arg(long)]
    pub json: bool,
}

impl DepListArgs {
    /// The question.
    pub fn query(&self) -> Query {
        Query::Beads {
            ids: self.ids.clone(),
        }
    }
}

/// Arguments of `bd dep cycles`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct DepCyclesArgs {
    /// Print an array of arrays of beads as JSON
    #[arg(long)]
    pub json: bool,
}

impl DepCyclesArgs {
    /// The question.
    pub fn query() -> Query {
        Query::Survey(Box::new(Survey::Circles))
    }
}

/// Arguments of `bd graph`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct GraphArgs {
    /// The bead around which it is drawn
    #[arg(value_name = "ID")]
    pub id: String,
    /// At most so many steps
    #[arg(short = 'd', long, visible_alias = "depth", value_name = "STEPS", default_value = "50",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub max_depth: u32,
    /// Print a graph for Graphviz
    #[arg(long, conflicts_with = "json")]
    pub dot: bool,
    /// One line a layer
    #[arg(long, conflicts_with_all = ["dot", "json"])]
    pub compact: bool,
    /// Print beads, edges and layers as JSON
    #[arg(long)]
    pub json: bool,
}

impl GraphArgs {
    /// The question: everything that hangs together with the bead by edges that hold work back.
    pub fn query(&self) -> Query {
        let kinds = DepKind::ALL.iter().copied();
        reach(ReachAsk {
            bead: self.id.clone(),
            direction: Direction::Both,
            depth: self.max_depth,
            kinds: kinds.filter(|kind| kind.is_readiness()).collect(),
        })
    }
}
