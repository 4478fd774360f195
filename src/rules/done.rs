//! Submitting work: what a polecat declares is verified before anything changes (contract W5).

use std::path::Path;

use crate::domain::{
    Address, BeadId, BeadStatus, Done, EventBody, MergeId, MergePhase, Now, Oid, Outcome, Phase,
    Refusal,
};

use super::convoy;
use super::decision::{Change, Decision};
use super::lifecycle;
use super::row::{BeadRow, ConvoyRow, IncarnationRow, MergeRow};

/// What was found in the worktree.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub head: Oid,
    pub branch: Option<String>,
    pub ahead: u32,
    pub dirty: Vec<String>,
    pub busy: Option<String>,
}

/// What must hold before the worktree is even looked at.
pub(crate) fn may_submit(incarnation: &IncarnationRow, cmd: &Done) -> Result<(), Refusal> {
    let name = incarnation.address().short();
    match incarnation.phase {
        Phase::Running => {}
        Phase::Preparing => return Err(Refusal::refused(format!("`{name}` has no worktree yet"))),
        Phase::Stopping | Phase::Buried | Phase::Failed => {
            return Err(Refusal::refused(format!(
                "`{name}` is at its end ({})",
                incarnation.phase
            )));
        }
    }
    if inside(&cmd.cwd, &incarnation.worktree) {
        return Ok(());
    }
    Err(Refusal::refused(format!(
        "`{}` is not inside the worktree of `{name}`",
        cmd.cwd.display()
    ))
    .hint(format!("cd {} && gt done", incarnation.worktree.display())))
}

fn inside(folder: &Path, tree: &Path) -> bool {
    folder.starts_with(tree)
}

/// The work as a merge request, or why not.
pub(crate) fn submit(
    incarnation: &IncarnationRow,
    bead: &BeadRow,
    found: &Found,
    id: &MergeId,
    now: Now,
) -> Result<(Decision, Outcome), Refusal> {
    check_tree(incarnation, found)?;
    if found.ahead == 0 {
        return Err(
            Refusal::refused(format!("there is no commit on `{}`", incarnation.branch))
                .hint("git add -A && git commit -m \"what you did\" && gt done")
                .hint("gt done --no-change \"why nothing had to change\""),
        );
    }
    if incarnation.attempt > 1 && incarnation.start.as_ref() == Some(&found.head) {
        return Err(
            Refusal::refused("nothing is new since this work was sent back")
                .hint("gt prime says what to do about it"),
        );
    }
    let merge = request(incarnation, bead, found, id, now);
    let review = BeadRow {
        status: BeadStatus::InReview,
        updated_at: now.wall,
        ..bead.clone()
    };
    let event = EventBody::WorkSubmitted {
        agent: incarnation.address(),
        merge: id.clone(),
        tip: found.head.clone(),
        commits: found.ahead,
    };
    let decision = Decision::nothing()
        .change(Change::Merge(merge))
        .change(Change::Bead(review))
        .event(Some(&incarnation.rig), Some(&bead.id), event)
        .and(lifecycle::end(incarnation, "done", now));
    let commits = if found.ahead == 1 {
        "1 commit".to_owned()
    } else {
        format!("{} commits", found.ahead)
    };
    let message = format!("{commits} submitted as {id}; this session ends now");
    Ok((
        decision,
        Outcome::Submitted {
            merge: Some(id.clone()),
            bead: bead.id.clone(),
            message,
        },
    ))
}

/// The work as a row of the queue.
fn request(
    incarnation: &IncarnationRow,
    bead: &BeadRow,
    found: &Found,
    id: &MergeId,
    now: Now,
) -> MergeRow {
    MergeRow {
        id: id.clone(),
        rig: incarnation.rig.clone(),
        bead: bead.id.clone(),
        author: incarnation.address(),
        incarnation: incarnation.id.clone(),
        branch: incarnation.branch.clone(),
        tip: found.head.clone(),
        base: incarnation
            .base
            .clone()
            .unwrap_or_else(|| found.head.clone()),
        attempt: incarnation.attempt,
        priority: bead.priority,
        phase: MergePhase::Queued,
        reason: None,
        batch: None,
        place: 0,
        old: None,
        new: None,
        tree: None,
        conflict: None,
        races: 0,
        created_at: now.wall,
        ended_at: None,
    }
}

/// The bead needed no change: closed with the reason, told to the operator.
pub(crate) fn without_change(
    incarnation: &IncarnationRow,
    bead: &BeadRow,
    found: &Found,
    cx: NoChange<'_>,
) -> Result<(Decision, Outcome), Refusal> {
    check_tree(incarnation, found)?;
    if found.ahead > 0 {
        return Err(Refusal::refused(format!(
            "`{}` has {} commits, so there is a change",
            incarnation.branch, found.ahead
        ))
        .hint("gt done"));
    }
    let reason = format!("no change: {}", cx.reason);
    let event = EventBody::WorkWithoutChange {
        agent: incarnation.address(),
        reason: cx.reason.to_owned(),
    };
    let decision = Decision::nothing()
        .change(Change::Bead(closed(bead, &reason, cx.now)))
        .event(Some(&incarnation.rig), Some(&bead.id), event)
        .and(convoy::after_close(
            cx.convoys,
            std::slice::from_ref(&bead.id),
            cx.now,
        ))
        .and(lifecycle::end(incarnation, "no change", cx.now));
    let message = format!("{} closed without a change; this session ends now", bead.id);
    Ok((
        decision,
        Outcome::Submitted {
            merge: None,
            bead: bead.id.clone(),
            message,
        },
    ))
}

/// What closing without a change needs to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoChange<'a> {
    pub reason: &'a str,
    /// The open convoys that track the bead, with their beads that are not closed.
    pub convoys: &'a [(ConvoyRow, Vec<BeadId>)],
    pub now: Now,
}

/// A finished bead.
pub(crate) fn closed(bead: &BeadRow, reason: &str, now: Now) -> BeadRow {
    BeadRow {
        status: BeadStatus::Closed,
        closed_at: Some(now.wall),
        updated_at: now.wall,
        close_reason: Some(reason.to_owned()),
        status_word: None,
        is_blocked: false,
        ..bead.clone()
    }
}

fn check_tree(incarnation: &IncarnationRow, found: &Found) -> Result<(), Refusal> {
    if let Some(busy) = &found.busy {
        return Err(
            Refusal::refused(format!("a {busy} is under way in the worktree"))
                .hint(format!("git {busy} --continue, or git {busy} --abort")),
        );
    }
    match &found.branch {
        None => {
            return Err(
                Refusal::refused("HEAD is detached, so the work is on no branch")
                    .hint(format!("git switch -C {}", incarnation.branch)),
            );
        }
        Some(branch) if *branch != incarnation.branch => {
            return Err(Refusal::refused(format!(
                "the worktree is on `{branch}`, not on `{}`",
                incarnation.branch
            ))
            .hint(format!("git switch {}", incarnation.branch)));
        }
        Some(_) => {}
    }
    if found.dirty.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = found
        .dirty
        .iter()
        .take(5)
        .map(|path| format!("`{path}`"))
        .collect();
    let more = found.dirty.len().saturating_sub(shown.len());
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    Err(Refusal::refused(format!(
        "changes are not committed: {}{more}",
        shown.join(", ")
    ))
    .hint("git add -A && git commit -m \"what you did\" && gt done"))
}

/// The answer when the same work was submitted before.
pub(crate) fn submitted_before(
    incarnation: &IncarnationRow,
    merge: Option<&MergeRow>,
) -> Option<Outcome> {
    let done = matches!(incarnation.end.as_deref(), Some("done" | "no change"));
    done.then(|| Outcome::Submitted {
        merge: merge.map(|merge| merge.id.clone()),
        bead: incarnation.bead.clone(),
        message: "this work is submitted already".to_owned(),
    })
}

/// Only a polecat can submit.
pub(crate) fn not_a_polecat(actor: &Address) -> Refusal {
    Refusal::refused(format!(
        "`gt done` is for a polecat with work on its hook, and you are `{}`",
        actor.short()
    ))
    .hint("close a bead by hand with `bd close <id>`")
}
