//! From the text of a file to a formula: every key with its meaning, every fault reported.
//!
//! Entry points: [`read_toml`] and [`read_json`]. Looks at one file only; what other formulas add is `cook`.

mod compose;
mod convoy;
mod file;
mod step;
mod top;

pub use file::{read_json, read_toml};
