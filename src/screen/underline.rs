//! The kinds of underlines through ratatui, which knows only one.
//!
//! A kind travels in bits of the modifier that ratatui has no names for and hands on untouched;
//! whoever writes cells to a terminal takes it out again with [`kind`] and [`plain`].

use ratatui::style::Modifier;

use crate::term::Underline;

/// The lowest of three bits that hold a kind's number.
const SHIFT: u16 = 12;
const BITS: Modifier = Modifier::from_bits_retain(0b111 << SHIFT);

/// The modifier of an underline.
pub(crate) fn modifier(kind: Underline) -> Modifier {
    let number = (0_u16..).zip(Underline::ALL).find(|(_, one)| *one == kind);
    let number = number.map_or(0, |(number, _)| number);
    Modifier::UNDERLINED | Modifier::from_bits_retain(number << SHIFT)
}

/// The kind of underline that ratatui cannot say; none where it can, or where there is none.
pub(crate) fn kind(modifier: Modifier) -> Option<Underline> {
    let number = usize::from((modifier.bits() & BITS.bits()) >> SHIFT);
    let kind = Underline::ALL.get(number).copied()?;
    let shown = number > 0 && modifier.contains(Modifier::UNDERLINED);
    shown.then_some(kind)
}

/// The modifier without any underline.
pub(crate) fn plain(modifier: Modifier) -> Modifier {
    modifier.difference(BITS).difference(Modifier::UNDERLINED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_go_through_a_modifier() {
        for one in Underline::ALL {
            let with = modifier(one) | Modifier::BOLD;
            assert_eq!(kind(with), (one != Underline::Single).then_some(one));
            assert_eq!(plain(with), Modifier::BOLD);
        }
        assert_eq!(kind(Modifier::all()), None);
    }
}
