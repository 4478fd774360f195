//! Ranges of loops: `1..3`, `1..2^{disks}`. Whole numbers with `+ - * / ^` and parentheses.

use std::collections::BTreeMap;

use super::limits;
use super::vars;

/// Parentheses inside of parentheses.
const DEPTH: usize = 32;

/// The first and the last number of a range.
pub(super) fn numbers(text: &str, values: &BTreeMap<String, String>) -> Result<(i64, i64), String> {
    let filled = vars::put_single(text, values);
    let filled = vars::put(&filled, values);
    if let Some(name) = filled.split(['{', '}']).nth(1) {
        return Err(format!(
            "`{text}`: `{name}` has no value yet: give it with `--var {name}=NUMBER`"
        ));
    }
    let (from, to) = filled
        .split_once("..")
        .ok_or_else(|| format!("`{text}` is no range such as `1..3`"))?;
    let number = |part: &str| eval(part).map_err(|told| format!("`{text}`: {told}"));
    let (from, to) = (number(from)?, number(to)?);
    let most = i64::try_from(limits::NODES).unwrap_or(i64::MAX);
    if to.saturating_sub(from) >= most {
        return Err(format!("`{text}` has more than {most} numbers"));
    }
    Ok((from, to))
}

fn eval(text: &str) -> Result<i64, String> {
    let mut parser = Parser {
        text: text.trim().as_bytes(),
        at: 0,
        depth: 0,
    };
    let value = parser.sum()?;
    match parser.peek() {
        None => Ok(value),
        Some(byte) => Err(format!("unexpected `{}`", char::from(byte))),
    }
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn take(&mut self, one_of: &[u8]) -> Option<u8> {
        let found = self.peek().filter(|byte| one_of.contains(byte))?;
        self.at += 1;
        Some(found)
    }

    fn sum(&mut self) -> Result<i64, String> {
        let mut value = self.product()?;
        while let Some(op) = self.take(b"+-") {
            let right = self.product()?;
            value = fits(if op == b'+' {
                value.checked_add(right)
            } else {
                value.checked_sub(right)
            })?;
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<i64, String> {
        let mut value = self.power()?;
        while let Some(op) = self.take(b"*/") {
            let right = self.power()?;
            if op == b'/' && right == 0 {
                return Err("division by zero".to_owned());
            }
            value = fits(if op == b'*' {
                value.checked_mul(right)
            } else {
                value.checked_div(right)
            })?;
        }
        Ok(value)
    }

    /// `2^3^2` is `2^(3^2)`.
    fn power(&mut self) -> Result<i64, String> {
        let value = self.single()?;
        if self.take(b"^").is_none() {
            return Ok(value);
        }
        let power = self.nested(Self::power)?;
        let power = u32::try_from(power).map_err(|_| format!("{power} is no power"))?;
        fits(value.checked_pow(power))
    }

    fn single(&mut self) -> Result<i64, String> {
        if self.take(b"-").is_some() {
            let value = self.nested(Self::single)?;
            return fits(value.checked_neg());
        }
        if self.take(b"(").is_some() {
            let value = self.nested(Self::sum)?;
            return self
                .take(b")")
                .map(|_| value)
                .ok_or_else(|| "a `)` is missing".to_owned());
        }
        let from = {
            self.peek();
            self.at
        };
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        let digits = self.text.get(from..self.at).unwrap_or_default();
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        if digits.is_empty() {
            return Err("a number is missing".to_owned());
        }
        fits(digits.parse().ok())
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<i64, String>) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(format!(
                "more than {DEPTH} parentheses, signs or powers inside of one another"
            ));
        }
        let value = inner(self);
        self.depth -= 1;
        value
    }
}

fn fits(value: Option<i64>) -> Result<i64, String> {
    value.ok_or_else(|| "a number that is too big".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_computed() {
        let values = BTreeMap::from([("n".to_owned(), "3".to_owned())]);
        for (text, wanted) in [
            ("1..3", Ok((1, 3))),
            ("1..2^{n}-1", Ok((1, 7))),
            ("1..{{n}}", Ok((1, 3))),
            ("0 .. (2+3)*4/2", Ok((0, 10))),
            ("-1..2^3^0", Ok((-1, 2))),
            ("3..1", Ok((3, 1))),
        ] {
            assert_eq!(numbers(text, &values), wanted, "{text}");
        }
        for text in [
            "",
            "3",
            "1..",
            "1..x",
            "1..{m}",
            "1..2^99",
            "1..1/0",
            "1..9999999",
            "1..((1)",
            "1..2^-1",
            "1..9223372036854775808",
        ] {
            assert!(numbers(text, &values).is_err(), "{text}");
        }
        assert!(numbers(&format!("1..{}1", "(".repeat(50_000)), &values).is_err());
        assert!(numbers(&format!("1..{}1", "-".repeat(50_000)), &values).is_err());
    }
}
