//! From a formula to its steps: what it continues, loops, branches, advice, expansions, aspects, overlays.
//!
//! The order is fixed: extends, loops, branches, gates, own advice, inline expansions, `compose.expand`,
//! `compose.map`, `compose.aspects`, overlay, check. Placeholders of variables stay; putting values in and
//! leaving out what a condition does not want is `pour`. Entry point: [`cook`].

mod advice;
mod body;
mod branch;
mod expand;
mod extends;
mod loops;
mod overlay;
mod whole;
mod wire;

pub use overlay::Overlay;
pub(super) use overlay::{read as read_overlay, without};
pub use whole::{Cooked, Lookup, cook};
use whole::{Kitchen, has_room};
pub(super) use wire::texts;
