//! The first words that an agent is given.
//!
//! One line, so that it can be typed as well as passed as an argument. Only ids stand in it:
//! titles and texts of beads are somebody else's words, and are read through `gt prime`
//! as data, never as instruction (contract S5).

use crate::domain::{Address, BeadId, Role};

/// What the first words need to know.
#[derive(Clone, Debug)]
pub struct StartWords<'a> {
    /// Who the agent is.
    pub address: &'a Address,
    /// What it has on its hook.
    pub bead: Option<&'a BeadId>,
    /// Which attempt at the bead this is, from 1.
    pub attempt: u32,
    /// Whether an earlier run of this assignment ended before its work was done.
    pub restarted: bool,
}

/// The first words.
pub fn start_prompt(words: &StartWords<'_>) -> String {
    let role = Role::of(words.address);
    let mut text = format!(
        "You are `{}`, {} of this town.",
        words.address,
        article(role)
    );
    text.push_str(" Run `gt prime` now: it prints who you are, your rules and your work.");
    match words.bead {
        Some(bead) => {
            text.push_str(" On your hook is `");
            text.push_str(bead.as_str());
            text.push_str("`.");
            if words.restarted {
                text.push_str(" Your session ended before it was done: look at `git status` and go on from there.");
            }
            if words.attempt > 1 {
                text.push_str(" An earlier attempt was sent back, and `gt prime` says why.");
            }
            text.push_str(" Begin at once, without asking for leave; commit your work, and finish with `gt done`.");
        }
        None => text.push_str(" Nothing is on your hook: after that, wait for the operator."),
    }
    text
}

const fn article(role: Role) -> &'static str {
    match role {
        Role::Human => "the operator",
        Role::Mayor => "the mayor",
        Role::Deacon => "the deacon",
        Role::Boot => "the deacon's watchdog",
        Role::Witness => "a witness",
        Role::Refinery => "a refinery",
        Role::Crew => "a crew member",
        Role::Polecat => "a polecat",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_name_ids_and_the_next_command() {
        let address = Address::parse("tradingbot/Toast").expect("address");
        let bead = BeadId::parse("tb-4kq").expect("bead");
        let first = StartWords {
            address: &address,
            bead: Some(&bead),
            attempt: 1,
            restarted: false,
        };
        let text = start_prompt(&first);
        for part in [
            "tradingbot/polecats/Toast",
            "`gt prime`",
            "tb-4kq",
            "`gt done`",
            "Begin at once",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains('\n') && text.len() < 400, "{text}");
        assert!(!text.contains("sent back"), "{text}");
        let again = start_prompt(&StartWords {
            attempt: 2,
            restarted: true,
            ..first
        });
        assert!(
            again.contains("sent back") && again.contains("git status"),
            "{again}"
        );
        let mayor = start_prompt(&StartWords {
            address: &Address::Mayor,
            bead: None,
            attempt: 1,
            restarted: false,
        });
        assert!(mayor.contains("wait for the operator"), "{mayor}");
    }
}
