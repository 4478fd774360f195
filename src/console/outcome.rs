//! What came of a command, for people: one line, or a text where there is more to keep.

use crate::domain::{BeadId, BeadView, Outcome, Reopened, Slung};

/// How an outcome is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// In passing.
    Line(String),
    /// To be read.
    Text(String),
}

/// An outcome in words.
pub(crate) fn tell(outcome: &Outcome) -> Told {
    match outcome {
        Outcome::Done { message } | Outcome::Submitted { message, .. } => {
            Told::Line(message.clone())
        }
        Outcome::Bead { bead, hint } => {
            let hint = hint.iter().map(|hint| format!("; {hint}"));
            Told::Line(format!("{}{}", bead_line(bead), hint.collect::<String>()))
        }
        Outcome::Batch { outcomes } => Told::Line(format!("{} changes made", outcomes.len())),
        Outcome::Deleted(gone) => {
            let ids: Vec<&str> = gone.ids.iter().map(BeadId::as_str).collect();
            Told::Line(format!("deleted: {}", ids.join(", ")))
        }
        Outcome::Comment { comment } => Told::Line(format!("commented on {}", comment.bead)),
        Outcome::Beads { beads } | Outcome::Reopened(Reopened { beads, .. }) => {
            let lines: Vec<String> = beads.iter().map(bead_line).collect();
            match lines.as_slice() {
                [line] => Told::Line(line.clone()),
                _ => Told::Text(lines.join("\n")),
            }
        }
        Outcome::Imported(imported) => Told::Line(format!(
            "{} lines of the file are read",
            imported.lines.len()
        )),
        Outcome::Convoy { convoy } => Told::Line(format!(
            "convoy {} tracks {} beads: {}",
            convoy.id,
            convoy.beads.len(),
            convoy.title
        )),
        Outcome::Rig { rig } => Told::Line(format!(
            "rig {} (beads {}-…): {}",
            rig.name,
            rig.prefix,
            rig.phase.word()
        )),
        Outcome::Slung(slung) => Told::Text(sling_story(slung)),
        Outcome::Nudged { nudge, .. } => {
            Told::Line(format!("nudge to {}: {}", nudge.to.short(), nudge.phase))
        }
        Outcome::Nuked {
            agent,
            bead,
            rescue,
            trash,
            restore,
        } => {
            let bead = bead
                .as_ref()
                .map_or(String::new(), |bead| format!("{bead} is open again\n"));
            Told::Text(format!(
                "{} is being buried\n{bead}commits  {rescue}\nfolder   {}\nback     {restore}",
                agent.short(),
                trash.display()
            ))
        }
    }
}

fn bead_line(bead: &BeadView) -> String {
    format!("{} {}: {}", bead.id, bead.status, bead.title)
}

fn sling_story(slung: &Slung) -> String {
    let mut lines = vec![
        format!("{} is on the hook of {}", slung.bead, slung.agent.short()),
        format!("         {}", slung.title),
        format!("agent    {}: {}", slung.alias, slung.command_line),
        format!("branch   {}", slung.branch),
        format!(
            "convoy   {}{}",
            slung.convoy,
            if slung.new_convoy { " (new)" } else { "" }
        ),
    ];
    if slung.already {
        lines.push("it was slung before; nothing was done".to_owned());
    }
    if let Some(note) = &slung.note {
        lines.push(format!("note     {note}"));
    }
    lines.join("\n")
}
