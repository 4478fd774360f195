//! One terminal that is looked at: its bytes straight into the inbox, its keys straight to the host.
//!
//! Attaching may wait for the host, so it has a thread of its own; that thread also carries out
//! what the drawing thread could not do at once. Once attached, a key is written by the drawing
//! thread itself, without waiting: every change of threads costs most when the machine is busy.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::thread::Builder;

use super::inbox::{Inbox, Source};
use super::msg::{Msg, Stream};
use crate::client::{AttachEvent, HostClient, Keyboard};
use crate::domain::{Refusal, RunId};
use crate::support::paths::TownPaths;

/// Most bytes of a terminal that are parsed before a key is looked for.
const SLICE: usize = 16 << 10;

/// What can be told to a terminal.
#[derive(Debug)]
pub(crate) enum Order {
    /// Keys.
    Type(Vec<u8>),
    /// The viewer's size.
    Resize((u16, u16)),
    /// Take the input over.
    Take,
    /// Write what is left of keys that did not go out at once.
    Finish,
}

/// Which terminal, and where what it says goes to.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) inbox: Inbox,
    pub(crate) paths: TownPaths,
    pub(crate) stream: Stream,
    pub(crate) run: RunId,
}

/// A terminal that is looked at, or will be soon. Detaches when dropped.
#[derive(Debug)]
pub(crate) struct Attached {
    orders: Sender<Order>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    keyboard: Mutex<Option<Keyboard>>,
    /// Orders that the thread has not carried out.
    waiting: AtomicUsize,
}

impl Attached {
    /// Begins to attach.
    pub(crate) fn open(target: Target, size: Option<(u16, u16)>) -> std::io::Result<Self> {
        let (orders, received) = channel();
        let shared = Arc::<Shared>::default();
        let theirs = Arc::clone(&shared);
        Builder::new()
            .name("console terminal".to_owned())
            .spawn(move || target.serve(size, &received, &theirs))?;
        Ok(Self { orders, shared })
    }

    /// Carries out an order in its turn; says no when the terminal is gone.
    pub(crate) fn order(&self, order: Order) -> bool {
        let order = match order {
            Order::Type(bytes) if self.shared.waiting.load(Ordering::Acquire) == 0 => {
                match self.type_now(&bytes) {
                    Some(Ok(true)) => return true,
                    Some(Ok(false)) => Order::Finish,
                    Some(Err(_)) => return false,
                    None => Order::Type(bytes),
                }
            }
            other => other,
        };
        self.shared.waiting.fetch_add(1, Ordering::AcqRel);
        self.orders.send(order).is_ok()
    }

    /// Writes keys at once; none when that cannot be done before something else.
    fn type_now(&self, bytes: &[u8]) -> Option<Result<bool, Refusal>> {
        let mut keyboard = match self.shared.keyboard.try_lock() {
            Ok(keyboard) => keyboard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        let keyboard = keyboard.as_mut()?;
        Some(keyboard.type_now(bytes))
    }
}

impl Target {
    fn serve(&self, size: Option<(u16, u16)>, orders: &Receiver<Order>, shared: &Shared) {
        let lock = || {
            let keyboard = shared.keyboard.lock();
            keyboard.unwrap_or_else(PoisonError::into_inner)
        };
        let (inbox, stream) = (self.inbox.clone(), self.stream);
        let hear = move |event| hear(&inbox, stream, event);
        match HostClient::attach_to(&self.paths, &self.run, size, hear) {
            Ok(keyboard) => *lock() = Some(keyboard),
            Err(why) => {
                self.inbox.put_first(Msg::AttachFailed(self.stream, why));
                return;
            }
        }
        for order in orders {
            let obeyed = match (lock().as_mut(), order) {
                (Some(keyboard), Order::Type(bytes)) => keyboard.type_bytes(&bytes),
                (Some(keyboard), Order::Resize(size)) => keyboard.resize(size),
                (Some(keyboard), Order::Take) => keyboard.take(),
                (Some(keyboard), Order::Finish) => keyboard.type_bytes(&[]),
                (None, _) => Ok(()),
            };
            shared.waiting.fetch_sub(1, Ordering::AcqRel);
            if let Err(why) = obeyed {
                let lost = AttachEvent::Lost(why.message);
                self.inbox.put_first(Msg::Terminal(self.stream, lost));
                break;
            }
        }
        drop(lock().take());
    }
}

/// Puts what a terminal says into the inbox, in slices; says no once the console has ended.
fn hear(inbox: &Inbox, stream: Stream, event: AttachEvent) -> bool {
    let put = |event, bytes| {
        let msg = Msg::Terminal(stream, event);
        inbox.put(Source::Terminal(stream), msg, bytes)
    };
    match event {
        AttachEvent::Bytes(bytes) if bytes.len() > SLICE => bytes
            .chunks(SLICE)
            .all(|slice| put(AttachEvent::Bytes(slice.to_vec()), slice.len())),
        AttachEvent::Bytes(bytes) => {
            let count = bytes.len();
            put(AttachEvent::Bytes(bytes), count)
        }
        AttachEvent::Size(_)
        | AttachEvent::History(_)
        | AttachEvent::Exited(_)
        | AttachEvent::Lost(_)
        | AttachEvent::Holder(_) => put(event, 0),
    }
}
