//! From a verb that looks at many beads to the function that carries it out, and what they share.

use std::collections::HashMap;

use super::{care, counts, epics, graph, past, states, words};
use crate::cli::bd::pages;
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::domain::{
    Answer, BeadFilter, BeadId, BeadView, Query, Refusal, ScopeFilter, Selection, Surveyed,
};
use crate::verbs::views::View;

/// Beads that are asked for by their ids in one question.
const AT_ONCE: usize = 300;

/// Carries it out.
pub(crate) fn run(view: &View, caller: &Caller) -> Ended {
    match view {
        View::Count(args) => counts::count(args, caller),
        View::Stats(args) => counts::stats(args, caller),
        View::Statuses(args) => words::statuses(args, caller),
        View::Types(args) => words::types(args, caller),
        View::EpicStatus(args) => epics::status(args, caller),
        View::EpicClose(args) => epics::close(args, caller),
        View::Tree(args) => graph::tree(args, caller),
        View::Edges(args) => graph::edges(args, caller),
        View::Cycles(args) => graph::cycles(args, caller),
        View::Graph(args) => graph::graph(args, caller),
        View::History(args) => past::history(args, caller),
        View::Activity(args) => past::activity(args, caller),
        View::Duplicates(args) => care::duplicates(args, caller),
        View::Lint(args) => care::lint(args, caller),
        View::Orphans(args) => care::orphans(args, caller),
        View::State(args) => states::show(args, caller),
        View::SetState(args) => states::set(args, caller),
    }
}

/// Asks, and takes the answer apart.
pub(in crate::cli::bd) fn survey(query: Query, caller: &Caller) -> Result<Surveyed, Refusal> {
    match caller.query(query)? {
        Answer::Survey(surveyed) => Ok(*surveyed),
        _ => Err(mismatch(caller.how)),
    }
}

/// The beads of these ids, in their order; those of other ledgers are left out.
pub(in crate::cli::bd) fn beads_of(
    ids: &[BeadId],
    caller: &Caller,
) -> Result<Vec<BeadView>, Refusal> {
    let mut found: Vec<BeadView> = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let mut filter = BeadFilter {
            all: true,
            scope: ScopeFilter {
                include_gates: true,
                include_infra: true,
                include_templates: true,
                include_ephemeral: true,
                ..ScopeFilter::default()
            },
            ..BeadFilter::default()
        };
        filter.text.ids = some.iter().map(ToString::to_string).collect();
        let query = Query::Select(Box::new(Selection::list(&filter, 0)));
        found.extend(pages::ask(query, caller)?.0);
    }
    let order: HashMap<&BeadId, usize> = ids.iter().zip(0..).collect();
    found.sort_by_key(|bead| order.get(&bead.id).copied());
    found.dedup_by(|a, b| a.id == b.id);
    Ok(found)
}
