//! Who looks at a run, and whose size its terminal has.
//!
//! A viewer that states a size may type; one that states none only watches and never changes it.
//! Pure state: the run resizes its terminal, and only says so to its viewers then.

use std::rc::Rc;

use super::outbox::Outbox;
use crate::domain::SizeRule;

/// One attached viewer.
#[derive(Debug)]
struct Viewer {
    outbox: Rc<Outbox>,
    stream: u64,
    size: Option<(u16, u16)>,
    /// The order in which viewers typed, took the terminal over or stated a size when they might;
    /// 0 for one that did not yet.
    used: u64,
}

/// The viewers of a run.
#[derive(Debug, Default)]
pub(super) struct Viewers {
    all: Vec<Viewer>,
    rule: SizeRule,
    uses: u64,
}

impl Viewers {
    /// Whose size counts from now on.
    pub(super) fn follow(&mut self, rule: SizeRule) {
        self.rule = rule;
    }

    pub(super) fn add(&mut self, outbox: Rc<Outbox>, stream: u64, size: Option<(u16, u16)>) {
        self.all.push(Viewer {
            outbox,
            stream,
            size,
            used: 0,
        });
    }

    /// A viewer left.
    pub(super) fn remove(&mut self, who: u64, stream: u64) {
        self.all
            .retain(|viewer| viewer.outbox.who != who || viewer.stream != stream);
    }

    /// A connection left, with all its viewers.
    pub(super) fn remove_all(&mut self, who: u64) {
        self.all.retain(|viewer| viewer.outbox.who != who);
    }

    /// Those whose connections still stand, each with the number of its stream.
    pub(super) fn living(&mut self) -> Vec<(Rc<Outbox>, u64)> {
        self.all.retain(|viewer| !viewer.outbox.is_closed());
        self.all
            .iter()
            .map(|viewer| (Rc::clone(&viewer.outbox), viewer.stream))
            .collect()
    }

    /// Connection `who` has another size; says whether it looks at this run.
    pub(super) fn resized(&mut self, who: u64, size: (u16, u16)) -> bool {
        let mut looks = false;
        for viewer in self.of(who) {
            viewer.size = Some(size);
            looks = true;
        }
        looks
    }

    /// Connection `who` did something that makes its size the latest.
    pub(super) fn used(&mut self, who: u64) {
        self.uses += 1;
        let uses = self.uses;
        for viewer in self.of(who) {
            viewer.used = uses;
        }
    }

    /// Whether somebody who does not look at this run may change its size; `free` says whether
    /// nobody else holds the input.
    pub(super) fn lets_others(&self, free: bool) -> bool {
        match self.rule {
            SizeRule::Latest => free,
            SizeRule::Smallest => self.smallest().is_none(),
        }
    }

    /// Whether a viewer that holds the input or finds it free counts alone.
    pub(super) fn is_latest(&self) -> bool {
        self.rule == SizeRule::Latest
    }

    /// The size that the terminal is to have; `None` when it stays as it is.
    pub(super) fn size(&self, holder: Option<u64>) -> Option<(u16, u16)> {
        match self.rule {
            SizeRule::Latest => self.latest(holder),
            SizeRule::Smallest => self.smallest(),
        }
    }

    fn latest(&self, holder: Option<u64>) -> Option<(u16, u16)> {
        self.all
            .iter()
            .filter(|viewer| holder.is_none_or(|holder| holder == viewer.outbox.who))
            .filter_map(|viewer| Some((viewer.used, viewer.size?)))
            .max_by_key(|(used, _)| *used)
            .map(|(_, size)| size)
    }

    fn smallest(&self) -> Option<(u16, u16)> {
        self.all
            .iter()
            .filter_map(|viewer| viewer.size)
            .reduce(|one, other| (one.0.min(other.0), one.1.min(other.1)))
    }

    fn of(&mut self, who: u64) -> impl Iterator<Item = &mut Viewer> {
        self.all
            .iter_mut()
            .filter(move |viewer| viewer.outbox.who == who)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Viewers 1, 2, ... with these sizes; those in `used` did something, one after the other.
    fn viewers(rule: SizeRule, sizes: &[Option<(u16, u16)>], used: &[u64]) -> Viewers {
        let mut viewers = Viewers::default();
        viewers.follow(rule);
        for (who, size) in (1..).zip(sizes) {
            viewers.add(Outbox::new(who), 1, *size);
        }
        for who in used {
            viewers.used(*who);
        }
        viewers
    }

    #[test]
    fn the_rule_says_whose_size_a_terminal_has() {
        use SizeRule::{Latest, Smallest};
        let (wide, high, watches) = (Some((120, 20)), Some((80, 40)), None);
        let cases = [
            (Latest, vec![], vec![], None, None),
            (Latest, vec![watches], vec![1], None, None),
            (Latest, vec![wide, high], vec![1, 2], None, high),
            (Latest, vec![wide, high], vec![2, 1], None, wide),
            // The holder's counts, whatever others state, and none when it states none.
            (Latest, vec![wide, high], vec![1, 2], Some(1), wide),
            (Latest, vec![wide, watches], vec![1], Some(2), None),
            (Latest, vec![wide, high], vec![1], Some(9), None),
            // Who watches is never the latest.
            (Latest, vec![wide, watches], vec![1, 2], None, wide),
            (Smallest, vec![], vec![], None, None),
            (Smallest, vec![watches, watches], vec![], None, None),
            (
                Smallest,
                vec![wide, high, watches],
                vec![1],
                Some(1),
                Some((80, 20)),
            ),
            (Smallest, vec![wide], vec![], Some(9), wide),
        ];
        for (number, (rule, sizes, used, holder, wanted)) in cases.into_iter().enumerate() {
            let viewers = viewers(rule, &sizes, &used);
            assert_eq!(viewers.size(holder), wanted, "case {number}");
        }
    }

    #[test]
    fn who_leaves_has_no_say_any_more() {
        let sizes = [Some((120, 20)), Some((80, 40))];
        for (rule, left) in [(SizeRule::Latest, 1), (SizeRule::Smallest, 1)] {
            let mut viewers = viewers(rule, &sizes, &[2, 1]);
            viewers.remove(left, 7);
            assert_ne!(viewers.size(None), sizes[1]);
            viewers.remove(left, 1);
            assert_eq!(viewers.size(None), sizes[1]);
            assert!(viewers.resized(2, (90, 30)));
            assert!(!viewers.resized(1, (10, 10)));
            assert_eq!(viewers.size(None), Some((90, 30)));
            viewers.remove_all(2);
            assert_eq!(viewers.size(None), None);
        }
    }
}
