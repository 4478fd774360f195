//! `bd show`: arguments, and the questions they come to.

use clap::Args;

use crate::domain::{DepKind, Direction, Kind, Query, ReachAsk, Refusal, Survey};

/// Arguments of `bd show`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct BeadShowArgs {
    /// Which beads; a unique part of the id is enough
    #[arg(value_name = "ID", required_unless_present_any = ["id", "current"])]
    pub ids: Vec<String>,
    /// The same, by name, for ids that look like an option
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub id: Vec<String>,
    /// What you work on: in progress, else on your hook, else touched last
    #[arg(long)]
    pub current: bool,
    #[command(flatten)]
    pub part: ShowPart,
    #[command(flatten)]
    pub more: ShowMore,
    /// Show again whenever something changes
    #[arg(long)]
    pub watch: bool,
    /// Not possible: the ledger keeps what changed, no older copies
    #[arg(long, value_name = "REF", hide = true)]
    pub as_of: Option<String>,
    /// Print an array of beads as JSON
    #[arg(long)]
    pub json: bool,
}

/// Which part of what there is to show.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq)]
#[group(multiple = false)]
pub struct ShowPart {
    /// One line a bead
    #[arg(long)]
    pub short: bool,
    /// Every field, with comments and exact times
    #[arg(long)]
    pub long: bool,
    /// What names the bead, by meaning
    #[arg(long)]
    pub refs: bool,
    /// The beads below it
    #[arg(long)]
    pub children: bool,
    /// The whole talk that a message belongs to
    #[arg(long)]
    pub thread: bool,
}

/// What is shown besides.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq)]
pub struct ShowMore {
    /// Exact times, in the zone of this place
    #[arg(long)]
    pub local_time: bool,
    /// In JSON, all fields of what depends on it; of an epic, how far it is
    #[arg(long)]
    pub include_dependents: bool,
    /// What was said about it too
    #[arg(long)]
    pub include_comments: bool,
}

impl BeadShowArgs {
    /// Every id of the line.
    pub fn all_ids(&self) -> Vec<String> {
        self.ids.iter().chain(&self.id).cloned().collect()
    }

    /// The query.
    pub fn query(&self) -> Query {
        Query::Beads {
            ids: self.all_ids(),
        }
    }

    /// Whether the query alone answers the line.
    pub fn is_plain(&self) -> bool {
        self.part == ShowPart::default()
            && self.more == ShowMore::default()
            && !self.watch
            && !self.current
            && self.as_of.is_none()
    }

    /// Refuses what cannot be done.
    pub fn check(&self) -> Result<(), Refusal> {
        let Some(wanted) = &self.as_of else {
            return Ok(());
        };
        let id = self.ids.first().map_or("<ID>", String::as_str);
        Err(Refusal::new(
            Kind::Usage,
            format!("a bead cannot be shown as of `{wanted}`: the ledger keeps what changed, no older copies"),
        )
        .hint(format!("bd history {id}")))
    }

    /// The messages around one, by their answers.
    pub fn thread(bead: &str) -> Query {
        Query::Survey(Box::new(Survey::Reach(ReachAsk {
            bead: bead.to_owned(),
            direction: Direction::Both,
            depth: 1_000,
            kinds: vec![DepKind::RepliesTo],
        })))
    }
}
