//! What is wrong with a formula: every finding with file, line and the path of its key, all at once.

use std::fmt;

use crate::support::text::clean;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The formula cannot be used.
    Error,
    /// It can be used, and probably does not say what was meant.
    Warning,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How much it matters.
    pub level: Level,
    /// The file, as it was found; empty where there is none (a formula given as text).
    pub file: String,
    /// The line, from 1; 0 where the form has no lines.
    pub line: u32,
    /// The path of the key, such as `steps[2].needs`.
    pub key: String,
    /// What is wrong, and what would be accepted.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = vec![clean(&self.file)];
        if self.line > 0 {
            parts.push(self.line.to_string());
        }
        let place = parts.join(":");
        if !place.is_empty() {
            write!(f, "{place}: ")?;
        }
        if self.level == Level::Warning {
            f.write_str("warning: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "`{}`: ", clean(&self.key))?;
        }
        f.write_str(&clean(&self.message))
    }
}

/// The most findings that are kept of one formula: more are counted.
const KEPT: usize = 50;

/// Findings in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    file: String,
    list: Vec<Problem>,
    more: usize,
    failed: bool,
}

impl Problems {
    /// No findings yet, in that file.
    pub(super) fn of(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn error(&mut self, line: u32, key: &str, message: String) {
        self.failed = true;
        self.push(Level::Error, line, key, message);
    }

    pub(super) fn warning(&mut self, line: u32, key: &str, message: String) {
        self.push(Level::Warning, line, key, message);
    }

    fn push(&mut self, level: Level, line: u32, key: &str, message: String) {
        if self.list.len() >= KEPT {
            self.more += 1;
            return;
        }
        self.list.push(Problem {
            level,
            file: self.file.clone(),
            line,
            key: key.to_owned(),
            message,
        });
    }

    /// The findings of another formula that this one is made of.
    pub(super) fn take(&mut self, other: Self) {
        self.failed |= other.failed;
        self.more += other.more;
        for problem in other.list {
            if self.list.len() < KEPT {
                self.list.push(problem);
            } else {
                self.more += 1;
            }
        }
    }

    /// Whether the formula cannot be used.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// Every finding that was kept.
    pub fn all(&self) -> &[Problem] {
        &self.list
    }

    /// How many more there were.
    pub fn more(&self) -> usize {
        self.more
    }

    /// Those that keep the formula from being used.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.list
            .iter()
            .filter(|problem| problem.level == Level::Error)
    }

    /// The others.
    pub fn warnings(&self) -> impl Iterator<Item = &Problem> {
        self.list
            .iter()
            .filter(|problem| problem.level == Level::Warning)
    }
}
