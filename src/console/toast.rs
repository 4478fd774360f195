//! Short messages over the status line: what happened, why, what to do. At most three.
//!
//! Information goes by itself, errors stay until the next key. One with a key replaces the
//! earlier one of the same key, so that a nudge's life is one line.

/// How weighty a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Info,
    Warning,
    Error,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Toast {
    pub(crate) level: Level,
    pub(crate) text: String,
    key: Option<String>,
    until: i64,
}

const SHOWN_MAX: usize = 3;
const INFO_FOR: i64 = 4_000;
const WARNING_FOR: i64 = 8_000;
/// An error stays at least so long, also when keys are pressed.
const ERROR_FOR: i64 = 8_000;

/// The messages that are shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Toasts {
    list: Vec<Toast>,
}

impl Toasts {
    pub(crate) fn info(&mut self, text: &str, now: i64) {
        self.push(Level::Info, text, None, now);
    }

    pub(crate) fn warn(&mut self, text: &str, now: i64) {
        self.push(Level::Warning, text, None, now);
    }

    pub(crate) fn error(&mut self, text: &str, now: i64) {
        self.push(Level::Error, text, None, now);
    }

    /// A message that takes the place of the one with the same key.
    pub(crate) fn keyed(&mut self, level: Level, key: &str, text: &str, now: i64) {
        self.push(level, text, Some(key), now);
    }

    /// The same, shown until a time.
    pub(crate) fn keyed_until(&mut self, level: Level, key: &str, text: &str, until: i64) {
        self.push(level, text, Some(key), until);
        if let Some(toast) = self.list.last_mut() {
            toast.until = until;
        }
    }

    fn push(&mut self, level: Level, text: &str, key: Option<&str>, now: i64) {
        self.list
            .retain(|known| known.text != text && (key.is_none() || known.key.as_deref() != key));
        if self.list.len() >= SHOWN_MAX {
            self.list.remove(0);
        }
        let stay = match level {
            Level::Info => INFO_FOR,
            Level::Warning => WARNING_FOR,
            Level::Error => ERROR_FOR,
        };
        self.list.push(Toast {
            level,
            text: text.to_owned(),
            key: key.map(str::to_owned),
            until: now + stay,
        });
    }

    /// Takes away what is over; says whether anything was.
    pub(crate) fn expire(&mut self, now: i64) -> bool {
        let before = self.list.len();
        self.list
            .retain(|toast| toast.level == Level::Error || toast.until > now);
        self.list.len() != before
    }

    /// A key was pressed: errors that were there long enough have been seen.
    pub(crate) fn seen(&mut self, now: i64) -> bool {
        let before = self.list.len();
        self.list.retain(|toast| toast.until > now);
        self.list.len() != before
    }

    /// When the next one goes by itself.
    pub(crate) fn next(&self) -> Option<i64> {
        self.list
            .iter()
            .filter(|toast| toast.level != Level::Error)
            .map(|toast| toast.until)
            .min()
    }

    pub(crate) fn clear(&mut self) -> bool {
        let any = !self.list.is_empty();
        self.list.clear();
        any
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Toast> {
        self.list.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn information_goes_by_itself_and_errors_wait_for_a_key() {
        let mut toasts = Toasts::default();
        toasts.info("a", 0);
        toasts.error("b", 0);
        assert_eq!(toasts.next(), Some(4_000));
        assert!(toasts.expire(60_000));
        assert_eq!(toasts.iter().count(), 1);
        assert!(!toasts.seen(1_000));
        assert!(toasts.seen(60_000));
    }

    #[test]
    fn a_key_is_one_line_and_three_are_the_most() {
        let mut toasts = Toasts::default();
        for (at, text) in ["queued", "typed", "delivered"].iter().enumerate() {
            toasts.keyed(Level::Info, "ng-1", text, i64::try_from(at).unwrap());
        }
        assert_eq!(toasts.iter().count(), 1);
        for text in ["1", "2", "3", "4"] {
            toasts.info(text, 0);
        }
        assert_eq!(toasts.iter().count(), 3);
    }
}
