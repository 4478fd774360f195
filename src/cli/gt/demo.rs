//! `gt demo`.

use crate::cli::demo::{self, Options};
use crate::cli::report::Ended;
use crate::verbs::DemoArgs;

/// Shows a small town at work.
pub(crate) fn run(args: &DemoArgs) -> Ended {
    let options = Options {
        plain: args.plain,
        keep: args.keep,
        dir: args.dir.clone(),
    };
    Ok(demo::run(&options)?)
}
