//! Conditions on what happens while a molecule is worked on: `step.status == 'complete'` and its like.
//!
//! The grammar is the field's. What only says that steps are done becomes needs; everything else
//! cannot be seen by the engine and is asked of a person. Reads and explains; evaluates nothing.

/// What a condition asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// That this step is done.
    Done(String),
    /// That all children of this step are done.
    ChildrenDone(String),
    /// Something that a person has to look at.
    Person,
}

/// What a condition asks for; `Err` says why it is none.
pub(super) fn asked(text: &str) -> Result<Asked, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("an empty condition".to_owned());
    }
    if let Some(rest) = text.strip_prefix("file.exists") {
        return quoted(rest).map(|_| Asked::Person);
    }
    let Some((left, op, right)) = split(text) else {
        return whole(text);
    };
    let complete = op == "=="
        && matches!(
            unquoted(right),
            "complete" | "completed" | "closed" | "done"
        );
    match left.split_once('.') {
        Some(("env", name)) if is_word(name) => Ok(Asked::Person),
        Some(("steps", "complete")) if right.parse::<i64>().is_ok() => Ok(Asked::Person),
        Some((step, "status")) if is_id(step) => Ok(if complete {
            Asked::Done(step.to_owned())
        } else {
            Asked::Person
        }),
        Some((step, path)) if is_id(step) && path.starts_with("output.") => Ok(Asked::Person),
        _ => whole(text),
    }
}

/// `children(step).all(status == 'complete')` and its like.
fn whole(text: &str) -> Result<Asked, String> {
    let wrong = || format!("`{text}` is no condition that is known; {FORMS}");
    let rest = ["children(", "descendants("]
        .iter()
        .find_map(|word| Some((*word, text.strip_prefix(word)?)));
    let (word, rest) = rest.ok_or_else(wrong)?;
    let (step, rest) = rest.split_once(')').ok_or_else(wrong)?;
    if !is_id(step) {
        return Err(wrong());
    }
    let (how, inner) = rest
        .strip_prefix('.')
        .and_then(|rest| rest.split_once('('))
        .ok_or_else(wrong)?;
    let (inner, tail) = inner.rsplit_once(')').ok_or_else(wrong)?;
    let (left, op, right) = split(inner).ok_or_else(wrong)?;
    if left != "status" || !matches!(how, "all" | "any" | "count") {
        return Err(wrong());
    }
    let complete = op == "=="
        && matches!(
            unquoted(right),
            "complete" | "completed" | "closed" | "done"
        );
    let alone = tail.trim().is_empty();
    if how != "count" && !alone {
        return Err(wrong());
    }
    Ok(if word == "children(" && how == "all" && complete {
        Asked::ChildrenDone(step.to_owned())
    } else {
        Asked::Person
    })
}

/// What is accepted.
const FORMS: &str = "`STEP.status == 'complete'`, `STEP.output.KEY == x`, `children(STEP).all(status == 'complete')`, \
     `steps.complete >= 3`, `file.exists('PATH')` or `env.NAME == 'x'`";

fn split(text: &str) -> Option<(&str, &str, &str)> {
    let ops = ["==", "!=", ">=", "<=", ">", "<"];
    let (at, op) = ops
        .iter()
        .filter_map(|op| text.find(op).map(|at| (at, *op)))
        .min_by_key(|(at, op)| (*at, std::cmp::Reverse(op.len())))?;
    let (left, right) = (text.get(..at)?.trim(), text.get(at + op.len()..)?.trim());
    (!left.is_empty() && !right.is_empty()).then_some((left, op, right))
}

fn quoted(rest: &str) -> Result<&str, String> {
    let inner = rest
        .trim()
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    inner
        .map(unquoted)
        .filter(|path| !path.is_empty())
        .ok_or_else(|| {
            "`file.exists` needs a path in parentheses: `file.exists('go.mod')`".to_owned()
        })
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = ['"', '\'']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    inner.unwrap_or(text)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '{' | '}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_field_writes_is_understood() {
        for (text, wanted) in [
            (
                "build.status == 'complete'",
                Asked::Done("build".to_owned()),
            ),
            ("build.status != 'failed'", Asked::Person),
            ("scan.output.level == high", Asked::Person),
            (
                "children(scan).all(status == 'complete')",
                Asked::ChildrenDone("scan".to_owned()),
            ),
            (
                "children(scan).count(status == 'complete') >= 3",
                Asked::Person,
            ),
            (
                "descendants(scan).any(status == \"complete\")",
                Asked::Person,
            ),
            ("steps.complete >= 3", Asked::Person),
            ("file.exists('go.mod')", Asked::Person),
            ("env.CI == 'true'", Asked::Person),
        ] {
            assert_eq!(asked(text), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn nonsense_is_told_with_what_is_accepted() {
        for text in [
            "",
            "go",
            "a b c",
            "file.exists()",
            "children(x)",
            "children(x).most(status == 1)",
            "x.y == 1",
        ] {
            assert!(asked(text).is_err(), "{text}");
        }
    }
}
