//! From what people type to what is meant: agents, beads and convoys by full or partial names.
//! An unknown name is answered with what is near (DOCUMENT 24, 25).

use crate::domain::{Address, AgentName, BeadId, ConvoyId, Refusal, RigName, Seat};
use crate::rules::row::{BeadRow, ConvoyRow, IncarnationRow, RigRow};
use crate::store::Store;

/// The rig of that name.
pub(crate) fn rig(store: &Store, name: &RigName) -> Result<RigRow, Refusal> {
    if let Some(rig) = store.rig(name)? {
        return Ok(rig);
    }
    let known: Vec<String> = store
        .rigs()?
        .iter()
        .map(|rig| format!("`{}`", rig.name))
        .collect();
    let refusal = Refusal::not_found(format!("no rig `{name}`"));
    Err(if known.is_empty() {
        refusal.hint(format!("gt rig add {name} <url-or-path>"))
    } else {
        refusal.hint(format!("rigs: {}", known.join(", ")))
    })
}

/// The newest incarnation of the agent that is meant: `rig/polecats/Name`, `rig/Name`, or a name
/// that is unique among the living, in any case.
pub(crate) fn agent(store: &Store, typed: &str) -> Result<IncarnationRow, Refusal> {
    let typed = typed.trim();
    if !typed.contains('/')
        && let Ok(name) = AgentName::parse(typed)
    {
        return bare(store, &name);
    }
    match Address::parse(typed)? {
        Address::Rig(rig_name, Seat::Polecat(name)) => {
            let rig = rig(store, &rig_name)?;
            store
                .newest_of(&rig.name, &name)?
                .map_or_else(|| Err(nobody(store, typed)), Ok)
        }
        Address::Rig(..)
        | Address::Human
        | Address::Person(_)
        | Address::Engine
        | Address::Mayor
        | Address::Deacon
        | Address::Boot => {
            Err(Refusal::not_found(format!("`{typed}` has no terminal")).hint("gt polecat list"))
        }
    }
}

fn bare(store: &Store, name: &AgentName) -> Result<IncarnationRow, Refusal> {
    let all = store.named(name)?;
    let living: Vec<&IncarnationRow> = all
        .iter()
        .filter(|row| row.phase != crate::domain::Phase::Buried)
        .collect();
    let candidates: Vec<&IncarnationRow> = if living.is_empty() {
        all.iter().collect()
    } else {
        living
    };
    match candidates.as_slice() {
        [] => Err(nobody(store, name.as_str())),
        [only] => Ok((*only).clone()),
        several => {
            let names: Vec<String> = several
                .iter()
                .map(|row| format!("`{}`", row.address().short()))
                .collect();
            Err(
                Refusal::conflict(format!("`{name}` could be {}", names.join(" or ")))
                    .hint("say which: rig/Name"),
            )
        }
    }
}

fn nobody(store: &Store, typed: &str) -> Refusal {
    let refusal = Refusal::not_found(format!("no agent `{}`", crate::support::text::clean(typed)));
    match store.living() {
        Ok(living) if living.is_empty() => {
            refusal.hint("no polecat is alive: `gt sling <bead> <rig>` starts one")
        }
        Ok(living) => {
            let names: Vec<String> = living
                .iter()
                .take(8)
                .map(|row| format!("`{}`", row.address().short()))
                .collect();
            refusal.hint(format!("alive: {}", names.join(", ")))
        }
        Err(error) => refusal.hint(error.to_string()),
    }
}

/// The bead of that exact id.
pub(crate) fn bead(store: &Store, id: &BeadId) -> Result<BeadRow, Refusal> {
    match store.bead(id)? {
        Some(bead) => Ok(bead),
        None => Err(no_bead(store, id.as_str())),
    }
}

/// The bead that is meant: an exact id, or a unique part of one after the prefix.
pub(crate) fn bead_typed(store: &Store, typed: &str) -> Result<BeadRow, Refusal> {
    let typed = typed.trim();
    if let Ok(id) = BeadId::parse(typed)
        && let Some(bead) = store.bead(&id)?
    {
        return Ok(bead);
    }
    let part = typed.rsplit_once('-').map_or(typed, |(_, tail)| tail);
    let plain = part.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    if typed.contains('-') || part.len() < 2 || !plain {
        return Err(no_bead(store, typed));
    }
    match store.ids_like(part)?.as_slice() {
        [] => Err(no_bead(store, typed)),
        [only] => bead(store, only),
        several => match several
            .iter()
            .find(|id| id.as_str().ends_with(&format!("-{part}")))
        {
            Some(exact) => bead(store, exact),
            None => {
                let names: Vec<String> = several.iter().map(|id| format!("`{id}`")).collect();
                Err(
                    Refusal::conflict(format!("`{typed}` could be {}", names.join(", ")))
                        .hint("type more of the id"),
                )
            }
        },
    }
}

/// Nothing of that id: the three newest that fit, with titles.
fn no_bead(store: &Store, typed: &str) -> Refusal {
    let shown = crate::support::text::fit(&crate::support::text::clean(typed), 40);
    let refusal = Refusal::not_found(format!("no bead `{shown}`"));
    let prefix = typed.split_once('-').map_or("", |(prefix, _)| prefix);
    let newest = match store.newest_beads(&format!("{prefix}-"), 3) {
        Ok(rows) if rows.is_empty() => store.newest_beads("", 3),
        other => other,
    };
    match newest {
        Ok(rows) if rows.is_empty() => refusal.hint("bd create \"What is to be done\""),
        Ok(rows) => rows.iter().fold(refusal, |refusal, row| {
            let title = crate::support::text::fit(&crate::support::text::clean(&row.title), 60);
            refusal.hint(format!("newest: {} {title}", row.id))
        }),
        Err(error) => refusal.hint(error.to_string()),
    }
}

/// The convoy that is meant: its id, the unique tail of it, or its number in the list.
pub(crate) fn convoy(store: &Store, typed: &str) -> Result<ConvoyRow, Refusal> {
    let typed = typed.trim();
    if let Ok(id) = ConvoyId::parse(typed)
        && let Some(row) = store.convoy(&id)?
    {
        return Ok(row);
    }
    let tails = if typed.chars().all(|c| c.is_ascii_alphanumeric()) {
        store.convoys_with_tail(typed)?
    } else {
        Vec::new()
    };
    match tails.as_slice() {
        [only] => return Ok(only.clone()),
        [] => {}
        several => {
            let names: Vec<String> = several.iter().map(|row| format!("`{}`", row.id)).collect();
            return Err(Refusal::conflict(format!(
                "`{typed}` could be {}",
                names.join(", ")
            )));
        }
    }
    if let Ok(number) = typed.parse::<i64>()
        && let Some(row) = store.convoy_numbered(number)?
    {
        return Ok(row);
    }
    let shown = crate::support::text::fit(&crate::support::text::clean(typed), 40);
    let refusal = Refusal::not_found(format!("no convoy `{shown}`"));
    let newest = store.convoys(3)?;
    if newest.is_empty() {
        return Err(refusal.hint("gt convoy create \"Name\" <bead> <bead>"));
    }
    Err(newest.iter().take(3).fold(refusal, |refusal, row| {
        let title = crate::support::text::fit(&crate::support::text::clean(&row.title), 60);
        refusal.hint(format!("newest: {} {title}", row.id))
    }))
}
