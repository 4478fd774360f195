//! `gt prime`. That nobody could be asked must never look like "there is no work".

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{edge, output, show};
use crate::domain::{Answer, Kind, Refusal};
use crate::verbs::PrimeArgs;

/// Tells an agent who it is and what to do.
pub(crate) fn run(args: &PrimeArgs, caller: &Caller) -> Ended {
    let asker = if edge::is_agent() {
        Asker::Agent
    } else {
        Asker::Person
    };
    let answer = caller
        .query(args.query())
        .map_err(|refusal| loud(refusal, asker))?;
    let Answer::Work(work) = answer else {
        return Err(loud(mismatch(caller.how), asker).into());
    };
    if args.json {
        return output::json(&show::hook_json(&work));
    }
    output::text(&show::prime_text(&work))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Agent,
    Person,
}

/// An agent that is not told its work must not conclude that it has none.
fn loud(mut refusal: Refusal, asker: Asker) -> Refusal {
    let unknown = match refusal.kind {
        Kind::Unreachable | Kind::TimedOut | Kind::Failed => true,
        // An agent lives in a town; that none was found is a fault, not an answer.
        Kind::NotFound => asker == Asker::Agent,
        Kind::Usage | Kind::Refused | Kind::Conflict => false,
    };
    if unknown {
        refusal.kind = Kind::Unreachable;
        refusal.message = format!(
            "YOUR WORK IS NOT KNOWN, because nobody could be asked: {}. Do not run `gt done`, do not end",
            refusal.message
        );
        refusal
            .hints
            .insert(0, "wait a little, then `gt prime` again".to_owned());
    }
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_being_able_to_ask_is_never_quiet() {
        for kind in [Kind::Unreachable, Kind::TimedOut, Kind::Failed] {
            let refusal = loud(Refusal::new(kind, "no engine"), Asker::Person);
            assert_eq!(refusal.kind.exit_code(), 5);
            assert!(refusal.message.contains("Do not run `gt done`"));
        }
        let missing = || Refusal::not_found("no town here");
        assert_eq!(loud(missing(), Asker::Person), missing());
        assert_eq!(loud(missing(), Asker::Agent).kind, Kind::Unreachable);
    }
}
