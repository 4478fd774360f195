//! Which key means which action, read from a preset (data); never what an action does.
//!
//! Entry points: [`Keymap::load`] at start, [`Keymap::action`] per key. Problems of a preset
//! are collected and shown, never fatal.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::Deserialize;

use super::action::{ACTIONS, Action, When, action_named};

const TMUX: &str = include_str!("keys/tmux.toml");

/// A key with its modifiers, in the form in which chords are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Chord {
    pub(crate) code: KeyCode,
    pub(crate) modifiers: KeyModifiers,
}

impl Chord {
    /// The chord of a key event. Shift is part of the character itself.
    pub(crate) fn of(key: &KeyEvent) -> Self {
        Self::normal(key.code, key.modifiers)
    }

    fn normal(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let known = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        let mut modifiers = modifiers & known;
        let code = match code {
            KeyCode::Char(c) => {
                modifiers -= KeyModifiers::SHIFT;
                let control = modifiers.contains(KeyModifiers::CONTROL);
                KeyCode::Char(match c {
                    // What the classic encoding cannot tell apart is read as these digits.
                    '4' if control => '\\',
                    '5' if control => ']',
                    '6' if control => '^',
                    '7' if control => '_',
                    _ if control => c.to_ascii_lowercase(),
                    _ => c,
                })
            }
            KeyCode::BackTab => {
                modifiers |= KeyModifiers::SHIFT;
                KeyCode::Tab
            }
            other => other,
        };
        Self { code, modifiers }
    }

    /// Reads `ctrl+k`, `shift+pageup`, `?`, `space`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        while let Some((word, after)) = rest.split_once('+').filter(|(_, after)| !after.is_empty())
        {
            modifiers |= match word {
                "ctrl" => KeyModifiers::CONTROL,
                "alt" => KeyModifiers::ALT,
                "shift" => KeyModifiers::SHIFT,
                _ => return None,
            };
            rest = after;
        }
        let code = NAMES
            .iter()
            .find(|(name, _)| *name == rest)
            .map(|(_, code)| *code)
            .or_else(|| {
                let mut characters = rest.chars();
                let only = characters.next()?;
                characters.next().is_none().then_some(KeyCode::Char(only))
            })?;
        Some(Self::normal(code, modifiers))
    }

    /// The chord as an event, for sending it to an agent.
    pub(crate) fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }
}

impl std::fmt::Display for Chord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = [
            (KeyModifiers::CONTROL, "Ctrl-"),
            (KeyModifiers::ALT, "Alt-"),
            (KeyModifiers::SHIFT, "Shift-"),
        ];
        for (modifier, word) in words {
            if self.modifiers.contains(modifier) {
                f.write_str(word)?;
            }
        }
        match self.code {
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(c) => write!(f, "{c}"),
            code => match LABELS.iter().find(|(known, _)| *known == code) {
                Some((_, label)) => f.write_str(label),
                None => write!(f, "{code}"),
            },
        }
    }
}

const NAMES: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("space", KeyCode::Char(' ')),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
];

const LABELS: &[(KeyCode, &str)] = &[
    (KeyCode::Enter, "Enter"),
    (KeyCode::Esc, "Esc"),
    (KeyCode::Tab, "Tab"),
    (KeyCode::PageUp, "PgUp"),
    (KeyCode::PageDown, "PgDn"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Preset {
    prefix: String,
    leave: String,
    #[serde(default)]
    key: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    on: Vec<String>,
    run: String,
    when: String,
}

/// One key that counts somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    pub(crate) when: When,
    pub(crate) chord: Chord,
    pub(crate) action: Action,
}

/// Every key and what it means.
#[derive(Clone, Debug)]
pub(crate) struct Keymap {
    bindings: Vec<Binding>,
    /// Goes before the keys of [`When::Prefix`].
    pub(crate) prefix: Chord,
    /// Leaves a terminal at once.
    pub(crate) leave: Chord,
    /// What is wrong with the preset.
    pub(crate) problems: Vec<String>,
}

impl Keymap {
    /// The built-in preset.
    pub(crate) fn load() -> Self {
        Self::read(TMUX)
    }

    fn read(text: &str) -> Self {
        let mut problems = Vec::new();
        let preset = toml::from_str::<Preset>(text).unwrap_or_else(|error| {
            problems.push(format!("keys: {}", error.message()));
            Preset {
                prefix: "ctrl+b".to_owned(),
                leave: "ctrl+q".to_owned(),
                key: Vec::new(),
            }
        });
        let mut chord = |text: &str, fallback: char| {
            Chord::parse(text).unwrap_or_else(|| {
                problems.push(format!("keys: `{text}` is not a chord"));
                Chord::normal(KeyCode::Char(fallback), KeyModifiers::CONTROL)
            })
        };
        let (prefix, leave) = (chord(&preset.prefix, 'b'), chord(&preset.leave, 'q'));
        let mut bindings = vec![
            bind(When::Prefix, prefix, Action::SendPrefix),
            bind(When::Prefix, leave, Action::SendLeave),
            bind(When::Terminal, leave, Action::Leave),
        ];
        for row in &preset.key {
            read_row(row, &mut bindings, &mut problems);
        }
        Self {
            bindings,
            prefix,
            leave,
            problems,
        }
    }

    /// What a chord means there.
    pub(crate) fn action(&self, when: When, chord: Chord) -> Option<Action> {
        self.bindings
            .iter()
            .find(|binding| binding.when == when && binding.chord == chord)
            .map(|binding| binding.action)
    }

    /// The chords of an action there, best first.
    pub(crate) fn chords(&self, when: When, action: Action) -> impl Iterator<Item = Chord> {
        self.bindings
            .iter()
            .filter(move |binding| binding.when == when && binding.action == action)
            .map(|binding| binding.chord)
    }

    /// The first key of an action as a hint shows it, the prefix included.
    pub(crate) fn label(&self, action: Action) -> Option<String> {
        let when = ACTIONS.iter().find(|spec| spec.action == action)?.when;
        let chord = self.chords(when, action).next()?;
        Some(match when {
            When::Town | When::Terminal | When::Copy => chord.to_string(),
            When::Prefix => format!("{} {chord}", self.prefix),
        })
    }
}

const fn bind(when: When, chord: Chord, action: Action) -> Binding {
    Binding {
        when,
        chord,
        action,
    }
}

fn read_row(row: &Row, bindings: &mut Vec<Binding>, problems: &mut Vec<String>) {
    let Some(spec) = action_named(&row.run) else {
        problems.push(format!("keys: there is no action `{}`", row.run));
        return;
    };
    let Some(when) = When::parse(&row.when) else {
        problems.push(format!("keys: `when` cannot be `{}`", row.when));
        return;
    };
    for text in &row.on {
        let Some(chord) = Chord::parse(text) else {
            problems.push(format!("keys: `{text}` is not a chord"));
            continue;
        };
        let taken = bindings
            .iter()
            .any(|known| known.when == when && known.chord == chord);
        if taken {
            problems.push(format!("keys: `{text}` in `{}` stands twice", row.when));
        } else {
            bindings.push(bind(when, chord, spec.action));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preset_has_no_problems_and_reaches_every_action() {
        let keys = Keymap::load();
        assert_eq!(keys.problems, Vec::<String>::new());
        for spec in ACTIONS {
            assert!(
                keys.chords(spec.when, spec.action).next().is_some(),
                "`{}` has no key in `{}`",
                spec.id,
                spec.when.word()
            );
        }
    }

    #[test]
    fn chords_read_back_and_compare_as_terminals_send_them() {
        for (text, shown) in [
            ("ctrl+k", "Ctrl-k"),
            ("shift+pageup", "Shift-PgUp"),
            ("?", "?"),
            ("G", "G"),
            ("shift+tab", "Shift-Tab"),
            ("space", "Space"),
            ("+", "+"),
        ] {
            assert_eq!(
                Chord::parse(text).map(|chord| chord.to_string()).as_deref(),
                Some(shown)
            );
        }
        let shifted = KeyEvent::new(KeyCode::Char('?'), KeyModifiers::SHIFT);
        assert_eq!(Some(Chord::of(&shifted)), Chord::parse("?"));
        let back = KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT);
        assert_eq!(Some(Chord::of(&back)), Chord::parse("shift+tab"));
        assert_eq!(Chord::parse("hyper+x"), None);
        assert_eq!(Chord::parse("word"), None);
    }

    #[test]
    fn a_chord_is_met_by_its_legacy_byte_and_by_the_key_itself() {
        let control = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
        for (chord, legacy, itself) in [
            ("ctrl+\\", '4', '\\'),
            ("ctrl+]", '5', ']'),
            ("ctrl+q", 'q', 'Q'),
        ] {
            let wanted = Chord::parse(chord).unwrap();
            assert_eq!(Chord::of(&control(legacy)), wanted);
            assert_eq!(Chord::of(&control(itself)), wanted);
        }
    }

    #[test]
    fn a_bad_preset_is_reported_and_the_rest_counts() {
        let keys = Keymap::read(
            "prefix='ctrl+b'\nleave='ctrl+q'\n[[key]]\non=['x']\nrun='nothing'\nwhen='town'\n\
             [[key]]\non=['y','y']\nrun='help'\nwhen='town'\n[[key]]\non=['z']\nrun='help'\nwhen='moon'\n",
        );
        assert_eq!(keys.problems.len(), 3, "{:?}", keys.problems);
        let y = Chord::parse("y").unwrap();
        assert_eq!(keys.action(When::Town, y), Some(Action::Help));
    }
}
