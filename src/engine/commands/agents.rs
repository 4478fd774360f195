//! Polecats: sling, done, nudge, nuke; and merge requests by hand.

use crate::config::{pick_name, resolve};
use crate::domain::{
    AgentName, Done, GitJob, Nudge, Outcome, Phase, PolecatNuke, Refusal, Role, Sling,
};
use crate::rules::row::{BeadRow, IncarnationRow, RigRow};
use crate::rules::sling::{Seat, SlingView};
use crate::rules::{done, lifecycle, nudge, sling};

use super::super::acts;
use super::super::carry::Carried;
use super::super::input::{Act, At, Peer, ReplyTo, Said, Tag};
use super::super::names;
use super::super::town::{Check, Town};
use super::super::view;
use super::super::who::Actor;
use super::dispatch::{Decided, Say};

impl Town {
    pub(super) fn sling(&self, actor: &Actor, cmd: &Sling, at: At) -> Result<Decided, Refusal> {
        let rig = names::rig(&self.store, &cmd.rig)?;
        let bead = names::bead_typed(&self.store, cmd.bead.as_str())?;
        let agent = resolve(
            Role::Polecat,
            Some(&rig.name),
            cmd.agent.as_ref(),
            &self.settings,
        )?;
        let holder = self.store.holder_of(&bead.id)?;
        if holder.is_none() {
            // An agent that is not installed is an error before anything is created.
            agent.installed(&self.path_variable()?)?;
        }
        let blockers = self.blockers(&bead)?;
        let convoy = self.store.open_convoys_of(&bead.id)?.into_iter().next();
        let fresh_convoy = self.fresh_convoy(&bead.title, actor, at)?;
        let view = SlingView {
            seat: self.free_seat(&rig)?,
            merge: self.store.open_merge_of(&bead.id)?,
            blockers,
            holder,
            convoy,
            fresh_convoy,
            alias: agent.alias.clone(),
            command_line: agent.command_line(),
            wish: self.store.wish()?,
            actor: actor.address.to_string(),
            rig,
            bead,
        };
        let (decision, mut slung) = sling::sling(&view, at.now)?;
        if let Some(problem) = self.settings.problems().first() {
            // What the file says may not be what runs.
            let problem = format!("settings: {problem}");
            slung.note = Some(
                slung
                    .note
                    .map_or(problem.clone(), |note| format!("{note}; {problem}")),
            );
        }
        if slung.new_convoy {
            self.store.next_number("convoys")?;
        }
        Ok(Decided {
            decision,
            say: Say::Now(Box::new(Outcome::Slung(slung))),
        })
    }

    /// PATH as agents have it, without the town's own folder.
    pub(in crate::engine) fn path_variable(&self) -> Result<String, Refusal> {
        let captured = self.store.environment()?;
        let path = captured
            .into_iter()
            .find(|(name, _)| name == "PATH")
            .map(|(_, value)| value);
        let bin = self.paths.bin();
        Ok(format!(
            "{}:{}",
            bin.display(),
            path.unwrap_or_else(|| acts::PLAIN_PATH.to_owned())
        ))
    }

    fn blockers(&self, bead: &BeadRow) -> Result<Vec<crate::domain::BeadId>, Refusal> {
        let edges = self.store.depends_on(&bead.id)?;
        Ok(edges
            .into_iter()
            .filter(|edge| edge.kind == crate::domain::DepKind::Blocks)
            .filter(|edge| edge.other.status != crate::domain::BeadStatus::Closed)
            .map(|edge| edge.other.id)
            .collect())
    }

    /// The next free seat of a rig: the first name of its pool that nobody holds.
    pub(in crate::engine) fn free_seat(&self, rig: &RigRow) -> Result<Seat, Refusal> {
        let taken = self.store.taken_names(&rig.name)?;
        let pool = self.settings.name_pool(&rig.name);
        let name: AgentName = pick_name(&pool, &taken).ok_or_else(|| {
            Refusal::refused(format!("no name is free in rig `{}`", rig.name))
                .hint("gt polecat list")
        })?;
        let number = self.store.next_incarnation(&rig.name, &name)?;
        let worktree = self.paths.polecat_tree(rig.name.as_str(), name.as_str());
        Ok(Seat {
            name,
            number,
            worktree,
        })
    }

    /// Submitting begins with a look into the worktree; nothing is written until it is known.
    pub(super) fn done(
        &mut self,
        peer: Peer,
        actor: &Actor,
        cmd: Done,
        how: String,
        (reply, carried): (ReplyTo, &mut Carried),
    ) -> Result<(), Refusal> {
        let Some(incarnation) = &actor.incarnation else {
            return Err(done::not_a_polecat(&actor.address));
        };
        if let Some(outcome) = self.submitted_before(incarnation)? {
            carried.replies.push((reply, Ok(Said::Outcome(outcome))));
            return Ok(());
        }
        done::may_submit(incarnation, &cmd)?;
        let job = self.check_job(incarnation)?;
        self.number += 1;
        let number = self.number;
        let check = Check {
            reply,
            peer,
            incarnation: incarnation.id.clone(),
            command: cmd,
            how,
        };
        self.checks.insert(number, check);
        carried.acts.push(Act::Git {
            tag: Tag::Check(number),
            job,
        });
        Ok(())
    }

    pub(in crate::engine) fn submitted_before(
        &self,
        incarnation: &IncarnationRow,
    ) -> Result<Option<Outcome>, Refusal> {
        if incarnation.phase == Phase::Running {
            return Ok(None);
        }
        let merge = self.store.newest_merge_of(&incarnation.bead)?;
        Ok(done::submitted_before(
            incarnation,
            merge
                .as_ref()
                .filter(|merge| merge.incarnation == incarnation.id),
        ))
    }

    fn check_job(&self, incarnation: &IncarnationRow) -> Result<GitJob, Refusal> {
        let rig = names::rig(&self.store, &incarnation.rig)?;
        let base = incarnation.base.clone().or_else(|| rig.tip.clone());
        let Some(base) = base else {
            return Err(Refusal::failed(format!(
                "nobody knows where the work of `{}` began",
                incarnation.address().short()
            )));
        };
        Ok(GitJob::Check {
            repos: acts::repos(&self.paths, &rig),
            path: incarnation.worktree.clone(),
            record: acts::record(incarnation),
            branch: incarnation.branch.clone(),
            base,
        })
    }

    pub(super) fn nudge(&self, actor: &Actor, cmd: &Nudge, at: At) -> Result<Decided, Refusal> {
        let incarnation = names::agent(&self.store, &cmd.agent)?;
        let number = self.store.next_number("nudges")?;
        let id = crate::domain::NudgeId::parse(&format!("ng-{number}"))?;
        let refused_with_end = |refusal: Refusal| match view::ended(&self.store, &incarnation) {
            Ok(Some(end)) => Refusal::new(refusal.kind, end)
                .hint(format!("gt peek {}", incarnation.address().short())),
            Ok(None) | Err(_) => refusal,
        };
        let (decision, row) = nudge::queue(&incarnation, cmd, id, &actor.address, at.now)
            .map_err(refused_with_end)?;
        let note = match incarnation.state {
            crate::domain::AgentState::Working | crate::domain::AgentState::Idle => None,
            state => Some(format!(
                "`{}` is {state}: it is typed when its input line is free",
                row.to.short()
            )),
        };
        let nudge = view::nudge(&row);
        Ok(Decided {
            decision,
            say: Say::Now(Box::new(Outcome::Nudged { nudge, note })),
        })
    }

    pub(super) fn polecat_nuke(&self, cmd: &PolecatNuke, at: At) -> Result<Decided, Refusal> {
        let incarnation = names::agent(&self.store, &cmd.agent)?;
        let name = incarnation.address().short();
        if incarnation.phase == Phase::Buried {
            return Err(
                Refusal::not_found(format!("`{name}` is buried already")).hint("gt polecat list")
            );
        }
        let bead = names::bead(&self.store, &incarnation.bead)?;
        let live = self.live_run(&incarnation)?;
        let decision = lifecycle::nuke(&incarnation, live.as_ref(), &bead, at.now);
        let rescue = acts::rescue_ref(&incarnation);
        let shared = self.paths.shared_repo(incarnation.rig.as_str());
        let outcome = Outcome::Nuked {
            agent: incarnation.address(),
            bead: lifecycle::holds(&incarnation, &bead).then_some(bead.id),
            restore: format!(
                "git -C {} branch rescued/{} {rescue}/tree",
                shared.display(),
                incarnation.name
            ),
            trash: acts::trash(&self.paths, &incarnation),
            rescue: format!("{rescue}/head"),
        };
        Ok(Decided {
            decision,
            say: Say::Now(Box::new(outcome)),
        })
    }

    /// The run of an incarnation whose process lives or is wanted.
    pub(in crate::engine) fn live_run(
        &self,
        incarnation: &IncarnationRow,
    ) -> Result<Option<crate::domain::RunId>, Refusal> {
        let Some(id) = incarnation.run() else {
            return Ok(None);
        };
        let run = self.store.run(&id)?;
        Ok(run
            .filter(|run| run.phase != crate::rules::row::RunPhase::Ended)
            .map(|run| run.id))
    }
}
