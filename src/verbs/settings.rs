//! Settings and the shell: `gt config`, `gt completion`.

use clap::{Args, ValueEnum};

use crate::domain::AgentAlias;

/// Arguments of `gt config agent list`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct AgentListArgs {
    /// Print an array as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `gt config agent get`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct AgentGetArgs {
    /// Which agent
    #[arg(value_name = "NAME")]
    pub name: AgentAlias,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `gt config agent set`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct AgentSetArgs {
    /// The name it goes by
    #[arg(value_name = "NAME")]
    pub name: AgentAlias,
    /// The command line, in quotes
    #[arg(value_name = "COMMAND_LINE", allow_hyphen_values = true)]
    pub command_line: String,
    /// The preset to inherit from, when the program's name does not say
    #[arg(long, value_name = "PRESET")]
    pub provider: Option<String>,
}

/// Arguments of `gt config agent remove`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct AgentRemoveArgs {
    /// Which agent
    #[arg(value_name = "NAME")]
    pub name: AgentAlias,
}

/// Arguments of `gt config default-agent`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct DefaultAgentArgs {
    /// The new default; prints the present one when not said
    #[arg(value_name = "NAME")]
    pub name: Option<AgentAlias>,
}

/// Arguments of `gt config explain`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct ExplainArgs {
    /// Print an array as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `gt completion`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct CompletionArgs {
    /// For which shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// A shell that can be helped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// GNU bash.
    Bash,
    /// zsh.
    Zsh,
    /// fish.
    Fish,
}
