//! `bd dep`, `bd link`, `bd duplicate` and `bd supersede`: arguments, and what they become.

use clap::Args;
use serde::Deserialize;

use super::bead::bounded;
use crate::domain::{BeadClose, BeadId, Command, DepAdd, DepKind, DepRemove, Kind, Refusal};

/// Arguments of `bd dep add`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct DepAddArgs {
    /// The bead that waits
    #[arg(value_name = "BEAD", required_unless_present = "file")]
    pub bead: Option<BeadId>,
    /// The bead it depends on
    #[arg(value_name = "DEPENDS_ON")]
    pub on: Option<BeadId>,
    /// The bead it depends on, by name
    #[arg(
        long,
        visible_alias = "depends-on",
        value_name = "ID",
        conflicts_with = "on"
    )]
    pub blocked_by: Option<BeadId>,
    /// The other way round: this bead waits for BEAD
    #[arg(long, value_name = "ID", conflicts_with_all = ["on", "blocked_by"])]
    pub blocks: Option<BeadId>,
    /// What the edge means: blocks, parent-child, related, discovered-from, tracks, waits-for, …
    #[arg(
        short = 't',
        long = "type",
        value_name = "TYPE",
        default_value = "blocks"
    )]
    pub kind: DepKind,
    /// Edges as JSON lines, all or none; `-` for the input
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["bead", "on", "blocked_by", "blocks"])]
    pub file: Option<String>,
    /// Accepted for older lines; circles are looked for always
    #[arg(long, hide = true)]
    pub no_cycle_check: bool,
    /// Print the edge as JSON
    #[arg(long)]
    pub json: bool,
}

impl DepAddArgs {
    /// The edge.
    pub fn edge(&self) -> Result<DepAdd, Refusal> {
        let Some(bead) = self.bead.clone() else {
            return Err(Refusal::new(
                Kind::Usage,
                "edges from a file can be given in a shell only",
            ));
        };
        match (&self.blocks, self.on.as_ref().or(self.blocked_by.as_ref())) {
            (Some(other), _) => Ok(DepAdd::plain(other.clone(), bead, self.kind)),
            (None, Some(on)) => Ok(DepAdd::plain(bead, on.clone(), self.kind)),
            (None, None) => Err(Refusal::new(
                Kind::Usage,
                format!("what does `{bead}` depend on? It is not named"),
            )
            .hint(format!("bd dep add {bead} <ID>"))),
        }
    }

    /// The command.
    pub fn command(&self) -> Result<Command, Refusal> {
        Ok(Command::DepAdd(self.edge()?))
    }

    /// The edges of a file of JSON lines.
    pub fn edges(&self, text: &str) -> Result<Vec<DepAdd>, Refusal> {
        let mut edges = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            let edge = edge_of(line, self.kind).map_err(|mut refusal| {
                refusal.message = format!("line {}: {}", index + 1, refusal.message);
                refusal
            })?;
            edges.push(edge);
        }
        if edges.is_empty() {
            return Err(Refusal::new(Kind::Usage, "the file names no edge"));
        }
        Ok(edges)
    }
}

/// An edge as it stands in a file.
#[derive(Deserialize)]
struct Line {
    #[serde(alias = "from", alias = "issue")]
    issue_id: String,
    #[serde(alias = "to", alias = "depends_on")]
    depends_on_id: String,
    #[serde(rename = "type", default)]
    kind: Option<String>,
}

fn edge_of(line: &str, kind: DepKind) -> Result<DepAdd, Refusal> {
    let form = "an object such as `{\"issue_id\":\"tb-1\",\"depends_on_id\":\"tb-2\"}`";
    let read: Line = serde_json::from_str(line)
        .map_err(|error| Refusal::invalid("edge", line, &format!("{form} ({error})")))?;
    let kind = read
        .kind
        .as_deref()
        .map(DepKind::parse)
        .transpose()?
        .unwrap_or(kind);
    Ok(DepAdd::plain(
        BeadId::parse(&read.issue_id)?,
        BeadId::parse(&read.depends_on_id)?,
        kind,
    ))
}

/// Arguments of `bd link`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct LinkArgs {
    /// The bead that waits
    #[arg(value_name = "BEAD")]
    pub bead: BeadId,
    /// The bead it depends on
    #[arg(value_name = "DEPENDS_ON")]
    pub on: BeadId,
    /// What the edge means
    #[arg(
        short = 't',
        long = "type",
        value_name = "TYPE",
        default_value = "blocks"
    )]
    pub kind: DepKind,
    /// Print the edge as JSON
    #[arg(long)]
    pub json: bool,
}

impl LinkArgs {
    /// The edge.
    pub fn edge(&self) -> DepAdd {
        DepAdd::plain(self.bead.clone(), self.on.clone(), self.kind)
    }
}

/// Arguments of `bd dep relate` and `bd dep unrelate`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct RelateArgs {
    /// One bead
    #[arg(value_name = "A")]
    pub a: BeadId,
    /// The other
    #[arg(value_name = "B")]
    pub b: BeadId,
    /// Print the edge as JSON
    #[arg(long)]
    pub json: bool,
}

impl RelateArgs {
    /// Both edges, made.
    pub fn relate(&self) -> Command {
        let edge = |bead: &BeadId, on: &BeadId| {
            Command::DepAdd(DepAdd::plain(bead.clone(), on.clone(), DepKind::RelatesTo))
        };
        Command::Batch(vec![edge(&self.a, &self.b), edge(&self.b, &self.a)])
    }

    /// Both edges, taken away.
    pub fn unrelate(&self) -> Command {
        let edge = |bead: &BeadId, on: &BeadId| {
            Command::DepRemove(DepRemove {
                bead: bead.clone(),
                on: on.clone(),
            })
        };
        Command::Batch(vec![edge(&self.a, &self.b), edge(&self.b, &self.a)])
    }
}

/// Arguments of `bd duplicate`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct DuplicateArgs {
    /// The bead that says nothing new
    #[arg(value_name = "ID")]
    pub id: BeadId,
    /// The bead that stays
    #[arg(long, value_name = "ID")]
    pub of: BeadId,
    /// Print what was done as JSON
    #[arg(long)]
    pub json: bool,
}

impl DuplicateArgs {
    /// The edge and the close, together.
    pub fn command(&self) -> Result<Command, Refusal> {
        replaced(&self.id, &self.of, DepKind::Duplicates, "Duplicate of")
    }
}

/// Arguments of `bd supersede`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct SupersedeArgs {
    /// The bead that is replaced
    #[arg(value_name = "ID")]
    pub id: BeadId,
    /// The bead that takes its place
    #[arg(long, value_name = "ID")]
    pub with: BeadId,
    /// Print what was done as JSON
    #[arg(long)]
    pub json: bool,
}

impl SupersedeArgs {
    /// The edge and the close, together.
    pub fn command(&self) -> Result<Command, Refusal> {
        replaced(&self.id, &self.with, DepKind::Supersedes, "Superseded by")
    }
}

fn replaced(id: &BeadId, by: &BeadId, kind: DepKind, why: &str) -> Result<Command, Refusal> {
    Ok(Command::Batch(vec![
        Command::DepAdd(DepAdd::plain(id.clone(), by.clone(), kind)),
        Command::BeadClose(BeadClose {
            ids: vec![id.clone()],
            reason: bounded("reason", &format!("{why} {by}"))?,
            ..BeadClose::default()
        }),
    ]))
}
