//! The demo's course: which bead is slung when, who answers questions, and when it is over.
//!
//! A step looks at the live town and does what is due, through the ordinary client. It prints
//! nothing and waits for nothing; whoever drives it decides when to look again.

use std::collections::BTreeSet;

use super::beads::Bead;
use crate::client::{HostClient, TownClient};
use crate::domain::{
    Address, AgentState, BeadId, BeadStatus, Command, ConvoyId, ConvoyView, Kind, MergePhase,
    Phase, Refusal, RigName, RigView, RunId, Sling, TownView,
};
use crate::wire::{HostAnswer, HostAsk, WriteFate};

/// How many beads are worked on at once.
const AT_ONCE: usize = 6;

/// Who answers what agents ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// The person at the console.
    Person,
    /// The demo types `1`, with the operator's key.
    Demo,
}

/// A bead of the demo as it is in the town.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Its id.
    pub(super) id: BeadId,
    /// What it is.
    pub(super) bead: &'static Bead,
}

/// How far the demo is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It goes on.
    Going,
    /// Every bead landed and nobody works any more.
    Over,
    /// It cannot go on, and why.
    Stuck(String),
}

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Act {
    /// Sling a bead.
    Sling(BeadId),
    /// Type the first choice.
    Answer(Question),
}

/// What an agent asks.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Question {
    run: RunId,
    /// Of this question; the host writes each key once.
    key: String,
    agent: Address,
    about: String,
}

/// The course of one demo.
#[derive(Debug)]
pub(super) struct Play {
    rig: RigName,
    convoy: ConvoyId,
    parts: Vec<Part>,
    operator: Operator,
    slung: BTreeSet<BeadId>,
    answered: BTreeSet<String>,
}

impl Play {
    /// The course for these beads, none of which is slung yet.
    pub(super) fn new(
        rig: RigName,
        convoy: ConvoyId,
        parts: Vec<Part>,
        operator: Operator,
    ) -> Self {
        Self {
            rig,
            convoy,
            parts,
            operator,
            slung: BTreeSet::new(),
            answered: BTreeSet::new(),
        }
    }

    /// Looks at the town and does what is due; lines that an operator should read come back.
    pub(super) fn step(
        &mut self,
        client: &mut TownClient,
        town: &TownView,
    ) -> Result<(Progress, Vec<String>), Refusal> {
        let (progress, acts) = self.next(town);
        let mut said = Vec::new();
        for act in acts {
            said.extend(self.carry_out(act, client)?);
        }
        Ok((progress, said))
    }

    /// What is due.
    fn next(&self, town: &TownView) -> (Progress, Vec<Act>) {
        let Some(convoy) = self.convoy_of(town) else {
            return (Progress::Going, Vec::new());
        };
        if convoy.closed && convoy.done() == self.parts.len() && town.agents.is_empty() {
            return (Progress::Over, Vec::new());
        }
        let mut acts: Vec<Act> = self.due(convoy).into_iter().map(Act::Sling).collect();
        if self.operator == Operator::Demo {
            // A person at the console can mend what is stuck, and then it goes on.
            if let Some(why) = stuck(town) {
                return (Progress::Stuck(why), Vec::new());
            }
            acts.extend(self.questions(town));
        }
        (Progress::Going, acts)
    }

    fn carry_out(&mut self, act: Act, client: &mut TownClient) -> Result<Option<String>, Refusal> {
        match act {
            Act::Sling(bead) => {
                let sling = Sling {
                    bead: bead.clone(),
                    rig: self.rig.clone(),
                    agent: None,
                };
                let slung = client.command(Command::Sling(sling), "gt sling");
                let unreachable = |refusal: &Refusal| refusal.kind == Kind::Unreachable;
                match (slung, self.operator) {
                    (Ok(_), _) => {}
                    // A person may have been faster, or wants something else of the bead.
                    (Err(refusal), Operator::Person) if !unreachable(&refusal) => {}
                    (Err(refusal), _) => return Err(refusal),
                }
                self.slung.insert(bead);
                Ok(None)
            }
            Act::Answer(question) => {
                let ask = HostAsk::Write {
                    run: question.run,
                    key: Some(question.key.clone()),
                    text: "1".to_owned(),
                    guard: None,
                };
                let answer = HostClient::open(client.paths())?.ask(ask)?;
                if !matches!(
                    answer,
                    HostAnswer::Done | HostAnswer::Write(WriteFate::Written)
                ) {
                    return Ok(None);
                }
                self.answered.insert(question.key);
                Ok(Some(format!(
                    "answers `1` to {}: {}",
                    question.agent.short(),
                    question.about
                )))
            }
        }
    }

    /// What has not landed yet, and where it stands, for a person.
    pub(super) fn open(&self, town: &TownView) -> Vec<String> {
        let Some(convoy) = self.convoy_of(town) else {
            return vec![format!("convoy {} is not there", self.convoy)];
        };
        let mut lines: Vec<String> = convoy
            .beads
            .iter()
            .filter(|bead| bead.status != BeadStatus::Closed)
            .map(|bead| {
                let worker = bead
                    .worker
                    .as_ref()
                    .map(|worker| format!(", {}", worker.short()));
                let state = bead.state.map(|state| format!(" {state}"));
                format!(
                    "{} {}: {}{}{}",
                    bead.id,
                    bead.title,
                    bead.status,
                    worker.unwrap_or_default(),
                    state.unwrap_or_default()
                )
            })
            .collect();
        let living = town.agents.iter().filter(|_| lines.is_empty());
        lines.extend(
            living
                .map(|agent| format!("{} is still {}", agent.address.short(), agent.phase))
                .collect::<Vec<_>>(),
        );
        lines
    }

    fn convoy_of<'town>(&self, town: &'town TownView) -> Option<&'town ConvoyView> {
        town.convoys.iter().find(|convoy| convoy.id == self.convoy)
    }

    /// The beads to sling now, in their order.
    fn due(&self, convoy: &ConvoyView) -> Vec<BeadId> {
        let closed = |id: &BeadId| {
            convoy
                .beads
                .iter()
                .any(|bead| bead.id == *id && bead.status == BeadStatus::Closed)
        };
        let under_way = self.slung.iter().filter(|id| !closed(id)).count();
        self.parts
            .iter()
            .filter(|part| !self.slung.contains(&part.id))
            .filter(|part| match part.bead.after {
                Some(title) => self
                    .parts
                    .iter()
                    .any(|other| other.bead.title == title && closed(&other.id)),
                None => true,
            })
            .map(|part| part.id.clone())
            .take(AT_ONCE.saturating_sub(under_way))
            .collect()
    }

    /// The questions that were not answered yet.
    fn questions(&self, town: &TownView) -> Vec<Act> {
        town.agents
            .iter()
            .filter(|agent| agent.alive && agent.state == AgentState::NeedsYou)
            .filter_map(|agent| {
                let run = agent.run.clone()?;
                let key = format!("demo-{}-{}", agent.id, agent.since).replace('.', "-");
                (!self.answered.contains(&key)).then(|| {
                    Act::Answer(Question {
                        run,
                        key,
                        agent: agent.address.clone(),
                        about: agent.evidence.clone(),
                    })
                })
            })
            .collect()
    }
}

/// What keeps the town from going on by itself.
fn stuck(town: &TownView) -> Option<String> {
    let agent = town
        .agents
        .iter()
        .find(|agent| agent.phase == Phase::Failed);
    if let Some(agent) = agent {
        let note = agent.note.as_deref().unwrap_or(&agent.evidence);
        return Some(format!("{} cannot go on: {note}", agent.address.short()));
    }
    let still = |rig: &RigView| Some((rig.name.clone(), rig.stopped.clone()?));
    if let Some((rig, stop)) = town.rigs.iter().find_map(still) {
        return Some(format!(
            "the merge queue of {rig} stands still: {}",
            stop.reason
        ));
    }
    let merge = town
        .merges
        .iter()
        .find(|merge| merge.phase == MergePhase::Held)?;
    let reason = merge.reason.as_deref().unwrap_or("no reason is stored");
    Some(format!("{} ({}) is held: {reason}", merge.id, merge.title))
}

#[cfg(test)]
mod tests;
