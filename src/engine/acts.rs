//! Plans for owed effects: from a row's name to a whole work order. Reads rows, decides nothing.
//!
//! Made inside the turn, so that what a plan needs remembered (a session token's hash) is durable
//! before the act.

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;

use crate::config::RigFacts;
use crate::config::{AgentIdentity, StartWords, agent_env, resolve, start_prompt};
use crate::domain::{
    Base, GitJob, IncarnationId, JobPlan, LaunchPlan, Oid, Refusal, RigRepos, Role, RunId,
};
use crate::git::{closed, plans};
use crate::rules::decision::Change;
use crate::rules::effect::{Doer, Effect};
use crate::rules::row::{IncarnationRow, MergeRow, RigRow, RunPhase, RunRow};
use crate::store::{OutboxId, Owed, StoreError};
use crate::support::paths::TownPaths;
use crate::wire::HostAsk;

use super::carry::Carried;
use super::input::{Act, At, Tag};
use super::town::Town;
use super::who::{session_token, token_hash};

/// PATH when the operator's was never captured.
pub(super) const PLAIN_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Columns and rows that a terminal begins with.
const SIZE: (u16, u16) = (120, 36);
/// Time limit of a network job, in milliseconds.
const NETWORK_LIMIT: i64 = 900_000;
/// Most output kept of a network job.
const NETWORK_OUTPUT: u64 = 4 * 1024 * 1024;

impl Town {
    /// Plans what this turn owes, and what was owed before and could not be planned.
    pub(super) fn plan_owed(&mut self, at: At, all: &mut Carried) -> Result<(), StoreError> {
        let mut waiting: VecDeque<Owed> = std::mem::take(&mut all.owed).into();
        let mut planned = BTreeSet::new();
        while let Some(owed) = waiting.pop_front() {
            // Owed once, however many inputs of this turn named it; and perhaps settled since.
            if !planned.insert(owed.id) || self.store.owed_one(owed.id)?.is_none() {
                continue;
            }
            match self.plan(&owed, at) {
                Ok(acts) => {
                    all.kinds.push((owed.id, owed.effect.kind()));
                    all.acts.extend(acts);
                }
                Err(refusal) => {
                    let mut carried = Carried::default();
                    if let Err(error) = self.effect_failed(&owed, &refusal, at, &mut carried) {
                        tracing::error!(%error, effect = owed.effect.kind(), "a failed plan could not be told");
                    }
                    waiting.extend(std::mem::take(&mut carried.owed));
                    all.extend(carried);
                }
            }
        }
        Ok(())
    }

    fn plan(&mut self, owed: &Owed, at: At) -> Result<Vec<Act>, Refusal> {
        if owed.effect.doer() == Doer::Host && !self.host_up {
            return Ok(Vec::new());
        }
        let tag = Tag::Effect(owed.id);
        let act = match &owed.effect {
            Effect::Clone { rig } => self.plan_clone(owed.id, &self.the_rig(rig)?)?,
            Effect::Fetch { rig, .. } => self.plan_fetch(owed.id, &self.the_rig(rig)?)?,
            Effect::Gate { batch, at, .. } => {
                self.plan_gate(owed.id, &self.the_batch(batch)?, *at)?
            }
            Effect::Push { batch } => self.plan_push(owed.id, &self.the_batch(batch)?)?,
            Effect::Launch { run } => match self.plan_launch(run, at)? {
                Some(plan) => Act::Host {
                    tag,
                    ask: HostAsk::Launch(plan),
                },
                None => return Ok(Vec::new()),
            },
            Effect::Stop { run } => {
                let now = self.is_nuked(run)?;
                Act::Host {
                    tag,
                    ask: HostAsk::Stop {
                        run: run.clone(),
                        now,
                    },
                }
            }
            Effect::RigFiles { rig } => Act::Files {
                tag,
                facts: Box::new(rig_facts(&self.the_rig(rig)?)),
            },
            Effect::Deliver { .. } => return Ok(Vec::new()),
            Effect::Layout { .. }
            | Effect::Sync { .. }
            | Effect::Worktree { .. }
            | Effect::Bury { .. }
            | Effect::Stack { .. }
            | Effect::GateTree { .. }
            | Effect::Verify { .. }
            | Effect::Advance { .. }
            | Effect::Clear { .. } => Act::Git {
                tag,
                job: self.git_job(&owed.effect)?,
            },
        };
        Ok(vec![act])
    }

    fn git_job(&self, effect: &Effect) -> Result<GitJob, Refusal> {
        match effect {
            Effect::Layout { rig } => {
                let rig = self.the_rig(rig)?;
                Ok(GitJob::Layout {
                    repos: repos(&self.paths, &rig),
                    wanted: rig.wanted,
                })
            }
            Effect::Sync { rig, .. } => Ok(GitJob::Sync {
                repos: repos(&self.paths, &self.the_rig(rig)?),
            }),
            Effect::Worktree { incarnation } => {
                self.worktree_job(&self.the_incarnation(incarnation)?)
            }
            Effect::Bury { incarnation } => self.bury_job(&self.the_incarnation(incarnation)?),
            Effect::Stack { batch } => self.stack_job(&self.the_batch(batch)?),
            Effect::GateTree { batch, at } => self.gate_tree_job(&self.the_batch(batch)?, *at),
            Effect::Verify { batch } => self.verify_job(&self.the_batch(batch)?),
            Effect::Advance { batch } => self.advance_job(&self.the_batch(batch)?),
            Effect::Clear { batch } => Ok(GitJob::DropTree {
                path: self.gate_folder(batch),
            }),
            Effect::Clone { .. }
            | Effect::Fetch { .. }
            | Effect::RigFiles { .. }
            | Effect::Launch { .. }
            | Effect::Stop { .. }
            | Effect::Gate { .. }
            | Effect::Push { .. }
            | Effect::Deliver { .. } => Err(Refusal::failed(format!(
                "`{}` is no work for git",
                effect.kind()
            ))),
        }
    }

    fn worktree_job(&self, row: &IncarnationRow) -> Result<GitJob, Refusal> {
        Ok(GitJob::Worktree {
            repos: repos(&self.paths, &self.the_rig(&row.rig)?),
            path: row.worktree.clone(),
            record: record(row),
            branch: row.branch.clone(),
            base: row.from.clone().map_or(Base::Target, Base::Commit),
        })
    }

    fn bury_job(&self, row: &IncarnationRow) -> Result<GitJob, Refusal> {
        Ok(GitJob::Bury {
            repos: repos(&self.paths, &self.the_rig(&row.rig)?),
            path: row.worktree.clone(),
            record: record(row),
            branch: row.branch.clone(),
            trash: trash(&self.paths, row),
            rescue: rescue_ref(row),
        })
    }

    fn plan_clone(&self, id: OutboxId, rig: &RigRow) -> Result<Act, Refusal> {
        let mirror = self.paths.mirror(rig.name.as_str());
        // A new, empty repository: a handful of small files, so no job of its own.
        plans::prepare_mirror(&mirror, &rig.url)
            .map_err(|error| Refusal::failed(error.to_string()))?;
        self.network_job(id, plans::clone(&mirror))
    }

    fn plan_fetch(&self, id: OutboxId, rig: &RigRow) -> Result<Act, Refusal> {
        let argv = plans::fetch(&self.paths.mirror(rig.name.as_str()), &rig.target)
            .map_err(|error| Refusal::failed(error.to_string()))?;
        self.network_job(id, argv)
    }

    pub(super) fn network_job(&self, id: OutboxId, argv: Vec<String>) -> Result<Act, Refusal> {
        let plan = JobPlan {
            run: job_run(id)?,
            argv,
            cwd: self.paths.gt(),
            env: closed::environment(&self.paths, &self.store.environment()?),
            time_limit: NETWORK_LIMIT,
            output_limit: NETWORK_OUTPUT,
            limits: self.settings.limits(),
        };
        Ok(Act::Host {
            tag: Tag::Effect(id),
            ask: HostAsk::Job(plan),
        })
    }

    fn plan_launch(&mut self, id: &RunId, at: At) -> Result<Option<LaunchPlan>, Refusal> {
        let Some(run) = self.store.run(id)? else {
            return Err(Refusal::not_found(format!("no run `{id}`")));
        };
        if run.phase == RunPhase::Ended {
            return Ok(None);
        }
        let row = self.the_incarnation(&run.incarnation)?;
        let token = session_token(&self.secret, id);
        let remembered = RunRow {
            token_hash: Some(token_hash(&token)),
            ..run
        };
        self.store.apply(&Change::Run(remembered))?;
        let agent = resolve(
            Role::Polecat,
            Some(&row.rig),
            Some(&row.alias),
            &self.settings,
        )?;
        let program = agent.installed(&self.path_variable()?)?;
        let address = row.address();
        let prompt = start_prompt(&StartWords {
            address: &address,
            bead: Some(&row.bead),
            attempt: u32::try_from(row.attempt).unwrap_or(1),
            restarted: row.runs > 1,
        });
        let identity = AgentIdentity {
            address: &address,
            run: id,
            token: &token,
            branch: &row.branch,
            email_domain: self.settings.email_domain(),
            prompt: &prompt,
        };
        let captured = self.store.environment()?;
        tracing::info!(run = %id, at = at.now.wall, "starting an agent");
        Ok(Some(LaunchPlan {
            run: id.clone(),
            argv: agent.argv(&program, &prompt),
            cwd: row.worktree.clone(),
            env: agent_env(&self.paths, &identity, &agent, &captured),
            size: SIZE,
            limits: self.settings.limits(),
            terminal: self.settings.terminal(&row.rig),
        }))
    }

    fn is_nuked(&self, run: &RunId) -> Result<bool, Refusal> {
        let Some(run) = self.store.run(run)? else {
            return Ok(false);
        };
        let row = self.store.incarnation(&run.incarnation)?;
        Ok(row.is_some_and(|row| row.end.as_deref() == Some("nuked")))
    }

    pub(super) fn the_rig(&self, name: &crate::domain::RigName) -> Result<RigRow, Refusal> {
        super::names::rig(&self.store, name)
    }

    pub(super) fn the_merge(&self, id: &crate::domain::MergeId) -> Result<MergeRow, Refusal> {
        self.store
            .merge(id)?
            .ok_or_else(|| Refusal::not_found(format!("no merge request `{id}`")))
    }

    pub(super) fn the_incarnation(&self, id: &IncarnationId) -> Result<IncarnationRow, Refusal> {
        self.store
            .incarnation(id)?
            .ok_or_else(|| Refusal::not_found(format!("no incarnation `{id}`")))
    }
}

pub(super) fn wanted<'a>(oid: Option<&'a Oid>, what: &str) -> Result<&'a Oid, Refusal> {
    oid.ok_or_else(|| Refusal::failed(format!("{what} is not known")))
}

fn rig_facts(rig: &RigRow) -> RigFacts {
    RigFacts {
        name: rig.name.clone(),
        url: rig.url.clone(),
        prefix: rig.prefix.clone(),
        target: Some(rig.target.clone()).filter(|target| !target.is_empty()),
        added_at: crate::support::text::timestamp(rig.created_at),
    }
}

/// The run of an effect's host job.
pub(super) fn job_run(id: OutboxId) -> Result<RunId, Refusal> {
    RunId::parse(&format!("job-{id}"))
}

/// The effect of a host job's run.
pub(super) fn job_effect(run: &RunId) -> Option<OutboxId> {
    run.as_str().strip_prefix("job-")?.parse().ok()
}

/// A rig's repositories.
pub(super) fn repos(paths: &TownPaths, rig: &RigRow) -> RigRepos {
    let name = rig.name.as_str();
    RigRepos {
        mirror: paths.mirror(name),
        shared: paths.shared_repo(name),
        mayor: paths.mayor_clone(name),
        refinery: paths.refinery_tree(name),
        target: rig.target.clone(),
    }
}

/// The name of git's record of a worktree (DECISIONS 5).
pub(super) fn record(row: &IncarnationRow) -> String {
    format!("{}.{}", row.name, row.number)
}

/// Where a worktree's content is kept when it is buried.
pub(super) fn rescue_ref(row: &IncarnationRow) -> String {
    format!("refs/gt/rescue/{}/{}/{}", row.rig, row.name, row.number)
}

/// Where a worktree's folder goes when it is buried.
pub(super) fn trash(paths: &TownPaths, row: &IncarnationRow) -> PathBuf {
    paths.trash().join(row.id.as_str())
}
