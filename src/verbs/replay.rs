//! Recordings: `gt replay`. They are files, so no line here asks the engine for more than a name.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Context, Verb};
use crate::domain::{Refusal, parse_span};

/// What is asked of recordings.
#[derive(Clone, Debug, PartialEq)]
pub enum Replay {
    /// `gt replay list`.
    List(ReplayListArgs),
    /// `gt replay info`.
    Info(ReplayInfoArgs),
    /// `gt replay export`.
    Export(ReplayExportArgs),
    /// `gt replay prune`.
    Prune(ReplayPruneArgs),
}

pub(super) fn list(args: ReplayListArgs) -> Verb {
    Verb::Replay(Replay::List(args))
}

pub(super) fn info(args: ReplayInfoArgs) -> Verb {
    Verb::Replay(Replay::Info(args))
}

pub(super) fn export(args: ReplayExportArgs) -> Verb {
    Verb::Replay(Replay::Export(args))
}

pub(super) fn prune(args: ReplayPruneArgs) -> Verb {
    Verb::Replay(Replay::Prune(args))
}

/// Arguments of `gt replay list`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct ReplayListArgs {
    /// Of one agent: `rig/Name`, or a unique name
    #[arg(value_name = "AGENT")]
    pub agent: Option<String>,
    /// Print an array as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `gt replay info`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct ReplayInfoArgs {
    /// Which: a run, the beginning of its name, or an agent (its newest run)
    #[arg(value_name = "RUN")]
    pub run: String,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// What a recording is exported as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportForm {
    /// asciicast version 2, which every player reads.
    Cast2,
    /// asciicast version 3.
    Cast3,
    /// Lines as they were shown.
    Text,
    /// Lines with their times, one JSON object each.
    Ndjson,
}

/// Arguments of `gt replay export`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct ReplayExportArgs {
    /// Which: a run, the beginning of its name, or an agent (its newest run)
    #[arg(value_name = "RUN")]
    pub run: String,
    /// What it becomes
    #[arg(long, value_enum, default_value = "cast2")]
    pub format: ExportForm,
    /// The file to write, which must not be there yet; the output unless said otherwise
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// From when: since its beginning such as `90s`, or a moment such as `2026-01-31T14:17:00Z`
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Until when
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Write an agent's bytes to a terminal, or over a file that is there
    #[arg(long)]
    pub force: bool,
}

impl ReplayExportArgs {
    /// The stretch in microseconds since the recording's beginning, which was at `began`
    /// (milliseconds since 1970).
    pub fn stretch(&self, began: i64) -> Result<(u64, u64), Refusal> {
        let from = self.from.as_deref().map(|text| offset(text, began));
        let to = self.to.as_deref().map(|text| offset(text, began));
        let (from, to) = (from.transpose()?, to.transpose()?);
        let stretch = (from.unwrap_or(0), to.unwrap_or(u64::MAX));
        if stretch.0 > stretch.1 {
            let text = self.to.as_deref().unwrap_or_default();
            return Err(Refusal::invalid(
                "to",
                text,
                "a time that is not before the begin",
            ));
        }
        Ok(stretch)
    }
}

fn offset(text: &str, began: i64) -> Result<u64, Refusal> {
    let milliseconds = match parse_span(text) {
        Ok(span) => span,
        Err(_) => {
            let moment: jiff::Timestamp = text.parse().map_err(|_| {
                Refusal::invalid("time", text, "`90s`, `1h30m` or `2026-01-31T14:17:00Z`")
            })?;
            moment.as_millisecond().saturating_sub(began)
        }
    };
    Ok(u64::try_from(milliseconds)
        .unwrap_or(0)
        .saturating_mul(1000))
}

/// Arguments of `gt replay prune`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct ReplayPruneArgs {
    /// Delete ended recordings older than so many days; as in the settings unless said otherwise
    #[arg(long, value_name = "N")]
    pub days: Option<u32>,
    /// Delete the oldest until all take at most so many bytes
    #[arg(long, value_name = "N")]
    pub bytes: Option<u64>,
    /// Delete nothing, say what would go
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Print an array as JSON
    #[arg(long)]
    pub json: bool,
}

impl ReplayExportArgs {
    /// The file to write, seen from where the line was typed.
    pub fn target(&self, cx: &Context) -> Option<PathBuf> {
        self.output.as_deref().map(|path| cx.absolute(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_told_by_offsets_or_moments() {
        let began = 1_769_868_000_000; // 2026-01-31T14:00:00Z
        let args = |from: Option<&str>, to: Option<&str>| ReplayExportArgs {
            run: "Toast".to_owned(),
            format: ExportForm::Cast2,
            output: None,
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            force: false,
        };
        let table = [
            (None, None, Some((0, u64::MAX))),
            (Some("90s"), None, Some((90_000_000, u64::MAX))),
            (
                Some("1m"),
                Some("2026-01-31T14:02:00Z"),
                Some((60_000_000, 120_000_000)),
            ),
            (Some("2026-01-01T00:00:00Z"), None, Some((0, u64::MAX))),
            (Some("2m"), Some("1m"), None),
            (Some("yesterday"), None, None),
        ];
        for (from, to, expected) in table {
            assert_eq!(
                args(from, to).stretch(began).ok(),
                expected,
                "{from:?} {to:?}"
            );
        }
    }
}
