//! Signals that ask the console to end, or to stop for a while; it gives the terminal back before
//! it does either.

use rustix::process::Signal;
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
    /// Puts a message for every signal; returns when it is stopped.
    pub(crate) fn hear(&self, inbox: &Inbox) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build();
        match runtime.and_then(|runtime| runtime.block_on(self.wait(inbox))) {
            Ok(()) => {}
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

    async fn wait(&self, inbox: &Inbox) -> std::io::Result<()> {
        let kind = |known: Signal| signal(SignalKind::from_raw(known.as_raw()));
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hangup = signal(SignalKind::hangup())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut quit = signal(SignalKind::quit())?;
        let mut suspend = kind(Signal::TSTP)?;
        let mut carry_on = kind(Signal::CONT)?;
        loop {
            let (msg, of_keyboard) = tokio::select! {
                _ = terminate.recv() => (Msg::Hangup, false),
                _ = hangup.recv() => (Msg::Hangup, false),
                _ = interrupt.recv() => (Msg::Hangup, true),
                _ = quit.recv() => (Msg::Hangup, true),
                _ = suspend.recv() => (Msg::Suspend, true),
                _ = carry_on.recv() => (Msg::Continue, true),
                () = self.stopped.cancelled() => return Ok(()),
            };
            if !(of_keyboard && self.muted.load(Ordering::Acquire)) {
                inbox.put_first(msg);
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
