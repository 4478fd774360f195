//! `bd` over a ledger of 100,000 beads, 150,000 edges and 1,000,000 events.
//!
//! `cargo bench --bench ledger -- [--rounds N] [--beads N] [--edges N] [--events N] [--seconds N]
//! [--only WORDS] [--json] [--check FILE]`. Every command is timed as a whole process, with the
//! engine up and alone; rounds are interleaved, so that a busy moment hits every command alike, and
//! each round also starts `true`, against which the ratios are taken. Then eight clients write for
//! `--seconds` each (0 leaves them out). `--check` compares ratios with those of an earlier `--json`.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark measures time, makes and reads files and prints"
)]

#[path = "../../support/mod.rs"]
mod support;

#[path = "../measure.rs"]
mod measure;
#[path = "../once.rs"]
mod once;

mod cases;
mod options;
mod seed;
mod table;
mod writers;

use std::process::ExitCode;
use std::time::Duration;

use cases::Place;
use measure::Numbers;
use options::Options;
use support::TestTown;

/// Waits until the engine has done what it does after a start, such as looking the ledger over.
pub(crate) fn settled(town: &TestTown) {
    let spent = || {
        let engine = town.engine().map(|engine| engine.pid);
        let text = std::fs::read_to_string(format!("/proc/{}/stat", engine.unwrap_or_default()));
        let text = text.unwrap_or_default();
        let fields: Vec<&str> = text.split(' ').collect();
        (
            fields.get(13).map(ToString::to_string),
            fields.get(14).map(ToString::to_string),
        )
    };
    let mut before = spent();
    support::wait::wait_until("the engine is idle", || {
        std::thread::sleep(Duration::from_millis(300));
        let now = spent();
        std::mem::replace(&mut before, now.clone()) == now
    });
}

fn commands(options: &Options) -> Vec<Numbers> {
    let place = |mode| {
        let town = seed::town(options.sizes);
        let picked = seed::picked(&town);
        Place::new(mode, town, picked)
    };
    let places = [place("engine up"), place("embedded")];
    places[0].town.gt(&["up"]).ok();
    settled(&places[0].town);
    let mut cases = cases::cases(&places);
    if let Some(only) = &options.only {
        cases.retain(|case| case.name == "true" || case.name.contains(only.as_str()));
    }
    measure::measure(options.rounds, &cases::those_that_work(cases))
}

fn run() -> Result<(), String> {
    let options = Options::read(std::env::args().skip(1))?;
    let stored = options.stored()?;
    let results = commands(&options);
    let written = match options.seconds {
        0 => Vec::new(),
        seconds => writers::write(options.sizes, seconds),
    };
    if options.json {
        println!("{}", table::as_json(&options, &results, &written));
    } else {
        table::print(&options, &results, &written);
    }
    let worse = stored.map_or_else(Vec::new, |stored| table::worse(&stored, &results));
    if worse.is_empty() {
        Ok(())
    } else {
        Err(worse.join("\n"))
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!("{reason}");
            ExitCode::FAILURE
        }
    }
}
