//! What a formula says, as data. How it is read is `read`, how it becomes steps is `cook`.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::condition::Condition;

/// What a formula is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormulaKind {
    /// Steps, done in the order of their needs.
    Workflow,
    /// A template that takes the place of one step of another formula.
    Expansion,
    /// Steps that are put around those of other formulas.
    Aspect,
    /// Legs that are worked on at the same time, and a synthesis of their results.
    Convoy,
}

impl FormulaKind {
    pub(super) const ALL: [Self; 4] = [Self::Workflow, Self::Expansion, Self::Aspect, Self::Convoy];

    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::Expansion => "expansion",
            Self::Aspect => "aspect",
            Self::Convoy => "convoy",
        }
    }
}

/// A formula as its file says it.
#[derive(Clone, Debug)]
pub struct Formula {
    /// The inner name.
    pub name: String,
    /// The file it was read from.
    pub file: String,
    /// What it is for, in a sentence or more.
    pub description: String,
    /// What kind of body it has.
    pub kind: FormulaKind,
    /// The version of the file, from 1.
    pub version: i64,
    /// Whether it is meant for wisps (`phase = "vapor"`).
    pub vapor: bool,
    /// Whether its steps become beads when it is slung; without it they are shown to the agent only.
    pub pour: Option<bool>,
    /// The agent that its steps ask for.
    pub agent: Option<String>,
    /// Whether its work changes no code.
    pub review_only: bool,
    /// The formulas it continues, the first one first.
    pub extends: Vec<String>,
    /// The variables, in the order of the file.
    pub vars: Vec<Var>,
    /// The steps of a workflow.
    pub steps: Vec<Step>,
    /// The steps of an expansion.
    pub template: Vec<Step>,
    /// What changes the steps after they are put together.
    pub compose: Compose,
    /// Steps around the steps that match.
    pub advice: Vec<Advice>,
    /// What advice without a target of its own matches.
    pub pointcuts: Vec<Pointcut>,
    /// The legs of a convoy, or the aspects of a review.
    pub legs: Vec<Leg>,
    /// What brings the legs together.
    pub synthesis: Option<Leg>,
    /// Texts that stand before what a leg is told: `base`, and one by the id of a leg.
    pub prompts: BTreeMap<String, String>,
    /// Where a convoy writes its results.
    pub output: BTreeMap<String, String>,
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Var {
    /// What stands between the braces.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The value when nothing is given.
    pub default: Option<String>,
    /// Whether a value must be given.
    pub required: bool,
    /// The values that are accepted; empty for any.
    pub one_of: Vec<String>,
    /// What a value must match somewhere in it.
    pub pattern: Option<String>,
    /// What sort of value.
    pub sort: VarSort,
    /// The line it stands on.
    pub(super) line: u32,
}

/// What sort of value a variable takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VarSort {
    /// Any text.
    #[default]
    Text,
    /// A whole number.
    Int,
    /// `true` or `false`.
    Bool,
}

/// A step.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Its name in the formula.
    pub id: String,
    /// One line.
    pub title: String,
    /// What is to be done.
    pub description: String,
    /// What else there is to know.
    pub notes: String,
    /// How it shall be done.
    pub design: String,
    /// When it is done.
    pub acceptance: String,
    /// What sort of bead it becomes, in a word.
    pub kind: String,
    /// How urgent, 0 to 4.
    pub priority: Option<u8>,
    /// Free labels.
    pub labels: Vec<String>,
    /// Free data.
    pub metadata: Map<String, Json>,
    /// The steps that must be done first.
    pub needs: Vec<String>,
    /// Which children of which step must be done first.
    pub waits_for: Option<WaitsFor>,
    /// Who works on it.
    pub assignee: String,
    /// The agent that it asks for.
    pub agent: String,
    /// The expansion that takes its place.
    pub expand: Option<String>,
    /// The values of that expansion's variables.
    pub expand_vars: BTreeMap<String, String>,
    /// When it is wanted at all: every one of them has to hold.
    pub conditions: Vec<Condition>,
    /// The steps it is made of.
    pub children: Vec<Self>,
    /// What must happen outside before it.
    pub gate: Option<Gate>,
    /// How often its body is done.
    pub repeat: Option<Box<Loop>>,
    /// What is made of its result when it is done.
    pub on_complete: Option<OnComplete>,
    /// May be worked on together with other ready steps.
    pub parallel: bool,
    /// Talks with a person.
    pub interactive: bool,
    /// Changes no code.
    pub review_only: bool,
    /// The line it stands on.
    pub(super) line: u32,
    /// Its path in the file.
    pub(super) path: String,
}

/// What a step with children that appear later waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitsFor {
    /// Whether one of them is enough.
    pub any: bool,
    /// The step whose children are meant; the first need when it is not said.
    pub of: Option<String>,
}

/// Something outside that a step waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// `human`, `timer`, `gh:run`, `gh:pr`, `bead` or `mail`.
    pub sort: String,
    /// Which one.
    pub await_id: String,
    /// After which time it counts as open (a timer) or is escalated, as written.
    pub timeout: String,
}

/// A body that is done several times.
#[derive(Clone, Debug)]
pub struct Loop {
    /// How often.
    pub times: Times,
    /// The steps.
    pub body: Vec<Step>,
}

/// How often a body is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Times {
    /// That often.
    Count(i64),
    /// Once for every number of a range such as `1..2^{n}`.
    Range {
        /// The range as written.
        text: String,
        /// What the number is called in the body.
        var: String,
    },
    /// Until something holds, at most that often.
    Until {
        /// What has to hold.
        condition: String,
        /// The most.
        max: i64,
    },
}

/// What becomes of the result of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnComplete {
    /// The list in the result, such as `output.files`.
    pub for_each: String,
    /// The formula that is poured for each item.
    pub bond: String,
    /// Its variables; `{item}`, `{item.name}` and `{index}` stand for the item.
    pub vars: BTreeMap<String, String>,
    /// One after the other instead of together.
    pub sequential: bool,
}

/// What changes the steps after they are put together.
#[derive(Clone, Debug, Default)]
pub struct Compose {
    /// One step each by an expansion.
    pub expand: Vec<Replace>,
    /// Every step that matches by an expansion.
    pub map: Vec<Replace>,
    /// Sections that run beside each other.
    pub branch: Vec<Branch>,
    /// Conditions before steps.
    pub gate: Vec<ComposeGate>,
    /// Formulas whose advice is taken.
    pub aspects: Vec<String>,
    /// Named places for what is bonded later: name and step.
    pub bond_points: Vec<BondPoint>,
    /// What is attached by itself.
    pub hooks: Vec<Hook>,
}

/// A step, or every step that matches, by the template of an expansion.
#[derive(Clone, Debug)]
pub struct Replace {
    /// The id of the step, or a pattern of ids.
    pub target: String,
    /// The expansion.
    pub with: String,
    /// The values of its variables.
    pub vars: BTreeMap<String, String>,
    pub(super) line: u32,
    pub(super) path: String,
}

/// A section that runs in parallel.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The step that must be done before it.
    pub from: String,
    /// The steps that run beside each other.
    pub steps: Vec<String>,
    /// The step that waits for all of them.
    pub join: String,
    pub(super) line: u32,
    pub(super) path: String,
}

/// A condition before a step.
#[derive(Clone, Debug)]
pub struct ComposeGate {
    /// The step.
    pub before: String,
    /// What has to hold.
    pub condition: String,
    pub(super) line: u32,
    pub(super) path: String,
}

/// A named place for what is bonded later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BondPoint {
    /// Its name.
    pub id: String,
    /// What belongs there.
    pub description: String,
    /// The step it comes after, or empty.
    pub after: String,
    /// The step it comes before, or empty.
    pub before: String,
}

/// What is attached by itself when a bead with a label, type or priority is worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// `label:…`, `type:…` or `priority:…`.
    pub trigger: String,
    /// The formula.
    pub attach: String,
    /// The bond point.
    pub at: String,
    /// Values of its variables.
    pub vars: BTreeMap<String, String>,
}

/// Steps before and after every step that matches.
#[derive(Clone, Debug)]
pub struct Advice {
    /// A pattern of ids; empty for what the pointcuts say.
    pub target: String,
    /// The steps before.
    pub before: Vec<Step>,
    /// The steps after.
    pub after: Vec<Step>,
    pub(super) line: u32,
    pub(super) path: String,
}

/// Which steps are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointcut {
    /// A pattern of ids, or empty.
    pub glob: String,
    /// A type, or empty.
    pub kind: String,
    /// A label, or empty.
    pub label: String,
}

/// One of the parts of a convoy, worked on beside the others; also what brings them together.
#[derive(Clone, Debug)]
pub struct Leg {
    /// Its name.
    pub id: String,
    /// One line.
    pub title: String,
    /// What it looks at.
    pub focus: String,
    /// What is to be done.
    pub description: String,
    /// The agent that it asks for.
    pub agent: String,
    /// Changes no code.
    pub review_only: bool,
    /// The legs it waits for, of a synthesis; empty for all.
    pub needs: Vec<String>,
    pub(super) line: u32,
    pub(super) path: String,
}
