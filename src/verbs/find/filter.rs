//! The filters that lists, counts and searches share, and the filter of the domain they become.
//!
//! Flags are grouped as the domain's filter is. Words of a status or type that are not ours are
//! handed on: only the ledger knows which of them its settings have. Entry point: [`FilterArgs::filter`].

use clap::Args;

use crate::domain::{
    BeadFilter, BeadStatus, BeadType, DateFilter, LabelFilter, Lean, Moment, Priority, Refusal,
    RigName, ScopeFilter, TextFilter, Window,
};
use crate::verbs::Context;

/// Every filter.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct FilterArgs {
    #[command(flatten)]
    pub work: WorkArgs,
    #[command(flatten)]
    pub tags: TagArgs,
    #[command(flatten)]
    pub text: TextArgs,
    #[command(flatten)]
    pub dates: DateArgs,
    #[command(flatten)]
    pub scope: ScopeArgs,
}

/// State, sort of work, urgency, and whose it is.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct WorkArgs {
    /// Only these states, with commas between; `all` for every one
    #[arg(short, long, value_delimiter = ',')]
    pub status: Vec<String>,
    /// Closed and pinned ones too
    #[arg(long)]
    pub all: bool,
    /// Only this sort of work
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// None of these sorts, with commas between
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    pub exclude_type: Vec<String>,
    /// Only this urgency
    #[arg(short, long)]
    pub priority: Option<Priority>,
    /// At least this number, so at most this urgent
    #[arg(long, value_name = "PRIORITY")]
    pub priority_min: Option<Priority>,
    /// At most this number, so at least this urgent
    #[arg(long, value_name = "PRIORITY")]
    pub priority_max: Option<Priority>,
    /// Only beads of this agent or person
    #[arg(short, long)]
    pub assignee: Option<String>,
    /// Only beads of nobody
    #[arg(long, visible_alias = "unassigned", conflicts_with = "assignee")]
    pub no_assignee: bool,
    /// Only beads that this person answers for
    #[arg(long)]
    pub owner: Option<String>,
    /// Only this rig; in a rig's folder, that rig unless said otherwise
    #[arg(long)]
    pub rig: Option<RigName>,
}

/// Labels.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct TagArgs {
    /// Only beads with all these labels, with commas between
    #[arg(short, long, visible_aliases = ["labels", "tag"], value_delimiter = ',')]
    pub label: Vec<String>,
    /// Only beads with any of these labels, with commas between
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    pub label_any: Vec<String>,
    /// Only beads with none of these labels, with commas between
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    pub exclude_label: Vec<String>,
    /// Only beads with a label of this form, where `*` is any text
    #[arg(long, value_name = "PATTERN")]
    pub label_pattern: Option<String>,
    /// Only beads with a label that this regular expression fits
    #[arg(long, value_name = "REGEX")]
    pub label_regex: Option<String>,
    /// Only beads without labels
    #[arg(long)]
    pub no_labels: bool,
}

/// What is written.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct TextArgs {
    /// Only titles with this in them, in any case
    #[arg(long, visible_alias = "title-contains", value_name = "TEXT")]
    pub title: Option<String>,
    /// Only descriptions with this in them
    #[arg(long, value_name = "TEXT")]
    pub desc_contains: Option<String>,
    /// Only notes with this in them
    #[arg(long, value_name = "TEXT")]
    pub notes_contains: Option<String>,
    /// Only beads without a description
    #[arg(long)]
    pub empty_description: bool,
    /// Only these ids, with commas between
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub id: Vec<String>,
    /// Only beads whose specifying document's name begins so
    #[arg(long, value_name = "PREFIX")]
    pub spec: Option<String>,
}

/// When.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct DateArgs {
    /// Made after this date
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub created_after: Option<String>,
    /// Made before it
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub created_before: Option<String>,
    /// Changed after this date
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub updated_after: Option<String>,
    /// Changed before it
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub updated_before: Option<String>,
    /// Closed after this date
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub closed_after: Option<String>,
    /// Closed before it
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub closed_before: Option<String>,
    /// Due after this date
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub due_after: Option<String>,
    /// Due before it
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub due_before: Option<String>,
    /// Put off until after this date
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub defer_after: Option<String>,
    /// Put off until before it
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub defer_before: Option<String>,
    /// Only beads that are put off
    #[arg(long)]
    pub deferred: bool,
    /// Only beads that should be done by now
    #[arg(long)]
    pub overdue: bool,
}

/// The place in the tree, and records that are no work.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct ScopeArgs {
    /// Only beads directly below this one
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
    /// Only beads below none
    #[arg(long, conflicts_with = "parent")]
    pub no_parent: bool,
    /// Only reference cards
    #[arg(long)]
    pub pinned: bool,
    /// No reference cards
    #[arg(long, conflicts_with = "pinned")]
    pub no_pinned: bool,
    /// Only molecules of this sort: swarm, patrol, work
    #[arg(long, value_name = "TYPE")]
    pub mol_type: Option<String>,
    /// Only wisps of this sort
    #[arg(long, value_name = "TYPE")]
    pub wisp_type: Option<String>,
    /// Gates too
    #[arg(long)]
    pub include_gates: bool,
    /// Agents, rigs, roles and messages too
    #[arg(long)]
    pub include_infra: bool,
    /// Patterns too
    #[arg(long)]
    pub include_templates: bool,
    /// Wisps too
    #[arg(long)]
    pub include_ephemeral: bool,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Free data.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct DataArgs {
    /// Only beads whose free data has this value
    #[arg(long, value_name = "KEY=VALUE")]
    pub metadata_field: Vec<String>,
    /// Only beads whose free data has this key
    #[arg(long, value_name = "KEY")]
    pub has_metadata_key: Vec<String>,
}

impl FilterArgs {
    /// The filter, as typed at `cx`.
    pub fn filter(&self, cx: &Context) -> Result<BeadFilter, Refusal> {
        let mut filter = self.work.filter(cx);
        filter.tags = self.tags.filter();
        filter.text = self.text.filter();
        filter.dates = self.dates.filter(cx)?;
        filter.scope = self.scope.filter()?;
        Ok(filter)
    }
}

/// A word as it may be one of ours or of the settings.
pub(super) fn kind_of(word: &str) -> (BeadType, Option<String>) {
    BeadType::of_word(word.trim())
}

impl WorkArgs {
    fn filter(&self, cx: &Context) -> BeadFilter {
        let words = self.status.iter().map(|word| word.trim());
        let mut filter = BeadFilter {
            rig: self.rig.clone().or_else(|| cx.rig.clone()),
            all: self.all || words.clone().any(|word| word == "all"),
            exclude_kinds: trimmed(&self.exclude_type),
            priority: self.priority,
            priority_min: self.priority_min,
            priority_max: self.priority_max,
            assignee: self.assignee.clone(),
            unassigned: self.no_assignee,
            owner: self.owner.clone(),
            ..BeadFilter::default()
        };
        for word in words.filter(|word| !word.is_empty() && *word != "all") {
            match BeadStatus::of_word(word) {
                (BeadStatus::Foreign, _) => filter.status_words.push(word.to_owned()),
                (status, _) => filter.status.push(status),
            }
        }
        if let Some(word) = &self.kind {
            let (kind, beside) = kind_of(word);
            filter.kind = Some(kind);
            filter.kind_word = beside;
        }
        filter
    }
}

impl TagArgs {
    /// The filter.
    pub(super) fn filter(&self) -> LabelFilter {
        LabelFilter {
            labels: trimmed(&self.label),
            labels_any: trimmed(&self.label_any),
            exclude_labels: trimmed(&self.exclude_label),
            label_pattern: self.label_pattern.clone(),
            label_regex: self.label_regex.clone(),
            no_labels: self.no_labels,
        }
    }
}

impl TextArgs {
    fn filter(&self) -> TextFilter {
        TextFilter {
            title_contains: self.title.clone(),
            desc_contains: self.desc_contains.clone(),
            notes_contains: self.notes_contains.clone(),
            empty_description: self.empty_description,
            spec_prefix: self.spec.clone(),
            ids: trimmed(&self.id),
            ..TextFilter::default()
        }
    }
}

impl DateArgs {
    fn filter(&self, cx: &Context) -> Result<DateFilter, Refusal> {
        let here = cx.here();
        let read = |flag: &str, said: &Option<String>| -> Result<Option<Moment>, Refusal> {
            said.as_deref()
                .map(|text| here.moment(flag, text, Lean::Back))
                .transpose()
        };
        // A day as a bound means its midnight on both sides.
        let window = |after, before| Window {
            after: Option::map(after, |moment: Moment| moment.from),
            before: Option::map(before, |moment: Moment| moment.from),
        };
        Ok(DateFilter {
            created: window(
                read("created-after", &self.created_after)?,
                read("created-before", &self.created_before)?,
            ),
            updated: window(
                read("updated-after", &self.updated_after)?,
                read("updated-before", &self.updated_before)?,
            ),
            closed: window(
                read("closed-after", &self.closed_after)?,
                read("closed-before", &self.closed_before)?,
            ),
            due: window(
                read("due-after", &self.due_after)?,
                read("due-before", &self.due_before)?,
            ),
            defer: window(
                read("defer-after", &self.defer_after)?,
                read("defer-before", &self.defer_before)?,
            ),
            deferred: self.deferred,
            overdue: self.overdue,
            ..DateFilter::default()
        })
    }
}

impl ScopeArgs {
    fn filter(&self) -> Result<ScopeFilter, Refusal> {
        let mut scope = ScopeFilter {
            parent: self.parent.clone(),
            no_parent: self.no_parent,
            pinned: match (self.pinned, self.no_pinned) {
                (true, _) => Some(true),
                (false, true) => Some(false),
                (false, false) => None,
            },
            mol_type: self.mol_type.clone(),
            wisp_type: self.wisp_type.clone(),
            include_gates: self.include_gates,
            include_infra: self.include_infra,
            include_templates: self.include_templates,
            include_ephemeral: self.include_ephemeral,
            ..ScopeFilter::default()
        };
        self.data.put(&mut scope)?;
        Ok(scope)
    }
}

impl DataArgs {
    /// Puts what is asked of the free data into a filter.
    pub(super) fn put(&self, scope: &mut ScopeFilter) -> Result<(), Refusal> {
        for pair in &self.metadata_field {
            let (key, value) = pair.split_once('=').ok_or_else(|| {
                Refusal::invalid(
                    "metadata-field",
                    pair,
                    "a key and a value such as `team=core`",
                )
            })?;
            scope
                .metadata
                .push((checked_key("metadata-field", key)?, value.to_owned()));
        }
        for key in &self.has_metadata_key {
            scope
                .metadata_keys
                .push(checked_key("has-metadata-key", key)?);
        }
        Ok(())
    }
}

fn checked_key(flag: &str, key: &str) -> Result<String, Refusal> {
    let begins = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = key
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
    if begins && rest {
        return Ok(key.to_owned());
    }
    Err(Refusal::invalid(
        flag,
        key,
        "a key of letters, digits, `_` and `.` that begins with a letter or `_`",
    ))
}

fn trimmed(words: &[String]) -> Vec<String> {
    words
        .iter()
        .map(|word| word.trim())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
