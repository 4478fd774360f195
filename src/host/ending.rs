//! How runs end: asked, told, killed; then all that they left behind (contract P4, P5).
//!
//! HUP to the group, TERM after 2 s, KILL after 5 s more. Members are looked for before the first
//! signal, while their ancestry can still be seen. Who is to be killed is stopped first, so that
//! nothing forks away from under the sweep. A run's end is told once nothing of it is left.

use std::rc::Rc;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::Instant;

use super::output::Output;
use super::run::Run;
use super::state::Host;
use crate::domain::Exit;
use crate::pty::{Child, Family, Member};
use crate::record::EntryKind;

const BEFORE_TERM: Duration = Duration::from_secs(2);
const BEFORE_KILL: Duration = Duration::from_secs(5);
/// How long leftovers have between TERM and KILL.
const SWEEP_GRACE: Duration = Duration::from_secs(2);
/// Between two looks at leftovers, growing to the second.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOK_EVERY_MAX: Duration = Duration::from_millis(320);
/// How long leftovers are killed before they are reported as left.
const SWEEP_MAX: Duration = Duration::from_secs(5);

/// How a run is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// HUP, TERM, KILL.
    Ask,
    /// KILL.
    Kill,
}

/// Begins to stop a run; its end is told by `Exited`.
pub(super) fn stop(host: &Rc<Host>, run: &Rc<Run>, manner: Manner) {
    if manner == Manner::Kill {
        run.hurry.cancel();
    }
    if run.stopping.replace(true) || run.over.is_cancelled() {
        return;
    }
    let (host, run) = (Rc::clone(host), Rc::clone(run));
    let task = Rc::clone(&host);
    task.tasks
        .spawn_local(async move { bring_down(&host, &run).await });
}

async fn bring_down(host: &Host, run: &Run) {
    look(host, run, Family::look).await;
    if !run.hurry.is_cancelled() {
        signal_all(run, Signal::HUP);
        if wait(run, BEFORE_TERM).await {
            return;
        }
        signal_all(run, Signal::TERM);
        if wait(run, BEFORE_KILL).await {
            return;
        }
        // Its time is over: what it leaves behind is asked no more either.
        run.hurry.cancel();
    }
    look(host, run, Family::cull).await;
    signal_all(run, Signal::KILL);
}

/// Waits for the leader's end; false when it did not come in time, or must come at once.
async fn wait(run: &Run, time: Duration) -> bool {
    tokio::select! {
        () = run.over.cancelled() => true,
        () = run.hurry.cancelled() => run.over.is_cancelled(),
        () = tokio::time::sleep(time) => run.over.is_cancelled(),
    }
}

fn signal_all(run: &Run, signal: Signal) {
    let core = run.core.borrow();
    if let Some(child) = &core.child {
        child.signal_group(signal);
    }
    for member in &core.family.seen {
        member.signal(signal);
    }
}

/// Looks for the run's processes, or ends them, on a thread of its own: the table of processes is
/// long. A run that began meanwhile is a child of this process too, and may work in the same folder:
/// it was not yet among the strangers, so what was seen is worth nothing and is looked at again.
async fn look(host: &Host, run: &Run, how: fn(&mut Family) -> Vec<Member>) -> Vec<Member> {
    loop {
        let mut family = run.core.borrow().family.clone();
        family.strangers = host.strangers(run);
        let looked = tokio::task::spawn_blocking(move || {
            let living = how(&mut family);
            (living, family)
        })
        .await;
        let Ok((living, family)) = looked else {
            return Vec::new();
        };
        let all_known = host
            .strangers(run)
            .iter()
            .all(|pid| family.strangers.contains(pid));
        if all_known {
            let mut core = run.core.borrow_mut();
            core.family.seen = family.seen;
            core.family.not_marked = family.not_marked;
            return living;
        }
    }
}

/// The leader has ended and its output is read: sweeps, tells, and closes the books.
pub(super) async fn finish(host: &Rc<Host>, run: &Rc<Run>) {
    run.over.cancel();
    run.release();
    let left = sweep(host, run).await;
    let exit = {
        let mut core = run.core.borrow_mut();
        core.left = left.iter().filter_map(|one| one.to_leftover()).collect();
        let told = core.child.as_mut().and_then(Child::reap);
        core.input.fail_all();
        let exit = core.verdict.take().or(told).unwrap_or(Exit::Lost);
        core.took = run.began.elapsed();
        core.exit = Some(exit.clone());
        exit
    };
    run.keyframe(Instant::now(), true);
    if let Some(log) = &run.log {
        log.note(
            EntryKind::Exit,
            serde_json::to_vec(&exit).unwrap_or_default(),
        );
        log.finish().await;
    }
    run.recorded.set(true);
    tracing::info!(run = %run.id, ?exit, "ended");
    tell(host, run);
    run.done.cancel();
    host.reap_orphans();
}

fn tell(host: &Rc<Host>, run: &Rc<Run>) {
    let watchers = host.watchers();
    run.push_screen(Instant::now(), &watchers);
    let Some(say) = run.exited() else { return };
    for watcher in watchers {
        watcher.say(&say);
    }
    let viewers = std::mem::take(&mut run.core.borrow_mut().viewers).living();
    for (outbox, stream) in viewers {
        outbox.exited(stream, &say);
    }
    // The screen stays for peeks; its history need not.
    if let Output::Terminal(screen) = &mut run.core.borrow_mut().output {
        screen.forget_history();
    }
}

/// Ends what the run left behind: TERM, then KILL until nothing is there; gives back who lives on all
/// the same, in the kernel's hands or another user's.
async fn sweep(host: &Host, run: &Run) -> Vec<Member> {
    let began = Instant::now();
    let mut pause = LOOK_EVERY;
    let mut asked: Vec<Member> = Vec::new();
    loop {
        let kill = run.hurry.is_cancelled() || began.elapsed() > SWEEP_GRACE;
        let how = if kill {
            Family::cull
        } else {
            Family::leftovers
        };
        let left = look(host, run, how).await;
        if left.is_empty() {
            return left;
        }
        if began.elapsed() > SWEEP_MAX {
            tracing::warn!(run = %run.id, ?left, "processes may be left behind");
            return left;
        }
        if kill {
            pause = LOOK_EVERY;
        } else {
            for member in left {
                if !asked.contains(&member) {
                    member.signal(Signal::TERM);
                    asked.push(member);
                }
            }
        }
        host.reap_orphans();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = run.hurry.cancelled(), if !kill => {}
        }
        pause = (pause * 2).min(LOOK_EVERY_MAX);
    }
}
