//! Rescued work: a list, one with its parts, and JSON.

use serde_json::{Value, json};

use super::{Cell, Look, Table, Tone};
use crate::domain::{GraveView, Relic};
use crate::support::text::{age, clean, fit, identity, timestamp};

/// What lies in one grave.
#[derive(Clone, Debug)]
pub(crate) struct Grave {
    /// What the ledger knows.
    pub(crate) view: GraveView,
    /// What the mirror holds, fullest first.
    pub(crate) relics: Vec<Relic>,
}

impl Grave {
    /// When it came: at the burial, else with its newest snapshot.
    fn came(&self) -> Option<i64> {
        let newest = self.relics.iter().map(|relic| relic.at).max();
        self.view.ended_at.or(newest)
    }
}

/// Graves as lines, newest first; `more` were left out.
pub(crate) fn graves_text(graves: &[Grave], more: usize, look: &Look) -> String {
    let mut table =
        Table::with_heading(&["ID", "AGENT", "BEAD", "CAME", "COMMITS", "FILES", "TRASH"]);
    for grave in graves {
        let (commits, files) = match grave.relics.first() {
            Some(relic) => (relic.commits.to_string(), relic.files.to_string()),
            None => ("-".to_owned(), "-".to_owned()),
        };
        table.row([
            Cell::new(Tone::Name, grave.view.id.as_str()),
            Cell::plain(grave.view.agent.short()),
            Cell::plain(grave.view.bead.as_str()),
            Cell::new(
                Tone::Quiet,
                grave.came().map_or("-".to_owned(), |at| look.ago(at)),
            ),
            Cell::plain(commits),
            Cell::plain(files),
            Cell::plain(trash(&grave.view, look)),
        ]);
    }
    let mut text = table.text(look, "");
    if more > 0 {
        text.push_str(&more_words(more));
    }
    text
}

/// What is in the trash, in a few words.
fn trash(view: &GraveView, look: &Look) -> String {
    match (view.buried, &view.trash, view.empties_at) {
        (false, _, _) => "at work, snapshots".to_owned(),
        (true, None, _) => "emptied".to_owned(),
        (true, Some(_), None) => "kept".to_owned(),
        (true, Some(_), Some(at)) if at <= look.now => "emptied soon".to_owned(),
        (true, Some(_), Some(at)) => format!("emptied in {}", age(at - look.now)),
    }
}

/// One grave with its parts, and the lines that bring it back.
pub(crate) fn grave_text(grave: &Grave, look: &Look) -> String {
    let view = &grave.view;
    let mut lines = vec![format!(
        "{}  {} on {}, branch {}",
        look.paint(Tone::Name, view.id.as_str()),
        view.agent.short(),
        view.bead,
        identity(&view.branch)
    )];
    if let Some(at) = grave.came() {
        lines.push(format!(
            "  came     {} ago ({})",
            look.ago(at),
            timestamp(at)
        ));
    }
    lines.push(match &view.trash {
        Some(path) => format!("  trash    {} ({})", clean(path), trash(view, look)),
        None => format!("  trash    {}", trash(view, look)),
    });
    lines.push(format!("  refs     {}", clean(&view.refs)));
    lines.push(String::new());
    let mut table = Table::with_heading(&["PART", "COMMIT", "COMMITS", "FILES", "SUBJECT"]);
    for relic in &grave.relics {
        table.row([
            Cell::new(Tone::Name, identity(&relic.part)),
            Cell::plain(relic.commit.short()),
            Cell::plain(relic.commits.to_string()),
            Cell::plain(relic.files.to_string()),
            Cell::plain(fit(&clean(&relic.subject), 60)),
        ]);
    }
    let mut text = lines.join("\n");
    text.push('\n');
    if grave.relics.is_empty() {
        text.push_str("  nothing was committed, and no file differed\n");
        return text;
    }
    text.push_str(&table.text(look, "  "));
    text.push_str(&ways_back(view.id.as_str()));
    text
}

/// Graves as an array.
pub(crate) fn graves_json(graves: &[Grave]) -> Value {
    graves.iter().map(grave_json).collect()
}

/// One grave as an object.
pub(crate) fn grave_json(grave: &Grave) -> Value {
    let view = &grave.view;
    let parts: Vec<Value> = grave
        .relics
        .iter()
        .map(|relic| {
            json!({
                "part": relic.part,
                "ref": format!("{}/{}", view.refs, relic.part),
                "commit": relic.commit,
                "commits": relic.commits,
                "files": relic.files,
                "subject": relic.subject,
                "at": timestamp(relic.at),
            })
        })
        .collect();
    json!({
        "id": view.id,
        "agent": view.agent,
        "rig": view.rig,
        "bead": view.bead,
        "branch": view.branch,
        "buried": view.buried,
        "came_at": grave.came().map(timestamp),
        "trash": view.trash,
        "trash_emptied_at": view.empties_at.map(timestamp),
        "parts": parts,
    })
}

fn more_words(more: usize) -> String {
    format!("{more} more (`gt rescue list --limit 0`)\n")
}

/// The lines that bring it back.
fn ways_back(id: &str) -> String {
    format!(
        "\n  gt rescue restore {id}              as branch rescue/{id}\n  gt rescue restore {id} --to FOLDER  its files, in a new folder\n"
    )
}
