//! One run: what is known of it, its screen, and who looks at it.
//!
//! State only, no waiting: the pump reads and writes, `ending` ends it. Never holds its own state
//! while it talks to an outbox, since outboxes ask back for snapshots.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::input::Input;
use super::outbox::Outbox;
use super::output::{self, Output};
use super::recorder::Log;
use super::shots::{Shot, Shots};
use super::viewers::Viewers;
use crate::domain::{Exit, History, Leftover, RunId, ScreenView};
use crate::pty::{Child, Family};
use crate::record::{EntryKind, encode_size, with_returns};
use crate::wire::{self, HostAnswer, HostSay, RunFact};

/// Between two screens that are pushed.
const PUSH_EVERY: Duration = Duration::from_millis(200);
/// How long a synchronised update is held back.
const HELD_MAX: Duration = Duration::from_millis(150);
/// Between two changes of size: dragging a window's edge makes many, a program wants few.
const RESIZE_EVERY: Duration = Duration::from_millis(50);
/// A keyframe is due after so many bytes, or so much time with any bytes at all.
const KEYFRAME_BYTES: usize = 256 * 1024;
const KEYFRAME_TIME: Duration = Duration::from_secs(10);

/// A run.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: RunId,
    pub(super) began: Instant,
    pub(super) pid: Option<i32>,
    pub(super) started: u64,
    pub(super) log: Option<Log>,
    pub(super) core: RefCell<Core>,
    /// Something for the pump: input, a child that ended, a stop.
    pub(super) wake: Notify,
    /// The leader has ended.
    pub(super) over: CancellationToken,
    /// All is told and swept.
    pub(super) done: CancellationToken,
    /// KILL at once instead of asking.
    pub(super) hurry: CancellationToken,
    pub(super) stopping: Cell<bool>,
    /// Its recording holds the exit: only then is that told, so that who acknowledges it loses nothing.
    pub(super) recorded: Cell<bool>,
}

/// What changes in a run.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) output: Output,
    pub(super) child: Option<Child>,
    pub(super) family: Family,
    pub(super) input: Input,
    pub(super) viewers: Viewers,
    /// What the run's end will be called, if the host itself ends it.
    pub(super) verdict: Option<Exit>,
    pub(super) exit: Option<Exit>,
    /// What of it lives on, whatever was sent to it.
    pub(super) left: Vec<Leftover>,
    pub(super) took: Duration,
    written: u64,
    last_output: Instant,
    held: Option<(u64, Instant)>,
    push: Push,
    keyframe_bytes: usize,
    keyframe_at: Instant,
    sizing: Sizing,
    shots: Shots,
}

/// When the size may change next, and the one that waits for that.
#[derive(Debug)]
struct Sizing {
    wanted: Option<(u16, u16)>,
    next: Instant,
}

#[derive(Debug)]
struct Push {
    dirty: bool,
    next: Instant,
    hash: Option<u64>,
}

impl Run {
    pub(super) fn new(
        id: RunId,
        child: Option<Child>,
        output: Output,
        log: Option<Log>,
        family: Family,
    ) -> Rc<Self> {
        let now = Instant::now();
        Rc::new(Self {
            id,
            began: now,
            pid: child.as_ref().map(Child::pid),
            started: child.as_ref().map(Child::started).unwrap_or_default(),
            log,
            core: RefCell::new(Core {
                output,
                child,
                family,
                input: Input::default(),
                viewers: Viewers::default(),
                verdict: None,
                exit: None,
                left: Vec::new(),
                took: Duration::ZERO,
                written: 0,
                last_output: now,
                held: None,
                push: Push {
                    dirty: false,
                    next: now,
                    hash: None,
                },
                keyframe_bytes: 0,
                keyframe_at: now,
                sizing: Sizing {
                    wanted: None,
                    next: now,
                },
                shots: Shots::default(),
            }),
            wake: Notify::new(),
            over: CancellationToken::new(),
            done: CancellationToken::new(),
            hurry: CancellationToken::new(),
            stopping: Cell::new(false),
            recorded: Cell::new(false),
        })
    }

    /// A run that ended before this host knew it, or that never began.
    pub(super) fn ended(id: RunId, exit: Exit) -> Rc<Self> {
        let family = Family::default();
        let run = Self::new(id, None, Output::Pipe(VecDeque::new()), None, family);
        run.core.borrow_mut().exit = Some(exit);
        run.recorded.set(true);
        run.over.cancel();
        run.done.cancel();
        run
    }

    pub(super) fn exit(&self) -> Option<Exit> {
        self.core.borrow().exit.clone()
    }

    pub(super) fn is_terminal(&self) -> bool {
        matches!(self.core.borrow().output, Output::Terminal(_))
    }

    pub(super) fn fact(&self) -> RunFact {
        let core = self.core.borrow();
        let exit = core.exit.clone().filter(|_| self.recorded.get());
        let took = if core.exit.is_some() {
            core.took
        } else {
            self.began.elapsed()
        };
        RunFact {
            run: self.id.clone(),
            pid: self
                .pid
                .filter(|_| exit.is_none())
                .and_then(|pid| u32::try_from(pid).ok()),
            started: self.started,
            exit,
            tail: core.output.tail(),
            took: i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
            terminal: matches!(core.output, Output::Terminal(_)),
            left: core.left.clone(),
        }
    }

    /// The news that it ended; `None` while it lives.
    pub(super) fn exited(&self) -> Option<HostSay> {
        let fact = self.fact();
        Some(HostSay::Exited {
            run: fact.run,
            exit: fact.exit?,
            tail: fact.tail,
            took: fact.took,
            left: fact.left,
        })
    }

    pub(super) fn quiet_for(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.core.borrow().last_output)
    }

    /// The screen now, and up to `history` rows above it.
    pub(super) fn peek(&self, history: usize) -> (ScreenView, Vec<String>) {
        self.core.borrow().output.peek(history)
    }

    /// Rows by number, as many as one answer holds.
    pub(super) fn rows(&self, from: u64, count: usize) -> HostAnswer {
        self.core.borrow().output.rows(from, count)
    }

    /// The digest of the screen now.
    pub(super) fn hash(&self) -> u64 {
        match &self.core.borrow().output {
            Output::Terminal(screen) => screen.view().hash,
            Output::Pipe(_) => 0,
        }
    }

    /// How much of what left the top of its screen is kept; nothing of a job's.
    pub(super) fn keeps(&self) -> Option<History> {
        self.core.borrow().output.keeps()
    }

    /// A snapshot that is at most so old; with no time at all, of the terminal as it is now.
    pub(super) fn shot(&self, age: Duration) -> Rc<Shot> {
        let mut core = self.core.borrow_mut();
        let core = &mut *core;
        core.shots.get(&core.output, Instant::now(), age)
    }

    /// The screen as a frame for watchers; `None` for a job.
    pub(super) fn screen_frame(&self) -> Option<Vec<u8>> {
        let screen = match &self.core.borrow().output {
            Output::Terminal(screen) => screen.view(),
            Output::Pipe(_) => return None,
        };
        wire::encode_control(&HostSay::Screen {
            run: self.id.clone(),
            screen,
        })
        .ok()
    }

    /// Takes in what the program wrote: screen, answers, viewers. Says how much it wrote so far.
    pub(super) fn took_in(&self, bytes: &[u8], now: Instant) -> u64 {
        let (viewers, shown) = {
            let mut core = self.core.borrow_mut();
            let core = &mut *core;
            core.last_output = now;
            core.written += bytes.len() as u64;
            core.shots.changed();
            core.push.dirty = true;
            let viewers = core.viewers.living();
            match &mut core.output {
                Output::Terminal(screen) => {
                    screen.feed(bytes);
                    core.input.reply(screen.take_replies());
                    core.held = match (screen.held(), core.held) {
                        (Some(update), Some((known, since))) if known == update => {
                            Some((update, since))
                        }
                        (held, _) => held.map(|update| (update, now)),
                    };
                    core.keyframe_bytes += bytes.len();
                    (viewers, None)
                }
                Output::Pipe(recent) => {
                    output::keep(recent, bytes);
                    (viewers, Some(with_returns(bytes)))
                }
            }
        };
        for (outbox, stream) in viewers {
            outbox.terminal(stream, shown.as_deref().unwrap_or(bytes));
        }
        self.core.borrow().written
    }

    /// When [`Run::on_time`] has something to do next.
    pub(super) fn next_time(&self, watched: bool) -> Option<Instant> {
        let core = self.core.borrow();
        let push = (watched && core.push.dirty).then_some(core.push.next);
        let held = core.held.map(|(_, since)| since + HELD_MAX);
        let sized = core.sizing.wanted.map(|_| core.sizing.next);
        let keys = core.input.held_until();
        push.into_iter().chain(held).chain(sized).chain(keys).min()
    }

    /// Does what is due: takes over a size, shows a held update, tells watchers the screen, takes a keyframe.
    pub(super) fn on_time(self: &Rc<Self>, now: Instant, watchers: &[Rc<Outbox>]) {
        let due = self
            .core
            .borrow()
            .held
            .is_some_and(|(_, since)| since + HELD_MAX <= now);
        if due {
            self.release();
        }
        let sized = {
            let mut core = self.core.borrow_mut();
            core.input.on_time(now);
            let due = core.sizing.next <= now;
            due.then(|| core.sizing.wanted.take()).flatten()
        };
        if let Some(size) = sized {
            self.set_size(size, now);
        }
        self.keyframe(now, false);
        let pushes = {
            let core = self.core.borrow();
            core.push.dirty && core.push.next <= now && !watchers.is_empty()
        };
        if pushes {
            self.push_screen(now, watchers);
        }
    }

    /// Tells watchers the screen, if it is another one than they know.
    pub(super) fn push_screen(self: &Rc<Self>, now: Instant, watchers: &[Rc<Outbox>]) {
        let view = {
            let mut core = self.core.borrow_mut();
            core.push.dirty = false;
            core.push.next = now + PUSH_EVERY;
            let Output::Terminal(screen) = &core.output else {
                return;
            };
            let view = screen.view();
            if core.push.hash == Some(view.hash) {
                return;
            }
            core.push.hash = Some(view.hash);
            view
        };
        let say = HostSay::Screen {
            run: self.id.clone(),
            screen: view,
        };
        if let Ok(frame) = wire::encode_control(&say) {
            for watcher in watchers {
                watcher.screen(self, &frame);
            }
        }
    }

    /// Shows a synchronised update that has not ended, here and at the viewers.
    pub(super) fn release(&self) {
        let viewers = {
            let mut core = self.core.borrow_mut();
            core.held = None;
            core.push.dirty = true;
            core.shots.changed();
            if let Output::Terminal(screen) = &mut core.output {
                screen.release();
            }
            core.viewers.living()
        };
        for (outbox, stream) in viewers {
            outbox.terminal(stream, b"\x1b[?2026l");
        }
    }

    /// Records a snapshot when one is due; `last` makes it due.
    pub(super) fn keyframe(&self, now: Instant, last: bool) {
        let mut core = self.core.borrow_mut();
        let due = core.keyframe_bytes >= KEYFRAME_BYTES
            || self.log.as_ref().is_some_and(Log::has_gap)
            || (core.keyframe_bytes > 0 && (last || now >= core.keyframe_at + KEYFRAME_TIME));
        if !due {
            return;
        }
        core.keyframe_bytes = 0;
        core.keyframe_at = now;
        if let (Output::Terminal(screen), Some(log)) = (&core.output, &self.log) {
            log.note(EntryKind::Keyframe, screen.snapshot());
        }
    }

    /// The terminal takes over the size that its viewers are to see.
    pub(super) fn fit(&self) {
        let core = self.core.borrow();
        let size = core.viewers.size(core.input.holder(Instant::now()));
        drop(core);
        if let Some(size) = size {
            self.resize(size);
        }
    }

    /// Changes the size, now or as soon as the last change is long enough ago; only the newest
    /// size that waits is taken over.
    pub(super) fn resize(&self, size: (u16, u16)) {
        let now = Instant::now();
        let mut core = self.core.borrow_mut();
        let waits = now < core.sizing.next;
        core.sizing.wanted = waits.then_some(size);
        drop(core);
        if waits {
            self.wake.notify_one();
        } else {
            self.set_size(size, now);
        }
    }

    /// The program was told its size.
    pub(super) fn told_size(&self, now: Instant) {
        self.core.borrow_mut().sizing.next = now + RESIZE_EVERY;
    }

    /// Changes the size of screen, terminal and viewers; the emulator first.
    fn set_size(&self, size: (u16, u16), now: Instant) {
        let viewers = {
            let mut core = self.core.borrow_mut();
            let Output::Terminal(screen) = &mut core.output else {
                return;
            };
            let before = screen.size();
            screen.resize(size);
            if screen.size() == before {
                return;
            }
            core.held = None;
            core.push.dirty = true;
            core.sizing.next = now + RESIZE_EVERY;
            core.shots.forget();
            core.viewers.living()
        };
        if let Some(log) = &self.log {
            log.note(EntryKind::Resize, encode_size(size).to_vec());
        }
        for (outbox, stream) in viewers {
            outbox.resized(stream);
        }
        self.wake.notify_one();
    }

    /// Tells every viewer who holds the input.
    pub(super) fn tell_holder(&self) {
        let now = Instant::now();
        let mut core = self.core.borrow_mut();
        let told: Vec<(Rc<Outbox>, HostSay)> = core
            .viewers
            .living()
            .into_iter()
            .map(|(outbox, stream)| {
                let holder = core.input.holder_for(outbox.who, now);
                (outbox, HostSay::Holder { stream, holder })
            })
            .collect();
        drop(core);
        for (outbox, say) in told {
            outbox.say(&say);
        }
    }

    /// Another connection holds the input from now on.
    pub(super) fn taken(&self, who: u64) {
        self.core.borrow_mut().viewers.used(who);
        self.tell_holder();
        self.fit();
    }

    /// A viewer left; `held` says whether it held the input.
    pub(super) fn left(&self, held: bool) {
        if held {
            self.tell_holder();
        }
        self.fit();
    }

    /// The size that the program's terminal is to have.
    pub(super) fn size(&self) -> Option<(u16, u16)> {
        match &self.core.borrow().output {
            Output::Terminal(screen) => Some(screen.size()),
            Output::Pipe(_) => None,
        }
    }
}
