//! What came of acts: load the rows, ask the rule what follows, settle what was owed.

mod git;
mod host;
mod jobs;
mod settle;

pub(super) use settle::words;
