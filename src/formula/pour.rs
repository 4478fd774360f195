//! A cooked formula with values: what an agent will be told, step by step.
//!
//! Values are put into every text once; steps that a condition does not want are left out, and what needed
//! them needs what they needed. Makes no bead: that is the ledger's.

use std::collections::{BTreeMap, BTreeSet};

use super::cook::{Cooked, texts, without};
use super::model::{Step, Var};
use super::{graph, vars};

/// A formula with values.
#[derive(Clone, Debug)]
pub struct Poured {
    /// What the whole is called.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Every variable that has a value, in the order of the formula, those without a declaration last.
    pub vars: Vec<PouredVar>,
    /// The steps, a parent before its children.
    pub steps: Vec<PouredStep>,
    /// What is not taken into account, in words.
    pub warnings: Vec<String>,
}

/// A variable with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PouredVar {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its value.
    pub value: String,
}

/// A step with values.
#[derive(Clone, Debug)]
pub struct PouredStep {
    /// The step; its own `needs` and `children` are as in the formula.
    pub step: Step,
    /// Where the step that it is a part of stands.
    pub parent: Option<usize>,
    /// Whether other steps are parts of it.
    pub is_group: bool,
    /// Where the steps stand that must be done first; none of a group.
    pub needs: Vec<usize>,
    /// Where the step stands whose children it waits for.
    pub waits_of: Option<usize>,
}

/// The variables that a formula uses without declaring them.
fn undeclared(cooked: &Cooked) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut steps = cooked.steps.clone();
    each(&mut steps, &mut |step| {
        found.extend(
            step.conditions
                .iter()
                .map(|condition| condition.var.clone()),
        );
        texts(step, &mut |text| {
            found.extend(vars::used(text).map(str::to_owned));
        });
    });
    found.extend(vars::used(&cooked.description).map(str::to_owned));
    found.retain(|name| !cooked.vars.iter().any(|var| var.name == *name));
    found
}

fn each(steps: &mut [Step], visit: &mut dyn FnMut(&mut Step)) {
    for step in steps {
        visit(step);
        each(&mut step.children, visit);
    }
}

impl Cooked {
    /// The variables that it uses: declared ones in their order.
    pub fn variables(&self) -> &[Var] {
        &self.vars
    }

    /// Names that stand between double braces and are declared nowhere.
    pub fn undeclared(&self) -> Vec<String> {
        undeclared(self).into_iter().collect()
    }

    /// Puts values in. Every complaint about them is made.
    pub fn pour(&self, given: &[(String, String)]) -> Result<Poured, Vec<String>> {
        let names = undeclared(self);
        let values = vars::values(&self.vars, &names, given)?;
        let mut steps = self.steps.clone();
        without(&mut steps, &|step| {
            let value = |name: &str| values.get(name).map_or("", String::as_str);
            !step
                .conditions
                .iter()
                .all(|condition| condition.holds(value(&condition.var)))
        });
        each(&mut steps, &mut |step| {
            // The ids stay: needs name them.
            let (id, needs) = (step.id.clone(), step.needs.clone());
            texts(step, &mut |text| {
                if text.contains("{{") {
                    *text = vars::put(text, &values).into_owned();
                }
            });
            step.id = id;
            step.needs = needs;
        });
        let list = graph::flat(&steps);
        let needs = graph::needs(&list).map_err(|told| vec![told])?;
        let at = |id: &str| list.iter().position(|flat| flat.step.id == id);
        let steps: Vec<PouredStep> = list
            .iter()
            .zip(needs)
            .map(|(flat, needs)| PouredStep {
                step: Step {
                    children: Vec::new(),
                    ..flat.step.clone()
                },
                parent: flat.parent,
                is_group: !flat.step.children.is_empty(),
                needs,
                waits_of: flat
                    .step
                    .waits_for
                    .as_ref()
                    .and_then(|waits| {
                        waits
                            .of
                            .as_deref()
                            .or(flat.step.needs.first().map(String::as_str))
                    })
                    .and_then(at),
            })
            .collect();
        if steps.is_empty() {
            return Err(vec!["no step is wanted with these values".to_owned()]);
        }
        Ok(Poured {
            title: self.title(&values),
            description: self.about(&values),
            vars: self.told(&values),
            steps,
            warnings: Vec::new(),
        })
    }

    fn title(&self, values: &BTreeMap<String, String>) -> String {
        let declared = self.vars.iter().any(|var| var.name == "title");
        let given = values
            .get("title")
            .filter(|title| declared && !title.trim().is_empty());
        given.map_or_else(
            || self.name.clone(),
            |title| vars::put(title, values).into_owned(),
        )
    }

    fn about(&self, values: &BTreeMap<String, String>) -> String {
        let declared = self.vars.iter().any(|var| var.name == "desc");
        let given = values
            .get("desc")
            .filter(|text| declared && !text.trim().is_empty());
        let text = given.unwrap_or(&self.description);
        vars::put(text, values).into_owned()
    }

    fn told(&self, values: &BTreeMap<String, String>) -> Vec<PouredVar> {
        let declared = self.vars.iter().filter_map(|var| {
            Some(PouredVar {
                name: var.name.clone(),
                description: var.description.clone(),
                value: values.get(&var.name)?.clone(),
            })
        });
        let others = values
            .iter()
            .filter(|(name, _)| !self.vars.iter().any(|var| var.name == **name))
            .map(|(name, value)| PouredVar {
                name: name.clone(),
                description: String::new(),
                value: value.clone(),
            });
        declared.chain(others).collect()
    }
}
