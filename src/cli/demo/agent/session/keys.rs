//! What the operator does to the agent: keys, submitted text, answers, interruption.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Activity, End, PRIME, Session};
use crate::cli::demo::agent::transcript::Voice;

impl Session {
    pub(super) fn key(&mut self, key: KeyEvent) {
        if let Activity::Asking(question) = &self.activity {
            let question = question.clone();
            match key.code {
                KeyCode::Char('1' | 'y' | 'Y') => self.answered(&question, true),
                KeyCode::Char('2' | 'n' | 'N') | KeyCode::Esc => self.answered(&question, false),
                _ => {}
            }
            return;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if control && !self.composer.is_empty() => self.composer.clear(),
            KeyCode::Char('c' | 'd') if control => self.end = Some(End::Exit(0)),
            KeyCode::Char('u') if control => self.composer.clear(),
            KeyCode::Char('w') if control => self.composer.delete_word(),
            KeyCode::Char('j') if control => self.composer.paste("\n"),
            KeyCode::Char(c) if !control => self.composer.insert(c),
            KeyCode::Backspace => self.composer.backspace(),
            KeyCode::Enter => self.submit(),
            KeyCode::Esc => self.interrupt(),
            _ => {}
        }
    }

    fn submit(&mut self) {
        let text = self.composer.take();
        if text.trim().is_empty() {
            return;
        }
        self.transcript.add_block(Voice::Operator, &text);
        if !self.begun && text.contains(PRIME) {
            self.prime();
        } else if matches!(text.trim(), "/exit" | "/quit") {
            self.end = Some(End::Exit(0));
        } else if text.to_lowercase().contains("status") {
            let status = format!("status: {}", self.status_line());
            self.transcript.add(Voice::Agent, &status);
        } else {
            self.transcript
                .add(Voice::Agent, "understood, I keep that in mind");
        }
    }

    fn status_line(&self) -> String {
        let about = self
            .title
            .as_ref()
            .map_or_else(|| "the script".to_owned(), |title| format!("`{title}`"));
        if self.submitted {
            format!("{about} is submitted")
        } else if self.steps.is_empty() && matches!(self.activity, Activity::Idle) {
            "nothing to do".to_owned()
        } else {
            let at = self.total.saturating_sub(self.steps.len());
            format!("{about}, step {at} of {}", self.total)
        }
    }

    fn interrupt(&mut self) {
        match &self.activity {
            Activity::Idle => return,
            // What it ran still reports its end, which then finds no further steps.
            Activity::Running(job) => job.running.stop(),
            Activity::Until(_)
            | Activity::Asking(_)
            | Activity::Hanging
            | Activity::Flooding(_) => self.activity = Activity::Idle,
        }
        self.steps.clear();
        self.transcript.add(Voice::Trouble, "interrupted");
    }

    fn answered(&mut self, question: &str, yes: bool) {
        let what = question
            .split_once(':')
            .map_or(question, |(_, what)| what)
            .trim();
        if yes {
            self.transcript
                .add(Voice::Agent, &format!("you said yes to `{what}`"));
        } else {
            self.transcript.add(
                Voice::Agent,
                &format!("you said no, so I go on without `{what}`"),
            );
            self.steps.pop_front();
        }
        self.rest();
    }
}
