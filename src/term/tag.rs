//! What cells carry besides their look: hyperlinks (OSC 8), and what a shell says they are (OSC 133).
//!
//! Both travel through the emulator as its hyperlinks, so that they move with the text when it
//! scrolls and when it is cut anew. A program cannot forge a zone: of its own links only addresses
//! of the web pass (contract T6).

use alacritty_terminal::term::cell::Hyperlink;
use serde::{Deserialize, Serialize};

/// Longest address kept, in bytes.
const LINK_MAX: usize = 2048;

/// Ends all that a cell may carry.
pub(super) const END: &str = "\x1b]133;D\x1b\\";
/// How [`begin`] begins.
const BEGIN: &[u8] = b"\x1b]8;;";

/// What a shell says that cells are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zone {
    /// Its prompt.
    Prompt,
    /// What was typed.
    Command,
    /// What the command wrote.
    Output,
}

const ZONES: [(Zone, u8, &str); 3] = [
    (Zone::Prompt, b'A', "zone:prompt"),
    (Zone::Command, b'B', "zone:command"),
    (Zone::Output, b'C', "zone:output"),
];

impl Zone {
    /// What comes after a mark; `Some(None)` is nothing in particular, `None` no mark at all.
    pub(super) fn of_mark(text: &[u8]) -> Option<Option<Self>> {
        let (letter, rest) = text.split_first()?;
        if !rest.is_empty() && !rest.starts_with(b";") {
            return None;
        }
        let zone = ZONES.iter().find(|(_, known, _)| known == letter);
        match zone {
            Some((zone, ..)) => Some(Some(*zone)),
            None => (*letter == b'D').then_some(None),
        }
    }

    pub(super) fn target(self) -> &'static str {
        ZONES
            .iter()
            .find(|(zone, ..)| *zone == self)
            .map_or("", |(.., target)| target)
    }
}

/// A link of the web from `parameters;address`; none where it ends one, or leads elsewhere.
pub(super) fn link(text: &[u8]) -> Option<&str> {
    let cut = text.iter().position(|&byte| byte == b';')?;
    let address = std::str::from_utf8(text.get(cut + 1..)?).ok()?;
    is_link(address).then_some(address)
}

pub(super) fn is_link(address: &str) -> bool {
    let web = ["http://", "https://"]
        .iter()
        .any(|scheme| address.starts_with(scheme));
    web && address.len() <= LINK_MAX && address.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The sequence by which the emulator tags what comes after it.
pub(super) fn begin(target: Option<&str>) -> String {
    format!("\x1b]8;;{}\x1b\\", target.unwrap_or_default())
}

/// The sequence that a program would have sent to begin what leads to `target`.
fn sequence(target: &str) -> String {
    match ZONES.iter().find(|(.., zone)| *zone == target) {
        Some((_, letter, _)) => format!("\x1b]133;{}\x1b\\", char::from(*letter)),
        None if target.is_empty() => END.to_owned(),
        None => begin(Some(target)),
    }
}

/// Begins of tags in text for the emulator, as places and targets.
fn begins(text: &[u8]) -> impl Iterator<Item = (std::ops::Range<usize>, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = text.get(from..)?;
        let at = rest.windows(BEGIN.len()).position(|part| part == BEGIN)?;
        let target = rest.get(at + BEGIN.len()..)?;
        let length = target.iter().position(|&byte| byte == 0x1b)?;
        let place = from + at..from + at + BEGIN.len() + length + 2;
        from = place.end;
        Some((place, std::str::from_utf8(target.get(..length)?).ok()?))
    })
}

/// Text for the emulator as the program would have sent it.
pub(super) fn tell(text: &[u8], out: &mut Vec<u8>) {
    let mut done = 0;
    for (place, target) in begins(text) {
        out.extend_from_slice(text.get(done..place.start).unwrap_or_default());
        out.extend_from_slice(sequence(target).as_bytes());
        done = place.end;
    }
    out.extend_from_slice(text.get(done..).unwrap_or_default());
}

/// The target of the last tag that begins in text for the emulator.
pub(super) fn last(text: &[u8]) -> Option<String> {
    begins(text).last().map(|(_, target)| target.to_owned())
}

/// What a cell carries. Two of them are the same only if they began with the same sequence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Told", into = "Told")]
pub struct Tag(pub(super) Hyperlink);

/// A tag as it crosses processes.
#[derive(Serialize, Deserialize)]
struct Told {
    id: String,
    target: String,
}

impl From<Tag> for Told {
    fn from(tag: Tag) -> Self {
        Self {
            id: tag.0.id().to_owned(),
            target: tag.0.uri().to_owned(),
        }
    }
}

impl From<Told> for Tag {
    fn from(told: Told) -> Self {
        Self::of(&told.id, &told.target)
    }
}

impl Tag {
    /// A tag that is known already; what would not have become one leads nowhere.
    pub(super) fn of(id: &str, target: &str) -> Self {
        let known = ZONES.iter().any(|(.., zone)| *zone == target) || is_link(target);
        let target = if known { target } else { "" };
        Self(Hyperlink::new(Some(id), target.to_owned()))
    }

    /// What it takes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        self.0.id().len() + self.0.uri().len() + 96
    }

    /// The sequence that a program would have sent for it.
    pub(super) fn sequence(&self) -> String {
        sequence(self.0.uri())
    }

    /// What a shell says that the cell is.
    pub fn zone(&self) -> Option<Zone> {
        ZONES
            .iter()
            .find(|(.., target)| *target == self.0.uri())
            .map(|(zone, ..)| *zone)
    }

    /// Where a link on the cell leads; untrusted.
    pub fn link(&self) -> Option<&str> {
        let link = Some(self.0.uri()).filter(|uri| !uri.is_empty());
        link.filter(|_| self.zone().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::Screen;

    fn tags(bytes: &[u8]) -> Vec<(char, Option<Zone>, Option<String>)> {
        let mut screen = Screen::new((40, 1), 0);
        screen.feed(bytes);
        let row = screen.row(0);
        row.cells()
            .filter(|cell| cell.symbol() != ' ')
            .map(|cell| {
                let tag = cell.tag();
                let zone = tag.as_ref().and_then(Tag::zone);
                let link = tag.as_ref().and_then(Tag::link).map(str::to_owned);
                (cell.symbol(), zone, link)
            })
            .collect()
    }

    #[test]
    fn zones_and_links_travel_with_their_cells() {
        let seen = tags(
            b"\x1b]133;A\x07$\x1b]133;B\x1b\\l\x1b]133;C;x=y\x07o\x1b]8;;https://a.org/?x;y\x07u\
              \x1b]8;;\x07t\x1b]133;D;0\x07-",
        );
        let link = Some("https://a.org/?x;y".to_owned());
        assert_eq!(
            seen,
            [
                ('$', Some(Zone::Prompt), None),
                ('l', Some(Zone::Command), None),
                ('o', Some(Zone::Output), None),
                ('u', None, link),
                ('t', Some(Zone::Output), None),
                ('-', None, None),
            ]
        );
    }

    #[test]
    fn nothing_is_forged_and_no_other_scheme_passes() {
        let long = format!("\x1b]8;;https://{}\x07a", "x".repeat(LINK_MAX));
        for bytes in [
            "\x1b]8;;zone:output\x07a",
            "\x1b]8;;file:///etc/passwd\x07a",
            "\x1b]8;;javascript:alert(1)\x07a",
            "\x1b]8;id=x;https://a.org/\u{202e}\x07a",
            "\x1b]133;Ax\x07a",
            "\x1b]133;Z\x07a",
            long.as_str(),
        ] {
            assert_eq!(tags(bytes.as_bytes()), [('a', None, None)], "{bytes:?}");
        }
    }
}
