//! `gt ready`: what can be started, over all rigs.

use serde_json::{Value, json};

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::show::{Look, Tone};
use crate::cli::{output, show};
use crate::domain::{Answer, BeadView};
use crate::verbs::ReadyArgs;
use crate::verbs::story::count;

/// Shows beads that can be started, rig by rig.
pub(crate) fn run(args: &ReadyArgs, caller: &Caller) -> Ended {
    let Answer::Beads { beads, .. } = caller.query(args.query())? else {
        return Err(mismatch(caller.how).into());
    };
    let groups = by_rig(&beads);
    if args.json {
        return output::json(&json_of(&groups, beads.len()));
    }
    if beads.is_empty() {
        return output::line("no bead can be started (`bd create \"…\"` makes one)");
    }
    output::text(&text_of(&groups, &caller.look()))
}

/// Beads under the name of their rig; the town's own are under `town`.
fn by_rig(beads: &[BeadView]) -> Vec<(String, Vec<BeadView>)> {
    let mut groups: Vec<(String, Vec<BeadView>)> = Vec::new();
    for bead in beads {
        let name = bead
            .rig
            .as_ref()
            .map_or_else(|| "town".to_owned(), ToString::to_string);
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, group)) => group.push(bead.clone()),
            None => groups.push((name, vec![bead.clone()])),
        }
    }
    groups
}

fn text_of(groups: &[(String, Vec<BeadView>)], look: &Look) -> String {
    let mut parts = Vec::new();
    for (name, beads) in groups {
        let all = u64::try_from(beads.len()).unwrap_or(u64::MAX);
        let number = u32::try_from(beads.len()).unwrap_or(u32::MAX);
        parts.push(format!(
            "{} ({})\n{}",
            look.paint(Tone::Strong, name),
            count(number, "bead"),
            show::beads_text(beads, all, look)
        ));
    }
    parts.join("\n")
}

fn json_of(groups: &[(String, Vec<BeadView>)], total: usize) -> Value {
    let sources: Vec<Value> = groups
        .iter()
        .map(|(name, beads)| json!({"name": name, "issues": show::beads_json(beads)}))
        .collect();
    json!({"sources": sources, "summary": {"total": total}})
}
