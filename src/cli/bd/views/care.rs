//! `bd duplicates`, `bd lint`, `bd orphans`: what in a ledger wants a person's hand. Changes nothing.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::run::{beads_of, survey};
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::show::{Cell, Table, Tone};
use crate::cli::{output, show};
use crate::domain::{BeadId, BeadStatus, BeadView, Kind, Refusal, Surveyed};
use crate::git;
use crate::support::text::{clean, fit};
use crate::verbs::story::count;
use crate::verbs::views::{DuplicatesArgs, LintArgs, OrphansArgs};

/// Shows open beads that say the same.
pub(super) fn duplicates(args: &DuplicatesArgs, caller: &Caller) -> Ended {
    let Surveyed::Doubles { groups } = survey(args.query(&caller.context()?), caller)? else {
        return Err(mismatch(caller.how).into());
    };
    let ids: Vec<BeadId> = groups.iter().flatten().cloned().collect();
    let beads = beads_of(&ids, caller)?;
    let beads: HashMap<&BeadId, &BeadView> = beads.iter().map(|bead| (&bead.id, bead)).collect();
    if args.json {
        let rows: Vec<Value> = groups
            .iter()
            .map(|group| group_json(group, &beads))
            .collect();
        let told = json!({"duplicate_groups": rows.len(), "groups": rows});
        return output::json(&show::object(told));
    }
    if groups.is_empty() {
        return output::line("no two open beads say the same");
    }
    let look = caller.look();
    let mut text = String::new();
    for group in &groups {
        let mut table = Table::default();
        for bead in group.iter().filter_map(|id| beads.get(id)) {
            table.row(show::bead_row(bead));
        }
        text.push_str(&table.text(&look, ""));
        if let Some((first, rest)) = group.split_first() {
            for id in rest {
                let line = format!("    bd duplicate {id} --of {first}\n");
                text.push_str(&look.paint(Tone::Quiet, &line));
            }
        }
    }
    output::text(&text)
}

fn group_json(group: &[BeadId], beads: &HashMap<&BeadId, &BeadView>) -> Value {
    let first = group.first();
    let rest: Vec<&BeadId> = group.iter().skip(1).collect();
    let issues: Vec<Value> = group
        .iter()
        .filter_map(|id| beads.get(id))
        .map(|bead| {
            json!({
                "id": bead.id,
                "is_merge_target": Some(&bead.id) == first,
                "priority": bead.priority,
                "references": bead.dependents.len(),
                "status": bead.status_text(),
                "title": bead.title,
            })
        })
        .collect();
    let title = first.and_then(|id| beads.get(id)).map(|bead| &bead.title);
    json!({
        "issues": issues,
        "suggested_action": first.map(|first| {
            let lines = rest.iter().map(|id| format!("bd duplicate {id} --of {first}"));
            lines.collect::<Vec<_>>().join(" && ")
        }),
        "suggested_sources": rest,
        "suggested_target": first,
        "title": title,
    })
}

/// Shows beads whose texts lack sections of their type. Something lacking is no failure.
pub(super) fn lint(args: &LintArgs, caller: &Caller) -> Ended {
    let Surveyed::Lint { found, total } = survey(args.query(&caller.context()?), caller)? else {
        return Err(mismatch(caller.how).into());
    };
    if args.json {
        let rows: Vec<Value> = found
            .iter()
            .map(|one| {
                json!({"id": one.id, "missing": one.missing, "title": one.title,
                       "type": one.kind, "warnings": one.missing.len()})
            })
            .collect();
        let warnings: usize = found.iter().map(|one| one.missing.len()).sum();
        let told = json!({"issues": total, "results": rows, "total": warnings});
        return output::json(&show::object(told));
    }
    if found.is_empty() {
        return output::line("every text has the sections of its type");
    }
    let mut table = Table::default();
    for one in &found {
        let missing = one.missing.join(", ");
        table.row([
            Cell::new(Tone::Name, one.id.as_str()),
            Cell::plain(one.kind.word()),
            Cell::new(Tone::Warn, format!("lacks {missing}")),
            Cell::plain(&one.title),
        ]);
    }
    output::text(&table.text(&caller.look(), ""))?;
    let more = total.saturating_sub(u64::try_from(found.len()).unwrap_or(u64::MAX));
    if more > 0 {
        let more = count(u32::try_from(more).unwrap_or(u32::MAX), "more bead");
        output::note(&format!(
            "and {more}; narrow it with `--type` and `--status`"
        ));
    }
    Ok(())
}

/// Shows open beads that commits name: work that may be done and was never closed.
pub(super) fn orphans(args: &OrphansArgs, caller: &Caller) -> Ended {
    let Some(commits) = git::last_commits(caller.folder(), args.commits) else {
        return Err(Refusal::new(
            Kind::NotFound,
            "this folder is in no git repository with commits",
        )
        .hint("bd -C <REPOSITORY> orphans")
        .into());
    };
    let mut named: HashMap<BeadId, &git::CommitNote> = HashMap::new();
    for commit in &commits {
        for id in ids_in(&commit.message) {
            // The newest comes first and stays.
            named.entry(id).or_insert(commit);
        }
    }
    let mut ids: Vec<BeadId> = named.keys().cloned().collect();
    ids.sort();
    let mut beads = beads_of(&ids, caller)?;
    beads.retain(|bead| bead.status != BeadStatus::Closed);
    let rows = beads
        .iter()
        .filter_map(|bead| Some((bead, named.get(&bead.id)?)));
    if args.json {
        let rows: Vec<Value> = rows
            .map(|(bead, commit)| {
                json!({
                    "issue_id": bead.id,
                    "latest_commit": commit.id,
                    "latest_commit_message": first_line(&commit.message),
                    "status": bead.status_text(),
                    "title": bead.title,
                })
            })
            .collect();
        return output::json(&rows);
    }
    if beads.is_empty() {
        return output::line("no commit names an open bead");
    }
    let mut table = Table::default();
    for (bead, commit) in rows {
        table.row([
            Cell::new(Tone::Name, bead.id.as_str()),
            Cell::plain(bead.status_text()),
            Cell::plain(fit(&clean(&bead.title), 50)),
            Cell::new(Tone::Quiet, &commit.id),
            Cell::new(Tone::Quiet, first_line(&commit.message)),
        ]);
    }
    output::text(&table.text(&caller.look(), ""))
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

/// Every word of a message that may be the id of a bead.
fn ids_in(message: &str) -> impl Iterator<Item = BeadId> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let words = message.split(move |c| !part(c));
    words
        .map(|word| word.trim_matches(['-', '.', '_']))
        .filter(|word| word.contains('-'))
        .filter_map(|word| BeadId::parse(word).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stand_between_whatever_a_message_has() {
        let ids: Vec<String> = ids_in("fix(parser): re-use it (tb-4kq.1), see tb-x1z. Not -- a-")
            .map(|id| id.to_string())
            .collect();
        assert!(ids.contains(&"tb-4kq.1".to_owned()), "{ids:?}");
        assert!(ids.contains(&"tb-x1z".to_owned()), "{ids:?}");
        assert!(!ids.iter().any(|id| id == "a-"), "{ids:?}");
    }
}
