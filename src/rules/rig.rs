//! Taking a repository under care, step by step: clone, layout, folders, active.

use crate::domain::{Address, EventBody, Now, Oid, Prefix, Refusal, RigAdd, RigName, RigPhase};

use super::decision::{Change, Decision};
use super::effect::Effect;
use super::row::RigRow;

/// What the decision needs to know.
#[derive(Debug)]
pub(crate) struct AddView {
    /// The rig of that name, if there is one.
    pub known: Option<RigRow>,
    /// Prefixes that other rigs have.
    pub taken: Vec<Prefix>,
    /// The prefix made from the name, free among the taken ones.
    pub derived: Prefix,
    /// The URL as it may be shown: without a password.
    pub shown_url: String,
    /// Whether a folder of that name is there that is no rig of ours.
    pub foreign_folder: bool,
}

/// Begins to add a rig; the same name and URL again add what is missing (DOCUMENT 4).
pub(crate) fn add(cmd: &RigAdd, view: &AddView, now: Now) -> Result<(Decision, RigRow), Refusal> {
    if let Some(known) = &view.known {
        return again(cmd, known, view);
    }
    if view.foreign_folder {
        return Err(Refusal::conflict(format!(
            "there is already a folder `{}` in the town that is no rig",
            cmd.name
        ))
        .hint("move it away, or choose another name"));
    }
    let prefix = match &cmd.prefix {
        Some(prefix) if view.taken.contains(prefix) || *prefix == Prefix::town() => {
            return Err(
                Refusal::conflict(format!("prefix `{prefix}` belongs to another rig"))
                    .hint("gt rig list"),
            );
        }
        Some(prefix) => prefix.clone(),
        None => view.derived.clone(),
    };
    let row = RigRow {
        name: cmd.name.clone(),
        url: cmd.url.clone(),
        prefix,
        wanted: cmd.branch.clone(),
        target: String::new(),
        phase: RigPhase::Cloning,
        note: None,
        test_hint: None,
        tip: None,
        fetched_at: None,
        stopped: None,
        window: 0,
        created_at: now.wall,
        chosen: cmd.prefix.is_some(),
    };
    Ok((cloning(&row, view), row))
}

/// A rig is to be cloned, for the first time or again.
fn cloning(row: &RigRow, view: &AddView) -> Decision {
    Decision::nothing()
        .change(Change::Rig(row.clone()))
        .event(
            Some(&row.name),
            None,
            EventBody::RigAdding {
                url: view.shown_url.clone(),
            },
        )
        .effect(Effect::Clone {
            rig: row.name.clone(),
        })
}

fn again(cmd: &RigAdd, known: &RigRow, view: &AddView) -> Result<(Decision, RigRow), Refusal> {
    if known.phase == RigPhase::Failed {
        let row = RigRow {
            url: cmd.url.clone(),
            prefix: match &cmd.prefix {
                Some(prefix) => prefix.clone(),
                None if known.chosen => view.derived.clone(),
                None => known.prefix.clone(),
            },
            wanted: cmd.branch.clone(),
            phase: RigPhase::Cloning,
            note: None,
            chosen: cmd.prefix.is_some(),
            ..known.clone()
        };
        return Ok((cloning(&row, view), row));
    }
    if known.url != cmd.url {
        return Err(Refusal::conflict(format!(
            "rig `{}` is from `{}`, not from `{}`",
            known.name, known.url, cmd.url
        ))
        .hint("choose another name for the other repository"));
    }
    if let Some(prefix) = cmd
        .prefix
        .as_ref()
        .filter(|prefix| **prefix != known.prefix)
    {
        return Err(Refusal::conflict(format!(
            "rig `{}` has the prefix `{}`, not `{prefix}`",
            known.name, known.prefix
        ))
        .hint("gt rig list"));
    }
    let repair = match known.phase {
        RigPhase::Active => Decision::nothing().effect(Effect::RigFiles {
            rig: known.name.clone(),
        }),
        RigPhase::Cloning | RigPhase::Preparing | RigPhase::Failed => Decision::nothing(),
    };
    Ok((repair, known.clone()))
}

/// The mirror is there: make the other repositories.
pub(crate) fn cloned(rig: &RigRow) -> Decision {
    if rig.phase != RigPhase::Cloning {
        return Decision::nothing();
    }
    Decision::nothing()
        .change(Change::Rig(RigRow {
            phase: RigPhase::Preparing,
            ..rig.clone()
        }))
        .effect(Effect::Layout {
            rig: rig.name.clone(),
        })
}

/// What the worker found in the repository.
#[derive(Debug)]
pub(crate) struct Found {
    pub target: String,
    pub tip: Oid,
    pub tracked_prefix: Option<String>,
    pub test_hint: Option<String>,
}

/// The repositories are there: write the folders. Tracked beads decide the prefix (DOCUMENT 12).
pub(crate) fn laid_out(rig: &RigRow, found: &Found, others: &[RigRow], now: Now) -> Decision {
    if rig.phase != RigPhase::Preparing {
        return Decision::nothing();
    }
    let tracked = found
        .tracked_prefix
        .as_deref()
        .and_then(|text| Prefix::parse(text).ok());
    let mut row = RigRow {
        target: found.target.clone(),
        tip: Some(found.tip.clone()),
        test_hint: found.test_hint.clone(),
        fetched_at: Some(now.town),
        ..rig.clone()
    };
    if let Some(tracked) = tracked {
        if let Some(other) = others.iter().find(|other| other.prefix == tracked) {
            let reason = format!(
                "the repository tracks beads with the prefix `{tracked}`, which rig `{}` has",
                other.name
            );
            return failed(&row, &reason);
        }
        if row.chosen && row.prefix != tracked {
            let reason = format!(
                "the repository tracks beads with the prefix `{tracked}`, not `{}`",
                row.prefix
            );
            return failed(&row, &reason);
        }
        row.note = Some(format!(
            "the repository tracks beads with the prefix `{tracked}`"
        ));
        row.prefix = tracked;
    }
    Decision::nothing()
        .effect(Effect::RigFiles {
            rig: row.name.clone(),
        })
        .change(Change::Rig(row))
}

/// The folders are there: ready for work.
pub(crate) fn ready(rig: &RigRow) -> Decision {
    if rig.phase != RigPhase::Preparing {
        return Decision::nothing();
    }
    let event = EventBody::RigAdded {
        prefix: rig.prefix.to_string(),
        target: rig.target.clone(),
    };
    Decision::nothing()
        .change(Change::Rig(RigRow {
            phase: RigPhase::Active,
            ..rig.clone()
        }))
        .event_by(Address::Human, Some(&rig.name), None, event)
}

/// It could not be added; the same command tries again.
pub(crate) fn failed(rig: &RigRow, reason: &str) -> Decision {
    let row = RigRow {
        phase: RigPhase::Failed,
        note: Some(reason.to_owned()),
        ..rig.clone()
    };
    Decision::nothing().change(Change::Rig(row)).event_by(
        Address::Engine,
        Some(&rig.name),
        None,
        EventBody::RigFailed {
            reason: reason.to_owned(),
        },
    )
}

/// Which rig a bead belongs to when nobody said.
pub(crate) fn place(
    rigs: &[RigName],
    default: Option<&RigName>,
) -> (Option<RigName>, Option<String>) {
    match rigs {
        [] => (None, None),
        [only] => (Some(only.clone()), None),
        _ => match default.filter(|rig| rigs.contains(rig)) {
            Some(rig) => (Some(rig.clone()), None),
            None => (
                None,
                Some("several rigs: this bead belongs to the town; use `--rig <name>`, or set `default_rig` in settings/config.json".to_owned()),
            ),
        },
    }
}
