//! Setting the stage: repository, town, rig, beads and convoy, by the same calls as the verbs make.

use std::path::PathBuf;

use serde_json::json;

use super::beads::BEADS;
use super::place::Place;
use super::play::Part;
use super::repo;
use super::watch::{Ended, Watch};
use crate::client::{self, Need, TownClient};
use crate::config::{self, InstallOptions, Settings};
use crate::domain::{
    Address, AgentAlias, Answer, BeadCreate, BeadId, Command, ConvoyCreate, ConvoyId, Outcome,
    Place as BeadPlace, Query, Refusal, RigAdd, RigName, RigPhase, TownWish, Wish,
};
use crate::support::files::{self, Access};

/// The name of the demo's town.
const TOWN: &str = "trading-hq";
/// The name of its rig.
const RIG: &str = "tradingbot";
/// The agent that all roles run.
const AGENT: &str = "scripted";
/// The title of its convoy.
const CONVOY: &str = "Week 3 Sprint";
/// What the rig's work must pass.
const GATE: &str = "sh tests/run.sh";

/// What the demo is given by its process.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// This very program.
    pub(super) program: PathBuf,
    /// The search path.
    pub(super) path: String,
    /// Now, as RFC 3339.
    pub(super) now: String,
}

/// A town that is ready to be played.
#[derive(Debug)]
pub(super) struct Stage {
    /// The rig.
    pub(super) rig: RigName,
    /// The convoy of all beads.
    pub(super) convoy: ConvoyId,
    /// The beads.
    pub(super) parts: Vec<Part>,
}

/// Why the stage is not set.
#[derive(Debug)]
pub(super) enum Unset {
    /// Something said no.
    Refused(Refusal),
    /// Nobody waits any more.
    Ended(Ended),
}

impl From<Refusal> for Unset {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Ended> for Unset {
    fn from(ended: Ended) -> Self {
        Self::Ended(ended)
    }
}

/// Makes the repository and the town around it. No process runs yet.
pub(super) fn build(place: &Place, given: &Given) -> Result<PathBuf, Refusal> {
    let remote =
        repo::generate(place.base()).map_err(|error| Refusal::failed(error.to_string()))?;
    let paths = place.town();
    config::write_town(
        &paths,
        &InstallOptions {
            name: Some(TOWN.to_owned()),
            created_at: given.now.clone(),
            ..InstallOptions::default()
        },
    )?;
    client::create_town(&paths, TOWN)?;
    let program = given.program.to_string_lossy();
    let quoted = shlex::try_quote(&program)
        .map_err(|error| Refusal::failed(format!("`{program}` cannot be run: {error}")))?;
    let alias = AgentAlias::parse(AGENT)?;
    config::set_agent(
        &Settings::load(&paths),
        &alias,
        &format!("{quoted} scripted-agent"),
        None,
        &given.path,
    )?;
    config::set_default_agent(&Settings::load(&paths), &alias)?;
    // Whatever the machine's own settings for git are, agents commit without asking anybody.
    let git = place.home().join(".gitconfig");
    files::write_atomic(&git, b"[commit]\n\tgpgsign = false\n", Access::Private)
        .map_err(|error| Refusal::failed(format!("`{}`: {error}", git.display())))?;
    Ok(remote)
}

/// Starts engine and host, and tells them the environment of the demo's agents.
pub(super) fn start(place: &Place, given: &Given) -> Result<TownClient, Refusal> {
    let mut client = TownClient::open(place.town(), Need::Ledger)?;
    let up = TownWish {
        wish: Wish::Up,
        env: agents_env(place, given),
    };
    client.command(Command::TownWish(up), "gt up")?;
    Ok(client)
}

/// What the demo's agents are started with: nothing of the person's own but the search path.
pub(super) fn agents_env(place: &Place, given: &Given) -> Vec<(String, String)> {
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    vec![
        ("HOME".to_owned(), text(place.home())),
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ("PATH".to_owned(), given.path.clone()),
        ("SHELL".to_owned(), "/bin/sh".to_owned()),
        ("TMPDIR".to_owned(), text(place.scratch())),
    ]
}

/// Adds the rig with its gate, files the beads and the convoy.
pub(super) fn fill(
    place: &Place,
    remote: &std::path::Path,
    client: &mut TownClient,
    watch: &mut Watch,
) -> Result<Stage, Unset> {
    let rig = RigName::parse(RIG)?;
    let add = RigAdd {
        name: rig.clone(),
        url: remote.to_string_lossy().into_owned(),
        prefix: None,
        branch: None,
    };
    client.command(Command::RigAdd(add), "gt rig add")?;
    await_rig(&rig, client, watch)?;
    let settings = place.town().rig(RIG).join("settings").join("config.json");
    let gate = json!({
        "type": "rig-settings",
        "version": 1,
        "merge_queue": { "test_command": GATE },
    });
    files::write_atomic(&settings, format!("{gate:#}\n").as_bytes(), Access::Shared)
        .map_err(|error| Refusal::failed(format!("`{}`: {error}", settings.display())))?;
    let parts = file_beads(&rig, client)?;
    let convoy = ConvoyCreate {
        title: CONVOY.to_owned(),
        beads: parts.iter().map(|part| part.id.clone()).collect(),
        notify: Some(Address::Human),
    };
    match client.command(Command::ConvoyCreate(convoy), "gt convoy create")? {
        Outcome::Convoy { convoy } => Ok(Stage {
            rig,
            convoy: convoy.id,
            parts,
        }),
        other => Err(unexpected("gt convoy create", &other).into()),
    }
}

fn await_rig(rig: &RigName, client: &mut TownClient, watch: &mut Watch) -> Result<(), Unset> {
    loop {
        let Answer::Rig(view) = client.query(Query::Rig { name: rig.clone() })? else {
            return Err(Refusal::failed(format!("no answer about rig `{rig}`")).into());
        };
        match view.phase {
            RigPhase::Active => return Ok(()),
            RigPhase::Failed => {
                let note = view.note.unwrap_or_default();
                return Err(Refusal::failed(format!("rig `{rig}` failed: {note}")).into());
            }
            RigPhase::Cloning | RigPhase::Preparing => watch.next()?,
        }
    }
}

fn file_beads(rig: &RigName, client: &mut TownClient) -> Result<Vec<Part>, Refusal> {
    let mut parts: Vec<Part> = Vec::new();
    for bead in BEADS {
        let blocked_by: Vec<BeadId> = parts
            .iter()
            .filter(|part| Some(part.bead.title) == bead.after)
            .map(|part| part.id.clone())
            .collect();
        let create = BeadCreate {
            title: bead.title.to_owned(),
            description: bead.description.to_owned(),
            kind: bead.kind,
            blocked_by,
            place: BeadPlace::Rig(rig.clone()),
            ..BeadCreate::default()
        };
        match client.command(Command::BeadCreate(Box::new(create)), "bd create")? {
            Outcome::Bead { bead: view, .. } => parts.push(Part { id: view.id, bead }),
            other => return Err(unexpected("bd create", &other)),
        }
    }
    Ok(parts)
}

fn unexpected(what: &str, outcome: &Outcome) -> Refusal {
    Refusal::failed(format!(
        "`{what}` was answered with something else: {outcome:?}"
    ))
}
