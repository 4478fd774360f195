//! The signals that end an agent, as messages from a thread of their own.

use std::sync::mpsc::SyncSender;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// A signal that asks the agent to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The terminal went away.
    Hup,
    /// Asked to end.
    Term,
    /// Interrupted from outside (the key is not a signal in raw mode).
    Int,
}

impl Ending {
    /// The exit code that tells a shell of this signal.
    pub(super) const fn exit_code(self) -> u8 {
        match self {
            Self::Hup => 129,
            Self::Int => 130,
            Self::Term => 143,
        }
    }
}

/// Sends every such signal to `sender` until nobody listens.
pub(super) fn listen<T: From<Ending> + Send + 'static>(
    sender: SyncSender<T>,
) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGTERM, SIGINT])?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for signal in signals.forever() {
                let ending = match signal {
                    SIGHUP => Ending::Hup,
                    SIGINT => Ending::Int,
                    _ => Ending::Term,
                };
                if sender.send(T::from(ending)).is_err() {
                    return;
                }
            }
        })
        .map(drop)
}
