//! The lines of a file in their order.
//!
//! Owns where new lines come in a file that was there before: lines that stood in it stay in their
//! order, opaque ones (headers, memories, tombstones of other tools) with them, and each new line
//! goes to its sorted place among them, so that a diff shows it alone. Entry point: [`arrange`].

use std::cmp::{Ordering, Reverse};

use super::read::Order;
use super::record::Record;

/// What a record is ordered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// Records without history come last in an export.
    pub no_history: bool,
    /// The priority.
    pub priority: i64,
    /// When it was made, in nanoseconds.
    pub created: i64,
    /// The id.
    pub id: String,
}

/// A line to be written, with or without its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A line that stood in the file, without a key when it is no issue.
    Kept {
        /// What it is ordered by.
        key: Option<SortKey>,
        /// The line.
        bytes: Vec<u8>,
    },
    /// A line that is new in the file.
    New {
        /// What it is ordered by.
        key: SortKey,
        /// The line.
        bytes: Vec<u8>,
    },
}

impl SortKey {
    /// The key of a record.
    pub fn of(record: &Record) -> Self {
        let created = record.life.created_at.as_ref();
        Self {
            no_history: record.traits.no_history,
            priority: record.priority.unwrap_or(0),
            created: created.map_or(0, |stamp| stamp.nanos),
            id: record.id.clone(),
        }
    }

    fn compare(&self, other: &Self, order: Order) -> Ordering {
        let exported = |key: &Self| (key.no_history, key.priority, Reverse(key.created));
        match order {
            Order::ById => self.id.cmp(&other.id),
            Order::AsExported => exported(self)
                .cmp(&exported(other))
                .then_with(|| self.id.cmp(&other.id)),
        }
    }
}

/// The bytes of the file. Kept lines come in the order in which they stood, new ones in any order.
pub fn arrange(pieces: Vec<Piece>, order: Order) -> Vec<u8> {
    let mut kept = Vec::with_capacity(pieces.len());
    let mut new = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Kept { key, bytes } => kept.push((key, bytes)),
            Piece::New { key, bytes } => new.push((key, bytes)),
        }
    }
    new.sort_by(|(a, _), (b, _)| a.compare(b, order));
    let returns = kept.first().is_some_and(|(_, raw)| raw.ends_with(b"\r\n"));
    let end: &[u8] = if returns { b"\r\n" } else { b"\n" };
    let after_last = last_place(&kept);
    let mut file = File {
        bytes: Vec::with_capacity(kept.iter().map(|(_, raw)| raw.len() + 1).sum()),
        end,
    };
    let mut new = new.into_iter().peekable();
    for (at, (key, bytes)) in kept.iter().enumerate() {
        if let Some(key) = key {
            while let Some((_, line)) =
                new.next_if(|(other, _)| other.compare(key, order) == Ordering::Less)
            {
                file.push_new(&line);
            }
        } else if at == after_last {
            new.by_ref().for_each(|(_, line)| file.push_new(&line));
        }
        file.push(bytes);
    }
    new.for_each(|(_, line)| file.push_new(&line));
    file.bytes
}

/// Where lines go that come after every issue: behind the last one, or behind the headers of a file
/// without issues.
fn last_place(kept: &[(Option<SortKey>, Vec<u8>)]) -> usize {
    let header = |raw: &Vec<u8>| raw.starts_with(b"{\"_schema\"");
    kept.iter()
        .rposition(|(key, raw)| key.is_some() || header(raw))
        .map_or(0, |at| at + 1)
}

struct File<'a> {
    bytes: Vec<u8>,
    end: &'a [u8],
}

impl File<'_> {
    /// The file may have ended without a line end: what follows begins a new line.
    fn push(&mut self, line: &[u8]) {
        if !self.bytes.is_empty() && !self.bytes.ends_with(b"\n") {
            self.bytes.extend_from_slice(self.end);
        }
        self.bytes.extend_from_slice(line);
    }

    fn push_new(&mut self, line: &[u8]) {
        self.push(line.strip_suffix(b"\n").unwrap_or(line));
        self.bytes.extend_from_slice(self.end);
    }
}
