//! Where the two programs begin: reads the words, carries the verb out, gives the exit code.
//! A panic anywhere below ends as one line and a note in a file, never as a trace on the screen.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use super::caller::Caller;
use super::report::{Ended, Stop, Voice, report};
use super::{demo, dispatch, edge, output};
use crate::domain::Refusal;
use crate::pty;
use crate::support::files::{Access, private_dir, write_atomic};
use crate::verbs::{Program, Reading, parse_words_as};

/// Runs `gt`; under the name `bd` it is `bd`.
pub fn gt() -> ExitCode {
    run(Program::Gt)
}

/// Runs `bd`.
pub fn bd() -> ExitCode {
    run(Program::Bd)
}

fn run(program: Program) -> ExitCode {
    let (name, words) = match edge::arguments() {
        Ok(found) => found,
        Err(refusal) => return report(Err(Stop::Refused(refusal)), Voice::People),
    };
    let program = if name == "bd" { Program::Bd } else { program };
    match (program, words.split_first()) {
        (Program::Gt, Some((first, rest))) if first == pty::WORD => {
            let (why, code) = pty::become_program(rest);
            output::note(&why);
            return ExitCode::from(code);
        }
        (Program::Gt, Some((first, rest))) if first == "scripted-agent" => {
            return demo::agent::main(rest);
        }
        (Program::Gt | Program::Bd, _) => {}
    }
    let habits = Habits::of(program);
    let voice = habits.voice(program, &words);
    if habits.envelope {
        output::use_envelopes();
    }
    keep_falls_off_the_screen();
    match catch_unwind(AssertUnwindSafe(|| carry_out(program, &words, &habits))) {
        Ok(ended) => report(ended, voice),
        Err(_) => report(Err(Stop::Refused(fell())), voice),
    }
}

/// What the environment says about every line of `bd`; `gt` has no such habits.
struct Habits {
    /// `BD_JSON`: answers are JSON wherever a verb has them.
    json: bool,
    /// `BD_JSON_ENVELOPE`: they come as `{"data": ..., "schema_version": 1}`.
    envelope: bool,
}

impl Habits {
    fn of(program: Program) -> Self {
        let says = |name| program == Program::Bd && edge::switch(name);
        Self {
            json: says("BD_JSON"),
            envelope: says("BD_JSON_ENVELOPE"),
        }
    }

    fn voice(&self, program: Program, words: &[String]) -> Voice {
        let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
        match program {
            Program::Gt if has(&["--json"]) => Voice::Programs,
            Program::Bd if has(&["--json", "--json=true", "--format=json"]) => Voice::Scripts,
            Program::Bd if self.json && !has(&["--silent", "--json=false"]) => Voice::Scripts,
            Program::Gt | Program::Bd => Voice::People,
        }
    }
}

fn carry_out(program: Program, words: &[String], habits: &Habits) -> Ended {
    match parse_words_as(program, words, habits.json)? {
        Reading::Help(text) => output::text(&text),
        Reading::Run(parsed) => {
            let caller = Caller::of(parsed.how, parsed.town, parsed.globals);
            dispatch::carry_out(parsed.verb, &caller)
        }
    }
}

/// Where the story of a fall is kept: the town's logs, else the temporary folder.
fn fall_file() -> PathBuf {
    let name = format!("fall-{}.log", std::process::id());
    Caller::new("gt", None)
        .paths()
        .ok()
        .map(|paths| paths.logs())
        .filter(|logs| private_dir(logs).is_ok())
        .unwrap_or_else(edge::temporary_folder)
        .join(name)
}

fn keep_falls_off_the_screen() {
    std::panic::set_hook(Box::new(|fall| {
        tracing::error!("{fall}");
        let story = format!("{fall}\n\n{}\n", std::backtrace::Backtrace::force_capture());
        drop(write_atomic(
            &fall_file(),
            story.as_bytes(),
            Access::Private,
        ));
    }));
}

fn fell() -> Refusal {
    Refusal::failed("the program met a state that it does not know, and stopped")
        .hint(format!("the story is in {}", fall_file().display()))
}
