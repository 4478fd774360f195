//! Reading the keys of one table: each with its type, each unknown one a warning that names a near one.
//!
//! Keys are matched without regard to case, as the field's own reader does. Knows nothing of what a key is for.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::node::{Node, Table, Value};
use super::problem::Problems;
use crate::support::near::near_matches;

/// One table being read.
pub(super) struct Fields<'a> {
    table: &'a Table,
    /// The path of the table, such as `steps[2]`; empty for the file itself.
    path: String,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(table: &'a Table, path: &str) -> Self {
        Self {
            table,
            path: path.to_owned(),
            known: Vec::new(),
        }
    }

    pub(super) fn line(&self) -> u32 {
        self.table.line
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The path of one of its keys.
    pub(super) fn key(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    pub(super) fn get(&mut self, name: &'static str) -> Option<&'a Node> {
        self.known.push(name);
        self.table
            .entries
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, node)| node)
    }

    /// A key that is read and means nothing here.
    pub(super) fn skip(&mut self, names: &[&'static str]) {
        self.known.extend_from_slice(names);
    }

    /// Says of a key what is wrong with it.
    pub(super) fn wrong(&self, name: &str, out: &mut Problems, message: String) {
        let line = self
            .table
            .entries
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map_or(self.table.line, |(_, node)| node.line);
        out.error(line, &self.key(name), message);
    }

    fn expected(&self, name: &str, node: &Node, wanted: &str, out: &mut Problems) {
        out.error(
            node.line,
            &self.key(name),
            format!("{} where {wanted} is expected", node.value.sort()),
        );
    }

    pub(super) fn text(&mut self, name: &'static str, out: &mut Problems) -> Option<String> {
        let node = self.get(name)?;
        match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => {
                self.expected(name, node, "a text", out);
                None
            }
        }
    }

    /// A text, or a number or flag as its text.
    pub(super) fn scalar(&mut self, name: &'static str, out: &mut Problems) -> Option<String> {
        let node = self.get(name)?;
        let found = scalar(node);
        if found.is_none() {
            self.expected(name, node, "a text", out);
        }
        found
    }

    pub(super) fn flag(&mut self, name: &'static str, out: &mut Problems) -> Option<bool> {
        let node = self.get(name)?;
        match &node.value {
            Value::Bool(flag) => Some(*flag),
            _ => {
                self.expected(name, node, "true or false", out);
                None
            }
        }
    }

    /// A whole number of `low..=high`.
    pub(super) fn number(
        &mut self,
        name: &'static str,
        (low, high): (i64, i64),
        out: &mut Problems,
    ) -> Option<i64> {
        let node = self.get(name)?;
        match &node.value {
            Value::Int(number) if (low..=high).contains(number) => Some(*number),
            Value::Int(number) => {
                out.error(
                    node.line,
                    &self.key(name),
                    format!("{number} is not between {low} and {high}"),
                );
                None
            }
            _ => {
                self.expected(name, node, "a whole number", out);
                None
            }
        }
    }

    /// A list of texts; one text alone counts as a list of it.
    pub(super) fn texts(&mut self, name: &'static str, out: &mut Problems) -> Vec<String> {
        let Some(node) = self.get(name) else {
            return Vec::new();
        };
        let items = match &node.value {
            Value::Text(text) => return vec![text.clone()],
            Value::List(items) => items,
            _ => {
                self.expected(name, node, "a list of texts", out);
                return Vec::new();
            }
        };
        let mut texts = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            match scalar(item) {
                Some(text) => texts.push(text),
                None => out.error(
                    item.line,
                    &self.key(&format!("{name}[{at}]")),
                    format!("{} where a text is expected", item.value.sort()),
                ),
            }
        }
        texts
    }

    pub(super) fn table(&mut self, name: &'static str, out: &mut Problems) -> Option<&'a Table> {
        let node = self.get(name)?;
        match &node.value {
            Value::Table(table) => Some(table),
            _ => {
                self.expected(name, node, "a table", out);
                None
            }
        }
    }

    /// A list of tables, each with its path; one table alone counts as a list of it.
    pub(super) fn tables(
        &mut self,
        name: &'static str,
        out: &mut Problems,
    ) -> Vec<(String, &'a Table)> {
        let Some(node) = self.get(name) else {
            return Vec::new();
        };
        let path = self.key(name);
        let items = match &node.value {
            Value::Table(table) => return vec![(path, table)],
            Value::List(items) => items,
            _ => {
                self.expected(name, node, "a list of tables", out);
                return Vec::new();
            }
        };
        let mut tables = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let path = format!("{path}[{at}]");
            match &item.value {
                Value::Table(table) => tables.push((path, table)),
                _ => out.error(
                    item.line,
                    &path,
                    format!("{} where a table is expected", item.value.sort()),
                ),
            }
        }
        tables
    }

    /// A table of texts, in its order.
    pub(super) fn pairs(
        &mut self,
        name: &'static str,
        out: &mut Problems,
    ) -> BTreeMap<String, String> {
        let mut pairs = BTreeMap::new();
        let Some(table) = self.table(name, out) else {
            return pairs;
        };
        for (key, node) in &table.entries {
            match scalar(node) {
                Some(text) => {
                    pairs.insert(key.clone(), text);
                }
                None => self.expected(&format!("{name}.{key}"), node, "a text", out),
            }
        }
        pairs
    }

    /// A table of anything.
    pub(super) fn data(&mut self, name: &'static str, out: &mut Problems) -> Map<String, Json> {
        self.table(name, out)
            .map(|table| {
                table
                    .entries
                    .iter()
                    .map(|(key, node)| (key.clone(), node.json()))
                    .collect()
            })
            .unwrap_or_default()
    }

    /// Warns of every key that was not asked for.
    pub(super) fn end(self, out: &mut Problems) {
        for (key, node) in &self.table.entries {
            if self
                .known
                .iter()
                .any(|known| known.eq_ignore_ascii_case(key))
            {
                continue;
            }
            let near = near_matches(key, self.known.iter().copied());
            let hint = near
                .first()
                .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            out.warning(
                node.line,
                &self.key(key),
                format!("unknown key, ignored{hint}"),
            );
        }
    }
}

/// A text, a number or a flag as text.
pub(super) fn scalar(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) | Value::Other(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::List(_) | Value::Table(_) => None,
    }
}
