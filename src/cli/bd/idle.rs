//! Commands of older programs that scripts and prompts still type. They succeed, do nothing, and say
//! so once on the error stream: an agent that reads the output of another command must not meet it.

use serde_json::json;

use crate::cli::caller::Caller;
use crate::cli::output;
use crate::cli::report::Ended;
use crate::verbs::plain::IdleArgs;

/// Says why there is nothing to do.
pub(crate) fn run(args: &IdleArgs, caller: &Caller) -> Ended {
    let why = why(caller.how);
    output::note(&format!("note: `{}` does nothing here: {why}", caller.how));
    if args.json() {
        return output::json(&json!({
            "message": why,
            "schema_version": 1,
            "status": "ok",
        }));
    }
    Ok(())
}

fn why(how: &str) -> &'static str {
    match how {
        "bd sync" => {
            "every change is in the ledger at once; `bd export -o .beads/issues.jsonl` writes the file that is committed"
        }
        "bd daemon" | "bd daemons" => "there is no daemon to look after",
        "bd dolt" => "the ledger is one file of its own, without a server",
        "bd migrate" => "the ledger is brought up to date when it is opened",
        "bd hooks" => "nothing is to be installed in git",
        "bd compact" | "bd gc" | "bd flatten" => "the ledger keeps its own size",
        _ => "there is nothing to set up",
    }
}
