//! What comes into the console and what it asks to be done; plain data.

use crossterm::event::{KeyEvent, MouseEvent};

use crate::client::{AttachEvent, Rows, Update};
use crate::domain::{Answer, Command, Outcome, Query, Refusal, RunId};
use crate::screen::copy::Row;

/// A terminal that is looked at; a new attach is a new stream.
pub(crate) type Stream = u64;
/// A call that is under way.
pub(crate) type Call = u64;

/// Something that happened.
#[derive(Debug)]
pub(crate) enum Msg {
    /// A key went down or came up.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// The operator's terminal got or lost the focus.
    Focus(bool),
    /// The system stops the console until it is continued.
    Suspend,
    /// The console was continued: what the terminal shows and how it is set is not known.
    Continue,
    /// The operator's terminal can tell keys apart that the classic encoding cannot.
    Keyboard,
    /// The terminal has another size.
    Resize(u16, u16),
    /// The engine says something.
    Town(Update),
    /// A terminal says something.
    Terminal(Stream, AttachEvent),
    /// A terminal could not be attached.
    AttachFailed(Stream, Refusal),
    /// Rows that a run has shown. The number is that of the request.
    History(Stream, Wanted, Result<Past, Refusal>),
    /// Rows of a living terminal, for who looks back with that number.
    Rows(Stream, Result<Rows, Refusal>),
    /// A call is answered.
    Reply(Call, Result<Reply, Refusal>),
    /// Engine and host were looked after.
    Started(Result<(), Refusal>),
    /// Time went by.
    Tick,
    /// The operator's terminal is gone, or the system wants the console to end.
    Hangup,
}

/// What a history is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// To look back in it: all that was recorded.
    Look,
    /// To look back beyond the host's oldest row: what was recorded before it.
    Older,
    /// To open it in an editor: all that the host has and what was recorded before, else all that
    /// was recorded.
    Edit,
}

/// Rows that a run has shown, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Past {
    pub(crate) rows: Vec<Row>,
    /// The host's number of the row after the last; none where the host was not asked.
    pub(crate) until: Option<u64>,
}

/// What a call came to.
#[derive(Debug)]
pub(crate) enum Reply {
    /// Of a command.
    Outcome(Box<Outcome>),
    /// Of a query.
    Answer(Box<Answer>),
    /// Of a command line that ran as a program.
    Output {
        /// Whether it ended well.
        ok: bool,
        /// What it wrote.
        text: String,
    },
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// Start engine and host where they do not run.
    Start,
    /// Carry out a command; the words are for its cause.
    Command(Call, Box<Command>, String),
    /// Answer a query.
    Query(Call, Box<Query>),
    /// Run a `gt` or `bd` command line as a program and show what it writes.
    Run(Call, Vec<String>),
    /// Look at a terminal; with a size it is also resized.
    Attach(Stream, RunId, Option<(u16, u16)>),
    /// Type into a terminal.
    Type(Stream, Vec<u8>),
    /// Take a terminal's input over from another viewer.
    Take(Stream),
    /// Give a terminal the size of the viewer.
    ResizeTerminal(Stream, (u16, u16)),
    /// Stop looking at a terminal.
    Detach(Stream),
    /// Read what a run is recorded to have shown.
    History(Stream, RunId, Wanted),
    /// Ask the host for so many rows of a living terminal from a number on.
    Rows(Stream, RunId, u64, u32),
    /// Give text to the operator's clipboard.
    Copy(String),
    /// Show text in the operator's editor.
    Edit(String),
    /// Ring.
    Bell,
    /// Draw everything again.
    Redraw,
    /// Give the terminal back and stop.
    Suspend,
    /// Take the terminal over again.
    Retake,
    /// Let the terminal tell keys apart, and also repeats and releases or not.
    Keyboard(bool),
    /// Leave.
    Quit,
}
