//! Time as the rules see it: two clocks, both handed in (DECISIONS 6).

use serde::{Deserialize, Serialize};

use super::Refusal;

/// The time at which something is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Now {
    /// Wall clock, milliseconds since 1970, for dates that people read or state. Never orders anything.
    pub wall: i64,
    /// Town time: milliseconds that the engine has been up, over all its lives, without downtime and
    /// suspend. For back-off, patrols and deadlines.
    pub town: i64,
}

/// A length of time in milliseconds.
pub type Span = i64;

/// Reads a length of time such as `30s`, `5m`, `4h`, `2d`, `1w` or `1h30m`.
pub fn parse_span(text: &str) -> Result<Span, Refusal> {
    let wrong = || Refusal::invalid("duration", text, "one such as `30s`, `5m`, `4h` or `2d`");
    let mut total: i64 = 0;
    let mut digits = String::new();
    for c in text.trim().chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let unit: i64 = match c {
            's' => 1_000,
            'm' => 60_000,
            'h' => 3_600_000,
            'd' => 86_400_000,
            'w' => 604_800_000,
            _ => return Err(wrong()),
        };
        let count: i64 = digits.parse().map_err(|_| wrong())?;
        digits.clear();
        total = count
            .checked_mul(unit)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(wrong)?;
    }
    if digits.is_empty() && total > 0 {
        Ok(total)
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_people_write_them() {
        assert_eq!(parse_span("30s"), Ok(30_000));
        assert_eq!(parse_span("1h30m"), Ok(5_400_000));
        assert_eq!(parse_span("2d"), Ok(172_800_000));
        for bad in ["", "5", "h", "-3m", "5 m", "99999999999999999w"] {
            assert!(parse_span(bad).is_err(), "{bad:?} was accepted");
        }
    }
}
