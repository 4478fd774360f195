//! The life of a nudge: stored, typed, seen, taken (contract Q1-Q3). Nothing is reported that was
//! not observed, and nothing is typed into a dialog, a draft or a changing screen.

use crate::domain::{
    Address, AgentState, EventBody, Kind, Now, Nudge, NudgeId, NudgePhase, Phase, Refusal,
};

use super::decision::{Change, Decision};
use super::effect::Effect;
use super::row::{IncarnationRow, NudgeRow, NudgeStep};

/// Longest text, in bytes (Q3).
const TEXT_MAX: usize = 4096;
/// A nudge that waited so long in vain has failed, in milliseconds.
const WAIT_MAX: i64 = 1_800_000;
/// After the text was typed it must show and be taken within this.
const TYPE_MAX: i64 = 15_000;
/// The submit key is pressed again when the text still stands after this: some programs take a
/// key that comes right behind a paste as part of it.
const TAKE_MAX: i64 = 1_000;
/// After so many more tries the submit key is not pressed again.
const ENTERS_MAX: i64 = 8;
/// Each paste begins a new row of tries, so that pastes which were withheld use up none of them.
const ROW: i64 = 16;

/// Stores a nudge for a living agent.
pub(crate) fn queue(
    incarnation: &IncarnationRow,
    cmd: &Nudge,
    id: NudgeId,
    from: &Address,
    now: Now,
) -> Result<(Decision, NudgeRow), Refusal> {
    let name = incarnation.address().short();
    match incarnation.phase {
        Phase::Preparing | Phase::Running => {}
        Phase::Stopping | Phase::Buried | Phase::Failed => {
            return Err(
                Refusal::refused(format!("`{name}` is at its end and reads no more"))
                    .hint(format!("gt peek {name}")),
            );
        }
    }
    let text = crate::support::text::strip_block(cmd.text.trim());
    if text.is_empty() || text.len() > TEXT_MAX {
        return Err(
            Refusal::new(Kind::Usage, "a nudge is 1 to 4096 bytes of text")
                .hint(format!("gt nudge {name} \"status?\"")),
        );
    }
    let row = NudgeRow {
        id: id.clone(),
        incarnation: incarnation.id.clone(),
        to: incarnation.address(),
        from: from.clone(),
        text: text.clone(),
        phase: NudgePhase::Queued,
        step: NudgeStep::Waiting,
        reason: None,
        deadline: now.town + WAIT_MAX,
        tries: 0,
        created_at: now.wall,
    };
    let event = EventBody::NudgeQueued {
        nudge: id.clone(),
        to: row.to.clone(),
        text,
    };
    let decision = Decision::nothing()
        .change(Change::Nudge(row.clone()))
        .event(Some(&incarnation.rig), Some(&incarnation.bead), event)
        .effect(Effect::Deliver { nudge: id });
    Ok((decision, row))
}

/// What is seen of the agent's terminal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// The screen's digest.
    pub hash: u64,
    /// What stands in the composer; `None` when there is no composer to be seen.
    pub composer: Option<String>,
    /// Whether the program takes a paste in brackets.
    pub bracketed: bool,
    /// Whether it takes nothing else and does not do so yet: typed key by key, a character may be a command.
    pub unready: bool,
}

/// What to write into the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keystrokes {
    /// Written at most once per key.
    pub key: String,
    pub text: String,
    /// The screen it is meant for.
    pub hash: Option<u64>,
    /// Whether nothing of the nudge is to be written after it, as far as one can tell.
    pub last: bool,
}

/// What a step of the delivery leads to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Step {
    pub decision: Decision,
    pub write: Option<Keystrokes>,
}

/// Goes on with a nudge after something was seen. `state` is what the agent is doing.
pub(crate) fn advance(row: &NudgeRow, state: AgentState, seen: &Seen, now: Now) -> Step {
    if is_over(row.phase) {
        return Step::default();
    }
    if now.town >= row.deadline {
        if row.step == NudgeStep::Entered && may_enter_again(row) && shows(row, seen) {
            return enter_again(row, seen);
        }
        if row.step == NudgeStep::Entered && seen.composer.is_some() && !shows(row, seen) {
            return taken(row);
        }
        let reason = match row.step {
            NudgeStep::Waiting | NudgeStep::Pasting => "the agent was not ready for it in time",
            NudgeStep::Pasted | NudgeStep::Entering => {
                "it was typed but did not show on the screen"
            }
            NudgeStep::Entered => "it was typed but the agent did not take it",
        };
        return fail(row, reason);
    }
    match row.step {
        NudgeStep::Waiting if can_type(state, seen) => paste(row, seen),
        NudgeStep::Pasted if shows(row, seen) => enter(row),
        NudgeStep::Entered if !shows(row, seen) => taken(row),
        NudgeStep::Waiting
        | NudgeStep::Pasting
        | NudgeStep::Pasted
        | NudgeStep::Entering
        | NudgeStep::Entered => Step::default(),
    }
}

/// Whether this is over.
pub(crate) const fn is_over(phase: NudgePhase) -> bool {
    matches!(
        phase,
        NudgePhase::Submitted | NudgePhase::Failed | NudgePhase::Unknown
    )
}

fn can_type(state: AgentState, seen: &Seen) -> bool {
    let open = matches!(state, AgentState::Working | AgentState::Idle);
    open && !seen.unready
        && seen
            .composer
            .as_deref()
            .is_some_and(|text| text.trim().is_empty())
}

fn paste(row: &NudgeRow, seen: &Seen) -> Step {
    let text = if seen.bracketed {
        format!("\x1b[200~{}\x1b[201~", row.text)
    } else {
        row.text.replace('\n', " ")
    };
    let typing = NudgeRow {
        phase: NudgePhase::Typing,
        step: NudgeStep::Pasting,
        tries: (row.tries / ROW + 1) * ROW,
        ..row.clone()
    };
    Step {
        write: Some(Keystrokes {
            key: write_key(&typing, "text"),
            text,
            hash: Some(seen.hash),
            last: false,
        }),
        decision: Decision::nothing().change(Change::Nudge(typing)),
    }
}

fn enter(row: &NudgeRow) -> Step {
    let entering = NudgeRow {
        step: NudgeStep::Entering,
        ..row.clone()
    };
    Step {
        write: Some(Keystrokes {
            key: write_key(row, "enter"),
            text: "\r".to_owned(),
            hash: None,
            last: true,
        }),
        decision: Decision::nothing().change(Change::Nudge(entering)),
    }
}

const fn may_enter_again(row: &NudgeRow) -> bool {
    row.tries % ROW < ENTERS_MAX
}

/// The text stands there still: the submit key once more, for this very screen.
fn enter_again(row: &NudgeRow, seen: &Seen) -> Step {
    let again = NudgeRow {
        tries: row.tries + 1,
        deadline: row.deadline + TYPE_MAX,
        ..row.clone()
    };
    let mut step = enter(&again);
    if let Some(keys) = &mut step.write {
        keys.hash = Some(seen.hash);
    }
    step
}

fn taken(row: &NudgeRow) -> Step {
    let done = NudgeRow {
        phase: NudgePhase::Submitted,
        reason: None,
        ..row.clone()
    };
    let event = EventBody::NudgeSubmitted {
        nudge: row.id.clone(),
        to: row.to.clone(),
    };
    ended(done, row.from.clone(), event)
}

/// The nudge's life is over: nothing more is typed for it.
fn ended(row: NudgeRow, by: Address, event: EventBody) -> Step {
    let to = row.to.clone();
    let decision =
        Decision::nothing()
            .change(Change::Nudge(row))
            .event_by(by, to.rig(), None, event);
    Step {
        decision,
        write: None,
    }
}

/// The key of a keystroke: one per try, so that a try that wrote nothing can be followed by another.
pub(crate) fn write_key(row: &NudgeRow, what: &str) -> String {
    format!("{}.{}.{what}", row.id, row.tries)
}

/// The nudge ends without being delivered.
pub(crate) fn fail(row: &NudgeRow, reason: &str) -> Step {
    let failed = NudgeRow {
        phase: NudgePhase::Failed,
        reason: Some(reason.to_owned()),
        ..row.clone()
    };
    let event = EventBody::NudgeFailed {
        nudge: row.id.clone(),
        to: row.to.clone(),
        reason: reason.to_owned(),
    };
    ended(failed, Address::Engine, event)
}

/// What became of a keystroke, as the host tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The program got it.
    Written,
    /// Nothing was written: the screen changed, or the operator typed.
    Withheld,
    /// Nothing was ever asked: a crash came first.
    NeverSeen,
    /// Nothing was written: the operator took the terminal over.
    Interrupted,
    /// The terminal failed on the way.
    Failed,
}

/// Goes on after a keystroke.
pub(crate) fn written(row: &NudgeRow, fate: Fate, now: Now) -> Step {
    if is_over(row.phase) {
        return Step::default();
    }
    let step = match (row.step, fate) {
        (NudgeStep::Pasting, Fate::Written) => NudgeStep::Pasted,
        (NudgeStep::Entering, Fate::Written) => NudgeStep::Entered,
        (NudgeStep::Pasting, Fate::Withheld | Fate::NeverSeen) => NudgeStep::Waiting,
        (NudgeStep::Entering, Fate::Withheld | Fate::NeverSeen) => NudgeStep::Pasted,
        (NudgeStep::Pasting | NudgeStep::Entering, Fate::Failed) => {
            return fail(row, "its terminal ended");
        }
        (NudgeStep::Pasting, Fate::Interrupted) => {
            return fail(
                row,
                "interrupted: the operator took the terminal over before it was typed",
            );
        }
        (NudgeStep::Entering, Fate::Interrupted) => {
            return fail(
                row,
                "interrupted: the operator took the terminal over; it was typed but not submitted",
            );
        }
        (NudgeStep::Waiting | NudgeStep::Pasted | NudgeStep::Entered, _) => return Step::default(),
    };
    let phase = if step == NudgeStep::Waiting {
        NudgePhase::Queued
    } else {
        NudgePhase::Typing
    };
    let deadline = match step {
        NudgeStep::Entered if may_enter_again(row) => now.town + TAKE_MAX,
        NudgeStep::Entered | NudgeStep::Pasted => now.town + TYPE_MAX,
        NudgeStep::Waiting | NudgeStep::Pasting | NudgeStep::Entering => row.deadline,
    };
    Step {
        decision: Decision::nothing().change(Change::Nudge(NudgeRow {
            step,
            phase,
            deadline,
            ..row.clone()
        })),
        write: None,
    }
}

/// Whether the nudge's text stands in the composer: its end is enough, since long text is scrolled
/// or folded, and programs wrap it.
fn shows(row: &NudgeRow, seen: &Seen) -> bool {
    let Some(composer) = &seen.composer else {
        return false;
    };
    let squeeze = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
    };
    let have = squeeze(composer);
    let want = squeeze(&row.text);
    let tail: String = want
        .chars()
        .rev()
        .take(16)
        .collect::<Vec<char>>()
        .into_iter()
        .rev()
        .collect();
    have.contains(&tail) || (composer.contains("[Pasted") && row.text.lines().count() > 1)
}

#[cfg(test)]
mod tests;
