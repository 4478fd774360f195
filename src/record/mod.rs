//! Recordings: what a run's terminal or pipe gave out, byte for byte, with times.
//!
//! `.gt/recordings/<run>/` describes itself: `about.json`, `output` (raw bytes and keyframes, one
//! after the other) and `index` (fixed-width entries pointing into it). The host writes; anybody
//! reads, without a host. Not meant for `cat`: the bytes are an agent's (contract T11).

mod index;
mod reader;
mod writer;

pub use index::{Entry, EntryKind};
pub use reader::{LastScreen, Recording, ended, last_screen, tail};
pub(crate) use reader::{encode_size, folder, past, with_returns};
pub(crate) use writer::{About, Writer};
