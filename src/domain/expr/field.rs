//! What can be asked of a bead, and which words and values go with it.
//!
//! A closed set: a column is never named by what somebody types. Entry point: [`Field::parse`].

use serde::{Deserialize, Serialize};

use crate::domain::Refusal;

/// A property of a bead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Where it stands.
    Status,
    /// How urgent; a smaller number is more urgent.
    Priority,
    /// What sort of work.
    Type,
    /// Who works on it.
    Assignee,
    /// Who answers for it.
    Owner,
    /// Who made it.
    CreatedBy,
    /// Any of its labels.
    Label,
    /// One line.
    Title,
    /// Longer text.
    Description,
    /// How it shall be done.
    Design,
    /// When it is done.
    Acceptance,
    /// What was learnt.
    Notes,
    /// When it was made.
    Created,
    /// When it was changed last.
    Updated,
    /// When work on it began.
    Started,
    /// When it was closed.
    Closed,
    /// When it is due.
    Due,
    /// Until when it is put off.
    Defer,
    /// Its id.
    Id,
    /// Its name elsewhere.
    ExternalRef,
    /// The document that specifies it.
    Spec,
    /// Its rig.
    Rig,
    /// The bead directly above it.
    Parent,
    /// Any bead above it.
    Under,
    /// A reference card.
    Pinned,
    /// A wisp.
    Ephemeral,
    /// A pattern for others.
    Template,
    /// Held back by another bead.
    Blocked,
    /// Can be started, whatever sort of record it is.
    Startable,
    /// Work that can be started.
    Ready,
    /// Closed, pinned, or in a status of the settings that is done or frozen.
    Resting,
    /// What sort of molecule.
    MolType,
    /// What sort of wisp.
    WispType,
    /// A key of its free data.
    MetadataKey,
    /// The value of this key of its free data.
    Metadata(String),
}

/// Which values a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A word of a status.
    Status,
    /// A word of a type.
    Type,
    /// A number from 0 to 4.
    Urgency,
    /// A text that is compared whole; may be empty.
    Name,
    /// A text in which parts are looked for; may be empty.
    Prose,
    /// A text in which parts are looked for; never empty.
    Line,
    /// A point in time; may be unset.
    Date,
    /// A point in time that every bead has.
    Always,
    /// An id, or the beginning of one.
    Id,
    /// A name, or the beginning of one; may be empty.
    Path,
    /// Labels; may be none.
    Labels,
    /// Another bead; may be none.
    Above,
    /// Another bead, any number of steps up.
    Far,
    /// Yes or no.
    Flag,
    /// A key.
    Key,
}

/// Each field with the words for it, the first being the one that is shown.
const WORDS: &[(Field, &[&str])] = &[
    (Field::Status, &["status"]),
    (Field::Priority, &["priority"]),
    (Field::Type, &["type", "issue_type"]),
    (Field::Assignee, &["assignee"]),
    (Field::Owner, &["owner"]),
    (Field::CreatedBy, &["created_by"]),
    (Field::Label, &["label", "labels"]),
    (Field::Title, &["title"]),
    (Field::Description, &["description", "desc"]),
    (Field::Design, &["design"]),
    (Field::Acceptance, &["acceptance", "acceptance_criteria"]),
    (Field::Notes, &["notes"]),
    (Field::Created, &["created", "created_at"]),
    (Field::Updated, &["updated", "updated_at"]),
    (Field::Started, &["started", "started_at"]),
    (Field::Closed, &["closed", "closed_at"]),
    (Field::Due, &["due", "due_at"]),
    (Field::Defer, &["defer", "defer_until"]),
    (Field::Id, &["id"]),
    (Field::ExternalRef, &["external_ref"]),
    (Field::Spec, &["spec", "spec_id"]),
    (Field::Rig, &["rig"]),
    (Field::Parent, &["parent"]),
    (Field::Under, &["under"]),
    (Field::Pinned, &["pinned"]),
    (Field::Ephemeral, &["ephemeral"]),
    (Field::Template, &["template"]),
    (Field::Blocked, &["blocked"]),
    (Field::Startable, &["startable"]),
    (Field::Ready, &["ready"]),
    (Field::Resting, &["resting"]),
    (Field::MolType, &["mol_type"]),
    (Field::WispType, &["wisp_type"]),
    (Field::MetadataKey, &["has_metadata_key"]),
];

/// Longest key of free data, in bytes.
const KEY_MAX: usize = 128;

impl Field {
    /// Reads the word for a field, in any case; `metadata.KEY` keeps the case of its key.
    pub fn parse(word: &str) -> Result<Self, Refusal> {
        let lower = word.to_ascii_lowercase();
        let known = WORDS
            .iter()
            .find(|(_, words)| words.contains(&lower.as_str()));
        if let Some((field, _)) = known {
            return Ok(field.clone());
        }
        if lower.starts_with("metadata.")
            && let Some((_, key)) = word.split_once('.')
        {
            check_key(key)?;
            return Ok(Self::Metadata(key.to_owned()));
        }
        Err(Refusal::invalid("field", word, &accepted()))
    }

    /// The word for it that is shown; a value of free data has `metadata.` before its key.
    pub fn word(&self) -> &'static str {
        WORDS
            .iter()
            .find(|(field, _)| field == self)
            .and_then(|(_, words)| words.first().copied())
            .unwrap_or("metadata")
    }

    /// Which values it has.
    pub fn shape(&self) -> Shape {
        match self {
            Self::Status => Shape::Status,
            Self::Type => Shape::Type,
            Self::Priority => Shape::Urgency,
            Self::Assignee
            | Self::Owner
            | Self::CreatedBy
            | Self::ExternalRef
            | Self::Rig
            | Self::MolType
            | Self::WispType
            | Self::Metadata(_) => Shape::Name,
            Self::Title => Shape::Line,
            Self::Description | Self::Design | Self::Acceptance | Self::Notes => Shape::Prose,
            Self::Created | Self::Updated => Shape::Always,
            Self::Started | Self::Closed | Self::Due | Self::Defer => Shape::Date,
            Self::Id => Shape::Id,
            Self::Spec => Shape::Path,
            Self::Label => Shape::Labels,
            Self::Parent => Shape::Above,
            Self::Under => Shape::Far,
            Self::Pinned
            | Self::Ephemeral
            | Self::Template
            | Self::Blocked
            | Self::Startable
            | Self::Ready
            | Self::Resting => Shape::Flag,
            Self::MetadataKey => Shape::Key,
        }
    }
}

/// Checks a key of free data.
pub(super) fn check_key(key: &str) -> Result<(), Refusal> {
    let begins = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = key
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
    if begins && rest && key.len() <= KEY_MAX {
        return Ok(());
    }
    Err(Refusal::invalid(
        "metadata key",
        key,
        "letters, digits, `_` and `.`, beginning with a letter or `_`",
    ))
}

fn accepted() -> String {
    let mut text = String::from("one of");
    for (_, words) in WORDS {
        for word in words.iter().take(1) {
            text.push_str(" `");
            text.push_str(word);
            text.push_str("`,");
        }
    }
    text.push_str(" `metadata.KEY`");
    text
}
