//! How a line writes its JSON: separators and escapes, and the writing and reading of strings.
//!
//! Owns the escaping of the programs that wrote such files before, so that an edited line differs
//! only where it was edited: `<`, `>`, `&`, U+2028 and U+2029 as `\uXXXX`, the short forms for line
//! end, tab, return, quote and backslash, everything else as it is. Lines from other writers are
//! taken by their own evidence. Entry points: [`Style::of`], [`Style::text`], [`decode`].

use std::borrow::Cow;
use std::fmt::Write;

use super::scan::Member;

/// Separators and escapes of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// `": "` and `", "` instead of `:` and `,`.
    pub spaced: bool,
    /// `<`, `>` and `&` are written as `\uXXXX`.
    pub html: bool,
    /// Everything outside ASCII is written as `\uXXXX`.
    pub ascii: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            spaced: false,
            html: true,
            ascii: false,
        }
    }
}

impl Style {
    /// The style that a line shows.
    pub(super) fn of(raw: &[u8], members: &[Member]) -> Self {
        let spaced = members
            .first()
            .and_then(|first| raw.get(first.key.end..first.value.start))
            .is_some_and(|between| between.contains(&b' '));
        let escaped = |digits: [&[u8]; 3]| {
            raw.windows(6)
                .any(|six| six.starts_with(b"\\u") && digits.iter().any(|d| six.ends_with(d)))
        };
        let literal = raw.iter().any(|byte| matches!(byte, b'<' | b'>' | b'&'));
        let wide = raw
            .windows(4)
            .any(|four| four.starts_with(b"\\u") && four != b"\\u00");
        Self {
            spaced,
            html: !literal || escaped([b"003c", b"003e", b"0026"]),
            ascii: spaced && wide && raw.is_ascii(),
        }
    }

    pub(super) fn comma(self) -> &'static str {
        if self.spaced { ", " } else { "," }
    }

    pub(super) fn colon(self) -> &'static str {
        if self.spaced { ": " } else { ":" }
    }

    /// Writes a string with its quotes.
    pub(super) fn text(self, text: &str, out: &mut String) {
        out.push('"');
        for c in text.chars() {
            self.character(c, out);
        }
        out.push('"');
    }

    fn character(self, c: char, out: &mut String) {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' if self.html => unit(c as u32, out),
            '\u{2028}' | '\u{2029}' => unit(c as u32, out),
            '\0'..='\u{1f}' => unit(c as u32, out),
            '\u{80}'.. if self.ascii => {
                let mut units = [0; 2];
                for one in c.encode_utf16(&mut units) {
                    unit(u32::from(*one), out);
                }
            }
            other => out.push(other),
        }
    }

    /// Writes JSON text without the space around its values, escaped as this style does; what is no
    /// JSON is written as a string, so that a line stays one line of JSON.
    pub(super) fn json(self, text: &str, out: &mut String) {
        if !super::scan::is_value(text.as_bytes()) {
            return self.text(text, out);
        }
        let mut inside = false;
        let mut escape = false;
        for c in text.chars() {
            if inside {
                match c {
                    _ if escape => {
                        escape = false;
                        out.push(c);
                    }
                    '\\' => {
                        escape = true;
                        out.push(c);
                    }
                    '"' => {
                        inside = false;
                        out.push(c);
                    }
                    other => self.character(other, out),
                }
                continue;
            }
            match c {
                ' ' | '\t' | '\n' | '\r' => {}
                ',' => out.push_str(self.comma()),
                ':' => out.push_str(self.colon()),
                '"' => {
                    inside = true;
                    out.push(c);
                }
                other => out.push(other),
            }
        }
    }
}

fn unit(unit: u32, out: &mut String) {
    let _ = write!(out, "\\u{unit:04x}");
}

/// The text of a checked string with its quotes. Bytes that are no UTF-8 and halves of surrogate
/// pairs become U+FFFD, as the programs that wrote such files read them.
pub(super) fn decode(quoted: &[u8]) -> Cow<'_, str> {
    let inner = quoted
        .get(1..quoted.len().saturating_sub(1))
        .unwrap_or_default();
    if !inner.contains(&b'\\') {
        return String::from_utf8_lossy(inner);
    }
    let text = String::from_utf8_lossy(inner);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find('\\') {
        let (plain, escape) = rest.split_at(at);
        out.push_str(plain);
        rest = unescape(escape, &mut out);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Takes one escape from the front of `text` and answers with what follows it.
fn unescape<'a>(text: &'a str, out: &mut String) -> &'a str {
    let mut chars = text.chars();
    chars.next();
    let plain = match chars.next() {
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('u') => return wide(chars.as_str(), out),
        Some(other) => other,
        None => return "",
    };
    out.push(plain);
    chars.as_str()
}

fn four(text: &str) -> Option<(u32, &str)> {
    let digits = text.get(..4)?;
    Some((u32::from_str_radix(digits, 16).ok()?, text.get(4..)?))
}

fn wide<'a>(text: &'a str, out: &mut String) -> &'a str {
    let Some((first, rest)) = four(text) else {
        return text;
    };
    if (0xd800..0xdc00).contains(&first)
        && let Some((second, after)) = rest.strip_prefix("\\u").and_then(four)
        && (0xdc00..0xe000).contains(&second)
    {
        let whole = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        out.push(char::from_u32(whole).unwrap_or(char::REPLACEMENT_CHARACTER));
        return after;
    }
    out.push(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
    rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(style: Style, text: &str) -> String {
        let mut out = String::new();
        style.text(text, &mut out);
        out
    }

    #[test]
    fn strings_are_escaped_as_the_files_have_them() {
        for (text, expect) in [
            ("a<b>&c", r#""a\u003cb\u003e\u0026c""#),
            ("l1\nl2\tx\r", r#""l1\nl2\tx\r""#),
            ("say \"x\" \\ /", r#""say \"x\" \\ /""#),
            ("\u{2028}\u{2029}", r#""\u2028\u2029""#),
            ("\u{1b}\0\u{7f}", "\"\\u001b\\u0000\u{7f}\""),
            ("naïve – 漢字 🙂", "\"naïve – 漢字 🙂\""),
            ("\u{8}\u{c}", r#""\b\f""#),
        ] {
            assert_eq!(written(Style::default(), text), expect);
        }
        let python = Style {
            spaced: true,
            html: false,
            ascii: true,
        };
        assert_eq!(written(python, "é<🙂"), r#""\u00e9<\ud83d\ude42""#);
    }

    #[test]
    fn broken_text_inside_strings_is_replaced() {
        assert_eq!(decode(b"\"a\xffb\""), "a\u{fffd}b");
        assert_eq!(decode(br#""\ud83d x \ude42""#), "\u{fffd} x \u{fffd}");
        assert_eq!(decode(br#""\ud83d\ude42\/\u00e9""#), "🙂/é");
    }

    #[test]
    fn json_text_loses_its_space_and_stays_one_line() {
        let mut out = String::new();
        Style::default().json("{ \"a\" : [1,\n 2], \"b c\" : \"<x>\\n , :\" }", &mut out);
        assert_eq!(out, r#"{"a":[1,2],"b c":"\u003cx\u003e\n , :"}"#);
        out.clear();
        Style::default().json("{broken\n", &mut out);
        assert_eq!(out, r#""{broken\n""#);
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>(), html in any::<bool>(), ascii in any::<bool>()) {
            let quoted = written(Style { spaced: false, html, ascii }, &text);
            prop_assert!(super::super::scan::is_value(quoted.as_bytes()));
            prop_assert!(!quoted.contains('\n'));
            prop_assert_eq!(decode(quoted.as_bytes()), text);
        }
    }
}
