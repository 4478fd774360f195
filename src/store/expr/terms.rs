//! An expression as SQL: each test becomes a term over the row `beads`, every value of people a bound one.
//!
//! "Not" is carried down to the tests, and each test is written for both ways, so that an unset
//! column never makes a bead vanish from both answers. Expects a checked expression.
//! Entry point: [`Terms::expr`].

use regex::Regex;
use rusqlite::types::Value as Bound;

use crate::domain::expr::{Expr, Field, Op, Test, Value};
use crate::domain::{BeadStatus, BeadType, Moment, Refusal};

use super::pattern::{either_case, escaped, glob, regex};
use crate::store::{Store, StoreError};

/// A label of fewer beads than this is looked up by its own index.
const RARE: u32 = 2_000;

/// SQL in the making: the bound values so far, and what the ledger's settings say.
pub(super) struct Terms<'a> {
    store: &'a Store,
    values: Vec<Bound>,
    /// Wall milliseconds.
    pub(super) now: i64,
    /// Statuses of the settings that are done or frozen.
    resting: Vec<String>,
}

impl<'a> Terms<'a> {
    pub(super) const fn new(store: &'a Store, now: i64, resting: Vec<String>) -> Self {
        Self {
            store,
            values: Vec::new(),
            now,
            resting,
        }
    }

    /// The bound values, in the order of their numbers.
    pub(super) fn values(&self) -> &[Bound] {
        &self.values
    }

    /// The term that holds where the expression does.
    pub(super) fn expr(&mut self, expr: &Expr) -> Result<String, Refusal> {
        self.write(expr, true)
    }

    fn write(&mut self, expr: &Expr, holds: bool) -> Result<String, Refusal> {
        let (parts, joint) = match expr {
            Expr::And(parts) => (parts, if holds { " AND " } else { " OR " }),
            Expr::Or(parts) => (parts, if holds { " OR " } else { " AND " }),
            Expr::Not(part) => return self.write(part, !holds),
            Expr::Test(test) => return self.test(test, holds == (test.op != Op::Ne)),
        };
        let parts = parts
            .iter()
            .map(|part| self.write(part, holds))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(format!("({})", parts.join(joint)))
    }

    /// The place of one more value.
    pub(super) fn place(&mut self, value: impl Into<Bound>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    /// One test; `holds` says which way, with `!=` already counted in.
    fn test(&mut self, test: &Test, holds: bool) -> Result<String, Refusal> {
        Ok(match &test.field {
            Field::Status => self.word("status", &test.value, holds, &known_status),
            Field::Type => self.word("type", &test.value, holds, &known_type),
            Field::Priority => ordered("priority", test.op, number(&test.value), holds),
            Field::Id => self.id(&test.value, holds),
            Field::Assignee => self.unset_or("assignee", test, holds),
            Field::Rig => self.unset_or("rig", test, holds),
            Field::Owner => self.text("owner", test, holds),
            Field::CreatedBy => self.text("created_by", test, holds),
            Field::ExternalRef => self.text("external_ref", test, holds),
            Field::Spec => self.text("spec_id", test, holds),
            Field::Title => self.text("title", test, holds),
            Field::Description => self.text("description", test, holds),
            Field::Design => self.text("design", test, holds),
            Field::Acceptance => self.text("acceptance", test, holds),
            Field::Notes => self.text("notes", test, holds),
            Field::Created => self.date("created_at", test, holds),
            Field::Updated => self.date("updated_at", test, holds),
            Field::Started => self.date("started_at", test, holds),
            Field::Closed => self.date("closed_at", test, holds),
            Field::Due => self.date("due_at", test, holds),
            Field::Defer => self.date("defer_until", test, holds),
            Field::Label => self.label(&test.value, holds)?,
            Field::Parent => self.parent(&test.value, holds),
            Field::Under => self.under(said(&test.value), holds),
            Field::Pinned => flag("pinned", &test.value, holds),
            Field::Ephemeral => flag("ephemeral", &test.value, holds),
            Field::Template => flag("template", &test.value, holds),
            Field::Blocked => flag("is_blocked", &test.value, holds),
            Field::Startable => self.startable(yes(&test.value) == holds),
            Field::Ready => self.ready(yes(&test.value) == holds),
            Field::Resting => self.resting(yes(&test.value) == holds),
            Field::MolType => self.more("$.mol_type".to_owned(), &test.value, holds),
            Field::WispType => self.more("$.wisp_type".to_owned(), &test.value, holds),
            Field::Metadata(key) => self.more(path(key), &test.value, holds),
            Field::MetadataKey => {
                let place = self.place(path(said(&test.value)));
                let is = if holds { "IS NOT" } else { "IS" };
                format!("json_type(more, {place}) {is} NULL")
            }
        })
    }

    /// A word of a set: ours stand as they are, so that the indexes can be used; others are bound.
    fn word(
        &mut self,
        column: &str,
        value: &Value,
        holds: bool,
        known: &dyn Fn(&str) -> Option<&'static str>,
    ) -> String {
        let words: Vec<String> = texts(value)
            .iter()
            .map(|word| match known(word) {
                Some(ours) => format!("'{ours}'"),
                None => self.place(word.clone()),
            })
            .collect();
        match (words.as_slice(), holds) {
            ([word], true) => format!("{column} = {word}"),
            ([word], false) => format!("{column} <> {word}"),
            (words, true) => format!("{column} IN ({})", words.join(", ")),
            (words, false) => format!("{column} NOT IN ({})", words.join(", ")),
        }
    }

    fn id(&mut self, value: &Value, holds: bool) -> String {
        match value {
            Value::Start(start) => self.starts("id", start, holds),
            Value::Part(part) => self.contains("id", part, holds),
            other => self.word("id", other, holds, &|_| None),
        }
    }

    /// A text that is NULL or empty when there is none.
    fn unset_or(&mut self, column: &str, test: &Test, holds: bool) -> String {
        match (&test.value, holds) {
            (Value::Empty, true) => format!("coalesce({column}, '') = ''"),
            (Value::Empty, false) => format!("coalesce({column}, '') <> ''"),
            (other, true) => {
                let place = self.place(said(other).to_owned());
                format!("{column} = {place}")
            }
            (other, false) => {
                let place = self.place(said(other).to_owned());
                format!("({column} IS NULL OR {column} <> {place})")
            }
        }
    }

    /// A text that is never NULL.
    fn text(&mut self, column: &str, test: &Test, holds: bool) -> String {
        let equals = if holds { "=" } else { "<>" };
        match &test.value {
            Value::Empty => format!("{column} {equals} ''"),
            Value::Part(part) => self.contains(column, part, holds),
            Value::Start(start) => self.starts(column, start, holds),
            other => {
                let place = self.place(said(other).to_owned());
                format!("{column} {equals} {place}")
            }
        }
    }

    fn contains(&mut self, column: &str, part: &str, holds: bool) -> String {
        let not = if holds { "" } else { "NOT " };
        if part.is_ascii() {
            let place = self.place(format!("%{}%", escaped(part)));
            return format!("{column} {not}LIKE {place} ESCAPE '\\'");
        }
        // LIKE looks past the case of ASCII alone, so other letters stand in both of theirs.
        let place = self.place(format!("*{}*", either_case(part)));
        format!("{column} {not}GLOB {place}")
    }

    /// A range rather than a pattern, so that an index can be used.
    fn starts(&mut self, column: &str, start: &str, holds: bool) -> String {
        let place = self.place(start.to_owned());
        let equals = if holds { "=" } else { "<>" };
        let exact = format!("substr({column}, 1, length({place})) {equals} {place}");
        if holds {
            format!("({column} >= {place} AND {exact})")
        } else {
            exact
        }
    }

    fn date(&mut self, column: &str, test: &Test, holds: bool) -> String {
        let Value::Time(Moment { from, until, .. }) = &test.value else {
            let is = if holds { "IS" } else { "IS NOT" };
            return format!("{column} {is} NULL");
        };
        let (from, until) = (*from, *until);
        let term = match test.op {
            Op::Eq | Op::Ne => {
                let (from, until) = (self.place(from), self.place(until));
                return if holds {
                    format!("({column} >= {from} AND {column} < {until})")
                } else {
                    format!("({column} IS NULL OR {column} < {from} OR {column} >= {until})")
                };
            }
            Op::Lt => (("<", ">="), from),
            Op::Le => (("<", ">="), until),
            Op::Gt => ((">=", "<"), until),
            Op::Ge => ((">=", "<"), from),
        };
        let ((sign, opposite), edge) = term;
        let place = self.place(edge);
        if holds {
            format!("{column} {sign} {place}")
        } else {
            format!("({column} IS NULL OR {column} {opposite} {place})")
        }
    }

    fn label(&mut self, value: &Value, holds: bool) -> Result<String, Refusal> {
        let which = match value {
            Value::Empty => {
                return Ok(has("labels l WHERE l.bead = beads.id", !holds));
            }
            Value::Glob(pattern) => self.labels_like(&glob(pattern)?)?,
            Value::Regex(pattern) => self.labels_like(&regex(pattern)?)?,
            Value::OneOf(many) => {
                let places: Vec<String> = many.iter().map(|one| self.place(one.clone())).collect();
                format!("IN ({})", places.join(", "))
            }
            other => format!("= {}", self.place(said(other).to_owned())),
        };
        if holds && self.is_rare(value)? {
            let found = format!("SELECT l.bead FROM labels l WHERE l.label {which}");
            return Ok(format!("beads.id IN ({found})"));
        }
        let of = format!("labels l WHERE l.bead = beads.id AND l.label {which}");
        Ok(has(&of, holds))
    }

    /// Whether it is quicker to look at all beads with a label than at all beads in their order.
    fn is_rare(&self, value: &Value) -> Result<bool, Refusal> {
        let labels = texts(value);
        if labels.is_empty() {
            return Ok(false);
        }
        Ok(self.store.beads_labelled(labels, RARE)? < RARE)
    }

    /// The labels that fit, looked up first: there are few labels and many beads.
    fn labels_like(&mut self, fits: &Regex) -> Result<String, Refusal> {
        let labels = self.store.all_labels()?;
        let fitting: Vec<String> = labels
            .into_iter()
            .filter(|label| fits.is_match(label))
            .collect();
        let list = serde_json::to_string(&fitting).map_err(StoreError::from)?;
        let place = self.place(list);
        Ok(format!("IN (SELECT value FROM json_each({place}))"))
    }

    fn resting(&mut self, holds: bool) -> String {
        let custom: Vec<String> = self.resting.clone();
        let places: Vec<String> = custom.into_iter().map(|word| self.place(word)).collect();
        let (is, joint) = if holds {
            ("IN", "OR")
        } else {
            ("NOT IN", "AND")
        };
        let ours = format!("status {is} ('closed', 'pinned')");
        if places.is_empty() {
            return ours;
        }
        let theirs = format!("status {is} ({})", places.join(", "));
        match holds {
            true => format!("({ours} {joint} {theirs})"),
            false => format!("{ours} {joint} {theirs}"),
        }
    }

    /// A value in the rest of a bead, compared as text: texts as they are, others as JSON.
    fn more(&mut self, path: String, value: &Value, holds: bool) -> String {
        let path = self.place(path);
        let said_there = format!(
            "coalesce(CASE json_type(more, {path}) WHEN 'text' THEN json_extract(more, {path})
             WHEN 'null' THEN '' ELSE more -> {path} END, '')"
        );
        let equals = if holds { "=" } else { "<>" };
        let wanted = match value {
            Value::Empty => "''".to_owned(),
            other => self.place(said(other).to_owned()),
        };
        format!("{said_there} {equals} {wanted}")
    }
}

fn has(of: &str, holds: bool) -> String {
    let not = if holds { "" } else { "NOT " };
    format!("{not}EXISTS (SELECT 1 FROM {of})")
}

fn flag(column: &str, value: &Value, holds: bool) -> String {
    let wanted = u8::from(yes(value) == holds);
    format!("{column} = {wanted}")
}

fn ordered(column: &str, op: Op, number: i64, holds: bool) -> String {
    let sign = match (op, holds) {
        (Op::Eq | Op::Ne, true) => "=",
        (Op::Eq | Op::Ne, false) => "<>",
        (Op::Lt, true) | (Op::Ge, false) => "<",
        (Op::Le, true) | (Op::Gt, false) => "<=",
        (Op::Gt, true) | (Op::Le, false) => ">",
        (Op::Ge, true) | (Op::Lt, false) => ">=",
    };
    format!("{column} {sign} {number}")
}

const fn number(value: &Value) -> i64 {
    match value {
        Value::Number(number) => *number,
        _ => 0,
    }
}

const fn yes(value: &Value) -> bool {
    matches!(value, Value::Flag(true))
}

/// The one text of a value.
pub(super) fn said(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        _ => "",
    }
}

fn texts(value: &Value) -> &[String] {
    match value {
        Value::Text(text) => std::slice::from_ref(text),
        Value::OneOf(many) => many,
        _ => &[],
    }
}

fn known_status(word: &str) -> Option<&'static str> {
    BeadStatus::ALL
        .iter()
        .map(|status| status.word())
        .find(|ours| *ours == word)
}

fn known_type(word: &str) -> Option<&'static str> {
    BeadType::ALL
        .iter()
        .map(|kind| kind.word())
        .find(|ours| *ours == word)
}

/// A key of the free data as a path; keys are checked, so no quote is in them.
fn path(key: &str) -> String {
    format!("$.metadata.\"{}\"", key.replace('"', ""))
}
