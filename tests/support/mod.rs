//! A town of a test's own: a folder, a HOME, a closed environment, the real programs.
//!
//! [`TestTown`] installs nothing by itself; a test types what an operator would. When it goes, it
//! ends the town with `gt down --all` and holds that no process of the test is left. Conditions are
//! awaited, never slept for; what was not met in time is shown with feed, status and logs.

#![expect(
    dead_code,
    clippy::disallowed_methods,
    reason = "every test program has its own copy and uses its own part; it runs programs and looks at files"
)]

pub(crate) mod outer;
pub(crate) mod process;
pub(crate) mod remote;
pub(crate) mod run;
mod town;
pub(crate) mod wait;

pub(crate) use town::TestTown;
