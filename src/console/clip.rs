//! What an agent wants in the operator's clipboard (OSC 52): asked for, allowed or denied.
//!
//! Only the terminal that is typed to may wish for it; what waits for an answer is not replaced by
//! a later wish, so that the answer is for the text that was shown (contract T5). Nothing reaches
//! the operator's terminal before that.

use super::action::Action;
use super::app::{App, Mode};
use super::look::Clipboard;
use super::msg::{Effect, Stream};
use super::toast::Level;
use crate::support::text::clean;

/// How long the operator is asked, in milliseconds.
const ASKED_FOR: i64 = 30_000;
/// Characters of the text that the question shows.
const SHOWN: usize = 40;
/// The question's place among the messages.
const KEY: &str = "clipboard";

/// Text that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    who: String,
    text: String,
    until: i64,
}

impl App {
    /// A terminal wants text to be copied.
    pub(super) fn wants_copied(&mut self, stream: Stream, text: String) -> Vec<Effect> {
        let typed_to = self.mode != Mode::Town
            && self.focused
            && self.viewer().is_some_and(|viewer| viewer.stream == stream);
        let open = self.offer.as_ref();
        if !typed_to || open.is_some_and(|offer| offer.until > self.now) {
            return Vec::new();
        }
        let who = match self.wall.focused() {
            Some(tile) => tile.label.clone(),
            None => return Vec::new(),
        };
        let offer = Offer {
            who,
            text,
            until: self.now + ASKED_FOR,
        };
        match self.look.clipboard {
            Clipboard::Deny => Vec::new(),
            Clipboard::Allow => self.copy_offered(offer),
            Clipboard::Ask => {
                self.ask_to_copy(&offer);
                self.offer = Some(offer);
                Vec::new()
            }
        }
    }

    fn ask_to_copy(&mut self, offer: &Offer) {
        let label = |action| self.look.keys.label(action).unwrap_or_default();
        let (take, refuse) = (label(Action::ClipTake), label(Action::ClipRefuse));
        let shown = clean(&offer.text);
        let mut short: String = shown.trim().chars().take(SHOWN).collect();
        if shown.trim().chars().count() > SHOWN {
            short.push_str("...");
        }
        let text = format!(
            "{} wants to copy {} \"{short}\": {take} copy / {refuse} refuse",
            offer.who,
            count(&offer.text)
        );
        self.toasts
            .keyed_until(Level::Warning, KEY, &text, offer.until);
        self.dirty = true;
    }

    /// The operator lets it be copied.
    pub(super) fn take_clip(&mut self) -> Vec<Effect> {
        match self.open_offer() {
            Some(offer) => self.copy_offered(offer),
            None => self.say("no agent wants to copy anything"),
        }
    }

    /// The operator does not.
    pub(super) fn refuse_clip(&mut self) -> Vec<Effect> {
        match self.open_offer() {
            Some(offer) => {
                let text = format!("{} copied nothing", offer.who);
                self.toasts.keyed(Level::Info, KEY, &text, self.now);
                Vec::new()
            }
            None => self.say("no agent wants to copy anything"),
        }
    }

    fn open_offer(&mut self) -> Option<Offer> {
        self.offer.take().filter(|offer| offer.until > self.now)
    }

    fn copy_offered(&mut self, offer: Offer) -> Vec<Effect> {
        let text = format!("{} copied {}", offer.who, count(&offer.text));
        self.toasts.keyed(Level::Info, KEY, &text, self.now);
        self.dirty = true;
        vec![Effect::Copy(offer.text)]
    }
}

fn count(text: &str) -> String {
    match text.chars().count() {
        1 => "1 character".to_owned(),
        many => format!("{many} characters"),
    }
}
