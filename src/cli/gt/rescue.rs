//! `gt rescue`: what lies under rescue refs and in the trash, and bringing it back.

use crate::cli::caller::Caller;
use crate::cli::output;
use crate::cli::report::{Ended, Stop, mismatch};
use crate::cli::show::{self, Grave};
use crate::domain::{Answer, GraveView, Outcome, Query, Refusal};
use crate::git::{GitContext, Graves};
use crate::support::text::clean;
use crate::verbs::{RescueListArgs, RescueRestoreArgs, RescueShowArgs, RescueVerb, meant};

/// Carries a verb of the family out.
pub(crate) fn run(verb: &RescueVerb, caller: &Caller) -> Ended {
    match verb {
        RescueVerb::List(args) => list(args, caller),
        RescueVerb::Show(args) => show(args, caller),
        RescueVerb::Restore(args) => restore(args, caller),
    }
}

/// Shows whose work lies there, newest first.
fn list(args: &RescueListArgs, caller: &Caller) -> Ended {
    let all = graves(caller)?;
    let wanted: Vec<&GraveView> = match &args.of {
        Some(typed) => some(&all, typed)?,
        None => all.iter().collect(),
    };
    let limit = if args.limit == 0 {
        usize::MAX
    } else {
        args.limit
    };
    let (mut shown, mut more) = (Vec::new(), 0);
    for view in wanted {
        if shown.len() >= limit {
            more += 1;
            continue;
        }
        let grave = dig(view, caller)?;
        // Who is at work and has no snapshot yet has nothing here.
        if view.buried || !grave.relics.is_empty() {
            shown.push(grave);
        }
    }
    if args.json {
        return output::json(&show::graves_json(&shown));
    }
    if shown.is_empty() {
        return output::line("nothing was rescued: no worktree has gone yet");
    }
    output::text(&show::graves_text(&shown, more, &caller.look()))
}

/// Shows the parts of one.
fn show(args: &RescueShowArgs, caller: &Caller) -> Ended {
    let all = graves(caller)?;
    let grave = dig(one(&all, &args.id)?, caller)?;
    if args.json {
        return output::json(&show::grave_json(&grave));
    }
    output::text(&show::grave_text(&grave, &caller.look()))
}

/// Brings one back.
fn restore(args: &RescueRestoreArgs, caller: &Caller) -> Ended {
    let all = graves(caller)?;
    let id = one(&all, &args.id)?.id.clone();
    let command = args.command(id, caller.folder())?;
    let Outcome::Done { message } = caller.command_with_hands(command)? else {
        return Err(mismatch(caller.how).into());
    };
    output::line(&clean(&message))
}

fn graves(caller: &Caller) -> Result<Vec<GraveView>, Stop> {
    let Answer::Graves { graves } = caller.query(Query::Graves)? else {
        return Err(mismatch(caller.how).into());
    };
    Ok(graves)
}

fn some<'a>(all: &'a [GraveView], typed: &str) -> Result<Vec<&'a GraveView>, Refusal> {
    let found = meant(all, typed);
    if found.is_empty() {
        let shown = clean(typed);
        return Err(Refusal::not_found(format!(
            "nothing was rescued of a rig, agent or bead `{shown}`"
        ))
        .hint("gt rescue list"));
    }
    Ok(found)
}

/// The newest that is meant.
fn one<'a>(all: &'a [GraveView], typed: &str) -> Result<&'a GraveView, Refusal> {
    let found = some(all, typed)?;
    let buried = found.iter().find(|grave| grave.buried);
    match buried.or_else(|| found.first()) {
        Some(grave) => Ok(grave),
        None => Err(Refusal::not_found("nothing was rescued").hint("gt rescue list")),
    }
}

/// Looks into the mirror for what is there.
fn dig(view: &GraveView, caller: &Caller) -> Result<Grave, Stop> {
    let paths = caller.paths()?;
    let cx = GitContext::new(paths.git_config());
    let relics = Graves::open(&paths.mirror(view.rig.as_str()), &view.target, &cx)
        .and_then(|graves| graves.relics(&view.refs))
        .map_err(|error| Refusal::failed(error.to_string()).hint("gt status"))?;
    Ok(Grave {
        view: view.clone(),
        relics,
    })
}
