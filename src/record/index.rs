//! The fixed-width entries that say what lies where in a recording, and when it was.
//!
//! 32 bytes each, little-endian: time (µs, u64), offset (u64), length (u32), kind (u8), zeros.
//! A torn last entry, or one that points past the bytes, ends the recording for a reader.

/// Width of an entry in bytes.
pub(super) const WIDTH: usize = 32;

/// What an entry's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// What the program wrote.
    Output,
    /// A new size: columns and rows, two bytes each, little-endian.
    Resize,
    /// A note, as text.
    Marker,
    /// How the run ended, as JSON of `domain::Exit`.
    Exit,
    /// A screen snapshot: all before it, history excepted, is in it.
    Keyframe,
}

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Microseconds since the run began.
    pub time: u64,
    /// Where its bytes begin.
    pub offset: u64,
    /// How many they are.
    pub length: u32,
    /// What they are.
    pub kind: EntryKind,
}

impl Entry {
    pub(super) fn encode(self) -> [u8; WIDTH] {
        let kind = match self.kind {
            EntryKind::Output => 1,
            EntryKind::Resize => 2,
            EntryKind::Marker => 3,
            EntryKind::Exit => 4,
            EntryKind::Keyframe => 5,
        };
        let mut out = [0; WIDTH];
        let fields = self
            .time
            .to_le_bytes()
            .into_iter()
            .chain(self.offset.to_le_bytes())
            .chain(self.length.to_le_bytes())
            .chain([kind]);
        for (place, byte) in out.iter_mut().zip(fields) {
            *place = byte;
        }
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (time, rest) = bytes.split_first_chunk::<8>()?;
        let (offset, rest) = rest.split_first_chunk::<8>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let kind = match rest.first()? {
            1 => EntryKind::Output,
            2 => EntryKind::Resize,
            3 => EntryKind::Marker,
            4 => EntryKind::Exit,
            5 => EntryKind::Keyframe,
            _ => return None,
        };
        Some(Self {
            time: u64::from_le_bytes(*time),
            offset: u64::from_le_bytes(*offset),
            length: u32::from_le_bytes(*length),
            kind,
        })
    }

    /// The first byte after this entry's bytes.
    pub(super) fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.length))
    }
}
