//! `bd close` and `bd done`: arguments, and the commands they become.

use clap::Args;

use super::bead::bounded;
use super::edit::one;
use crate::domain::{BeadClose, BeadId, Command, Kind, Refusal};

/// Arguments of `bd close`.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct BeadCloseArgs {
    /// Which beads; without one, the bead that was touched last
    #[arg(value_name = "ID")]
    pub ids: Vec<BeadId>,
    /// Why; once for all, or once for each in their order
    #[arg(
        short,
        long,
        alias = "message",
        short_alias = 'm',
        alias = "comment",
        alias = "resolution",
        allow_hyphen_values = true
    )]
    pub reason: Vec<String>,
    /// Why, from a file; `-` for the input
    #[arg(long, value_name = "FILE", conflicts_with = "reason")]
    pub reason_file: Option<String>,
    /// How it goes on.
    #[command(flatten)]
    pub next: NextArgs,
}

/// What comes with a close and after it.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct NextArgs {
    /// Close it also when it is pinned, a template, an epic with open children, or held back
    #[arg(short, long)]
    pub force: bool,
    /// Go on to the next step of the same molecule
    #[arg(long = "continue", conflicts_with_all = ["suggest_next", "claim_next"])]
    pub go_on: bool,
    /// With `--continue`: name the next step, and do not take it
    #[arg(long, requires = "go_on")]
    pub no_auto: bool,
    /// Tell which beads can be started now
    #[arg(long, conflicts_with = "claim_next")]
    pub suggest_next: bool,
    /// Take the first bead that can be started
    #[arg(long)]
    pub claim_next: bool,
    /// The session that closes it
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
    /// Print an array of beads as JSON
    #[arg(long)]
    pub json: bool,
}

impl BeadCloseArgs {
    /// One command for all, when they share a reason; else one for each.
    pub fn commands(&self) -> Result<Vec<Command>, Refusal> {
        if self.reason_file.is_some() {
            return Err(Refusal::new(
                Kind::Usage,
                "a reason from a file can be given in a shell only",
            ));
        }
        let close = |ids: Vec<BeadId>, reason: &str| -> Result<Command, Refusal> {
            Ok(Command::BeadClose(BeadClose {
                ids,
                reason: bounded("reason", reason)?,
                force: self.next.force,
                session: self.next.session.clone(),
            }))
        };
        match self.reason.as_slice() {
            [] => Ok(vec![close(self.ids.clone(), "Closed")?]),
            [reason] => Ok(vec![close(self.ids.clone(), reason)?]),
            several if several.len() == self.ids.len() => self
                .ids
                .iter()
                .zip(several)
                .map(|(id, reason)| close(vec![id.clone()], reason))
                .collect(),
            several => Err(Refusal::invalid(
                "reason",
                &format!("{} times", several.len()),
                &format!("one for all, or one for each of {} beads", self.ids.len()),
            )),
        }
    }

    /// The one command that it is, if it is one.
    pub(super) fn only(&self) -> Result<Option<Command>, Refusal> {
        if self.ids.is_empty() {
            return Ok(None);
        }
        let commands = self.commands()?;
        Ok(one(commands).filter(|_| !self.goes_on()))
    }

    /// Each bead by itself, for when they cannot be closed together.
    pub fn apart(command: &Command) -> Vec<Command> {
        let Command::BeadClose(close) = command else {
            return Vec::new();
        };
        let of = |id: &BeadId| {
            Command::BeadClose(BeadClose {
                ids: vec![id.clone()],
                ..close.clone()
            })
        };
        close.ids.iter().map(of).collect()
    }

    /// Whether it does more than to close.
    pub const fn goes_on(&self) -> bool {
        self.next.go_on || self.next.suggest_next || self.next.claim_next
    }
}

/// Arguments of `bd done`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct BeadDoneArgs {
    /// Which beads, and after them why
    #[arg(required = true, value_name = "ID [REASON]")]
    pub words: Vec<String>,
    /// Why, by name
    #[arg(
        short,
        long,
        short_alias = 'm',
        alias = "message",
        allow_hyphen_values = true
    )]
    pub reason: Option<String>,
    /// How it goes on.
    #[command(flatten)]
    pub next: NextArgs,
}

impl BeadDoneArgs {
    /// The same as `bd close` says it.
    pub fn close(&self) -> Result<BeadCloseArgs, Refusal> {
        // The first is an id, or a part of one; a further id is known by its dash.
        let is_id = |(place, word): &(usize, &String)| {
            (*place == 0 || word.contains('-')) && BeadId::parse(word).is_ok()
        };
        let count = self.words.iter().enumerate().take_while(is_id).count();
        let (ids, words) = self.words.split_at_checked(count).unwrap_or_default();
        if ids.is_empty() {
            let first = self.words.first().map_or("", String::as_str);
            return Err(Refusal::invalid("id", first, "an id such as `tb-4kq`"));
        }
        let said = (!words.is_empty()).then(|| words.join(" "));
        let reason = match (&self.reason, said) {
            (Some(_), Some(_)) => {
                return Err(Refusal::new(Kind::Usage, "the reason is given twice")
                    .hint("bd close ID --reason \"...\""));
            }
            (Some(reason), None) => vec![reason.clone()],
            (None, said) => said.into_iter().collect(),
        };
        Ok(BeadCloseArgs {
            ids: ids
                .iter()
                .map(|id| BeadId::parse(id))
                .collect::<Result<_, _>>()?,
            reason,
            reason_file: None,
            next: self.next.clone(),
        })
    }
}
