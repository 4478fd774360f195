//! Which requests are taken up next, and how many of them.

use crate::domain::{BeadId, MergePhase, MergeView, Priority};

use crate::rules::row::MergeRow;

/// Milliseconds of waiting that count as much as one step of priority (contract M7).
const AGEING: i64 = 2 * 3_600_000;

/// Whether a request is being worked on.
pub(crate) const fn is_active(phase: MergePhase) -> bool {
    matches!(
        phase,
        MergePhase::Fetching | MergePhase::Preparing | MergePhase::Gating | MergePhase::Landing
    )
}

/// Where a request stands in the queue, least first: by priority, then age, and each two hours of
/// waiting make up for one step of priority. All wait alike, so the order never changes.
const fn turn(priority: Priority, since: i64) -> i64 {
    since.saturating_add(priority.number() as i64 * AGEING)
}

/// The order in which a rig's requests are shown: active first, then as they land.
pub(crate) fn in_order(mut merges: Vec<MergeView>) -> Vec<MergeView> {
    merges.sort_by_cached_key(|merge| {
        let rank = if is_active(merge.phase) {
            0
        } else if merge.phase == MergePhase::Queued {
            1
        } else {
            2
        };
        let turn = turn(merge.priority, merge.created_at);
        (rank, turn, merge.created_at, merge.id.clone())
    });
    merges
}

/// A request that could be taken up.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub merge: MergeRow,
    /// Beads that its bead waits for and that are not done.
    pub after: Vec<BeadId>,
}

/// The requests of the next batch, in the order they are stacked. What waits for other work comes
/// after it in the same batch, or stays in the queue. Empty when there is nothing to take up.
pub(crate) fn take(mut waiting: Vec<Waiting>, window: usize) -> Vec<MergeRow> {
    waiting.sort_by_cached_key(|one| {
        let merge = &one.merge;
        let turn = turn(merge.priority, merge.created_at);
        (turn, merge.created_at, merge.id.clone())
    });
    let mut taken: Vec<MergeRow> = Vec::new();
    while taken.len() < window {
        let next = waiting.iter().position(|one| {
            (one.after.iter()).all(|bead| taken.iter().any(|merge| merge.bead == *bead))
        });
        match next {
            Some(place) => taken.push(waiting.remove(place).merge),
            None => break,
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::queue::tests::merge;

    const HOUR: i64 = 3_600_000;

    fn waiting(number: u64, priority: u8, created_at: i64, after: &[u64]) -> Waiting {
        let mut row = merge(number);
        row.priority = Priority::try_from(priority).unwrap();
        row.created_at = created_at;
        Waiting {
            merge: row,
            after: after.iter().map(|number| merge(*number).bead).collect(),
        }
    }

    fn order(waiting: Vec<Waiting>, window: usize) -> Vec<String> {
        let taken = take(waiting, window);
        taken.into_iter().map(|row| row.id.to_string()).collect()
    }

    #[test]
    fn m7_priority_then_age_and_waiting_counts() {
        let queue = |first: i64| {
            vec![
                waiting(1, 2, first, &[]),
                waiting(2, 1, 3 * HOUR, &[]),
                waiting(3, 1, 4 * HOUR, &[]),
            ]
        };
        assert_eq!(order(queue(3 * HOUR), 8), ["mr-2", "mr-3", "mr-1"]);
        // Two hours of waiting make up for the step of priority.
        assert_eq!(order(queue(HOUR), 8), ["mr-1", "mr-2", "mr-3"]);
        assert_eq!(order(queue(HOUR), 2), ["mr-1", "mr-2"]);
    }

    #[test]
    fn m7_nothing_starves() {
        // One of the lowest priority beside a new most urgent one every minute, one landing each.
        let mut queue = vec![waiting(1, 4, 0, &[])];
        for minute in 1..1_000_u32 {
            let at = i64::from(minute) * 60_000;
            queue.push(waiting(u64::from(minute) + 1, 0, at, &[]));
            let taken = take(queue.clone(), 1).remove(0);
            if taken.id == merge(1).id {
                assert!(minute <= 4 * 120 + 1, "{minute} minutes");
                return;
            }
            queue.retain(|one| one.merge.id != taken.id);
        }
        panic!("it never came to its turn");
    }

    #[test]
    fn work_comes_after_what_it_waits_for_or_not_at_all() {
        let queue = || {
            vec![
                waiting(1, 0, 0, &[2]),
                waiting(2, 4, 0, &[]),
                waiting(3, 1, 0, &[9]),
            ]
        };
        assert_eq!(order(queue(), 8), ["mr-2", "mr-1"]);
        assert_eq!(order(queue(), 1), ["mr-2"]);
    }
}
