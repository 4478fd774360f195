//! The sections that the text of a bead should have, by its sort of work. Reads text alone; whether a
//! lack is told or refused is the caller's to say.

use crate::domain::BeadType;

/// The types whose texts should have sections.
pub(crate) const SECTIONED: &[BeadType] = &[
    BeadType::Bug,
    BeadType::Task,
    BeadType::Feature,
    BeadType::Story,
    BeadType::Epic,
    BeadType::Decision,
    BeadType::Spike,
];

/// The sections that a description of this type should have.
const fn wanted(kind: BeadType) -> &'static [&'static str] {
    match kind {
        BeadType::Bug => &["## Steps to Reproduce", "## Acceptance Criteria"],
        BeadType::Task | BeadType::Feature | BeadType::Story => &["## Acceptance Criteria"],
        BeadType::Epic => &["## Success Criteria"],
        BeadType::Decision => &["## Decision", "## Rationale", "## Alternatives Considered"],
        BeadType::Spike => &["## Goal", "## Findings"],
        BeadType::Chore
        | BeadType::Message
        | BeadType::Molecule
        | BeadType::Gate
        | BeadType::Milestone
        | BeadType::Event
        | BeadType::Convoy
        | BeadType::Agent
        | BeadType::Role
        | BeadType::Rig
        | BeadType::Slot
        | BeadType::Queue
        | BeadType::MergeRequest
        | BeadType::Foreign => &[],
    }
}

/// The sections that are not there. Acceptance criteria may stand in their own field.
pub(crate) fn missing(kind: BeadType, description: &str, acceptance: &str) -> Vec<&'static str> {
    let has = |section: &str| {
        let mut lines = description.lines();
        lines.any(|line| line.trim().eq_ignore_ascii_case(section))
            || (section == "## Acceptance Criteria" && !acceptance.trim().is_empty())
    };
    let sections = wanted(kind).iter().copied();
    sections.filter(|section| !has(section)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lack_is_told_by_its_heading_and_acceptance_may_stand_apart() {
        let cases = [
            (BeadType::Bug, "x", "", 2),
            (BeadType::Bug, "## steps to reproduce\ny", "done when", 0),
            (BeadType::Task, "see ## Acceptance Criteria", "", 1),
            (BeadType::Decision, "## Decision\n## Rationale", "", 1),
            (BeadType::Chore, "", "", 0),
        ];
        for (kind, description, acceptance, lacks) in cases {
            let found = missing(kind, description, acceptance);
            assert_eq!(found.len(), lacks, "{kind}: {description}");
        }
        for kind in BeadType::ALL {
            assert_eq!(
                SECTIONED.contains(kind),
                !wanted(*kind).is_empty(),
                "{kind}"
            );
        }
    }
}
