//! What the operator and the terminal chose: theme, glyphs, keys, time zone.
//!
//! The only reader of the environment and of the operator's `gastown/config.toml` in here; a bad
//! file costs its own setting, never the console.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the console's reader of the environment and of the operator's settings"
)]

use std::env;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::glyph::Glyphs;
use super::keymap::Keymap;
use super::theme::{DEFAULT, Depth, MONO, Theme};
use crate::support::clock;
use crate::support::files::read_if_there;

/// What becomes of text that an agent wants in the operator's clipboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Clipboard {
    /// The operator is asked.
    #[default]
    Ask,
    /// It is copied.
    Allow,
    /// Nothing.
    Deny,
}

/// How the console looks and which keys it knows; fixed while it runs.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) theme: Theme,
    pub(crate) glyphs: Glyphs,
    pub(crate) keys: Keymap,
    pub(crate) zone: TimeZone,
    /// Whether only 256 colours can be shown.
    pub(crate) indexed: bool,
    /// Whether the mouse is captured.
    pub(crate) mouse: bool,
    /// Whether what the mouse selects is copied at once.
    pub(crate) copy_on_select: bool,
    /// What becomes of text that an agent wants to be copied.
    pub(crate) clipboard: Clipboard,
    /// What is wrong with the settings.
    pub(crate) problems: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Settings {
    theme: Option<String>,
    glyphs: Option<String>,
    mouse: Option<bool>,
    copy_on_select: Option<bool>,
    terminal: TerminalSettings,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TerminalSettings {
    clipboard: Option<String>,
}

impl Look {
    /// Reads the environment and the operator's settings.
    pub(crate) fn read() -> Self {
        let mut problems = Vec::new();
        let settings = settings_file()
            .map(|path| read_settings(&path, &mut problems))
            .unwrap_or_default();
        let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let chosen = match &settings.theme {
            _ if no_colour => MONO,
            Some(name) => name.as_str(),
            None => DEFAULT,
        };
        let keys = Keymap::load();
        problems.extend(keys.problems.iter().cloned());
        let depth = depth();
        Self {
            theme: pick_theme(chosen, depth, &mut problems),
            glyphs: pick_glyphs(settings.glyphs.as_deref(), &mut problems),
            keys,
            zone: clock::local_zone(),
            indexed: depth == Depth::Indexed,
            mouse: settings.mouse.unwrap_or(true),
            copy_on_select: settings.copy_on_select.unwrap_or(true),
            clipboard: pick_clipboard(settings.terminal.clipboard.as_deref(), &mut problems),
            problems,
        }
    }

    /// A fixed look for tests: no colour, UTC.
    #[cfg(test)]
    pub(crate) fn fixed(glyphs: Glyphs) -> Self {
        Self {
            theme: Theme::named(MONO, Depth::True).unwrap_or_else(|_| Theme::plain()),
            glyphs,
            keys: Keymap::load(),
            zone: TimeZone::UTC,
            indexed: false,
            mouse: false,
            copy_on_select: true,
            clipboard: Clipboard::default(),
            problems: Vec::new(),
        }
    }

    /// A wall time in milliseconds as the time of day.
    pub(crate) fn clock(&self, wall: i64) -> String {
        Timestamp::from_millisecond(wall).map_or_else(
            |_| "--:--:--".to_owned(),
            |time| {
                time.to_zoned_datetime(self.zone.clone())
                    .strftime("%H:%M:%S")
                    .to_string()
            },
        )
    }
}

fn settings_file() -> Option<PathBuf> {
    let folder = env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    Some(folder.join("gastown").join("config.toml"))
}

fn read_settings(path: &Path, problems: &mut Vec<String>) -> Settings {
    let text = match read_if_there(path) {
        Ok(text) => text.unwrap_or_default(),
        Err(error) => {
            problems.push(format!("`{}`: {error}", path.display()));
            return Settings::default();
        }
    };
    let mut unknown = Vec::new();
    let read = toml::Deserializer::parse(&text)
        .and_then(|reader| serde_ignored::deserialize(reader, |key| unknown.push(key.to_string())));
    for key in unknown {
        problems.push(format!("`{}`: unknown key `{key}`", path.display()));
    }
    read.unwrap_or_else(|error| {
        problems.push(format!("`{}`: {}", path.display(), error.message()));
        Settings::default()
    })
}

fn pick_theme(name: &str, depth: Depth, problems: &mut Vec<String>) -> Theme {
    let chosen = Theme::named(name, depth).or_else(|error| {
        problems.push(error.to_string());
        Theme::named(DEFAULT, depth)
    });
    chosen.unwrap_or_else(|error| {
        problems.push(error.to_string());
        Theme::plain()
    })
}

fn pick_glyphs(chosen: Option<&str>, problems: &mut Vec<String>) -> Glyphs {
    match chosen {
        Some("unicode") => Glyphs::Unicode,
        Some("ascii") => Glyphs::Ascii,
        Some(other) => {
            problems.push(format!("glyphs `{other}`: use `unicode` or `ascii`"));
            locale_glyphs()
        }
        None => locale_glyphs(),
    }
}

/// The careful choice where it is not understood: nothing.
fn pick_clipboard(chosen: Option<&str>, problems: &mut Vec<String>) -> Clipboard {
    match chosen {
        Some("ask") | None => Clipboard::Ask,
        Some("allow") => Clipboard::Allow,
        Some("deny") => Clipboard::Deny,
        Some(other) => {
            problems.push(format!(
                "terminal.clipboard `{other}`: use `ask`, `allow` or `deny`"
            ));
            Clipboard::Deny
        }
    }
}

/// ASCII where the locale is not UTF-8.
fn locale_glyphs() -> Glyphs {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(env::var_os)
        .find(|value| !value.is_empty())
        .map(|value| value.to_string_lossy().to_ascii_lowercase());
    match locale {
        Some(name) if name.contains("utf-8") || name.contains("utf8") => Glyphs::Unicode,
        Some(_) | None => Glyphs::Ascii,
    }
}

/// All colours where the terminal says so, else 256.
fn depth() -> Depth {
    match env::var("COLORTERM").as_deref() {
        Ok("truecolor" | "24bit") => Depth::True,
        Ok(_) | Err(_) => Depth::Indexed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Settings, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        let mut problems = Vec::new();
        let settings = read_settings(&path, &mut problems);
        (settings, problems)
    }

    #[test]
    fn a_bad_setting_costs_itself_alone() {
        let (settings, problems) = read("theme = 'mono'\nsound = true\n");
        assert_eq!(settings.theme.as_deref(), Some("mono"));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("unknown key `sound`"), "{problems:?}");
        let (settings, problems) = read("theme = [");
        assert_eq!(settings.theme, None);
        assert_eq!(problems.len(), 1);
        let mut problems = Vec::new();
        let theme = pick_theme("moon", Depth::True, &mut problems);
        assert_eq!(Ok(theme), Theme::named(DEFAULT, Depth::True).map_err(drop));
        assert!(problems[0].contains("there is no theme `moon`"));
    }

    #[test]
    fn a_policy_for_the_clipboard_that_is_not_understood_denies() {
        let mut problems = Vec::new();
        for (text, wanted) in [
            ("", Clipboard::Ask),
            ("[terminal]\nclipboard = 'ask'", Clipboard::Ask),
            ("[terminal]\nclipboard = 'allow'", Clipboard::Allow),
            ("terminal.clipboard = 'deny'", Clipboard::Deny),
            ("terminal.clipboard = 'on'", Clipboard::Deny),
        ] {
            let chosen = read(text).0.terminal.clipboard;
            assert_eq!(pick_clipboard(chosen.as_deref(), &mut problems), wanted);
        }
        assert_eq!(problems.len(), 1, "{problems:?}");
    }

    #[test]
    fn no_file_is_no_problem() {
        let mut problems = Vec::new();
        read_settings(Path::new("/nonexistent/config.toml"), &mut problems);
        assert_eq!(problems, Vec::<String>::new());
    }
}
