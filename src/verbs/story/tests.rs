//! Events as the sentences that people read.

use super::*;
use crate::domain::{AgentAlias, IncarnationId, MergeId, NudgeId, RigName};

fn event(actor: &str, body: Body) -> Event {
    Event {
        seq: 1,
        at: 0,
        actor: Address::parse(actor).unwrap(),
        cause: "gt test".to_owned(),
        rig: Some(RigName::parse("tb").unwrap()),
        bead: Some(BeadId::parse("tb-1").unwrap()),
        body,
    }
}

fn toast() -> Address {
    Address::parse("tb/Toast").unwrap()
}

fn oid(digit: char) -> Oid {
    Oid::parse(&digit.to_string().repeat(40)).unwrap()
}

#[test]
fn events_read_as_sentences_after_their_actor() {
    let table = [
        (
            event(
                "human",
                Body::Slung {
                    agent: toast(),
                    incarnation: IncarnationId::parse("tb.Toast.1").unwrap(),
                    alias: AgentAlias::parse("gemini-worker").unwrap(),
                    branch: "polecat/Toast/tb-1.1".to_owned(),
                    convoy: ConvoyId::parse("hq-cv-abc").unwrap(),
                },
            ),
            "gave tb-1 to tb/Toast (gemini-worker), convoy hq-cv-abc",
        ),
        (
            event(
                "tb/refinery",
                Body::Landed {
                    merge: MergeId::parse("mr-1").unwrap(),
                    author: toast(),
                    commit: oid('a'),
                    target: "main".to_owned(),
                    gates: 1,
                },
            ),
            "landed tb-1 by tb/Toast on main as aaaaaaaa, 1 gate passed",
        ),
        (
            event(
                "tb/Toast",
                Body::AgentExited {
                    agent: toast(),
                    run: RunId::parse("tb.Toast.1.1").unwrap(),
                    exit: Exit::Code { code: 3 },
                    expected: false,
                },
            ),
            "ended unexpectedly, with exit code 3",
        ),
        (
            event(
                "human",
                Body::NudgeQueued {
                    nudge: NudgeId::parse("ng-1").unwrap(),
                    to: toast(),
                    text: "stat\x1b[31mus?\n".to_owned(),
                },
            ),
            "says to tb/Toast: stat<U+001B>[31mus?",
        ),
        (
            event(
                "tb/refinery",
                Body::GateEnded {
                    merges: vec![MergeId::parse("mr-1").unwrap()],
                    gate: "test".to_owned(),
                    outcome: GateOutcome::CouldNotRun,
                    took: 12_300,
                },
            ),
            "ran gate test of mr-1: could not run, 12 s",
        ),
    ];
    for (event, told) in table {
        assert_eq!(describe(&event), told);
        assert!(!actor(&event).is_empty());
    }
}

#[test]
fn a_hostile_title_stays_one_short_line() {
    let title = format!("a\r\n\x1b]0;x\x07{}", "y".repeat(5000));
    let told = describe(&event("human", Body::BeadCreated { title }));
    assert!(!told.chars().any(char::is_control));
    assert!(told.chars().count() < 200, "{told}");
}

#[test]
fn news_of_recordings_names_the_run_and_says_why() {
    let told = |run: &str, news| {
        describe(&event(
            "engine",
            Body::Recording {
                run: RunId::parse(run).unwrap(),
                news,
            },
        ))
    };
    let table = [
        (
            RecordingNews::Deleted {
                bytes: 9,
                why: DeletedFor::Age,
            },
            "deleted the recording of tb/Toast#7.2, 9 bytes: it was older than recordings are kept",
        ),
        (
            RecordingNews::Stopped {
                at: 5,
                why: StoppedBy::DiskFull,
            },
            "saw the recording of tb/Toast#7.2 stop at byte 5: the disk is full; the agent works on",
        ),
        (
            RecordingNews::Resumed { lost: 7 },
            "saw the recording of tb/Toast#7.2 go on again, 7 bytes of output are missing",
        ),
    ];
    for (news, expected) in table {
        assert_eq!(told("tb.Toast.7.2", news), expected);
    }
    let job = told("job-1", RecordingNews::Resumed { lost: 0 });
    assert!(job.contains("of job-1 "), "{job}");
}
