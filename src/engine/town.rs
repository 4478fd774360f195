//! The town actor: one turn takes what has arrived, decides it inside one transaction, and says
//! what follows (DECISIONS 3). A failed commit means that nothing happened.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::config::Settings;
use crate::domain::{
    AttentionView, Delta, Done, EngineView, Event, IncarnationId, Refusal, RunId, ScreenView,
    SeatView, Wish,
};
use crate::presets::Preset;
use crate::store::{Store, StoreError};
use crate::support::paths::TownPaths;

use super::carry::{Carried, Cause, Touched, carry_out};
use super::graves::Restoring;
use super::input::{Act, At, Input, Peer, ReplyTo, Said, Turn};
use super::{live, timers, typing};

/// What a town is made of.
pub(crate) struct TownParts {
    pub paths: TownPaths,
    pub store: Store,
    pub settings: Settings,
    /// The engine's process, when there is one that stays.
    pub pid: Option<u32>,
    /// What session tokens are made from.
    pub secret: [u8; 32],
}

/// A look into a worktree that somebody waits for.
#[derive(Debug)]
pub(super) struct Check {
    pub reply: ReplyTo,
    pub peer: Peer,
    pub incarnation: IncarnationId,
    pub command: Done,
    pub how: String,
}

/// A look at a screen that somebody waits for.
#[derive(Debug)]
pub(super) struct Peek {
    pub reply: ReplyTo,
    pub seat: SeatView,
    pub lines: u32,
}

/// The town in memory: the ledger, the settings, and what only lives while the engine does.
pub(crate) struct Town {
    pub(super) paths: TownPaths,
    pub(super) store: Store,
    pub(super) settings: Settings,
    pub(super) facts: EngineView,
    pub(super) secret: [u8; 32],
    /// Whether the terminal host is connected.
    pub(super) host_up: bool,
    /// Whether this process stays and acts; one command alone owes effects and acts on none.
    pub(super) stays: bool,
    pub(super) screens: BTreeMap<RunId, ScreenView>,
    pub(super) presets: BTreeMap<RunId, Arc<Preset>>,
    /// Runs that have shown themselves ready.
    pub(super) ready: BTreeSet<RunId>,
    pub(super) checks: BTreeMap<u64, Check>,
    pub(super) peeks: BTreeMap<u64, Peek>,
    pub(super) restores: BTreeMap<u64, Restoring>,
    /// Folders of the trash that were asked to be deleted.
    pub(super) emptied: BTreeSet<IncarnationId>,
    pub(super) number: u64,
    subscribers: BTreeSet<ReplyTo>,
    attention: Vec<AttentionView>,
    deadline: Option<i64>,
}

impl std::fmt::Debug for Town {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Town")
            .field("root", &self.paths.root())
            .finish_non_exhaustive()
    }
}

impl Town {
    /// A town over an open ledger.
    pub(crate) fn new(parts: TownParts) -> Self {
        let facts = EngineView {
            pid: parts.pid,
            host_pid: None,
            build: crate::wire::BUILD.to_owned(),
            problems: parts.settings.problems().to_vec(),
        };
        Self {
            paths: parts.paths,
            store: parts.store,
            settings: parts.settings,
            stays: parts.pid.is_some(),
            facts,
            secret: parts.secret,
            host_up: false,
            screens: BTreeMap::new(),
            presets: BTreeMap::new(),
            ready: BTreeSet::new(),
            checks: BTreeMap::new(),
            peeks: BTreeMap::new(),
            restores: BTreeMap::new(),
            emptied: BTreeSet::new(),
            number: 0,
            subscribers: BTreeSet::new(),
            attention: Vec::new(),
            deadline: None,
        }
    }

    /// Town time at the last commit.
    pub(crate) fn town_time(&self) -> Result<i64, StoreError> {
        self.store.town_time()
    }

    /// Whether the operator wants the town up.
    pub(crate) fn wish(&self) -> Result<Wish, StoreError> {
        self.store.wish()
    }

    /// Ends this engine and leaves the ledger, as a crash does.
    #[cfg(test)]
    pub(super) fn into_store(self) -> Store {
        self.store
    }

    /// Makes the ledger ready for many commands in a row, by whoever owns it alone.
    pub(crate) fn many(&self) -> Result<(), StoreError> {
        self.store.many()
    }

    /// Leaves the ledger as one command does, after many.
    pub(crate) fn many_done(&self) -> Result<(), StoreError> {
        self.store.many_done()
    }

    /// Town time of the next thing that happens by itself.
    pub(crate) fn deadline(&self) -> Option<i64> {
        self.deadline
    }

    /// Whether a peer is a hosted agent.
    pub(crate) fn is_agent(&self, peer: &Peer) -> Result<bool, StoreError> {
        super::who::is_agent(&self.store, peer)
    }

    /// Takes all that has arrived, decides it, and commits. The `Turn` is durable.
    pub(crate) fn turn(&mut self, inputs: Vec<Input>, at: At) -> Turn {
        let waiting: Vec<ReplyTo> = inputs.iter().filter_map(reply_of).collect();
        match self.try_turn(inputs, at) {
            Ok(turn) => turn,
            Err(error) => {
                tracing::error!(%error, "a turn could not be committed");
                if let Err(error) = self.store.roll_back() {
                    tracing::error!(%error, "a turn could not be rolled back");
                }
                let refusal = Refusal::from(error)
                    .hint("nothing was changed; look at the disk, then try again");
                let replies = waiting
                    .into_iter()
                    .map(|reply| (reply, Err(refusal.clone())))
                    .collect();
                Turn {
                    replies,
                    ..Turn::default()
                }
            }
        }
    }

    /// The first turn of an engine: tells that it is there, and plans what an earlier one owed. Acts
    /// on the host wait until it is connected.
    pub(crate) fn begin(&mut self, at: At) -> Result<Turn, StoreError> {
        self.store.begin()?;
        let owed = self.store.owed()?;
        let mut all = Carried::default();
        let body = crate::domain::EventBody::EngineStarted {
            build: self.facts.build.clone(),
            recovered: u32::try_from(owed.len()).unwrap_or(u32::MAX),
        };
        let told = crate::rules::decision::Decision::nothing().event(None, None, body);
        let actor = crate::domain::Address::Engine;
        carry_out(
            &self.store,
            &mut all,
            told,
            Cause {
                actor: &actor,
                words: "engine start",
                at,
            },
        )?;
        all.owed.extend(owed);
        all.touched.insert(Touched::Wish);
        self.follow_up(at, &mut all)?;
        self.store.commit()?;
        self.deadline = timers::next(&self.store)?;
        self.finish(all, Vec::new(), false)
    }

    fn try_turn(&mut self, inputs: Vec<Input>, at: At) -> Result<Turn, StoreError> {
        let reloaded = self.reload_settings();
        self.store.begin()?;
        let mut all = Carried::default();
        let mut subscribing = Vec::new();
        for input in inputs {
            match input {
                Input::Subscribe { reply } => subscribing.push(reply),
                Input::Unsubscribe { reply } => {
                    self.subscribers.remove(&reply);
                }
                other => self.take(other, at, &mut all)?,
            }
        }
        self.follow_up(at, &mut all)?;
        if !all.touched.is_empty() {
            self.store.set_fact("town_time", &at.now.town.to_string())?;
        }
        self.store.commit()?;
        self.deadline = timers::next(&self.store)?;
        self.finish(all, subscribing, reloaded)
    }

    /// Settings that changed on the disk take effect with the next turn (DOCUMENT 11).
    fn reload_settings(&mut self) -> bool {
        let changed = self.settings.reload();
        if changed {
            self.facts.problems = self.settings.problems().to_vec();
            self.presets.clear();
        }
        changed
    }

    /// One input inside its savepoint; what it refuses or breaks leaves nothing behind.
    fn take(&mut self, input: Input, at: At, all: &mut Carried) -> Result<(), StoreError> {
        let reply = reply_of(&input);
        let what = crate::support::text::beginning(&input, 2000);
        self.store.save()?;
        let mut carried = Carried::default();
        let handled = catch_unwind(AssertUnwindSafe(|| self.handle(input, at, &mut carried)));
        match handled {
            Ok(Ok(())) => {
                self.store.release()?;
                all.extend(carried);
                return Ok(());
            }
            Ok(Err(refusal)) => {
                self.store.undo()?;
                match reply {
                    Some(reply) => all.replies.push((reply, Err(refusal))),
                    None => {
                        tracing::error!(%refusal, input = %crate::support::text::fit(&what, 300), "an input failed");
                    }
                }
            }
            Err(_) => {
                self.store.undo()?;
                tracing::error!(input = %crate::support::text::fit(&what, 2000), "an input made the engine stumble");
                if let Some(reply) = reply {
                    let refusal = Refusal::failed("the engine stumbled over this")
                        .hint("see .gt/logs/engine.log");
                    all.replies.push((reply, Err(refusal)));
                }
            }
        }
        Ok(())
    }

    fn handle(&mut self, input: Input, at: At, carried: &mut Carried) -> Result<(), Refusal> {
        match input {
            Input::Command {
                peer,
                command,
                how,
                reply,
            } => self.command(peer, command, how, reply, (at, carried)),
            Input::Query { peer, query, reply } => self.query(&peer, &query, reply, carried),
            Input::HostUp { pid, runs } => self.host_up(pid, runs, at, carried),
            Input::HostDown { reason } => {
                tracing::warn!(%reason, "the terminal host is away");
                self.host_up = false;
                self.facts.host_pid = None;
                carried.touched.insert(Touched::Wish);
                Ok(())
            }
            Input::Screen { run, screen } => self.screen(&run, screen, at, carried),
            Input::Exited {
                run,
                exit,
                tail,
                took,
                left,
            } => {
                self.left_behind(&run, &left, at, carried)?;
                self.run_ended(&run, &exit, (&tail, took), at, carried)
            }
            Input::Started { run, pid } => self.run_started(&run, pid, at, carried),
            Input::Host { tag, result } => self.host_answered(tag, result, at, carried),
            Input::Git { tag, outcome } => self.git_done(tag, outcome, at, carried),
            Input::Files { tag, result } => self.files_done(&tag, result, at, carried),
            Input::Recordings(news) => self.recordings_changed(news, at, carried),
            Input::Tick => timers::fire(self, at, carried),
            Input::Patrol => self.patrol(at, carried),
            Input::Patrolled { trees, ended } => self.patrolled(trees, &ended, at, carried),
            Input::Subscribe { .. } | Input::Unsubscribe { .. } => Ok(()),
        }
    }

    /// What follows from the rows that this turn touched: the queue's next request, nudges that can
    /// be typed, and plans for what is owed.
    fn follow_up(&mut self, at: At, all: &mut Carried) -> Result<(), StoreError> {
        self.store.save()?;
        let mut carried = Carried::default();
        let moved = all
            .touched
            .iter()
            .any(|one| matches!(one, Touched::Merge(_) | Touched::Wish | Touched::Rig(_)));
        if moved && self.stays {
            self.pump(at, &mut carried)?;
        }
        if all
            .touched
            .iter()
            .any(|one| matches!(one, Touched::Nudge(_)))
        {
            typing::type_waiting(self, at, &mut carried)?;
        }
        self.store.release()?;
        all.extend(carried);
        if self.stays {
            if all.touched.contains(&Touched::Wish) {
                all.acts.push(Act::OwnConfig {
                    captured: self.store.environment()?,
                });
            }
            self.plan_owed(at, all)?;
        }
        Ok(())
    }

    fn finish(
        &mut self,
        mut all: Carried,
        subscribing: Vec<ReplyTo>,
        reloaded: bool,
    ) -> Result<Turn, StoreError> {
        let seq = self.store.newest_seq()?;
        let mut deltas = Vec::new();
        if reloaded {
            // Gates and other settings show in the rigs.
            all.touched.extend(
                self.store
                    .rigs()?
                    .into_iter()
                    .map(|rig| Touched::Rig(rig.name)),
            );
        }
        if !self.subscribers.is_empty() {
            deltas.extend(
                all.events
                    .drain(..)
                    .map(|event| Delta::Event(Box::new(event))),
            );
            deltas.extend(self.row_deltas(&all.touched, reloaded)?);
        }
        for reply in &subscribing {
            let town = live::town(self)?;
            self.attention.clone_from(&town.attention);
            let answer = crate::domain::Answer::Town(Box::new(town));
            all.replies.push((*reply, Ok(Said::Answer(answer))));
            self.subscribers.insert(*reply);
        }
        Ok(Turn {
            replies: all.replies,
            deltas,
            fresh: subscribing,
            seq,
            kinds: all.kinds,
            acts: self.reachable(all.acts),
        })
    }

    fn row_deltas(
        &mut self,
        touched: &BTreeSet<Touched>,
        reloaded: bool,
    ) -> Result<Vec<Delta>, StoreError> {
        let mut deltas = live::deltas(self, touched)?;
        if reloaded
            || touched
                .iter()
                .any(|one| !matches!(one, Touched::Bead(_) | Touched::Nudge(_)))
        {
            let attention = live::attention(self)?;
            if attention != self.attention {
                self.attention.clone_from(&attention);
                deltas.push(Delta::Attention(attention));
            }
        }
        if reloaded || touched.contains(&Touched::Wish) {
            deltas.push(Delta::Engine(self.facts.clone()));
        }
        Ok(deltas)
    }

    /// Acts on a host that is away are left out: they are owed, and planned again when it is back.
    fn reachable(&self, acts: Vec<Act>) -> Vec<Act> {
        acts.into_iter()
            .filter(|act| self.host_up || !matches!(act, Act::Host { .. }))
            .collect()
    }
}

/// The first event of a new town.
pub(crate) fn tell_installed(store: &Store, name: &str, wall: i64) -> Result<(), StoreError> {
    let event = Event {
        seq: 0,
        at: wall,
        actor: crate::domain::Address::Human,
        cause: "gt install".to_owned(),
        rig: None,
        bead: None,
        body: crate::domain::EventBody::TownInstalled {
            name: name.to_owned(),
        },
    };
    store.append(event).map(|_| ())
}

fn reply_of(input: &Input) -> Option<ReplyTo> {
    match input {
        Input::Command { reply, .. } | Input::Query { reply, .. } | Input::Subscribe { reply } => {
            Some(*reply)
        }
        Input::Unsubscribe { .. }
        | Input::HostUp { .. }
        | Input::HostDown { .. }
        | Input::Screen { .. }
        | Input::Exited { .. }
        | Input::Started { .. }
        | Input::Host { .. }
        | Input::Git { .. }
        | Input::Files { .. }
        | Input::Patrol
        | Input::Patrolled { .. }
        | Input::Recordings(_)
        | Input::Tick => None,
    }
}
