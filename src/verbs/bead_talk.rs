//! `bd label`, `bd comment` and `bd comments`: arguments, and what they become.

use clap::Args;

use super::bead::checked_labels;
use crate::domain::{
    BeadFilter, BeadId, BeadUpdate, Command, CommentAdd, Kind, LabelFilter, Query, Refusal,
    ScopeFilter, Survey, TallyBy,
};

/// Arguments of `bd label add` and `bd label remove`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct LabelArgs {
    /// Which beads, and last the label
    #[arg(required = true, num_args = 2.., value_name = "ID LABEL")]
    pub words: Vec<String>,
    /// Print an array of what was done as JSON
    #[arg(long)]
    pub json: bool,
}

impl LabelArgs {
    /// The label.
    pub fn label(&self) -> Result<String, Refusal> {
        let typed = self.words.last().map_or("", String::as_str);
        let label = checked_labels(&[typed.to_owned()])?.into_iter().next();
        label.ok_or_else(|| Refusal::invalid("label", typed, "1 to 255 characters on one line"))
    }

    /// The beads.
    pub fn ids(&self) -> Result<Vec<BeadId>, Refusal> {
        let (_, ids) = self.words.split_last().unwrap_or((&EMPTY, &[]));
        ids.iter().map(|id| BeadId::parse(id)).collect()
    }

    /// The command for a bead.
    pub fn command(id: &BeadId, label: &str, takes_away: bool) -> Command {
        let mut update = BeadUpdate::of(id.clone());
        if takes_away {
            update.remove_labels.push(label.to_owned());
        } else {
            update.add_labels.push(label.to_owned());
        }
        Command::BeadUpdate(Box::new(update))
    }
}

static EMPTY: String = String::new();

/// Arguments of `bd label list`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct LabelListArgs {
    /// Whose
    #[arg(value_name = "ID")]
    pub id: String,
    /// Print an array of labels as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd label list-all`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct LabelListAllArgs {
    /// Print an array of labels with their counts as JSON
    #[arg(long)]
    pub json: bool,
}

impl LabelListAllArgs {
    /// The question: the ledger counts, no bead is carried out of it.
    pub fn query(&self) -> Query {
        let filter = BeadFilter {
            all: true,
            scope: ScopeFilter {
                include_gates: true,
                include_templates: true,
                ..ScopeFilter::default()
            },
            ..BeadFilter::default()
        };
        Query::Survey(Box::new(Survey::Tally {
            filter: Box::new(filter),
            by: Some(TallyBy::Label),
        }))
    }
}

/// Arguments of `bd ship`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct ShipArgs {
    /// What is there now: the bead with the label `export:<CAPABILITY>` provides it
    #[arg(value_name = "CAPABILITY")]
    pub capability: String,
    /// Also when that bead is not closed
    #[arg(short, long)]
    pub force: bool,
    /// Say what would be told, and tell nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print what was done as JSON
    #[arg(long)]
    pub json: bool,
}

impl ShipArgs {
    /// The question for the bead that it comes from.
    pub fn query(&self) -> Result<Query, Refusal> {
        let name = &self.capability;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > 200 || !name.chars().all(plain) {
            let accepted = "a word of letters, digits, `-`, `_` and dots";
            return Err(Refusal::invalid("capability", name, accepted));
        }
        Ok(Query::BeadList(Box::new(BeadFilter {
            all: true,
            tags: LabelFilter {
                labels: vec![format!("export:{name}")],
                ..LabelFilter::default()
            },
            limit: 5,
            ..BeadFilter::default()
        })))
    }

    /// The label that tells it.
    pub fn label(&self) -> String {
        format!("provides:{}", self.capability)
    }

    /// The command.
    pub fn command(&self, id: &BeadId) -> Command {
        LabelArgs::command(id, &self.label(), false)
    }
}

/// Arguments of `bd label propagate`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct LabelPropagateArgs {
    /// Whose children get it
    #[arg(value_name = "PARENT")]
    pub parent: BeadId,
    /// Which label
    #[arg(value_name = "LABEL")]
    pub label: String,
    /// Print an array of what was done as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd comment`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct CommentArgs {
    /// About which bead
    #[arg(value_name = "ID")]
    pub bead: BeadId,
    /// What
    #[arg(value_name = "TEXT")]
    pub words: Vec<String>,
    /// What, from the input
    #[arg(long, conflicts_with_all = ["words", "file"])]
    pub stdin: bool,
    /// What, from a file; `-` for the input
    #[arg(short, long, value_name = "FILE", conflicts_with = "words")]
    pub file: Option<String>,
    /// Print the comment as JSON
    #[arg(long)]
    pub json: bool,
}

impl CommentArgs {
    /// The file that the text stands in.
    pub fn source(&self) -> Option<&str> {
        if self.stdin {
            return Some("-");
        }
        self.file.as_deref()
    }

    /// The command, with the text of its file if it names one.
    pub fn command(&self, read: Option<&str>) -> Result<Command, Refusal> {
        if read.is_none() && self.source().is_some() {
            return Err(Refusal::new(
                Kind::Usage,
                "a comment from a file or the input can be given in a shell only",
            ));
        }
        let text = read.map_or_else(|| self.words.join(" "), str::to_owned);
        said(&self.bead, &text)
    }
}

/// Arguments of `bd comments`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct CommentsArgs {
    /// About which bead
    #[arg(value_name = "ID")]
    pub bead: String,
    /// `add` and a text: say something
    #[arg(value_name = "add TEXT")]
    pub words: Vec<String>,
    /// Print an array of comments as JSON
    #[arg(long)]
    pub json: bool,
}

impl CommentsArgs {
    /// The command, when something is to be said.
    pub fn command(&self) -> Result<Option<Command>, Refusal> {
        // Both orders are in use: `comments add ID TEXT` and `comments ID add TEXT`.
        match (self.bead.as_str(), self.words.split_first()) {
            (_, None) => Ok(None),
            ("add", Some((id, text))) => Ok(Some(said(&BeadId::parse(id)?, &text.join(" "))?)),
            (id, Some((word, text))) if word == "add" => {
                Ok(Some(said(&BeadId::parse(id)?, &text.join(" "))?))
            }
            (_, Some((word, _))) => Err(Refusal::invalid("what to do", word, "`add` and a text")),
        }
    }

    /// The question for all of them.
    pub fn query(&self) -> Query {
        Query::Comments {
            bead: self.bead.clone(),
        }
    }
}

fn said(bead: &BeadId, text: &str) -> Result<Command, Refusal> {
    if text.trim().is_empty() {
        return Err(
            Refusal::invalid("comment", text, "a text that is not blank")
                .hint(format!("bd comment {bead} \"see the log\"")),
        );
    }
    Ok(Command::CommentAdd(CommentAdd {
        bead: bead.clone(),
        text: text.to_owned(),
    }))
}
