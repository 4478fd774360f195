//! The town and its rigs: `gt install`, `gt rig`, `gt up`, `gt down`, `gt status`.

use std::path::PathBuf;

use clap::Args;

use super::{Context, repository};
use crate::domain::{Command, Kind, Prefix, Query, Refusal, RigAdd, RigName, TownWish, Wish};

/// Arguments of `gt install`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct InstallArgs {
    /// The town's folder
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Its name; the folder's name unless said otherwise
    #[arg(short, long)]
    pub name: Option<String>,
    /// Make it a git repository that hides what the program owns
    #[arg(long)]
    pub git: bool,
    /// Put `gt` and its completion into your shell's start file
    #[arg(long)]
    pub shell: bool,
}

/// Arguments of `gt rig add`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct RigAddArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: RigName,
    /// URL or path of the repository
    #[arg(value_name = "REPOSITORY")]
    pub repository: String,
    /// Prefix of its bead ids; made from the name unless said otherwise
    #[arg(long)]
    pub prefix: Option<Prefix>,
    /// The branch that work lands on; the repository's own default unless said otherwise
    #[arg(long)]
    pub branch: Option<String>,
    /// Print the rig as JSON
    #[arg(long)]
    pub json: bool,
}

impl RigAddArgs {
    /// The command.
    pub fn command(&self, cx: &Context) -> Result<Command, Refusal> {
        if let Some(branch) = &self.branch
            && !is_branch(branch)
        {
            return Err(Refusal::invalid("branch", branch, "a name such as `main`"));
        }
        Ok(Command::RigAdd(RigAdd {
            name: self.name.clone(),
            url: repository(cx, &self.repository)?,
            prefix: self.prefix.clone(),
            branch: self.branch.clone(),
        }))
    }
}

/// Whether git would take the text as a branch name; a first sieve, git has the last word.
fn is_branch(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 200
        && !text.starts_with(['-', '/', '.'])
        && !text.ends_with(['/', '.'])
        && !text.contains("..")
        && !text.contains("@{")
        && !text
            .chars()
            .any(|c| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\'))
}

/// Arguments of `gt rig list`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct RigListArgs {
    /// Print an array as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `gt up`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct UpArgs {
    /// Print what runs as JSON
    #[arg(long)]
    pub json: bool,
}

impl UpArgs {
    /// The command.
    pub fn command(&self, cx: &Context) -> Command {
        Command::TownWish(TownWish {
            wish: Wish::Up,
            env: cx.env.clone(),
        })
    }
}

/// Arguments of `gt down`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct DownArgs {
    /// End the engine, the terminal host and everything they run too
    #[arg(short, long)]
    pub all: bool,
}

impl DownArgs {
    /// The command.
    pub fn command(&self) -> Command {
        Command::TownWish(TownWish {
            wish: Wish::Down,
            env: Vec::new(),
        })
    }
}

/// Arguments of `gt status`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct StatusArgs {
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

impl StatusArgs {
    /// The query.
    pub fn query(&self) -> Query {
        Query::Town
    }
}

impl InstallArgs {
    /// The town's folder and name, checked.
    pub fn place(&self, cx: &Context) -> Result<(PathBuf, String), Refusal> {
        let path = cx.absolute(&self.path);
        let name = match &self.name {
            Some(name) => name.trim().to_owned(),
            None => path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or("town")
                .to_owned(),
        };
        let plain = !name.is_empty()
            && name.chars().count() <= 64
            && !name.chars().any(|c| c.is_control() || c == '/');
        if !plain {
            return Err(Refusal::invalid(
                "town name",
                &name,
                "1 to 64 characters without `/`",
            ));
        }
        if path.to_str().is_none() {
            return Err(Refusal::new(
                Kind::Usage,
                "the path of a town must be readable text",
            ));
        }
        Ok((path, name))
    }
}

/// Arguments of `gt demo`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct DemoArgs {
    /// Run to the end without the control room; exit 0 when every bead landed
    #[arg(long)]
    pub plain: bool,
    /// Leave the town, and what runs in it, when the demo ends
    #[arg(long)]
    pub keep: bool,
    /// Make the town in this folder in place of a temporary one
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
}
