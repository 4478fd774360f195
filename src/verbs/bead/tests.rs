//! What can be typed about beads, as tables.

use super::*;
use crate::domain::RigName;
use crate::domain::{BeadCreate, BeadId, DepKind, Place};
use crate::verbs::Context;
use crate::verbs::{Program, Reading, Verb, parse_words};

fn read(line: &str) -> Result<Verb, Refusal> {
    let words = shlex::split(line).unwrap();
    match parse_words(Program::Bd, &words)? {
        Reading::Run(parsed) => Ok(parsed.verb),
        Reading::Help(_) => Err(Refusal::failed("help")),
    }
}

fn create(line: &str, cx: &Context) -> Result<BeadCreate, Refusal> {
    match read(line)? {
        Verb::BeadCreate(args) => args.bead(cx),
        other => panic!("{other:?}"),
    }
}

fn id(text: &str) -> BeadId {
    BeadId::parse(text).unwrap()
}

#[test]
fn a_bead_takes_its_title_by_place_or_by_name() {
    let cx = Context::default();
    for line in [
        "create 'Fix it'",
        "create --title 'Fix it'",
        "create 'Fix it' --title 'Fix it'",
        "new --title='  Fix it '",
    ] {
        assert_eq!(create(line, &cx).unwrap().title, "Fix it", "{line}");
    }
    for line in [
        "create",
        "create ''",
        "create '   '",
        "create a --title b",
        "create \"a\nb\"",
        &format!("create {}", "x".repeat(513)),
        "create a --priority 5",
        "create a --type 'no sense'",
        "create a --deps nonsense:tb-1",
        "create a --deps blocks:",
        "create a b",
    ] {
        assert_eq!(create(line, &cx).unwrap_err().kind, Kind::Usage, "{line}");
    }
}

#[test]
fn edges_point_as_their_words_say() {
    let bead = create(
        "create a --deps tb-1,depends-on:tb-2,blocks:tb-3,related:tb-5 --deps blocked-by:tb-4",
        &Context::default(),
    )
    .unwrap();
    assert_eq!(bead.blocked_by, [id("tb-1"), id("tb-2"), id("tb-4")]);
    assert_eq!(bead.blocks, [id("tb-3")]);
    assert_eq!(bead.deps[0].kind, DepKind::Related);
}

#[test]
fn a_bead_belongs_where_it_was_typed() {
    let rig = |name| RigName::parse(name).unwrap();
    let in_rig = Context {
        rig: Some(rig("tradingbot")),
        default_rig: Some(rig("other")),
        ..Context::default()
    };
    let place = |line, cx: &Context| create(line, cx).unwrap().place;
    assert_eq!(place("create a", &in_rig), Place::Rig(rig("tradingbot")));
    assert_eq!(place("create a --rig b", &in_rig), Place::Rig(rig("b")));
    assert_eq!(place("create a", &Context::default()), Place::Town);
}

#[test]
fn texts_may_begin_with_a_dash() {
    let bead = create(
        "create a -d '- one\n- two' -l x,y --label z",
        &Context::default(),
    )
    .unwrap();
    assert_eq!(bead.description, "- one\n- two");
    assert_eq!(bead.labels, ["x", "y", "z"]);
    assert!(read("close tb-1 --reason '-'").is_ok());
}

#[test]
fn an_update_must_change_something() {
    let command = |line: &str| match read(line) {
        Ok(Verb::BeadUpdate(args)) => args.commands(&Context::default()),
        Ok(other) => panic!("{other:?}"),
        Err(refusal) => Err(refusal),
    };
    assert_eq!(command("update tb-1").unwrap_err().kind, Kind::Usage);
    assert!(command("update tb-1 -s in_progress -p P1 --assignee ''").is_ok());
    assert!(command("update tb-1 --description ''").is_err());
    assert_eq!(command("update tb-1 tb-2 --claim").unwrap().len(), 2);
}
