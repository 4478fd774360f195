//! The threads that bring messages and carry effects out; the only users of `client` in here.
//!
//! One thread each for keys, signals, the live town and calls, two per terminal that is looked
//! at (`attached`). All end by themselves once the inbox is closed; none touches the state of the console.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Builder;
use std::time::Duration;

use super::attached::{Attached, Order, Target};
use super::back::{RowsWanted, past, serve_rows};
use super::inbox::{Inbox, Source};
use super::msg::{Call, Effect, Msg, Reply, Stream, Wanted};
use super::program;
use super::run::{Keys, Options, Signals};
use crate::client::{Need, Subscription, TownClient, Update};
use crate::domain::{Command, Query, Refusal, RunId};
use crate::support::paths::TownPaths;

/// How long the engine is left alone before a subscription is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// What is asked of the engine.
enum Asked {
    Command(Box<Command>, String),
    Query(Box<Query>),
}

/// Everything that runs beside the drawing thread.
pub(crate) struct Sources {
    inbox: Inbox,
    paths: TownPaths,
    options: Options,
    calls: Option<Sender<(Call, Asked)>>,
    rows: Option<Sender<RowsWanted>>,
    terminals: BTreeMap<Stream, Attached>,
    keys: Keys,
    signals: Signals,
}

impl Sources {
    pub(crate) fn new(inbox: Inbox, paths: TownPaths, options: Options) -> Self {
        Self {
            inbox,
            paths,
            options,
            calls: None,
            rows: None,
            terminals: BTreeMap::new(),
            keys: Keys::default(),
            signals: Signals::default(),
        }
    }

    /// Begins to listen to the operator and to the system.
    pub(crate) fn listen(&self) {
        let (inbox, keys) = (self.inbox.clone(), self.keys.clone());
        self.spawn("keys", move || keys.hear(&inbox));
        let (inbox, signals) = (self.inbox.clone(), self.signals.clone());
        self.spawn("signals", move || signals.hear(&inbox));
    }

    /// Lets another program have the terminal while `use_it` runs.
    pub(crate) fn lend<T>(&self, use_it: impl FnOnce() -> T) -> T {
        self.keys.lend();
        self.signals.mute();
        let used = use_it();
        self.signals.unmute();
        self.keys.take_back();
        used
    }

    /// Begins to listen to the engine.
    pub(crate) fn subscribe(&self) {
        let (inbox, paths) = (self.inbox.clone(), self.paths.clone());
        self.spawn("town", move || hear_town(&inbox, &paths));
    }

    /// Carries out an effect that needs another thread.
    pub(crate) fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Start => self.start(),
            Effect::Command(call, command, how) => self.ask(call, Asked::Command(command, how)),
            Effect::Query(call, query) => self.ask(call, Asked::Query(query)),
            Effect::Run(call, words) => self.run(call, words),
            Effect::Attach(stream, run, size) => self.attach(stream, run, size),
            Effect::Type(stream, bytes) => {
                self.inbox.prefer(stream);
                self.order(stream, Order::Type(bytes));
            }
            Effect::ResizeTerminal(stream, size) => self.order(stream, Order::Resize(size)),
            Effect::Take(stream) => self.order(stream, Order::Take),
            Effect::History(stream, run, wanted) => self.history(stream, run, wanted),
            Effect::Rows(who, run, from, count) => self.rows(RowsWanted {
                who,
                run,
                from,
                count,
            }),
            Effect::Detach(stream) => drop(self.terminals.remove(&stream)),
            Effect::Copy(_)
            | Effect::Edit(_)
            | Effect::Bell
            | Effect::Redraw
            | Effect::Suspend
            | Effect::Retake
            | Effect::Keyboard(_)
            | Effect::Quit => {}
        }
    }

    fn spawn(&self, name: &str, work: impl FnOnce() + Send + 'static) {
        if let Err(error) = Builder::new().name(format!("console {name}")).spawn(work) {
            tracing::error!(%error, "a thread cannot be started");
            self.inbox.put_first(Msg::Hangup);
        }
    }

    fn start(&self) {
        let (inbox, paths, start) = (self.inbox.clone(), self.paths.clone(), self.options.start);
        self.spawn("start", move || {
            inbox.put_first(Msg::Started(start(&paths)));
        });
    }

    fn ask(&mut self, call: Call, asked: Asked) {
        let (inbox, paths) = (self.inbox.clone(), self.paths.clone());
        let sent = match &self.calls {
            Some(calls) => calls.send((call, asked)),
            None => {
                let (calls, orders) = channel();
                self.spawn("calls", move || answer_calls(&inbox, &paths, &orders));
                let sent = calls.send((call, asked));
                self.calls = Some(calls);
                sent
            }
        };
        if sent.is_err() {
            self.calls = None;
            let why = Refusal::failed("the connection to the engine broke; try again");
            self.inbox.put_first(Msg::Reply(call, Err(why)));
        }
    }

    fn run(&self, call: Call, words: Vec<String>) {
        let (inbox, root) = (self.inbox.clone(), self.paths.root().to_owned());
        let folder = self.options.context.cwd.clone();
        self.spawn("line", move || {
            let result = program::run(&words, &root, &folder, &inbox);
            inbox.put_first(Msg::Reply(call, result));
        });
    }

    fn attach(&mut self, stream: Stream, run: RunId, size: Option<(u16, u16)>) {
        let target = Target {
            inbox: self.inbox.clone(),
            paths: self.paths.clone(),
            stream,
            run,
        };
        match Attached::open(target, size) {
            Ok(attached) => drop(self.terminals.insert(stream, attached)),
            Err(error) => {
                let why = Refusal::failed(format!("a thread cannot be started: {error}"));
                self.inbox.put_first(Msg::AttachFailed(stream, why));
            }
        }
    }

    fn history(&self, stream: Stream, run: RunId, wanted: Wanted) {
        let (inbox, paths) = (self.inbox.clone(), self.paths.clone());
        self.spawn("history", move || {
            let past = past(&paths, &run, wanted);
            inbox.put_first(Msg::History(stream, wanted, past));
        });
    }

    fn rows(&mut self, wanted: RowsWanted) {
        let who = wanted.who;
        if self.rows.is_none() {
            let (inbox, paths) = (self.inbox.clone(), self.paths.clone());
            let (rows, orders) = channel();
            self.spawn("rows", move || serve_rows(&inbox, &paths, &orders));
            self.rows = Some(rows);
        }
        let sent = self.rows.as_ref().map(|rows| rows.send(wanted));
        if !matches!(sent, Some(Ok(()))) {
            self.rows = None;
            let why = Refusal::failed("the thread that asks for rows is gone");
            self.inbox.put_first(Msg::Rows(who, Err(why)));
        }
    }

    fn order(&mut self, stream: Stream, order: Order) {
        if let Some(attached) = self.terminals.get(&stream)
            && !attached.order(order)
        {
            self.terminals.remove(&stream);
        }
    }
}

impl Drop for Sources {
    fn drop(&mut self) {
        self.inbox.close();
        self.signals.stop();
    }
}

fn hear_town(inbox: &Inbox, paths: &TownPaths) {
    loop {
        match Subscription::open(paths) {
            Ok(subscription) => {
                for update in subscription.updates() {
                    if !inbox.put(Source::Town, Msg::Town(update), 0) {
                        return;
                    }
                }
            }
            Err(why) => {
                inbox.put(Source::Town, Msg::Town(Update::Lost(why.message)), 0);
            }
        }
        if inbox.closed_within(RETRY) {
            return;
        }
    }
}

/// Each call goes over a connection of its own: one that idled may be dead without saying so.
fn answer_calls(inbox: &Inbox, paths: &TownPaths, orders: &Receiver<(Call, Asked)>) {
    for (call, asked) in orders {
        let opened = TownClient::open(paths.clone(), Need::Hands);
        let result = opened.and_then(|mut town| match asked {
            Asked::Command(command, how) => town
                .command(*command, &how)
                .map(|outcome| Reply::Outcome(Box::new(outcome))),
            Asked::Query(query) => town
                .query(*query)
                .map(|answer| Reply::Answer(Box::new(answer))),
        });
        if !inbox.put_first(Msg::Reply(call, result)) {
            return;
        }
    }
}
