//! Recordings as asciicast files, versions 2 and 3, for the players of the field.
//!
//! Casts hold text: a character split over two entries is carried to the later event, bytes that
//! are no UTF-8 become the replacement character. Version 2 states times from the beginning and
//! knows no exit; version 3 states the time since the previous event. A cast is inert until it is
//! played: no control or hidden character stands in it as such (contract T3).

use std::io::{self, Write};

use serde_json::{Value, json};

use super::index::EntryKind;
use super::reader::Recording;
use super::screens::{decode_size, with_returns};
use crate::domain::Exit;
use crate::support::text::plain_json;

/// Which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cast {
    /// Version 2: every player reads it.
    Two,
    /// Version 3.
    Three,
}

/// A stretch of a recording, in microseconds since its beginning; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// From when.
    pub(crate) from: u64,
    /// Until when.
    pub(crate) to: u64,
}

impl Span {
    /// The whole recording.
    #[cfg(test)]
    pub(crate) const WHOLE: Self = Self {
        from: 0,
        to: u64::MAX,
    };
}

/// Writes the stretch as a cast. One that does not begin at the beginning begins with the screen of
/// that moment. A damaged recording is written up to the damage.
pub(crate) fn write_cast(
    recording: &mut Recording,
    cast: Cast,
    span: Span,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (size, begin) = match span.from {
        0 => (recording.size(), Vec::new()),
        from => {
            let screen = recording.screen_at(from - 1)?;
            (screen.size(), screen.snapshot())
        }
    };
    let mut events = Events {
        cast,
        from: span.from,
        last: span.from,
        carry: Carry::default(),
        out,
    };
    events.line(&header(recording, cast, span.from, size))?;
    let text = String::from_utf8_lossy(&begin).into_owned();
    events.event(span.from, "o", &text)?;
    let mut number = match span.from {
        0 => 0,
        from => recording.after(from - 1)?,
    };
    let terminal = recording.about().terminal;
    while let Some((entry, bytes)) = recording.read(number)? {
        if entry.time > span.to {
            break;
        }
        match entry.kind {
            EntryKind::Output if terminal => events.output(entry.time, &bytes)?,
            EntryKind::Output => events.output(entry.time, &with_returns(&bytes))?,
            EntryKind::Resize => {
                if let Some(size) = decode_size(&bytes) {
                    events.resize(entry.time, size)?;
                }
            }
            EntryKind::Marker => {
                events.event(entry.time, "m", &String::from_utf8_lossy(&bytes))?;
            }
            EntryKind::Exit => events.exit(entry.time, &bytes)?,
            EntryKind::Keyframe => {}
        }
        number += 1;
    }
    events.finish()
}

fn header(recording: &Recording, cast: Cast, from: u64, size: (u16, u16)) -> Value {
    let about = recording.about();
    let began = about
        .began
        .saturating_add(i64::try_from(from / 1000).unwrap_or_default());
    let (timestamp, title) = (began / 1000, &about.run);
    let (columns, rows) = size;
    match cast {
        Cast::Two => json!({
            "version": 2, "width": columns, "height": rows,
            "timestamp": timestamp, "title": title, "env": {"TERM": "xterm-256color"},
        }),
        Cast::Three => json!({
            "version": 3,
            "term": {"cols": columns, "rows": rows, "type": "xterm-256color"},
            "timestamp": timestamp, "title": title,
        }),
    }
}

/// The event lines of a cast.
struct Events<'a> {
    cast: Cast,
    from: u64,
    last: u64,
    carry: Carry,
    out: &'a mut dyn Write,
}

impl Events<'_> {
    fn line(&mut self, value: &Value) -> io::Result<()> {
        let line = plain_json(&serde_json::to_string(value)?);
        self.out.write_all(line.as_bytes())?;
        self.out.write_all(b"\n")
    }

    fn event(&mut self, time: u64, code: &str, text: &str) -> io::Result<()> {
        if code == "o" && text.is_empty() {
            return Ok(());
        }
        let time = time.max(self.last);
        let since = match self.cast {
            Cast::Two => time.saturating_sub(self.from),
            Cast::Three => time - self.last,
        };
        self.last = time;
        self.line(&json!([Micros(since).number(), code, text]))
    }

    fn output(&mut self, time: u64, bytes: &[u8]) -> io::Result<()> {
        let text = self.carry.take(bytes);
        self.event(time, "o", &text)
    }

    fn resize(&mut self, time: u64, (columns, rows): (u16, u16)) -> io::Result<()> {
        self.event(time, "r", &format!("{columns}x{rows}"))
    }

    fn exit(&mut self, time: u64, bytes: &[u8]) -> io::Result<()> {
        self.finish()?;
        let code = match (self.cast, serde_json::from_slice(bytes)) {
            (Cast::Three, Ok(Exit::Code { code })) => code,
            // As a shell tells it.
            (Cast::Three, Ok(Exit::Signal { signal })) => 128 + signal,
            (Cast::Two, _) | (Cast::Three, _) => return Ok(()),
        };
        self.event(time, "x", &code.to_string())
    }

    fn finish(&mut self) -> io::Result<()> {
        let rest = self.carry.rest();
        self.event(self.last, "o", &rest)
    }
}

/// A time as the decimal seconds of a cast, without the noise of a division.
struct Micros(u64);

impl Micros {
    fn number(&self) -> Value {
        let text = format!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000);
        serde_json::from_str(&text).unwrap_or(Value::from(0))
    }
}

/// Bytes of a character that has not ended.
#[derive(Debug, Default)]
struct Carry(Vec<u8>);

impl Carry {
    fn take(&mut self, bytes: &[u8]) -> String {
        self.0.extend_from_slice(bytes);
        let mut text = String::with_capacity(self.0.len());
        let mut open = 0;
        for chunk in self.0.utf8_chunks() {
            text.push_str(chunk.valid());
            let invalid = chunk.invalid();
            if invalid.is_empty() {
                continue;
            }
            if is_begun(invalid) {
                open = invalid.len();
            } else {
                open = 0;
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        // Only what stands at the very end can still be completed.
        let kept = self.0.split_off(self.0.len() - open);
        self.0 = kept;
        text
    }

    fn rest(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.0)).into_owned()
    }
}

/// Whether the bytes are the beginning of a character and nothing else.
fn is_begun(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests;
