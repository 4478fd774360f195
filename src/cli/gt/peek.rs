//! `gt peek`: the end of a terminal. The operator asks the host itself, which works with the engine
//! dead; agents, who have no key to the host, ask the engine. An ended session shows its last
//! screen from the recording (DOCUMENT 42).

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{edge, output};
use crate::client::HostCall;
use crate::domain::{Answer, Query, Refusal, RunId, SeatView};
use crate::record;
use crate::support::paths::TownPaths;
use crate::support::text::{clean, strip_block};
use crate::verbs::PeekArgs;
use crate::wire::{HostAnswer, HostAsk};

/// Shows the end of a terminal.
pub(crate) fn run(args: &PeekArgs, caller: &Caller) -> Ended {
    let (seat, lines) = if edge::is_agent() {
        through_engine(args, caller)?
    } else {
        by_hand(args, caller)?
    };
    if args.json {
        return output::json(&json!({
            "agent": seat.address,
            "run": seat.run,
            "alive": seat.alive,
            "ended": seat.ended,
            "lines": lines,
        }));
    }
    let mut out = String::new();
    if let Some(ended) = seat.ended.as_deref().filter(|_| !seat.alive) {
        out.push_str(&clean(ended));
        out.push('\n');
    }
    if lines.is_empty() && seat.run.is_none() {
        output::note(&format!(
            "{} has not been started yet",
            seat.address.short()
        ));
    }
    for line in &lines {
        out.push_str(line);
        out.push('\n');
    }
    output::text(&out)
}

fn through_engine(args: &PeekArgs, caller: &Caller) -> Result<(SeatView, Vec<String>), Refusal> {
    let Answer::Peek { seat, lines } = caller.query(args.query())? else {
        return Err(mismatch(caller.how));
    };
    Ok((*seat, tidy(lines, args.wanted())))
}

fn by_hand(args: &PeekArgs, caller: &Caller) -> Result<(SeatView, Vec<String>), Refusal> {
    let paths = caller.paths()?;
    // The host greets while the engine looks the seat up.
    let host = HostCall::begin(&paths);
    let agent = args.agent.clone();
    let Answer::Seat(seat) = caller.query(Query::Seat { agent })? else {
        return Err(mismatch(caller.how));
    };
    let Some(run) = seat.run.clone() else {
        return Ok((*seat, Vec::new()));
    };
    let lines = if seat.alive {
        live(host?, &run, args.wanted())?
    } else {
        last(&paths, &run)?
    };
    Ok((*seat, tidy(lines, args.wanted())))
}

fn live(host: HostCall, run: &RunId, wanted: u32) -> Result<Vec<String>, Refusal> {
    let ask = HostAsk::Peek {
        run: run.clone(),
        history: wanted,
    };
    match host.ask(ask)? {
        HostAnswer::Screen { screen, history } => {
            let rows = screen.rows.into_iter().map(|row| row.text);
            Ok(history.into_iter().chain(rows).collect())
        }
        HostAnswer::Done
        | HostAnswer::Rows { .. }
        | HostAnswer::Runs(_)
        | HostAnswer::Write(_)
        | HostAnswer::Unsupported => Err(mismatch("gt peek")),
    }
}

/// What an ended run showed last; nothing when its recording has been given up since.
fn last(paths: &TownPaths, run: &RunId) -> Result<Vec<String>, Refusal> {
    let last = record::last_screen(paths, run).map_err(|error| {
        Refusal::failed(format!("the recording of `{run}` cannot be read: {error}"))
    })?;
    Ok(last.map_or_else(Vec::new, |last| {
        let rows = last.screen.rows.into_iter().map(|row| row.text);
        last.history.into_iter().chain(rows).collect()
    }))
}

/// The last `wanted` lines, safe to print, without the empty ones at the end.
fn tidy(mut lines: Vec<String>, wanted: u32) -> Vec<String> {
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
    let skip = lines.len().saturating_sub(wanted);
    lines
        .into_iter()
        .skip(skip)
        .map(|line| strip_block(&line).trim_end().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_screen_is_what_counts() {
        let lines = ["one", "two  ", "\x1b[31mthree", "", "  "];
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(tidy(lines.clone(), 2), ["two", "[31mthree"]);
        assert_eq!(tidy(lines, 100).len(), 3);
    }
}
