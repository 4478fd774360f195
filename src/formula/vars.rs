//! Variables: what stands between double braces, which values are accepted, and putting them in.
//!
//! A value is put in once: braces inside of a value stay what they are (S5). A placeholder that no
//! variable is declared for stays as text; it is a note for the agent.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::limits;
use super::model::{Var, VarSort};
use crate::support::near::near_matches;

/// Names that are never variables: words of the template language that some formulas are written for.
const NEVER: [&str; 7] = ["else", "this", "root", "index", "key", "first", "last"];

/// Whether a text can be the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// One piece of a text.
enum Piece<'a> {
    Text(&'a str),
    /// The whole placeholder, and the name in it.
    Var(&'a str, &'a str),
}

/// Cuts a text at `open` NAME `close`; `named` says what a name is.
fn pieces<'a>(text: &'a str, open: &str, close: &str, named: fn(&str) -> bool) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = rest
        .get(from..)
        .and_then(|tail| tail.find(open))
        .map(|at| at + from)
    {
        let inner = rest.get(at + open.len()..).unwrap_or_default();
        let name = inner.find(close).and_then(|end| inner.get(..end));
        let Some(name) = name.filter(|name| named(name)) else {
            from = at + 1;
            continue;
        };
        let end = at + open.len() + name.len() + close.len();
        pieces.push(Piece::Text(rest.get(..at).unwrap_or_default()));
        pieces.push(Piece::Var(rest.get(at..end).unwrap_or_default(), name));
        rest = rest.get(end..).unwrap_or_default();
        from = 0;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

fn is_var(name: &str) -> bool {
    is_name(name) && !NEVER.contains(&name)
}

/// A name of the single braces: `{target}`, `{target.title}`, `{step.id}`, `{item.name}`.
fn is_dotted(name: &str) -> bool {
    name.split('.').all(|part| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    })
}

/// The variables that a text uses.
pub(super) fn used(text: &str) -> impl Iterator<Item = &str> {
    pieces(text, "{{", "}}", is_var)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Var(_, name) => Some(name),
            Piece::Text(_) => None,
        })
}

/// Puts values in for `{{name}}`; a name without a value stays.
pub(super) fn put<'a>(text: &'a str, values: &BTreeMap<String, String>) -> Cow<'a, str> {
    if !text.contains("{{") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(joined(pieces(text, "{{", "}}", is_var), values))
}

/// Puts values in for `{name}` and `{name.part}`; double braces stay untouched.
pub(super) fn put_single<'a>(text: &'a str, values: &BTreeMap<String, String>) -> Cow<'a, str> {
    if !text.contains('{') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text, "{{", "}}", is_var) {
        match piece {
            Piece::Var(whole, _) => out.push_str(whole),
            Piece::Text(text) => out.push_str(&joined(pieces(text, "{", "}", is_dotted), values)),
        }
    }
    Cow::Owned(out)
}

/// Puts the texts of a leg in for `{{leg.focus}}`; the field's `{{.name}}` becomes `{{name}}`.
pub(super) fn put_leg(text: &str, values: &BTreeMap<String, String>) -> String {
    pieces(text, "{{", "}}", is_field)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => Cow::Borrowed(text),
            Piece::Var(whole, name) => {
                let name = name.trim().trim_start_matches('.');
                match values.get(name) {
                    Some(value) => Cow::Owned(value.clone()),
                    None if is_var(name) => Cow::Owned(format!("{{{{{name}}}}}")),
                    None => Cow::Borrowed(whole),
                }
            }
        })
        .collect()
}

/// A name of the template language that some formulas are written for: `.leg.focus`, ` name `.
fn is_field(name: &str) -> bool {
    is_dotted(name.trim().trim_start_matches('.'))
}

fn joined(pieces: Vec<Piece<'_>>, values: &BTreeMap<String, String>) -> String {
    pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Var(whole, name) => values.get(name).map_or(whole, String::as_str),
        })
        .collect()
}

/// The value of every variable: what was given, else its default. `texts` are the names that the
/// formula uses without declaring them; a value may be given for them too.
///
/// Every complaint is made, not only the first.
pub(super) fn values(
    vars: &[Var],
    texts: &BTreeSet<String>,
    given: &[(String, String)],
) -> Result<BTreeMap<String, String>, Vec<String>> {
    let mut values = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, value) in given {
        let var = vars.iter().find(|var| var.name == *name);
        if var.is_none() && !texts.contains(name) {
            wrong.push(unknown(name, vars));
        } else if values.insert(name.clone(), value.clone()).is_some() {
            wrong.push(format!("`{name}` is given twice"));
        }
    }
    for var in vars {
        match values.get(&var.name) {
            Some(value) => wrong.extend(check(var, value)),
            None => match &var.default {
                Some(value) => {
                    values.insert(var.name.clone(), value.clone());
                }
                None if var.required => wrong.push(missing(var)),
                None => {}
            },
        }
    }
    if wrong.is_empty() {
        Ok(values)
    } else {
        Err(wrong)
    }
}

fn unknown(name: &str, vars: &[Var]) -> String {
    let near = near_matches(name, vars.iter().map(|var| var.name.as_str()));
    match (near.first(), vars.is_empty()) {
        (Some(near), _) => {
            format!("`{name}` is no variable of this formula; did you mean `{near}`?")
        }
        (None, true) => format!("`{name}` is no variable of this formula; it has none"),
        (None, false) => {
            let names: Vec<String> = vars.iter().map(|var| format!("`{}`", var.name)).collect();
            format!(
                "`{name}` is no variable of this formula; it has {}",
                names.join(", ")
            )
        }
    }
}

fn missing(var: &Var) -> String {
    let about = if var.description.is_empty() {
        String::new()
    } else {
        format!(": {}", var.description)
    };
    format!("`{}` needs a value{about}", var.name)
}

/// What is wrong with a value.
pub(super) fn check(var: &Var, value: &str) -> Option<String> {
    let name = &var.name;
    if value.len() > limits::VALUE_BYTES {
        return Some(format!(
            "`{name}` has {} bytes, at most {} are taken",
            value.len(),
            limits::VALUE_BYTES
        ));
    }
    if value.contains('\0') {
        return Some(format!("`{name}` holds a NUL character"));
    }
    let sort = match var.sort {
        VarSort::Text => None,
        VarSort::Int => value.trim().parse::<i64>().err().map(|_| "a whole number"),
        VarSort::Bool => (!matches!(value, "true" | "false")).then_some("`true` or `false`"),
    };
    if let Some(wanted) = sort {
        return Some(format!("`{name}` is `{value}`, where {wanted} is accepted"));
    }
    if !var.one_of.is_empty() && !var.one_of.iter().any(|one| one == value) {
        let all: Vec<String> = var.one_of.iter().map(|one| format!("`{one}`")).collect();
        return Some(format!(
            "`{name}` is `{value}`, accepted are {}",
            all.join(", ")
        ));
    }
    let pattern = var.pattern.as_deref()?;
    let matches = Regex::new(pattern).is_ok_and(|regex| regex.is_match(value));
    (!matches).then(|| format!("`{name}` is `{value}`, which does not match `{pattern}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn values_are_put_in_once_and_unknown_names_stay() {
        let values = of(&[("a", "{{b}}"), ("b", "$(rm -rf)\n\"'"), ("c", "}}{{a}}")]);
        for (text, wanted) in [
            ("{{a}}-{{b}}", "{{b}}-$(rm -rf)\n\"'"),
            ("{{c}}{{a}}", "}}{{a}}{{b}}"),
            (
                "{{ a }} {{unknown}} {{this}}",
                "{{ a }} {{unknown}} {{this}}",
            ),
            ("{{{a}}}", "{{{b}}}"),
            ("{{", "{{"),
            ("{{a", "{{a"),
            ("é{{a}}é", "é{{b}}é"),
        ] {
            assert_eq!(put(text, &values), wanted, "{text}");
        }
    }

    #[test]
    fn single_braces_leave_double_ones_alone() {
        let values = of(&[
            ("target", "design"),
            ("target.title", "Plan {{x}}"),
            ("x", "no"),
        ]);
        assert_eq!(put_single("{target}.draft", &values), "design.draft");
        assert_eq!(
            put_single("{target.title}: {{x}} {other}", &values),
            "Plan {{x}}: {{x}} {other}"
        );
        assert_eq!(put_single("fn() { {target} }", &values), "fn() { design }");
    }

    #[test]
    fn every_complaint_about_values_is_made() {
        let var = |name: &str| Var {
            name: name.to_owned(),
            description: "what it is".to_owned(),
            default: None,
            required: true,
            one_of: Vec::new(),
            pattern: None,
            sort: VarSort::Text,
            line: 1,
        };
        let mut mode = var("mode");
        mode.one_of = vec!["fast".to_owned(), "slow".to_owned()];
        let mut count = var("count");
        count.sort = VarSort::Int;
        let mut name = var("name");
        name.pattern = Some("^[a-z]+$".to_owned());
        let vars = [var("endpoint"), mode, count, name];
        let given: Vec<(String, String)> = [
            ("mode", "warp"),
            ("count", "many"),
            ("name", "A1"),
            ("endpont", "x"),
        ]
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
        let wrong = values(&vars, &BTreeSet::new(), &given).unwrap_err();
        assert_eq!(
            wrong,
            [
                "`endpont` is no variable of this formula; did you mean `endpoint`?",
                "`endpoint` needs a value: what it is",
                "`mode` is `warp`, accepted are `fast`, `slow`",
                "`count` is `many`, where a whole number is accepted",
                "`name` is `A1`, which does not match `^[a-z]+$`",
            ]
        );
    }
}
