//! Many beads in pages: an answer has a size, a list may have none. The caller sees one list.

use std::collections::HashSet;

use super::list::Found;
use crate::cli::caller::Caller;
use crate::cli::report::mismatch;
use crate::client::TownClient;
use crate::domain::{Answer, BeadView, Query, Refusal};

/// How many beads one question asks for; half of it when their texts are too long for one answer.
const PAGE: u32 = 400;

/// The beads of a list or of ready work, in as many questions as they need.
pub(super) fn ask(query: Query, caller: &Caller) -> Result<Found, Refusal> {
    let limit = limit_of(&query);
    if (1..=PAGE).contains(&limit)
        && let Some(found) = taken(caller.query(query.clone()), caller)?
    {
        return Ok(found);
    }
    let mut town = caller.reader()?;
    let mut paging = Paging {
        beads: Vec::new(),
        known: HashSet::new(),
        offset: 0,
        size: PAGE,
    };
    loop {
        let left = match limit {
            0 => paging.size,
            all => paging.size.min(all.saturating_sub(paging.offset)),
        };
        let Some(total) = paging.turn(&query, left, &mut town, caller)? else {
            continue;
        };
        let done = limit != 0 && paging.offset >= limit;
        if left == 0 || done || u64::from(paging.offset) >= total {
            return Ok((paging.beads, total));
        }
    }
}

struct Paging {
    beads: Vec<BeadView>,
    known: HashSet<String>,
    offset: u32,
    size: u32,
}

impl Paging {
    /// Asks for one page; `None` when it was too long and a smaller one is to be asked for.
    fn turn(
        &mut self,
        query: &Query,
        size: u32,
        town: &mut TownClient,
        caller: &Caller,
    ) -> Result<Option<u64>, Refusal> {
        let asked = town.query(page_of(query, size, self.offset));
        let (page, total) = match taken(asked, caller)? {
            Some(found) => found,
            None if size > 1 => {
                self.size = size / 2;
                return Ok(None);
            }
            None => {
                return Err(Refusal::failed("one bead is too long for an answer")
                    .hint("bd export -o beads.jsonl"));
            }
        };
        self.offset = self.offset.saturating_add(size);
        // What moved between two questions is not shown twice.
        for bead in page {
            if self.known.insert(bead.id.to_string()) {
                self.beads.push(bead);
            }
        }
        Ok(Some(total))
    }
}

/// The beads of an answer; `None` when it was too long to be sent.
fn taken(asked: Result<Answer, Refusal>, caller: &Caller) -> Result<Option<Found>, Refusal> {
    match asked {
        Ok(Answer::Beads { beads, total }) => Ok(Some((beads, total))),
        Ok(_) => Err(mismatch(caller.how)),
        Err(refusal) if refusal.is_too_long() => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

fn limit_of(query: &Query) -> u32 {
    match query {
        Query::Select(selection) => selection.limit,
        Query::Ready(ready) => ready.filter.limit,
        _ => 1,
    }
}

fn page_of(query: &Query, limit: u32, offset: u32) -> Query {
    let mut query = query.clone();
    match &mut query {
        Query::Select(selection) => {
            selection.limit = limit;
            selection.offset = offset;
        }
        Query::Ready(ready) => {
            ready.filter.limit = limit;
            ready.filter.offset = offset;
        }
        _ => {}
    }
    query
}

/// The bead that is meant by an id or a unique part of one.
pub(super) fn one(typed: &str, caller: &Caller) -> Result<BeadView, Refusal> {
    let ids = vec![typed.to_owned()];
    let Answer::Beads { beads, .. } = caller.query(Query::Beads { ids })? else {
        return Err(mismatch(caller.how));
    };
    let first = beads.into_iter().next();
    first.ok_or_else(|| mismatch(caller.how))
}
