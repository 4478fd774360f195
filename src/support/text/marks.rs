//! What foreign text hides: which characters that is, where they are writing, and their marks.
//!
//! A mark such as `<U+202E>` is for what steers, re-orders or hides (contract T2): control characters, separators of
//! lines and paragraphs, directions, tags, blanks without a width, private and unassigned code points,
//! marks without a letter. Joiners and variation selectors stay where writing needs them: within
//! emoji, in the scripts that join, on the characters that have variants. Tables: `unicode-properties`
//! and `unicode-script`. Entry point: [`write()`].

use std::fmt::Write as _;

use unicode_properties::{GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};
use unicode_width::UnicodeWidthChar;

/// Most characters without a width on one letter; more are a denial of service, not writing.
const ON_ONE_LETTER: usize = 7;
/// Most marks in a row that are written one by one; longer runs are one mark with their length.
const ONE_BY_ONE: usize = 3;
/// What flags of countries within a country are made of after the black flag: the three in use.
const FLAGS: [&str; 3] = [
    "\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];
const JOINER: char = '\u{200d}';

/// What becomes of what is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hidden {
    /// It is a mark, and so is what every program's font may draw otherwise.
    Marked,
    /// It is dropped. Private and unassigned characters have a cell of their own, and stay.
    Dropped,
}

/// Adds `text` to `out`, without what it hides. Line ends must be gone from it.
pub(super) fn write(text: &str, hidden: Hidden, out: &mut String) {
    let mut letter = Letter::default();
    let mut run = Run::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if let Some(flag) = letter.flag(rest) {
            out.push_str(flag);
            letter.extra += 1;
            rest = rest.get(flag.len()..).unwrap_or_default();
            continue;
        }
        rest = after;
        if c == ' ' || c.is_ascii_graphic() {
            run.end(out);
            out.push(c);
            letter = Letter::of(c);
        } else if hidden == Hidden::Dropped && is_drawn_by_fonts(c) {
            letter = Letter::of(c);
            out.push(c);
        } else if letter.takes(c, after) {
            run.end(out);
            out.push(c);
        } else {
            letter = Letter::default();
            if hidden == Hidden::Marked {
                run.add(c);
            }
        }
    }
    run.end(out);
}

/// Whether `c` is text by itself: seen, with a place of its own.
pub(super) fn is_seen(c: char) -> bool {
    let by_category = match c.general_category() {
        GeneralCategory::Control
        | GeneralCategory::PrivateUse
        | GeneralCategory::Surrogate
        | GeneralCategory::Unassigned
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator => false,
        // Signs that stand over or around numbers are of this category, and are seen.
        GeneralCategory::Format => matches!(
            c,
            '\u{600}'
                ..='\u{605}'
                    | '\u{6dd}'
                    | '\u{70f}'
                    | '\u{890}'
                    | '\u{891}'
                    | '\u{8e2}'
                    | '\u{110bd}'
                    | '\u{110cd}'
        ),
        _ => true,
    };
    // Letters that fill a place of Hangul with nothing, and marks that only part or hide.
    by_category
        && !matches!(
            c,
            '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}'
        )
}

/// No character of the standard, but one that takes a cell.
fn is_drawn_by_fonts(c: char) -> bool {
    matches!(
        c.general_category(),
        GeneralCategory::PrivateUse | GeneralCategory::Unassigned
    ) && c.width().is_some_and(|width| width > 0)
}

/// Selects a variant of the character before it.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether writing in the script joins and parts its letters by characters that are not seen.
fn joins(script: Script) -> bool {
    matches!(
        script,
        Script::Arabic
            | Script::Syriac
            | Script::Mongolian
            | Script::Devanagari
            | Script::Bengali
            | Script::Gurmukhi
            | Script::Gujarati
            | Script::Oriya
            | Script::Tamil
            | Script::Telugu
            | Script::Kannada
            | Script::Malayalam
            | Script::Sinhala
            | Script::Khmer
    )
}

/// An emoji that is no digit and no sign of ASCII.
fn is_picture(c: char) -> bool {
    !c.is_ascii() && c.is_emoji_char()
}

/// The letter that the next character may belong to.
#[derive(Clone, Copy, Default)]
struct Letter {
    base: Option<char>,
    /// Characters without a width that it has.
    extra: usize,
    /// The last of them.
    last: Option<char>,
}

impl Letter {
    const fn of(c: char) -> Self {
        Self {
            base: Some(c),
            extra: 0,
            last: None,
        }
    }

    /// Takes `c` in as part of the letter, or as the next one; says no where it must be marked.
    fn takes(&mut self, c: char, after: &str) -> bool {
        let next = after.chars().next();
        let stays = if is_selector(c) {
            self.last.is_none() && self.base.is_some_and(|base| has_variant(base, c, next))
        } else if matches!(c, '\u{200c}' | JOINER) {
            self.is_joined(c, next)
        } else if !is_seen(c) {
            false
        } else if c.width() == Some(0) {
            self.base.is_some_and(|base| base != ' ')
        } else {
            *self = Self::of(c);
            return true;
        };
        self.extra += 1;
        self.last = Some(c);
        stays && self.extra <= ON_ONE_LETTER
    }

    fn is_joined(self, joiner: char, next: Option<char>) -> bool {
        let (Some(base), Some(next)) = (self.base, next) else {
            return false;
        };
        (joiner == JOINER && is_picture(base) && is_picture(next))
            || (joins(base.script()) && base.script() == next.script())
    }

    /// The rest of a flag that begins with this letter, where `rest` begins with it.
    fn flag(self, rest: &str) -> Option<&'static str> {
        let begins = self.base == Some('\u{1f3f4}') && self.extra == 0;
        FLAGS
            .into_iter()
            .find(|flag| begins && rest.starts_with(flag))
    }
}

/// Whether there is such a variant of `base`. `next` is what follows the selector.
fn has_variant(base: char, selector: char, next: Option<char>) -> bool {
    match selector {
        // A key with a digit is a digit, a selector and the key around them.
        '\u{fe0e}' | '\u{fe0f}' => {
            is_picture(base) || (base.is_emoji_char() && next == Some('\u{20e3}'))
        }
        '\u{fe00}' if base.general_category() == GeneralCategory::MathSymbol => true,
        '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}' => base.script() == Script::Han,
        '\u{180b}'..='\u{180f}' => base.script() == Script::Mongolian,
        _ => false,
    }
}

/// Characters in a row that become marks.
#[derive(Default)]
struct Run {
    first: [char; ONE_BY_ONE],
    count: usize,
}

impl Run {
    fn add(&mut self, c: char) {
        if let Some(place) = self.first.get_mut(self.count) {
            *place = c;
        }
        self.count += 1;
    }

    /// Writes what was gathered: one mark each, or the first with the number of the others.
    fn end(&mut self, out: &mut String) {
        if self.count > ONE_BY_ONE {
            let [first, ..] = self.first;
            // Writing to a string cannot fail.
            let _ = write!(
                out,
                "<U+{:04X} and {} more>",
                u32::from(first),
                self.count - 1
            );
        } else {
            for c in self.first.into_iter().take(self.count) {
                mark(c, out);
            }
        }
        self.count = 0;
    }
}

/// Adds the mark of one character.
pub(super) fn mark(c: char, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "<U+{:04X}>", u32::from(c));
}
