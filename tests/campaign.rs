//! Long runs of the random tests: `cargo test --release --test campaign -- NAME --seconds N --seed S`.
//!
//! The simulator lives beside the engine's internals, so a campaign is the crate's own test run with
//! a time and a seed. Without a name this only says which there are, so that `cargo test` stays short.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "runs cargo on this package and says what came of it"
)]

use std::process::{Command, ExitCode};

/// Name of a campaign and the test that it runs.
const CAMPAIGNS: &[(&str, &str)] = &[(
    "towns",
    "engine::tests::runs::random_towns_keep_the_contract",
)];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let value = |flag: &str, default: &str| {
        let place = words.iter().position(|word| word == flag);
        place
            .and_then(|place| words.get(place + 1))
            .cloned()
            .unwrap_or_else(|| default.to_owned())
    };
    let Some((_, test)) = CAMPAIGNS
        .iter()
        .find(|(name, _)| words.first().is_some_and(|word| word == name))
    else {
        let names: Vec<&str> = CAMPAIGNS.iter().map(|(name, _)| *name).collect();
        println!("campaigns: {}", names.join(", "));
        println!(
            "  cargo test --release --test campaign -- {} --seconds 60 --seed 1",
            names.join("|")
        );
        return ExitCode::SUCCESS;
    };
    let status = Command::new(env!("CARGO"))
        .args([
            "test",
            "--release",
            "--lib",
            test,
            "--",
            "--exact",
            "--nocapture",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("GT_CAMPAIGN_SECONDS", value("--seconds", "60"))
        .env("GT_CAMPAIGN_SEED", value("--seed", "1"))
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(status) => {
            println!("the campaign failed: {status}");
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("cargo cannot be run: {error}");
            ExitCode::FAILURE
        }
    }
}
