//! The full-screen program: a client that shows the town and types into its terminals.
//!
//! Messages go into a synchronous `update` that answers with effects; `draw` reads the same
//! state and changes nothing. It never opens the ledger and never starts an agent by itself.
//! Entry points: `run` and `attach`.

mod run;

mod attached;
mod canvas;
mod clip;
mod editor;
mod guard;
mod inbox;
mod keyboard;
mod outer;
mod program;
mod sources;

mod acts;
mod app;
mod back;
mod follow;
mod input;
mod lines;
mod model;
mod msg;
mod outcome;
mod replies;
mod strokes;
mod update;
mod viewer;
mod wall;

mod draw;
mod field;
mod frame;
mod glyph;
mod layout;
mod overlay;
mod pane;
mod toast;
mod told;

mod action;
mod keymap;
mod look;
mod theme;

pub use guard::reset;
pub use run::{Options, attach, run};

#[cfg(test)]
mod tests;
