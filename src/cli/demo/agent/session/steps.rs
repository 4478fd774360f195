//! What the agent does by itself: its plan, its steps, its commands, and the rests between them.

#![expect(
    clippy::disallowed_methods,
    reason = "delays and the shown seconds are measured here, at the edge"
)]

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{Activity, DONE, End, Job, Session};
use crate::cli::demo::agent::script::{Failure, Step};
use crate::cli::demo::agent::transcript::Voice;
use crate::cli::demo::agent::{child, options, work};

impl Session {
    pub(super) fn ended(&mut self, code: Option<i32>) {
        let activity = std::mem::replace(&mut self.activity, Activity::Idle);
        let Activity::Running(job) = activity else {
            self.activity = activity;
            return;
        };
        if let Some(prime) = job.prime {
            self.plan(&prime, code);
        } else if code != Some(0) {
            let how = code.map_or_else(|| "a signal".to_owned(), |code| format!("code {code}"));
            if job.failure == Failure::Stops {
                self.steps.clear();
                let line = format!("that ended with {how}; I wait for you");
                self.transcript.add(Voice::Trouble, &line);
                self.busy_since = None;
                return;
            }
            self.transcript
                .add(Voice::Trouble, &format!("ended with {how}"));
        } else if job.command.starts_with(DONE) {
            self.submitted = true;
            self.steps.clear();
            self.transcript
                .add(Voice::Agent, "my work is submitted; this session can end");
        }
        self.rest();
    }

    /// `gt prime` has spoken: take the script, or what is known about the bead.
    fn plan(&mut self, prime: &str, code: Option<i32>) {
        let bead = work::known(prime);
        self.title = bead.map(|bead| bead.title.to_owned());
        let steps = match (self.options.script.take(), bead) {
            (Some(script), _) => Ok(script),
            (None, Some(bead)) => {
                let prompt = self.options.prompt.as_deref().unwrap_or_default();
                work::steps(bead, &format!("{prompt}\n{prime}"))
            }
            (None, None) => Ok(VecDeque::new()),
        };
        match steps {
            Ok(steps) => self.steps = steps,
            Err(error) => self.transcript.add(Voice::Trouble, &error.to_string()),
        }
        self.total = self.steps.len();
        if self.steps.is_empty() {
            let why = if code == Some(0) {
                "I know no script for that; tell me what to do"
            } else {
                "`gt prime` failed; tell me what to do"
            };
            self.transcript.add(Voice::Agent, why);
        }
    }

    /// A short rest before the next step, as between two thoughts.
    pub(super) fn rest(&mut self) {
        if self.steps.is_empty() {
            self.activity = Activity::Idle;
            self.busy_since = None;
        } else {
            self.until(self.options.pace);
        }
    }

    fn until(&mut self, pause: Duration) {
        let now = Instant::now();
        self.busy_since.get_or_insert(now);
        self.activity = Activity::Until(now + pause);
    }

    pub(super) fn next_step(&mut self) {
        self.activity = Activity::Idle;
        let Some(step) = self.steps.pop_front() else {
            self.busy_since = None;
            return;
        };
        match step {
            Step::Say(line) => {
                self.transcript.add(Voice::Agent, &line);
                self.rest();
            }
            Step::Think(pause) => self.until(pause),
            Step::Ask(question) => {
                self.busy_since = None;
                self.activity = Activity::Asking(question);
            }
            Step::Run(command, failure) => self.run(&command, failure, None),
            Step::Crash if options::first_run(self.options.run.as_deref()) => {
                self.end = Some(End::Crash);
            }
            Step::Crash => self.rest(),
            Step::Hang => {
                self.busy_since.get_or_insert_with(Instant::now);
                self.activity = Activity::Hanging;
            }
            Step::Flood(lines) => self.activity = Activity::Flooding(lines),
            Step::Ignore(signal) => {
                self.ignored.push(signal);
                self.rest();
            }
            Step::Pace(pace) => {
                self.options.pace = pace;
                self.rest();
            }
            Step::Exit(code) => self.end = Some(End::Exit(code)),
        }
    }

    pub(super) fn flood(&mut self, left: u32) {
        self.transcript
            .add(Voice::Output, &format!("line {left} of a long listing"));
        match left.checked_sub(1) {
            Some(left) if left > 0 => self.activity = Activity::Flooding(left),
            _ => self.rest(),
        }
    }

    pub(super) fn run(&mut self, command: &str, failure: Failure, prime: Option<String>) {
        let mut lines = command.lines();
        let first = lines.next().unwrap_or_default();
        let more = lines.count().saturating_sub(1);
        let shown = if more > 0 {
            format!("{first}  (+{more} lines)")
        } else {
            first.to_owned()
        };
        self.transcript.add(Voice::Command, &shown);
        self.busy_since.get_or_insert_with(Instant::now);
        match child::start(command, self.options.path.as_deref(), self.sender.clone()) {
            Ok(running) => {
                self.activity = Activity::Running(Job {
                    running,
                    command: command.to_owned(),
                    failure,
                    prime,
                });
            }
            Err(error) => {
                self.transcript
                    .add(Voice::Trouble, &format!("cannot start it: {error}"));
                self.steps.clear();
                self.rest();
            }
        }
    }
}
