//! What every layer may use: paths, files, text, durations and the operating system.
//!
//! Nothing in here knows a town word beyond the names of folders.

pub mod clock;
pub mod files;
pub mod near;
pub mod os;
pub mod paths;
pub mod text;
