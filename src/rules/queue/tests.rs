//! The queue's rules against a model: random stacks, gates and accidents.

use crate::domain::{
    Address, AgentName, BeadId, IncarnationId, MergeId, MergePhase, Oid, Priority, RigName,
};
use crate::rules::row::MergeRow;

/// A request that waits.
pub(super) fn merge(number: u64) -> MergeRow {
    let rig = RigName::parse("bot").unwrap();
    let name = AgentName::parse("Toast").unwrap();
    MergeRow {
        id: MergeId::parse(&format!("mr-{number}")).unwrap(),
        bead: BeadId::parse(&format!("tb-{number}")).unwrap(),
        author: Address::polecat(&rig, &name),
        incarnation: IncarnationId::of(&rig, &name, 1),
        branch: "polecat/Toast".to_owned(),
        tip: Oid::parse(&format!("{number:040x}")).unwrap(),
        base: Oid::parse(&"0".repeat(40)).unwrap(),
        attempt: 1,
        priority: Priority::NORMAL,
        phase: MergePhase::Queued,
        reason: None,
        batch: None,
        place: 0,
        old: None,
        new: None,
        tree: None,
        conflict: None,
        races: 0,
        created_at: 0,
        ended_at: None,
        rig,
    }
}
