//! Giving work out and handing it in: `gt sling`, `gt hook`, `gt prime`, `gt done`.

use clap::Args;

use super::Context;
use super::bead::bounded;
use crate::domain::{AgentAlias, BeadId, Command, Done, Query, Refusal, RigName, Sling};

/// Arguments of `gt sling`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct SlingArgs {
    /// What is to be done
    #[arg(value_name = "BEAD")]
    pub bead: BeadId,
    /// In which rig
    #[arg(value_name = "RIG")]
    pub rig: RigName,
    /// With this agent instead of the configured one
    #[arg(long)]
    pub agent: Option<AgentAlias>,
    /// Print the story as JSON
    #[arg(long)]
    pub json: bool,
}

impl SlingArgs {
    /// The command.
    pub fn command(&self) -> Command {
        Command::Sling(Sling {
            bead: self.bead.clone(),
            rig: self.rig.clone(),
            agent: self.agent.clone(),
        })
    }
}

/// Arguments of `gt hook`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct HookArgs {
    /// Whose hook; your own unless said otherwise
    #[arg(value_name = "AGENT")]
    pub agent: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

impl HookArgs {
    /// The query.
    pub fn query(&self) -> Query {
        Query::Work {
            agent: self.agent.clone(),
        }
    }
}

/// Arguments of `gt prime`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct PrimeArgs {
    /// Print what is known as JSON
    #[arg(long)]
    pub json: bool,
}

impl PrimeArgs {
    /// The query.
    pub fn query(&self) -> Query {
        Query::Work { agent: None }
    }
}

/// Arguments of `gt done`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct DoneArgs {
    /// There is nothing to land, and why
    #[arg(long, value_name = "REASON", allow_hyphen_values = true)]
    pub no_change: Option<String>,
    /// Print what came of it as JSON
    #[arg(long)]
    pub json: bool,
}

impl DoneArgs {
    /// The command.
    pub fn command(&self, cx: &Context) -> Result<Command, Refusal> {
        let no_change = self
            .no_change
            .as_deref()
            .map(|reason| bounded("reason", reason))
            .transpose()?;
        if no_change
            .as_deref()
            .is_some_and(|reason| reason.trim().is_empty())
        {
            return Err(Refusal::invalid(
                "reason",
                "",
                "a sentence that says why nothing had to change",
            ));
        }
        Ok(Command::Done(Done {
            cwd: cx.cwd.clone(),
            no_change,
        }))
    }
}
