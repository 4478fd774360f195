//! The fields that making and changing a bead have in common: longer texts, dates, people, free data.
//!
//! A text may stand in a file or come by the input; whoever carries the line out reads it first
//! ([`TextArgs::take`]), so that nothing here touches the disk.

use clap::Args;
use serde_json::{Map, Value};

use super::Context;
use super::bead::checked_description;
use crate::domain::{BeadType, Edit, Kind, Lean, Refusal};

/// What can be said about a new bead and a known one alike.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct TextArgs {
    /// Longer text
    #[arg(short, long, visible_alias = "body", allow_hyphen_values = true)]
    pub description: Option<String>,
    /// Longer text from a file; `-` for the input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["description", "stdin"])]
    pub body_file: Option<String>,
    /// Longer text from the input
    #[arg(long, conflicts_with = "description")]
    pub stdin: bool,
    /// How it shall be done
    #[arg(long, allow_hyphen_values = true)]
    pub design: Option<String>,
    /// The same from a file; `-` for the input
    #[arg(long, value_name = "FILE", conflicts_with = "design")]
    pub design_file: Option<String>,
    /// When it is done
    #[arg(
        long,
        visible_alias = "acceptance-criteria",
        allow_hyphen_values = true
    )]
    pub acceptance: Option<String>,
    /// What was learnt
    #[arg(long, allow_hyphen_values = true)]
    pub notes: Option<String>,
    /// What else was learnt: goes below the notes
    #[arg(long, allow_hyphen_values = true, value_name = "NOTES")]
    pub append_notes: Option<String>,
    /// Who works on it; empty for nobody
    #[arg(short, long)]
    pub assignee: Option<String>,
    /// How long it may take, in minutes
    #[arg(short, long, value_name = "MINUTES", allow_negative_numbers = true)]
    pub estimate: Option<i64>,
    /// When it is due, such as `+2d` or `2026-03-01`
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    pub due: Option<String>,
    /// Not before then; until then it is deferred
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    pub defer: Option<String>,
    /// Its name elsewhere, such as `gh-9`
    #[arg(long, value_name = "NAME")]
    pub external_ref: Option<String>,
    /// The document that specifies it
    #[arg(long, value_name = "DOCUMENT")]
    pub spec_id: Option<String>,
    /// Free data as JSON; `@FILE` reads it there
    #[arg(long, value_name = "JSON|@FILE")]
    pub metadata: Option<String>,
}

impl TextArgs {
    /// Puts what `read` finds in files (`-` is the input) in the place of their names.
    pub fn take(
        &mut self,
        mut read: impl FnMut(&str) -> Result<String, Refusal>,
    ) -> Result<(), Refusal> {
        if std::mem::take(&mut self.stdin) {
            self.body_file = Some("-".to_owned());
        }
        if let Some(file) = self.body_file.take() {
            self.description = Some(read(&file)?);
        }
        if let Some(file) = self.design_file.take() {
            self.design = Some(read(&file)?);
        }
        let free = self
            .metadata
            .as_ref()
            .and_then(|text| text.strip_prefix('@'));
        if let Some(file) = free {
            self.metadata = Some(read(file)?);
        }
        Ok(())
    }

    /// Whether files or the input must be read first.
    pub fn needs_reading(&self) -> bool {
        let at = |text: &String| text.starts_with('@');
        self.stdin
            || self.body_file.is_some()
            || self.design_file.is_some()
            || self.metadata.as_ref().is_some_and(at)
    }

    /// The longer text, checked.
    pub(super) fn description(&self) -> Result<Option<String>, Refusal> {
        if self.needs_reading() {
            return Err(Refusal::new(
                Kind::Usage,
                "a text from a file or the input can be given in a shell only",
            ));
        }
        let text = self.description.as_deref();
        text.map(checked_description).transpose()
    }

    /// The free data.
    pub(super) fn metadata(&self) -> Result<Option<Value>, Refusal> {
        let Some(text) = &self.metadata else {
            return Ok(None);
        };
        serde_json::from_str(text)
            .map(Some)
            .map_err(|error| Refusal::invalid("metadata", text, &format!("JSON ({error})")))
    }

    /// The free data, which must be an object: its keys are set one by one.
    pub(super) fn metadata_keys(&self) -> Result<Map<String, Value>, Refusal> {
        match self.metadata()? {
            None => Ok(Map::new()),
            Some(Value::Object(keys)) => Ok(keys),
            Some(other) => Err(Refusal::invalid(
                "metadata",
                &other.to_string(),
                "a JSON object such as `{\"size\":3}`",
            )),
        }
    }

    /// When it is due; empty clears.
    pub(super) fn due(&self, cx: &Context) -> Result<Option<Edit<i64>>, Refusal> {
        self.due
            .as_deref()
            .map(|text| date(cx, "due", text))
            .transpose()
    }

    /// Until when it is put off; empty clears.
    pub(super) fn defer(&self, cx: &Context) -> Result<Option<Edit<i64>>, Refusal> {
        self.defer
            .as_deref()
            .map(|text| date(cx, "defer", text))
            .transpose()
    }
}

/// A date to come, in wall milliseconds; nothing clears.
pub(super) fn date(cx: &Context, field: &str, text: &str) -> Result<Edit<i64>, Refusal> {
    if text.trim().is_empty() {
        return Ok(Edit::Clear);
    }
    let moment = cx.here().moment(field, text, Lean::Ahead)?;
    Ok(Edit::To(moment.from))
}

/// A sort of work: ours, or a word that the ledger's settings may know.
pub(super) fn kind(text: &str) -> Result<(BeadType, Option<String>), Refusal> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Refusal::invalid(
            "type",
            text,
            "a word such as `task` or `bug`",
        ));
    }
    Ok(BeadType::of_word(text))
}
