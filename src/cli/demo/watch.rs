//! Waiting for the town: one queue of its changes, the operator's Ctrl-C, a word to stop, and a deadline.
//!
//! It says only that there is something to look at; whoever waits then asks the town itself.

#![expect(
    clippy::disallowed_methods,
    reason = "the demo's deadline is counted here, at the edge"
)]

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::client::{Subscription, Update};
use crate::domain::Refusal;
use crate::support::paths::TownPaths;

/// Longest queue of news; whoever is behind looks at the town once for all of it.
const QUEUE: usize = 64;

/// Why there is no more to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The operator interrupted, or the terminal went away.
    Interrupted,
    /// Another thread said so.
    Told,
    /// The deadline passed.
    TimedOut,
}

#[derive(Debug)]
enum News {
    Town(Update),
    Ended(Ended),
}

/// The queue.
#[derive(Debug)]
pub(super) struct Watch {
    news: Receiver<News>,
    sender: SyncSender<News>,
    deadline: Option<Instant>,
    lost: bool,
}

/// Ends another thread's watch.
#[derive(Debug)]
pub(super) struct Stopper(SyncSender<News>);

impl Stopper {
    /// The watch's next look says `Told`.
    pub(super) fn stop(&self) {
        // Who does not listen any more has ended already.
        drop(self.0.send(News::Ended(Ended::Told)));
    }
}

impl Watch {
    /// Begins; nothing is heard of a town yet.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        let (sender, news) = sync_channel(QUEUE);
        Self {
            news,
            sender,
            deadline: limit.map(|limit| Instant::now() + limit),
            lost: false,
        }
    }

    /// Hears Ctrl-C, TERM and hang-up from now on, in place of ending at once.
    pub(super) fn hear_signals(&self) -> Result<(), Refusal> {
        let failed = |error: std::io::Error| Refusal::failed(format!("no signals: {error}"));
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(failed)?;
        let sender = self.sender.clone();
        spawn("signals", move || {
            for _ in signals.forever() {
                if sender.send(News::Ended(Ended::Interrupted)).is_err() {
                    return;
                }
            }
        })
    }

    /// Hears the town from now on.
    pub(super) fn hear_town(&self, paths: &TownPaths) -> Result<(), Refusal> {
        let subscription = Subscription::open(paths)?;
        let sender = self.sender.clone();
        spawn("town", move || {
            while let Ok(update) = subscription.updates().recv() {
                if sender.send(News::Town(update)).is_err() {
                    return;
                }
            }
        })
    }

    /// A way to end this watch from another thread.
    pub(super) fn stopper(&self) -> Stopper {
        Stopper(self.sender.clone())
    }

    /// Waits until the town has changed; all that waits in the queue counts as one change.
    pub(super) fn next(&mut self) -> Result<(), Ended> {
        loop {
            let first = self.wait()?;
            self.take(first)?;
            while let Ok(more) = self.news.try_recv() {
                self.take(more)?;
            }
            if !self.lost {
                return Ok(());
            }
        }
    }

    fn wait(&self) -> Result<News, Ended> {
        let news = match self.deadline {
            Some(deadline) => self
                .news
                .recv_timeout(deadline.saturating_duration_since(Instant::now())),
            None => self.news.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        news.map_err(|_| Ended::TimedOut)
    }

    fn take(&mut self, news: News) -> Result<(), Ended> {
        match news {
            News::Ended(ended) => return Err(ended),
            // The subscription connects again by itself and then begins with a snapshot.
            News::Town(Update::Lost(_)) => self.lost = true,
            News::Town(Update::Snapshot(_)) => self.lost = false,
            News::Town(Update::Deltas(..)) => {}
        }
        Ok(())
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), Refusal> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map(drop)
        .map_err(|error| Refusal::failed(format!("no thread: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_and_a_word_end_the_wait() {
        let mut watch = Watch::new(Some(Duration::ZERO));
        assert_eq!(watch.next(), Err(Ended::TimedOut));
        let mut watch = Watch::new(None);
        watch.stopper().stop();
        assert_eq!(watch.next(), Err(Ended::Told));
    }

    #[test]
    fn an_engine_that_is_away_is_waited_for() {
        let mut watch = Watch::new(Some(Duration::ZERO));
        let away = News::Town(Update::Lost("away".to_owned()));
        assert_eq!(watch.take(away), Ok(()));
        watch
            .sender
            .send(News::Town(Update::Deltas(1, Vec::new())))
            .unwrap();
        assert_eq!(watch.next(), Err(Ended::TimedOut));
    }
}
