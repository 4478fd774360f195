//! What lies on top of the panels: palette, help, composer, questions, output.
//!
//! Each takes keys before anything below it and says what it wants by a `Reaction`; none acts.

mod ask;
mod compose;
mod help;
mod kinds;
mod output;
mod palette;

pub(crate) use ask::Ask;
pub(crate) use compose::Compose;
pub(crate) use help::{Help, Part};
pub(crate) use kinds::{Act, Overlay, Reaction};
pub(crate) use output::Output;
pub(crate) use palette::Palette;
