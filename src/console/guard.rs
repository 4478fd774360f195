//! The operator's terminal while the console has it; given back whole however the console ends.
//!
//! Entered by [`Guard::enter`]. Dropping it restores, a panic restores first and then says where
//! the log is. Nothing else in the console writes to the terminal.

#![expect(
    clippy::disallowed_methods,
    reason = "a panic is written to the console's own log"
)]

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::ThreadId;

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{MoveTo, SetCursorStyle, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use super::app::App;
use super::draw::draw;
use crate::domain::{Kind, Refusal};

type Backend = CrosstermBackend<BufWriter<Stdout>>;
type Hook = dyn Fn(&PanicHookInfo<'_>) + Send + Sync;

/// Bytes that a frame may have before it is written in pieces.
const FRAME_MAX: usize = 1 << 17;

/// The operator's terminal, taken over.
pub(crate) struct Guard {
    terminal: Terminal<Backend>,
    hook: Arc<Hook>,
    mouse: bool,
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
        let entered = enter(mouse).and_then(|()| blank());
        match entered {
            Ok(terminal) => Ok(Self {
                terminal,
                hook,
                mouse,
            }),
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
        self.terminal
            .size()
            .map_or((80, 24), |size| (size.width, size.height))
    }

    /// Draws a frame: what changed, in one piece.
    pub(crate) fn draw(&mut self, app: &App) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| {
            if let Some(cursor) = draw(app, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        })?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// Forgets what is on the terminal, so that the next frame is whole.
    pub(crate) fn forget(&mut self) -> io::Result<()> {
        self.terminal.clear()
    }

    /// Gives the terminal to another program for a while.
    pub(crate) fn give_up(&self) {
        restore();
    }

    /// Takes it again; the next frame is whole.
    pub(crate) fn take_again(&mut self) -> io::Result<()> {
        enter(self.mouse)?;
        self.terminal = blank()?;
        Ok(())
    }

    /// Gives text to the operator's clipboard (OSC 52). It is what they copied, never what an
    /// agent asked for (contract T5).
    pub(crate) fn copy(&mut self, text: &str) -> io::Result<()> {
        let backend = self.terminal.backend_mut();
        execute!(backend, CopyToClipboard::to_clipboard_from(text))
    }

    /// Rings.
    pub(crate) fn bell(&mut self) -> io::Result<()> {
        let backend = self.terminal.backend_mut();
        backend.write_all(b"\x07")?;
        io::Write::flush(backend)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
        give_back(&self.hook);
    }
}

/// A terminal that nothing is drawn on yet.
fn blank() -> io::Result<Terminal<Backend>> {
    let writer = BufWriter::with_capacity(FRAME_MAX, io::stdout());
    Terminal::new(CrosstermBackend::new(writer))
}

fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    let mut out = io::stdout();
    execute!(
        out,
        EnterAlternateScreen,
        EnableBracketedPaste,
        Clear(ClearType::All)
    )?;
    if mouse {
        execute!(out, EnableMouseCapture)?;
    }
    Ok(())
}

/// Gives the terminal back. Each step is tried whatever became of the ones before; there is
/// nobody to tell of a failure.
fn restore() {
    let mut out = io::stdout();
    drop(execute!(
        out,
        EndSynchronizedUpdate,
        SetAttribute(Attribute::Reset)
    ));
    drop(execute!(out, DisableMouseCapture, DisableBracketedPaste));
    drop(execute!(
        out,
        Clear(ClearType::All),
        MoveTo(0, 0),
        LeaveAlternateScreen
    ));
    drop(execute!(out, SetCursorStyle::DefaultUserShape, Show));
    drop(disable_raw_mode());
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
