//! A terminal's screen as a model: bytes in, cells, views, snapshots and fixed replies out.
//!
//! No I/O, no clock, no drawing library. `filter` is the only way into the emulator: it caps what
//! is hostile and holds back unfinished sequences, so that the emulator is always between two
//! sequences and a snapshot is exact. Entry point: [`Screen`]; keys and the mouse go the other way
//! in [`keys`] and [`mouse`].

mod archive;
mod cells;
mod clip;
mod cluster;
mod csi;
mod damage;
mod emulator;
mod facts;
mod filter;
mod flood;
mod held;
mod ink;
mod keyboard;
pub mod keys;
pub mod mouse;
mod pack;
mod packing;
mod print;
mod reflow;
mod report;
mod rewrap;
mod scan;
mod screen;
mod sequence;
mod sgr;
mod snapshot;
mod tag;
#[cfg(test)]
mod tests;
mod view;

pub use cells::{CellColor, CellStyle, CellView, CellWidth, RowView, Underline};
pub use damage::Damage;
pub use facts::{Folder, Progress};
pub use held::Held;
pub use mouse::{MouseForm, MouseMode};
pub use pack::{PackedRow, TagRun};
pub use screen::{CursorView, Modes, Screen};
pub use tag::{Tag, Zone};
