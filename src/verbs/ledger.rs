//! `bd`: arguments of the verbs that open beads again, delete them, talk about them and claim them,
//! take edges away, and keep settings.

use clap::Args;

use super::{CommentArgs, Context, DepAddArgs};
use crate::domain::{
    BeadDelete, BeadFilter, BeadId, BeadReopen, Command, DepRemove, Kind, KvSet, ReadyFilter,
    Refusal, RigName,
};

/// A verb that changes the ledger.
#[derive(Clone, Debug, PartialEq)]
pub enum LedgerVerb {
    /// `bd dep add`.
    DepAdd(DepAddArgs),
    /// `bd reopen`.
    Reopen(BeadReopenArgs),
    /// `bd delete`.
    Delete(BeadDeleteArgs),
    /// `bd dep remove`.
    DepRemove(DepRemoveArgs),
    /// `bd comment`.
    Comment(CommentArgs),
    /// `bd config set`.
    Set(LedgerSetArgs),
    /// `bd claim`.
    Claim(BeadClaimArgs),
}

impl LedgerVerb {
    /// The command, typed at `cx`.
    pub fn command(&self, cx: &Context) -> Result<Command, Refusal> {
        match self {
            Self::DepAdd(args) => args.command(),
            Self::Reopen(args) => Ok(args.command()),
            Self::Delete(args) => args.command(),
            Self::DepRemove(args) => Ok(args.command()),
            Self::Comment(args) => args.command(None),
            Self::Set(args) => Ok(args.command()),
            Self::Claim(args) => Ok(args.command(cx)),
        }
    }
}

/// Arguments of `bd reopen`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct BeadReopenArgs {
    /// Which beads; all of them or none
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<BeadId>,
    /// Why; kept as a comment
    #[arg(short, long, allow_hyphen_values = true)]
    pub reason: Option<String>,
    /// Print an array of beads as JSON
    #[arg(long)]
    pub json: bool,
}

impl BeadReopenArgs {
    /// The command.
    pub fn command(&self) -> Command {
        Command::BeadReopen(BeadReopen {
            ids: self.ids.clone(),
            reason: self.reason.clone(),
        })
    }
}

/// Arguments of `bd delete`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct BeadDeleteArgs {
    /// Which beads; all of them or none
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<BeadId>,
    /// Do it
    #[arg(short, long)]
    pub force: bool,
    /// All that depends on them too
    #[arg(long)]
    pub cascade: bool,
    /// Keep only that they were there, not what they said
    #[arg(long)]
    pub hard: bool,
    /// Why
    #[arg(
        short,
        long,
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub reason: String,
    /// Print what was deleted as JSON
    #[arg(long)]
    pub json: bool,
}

impl BeadDeleteArgs {
    /// The command; nothing is deleted unless it was asked for twice.
    pub fn command(&self) -> Result<Command, Refusal> {
        if !self.force {
            let ids: Vec<&str> = self.ids.iter().map(BeadId::as_str).collect();
            return Err(
                Refusal::new(Kind::Usage, "a deletion is asked for with `--force`")
                    .hint(format!("bd delete {} --force", ids.join(" "))),
            );
        }
        Ok(Command::BeadDelete(BeadDelete {
            ids: self.ids.clone(),
            cascade: self.cascade,
            force: self.force,
            hard: self.hard,
            reason: self.reason.clone(),
        }))
    }
}

/// Arguments of `bd dep remove`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct DepRemoveArgs {
    /// The bead that waits
    #[arg(value_name = "BEAD")]
    pub bead: BeadId,
    /// The bead it no longer depends on
    #[arg(value_name = "DEPENDS_ON")]
    pub on: BeadId,
    /// Print the edge as JSON
    #[arg(long)]
    pub json: bool,
}

impl DepRemoveArgs {
    /// The command.
    pub fn command(&self) -> Command {
        Command::DepRemove(DepRemove {
            bead: self.bead.clone(),
            on: self.on.clone(),
        })
    }
}

/// Arguments of `bd config set`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct LedgerSetArgs {
    /// Which setting, such as `types.custom`
    #[arg(value_name = "KEY")]
    pub key: String,
    /// Its value
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    pub value: String,
}

impl LedgerSetArgs {
    /// The command.
    pub fn command(&self) -> Command {
        Command::KvSet(KvSet {
            key: self.key.clone(),
            value: Some(self.value.clone()),
        })
    }
}

/// Arguments of `bd claim`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct BeadClaimArgs {
    /// Only this rig; in a rig's folder, that rig unless said otherwise
    #[arg(long)]
    pub rig: Option<RigName>,
    /// Print an array with the bead, or an empty one, as JSON
    #[arg(long)]
    pub json: bool,
}

impl BeadClaimArgs {
    /// The command.
    pub fn command(&self, cx: &Context) -> Command {
        Command::ReadyClaim(Box::new(ReadyFilter {
            filter: BeadFilter {
                rig: self.rig.clone().or_else(|| cx.rig.clone()),
                ..BeadFilter::default()
            },
            ..ReadyFilter::default()
        }))
    }
}
