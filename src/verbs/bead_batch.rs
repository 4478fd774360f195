//! `bd batch`: lines of a small language, carried out all or none.

use clap::Args;

use super::Context;
use super::bead::{bounded, checked_title};
use super::bead_texts::kind;
use crate::domain::{
    BeadClose, BeadCreate, BeadId, BeadStatus, BeadUpdate, Command, DepAdd, DepKind, DepRemove,
    Kind, Priority, Refusal,
};

/// What a line can be.
const FORMS: &str = "`close ID [REASON]`, `update ID KEY=VALUE...`, `create TYPE PRIORITY TITLE`, \
                     `dep add A B [TYPE]` or `dep remove A B`";

/// Arguments of `bd batch`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct BatchArgs {
    /// The lines; without it, or as `-`, the input
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<String>,
    /// Accepted for older lines: the history names each change by itself
    #[arg(short, long, hide = true)]
    pub message: Option<String>,
    /// Read the lines, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print what was done as JSON
    #[arg(long)]
    pub json: bool,
}

/// One line and what it asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// As written.
    pub line: String,
    /// What it asks.
    pub command: Command,
}

impl BatchArgs {
    /// The steps of a text.
    pub fn steps(&self, text: &str, cx: &Context) -> Result<Vec<Step>, Refusal> {
        let mut steps = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let command = read(line, cx).map_err(|mut refusal| {
                refusal.message = format!("line {}: {}", index + 1, refusal.message);
                refusal
            })?;
            steps.push(Step {
                line: line.to_owned(),
                command,
            });
        }
        Ok(steps)
    }
}

fn read(line: &str, cx: &Context) -> Result<Command, Refusal> {
    let words =
        shlex::split(line).ok_or_else(|| Refusal::new(Kind::Usage, "a quote is not closed"))?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["close", id, reason @ ..] => {
            let reason = reason.join(" ");
            let reason = if reason.is_empty() { "Closed" } else { &reason };
            Ok(Command::BeadClose(BeadClose {
                ids: vec![BeadId::parse(id)?],
                reason: bounded("reason", reason)?,
                ..BeadClose::default()
            }))
        }
        ["update", id, first, more @ ..] => update(id, first, more),
        ["create", sort, priority, title @ ..] if !title.is_empty() => {
            let (kind, kind_word) = kind(sort)?;
            Ok(Command::BeadCreate(Box::new(BeadCreate {
                title: checked_title(&title.join(" "))?,
                kind,
                kind_word,
                priority: Priority::parse(priority)?,
                place: cx.place(None),
                default_rig: cx.default_rig.clone(),
                ..BeadCreate::default()
            })))
        }
        ["dep", "add", a, b] => edge(a, b, DepKind::Blocks),
        ["dep", "add", a, b, kind] => edge(a, b, DepKind::parse(kind)?),
        ["dep", "remove" | "rm", a, b] => Ok(Command::DepRemove(DepRemove {
            bead: BeadId::parse(a)?,
            on: BeadId::parse(b)?,
        })),
        _ => Err(Refusal::invalid("line", line, FORMS)),
    }
}

fn edge(a: &str, b: &str, kind: DepKind) -> Result<Command, Refusal> {
    Ok(Command::DepAdd(DepAdd::plain(
        BeadId::parse(a)?,
        BeadId::parse(b)?,
        kind,
    )))
}

fn update(id: &str, first: &str, more: &[&str]) -> Result<Command, Refusal> {
    let mut update = BeadUpdate::of(BeadId::parse(id)?);
    for pair in std::iter::once(&first).chain(more) {
        let (key, value) = pair.split_once('=').ok_or_else(|| {
            Refusal::invalid("field", pair, "a field and a value such as `priority=1`")
        })?;
        match key {
            "status" => {
                let (status, word) = BeadStatus::of_word(value);
                update.status = Some(status);
                update.status_word = word;
            }
            "priority" => update.priority = Some(Priority::parse(value)?),
            "title" => update.title = Some(checked_title(value)?),
            "assignee" => update.assignee = Some(value.to_owned()),
            other => {
                return Err(Refusal::invalid(
                    "field",
                    other,
                    "`status`, `priority`, `title` or `assignee`",
                ));
            }
        }
    }
    Ok(Command::BeadUpdate(Box::new(update)))
}
