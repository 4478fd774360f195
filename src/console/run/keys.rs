//! The operator's keys, paste and mouse as messages; silent while another program has them.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crossterm::event::{Event, poll, read};

use crate::console::inbox::Inbox;
use crate::console::keyboard;
use crate::console::msg::Msg;

/// How often it is looked whether the console has ended, or somebody else wants the keys.
const LOOK: Duration = Duration::from_millis(250);

/// Who reads the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reader {
    /// This console.
    #[default]
    Console,
    /// Another program soon: the console shall stop at its next look.
    Asked,
    /// Another program.
    Other,
}

/// The operator's keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    reader: Arc<(Mutex<Reader>, Condvar)>,
}

impl Keys {
    /// Brings messages until the console ends.
    pub(crate) fn hear(&self, inbox: &Inbox) {
        let flags = keyboard::answers(|msg| {
            inbox.put_first(msg);
        });
        if flags {
            inbox.put_first(Msg::Keyboard);
        }
        loop {
            self.pass();
            let msg = match poll(LOOK) {
                Ok(false) if inbox.closed_within(Duration::ZERO) => return,
                Ok(false) => continue,
                Ok(true) => match read() {
                    Ok(Event::Key(key)) => Msg::Key(key),
                    Ok(Event::Paste(text)) => Msg::Paste(text),
                    Ok(Event::Mouse(event)) => Msg::Mouse(event),
                    Ok(Event::Resize(columns, rows)) => Msg::Resize(columns, rows),
                    Ok(Event::FocusGained) => Msg::Focus(true),
                    Ok(Event::FocusLost) => Msg::Focus(false),
                    Err(_) => Msg::Hangup,
                },
                Err(_) => Msg::Hangup,
            };
            let over = matches!(msg, Msg::Hangup);
            if !inbox.put_first(msg) || over {
                return;
            }
        }
    }

    /// Stops reading; returns once nothing is read any more, so that another program gets every
    /// key. Waits no longer than one look: without a thread that hears there is nobody to stop.
    pub(crate) fn lend(&self) {
        let (reader, changed) = &*self.reader;
        let mut now = reader.lock().unwrap_or_else(PoisonError::into_inner);
        *now = Reader::Asked;
        let (mut now, _) = changed
            .wait_timeout_while(now, LOOK * 2, |now| *now == Reader::Asked)
            .unwrap_or_else(PoisonError::into_inner);
        *now = Reader::Other;
    }

    /// Reads again.
    pub(crate) fn take_back(&self) {
        let (reader, changed) = &*self.reader;
        *reader.lock().unwrap_or_else(PoisonError::into_inner) = Reader::Console;
        changed.notify_all();
    }

    /// Waits while another program has the keys.
    fn pass(&self) {
        let (reader, changed) = &*self.reader;
        let mut now = reader.lock().unwrap_or_else(PoisonError::into_inner);
        if *now == Reader::Asked {
            *now = Reader::Other;
            changed.notify_all();
        }
        drop(
            changed
                .wait_while(now, |now| *now == Reader::Other)
                .unwrap_or_else(PoisonError::into_inner),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_lends_the_keys_has_them_alone_until_they_are_taken_back() {
        let keys = Keys::default();
        let other = keys.clone();
        let (passed, hears) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            while passed.send(()).is_ok() {
                other.pass();
            }
        });
        hears.recv().unwrap();
        keys.lend();
        while hears.try_recv().is_ok() {}
        assert!(hears.recv_timeout(Duration::from_millis(30)).is_err());
        keys.take_back();
        hears.recv_timeout(Duration::from_secs(10)).unwrap();
        drop(hears);
        thread.join().unwrap();
    }
}
