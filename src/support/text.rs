//! The one sanitiser for text that came from an agent, a repository or a file.
//!
//! Every string that is shown to a person passes `clean` (one line), `clean_block` (several lines) or
//! `identity` (a name to be trusted): what steers, re-orders or hides becomes a visible mark such as
//! `<U+202E>` (contract T2). Rows of a terminal, and what is typed into one or copied out of it, pass
//! `strip` or `strip_block`, which drop it: there a mark would be text that nobody wrote.

mod marks;
mod scripts;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use marks::Hidden;

/// One line of text, safe to print: what steers a terminal, turns text around or hides is a visible
/// mark. Tabs and line ends become single spaces.
pub fn clean(text: &str) -> String {
    one_line(text, Hidden::Marked)
}

/// Several lines of text, safe to print; line ends stay, everything else as in [`clean`].
pub fn clean_block(text: &str) -> String {
    lines(text, Hidden::Marked)
}

/// A name that says who somebody is or where work goes, on one line: as in [`clean`], and letters that
/// a word mixes in from another script, to be taken for a name that is known, are marks.
pub fn identity(name: &str) -> String {
    let name = clean(name);
    if name.is_ascii() {
        return name;
    }
    let mut out = String::with_capacity(name.len() + 16);
    scripts::write_told_apart(&name, &mut out);
    // A joiner may have lost the letters between which it was writing.
    clean(&out)
}

/// One line from a terminal's rows, or to be typed: without control characters and without what turns
/// text around or hides. Tabs and line ends become single spaces.
pub fn strip(text: &str) -> String {
    one_line(text, Hidden::Dropped)
}

/// As [`strip`], several lines; line ends stay.
pub fn strip_block(text: &str) -> String {
    lines(text, Hidden::Dropped)
}

/// What a program wrote into a pipe, without its control characters except line ends: colours and
/// progress of a build are no attack. What hides otherwise is left for [`clean_block`] to mark.
pub fn without_controls(output: &str) -> String {
    output
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .collect()
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, 0x20..=0x7e))
}

fn one_line(text: &str, hidden: Hidden) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (number, line) in text.replace("\r\n", "\n").split('\n').enumerate() {
        if number > 0 {
            out.push(' ');
        }
        marks::write(&line.replace('\t', " "), hidden, &mut out);
    }
    out
}

fn lines(text: &str, hidden: Hidden) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| one_line(line.strip_suffix('\r').unwrap_or(line), hidden))
        .collect();
    lines.join("\n")
}

/// JSON in ASCII alone: what lies beyond it stands in strings only, and becomes `\uXXXX` there, so
/// that nothing in an answer can steer a terminal or hide from its reader (contract T3).
pub(crate) fn ascii_json(json: &str) -> String {
    escaped_json(json, |c| c.is_ascii() && c != '\u{7f}')
}

/// A line of JSON that keeps its writing: only what steers a terminal or hides becomes `\uXXXX`.
pub(crate) fn plain_json(json: &str) -> String {
    escaped_json(json, |c| matches!(c, ' '..='~') || marks::is_seen(c))
}

fn escaped_json(json: &str, is_kept: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_kept(c) {
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

/// How a value shows itself, at most so many bytes of it: what is longer is not written out at all.
pub(crate) fn beginning(value: &dyn std::fmt::Debug, bytes: usize) -> String {
    struct Short(String, usize);
    impl std::fmt::Write for Short {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            let room = self.1.saturating_sub(self.0.len());
            if text.len() <= room {
                self.0.push_str(text);
                return Ok(());
            }
            let end = (0..=room).rev().find(|at| text.is_char_boundary(*at));
            self.0
                .push_str(text.get(..end.unwrap_or(0)).unwrap_or_default());
            Err(std::fmt::Error)
        }
    }
    let mut short = Short(String::new(), bytes);
    if std::fmt::Write::write_fmt(&mut short, format_args!("{value:?}")).is_err() {
        short.0.push('…');
    }
    short.0
}

/// Cuts `text` to at most `columns` terminal columns, marking the cut with `…`.
pub fn fit(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    // By clusters: half of a joined emoji would be a joiner without a partner.
    for cluster in text.graphemes(true) {
        let width = cluster.width();
        if used + width + 1 > columns {
            break;
        }
        used += width;
        out.push_str(cluster);
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
mod tests;
