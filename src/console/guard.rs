//! The operator's terminal while the console has it; given back whole however the console ends.
//!
//! Entered by [`Guard::enter`]. Dropping it restores, a panic restores first and then says where
//! the log is. Nothing else in the console writes to the terminal.

#![expect(
    clippy::disallowed_methods,
    reason = "a panic is written to the console's own log"
)]

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ThreadId;

use crossterm::clipboard::CopyToClipboard;
use crossterm::execute;
use crossterm::terminal::{disable_raw_mode, enable_raw_mode, size};
use rustix::process::{Signal, getpid, kill_process};
use rustix::termios::{InputModes, LocalModes, OptionalActions, OutputModes, tcgetattr, tcsetattr};

use super::app::App;
use super::canvas::Canvas;
use super::draw::{draw, draw_changed};
use super::outer;
use crate::domain::{Kind, Refusal};

type Hook = dyn Fn(&PanicHookInfo<'_>) + Send + Sync;

/// Whether keyboard flags of ours are on the terminal's stack; the panic hook must know.
static PUSHED: AtomicBool = AtomicBool::new(false);

/// The operator's terminal, taken over.
pub(crate) struct Guard {
    canvas: Canvas,
    out: File,
    mouse: bool,
    /// Where the terminal can tell keys apart that the classic encoding cannot: whether it is also
    /// to tell repeats and releases.
    keyboard: Option<bool>,
    /// Given back for a while: nothing is drawn.
    away: bool,
    hook: Arc<Hook>,
}

impl Guard {
    /// Takes the terminal over.
    pub(crate) fn enter(mouse: bool, log: &Path) -> Result<Self, Refusal> {
        if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
            return Err(
                Refusal::new(Kind::Usage, "the console needs a terminal to be shown on")
                    .hint("gt status")
                    .hint("gt feed --plain"),
            );
        }
        let hook: Arc<Hook> = std::panic::take_hook().into();
        set_hook(Arc::clone(&hook), log.to_owned());
        let entered = io::stdout()
            .as_fd()
            .try_clone_to_owned()
            .and_then(|out| enter(mouse).map(|()| File::from(out)))
            .and_then(|out| write_out(&[outer::ASK_KEYBOARD]).map(|()| out));
        match entered {
            Ok(out) => {
                let mut canvas = Canvas::new(columns_and_rows());
                canvas.cursor_is_shown();
                Ok(Self {
                    canvas,
                    out,
                    mouse,
                    keyboard: None,
                    away: false,
                    hook,
                })
            }
            Err(error) => {
                restore();
                give_back(&hook);
                Err(Refusal::failed(format!(
                    "the terminal cannot be taken over: {error}"
                )))
            }
        }
    }

    /// Columns and rows.
    pub(crate) fn size(&self) -> (u16, u16) {
        columns_and_rows()
    }

    /// Draws a frame: what changed, in one piece.
    pub(crate) fn draw(&mut self, app: &App) -> io::Result<()> {
        if self.away {
            return Ok(());
        }
        self.canvas.resize(app.size);
        let bytes = self.canvas.whole(|buf| draw(app, buf))?;
        self.out.write_all(bytes)
    }

    /// Draws the cells of terminals that changed, or only those of the focused one.
    pub(crate) fn draw_changed(&mut self, app: &App, only_focused: bool) -> io::Result<()> {
        if self.away {
            return Ok(());
        }
        let bytes = self
            .canvas
            .part(|buf| draw_changed(app, only_focused, buf))?;
        self.out.write_all(bytes)
    }

    /// Forgets what is on the terminal, so that the next frame is whole.
    pub(crate) fn forget(&mut self) -> io::Result<()> {
        self.canvas.forget();
        Ok(())
    }

    /// Gives the terminal to another program for a while; [`Guard::retake`] follows.
    pub(crate) fn give_up(&mut self) {
        self.away = true;
        restore();
    }

    /// Gives text to the operator's clipboard (OSC 52). It is what they copied, or let an agent copy
    /// (contract T5).
    pub(crate) fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(self.out, CopyToClipboard::to_clipboard_from(text))
    }

    /// Rings.
    pub(crate) fn bell(&mut self) -> io::Result<()> {
        self.out.write_all(outer::BELL.as_bytes())
    }

    /// Lets the terminal tell keys apart that the classic encoding cannot, with `events` also
    /// repeats and releases.
    pub(crate) fn set_keyboard(&mut self, events: bool) -> io::Result<()> {
        self.keyboard = Some(events);
        if self.away {
            return Ok(());
        }
        let pushed = PUSHED.swap(true, Ordering::SeqCst);
        let push = if pushed { "" } else { outer::PUSH_KEYBOARD };
        let set = match (pushed, events) {
            (_, true) => outer::KEY_EVENTS_ON,
            (true, false) => outer::KEY_EVENTS_OFF,
            (false, false) => "",
        };
        self.out.write_all([push, set].concat().as_bytes())
    }

    /// Gives the terminal back and stops this process, as the system wants it; [`Guard::retake`]
    /// follows once it is continued.
    pub(crate) fn suspend(&mut self) -> io::Result<()> {
        self.give_up();
        kill_process(getpid(), Signal::STOP)?;
        Ok(())
    }

    /// Takes the terminal over again: whoever had it meanwhile may have set anything.
    pub(crate) fn retake(&mut self) -> io::Result<()> {
        restore();
        enter(self.mouse)?;
        self.away = false;
        self.canvas.cursor_is_shown();
        if let Some(events) = self.keyboard {
            self.set_keyboard(events)?;
        }
        Ok(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
        give_back(&self.hook);
    }
}

fn columns_and_rows() -> (u16, u16) {
    size().unwrap_or((80, 24))
}

fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    let mouse = if mouse { outer::MOUSE_ON } else { "" };
    write_out(&[outer::ENTER, mouse])
}

/// Gives the terminal back. Each step is tried whatever became of the ones before; there is
/// nobody to tell of a failure.
fn restore() {
    let keyboard = if PUSHED.swap(false, Ordering::SeqCst) {
        outer::POP_KEYBOARD
    } else {
        ""
    };
    drop(write_out(&[outer::LEAVE, keyboard, outer::LEAVE_SCREEN]));
    drop(disable_raw_mode());
}

fn write_out(pieces: &[&str]) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(pieces.concat().as_bytes())?;
    out.flush()
}

/// Brings a terminal back that a console left as it was: modes, screen, cursor, line discipline.
pub fn reset() -> Result<(), Refusal> {
    let stdout = io::stdout();
    if !stdout.is_terminal() {
        return Err(Refusal::new(
            Kind::Usage,
            "there is no terminal to bring back: the output goes elsewhere",
        ));
    }
    let failed =
        |error: io::Error| Refusal::failed(format!("the terminal does not take it: {error}"));
    let mut modes = tcgetattr(&stdout).map_err(|error| failed(error.into()))?;
    modes.input_modes |= InputModes::ICRNL | InputModes::IXON | InputModes::BRKINT;
    modes.output_modes |= OutputModes::OPOST | OutputModes::ONLCR;
    modes.local_modes |= LocalModes::ECHO
        | LocalModes::ECHOE
        | LocalModes::ECHOK
        | LocalModes::ICANON
        | LocalModes::ISIG
        | LocalModes::IEXTEN;
    tcsetattr(&stdout, OptionalActions::Now, &modes).map_err(|error| failed(error.into()))?;
    let all = [
        outer::RESET,
        outer::LEAVE,
        outer::LEAVE_SCREEN,
        outer::RESET_AGAIN,
    ];
    write_out(&all).map_err(failed)
}

/// A panic on the drawing thread restores the terminal before anything is written to it; one on
/// another thread is only logged, for the screen is not its own.
fn set_hook(before: Arc<Hook>, log: PathBuf) {
    let drawing: ThreadId = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        let logged = log_panic(&log, info).is_ok();
        if std::thread::current().id() != drawing {
            return;
        }
        restore();
        before(info);
        if logged {
            drop(writeln!(
                io::stderr(),
                "the console failed; see `{}`",
                log.display()
            ));
        }
    }));
}

fn give_back(hook: &Arc<Hook>) {
    // Changing hooks while panicking would panic again; the process is ending anyway.
    if !std::thread::panicking() {
        let hook = Arc::clone(hook);
        std::panic::set_hook(Box::new(move |info| hook(info)));
    }
}

fn log_panic(log: &Path, info: &PanicHookInfo<'_>) -> io::Result<()> {
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)?;
    let trace = std::backtrace::Backtrace::force_capture();
    writeln!(file, "{info}\n{trace}\n")
}

#[cfg(test)]
mod tests;
