//! Roles to styles, read from `themes/*.toml`; no panel names a colour.
//!
//! Entry point: [`Theme::named`]. A state is always told by glyph and word too, so that the
//! `mono` theme loses nothing.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

const BUILT_IN: &[(&str, &str)] = &[
    ("town-dark", include_str!("../../themes/town-dark.toml")),
    ("town-light", include_str!("../../themes/town-light.toml")),
    ("terminal", include_str!("../../themes/terminal.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
    (
        "high-contrast",
        include_str!("../../themes/high-contrast.toml"),
    ),
    (
        "gruvbox-dark",
        include_str!("../../themes/gruvbox-dark.toml"),
    ),
];

/// The theme of an operator who chose none.
pub(crate) const DEFAULT: &str = "town-dark";
/// The theme without colours.
pub(crate) const MONO: &str = "mono";

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// All of them.
    True,
    /// 256.
    Indexed,
}

/// Why a theme cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ThemeError {
    /// There is none of that name.
    #[error("there is no theme `{0}`; choose one of {1}")]
    Unknown(String, String),
    /// The file is not one.
    #[error("theme `{0}` cannot be read: {1}")]
    Unreadable(String, #[source] Box<toml::de::Error>),
    /// A word is neither a colour nor a way to write.
    #[error("`{0}` is not a colour")]
    Colour(String),
    /// `on` stands at the end.
    #[error("a colour is missing after `on`")]
    NoColour,
}

/// Styles by role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Theme {
    pub(crate) text: Style,
    pub(crate) muted: Style,
    pub(crate) accent: Style,
    pub(crate) ok: Style,
    pub(crate) warning: Style,
    pub(crate) danger: Style,
    pub(crate) busy: Style,
    pub(crate) border: Style,
    pub(crate) focus: Style,
    pub(crate) title: Style,
    pub(crate) key: Style,
    pub(crate) selection: Style,
    pub(crate) bar: Style,
    pub(crate) overlay: Style,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "appearance")]
    _appearance: Appearance,
    text: String,
    muted: String,
    accent: String,
    ok: String,
    warning: String,
    danger: String,
    busy: String,
    border: String,
    focus: String,
    title: String,
    key: String,
    selection: String,
    bar: String,
    overlay: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Appearance {
    Dark,
    Light,
}

impl Theme {
    /// The names of all themes.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// A theme by name, or what is wrong with it.
    pub(crate) fn named(name: &str, depth: Depth) -> Result<Self, ThemeError> {
        let Some((_, text)) = BUILT_IN.iter().find(|(known, _)| *known == name) else {
            let names: Vec<&str> = Self::names().collect();
            return Err(ThemeError::Unknown(name.to_owned(), names.join(", ")));
        };
        let file: File = toml::from_str(text)
            .map_err(|error| ThemeError::Unreadable(name.to_owned(), Box::new(error)))?;
        Self::read(&file, depth)
    }

    /// No style at all: what is left when even a built-in theme fails.
    pub(crate) fn plain() -> Self {
        let none = Style::new();
        Self {
            text: none,
            muted: none,
            accent: none,
            ok: none,
            warning: none,
            danger: none,
            busy: none,
            border: none,
            focus: none,
            title: none,
            key: none,
            selection: none.add_modifier(Modifier::REVERSED),
            bar: none.add_modifier(Modifier::REVERSED),
            overlay: none,
        }
    }

    fn read(file: &File, depth: Depth) -> Result<Self, ThemeError> {
        let style = |text: &str| parse_style(text, depth);
        Ok(Self {
            text: style(&file.text)?,
            muted: style(&file.muted)?,
            accent: style(&file.accent)?,
            ok: style(&file.ok)?,
            warning: style(&file.warning)?,
            danger: style(&file.danger)?,
            busy: style(&file.busy)?,
            border: style(&file.border)?,
            focus: style(&file.focus)?,
            title: style(&file.title)?,
            key: style(&file.key)?,
            selection: style(&file.selection)?,
            bar: style(&file.bar)?,
            overlay: style(&file.overlay)?,
        })
    }
}

fn parse_style(text: &str, depth: Depth) -> Result<Style, ThemeError> {
    let mut style = Style::new();
    let mut words = text.split_ascii_whitespace();
    while let Some(word) = words.next() {
        style = match word {
            "bold" => style.add_modifier(Modifier::BOLD),
            "dim" => style.add_modifier(Modifier::DIM),
            "italic" => style.add_modifier(Modifier::ITALIC),
            "underline" => style.add_modifier(Modifier::UNDERLINED),
            "reverse" => style.add_modifier(Modifier::REVERSED),
            "on" => {
                let colour = words.next().ok_or(ThemeError::NoColour)?;
                style.bg(parse_colour(colour, depth)?)
            }
            colour => style.fg(parse_colour(colour, depth)?),
        };
    }
    Ok(style)
}

fn parse_colour(text: &str, depth: Depth) -> Result<Color, ThemeError> {
    let colour: Color = text
        .parse()
        .map_err(|_| ThemeError::Colour(text.to_owned()))?;
    Ok(match depth {
        Depth::True => colour,
        Depth::Indexed => crate::screen::nearest_indexed(colour),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_theme_reads_whole() {
        for name in Theme::names() {
            for depth in [Depth::True, Depth::Indexed] {
                Theme::named(name, depth).unwrap();
            }
        }
        assert!(Theme::named("none", Depth::True).is_err());
    }

    #[test]
    fn mono_has_no_colour() {
        let theme = Theme::named(MONO, Depth::True).unwrap();
        for style in [theme.text, theme.danger, theme.warning, theme.selection] {
            assert!(style.fg.is_none_or(|colour| colour == Color::Reset));
            assert_eq!(style.bg, None);
        }
    }

    #[test]
    fn styles_are_read_word_by_word() {
        let style = parse_style("#ff0000 on blue bold", Depth::True).unwrap();
        assert_eq!(style.fg, Some(Color::Rgb(255, 0, 0)));
        assert_eq!(style.bg, Some(Color::Blue));
        assert!(style.add_modifier.contains(Modifier::BOLD));
        assert!(parse_style("blurple", Depth::True).is_err());
        let flat = parse_style("#ff0000", Depth::Indexed).unwrap();
        assert_eq!(flat.fg, Some(Color::Indexed(196)));
    }
}
