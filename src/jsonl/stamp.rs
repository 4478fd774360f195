//! A moment as a file wrote it: the instant in nanoseconds beside the original text.
//!
//! Files carry local offsets, fractions of any length and whole seconds side by side; printing a
//! parsed instant again would change them, so the text is kept. Two stamps are equal when their
//! instants are. Instants outside of 1677 to 2262 are moved to the nearest end; their text still
//! says the truth. Entry points: [`Stamp::parse`], [`Stamp::at`].

use std::fmt;

const NANOS: i128 = 1_000_000_000;

/// A moment and the text it was read from.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// Nanoseconds since 1970-01-01 UTC.
    pub nanos: i64,
    /// The text in the file; for a moment of ours RFC 3339 in UTC without trailing zeros.
    pub text: String,
}

impl PartialEq for Stamp {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Stamp {}

impl Stamp {
    /// A moment of ours, written in UTC with a fraction without trailing zeros.
    pub fn at(nanos: i64) -> Self {
        Self {
            nanos,
            text: written(nanos),
        }
    }

    /// Reads RFC 3339, also with a space for the `T`, an offset without colon, or no offset (UTC).
    pub fn parse(text: &str) -> Option<Self> {
        let instant = instant(text.as_bytes())?;
        let nanos = i64::try_from(instant).unwrap_or(if instant < 0 { i64::MIN } else { i64::MAX });
        Some(Self {
            nanos,
            text: text.to_owned(),
        })
    }

    /// Whether both mean the same moment when one of them was cut to whole seconds.
    pub fn agrees(&self, other: &Self) -> bool {
        let second = |stamp: &Self| stamp.nanos.div_euclid(1_000_000_000);
        let whole = |stamp: &Self| stamp.nanos.rem_euclid(1_000_000_000) == 0;
        self == other || (second(self) == second(other) && (whole(self) || whole(other)))
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Reads digits and single characters off the front of a text.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn number(&mut self, width: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(width)?;
        self.0 = rest;
        digits.iter().try_fold(0, |sum, digit| {
            digit
                .is_ascii_digit()
                .then(|| sum * 10 + i64::from(digit - b'0'))
        })
    }

    fn one_of(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        wanted.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn within(&mut self, width: usize, from: i64, to: i64) -> Option<i64> {
        self.number(width).filter(|n| (from..=to).contains(n))
    }
}

fn instant(text: &[u8]) -> Option<i128> {
    let mut rest = Digits(text);
    let year = rest.number(4)?;
    rest.one_of(b"-")?;
    let month = rest.within(2, 1, 12)?;
    rest.one_of(b"-")?;
    let day = rest.within(2, 1, days_of(year, month))?;
    rest.one_of(b"Tt ")?;
    let hour = rest.within(2, 0, 23)?;
    rest.one_of(b":")?;
    let minute = rest.within(2, 0, 59)?;
    rest.one_of(b":")?;
    let second = rest.within(2, 0, 60)?;
    let fraction = fraction(&mut rest)?;
    let offset = offset(&mut rest)?;
    if !rest.0.is_empty() {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
    Some(i128::from(seconds) * NANOS + i128::from(fraction))
}

/// Digits past the ninth are below what is counted here; the text keeps them.
fn fraction(rest: &mut Digits<'_>) -> Option<i64> {
    if rest.one_of(b".,").is_none() {
        return Some(0);
    }
    let mut nanos = 0;
    let mut unit = 100_000_000;
    let mut any = false;
    while let Some(digit) = rest.one_of(b"0123456789") {
        nanos += i64::from(digit - b'0') * unit;
        unit /= 10;
        any = true;
    }
    any.then_some(nanos)
}

fn offset(rest: &mut Digits<'_>) -> Option<i64> {
    if rest.0.is_empty() {
        return Some(0);
    }
    let sign = match rest.one_of(b"Zz+-")? {
        b'+' => 1,
        b'-' => -1,
        _ => return Some(0),
    };
    let hours = rest.within(2, 0, 23)?;
    let _colon = rest.one_of(b":");
    let minutes = rest.within(2, 0, 59)?;
    Some(sign * (hours * 3_600 + minutes * 60))
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, the year counted from March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn written(nanos: i64) -> String {
    let seconds = nanos.div_euclid(1_000_000_000);
    let fraction = nanos.rem_euclid(1_000_000_000);
    let shifted = seconds.div_euclid(86_400) + 719_468;
    let clock = seconds.rem_euclid(86_400);
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let mut text = format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
        clock / 3_600,
        clock / 60 % 60,
        clock % 60
    );
    if fraction != 0 {
        let digits = format!("{fraction:09}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text.push('Z');
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_of_all_dialects_are_read_to_the_nanosecond() {
        for (text, expect) in [
            ("1970-01-01T00:00:00Z", 0),
            (
                "2025-12-20T03:26:45.400818-08:00",
                1_766_230_005_400_818_000,
            ),
            ("2025-12-20T11:26:45.400818Z", 1_766_230_005_400_818_000),
            ("2025-12-20 11:26:45.400818", 1_766_230_005_400_818_000),
            ("2026-04-18T16:19:12Z", 1_776_529_152_000_000_000),
            (
                "2024-02-29T23:59:59.123456789+0530",
                1_709_231_399_123_456_789,
            ),
            ("1969-12-31T23:59:59.5Z", -500_000_000),
        ] {
            let stamp = Stamp::parse(text).unwrap();
            assert_eq!((stamp.nanos, stamp.text.as_str()), (expect, text));
        }
        assert_eq!(
            Stamp::parse("0001-01-01T00:00:00Z").unwrap().nanos,
            i64::MIN
        );
        assert_eq!(
            Stamp::parse("9999-12-31T23:59:59Z").unwrap().nanos,
            i64::MAX
        );
    }

    #[test]
    fn what_is_no_time_is_not_guessed() {
        for text in [
            "",
            "yesterday",
            "2025-13-01T00:00:00Z",
            "2025-02-29T00:00:00Z",
            "2025-01-01",
            "2025-01-01T00:00:00.Z",
            "2025-01-01T00:00:00Zulu",
            "2025-01-01T24:00:00Z",
            "2025-01-01T00:00:00+8",
        ] {
            assert!(Stamp::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_second_that_was_cut_agrees_with_its_fraction() {
        let fine = Stamp::parse("2025-12-20T03:26:45.400818-08:00").unwrap();
        let cut = Stamp::parse("2025-12-20T11:26:45Z").unwrap();
        let other = Stamp::parse("2025-12-20T11:26:45.5Z").unwrap();
        assert!(fine.agrees(&cut) && cut.agrees(&fine));
        assert!(!fine.agrees(&other));
    }

    proptest! {
        #[test]
        fn our_own_moments_come_back(nanos in any::<i64>()) {
            let stamp = Stamp::at(nanos);
            prop_assert_eq!(Stamp::parse(&stamp.text).unwrap().nanos, nanos);
        }
    }
}
