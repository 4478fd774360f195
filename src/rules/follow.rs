//! What follows by itself when a bead is closed: steps that are no longer wanted are skipped, and a
//! molecule whose last step is done closes with it. Never undoes anything; opening again is by hand.

use crate::domain::{Address, BeadId, BeadStatus, BeadType, EventBody, Now};

use super::decision::{Change, Decision};
use super::row::{BeadRow, ConvoyRow};
use super::{convoy, done};

/// The label of epics that were made from a pattern: they close like molecules.
const TEMPLATE: &str = "template";

/// Why a step that only a failure of `target` would have started is closed now; `None` when it is not.
/// The reason has no word of a failure: a step that was skipped did not fail.
pub(crate) fn skipped(target: &BeadRow, step: &BeadRow) -> Option<String> {
    let done = target.status == BeadStatus::Closed && !target.has_failed();
    (done && is_idle(step)).then(|| format!("skipped: `{}` went well", target.id))
}

/// Why a bead closes when its last child does; `None` when it does not by itself.
pub(crate) fn completed(parent: &BeadRow, labels: &[String]) -> Option<String> {
    let by_kind = match parent.kind {
        BeadType::Molecule => true,
        BeadType::Epic => labels.iter().any(|label| label == TEMPLATE),
        BeadType::Task
        | BeadType::Bug
        | BeadType::Feature
        | BeadType::Chore
        | BeadType::Decision
        | BeadType::Spike
        | BeadType::Story
        | BeadType::Message
        | BeadType::Gate
        | BeadType::Milestone
        | BeadType::Event
        | BeadType::Convoy
        | BeadType::Agent
        | BeadType::Role
        | BeadType::Rig
        | BeadType::Slot
        | BeadType::Queue
        | BeadType::MergeRequest
        | BeadType::Foreign => false,
    };
    let open = is_idle(parent) || parent.status == BeadStatus::InProgress;
    ((by_kind || parent.rest.ephemeral) && open).then(|| "all steps complete".to_owned())
}

/// Whether nobody works on it: then it may be closed without asking anyone.
fn is_idle(bead: &BeadRow) -> bool {
    let by_status = match bead.status {
        BeadStatus::Open | BeadStatus::Blocked | BeadStatus::Deferred | BeadStatus::Foreign => true,
        BeadStatus::InProgress
        | BeadStatus::Hooked
        | BeadStatus::InReview
        | BeadStatus::Pinned
        | BeadStatus::Closed => false,
    };
    by_status && !bead.rest.template && !bead.rest.pinned
}

/// Closes it. `convoys` as in [`convoy::after_close`].
pub(crate) fn close(
    bead: &BeadRow,
    reason: &str,
    convoys: &[(ConvoyRow, Vec<BeadId>)],
    now: Now,
) -> Decision {
    let event = EventBody::BeadClosed {
        reason: reason.to_owned(),
    };
    let closed = std::slice::from_ref(&bead.id);
    Decision::nothing()
        .change(Change::Bead(done::closed(bead, reason, now)))
        .event_by(Address::Engine, bead.rig.as_ref(), Some(&bead.id), event)
        .and(convoy::after_close(convoys, closed, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bead(status: BeadStatus, reason: Option<&str>) -> BeadRow {
        let id = BeadId::parse("tb-1").unwrap();
        let mut row = BeadRow::new(id, "A".to_owned(), "me".to_owned(), 0);
        row.status = status;
        row.close_reason = reason.map(str::to_owned);
        row
    }

    #[test]
    fn a_step_is_skipped_only_when_its_target_did_not_fail() {
        let done = bead(BeadStatus::Closed, Some("done"));
        for (target, step, follows) in [
            (&done, BeadStatus::Open, true),
            (&done, BeadStatus::Deferred, true),
            (&done, BeadStatus::Hooked, false),
            (&done, BeadStatus::InProgress, false),
            (&done, BeadStatus::Closed, false),
            (
                &bead(BeadStatus::Closed, Some("build failed")),
                BeadStatus::Open,
                false,
            ),
            (&bead(BeadStatus::Open, None), BeadStatus::Open, false),
        ] {
            let step = bead(step, None);
            let reason = skipped(target, &step).unwrap_or_default();
            assert!(!crate::rules::row::says_failure(&reason), "{reason}");
            assert_eq!(
                skipped(target, &step).is_some(),
                follows,
                "{:?}",
                step.status
            );
        }
    }

    #[test]
    fn molecules_and_wisps_close_themselves_and_ordinary_epics_do_not() {
        let of = |kind, ephemeral, status| {
            let mut row = bead(status, None);
            row.kind = kind;
            row.rest.ephemeral = ephemeral;
            row
        };
        let template = [TEMPLATE.to_owned()];
        let open = BeadStatus::Open;
        for (row, labels, closes) in [
            (of(BeadType::Molecule, false, open), &[][..], true),
            (of(BeadType::Task, true, open), &[], true),
            (of(BeadType::Epic, false, open), &[], false),
            (of(BeadType::Epic, false, open), &template, true),
            (of(BeadType::Task, false, open), &template, false),
            (
                of(BeadType::Molecule, false, BeadStatus::InProgress),
                &[],
                true,
            ),
            (
                of(BeadType::Molecule, false, BeadStatus::Hooked),
                &[],
                false,
            ),
            (
                of(BeadType::Molecule, false, BeadStatus::Pinned),
                &[],
                false,
            ),
        ] {
            assert_eq!(completed(&row, labels).is_some(), closes, "{row:?}");
        }
    }
}
