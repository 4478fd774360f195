//! `gt mq`: the merge queue as it is, and what is asked of it.

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, Stop, mismatch};
use crate::cli::{output, show};
use crate::domain::{Answer, Command, MergePhase, MergeView, Outcome, Query, QueueStop, RigName};
use crate::support::text::clean;
use crate::verbs::{MergeListArgs, MergeStatusArgs, QueueVerb};

/// Carries a verb of the queue out.
pub(crate) fn run(verb: &QueueVerb, caller: &Caller) -> Ended {
    match verb {
        QueueVerb::List(args) => list(args, caller),
        QueueVerb::Next(args) => next(args, caller),
        QueueVerb::Status(args) => status(args, caller),
        QueueVerb::Retry(args) => say(args.command(), caller),
        QueueVerb::Reject(args) => say(args.command(), caller),
        QueueVerb::Reorder(args) => say(args.command(), caller),
        QueueVerb::Pause(args) => say(args.command(), caller),
        QueueVerb::Resume(args) => say(args.command(), caller),
    }
}

/// Shows the queue and what landed last (DOCUMENT 41).
fn list(args: &MergeListArgs, caller: &Caller) -> Ended {
    let queue = queue(caller, args.query())?;
    if args.json {
        return output::json(&show::merges_json(&queue.open, &queue.ended));
    }
    let look = caller.look();
    let stops = show::stops_text(&queue.stopped, &look);
    let merges = show::merges_text(&queue.open, &queue.ended, &look);
    output::text(&format!("{stops}{merges}"))
}

/// Shows one request: its batch, its gates, what it contradicts.
fn status(args: &MergeStatusArgs, caller: &Caller) -> Ended {
    let Answer::Merge { merge } = caller.query(args.query())? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        return output::json(&show::merge_object(&merge));
    }
    output::text(&show::merge_text(&merge, &caller.look()))
}

/// Shows what is taken up next, in its order.
fn next(args: &MergeListArgs, caller: &Caller) -> Ended {
    let queue = queue(caller, args.query())?;
    let waiting: Vec<MergeView> = (queue.open.into_iter())
        .filter(|merge| merge.phase == MergePhase::Queued)
        .collect();
    if args.json {
        return output::json(&show::merges_json(&waiting, &[]));
    }
    let look = caller.look();
    let stops = show::stops_text(&queue.stopped, &look);
    let merges = show::merges_text(&waiting, &[], &look);
    output::text(&format!("{stops}{merges}"))
}

struct Queue {
    stopped: Vec<(RigName, QueueStop)>,
    open: Vec<MergeView>,
    ended: Vec<MergeView>,
}

fn queue(caller: &Caller, query: Query) -> Result<Queue, Stop> {
    let Answer::Merges {
        stopped,
        open,
        ended,
    } = caller.query(query)?
    else {
        return Err(mismatch(caller.how).into());
    };
    Ok(Queue {
        stopped,
        open,
        ended,
    })
}

/// Says something to the queue: put back, take out, hurry, stand still, go on.
fn say(command: Command, caller: &Caller) -> Ended {
    let Outcome::Done { message } = caller.command_with_hands(command)? else {
        return Err(mismatch(caller.how).into());
    };
    output::line(&clean(&message))
}
