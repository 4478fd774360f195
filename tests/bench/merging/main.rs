//! What the merge queue costs beyond the gates, on a repository of many commits and files.
//!
//! `cargo bench --bench merging -- [--rounds N] [--commits N] [--files N] [--tips N] [--json]
//! [--check]`. Each round stacks a new batch of 8 and of 1, makes the tree for the gates, lands it,
//! brings all copies forward and verifies it, by the jobs that the git worker does; then `--tips`
//! live works are held against the target and each other. `--check` fails above the limits: 150 ms
//! for each request beyond the gates, 2 s for 1,000 conflict checks.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark measures time and prints"
)]

mod ground;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use gastown::domain::{
    Fit, GitJob, GitOutcome, Ident, Landed, LiveWork, MergeId, MergeStrategy, Oid, Outlook,
    StackWork,
};
use gastown::git::do_job;
use ground::{Ground, Shape};
use serde_json::json;

/// Works of a large batch.
const BATCH: usize = 8;
/// Milliseconds for each request beyond the gates.
const OVERHEAD: f64 = 150.0;
/// Milliseconds for 1,000 conflict checks.
const CHECKS: f64 = 2_000.0;

struct Options {
    rounds: usize,
    shape: Shape,
    json: bool,
    check: bool,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        rounds: 10,
        shape: Shape {
            commits: 50_000,
            files: 5_000,
            tips: 1_000,
        },
        json: false,
        check: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || -> Result<usize, String> {
            let text = words
                .next()
                .ok_or_else(|| format!("{word} needs a value"))?;
            text.parse().map_err(|_| format!("{text} is no number"))
        };
        match word.as_str() {
            "--rounds" => options.rounds = number()?,
            "--commits" => options.shape.commits = number()?,
            "--files" => options.shape.files = number()?,
            "--tips" => options.shape.tips = number()?,
            "--json" => options.json = true,
            "--check" => options.check = true,
            // Cargo adds this by itself.
            "--bench" => {}
            other => return Err(format!("{other} is not an option")),
        }
    }
    if options.rounds == 0 || options.shape.commits < 100 || options.shape.files < 100 {
        return Err("at least 1 round, 100 commits and 100 files".to_owned());
    }
    Ok(options)
}

/// Milliseconds of each measure, round by round.
#[derive(Default)]
struct Times(BTreeMap<String, Vec<f64>>);

impl Times {
    fn of<T>(&mut self, name: &str, act: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = act();
        let took = started.elapsed().as_secs_f64() * 1_000.0;
        self.0.entry(name.to_owned()).or_default().push(took);
        done
    }

    fn median(&self, name: &str) -> f64 {
        let mut all = self.0.get(name).cloned().unwrap_or_default();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or_default()
    }

    fn most(&self, name: &str) -> f64 {
        let all = self.0.get(name).map(Vec::as_slice).unwrap_or_default();
        all.iter().copied().fold(0.0, f64::max)
    }
}

fn ask(ground: &Ground, job: &GitJob) -> GitOutcome {
    let outcome = do_job(job, &ground.cx);
    assert!(!matches!(outcome, GitOutcome::Failed { .. }), "{outcome:?}");
    outcome
}

/// One batch from its stack to the check after its landing.
fn land(ground: &Ground, tips: &[(Oid, Oid)], old: &Oid, times: &mut Times) -> Oid {
    let size = tips.len();
    let works: Vec<StackWork> = (1..)
        .zip(tips)
        .map(|(number, (tip, base))| StackWork {
            key: MergeId::parse(&format!("mr-{number}")).unwrap(),
            tip: tip.clone(),
            base: base.clone(),
            strategy: MergeStrategy::Rebase,
            subject: "A measured work".to_owned(),
        })
        .collect();
    let stack = GitJob::Stack {
        repos: ground.repos.clone(),
        target: "main".to_owned(),
        onto: None,
        works: works.clone(),
        committer: Ident {
            name: "rig/refinery".to_owned(),
            email: "refinery@example.com".to_owned(),
        },
    };
    let stacked = times.of(&format!("stack {size}"), || ask(ground, &stack));
    let GitOutcome::Stacked { steps, .. } = stacked else {
        panic!("{stacked:?}");
    };
    let mut members = Vec::new();
    let mut at = old.clone();
    let mut passed = None;
    for (work, step) in works.into_iter().zip(steps) {
        let Fit::Commit { commit, tree } = step.fit else {
            panic!("{:?}", step.fit);
        };
        members.push(Landed {
            key: work.key,
            tip: work.tip,
            base: work.base,
            before: at,
            commit: commit.clone(),
        });
        at = commit;
        passed = Some(tree);
    }
    let (repos, path) = (ground.repos.clone(), ground.gate());
    // Nobody waits for this: it is made while other gates run.
    let spare = GitJob::SpareTree {
        repos: repos.clone(),
        path: path.clone(),
    };
    times.of("spare tree", || ask(ground, &spare));
    let commit = at.clone();
    let gate = GitJob::GateTree {
        repos,
        commit,
        path,
    };
    times.of(&format!("gate tree {size}"), || ask(ground, &gate));
    let (repos, old, new) = (ground.repos.clone(), old.clone(), at.clone());
    let land = GitJob::Land { repos, old, new };
    times.of(&format!("land {size}"), || ask(ground, &land));
    let verify = GitJob::Verify {
        repos: ground.repos.clone(),
        target: "main".to_owned(),
        old: members[0].before.clone(),
        new: at.clone(),
        tree: passed.unwrap(),
        members,
    };
    let verified = times.of(&format!("verify {size}"), || ask(ground, &verify));
    assert_eq!(verified, GitOutcome::Verified { problems: vec![] });
    let advance = GitJob::Advance {
        repos: ground.repos.clone(),
        new: at.clone(),
        tree: Some(ground.gate()),
    };
    times.of(&format!("advance {size}"), || ask(ground, &advance));
    at
}

/// Conflict checks of live works, and how many conflicts there were.
fn forecast(ground: &Ground, tips: usize, times: &mut Times) -> (usize, usize) {
    let all = ground.live();
    let live: Vec<LiveWork> = all
        .iter()
        .take(tips)
        .enumerate()
        .map(|(number, (tip, base))| LiveWork {
            key: format!("live {number}"),
            tip: tip.clone(),
            base: base.clone(),
        })
        .collect();
    let job = GitJob::Forecast {
        repos: ground.repos.clone(),
        target: "main".to_owned(),
        tips: live,
    };
    let outcome = times.of(&format!("forecast {tips}"), || ask(ground, &job));
    let GitOutcome::Foreseen { tips, clashes, .. } = outcome else {
        panic!("{outcome:?}");
    };
    let with_target = tips
        .iter()
        .filter(|tip| matches!(tip.outlook, Outlook::Conflict { .. }))
        .count();
    (with_target, clashes.len())
}

fn run() -> Result<(), String> {
    let options = options()?;
    let started = Instant::now();
    let ground = Ground::new(options.shape, options.rounds * (BATCH + 1));
    let made = started.elapsed().as_secs_f64();
    let mut times = Times::default();
    let mut at = ground.tip();
    let mut found = (0, 0);
    for tips in ground.works().chunks(BATCH + 1) {
        let (large, small) = tips.split_at(BATCH);
        at = land(&ground, large, &at, &mut times);
        at = land(&ground, small, &at, &mut times);
        found = forecast(&ground, options.shape.tips, &mut times);
        // So many works have about 1,000 pairs.
        forecast(&ground, 45, &mut times);
    }
    let overhead = |size: usize| -> f64 {
        let parts = ["stack", "gate tree", "land", "verify", "advance"];
        let sum: f64 = parts
            .iter()
            .map(|part| times.median(&format!("{part} {size}")))
            .sum();
        sum / size as f64
    };
    let (of_one, of_batch) = (overhead(1), overhead(BATCH));
    let tips = options.shape.tips;
    let checks = times.median(&format!("forecast {tips}")) * 1_000.0 / tips as f64;
    if options.json {
        let rows: serde_json::Map<_, _> = times
            .0
            .keys()
            .map(|name| (name.clone(), json!(times.median(name))))
            .collect();
        println!(
            "{}",
            json!({
                "commits": options.shape.commits, "files": options.shape.files,
                "rounds": options.rounds, "optimised": !cfg!(debug_assertions),
                "median_ms": rows, "overhead_alone_ms": of_one, "overhead_in_batch_ms": of_batch,
                "checks_1000_ms": checks,
            })
        );
    } else {
        println!(
            "{} commits, {} files, {} rounds, made in {made:.1} s; milliseconds",
            options.shape.commits, options.shape.files, options.rounds
        );
        println!("{:<20}{:>10}{:>10}", "", "median", "most");
        for name in times.0.keys() {
            let (median, most) = (times.median(name), times.most(name));
            println!("{name:<20}{median:>10.1}{most:>10.1}");
        }
        println!("each request beyond the gates: {of_one:.1} alone, {of_batch:.1} in a batch of 8");
        println!(
            "1,000 conflict checks: {checks:.0}; {} of {tips} conflict with the target, {} pairs clash",
            found.0, found.1
        );
    }
    if options.check && (of_one > OVERHEAD || checks > CHECKS) {
        return Err(format!("over the limits of {OVERHEAD} ms and {CHECKS} ms"));
    }
    Ok(())
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
