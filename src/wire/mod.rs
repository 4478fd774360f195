//! How the processes talk: frames, and the two vocabularies on top of them.
//!
//! `frame` cuts a stream into frames and knows no meaning. `engine` is what clients say to the
//! engine; `host` is what engine, console and command line say to the terminal host. No I/O policy.

mod engine;
mod frame;
mod host;

pub use engine::*;
pub use frame::{
    CONTROL_MAX, Frame, FrameError, FrameReader, TERMINAL_MAX, encode_control, encode_terminal,
    read_frame,
};
pub use host::*;

/// The build that this program is, as shown in hellos and `gt version`.
pub const BUILD: &str = env!("CARGO_PKG_VERSION");
