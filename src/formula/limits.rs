//! How much one formula may hold and may become (S6): what is more is refused before any work is done with it.

/// Bytes of one file.
pub const FILE_BYTES: u64 = 1024 * 1024;
/// Steps in one file, those of loops and children counted.
pub const STEPS: usize = 500;
/// Variables of one formula, those it is given by others counted.
pub const VARS: usize = 100;
/// Formulas that continue one another.
pub const EXTENDS: usize = 16;
/// Expansions inside of expansions.
pub const EXPANSIONS: usize = 5;
/// Steps after everything is unrolled and expanded.
pub const NODES: usize = 5_000;
/// Levels of children and loops inside one another.
pub const DEPTH: usize = 16;
/// Bytes of all texts after everything is unrolled and expanded.
pub const TEXT_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of one value of a variable.
pub const VALUE_BYTES: usize = 64 * 1024;
