//! A formula file as a tree of values, each with the line it stands on.
//!
//! TOML and the older JSON form become the same tree, so that everything behind reads one thing.
//! All errors of the syntax are reported at once. Never looks at what a key means.

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Problems;

/// One value of the file.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The line it begins on, from 1; 0 where the form has no lines (JSON).
    pub line: u32,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Int(i64),
    /// A number that is no whole one, or a date: as written, since nothing of ours takes it.
    Other(String),
    Bool(bool),
    List(Vec<Node>),
    Table(Table),
}

/// A table in the order of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub line: u32,
    pub entries: Vec<(String, Node)>,
}

impl Value {
    /// What it is, as a message says it.
    pub(super) fn sort(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Int(_) => "a number",
            Self::Other(_) => "a number with a fraction, or a date",
            Self::Bool(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

impl Node {
    /// The same as JSON.
    pub(super) fn json(&self) -> Json {
        match &self.value {
            Value::Text(text) | Value::Other(text) => Json::String(text.clone()),
            Value::Int(number) => Json::from(*number),
            Value::Bool(flag) => Json::Bool(*flag),
            Value::List(items) => Json::Array(items.iter().map(Self::json).collect()),
            Value::Table(table) => Json::Object(
                table
                    .entries
                    .iter()
                    .map(|(key, node)| (key.clone(), node.json()))
                    .collect(),
            ),
        }
    }
}

/// Reads TOML; what cannot be read is reported and left out.
pub(super) fn toml(text: &str, out: &mut Problems) -> Table {
    let lines = Lines::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let line = error.span().map_or(0, |span| lines.at(span.start));
        out.error(line, "", error.message().to_owned());
    }
    let at = table.span().start;
    lines.table(table.into_inner(), at)
}

/// Reads JSON.
pub(super) fn json(text: &str, out: &mut Problems) -> Table {
    match serde_json::from_str::<Json>(text) {
        Ok(Json::Object(map)) => Table {
            line: 0,
            entries: map
                .into_iter()
                .map(|(key, value)| (key, of_json(value)))
                .collect(),
        },
        Ok(_) => {
            out.error(1, "", "the file is not a JSON object".to_owned());
            Table::default()
        }
        Err(error) => {
            let line = u32::try_from(error.line()).unwrap_or(0);
            out.error(line, "", error.to_string());
            Table::default()
        }
    }
}

fn of_json(value: Json) -> Node {
    let value = match value {
        Json::Null => Value::Text(String::new()),
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => number
            .as_i64()
            .map_or_else(|| Value::Other(number.to_string()), Value::Int),
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(of_json).collect()),
        Json::Object(map) => Value::Table(Table {
            line: 0,
            entries: map
                .into_iter()
                .map(|(key, value)| (key, of_json(value)))
                .collect(),
        }),
    };
    Node { line: 0, value }
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(
            std::iter::once(0)
                .chain(ends.map(|(at, _)| at + 1))
                .collect(),
        )
    }

    fn at(&self, byte: usize) -> u32 {
        u32::try_from(self.0.partition_point(|start| *start <= byte)).unwrap_or(u32::MAX)
    }

    fn table(&self, table: DeTable<'_>, at: usize) -> Table {
        let mut entries: Vec<(usize, String, Node)> = table
            .into_iter()
            .map(|(key, value)| {
                let start = key.span().start;
                let node = self.node(value, start);
                (start, key.into_inner().into_owned(), node)
            })
            .collect();
        entries.sort_by_key(|(start, ..)| *start);
        Table {
            line: self.at(at),
            entries: entries
                .into_iter()
                .map(|(_, key, node)| (key, node))
                .collect(),
        }
    }

    /// `key` is where the key of the value stands: tables under dotted headers have no place of their own.
    fn node(&self, value: Spanned<DeValue<'_>>, key: usize) -> Node {
        let span = value.span();
        let start = if span.is_empty() { key } else { span.start };
        let value = match value.into_inner() {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| Value::Other(number.as_str().to_owned()), Value::Int),
            DeValue::Float(number) => Value::Other(number.as_str().to_owned()),
            DeValue::Boolean(flag) => Value::Bool(flag),
            DeValue::Datetime(date) => Value::Other(date.to_string()),
            DeValue::Array(items) => {
                Value::List(items.into_iter().map(|item| self.node(item, key)).collect())
            }
            DeValue::Table(table) => Value::Table(self.table(table, start)),
        };
        Node {
            line: self.at(start),
            value,
        }
    }
}
