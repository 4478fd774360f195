//! `gt feed`: what happened, and with `--follow` what happens.

use jiff::tz::TimeZone;

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, Stop, mismatch};
use crate::cli::show::Look;
use crate::cli::{output, show};
use crate::client::{Need, Subscription, TownClient, Update};
use crate::domain::{Answer, Delta, Event, EventFilter, Query, Seq};
use crate::support::clock;
use crate::support::text::clean;
use crate::verbs::FeedArgs;

/// Shows what happened, oldest first.
pub(crate) fn run(args: &FeedArgs, caller: &Caller) -> Ended {
    let paths = caller.paths()?;
    let printer = Printer {
        json: args.json,
        zone: clock::local_zone(),
        look: caller.look(),
    };
    let filter = args.filter(&caller.place())?;
    // The watch begins before the question, so that nothing falls between them.
    let watch = match args.follow {
        true => Some(Subscription::open(&paths)?),
        false => None,
    };
    let mut town = caller.open(Need::Ledger)?;
    let newest = printer.all(&mut town, filter.clone(), caller.how)?;
    match watch {
        Some(watch) => {
            drop(town);
            Follower {
                caller,
                printer,
                filter,
                newest,
            }
            .follow(&watch)
        }
        None => Ok(()),
    }
}

struct Printer {
    json: bool,
    zone: TimeZone,
    look: Look,
}

impl Printer {
    /// Prints the events that match; answers the newest position there is.
    fn all(&self, town: &mut TownClient, filter: EventFilter, how: &str) -> Result<Seq, Stop> {
        let Answer::Events { events, newest } = town.query(Query::Events(filter))? else {
            return Err(mismatch(how).into());
        };
        if self.json {
            for event in &events {
                self.one(event)?;
            }
        } else {
            let lines: Vec<String> = events.iter().map(|event| self.line(event)).collect();
            output::text(&lines.concat())?;
        }
        Ok(newest)
    }

    fn one(&self, event: &Event) -> Ended {
        if self.json {
            output::json_line(&show::event_json(event))
        } else {
            output::text(&self.line(event))
        }
    }

    fn line(&self, event: &Event) -> String {
        let mut line = show::event_line(event, &self.zone, &self.look);
        line.push('\n');
        line
    }
}

struct Follower<'a> {
    caller: &'a Caller,
    printer: Printer,
    filter: EventFilter,
    newest: Seq,
}

impl Follower<'_> {
    fn follow(mut self, watch: &Subscription) -> Ended {
        while let Ok(update) = watch.updates().recv() {
            match update {
                Update::Snapshot(town) if town.seq > self.newest => self.catch_up()?,
                Update::Snapshot(_) => {}
                Update::Deltas(_, deltas) => {
                    for delta in deltas {
                        self.hear(delta)?;
                    }
                }
                Update::Lost(why) => output::note(&format!(
                    "the engine is away ({}); going on when it is back",
                    clean(&why)
                )),
            }
        }
        Ok(())
    }

    /// After a gap the missing events are asked for.
    fn catch_up(&mut self) -> Ended {
        let filter = EventFilter {
            after: self.newest,
            since: None,
            limit: 0,
            ..self.filter.clone()
        };
        let mut town = self.caller.open(Need::Ledger)?;
        self.newest = self.printer.all(&mut town, filter, self.caller.how)?;
        Ok(())
    }

    fn hear(&mut self, delta: Delta) -> Ended {
        let Delta::Event(event) = delta else {
            return Ok(());
        };
        if event.seq <= self.newest {
            return Ok(());
        }
        self.newest = event.seq;
        if matches(&self.filter, &event) {
            self.printer.one(&event)
        } else {
            Ok(())
        }
    }
}

fn matches(filter: &EventFilter, event: &Event) -> bool {
    let rig = filter.rig.is_none() || filter.rig == event.rig;
    let bead = filter.bead.is_none() || filter.bead == event.bead;
    rig && bead
}
