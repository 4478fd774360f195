//! `bd update` and its short forms: arguments, and the commands they become.

use clap::Args;
use serde_json::{Map, Value};

use super::Context;
use super::bead::{checked_labels, checked_title};
use super::bead_texts::{TextArgs, date, kind};
use super::edit::one;
use crate::domain::{
    BeadId, BeadStatus, BeadUpdate, Command, Edit, FlagEdits, GateEdits, Kind, MetadataEdits,
    NumberEdits, Priority, Refusal, TextEdits,
};

/// Arguments of `bd update`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct BeadUpdateArgs {
    /// Which beads; without one, the bead that was touched last
    #[arg(value_name = "ID")]
    pub ids: Vec<BeadId>,
    /// New title
    #[arg(long, allow_hyphen_values = true)]
    pub title: Option<String>,
    /// New sort of work
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// New urgency
    #[arg(short, long)]
    pub priority: Option<Priority>,
    /// New status: open, in_progress, blocked, deferred, pinned, closed, or one of the settings
    #[arg(short, long)]
    pub status: Option<String>,
    /// Take it: nobody else can have it then
    #[arg(long, conflicts_with_all = ["status", "assignee", "unassign"])]
    pub claim: bool,
    /// Nobody works on it
    #[arg(long, conflicts_with = "assignee")]
    pub unassign: bool,
    /// The longer texts, dates and people.
    #[command(flatten)]
    pub texts: TextArgs,
    /// Take an empty description as meant
    #[arg(long)]
    pub allow_empty_description: bool,
    /// Labels, place and free data.
    #[command(flatten)]
    pub marks: MarkArgs,
    /// What it is besides work.
    #[command(flatten)]
    pub flags: FlagArgs,
    /// Print an array with the beads as JSON
    #[arg(long)]
    pub json: bool,
}

/// Labels, place in the tree and free data.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct MarkArgs {
    /// Labels to add, with commas between
    #[arg(long, value_delimiter = ',', value_name = "LABEL")]
    pub add_label: Vec<String>,
    /// Labels to take away, with commas between
    #[arg(long, value_delimiter = ',', value_name = "LABEL")]
    pub remove_label: Vec<String>,
    /// Exactly these labels, with commas between; empty for none
    #[arg(long, value_delimiter = ',', value_name = "LABEL")]
    pub set_labels: Option<Vec<String>>,
    /// New parent; empty for none. The id stays
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
    /// What a gate waits for
    #[arg(long, value_name = "ID")]
    pub await_id: Option<String>,
    /// A key of the free data, such as `size=3`; may be repeated
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    pub set_metadata: Vec<String>,
    /// A key of the free data to take away; may be repeated
    #[arg(long, value_name = "KEY")]
    pub unset_metadata: Vec<String>,
    /// The session that changes it
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
}

/// What a bead is besides work.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlagArgs {
    /// A wisp from now on
    #[arg(long, conflicts_with_all = ["persistent", "no_history"])]
    pub ephemeral: bool,
    /// No wisp any more
    #[arg(long)]
    pub persistent: bool,
    /// Not told in the repository's history
    #[arg(long, conflicts_with = "history")]
    pub no_history: bool,
    /// Told there again
    #[arg(long)]
    pub history: bool,
}

impl BeadUpdateArgs {
    /// The command for each bead. A bead that is to be closed is closed by a command of its own.
    pub fn commands(&self, cx: &Context) -> Result<Vec<Command>, Refusal> {
        let pattern = self.pattern(cx)?;
        if pattern.is_nothing() && !self.closes() {
            let first = self
                .ids
                .first()
                .map(ToString::to_string)
                .unwrap_or_default();
            return Err(
                Refusal::new(Kind::Usage, format!("nothing to change on `{first}`"))
                    .hint(format!("bd update {first} --priority 1")),
            );
        }
        let of = |id: &BeadId| {
            Command::BeadUpdate(Box::new(BeadUpdate {
                id: id.clone(),
                ..pattern.clone()
            }))
        };
        let only_closes = pattern.is_nothing();
        Ok(self.ids.iter().filter(|_| !only_closes).map(of).collect())
    }

    /// The one command that it is, if it is one.
    pub(super) fn only(&self, cx: &Context) -> Result<Option<Command>, Refusal> {
        if self.ids.is_empty() {
            return Ok(None);
        }
        let commands = self.commands(cx)?;
        Ok(one(commands).filter(|_| !self.closes()))
    }

    /// Whether the beads are to be closed.
    pub fn closes(&self) -> bool {
        self.status
            .as_deref()
            .map(BeadStatus::of_word)
            .is_some_and(|(known, _)| known == BeadStatus::Closed)
    }

    fn pattern(&self, cx: &Context) -> Result<BeadUpdate, Refusal> {
        let description = self.texts.description()?;
        if description
            .as_ref()
            .is_some_and(|text| text.trim().is_empty())
            && !self.allow_empty_description
        {
            return Err(Refusal::invalid(
                "description",
                "",
                "a text, or `--allow-empty-description` with it",
            ));
        }
        let (kind, kind_word) = self.kind.as_deref().map(kind).transpose()?.unzip();
        let status = self.status.as_deref().filter(|_| !self.closes());
        let (status, status_word) = status.map(BeadStatus::of_word).unzip();
        let first = self
            .ids
            .first()
            .ok_or_else(|| Refusal::new(Kind::Usage, "no bead is named"))?;
        Ok(BeadUpdate {
            title: self.title.as_deref().map(checked_title).transpose()?,
            description,
            kind,
            kind_word: kind_word.flatten(),
            priority: self.priority,
            status,
            status_word: status_word.flatten(),
            assignee: self.assignee(),
            claim: self.claim,
            add_labels: checked_labels(&self.marks.add_label)?,
            remove_labels: checked_labels(&self.marks.remove_label)?,
            set_labels: self
                .marks
                .set_labels
                .as_deref()
                .map(checked_labels)
                .transpose()?,
            parent: self.marks.parent.as_deref().map(parent).transpose()?,
            texts: self.texts(),
            numbers: NumberEdits {
                estimate: self.texts.estimate.map(Edit::To),
                due_at: self.texts.due(cx)?,
                defer_until: self.texts.defer(cx)?,
            },
            flags: self.flags(),
            metadata: self.metadata()?,
            gate: GateEdits {
                await_id: self.marks.await_id.clone(),
                add_waiters: Vec::new(),
            },
            ..BeadUpdate::of(first.clone())
        })
    }

    fn assignee(&self) -> Option<String> {
        if self.unassign {
            return Some(String::new());
        }
        self.texts.assignee.clone()
    }

    fn texts(&self) -> TextEdits {
        let texts = &self.texts;
        TextEdits {
            design: texts.design.clone(),
            acceptance: texts.acceptance.clone(),
            notes: texts.notes.clone(),
            append_notes: texts.append_notes.clone(),
            spec_id: texts.spec_id.clone(),
            owner: None,
            external_ref: texts.external_ref.clone(),
        }
    }

    fn flags(&self) -> FlagEdits {
        let said = |yes: bool, no: bool| (yes || no).then_some(yes);
        FlagEdits {
            ephemeral: said(self.flags.ephemeral, self.flags.persistent),
            no_history: said(self.flags.no_history, self.flags.history),
            pinned: None,
            template: None,
        }
    }

    fn metadata(&self) -> Result<MetadataEdits, Refusal> {
        let mut set = self.texts.metadata_keys()?;
        set.extend(pairs(&self.marks.set_metadata)?);
        Ok(MetadataEdits {
            set,
            unset: self.marks.unset_metadata.clone(),
            ..MetadataEdits::default()
        })
    }
}

/// A new parent; empty for none.
fn parent(text: &str) -> Result<Edit<BeadId>, Refusal> {
    if text.trim().is_empty() {
        return Ok(Edit::Clear);
    }
    Ok(Edit::To(BeadId::parse(text.trim())?))
}

/// Reads `key=value`; a value that is JSON keeps its type, another one is a text.
fn pairs(texts: &[String]) -> Result<Map<String, Value>, Refusal> {
    texts
        .iter()
        .map(|text| match text.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => {
                let value =
                    serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
                Ok((key.trim().to_owned(), value))
            }
            Some(_) | None => Err(Refusal::invalid(
                "set-metadata",
                text,
                "a key and a value such as `size=3`",
            )),
        })
        .collect()
}

/// One field of one bead by a short form: `bd assign`, `priority`, `tag`, `note`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct AssignArgs {
    /// Which bead
    #[arg(value_name = "ID")]
    pub id: BeadId,
    /// Who works on it; empty for nobody
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Print an array with the bead as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd priority`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct PriorityArgs {
    /// Which bead
    #[arg(value_name = "ID")]
    pub id: BeadId,
    /// How urgent: 0 (now) to 4 (some day)
    #[arg(value_name = "PRIORITY")]
    pub priority: Priority,
    /// Print an array with the bead as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd tag`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct TagArgs {
    /// Which bead
    #[arg(value_name = "ID")]
    pub id: BeadId,
    /// Labels to add
    #[arg(required = true, value_name = "LABEL", value_delimiter = ',')]
    pub labels: Vec<String>,
    /// Print an array with the bead as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd note`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct NoteArgs {
    /// Which bead
    #[arg(value_name = "ID")]
    pub id: BeadId,
    /// What was learnt: goes below its notes
    #[arg(required = true, value_name = "TEXT")]
    pub words: Vec<String>,
    /// Print an array with the bead as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd defer`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct DeferArgs {
    /// Which beads
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<BeadId>,
    /// Until when, such as `+2d` or `next monday`
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// Print an array with the beads as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd undefer`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct UndeferArgs {
    /// Which beads
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<BeadId>,
    /// Print an array with the beads as JSON
    #[arg(long)]
    pub json: bool,
}

fn updating(update: BeadUpdate) -> Command {
    Command::BeadUpdate(Box::new(update))
}

impl AssignArgs {
    /// The command.
    pub fn command(&self) -> Command {
        updating(BeadUpdate {
            assignee: Some(self.name.clone()),
            ..BeadUpdate::of(self.id.clone())
        })
    }
}

impl PriorityArgs {
    /// The command.
    pub fn command(&self) -> Command {
        updating(BeadUpdate {
            priority: Some(self.priority),
            ..BeadUpdate::of(self.id.clone())
        })
    }
}

impl TagArgs {
    /// The command.
    pub fn command(&self) -> Result<Command, Refusal> {
        Ok(updating(BeadUpdate {
            add_labels: checked_labels(&self.labels)?,
            ..BeadUpdate::of(self.id.clone())
        }))
    }
}

impl NoteArgs {
    /// The command.
    pub fn command(&self) -> Result<Command, Refusal> {
        let text = self.words.join(" ");
        if text.trim().is_empty() {
            return Err(Refusal::invalid("note", &text, "a text"));
        }
        Ok(updating(BeadUpdate {
            texts: TextEdits {
                append_notes: Some(text),
                ..TextEdits::default()
            },
            ..BeadUpdate::of(self.id.clone())
        }))
    }
}

impl DeferArgs {
    /// The command for each bead.
    pub fn commands(&self, cx: &Context) -> Result<Vec<Command>, Refusal> {
        let until = self.until.as_deref().map(|text| date(cx, "until", text));
        let until = until.transpose()?;
        let of = |id: &BeadId| {
            updating(BeadUpdate {
                status: Some(BeadStatus::Deferred),
                numbers: NumberEdits {
                    defer_until: until.clone(),
                    ..NumberEdits::default()
                },
                ..BeadUpdate::of(id.clone())
            })
        };
        Ok(self.ids.iter().map(of).collect())
    }
}

impl UndeferArgs {
    /// The command that brings a bead back.
    pub fn command(id: &BeadId) -> Command {
        updating(BeadUpdate {
            status: Some(BeadStatus::Open),
            numbers: NumberEdits {
                defer_until: Some(Edit::Clear),
                ..NumberEdits::default()
            },
            ..BeadUpdate::of(id.clone())
        })
    }
}
