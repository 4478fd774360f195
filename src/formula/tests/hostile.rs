//! Hostile values and hostile files (S5, S6): values stay values, nothing grows without bound, nothing panics.

use proptest::prelude::*;

use super::*;

const HOSTILE: &str = "formula = \"a\"\n[vars.v]\nrequired = true\n[vars.w]\ndefault = \"{{v}}\"\n[[steps]]\nid = \"s\"\n\
                       title = \"<{{v}}|{{w}}>\"\ndescription = \"{{v}}\"\nlabels = [\"l:{{v}}\"]\nmetadata = { k = [\"{{v}}\"] }\n";

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// S5: whatever a value holds, it stands where its placeholder stood, once, and nothing of it is read again.
    #[test]
    fn a_value_is_put_in_once(value in r#"([a-z"'$(){}\\;\n]|\{\{v\}\}|\{\{w\}\}|\$\(rm\)){0,12}"#) {
        let cooked = cooked(HOSTILE, &Shelf::default()).unwrap();
        let poured = cooked.pour(&[("v".to_owned(), value.clone())]).unwrap();
        let step = &poured.steps[0].step;
        prop_assert_eq!(&step.title, &format!("<{value}|{{{{v}}}}>"));
        prop_assert_eq!(&step.description, &value);
        prop_assert_eq!(&step.labels[0], &format!("l:{value}"));
        prop_assert_eq!(step.metadata["k"][0].as_str(), Some(value.as_str()));
        prop_assert_eq!(step.id.as_str(), "s");
    }

    /// S6: no text makes the reader fail other than by its findings.
    #[test]
    fn any_text_is_read_or_refused(text in r#"(\[\[?[a-z.]{0,9}\]?\]|[a-z_]{1,9}|=|"[^"\n]{0,6}"|\{|\}|\n|,|[0-9]{1,3}| |'''|"""){0,60}"#) {
        if let Ok((formula, _)) = read_toml(&text, "x.toml") {
            drop(cook(formula, &[], &Shelf::default()));
        }
        drop(read_json(&text, "x.json"));
    }

    /// Whole formulas of every construct: each is cooked or refused; what is cooked has an order.
    #[test]
    fn any_formula_is_cooked_or_refused(steps in prop::collection::vec((0..6_u8, 0..8_usize, 0..8_usize, 0..4_u8), 1..8)) {
        let mut text = "formula = \"a\"\n[vars]\nc = \"1\"\n".to_owned();
        for (at, (sort, need, other, times)) in steps.iter().enumerate() {
            add(&mut text, &format!("[[steps]]\nid = \"s{at}\"\ntitle = \"T\"\nneeds = [\"s{need}\", \"s{other}\"]\n"));
            match sort {
                0 => add(&mut text, &format!("loop = {{ count = {times}, body = [{{ id = \"b{at}\", title = \"B\" }}, {{ id = \"c{at}\", title = \"C\", needs = [\"b{at}\", \"s{other}\"] }}] }}\n")),
                1 => text.push_str("condition = \"{{c}} == 2\"\n"),
                2 => add(&mut text, &format!("children = [{{ id = \"k{at}\", title = \"K\", needs = [\"s{other}\"] }}, {{ id = \"j{at}\", title = \"J\" }}]\n")),
                3 => text.push_str("expand = \"two\"\n"),
                _ => {}
            }
        }
        let shelf = Shelf::default().with("two", "formula = \"two\"\ntype = \"expansion\"\n[[template]]\nid = \"{target}.x\"\ntitle = \"X\"\n[[template]]\nid = \"{target}.y\"\ntitle = \"Y\"\nneeds = [\"{target}.x\"]\n");
        if let Ok(cooked) = cooked(&text, &shelf) {
            let Ok(poured) = cooked.pour(&[]) else { return Ok(()) };
            // Kahn over the single steps: what was promised to have an order has one.
            let mut done = vec![false; poured.steps.len()];
            for _ in 0..poured.steps.len() {
                for at in 0..poured.steps.len() {
                    done[at] = done[at] || poured.steps[at].needs.iter().all(|need| done[*need]);
                }
            }
            prop_assert!(done.iter().all(|done| *done), "{text}");
            prop_assert!(poured.steps.iter().all(|step| !step.is_group || step.needs.is_empty()));
        }
    }
}

#[test]
fn what_would_grow_without_bound_is_refused() {
    let laughs = |depth: usize| {
        let mut body = "{ id = \"x\", title = \"X\" }".to_owned();
        for at in 0..depth {
            body = format!("{{ id = \"l{at}\", loop = {{ count = 100, body = [{body}] }} }}");
        }
        format!("formula = \"a\"\nsteps = [{body}]\n")
    };
    for depth in [2, 3, 6] {
        let problems = cooked(&laughs(depth), &Shelf::default()).unwrap_err();
        assert!(
            told(&problems)
                .iter()
                .any(|said| said.contains("5000 steps")),
            "{:?}",
            told(&problems)
        );
    }
    let deep = laughs(20).replace("count = 100", "count = 1");
    assert!(
        told(&cooked(&deep, &Shelf::default()).unwrap_err())
            .iter()
            .any(|said| said.contains("levels deep"))
    );
    // Sixteen doublings of one text by expansions.
    let wide: String = (0..40)
        .map(|at| {
            format!("[[template]]\nid = \"{{target}}.{at}\"\ntitle = \"T\"\nexpand = \"wide\"\n")
        })
        .collect();
    let shelf = Shelf::default().with(
        "wide",
        &format!("formula = \"wide\"\ntype = \"expansion\"\n{wide}"),
    );
    let problems = cooked(
        "formula = \"a\"\n[[steps]]\nid = \"s\"\nexpand = \"wide\"\n",
        &shelf,
    )
    .unwrap_err();
    assert!(
        told(&problems)
            .iter()
            .any(|said| said.contains("more than 5000 steps")),
        "{:?}",
        told(&problems)
    );
}

#[test]
fn a_nul_and_a_huge_value_are_refused() {
    let cooked = cooked(HOSTILE, &Shelf::default()).unwrap();
    for (value, why) in [("a\0b".to_owned(), "NUL"), ("x".repeat(65 * 1024), "bytes")] {
        let wrong = cooked.pour(&[("v".to_owned(), value)]).unwrap_err();
        assert!(wrong[0].contains(why), "{wrong:?}");
    }
}
