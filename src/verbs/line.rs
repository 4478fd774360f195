//! From words to a verb: finds the row of the table, builds that one parser, and turns what it
//! objects to into a [`Refusal`]. A bare `#` ends a line (interactive zsh passes comments on).

use std::error::Error;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, FromArgMatches};

use super::table::{Group, VERBS, VerbSpec, begins_with, programs_help};
use super::{Action, Context, Globals, Verb};
use crate::domain::{Kind, Refusal};
use crate::support::text::{clean, fit};

/// Which of the two programs a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The town.
    Gt,
    /// Its beads.
    Bd,
}

impl Program {
    /// As typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gt => "gt",
            Self::Bd => "bd",
        }
    }
}

/// What every verb understands.
#[derive(Args, Clone, Debug, PartialEq)]
pub(super) struct CommonArgs {
    /// The town to talk to
    #[arg(long, value_name = "PATH")]
    town: Option<PathBuf>,
}

/// A line that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// What is wanted.
    pub verb: Verb,
    /// The words that name it, such as `gt rig add`.
    pub how: &'static str,
    /// The town that the line names.
    pub town: Option<PathBuf>,
    /// What a `bd` line says beside its verb.
    pub globals: Globals,
}

/// What words come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// Something to do.
    Run(Box<Parsed>),
    /// A help page to show.
    Help(String),
}

/// Reads one typed line, with or without the program's name in front.
pub fn parse_line(line: &str, cx: &Context) -> Result<Action, Refusal> {
    let words = shlex::split(line)
        .ok_or_else(|| Refusal::new(Kind::Usage, "a quote is not closed in this line"))?;
    let (program, words) = match words.split_first() {
        Some((first, rest)) if first == "gt" => (Program::Gt, rest),
        Some((first, rest)) if first == "bd" => (Program::Bd, rest),
        Some((first, _)) if only_bd_knows(first) => (Program::Bd, words.as_slice()),
        Some(_) | None => (Program::Gt, words.as_slice()),
    };
    match parse_words(program, words)? {
        Reading::Run(parsed) => parsed.verb.action(parsed.how, cx),
        Reading::Help(text) => Ok(Action::Text(text)),
    }
}

fn only_bd_knows(word: &str) -> bool {
    let knows = |program| {
        VERBS
            .iter()
            .any(|spec| spec.program == program && spec.words().next() == Some(word))
    };
    knows(Program::Bd) && !knows(Program::Gt)
}

/// Reads the arguments of a program (without its name).
pub fn parse_words(program: Program, words: &[String]) -> Result<Reading, Refusal> {
    parse_words_as(program, words, false)
}

/// As [`parse_words`]; `json` asks for JSON from every verb that has it, unless the line says otherwise.
pub fn parse_words_as(program: Program, words: &[String], json: bool) -> Result<Reading, Refusal> {
    let end = words
        .iter()
        .position(|word| word == "#")
        .unwrap_or(words.len());
    let words = words.get(..end).unwrap_or_default();
    let (globals, words) = match program {
        Program::Bd => Globals::take(words)?,
        Program::Gt => (Globals::default(), words.to_vec()),
    };
    let (mut front, rest) = front_options(&words)?;
    front.json = (front.json || json) && globals.json != Some(false);
    front.lenient = json;
    front.globals = globals;
    let (spec, arguments) = match find(program, rest, front.help)? {
        Found::Verb(spec, arguments) => (spec, arguments),
        Found::Help(text) => return Ok(Reading::Help(text)),
        Found::Nothing if front.version => return Ok(version(program, &front)),
        Found::Nothing if front.help || program == Program::Bd => {
            return Ok(Reading::Help(programs_help(program, &[])));
        }
        Found::Nothing => {
            let embedded = front.embedded;
            return Ok(run(Verb::Console { embedded }, "gt", &front));
        }
    };
    if front.embedded {
        return Err(Refusal::new(
            Kind::Usage,
            format!(
                "`--embedded` opens the control room and cannot stand with `{}`",
                spec.path
            ),
        )
        .hint("gt --embedded"));
    }
    read_verb(spec, arguments, front)
}

/// Reads a verb's own arguments.
fn read_verb(
    spec: &'static VerbSpec,
    arguments: &[String],
    front: Front,
) -> Result<Reading, Refusal> {
    let mut line = vec![spec.path.to_owned()];
    line.extend(front.help.then(|| "--help".to_owned()));
    line.extend_from_slice(arguments);
    let read = matches(spec, line, &front).and_then(|matches| {
        let common = CommonArgs::from_arg_matches(&matches)?;
        Ok((spec.read(&matches)?, common))
    });
    match read {
        Ok((verb, common)) => Ok(Reading::Run(Box::new(Parsed {
            verb,
            how: spec.path,
            town: common.town.or(front.town),
            globals: front.globals,
        }))),
        Err(error) if error.kind() == ErrorKind::DisplayHelp => {
            Ok(Reading::Help(error.render().to_string()))
        }
        Err(error) => Err(refusal(spec, &error)),
    }
}

/// Reads a line, with the `--json` that stands before the verb or is a habit of the place. A habit
/// gives way to what the line says, and to verbs that have no JSON.
fn matches(
    spec: &'static VerbSpec,
    line: Vec<String>,
    front: &Front,
) -> Result<clap::ArgMatches, clap::Error> {
    if !front.json || (front.lenient && line.iter().any(|word| word == "--json")) {
        return spec.parser().try_get_matches_from(line);
    }
    let mut with = line.clone();
    with.insert(1, "--json".to_owned());
    match spec.parser().try_get_matches_from(with) {
        Err(_) if front.lenient => spec.parser().try_get_matches_from(line),
        read => read,
    }
}

/// The line that asks for a program's version.
fn version(program: Program, front: &Front) -> Reading {
    match program {
        Program::Gt => run(Verb::Version, "gt version", front),
        Program::Bd => {
            let args = super::plain::LedgerVersionArgs { json: front.json };
            run(super::plain::version(args), "bd version", front)
        }
    }
}

fn run(verb: Verb, how: &'static str, front: &Front) -> Reading {
    Reading::Run(Box::new(Parsed {
        verb,
        how,
        town: front.town.clone(),
        globals: front.globals.clone(),
    }))
}

/// Options that may stand before the verb.
#[derive(Debug, Default)]
struct Front {
    town: Option<PathBuf>,
    json: bool,
    embedded: bool,
    help: bool,
    version: bool,
    /// Whether `json` is a habit of the place, not a word of the line.
    lenient: bool,
    globals: Globals,
}

fn front_options(words: &[String]) -> Result<(Front, &[String]), Refusal> {
    let mut front = Front::default();
    let mut rest = words;
    while let Some((word, after)) = rest.split_first() {
        match word.as_str() {
            "--json" => front.json = true,
            "--embedded" => front.embedded = true,
            "-h" | "--help" | "help" => front.help = true,
            "-V" | "--version" => front.version = true,
            "--town" => {
                let Some((path, after)) = after.split_first() else {
                    return Err(Refusal::new(Kind::Usage, "`--town` needs a path"));
                };
                front.town = Some(PathBuf::from(path));
                rest = after;
                continue;
            }
            other => match other.strip_prefix("--town=") {
                Some(path) => front.town = Some(PathBuf::from(path)),
                None => break,
            },
        }
        rest = after;
    }
    Ok((front, rest))
}

enum Found<'a> {
    Verb(&'static VerbSpec, &'a [String]),
    Help(String),
    Nothing,
}

/// The verb that the first words name.
fn find(program: Program, words: &[String], help: bool) -> Result<Found<'_>, Refusal> {
    let mut named: Vec<&str> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let word = if index == 0 {
            full_name(program, word)
        } else if program == Program::Bd && word == "rm" && named == ["dep"] {
            "remove"
        } else if program == Program::Bd
            && named == ["dep"]
            && words.iter().any(|word| word == "--blocks")
            && word != "add"
        {
            // `bd dep ID --blocks OTHER` has always meant an edge.
            let add = VERBS.iter().find(|spec| spec.path == "bd dep add");
            let arguments = words.get(index..).unwrap_or_default();
            return Ok(add.map_or(Found::Nothing, |spec| Found::Verb(spec, arguments)));
        } else {
            word
        };
        if !named.is_empty() && matches!(word, "-h" | "--help") {
            return Ok(Found::Help(programs_help(program, &named)));
        }
        named.push(word);
        let mut fitting = VERBS
            .iter()
            .filter(|spec| spec.program == program && begins_with(spec, &named));
        let Some(first) = fitting.next() else {
            named.pop();
            return Err(unknown(program, &named, word));
        };
        if first.words().count() == named.len() {
            let arguments = words.get(index + 1..).unwrap_or_default();
            return Ok(Found::Verb(first, arguments));
        }
    }
    if named.is_empty() {
        return Ok(Found::Nothing);
    }
    if help {
        return Ok(Found::Help(programs_help(program, &named)));
    }
    let path = format!("{} {}", program.name(), named.join(" "));
    Err(Refusal::new(
        Kind::Usage,
        format!(
            "`{path}` needs one of {}",
            quoted(&following(program, &named))
        ),
    )
    .hint(format!("{path} --help")))
}

/// Other names that people's fingers know.
fn full_name(program: Program, word: &str) -> &str {
    match (program, word) {
        (Program::Gt, "stat") => "status",
        (Program::Gt, "mr") => "mq",
        (Program::Bd, "new") => "create",
        (Program::Bd, "view") => "show",
        (Program::Bd, "complete") => "close",
        (Program::Bd, "status") => "stats",
        (Program::Bd, "audit") => "history",
        (Program::Gt | Program::Bd, _) => word,
    }
}

/// The words that may follow `named`.
fn following(program: Program, named: &[&str]) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = VERBS
        .iter()
        .filter(|spec| {
            spec.program == program && spec.group != Group::Hidden && begins_with(spec, named)
        })
        .filter_map(|spec| spec.words().nth(named.len()))
        .collect();
    words.dedup();
    words
}

fn unknown(program: Program, named: &[&str], word: &str) -> Refusal {
    let mut path = vec![program.name()];
    path.extend_from_slice(named);
    let path = path.join(" ");
    let shown = fit(&clean(word), 40);
    let what = if word.starts_with('-') {
        "option"
    } else {
        "command"
    };
    let mut refusal = Refusal::new(Kind::Usage, format!("`{path}` has no {what} `{shown}`"));
    let mut near: Vec<&str> = following(program, named);
    near.retain(|candidate| distance(candidate, word) <= 2 || candidate.starts_with(word));
    for candidate in near.iter().take(3) {
        refusal = refusal.hint(format!("{path} {candidate}"));
    }
    if named.is_empty() && program == Program::Gt && only_bd_knows(word) {
        refusal = refusal.hint(format!("bd {word}"));
    }
    if refusal.hints.is_empty() {
        refusal = refusal.hint(format!("{path} --help"));
    }
    refusal
}

fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// How many letters must change to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(40).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for ((y, above_left), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            let change = above_left + usize::from(x != *y);
            left = change.min(left + 1).min(above + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// What the argument parser objects to, in our own form.
fn refusal(spec: &VerbSpec, error: &clap::Error) -> Refusal {
    let usage = format!("{} --help", spec.path);
    if let Some(refusal) = error
        .source()
        .and_then(|source| source.downcast_ref::<Refusal>())
    {
        return refusal.clone().hint(usage);
    }
    let text = error.render().to_string();
    let mut message = String::new();
    let mut hints = Vec::new();
    let mut in_message = true;
    for line in text.lines() {
        let line = line.trim();
        if let Some(tip) = line.strip_prefix("tip: ") {
            hints.push(backticks(tip));
        } else if let Some(usage) = line.strip_prefix("Usage: ") {
            hints.push(format!("usage: {usage}"));
        }
        in_message &= !line.is_empty();
        if in_message {
            let part = line.strip_prefix("error: ").unwrap_or(line);
            if !message.is_empty() {
                message.push(' ');
            }
            message.push_str(part);
        }
    }
    let mut refusal = Refusal::new(Kind::Usage, clean(&backticks(&message)));
    refusal.hints = hints;
    refusal.hint(usage)
}

fn backticks(text: &str) -> String {
    text.replace('\'', "`")
}

#[cfg(test)]
mod tests;
