//! The members of a line's object to a record.
//!
//! Owns what each kind of value may look like in each dialect; a value of the wrong kind is named
//! with its field, never guessed or dropped. Keys that are no field go to `extra`, except the empty
//! columns of a table dump, which say nothing. Entry point: [`record`].

use super::fields::{FIELDS, Place, find};
use super::record::{Bond, Comment, Dependency, RawJson, Record};
use super::scan::{Member, array, object};
use super::stamp::Stamp;
use super::style::decode;

/// A value that is not what its field takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` should be {expected}, it is {found}")]
pub struct Wrong {
    /// The key, for a list with the key inside it.
    pub field: String,
    /// What the field takes.
    pub expected: &'static str,
    /// What stands there.
    pub found: &'static str,
}

/// Whether the line is a row of a table dump, whose columns are all present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Columns {
    Given,
    All,
}

/// A slice of a line by span; a span that does not fit is empty.
pub(super) fn at<'a>(raw: &'a [u8], span: &std::ops::Range<usize>) -> &'a [u8] {
    raw.get(span.clone()).unwrap_or_default()
}

/// The record that the members of an object make.
pub(super) fn record(raw: &[u8], members: &[Member], columns: Columns) -> Result<Record, Wrong> {
    let mut record = Record::default();
    let mut after = 0;
    for member in members {
        let key = decode(at(raw, &member.key));
        let value = at(raw, &member.value);
        match find(&key, after).and_then(|found| Some((found, FIELDS.get(found)?))) {
            Some((found, field)) => {
                after = found + 1;
                fill(&key, (field.place)(&mut record), value, columns)?;
                if field.zero_is_none()
                    && let Place::Number(number) = (field.place)(&mut record)
                    && *number == Some(0)
                {
                    *number = None;
                }
            }
            None if key == "_type" => {}
            None if columns == Columns::All && is_blank(value) => {}
            None => record.extra.push((key.into_owned(), kept(value))),
        }
    }
    if record.status.is_empty() {
        "open".clone_into(&mut record.status);
    }
    if record.issue_type.is_empty() {
        "task".clone_into(&mut record.issue_type);
    }
    record.priority = record.priority.or(Some(0));
    Ok(record)
}

fn is_blank(value: &[u8]) -> bool {
    matches!(value, b"null" | b"\"\"" | b"0")
}

fn kept(value: &[u8]) -> RawJson {
    String::from_utf8_lossy(value).into_owned()
}

fn fill(key: &str, place: Place<'_>, value: &[u8], columns: Columns) -> Result<(), Wrong> {
    match place {
        Place::Text(text) => *text = take_text(key, value)?,
        Place::Number(number) => *number = take_number(key, value)?,
        // Two keys may speak of one flag (`wisp`, `ephemeral`): either sets it.
        Place::Flag(flag) => *flag |= take_flag(key, value)?,
        Place::Time(time) => *time = take_time(key, value)?,
        Place::Json(json) => *json = take_json(value, columns),
        Place::Words(words) => *words = take_words(key, value, columns)?,
        Place::Edges(edges) => *edges = take_list(key, value, dependency)?,
        Place::Comments(comments) => *comments = take_list(key, value, comment)?,
        Place::Bonds(bonds) => *bonds = take_list(key, value, bond)?,
    }
    Ok(())
}

fn wrong(field: &str, expected: &'static str, value: &[u8]) -> Wrong {
    let found = match value.first() {
        Some(b'"') if expected == "a time" => "text that is no time",
        Some(b'"') => "text",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        Some(_) if expected == "a whole number" => "a number with a fraction or out of range",
        Some(_) => "a number",
        None => "nothing",
    };
    Wrong {
        field: field.to_owned(),
        expected,
        found,
    }
}

pub(super) fn take_text(key: &str, value: &[u8]) -> Result<String, Wrong> {
    match value.first() {
        Some(b'"') => Ok(decode(value).into_owned()),
        Some(b'n') => Ok(String::new()),
        _ => Err(wrong(key, "text", value)),
    }
}

fn take_number(key: &str, value: &[u8]) -> Result<Option<i64>, Wrong> {
    if value == b"null" {
        return Ok(None);
    }
    std::str::from_utf8(value)
        .ok()
        .and_then(|digits| digits.parse().ok())
        .map(Some)
        .ok_or_else(|| wrong(key, "a whole number", value))
}

fn take_flag(key: &str, value: &[u8]) -> Result<bool, Wrong> {
    match value {
        b"true" | b"1" => Ok(true),
        b"false" | b"0" | b"null" => Ok(false),
        _ => Err(wrong(key, "true or false", value)),
    }
}

pub(super) fn take_time(key: &str, value: &[u8]) -> Result<Option<Stamp>, Wrong> {
    match value {
        b"null" | b"\"\"" => Ok(None),
        [b'"', ..] => Stamp::parse(&decode(value))
            .map(Some)
            .ok_or_else(|| wrong(key, "a time", value)),
        _ => Err(wrong(key, "a time", value)),
    }
}

/// A table dump holds the JSON text in a string; `{}` is its empty column.
fn take_json(value: &[u8], columns: Columns) -> Option<RawJson> {
    match (columns, value.first()) {
        (_, Some(b'n')) => None,
        (Columns::All, Some(b'"')) => {
            Some(decode(value).into_owned()).filter(|text| !matches!(text.as_str(), "" | "{}"))
        }
        _ => Some(kept(value)),
    }
}

/// A table dump holds the list as JSON text in a string.
fn take_words(key: &str, value: &[u8], columns: Columns) -> Result<Vec<String>, Wrong> {
    if value == b"null" {
        return Ok(Vec::new());
    }
    if columns == Columns::All && value.first() == Some(&b'"') {
        let inner = decode(value);
        return match inner.as_bytes().first() {
            None => Ok(Vec::new()),
            Some(b'[') => take_words(key, inner.as_bytes(), Columns::Given),
            Some(_) => Ok(vec![inner.into_owned()]),
        };
    }
    let spans = array(value).map_err(|_| wrong(key, "a list of text", value))?;
    spans
        .iter()
        .map(|span| match at(value, span) {
            text @ [b'"', ..] => Ok(decode(text).into_owned()),
            other => Err(wrong(key, "a list of text", other)),
        })
        .collect()
}

fn take_list<T>(
    key: &str,
    value: &[u8],
    take: fn(&[u8], &[Member]) -> Result<T, Wrong>,
) -> Result<Vec<T>, Wrong> {
    if value == b"null" {
        return Ok(Vec::new());
    }
    let spans = array(value).map_err(|_| wrong(key, "a list of objects", value))?;
    spans
        .iter()
        .map(|span| {
            let item = at(value, span);
            let members = object(item).map_err(|_| wrong(key, "a list of objects", item))?;
            take(item, &members).map_err(|inner| Wrong {
                field: format!("{key}.{}", inner.field),
                ..inner
            })
        })
        .collect()
}

/// An edge, inside an issue or as a row of its own.
pub(super) fn dependency(raw: &[u8], members: &[Member]) -> Result<Dependency, Wrong> {
    let mut edge = Dependency::default();
    for member in members {
        let key = decode(at(raw, &member.key));
        let value = at(raw, &member.value);
        match key.as_ref() {
            "issue_id" => edge.issue_id = take_text(&key, value)?,
            "depends_on_id" => edge.depends_on_id = take_text(&key, value)?,
            "type" => edge.kind = take_text(&key, value)?,
            "created_at" => edge.created_at = take_time(&key, value)?,
            "created_by" => edge.created_by = take_text(&key, value)?,
            "metadata" if value == b"null" => edge.metadata = None,
            // Text in all known files; an object is kept as its text.
            "metadata" if value.first() != Some(&b'"') => edge.metadata = Some(kept(value)),
            "metadata" => edge.metadata = Some(decode(value).into_owned()),
            "thread_id" => edge.thread_id = take_text(&key, value)?,
            _ => edge.extra.push((key.into_owned(), kept(value))),
        }
    }
    if edge.kind.is_empty() {
        "blocks".clone_into(&mut edge.kind);
    }
    Ok(edge)
}

/// A comment, inside an issue or as a row of its own.
pub(super) fn comment(raw: &[u8], members: &[Member]) -> Result<Comment, Wrong> {
    let mut comment = Comment::default();
    for member in members {
        let key = decode(at(raw, &member.key));
        let value = at(raw, &member.value);
        match key.as_ref() {
            "id" if matches!(value.first(), Some(b'"' | b'-' | b'0'..=b'9')) => {
                comment.id = kept(value);
            }
            "id" => return Err(wrong(&key, "a number or text", value)),
            "issue_id" => comment.issue_id = take_text(&key, value)?,
            "author" => comment.author = take_text(&key, value)?,
            "text" => comment.text = take_text(&key, value)?,
            "created_at" => comment.created_at = take_time(&key, value)?,
            _ => comment.extra.push((key.into_owned(), kept(value))),
        }
    }
    Ok(comment)
}

fn bond(raw: &[u8], members: &[Member]) -> Result<Bond, Wrong> {
    let mut bond = Bond::default();
    for member in members {
        let key = decode(at(raw, &member.key));
        let value = at(raw, &member.value);
        match key.as_ref() {
            "source_id" | "proto_id" => bond.source_id = take_text(&key, value)?,
            "bond_type" => bond.bond_type = take_text(&key, value)?,
            "bond_point" => bond.bond_point = take_text(&key, value)?,
            _ => bond.extra.push((key.into_owned(), kept(value))),
        }
    }
    Ok(bond)
}
