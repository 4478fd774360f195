//! Verbs that change the operator's own things without the engine: settings, towns, shell files. The
//! engine guards its own commands; these are guarded here, for agents that keep to their terminal.

use super::caller::Caller;
use super::edge;
use crate::client::TownClient;
use crate::domain::{Address, Answer, Query, Refusal};
use crate::verbs::Verb;

/// Refuses an agent what is the operator's.
pub(super) fn check(verb: &Verb, caller: &Caller) -> Result<(), Refusal> {
    let guarded = match verb {
        Verb::AgentSet(_)
        | Verb::Replay(_)
        | Verb::AgentRemove(_)
        | Verb::Install(_)
        | Verb::ShellRemove
        | Verb::Demo(_) => true,
        Verb::DefaultAgent(args) => args.name.is_some(),
        _ => false,
    };
    if guarded && is_agent(caller)? {
        return Err(Refusal::refused(format!(
            "`{}` is for the operator, and an agent asks",
            caller.how
        ))
        .hint("work on your hook: `gt hook`, then `gt done`"));
    }
    Ok(())
}

/// Whether an agent asks: by its token, else by what the engine of the town knows of this process.
fn is_agent(caller: &Caller) -> Result<bool, Refusal> {
    if edge::is_agent() {
        return Ok(true);
    }
    let Ok(paths) = caller.paths() else {
        return Ok(false);
    };
    let Some(mut town) = TownClient::running(&paths)? else {
        return Ok(false);
    };
    Ok(match town.query(Query::Work { agent: None })? {
        Answer::Work(work) => work.address != Address::Human,
        _ => false,
    })
}
