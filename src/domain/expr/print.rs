//! The expression as text: every pair in brackets, as `bd query --parse-only` shows it.
//!
//! What was read from text comes out as text that reads as the same expression.

use std::fmt::{Display, Formatter, Result};

use super::ast::{Expr, Op, Test, Value};
use super::field::Field;
use super::lex::is_bare;

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::And(parts) => pairs(f, parts, "AND"),
            Self::Or(parts) => pairs(f, parts, "OR"),
            Self::Not(part) => write!(f, "NOT {part}"),
            Self::Test(test) => test.fmt(f),
        }
    }
}

/// `((a AND b) AND c)`.
fn pairs<T: Display>(f: &mut Formatter<'_>, parts: &[T], word: &str) -> Result {
    for _ in 1..parts.len() {
        f.write_str("(")?;
    }
    for (place, part) in parts.iter().enumerate() {
        if place == 0 {
            write!(f, "{part}")?;
        } else {
            write!(f, " {word} {part})")?;
        }
    }
    Ok(())
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Value::OneOf(many) = &self.value else {
            return write!(f, "{}{}{}", self.field, self.op.sign(), self.value);
        };
        let parts: Vec<Self> = many
            .iter()
            .map(|one| Self {
                field: self.field.clone(),
                op: Op::Eq,
                value: Value::Text(one.clone()),
            })
            .collect();
        if self.op == Op::Ne {
            f.write_str("NOT ")?;
        }
        pairs(f, &parts, "OR")
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(self.word())?;
        match self {
            Self::Metadata(key) => write!(f, ".{key}"),
            _ => Ok(()),
        }
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Empty => f.write_str("none"),
            Self::Text(text) | Self::Part(text) => quoted(f, text),
            Self::OneOf(many) => f.write_str(&many.join(", ")),
            Self::Start(text) => write!(f, "{text}*"),
            Self::Glob(text) => f.write_str(text),
            Self::Regex(text) => write!(f, "/{text}/"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Time(moment) => quoted(f, &moment.said),
        }
    }
}

/// As it is where that reads as the same text, else in quotes.
fn quoted(f: &mut Formatter<'_>, text: &str) -> Result {
    let none = text.eq_ignore_ascii_case("none") || text.eq_ignore_ascii_case("null");
    let plain = text.chars().all(|c| is_bare(c) && !matches!(c, '*' | '?'));
    if plain && !none && !text.is_empty() {
        return f.write_str(text);
    }
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            '\\' => f.write_str("\\\\")?,
            '"' => f.write_str("\\\"")?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}
