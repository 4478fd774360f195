//! Signals that ask the console to end; it gives the terminal back before it does.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::console::inbox::Inbox;
use crate::console::msg::Msg;

/// Hears signals until it is stopped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    stopped: CancellationToken,
    muted: Arc<AtomicBool>,
}

impl Signals {
    /// Puts a message when a signal comes; returns then, or when it is stopped.
    pub(crate) fn hear(&self, inbox: &Inbox) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build();
        match runtime.and_then(|runtime| runtime.block_on(self.wait())) {
            Ok(true) => {
                inbox.put_first(Msg::Hangup);
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "signals cannot be heard"),
        }
    }

    /// Ends the hearing.
    pub(crate) fn stop(&self) {
        self.stopped.cancel();
    }

    /// Interrupts are for another program until [`Signals::unmute`]; it shares our terminal.
    pub(crate) fn mute(&self) {
        self.muted.store(true, Ordering::Release);
    }

    /// Interrupts end the console again.
    pub(crate) fn unmute(&self) {
        self.muted.store(false, Ordering::Release);
    }

    /// Whether a signal came; no when it was stopped.
    async fn wait(&self) -> std::io::Result<bool> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hangup = signal(SignalKind::hangup())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        loop {
            tokio::select! {
                _ = terminate.recv() => return Ok(true),
                _ = hangup.recv() => return Ok(true),
                _ = interrupt.recv() => {
                    if !self.muted.load(Ordering::Acquire) {
                        return Ok(true);
                    }
                }
                () = self.stopped.cancelled() => return Ok(false),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hearing_ends_when_it_is_stopped() {
        let signals = Signals::default();
        let heard = signals.clone();
        let thread = std::thread::spawn(move || heard.hear(&Inbox::default()));
        signals.stop();
        thread.join().unwrap();
    }
}
