//! Looking back in a tile: copy mode, scrolling, search, mouse selection, what was copied.
//!
//! `screen::copy` is the state of it; this part gives it rows, keys and the mouse, and carries out
//! what it wishes. Only what the operator copied leaves towards their clipboard, never what an
//! agent asked for (contract T5).

mod acts;
mod draw;
mod fetch;
mod hosted;
mod lookback;
mod mouse;
mod own;
mod rows;

pub(crate) use draw::{body, pieces, prompt};
pub(crate) use fetch::{RowsWanted, past, serve_rows};
pub(crate) use lookback::Back;
pub(crate) use mouse::Clicks;
