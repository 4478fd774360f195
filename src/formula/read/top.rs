//! The top level of a formula file: name, type, variables, and which bodies there are.

use super::super::fields::Fields;
use super::super::model::{Formula, FormulaKind, Var, VarSort};
use super::super::node::{Node, Table, Value};
use super::super::problem::Problems;
use super::super::{fields, limits, vars};
use super::{compose, convoy, step};
use crate::support::near::near_matches;

/// The highest version that is read.
const VERSIONS: (i64, i64) = (1, i64::MAX);

/// Keys of the field that mean nothing here: they tune its own tools.
const IDLE: [&str; 3] = ["squash", "presets", "schema_version"];

/// Reads a formula from the tree of its file.
pub(in super::super) fn formula(table: &Table, file: &str, out: &mut Problems) -> Formula {
    let mut top = Fields::of(table, "");
    let name = top.text("formula", out).unwrap_or_default();
    if !is_formula_name(&name) {
        let told = if name.is_empty() {
            "a formula needs a name: `formula = \"name\"`"
        } else {
            "a name has letters, digits, `-`, `_` and `.`, at most 100"
        };
        top.wrong("formula", out, told.to_owned());
    }
    let said = top.text("type", out);
    let kind = said.as_deref().and_then(|word| kind(word, &top, out));
    let mut formula = Formula {
        name,
        file: file.to_owned(),
        description: top.text("description", out).unwrap_or_default(),
        kind: FormulaKind::Workflow,
        version: top.number("version", VERSIONS, out).unwrap_or(1),
        vapor: vapor(&mut top, out),
        pour: top.flag("pour", out),
        agent: top.text("agent", out),
        review_only: top.flag("review_only", out).unwrap_or(false),
        extends: top.texts("extends", out),
        vars: read_vars(&mut top, "vars", out),
        steps: step::steps(&mut top, "steps", out),
        template: step::steps(&mut top, "template", out),
        compose: compose::compose(&mut top, out),
        advice: compose::advice(&mut top, out),
        pointcuts: compose::pointcuts(&mut top, out),
        legs: convoy::legs(&mut top, out),
        synthesis: convoy::synthesis(&mut top, out),
        prompts: top.pairs("prompts", out),
        output: top.pairs("output", out),
    };
    for input in read_vars(&mut top, "inputs", out) {
        if !formula.vars.iter().any(|var| var.name == input.name) {
            formula.vars.push(input);
        }
    }
    formula.kind = kind.unwrap_or_else(|| inferred(&formula));
    limit(&formula, &top, out);
    body(&formula, &top, out);
    top.skip(&IDLE);
    top.end(out);
    formula
}

/// Whether a text can be the name of a formula: it also becomes part of file names.
pub(in super::super) fn is_formula_name(name: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty()
        && name.chars().count() <= 100
        && !name.starts_with(['.', '-'])
        && name.chars().all(good)
}

fn kind(word: &str, top: &Fields<'_>, out: &mut Problems) -> Option<FormulaKind> {
    let found = FormulaKind::ALL
        .into_iter()
        .find(|kind| kind.word().eq_ignore_ascii_case(word));
    if found.is_none() {
        let all: Vec<&str> = FormulaKind::ALL.iter().map(|kind| kind.word()).collect();
        let near = near_matches(word, all.iter().copied());
        let hint = near
            .first()
            .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        top.wrong(
            "type",
            out,
            format!("`{word}` is not one of {}{hint}", all.join(", ")),
        );
    }
    found
}

/// What a formula is that does not say so, by its body.
fn inferred(formula: &Formula) -> FormulaKind {
    if !formula.legs.is_empty() && formula.steps.is_empty() {
        FormulaKind::Convoy
    } else if !formula.template.is_empty() {
        FormulaKind::Expansion
    } else if !formula.advice.is_empty() && formula.steps.is_empty() {
        FormulaKind::Aspect
    } else {
        FormulaKind::Workflow
    }
}

fn vapor(top: &mut Fields<'_>, out: &mut Problems) -> bool {
    match top.text("phase", out).as_deref() {
        None | Some("liquid") => false,
        Some("vapor") => true,
        Some(other) => {
            top.wrong(
                "phase",
                out,
                format!("`{other}` is neither `liquid` nor `vapor`"),
            );
            false
        }
    }
}

/// Says what a formula of its type lacks.
fn body(formula: &Formula, top: &Fields<'_>, out: &mut Problems) {
    let lacks = match formula.kind {
        FormulaKind::Workflow => (formula.steps.is_empty() && formula.extends.is_empty())
            .then_some("a workflow needs at least one `[[steps]]`"),
        FormulaKind::Expansion => formula
            .template
            .is_empty()
            .then_some("an expansion needs at least one `[[template]]`"),
        FormulaKind::Aspect => (formula.advice.is_empty() && formula.legs.is_empty())
            .then_some("an aspect needs at least one `[[advice]]` or `[[aspects]]`"),
        FormulaKind::Convoy => formula
            .legs
            .is_empty()
            .then_some("a convoy needs at least one `[[legs]]`"),
    };
    if let Some(told) = lacks {
        out.error(top.line(), "", told.to_owned());
    }
}

fn limit(formula: &Formula, top: &Fields<'_>, out: &mut Problems) {
    let count = step::count(&formula.steps) + step::count(&formula.template) + formula.legs.len();
    if count > limits::STEPS {
        out.error(
            top.line(),
            "",
            format!("{count} steps, at most {} are taken", limits::STEPS),
        );
    }
    if formula.vars.len() > limits::VARS {
        out.error(
            top.line(),
            "vars",
            format!(
                "{} variables, at most {} are taken",
                formula.vars.len(),
                limits::VARS
            ),
        );
    }
}

fn read_vars(top: &mut Fields<'_>, name: &'static str, out: &mut Problems) -> Vec<Var> {
    let Some(table) = top.table(name, out) else {
        return Vec::new();
    };
    table
        .entries
        .iter()
        .map(|(key, node)| var(key, node, &format!("{name}.{key}"), out))
        .collect()
}

fn var(name: &str, node: &Node, path: &str, out: &mut Problems) -> Var {
    let mut var = Var {
        name: name.to_owned(),
        description: String::new(),
        default: None,
        required: false,
        one_of: Vec::new(),
        pattern: None,
        sort: VarSort::Text,
        line: node.line,
    };
    if !vars::is_name(name) {
        out.error(
            node.line,
            path,
            "a variable has letters, digits and `_`, and begins with no digit".to_owned(),
        );
    }
    let Value::Table(table) = &node.value else {
        match fields::scalar(node) {
            Some(text) => var.default = Some(text),
            None => out.error(
                node.line,
                path,
                format!("{} where a text or a table is expected", node.value.sort()),
            ),
        }
        return var;
    };
    let mut keys = Fields::of(table, path);
    var.description = keys.text("description", out).unwrap_or_default();
    var.default = keys.scalar("default", out);
    var.required = keys.flag("required", out).unwrap_or(false);
    var.one_of = keys.texts("enum", out);
    var.pattern = keys.text("pattern", out);
    var.sort = sort(&mut keys, out);
    keys.skip(&["required_unless"]);
    check_var(&mut var, &keys, out);
    keys.end(out);
    var
}

fn sort(keys: &mut Fields<'_>, out: &mut Problems) -> VarSort {
    match keys.text("type", out).as_deref() {
        Some("int" | "integer" | "number") => VarSort::Int,
        Some("bool" | "boolean") => VarSort::Bool,
        None | Some("string" | "text") => VarSort::Text,
        Some(other) => {
            keys.wrong(
                "type",
                out,
                format!("`{other}` is not one of string, int, bool"),
            );
            VarSort::Text
        }
    }
}

/// Says what cannot be true of a variable.
fn check_var(var: &mut Var, keys: &Fields<'_>, out: &mut Problems) {
    if var.required && var.default.is_some() {
        keys.wrong(
            "required",
            out,
            "a variable with a default is never missing: leave out `required` or `default`"
                .to_owned(),
        );
    }
    if let Some(pattern) = &var.pattern
        && let Err(error) = regex::Regex::new(pattern)
    {
        let told = error
            .to_string()
            .lines()
            .last()
            .unwrap_or_default()
            .to_owned();
        keys.wrong("pattern", out, format!("no regular expression: {told}"));
        var.pattern = None;
    }
    if let Some(told) = var
        .default
        .as_deref()
        .and_then(|value| vars::check(var, value))
    {
        keys.wrong("default", out, told);
    }
}
