//! Snapshots of a terminal for its viewers, each made once for all that can do with it.
//!
//! Viewers that cannot keep up with a flood want one each, at most 60 a second, and any of this
//! frame will do; one that goes on with bytes from there needs the terminal as it is now.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::output::Output;

/// A terminal as it was.
#[derive(Debug)]
pub(super) struct Shot {
    pub(super) size: (u16, u16),
    /// What brings any screen of that size up to date.
    pub(super) bytes: Vec<u8>,
    made: Instant,
}

/// The newest snapshot, as long as it may be wanted again.
#[derive(Debug, Default)]
pub(super) struct Shots {
    last: Option<Rc<Shot>>,
    /// Whether the terminal has changed since.
    stale: bool,
}

impl Shots {
    /// A snapshot that is at most so old; with no time at all, of the terminal as it is now.
    pub(super) fn get(&mut self, output: &Output, now: Instant, age: Duration) -> Rc<Shot> {
        let last = self.last.as_ref();
        let known = last.filter(|shot| !self.stale || now < shot.made + age);
        if let Some(known) = known {
            return Rc::clone(known);
        }
        let (size, bytes) = output.snapshot();
        let shot = Rc::new(Shot {
            size,
            bytes,
            made: now,
        });
        self.last = Some(Rc::clone(&shot));
        self.stale = false;
        shot
    }

    /// The terminal shows something else.
    pub(super) fn changed(&mut self) {
        self.stale = true;
    }

    /// What was before is of no use to anybody, such as of another size.
    pub(super) fn forget(&mut self) {
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::Screen;

    const FRAME: Duration = Duration::from_millis(16);
    const EXACT: Duration = Duration::ZERO;

    fn output(text: &str) -> Output {
        let mut screen = Screen::new((20, 3), 0);
        screen.feed(text.as_bytes());
        Output::Terminal(Box::new(screen))
    }

    #[test]
    fn one_snapshot_serves_all_who_can_do_with_it() {
        let now = Instant::now();
        let mut shots = Shots::default();
        let first = shots.get(&output("one"), now, EXACT);
        // Nothing changed: it is exact for everybody, however late.
        let later = now + Duration::from_secs(60);
        assert!(Rc::ptr_eq(&first, &shots.get(&output("one"), later, EXACT)));
        shots.changed();
        let two = output("two");
        let soon = now + FRAME / 2;
        assert!(Rc::ptr_eq(&first, &shots.get(&two, soon, FRAME)));
        let exact = shots.get(&two, soon, EXACT);
        assert!(!Rc::ptr_eq(&first, &exact));
        assert_eq!(exact.bytes, two.snapshot().1);
        // A frame later it is too old, and another size makes it useless at once.
        shots.changed();
        let three = output("three");
        let third = shots.get(&three, soon + FRAME, FRAME);
        assert_eq!(third.bytes, three.snapshot().1);
        shots.forget();
        let fourth = shots.get(&three, soon + FRAME, FRAME);
        assert!(!Rc::ptr_eq(&third, &fourth));
    }
}
