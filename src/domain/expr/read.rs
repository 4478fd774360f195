//! One comparison as typed: which value a text stands for, by what it is compared with.

use super::ast::{Op, Test, Value, no_order};
use super::field::{Field, Shape};
use crate::domain::{BeadStatus, BeadType, Here, Lean, Priority, Refusal};

/// A value as typed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said<'a> {
    pub text: &'a str,
    /// In quotes nothing but the text itself is meant.
    pub quoted: bool,
}

impl Said<'_> {
    fn is_none(self) -> bool {
        let word = self.text.eq_ignore_ascii_case("none") || self.text.eq_ignore_ascii_case("null");
        self.text.is_empty() || (word && !self.quoted)
    }
}

impl Test {
    /// Reads a comparison. Lengths of time go back, except for what lies ahead by its nature.
    pub(super) fn read(field: Field, op: Op, said: Said<'_>, here: &Here) -> Result<Self, Refusal> {
        let shape = field.shape();
        if op.orders() && !shape.has_order() {
            return Err(no_order(&field, op));
        }
        let value = if shape.may_be_empty() && !op.orders() && said.is_none() {
            Value::Empty
        } else {
            value(&field, said, here)?
        };
        let test = Self { field, op, value };
        test.check()?;
        Ok(test)
    }
}

fn value(field: &Field, said: Said<'_>, here: &Here) -> Result<Value, Refusal> {
    let text = said.text;
    let lower = text.to_ascii_lowercase();
    let refused = || Refusal::invalid(field.word(), text, field.shape().accepts());
    let lean = match field {
        Field::Due | Field::Defer => Lean::Ahead,
        _ => Lean::Back,
    };
    Ok(match field.shape() {
        _ if text.trim().is_empty() => return Err(refused()),
        Shape::Status => Value::Text(
            BeadStatus::parse(&lower).map_or_else(|_| text.to_owned(), |known| known.to_string()),
        ),
        Shape::Type => Value::Text(
            BeadType::parse(&lower).map_or_else(|_| text.to_owned(), |known| known.to_string()),
        ),
        Shape::Urgency => Value::Number(i64::from(
            Priority::parse(text).map_err(|_| refused())?.number(),
        )),
        Shape::Name | Shape::Above | Shape::Far | Shape::Key => Value::Text(text.to_owned()),
        Shape::Prose | Shape::Line => Value::Part(text.to_owned()),
        Shape::Date | Shape::Always => Value::Time(here.moment(field.word(), text, lean)?),
        Shape::Id | Shape::Path if !said.quoted && text.contains('*') => {
            match text.strip_suffix('*') {
                Some(start) if !start.contains('*') && !start.is_empty() => {
                    Value::Start(start.to_owned())
                }
                _ => return Err(refused()),
            }
        }
        Shape::Labels if !said.quoted && text.contains(['*', '?']) => Value::Glob(text.to_owned()),
        Shape::Id | Shape::Path | Shape::Labels => Value::Text(text.to_owned()),
        Shape::Flag => Value::Flag(match lower.as_str() {
            "true" | "yes" | "1" => true,
            "false" | "no" | "0" => false,
            _ => return Err(refused()),
        }),
    })
}
