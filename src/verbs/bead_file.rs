//! `bd import` and `bd export`: files of beads, as other tools keep them in a repository.

use clap::Args;

use super::Verb;

/// Arguments of `bd import`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct BeadImportArgs {
    /// The file, one issue a line; `-` for the input
    #[arg(value_name = "FILE")]
    pub file: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Take the file's values where they were changed here and there
    #[arg(long)]
    pub apply: bool,
    /// Print the counts as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd export`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct BeadExportArgs {
    /// Write to this file instead of the output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<String>,
    /// Overwrite a file that holds issues which the export does not
    #[arg(long)]
    pub force: bool,
    /// Everything that is here: agents, rigs, roles, messages, templates, and what is remembered
    #[arg(long)]
    pub all: bool,
    /// Agents, rigs, roles and messages too
    #[arg(long)]
    pub include_infra: bool,
    /// What is remembered too, behind the issues
    #[arg(long)]
    pub include_memories: bool,
    /// Leave out issues whose title says that they are tests
    #[arg(long)]
    pub scrub: bool,
    /// Say as JSON what was written; with `--output`
    #[arg(long, requires = "output")]
    pub json: bool,
}

/// `bd import` and `bd export`.
#[derive(Clone, Debug, PartialEq)]
pub enum BeadFile {
    /// `bd import`.
    Import(BeadImportArgs),
    /// `bd export`.
    Export(BeadExportArgs),
}

pub(super) fn import(args: BeadImportArgs) -> Verb {
    Verb::BeadFile(Box::new(BeadFile::Import(args)))
}

pub(super) fn export(args: BeadExportArgs) -> Verb {
    Verb::BeadFile(Box::new(BeadFile::Export(args)))
}
