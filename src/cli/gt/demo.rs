//! `gt demo`.

use crate::cli::report::Ended;
use crate::verbs::DemoArgs;

/// Shows a small town at work.
pub(crate) fn run(args: &DemoArgs) -> Ended {
    let DemoArgs { plain: _ } = args;
    Ok(crate::cli::pending::demo()?)
}
