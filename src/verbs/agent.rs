//! Looking at agents and talking to them: `gt peek`, `gt nudge`, `gt attach`, `gt crew at`,
//! `gt mayor attach`, `gt polecat`.

use clap::Args;

use crate::domain::{Command, Kind, Nudge, PolecatNuke, Query, Refusal, RigName};

/// Longest nudge, in bytes.
const NUDGE_MAX: usize = 4 << 10;
/// How many lines `gt peek` shows when nothing is said.
const PEEK_LINES: u32 = 100;
/// Most lines that can be asked for.
const PEEK_MAX: u32 = 10_000;

/// Arguments of `gt peek`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct PeekArgs {
    /// Whose terminal: `rig/Name`, or a unique name
    #[arg(value_name = "AGENT")]
    pub agent: String,
    /// How many lines
    #[arg(value_name = "COUNT")]
    pub count: Option<u32>,
    /// How many lines
    #[arg(short = 'n', long, value_name = "COUNT")]
    pub lines: Option<u32>,
    /// Print the lines as JSON
    #[arg(long)]
    pub json: bool,
}

impl PeekArgs {
    /// How many lines are wanted.
    pub fn wanted(&self) -> u32 {
        self.count
            .or(self.lines)
            .unwrap_or(PEEK_LINES)
            .clamp(1, PEEK_MAX)
    }

    /// The query that goes through the engine.
    pub fn query(&self) -> Query {
        Query::Peek {
            agent: self.agent.clone(),
            lines: self.wanted(),
        }
    }
}

/// Arguments of `gt nudge`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct NudgeArgs {
    /// To whom: `rig/Name`, or a unique name
    #[arg(value_name = "AGENT")]
    pub agent: String,
    /// What to say
    #[arg(value_name = "TEXT", conflicts_with_all = ["message", "stdin"])]
    pub text: Option<String>,
    /// What to say, by name
    #[arg(
        short,
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with = "stdin"
    )]
    pub message: Option<String>,
    /// Read what to say from the input
    #[arg(long)]
    pub stdin: bool,
    /// Print the nudge as JSON
    #[arg(long)]
    pub json: bool,
}

impl NudgeArgs {
    /// The command; `--stdin` must have been read into `message` before.
    pub fn command(&self) -> Result<Command, Refusal> {
        let text = self
            .text
            .as_deref()
            .or(self.message.as_deref())
            .unwrap_or_default()
            .trim_end();
        if text.trim().is_empty() {
            return Err(Refusal::new(Kind::Usage, "a nudge needs a text")
                .hint(format!("gt nudge {} \"status?\"", self.agent)));
        }
        if text.len() > NUDGE_MAX {
            return Err(Refusal::new(
                Kind::Usage,
                format!(
                    "the nudge has {} bytes, {NUDGE_MAX} are possible",
                    text.len()
                ),
            )
            .hint("put the text into a file or a bead and nudge with its name"));
        }
        Ok(Command::Nudge(Nudge {
            agent: self.agent.clone(),
            text: text.to_owned(),
        }))
    }
}

/// Arguments of `gt attach`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct AttachArgs {
    /// Whose terminals, at most nine: `rig/Name`, or a unique name
    #[arg(value_name = "AGENT", required = true, num_args = 1..=9)]
    pub agents: Vec<String>,
    /// Look only; no key reaches an agent
    #[arg(long)]
    pub read_only: bool,
}

/// Arguments of `gt crew at`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct CrewAtArgs {
    /// Which crew member: `rig/crew/name`, or a unique name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Look only; no key reaches the agent
    #[arg(long)]
    pub read_only: bool,
}

/// Arguments of `gt mayor attach`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct MayorAttachArgs {
    /// Look only; no key reaches the agent
    #[arg(long)]
    pub read_only: bool,
}

impl CrewAtArgs {
    /// The same as `gt attach`.
    pub fn attach(self) -> AttachArgs {
        AttachArgs {
            agents: vec![self.name],
            read_only: self.read_only,
        }
    }
}

impl MayorAttachArgs {
    /// The same as `gt attach mayor`.
    pub fn attach(self) -> AttachArgs {
        AttachArgs {
            agents: vec!["mayor".to_owned()],
            read_only: self.read_only,
        }
    }
}

/// Arguments of `gt polecat list`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct PolecatListArgs {
    /// Of one rig
    #[arg(value_name = "RIG")]
    pub rig: Option<RigName>,
    /// Print an array as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `gt polecat nuke`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct NukeArgs {
    /// Whom: `rig/Name`, or a unique name
    #[arg(value_name = "AGENT")]
    pub agent: String,
    /// Print what came of it as JSON
    #[arg(long)]
    pub json: bool,
}

impl NukeArgs {
    /// The command.
    pub fn command(&self) -> Command {
        Command::PolecatNuke(PolecatNuke {
            agent: self.agent.clone(),
        })
    }
}
