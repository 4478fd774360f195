//! Convoys: made over beads, closed when all their beads are (contract M9).

use crate::domain::{Address, BeadId, ConvoyCreate, ConvoyId, EventBody, Now, Refusal};

use super::decision::{Change, Decision};
use super::row::{BeadRow, ConvoyRow};

/// A new convoy over known beads.
pub(crate) fn create(
    cmd: &ConvoyCreate,
    beads: &[BeadRow],
    fresh: (ConvoyId, i64),
    actor: &Address,
    now: Now,
) -> Result<Decision, Refusal> {
    let title = cmd.title.trim();
    if title.is_empty() || title.chars().count() > 512 {
        return Err(Refusal::invalid(
            "convoy title",
            title,
            "1 to 512 characters",
        ));
    }
    if beads.is_empty() {
        return Err(Refusal::new(
            crate::domain::Kind::Usage,
            "a convoy tracks at least one bead",
        )
        .hint("gt convoy create \"Name\" <bead> <bead>"));
    }
    let (id, number) = fresh;
    let row = ConvoyRow {
        id: id.clone(),
        number,
        title: title.to_owned(),
        notify: cmd.notify.clone(),
        created_by: actor.to_string(),
        created_at: now.wall,
        closed_at: None,
    };
    let mut ids: Vec<BeadId> = Vec::new();
    for bead in beads {
        if !ids.contains(&bead.id) {
            ids.push(bead.id.clone());
        }
    }
    let event = EventBody::ConvoyCreated {
        convoy: id.clone(),
        title: row.title.clone(),
        beads: ids.clone(),
    };
    let rig = beads.first().and_then(|bead| bead.rig.as_ref());
    let mut decision = Decision::nothing()
        .change(Change::Convoy(row.clone()))
        .event(rig, None, event);
    for bead in ids {
        decision = decision.change(Change::Track {
            convoy: id.clone(),
            bead,
        });
    }
    if beads.iter().all(|bead| bead.closed_at.is_some()) {
        decision = decision.and(close(&row, now));
    }
    Ok(decision)
}

/// After `closed` beads were closed: every convoy that has nothing open any more closes.
/// `convoys` are the open ones that track any of them, each with its beads that were open before.
pub(crate) fn after_close(
    convoys: &[(ConvoyRow, Vec<BeadId>)],
    closed: &[BeadId],
    now: Now,
) -> Decision {
    convoys
        .iter()
        .filter(|(_, open)| open.iter().all(|bead| closed.contains(bead)))
        .fold(Decision::nothing(), |decision, (convoy, _)| {
            decision.and(close(convoy, now))
        })
}

fn close(convoy: &ConvoyRow, now: Now) -> Decision {
    let event = EventBody::ConvoyClosed {
        convoy: convoy.id.clone(),
        title: convoy.title.clone(),
        notify: convoy.notify.clone(),
    };
    Decision::nothing()
        .change(Change::Convoy(ConvoyRow {
            closed_at: Some(now.wall),
            ..convoy.clone()
        }))
        .event_by(Address::Deacon, None, None, event)
}
