//! Lists of beads: by the flags of a list, and of work that can be started.
//!
//! What the flags ask for is an expression; `expr` carries it out. Here is only what is asked and
//! in which order.

use crate::domain::{BeadFilter, ReadyFilter, ReadySort, Refusal, Selection};
use crate::rules::row::BeadRow;

use super::Store;
use super::expr::Pick;

/// How long work counts as new for [`ReadySort::Hybrid`], milliseconds.
const NEW: i64 = 48 * 3_600_000;

impl Store {
    /// Beads that match, most urgent first, then newest, unless another order is asked for. With
    /// their number in all. `now` is wall time.
    pub(crate) fn bead_list(
        &self,
        filter: &BeadFilter,
        now: i64,
    ) -> Result<(Vec<BeadRow>, u64), Refusal> {
        self.select(&Selection::list(filter, now), now)
    }

    /// How many beads a filter lets through.
    pub(crate) fn bead_count(&self, filter: &BeadFilter, now: i64) -> Result<u64, Refusal> {
        self.count_selected(&Selection::list(filter, now), now)
    }

    /// Beads that can be started: open or with a date that has passed, not held back, no card,
    /// pattern, wisp or record; nor put off through their parent. With their number in all.
    pub(crate) fn ready(
        &self,
        ready: &ReadyFilter,
        now: i64,
    ) -> Result<(Vec<BeadRow>, u64), Refusal> {
        self.pick(&ready_pick(ready, now), now)
    }

    /// How the database would answer, for tests.
    #[cfg(test)]
    pub(super) fn plan_of_ready(&self, ready: &ReadyFilter) -> Result<Vec<String>, Refusal> {
        self.plan_of(&ready_pick(ready, 1_000), 1_000)
    }
}

/// Source and order of ready work. The index is named, so that it is used or the question fails.
fn ready_pick(ready: &ReadyFilter, now: i64) -> Pick {
    let filter = &ready.filter;
    let wisps = filter.scope.include_ephemeral
        || filter.scope.only_ephemeral
        || filter.scope.wisp_type.is_some();
    let source = match (wisps, &filter.rig, ready.sort) {
        (true, _, _) => "beads",
        (false, None, ReadySort::Priority) => "beads INDEXED BY beads_ready",
        (false, Some(_), ReadySort::Priority) => "beads INDEXED BY beads_ready_in_rig",
        (false, _, ReadySort::Hybrid | ReadySort::Oldest) => "beads INDEXED BY beads_ready_by_age",
    };
    let order = match ready.sort {
        ReadySort::Priority => "priority, created_at DESC, id".to_owned(),
        ReadySort::Oldest => "created_at, id".to_owned(),
        ReadySort::Hybrid => {
            let cut = now - NEW;
            format!(
                "created_at < {cut}, CASE WHEN created_at >= {cut} THEN priority END, created_at, id"
            )
        }
    };
    Pick {
        expr: ready.expr(now),
        source,
        order,
        limit: filter.limit,
        offset: filter.offset,
    }
}
