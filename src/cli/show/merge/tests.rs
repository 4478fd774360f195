//! The queue with reasons and gates, and the last that ended (DOCUMENT 41).

use super::super::sample::{NOW, merge};
use super::*;
use crate::domain::{GateView, RunId};

fn gate(outcome: GateOutcome, tail: &str) -> GateView {
    GateView {
        name: "test".to_owned(),
        outcome,
        took: 12_300,
        job: RunId::parse("job-1").unwrap(),
        tail: tail.to_owned(),
    }
}

#[test]
fn the_queue_ends_with_what_landed_and_why_others_did_not() {
    let mut held = merge("mr-3", MergePhase::Held);
    held.reason = Some("gate test could not run".to_owned());
    held.gates = vec![gate(GateOutcome::CouldNotRun, "sh: pytest: not found\n")];
    let mut landed = merge("mr-1", MergePhase::Landed);
    landed.ended_at = Some(NOW - 30_000);
    landed.gates = vec![gate(GateOutcome::Passed, "")];
    let mut unchecked = merge("mr-0", MergePhase::Landed);
    unchecked.ended_at = Some(NOW - 3_600_000);
    let open = [merge("mr-2", MergePhase::Gating), held];
    insta::assert_snapshot!(merges_text(&open, &[landed, unchecked], &Look::plain(NOW)), @r"
    id    bead    from              to    phase   try  age  gates                    title
    mr-2  tb-4kq  tradingbot/Toast  main  gating  1    1m   -                        Fix the parser
    mr-3  tb-4kq  tradingbot/Toast  main  held    1    1m   test could-not-run 12 s  Fix the parser
      mr-3: gate test could not run
      mr-3: test said: sh: pytest: not found
      mr-3: `gt mq retry mr-3` puts it back

    last
    mr-1  landed  88888888  tradingbot/Toast  30s  test passed 12 s  tb-4kq Fix the parser
    mr-0  landed  88888888  tradingbot/Toast  1h   no gates          tb-4kq Fix the parser
    ");
}

#[test]
fn an_empty_queue_says_so() {
    assert_eq!(
        merges_text(&[], &[], &Look::plain(NOW)),
        "nothing waits to land\n"
    );
    assert_eq!(merges_json(&[], &[]), json!([]));
}
