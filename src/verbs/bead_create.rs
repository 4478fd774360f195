//! `bd create` and `bd q`: arguments, and the command that a new bead becomes.

use clap::Args;

use super::Context;
use super::bead::{checked_labels, checked_title};
use super::bead_texts::{TextArgs, kind};
use crate::domain::{
    BeadCreate, BeadId, BeadMore, BeadRest, BeadType, Command, DepKind, Edit, Kind, NewDep, Place,
    Prefix, Priority, Refusal, RigName,
};
use crate::rules::sections;

/// Arguments of `bd create`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct BeadCreateArgs {
    /// One line that says what is to be done
    #[arg(value_name = "TITLE")]
    pub words: Option<String>,
    /// The same, by name
    #[arg(long, value_name = "TITLE", allow_hyphen_values = true)]
    pub title: Option<String>,
    /// What it is and where it belongs.
    #[command(flatten)]
    pub basics: BasicArgs,
    /// The longer texts, dates and people.
    #[command(flatten)]
    pub texts: TextArgs,
    /// Where it stands in the tree and what it waits for.
    #[command(flatten)]
    pub edges: EdgeArgs,
    /// What it is besides work.
    #[command(flatten)]
    pub special: SpecialArgs,
    /// How it is carried out.
    #[command(flatten)]
    pub run: CreateRunArgs,
    /// The person who answers for it: what git knows of the caller.
    #[arg(skip)]
    pub owner: Option<String>,
}

/// What every new bead says of itself.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct BasicArgs {
    /// What sort of work: task, bug, feature, epic, chore, decision, spike, story, milestone, …
    #[arg(
        short = 't',
        long = "type",
        value_name = "TYPE",
        default_value = "task"
    )]
    pub kind: String,
    /// How urgent: 0 (now) to 4 (some day)
    #[arg(short, long, default_value = "2")]
    pub priority: Priority,
    /// Labels, with commas between
    #[arg(short, long, visible_alias = "label", value_delimiter = ',')]
    pub labels: Vec<String>,
    /// The rig it belongs to
    #[arg(long)]
    pub rig: Option<RigName>,
    /// The rig whose ids begin so
    #[arg(long, conflicts_with = "rig", value_parser = prefix)]
    pub prefix: Option<Prefix>,
    /// The rig, by its name or by a folder in it
    #[arg(long, value_name = "RIG", conflicts_with_all = ["rig", "prefix"])]
    pub repo: Option<String>,
}

fn prefix(text: &str) -> Result<Prefix, Refusal> {
    Prefix::parse(text.trim_end_matches('-'))
}

impl BasicArgs {
    /// Where it belongs, by a name or folder that `rig_of` knows the rig of.
    pub fn settle(&mut self, rig_of: impl FnOnce(&str) -> Option<RigName>) -> Result<(), Refusal> {
        let Some(repo) = self.repo.take() else {
            return Ok(());
        };
        self.rig = match rig_of(&repo) {
            Some(rig) => Some(rig),
            None => Some(RigName::parse(&repo).map_err(|_| {
                Refusal::invalid(
                    "repo",
                    &repo,
                    "a rig's name, or a folder of the town's rigs",
                )
                .hint("gt rig list")
            })?),
        };
        Ok(())
    }

    pub(super) fn place(&self, cx: &Context) -> Result<Place, Refusal> {
        match (&self.prefix, &self.repo) {
            (Some(prefix), _) => Ok(Place::Prefix(prefix.clone())),
            (None, Some(repo)) => Ok(Place::Rig(RigName::parse(repo)?)),
            (None, None) => Ok(cx.place(self.rig.clone())),
        }
    }

    /// A bead with these, and nothing more.
    fn bead(&self, title: &str, cx: &Context) -> Result<BeadCreate, Refusal> {
        let (kind, kind_word) = kind(&self.kind)?;
        Ok(BeadCreate {
            title: checked_title(title)?,
            kind,
            kind_word,
            priority: self.priority,
            labels: checked_labels(&self.labels)?,
            place: self.place(cx)?,
            default_rig: cx.default_rig.clone(),
            ..BeadCreate::default()
        })
    }
}

/// What a new bead is a part of and what it waits for.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct EdgeArgs {
    /// The bead it is a part of: the id becomes `<parent>.<number>`
    #[arg(long, value_name = "ID")]
    pub parent: Option<BeadId>,
    /// Do not take over the parent's labels
    #[arg(long)]
    pub no_inherit_labels: bool,
    /// An id of your choice
    #[arg(long, value_name = "ID", conflicts_with = "parent")]
    pub id: Option<BeadId>,
    /// Take that id whatever its prefix
    #[arg(long)]
    pub force: bool,
    /// Edges such as `tb-x1z`, `blocks:tb-x1z` or `discovered-from:tb-x1z`, with commas between
    #[arg(long, value_delimiter = ',', value_name = "[TYPE:]ID")]
    pub deps: Vec<String>,
    /// Wait for the children of this bead
    #[arg(long, value_name = "ID")]
    pub waits_for: Option<BeadId>,
    /// Which of them: all-children, any-children
    #[arg(
        long,
        value_name = "GATE",
        value_parser = ["all-children", "any-children"],
        requires = "waits_for"
    )]
    pub waits_for_gate: Option<String>,
}

/// What a bead is besides work.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct SpecialArgs {
    /// Its background: goes below the description
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub context: Option<String>,
    /// What one must know for it: goes below the description
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub skills: Option<String>,
    /// A wisp: not exported, not listed unless asked for
    #[arg(long, conflicts_with = "no_history")]
    pub ephemeral: bool,
    /// Kept, but not told in the repository's history
    #[arg(long)]
    pub no_history: bool,
    /// What sort of molecule: swarm, patrol, work
    #[arg(long, value_name = "SORT", value_parser = ["swarm", "patrol", "work"])]
    pub mol_type: Option<String>,
    /// How long a wisp lives: heartbeat, ping, patrol, gc_report, recovery, error, escalation
    #[arg(
        long,
        value_name = "SORT",
        value_parser = ["heartbeat", "ping", "patrol", "gc_report", "recovery", "error", "escalation"]
    )]
    pub wisp_type: Option<String>,
    /// What happened (type event)
    #[arg(long, value_name = "WHAT")]
    pub event_category: Option<String>,
    /// By whom (type event)
    #[arg(long, value_name = "WHO")]
    pub event_actor: Option<String>,
    /// To what (type event)
    #[arg(long, value_name = "WHAT")]
    pub event_target: Option<String>,
    /// With which data (type event)
    #[arg(long, value_name = "JSON")]
    pub event_payload: Option<String>,
}

/// How `bd create` is carried out.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct CreateRunArgs {
    /// Make the beads of a markdown file: one for each heading of the second level; `-` for the input
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["words", "title", "graph"])]
    pub file: Option<String>,
    /// Make the beads and edges of a JSON plan, all or none; `-` for the input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["words", "title"])]
    pub graph: Option<String>,
    /// Refuse a description without the sections of its type
    #[arg(long)]
    pub validate: bool,
    /// Show what would be made, and make nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print the bead as JSON
    #[arg(long)]
    pub json: bool,
    /// Print the id alone
    #[arg(long, conflicts_with = "json")]
    pub silent: bool,
}

impl BeadCreateArgs {
    /// The command.
    pub fn command(&self, cx: &Context) -> Result<Command, Refusal> {
        Ok(Command::BeadCreate(Box::new(self.bead(cx)?)))
    }

    /// Whether it makes the beads of a file.
    pub const fn is_several(&self) -> bool {
        self.run.file.is_some() || self.run.graph.is_some()
    }

    /// The bead to be made.
    pub fn bead(&self, cx: &Context) -> Result<BeadCreate, Refusal> {
        let mut bead = self.basics.bead(self.title()?, cx)?;
        bead.description = self.full_description()?;
        bead.assignee.clone_from(&self.texts.assignee);
        bead.parent.clone_from(&self.edges.parent);
        bead.no_inherit_labels = self.edges.no_inherit_labels;
        bead.id.clone_from(&self.edges.id);
        bead.force = self.edges.force;
        bead.rest = self.rest(cx, bead.kind)?;
        if self.special.ephemeral && bead.id.is_none() && bead.parent.is_none() {
            bead.infix = Some("wisp".to_owned());
        }
        add_edges(&mut bead, &self.edges.deps)?;
        if let Some(on) = &self.edges.waits_for {
            let gate = self.edges.waits_for_gate.as_deref();
            bead.deps.push(NewDep {
                on: on.clone(),
                kind: DepKind::WaitsFor,
                metadata: format!("{{\"gate\":\"{}\"}}", gate.unwrap_or("all-children")),
            });
        }
        if self.run.validate {
            check_sections(&bead)?;
        }
        Ok(bead)
    }

    fn title(&self) -> Result<&str, Refusal> {
        match (&self.words, &self.title) {
            (Some(words), Some(title)) if words != title => Err(Refusal::new(
                Kind::Usage,
                "the title is given twice, and differently",
            )),
            (_, Some(title)) | (Some(title), None) => Ok(title),
            (None, None) => Err(Refusal::new(Kind::Usage, "a bead needs a title")
                .hint("bd create \"Fix the parser\" --type bug")),
        }
    }

    fn full_description(&self) -> Result<String, Refusal> {
        let mut text = self.texts.description()?.unwrap_or_default();
        for (heading, more) in [
            ("## Context", &self.special.context),
            ("## Required Skills", &self.special.skills),
        ] {
            if let Some(more) = more {
                if !text.is_empty() {
                    text.push_str("\n\n");
                }
                text.push_str(heading);
                text.push('\n');
                text.push_str(more);
            }
        }
        Ok(text)
    }

    fn rest(&self, cx: &Context, kind: BeadType) -> Result<BeadRest, Refusal> {
        let texts = &self.texts;
        let word = |text: &Option<String>| text.clone().unwrap_or_default();
        let notes = [&texts.notes, &texts.append_notes];
        let notes: Vec<String> = notes.into_iter().flatten().cloned().collect();
        Ok(BeadRest {
            design: word(&texts.design),
            acceptance: word(&texts.acceptance),
            notes: notes.join("\n"),
            spec_id: word(&texts.spec_id),
            owner: word(&self.owner),
            external_ref: word(&texts.external_ref),
            estimate: texts.estimate.map(checked_estimate).transpose()?,
            due_at: texts.due(cx)?.and_then(|edit: Edit<i64>| edit.value()),
            defer_until: texts.defer(cx)?.and_then(|edit| edit.value()),
            ephemeral: self.special.ephemeral,
            more: self.more(kind)?,
            ..BeadRest::default()
        })
    }

    fn more(&self, kind: BeadType) -> Result<BeadMore, Refusal> {
        let special = &self.special;
        let word = |text: &Option<String>| text.clone().unwrap_or_default();
        let more = BeadMore {
            metadata: self.texts.metadata()?.unwrap_or_default(),
            no_history: special.no_history,
            mol_type: word(&special.mol_type),
            wisp_type: word(&special.wisp_type),
            event_kind: word(&special.event_category),
            actor: word(&special.event_actor),
            target: word(&special.event_target),
            payload: word(&special.event_payload),
            ..BeadMore::default()
        };
        let tells = [&more.event_kind, &more.actor, &more.target, &more.payload];
        if kind != BeadType::Event && tells.iter().any(|text| !text.is_empty()) {
            return Err(Refusal::invalid(
                "type",
                &self.basics.kind,
                "`event` together with `--event-category`, `--event-actor`, `--event-target` or \
                 `--event-payload`",
            ));
        }
        Ok(more)
    }
}

fn checked_estimate(minutes: i64) -> Result<i64, Refusal> {
    if minutes < 0 {
        let shown = minutes.to_string();
        return Err(Refusal::invalid("estimate", &shown, "minutes, 0 or more"));
    }
    Ok(minutes)
}

/// Reads edges such as `tb-1`, `blocks:tb-2`, `discovered-from:tb-3`; the word says which way.
pub(super) fn add_edges(bead: &mut BeadCreate, deps: &[String]) -> Result<(), Refusal> {
    for dep in deps
        .iter()
        .map(|dep| dep.trim())
        .filter(|dep| !dep.is_empty())
    {
        let (word, id) = match dep.split_once(':') {
            Some(("external", _)) | None => ("blocked-by", dep),
            Some((word, id)) => (word.trim(), id.trim()),
        };
        let id = BeadId::parse(id)?;
        match word {
            "blocked-by" | "depends-on" => bead.blocked_by.push(id),
            "blocks" => bead.blocks.push(id),
            other => {
                let kind = DepKind::parse(other)
                    .map_err(|refusal| refusal.hint("`blocked-by` and `depends-on` too"))?;
                bead.deps.push(NewDep {
                    on: id,
                    kind,
                    metadata: String::new(),
                });
            }
        }
    }
    Ok(())
}

fn check_sections(bead: &BeadCreate) -> Result<(), Refusal> {
    let missing = sections::missing(bead.kind, &bead.description, &bead.rest.acceptance);
    let missing: Vec<String> = missing.iter().map(|one| format!("`{one}`")).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(
        Kind::Usage,
        format!(
            "the description of a {} lacks the sections {}",
            bead.kind,
            missing.join(", ")
        ),
    )
    .hint("bd create ... --body-file FILE --validate"))
}

/// Arguments of `bd q`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct QuickArgs {
    /// One line that says what is to be done
    #[arg(required = true, value_name = "TITLE")]
    pub words: Vec<String>,
    /// What it is and where it belongs.
    #[command(flatten)]
    pub basics: BasicArgs,
    /// Print an object with the id as JSON
    #[arg(long)]
    pub json: bool,
}

impl QuickArgs {
    /// The command.
    pub fn command(&self, cx: &Context, owner: Option<String>) -> Result<Command, Refusal> {
        let mut bead = self.basics.bead(&self.words.join(" "), cx)?;
        bead.rest.owner = owner.unwrap_or_default();
        Ok(Command::BeadCreate(Box::new(bead)))
    }
}
