//! A record to its line.
//!
//! Owns the promise that an edit changes what was edited and nothing else: an untouched record is
//! its own line byte for byte, an edited one keeps the order of its keys, its separators and the
//! text of every value that did not change. Numbers that others derive (counts, parent) alone make
//! no line change. Entry points: [`edited`], [`fresh`].

use super::decode::at;
use super::encode::{Encoder, Object};
use super::fields::{FIELDS, Field, View, find, same_json};
use super::line::{Body, Dialect, content, understand};
use super::record::{RawJson, Record};
use super::scan::{Member, object};
use super::style::{Style, decode};

/// The line of a new record, with `\n`: in the order of keys that `bd` writes now.
pub fn fresh(record: &Record, dialect: Dialect) -> Vec<u8> {
    let exported = dialect == Dialect::Export;
    let style = Style::default();
    let encoder = Encoder {
        style,
        table: false,
    };
    let mut line = Object::new(style);
    if exported {
        line.text("_type", "issue");
    }
    let (derived, own): (Vec<&Field>, Vec<&Field>) =
        FIELDS.iter().partition(|field| field.is_derived());
    for field in own {
        let view = (field.view)(record);
        if is_written(field, view) {
            line.raw(field.key, &encoder.value(view, None));
        }
    }
    line.extra(&record.extra);
    for field in derived.iter().filter(|_| exported) {
        let none: &Option<i64> = &Some(0);
        match (field.view)(record) {
            View::Number(None) => line.raw(field.key, &encoder.value(View::Number(none), None)),
            view => {
                if is_written(field, view) {
                    line.raw(field.key, &encoder.value(view, None));
                }
            }
        }
    }
    let mut bytes = line.end().into_bytes();
    bytes.push(b'\n');
    bytes
}

/// The line of something remembered, with `\n`.
pub fn memory(key: &str, value: &str) -> Vec<u8> {
    let mut line = Object::new(Style::default());
    line.text("_type", "memory");
    line.text("key", key);
    line.text("value", value);
    let mut bytes = line.end().into_bytes();
    bytes.push(b'\n');
    bytes
}

fn is_written(field: &Field, view: View<'_>) -> bool {
    match view {
        View::Number(Some(0)) => !field.zero_is_none(),
        View::Text(_) | View::Number(_) if field.is_constant() => true,
        other => !other.is_empty(),
    }
}

/// The line of a record whose line was `raw` so far, with the line end that it had.
pub fn edited(record: &Record, raw: &[u8]) -> Vec<u8> {
    let text = content(raw);
    let (Ok((dialect, Body::Record(before))), Ok(members)) = (understand(text), object(text))
    else {
        return fresh(record, Dialect::Plain);
    };
    let edit = Edit::new(record, &before);
    if edit.is_empty() {
        return raw.to_vec();
    }
    let old = Old {
        record: &before,
        text,
        members: &members,
        encoder: Encoder {
            style: Style::of(text, &members),
            table: dialect == Dialect::Table,
        },
    };
    let mut bytes = edit.apply(record, &old);
    bytes.extend_from_slice(raw.get(text.len()..).unwrap_or_default());
    bytes
}

/// Whether a record says anything else than a line did.
pub fn is_edited(record: &Record, before: &Record) -> bool {
    !Edit::new(record, before).is_empty()
}

/// What differs between a record and its line.
struct Edit {
    /// For each field, whether it differs.
    fields: Vec<bool>,
    extra: bool,
}

/// A line as it stands.
struct Old<'a> {
    record: &'a Record,
    text: &'a [u8],
    members: &'a [Member],
    encoder: Encoder,
}

/// A member of the new line.
struct Entry {
    key: String,
    order: Option<usize>,
    bytes: Vec<u8>,
}

impl Edit {
    fn new(record: &Record, before: &Record) -> Self {
        let differs = |field: &Field| {
            let (now, then) = ((field.view)(record), (field.view)(before));
            let gone = |view: &View<'_>| match view {
                View::Number(Some(0)) => field.zero_is_none(),
                other => other.is_empty(),
            };
            !now.same(&then) && !(gone(&now) && (gone(&then) || field.is_derived()))
        };
        let same_extra = record.extra.len() == before.extra.len()
            && record
                .extra
                .iter()
                .zip(&before.extra)
                .all(|(now, then)| now.0 == then.0 && same_json(&now.1, &then.1));
        Self {
            fields: FIELDS.iter().map(differs).collect(),
            extra: !same_extra,
        }
    }

    fn is_empty(&self) -> bool {
        !self.extra
            && !FIELDS
                .iter()
                .zip(&self.fields)
                .any(|(field, differs)| *differs && !field.is_derived())
    }

    fn differs(&self, field: usize) -> bool {
        self.fields.get(field).copied().unwrap_or(false)
    }

    fn apply(&self, record: &Record, old: &Old<'_>) -> Vec<u8> {
        let keys: Vec<String> = old
            .members
            .iter()
            .map(|member| decode(at(old.text, &member.key)).into_owned())
            .collect();
        let alphabetical = keys.len() >= 5 && keys.is_sorted();
        let mut entries = Vec::with_capacity(keys.len() + 2);
        for (index, (key, member)) in keys.iter().zip(old.members).enumerate() {
            let again = |other: &String| find(other, 0) == find(key, 0);
            let last = !keys.iter().skip(index + 1).any(again);
            let order = find(key, 0);
            let value = match order {
                Some(order) if self.differs(order) => last
                    .then(|| self.replaced(order, record, old, member))
                    .flatten(),
                Some(_) => Some(at(old.text, &member.value).to_vec()),
                None => self.kept_extra(key, record, old, member),
            };
            if let Some(value) = value {
                let mut bytes = at(old.text, &member.key).to_vec();
                bytes.extend_from_slice(old.encoder.style.colon().as_bytes());
                bytes.extend(value);
                let key = key.clone();
                entries.push(Entry { key, order, bytes });
            }
        }
        for entry in self.added(record, old, &keys) {
            let place = place_of(&entry, &entries, alphabetical);
            entries.insert(place, entry);
        }
        let parts: Vec<Vec<u8>> = entries.into_iter().map(|entry| entry.bytes).collect();
        let mut line = vec![b'{'];
        line.extend(parts.join(old.encoder.style.comma().as_bytes()));
        line.push(b'}');
        line
    }

    /// The new value of a field that differs; none when the key is left out.
    fn replaced(
        &self,
        order: usize,
        record: &Record,
        old: &Old<'_>,
        member: &Member,
    ) -> Option<Vec<u8>> {
        let field = FIELDS.get(order)?;
        let view = (field.view)(record);
        if !old.encoder.table && !is_written(field, view) {
            return None;
        }
        let before = ((field.view)(old.record), at(old.text, &member.value));
        Some(old.encoder.value(view, Some(before)).into_bytes())
    }

    /// The value of a key that is no field; none when it was taken away.
    fn kept_extra(
        &self,
        key: &str,
        record: &Record,
        old: &Old<'_>,
        member: &Member,
    ) -> Option<Vec<u8>> {
        let raw = || Some(at(old.text, &member.value).to_vec());
        let value = |extra: &[(String, RawJson)]| {
            let found = extra.iter().rfind(|(name, _)| name == key);
            found.map(|(_, value)| value.clone())
        };
        if !self.extra {
            return raw();
        }
        match (value(&record.extra), value(&old.record.extra)) {
            (Some(now), Some(then)) if !same_json(&now, &then) => {
                let mut out = String::new();
                old.encoder.style.json(&now, &mut out);
                Some(out.into_bytes())
            }
            (None, Some(_)) => None,
            (Some(_) | None, _) => raw(),
        }
    }

    /// The members that the line did not have.
    fn added(&self, record: &Record, old: &Old<'_>, keys: &[String]) -> Vec<Entry> {
        let present = |order: usize| keys.iter().any(|key| find(key, 0) == Some(order));
        let style = old.encoder.style;
        let member = |key: &str, value: &str| {
            let mut text = String::new();
            style.text(key, &mut text);
            text.push_str(style.colon());
            text.push_str(value);
            text.into_bytes()
        };
        let mut added = Vec::new();
        for (order, field) in FIELDS.iter().enumerate() {
            let view = (field.view)(record);
            let wanted = self.differs(order) && !field.is_derived() && is_written(field, view);
            if wanted && !present(order) {
                added.push(Entry {
                    key: field.key.to_owned(),
                    order: Some(order),
                    bytes: member(field.key, &old.encoder.value(view, None)),
                });
            }
        }
        for (key, value) in record.extra.iter().filter(|_| self.extra) {
            if !keys.contains(key) {
                let mut text = String::new();
                style.json(value, &mut text);
                added.push(Entry {
                    key: key.clone(),
                    order: None,
                    bytes: member(key, &text),
                });
            }
        }
        added
    }
}

/// Where a new member comes: in alphabetical lines by its key, else behind the nearest field that
/// the table has before it.
fn place_of(entry: &Entry, entries: &[Entry], alphabetical: bool) -> usize {
    if alphabetical {
        return entries.partition_point(|other| other.key < entry.key);
    }
    let Some(order) = entry.order else {
        return entries.len();
    };
    let before = |(_, other): &(usize, &Entry)| other.order.is_some_and(|found| found < order);
    entries
        .iter()
        .enumerate()
        .filter(before)
        .max_by_key(|(_, other)| other.order)
        .map_or_else(
            || usize::from(entries.first().is_some_and(|first| first.key == "_type")),
            |(at, _)| at + 1,
        )
}
