//! What keeps a ledger in order: `bd duplicates`, `bd lint`, `bd orphans`, and a bead's states as labels
//! (`bd state`, `bd set-state`). Arguments, and what they come to.

use clap::Args;

use crate::domain::{
    BeadCreate, BeadFilter, BeadId, BeadMore, BeadRest, BeadType, BeadUpdate, BeadView, Command,
    Kind, Place, Query, Refusal, RigName, Survey,
};
use crate::verbs::Context;

/// Arguments of `bd duplicates`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct DuplicatesArgs {
    /// Only this rig; in a rig's folder, that rig unless said otherwise
    #[arg(long)]
    pub rig: Option<RigName>,
    /// Print the groups as JSON
    #[arg(long)]
    pub json: bool,
}

impl DuplicatesArgs {
    /// The question.
    pub fn query(&self, cx: &Context) -> Query {
        let rig = self.rig.clone().or_else(|| cx.rig.clone());
        Query::Survey(Box::new(Survey::Doubles { rig }))
    }
}

/// Arguments of `bd lint`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct LintArgs {
    /// Only these beads
    #[arg(value_name = "ID")]
    pub ids: Vec<BeadId>,
    /// Only this sort of work
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    pub kind: Option<BeadType>,
    /// Only this state; `all` for every one
    #[arg(short, long)]
    pub status: Option<String>,
    /// Only this rig; in a rig's folder, that rig unless said otherwise
    #[arg(long)]
    pub rig: Option<RigName>,
    /// Print what is missing as JSON
    #[arg(long)]
    pub json: bool,
}

impl LintArgs {
    /// The question.
    pub fn query(&self, cx: &Context) -> Query {
        let mut filter = BeadFilter {
            rig: self.rig.clone().or_else(|| cx.rig.clone()),
            kind: self.kind,
            ..BeadFilter::default()
        };
        filter.text.ids = self.ids.iter().map(ToString::to_string).collect();
        match self.status.as_deref() {
            Some("all") => filter.all = true,
            Some(word) => match crate::domain::BeadStatus::of_word(word) {
                (_, Some(word)) => filter.status_words.push(word),
                (status, None) => filter.status.push(status),
            },
            None => filter.all = !self.ids.is_empty(),
        }
        Query::Survey(Box::new(Survey::Lint(Box::new(filter))))
    }
}

/// Arguments of `bd orphans`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct OrphansArgs {
    /// Look through the last so many commits
    #[arg(short = 'n', long, value_name = "COMMITS", default_value = "2000")]
    pub commits: usize,
    /// Print an array of beads and commits as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `bd state`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct StateArgs {
    /// Of which bead; `list` and an id show every state
    #[arg(value_name = "ID")]
    pub id: String,
    /// Which state, such as `patrol` or `health`; without it every one
    #[arg(value_name = "DIMENSION")]
    pub dimension: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

impl StateArgs {
    /// The bead, and the state that is meant; `None` for every one.
    pub fn parts(&self) -> Result<(&str, Option<&str>), Refusal> {
        match (self.id.as_str(), self.dimension.as_deref()) {
            ("list", Some(id)) => Ok((id, None)),
            ("list", None) => Err(Refusal::new(Kind::Usage, "of which bead? It is not named")
                .hint("bd state list <ID>")),
            (id, dimension) => Ok((id, dimension)),
        }
    }
}

/// Arguments of `bd set-state`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct SetStateArgs {
    /// Of which bead
    #[arg(value_name = "ID")]
    pub id: String,
    /// Which state, and its new value
    #[arg(value_name = "DIMENSION=VALUE")]
    pub pair: String,
    /// Why
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    pub reason: Option<String>,
    /// Print what changed as JSON
    #[arg(long)]
    pub json: bool,
}

/// The value of a state that a bead's labels say.
pub fn state_of<'a>(bead: &'a BeadView, dimension: &str) -> Option<&'a str> {
    let mut labels = bead.labels.iter();
    labels.find_map(|label| label.strip_prefix(dimension)?.strip_prefix(':'))
}

/// Every state that a bead's labels say.
pub fn states_of(bead: &BeadView) -> impl Iterator<Item = (&str, &str)> {
    let pairs = bead.labels.iter().filter_map(|label| label.split_once(':'));
    pairs.filter(|(dimension, value)| !dimension.is_empty() && !value.is_empty())
}

impl SetStateArgs {
    /// The state and its new value.
    pub fn parts(&self) -> Result<(&str, &str), Refusal> {
        let parts = self.pair.split_once('=');
        let parts = parts.map(|(dimension, value)| (dimension.trim(), value.trim()));
        let fine = |(dimension, value): &(&str, &str)| {
            !dimension.is_empty()
                && !value.is_empty()
                && !dimension.contains([':', ','])
                && !value.contains(',')
        };
        parts.filter(fine).ok_or_else(|| {
            Refusal::invalid(
                "state",
                &self.pair,
                "a state and its value such as `patrol=muted`, without comma",
            )
        })
    }

    /// The label taken away, the new one added, and an event below the bead that says so: together.
    pub fn command(&self, bead: &BeadView, place: Place) -> Result<Command, Refusal> {
        let (dimension, value) = self.parts()?;
        let label = format!("{dimension}:{value}");
        let begins = format!("{dimension}:");
        let of_it = bead
            .labels
            .iter()
            .filter(|known| known.starts_with(&begins));
        let update = BeadUpdate {
            remove_labels: of_it.filter(|known| **known != label).cloned().collect(),
            add_labels: vec![label],
            ..BeadUpdate::of(bead.id.clone())
        };
        let event = BeadCreate {
            title: format!("State change: {dimension} -> {value}"),
            description: self.told(bead, dimension, value),
            kind: BeadType::Event,
            parent: Some(bead.id.clone()),
            no_inherit_labels: true,
            place,
            rest: BeadRest::from(BeadMore {
                event_kind: format!("state.{dimension}"),
                target: bead.id.to_string(),
                ..BeadMore::default()
            }),
            ..BeadCreate::default()
        };
        Ok(Command::Batch(vec![
            Command::BeadUpdate(Box::new(update)),
            Command::BeadCreate(Box::new(event)),
        ]))
    }

    fn told(&self, bead: &BeadView, dimension: &str, value: &str) -> String {
        let was = state_of(bead, dimension).map_or_else(
            || format!("Set {dimension} to {value}"),
            |was| format!("Changed {dimension} from {was} to {value}"),
        );
        match &self.reason {
            Some(reason) => format!("{was}\n\nReason: {reason}"),
            None => was,
        }
    }
}
