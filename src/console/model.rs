//! The town as the console knows it: a snapshot that deltas overwrite (DECISIONS 2).
//!
//! Interprets no event and asks nothing. What is not known stays unknown: without a snapshot
//! there is no town, and with a lost engine the age of what is shown is kept.

use std::collections::BTreeMap;

use crate::client::Update;
use crate::domain::{
    Address, AgentState, AgentView, ConvoyView, Delta, Event, IncarnationId, MergePhase, MergeView,
    NudgeId, NudgeView, Phase, Priority, Seq, TownView, Wish,
};

/// Events kept for the feed.
const FEED_MAX: usize = 500;
/// Merge requests and convoys kept after they ended.
const ENDED_MAX: usize = 5;
/// Nudges kept.
const NUDGES_MAX: usize = 50;

/// How the console is joined to the engine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Link {
    /// Not heard of yet.
    Connecting,
    /// Every change comes in.
    Live,
    /// Away since that wall time, and why.
    Away(i64, String),
}

/// Everything known about the town.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) town: Option<TownView>,
    pub(crate) link: Link,
    events: BTreeMap<Seq, Event>,
    pub(crate) nudges: BTreeMap<NudgeId, NudgeView>,
}

impl Model {
    pub(crate) fn new() -> Self {
        Self {
            town: None,
            link: Link::Connecting,
            events: BTreeMap::new(),
            nudges: BTreeMap::new(),
        }
    }

    /// Takes in what a subscription says.
    pub(crate) fn apply(&mut self, update: Update, now: i64) {
        match update {
            Update::Snapshot(town) => {
                self.town = Some(*town);
                self.link = Link::Live;
                self.sort();
            }
            Update::Deltas(seq, deltas) => {
                self.link = Link::Live;
                for delta in deltas {
                    self.apply_delta(delta);
                }
                if let Some(town) = &mut self.town {
                    town.seq = seq;
                }
                self.sort();
            }
            Update::Lost(why) => {
                if !matches!(self.link, Link::Away(..)) {
                    self.link = Link::Away(now, why);
                }
            }
        }
    }

    fn apply_delta(&mut self, delta: Delta) {
        match delta {
            Delta::Nudge(nudge) => self.keep_nudge(*nudge),
            Delta::Event(event) => self.keep_events(vec![*event]),
            other => {
                if let Some(town) = &mut self.town {
                    overwrite(town, other);
                }
            }
        }
    }

    pub(crate) fn keep_nudge(&mut self, nudge: NudgeView) {
        self.nudges.insert(nudge.id.clone(), nudge);
        while self.nudges.len() > NUDGES_MAX {
            let oldest = self
                .nudges
                .values()
                .min_by_key(|nudge| nudge.created_at)
                .map(|nudge| nudge.id.clone());
            let Some(id) = oldest else { return };
            self.nudges.remove(&id);
        }
    }

    pub(crate) fn keep_events(&mut self, events: Vec<Event>) {
        self.events
            .extend(events.into_iter().map(|event| (event.seq, event)));
        while self.events.len() > FEED_MAX {
            self.events.pop_first();
        }
    }

    fn sort(&mut self) {
        let Some(town) = &mut self.town else { return };
        town.rigs.sort_by(|a, b| a.name.cmp(&b.name));
        town.agents.sort_by(|a, b| a.address.cmp(&b.address));
        town.merges.sort_by_key(merge_order);
        town.convoys.sort_by_key(|convoy| {
            (
                convoy.closed,
                -convoy.closed_at.unwrap_or(convoy.created_at),
            )
        });
        keep_ended(&mut town.merges, |merge| is_ended(merge.phase));
        keep_ended(&mut town.convoys, |convoy| convoy.closed);
    }

    /// Events, newest first.
    pub(crate) fn feed(&self) -> impl DoubleEndedIterator<Item = &Event> + ExactSizeIterator {
        self.events.values().rev()
    }

    pub(crate) fn agents(&self) -> &[AgentView] {
        self.town.as_ref().map_or(&[], |town| &town.agents)
    }

    pub(crate) fn merges(&self) -> &[MergeView] {
        self.town.as_ref().map_or(&[], |town| &town.merges)
    }

    pub(crate) fn convoys(&self) -> &[ConvoyView] {
        self.town.as_ref().map_or(&[], |town| &town.convoys)
    }

    pub(crate) fn agent(&self, id: &IncarnationId) -> Option<&AgentView> {
        self.agents().iter().find(|agent| agent.id == *id)
    }

    /// What the operator wants; none while it is not known.
    pub(crate) fn wish(&self) -> Option<Wish> {
        self.town.as_ref().map(|town| town.wish)
    }

    /// The newest nudge to an address.
    pub(crate) fn nudge_to(&self, address: &Address) -> Option<&NudgeView> {
        self.nudges
            .values()
            .filter(|nudge| nudge.to == *address)
            .max_by_key(|nudge| nudge.created_at)
    }
}

/// Whether an agent waits for a person.
pub(crate) fn needs_person(agent: &AgentView) -> bool {
    agent.phase == Phase::Failed || agent.state == AgentState::NeedsYou
}

/// Whether a merge request has come to its end.
pub(crate) fn is_ended(phase: MergePhase) -> bool {
    match phase {
        MergePhase::Landed | MergePhase::SentBack | MergePhase::Rejected => true,
        MergePhase::Queued
        | MergePhase::Fetching
        | MergePhase::Preparing
        | MergePhase::Gating
        | MergePhase::Landing
        | MergePhase::Held => false,
    }
}

/// Open ones by the order of the queue, those under way first; then what ended, newest first.
fn merge_order(merge: &MergeView) -> (bool, i64, Priority, i64) {
    if is_ended(merge.phase) {
        let ended = merge.ended_at.unwrap_or(merge.created_at);
        return (true, -ended, merge.priority, merge.created_at);
    }
    let place = match merge.phase {
        MergePhase::Queued => 1,
        MergePhase::Held => 2,
        MergePhase::Fetching
        | MergePhase::Preparing
        | MergePhase::Gating
        | MergePhase::Landing
        | MergePhase::Landed
        | MergePhase::SentBack
        | MergePhase::Rejected => 0,
    };
    (false, place, merge.priority, merge.created_at)
}

fn keep_ended<T>(rows: &mut Vec<T>, ended: impl Fn(&T) -> bool) {
    let mut kept = 0;
    rows.retain(|row| {
        if !ended(row) {
            return true;
        }
        kept += 1;
        kept <= ENDED_MAX
    });
}

fn overwrite(town: &mut TownView, delta: Delta) {
    match delta {
        Delta::Agent(agent) => put(&mut town.agents, *agent, |a, b| a.id == b.id),
        Delta::AgentGone(id) => town.agents.retain(|agent| agent.id != id),
        Delta::Rig(rig) => put(&mut town.rigs, *rig, |a, b| a.name == b.name),
        Delta::RigGone(name) => town.rigs.retain(|rig| rig.name != name),
        Delta::Merge(merge) => put(&mut town.merges, *merge, |a, b| a.id == b.id),
        Delta::Convoy(convoy) => put(&mut town.convoys, *convoy, |a, b| a.id == b.id),
        Delta::Beads(counts) => town.beads = counts,
        Delta::Attention(rows) => town.attention = rows,
        Delta::Wish(wish) => town.wish = wish,
        Delta::Engine(engine) => town.engine = engine,
        Delta::Nudge(_) | Delta::Event(_) => {}
    }
}

fn put<T>(rows: &mut Vec<T>, row: T, same: impl Fn(&T, &T) -> bool) {
    match rows.iter_mut().find(|known| same(known, &row)) {
        Some(known) => *known = row,
        None => rows.push(row),
    }
}
