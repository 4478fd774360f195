//! Agent presets as data: how each known agent program is started, told what to do, and read.
//!
//! Owns the preset files (`*.toml` here), their compiled rules, and the two readings of a
//! screen: `judge` (what is the agent doing, can it be typed to) and `composer` (what stands
//! in its input line). Never starts anything and never decides which agent a role runs: that
//! is `config::resolve`.

mod judge;
mod preset;
mod spec;

pub use judge::{Composer, Verdict, composer, judge};
pub use preset::{Preset, PresetError, builtin, builtins, preset_of_command};
pub use spec::{AgentSpec, ComposerSpec, PromptStyle, RuleSpec};
