//! Starting agents and jobs, each run at most once.
//!
//! A run that is known, or whose recording exists from an earlier host, is never started again.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::config::wall;
use super::output::{JOB_SIZE, Output};
use super::pump::{Limits, pump};
use super::recorder::Log;
use super::run::Run;
use super::state::Host;
use crate::domain::{Exit, JobPlan, LaunchPlan, RunId, SizeRule};
use crate::pty::{self, Child, Family, NotStarted, Started};
use crate::record::{self, About};
use crate::term::Screen;
use crate::wire::{HostAnswer, HostRefusal, HostSay};

type Answer = Result<HostAnswer, HostRefusal>;

/// Starts an agent.
pub(super) fn agent(host: &Rc<Host>, plan: &LaunchPlan) -> Answer {
    if let Some(known) = known(host, &plan.run, &plan.env)? {
        return Ok(fact(&known));
    }
    let about = about(&plan.run, plan.size, true, &plan.argv);
    let started = pty::start_terminal(plan, host.config.launcher.as_deref());
    let family = Family {
        limits: plan.limits,
        ..family(host, &started, &plan.env, &plan.cwd)
    };
    let screen = Screen::keeping(plan.size, plan.terminal.history);
    let output = Output::Terminal(Box::new(screen));
    let limits = Limits {
        until: None,
        output: None,
    };
    Ok(begin(
        host,
        &about,
        started,
        Terms {
            family,
            output,
            limits,
            rule: plan.terminal.size,
        },
    ))
}

/// Starts a job.
pub(super) fn job(host: &Rc<Host>, plan: &JobPlan) -> Answer {
    if let Some(known) = known(host, &plan.run, &plan.env)? {
        return Ok(fact(&known));
    }
    let about = about(&plan.run, JOB_SIZE, false, &plan.argv);
    let started = pty::start_job(plan, host.config.launcher.as_deref());
    let family = Family {
        limits: plan.limits,
        ..family(host, &started, &plan.env, &plan.cwd)
    };
    let output = Output::Pipe(std::collections::VecDeque::new());
    let time = Duration::from_millis(u64::try_from(plan.time_limit).unwrap_or_default());
    let limits = Limits {
        until: (plan.time_limit > 0).then(|| Instant::now() + time),
        output: (plan.output_limit > 0).then_some(plan.output_limit),
    };
    Ok(begin(
        host,
        &about,
        started,
        Terms {
            family,
            output,
            limits,
            rule: SizeRule::default(),
        },
    ))
}

fn fact(run: &Run) -> HostAnswer {
    HostAnswer::Runs(vec![run.fact()])
}

/// The run if it was started before, by this host or an earlier one.
fn known(
    host: &Rc<Host>,
    id: &RunId,
    env: &[(String, String)],
) -> Result<Option<Rc<Run>>, HostRefusal> {
    if let Some(run) = host.run(id) {
        return Ok(Some(run));
    }
    if host.stopping.is_cancelled() {
        return Err(HostRefusal::Failed("the host is ending".to_owned()));
    }
    if env.iter().any(|(_, value)| host.keys.is_in(value)) {
        return Err(HostRefusal::Failed(
            "the environment holds a key to this host".to_owned(),
        ));
    }
    match record::ended(&host.config.paths, id) {
        Ok(None) => Ok(None),
        Ok(Some(exit)) => {
            let run = Run::ended(id.clone(), exit.unwrap_or(Exit::Lost));
            host.add(&run);
            Ok(Some(run))
        }
        Err(error) => Err(HostRefusal::Failed(format!(
            "the recording of an earlier start cannot be read: {error}"
        ))),
    }
}

fn about(run: &RunId, size: (u16, u16), terminal: bool, argv: &[String]) -> About {
    About {
        version: 1,
        run: run.as_str().to_owned(),
        began: wall(),
        size,
        terminal,
        program: argv.first().cloned().unwrap_or_default(),
    }
}

fn family(
    host: &Host,
    started: &Result<Started, NotStarted>,
    env: &[(String, String)],
    cwd: &std::path::Path,
) -> Family {
    let child = started.as_ref().ok().map(|started| &started.child);
    Family {
        leader: child.map_or(i32::MAX, Child::pid),
        since: child.map_or(0, Child::started),
        mark: child.and_then(Child::mark),
        marks: env
            .iter()
            .filter(|(key, _)| key.starts_with("GT_"))
            .map(|(key, value)| format!("{key}={value}"))
            .collect(),
        folder: cwd.canonicalize().unwrap_or_else(|_| cwd.to_owned()),
        adopter: host.adopter(),
        ..Family::default()
    }
}

/// What a run is hosted on.
struct Terms {
    family: Family,
    output: Output,
    limits: Limits,
    rule: SizeRule,
}

fn begin(
    host: &Rc<Host>,
    about: &About,
    started: Result<Started, NotStarted>,
    terms: Terms,
) -> HostAnswer {
    let Terms {
        family,
        output,
        limits,
        rule,
    } = terms;
    let Ok(id) = RunId::parse(&about.run) else {
        return HostAnswer::Unsupported;
    };
    match started {
        Ok(started) => {
            let folder = record::folder(&host.config.paths, &id);
            let log: Option<Log> = host.recorder.begin(&folder, about, family.limits.recording);
            let run = Run::new(id, Some(started.child), output, log, family);
            run.core.borrow_mut().viewers.follow(rule);
            host.add(&run);
            tell_started(host, &run);
            host.tasks
                .spawn_local(pump(Rc::clone(host), Rc::clone(&run), started.end, limits));
            fact(&run)
        }
        Err(error) => {
            tracing::warn!(run = %id, %error, "not started");
            let run = Run::ended(
                id,
                Exit::NotStarted {
                    reason: error.to_string(),
                },
            );
            host.add(&run);
            if let Some(say) = run.exited() {
                for watcher in host.watchers() {
                    watcher.say(&say);
                }
            }
            fact(&run)
        }
    }
}

fn tell_started(host: &Host, run: &Run) {
    if let Some(say) = started_say(run) {
        for watcher in host.watchers() {
            watcher.say(&say);
        }
    }
}

/// The news that a run lives.
pub(super) fn started_say(run: &Run) -> Option<HostSay> {
    Some(HostSay::Started {
        run: run.id.clone(),
        pid: run.fact().pid?,
    })
}
