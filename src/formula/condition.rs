//! Conditions on variables: whether a step is wanted at all.
//!
//! `{{v}}` holds unless the value is empty, `false`, `0`, `no` or `off`; `!{{v}}` is its opposite;
//! `{{v}} == x` and `{{v}} != x` compare, the quotes round `x` may be left out.
//! Conditions on what happens later (`step.status == 'complete'`) are `runtime`.

use super::vars::is_name;

/// A condition on variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The variable.
    pub var: String,
    test: Test,
    /// As it was written.
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Set,
    Unset,
    Is(String),
    IsNot(String),
}

/// What is accepted.
pub(super) const FORMS: &str =
    "`{{name}}`, `!{{name}}`, `{{name}} == value` or `{{name}} != value`";

impl Condition {
    /// Reads a condition; `None` when it has none of the four forms.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let of = |var: &str, test: Test| {
            let inner = var.trim().strip_prefix("{{")?.strip_suffix("}}")?;
            is_name(inner).then(|| Self {
                var: inner.to_owned(),
                test,
                text: text.trim().to_owned(),
            })
        };
        if let Some((var, value)) = text.split_once("!=") {
            return of(var, Test::IsNot(unquoted(value)));
        }
        if let Some((var, value)) = text.split_once("==") {
            return of(var, Test::Is(unquoted(value)));
        }
        match text.trim().strip_prefix('!') {
            Some(var) => of(var, Test::Unset),
            None => of(text, Test::Set),
        }
    }

    /// Whether it holds for a value of its variable.
    pub(super) fn holds(&self, value: &str) -> bool {
        match &self.test {
            Test::Set => is_true(value),
            Test::Unset => !is_true(value),
            Test::Is(wanted) => value == wanted,
            Test::IsNot(other) => value != other,
        }
    }
}

fn is_true(value: &str) -> bool {
    !matches!(
        value.trim().to_ascii_lowercase().as_str(),
        "" | "false" | "0" | "no" | "off"
    )
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner = ['"', '\'']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    inner.unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_forms_are_read_and_hold_as_told() {
        for (text, value, holds) in [
            ("{{ci}}", "yes", true),
            ("{{ci}}", "off", false),
            ("{{ci}}", "No", false),
            ("{{ci}}", "", false),
            ("!{{ci}}", "0", true),
            ("!{{ci}}", "2", false),
            ("{{mode}} == fast", "fast", true),
            ("{{mode}} == \"fast\"", "fast", true),
            ("{{mode}}=='fast'", "slow", false),
            ("{{mode}} != fast", "slow", true),
            ("{{mode}} != 'fast'", "fast", false),
        ] {
            let condition = Condition::parse(text).expect(text);
            assert_eq!(condition.holds(value), holds, "{text} with {value:?}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "ci",
            "{{ ci }}",
            "{{ci}} && {{b}}",
            "{{a b}}",
            "step.status == 'complete'",
            "{{}}",
        ] {
            assert_eq!(Condition::parse(text), None, "{text}");
        }
    }
}
