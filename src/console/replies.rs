//! What answers mean: outcomes as short messages or text to read, refusals with what helps.

use super::app::{App, Purpose};
use super::msg::{Call, Effect, Reply};
use super::outcome::{Told, tell};
use super::overlay::{Output, Overlay};
use super::toast::{Level, Toasts};
use crate::domain::{Answer, NudgePhase, NudgeView, Outcome, Refusal};

impl App {
    pub(super) fn reply(&mut self, call: Call, result: Result<Reply, Refusal>) -> Vec<Effect> {
        self.dirty = true;
        let Some(purpose) = self.calls.remove(&call) else {
            return Vec::new();
        };
        match result {
            Ok(reply) => self.answered(call, &purpose, reply),
            // The feed fills itself by deltas; an engine that is away is told in the status line.
            Err(_) if purpose == Purpose::Feed => {}
            Err(why) => {
                if !self.fill_output(call, &refusal_text(&why), false) {
                    self.refused(&why);
                }
            }
        }
        Vec::new()
    }

    fn answered(&mut self, call: Call, purpose: &Purpose, reply: Reply) {
        match reply {
            Reply::Outcome(outcome) => self.show_outcome(purpose, *outcome),
            Reply::Answer(answer) => {
                if let Answer::Events { events, .. } = *answer {
                    self.model.keep_events(events);
                }
            }
            Reply::Output { ok, text } => {
                let text = if text.trim().is_empty() {
                    "(no output)"
                } else {
                    &text
                };
                if !self.fill_output(call, text, ok) {
                    let first = text.lines().next().unwrap_or_default();
                    let level = if ok { Level::Info } else { Level::Warning };
                    let key = format!("call {call}");
                    self.toasts.keyed(level, &key, first, self.now);
                }
            }
        }
    }

    fn show_outcome(&mut self, purpose: &Purpose, outcome: Outcome) {
        if let Outcome::Nudged { nudge, note } = outcome {
            self.told.insert(nudge.id.clone(), nudge.phase);
            tell_nudge(&mut self.toasts, &nudge, self.now);
            if let Some(note) = note {
                self.toasts.warn(&note, self.now);
            }
            self.model.keep_nudge(nudge);
            return;
        }
        match tell(&outcome) {
            Told::Line(line) => self.toasts.info(&line, self.now),
            Told::Text(text) => {
                let title = match purpose {
                    Purpose::Line(line) => line.as_str(),
                    Purpose::Nudge(_) | Purpose::Feed => "done",
                };
                self.overlays
                    .push(Overlay::Output(Output::new(title, &text)));
            }
        }
    }

    fn fill_output(&mut self, call: Call, text: &str, ok: bool) -> bool {
        self.overlays.iter_mut().any(|overlay| match overlay {
            Overlay::Output(output) => output.take(call, text, ok),
            Overlay::Palette(_) | Overlay::Help(_) | Overlay::Compose(_) | Overlay::Ask(_) => false,
        })
    }

    /// Shows a "no" with its first hint.
    pub(super) fn refused(&mut self, why: &Refusal) {
        let hint = why.hints.first().map(|hint| format!("  →  {hint}"));
        let text = format!("{}{}", why.message, hint.unwrap_or_default());
        self.toasts.error(&text, self.now);
    }
}

fn refusal_text(why: &Refusal) -> String {
    let hints = why.hints.iter().map(|hint| format!("\nhint: {hint}"));
    format!("{}{}", why.message, hints.collect::<String>())
}

/// Tells how far a nudge is; one line per nudge.
pub(super) fn tell_nudge(toasts: &mut Toasts, nudge: &NudgeView, now: i64) {
    let to = nudge.to.short();
    let why = nudge
        .reason
        .as_ref()
        .map_or(String::new(), |why| format!(": {why}"));
    let (level, text) = match nudge.phase {
        NudgePhase::Queued => (Level::Info, format!("nudge to {to} is queued{why}")),
        NudgePhase::Typing => (Level::Info, format!("nudge to {to} is being typed")),
        NudgePhase::Submitted => (Level::Info, format!("nudge to {to} is delivered")),
        NudgePhase::Failed => (
            Level::Error,
            format!("nudge to {to} was NOT delivered{why}"),
        ),
        NudgePhase::Unknown => {
            let text =
                format!("whether the nudge to {to} was typed is not known; it is not repeated");
            (Level::Warning, text)
        }
    };
    toasts.keyed(level, nudge.id.as_str(), &text, now);
}
