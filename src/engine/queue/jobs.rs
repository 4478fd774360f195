//! Work orders of the merge queue.

use std::path::PathBuf;

use crate::config::{Gate, address_email};
use crate::domain::{
    Address, BatchId, GitJob, Ident, JobPlan, Landed, Oid, Refusal, RigName, StackWork,
};
use crate::git::plans;
use crate::rules::row::BatchRow;
use crate::store::OutboxId;
use crate::wire::HostAsk;

use super::super::acts::{PLAIN_PATH, job_run, repos, wanted};
use super::super::input::{Act, Tag};
use super::super::town::Town;

/// What of the operator's environment a gate sees.
const GATE_ENV: &[&str] = &[
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR",
];
/// Beginnings of further names that a gate sees: tool chains, never keys to a service.
const GATE_PREFIXES: &[&str] = &[
    "LC_",
    "CARGO_",
    "RUSTUP_",
    "GO",
    "JAVA_",
    "NVM_",
    "PYENV_",
    "VIRTUAL_ENV",
];

impl Town {
    pub(in crate::engine) fn stack_job(&self, row: &BatchRow) -> Result<GitJob, Refusal> {
        let rig = self.the_rig(&row.rig)?;
        let strategy = self.settings.merge_strategy(&row.rig);
        let mut works = Vec::new();
        for id in &row.members {
            let merge = self.the_merge(id)?;
            if merge.batch.as_ref() != Some(&row.id) {
                continue;
            }
            let bead = self.store.bead(&merge.bead)?;
            let title = bead.map(|bead| bead.title).unwrap_or_default();
            works.push(StackWork {
                key: merge.id,
                tip: merge.tip,
                base: merge.base,
                strategy,
                subject: format!("{title} ({})", merge.bead),
            });
        }
        Ok(GitJob::Stack {
            target: rig.target.clone(),
            repos: repos(&self.paths, &rig),
            onto: None,
            works,
            committer: self.refinery_ident(&row.rig),
        })
    }

    pub(in crate::engine) fn gate_tree_job(
        &self,
        row: &BatchRow,
        at: usize,
    ) -> Result<GitJob, Refusal> {
        Ok(GitJob::GateTree {
            repos: repos(&self.paths, &self.the_rig(&row.rig)?),
            commit: commit_at(row, at)?.clone(),
            path: self.gate_folder(&row.id),
        })
    }

    pub(in crate::engine) fn verify_job(&self, row: &BatchRow) -> Result<GitJob, Refusal> {
        let rig = self.the_rig(&row.rig)?;
        let tree = row.step().map(|step| &step.tree);
        let mut members = Vec::new();
        let mut before = wanted(row.old.as_ref(), "the target's tip")?;
        for id in &row.there {
            let merge = self.the_merge(id)?;
            members.push(Landed {
                key: merge.id,
                tip: merge.tip,
                base: merge.base,
                before: before.clone(),
                commit: before.clone(),
            });
        }
        for step in row.stack.iter().take(row.at) {
            let merge = self.the_merge(&step.merge)?;
            members.push(Landed {
                key: merge.id,
                tip: merge.tip,
                base: merge.base,
                before: before.clone(),
                commit: step.commit.clone(),
            });
            before = &step.commit;
        }
        Ok(GitJob::Verify {
            target: rig.target.clone(),
            repos: repos(&self.paths, &rig),
            old: wanted(row.old.as_ref(), "the target's tip")?.clone(),
            new: before.clone(),
            tree: wanted(tree, "the tested tree")?.clone(),
            members,
        })
    }

    pub(in crate::engine) fn advance_job(&self, row: &BatchRow) -> Result<GitJob, Refusal> {
        Ok(GitJob::Advance {
            repos: repos(&self.paths, &self.the_rig(&row.rig)?),
            new: commit_at(row, row.at)?.clone(),
            tree: Some(self.gate_folder(&row.id)),
        })
    }

    /// The push with a lease on what the stack stands on.
    pub(in crate::engine) fn plan_push(
        &self,
        id: OutboxId,
        row: &BatchRow,
    ) -> Result<Act, Refusal> {
        let rig = self.the_rig(&row.rig)?;
        let old = wanted(row.old.as_ref(), "the lease")?;
        let new = commit_at(row, row.at)?;
        let argv = plans::push(&self.paths.mirror(rig.name.as_str()), &rig.target, old, new)
            .map_err(|error| Refusal::failed(error.to_string()))?;
        self.network_job(id, argv)
    }

    pub(in crate::engine) fn plan_gate(
        &self,
        id: OutboxId,
        row: &BatchRow,
        at: usize,
    ) -> Result<Act, Refusal> {
        let gate = self.gate_at(&row.rig, row.gate)?;
        let mut env: Vec<(String, String)> = self
            .store
            .environment()?
            .into_iter()
            .filter(|(name, _)| {
                GATE_ENV.contains(&name.as_str())
                    || GATE_PREFIXES.iter().any(|begin| name.starts_with(begin))
            })
            .collect();
        if !env.iter().any(|(name, _)| name == "PATH") {
            env.push(("PATH".to_owned(), PLAIN_PATH.to_owned()));
        }
        env.push(("CI".to_owned(), "true".to_owned()));
        let merges: Vec<String> = (row.merges(at).into_iter()).map(String::from).collect();
        env.push(("GT_MERGE".to_owned(), merges.join(",")));
        env.push((
            "GIT_CEILING_DIRECTORIES".to_owned(),
            self.paths.gates().display().to_string(),
        ));
        let plan = JobPlan {
            run: job_run(id)?,
            argv: vec!["sh".to_owned(), "-c".to_owned(), gate.command],
            cwd: self.gate_folder(&row.id),
            env,
            time_limit: gate.timeout_ms,
            output_limit: gate.output_limit,
            limits: self.settings.limits(),
        };
        Ok(Act::Host {
            tag: Tag::Effect(id),
            ask: HostAsk::Job(plan),
        })
    }

    /// The gate at that place, by the settings as they are now.
    fn gate_at(&self, rig: &RigName, position: i64) -> Result<Gate, Refusal> {
        let gates = self.settings.rig_gates(rig);
        let place = usize::try_from(position).unwrap_or(usize::MAX);
        gates
            .into_iter()
            .nth(place)
            .ok_or_else(|| Refusal::failed(format!("gate {position} is no longer set")))
    }

    fn refinery_ident(&self, rig: &RigName) -> Ident {
        let address = Address::refinery(rig);
        Ident {
            email: address_email(&address, self.settings.email_domain()),
            name: address.to_string(),
        }
    }

    /// Where the gates of a batch run.
    pub(in crate::engine) fn gate_folder(&self, batch: &BatchId) -> PathBuf {
        self.paths.gates().join(batch.as_str())
    }
}

/// The commit of a prefix; prefix 0 is the target itself.
fn commit_at(row: &BatchRow, at: usize) -> Result<&Oid, Refusal> {
    let commit = match at.checked_sub(1) {
        None => row.old.as_ref(),
        Some(place) => row.stack.get(place).map(|step| &step.commit),
    };
    wanted(commit, "the commit")
}
