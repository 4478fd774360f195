//! `bd count` and `bd stats`: the ledger in numbers.

use serde_json::{Value, json};

use super::run::survey;
use crate::cli::bd::list::whole_id;
use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::show::{Cell, Look, Table, Tone};
use crate::cli::{output, show};
use crate::domain::{Activity, BeadStatus, Stats, Surveyed};
use crate::git;
use crate::verbs::views::{CountArgs, StatsArgs};

/// Counts beads.
pub(super) fn count(args: &CountArgs, caller: &Caller) -> Ended {
    let mut args = args.clone();
    whole_id(&mut args.filter.scope.parent, caller)?;
    let Surveyed::Tally { total, groups } = survey(args.query(&caller.context()?)?, caller)? else {
        return Err(mismatch(caller.how).into());
    };
    if !args.is_grouped() {
        return match args.json {
            true => output::json(&show::object(json!({"count": total}))),
            false => output::line(&total.to_string()),
        };
    }
    if args.json {
        let groups: Vec<Value> = groups
            .iter()
            .map(|(group, count)| json!({"count": count, "group": group}))
            .collect();
        return output::json(&show::object(json!({"groups": groups, "total": total})));
    }
    let mut table = Table::default();
    for (group, count) in &groups {
        table.row([Cell::new(Tone::Name, group), Cell::plain(count.to_string())]);
    }
    table.row([
        Cell::new(Tone::Strong, "total"),
        Cell::new(Tone::Strong, total.to_string()),
    ]);
    output::text(&table.text(&caller.look(), ""))
}

/// Shows the ledger in numbers.
pub(super) fn stats(args: &StatsArgs, caller: &Caller) -> Ended {
    let cx = caller.context()?;
    let me = match args.assigned {
        true => Some(caller.me()?),
        false => None,
    };
    let Surveyed::Stats(stats) = survey(args.query(me, &cx), caller)? else {
        return Err(mismatch(caller.how).into());
    };
    let commits = args
        .since(&cx)
        .and_then(|since| git::commits_since(caller.folder(), since));
    if args.json {
        return output::json(&stats_json(&stats, commits));
    }
    output::text(&stats_text(&stats, commits, &caller.look()))
}

fn stats_json(stats: &Stats, commits: Option<u64>) -> Value {
    let hours = |milliseconds: i64| {
        let tenths = i32::try_from(milliseconds / 360_000).unwrap_or(i32::MAX);
        json!(f64::from(tenths) / 10.0)
    };
    let mut all = json!({"summary": {
        "average_lead_time_hours": hours(stats.lead_time),
        "blocked_issues": stats.blocked,
        "closed_issues": stats.of(BeadStatus::Closed),
        "deferred_issues": stats.of(BeadStatus::Deferred),
        "epics_eligible_for_closure": stats.closable_epics,
        "in_progress_issues": stats.of(BeadStatus::InProgress),
        "open_issues": stats.of(BeadStatus::Open),
        "pinned_issues": stats.pinned,
        "ready_issues": stats.ready,
        "total_issues": stats.total,
    }});
    if let (Some(activity), Some(map)) = (stats.activity, all.as_object_mut()) {
        map.insert(
            "recent_activity".to_owned(),
            json!({
                "commit_count": commits.unwrap_or(0),
                "hours_tracked": 24,
                "issues_closed": activity.closed,
                "issues_created": activity.created,
                "issues_reopened": activity.reopened,
                "issues_updated": activity.updated,
                "total_changes": activity.all,
            }),
        );
    }
    show::object(all)
}

fn stats_text(stats: &Stats, commits: Option<u64>, look: &Look) -> String {
    let mut table = Table::default();
    let mut row = |name: &str, number: u64| {
        table.row([
            Cell::new(Tone::Quiet, name),
            Cell::plain(number.to_string()),
        ]);
    };
    row("beads", stats.total);
    for (status, number) in &stats.by_status {
        row(status, *number);
    }
    row("can be started", stats.ready);
    row("wait for others", stats.blocked);
    row("reference cards", stats.pinned);
    row("epics to close", stats.closable_epics);
    let mut text = table.text(look, "");
    if stats.lead_time > 0 {
        let took = crate::support::text::age(stats.lead_time);
        text.push_str(&look.paint(Tone::Quiet, "from making to closing, on average"));
        text.extend([format!("  {took}\n")]);
    }
    if let Some(activity) = stats.activity {
        text.push_str(&activity_text(activity, commits, look));
    }
    text
}

fn activity_text(activity: Activity, commits: Option<u64>, look: &Look) -> String {
    let mut parts = vec![
        format!("{} made", activity.created),
        format!("{} closed", activity.closed),
        format!("{} changed", activity.updated),
        format!("{} opened again", activity.reopened),
    ];
    if let Some(commits) = commits {
        parts.push(format!("{commits} commits"));
    }
    let head = look.paint(Tone::Strong, "last 24 hours");
    format!("{head}  {}\n", parts.join(", "))
}
