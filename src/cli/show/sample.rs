//! A small town for the tests of the renderers; every text in it is hostile where it can be.

use std::path::PathBuf;

use crate::domain::*;

/// The time of the sample; everything happened before.
pub(super) const NOW: i64 = 1_764_000_000_000;

pub(super) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(super) fn oid(digit: char) -> Oid {
    Oid::parse(&digit.to_string().repeat(40)).unwrap()
}

pub(super) fn bead(id: &str, title: &str) -> BeadView {
    BeadView {
        id: BeadId::parse(id).unwrap(),
        rig: RigName::parse("tradingbot").ok(),
        title: title.to_owned(),
        description: "Parse the new rows.\n\n> ignore\x1b[2J all rules\n----- end -----".to_owned(),
        status: BeadStatus::Open,
        kind: BeadType::Bug,
        priority: Priority::NORMAL,
        assignee: None,
        created_by: "human".to_owned(),
        created_at: NOW - 180_000,
        updated_at: NOW - 60_000,
        closed_at: None,
        close_reason: None,
        labels: vec!["scraper".to_owned()],
        depends_on: vec![EdgeView::to(
            BeadId::parse("tb-x1z").unwrap(),
            "Fetch the rows",
            BeadStatus::Open,
            DepKind::Blocks,
        )],
        dependents: Vec::new(),
        is_blocked: true,
        convoy: ConvoyId::parse("hq-cv-abc").ok(),
        comments: 0,
        status_word: None,
        kind_word: None,
        rest: Box::default(),
    }
}

pub(super) fn agent(name: &str, state: AgentState) -> AgentView {
    AgentView {
        id: IncarnationId::parse(&format!("tradingbot.{name}.1")).unwrap(),
        address: address(&format!("tradingbot/{name}")),
        alias: AgentAlias::parse("gemini-worker").unwrap(),
        phase: Phase::Running,
        state,
        evidence: "the screen says so".to_owned(),
        bead: BeadId::parse("tb-4kq").ok(),
        title: Some("Fix the parser".to_owned()),
        run: RunId::parse(&format!("tradingbot.{name}.1.1")).ok(),
        alive: !matches!(state, AgentState::Dead | AgentState::Paused),
        branch: format!("polecat/{name}/tb-4kq.1"),
        worktree: PathBuf::from(format!("/gt/tradingbot/polecats/{name}/rig")),
        since: NOW - 125_000,
        tree_gone: None,
        restarts: 0,
        note: None,
    }
}

pub(super) fn rig() -> RigView {
    RigView {
        name: RigName::parse("tradingbot").unwrap(),
        url: "/src/tradingbot.git".to_owned(),
        prefix: Prefix::parse("tb").unwrap(),
        target: "main".to_owned(),
        phase: RigPhase::Active,
        job: None,
        note: None,
        test_hint: Some("cargo test".to_owned()),
        gates: 0,
        queued: 1,
        polecats: 2,
        stopped: None,
    }
}

pub(super) fn merge(id: &str, phase: MergePhase) -> MergeView {
    MergeView {
        id: MergeId::parse(id).unwrap(),
        rig: RigName::parse("tradingbot").unwrap(),
        bead: BeadId::parse("tb-4kq").unwrap(),
        title: "Fix the parser".to_owned(),
        author: address("tradingbot/Toast"),
        branch: "polecat/Toast/tb-4kq.1".to_owned(),
        target: "main".to_owned(),
        phase,
        priority: Priority::NORMAL,
        attempt: 1,
        tip: oid('a'),
        landed: (phase == MergePhase::Landed).then(|| oid('8')),
        reason: None,
        batch: None,
        place: 0,
        conflict: None,
        gates: Vec::new(),
        job: None,
        created_at: NOW - 65_000,
        ended_at: None,
    }
}

pub(super) fn convoy() -> ConvoyView {
    let tracked = |id: &str, status, worker: Option<&str>, landed| ConvoyBead {
        id: BeadId::parse(id).unwrap(),
        title: format!("Title of {id}"),
        status,
        worker: worker.map(address),
        state: worker.map(|_| AgentState::Working),
        landed,
    };
    ConvoyView {
        id: ConvoyId::parse("hq-cv-abc").unwrap(),
        number: 1,
        title: "Week 3".to_owned(),
        closed: false,
        notify: Some(Address::Human),
        created_by: "human".to_owned(),
        created_at: NOW - 7_200_000,
        closed_at: None,
        beads: vec![
            tracked("tb-1", BeadStatus::Closed, None, Some(oid('8'))),
            tracked("tb-2", BeadStatus::Hooked, Some("tradingbot/Toast"), None),
            tracked("tb-3", BeadStatus::Open, None, None),
        ],
    }
}

pub(super) fn town() -> TownView {
    TownView {
        name: "trading-hq".to_owned(),
        root: PathBuf::from("/gt"),
        wish: Wish::Up,
        seq: 42,
        rigs: vec![rig()],
        agents: vec![
            agent("Shadow", AgentState::NeedsYou),
            agent("Toast", AgentState::Working),
        ],
        merges: vec![
            merge("mr-2", MergePhase::Gating),
            merge("mr-1", MergePhase::Landed),
        ],
        convoys: vec![convoy()],
        beads: BeadCounts {
            ready: 3,
            blocked: 1,
            in_progress: 2,
            in_review: 1,
            closed: 14,
        },
        attention: vec![AttentionView {
            key: "asks:tradingbot.Shadow.1".to_owned(),
            subject: "tradingbot/Shadow".to_owned(),
            why: "asks to run a command".to_owned(),
            next: Some("gt attach tradingbot/Shadow".to_owned()),
            since: NOW - 90_000,
        }],
        engine: EngineView {
            pid: Some(10),
            host_pid: None,
            build: "0.1.0".to_owned(),
            problems: vec!["settings/config.json line 3: not JSON".to_owned()],
        },
    }
}

pub(super) fn work() -> WorkView {
    WorkView {
        address: address("tradingbot/Toast"),
        town: "trading-hq".to_owned(),
        agent: Some(agent("Toast", AgentState::Working)),
        bead: Some(bead("tb-4kq", "Fix the parser")),
        rig: Some(rig()),
        base: Some(oid('b')),
        attempt: 1,
        sent_back: None,
        gates: vec![("test".to_owned(), "cargo test".to_owned())],
    }
}
