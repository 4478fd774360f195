//! The search for the work that spoils a stack: which prefix of it is tested next.
//!
//! Prefix 0 is the target itself, prefix `k` the stack up to its `k`th request. Each test narrows
//! the range between the longest prefix known to pass and the shortest known to fail, so one
//! culprit among `n` costs about `log2(n)` tests more than none. No tree is tested twice.

use serde::{Deserialize, Serialize};

/// How far the search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Search {
    /// How many requests are stacked.
    len: usize,
    /// The longest prefix that is known to pass, or taken to until it matters.
    good: usize,
    /// The shortest prefix that is known to fail; `len + 1` while none is.
    bad: usize,
    /// Whether the target itself is known to pass.
    base: bool,
    /// Whether the target itself was found to fail.
    broken: bool,
}

/// What the search wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Test this prefix.
    Test(usize),
    /// The search is over.
    Found {
        /// The longest prefix that passes: it can land.
        good: usize,
        /// The request after it spoils the stack.
        culprit: bool,
    },
    /// The target fails without any of the requests: none of them is to blame.
    Broken,
}

impl Search {
    /// A search over `len` requests; `base` says whether the target's own tree is known to pass.
    pub(crate) const fn new(len: usize, base: bool) -> Self {
        Self {
            len,
            good: 0,
            bad: len + 1,
            base,
            broken: false,
        }
    }

    /// What to do next.
    pub(crate) const fn step(self) -> Step {
        if self.broken {
            return Step::Broken;
        }
        let failed = self.bad <= self.len;
        if self.good + 1 < self.bad {
            return Step::Test(if failed {
                usize::midpoint(self.good, self.bad)
            } else {
                self.len
            });
        }
        // The first request seems to spoil it. Before it is blamed the target has to pass alone.
        if failed && self.good == 0 && !self.base {
            return Step::Test(0);
        }
        Step::Found {
            good: self.good,
            culprit: failed,
        }
    }

    /// Prefix `at` passed its gates.
    #[must_use]
    pub(crate) const fn passed(self, at: usize) -> Self {
        Self {
            good: if at > self.good && at < self.bad {
                at
            } else {
                self.good
            },
            base: self.base || at == 0,
            ..self
        }
    }

    /// Prefix `at` did not pass. A gate that could not run or took too long says less than one that
    /// failed, so then the target has to show again that it passes (`doubtful`).
    #[must_use]
    pub(crate) const fn failed(self, at: usize, doubtful: bool) -> Self {
        if at == 0 {
            return Self {
                broken: true,
                ..self
            };
        }
        Self {
            bad: if at < self.bad && at > self.good {
                at
            } else {
                self.bad
            },
            base: self.base && !doubtful,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a search over requests of which some spoil the stack; says how it ends and what it cost.
    fn run(bad: &[bool], base: Option<bool>) -> (Step, Vec<usize>) {
        let mut search = Search::new(bad.len(), base.is_none());
        let mut tests = Vec::new();
        loop {
            match search.step() {
                Step::Test(at) => {
                    tests.push(at);
                    let base_good = base.unwrap_or(true);
                    let passes = base_good && !bad.iter().take(at).any(|spoils| *spoils);
                    search = if passes {
                        search.passed(at)
                    } else {
                        search.failed(at, false)
                    };
                }
                end @ (Step::Found { .. } | Step::Broken) => return (end, tests),
            }
        }
    }

    #[test]
    fn a_good_stack_costs_one_test() {
        for len in 1..=8 {
            let (end, tests) = run(&vec![false; len], Some(true));
            assert_eq!(
                end,
                Step::Found {
                    good: len,
                    culprit: false
                }
            );
            assert_eq!(tests, [len]);
        }
    }

    #[test]
    fn the_first_culprit_is_found_and_everything_before_it_is_good() {
        for len in 1..=8_usize {
            for pattern in 1_u32..(1 << len) {
                let bad: Vec<bool> = (0..len).map(|bit| pattern >> bit & 1 == 1).collect();
                let first = bad.iter().position(|spoils| *spoils).unwrap();
                for base in [None, Some(true)] {
                    let (end, tests) = run(&bad, base);
                    let found = Step::Found {
                        good: first,
                        culprit: true,
                    };
                    assert_eq!(end, found, "{bad:?}");
                    // One for the tip, then log2, then one for the target.
                    assert!(
                        tests.len() <= 2 + len.ilog2() as usize + 1,
                        "{bad:?}: {tests:?}"
                    );
                    let mut once = tests.clone();
                    once.sort_unstable();
                    once.dedup();
                    assert_eq!(
                        once.len(),
                        tests.len(),
                        "a prefix is tested twice: {tests:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn m3_a_target_that_fails_alone_blames_nobody() {
        for len in 1..=8 {
            let (end, tests) = run(&vec![false; len], Some(false));
            assert_eq!(end, Step::Broken);
            assert_eq!(tests.last(), Some(&0));
        }
    }

    #[test]
    fn a_doubtful_failure_makes_the_target_show_that_it_passes() {
        let search = Search::new(1, true).failed(1, true);
        assert_eq!(search.step(), Step::Test(0));
        assert_eq!(
            search.passed(0).step(),
            Step::Found {
                good: 0,
                culprit: true
            }
        );
        assert_eq!(search.failed(0, true).step(), Step::Broken);
    }

    #[test]
    fn an_empty_stack_has_nothing_to_test() {
        assert_eq!(
            Search::new(0, false).step(),
            Step::Found {
                good: 0,
                culprit: false
            }
        );
    }
}
