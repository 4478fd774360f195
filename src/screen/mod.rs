//! The terminal pane that console, attach and replay share, and the one way to put text on cells.
//!
//! Turns styled terminal cells and untrusted strings into ratatui cells whose widths every
//! terminal agrees on. It reads no input and knows no town.

mod colour;
pub(crate) mod copy;
mod keys;
mod mouse;
mod terminal;
mod text;
pub(crate) mod underline;

pub(crate) use colour::nearest_indexed;
pub(crate) use keys::press_of;
pub(crate) use mouse::{is_wheel, mouse};
pub(crate) use terminal::{Frame, draw, draw_rows, first_row};
pub(crate) use text::{plain, put, put_right, width};
