//! Files: what they may say, and how everything that is wrong is told at once, with its line.

use super::*;

#[test]
fn the_formula_of_the_document_is_read_as_written() {
    let text = r#"formula = "scraper-build"
type = "workflow"
version = 1
description = "Build a new NSE data scraper"

[vars.endpoint]
description = "NSE API endpoint URL"
required = true

[vars.data_name]
description = "Name of the data being scraped (e.g., options_chain)"
required = true

[[steps]]
id = "design"
title = "Design scraper for {{data_name}}"
description = "Study the NSE API endpoint, document fields, plan dataclass and parser"

[[steps]]
id = "implement"
title = "Implement {{data_name}} scraper"
needs = ["design"]

[[steps]]
id = "test"
title = "Test {{data_name}} scraper"
needs = ["implement"]
"#;
    let cooked = cooked(text, &Shelf::default()).unwrap();
    assert_eq!(told(&cooked.warnings), Vec::<String>::new());
    assert_eq!(
        wired(&cooked.steps),
        ["design", "implement <- design", "test <- implement"]
    );
    let poured = cooked
        .pour(&given(&[
            "endpoint=/api/option-chain",
            "data_name=options_chain",
        ]))
        .unwrap();
    assert_eq!(poured.title, "scraper-build");
    assert_eq!(
        poured.steps[0].step.title,
        "Design scraper for options_chain"
    );
    // DOCUMENT 32: a value that no step uses reaches the agent too.
    let vars: Vec<(&str, &str)> = poured
        .vars
        .iter()
        .map(|var| (var.name.as_str(), var.value.as_str()))
        .collect();
    assert_eq!(
        vars,
        [
            ("endpoint", "/api/option-chain"),
            ("data_name", "options_chain")
        ]
    );
    assert_eq!(
        cooked.pour(&given(&["data_name=x"])).unwrap_err(),
        ["`endpoint` needs a value: NSE API endpoint URL"]
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_line_and_key() {
    let text = r#"formula = "a b"
type = "workflo"
version = 0
titel = "x"
[vars.mode]
required = true
default = "x"
enum = ["fast", "slow"]
pattern = "("
[[steps]]
id = "one"
title = "One"
priority = 7
need = ["two"]
[[steps]]
title = 3
condition = "always"
waits_for = "everyone"
[steps.gate]
type = "weather"
[[steps]]
id = "three"
title = "Three"
[steps.loop]
count = 2
range = "1..3"
"#;
    let problems = read_toml(text, "mol-x.toml").unwrap_err();
    assert_eq!(
        told(&problems),
        [
            "mol-x.toml:1: `formula`: a name has letters, digits, `-`, `_` and `.`, at most 100",
            "mol-x.toml:2: `type`: `workflo` is not one of workflow, expansion, aspect, convoy; did you mean `workflow`?",
            "mol-x.toml:3: `version`: 0 is not between 1 and 9223372036854775807",
            "mol-x.toml:6: `vars.mode.required`: a variable with a default is never missing: leave out `required` or `default`",
            "mol-x.toml:9: `vars.mode.pattern`: no regular expression: error: unclosed group",
            "mol-x.toml:7: `vars.mode.default`: `mode` is `x`, accepted are `fast`, `slow`",
            "mol-x.toml:13: `steps[0].priority`: 7 is not between 0 and 4",
            "mol-x.toml:14: warning: `steps[0].need`: unknown key, ignored; did you mean `needs`?",
            "mol-x.toml:16: `steps[1].title`: a number where a text is expected",
            "mol-x.toml:18: `steps[1].waits_for`: `everyone` is not `all-children`, `any-children` or `children-of(STEP)`",
            "mol-x.toml:17: `steps[1].condition`: `always` is not `{{name}}`, `!{{name}}`, `{{name}} == value` or `{{name}} != value`",
            "mol-x.toml:20: `steps[1].gate.type`: `weather` is not one of human, timer, gh:run, gh:pr, bead, mail",
            "mol-x.toml:15: `steps[1].id`: a step needs an id",
            "mol-x.toml:16: `steps[1].title`: a step needs a title",
            "mol-x.toml:24: `steps[2].loop`: a loop has exactly one of `count`, `range` and `until`",
            "mol-x.toml:24: `steps[2].loop.body`: a loop needs at least one step in `body`",
            "mol-x.toml:4: warning: `titel`: unknown key, ignored",
        ]
    );
}

#[test]
fn every_error_of_the_syntax_has_its_line() {
    let problems = read_toml(
        "formula = \"a\nversion = \n[[steps]]\nid = \"x\" y\n",
        "a.toml",
    )
    .unwrap_err();
    let lines: Vec<u32> = problems.all().iter().map(|problem| problem.line).collect();
    assert_eq!(
        lines
            .iter()
            .copied()
            .filter(|line| [1, 2, 4].contains(line))
            .count(),
        lines.len(),
        "{:?}",
        told(&problems)
    );
    assert!(
        lines.contains(&1) && lines.contains(&4),
        "{:?}",
        told(&problems)
    );
}

#[test]
fn the_older_form_says_the_same() {
    let text = r#"{"formula":"a","version":1,"vars":{"x":"1"},"steps":[{"id":"s","title":"S {{x}}","needs":[]}]}"#;
    let (formula, _) = read_json(text, "a.formula.json").unwrap();
    assert_eq!(formula.vars[0].default.as_deref(), Some("1"));
    let poured = cook(formula, &[], &Shelf::default())
        .unwrap()
        .pour(&[])
        .unwrap();
    assert_eq!(poured.steps[0].step.title, "S 1");
    let problems = read_json("{\"formula\":\"a\",\n\"steps\":[}", "a.json").unwrap_err();
    assert_eq!(problems.all()[0].line, 2);
}

#[test]
fn needs_that_name_nothing_and_ids_that_stand_twice_are_told() {
    let text = "formula = \"a\"\n[[steps]]\nid = \"build\"\ntitle = \"B\"\nneeds = [\"biuld\"]\n[[steps]]\nid = \"build\"\ntitle = \"C\"\n";
    let problems = cooked(text, &Shelf::default()).unwrap_err();
    assert_eq!(
        told(&problems),
        [
            "a.toml:6: `steps[1].id`: `build` stands twice, first in line 2",
            "a.toml:2: `steps[0].needs`: no step has the id `biuld`; did you mean `build`?",
        ]
    );
}

#[test]
fn circles_are_told_with_their_way_also_through_groups() {
    let step = |id: &str, needs: &str| {
        format!("[[steps]]\nid = \"{id}\"\ntitle = \"T\"\nneeds = [{needs}]\n")
    };
    let text = format!(
        "formula = \"a\"\n{}{}{}{}",
        step("a", "\"c\""),
        step("b", "\"a\""),
        step("c", "\"b\""),
        step("d", "\"c\"")
    );
    let problems = cooked(&text, &Shelf::default()).unwrap_err();
    assert_eq!(problems.all().len(), 1);
    let said = problems.all()[0].message.clone();
    for id in ["`a`", "`b`", "`c`"] {
        assert!(said.contains(id), "{said}");
    }
    assert!(!said.contains("`d`"), "{said}");
    let inside = "formula = \"a\"\n[[steps]]\nid = \"g\"\ntitle = \"G\"\n[[steps.children]]\nid = \"x\"\ntitle = \"X\"\nneeds = [\"g\"]\n";
    assert!(cooked(inside, &Shelf::default()).unwrap_err().failed());
}

#[test]
fn limits_are_refused_before_anything_is_done() {
    let many = |count: usize| {
        let mut text = "formula = \"a\"\n".to_owned();
        for at in 0..count {
            add(
                &mut text,
                &format!("[[steps]]\nid = \"s{at}\"\ntitle = \"T\"\n"),
            );
        }
        text
    };
    assert!(cooked(&many(500), &Shelf::default()).is_ok());
    assert!(
        told(&cooked(&many(501), &Shelf::default()).unwrap_err())[0]
            .contains("501 steps, at most 500")
    );
    let mut text = "formula = \"a\"\n[[steps]]\nid = \"s\"\ntitle = \"T\"\n".to_owned();
    for at in 0..101 {
        add(&mut text, &format!("[vars.v{at}]\ndefault = \"\"\n"));
    }
    assert!(told(&cooked(&text, &Shelf::default()).unwrap_err())[0].contains("101 variables"));
}
