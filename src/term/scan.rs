//! How many bytes at the beginning are of a kind, several at a time.

/// Bytes that are looked at in one step; few enough for short lines.
const STEP: usize = 16;

/// How many bytes at the beginning of `bytes` are of a kind.
#[inline]
pub(super) fn leading(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    let (steps, _) = bytes.as_chunks::<STEP>();
    // Without a way out inside, the compiler makes one step of each.
    let whole = steps
        .iter()
        .take_while(|step| step.iter().fold(true, |all, &byte| all & is(byte)))
        .count();
    let from = whole * STEP;
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest
        .iter()
        .position(|&byte| !is(byte))
        .unwrap_or(rest.len())
}

/// Printable ASCII.
pub(super) const fn is_text(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_other_byte_is_found_wherever_it_is() {
        for length in 0..70 {
            for at in 0..=length {
                let mut bytes = vec![b'x'; length];
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = b'\n';
                }
                assert_eq!(leading(&bytes, is_text), at);
            }
        }
    }
}
