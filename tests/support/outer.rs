//! What may reach the operator's terminal (contract T1): an allow list, read strictly.
//!
//! Text, and the few sequences that the console writes by itself. Everything else is a fault that
//! names its bytes: other escapes, one-byte controls, strings such as titles and clipboards.

/// Modes that the console sets and resets.
const MODES: &[&str] = &[
    "?25", "?1000", "?1002", "?1003", "?1004", "?1006", "?1049", "?2004", "?2026", "?2031",
];

/// Every fault of what a console wrote to a terminal.
pub(crate) fn faults(bytes: &[u8]) -> Vec<String> {
    let mut faults = Vec::new();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return vec![format!("not UTF-8: {error}")],
    };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\x1b' => match sequence(rest) {
                Ok(length) => rest = &rest[length..],
                Err(length) => {
                    faults.push(
                        format!("\x1b{}", &rest[..length])
                            .escape_debug()
                            .to_string(),
                    );
                    rest = &rest[length..];
                }
            },
            '\r' | '\n' | '\x07' => {}
            _ if c.is_control() || is_hidden(c) => faults.push(c.escape_unicode().to_string()),
            _ => {}
        }
    }
    faults
}

/// The length of the sequence after its ESC when it may be written, else of what is shown of it.
fn sequence(rest: &str) -> Result<usize, usize> {
    let unknown = Err(rest
        .char_indices()
        .nth(24)
        .map_or(rest.len(), |(at, _)| at)
        .min(rest.len()));
    let Some(body) = rest.strip_prefix('[') else {
        return unknown;
    };
    let Some(end) = body.find(|c: char| ('\x40'..='\x7e').contains(&c)) else {
        return unknown;
    };
    let (parameters, last) = (&body[..end], &body[end..=end]);
    let numbers = |more: &str| {
        parameters
            .chars()
            .all(|c| c.is_ascii_digit() || more.contains(c))
    };
    let allowed = match last {
        "m" => numbers(";:"),
        "H" => numbers(";"),
        "J" | "K" | "A" | "B" | "C" | "D" | "G" | "X" => numbers(""),
        "h" | "l" => MODES.contains(&parameters),
        "u" => matches!(parameters, "?" | ">1" | "<"),
        "c" => parameters.is_empty(),
        "q" => parameters.len() == 2 && parameters.ends_with(' ') && numbers(" "),
        _ => false,
    };
    if allowed { Ok(end + 2) } else { unknown }
}

/// Characters that turn the text around them, or that nobody sees.
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// What is wrong with printed output that goes into a pipe: anything but lines, tabs and text.
pub(crate) fn piped_faults(text: &str) -> Vec<String> {
    text.chars()
        .filter(|c| (c.is_control() && !matches!(c, '\n' | '\t')) || is_hidden(*c))
        .map(|c| c.escape_unicode().to_string())
        .collect()
}
