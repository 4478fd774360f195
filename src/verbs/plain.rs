//! The verbs of `bd` about the ledger itself, in a repository or a town: making it, finding it, looking
//! after it, and what older programs did with theirs.

use std::path::Path;

use clap::Args;

use super::Verb;
use super::kept::Kept;

/// A verb about the ledger as a whole.
#[derive(Clone, Debug, PartialEq)]
pub enum Plain {
    /// `bd init`.
    Init(LedgerInitArgs),
    /// `bd where`.
    Where(LedgerWhereArgs),
    /// `bd info`.
    Info(LedgerWhereArgs),
    /// `bd version`.
    Version(LedgerVersionArgs),
    /// `bd prime`.
    Prime(LedgerPrimeArgs),
    /// `bd doctor`.
    Doctor(LedgerDoctorArgs),
    /// What is kept by key.
    Kept(Kept),
    /// A command of older programs that does nothing any more.
    Idle(IdleArgs),
}

macro_rules! makers {
    ($($name:ident($args:ty) => $variant:ident),* $(,)?) => {
        $(
            pub(super) fn $name(args: $args) -> Verb {
                Verb::Plain(Plain::$variant(args))
            }
        )*
    };
}

makers! {
    init(LedgerInitArgs) => Init,
    whereabouts(LedgerWhereArgs) => Where,
    info(LedgerWhereArgs) => Info,
    version(LedgerVersionArgs) => Version,
    prime(LedgerPrimeArgs) => Prime,
    doctor(LedgerDoctorArgs) => Doctor,
    idle(IdleArgs) => Idle,
}

/// Arguments of `bd init`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct LedgerInitArgs {
    /// How ids begin, such as `tb`
    #[arg(short, long)]
    pub prefix: Option<String>,
    /// Say nothing when it went well
    #[arg(short, long)]
    pub quiet: bool,
    /// Keep `.beads` out of git by the repository's own exclude file
    #[arg(long)]
    pub stealth: bool,
    /// Add what is missing where there is a ledger; it is never made anew
    #[arg(long)]
    pub force: bool,
    /// Take in the issues that lie in `.beads`, such as `issues.jsonl` or a backup
    #[arg(long)]
    pub from_jsonl: bool,
    /// Print the place as JSON
    #[arg(long)]
    pub json: bool,
    /// What older programs asked; nothing of it applies here
    #[command(flatten)]
    pub older: OlderInitArgs,
}

/// Options of older programs; accepted, without effect.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct OlderInitArgs {
    #[arg(long, hide = true)]
    non_interactive: bool,
    #[arg(long, hide = true)]
    skip_hooks: bool,
    #[arg(long, hide = true)]
    skip_agents: bool,
    #[arg(long, hide = true)]
    skip_merge_driver: bool,
    #[arg(long, hide = true)]
    reinit_local: bool,
    #[arg(long, hide = true)]
    server: bool,
    #[arg(long, hide = true)]
    server_host: Option<String>,
    #[arg(long, hide = true)]
    server_port: Option<String>,
    #[arg(long, hide = true)]
    server_user: Option<String>,
    #[arg(long, hide = true)]
    backend: Option<String>,
    #[arg(long, hide = true)]
    database: Option<String>,
    #[arg(short, long, hide = true)]
    branch: Option<String>,
}

/// Arguments of `bd where` and `bd info`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct LedgerWhereArgs {
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of commands that do nothing any more.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct IdleArgs {
    /// Whatever older programs took
    #[arg(
        value_name = "ANYTHING",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    rest: Vec<String>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

impl IdleArgs {
    /// Whether a program asked.
    pub fn json(&self) -> bool {
        self.json || self.rest.iter().any(|word| word == "--json")
    }
}

/// Arguments of `bd prime`.
#[derive(Args, Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the switches that start scripts of the field type"
)]
pub struct LedgerPrimeArgs {
    /// Everything, which is the usual
    #[arg(long)]
    pub full: bool,
    /// The shortest form
    #[arg(long)]
    pub mcp: bool,
    /// Nothing about files that are committed
    #[arg(long)]
    pub stealth: bool,
    /// As the answer of a session's start hook
    #[arg(long)]
    pub hook_json: bool,
    /// What is remembered, and nothing else
    #[arg(long)]
    pub memories_only: bool,
    /// The program's own words, also where the repository has others
    #[arg(long)]
    pub export: bool,
}

/// Arguments of `bd doctor`.
#[derive(Args, Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the switches that scripts of the field type"
)]
pub struct LedgerDoctorArgs {
    /// Mend what can be mended without touching a bead
    #[arg(long)]
    pub fix: bool,
    /// One check alone: ledger, prefix, ignored, issues, others
    #[arg(long, value_name = "NAME")]
    pub check: Option<String>,
    /// Print the findings as JSON
    #[arg(long)]
    pub json: bool,
    #[arg(long, hide = true)]
    perf: bool,
    #[arg(long, hide = true)]
    deep: bool,
    #[arg(long, hide = true)]
    orchestrator: bool,
    #[arg(short, long, hide = true)]
    yes: bool,
}

/// What `bd version` says: tools of the field ask for a version of their own program, and this is the
/// one whose behaviour is kept.
pub const BD_VERSION: &str = "1.0.5";

/// Arguments of `bd version`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct LedgerVersionArgs {
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

impl LedgerInitArgs {
    /// The prefix that ids get in the ledger of a folder of this name, or with issues that begin so.
    pub fn prefix_of(&self, known: Option<&str>, folder: &Path) -> String {
        let name = folder
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        tidy(self.prefix.as_deref().or(known).unwrap_or(&name))
    }
}

/// A prefix as ids can have it: lower case, letters first, nothing but letters, digits, `_` and dashes.
/// A dot becomes `_`, and what does not begin with a letter gets `bd_`, as other programs do it.
fn tidy(text: &str) -> String {
    let mut plain = String::new();
    for c in text.trim_start_matches('.').chars() {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' {
            plain.push(c);
        } else if c == '.' {
            plain.push('_');
        } else if !plain.ends_with('-') {
            plain.push('-');
        }
    }
    let plain = plain.trim_matches('-');
    let whole = if plain.starts_with(|c: char| c.is_ascii_lowercase()) {
        plain.to_owned()
    } else {
        format!("bd_{}", plain.trim_start_matches('_'))
    };
    let cut: String = whole.chars().take(20).collect();
    cut.trim_end_matches(['-', '_']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Prefix;

    #[test]
    fn prefixes_are_tidied() {
        for (typed, made) in [
            ("tb", "tb"),
            ("tb-", "tb"),
            (".dotfiles", "dotfiles"),
            ("my.app", "my_app"),
            ("My_App", "my_app"),
            ("My App", "my-app"),
            ("42", "bd_42"),
            ("_x", "bd_x"),
            ("", "bd"),
            ("a name that is much too long", "a-name-that-is-much"),
        ] {
            assert_eq!(tidy(typed), made, "{typed}");
            assert!(Prefix::parse(made).is_ok(), "{made}");
        }
    }
}
