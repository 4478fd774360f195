//! `[compose]`, `[[advice]]` and `[[pointcuts]]`: what changes the steps after they are put together.

use super::super::fields::Fields;
use super::super::model::{
    Advice, BondPoint, Branch, Compose, ComposeGate, Hook, Pointcut, Replace, Step,
};
use super::super::node::Table;
use super::super::problem::Problems;
use super::super::runtime;
use super::step::step;

/// The `compose` table.
pub(super) fn compose(top: &mut Fields<'_>, out: &mut Problems) -> Compose {
    let Some(table) = top.table("compose", out) else {
        return Compose::default();
    };
    let mut keys = Fields::of(table, "compose");
    let found = Compose {
        expand: each(&mut keys, "expand", out, |keys, out| {
            replace(keys, "target", out)
        }),
        map: each(&mut keys, "map", out, |keys, out| {
            replace(keys, "select", out)
        }),
        branch: each(&mut keys, "branch", out, branch),
        gate: each(&mut keys, "gate", out, gate),
        aspects: keys.texts("aspects", out),
        bond_points: each(&mut keys, "bond_points", out, bond_point),
        hooks: each(&mut keys, "hooks", out, hook),
    };
    keys.end(out);
    found
}

fn each<T>(
    keys: &mut Fields<'_>,
    name: &'static str,
    out: &mut Problems,
    read: impl Fn(&mut Fields<'_>, &mut Problems) -> T,
) -> Vec<T> {
    keys.tables(name, out)
        .into_iter()
        .map(|(path, table)| {
            let mut inner = Fields::of(table, &path);
            let found = read(&mut inner, out);
            inner.end(out);
            found
        })
        .collect()
}

fn needed(keys: &mut Fields<'_>, name: &'static str, out: &mut Problems) -> String {
    let text = keys.text(name, out).unwrap_or_default();
    if text.is_empty() {
        keys.wrong(name, out, format!("`{name}` is needed here"));
    }
    text
}

fn replace(keys: &mut Fields<'_>, target: &'static str, out: &mut Problems) -> Replace {
    Replace {
        target: needed(keys, target, out),
        with: needed(keys, "with", out),
        vars: keys.pairs("vars", out),
        line: keys.line(),
        path: keys.path().to_owned(),
    }
}

fn branch(keys: &mut Fields<'_>, out: &mut Problems) -> Branch {
    let branch = Branch {
        from: needed(keys, "from", out),
        steps: keys.texts("steps", out),
        join: needed(keys, "join", out),
        line: keys.line(),
        path: keys.path().to_owned(),
    };
    if branch.steps.is_empty() {
        keys.wrong("steps", out, "a branch needs at least one step".to_owned());
    }
    branch
}

fn gate(keys: &mut Fields<'_>, out: &mut Problems) -> ComposeGate {
    let gate = ComposeGate {
        before: needed(keys, "before", out),
        condition: needed(keys, "condition", out),
        line: keys.line(),
        path: keys.path().to_owned(),
    };
    if let Err(told) = runtime::asked(&gate.condition) {
        keys.wrong("condition", out, told);
    }
    gate
}

fn bond_point(keys: &mut Fields<'_>, out: &mut Problems) -> BondPoint {
    let point = BondPoint {
        id: needed(keys, "id", out),
        description: keys.text("description", out).unwrap_or_default(),
        after: keys
            .text("after_step", out)
            .or_else(|| keys.text("after", out))
            .unwrap_or_default(),
        before: keys
            .text("before_step", out)
            .or_else(|| keys.text("before", out))
            .unwrap_or_default(),
    };
    keys.skip(&["after", "before", "parallel"]);
    if !point.after.is_empty() && !point.before.is_empty() {
        out.error(
            keys.line(),
            keys.path(),
            "a bond point is either after or before a step".to_owned(),
        );
    }
    point
}

fn hook(keys: &mut Fields<'_>, out: &mut Problems) -> Hook {
    Hook {
        trigger: needed(keys, "trigger", out),
        attach: needed(keys, "attach", out),
        at: keys.text("at", out).unwrap_or_default(),
        vars: keys.pairs("vars", out),
    }
}

/// The advice of a formula.
pub(super) fn advice(top: &mut Fields<'_>, out: &mut Problems) -> Vec<Advice> {
    each(top, "advice", out, |keys, out| {
        let mut advice = Advice {
            target: keys.text("target", out).unwrap_or_default(),
            before: sides(keys, "before", out),
            after: sides(keys, "after", out),
            line: keys.line(),
            path: keys.path().to_owned(),
        };
        if let Some(table) = keys.table("around", out) {
            let path = keys.key("around");
            let mut around = Fields::of(table, &path);
            advice.before.extend(sides(&mut around, "before", out));
            advice.after.extend(sides(&mut around, "after", out));
            around.end(out);
        }
        if advice.before.is_empty() && advice.after.is_empty() {
            out.error(
                keys.line(),
                keys.path(),
                "advice needs `before`, `after` or `around`".to_owned(),
            );
        }
        advice
    })
}

fn sides(keys: &mut Fields<'_>, name: &'static str, out: &mut Problems) -> Vec<Step> {
    keys.tables(name, out)
        .into_iter()
        .map(|(path, table): (String, &Table)| step(table, &path, out))
        .collect()
}

/// What advice without a target of its own matches.
pub(super) fn pointcuts(top: &mut Fields<'_>, out: &mut Problems) -> Vec<Pointcut> {
    each(top, "pointcuts", out, |keys, out| {
        let point = Pointcut {
            glob: keys.text("glob", out).unwrap_or_default(),
            kind: keys.text("type", out).unwrap_or_default(),
            label: keys.text("label", out).unwrap_or_default(),
        };
        if point.glob.is_empty() && point.kind.is_empty() && point.label.is_empty() {
            out.error(
                keys.line(),
                keys.path(),
                "a pointcut needs `glob`, `type` or `label`".to_owned(),
            );
        }
        point
    })
}
