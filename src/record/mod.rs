//! Recordings: what a run's terminal or pipe gave out, byte for byte, with times.
//!
//! `.gt/recordings/<run>/` describes itself (version 2): `about.json` says what it is of, and that
//! none of it is for `cat`: the bytes are an agent's (contract T11). The bytes form one stream of
//! output, sizes, notes, snapshots and the exit; `index` has one 32-byte entry for each of them
//! ([`EntryKind`]), by time and place in the stream. The stream is cut into blocks of at most
//! 1 MiB that begin with a snapshot where they can. The newest block is raw in `open-<offset>`;
//! a closed one lies in `segment-<n>` (64 MiB of stream each) as one zstd frame with a checksum,
//! and `blocks` has a 32-byte row for it. Both are on the disk before the raw block is removed, so a
//! block is readable at any instant, a loss of power included. A day after its end a
//! recording keeps fewer snapshots. Version 1 (all raw, in `output`) is read as one open block.
//!
//! The host writes and holds a lock on `index`; anybody reads, without a host: [`Recording`].

mod block;
mod cast;
mod durable;
mod import;
mod index;
mod keep;
mod lines;
mod news;
mod reader;
mod screens;
mod thin;
mod writer;

pub(crate) use cast::{Cast, Span, write_cast};
pub(crate) use durable::Unsynced;
pub use import::{ImportError, import};
pub use index::{Entry, EntryKind};
pub(crate) use keep::{Going, Kept, Limits, choose, survey, sweep};
pub(crate) use lines::write_lines;
pub(crate) use news::{collect_news, leave_news};
pub(crate) use reader::Depth;
pub use reader::Recording;
pub use screens::{LastScreen, ended, last_screen, tail};
pub(crate) use screens::{encode_size, folder, past, with_returns};
pub(crate) use thin::thin_old;
pub(crate) use writer::{About, Appended, Writer};
