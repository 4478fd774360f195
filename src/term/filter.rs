//! Cuts hostile output down before the emulator sees it (contract T4, T5, T6, T10).
//!
//! Passes only whole sequences on: what is unfinished is held here and is part of a snapshot.
//! Device strings, images and colour changes are dropped; of links only addresses of the web pass;
//! titles, folders, progress, notes and what is to be copied come out as data; questions about colours get
//! fixed answers; control characters above ASCII and direction overrides never pass.

use unicode_width::UnicodeWidthChar;

use super::clip;
use super::csi;
use super::facts::Fact;
use super::keyboard::Wish;
use super::report;
use super::scan::leading;
use super::tag;

/// Longest control sequence that is looked at.
const CSI_MAX: usize = 128;
/// Longest operating system command that is looked at (contract T10).
const OSC_MAX: usize = 64 * 1024;
/// Longest title kept, in characters.
const TITLE_MAX: usize = 200;
/// Most zero-width characters on one base character; with it at most 8 scalars (contract T1).
const ZERO_WIDTH_MAX: u8 = 7;

/// What the filter found besides text for the emulator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// A new title, sanitised.
    Title(String),
    /// A synchronised update begins.
    SyncBegin,
    /// A synchronised update ends.
    SyncEnd,
    /// The next text switches to the alternate screen.
    AlternateEnter,
    /// The next text switches back.
    AlternateLeave,
    /// The scrolling region, first and last row counted from 1; `None` is the whole screen.
    Region(Option<(u16, u16)>),
    /// G0 or G1 is active.
    Shift(u8),
    /// The next text resets everything.
    Reset,
    /// The bell.
    Bell,
    /// Something told besides the screen.
    Fact(Fact),
    /// Text for the operator's clipboard.
    Clip(String),
    /// What is asked of the keyboard.
    Keyboard(Wish),
    /// A mode of the mouse is set or reset.
    Mouse(u16, bool),
    /// A fixed answer to a question.
    Reply(String),
    /// The question for a mode's state, which is known here.
    AskMode(u16),
}

/// Where text and acts go, in order.
pub(super) trait Sink {
    /// Bytes for the emulator: whole sequences only.
    fn text(&mut self, bytes: &[u8]);
    /// Something that was understood here.
    fn act(&mut self, act: Act);
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    Utf8,
    Escape,
    Csi,
    CsiDrop,
    Osc,
    OscDrop,
    String,
}

/// The filter. One per terminal.
#[derive(Debug, Default)]
pub(super) struct Filter {
    state: State,
    held: Vec<u8>,
    zero_width: u8,
    /// What a shell says that comes now (OSC 133).
    zone: Option<tag::Zone>,
}

/// Bytes that pass as they are: printable ASCII, and backspace to carriage return.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e | 0x08..=0x0d)
}

impl Filter {
    /// Reads `bytes` on a terminal of `size` (columns and rows).
    pub(super) fn feed(&mut self, bytes: &[u8], size: (u16, u16), sink: &mut impl Sink) {
        let mut rest = bytes;
        while let Some(&byte) = rest.first() {
            let used = match self.state {
                State::Ground => self.ground(rest, sink),
                State::Utf8 => self.continue_utf8(rest, sink),
                State::Escape | State::Csi | State::CsiDrop => self.sequence(byte, size, sink),
                State::Osc => self.osc(byte, sink),
                State::OscDrop | State::String => self.drop_string(rest),
            };
            rest = rest.get(used..).unwrap_or_default();
        }
    }

    /// Bytes that bring a fresh filter into this filter's state.
    pub(super) fn pending(&self) -> &[u8] {
        match self.state {
            State::Ground => b"",
            State::String => b"\x1bP",
            State::OscDrop => b"\x1b]9;",
            State::Utf8 | State::Escape | State::Csi | State::CsiDrop | State::Osc => &self.held,
        }
    }

    /// What a shell says that comes now.
    pub(super) fn zone(&self) -> Option<tag::Zone> {
        self.zone
    }

    fn ground(&mut self, rest: &[u8], sink: &mut impl Sink) -> usize {
        let plain = leading(rest, is_plain);
        if plain > 0 {
            self.zero_width = 0;
            sink.text(rest.get(..plain).unwrap_or_default());
            return plain;
        }
        match rest.first() {
            Some(&byte) if byte >= 0x80 => self.non_ascii(rest, sink),
            Some(&byte) => {
                self.control(byte, sink);
                1
            }
            None => 0,
        }
    }

    /// A control character, in any state in which it acts at once.
    fn control(&mut self, byte: u8, sink: &mut impl Sink) {
        match byte {
            0x1b => self.hold(State::Escape, byte),
            0x07 => sink.act(Act::Bell),
            0x0e | 0x0f => {
                sink.text(&[byte]);
                sink.act(Act::Shift(u8::from(byte == 0x0e)));
            }
            0x18 | 0x1a => self.state = State::Ground,
            _ if is_plain(byte) => sink.text(&[byte]),
            _ => {}
        }
    }

    fn hold(&mut self, state: State, byte: u8) {
        self.state = state;
        self.held.clear();
        self.held.push(byte);
    }

    fn non_ascii(&mut self, rest: &[u8], sink: &mut impl Sink) -> usize {
        let wanted = match rest.first() {
            Some(0xc2..=0xdf) => 2,
            Some(0xe0..=0xef) => 3,
            Some(0xf0..=0xf4) => 4,
            _ => {
                self.character('\u{fffd}', sink);
                return 1;
            }
        };
        let continued = rest
            .iter()
            .skip(1)
            .take(wanted - 1)
            .take_while(|byte| matches!(byte, 0x80..=0xbf))
            .count();
        let have = rest.get(..=continued).unwrap_or_default();
        if have.len() == wanted {
            let c = std::str::from_utf8(have)
                .ok()
                .and_then(|text| text.chars().next());
            self.character(c.unwrap_or('\u{fffd}'), sink);
        } else if have.len() == rest.len() {
            self.state = State::Utf8;
            self.held.clear();
            self.held.extend_from_slice(have);
        } else {
            self.character('\u{fffd}', sink);
        }
        have.len()
    }

    fn continue_utf8(&mut self, rest: &[u8], sink: &mut impl Sink) -> usize {
        let mut together = std::mem::take(&mut self.held);
        let before = together.len();
        together.extend_from_slice(rest.get(..rest.len().min(4)).unwrap_or_default());
        self.state = State::Ground;
        let used = self.non_ascii(&together, sink);
        // An unfinished character may turn out to be broken: then nothing new was used.
        used.saturating_sub(before)
    }

    fn character(&mut self, c: char, sink: &mut impl Sink) {
        let c = if matches!(c, '\u{80}'..='\u{9f}') {
            '\u{fffd}'
        } else {
            c
        };
        if is_invisible_trick(c) {
            return;
        }
        if c.width() == Some(0) {
            if self.zero_width >= ZERO_WIDTH_MAX {
                return;
            }
            self.zero_width += 1;
        } else {
            self.zero_width = 0;
        }
        sink.text(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// One byte of an escape or control sequence.
    fn sequence(&mut self, byte: u8, size: (u16, u16), sink: &mut impl Sink) -> usize {
        match byte {
            0x80.. => {
                // No part of a sequence: the sequence is dropped and the byte read as text.
                self.state = State::Ground;
                return 0;
            }
            0x00..=0x1f | 0x7f => self.control(byte, sink),
            _ if self.state == State::Escape => self.escape(byte, sink),
            0x40..=0x7e => {
                if self.state == State::Csi {
                    self.held.push(byte);
                    csi::pass(&self.held, size, sink);
                }
                self.state = State::Ground;
            }
            _ if self.held.len() >= CSI_MAX => self.state = State::CsiDrop,
            _ => self.held.push(byte),
        }
        1
    }

    fn escape(&mut self, byte: u8, sink: &mut impl Sink) {
        self.held.push(byte);
        match (self.held.as_slice(), byte) {
            ([_, _], b'[') => self.state = State::Csi,
            ([_, _], b']') => self.state = State::Osc,
            ([_, _], b'P' | b'X' | b'^' | b'_') => self.state = State::String,
            ([_, _] | [_, _, _], 0x20..=0x2f) => {}
            (sequence, _) => {
                if sequence == b"\x1bc" {
                    self.zone = None;
                }
                pass_escape(sequence, sink);
                self.state = State::Ground;
            }
        }
    }

    fn osc(&mut self, byte: u8, sink: &mut impl Sink) -> usize {
        match byte {
            0x07 | 0x1b => {
                self.tag(sink);
                pass_osc(&self.held, byte, sink);
                self.state = State::Ground;
                if byte == 0x1b {
                    self.hold(State::Escape, byte);
                }
            }
            0x18 | 0x1a => self.state = State::Ground,
            0x00..=0x1f => {}
            _ if self.held.len() >= OSC_MAX => {
                self.held = Vec::new();
                self.state = State::OscDrop;
            }
            _ => self.held.push(byte),
        }
        1
    }

    /// Hyperlinks and the marks of shells travel with the cells, as links of our own making.
    fn tag(&mut self, sink: &mut impl Sink) {
        let body = self.held.get(2..).unwrap_or_default();
        if let Some(text) = body.strip_prefix(b"133;") {
            if let Some(zone) = tag::Zone::of_mark(text) {
                self.zone = zone;
                sink.text(tag::begin(zone.map(tag::Zone::target)).as_bytes());
            }
        } else if let Some(text) = body.strip_prefix(b"8;") {
            let zone = self.zone.map(tag::Zone::target);
            sink.text(tag::begin(tag::link(text).or(zone)).as_bytes());
        }
    }

    /// A string that nobody reads: skipped at once up to its end.
    fn drop_string(&mut self, rest: &[u8]) -> usize {
        let bell_ends = self.state == State::OscDrop;
        let end = rest
            .iter()
            .position(|&byte| matches!(byte, 0x18 | 0x1a | 0x1b) || (byte == 0x07 && bell_ends));
        let Some(end) = end else { return rest.len() };
        self.state = State::Ground;
        if rest.get(end) == Some(&0x1b) {
            self.hold(State::Escape, 0x1b);
        }
        end + 1
    }
}

/// Characters that reorder or hide text without a mark (contract T2): never cells.
fn is_invisible_trick(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}'
        | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A whole escape sequence without parameters.
fn pass_escape(sequence: &[u8], sink: &mut impl Sink) {
    match sequence {
        [_, b'c'] => {
            sink.act(Act::Reset);
            sink.text(sequence);
        }
        [
            _,
            b'7' | b'8' | b'D' | b'E' | b'H' | b'M' | b'Z' | b'=' | b'>',
        ]
        | [_, b'(' | b')' | b'*' | b'+', b'0' | b'B']
        | [_, b'#', b'8'] => sink.text(sequence),
        _ => {}
    }
}

/// A whole operating system command, without its end.
fn pass_osc(held: &[u8], end: u8, sink: &mut impl Sink) {
    let body = held.get(2..).unwrap_or_default();
    let Some(cut) = body.iter().position(|&byte| byte == b';') else {
        return;
    };
    let (number, text) = body.split_at(cut);
    let text = text.get(1..).unwrap_or_default();
    match number {
        b"0" | b"2" => {
            let clean = crate::support::text::clean(&String::from_utf8_lossy(text));
            let cut: String = clean.trim().chars().take(TITLE_MAX).collect();
            sink.act(Act::Title(cut.trim_end().to_owned()));
        }
        // Colour queries are answered with fixed numbers; programs wait for them at their start.
        b"10" | b"11" | b"12" if text == b"?" => {
            let mut query = held.to_vec();
            if end == 0x07 {
                query.push(end);
            } else {
                query.extend_from_slice(b"\x1b\\");
            }
            sink.text(&query);
        }
        b"52" => {
            if let Some(text) = clip::wish(text) {
                sink.act(Act::Clip(text));
            }
        }
        b"4" => {
            let answers = report::colours(text, end);
            if !answers.is_empty() {
                sink.act(Act::Reply(answers));
            }
        }
        _ => {
            if let Some(fact) = Fact::of_command(number, text) {
                sink.act(Act::Fact(fact));
            }
        }
    }
}
