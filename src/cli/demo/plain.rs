//! The plain run: the town's story line by line as it happens, to the end, and the proof at the end.

use std::time::Duration;

use super::place::Place;
use super::play::{Play, Progress};
use super::stage::Unset;
use super::tell;
use super::verify;
use super::watch::Watch;
use crate::client::TownClient;
use crate::domain::{Answer, ConvoyId, Event, EventFilter, Query, Refusal, Seq, TownView};
use crate::support::text::pad;
use crate::verbs::story;

/// Width of the actor's column.
const ACTOR: usize = 22;

/// How much of the story was told.
#[derive(Debug, Default)]
pub(super) struct Story {
    seen: Seq,
    began: Option<i64>,
}

impl Story {
    /// Tells what happened since the last time.
    pub(super) fn tell(&mut self, client: &mut TownClient) -> Result<(), Refusal> {
        let filter = EventFilter {
            after: self.seen,
            ..EventFilter::default()
        };
        let Answer::Events { events, .. } = client.query(Query::Events(filter))? else {
            return Err(Refusal::failed("no answer about events"));
        };
        for event in &events {
            self.seen = self.seen.max(event.seq);
            tell::line(&self.line(event));
        }
        Ok(())
    }

    fn line(&mut self, event: &Event) -> String {
        let began = *self.began.get_or_insert(event.at);
        let tenths = (event.at - began).max(0) / 100;
        format!(
            "{:>3}.{} {} {} {}",
            tenths / 10,
            tenths % 10,
            story::symbol(&event.body),
            pad(&story::actor(event), ACTOR),
            story::describe(event)
        )
    }
}

/// Plays to the end.
pub(super) fn play(
    play: &mut Play,
    client: &mut TownClient,
    watch: &mut Watch,
    story: &mut Story,
) -> Result<(), Unset> {
    loop {
        story.tell(client)?;
        let town = town(client)?;
        let (progress, said) = play.step(client, &town)?;
        for line in said {
            tell::line(&format!("      » {} {line}", pad("operator", ACTOR)));
        }
        match progress {
            Progress::Going => watch.next()?,
            Progress::Over => {
                story.tell(client)?;
                return Ok(());
            }
            Progress::Stuck(why) => return Err(Refusal::failed(why).into()),
        }
    }
}

/// What is stuck when the time is over.
pub(super) fn late(play: &Play, client: &mut TownClient, limit: Duration) -> Refusal {
    let open = match town(client) {
        Ok(town) => play.open(&town).join("; "),
        Err(refusal) => refusal.message,
    };
    Refusal::failed(format!(
        "the demo did not end within {} s: {open}",
        limit.as_secs()
    ))
}

/// Holds that the work is really on the remote's main.
pub(super) fn check(
    place: &Place,
    remote: &std::path::Path,
    convoy: &ConvoyId,
    client: &mut TownClient,
) -> Result<String, Refusal> {
    let query = Query::Convoy {
        id: convoy.to_string(),
    };
    let Answer::Convoys { convoys } = client.query(query)? else {
        return Err(Refusal::failed("no answer about the convoy"));
    };
    let convoy = convoys
        .first()
        .ok_or_else(|| Refusal::not_found(format!("no convoy `{convoy}`")))?;
    verify::verify(remote, &place.scratch(), &convoy.beads)
}

fn town(client: &mut TownClient) -> Result<TownView, Refusal> {
    match client.query(Query::Town)? {
        Answer::Town(town) => Ok(*town),
        other => Err(Refusal::failed(format!(
            "no answer about the town: {other:?}"
        ))),
    }
}
