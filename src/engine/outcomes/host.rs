//! What the terminal host says: it is there, a run started, a screen changed, a run ended.

use std::sync::Arc;

use crate::config::resolve;
use crate::domain::{AgentState, Answer, Exit, Refusal, Role, RunId, ScreenView};
use crate::presets::{Preset, judge};
use crate::rules::decision::Decision;
use crate::rules::effect::{Doer, Effect};
use crate::rules::lifecycle;
use crate::rules::row::{IncarnationRow, RunPhase, RunRow};
use crate::wire::{HostAnswer, HostAsk, HostRefusal, RunFact, WriteFate};

use super::super::carry::{Carried, Touched};
use super::super::input::{Act, At, Said, Tag};
use super::super::queue::JobEnd;
use super::super::town::Town;
use super::super::typing;

impl Town {
    /// The host is connected: compare what it has with what the ledger has, then ask for all that
    /// is owed. Asking twice starts nothing twice, since runs are known by their ids.
    pub(in crate::engine) fn host_up(
        &mut self,
        pid: u32,
        runs: Vec<RunFact>,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        self.host_up = true;
        self.facts.host_pid = Some(pid);
        carried.touched.insert(Touched::Wish);
        for row in self.store.open_runs()? {
            match runs.iter().find(|fact| fact.run == row.id) {
                Some(fact) => self.found_run(&row, fact, at, carried)?,
                None if row.phase == RunPhase::Live => {
                    self.agent_ended(&row.id, &Exit::Lost, at, carried)?;
                }
                None => {}
            }
        }
        for owed in self.store.owed()? {
            let job = super::super::acts::job_run(owed.id)?;
            let known = runs.iter().find(|fact| fact.run == job);
            match known.and_then(|fact| Some((fact, fact.exit.clone()?))) {
                Some((fact, exit)) => {
                    let end = JobEnd {
                        exit: &exit,
                        tail: &fact.tail,
                        took: fact.took,
                    };
                    self.job_ended(owed.id, &end, at, carried)?;
                    carried.acts.push(acknowledge(&fact.run));
                }
                None if owed.effect.doer() == Doer::Host => carried.owed.push(owed),
                None => {}
            }
        }
        for fact in runs.iter().filter(|fact| fact.exit.is_some()) {
            self.left_behind(&fact.run, &fact.left, at, carried)?;
            carried.acts.push(acknowledge(&fact.run));
        }
        typing::ask_after(self, carried)?;
        Ok(())
    }

    fn found_run(
        &mut self,
        row: &RunRow,
        fact: &RunFact,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        if let Some(exit) = &fact.exit {
            return self.agent_ended(&row.id, exit, at, carried);
        }
        let incarnation = self.the_incarnation(&row.incarnation)?;
        if row.phase == RunPhase::Live {
            let event = crate::domain::EventBody::AgentAdopted {
                agent: incarnation.address(),
                run: row.id.clone(),
            };
            let told =
                Decision::nothing().event(Some(&incarnation.rig), Some(&incarnation.bead), event);
            return self.follow("engine start", told, at, carried);
        }
        match fact.pid {
            Some(pid) => self.started(row, (pid, fact.started), at, carried),
            None => Ok(()),
        }
    }

    pub(in crate::engine) fn run_started(
        &mut self,
        run: &RunId,
        pid: u32,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let Some(row) = self
            .store
            .run(run)?
            .filter(|row| row.phase == RunPhase::Wanted)
        else {
            return Ok(());
        };
        let number = i32::try_from(pid).unwrap_or(i32::MAX);
        match crate::support::os::start_time(number) {
            Some(started) => self.started(&row, (pid, started), at, carried),
            // Gone already: its exit follows.
            None => Ok(()),
        }
    }

    fn started(
        &mut self,
        row: &RunRow,
        (pid, started): (u32, u64),
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let incarnation = self.the_incarnation(&row.incarnation)?;
        if let Some(owed) = self.store.owed_like(&Effect::Launch {
            run: row.id.clone(),
        })? {
            self.store.settle(owed.id)?;
        }
        let decision = lifecycle::started(&incarnation, row, pid, started, at.now);
        self.follow("launch", decision, at, carried)?;
        typing::type_prompt(self, &incarnation, at, carried)
    }

    /// A run ended, be it an agent's or a job's.
    pub(in crate::engine) fn run_ended(
        &mut self,
        run: &RunId,
        exit: &Exit,
        (tail, took): (&str, i64),
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        match Self::effect_of_run(run) {
            Some(id) => self.job_ended(id, &JobEnd { exit, tail, took }, at, carried)?,
            None => self.agent_ended(run, exit, at, carried)?,
        }
        carried.acts.push(acknowledge(run));
        Ok(())
    }

    /// An agent's process ended, or could not be started.
    pub(in crate::engine) fn agent_ended(
        &mut self,
        run: &RunId,
        exit: &Exit,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        for effect in [
            Effect::Stop { run: run.clone() },
            Effect::Launch { run: run.clone() },
        ] {
            if let Some(owed) = self.store.owed_like(&effect)? {
                self.store.settle(owed.id)?;
            }
        }
        self.screens.remove(run);
        self.ready.remove(run);
        self.presets.remove(run);
        let Some(row) = self.store.run(run)? else {
            return Ok(());
        };
        let incarnation = self.the_incarnation(&row.incarnation)?;
        let bead = super::super::names::bead(&self.store, &incarnation.bead)?;
        let cx = lifecycle::ExitCx {
            wish: self.store.wish()?,
            now: at.now,
        };
        let decision = lifecycle::exited(&incarnation, &row, &bead, exit, cx);
        self.follow(&format!("exit {run}"), decision, at, carried)?;
        typing::lose(self, &incarnation.id, at, carried)
    }

    /// A screen changed: what does it say about its agent, and can a nudge go on?
    pub(in crate::engine) fn screen(
        &mut self,
        run: &RunId,
        screen: ScreenView,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let Some(row) = self
            .store
            .run(run)?
            .filter(|row| row.phase != RunPhase::Ended)
        else {
            return Ok(());
        };
        let incarnation = self.the_incarnation(&row.incarnation)?;
        let preset = self.preset_of(run, &incarnation)?;
        let verdict = judge(&preset, &screen);
        let hash = screen.hash;
        self.screens.insert(run.clone(), screen);
        let (state, evidence) = match verdict.state {
            // A polecat at its input line with work on its hook is not idle: it works, or waits for
            // its own model (DOCUMENT 47).
            Some(AgentState::Idle) => (AgentState::Working, verdict.evidence),
            Some(state) => (state, verdict.evidence),
            // What asks after the start is not answered by us, so somebody must.
            None if verdict.answer.is_some() && self.ready.contains(run) => {
                (AgentState::NeedsYou, verdict.evidence)
            }
            None if incarnation.state == AgentState::Starting => {
                (AgentState::Working, "it writes".to_owned())
            }
            None => (incarnation.state, incarnation.evidence.clone()),
        };
        let decision = lifecycle::judged(&incarnation, state, &evidence, at.now);
        self.follow("screen", decision, at, carried)?;
        if verdict.ready {
            self.ready.insert(run.clone());
        }
        // Start dialogs are answered; what asks later asks the operator.
        if let Some(keys) = verdict.answer.filter(|_| !self.ready.contains(run)) {
            let ask = HostAsk::Write {
                run: run.clone(),
                key: Some(format!("dialog.{hash}")),
                text: keys,
                guard: Some(crate::wire::WriteGuard {
                    hash: Some(hash),
                    quiet: typing::QUIET,
                    delivery: None,
                }),
            };
            carried.acts.push(Act::Host {
                tag: Tag::Nothing,
                ask,
            });
        }
        Ok(typing::type_to(self, &incarnation.id, at, carried)?)
    }

    /// The rules by which a run's screen is read.
    pub(in crate::engine) fn preset_of(
        &mut self,
        run: &RunId,
        incarnation: &IncarnationRow,
    ) -> Result<Arc<Preset>, Refusal> {
        if let Some(preset) = self.presets.get(run) {
            return Ok(preset.clone());
        }
        let preset = match resolve(
            Role::Polecat,
            Some(&incarnation.rig),
            Some(&incarnation.alias),
            &self.settings,
        ) {
            Ok(agent) => agent.preset,
            // Its definition was removed while it runs; its process and calls still tell enough.
            Err(_) => Arc::new(Preset::generic()),
        };
        self.presets.insert(run.clone(), preset.clone());
        Ok(preset)
    }

    pub(in crate::engine) fn host_answered(
        &mut self,
        tag: Tag,
        result: Result<HostAnswer, HostRefusal>,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        match tag {
            Tag::Effect(id) => self.host_effect_answered(id, result, at, carried),
            Tag::Keystroke(nudge) => typing::keystroke(self, &nudge, &fate(&result), at, carried),
            Tag::Asked(nudge) => typing::keystroke(self, &nudge, &fate(&result), at, carried),
            Tag::Peek(number) => {
                self.peeked(number, result, carried);
                Ok(())
            }
            Tag::Check(_) | Tag::Restore(_) | Tag::Emptied(_) | Tag::Nothing => Ok(()),
        }
    }

    fn host_effect_answered(
        &mut self,
        id: crate::store::OutboxId,
        result: Result<HostAnswer, HostRefusal>,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let Some(owed) = self.store.owed_one(id)? else {
            return Ok(());
        };
        match (&owed.effect, result) {
            (Effect::Launch { run } | Effect::Stop { run }, Err(refusal)) => {
                self.agent_ended(run, &exit_of(refusal), at, carried)
            }
            (Effect::Launch { run }, Ok(HostAnswer::Runs(facts))) => {
                let row = self.store.run(run)?;
                match (facts.into_iter().find(|fact| fact.run == *run), row) {
                    (Some(fact), Some(row)) => self.found_run(&row, &fact, at, carried),
                    _ => Ok(()),
                }
            }
            (
                Effect::Clone { .. }
                | Effect::Fetch { .. }
                | Effect::Gate { .. }
                | Effect::Push { .. },
                result,
            ) => self.job_answered(id, result, at, carried),
            // A stop is over when the run's exit is told; the rest is no work of the host.
            _ => Ok(()),
        }
    }

    /// A job runs, has ended already, or could not be started.
    fn job_answered(
        &mut self,
        id: crate::store::OutboxId,
        result: Result<HostAnswer, HostRefusal>,
        at: At,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let (exit, tail, took) = match result {
            Err(refusal) => (exit_of(refusal), String::new(), 0),
            Ok(HostAnswer::Runs(facts)) => {
                let ended = facts
                    .into_iter()
                    .find_map(|fact| Some((fact.exit?, fact.tail, fact.took)));
                match ended {
                    Some(ended) => ended,
                    None => return Ok(()),
                }
            }
            Ok(_) => return Ok(()),
        };
        let end = JobEnd {
            exit: &exit,
            tail: &tail,
            took,
        };
        self.job_ended(id, &end, at, carried)
    }

    /// A screen for somebody who asked through the engine.
    fn peeked(
        &mut self,
        number: u64,
        result: Result<HostAnswer, HostRefusal>,
        carried: &mut Carried,
    ) {
        let Some(peek) = self.peeks.remove(&number) else {
            return;
        };
        let answer = match result {
            Ok(HostAnswer::Screen { screen, history }) => {
                let wanted = usize::try_from(peek.lines).unwrap_or(usize::MAX);
                let mut lines = history;
                lines.extend(screen.rows.iter().map(|row| row.text.clone()));
                while lines.last().is_some_and(|line| line.trim().is_empty()) {
                    lines.pop();
                }
                let cut = lines.len().saturating_sub(wanted);
                Ok(Said::Answer(Answer::Peek {
                    seat: Box::new(peek.seat),
                    lines: lines.split_off(cut),
                }))
            }
            Ok(other) => Err(Refusal::failed(format!(
                "the terminal host answered {other:?}"
            ))),
            Err(refusal) => Err(Refusal::failed(format!(
                "the terminal host refused: {refusal:?}"
            ))),
        };
        carried.replies.push((peek.reply, answer));
    }
}

fn acknowledge(run: &RunId) -> Act {
    Act::Host {
        tag: Tag::Nothing,
        ask: HostAsk::Acknowledge { run: run.clone() },
    }
}

fn exit_of(refusal: HostRefusal) -> Exit {
    match refusal {
        HostRefusal::Ended(exit) => exit,
        HostRefusal::NoRun => Exit::Lost,
        HostRefusal::NotAllowed => Exit::NotStarted {
            reason: "the terminal host does not allow it".to_owned(),
        },
        HostRefusal::Failed(reason) => Exit::NotStarted { reason },
    }
}

fn fate(result: &Result<HostAnswer, HostRefusal>) -> WriteFate {
    match result {
        Ok(HostAnswer::Write(fate)) => *fate,
        Ok(
            HostAnswer::Done
            | HostAnswer::Runs(_)
            | HostAnswer::Screen { .. }
            | HostAnswer::Rows { .. }
            | HostAnswer::Unsupported,
        )
        | Err(_) => WriteFate::Failed,
    }
}
