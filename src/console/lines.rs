//! Typed `gt` and `bd` lines: what a line asks of the console.
//!
//! Reading is `verbs`' own work; here it is only sorted into what the console sends itself,
//! what it shows, and what it lets the program run. Destroying lines are found by the table.

use crate::domain::{AgentView, Command, Event, Refusal, Risk, spec_of};
use crate::verbs::{Action, Context, Group, VERBS, Verb, parse_line, story as sentences};

/// What a typed line comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Line {
    /// Change the town; the words are for the cause.
    Command(Box<Command>, String),
    /// Run the program with these words and show what it writes.
    Program(Vec<String>),
    /// Open agents' terminals.
    Attach(Vec<String>),
    /// Show a text.
    Text(String),
}

/// Reads a line.
pub(crate) fn read(line: &str, cx: &Context) -> Result<Line, Refusal> {
    match parse_line(line, cx)? {
        Action::Run { command, how } => Ok(Line::Command(Box::new(command), how.to_owned())),
        Action::Attach(args) => Ok(Line::Attach(args.agents)),
        Action::Text(text) => Ok(Line::Text(text)),
        Action::Local(verb) if only_in_a_shell(&verb) => {
            Err(Refusal::refused(format!("`{line}` does not work in here"))
                .hint("type it in a shell"))
        }
        // What a query answers, and what works on files, the program itself puts into words.
        Action::Ask { .. } | Action::Local(_) => Ok(Line::Program(words(line))),
    }
}

/// Whether a verb takes over a terminal or is a process of the program itself.
fn only_in_a_shell(verb: &Verb) -> bool {
    matches!(
        verb,
        Verb::Console { .. }
            | Verb::Demo(_)
            | Verb::Reset
            | Verb::EngineRun
            | Verb::HostRun
            | Verb::GitWorker
    )
}

/// The words of a line that was understood, its program first.
fn words(line: &str) -> Vec<String> {
    let mut words = shlex::split(line).unwrap_or_default();
    if let Some(end) = words.iter().position(|word| word == "#") {
        words.truncate(end);
    }
    let named = words
        .first()
        .is_some_and(|first| first == "gt" || first == "bd");
    if !named {
        words.insert(0, "gt".to_owned());
    }
    words
}

/// Whether a command ends something, so that it is asked for once more.
pub(crate) fn destroys(command: &Command) -> bool {
    spec_of(command.kind()).is_some_and(|spec| spec.risk == Risk::Destroys)
}

/// What a destroying command ends, line by line.
pub(crate) fn loses(command: &Command, agents: &[AgentView]) -> Vec<String> {
    let mut lines = Vec::new();
    if let Command::PolecatNuke(nuke) = command {
        let wanted = nuke.agent.to_lowercase();
        let agent = agents.iter().find(|agent| {
            let short = agent.address.short().to_lowercase();
            short == wanted || short.rsplit('/').next() == Some(wanted.as_str())
        });
        if let Some(agent) = agent {
            let work = match (&agent.bead, &agent.title) {
                (Some(bead), Some(title)) => format!(" on {bead} {title}"),
                (Some(bead), None) => format!(" on {bead}"),
                (None, _) => String::new(),
            };
            lines.push(format!(
                "{} is {}{work}",
                agent.address.short(),
                agent.state.word().replace('-', " ")
            ));
        }
        lines.push("its session ends now and its conversation with it".to_owned());
        lines.push(
            "commits go to a rescue ref, its folder to the trash, its bead is open again"
                .to_owned(),
        );
    } else if let Some(spec) = spec_of(command.kind()) {
        lines.push(spec.about.to_owned());
    }
    lines
}

/// Every command that can be typed, with what it does.
pub(crate) fn commands() -> impl Iterator<Item = (&'static str, &'static str)> {
    VERBS
        .iter()
        .filter(|spec| spec.group != Group::Hidden)
        .map(|spec| (spec.path, spec.about()))
}

/// What happened, in a sentence that goes on after the actor's name.
pub(crate) fn story(event: &Event) -> String {
    sentences::describe(event)
}

/// Who did it.
pub(crate) fn actor(event: &Event) -> String {
    sentences::actor(event)
}
