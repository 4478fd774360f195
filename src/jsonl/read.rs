//! A whole file, line by line.
//!
//! Owns the promise that one bad line never stops the rest: every line of the file is among the
//! lines or among the rejects, or is told to be the same as an earlier one. Entry point: [`read`].

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::line::{Body, Dialect, Line, Reason, content, understand};
use super::record::Record;

/// Longer lines are put aside unread.
pub const LINE_MAX: usize = 64 * 1024 * 1024;

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The lines that were understood, in their order.
    pub lines: Vec<Line>,
    /// The lines that were put aside, in their order.
    pub rejects: Vec<Reject>,
    /// What a person should know of the file.
    pub notes: Vec<Note>,
}

/// A line that was put aside.
#[derive(Clone, Debug, PartialEq)]
pub struct Reject {
    /// Its number in the file, from 1.
    pub line: usize,
    /// Why.
    pub reason: Reason,
    /// Its bytes, with its line end where it has one.
    pub bytes: Vec<u8>,
}

/// What a person should know of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The file began with a byte order mark, which is not kept.
    ByteOrderMark,
    /// Text in a line is no UTF-8; it is shown with replacement characters and kept as it is.
    NotUtf8 {
        /// The line.
        line: usize,
        /// The first bad byte in it.
        byte: usize,
    },
    /// A line stands there twice; the second one is not kept.
    Twice {
        /// The issue.
        id: String,
        /// The first one.
        first: usize,
        /// The second one.
        line: usize,
    },
    /// A word that `bd` itself does not know; it is kept.
    Foreign {
        /// `status`, `type` or `dependency type`.
        what: &'static str,
        /// The word.
        word: String,
        /// How often.
        count: usize,
        /// Where first.
        line: usize,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByteOrderMark => f.write_str("the byte order mark at the start is not kept"),
            Self::NotUtf8 { line, byte } => {
                write!(
                    f,
                    "line {line} is not UTF-8 at byte {byte}; it is kept as it is"
                )
            }
            Self::Twice { id, first, line } => {
                write!(f, "line {line} repeats `{id}` of line {first}")
            }
            Self::Foreign {
                what,
                word,
                count,
                line,
            } => write!(
                f,
                "{what} `{word}` is not known; kept {count} times, first in line {line}"
            ),
        }
    }
}

/// How the lines of a file are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By the bytes of the id.
    ById,
    /// As `bd export` orders: by priority, then the newest first, then by id.
    AsExported,
}

impl Reading {
    /// The order that the file keeps.
    pub fn order(&self) -> Order {
        let records = || self.lines.iter().filter_map(Line::record);
        let exported = self
            .lines
            .iter()
            .any(|line| line.record().is_some() && line.dialect == Dialect::Export);
        let sorted = records().map(|record| &record.id).is_sorted();
        if sorted && (!exported || records().nth(2).is_some()) {
            Order::ById
        } else if exported {
            Order::AsExported
        } else {
            Order::ById
        }
    }

    /// Puts aside the lines that have no place in this file, such as issues among routes.
    pub fn keep(&mut self, belongs: impl Fn(&Body) -> bool) {
        let (kept, misplaced) = std::mem::take(&mut self.lines)
            .into_iter()
            .partition(|line| belongs(&line.body));
        self.lines = kept;
        self.rejects
            .extend(misplaced.into_iter().map(|line: Line| Reject {
                line: line.number,
                reason: Reason::Misplaced(line.body.name()),
                bytes: line.raw,
            }));
        self.rejects.sort_by_key(|reject| reject.line);
    }
}

/// Reads a file.
pub fn read(bytes: &[u8]) -> Reading {
    let mut reading = Reading::default();
    let mut words = Words::default();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map_or(bytes, |rest| {
        reading.notes.push(Note::ByteOrderMark);
        rest
    });
    for (index, raw) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = index + 1;
        let text = content(raw);
        let understood = if text.len() > LINE_MAX {
            Err(Reason::TooLong(text.len()))
        } else {
            understand(text)
        };
        match understood {
            Ok((dialect, body)) => {
                if let Err(bad) = std::str::from_utf8(text) {
                    let byte = bad.valid_up_to();
                    reading.notes.push(Note::NotUtf8 { line: number, byte });
                }
                if let Body::Record(record) = &body {
                    words.of(record, number);
                }
                let raw = raw.to_vec();
                reading.lines.push(Line {
                    number,
                    raw,
                    dialect,
                    body,
                });
            }
            Err(reason) => reading.rejects.push(Reject {
                line: number,
                reason,
                bytes: raw.to_vec(),
            }),
        }
    }
    settle_duplicates(&mut reading);
    reading.notes.extend(words.notes());
    reading
}

/// What becomes of a line whose id stands in another one too.
enum Fate {
    Repeats { first: usize },
    Older { newer: usize },
}

/// Of several versions of one issue the last changed stays, of equal ones the last line.
fn settle_duplicates(reading: &mut Reading) {
    let mut stays: HashMap<&str, &Line> = HashMap::with_capacity(reading.lines.len());
    let mut fates: BTreeMap<usize, Fate> = BTreeMap::new();
    for line in &reading.lines {
        let Some(record) = line.record() else {
            continue;
        };
        let Some(earlier) = stays.insert(&record.id, line) else {
            continue;
        };
        if earlier.content() == line.content() {
            let first = earlier.number;
            fates.insert(line.number, Fate::Repeats { first });
            stays.insert(&record.id, earlier);
            continue;
        }
        let changed = |line: &Line| line.record().map(Record::changed_at);
        let (newer, older) = if changed(line) >= changed(earlier) {
            (line, earlier)
        } else {
            (earlier, line)
        };
        let newer_line = newer.number;
        fates.insert(older.number, Fate::Older { newer: newer_line });
        stays.insert(&record.id, newer);
    }
    if fates.is_empty() {
        return;
    }
    for line in std::mem::take(&mut reading.lines) {
        let id = || line.record().map(|r| r.id.clone()).unwrap_or_default();
        match fates.get(&line.number) {
            None => reading.lines.push(line),
            Some(Fate::Repeats { first }) => reading.notes.push(Note::Twice {
                id: id(),
                first: *first,
                line: line.number,
            }),
            Some(Fate::Older { newer }) => reading.rejects.push(Reject {
                line: line.number,
                reason: Reason::Superseded {
                    id: id(),
                    line: *newer,
                },
                bytes: line.raw,
            }),
        }
    }
    reading.rejects.sort_by_key(|reject| reject.line);
}

const STATUSES: &str = " open in_progress blocked deferred closed pinned hooked tombstone ";
const TYPES: &str = " bug feature task epic chore decision message molecule gate spike story \
                     milestone event convoy agent role rig slot queue merge-request ";
const KINDS: &str = " blocks conditional-blocks waits-for parent-child related relates-to \
                     discovered-from replies-to duplicates supersedes tracks until caused-by \
                     validates authored-by assigned-to approved-by attests delegated-from ";

/// The words that `bd` itself does not know.
#[derive(Default)]
struct Words(BTreeMap<(&'static str, String), (usize, usize)>);

impl Words {
    fn of(&mut self, record: &Record, line: usize) {
        self.see("status", STATUSES, &record.status, line);
        self.see("type", TYPES, &record.issue_type, line);
        for edge in &record.dependencies {
            self.see("dependency type", KINDS, &edge.kind, line);
        }
    }

    fn see(&mut self, what: &'static str, known: &str, word: &str, line: usize) {
        if known.split(' ').any(|one| one == word) {
            return;
        }
        let found = self.0.entry((what, word.to_owned())).or_insert((0, line));
        found.0 += 1;
    }

    fn notes(self) -> impl Iterator<Item = Note> {
        self.0
            .into_iter()
            .map(|((what, word), (count, line))| Note::Foreign {
                what,
                word,
                count,
                line,
            })
    }
}
