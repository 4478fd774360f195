//! Every form of a line, right and wrong, and what it comes to.

use super::*;
use crate::domain::{COMMANDS, Command, CommandKind, Query};

fn words(line: &str) -> Vec<String> {
    shlex::split(line).unwrap()
}

fn parsed(program: Program, line: &str) -> Result<Parsed, Refusal> {
    match parse_words(program, &words(line))? {
        Reading::Run(parsed) => Ok(*parsed),
        Reading::Help(text) => panic!("help for {line}: {text}"),
    }
}

#[test]
fn every_example_of_the_table_reads_as_its_command() {
    let cx = Context {
        cwd: PathBuf::from("/town"),
        home: Some(PathBuf::from("/home/me")),
        ..Context::default()
    };
    for spec in COMMANDS {
        match parse_line(spec.example, &cx) {
            Ok(Action::Run { command, how }) => {
                assert_eq!(command.kind(), spec.kind, "{}", spec.example);
                assert_eq!(how, spec.path);
            }
            // What comes in by a file is read where the line was typed.
            Ok(Action::Local(_))
                if matches!(spec.kind, CommandKind::BeadImport | CommandKind::Batch) => {}
            other => panic!("{}: {other:?}", spec.example),
        }
    }
}

#[test]
fn every_command_has_a_verb_and_every_verb_a_sentence() {
    for kind in CommandKind::ALL {
        let path = crate::domain::spec_of(*kind).unwrap().path;
        assert_eq!(
            VERBS.iter().filter(|spec| spec.path == path).count(),
            1,
            "{path}"
        );
    }
    for spec in VERBS {
        if let Some(example) = spec.example() {
            let words = words(example);
            let read = parse_words(spec.program, &words[1..]);
            assert!(read.is_ok(), "{example}: {read:?}");
        }
        assert!(!spec.about().is_empty(), "{}", spec.path);
        assert!(spec.path.starts_with(spec.program.name()), "{}", spec.path);
        spec.parser().debug_assert();
    }
    for program in [Program::Gt, Program::Bd] {
        super::super::root_command(program).debug_assert();
    }
}

#[test]
fn a_bare_hash_ends_the_line() {
    let line = parsed(Program::Gt, "sling tb-1 tradingbot '#' Dispatch to polecat").unwrap();
    assert!(matches!(line.verb, Verb::Sling(_)));
    assert!(matches!(
        parsed(Program::Gt, "up '#' Start all services")
            .unwrap()
            .verb,
        Verb::Up(_)
    ));
    assert!(matches!(
        parse_line("gt status   # overall health", &Context::default()),
        Ok(Action::Ask {
            query: Query::Town,
            ..
        })
    ));
}

#[test]
fn the_town_may_be_named_before_or_after_the_verb() {
    for line in [
        "--town /a status",
        "--town=/a status",
        "status --town /a",
        "status --town=/a",
        "--json --town /a status",
    ] {
        assert_eq!(
            parsed(Program::Gt, line).unwrap().town.as_deref(),
            Some(std::path::Path::new("/a")),
            "{line}"
        );
    }
    assert!(parse_words(Program::Gt, &words("--town")).is_err());
}

#[test]
fn no_words_mean_the_control_room() {
    let verb = |line| parsed(Program::Gt, line).unwrap().verb;
    assert_eq!(verb(""), Verb::Console { embedded: false });
    assert_eq!(verb("--embedded"), Verb::Console { embedded: true });
    assert_eq!(verb("--version"), Verb::Version);
    assert!(matches!(
        parse_words(Program::Bd, &[]),
        Ok(Reading::Help(_))
    ));
    assert!(parse_words(Program::Gt, &words("--embedded up")).is_err());
}

#[test]
fn wrong_words_get_one_message_with_the_next_line_to_type() {
    for (program, line, message, hint) in [
        (
            Program::Gt,
            "slng",
            "`gt` has no command `slng`",
            "gt sling",
        ),
        (
            Program::Gt,
            "rig",
            "`gt rig` needs one of `add`, `list`",
            "gt rig --help",
        ),
        (
            Program::Gt,
            "rig ad",
            "`gt rig` has no command `ad`",
            "gt rig add",
        ),
        (
            Program::Gt,
            "create x",
            "`gt` has no command `create`",
            "bd create",
        ),
        (
            Program::Gt,
            "--frob",
            "`gt` has no option `--frob`",
            "gt --help",
        ),
        (
            Program::Bd,
            "polecat",
            "`bd` has no command `polecat`",
            "bd --help",
        ),
        (
            Program::Gt,
            "sling x/y tb",
            "id `x/y` is not acceptable: use an id such as `tb-4kq`",
            "gt sling --help",
        ),
        (
            Program::Gt,
            "sling tb-1",
            "the following required arguments were not provided: <RIG>",
            "usage: gt sling <BEAD> <RIG>",
        ),
        (
            Program::Gt,
            "status --frob",
            "unexpected argument `--frob` found",
            "gt status --help",
        ),
    ] {
        let refusal = parse_words(program, &words(line)).unwrap_err();
        assert_eq!(refusal.kind, Kind::Usage, "{line}");
        assert_eq!(refusal.message, message, "{line}");
        assert!(
            refusal.hints.iter().any(|h| h == hint),
            "{line}: {:?}",
            refusal.hints
        );
    }
}

#[test]
fn help_is_there_for_programs_groups_and_verbs() {
    for (program, line, contains) in [
        (Program::Gt, "--help", "gt sling"),
        (Program::Gt, "help", "gt sling"),
        (Program::Gt, "help sling", "Usage: gt sling"),
        (Program::Gt, "sling --help", "Usage: gt sling"),
        (Program::Gt, "rig --help", "gt rig add"),
        (Program::Gt, "help rig", "gt rig add"),
        (Program::Bd, "dep add -h", "Usage: bd dep add"),
    ] {
        match parse_words(program, &words(line)) {
            Ok(Reading::Help(text)) => {
                assert!(text.contains(contains), "{line}: {text}");
                assert!(!text.contains("engine run"), "{line}");
            }
            other => panic!("{line}: {other:?}"),
        }
    }
}

#[test]
fn a_notify_flag_takes_a_name_or_none() {
    let notify = |line: &str| match parse_line(line, &Context::default()) {
        Ok(Action::Run {
            command: Command::ConvoyCreate(create),
            ..
        }) => create.notify.map(|who| who.to_string()),
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(
        notify("convoy create 'W' tb-1 tb-2 --notify human").as_deref(),
        Some("human")
    );
    assert_eq!(
        notify("convoy create 'W' tb-1 --notify=mayor/").as_deref(),
        Some("mayor")
    );
    assert_eq!(
        notify("convoy create 'W' tb-1 --notify").as_deref(),
        Some("human")
    );
    assert_eq!(notify("convoy create 'W' tb-1"), None);
}

#[test]
fn the_palette_finds_verbs_of_both_programs() {
    let cx = Context::default();
    assert!(matches!(
        parse_line("sling tb-1 tb", &cx),
        Ok(Action::Run {
            how: "gt sling",
            ..
        })
    ));
    assert!(matches!(
        parse_line("show tb-1", &cx),
        Ok(Action::Ask { how: "bd show", .. })
    ));
    assert!(matches!(
        parse_line("install /x", &cx),
        Ok(Action::Local(_))
    ));
    assert!(matches!(
        parse_line("attach Toast --read-only", &cx),
        Ok(Action::Attach(_))
    ));
    assert!(matches!(
        parse_line("sling --help", &cx),
        Ok(Action::Text(_))
    ));
    assert!(parse_line("nudge Toast 'open", &cx).is_err());
}

proptest::proptest! {
    #[test]
    fn no_line_makes_the_reader_fall(line in ".{0,80}", words in proptest::collection::vec("[-a-z#=/ ]{0,12}", 0..6)) {
        drop(parse_line(&line, &Context::default()));
        drop(parse_words(Program::Gt, &words));
        drop(parse_words(Program::Bd, &words));
    }
}

fn id() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::strategy::Strategy;
    "[a-z]{2,4}-[a-z0-9]{3,5}".prop_map(|id| id)
}

proptest::proptest! {
    /// Any command that can be typed comes through quoting, parsing and JSON unharmed.
    #[test]
    fn lines_and_commands_say_the_same(
        title in "[^\\x00-\\x1f\\x7f-\\x9f]{1,60}",
        description in "[ -~\\n]{0,80}",
        ids in proptest::collection::vec(id(), 1..4),
        priority in 0_u8..5,
    ) {
        proptest::prop_assume!(!title.trim().is_empty() && title.trim() != "#");
        let quote = |text: &str| shlex::try_quote(text).unwrap().into_owned();
        let line = format!(
            "bd create --title={} -d={} -p {priority} --deps {}",
            quote(&title), quote(&description), ids.join(",")
        );
        match parse_line(&line, &Context::default()) {
            Ok(Action::Run { command, .. }) => {
                let json = serde_json::to_string(&command).unwrap();
                proptest::prop_assert_eq!(&serde_json::from_str::<Command>(&json).unwrap(), &command);
                let Command::BeadCreate(create) = command else { panic!("{command:?}") };
                proptest::prop_assert_eq!(create.title.as_str(), title.trim());
                proptest::prop_assert_eq!(create.description, description);
                proptest::prop_assert_eq!(create.priority.number(), priority);
                let waits: Vec<String> = create.blocked_by.iter().map(ToString::to_string).collect();
                proptest::prop_assert_eq!(waits, ids);
            }
            other => panic!("{line}: {other:?}"),
        }
    }
}
