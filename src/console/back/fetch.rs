//! Where rows come from: the host for a living terminal, by pages; its recording for what is older.
//!
//! Runs on threads of its own and answers through the inbox; the drawing thread never waits here.

use std::sync::mpsc::Receiver;

use super::rows::{PROBE, of_packed, place_near, rows_of};
use crate::client::{HostClient, Rows};
use crate::console::inbox::Inbox;
use crate::console::msg::{Msg, Past, Stream, Wanted};
use crate::domain::{Kind, Refusal, RunId};
use crate::record;
use crate::screen::copy::Row;
use crate::support::paths::TownPaths;
use crate::term::Screen;

/// Rows of a recording that are looked at, beyond what the host has.
const RECORDED_ROWS: usize = 10_000;
/// Bytes of a recording that are read for them.
const RECORDED_BYTES: u64 = 8 << 20;
/// Bytes of a recording that are read for rows before those of a living terminal: more, for what
/// the host has is read too.
const OLDER_BYTES: u64 = 16 << 20;
/// Rows that are asked of the host at once for the whole history.
const PAGE: u32 = 512;

/// Rows of a living terminal that somebody needs.
#[derive(Debug)]
pub(crate) struct RowsWanted {
    pub(crate) who: Stream,
    pub(crate) run: RunId,
    pub(crate) from: u64,
    pub(crate) count: u32,
}

/// Answers requests for rows one after the other, over one connection, until nobody asks any more.
pub(crate) fn serve_rows(inbox: &Inbox, paths: &TownPaths, orders: &Receiver<RowsWanted>) {
    let mut host = None;
    for wanted in orders {
        let mut result = rows(&mut host, paths, &wanted);
        if result.is_err() {
            // A connection that idled may be dead without saying so.
            host = None;
            result = rows(&mut host, paths, &wanted);
        }
        if !inbox.put_first(Msg::Rows(wanted.who, result)) {
            return;
        }
    }
}

fn rows(
    host: &mut Option<HostClient>,
    paths: &TownPaths,
    wanted: &RowsWanted,
) -> Result<Rows, Refusal> {
    let mut client = match host.take() {
        Some(client) => client,
        None => HostClient::open(paths)?,
    };
    let rows = client.rows(&wanted.run, wanted.from, wanted.count)?;
    *host = Some(client);
    Ok(rows)
}

/// What a run has shown.
pub(crate) fn past(paths: &TownPaths, run: &RunId, wanted: Wanted) -> Result<Past, Refusal> {
    match wanted {
        Wanted::Look => recorded(paths, run),
        Wanted::Older => older(paths, run),
        Wanted::Edit => match whole(paths, run) {
            Ok(past) => Ok(past),
            Err(why) => {
                tracing::debug!(%why.message, "the host does not have the history");
                recorded(paths, run)
            }
        },
    }
}

/// All rows that a run is recorded to have shown.
fn recorded(paths: &TownPaths, run: &RunId) -> Result<Past, Refusal> {
    let screen = recording(paths, run, RECORDED_ROWS, RECORDED_BYTES)?;
    Ok(Past {
        rows: rows_of(&screen),
        until: None,
    })
}

fn recording(paths: &TownPaths, run: &RunId, rows: usize, bytes: u64) -> Result<Screen, Refusal> {
    match record::past(paths, run, rows, bytes) {
        Ok(Some(screen)) => Ok(screen),
        Ok(None) => Err(Refusal::not_found("nothing of this session is recorded")),
        Err(error) => Err(Refusal::failed(format!(
            "the recording of this session cannot be read: {error}"
        ))),
    }
}

/// The rows that were recorded before the oldest one that the host has.
fn older(paths: &TownPaths, run: &RunId) -> Result<Past, Refusal> {
    let mut host = HostClient::open(paths)?;
    let probe = u32::try_from(PROBE).unwrap_or(u32::MAX);
    let oldest = host.rows(run, 0, probe)?;
    before_host(paths, run, &oldest)
}

/// The same, with the host's oldest rows known.
fn before_host(paths: &TownPaths, run: &RunId, oldest: &Rows) -> Result<Past, Refusal> {
    let held = usize::try_from(oldest.top.saturating_sub(oldest.oldest)).unwrap_or(usize::MAX);
    let screen = recording(paths, run, held.saturating_add(RECORDED_ROWS), OLDER_BYTES)?;
    let mut rows = rows_of(&screen);
    let probe: Vec<Row> = oldest.rows.iter().cloned().map(of_packed).collect();
    // The recording lags by up to a second, and what came since the host was asked is in it.
    let shown = held.saturating_add(usize::from(screen.size().1));
    let at = place_near(rows.len().saturating_sub(shown), &probe, &rows);
    rows.truncate(at.unwrap_or(0));
    Ok(Past {
        rows,
        until: Some(oldest.oldest),
    })
}

/// Everything that the host has, and what was recorded before.
fn whole(paths: &TownPaths, run: &RunId) -> Result<Past, Refusal> {
    let mut host = HostClient::open(paths)?;
    let first = host.rows(run, 0, PAGE)?;
    let mut past = Past::default();
    if first.oldest > 0 {
        match before_host(paths, run, &first) {
            Ok(before) => past.rows = before.rows,
            Err(why) if why.kind == Kind::NotFound => {}
            Err(why) => tracing::warn!(%why.message, "no history beyond the host's own"),
        }
    }
    let (top, mut page) = (first.top, first);
    loop {
        let next = page.from + u64::try_from(page.rows.len()).unwrap_or(0);
        // A page is more than a screen, and whoever writes without end is not run after.
        let last = page.rows.is_empty() || page.from >= top;
        past.rows.extend(page.rows.into_iter().map(of_packed));
        past.until = Some(next);
        if last {
            return Ok(past);
        }
        page = host.rows(run, next, PAGE)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::back::rows::place_near;

    fn rows(texts: &[&str]) -> Vec<Row> {
        let row = |text: &&str| Row {
            text: (*text).to_owned(),
            columns: 80,
            ..Row::BLANK
        };
        texts.iter().map(row).collect()
    }

    #[test]
    fn rows_that_repeat_are_placed_where_they_are_expected() {
        let recorded = rows(&["a", "b", "a", "b", "a", "b", "c"]);
        assert_eq!(place_near(3, &rows(&["a", "b"]), &recorded), Some(2));
        assert_eq!(place_near(4, &rows(&["a", "b"]), &recorded), Some(4));
        assert_eq!(place_near(0, &rows(&["b", "c"]), &recorded), Some(5));
        assert_eq!(place_near(0, &rows(&["x"]), &recorded), None);
        assert_eq!(place_near(0, &rows(&[""]), &recorded), None);
    }
}
