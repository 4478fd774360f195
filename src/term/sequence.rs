//! What can be told from a character or a whole escape sequence by itself: how long it is, and what
//! it may change.
//!
//! Owns no state. `print` asks here before the emulator does anything.

/// Ends our own control sequence that moves the cursor to any row and column of the screen, whatever
/// the scrolling region is: a snapshot has no other way back to where only a saved cursor leads.
/// Whoever else sends it moves a cursor, no more.
pub(super) const ANYWHERE: &str = "'~";

/// How long the escape sequence at the beginning of `bytes` is.
pub(super) fn sequence_length(bytes: &[u8]) -> usize {
    let after = |skip: usize, ends: fn(&u8) -> bool| {
        let found = bytes.iter().skip(skip).position(ends);
        found.map_or(bytes.len(), |at| skip + at + 1)
    };
    match bytes.get(1) {
        Some(b'[') => after(2, |byte| matches!(byte, 0x40..=0x7e)),
        Some(b']') => {
            let end = after(2, |byte| matches!(byte, 0x07 | 0x1b));
            let escaped = bytes.get(end - 1) == Some(&0x1b) && bytes.get(end) == Some(&b'\\');
            end + usize::from(escaped)
        }
        _ => after(1, |byte| !matches!(byte, 0x20..=0x2f)),
    }
}

/// The first character, and its length in bytes.
pub(super) fn character(bytes: &[u8]) -> (char, usize) {
    let length = match bytes.first() {
        Some(0xf0..) => 4,
        Some(0xe0..) => 3,
        _ => 2,
    };
    let text = bytes
        .get(..length)
        .and_then(|bytes| std::str::from_utf8(bytes).ok());
    match text.and_then(|text| text.chars().next()) {
        Some(c) => (c, length),
        None => (char::REPLACEMENT_CHARACTER, 1),
    }
}

/// Whether a sequence changes nothing but the cursor and what comes next.
pub(super) fn moves_only(whole: &[u8]) -> bool {
    matches!(whole, [_, b']', ..])
        || matches!(whole, [_, b'[', .., last] if matches!(last, b'A'..=b'H' | b'm' | b'd' | b'f' | b'`' | b'a' | b'e' | b'K' | b'X' | b'P' | b'@' | b'q' | b'n' | b'c'))
            && !whole.contains(&b'?')
}

/// Whether a control sequence may do anything to what is written, even to the cursor's row alone.
pub(super) fn edits(whole: &[u8], last: u8) -> bool {
    !matches!(
        last,
        b'A'..=b'H' | b'm' | b'd' | b'f' | b'`' | b'a' | b'e' | b'q' | b'n' | b'c'
    ) || whole.contains(&b'?')
}

/// Whether a sequence ends the cluster before the cursor even where the cursor stays: what places
/// it, and the keypad's modes, which a snapshot uses to keep apart what was printed apart.
pub(super) fn ends_cluster(whole: &[u8]) -> bool {
    match whole {
        [_, b'[', .., last] => matches!(last, b'A'..=b'H' | b'`' | b'a' | b'd'..=b'f'),
        [_, last] => matches!(last, b'=' | b'>'),
        _ => false,
    }
}

pub(super) fn number(digits: &[u8]) -> u16 {
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0_u16, |sum, &byte| {
        sum.saturating_mul(10)
            .saturating_add(u16::from(byte - b'0'))
    })
}
