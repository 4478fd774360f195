//! The agent's life: one loop that takes messages (keys, output, signals, time) and paints.
//!
//! Idle, it waits without a timer and costs nothing. It decides what to do next and owns what is
//! shown; drawing, the terminal, commands and scripts are in the files beside this one.

#![expect(
    clippy::disallowed_methods,
    reason = "delays and the shown seconds are measured here, at the edge"
)]

use std::collections::VecDeque;
use std::io::Write;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyEventKind};

use super::child::{ChildNews, Running};
use super::composer::Composer;
use super::options::{self, Options, StartError};
use super::paint::{self, Screen, Status};
use super::script::{Failure, Ignored, Step};
use super::signals::{self, Ending};
use super::terminal::Terminal;
use super::transcript::{Transcript, Voice};

mod keys;
mod steps;

/// Most messages taken before painting, so that a flood is still seen.
const BATCH: usize = 64;

/// The first command of every agent.
const PRIME: &str = "gt prime";

/// The command that submits the work.
const DONE: &str = "gt done";

#[derive(Debug)]
enum Message {
    Terminal(Event),
    InputGone,
    Signal(Ending),
    Child(ChildNews),
}

impl From<Ending> for Message {
    fn from(ending: Ending) -> Self {
        Self::Signal(ending)
    }
}

impl From<ChildNews> for Message {
    fn from(news: ChildNews) -> Self {
        Self::Child(news)
    }
}

/// What goes on.
#[derive(Debug)]
enum Activity {
    /// Nothing; it waits at the composer.
    Idle,
    /// It rests or thinks until then.
    Until(Instant),
    /// A command runs.
    Running(Job),
    /// It asks this.
    Asking(String),
    /// It looks busy and never ends.
    Hanging,
    /// It writes so many more lines.
    Flooding(u32),
}

/// The command that runs.
#[derive(Debug)]
struct Job {
    running: Running,
    command: String,
    failure: Failure,
    /// What it wrote, kept for the first command only: that says what to do.
    prime: Option<String>,
}

/// How the agent ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// Orderly, with a code.
    Exit(u8),
    /// Abruptly.
    Crash,
}

#[derive(Debug)]
struct Session {
    options: Options,
    terminal: Terminal,
    sender: SyncSender<Message>,
    transcript: Transcript,
    composer: Composer,
    steps: VecDeque<Step>,
    total: usize,
    title: Option<String>,
    activity: Activity,
    busy_since: Option<Instant>,
    begun: bool,
    submitted: bool,
    ignored: Vec<Ignored>,
    size: (usize, usize),
    shown: Option<Screen>,
    end: Option<End>,
}

/// Runs the scripted agent with `args`, the words after its verb.
pub fn main(args: &[String]) -> ExitCode {
    match live(args) {
        Ok(code) => code,
        Err(error) => {
            // Without a terminal there is nothing better than this line.
            drop(writeln!(std::io::stderr(), "error: {error}"));
            ExitCode::from(2)
        }
    }
}

fn live(args: &[String]) -> Result<ExitCode, StartError> {
    let options = options::read(args)?;
    let terminal = Terminal::enter(options.copy.as_deref()).map_err(StartError::Terminal)?;
    let (sender, messages) = sync_channel(BATCH);
    listen(&sender).map_err(StartError::Terminal)?;
    let mut session = Session::new(options, terminal, sender);
    session.begin();
    match session.go_on(&messages) {
        Ok(End::Exit(code)) => Ok(ExitCode::from(code)),
        Ok(End::Crash) => {
            session.terminal.abandon();
            Ok(ExitCode::from(137))
        }
        // The terminal is gone, as after a hang-up.
        Err(_) => Ok(ExitCode::from(Ending::Hup.exit_code())),
    }
}

fn listen(sender: &SyncSender<Message>) -> std::io::Result<()> {
    signals::listen(sender.clone())?;
    let sender = sender.clone();
    std::thread::Builder::new()
        .name("keys".to_owned())
        .spawn(move || {
            while let Ok(event) = crossterm::event::read() {
                if sender.send(Message::Terminal(event)).is_err() {
                    return;
                }
            }
            // The session may have ended first.
            drop(sender.send(Message::InputGone));
        })
        .map(drop)
}

impl Session {
    fn new(options: Options, terminal: Terminal, sender: SyncSender<Message>) -> Self {
        Self {
            options,
            terminal,
            sender,
            transcript: Transcript::default(),
            composer: Composer::default(),
            steps: VecDeque::new(),
            total: 0,
            title: None,
            activity: Activity::Idle,
            busy_since: None,
            begun: false,
            submitted: false,
            ignored: Vec::new(),
            size: terminal_size(),
            shown: None,
            end: None,
        }
    }

    fn begin(&mut self) {
        self.transcript
            .add(Voice::Agent, "scripted agent, ready to work");
        if let Some(prompt) = self.options.prompt.clone() {
            self.transcript.add_block(Voice::Operator, &prompt);
        }
        if self.options.prompt.is_some() || self.options.script.is_some() {
            self.prime();
        }
    }

    pub(super) fn prime(&mut self) {
        self.begun = true;
        self.run(PRIME, Failure::GoesOn, Some(String::new()));
    }

    fn go_on(&mut self, messages: &Receiver<Message>) -> std::io::Result<End> {
        loop {
            self.paint()?;
            match self.wait(messages) {
                Ok(message) => self.hear(message),
                Err(RecvTimeoutError::Timeout) => self.wake(),
                Err(RecvTimeoutError::Disconnected) => return Ok(End::Exit(0)),
            }
            for _ in 0..BATCH {
                match messages.try_recv() {
                    Ok(message) => self.hear(message),
                    Err(_) => break,
                }
            }
            if let Some(end) = self.end {
                if let Activity::Running(job) = &self.activity {
                    job.running.stop();
                }
                return Ok(end);
            }
        }
    }

    fn wait(&self, messages: &Receiver<Message>) -> Result<Message, RecvTimeoutError> {
        let next = match &self.activity {
            Activity::Idle | Activity::Asking(_) => {
                return messages.recv().map_err(|_| RecvTimeoutError::Disconnected);
            }
            Activity::Flooding(_) => Duration::ZERO,
            Activity::Until(at) => at
                .saturating_duration_since(Instant::now())
                .min(self.to_next_second()),
            Activity::Running(_) | Activity::Hanging => self.to_next_second(),
        };
        messages.recv_timeout(next)
    }

    fn to_next_second(&self) -> Duration {
        let busy = self.busy_for();
        Duration::from_secs(busy.as_secs() + 1).saturating_sub(busy)
    }

    fn busy_for(&self) -> Duration {
        self.busy_since
            .map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn wake(&mut self) {
        match self.activity {
            Activity::Until(at) if at <= Instant::now() => self.next_step(),
            Activity::Flooding(left) => self.flood(left),
            Activity::Until(_)
            | Activity::Idle
            | Activity::Running(_)
            | Activity::Asking(_)
            | Activity::Hanging => {}
        }
    }

    fn hear(&mut self, message: Message) {
        match message {
            Message::Terminal(Event::Resize(..)) => {
                self.size = terminal_size();
                self.shown = None;
            }
            Message::Terminal(Event::Paste(text)) => {
                if !matches!(self.activity, Activity::Asking(_)) {
                    self.composer.paste(&text);
                }
            }
            Message::Terminal(Event::Key(key)) if key.kind != KeyEventKind::Release => {
                self.key(key);
            }
            Message::Terminal(
                Event::Key(_) | Event::Mouse(_) | Event::FocusGained | Event::FocusLost,
            ) => {}
            Message::InputGone => self.end = Some(End::Exit(Ending::Hup.exit_code())),
            Message::Signal(ending) => {
                let ignored = match ending {
                    Ending::Hup => self.ignored.contains(&Ignored::Hup),
                    Ending::Term => self.ignored.contains(&Ignored::Term),
                    Ending::Int => false,
                };
                if !ignored {
                    self.end = Some(End::Exit(ending.exit_code()));
                }
            }
            Message::Child(ChildNews::Line(line)) => self.output(&line),
            Message::Child(ChildNews::Ended(code)) => self.ended(code),
        }
    }

    fn output(&mut self, line: &str) {
        self.transcript.add(Voice::Output, line);
        if let Activity::Running(Job {
            prime: Some(prime), ..
        }) = &mut self.activity
        {
            prime.push_str(line);
            prime.push('\n');
        }
    }

    fn paint(&mut self) -> std::io::Result<()> {
        let status = match &self.activity {
            Activity::Idle => Status::Ready,
            Activity::Asking(question) => Status::Asking(question.clone()),
            Activity::Until(_)
            | Activity::Running(_)
            | Activity::Hanging
            | Activity::Flooding(_) => Status::Busy(self.busy_for().as_secs()),
        };
        let screen = paint::layout(&self.transcript, &status, &self.composer, self.size);
        let bytes = paint::bytes(self.shown.as_ref(), &screen);
        self.shown = Some(screen);
        self.terminal.write(&bytes)
    }
}

/// Columns and rows; the usual ones where they cannot be told.
fn terminal_size() -> (usize, usize) {
    crossterm::terminal::size().map_or((80, 24), |(columns, rows)| {
        (usize::from(columns), usize::from(rows))
    })
}
