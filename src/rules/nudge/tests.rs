//! A nudge from the queue to the composer, step by step.

use super::*;
use crate::domain::{IncarnationId, RigName};

fn row() -> NudgeRow {
    let rig = RigName::parse("tb").unwrap();
    let name = crate::domain::AgentName::parse("Toast").unwrap();
    NudgeRow {
        id: NudgeId::parse("ng-1").unwrap(),
        incarnation: IncarnationId::of(&rig, &name, 1),
        to: Address::polecat(&rig, &name),
        from: Address::Human,
        text: "status?".to_owned(),
        phase: NudgePhase::Queued,
        step: NudgeStep::Waiting,
        reason: None,
        deadline: 1_000_000,
        tries: 0,
        created_at: 0,
    }
}

fn screen(composer: Option<&str>) -> Seen {
    Seen {
        hash: 7,
        composer: composer.map(ToOwned::to_owned),
        bracketed: true,
        unready: false,
    }
}

fn next(step: &Step, before: &NudgeRow) -> NudgeRow {
    match step.decision.changes.first() {
        Some(Change::Nudge(row)) => row.clone(),
        _ => before.clone(),
    }
}

const NOW: Now = Now { wall: 0, town: 10 };

#[test]
fn q1_a_nudge_is_submitted_only_when_it_was_seen_to_be_taken() {
    let first = row();
    let pasted = advance(&first, AgentState::Working, &screen(Some("")), NOW);
    let keys = pasted.write.clone().unwrap();
    assert_eq!(
        (keys.text.as_str(), keys.hash),
        ("\x1b[200~status?\x1b[201~", Some(7))
    );
    let typing = next(&pasted, &first);
    let waiting = next(&written(&typing, Fate::Written, NOW), &typing);
    assert_eq!(
        advance(&waiting, AgentState::Working, &screen(Some("")), NOW).write,
        None
    );
    let entered = advance(
        &waiting,
        AgentState::Working,
        &screen(Some("> status?")),
        NOW,
    );
    assert_eq!(entered.write.clone().unwrap().text, "\r");
    let entering = next(&entered, &waiting);
    let sent = next(&written(&entering, Fate::Written, NOW), &entering);
    assert_eq!(
        advance(&sent, AgentState::Working, &screen(Some("status?")), NOW),
        Step::default()
    );
    let done = next(
        &advance(&sent, AgentState::Working, &screen(Some("")), NOW),
        &sent,
    );
    assert_eq!(done.phase, NudgePhase::Submitted);
}

#[test]
fn q2_nothing_is_typed_into_a_draft_or_a_dialog() {
    for (state, composer) in [
        (AgentState::Working, Some("half a thought")),
        (AgentState::NeedsYou, Some("")),
        (AgentState::Working, None),
        (AgentState::Starting, Some("")),
        (AgentState::Dead, Some("")),
    ] {
        assert_eq!(
            advance(&row(), state, &screen(composer), NOW),
            Step::default(),
            "{state} {composer:?}"
        );
    }
}

#[test]
fn a_withheld_paste_is_tried_again_under_a_new_key() {
    let first = row();
    let typing = next(
        &advance(&first, AgentState::Idle, &screen(Some("")), NOW),
        &first,
    );
    let back = next(&written(&typing, Fate::Withheld, NOW), &typing);
    assert_eq!(
        (back.step, back.phase),
        (NudgeStep::Waiting, NudgePhase::Queued)
    );
    let again = advance(&back, AgentState::Idle, &screen(Some("")), NOW);
    assert_eq!(again.write.unwrap().key, "ng-1.32.text");
}

#[test]
fn a_takeover_ends_a_delivery_as_interrupted() {
    for (step, part) in [
        (NudgeStep::Pasting, "before it was typed"),
        (NudgeStep::Entering, "typed but not submitted"),
    ] {
        let typing = NudgeRow {
            step,
            phase: NudgePhase::Typing,
            ..row()
        };
        let ended = written(&typing, Fate::Interrupted, NOW);
        let after = next(&ended, &typing);
        let reason = after.reason.unwrap();
        assert_eq!(after.phase, NudgePhase::Failed);
        assert!(reason.starts_with("interrupted: "), "{reason}");
        assert!(reason.contains(part), "{reason}");
        assert_eq!(ended.write, None);
        let told = format!("{:?}", ended.decision.events);
        assert!(
            told.contains("NudgeFailed") && told.contains(&reason),
            "{told}"
        );
    }
}

#[test]
fn q1_a_submit_key_that_was_not_taken_is_pressed_again_on_the_same_screen() {
    let standing = NudgeRow {
        step: NudgeStep::Entered,
        phase: NudgePhase::Typing,
        deadline: 5,
        tries: 16,
        ..row()
    };
    let again = advance(
        &standing,
        AgentState::Working,
        &screen(Some("status?\n")),
        NOW,
    );
    let keys = again.write.clone().unwrap();
    assert_eq!((keys.text.as_str(), keys.hash), ("\r", Some(7)));
    assert_eq!(keys.key, "ng-1.17.enter");
    let entering = next(&again, &standing);
    let sent = next(&written(&entering, Fate::Written, NOW), &entering);
    assert_eq!((sent.step, sent.tries), (NudgeStep::Entered, 17));
    let done = advance(&sent, AgentState::Working, &screen(Some("")), NOW);
    assert_eq!(next(&done, &sent).phase, NudgePhase::Submitted);
}

#[test]
fn q1_an_empty_composer_after_the_submit_key_is_taken_however_late_it_is_seen() {
    let late = NudgeRow {
        step: NudgeStep::Entered,
        phase: NudgePhase::Typing,
        deadline: 5,
        tries: 16,
        ..row()
    };
    let done = advance(&late, AgentState::Working, &screen(Some("")), NOW);
    assert_eq!(next(&done, &late).phase, NudgePhase::Submitted);
}

#[test]
fn q2_nothing_is_typed_key_by_key_into_a_program_that_is_about_to_take_pastes() {
    let early = Seen {
        bracketed: false,
        unready: true,
        ..screen(Some(""))
    };
    assert_eq!(
        advance(&row(), AgentState::Working, &early, NOW),
        Step::default()
    );
}

#[test]
fn an_untaken_nudge_fails_with_its_reason() {
    let late = NudgeRow {
        step: NudgeStep::Entered,
        phase: NudgePhase::Typing,
        deadline: 5,
        tries: 24,
        ..row()
    };
    let failed = next(
        &advance(&late, AgentState::Working, &screen(Some("status?")), NOW),
        &late,
    );
    assert_eq!(failed.phase, NudgePhase::Failed);
    assert!(failed.reason.unwrap().contains("did not take it"));
}
