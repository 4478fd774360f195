//! Cooking as a whole: the parts in their order, and what comes out.

use std::collections::BTreeMap;

use super::super::model::{BondPoint, Formula, FormulaKind, Hook, Step, Var};
use super::super::problem::Problems;
use super::super::{graph, limits};
use super::overlay::Overlay;
use super::{advice, body, branch, expand, extends, loops, overlay, wire};

/// Where formulas are looked up that a formula is made of.
pub trait Lookup {
    /// The formula of that name, read and free of errors.
    fn formula(&self, name: &str) -> Result<Formula, Problems>;
    /// What a town or rig changes about the formula of that name.
    fn overlay(&self, name: &str) -> Result<Option<Overlay>, Problems>;
}

/// A formula with everything put together.
#[derive(Clone, Debug)]
pub struct Cooked {
    /// The inner name.
    pub name: String,
    /// The file.
    pub file: String,
    /// What it is for.
    pub description: String,
    /// What kind of body it had.
    pub kind: FormulaKind,
    /// The version of its file.
    pub version: i64,
    /// Meant for wisps.
    pub vapor: bool,
    /// Whether its steps become beads when it is slung.
    pub pour: Option<bool>,
    /// The agent that it asks for.
    pub agent: Option<String>,
    /// Whether its work changes no code.
    pub review_only: bool,
    /// Every variable, those of what it continues first.
    pub vars: Vec<Var>,
    /// The steps; needs name steps of this tree.
    pub steps: Vec<Step>,
    /// Named places for what is bonded later.
    pub bond_points: Vec<BondPoint>,
    /// What is attached by itself.
    pub hooks: Vec<Hook>,
    /// Where a convoy writes its results.
    pub output: BTreeMap<String, String>,
    /// What is doubtful about it.
    pub warnings: Problems,
}

/// Puts a formula together. `given` are values for the ranges of loops; the other placeholders stay.
pub fn cook(
    formula: Formula,
    given: &[(String, String)],
    lookup: &dyn Lookup,
) -> Result<Cooked, Problems> {
    let mut out = Problems::of(&formula.file);
    let formula = extends::merged(formula, lookup, &mut Vec::new(), &mut out);
    stop(&out)?;
    let mut steps = body::steps(&formula, &mut out);
    graph::known(&steps, &mut out);
    stop(&out)?;
    let values = extends::known_values(&formula.vars, given);
    let mut kitchen = Kitchen {
        lookup,
        out: &mut out,
    };
    loops::unroll(&mut steps, &values, kitchen.out);
    branch::branches(&mut steps, &formula.compose.branch, kitchen.out);
    branch::gates(&mut steps, &formula.compose.gate, kitchen.out);
    advice::apply(&mut steps, &formula.advice, &formula.pointcuts, kitchen.out);
    expand::inline(&mut steps, &mut kitchen);
    expand::composed(&mut steps, &formula.compose, &mut kitchen);
    advice::aspects(&mut steps, &formula.compose.aspects, &mut kitchen);
    expand::inline(&mut steps, &mut kitchen);
    overlay::apply(&mut steps, &formula.name, &mut kitchen);
    stop(&out)?;
    graph::check(&steps, &mut out);
    stop(&out)?;
    Ok(Cooked {
        name: formula.name,
        file: formula.file,
        description: formula.description,
        kind: formula.kind,
        version: formula.version,
        vapor: formula.vapor,
        pour: formula.pour,
        agent: formula.agent,
        review_only: formula.review_only,
        vars: formula.vars,
        steps,
        bond_points: formula.compose.bond_points,
        hooks: formula.compose.hooks,
        output: formula.output,
        warnings: out,
    })
}

fn stop(out: &Problems) -> Result<(), Problems> {
    if out.failed() {
        Err(out.clone())
    } else {
        Ok(())
    }
}

/// What the later parts of cooking need besides the steps.
pub(super) struct Kitchen<'a> {
    pub lookup: &'a dyn Lookup,
    pub out: &'a mut Problems,
}

/// Whether there is still room for more steps; says so once when there is not.
pub(super) fn has_room(steps: &[Step], out: &mut Problems) -> bool {
    if out.failed() {
        return false;
    }
    let (count, bytes) = wire::size(steps);
    let told = if count > limits::NODES {
        format!(
            "more than {} steps after loops and expansions",
            limits::NODES
        )
    } else if bytes > limits::TEXT_BYTES {
        format!(
            "more than {} MiB of text after loops and expansions",
            limits::TEXT_BYTES >> 20
        )
    } else {
        return true;
    };
    out.error(0, "", told);
    false
}
