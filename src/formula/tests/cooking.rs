//! What formulas become: loops, branches, advice, expansions, what they continue, overlays, conditions.

use super::*;

const CHAIN: &str = r#"formula = "shiny"
[[steps]]
id = "design"
title = "Design {{feature}}"
[[steps]]
id = "implement"
title = "Implement {{feature}}"
needs = ["design"]
[[steps]]
id = "submit"
title = "Submit"
needs = ["implement"]
"#;

#[test]
fn a_loop_becomes_its_turns_one_after_the_other() {
    let text = r#"formula = "a"
[[steps]]
id = "first"
title = "First"
[[steps]]
id = "round"
needs = ["first"]
[steps.loop]
range = "1..2^{{n}}"
var = "k"
[[steps.loop.body]]
id = "move"
title = "Move {k} of {{n}}"
notes = "note {k}"
[[steps.loop.body]]
id = "look"
title = "Look"
needs = ["move"]
[[steps]]
id = "last"
title = "Last"
needs = ["round"]
[vars.n]
default = "1"
"#;
    let cooked = cooked(text, &Shelf::default()).unwrap();
    assert_eq!(
        wired(&cooked.steps),
        [
            "first",
            "round.iter1.move <- first",
            "round.iter1.look <- round.iter1.move",
            "round.iter2.move <- round.iter1.look",
            "round.iter2.look <- round.iter2.move",
            "last <- round.iter2.look",
        ]
    );
    assert_eq!(cooked.steps[3].title, "Move 2 of {{n}}");
    assert_eq!(cooked.steps[3].notes, "note 2");
    let (formula, _) = read_toml(text, "a").unwrap();
    let three = cook(formula, &given(&["n=3"]), &Shelf::default()).unwrap();
    assert_eq!(three.steps.len(), 2 + 16);
}

#[test]
fn loops_inside_of_loops_and_loops_without_turns() {
    let text = r#"formula = "a"
[[steps]]
id = "first"
title = "First"
[[steps]]
id = "none"
needs = ["first"]
loop = { count = 0, body = [{ id = "x", title = "X" }] }
[[steps]]
id = "outer"
needs = ["none"]
[steps.loop]
count = 2
[[steps.loop.body]]
id = "inner"
loop = { range = "1..{i}", var = "j", body = [{ id = "y", title = "Y {i} {j}" }] }
"#;
    let cooked = cooked(text, &Shelf::default()).unwrap();
    assert_eq!(
        wired(&cooked.steps),
        [
            "first",
            "outer.iter1.inner.iter1.y <- first",
            "outer.iter2.inner.iter1.y <- outer.iter1.inner.iter1.y",
            "outer.iter2.inner.iter2.y <- outer.iter2.inner.iter1.y",
        ]
    );
    assert_eq!(cooked.steps[3].title, "Y 2 2");
}

#[test]
fn a_loop_until_something_holds_says_so_to_the_agent() {
    let text = r#"formula = "a"
[[steps]]
id = "tune"
loop = { until = "measure.status == 'complete'", max = 4, body = [{ id = "try", title = "Try" }, { id = "measure", title = "Measure", needs = ["try"] }] }
"#;
    let cooked = cooked(text, &Shelf::default()).unwrap();
    assert_eq!(
        cooked.steps[0].labels,
        ["loop:{\"max\":4,\"until\":\"measure.status == 'complete'\"}"]
    );
    assert_eq!(
        cooked.steps[1].description,
        "Repeat from \"Try\" until this holds, at most 4 times: measure.status == 'complete'"
    );
}

#[test]
fn advice_stands_around_its_step_and_followers_wait_for_it() {
    let text = format!(
        "{CHAIN}\n[[advice]]\ntarget = \"implement\"\n[advice.before]\nid = \"pre-{{step.id}}\"\ntitle = \"Before {{step.title}}\"\n\
         [[advice.after]]\nid = \"post-{{step.id}}\"\ntitle = \"After\"\n[[advice.after]]\nid = \"post2-{{step.id}}\"\ntitle = \"After\"\n"
    );
    let cooked = cooked(&text, &Shelf::default()).unwrap();
    assert_eq!(
        wired(&cooked.steps),
        [
            "design",
            "pre-implement <- design",
            "implement <- design, pre-implement",
            "post-implement <- implement",
            "post2-implement <- post-implement",
            "submit <- post2-implement",
        ]
    );
    assert_eq!(cooked.steps[1].title, "Before Implement {{feature}}");
}

#[test]
fn an_expansion_takes_the_place_of_a_step() {
    let expansion = r#"formula = "rule-of-two"
type = "expansion"
[vars]
depth = "deep"
[[template]]
id = "{target}.draft"
title = "Draft: {target.title}"
[[template]]
id = "{target}.refine"
title = "Refine, {depth}"
needs = ["{target}.draft"]
"#;
    let shelf = Shelf::default().with("rule-of-two", expansion);
    let composed = format!(
        "{CHAIN}\n[[compose.expand]]\ntarget = \"implement\"\nwith = \"rule-of-two\"\nvars = {{ depth = \"twice\" }}\n"
    );
    let wanted = [
        "design",
        "implement.draft <- design",
        "implement.refine <- implement.draft",
        "submit <- implement.refine",
    ];
    let found = cooked(&composed, &shelf).unwrap();
    assert_eq!(wired(&found.steps), wanted);
    assert_eq!(found.steps[1].title, "Draft: Implement {{feature}}");
    assert_eq!(found.steps[2].title, "Refine, twice");
    let inline = CHAIN.replace(
        "title = \"Implement {{feature}}\"",
        "title = \"Implement\"\nexpand = \"rule-of-two\"\npriority = 1",
    );
    let found = cooked(&inline, &shelf).unwrap();
    assert_eq!(wired(&found.steps), wanted);
    assert_eq!(found.steps[2].priority, Some(1));
    let mapped = format!("{CHAIN}\n[[compose.map]]\nselect = \"*i*\"\nwith = \"rule-of-two\"\n");
    let found = cooked(&mapped, &shelf).unwrap();
    assert_eq!(found.steps.len(), 6);
    let wrong = format!(
        "{CHAIN}\n[[compose.expand]]\ntarget = \"implement\"\nwith = \"rule-of-two\"\nvars = {{ dept = \"x\" }}\n"
    );
    assert_eq!(
        told(&cooked(&wrong, &shelf).unwrap_err()),
        [
            "a.toml:14: `compose.expand[0]`: `dept` is no variable of this formula; did you mean `depth`?"
        ]
    );
}

#[test]
fn an_expansion_of_itself_ends() {
    let shelf = Shelf::default().with(
        "again",
        "formula = \"again\"\ntype = \"expansion\"\n[[template]]\nid = \"{target}.x\"\nexpand = \"again\"\n[[template]]\nid = \"{target}.y\"\nexpand = \"again\"\n",
    );
    let text = "formula = \"a\"\n[[steps]]\nid = \"s\"\nexpand = \"again\"\n";
    let problems = cooked(text, &shelf).unwrap_err();
    assert!(
        told(&problems)[0].contains("more than 5 expansions"),
        "{:?}",
        told(&problems)
    );
}

#[test]
fn a_formula_continues_others_and_circles_are_told() {
    let shelf = Shelf::default()
        .with("shiny", CHAIN)
        .with("loop-a", "formula = \"loop-a\"\nextends = [\"loop-b\"]\n")
        .with("loop-b", "formula = \"loop-b\"\nextends = [\"loop-a\"]\n");
    let text = r#"formula = "shiny-secure"
extends = "shiny"
[vars.feature]
required = true
[[steps]]
id = "implement"
title = "Implement safely"
needs = ["design"]
[[steps]]
id = "audit"
title = "Audit"
needs = ["submit"]
"#;
    let found = cooked(text, &shelf).unwrap();
    assert_eq!(
        wired(&found.steps),
        [
            "design",
            "implement <- design",
            "submit <- implement",
            "audit <- submit"
        ]
    );
    assert_eq!(found.steps[1].title, "Implement safely");
    let circle = cooked("formula = \"x\"\nextends = [\"loop-a\"]\n", &shelf).unwrap_err();
    assert!(
        told(&circle)[0].contains("a circle: x -> loop-a -> loop-b -> loop-a"),
        "{:?}",
        told(&circle)
    );
}

#[test]
fn aspects_and_branches_and_gates_are_taken() {
    let aspect = r#"formula = "security-audit"
type = "aspect"
[[pointcuts]]
glob = "submit"
[[advice]]
[advice.around]
before = [{ id = "scan-{step.id}", title = "Scan" }]
after = [{ id = "rescan-{step.id}", title = "Scan again" }]
"#;
    let shelf = Shelf::default().with("security-audit", aspect);
    let text = format!(
        "{CHAIN}\n[[steps]]\nid = \"docs\"\ntitle = \"Docs\"\n[compose]\naspects = [\"security-audit\"]\n\
         [[compose.branch]]\nfrom = \"design\"\nsteps = [\"docs\"]\njoin = \"submit\"\n\
         [[compose.gate]]\nbefore = \"submit\"\ncondition = \"docs.status == 'complete'\"\n\
         [[compose.gate]]\nbefore = \"implement\"\ncondition = \"file.exists('go.mod')\"\n"
    );
    let found = cooked(&text, &shelf).unwrap();
    assert_eq!(
        wired(&found.steps),
        [
            "design",
            "implement <- design",
            "scan-submit <- implement, docs",
            "submit <- implement, docs, scan-submit",
            "rescan-submit <- submit",
            "docs <- design",
        ]
    );
    let gate = found.steps[1].gate.as_ref().unwrap();
    assert_eq!(
        (gate.sort.as_str(), gate.await_id.as_str()),
        ("human", "file.exists('go.mod')")
    );
}

#[test]
fn a_convoy_fans_out_and_comes_together() {
    let text = r#"formula = "code-review"
type = "convoy"
[inputs.pr]
description = "The pull request"
required = true
[prompts]
base = "Review PR {{.pr}} for {{.leg.focus}} ({{ .unknown.x }})."
[[legs]]
id = "correctness"
title = "Correctness"
focus = "logic"
description = "Look for logic errors."
[[legs]]
id = "style"
title = "Style"
[synthesis]
title = "Together"
depends_on = ["correctness", "style"]
[output]
directory = ".reviews"
"#;
    let found = cooked(text, &Shelf::default()).unwrap();
    assert_eq!(
        wired(&found.steps),
        ["correctness", "style", "synthesis <- correctness, style"]
    );
    assert!(found.steps[0].parallel && !found.steps[2].parallel);
    let poured = found.pour(&given(&["pr=12"])).unwrap();
    assert_eq!(
        poured.steps[0].step.description,
        "Review PR 12 for logic ({{ .unknown.x }}).\n\nFocus: logic\n\nLook for logic errors."
    );
}

#[test]
fn steps_that_are_not_wanted_are_passed_over() {
    let text = r#"formula = "a"
[vars]
tests = "yes"
docs = "no"
[[steps]]
id = "build"
title = "Build"
[[steps]]
id = "test"
title = "Test"
needs = ["build"]
condition = "{{tests}}"
[[steps]]
id = "docs"
title = "Docs"
needs = ["test"]
condition = "{{docs}}"
[[steps.children]]
id = "api"
title = "Api"
[[steps]]
id = "ship"
title = "Ship"
needs = ["api", "docs"]
"#;
    let found = cooked(text, &Shelf::default()).unwrap();
    let ids = |words: &[&str]| -> Vec<String> {
        let poured = found.pour(&given(words)).unwrap();
        poured
            .steps
            .iter()
            .map(|step| {
                let needs: Vec<&str> = step
                    .needs
                    .iter()
                    .map(|at| poured.steps[*at].step.id.as_str())
                    .collect();
                format!("{}:{}", step.step.id, needs.join("+"))
            })
            .collect()
    };
    assert_eq!(ids(&[]), ["build:", "test:build", "ship:test"]);
    assert_eq!(ids(&["tests=0"]), ["build:", "ship:build"]);
    // A group is passed through: its first parts wait for what it needs, what needs it waits for its last parts.
    assert_eq!(
        ids(&["docs=1"]),
        ["build:", "test:build", "docs:", "api:test", "ship:api"]
    );
}

#[test]
fn an_overlay_changes_a_formula_without_touching_its_file() {
    let overlay = "[[step-overrides]]\nstep_id = \"implement\"\nmode = \"append\"\ntext = \"Use tabs.\"\n\
                   [[step-overrides]]\nstep_id = \"design\"\nmode = \"skip\"\n";
    let found = cooked(CHAIN, &Shelf::default().overlaid("shiny", overlay)).unwrap();
    assert_eq!(wired(&found.steps), ["implement", "submit <- implement"]);
    assert_eq!(found.steps[0].description, "Use tabs.");
    let wrong = cooked(
        CHAIN,
        &Shelf::default().overlaid(
            "shiny",
            "[[step-overrides]]\nstep_id = \"x\"\nmode = \"skip\"\n",
        ),
    );
    assert_eq!(
        told(&wrong.unwrap_err()),
        ["overlay.toml:1: `step_id`: `shiny` has no step `x`"]
    );
}

#[test]
fn every_formula_of_the_program_cooks_and_warns_of_nothing() {
    let library = Library::open(&[], |_| false);
    for (file, _) in BUILT_IN {
        let (formula, warnings) = library
            .load(file.trim_end_matches(".toml"))
            .unwrap_or_else(|wrong| panic!("{file}: {wrong}"));
        assert_eq!(told(&warnings), Vec::<String>::new(), "{file}");
        let cooked = cook(formula, &[], &library)
            .unwrap_or_else(|wrong| panic!("{file}: {:?}", told(&wrong)));
        assert!(!cooked.description.is_empty(), "{file}");
        assert_eq!(cooked.undeclared(), Vec::<String>::new(), "{file}");
        for flat in flat(&cooked.steps) {
            assert!(
                !flat.step.description.trim().is_empty(),
                "{file}: {}",
                flat.step.id
            );
        }
    }
}
