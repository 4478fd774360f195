//! The expression as plain data. It comes from other processes, so whoever carries it out checks it first.
//!
//! Entry points: [`Expr::check`] for what came in, [`Expr::all`] and [`Expr::any`] to build.

use serde::{Deserialize, Serialize};

use super::field::{Field, Shape, check_key};
use crate::domain::{Kind, Moment, Refusal};

/// Deepest nesting.
pub const EXPR_DEPTH: usize = 32;
/// Most parts in all.
pub const EXPR_NODES: usize = 400;
/// Most values in one [`Value::OneOf`].
const MANY: usize = 1_000;
/// Longest value, in bytes.
const VALUE_MAX: usize = 4_096;

/// Which beads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expr {
    /// Those that all parts hold for; never empty.
    And(Vec<Self>),
    /// Those that any part holds for; never empty.
    Or(Vec<Self>),
    /// The others.
    Not(Box<Self>),
    /// Those that a test holds for.
    Test(Test),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// Of what.
    pub field: Field,
    /// How.
    pub op: Op,
    /// With what.
    pub value: Value,
}

/// How to compare. A test with `Ne` holds exactly where the same test with `Eq` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Op {
    /// The same.
    Eq,
    /// Not the same.
    Ne,
    /// Smaller, earlier.
    Lt,
    /// Smaller or the same.
    Le,
    /// Larger, later.
    Gt,
    /// Larger or the same.
    Ge,
}

impl Op {
    /// Every comparison.
    pub const ALL: [Self; 6] = [Self::Eq, Self::Ne, Self::Lt, Self::Le, Self::Gt, Self::Ge];

    /// How it is typed.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }

    /// Whether it asks which comes first.
    pub const fn orders(self) -> bool {
        !matches!(self, Self::Eq | Self::Ne)
    }
}

/// What to compare with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// Nothing: unset, empty, without any.
    Empty,
    /// Exactly this.
    Text(String),
    /// One of these.
    OneOf(Vec<String>),
    /// A text with this in it, in upper or lower case.
    Part(String),
    /// A text that begins so.
    Start(String),
    /// A text of this form, where `*` is any text and `?` any character.
    Glob(String),
    /// A text in which this regular expression is found.
    Regex(String),
    /// This number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// This stretch of time.
    Time(Moment),
}

impl Expr {
    /// A test as an expression.
    pub const fn test(field: Field, op: Op, value: Value) -> Self {
        Self::Test(Test { field, op, value })
    }

    /// Both: parts that are already joined so are taken in.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut parts = match self {
            Self::And(parts) => parts,
            one => vec![one],
        };
        match other {
            Self::And(more) => parts.extend(more),
            one => parts.push(one),
        }
        Self::And(parts)
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let mut parts = match self {
            Self::Or(parts) => parts,
            one => vec![one],
        };
        match other {
            Self::Or(more) => parts.extend(more),
            one => parts.push(one),
        }
        Self::Or(parts)
    }

    /// All of them; `None` for none.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        parts.into_iter().reduce(Self::and)
    }

    /// Any of them; `None` for none.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        parts.into_iter().reduce(Self::or)
    }

    /// The others.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// Whether a field is asked for anywhere.
    pub fn mentions(&self, field: &Field) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(|part| part.mentions(field)),
            Self::Not(part) => part.mentions(field),
            Self::Test(test) => test.field == *field,
        }
    }

    /// Refuses what is too large, and tests that no bead can answer.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut left = EXPR_NODES;
        self.check_within(EXPR_DEPTH, &mut left)
    }

    fn check_within(&self, depth: usize, left: &mut usize) -> Result<(), Refusal> {
        let (Some(depth), Some(rest)) = (depth.checked_sub(1), left.checked_sub(1)) else {
            return Err(too_large());
        };
        *left = rest;
        match self {
            Self::And(parts) | Self::Or(parts) if parts.is_empty() => Err(Refusal::new(
                Kind::Usage,
                "an expression of no parts says nothing",
            )),
            Self::And(parts) | Self::Or(parts) => parts
                .iter()
                .try_for_each(|part| part.check_within(depth, left)),
            Self::Not(part) => part.check_within(depth, left),
            Self::Test(test) => test.check(),
        }
    }
}

/// The refusal of an expression that is too deep or has too many parts.
pub(super) fn too_large() -> Refusal {
    Refusal::new(
        Kind::Usage,
        format!(
            "the expression is too large: use at most {EXPR_NODES} parts and {EXPR_DEPTH} levels"
        ),
    )
}

impl Test {
    /// Refuses a comparison or a value that the field does not have.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let shape = self.field.shape();
        if let Field::Metadata(key) = &self.field {
            check_key(key)?;
        }
        if self.op.orders() && !shape.has_order() {
            return Err(no_order(&self.field, self.op));
        }
        let fits = match &self.value {
            Value::Empty => shape.may_be_empty() && !self.op.orders(),
            Value::Text(_) => shape.has_texts(),
            Value::OneOf(many) => {
                many.len() <= MANY
                    && !many.is_empty()
                    && matches!(
                        shape,
                        Shape::Status | Shape::Type | Shape::Id | Shape::Labels
                    )
            }
            Value::Part(_) => matches!(shape, Shape::Prose | Shape::Line | Shape::Id),
            Value::Start(_) => matches!(shape, Shape::Id | Shape::Path),
            Value::Glob(_) | Value::Regex(_) => shape == Shape::Labels,
            Value::Number(number) => shape == Shape::Urgency && (0..=4).contains(number),
            Value::Flag(_) => shape == Shape::Flag,
            Value::Time(_) => matches!(shape, Shape::Date | Shape::Always),
        };
        if !fits {
            return Err(no_such_value(&self.field, &self.value));
        }
        self.value.texts().try_for_each(|text| {
            if text.len() > VALUE_MAX || text.contains('\0') {
                return Err(Refusal::invalid(
                    self.field.word(),
                    text,
                    "a text of at most 4096 bytes without control characters",
                ));
            }
            Ok(())
        })?;
        match (&self.field, &self.value) {
            (Field::MetadataKey, Value::Text(key)) => check_key(key),
            _ => Ok(()),
        }
    }
}

/// The refusal of `<` and its like for a field without an order.
pub(super) fn no_order(field: &Field, op: Op) -> Refusal {
    Refusal::new(
        Kind::Usage,
        format!(
            "`{}` is not acceptable for `{}`: use `=` or `!=`; only `priority` and dates have an order",
            op.sign(),
            field.word()
        ),
    )
}

/// The refusal of a value that the field does not have.
fn no_such_value(field: &Field, value: &Value) -> Refusal {
    Refusal::invalid(field.word(), &value.to_string(), field.shape().accepts())
}

impl Shape {
    /// Whether `<` and its like make sense.
    pub const fn has_order(self) -> bool {
        matches!(self, Self::Urgency | Self::Date | Self::Always)
    }

    /// Whether a bead can be without it.
    pub const fn may_be_empty(self) -> bool {
        matches!(
            self,
            Self::Name | Self::Prose | Self::Date | Self::Path | Self::Labels | Self::Above
        )
    }

    const fn has_texts(self) -> bool {
        matches!(
            self,
            Self::Status
                | Self::Type
                | Self::Name
                | Self::Id
                | Self::Path
                | Self::Labels
                | Self::Above
                | Self::Far
                | Self::Key
        )
    }

    /// What can be typed for it.
    pub const fn accepts(self) -> &'static str {
        match self {
            Self::Status => "a status such as `open`, `in_progress` or `closed`",
            Self::Type => "a type such as `task`, `bug` or `epic`",
            Self::Urgency => "`0` to `4` or `P0` to `P4`",
            Self::Name | Self::Prose => "a text, or `none` for an empty one",
            Self::Line => "a text",
            Self::Date => "a date such as `7d`, `2026-03-01` or `tomorrow`, or `none`",
            Self::Always => "a date such as `7d`, `2026-03-01` or `yesterday`",
            Self::Id => "an id such as `tb-4kq`, or its beginning such as `tb-*`",
            Self::Path => "a text, its beginning such as `docs*`, or `none`",
            Self::Labels => "a label, a pattern such as `area-*`, or `none`",
            Self::Above => "an id such as `tb-4kq`, or `none`",
            Self::Far => "an id such as `tb-4kq`",
            Self::Flag => "`true` or `false`",
            Self::Key => "a key of letters, digits, `_` and `.`",
        }
    }
}

impl Value {
    /// The texts in it.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let (one, many): (Option<&str>, &[String]) = match self {
            Self::Text(text)
            | Self::Part(text)
            | Self::Start(text)
            | Self::Glob(text)
            | Self::Regex(text) => (Some(text), &[]),
            Self::Time(moment) => (Some(&moment.said), &[]),
            Self::OneOf(many) => (None, many),
            Self::Empty | Self::Number(_) | Self::Flag(_) => (None, &[]),
        };
        one.into_iter().chain(many.iter().map(String::as_str))
    }
}
