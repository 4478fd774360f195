//! What the host does for each request.
//!
//! One function per request of the vocabulary; answers that must wait (a write, a shutdown) are
//! given later through their [`Asker`].

use std::rc::Rc;

use tokio::time::Instant;

use super::config::Role;
use super::ending::{self, Manner};
use super::input::{Asker, Text, Verdict, ended};
use super::launch;
use super::outbox::Outbox;
use super::run::Run;
use super::state::Host;
use crate::domain::RunId;
use crate::wire::{
    Holder, HostAnswer, HostAsk, HostRefusal, HostRequest, HostSay, WriteFate, WriteGuard,
};

/// Most rows of history in one answer.
const HISTORY_MAX: u32 = 10_000;

type Answer = Result<HostAnswer, HostRefusal>;

/// Who asks.
#[derive(Clone)]
pub(super) struct Peer {
    pub(super) role: Role,
    pub(super) outbox: Rc<Outbox>,
}

/// Carries out a request and answers it, now or later.
pub(super) fn carry_out(host: &Rc<Host>, peer: &Peer, request: HostRequest) {
    let asker = Asker {
        outbox: Rc::clone(&peer.outbox),
        id: request.id,
    };
    if needs_engine(&request.ask) && peer.role != Role::Engine {
        asker.answer(Err(HostRefusal::NotAllowed));
        return;
    }
    match request.ask {
        HostAsk::Launch(plan) => asker.answer(launch::agent(host, &plan)),
        HostAsk::Job(plan) => asker.answer(launch::job(host, &plan)),
        HostAsk::Watch => watch(host, &asker),
        HostAsk::List => asker.answer(Ok(HostAnswer::Runs(
            host.all_runs().iter().map(|run| run.fact()).collect(),
        ))),
        HostAsk::Peek { run, history } => asker.answer(peek(host, &run, history)),
        HostAsk::Rows { run, from, count } => asker.answer(rows(host, &run, from, count)),
        HostAsk::Attach { run, size } => attach(host, &asker, &run, size),
        HostAsk::Detach { stream } => asker.answer(detach(peer, stream)),
        HostAsk::Write {
            run,
            key,
            text,
            guard,
        } => write(
            host,
            peer,
            asker,
            Typing {
                run,
                key,
                text,
                guard,
            },
        ),
        HostAsk::Asked { run, key } => match host.run(&run) {
            Some(run) => run.core.borrow_mut().input.ask(&key, asker),
            None => asker.answer(Err(HostRefusal::NoRun)),
        },
        HostAsk::Resize { run, size } => asker.answer(resize(host, peer, &run, size)),
        HostAsk::Stop { run, now } => asker.answer(stop(host, &run, now)),
        HostAsk::Take { run } => asker.answer(take(host, peer, &run)),
        HostAsk::Acknowledge { run } => asker.answer(acknowledge(host, &run)),
        HostAsk::Shutdown => shutdown(host, asker),
    }
}

/// The operator's keys on an attached stream, byte for byte.
pub(super) fn typed(host: &Host, peer: &Peer, stream: u64, bytes: Vec<u8>) {
    let Some(run) = peer.outbox.run_of(stream) else {
        return;
    };
    let mut core = run.core.borrow_mut();
    if core.exit.is_some() || !core.input.has_room(bytes.len()) {
        return;
    }
    let (who, now) = (peer.outbox.who, Instant::now());
    if peer.role == Role::Operator && !core.input.is_free_for(who, now) {
        let holder = core.input.holder_for(who, now);
        peer.outbox.say(&HostSay::Holder { stream, holder });
        return;
    }
    let taken = peer.role == Role::Operator && core.input.operator_types(who, now);
    let text = Text {
        bytes,
        ..Text::default()
    };
    if peer.role == Role::Operator {
        host.way.claim(&run.id, now);
        core.input.push_keys(text);
    } else {
        core.input.push(text, None, now);
    }
    drop(core);
    if taken {
        run.taken(who);
    }
    run.wake.notify_one();
}

fn take(host: &Host, peer: &Peer, id: &RunId) -> Answer {
    if peer.role != Role::Operator {
        return Err(HostRefusal::NotAllowed);
    }
    let run = find_living(host, id)?;
    run.core
        .borrow_mut()
        .input
        .take(peer.outbox.who, Instant::now());
    run.taken(peer.outbox.who);
    Ok(HostAnswer::Done)
}

fn needs_engine(ask: &HostAsk) -> bool {
    match ask {
        HostAsk::Launch(_) | HostAsk::Job(_) | HostAsk::Watch | HostAsk::Acknowledge { .. } => true,
        HostAsk::List
        | HostAsk::Peek { .. }
        | HostAsk::Rows { .. }
        | HostAsk::Attach { .. }
        | HostAsk::Detach { .. }
        | HostAsk::Write { .. }
        | HostAsk::Asked { .. }
        | HostAsk::Resize { .. }
        | HostAsk::Take { .. }
        | HostAsk::Stop { .. }
        | HostAsk::Shutdown => false,
    }
}

fn find(host: &Host, id: &RunId) -> Result<Rc<Run>, HostRefusal> {
    host.run(id).ok_or(HostRefusal::NoRun)
}

fn find_living(host: &Host, id: &RunId) -> Result<Rc<Run>, HostRefusal> {
    let run = find(host, id)?;
    match run.exit() {
        Some(exit) => Err(ended(&exit)),
        None => Ok(run),
    }
}

fn watch(host: &Host, asker: &Asker) {
    host.watch(&asker.outbox);
    asker.answer(Ok(HostAnswer::Done));
    for run in host.all_runs() {
        if let Some(say) = launch::started_say(&run) {
            asker.outbox.say(&say);
        }
        if let Some(frame) = run.screen_frame() {
            asker.outbox.send(frame);
        }
        if let Some(say) = run.exited() {
            asker.outbox.say(&say);
        }
    }
}

fn peek(host: &Host, id: &RunId, history: u32) -> Answer {
    let (screen, history) = find(host, id)?.peek(history.min(HISTORY_MAX) as usize);
    Ok(HostAnswer::Screen { screen, history })
}

fn rows(host: &Host, id: &RunId, from: u64, count: u32) -> Answer {
    Ok(find(host, id)?.rows(from, count.min(HISTORY_MAX) as usize))
}

fn attach(host: &Host, asker: &Asker, id: &RunId, size: Option<(u16, u16)>) {
    let run = match find(host, id) {
        Ok(run) => run,
        Err(refusal) => return asker.answer(Err(refusal)),
    };
    let who = asker.outbox.who;
    let exited = run.exited();
    if exited.is_none() {
        let mut core = run.core.borrow_mut();
        let outbox = Rc::clone(&asker.outbox);
        core.viewers.add(outbox, asker.id, size);
        if size.is_some() && core.input.is_free_for(who, Instant::now()) {
            core.viewers.used(who);
        }
        drop(core);
        run.fit();
    }
    asker.answer(Ok(HostAnswer::Done));
    asker.outbox.attach(asker.id, &run);
    match exited {
        Some(say) => asker.outbox.say(&say),
        None => {
            let core = run.core.borrow();
            let holder = core.input.holder_for(who, Instant::now());
            if holder != Holder::Nobody {
                let stream = asker.id;
                asker.outbox.say(&HostSay::Holder { stream, holder });
            }
        }
    }
}

fn detach(peer: &Peer, stream: u64) -> Answer {
    if let Some(run) = peer.outbox.detach(stream) {
        let who = peer.outbox.who;
        let mut core = run.core.borrow_mut();
        core.viewers.remove(who, stream);
        let left = core.input.leave(who);
        drop(core);
        run.left(left);
    }
    Ok(HostAnswer::Done)
}

/// A request to type.
struct Typing {
    run: RunId,
    key: Option<String>,
    text: String,
    guard: Option<WriteGuard>,
}

fn write(host: &Host, peer: &Peer, asker: Asker, typing: Typing) {
    let run = match find_living(host, &typing.run) {
        Ok(run) => run,
        Err(refusal) => return write_to_ended(host, asker, &typing, refusal),
    };
    if !run.is_terminal() {
        return asker.answer(Err(HostRefusal::Failed("a job has no input".to_owned())));
    }
    let now = Instant::now();
    let hash = run.hash();
    let mut core = run.core.borrow_mut();
    if !core.input.has_room(typing.text.len()) {
        return asker.answer(Err(HostRefusal::Failed(
            "the program does not read its input".to_owned(),
        )));
    }
    let taken = peer.role == Role::Operator && core.input.operator_types(peer.outbox.who, now);
    let key = typing.key.as_deref();
    match core.input.judge(key, typing.guard.as_ref(), hash, now) {
        Verdict::Settled(fate) => asker.answer(Ok(HostAnswer::Write(fate))),
        Verdict::Wait => core.input.ask(key.unwrap_or_default(), asker),
        Verdict::Queue => {
            let text = Text {
                bytes: typing.text.into_bytes(),
                key: typing.key,
                asker: Some(asker),
            };
            if peer.role == Role::Operator {
                core.input.push_keys(text);
            } else {
                core.input.push(text, typing.guard.as_ref(), now);
            }
            drop(core);
            if taken {
                run.taken(peer.outbox.who);
            }
            run.wake.notify_one();
        }
    }
}

/// A keyed write whose run ended meanwhile is still answered by its fate.
fn write_to_ended(host: &Host, asker: Asker, typing: &Typing, refusal: HostRefusal) {
    let fate = typing.key.as_deref().and_then(|key| {
        let run = host.run(&typing.run)?;
        let fate = run.core.borrow().input.fate(key);
        fate.filter(|fate| {
            matches!(
                fate,
                WriteFate::Written | WriteFate::Failed | WriteFate::Interrupted
            )
        })
    });
    asker.answer(match fate {
        Some(fate) => Ok(HostAnswer::Write(fate)),
        None => Err(refusal),
    });
}

fn resize(host: &Host, peer: &Peer, id: &RunId, size: (u16, u16)) -> Answer {
    let run = find_living(host, id)?;
    let who = peer.outbox.who;
    let mut core = run.core.borrow_mut();
    let free = core.input.is_free_for(who, Instant::now());
    let looks = core.viewers.resized(who, size);
    let may = if looks {
        free || !core.viewers.is_latest()
    } else {
        core.viewers.lets_others(free)
    };
    if may && looks {
        core.viewers.used(who);
    }
    drop(core);
    if !may {
        return Err(HostRefusal::NotAllowed);
    }
    if looks {
        run.fit();
    } else {
        run.resize(size);
    }
    Ok(HostAnswer::Done)
}

fn stop(host: &Rc<Host>, id: &RunId, now: bool) -> Answer {
    let run = find_living(host, id)?;
    let manner = if now { Manner::Kill } else { Manner::Ask };
    ending::stop(host, &run, manner);
    Ok(HostAnswer::Done)
}

fn acknowledge(host: &Host, id: &RunId) -> Answer {
    let run = find(host, id)?;
    if run.exit().is_none() {
        return Err(HostRefusal::Failed("the run lives".to_owned()));
    }
    host.runs.borrow_mut().remove(id);
    Ok(HostAnswer::Done)
}

fn shutdown(host: &Rc<Host>, asker: Asker) {
    let host = Rc::clone(host);
    let tasks = Rc::clone(&host);
    tasks.tasks.spawn_local(async move {
        host.stop_all().await;
        asker.answer(Ok(HostAnswer::Done));
        host.closing.cancel();
    });
}

/// News that a peer is to hear before anything else.
pub(super) fn refuse(outbox: &Outbox, refusal: HostRefusal) {
    outbox.say(&HostSay::Answer {
        id: 0,
        result: Err(refusal),
    });
}
