//! Beads and edges as a JSON plan (`bd create --graph`): read, put into an order, made into one batch.
//!
//! A parent is made before its children; an edge may name a bead of the plan by its key, or any
//! other by its id. Entry point: [`BeadCreateArgs::graph`].

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::bead::{checked_description, checked_labels, checked_title};
use super::bead_texts::kind;
use super::{BeadCreateArgs, Context};
use crate::domain::{
    BeadCreate, BeadId, BeadUpdate, Command, DepAdd, DepKind, Kind, Priority, Refusal, made_by,
};

/// A plan as written.
#[derive(Deserialize)]
struct Plan {
    nodes: Vec<Node>,
    #[serde(default)]
    edges: Vec<PlanEdge>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Node {
    key: String,
    title: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    description: String,
    assignee: Option<String>,
    /// The assignee is set after everything is made.
    assign_after_create: bool,
    priority: Option<u8>,
    labels: Vec<String>,
    metadata: Value,
    /// Keys of the free data whose value is the id of another bead of the plan.
    metadata_refs: BTreeMap<String, String>,
    parent_key: Option<String>,
    parent_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PlanEdge {
    from_key: Option<String>,
    from_id: Option<String>,
    to_key: Option<String>,
    to_id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// A plan as one batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// The keys, in the order in which the first steps make them.
    pub keys: Vec<String>,
    /// The steps: every bead, every edge, then what is set afterwards.
    pub steps: Vec<Command>,
}

impl Graph {
    /// The beads that it makes.
    pub fn beads(&self) -> Vec<BeadCreate> {
        let bead = |step: &Command| match step {
            Command::BeadCreate(bead) => Some((**bead).clone()),
            _ => None,
        };
        self.steps.iter().filter_map(bead).collect()
    }
}

impl BeadCreateArgs {
    /// The plan of a JSON text.
    pub fn graph(&self, text: &str, cx: &Context) -> Result<Graph, Refusal> {
        let plan: Plan = serde_json::from_str(text).map_err(|error| {
            Refusal::new(Kind::Usage, format!("the plan is not readable: {error}"))
                .hint("{\"nodes\":[{\"key\":\"a\",\"title\":\"First\"}],\"edges\":[]}")
        })?;
        let nodes = ordered(plan.nodes)?;
        let keys: Vec<String> = nodes.iter().map(|node| node.key.clone()).collect();
        let mut steps = Vec::new();
        for node in &nodes {
            let bead = self
                .node(node, &keys, cx)
                .map_err(|refusal| at(node, refusal))?;
            steps.push(Command::BeadCreate(Box::new(bead)));
        }
        for edge in &plan.edges {
            steps.push(Command::DepAdd(edge.edge(&keys)?));
        }
        for (index, node) in nodes.iter().enumerate() {
            let update = node.afterwards(made_by(index)?, &keys)?;
            if !update.is_nothing() {
                steps.push(Command::BeadUpdate(Box::new(update)));
            }
        }
        Ok(Graph { keys, steps })
    }

    fn node(&self, node: &Node, keys: &[String], cx: &Context) -> Result<BeadCreate, Refusal> {
        let (kind, kind_word) = kind(node.kind.as_deref().unwrap_or("task"))?;
        let mut bead = BeadCreate {
            title: checked_title(&node.title)?,
            description: checked_description(&node.description)?,
            kind,
            kind_word,
            priority: node
                .priority
                .map(Priority::try_from)
                .transpose()?
                .unwrap_or_default(),
            labels: checked_labels(&node.labels)?,
            assignee: node.assignee.clone().filter(|_| !node.assign_after_create),
            parent: match (&node.parent_key, &node.parent_id) {
                (Some(key), _) => Some(of_key(key, keys)?),
                (None, Some(id)) => Some(BeadId::parse(id)?),
                (None, None) => None,
            },
            no_inherit_labels: self.edges.no_inherit_labels,
            place: self.basics.place(cx)?,
            default_rig: cx.default_rig.clone(),
            ..BeadCreate::default()
        };
        bead.rest.more.metadata = node.metadata.clone();
        bead.rest.owner = self.owner.clone().unwrap_or_default();
        Ok(bead)
    }
}

impl Node {
    /// What is set when every bead has its id.
    fn afterwards(&self, id: BeadId, keys: &[String]) -> Result<BeadUpdate, Refusal> {
        let mut update = BeadUpdate::of(id);
        if self.assign_after_create {
            update.assignee.clone_from(&self.assignee);
        }
        let mut set = Map::new();
        for (name, key) in &self.metadata_refs {
            set.insert(name.clone(), Value::String(of_key(key, keys)?.to_string()));
        }
        update.metadata.set = set;
        Ok(update)
    }
}

impl PlanEdge {
    fn edge(&self, keys: &[String]) -> Result<DepAdd, Refusal> {
        let end = |name: &str, key: &Option<String>, id: &Option<String>| match (key, id) {
            (Some(key), _) => of_key(key, keys),
            (None, Some(id)) => BeadId::parse(id),
            (None, None) => Err(Refusal::new(
                Kind::Usage,
                format!("an edge has neither `{name}_key` nor `{name}_id`"),
            )),
        };
        let kind = self.kind.as_deref().map(DepKind::parse).transpose()?;
        Ok(DepAdd::plain(
            end("from", &self.from_key, &self.from_id)?,
            end("to", &self.to_key, &self.to_id)?,
            kind.unwrap_or_default(),
        ))
    }
}

fn at(node: &Node, mut refusal: Refusal) -> Refusal {
    refusal.message = format!("bead `{}`: {}", node.key, refusal.message);
    refusal
}

/// The stand-in for the bead of a key.
fn of_key(key: &str, keys: &[String]) -> Result<BeadId, Refusal> {
    let place = keys.iter().position(|known| known == key);
    made_by(place.ok_or_else(|| Refusal::invalid("key", key, "the key of a bead of this plan"))?)
}

/// The beads with every parent before its children.
fn ordered(nodes: Vec<Node>) -> Result<Vec<Node>, Refusal> {
    if nodes.is_empty() {
        return Err(Refusal::new(Kind::Usage, "the plan has no beads"));
    }
    let mut done: Vec<Node> = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut left = nodes;
    while !left.is_empty() {
        let fits = |node: &Node| {
            node.parent_key
                .as_ref()
                .is_none_or(|key| known.contains(key))
        };
        let Some(next) = left.iter().position(fits) else {
            let stuck = left.iter().find_map(|node| node.parent_key.as_deref());
            return Err(Refusal::invalid(
                "parent_key",
                stuck.unwrap_or_default(),
                "the key of another bead of this plan, and no circle",
            ));
        };
        let node = left.remove(next);
        if node.key.is_empty() || !known.insert(node.key.clone()) {
            return Err(Refusal::invalid(
                "key",
                &node.key,
                "a key of its own for each bead",
            ));
        }
        done.push(node);
    }
    Ok(done)
}
