//! Questions: most are answered by readers on snapshots of the ledger, beside the engine's thread
//! (DECISIONS 3); the few that need the live town are answered in a turn.

use std::path::Path;

use crate::config::Settings;
use crate::domain::{Answer, BeadFilter, Kind, Query, Refusal};
use crate::rules::row::{BeadRow, ConvoyRow};
use crate::store::Store;
use crate::support::clock::Clock;
use crate::support::paths::TownPaths;
use crate::wire::HostAsk;

use super::carry::Carried;
use super::input::{Act, Peer, ReplyTo, Said, Tag};
use super::live;
use super::names;
use super::town::{Peek, Town};
use super::view::{self, Viewed};
use super::who::who;

/// A snapshot reader of its own; one per reader thread.
pub(crate) struct Reader {
    store: Store,
    settings: Settings,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

impl Reader {
    /// Opens a reader beside the owner of the ledger, in the owner's process.
    pub(crate) fn open(paths: &TownPaths) -> Result<Self, Refusal> {
        let ledger = paths.ledger();
        Ok(Self {
            store: open_reader(&ledger)?,
            settings: Settings::load(paths),
        })
    }

    /// Answers a question, or hands it back when it needs the live town.
    pub(crate) fn answer(&mut self, peer: &Peer, query: &Query) -> Option<Result<Answer, Refusal>> {
        self.settings.reload();
        let viewed = Viewed {
            store: &self.store,
            settings: &self.settings,
        };
        answer(viewed, peer, query)
    }
}

fn open_reader(ledger: &Path) -> Result<Store, Refusal> {
    Ok(Store::open_reader(ledger)?)
}

/// Answers from the ledger alone; `None` when the live town is needed.
fn answer(viewed: Viewed<'_>, peer: &Peer, query: &Query) -> Option<Result<Answer, Refusal>> {
    Some(match query {
        Query::Town | Query::Peek { .. } => return None,
        Query::Beads { .. } | Query::BeadList(_) | Query::Select(_) | Query::Ready(_) => {
            beads(viewed.store, query)
        }
        Query::BeadCount(filter) => count(viewed.store, filter),
        Query::Survey(survey) => super::survey::answer(viewed.store, survey, wall()),
        Query::Comments { bead } => comments(viewed.store, bead),
        Query::Export { from } => super::sheets::page(viewed.store, from),
        Query::Kv { prefix } => kv(viewed.store, prefix),
        Query::Convoys { .. } | Query::Convoy { .. } => convoys(viewed.store, query),
        Query::Merges { rig } => merges(viewed, rig.as_ref()),
        Query::Merge { id } => one_merge(viewed, id),
        Query::Events(filter) => events(viewed.store, filter),
        Query::Work { agent } => work(viewed, peer, agent.as_deref()),
        Query::Rig { name } => names::rig(viewed.store, name)
            .and_then(|row| Ok(Answer::Rig(Box::new(view::rig(viewed, &row)?)))),
        Query::Graves => super::graves::graves(viewed.store),
        Query::Nudge { id } => nudge(viewed.store, id),
        Query::Seat { agent } => names::agent(viewed.store, agent)
            .and_then(|row| Ok(Answer::Seat(Box::new(view::seat(viewed.store, &row)?)))),
    })
}

fn beads(store: &Store, query: &Query) -> Result<Answer, Refusal> {
    let (rows, total): (Vec<BeadRow>, u64) = match query {
        Query::Beads { ids } => {
            let rows = ids
                .iter()
                .map(|id| names::bead_typed(store, id))
                .collect::<Result<Vec<_>, _>>()?;
            let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            (rows, total)
        }
        Query::BeadList(filter) => {
            if let Some(rig) = &filter.rig {
                names::rig(store, rig)?;
            }
            store.bead_list(filter, wall())?
        }
        Query::Select(selection) => store.select(selection, wall())?,
        Query::Ready(ready) => {
            if let Some(rig) = &ready.filter.rig {
                names::rig(store, rig)?;
            }
            store.ready(ready, wall())?
        }
        other => {
            return Err(Refusal::new(
                Kind::Usage,
                format!("not a question about beads: {other:?}"),
            ));
        }
    };
    let beads = view::beads(store, &rows)?;
    Ok(Answer::Beads { beads, total })
}

fn count(store: &Store, filter: &BeadFilter) -> Result<Answer, Refusal> {
    if let Some(rig) = &filter.rig {
        names::rig(store, rig)?;
    }
    let count = store.bead_count(filter, wall())?;
    Ok(Answer::Count { count })
}

fn comments(store: &Store, typed: &str) -> Result<Answer, Refusal> {
    let bead = names::bead_typed(store, typed)?;
    let comments = store.comments(&bead.id)?;
    Ok(Answer::Comments { comments })
}

fn kv(store: &Store, prefix: &str) -> Result<Answer, Refusal> {
    let pairs = store.kv_all(prefix)?;
    Ok(Answer::Kv { pairs })
}

/// Dates that people stated are compared with the wall clock (DECISIONS 6).
fn wall() -> i64 {
    Clock::start(0).read().wall
}

fn convoys(store: &Store, query: &Query) -> Result<Answer, Refusal> {
    let rows: Vec<ConvoyRow> = match query {
        Query::Convoys { all } => store.convoys(if *all { u32::MAX } else { 0 })?,
        Query::Convoy { id } => vec![names::convoy(store, id)?],
        other => {
            return Err(Refusal::new(
                Kind::Usage,
                format!("not a question about convoys: {other:?}"),
            ));
        }
    };
    let convoys = rows
        .iter()
        .map(|row| view::convoy(store, row))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::Convoys { convoys })
}

fn one_merge(viewed: Viewed<'_>, id: &crate::domain::MergeId) -> Result<Answer, Refusal> {
    let row = viewed
        .store
        .merge(id)?
        .ok_or_else(|| Refusal::not_found(format!("no merge request `{id}`")).hint("gt mq list"))?;
    let merge = Box::new(view::merge(viewed, &row)?);
    Ok(Answer::Merge { merge })
}

fn merges(viewed: Viewed<'_>, rig: Option<&crate::domain::RigName>) -> Result<Answer, Refusal> {
    if let Some(rig) = rig {
        names::rig(viewed.store, rig)?;
    }
    let (open, ended) = view::merges(viewed, rig)?;
    let stopped = viewed
        .store
        .rigs()?
        .into_iter()
        .filter(|row| rig.is_none_or(|rig| *rig == row.name))
        .filter_map(|row| Some((row.name, row.stopped?)))
        .collect();
    Ok(Answer::Merges {
        stopped,
        open,
        ended,
    })
}

fn events(store: &Store, filter: &crate::domain::EventFilter) -> Result<Answer, Refusal> {
    Ok(Answer::Events {
        events: store.events(filter)?,
        newest: store.newest_seq()?,
    })
}

fn work(viewed: Viewed<'_>, peer: &Peer, agent: Option<&str>) -> Result<Answer, Refusal> {
    let (row, address) = match agent {
        Some(typed) => {
            let row = names::agent(viewed.store, typed)?;
            let address = row.address();
            (Some(row), address)
        }
        None => {
            let actor = who(viewed.store, peer)?;
            (actor.incarnation, actor.address)
        }
    };
    Ok(Answer::Work(Box::new(view::work(
        viewed,
        row.as_ref(),
        &address,
    )?)))
}

fn nudge(store: &Store, id: &crate::domain::NudgeId) -> Result<Answer, Refusal> {
    match store.nudge(id)? {
        Some(row) => Ok(Answer::Nudge(Box::new(view::nudge(&row)))),
        None => Err(Refusal::not_found(format!("no nudge `{id}`"))),
    }
}

impl Town {
    /// Answers a question in a turn.
    pub(super) fn query(
        &mut self,
        peer: &Peer,
        query: &Query,
        reply: ReplyTo,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let said = match query {
            Query::Town => Answer::Town(Box::new(live::town(self)?)),
            Query::Peek { agent, lines } => return self.peek(agent, *lines, reply, carried),
            other => match answer(self.viewed(), peer, other) {
                Some(result) => result?,
                None => return Err(Refusal::failed("a question that nobody answers")),
            },
        };
        carried.replies.push((reply, Ok(Said::Answer(said))));
        Ok(())
    }

    fn peek(
        &mut self,
        agent: &str,
        lines: u32,
        reply: ReplyTo,
        carried: &mut Carried,
    ) -> Result<(), Refusal> {
        let seat = view::seat(&self.store, &names::agent(&self.store, agent)?)?;
        let run = seat.run.clone().filter(|_| seat.alive);
        let Some(run) = run else {
            let answer = Answer::Peek {
                seat: Box::new(seat),
                lines: Vec::new(),
            };
            carried.replies.push((reply, Ok(Said::Answer(answer))));
            return Ok(());
        };
        if !self.host_up {
            return Err(
                Refusal::new(Kind::Unreachable, "the terminal host is not there").hint("gt up"),
            );
        }
        self.number += 1;
        self.peeks.insert(self.number, Peek { reply, seat, lines });
        let ask = HostAsk::Peek {
            run,
            history: lines,
        };
        carried.acts.push(Act::Host {
            tag: Tag::Peek(self.number),
            ask,
        });
        Ok(())
    }
}
