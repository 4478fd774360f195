//! How far a recording is good: what `gt replay list` and `info` say of a damaged one.
//!
//! Looks at lengths alone, or unpacks every block. Repairs nothing. A last
//! entry that was torn with its host is no damage: it ends the recording, as any reader sees it.

use std::io;

use super::Recording;
use crate::record::block;
use crate::record::index::WIDTH;
use crate::record::keep::is_living;

/// How closely a recording is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Whether what the rows name is there.
    Lengths,
    /// Whether it also unpacks to what was recorded.
    Bytes,
}

/// Where a recording begins to be damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// Up to when it is good, in microseconds since its beginning.
    pub(crate) good_until: u64,
    /// What is wrong from there on.
    pub(crate) what: String,
}

impl Recording {
    /// The first damage, if there is any.
    pub(crate) fn flaw(&mut self, depth: Depth) -> io::Result<Option<Flaw>> {
        let broken = match self.broken_block(depth)? {
            Some((from, what)) => Some((self.entry_at(from)?, what)),
            None => None,
        };
        let limit = broken.as_ref().map_or(self.count(), |(number, _)| *number);
        let unread = match depth {
            Depth::Lengths => None,
            Depth::Bytes => self.unread_entry(limit)?,
        };
        let Some((number, what)) = unread.or(broken) else {
            return Ok(None);
        };
        let last = match number.checked_sub(1) {
            Some(last) => self.entry(last)?,
            None => None,
        };
        Ok(Some(Flaw {
            good_until: last.map_or(0, |entry| entry.time),
            what,
        }))
    }

    /// Where the first closed block that cannot be read begins in the stream, and why.
    fn broken_block(&mut self, depth: Depth) -> io::Result<Option<(u64, String)>> {
        for row in self.rows.clone() {
            let looked = match depth {
                Depth::Bytes => block::unpack(&self.folder, &row).map(drop),
                Depth::Lengths => block::is_there(&self.folder, &row),
            };
            match looked {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    return Ok(Some((row.from, error.to_string())));
                }
                Err(error) => return Err(error),
            }
        }
        // The index names more than there is: its bytes are lost, unless they are being written.
        let length = std::fs::metadata(self.folder.join("index"))?.len();
        let lost = (length / WIDTH as u64).saturating_sub(self.count());
        if lost == 0 || is_living(&self.folder)? {
            return Ok(None);
        }
        let what = format!("the bytes of the last {lost} entries are missing");
        Ok(Some((self.weight().0, what)))
    }

    /// The first entry before `limit` that is none, or that goes back in time or place.
    fn unread_entry(&mut self, limit: u64) -> io::Result<Option<(u64, String)>> {
        let mut before = (0, 0);
        for number in 0..limit {
            let entry = self.entry(number)?;
            match entry {
                Some(entry) if entry.time >= before.0 && entry.offset >= before.1 => {
                    before = (entry.time, entry.end());
                }
                Some(_) | None => {
                    return Ok(Some((
                        number,
                        format!("entry {number} of the index is damaged"),
                    )));
                }
            }
        }
        Ok(None)
    }

    /// Number of the first entry at or after a place in the stream.
    fn entry_at(&mut self, offset: u64) -> io::Result<u64> {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low + (high - low) / 2;
            if self
                .entry(middle)?
                .is_some_and(|entry| entry.end() <= offset)
            {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}
