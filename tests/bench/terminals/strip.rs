//! What a program draws, without its escapes: finds a text in it and answers the usual queries, as
//! the operator's terminal would.

/// Text that is kept to find a needle in.
const KEEP: usize = 4096;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    Escape,
    Skip,
    Csi,
    Text,
    TextEscape,
}

/// What came of some bytes.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) needle: bool,
    pub(crate) replies: Vec<u8>,
}

/// The reader of an outer stream.
#[derive(Debug, Default)]
pub(crate) struct Strip {
    state: State,
    sequence: Vec<u8>,
    text: Vec<u8>,
    needle: Option<Vec<u8>>,
}

impl Strip {
    /// Looks for another text, in what comes from here on.
    pub(crate) fn seek(&mut self, needle: Option<&str>) {
        self.needle = needle.map(|text| text.as_bytes().to_vec());
        self.text.clear();
    }

    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Found {
        let mut found = Found::default();
        for byte in bytes {
            self.byte(*byte, &mut found.replies);
        }
        if let Some(needle) = &self.needle {
            found.needle = self
                .text
                .windows(needle.len())
                .any(|part| part == needle.as_slice());
        }
        let excess = self.text.len().saturating_sub(KEEP);
        self.text.drain(..excess);
        found
    }

    fn byte(&mut self, byte: u8, replies: &mut Vec<u8>) {
        self.state = match (self.state, byte) {
            (State::TextEscape, b'\\') => {
                self.string(replies);
                State::Ground
            }
            (State::Text, 0x07) => {
                self.string(replies);
                State::Ground
            }
            (State::Text, 0x1b) => State::TextEscape,
            (State::Text, _) => {
                self.sequence.push(byte);
                State::Text
            }
            (_, 0x1b) => State::Escape,
            (State::Escape | State::TextEscape, b'[') => {
                self.sequence.clear();
                State::Csi
            }
            (State::Escape | State::TextEscape, b']' | b'P' | b'_' | b'^' | b'X') => {
                self.sequence.clear();
                State::Text
            }
            (State::Escape | State::TextEscape, b'(' | b')' | b'#' | b'%') => State::Skip,
            (State::Escape | State::TextEscape | State::Skip, _) => State::Ground,
            (State::Csi, 0x40..=0x7e) => {
                self.sequence.push(byte);
                self.csi(replies);
                State::Ground
            }
            (State::Csi, _) => {
                self.sequence.push(byte);
                State::Csi
            }
            (State::Ground, 0x20..) => {
                self.text.push(byte);
                State::Ground
            }
            (State::Ground, _) => State::Ground,
        };
    }

    fn csi(&self, replies: &mut Vec<u8>) {
        let reply: &[u8] = match self.sequence.as_slice() {
            b"c" | b"0c" => b"\x1b[?62;22c",
            b">c" | b">0c" => b"\x1b[>1;10;0c",
            b">q" | b">0q" => b"\x1bP>|bench 1\x1b\\",
            b"5n" => b"\x1b[0n",
            b"6n" => b"\x1b[1;1R",
            b"?u" => b"\x1b[?0u",
            b"14t" => b"\x1b[4;800;1600t",
            b"16t" => b"\x1b[6;16;8t",
            b"18t" => b"\x1b[8;50;200t",
            other => {
                if let Some(mode) = other
                    .strip_prefix(b"?")
                    .and_then(|rest| rest.strip_suffix(b"$p"))
                {
                    replies.extend_from_slice(b"\x1b[?");
                    replies.extend_from_slice(mode);
                    replies.extend_from_slice(b";0$y");
                }
                return;
            }
        };
        replies.extend_from_slice(reply);
    }

    fn string(&self, replies: &mut Vec<u8>) {
        let reply: &[u8] = match self.sequence.as_slice() {
            b"10;?" => b"\x1b]10;rgb:dddd/dddd/dddd\x1b\\",
            b"11;?" => b"\x1b]11;rgb:1111/1111/1111\x1b\\",
            _ => return,
        };
        replies.extend_from_slice(reply);
    }
}
