//! One line of a file: its bytes, its dialect and what it says.
//!
//! Owns the telling apart of the kinds of lines that stand in such files: issues of three dialects,
//! memories, headers, rows of table dumps, routes and lists of deletions. A line is judged by its
//! own keys, never by the name of its file: real files hold what belongs elsewhere. Entry points:
//! [`Line`], [`understand`].

use super::decode::{Columns, Wrong, at, comment, dependency, record, take_text, take_time};
use super::record::{Comment, Dependency, RawJson, Record};
use super::scan::{Broken, Member, object};
use super::stamp::Stamp;
use super::style::decode;

/// Who wrote a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The files of the SQLite years: no `_type`, sorted by id, local times with fractions.
    Plain,
    /// `bd export`: `_type` first or counts last, times in whole seconds.
    Export,
    /// A row of a table dump: keys in alphabetical order, every column present.
    Table,
}

/// A line that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: usize,
    /// Its bytes, with its line end where it has one.
    pub raw: Vec<u8>,
    /// Who wrote it.
    pub dialect: Dialect,
    /// What it says.
    pub body: Body,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Nothing.
    Blank,
    /// A header: it speaks of the file.
    Header,
    /// An issue or its tombstone.
    Record(Box<Record>),
    /// Something remembered.
    Memory {
        /// Under which name.
        key: String,
        /// What.
        value: String,
    },
    /// A row of `labels`.
    Label {
        /// The issue.
        issue_id: String,
        /// Its label.
        label: String,
    },
    /// A row of `dependencies`.
    Dependency(Box<Dependency>),
    /// A row of `comments`.
    Comment(Box<Comment>),
    /// A row of `events`.
    Event(Box<EventRow>),
    /// A row of `config`.
    Setting {
        /// The key.
        key: String,
        /// Its value.
        value: String,
    },
    /// A line of `routes.jsonl`.
    Route {
        /// The prefix of the ids.
        prefix: String,
        /// The folder they live in.
        path: String,
    },
    /// A line of `deletions.jsonl`: an issue that is gone.
    Deletion(Box<Deletion>),
}

/// A row of the audit trail.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventRow {
    /// Its id as the file has it, a number or a string with quotes.
    pub id: RawJson,
    /// The issue.
    pub issue_id: String,
    /// What happened.
    pub event_type: String,
    /// Who did it.
    pub actor: String,
    /// What was before, as text.
    pub old_value: String,
    /// What is now, as text.
    pub new_value: String,
    /// A remark.
    pub comment: String,
    /// When.
    pub created_at: Option<Stamp>,
}

/// An issue that is gone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deletion {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Option<Stamp>,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Why a line was put aside.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Left by a merge that nobody finished.
    #[error("a conflict marker that git left")]
    Conflict,
    /// No JSON.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// Longer than any issue.
    #[error("the line has {0} bytes; at most 67108864 are read")]
    TooLong(usize),
    /// An issue without id.
    #[error("the issue has no `id`")]
    NoId,
    /// An issue whose id is empty.
    #[error("the issue has an empty `id`")]
    EmptyId,
    /// A field holds what it cannot hold.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// JSON, but of no kind that a ledger keeps.
    #[error("{0}")]
    Kind(String),
    /// Another line holds a newer version of the same issue.
    #[error("line {line} holds a newer version of `{id}`")]
    Superseded {
        /// The issue.
        id: String,
        /// Where the newer version stands.
        line: usize,
    },
    /// A kind of line that has no place in this file.
    #[error("{0} has no place in this file")]
    Misplaced(&'static str),
}

impl Line {
    /// The bytes without the line end.
    pub fn content(&self) -> &[u8] {
        content(&self.raw)
    }

    /// The issue, when the line holds one.
    pub fn record(&self) -> Option<&Record> {
        match &self.body {
            Body::Record(record) => Some(record),
            Body::Blank
            | Body::Header
            | Body::Memory { .. }
            | Body::Label { .. }
            | Body::Dependency(_)
            | Body::Comment(_)
            | Body::Event(_)
            | Body::Setting { .. }
            | Body::Route { .. }
            | Body::Deletion(_) => None,
        }
    }
}

impl Body {
    /// What a person calls such a line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Blank => "a blank line",
            Self::Header => "a header",
            Self::Record(_) => "an issue",
            Self::Memory { .. } => "a memory",
            Self::Label { .. } => "a label",
            Self::Dependency(_) => "a dependency",
            Self::Comment(_) => "a comment",
            Self::Event(_) => "an event",
            Self::Setting { .. } => "a setting",
            Self::Route { .. } => "a route",
            Self::Deletion(_) => "a deletion",
        }
    }
}

/// A line without `\n` or `\r\n`.
pub(super) fn content(raw: &[u8]) -> &[u8] {
    let line = raw.strip_suffix(b"\n").unwrap_or(raw);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Reads one line without its end.
pub(super) fn understand(line: &[u8]) -> Result<(Dialect, Body), Reason> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok((Dialect::Plain, Body::Blank));
    }
    if is_conflict_marker(line) {
        return Err(Reason::Conflict);
    }
    let members = object(line)?;
    Keys::of(line, &members).body()
}

fn is_conflict_marker(line: &[u8]) -> bool {
    line == b"======="
        || [&b"<<<<<<<"[..], b"|||||||", b">>>>>>>"]
            .iter()
            .any(|marker| {
                line.strip_prefix(*marker)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(b" "))
            })
}

/// The members of a line with their keys read.
struct Keys<'a> {
    line: &'a [u8],
    members: &'a [Member],
    names: Vec<std::borrow::Cow<'a, str>>,
}

impl<'a> Keys<'a> {
    fn of(line: &'a [u8], members: &'a [Member]) -> Self {
        let names = members
            .iter()
            .map(|member| decode(at(line, &member.key)))
            .collect();
        Self {
            line,
            members,
            names,
        }
    }

    /// The value of a key; of several the last, as the programs that wrote such files read them.
    fn value(&self, key: &str) -> Option<&'a [u8]> {
        let found = self.names.iter().rposition(|name| name == key)?;
        Some(at(self.line, &self.members.get(found)?.value))
    }

    fn has(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.names.iter().any(|n| n == key))
    }

    fn text(&self, key: &str) -> Result<String, Reason> {
        match self.value(key) {
            Some(value) => Ok(take_text(key, value)?),
            None => Ok(String::new()),
        }
    }

    fn time(&self, key: &str) -> Result<Option<Stamp>, Reason> {
        match self.value(key) {
            Some(value) => Ok(take_time(key, value)?),
            None => Ok(None),
        }
    }

    /// Text as it is, anything else as its JSON text.
    fn loose(&self, key: &str) -> String {
        match self.value(key) {
            None | Some(b"null") => String::new(),
            Some(text @ [b'"', ..]) => decode(text).into_owned(),
            Some(other) => String::from_utf8_lossy(other).into_owned(),
        }
    }

    fn body(&self) -> Result<(Dialect, Body), Reason> {
        if self.has(&["_schema"]) {
            return Ok((Dialect::Export, Body::Header));
        }
        if self.has(&["_type"]) {
            return match self.text("_type")?.as_str() {
                "issue" => self.issue(Dialect::Export),
                "memory" => {
                    let (key, value) = (self.text("key")?, self.loose("value"));
                    Ok((Dialect::Export, Body::Memory { key, value }))
                }
                other => Err(Reason::Kind(format!(
                    "`_type` is `{other}`; `issue` and `memory` are read"
                ))),
            };
        }
        let issue = ["title", "issue_type", "status", "priority", "description"];
        if issue.iter().any(|key| self.has(&[key])) {
            return self.issue(self.dialect());
        }
        self.row()
    }

    fn dialect(&self) -> Dialect {
        let counted = self.has(&["dependency_count"]) || self.has(&["dependent_count"]);
        let sorted = self.names.is_sorted();
        if self.has(&["timeout_ns"]) || (sorted && self.names.len() >= 20) {
            Dialect::Table
        } else if counted {
            Dialect::Export
        } else {
            Dialect::Plain
        }
    }

    fn issue(&self, dialect: Dialect) -> Result<(Dialect, Body), Reason> {
        if !self.has(&["id"]) {
            return Err(Reason::NoId);
        }
        let columns = match dialect {
            Dialect::Table => Columns::All,
            Dialect::Plain | Dialect::Export => Columns::Given,
        };
        let found = record(self.line, self.members, columns)?;
        if found.id.trim().is_empty() {
            return Err(Reason::EmptyId);
        }
        Ok((dialect, Body::Record(Box::new(found))))
    }

    /// A line that is no issue: a row of a table dump or of one of the small files.
    fn row(&self) -> Result<(Dialect, Body), Reason> {
        let body = if self.has(&["issue_id", "event_type"]) {
            Body::Event(Box::new(self.event()?))
        } else if self.has(&["issue_id", "depends_on_id"]) {
            Body::Dependency(Box::new(dependency(self.line, self.members)?))
        } else if self.has(&["issue_id", "text"]) {
            Body::Comment(Box::new(comment(self.line, self.members)?))
        } else if self.has(&["issue_id", "label"]) {
            Body::Label {
                issue_id: self.text("issue_id")?,
                label: self.text("label")?,
            }
        } else if self.has(&["prefix", "path"]) {
            let (prefix, path) = (self.text("prefix")?, self.text("path")?);
            return Ok((Dialect::Plain, Body::Route { prefix, path }));
        } else if self.has(&["key", "value"]) {
            Body::Setting {
                key: self.text("key")?,
                value: self.loose("value"),
            }
        } else {
            return self.deletion();
        };
        Ok((Dialect::Table, body))
    }

    fn event(&self) -> Result<EventRow, Reason> {
        let id = self.value("id").unwrap_or_default();
        Ok(EventRow {
            id: String::from_utf8_lossy(id).into_owned(),
            issue_id: self.text("issue_id")?,
            event_type: self.text("event_type")?,
            actor: self.text("actor")?,
            old_value: self.loose("old_value"),
            new_value: self.loose("new_value"),
            comment: self.loose("comment"),
            created_at: self.time("created_at")?,
        })
    }

    fn deletion(&self) -> Result<(Dialect, Body), Reason> {
        if self.has(&["id", "kind"]) {
            let what = "an entry of an interaction log, which no ledger keeps";
            return Err(Reason::Kind(what.to_owned()));
        }
        let known = ["id", "ts", "by", "reason"];
        if !self.has(&["id"]) || !self.names.iter().all(|name| known.contains(&&**name)) {
            let what = "neither an issue nor another kind of line that is read";
            return Err(Reason::Kind(what.to_owned()));
        }
        let deletion = Deletion {
            id: self.text("id")?,
            at: self.time("ts")?,
            by: self.text("by")?,
            reason: self.text("reason")?,
        };
        if deletion.id.trim().is_empty() {
            return Err(Reason::EmptyId);
        }
        Ok((Dialect::Plain, Body::Deletion(Box::new(deletion))))
    }
}
