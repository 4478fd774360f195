//! `gt prime`. That nobody could be asked must never look like "there is no work".

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, is_unreachable, mismatch};
use crate::cli::{output, show};
use crate::domain::{Answer, Refusal};
use crate::verbs::PrimeArgs;

/// Tells an agent who it is and what to do.
pub(crate) fn run(args: &PrimeArgs, caller: &Caller) -> Ended {
    let answer = caller.query(args.query()).map_err(loud)?;
    let Answer::Work(work) = answer else {
        return Err(loud(mismatch(caller.how)).into());
    };
    if args.json {
        return output::json(&show::hook_json(&work));
    }
    output::text(&show::prime_text(&work))
}

/// An agent that is not told its work must not conclude that it has none.
fn loud(mut refusal: Refusal) -> Refusal {
    if is_unreachable(&refusal) {
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
    use crate::domain::Kind;

    #[test]
    fn not_being_able_to_ask_is_never_quiet() {
        let refusal = loud(Refusal::new(Kind::Unreachable, "no engine"));
        assert_eq!(refusal.kind.exit_code(), 5);
        assert!(refusal.message.contains("Do not run `gt done`"));
        let other = loud(Refusal::not_found("no town here"));
        assert_eq!(other.message, "no town here");
    }
}
