//! Thirty quiet agents cost next to nothing (DESIGN 9): no process is started, and engine, host and
//! control room wake only for what they look at by the clock. Counts, since times lie on a busy machine.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::agents::register;
use crate::looking::Outer;
use crate::support::TestTown;
use crate::support::process::processes_naming;
use crate::support::wait::wait_for;

const AGENTS: usize = 30;
/// Says something and waits for a line that never comes.
const QUIET: &str = "#!/bin/sh
stty -echo
printf 'ready for work\\n'
while read -r line; do :; done
";
/// How long it is counted, and how often anew when something was still settling.
const WINDOW: Duration = Duration::from_secs(4);
const WINDOWS: usize = 6;
/// How long the end of all of them may take.
const LONG: Duration = Duration::from_secs(120);

/// What a process has done so far, by the kernel's own books.
#[derive(Clone, Copy, Debug)]
struct Books {
    /// Times that any of its threads went to sleep, and so was woken.
    sleeps: u64,
    /// Page faults of children that it has waited for: grows with every program that was run.
    children: u64,
    threads: usize,
}

fn books(pid: i32) -> Books {
    let mut sleeps = 0;
    let mut threads = 0;
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))
        .unwrap()
        .flatten()
    {
        // A thread that ends meanwhile sleeps no more.
        let status = std::fs::read_to_string(task.path().join("status")).unwrap_or_default();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        sleeps += line.map_or(0, |count| count.trim().parse().unwrap());
        threads += 1;
    }
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let children = fields.split_ascii_whitespace().nth(8).unwrap();
    Books {
        sleeps,
        children: children.parse().unwrap(),
        threads,
    }
}

/// Every living process of the town, with its start time.
fn everybody(town: &TestTown) -> BTreeSet<(i32, u64)> {
    let found = processes_naming(town.base());
    found
        .into_iter()
        .map(|one| (one.pid, one.started))
        .collect()
}

#[test]
fn design_9_thirty_quiet_agents_start_no_process_and_wake_nobody() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    register(&town, "quiet", QUIET);
    for number in 0..AGENTS {
        let bead = town.bead(&format!("Be quiet {number}"));
        town.gt(&["sling", &bead, "tradingbot", "--agent", "quiet"])
            .ok();
    }
    let alive = || {
        let list = town.gt(&["polecat", "list", "--json"]).ok().json();
        let list = list.as_array().cloned().unwrap_or_default();
        let alive = |agent: &serde_json::Value| agent.get("running") == Some(&true.into());
        list.iter().filter(|agent| alive(agent)).count()
    };
    town.wait_until("thirty agents live", || alive() == AGENTS);
    let console = Outer::open(&town, &[], &[]);
    console.shows(&town, "30 working");
    console.shows(&town, "ready for work");
    let own = i32::try_from(console.child.process_id().unwrap()).unwrap();
    // Looks by the clock, in a second. The host looks at the machine four times; its timers come in
    // two steps, and where others start programs beside it, it counts its runs on another thread.
    // The engine looks now and then whether its town and the worktrees are there. The control room
    // looks four times whether it shall go on, and draws all ages that change in a second at once.
    // One more look for every agent would be thirty.
    let parts = [
        ("engine", town.engine().unwrap().pid, 1.0),
        ("host", town.host().unwrap().pid, 20.0),
        ("control room", own, 8.0),
    ];
    let mut faults = vec!["nothing was counted".to_owned()];
    for _ in 0..WINDOWS {
        let before = (everybody(&town), parts.map(|(_, pid, _)| books(pid)));
        let began = Instant::now();
        std::thread::sleep(WINDOW);
        let seconds = began.elapsed().as_secs_f64();
        let after = (everybody(&town), parts.map(|(_, pid, _)| books(pid)));
        faults = after
            .0
            .difference(&before.0)
            .map(|(pid, _)| format!("process {pid} was started"))
            .collect();
        for ((name, _, rate), (before, after)) in
            parts.iter().zip(before.1.iter().zip(after.1.iter()))
        {
            if after.children != before.children {
                faults.push(format!("the {name} ran a program"));
            }
            let (woken, most) = (
                after.sleeps.saturating_sub(before.sleeps),
                rate * seconds + 6.0,
            );
            if woken as f64 > most {
                faults.push(format!(
                    "the {name} woke {woken} times in {seconds:.1} s, not {most:.0}"
                ));
            }
        }
        if faults.is_empty() {
            break;
        }
    }
    assert!(faults.is_empty(), "{faults:?}");
    let host = books(parts[1].1);
    assert!(host.threads <= 12, "{} threads in the host", host.threads);
    assert_eq!(alive(), AGENTS);
    drop(console);
    // Thirty at once, perhaps beside a test with a thousand processes: more patience than the guard has.
    let mut down = town.gt_run(&["down", "--all"]).command();
    let down = down.stdin(Stdio::null()).stdout(Stdio::null());
    let mut down = down.spawn().unwrap();
    let ended = wait_for(LONG, || down.try_wait().unwrap());
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
}
