//! The course on made-up towns: what is slung when, what is answered, when it is over.

use super::*;
use crate::cli::demo::beads::BEADS;
use crate::domain::{
    AgentAlias, AgentView, BeadCounts, ConvoyBead, EngineView, IncarnationId, Wish,
};

fn id(index: usize) -> BeadId {
    BeadId::parse(&format!("tb-{index}")).unwrap()
}

fn play(operator: Operator) -> Play {
    let parts = BEADS
        .iter()
        .enumerate()
        .map(|(index, bead)| Part {
            id: id(index),
            bead,
        })
        .collect();
    Play::new(
        RigName::parse("tradingbot").unwrap(),
        ConvoyId::parse("hq-cv-abc").unwrap(),
        parts,
        operator,
    )
}

fn town(closed: &[usize]) -> TownView {
    let beads: Vec<ConvoyBead> = BEADS
        .iter()
        .enumerate()
        .map(|(index, bead)| ConvoyBead {
            id: id(index),
            title: bead.title.to_owned(),
            status: if closed.contains(&index) {
                BeadStatus::Closed
            } else {
                BeadStatus::Open
            },
            worker: None,
            state: None,
            landed: None,
        })
        .collect();
    TownView {
        name: "trading-hq".to_owned(),
        root: "/tmp/x".into(),
        wish: Wish::Up,
        seq: 1,
        rigs: Vec::new(),
        agents: Vec::new(),
        merges: Vec::new(),
        convoys: vec![ConvoyView {
            id: ConvoyId::parse("hq-cv-abc").unwrap(),
            number: 1,
            title: "Sprint".to_owned(),
            closed: closed.len() == BEADS.len(),
            notify: None,
            created_by: "human".to_owned(),
            created_at: 0,
            closed_at: None,
            beads,
        }],
        beads: BeadCounts::default(),
        attention: Vec::new(),
        engine: EngineView::default(),
    }
}

fn agent(state: AgentState, since: i64) -> AgentView {
    let incarnation = IncarnationId::parse("tradingbot.Toast.1").unwrap();
    AgentView {
        address: Address::parse("tradingbot/Toast").unwrap(),
        alias: AgentAlias::parse("scripted").unwrap(),
        phase: Phase::Running,
        state,
        evidence: "Allow: rm -rf data/cache ?".to_owned(),
        bead: Some(id(2)),
        title: None,
        run: Some(incarnation.run(1)),
        alive: true,
        branch: "polecat/Toast/tb-2.1".to_owned(),
        worktree: "/tmp/x".into(),
        since,
        tree_gone: None,
        restarts: 0,
        note: None,
        id: incarnation,
    }
}

fn slings(play: &Play, town: &TownView) -> Vec<BeadId> {
    play.next(town)
        .1
        .into_iter()
        .filter_map(|act| match act {
            Act::Sling(bead) => Some(bead),
            Act::Answer(_) => None,
        })
        .collect()
}

#[test]
fn six_beads_at_once_and_one_waits_for_another() {
    let mut play = play(Operator::Demo);
    let waits = BEADS.iter().position(|bead| bead.after.is_some()).unwrap();
    let first = slings(&play, &town(&[]));
    assert_eq!(first.len(), AT_ONCE);
    assert!(!first.contains(&id(waits)));
    play.slung.extend(first);
    assert_eq!(slings(&play, &town(&[])), []);
    play.slung.extend(slings(&play, &town(&[0])));
    assert_eq!(play.slung.len(), BEADS.len() - 1);
    assert_eq!(slings(&play, &town(&[0, 1])), []);
    assert_eq!(slings(&play, &town(&[0, 1, 2])), [id(waits)]);
}

#[test]
fn a_question_is_answered_once_and_only_by_the_demo() {
    let mut with_question = town(&[]);
    with_question.agents = vec![agent(AgentState::NeedsYou, 5)];
    let answers = |play: &Play, town: &TownView| {
        let acts = play.next(town).1.into_iter();
        acts.filter(|act| matches!(act, Act::Answer(_))).count()
    };
    assert_eq!(answers(&play(Operator::Person), &with_question), 0);
    let mut play = play(Operator::Demo);
    assert_eq!(answers(&play, &with_question), 1);
    for act in play.next(&with_question).1 {
        if let Act::Answer(question) = act {
            play.answered.insert(question.key);
        }
    }
    assert_eq!(answers(&play, &with_question), 0);
    with_question.agents = vec![agent(AgentState::NeedsYou, 9)];
    assert_eq!(answers(&play, &with_question), 1);
}

#[test]
fn it_is_over_when_everything_landed_and_nobody_works() {
    let play = play(Operator::Demo);
    let all: Vec<usize> = (0..BEADS.len()).collect();
    let mut end = town(&all);
    assert_eq!(play.next(&end).0, Progress::Over);
    end.agents = vec![agent(AgentState::Stopping, 1)];
    assert_eq!(play.next(&end).0, Progress::Going);
    assert_eq!(play.open(&end), ["tradingbot/Toast is still running"]);
}

#[test]
fn what_cannot_go_on_is_named() {
    let play = play(Operator::Demo);
    let mut bad = town(&[0]);
    let mut failed = agent(AgentState::Dead, 1);
    failed.phase = Phase::Failed;
    failed.note = Some("it ended 5 times".to_owned());
    bad.agents = vec![failed];
    assert_eq!(
        play.next(&bad).0,
        Progress::Stuck("tradingbot/Toast cannot go on: it ended 5 times".to_owned())
    );
    let open = play.open(&bad);
    assert_eq!(open.len(), BEADS.len() - 1);
    assert_eq!(open[0], "tb-1 Options chain scraper: open");
}
