//! The one sanitiser for text that came from an agent, a repository or a file.
//!
//! Every string that is shown to a person passes `clean` (one line) or `clean_block`
//! (several lines); nothing else in the program strips control characters.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Most zero-width characters kept in a row; more are a denial of service, not writing.
const ZERO_WIDTH_RUN: usize = 8;

/// One line of text, safe to print: no control characters, no direction overrides, no hidden text.
/// Tabs and line ends become single spaces.
pub fn clean(text: &str) -> String {
    sanitise(text, Lines::Join)
}

/// Several lines of text, safe to print; line ends stay, everything else as in [`clean`].
pub fn clean_block(text: &str) -> String {
    sanitise(text, Lines::Keep)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Join,
    Keep,
}

fn sanitise(text: &str, lines: Lines) -> String {
    let mut out = String::with_capacity(text.len());
    let mut zero_width = 0;
    for c in text.chars() {
        match c {
            '\n' if lines == Lines::Keep => out.push('\n'),
            '\r' if lines == Lines::Keep => {}
            '\t' | '\n' | '\r' => out.push(' '),
            _ if c.is_control() || is_hidden(c) => {}
            _ => {
                zero_width = if c.width() == Some(0) {
                    zero_width + 1
                } else {
                    0
                };
                if zero_width <= ZERO_WIDTH_RUN {
                    out.push(c);
                }
            }
        }
    }
    out
}

/// JSON in ASCII alone: what lies beyond it stands in strings only, and becomes `\uXXXX` there, so
/// that nothing in an answer can steer a terminal or hide from its reader (contract T3).
pub(crate) fn ascii_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let digit = |shift: u32| char::from_digit(u32::from(*unit) >> shift & 0xf, 16);
            out.push_str("\\u");
            out.extend([12, 8, 4, 0].into_iter().filter_map(digit));
        }
    }
    out
}

/// What re-orders the text around it, ends a line for some programs, or is seen by none but a model:
/// directions, separators of lines, blanks without a width, tags (contract T2).
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Cuts `text` to at most `columns` terminal columns, marking the cut with `…`.
pub fn fit(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let width = c.width().unwrap_or(0);
        if used + width + 1 > columns {
            break;
        }
        used += width;
        out.push(c);
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// `text` cut or padded with spaces to exactly `columns` terminal columns.
pub fn pad(text: &str, columns: usize) -> String {
    let mut out = fit(text, columns);
    let used = out.width();
    out.extend(std::iter::repeat_n(' ', columns.saturating_sub(used)));
    out
}

/// A short age such as `3s`, `12m`, `4h`, `9d`, from milliseconds.
pub fn age(milliseconds: i64) -> String {
    let seconds = (milliseconds / 1000).max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// A wall time in milliseconds as RFC 3339 in UTC, such as `2026-11-24T06:00:00Z`.
pub fn timestamp(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds)
        .map_or_else(|_| "unknown".to_owned(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_never_survive() {
        assert_eq!(clean("a\x1b[31mb\x07\u{202e}c\nd"), "a[31mbc d");
        assert_eq!(clean_block("a\r\nb\x00"), "a\nb");
    }

    #[test]
    fn t2_hidden_and_turning_text_never_survives() {
        for c in "\u{61c}\u{200b}\u{200f}\u{2028}\u{2029}\u{202e}\u{2060}\u{2066}\u{feff}\u{e0045}"
            .chars()
        {
            assert_eq!(clean(&format!("a{c}b")), "ab", "{c:?}");
        }
        // Joined emoji are writing.
        assert_eq!(clean("👩\u{200d}💻"), "👩\u{200d}💻");
    }

    #[test]
    fn fitting_respects_wide_characters() {
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(pad("ab", 4), "ab  ");
        assert_eq!(fit("abc", 3), "abc");
    }

    proptest::proptest! {
        #[test]
        fn t3_json_in_ascii_says_the_same(text in ".*") {
            let json = ascii_json(&serde_json::to_string(&text).unwrap());
            proptest::prop_assert!(json.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            proptest::prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }

        #[test]
        fn cleaning_is_idempotent_and_silent(text in ".*") {
            let once = clean(&text);
            proptest::prop_assert!(!once.chars().any(char::is_control));
            proptest::prop_assert_eq!(clean(&once), once);
        }
    }
}
