//! The short story of a sling, and of a nuke.

use serde_json::Value;

use super::{Look, Tone};
use crate::domain::{Outcome, Slung};
use crate::support::text::clean;

/// Bead, polecat, command line, branch, convoy, and the line to look at it (DOCUMENT 27).
pub(crate) fn slung_text(slung: &Slung, look: &Look) -> String {
    let head = if slung.already {
        format!(
            "{} is on the hook of {} already",
            slung.bead,
            slung.agent.short()
        )
    } else {
        format!("{} goes to {}", slung.bead, slung.agent.short())
    };
    let mut lines = vec![format!(
        "{} {}",
        look.paint(Tone::Good, "✓"),
        look.paint(Tone::Strong, &head)
    )];
    let mut fact = |name: &str, value: &str| {
        lines.push(format!(
            "  {} {}",
            look.paint(Tone::Quiet, &format!("{name:<8}")),
            clean(value)
        ));
    };
    fact("bead", &format!("{} {}", slung.bead, slung.title));
    fact("agent", &format!("{}: {}", slung.alias, slung.command_line));
    fact("branch", &slung.branch);
    let convoy = if slung.new_convoy {
        format!("{} (new)", slung.convoy)
    } else {
        slung.convoy.to_string()
    };
    fact("convoy", &convoy);
    if let Some(note) = &slung.note {
        fact("note", note);
    }
    fact("look", &format!("gt peek {}", slung.agent.short()));
    lines.push(String::new());
    lines.join("\n")
}

/// A sling as an object.
pub(crate) fn slung_json(slung: &Slung) -> Value {
    serde_json::to_value(slung).unwrap_or_default()
}

/// Where everything of a nuked polecat lies, and the line that brings it back (DOCUMENT 46).
/// `None` for another outcome.
pub(crate) fn nuked_text(outcome: &Outcome, look: &Look) -> Option<String> {
    let Outcome::Nuked {
        agent,
        bead,
        rescue,
        trash,
        restore,
    } = outcome
    else {
        return None;
    };
    let mut lines = vec![format!(
        "{} {}",
        look.paint(Tone::Good, "✓"),
        look.paint(Tone::Strong, &format!("{} is being buried", agent.short()))
    )];
    if let Some(bead) = bead {
        lines.push(format!("  bead     {bead} is open again"));
    }
    lines.push(format!("  commits  {}", clean(rescue)));
    lines.push(format!(
        "  folder   {}",
        clean(&trash.display().to_string())
    ));
    lines.push(format!("  restore  {}", clean(restore)));
    lines.push(String::new());
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{NOW, address};
    use super::*;
    use crate::domain::{AgentAlias, AgentName, BeadId, ConvoyId};

    #[test]
    fn a_sling_tells_bead_agent_branch_convoy_and_where_to_look() {
        let slung = Slung {
            bead: BeadId::parse("tb-4kq").unwrap(),
            title: "Fix the parser".to_owned(),
            agent: address("tradingbot/Toast"),
            name: AgentName::parse("Toast").unwrap(),
            alias: AgentAlias::parse("gemini-worker").unwrap(),
            command_line: "gemini --approval-mode yolo".to_owned(),
            branch: "polecat/Toast/tb-4kq.1".to_owned(),
            convoy: ConvoyId::parse("hq-cv-abc").unwrap(),
            new_convoy: true,
            already: false,
            note: None,
        };
        insta::assert_snapshot!(slung_text(&slung, &Look::plain(NOW)), @r"
        ✓ tb-4kq goes to tradingbot/Toast
          bead     tb-4kq Fix the parser
          agent    gemini-worker: gemini --approval-mode yolo
          branch   polecat/Toast/tb-4kq.1
          convoy   hq-cv-abc (new)
          look     gt peek tradingbot/Toast
        ");
    }

    #[test]
    fn a_nuke_tells_where_everything_lies() {
        let nuked = Outcome::Nuked {
            agent: address("tradingbot/Toast"),
            bead: BeadId::parse("tb-4kq").ok(),
            rescue: "refs/gt/rescue/tradingbot/Toast/7".to_owned(),
            trash: "/gt/.gt/trash/tradingbot.Toast.7".into(),
            restore: "git -C /gt/tradingbot/.repo.git branch toast refs/gt/rescue/tradingbot/Toast/7/head".to_owned(),
        };
        insta::assert_snapshot!(nuked_text(&nuked, &Look::plain(NOW)).unwrap(), @r"
        ✓ tradingbot/Toast is being buried
          bead     tb-4kq is open again
          commits  refs/gt/rescue/tradingbot/Toast/7
          folder   /gt/.gt/trash/tradingbot.Toast.7
          restore  git -C /gt/tradingbot/.repo.git branch toast refs/gt/rescue/tradingbot/Toast/7/head
        ");
        assert!(
            nuked_text(
                &Outcome::Done {
                    message: String::new()
                },
                &Look::plain(NOW)
            )
            .is_none()
        );
    }
}
