//! Frames: u32 little-endian payload length, u8 kind, payload (DECISIONS 15).
//!
//! Kind 0 is one JSON value of at most 1 MiB. Kind 1 is raw terminal bytes behind an eight-byte
//! stream number. A frame that breaks a limit ends the connection; it is never skipped.

use std::io::{self, Read};

use serde::Serialize;

/// Longest control payload, in bytes.
pub const CONTROL_MAX: usize = 1 << 20;

/// Longest terminal payload, in bytes, stream number included.
pub const TERMINAL_MAX: usize = (1 << 20) + 8;

const CONTROL: u8 = 0;
const TERMINAL: u8 = 1;
const HEADER: usize = 5;

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A JSON value, not yet read.
    Control(Vec<u8>),
    /// Terminal bytes of a stream.
    Terminal(u64, Vec<u8>),
}

/// Why a stream is not a stream of frames.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// A payload is longer than its kind allows.
    #[error("a frame of {0} bytes is over the limit")]
    TooLong(usize),
    /// A kind that this version does not know.
    #[error("a frame of unknown kind {0}")]
    UnknownKind(u8),
    /// Too short for what it should hold.
    #[error("a frame of {0} bytes is too short")]
    TooShort(usize),
    /// The value is not of the vocabulary.
    #[error("a message that cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The stream failed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    /// The stream ended between frames.
    #[error("the connection was closed")]
    Closed,
}

/// A value as a control frame.
pub fn encode_control<T: Serialize>(value: &T) -> Result<Vec<u8>, FrameError> {
    let mut out = vec![0; HEADER];
    serde_json::to_writer(&mut out, value)?;
    let length = out.len() - HEADER;
    if length > CONTROL_MAX {
        return Err(FrameError::TooLong(length));
    }
    set_header(&mut out, length, CONTROL);
    Ok(out)
}

/// Terminal bytes as a frame; at most [`TERMINAL_MAX`] less eight bytes.
pub fn encode_terminal(stream: u64, bytes: &[u8]) -> Result<Vec<u8>, FrameError> {
    let length = bytes.len() + 8;
    if length > TERMINAL_MAX {
        return Err(FrameError::TooLong(length));
    }
    let mut out = Vec::with_capacity(HEADER + length);
    out.resize(HEADER, 0);
    out.extend_from_slice(&stream.to_le_bytes());
    out.extend_from_slice(bytes);
    set_header(&mut out, length, TERMINAL);
    Ok(out)
}

fn set_header(out: &mut [u8], length: usize, kind: u8) {
    let length = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    for (place, byte) in out.iter_mut().zip(length.into_iter().chain([kind])) {
        *place = byte;
    }
}

/// Puts frames together from pieces of a stream, in any cut.
#[derive(Debug, Default)]
pub struct FrameReader {
    buffer: Vec<u8>,
    start: usize,
}

impl FrameReader {
    /// Adds bytes that were read.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 && (self.start == self.buffer.len() || self.start > 1 << 16) {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, if there is one.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let Some((header, body)) = rest.split_at_checked(HEADER) else {
            return Ok(None);
        };
        let (length, kind) = parse_header(header)?;
        let Some(payload) = body.get(..length) else {
            return Ok(None);
        };
        let frame = make_frame(kind, payload)?;
        self.start += HEADER + length;
        Ok(Some(frame))
    }
}

/// Reads one frame from a blocking stream.
pub fn read_frame(stream: &mut impl Read) -> Result<Frame, FrameError> {
    let mut header = [0; HEADER];
    let mut have = 0;
    while have < HEADER {
        let read = match stream.read(header.get_mut(have..).unwrap_or_default()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if read == 0 {
            return Err(if have == 0 {
                FrameError::Closed
            } else {
                FrameError::TooShort(have)
            });
        }
        have += read;
    }
    let (length, kind) = parse_header(&header)?;
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    make_frame(kind, &payload)
}

fn parse_header(header: &[u8]) -> Result<(usize, u8), FrameError> {
    let [a, b, c, d, kind] = header else {
        return Err(FrameError::TooShort(header.len()));
    };
    let length = usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
    let limit = match *kind {
        CONTROL => CONTROL_MAX,
        TERMINAL => TERMINAL_MAX,
        other => return Err(FrameError::UnknownKind(other)),
    };
    if length > limit {
        Err(FrameError::TooLong(length))
    } else {
        Ok((length, *kind))
    }
}

fn make_frame(kind: u8, payload: &[u8]) -> Result<Frame, FrameError> {
    if kind == CONTROL {
        return Ok(Frame::Control(payload.to_vec()));
    }
    let (stream, bytes) = payload
        .split_first_chunk::<8>()
        .ok_or(FrameError::TooShort(payload.len()))?;
    Ok(Frame::Terminal(u64::from_le_bytes(*stream), bytes.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frames() -> impl Strategy<Value = Vec<Frame>> {
        let control = any::<Vec<u16>>()
            .prop_map(|value| Frame::Control(serde_json::to_vec(&value).unwrap_or_default()));
        let terminal = (any::<u64>(), any::<Vec<u8>>())
            .prop_map(|(stream, bytes)| Frame::Terminal(stream, bytes));
        prop::collection::vec(prop_oneof![control, terminal], 0..6)
    }

    fn encode(frame: &Frame) -> Vec<u8> {
        match frame {
            Frame::Control(json) => {
                let value: serde_json::Value = serde_json::from_slice(json).unwrap();
                encode_control(&value).unwrap()
            }
            Frame::Terminal(stream, bytes) => encode_terminal(*stream, bytes).unwrap(),
        }
    }

    proptest! {
        #[test]
        fn frames_survive_any_cut(frames in frames(), cuts in prop::collection::vec(1_usize..40, 0..50)) {
            let stream: Vec<u8> = frames.iter().flat_map(encode).collect();
            let mut reader = FrameReader::default();
            let mut seen = Vec::new();
            let mut rest = stream.as_slice();
            let mut cuts = cuts.into_iter();
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(cuts.next().unwrap_or(7).min(rest.len()));
                reader.push(piece);
                rest = after;
                while let Some(frame) = reader.next_frame().unwrap() {
                    seen.push(frame);
                }
            }
            prop_assert_eq!(seen, frames);
        }

        #[test]
        fn noise_never_panics(bytes in any::<Vec<u8>>()) {
            let mut reader = FrameReader::default();
            reader.push(&bytes);
            while let Ok(Some(_)) = reader.next_frame() {}
        }
    }

    #[test]
    fn a_blocking_reader_sees_the_same_frames() {
        let bytes = encode_terminal(7, b"abc").unwrap();
        assert_eq!(
            read_frame(&mut bytes.as_slice()).unwrap(),
            Frame::Terminal(7, b"abc".to_vec())
        );
        assert!(matches!(
            read_frame(&mut [].as_slice()),
            Err(FrameError::Closed)
        ));
        let huge = [0xff, 0xff, 0xff, 0x7f, 0];
        assert!(matches!(
            read_frame(&mut huge.as_slice()),
            Err(FrameError::TooLong(_))
        ));
    }
}
