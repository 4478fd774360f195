//! How an event is told to people: one sentence, one sign, and always an actor.
//!
//! The feed of the command line and of the console use this; nothing else words an event.
//! Every string in an event may come from an agent, so every one is cleaned here.

use crate::domain::{
    Address, BeadId, ConvoyId, DeletedFor, Event, EventBody as Body, Exit, GateOutcome, MergeId,
    Oid, RecordingNews, RunId, StoppedBy, Wish,
};
use crate::support::text::{clean, fit, identity};

/// Longest stretch of foreign text in a sentence, in columns.
const QUOTE: usize = 160;

/// One sign for what sort of thing happened.
pub fn symbol(body: &Body) -> char {
    match body {
        Body::Landed { .. } | Body::ConvoyClosed { .. } | Body::RigAdded { .. } => '✓',
        Body::RigFailed { .. }
        | Body::WorktreeFailed { .. }
        | Body::AgentFailed { .. }
        | Body::NudgeFailed { .. }
        | Body::MergeHeld { .. }
        | Body::QueueStopped { .. } => '✗',
        Body::SentBack { .. } | Body::TargetMoved { .. } | Body::TargetPutBack { .. } => '↩',
        Body::BeadCreated { .. }
        | Body::ConvoyCreated { .. }
        | Body::TownInstalled { .. }
        | Body::DepAdded { .. } => '+',
        Body::BeadDeleted { .. } => '×',
        Body::Commented { .. } => '»',
        Body::Slung { .. } => '→',
        Body::WorkSubmitted { .. } | Body::WorkWithoutChange { .. } => '↑',
        Body::GateEnded { outcome, .. } if *outcome != GateOutcome::Passed => '✗',
        Body::AgentExited { expected, .. } if !*expected => '!',
        Body::AgentState { .. } | Body::WorktreeGone { .. } | Body::ProcessesLeft { .. } => '!',
        Body::Recording {
            news: RecordingNews::Stopped { .. },
            ..
        } => '!',
        Body::NudgeQueued { .. } | Body::NudgeSubmitted { .. } => '»',
        Body::PolecatNuked { .. } | Body::MergeRejected { .. } => '×',
        Body::GateEnded { .. }
        | Body::AgentExited { .. }
        | Body::TownWished { .. }
        | Body::EngineStarted { .. }
        | Body::RigAdding { .. }
        | Body::BeadUpdated { .. }
        | Body::BeadClosed { .. }
        | Body::BeadReopened { .. }
        | Body::DepRemoved { .. }
        | Body::KvChanged { .. }
        | Body::WorktreeReady { .. }
        | Body::AgentStarted { .. }
        | Body::AgentAdopted { .. }
        | Body::WorktreeBack { .. }
        | Body::LeftoverEnded { .. }
        | Body::PolecatBuried { .. }
        | Body::WorkRestored { .. }
        | Body::TrashEmptied { .. }
        | Body::MergeRetried { .. }
        | Body::QueueResumed
        | Body::MergeReordered { .. }
        | Body::Recording { .. }
        | Body::Other => '·',
    }
}

/// Who did it, as shown before the sentence. Never empty.
pub fn actor(event: &Event) -> String {
    event.actor.short()
}

/// What happened, as a sentence that goes on after the actor's name.
#[rustfmt::skip]
pub fn describe(event: &Event) -> String {
    let bead = &named(event.bead.as_ref().map(BeadId::as_str), "a bead");
    let rig = &named(event.rig.as_ref().map(|rig| rig.as_str()), "a rig");
    let by = &event.actor;
    match &event.body {
        Body::TownInstalled { name } => format!("made the town {}", said(name)),
        Body::TownWished { wish } => wished(*wish),
        Body::EngineStarted { build, recovered } => engine_started(build, *recovered),
        Body::RigAdding { url } => format!("is adding the rig {rig} from {}", said(url)),
        Body::RigAdded { prefix, target } => rig_added(rig, prefix, target),
        Body::RigFailed { reason } => format!("could not add the rig {rig}: {}", said(reason)),
        Body::BeadCreated { title } => format!("made {bead}: {}", said(title)),
        Body::BeadUpdated { changes, .. } => updated(bead, changes),
        Body::BeadClosed { reason } => format!("closed {bead}: {}", said(reason)),
        Body::BeadReopened { reason } => format!("opened {bead} again: {}", said(reason)),
        Body::DepAdded { on, kind } => dep_added(bead, on, kind),
        Body::DepRemoved { on, kind } => format!("took the {} edge from {bead} to {on} away", said(kind)),
        Body::BeadDeleted { title, reason } => deleted(bead, title, reason),
        Body::Commented { text } => format!("said about {bead}: {}", said(text)),
        Body::KvChanged { key, value, .. } => kept(key, value.as_deref()),
        Body::ConvoyCreated { convoy, title, beads } => convoy_created(convoy, title, beads),
        Body::ConvoyClosed { convoy, title, notify } => convoy_closed(convoy, title, notify.as_ref()),
        Body::Slung { agent, alias, convoy, .. } => format!("gave {bead} to {} ({alias}), convoy {convoy}", agent.short()),
        Body::WorktreeReady { agent, branch, base } => worktree_ready(by, agent, branch, base.short()),
        Body::WorktreeFailed { agent, reason } => worktree_failed(by, agent, reason),
        Body::AgentStarted { agent, run, pid } => started(by, agent, run, *pid),
        Body::AgentExited { agent, exit, expected, .. } => exited(by, agent, exit, *expected),
        Body::AgentFailed { agent, reason } => format!("could not start {}: {}", other(by, agent), said(reason)),
        Body::AgentState { agent, state, evidence } => state_changed(by, agent, state, evidence),
        Body::AgentAdopted { agent, .. } => format!("found {} alive and goes on with it", other(by, agent)),
        Body::WorktreeGone { agent, path, branch } => worktree_gone(by, agent, path, branch),
        Body::WorktreeBack { agent } => format!("found {} worktree again", possessive(by, agent)),
        Body::ProcessesLeft { agent, run, processes } => left(by, agent, run, processes),
        Body::LeftoverEnded { process, run, .. } => format!("saw {} of {run} end at last", said(process)),
        Body::WorkSubmitted { merge, tip, commits, .. } => submitted(bead, merge, tip, *commits),
        Body::WorkWithoutChange { reason, .. } => format!("closed {bead} without a change: {}", said(reason)),
        Body::PolecatBuried { agent, rescue, .. } => buried(by, agent, rescue.as_deref()),
        Body::WorkRestored { agent, place, .. } => format!("brought back what {} had made: {}", other(by, agent), said(place)),
        Body::TrashEmptied { agent, path } => format!("emptied {} of {} from the trash; its commits stay", said(path), other(by, agent)),
        Body::PolecatNuked { agent, .. } => format!("nuked {}", other(by, agent)),
        Body::GateEnded { merges, gate, outcome, took } => gate_ended(merges, gate, *outcome, *took),
        Body::Landed { author, commit, target, gates, .. } => landed(bead, author, commit, target, *gates),
        Body::SentBack { author, reason, .. } => format!("sent {bead} by {} back: {}", author.short(), said(reason)),
        Body::MergeHeld { merge, reason } => format!("holds {merge} ({bead}) for a person: {}", said(reason)),
        Body::QueueStopped { reason } => format!("stopped the merge queue of {rig}: {}", said(reason)),
        Body::QueueResumed => format!("lets the merge queue of {rig} go on"),
        Body::MergeRejected { author, reason, .. } => rejected(bead, author, reason),
        Body::MergeReordered { merge, priority } => format!("made {merge} ({bead}) {priority} in the queue"),
        Body::MergeRetried { merge } => format!("put {merge} ({bead}) back into the queue"),
        Body::TargetPutBack { what } => format!("put back a target that an agent had moved: {}", said(what)),
        Body::TargetMoved { target, old, new } => moved(rig, target, old, new),
        Body::NudgeQueued { to, text, .. } => format!("says to {}: {}", to.short(), said(text)),
        Body::NudgeSubmitted { to, .. } => format!("delivered a nudge to {}", other(by, to)),
        Body::NudgeFailed { to, reason, .. } => format!("could not deliver a nudge to {}: {}", other(by, to), said(reason)),
        Body::Recording { run, news } => recording(run, *news),
        Body::Other => "did something that only a newer program can tell".to_owned(),
    }
}

fn worktree_ready(by: &Address, agent: &Address, branch: &str, base: &str) -> String {
    let whose = possessive(by, agent);
    format!("made {whose} worktree on {}, from {base}", named_so(branch))
}

fn worktree_failed(by: &Address, agent: &Address, reason: &str) -> String {
    let whose = possessive(by, agent);
    format!("could not make {whose} worktree: {}", said(reason))
}

fn worktree_gone(by: &Address, agent: &Address, path: &str, branch: &str) -> String {
    format!(
        "found {} worktree deleted: {}; commits on {} are safe, `gt polecat nuke {}` gives its bead back",
        possessive(by, agent),
        said(path),
        said(branch),
        agent.short()
    )
}

fn left(by: &Address, agent: &Address, run: &RunId, processes: &[String]) -> String {
    format!(
        "could not end all of {} run {run}: {} outlived the stop",
        possessive(by, agent),
        said(&processes.join(", "))
    )
}

/// Foreign text made safe and short.
fn said(text: &str) -> String {
    fit(clean(text).trim(), QUOTE)
}

/// A foreign name made safe and short, what it passes for made plain.
fn named_so(name: &str) -> String {
    fit(identity(name).trim(), QUOTE)
}

fn named(name: Option<&str>, else_name: &str) -> String {
    name.unwrap_or(else_name).to_owned()
}

/// Another agent by name, oneself as "itself".
fn other(by: &Address, agent: &Address) -> String {
    if by == agent {
        "itself".to_owned()
    } else {
        agent.short()
    }
}

fn possessive(by: &Address, agent: &Address) -> String {
    if by == agent {
        "its".to_owned()
    } else {
        format!("{}'s", agent.short())
    }
}

/// A number with its noun.
pub fn count(number: u32, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// A length of time such as `0.4 s`, `12 s` or `3 min`.
pub fn took(milliseconds: i64) -> String {
    let milliseconds = milliseconds.max(0);
    match milliseconds {
        0..10_000 => format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
        10_000..120_000 => format!("{} s", milliseconds / 1000),
        _ => format!("{} min", milliseconds / 60_000),
    }
}

/// How a process ended, as words that go on after "ended".
pub fn exit_words(exit: &Exit) -> String {
    match exit {
        Exit::Code { code } => format!("with exit code {code}"),
        Exit::Signal { signal } => format!("by signal {signal}"),
        Exit::NotStarted { reason } => format!("before it began: {}", said(reason)),
        Exit::TimedOut => "over its time limit".to_owned(),
        Exit::OverLimit { what, limit } => {
            format!("because it took more than {limit} {what}")
        }
        Exit::TooMuchOutput => "over its output limit".to_owned(),
        Exit::Lost => "while nobody watched".to_owned(),
    }
}

fn wished(wish: Wish) -> String {
    match wish {
        Wish::Up => "wants the town up".to_owned(),
        Wish::Down => "wants the town down".to_owned(),
    }
}

fn engine_started(build: &str, recovered: u32) -> String {
    let recovered = match recovered {
        0 => String::new(),
        steps => format!(
            ", and takes up {} where they stood",
            count(steps, "open step")
        ),
    };
    format!("began its work, build {}{recovered}", said(build))
}

fn rig_added(rig: &str, prefix: &str, target: &str) -> String {
    format!(
        "made the rig {rig} ready: bead ids begin with {}-, work lands on {}",
        said(prefix),
        named_so(target)
    )
}

fn updated(bead: &str, changes: &[(String, String)]) -> String {
    let changes: Vec<String> = changes
        .iter()
        .map(|(field, value)| format!("{} = {}", said(field), said(value)))
        .collect();
    format!("changed {bead}: {}", fit(&changes.join(", "), QUOTE))
}

fn deleted(bead: &str, title: &str, reason: &str) -> String {
    if reason.is_empty() {
        format!("deleted {bead}: {}", said(title))
    } else {
        format!("deleted {bead}: {} ({})", said(title), said(reason))
    }
}

fn kept(key: &str, value: Option<&str>) -> String {
    match value {
        Some(value) => format!("set {} to {}", said(key), said(value)),
        None => format!("took {} away", said(key)),
    }
}

fn dep_added(bead: &str, on: &BeadId, kind: &str) -> String {
    if kind == "blocks" {
        format!("made {bead} wait for {on}")
    } else {
        format!("linked {bead} to {on} ({})", said(kind))
    }
}

fn convoy_created(convoy: &ConvoyId, title: &str, beads: &[BeadId]) -> String {
    let beads = u32::try_from(beads.len()).unwrap_or(u32::MAX);
    format!(
        "made the convoy {convoy}: {}, {}",
        said(title),
        count(beads, "bead")
    )
}

fn convoy_closed(convoy: &ConvoyId, title: &str, notify: Option<&Address>) -> String {
    let told = notify.map_or_else(String::new, |who| format!(", and tells {}", who.short()));
    format!(
        "closed the convoy {convoy}, all done: {}{told}",
        said(title)
    )
}

fn started(by: &Address, agent: &Address, run: &RunId, pid: u32) -> String {
    format!("started {} (run {run}, process {pid})", other(by, agent))
}

fn exited(by: &Address, agent: &Address, exit: &Exit, expected: bool) -> String {
    let whose = if by == agent {
        String::new()
    } else {
        format!("saw that {} ", agent.short())
    };
    let words = exit_words(exit);
    if expected {
        format!("{whose}ended {words}")
    } else {
        format!("{whose}ended unexpectedly, {words}")
    }
}

fn state_changed(by: &Address, agent: &Address, state: &str, evidence: &str) -> String {
    let whose = if by == agent {
        "is now".to_owned()
    } else {
        format!("sees {} as", agent.short())
    };
    format!("{whose} {}: {}", said(state), said(evidence))
}

fn buried(by: &Address, agent: &Address, rescue: Option<&str>) -> String {
    let kept = rescue.map_or_else(String::new, |rescue| {
        format!(", all it had is under {}", said(rescue))
    });
    format!("buried {}{kept}", other(by, agent))
}

fn gate_ended(merges: &[MergeId], gate: &str, outcome: GateOutcome, took_ms: i64) -> String {
    let how = match outcome {
        GateOutcome::Passed => "passed",
        GateOutcome::Failed => "failed",
        GateOutcome::CouldNotRun => "could not run",
        GateOutcome::TimedOut => "timed out",
    };
    let of = match merges {
        [] => "the target itself".to_owned(),
        [one] => one.to_string(),
        [first, .., last] => format!("{first} to {last} ({} together)", merges.len()),
    };
    format!("ran gate {} of {of}: {how}, {}", said(gate), took(took_ms))
}

fn submitted(bead: &str, merge: &MergeId, tip: &Oid, commits: u32) -> String {
    let commits = count(commits, "commit");
    format!("submitted {bead} as {merge}: {commits} at {}", tip.short())
}

fn rejected(bead: &str, author: &Address, reason: &str) -> String {
    let (author, why) = (author.short(), said(reason));
    format!("took {bead} by {author} out of the merge queue: {why}")
}

fn landed(bead: &str, author: &Address, commit: &Oid, target: &str, gates: u32) -> String {
    let gates = if gates == 0 {
        "no gates".to_owned()
    } else {
        format!("{} passed", count(gates, "gate"))
    };
    format!(
        "landed {bead} by {} on {} as {}, {gates}",
        author.short(),
        named_so(target),
        commit.short()
    )
}

fn moved(rig: &str, target: &str, old: &Oid, new: &Oid) -> String {
    format!(
        "saw {} of {rig} moved by somebody else, from {} to {}",
        named_so(target),
        old.short(),
        new.short()
    )
}

fn recording(run: &RunId, news: RecordingNews) -> String {
    let run = run_words(run);
    match news {
        RecordingNews::Deleted { bytes, why } => {
            let why = match why {
                DeletedFor::Age => "it was older than recordings are kept",
                DeletedFor::Size => "all recordings took more room than they may",
            };
            format!("deleted the recording of {run}, {bytes} bytes: {why}")
        }
        RecordingNews::Stopped { at, why } => {
            let why = match why {
                StoppedBy::DiskFull => "the disk is full; the agent works on",
                StoppedBy::DiskFailed => "the disk fails; the agent works on",
                StoppedBy::Limit => "it is as long as a recording may be",
            };
            format!("saw the recording of {run} stop at byte {at}: {why}")
        }
        RecordingNews::Resumed { lost } => {
            format!("saw the recording of {run} go on again, {lost} bytes of output are missing")
        }
        RecordingNews::Other => {
            format!("saw something of the recording of {run} that only a newer program can tell")
        }
    }
}

/// A run as people know it: `tradingbot/Toast#7.2`.
fn run_words(run: &RunId) -> String {
    let mut parts = run.as_str().rsplitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(number), Some(incarnation), Some(seat)) => {
            format!("{}#{incarnation}.{number}", seat.replace('.', "/"))
        }
        (_, _, _) => run.to_string(),
    }
}

#[cfg(test)]
mod tests;
