//! Typing into agents: nudges and first prompts, one at a time per agent, each step by the rule and
//! each keystroke under a key that the host writes at most once (contract Q1-Q3).

use crate::config::{StartWords, resolve, start_prompt};
use crate::domain::{Address, AgentState, IncarnationId, Nudge, NudgeId, Refusal, Role};
use crate::presets::composer;
use crate::rules::effect::Effect;
use crate::rules::nudge::{self, Fate, Seen, Step};
use crate::rules::row::{IncarnationRow, NudgeRow, NudgeStep};
use crate::store::StoreError;
use crate::wire::{Delivery, HostAsk, WriteFate, WriteGuard};

use super::carry::{Carried, Cause, carry_out};
use super::input::{Act, At, Tag};
use super::town::Town;

/// The engine types only when the operator has not for so long, in milliseconds (DECISIONS 11).
pub(super) const QUIET: u32 = 2_000;

/// Goes on with the first waiting nudge of every agent.
pub(super) fn type_waiting(
    town: &mut Town,
    at: At,
    carried: &mut Carried,
) -> Result<(), StoreError> {
    let mut agents: Vec<IncarnationId> = Vec::new();
    for row in town.store.open_nudges()? {
        if !agents.contains(&row.incarnation) {
            agents.push(row.incarnation);
        }
    }
    agents
        .iter()
        .try_for_each(|id| type_to(town, id, at, carried))
}

/// Ends every nudge whose time is over, whichever its place in the line, and goes on with the rest.
pub(super) fn expire(town: &mut Town, at: At, carried: &mut Carried) -> Result<(), StoreError> {
    for row in town.store.open_nudges()? {
        if row.deadline <= at.now.town {
            let (state, seen) = match town.store.incarnation(&row.incarnation)? {
                Some(incarnation) => look(town, &incarnation)?,
                None => (AgentState::Unknown, Seen::default()),
            };
            let step = nudge::advance(&row, state, &seen, at.now);
            take(town, &row, step, at, carried)?;
        }
    }
    type_waiting(town, at, carried)
}

/// Goes on with the first waiting nudge of one agent, as far as its screen lets it.
pub(super) fn type_to(
    town: &mut Town,
    id: &IncarnationId,
    at: At,
    carried: &mut Carried,
) -> Result<(), StoreError> {
    let Some(row) = town
        .store
        .open_nudges()?
        .into_iter()
        .find(|row| row.incarnation == *id)
    else {
        return Ok(());
    };
    let Some(incarnation) = town.store.incarnation(id)? else {
        return Ok(());
    };
    let (state, seen) = look(town, &incarnation)?;
    let step = nudge::advance(&row, state, &seen, at.now);
    take(town, &row, step, at, carried)
}

/// What is seen of an agent's terminal now.
fn look(town: &mut Town, incarnation: &IncarnationRow) -> Result<(AgentState, Seen), StoreError> {
    let Some(run) = incarnation.run() else {
        return Ok((AgentState::Starting, Seen::default()));
    };
    let Some(screen) = town.screens.get(&run).cloned() else {
        return Ok((AgentState::Starting, Seen::default()));
    };
    let Ok(preset) = town.preset_of(&run, incarnation) else {
        return Ok((AgentState::Unknown, Seen::default()));
    };
    let composer = composer(&preset, &screen);
    let text = if composer.pasted {
        Some("[Pasted".to_owned())
    } else {
        composer.text
    };
    Ok((
        incarnation.state,
        Seen {
            hash: screen.hash,
            composer: text,
            bracketed: screen.bracketed_paste,
            unready: composer.takes_pastes && !screen.bracketed_paste,
        },
    ))
}

fn take(
    town: &mut Town,
    row: &NudgeRow,
    step: Step,
    at: At,
    carried: &mut Carried,
) -> Result<(), StoreError> {
    let cause = Cause {
        actor: &Address::Engine,
        words: row.id.as_str(),
        at,
    };
    carry_out(&town.store, carried, step.decision, cause)?;
    if let Some(keys) = step.write
        && let Some(incarnation) = town.store.incarnation(&row.incarnation)?
        && let Some(run) = incarnation.run()
    {
        let guard = Some(WriteGuard {
            hash: keys.hash,
            quiet: QUIET,
            delivery: Some(Delivery {
                name: row.id.to_string(),
                last: keys.last,
            }),
        });
        let ask = HostAsk::Write {
            run,
            key: Some(keys.key),
            text: keys.text,
            guard,
        };
        carried.acts.push(Act::Host {
            tag: Tag::Keystroke(row.id.clone()),
            ask,
        });
    }
    let now = town.store.nudge(&row.id)?;
    if now.is_some_and(|row| nudge::is_over(row.phase))
        && let Some(owed) = town.store.owed_like(&Effect::Deliver {
            nudge: row.id.clone(),
        })?
    {
        town.store.settle(owed.id)?;
    }
    Ok(())
}

/// The host says what became of a keystroke.
pub(super) fn keystroke(
    town: &mut Town,
    id: &NudgeId,
    fate: &WriteFate,
    at: At,
    carried: &mut Carried,
) -> Result<(), Refusal> {
    let Some(row) = town.store.nudge(id)? else {
        return Ok(());
    };
    let fate = match fate {
        WriteFate::Written => Fate::Written,
        WriteFate::ScreenChanged | WriteFate::OperatorTyping => Fate::Withheld,
        WriteFate::NeverSeen => Fate::NeverSeen,
        WriteFate::Interrupted => Fate::Interrupted,
        WriteFate::Failed => Fate::Failed,
    };
    let step = nudge::written(&row, fate, at.now);
    take(town, &row, step, at, carried)?;
    // After a write that was withheld the next screen decides; after one that went through, the
    // screen may show it already.
    if fate == Fate::Written {
        type_to(town, &row.incarnation, at, carried)?;
    }
    Ok(())
}

/// After a crash or a lost host: ask what became of keystrokes that were on their way (DECISIONS 1).
pub(super) fn ask_after(town: &Town, carried: &mut Carried) -> Result<(), Refusal> {
    for row in town.store.open_nudges()? {
        let what = match row.step {
            NudgeStep::Pasting => "text",
            NudgeStep::Entering => "enter",
            NudgeStep::Waiting | NudgeStep::Pasted | NudgeStep::Entered => continue,
        };
        let Some(run) = town
            .store
            .incarnation(&row.incarnation)?
            .and_then(|row| row.run())
        else {
            continue;
        };
        let ask = HostAsk::Asked {
            run,
            key: nudge::write_key(&row, what),
        };
        carried.acts.push(Act::Host {
            tag: Tag::Asked(row.id),
            ask,
        });
    }
    Ok(())
}

/// An agent's process ended: what was being typed is not delivered; what only waits, waits on for
/// its next process unless there will be none.
pub(super) fn lose(
    town: &mut Town,
    id: &IncarnationId,
    at: At,
    carried: &mut Carried,
) -> Result<(), Refusal> {
    let over = town
        .store
        .incarnation(id)?
        .is_none_or(|row| row.phase != crate::domain::Phase::Running);
    for row in town
        .store
        .open_nudges()?
        .into_iter()
        .filter(|row| row.incarnation == *id)
    {
        if over || row.step != NudgeStep::Waiting {
            let step = nudge::fail(&row, "the agent's process ended");
            take(town, &row, step, at, carried)?;
        }
    }
    Ok(())
}

/// A program that takes its first prompt only at its input line gets it as a nudge.
pub(super) fn type_prompt(
    town: &mut Town,
    incarnation: &IncarnationRow,
    at: At,
    carried: &mut Carried,
) -> Result<(), Refusal> {
    let agent = resolve(
        Role::Polecat,
        Some(&incarnation.rig),
        Some(&incarnation.alias),
        &town.settings,
    )?;
    if !agent.prompt_typed() {
        return Ok(());
    }
    let address = incarnation.address();
    let text = start_prompt(&StartWords {
        address: &address,
        bead: Some(&incarnation.bead),
        attempt: u32::try_from(incarnation.attempt).unwrap_or(1),
        restarted: incarnation.runs > 1,
    });
    let number = town.store.next_number("nudges")?;
    let id = NudgeId::parse(&format!("ng-{number}"))?;
    let cmd = Nudge {
        agent: address.to_string(),
        text,
    };
    let (decision, _) = nudge::queue(
        incarnation,
        &cmd,
        id,
        &Address::witness(&incarnation.rig),
        at.now,
    )?;
    town.follow("first prompt", decision, at, carried)
}
