//! Text that a program wants in the operator's clipboard (OSC 52): kept as data, never obeyed here.
//!
//! Only writing is known, within what a command may be long (contract T5); a question for the
//! clipboard is no wish and is never answered.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::text::strip_block;

/// The text that the command's words `c;...` want to be copied, without control characters.
pub(super) fn wish(words: &[u8]) -> Option<String> {
    let cut = words.iter().position(|&byte| byte == b';')?;
    let (which, rest) = words.split_at(cut);
    let known = |byte: &u8| matches!(byte, b'c' | b'p' | b'q' | b's' | b'0'..=b'7');
    if !which.iter().all(known) {
        return None;
    }
    let bytes = STANDARD.decode(rest.get(1..)?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    // Tabs are meant in what is copied.
    let pieces: Vec<String> = text.split('\t').map(strip_block).collect();
    let text = pieces.join("\t");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use crate::term::Screen;

    #[test]
    fn only_whole_text_is_wished_for_and_nothing_is_ever_answered() {
        let long = format!("\x1b]52;c;{}\x07", "QUFB".repeat(20_000));
        let table: &[(&str, Option<&str>)] = &[
            ("\x1b]52;c;aGVsbG8=\x07", Some("hello")),
            ("\x1b]52;;aGVsbG8=\x1b\\", Some("hello")),
            ("\x1b]52;pc;YQliCmMbWzMxbQ==\x07", Some("a\tb\nc[31m")),
            ("\x1b]52;c;?\x07", None),
            ("\x1b]52;c;\x07", None),
            ("\x1b]52;c;!!!\x07", None),
            ("\x1b]52;c;/w==\x07", None),
            ("\x1b]52;x;aGVsbG8=\x07", None),
            ("\x1b]52;aGVsbG8=\x07", None),
            (&long, None),
        ];
        for (bytes, wanted) in table {
            let mut screen = Screen::new((20, 3), 10);
            screen.feed(bytes.as_bytes());
            assert_eq!(screen.take_clip().as_deref(), *wanted, "{bytes:.40}");
            assert_eq!(screen.take_clip(), None);
            assert!(screen.take_replies().is_empty());
            assert!(!String::from_utf8_lossy(&screen.snapshot()).contains("52;"));
        }
    }
}
