//! `gt convoy`: tracking a batch of beads.

use clap::Args;

use super::bead::bounded;
use crate::domain::{Address, BeadId, Command, ConvoyCreate, Kind, Query, Refusal};

/// Arguments of `gt convoy create`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct ConvoyCreateArgs {
    /// Its title
    #[arg(value_name = "TITLE")]
    pub title: String,
    /// The beads it tracks
    #[arg(required = true, value_name = "BEAD")]
    pub beads: Vec<BeadId>,
    /// Who is told when it closes; you, unless an address is given
    #[arg(
        long,
        value_name = "WHO",
        num_args = 0..=1,
        default_missing_value = "human"
    )]
    pub notify: Option<Address>,
    /// Print the convoy as JSON
    #[arg(long)]
    pub json: bool,
}

impl ConvoyCreateArgs {
    /// The command.
    pub fn command(&self) -> Result<Command, Refusal> {
        let title = self.title.trim();
        if title.is_empty() || title.chars().any(char::is_control) {
            return Err(
                Refusal::new(Kind::Usage, "a convoy needs a title of one line")
                    .hint("gt convoy create \"Week 3\" tb-4kq tb-x1z"),
            );
        }
        Ok(Command::ConvoyCreate(ConvoyCreate {
            title: bounded("title", title)?,
            beads: self.beads.clone(),
            notify: self.notify.clone(),
        }))
    }
}

/// Arguments of `gt convoy list`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct ConvoyListArgs {
    /// Closed ones too
    #[arg(long)]
    pub all: bool,
    /// Print an array as JSON
    #[arg(long)]
    pub json: bool,
}

impl ConvoyListArgs {
    /// The query.
    pub fn query(&self) -> Query {
        Query::Convoys { all: self.all }
    }
}

/// Arguments of `gt convoy status`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct ConvoyStatusArgs {
    /// Which: its id, the end of its id, or its number in the list; all open ones when not said
    #[arg(value_name = "CONVOY")]
    pub id: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

impl ConvoyStatusArgs {
    /// The query.
    pub fn query(&self) -> Query {
        match &self.id {
            Some(id) => Query::Convoy { id: id.clone() },
            None => Query::Convoys { all: false },
        }
    }
}
