//! From what people type to what is meant: agents, beads and convoys by full or partial names.
//! An unknown name is answered with what is near (DOCUMENT 24, 25).

use super::commands::PREFIX_KEY;
use crate::domain::{Address, AgentName, BeadId, ConvoyId, Prefix, Refusal, RigName, Seat};
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
    let exact = |text: &str| match BeadId::parse(text) {
        Ok(id) => Ok::<_, Refusal>(store.bead(&id)?),
        Err(_) => Ok(None),
    };
    if let Some(bead) = exact(typed)? {
        return Ok(bead);
    }
    let known = prefixes(store)?;
    let begins = |prefix: &String| {
        let rest = typed.strip_prefix(prefix.as_str());
        rest.is_some_and(|rest| rest.starts_with('-'))
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    // What begins with a known prefix is a whole id: a bead that is gone is no part of another.
    if typed.is_empty() || !typed.chars().all(plain) || known.iter().any(begins) {
        return Err(no_bead(store, typed));
    }
    let mut found = Vec::new();
    for prefix in &known {
        found.extend(exact(&format!("{prefix}-{typed}"))?);
    }
    match found.as_slice() {
        [] => like(store, typed),
        [only] => Ok(only.clone()),
        several => Err(several_fit(typed, several.iter().map(|bead| &bead.id))),
    }
}

/// The bead whose id has `part` in it and no other has.
fn like(store: &Store, part: &str) -> Result<BeadRow, Refusal> {
    if part.len() < 2 {
        return Err(no_bead(store, part));
    }
    let all = store.ids_like(part)?;
    let tail = format!("-{part}");
    let ends: Vec<&BeadId> = all
        .iter()
        .filter(|id| id.as_str().ends_with(&tail))
        .collect();
    match (ends.as_slice(), all.as_slice()) {
        ([only], _) => bead(store, only),
        // Two words are too much for a part: `mol-x7k` is the end of an id or nothing.
        ([], _) if part.contains('-') => Err(no_bead(store, part)),
        ([], []) => Err(no_bead(store, part)),
        ([], [only]) => bead(store, only),
        ([], several) => Err(several_fit(part, several.iter())),
        (several, _) => Err(several_fit(part, several.iter().copied())),
    }
}

fn several_fit<'a>(typed: &str, ids: impl Iterator<Item = &'a BeadId>) -> Refusal {
    let names: Vec<String> = ids.map(|id| format!("`{id}`")).collect();
    Refusal::conflict(format!("`{typed}` could be {}", names.join(", ")))
        .hint("type more of the id")
}

/// How ids begin here: the town's, a repository's own, and each rig's.
fn prefixes(store: &Store) -> Result<Vec<String>, Refusal> {
    let mut known = vec![Prefix::town().to_string()];
    known.extend(store.kv(PREFIX_KEY)?);
    known.extend(store.rigs()?.iter().map(|rig| rig.prefix.to_string()));
    known.sort();
    known.dedup();
    Ok(known)
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
