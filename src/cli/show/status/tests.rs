//! The town at a glance, and its JSON.

use super::super::sample::{NOW, town};
use super::*;

#[test]
fn the_town_at_a_glance() {
    insta::assert_snapshot!(status_text(&town(), false, &Look::plain(NOW)), @r"
    trading-hq  /gt  up
    services  engine 10 · host not running
    beads     3 ready · 1 waiting · 2 in work · 1 in review · 14 closed

    tradingbot  tb-  active  main  1 queued, no gates
      ●  tradingbot/Shadow  needs-you  2m  gemini-worker  tb-4kq Fix the parser
      ●  tradingbot/Toast   working    2m  gemini-worker  tb-4kq Fix the parser

    convoys
      hq-cv-abc  1/3  Week 3

    needs you
      !  tradingbot/Shadow  1m  asks to run a command  → gt attach tradingbot/Shadow
    problem   settings/config.json line 3: not JSON
    ");
}

#[test]
fn a_town_that_is_down_and_empty_says_what_to_type() {
    let mut empty = town();
    empty.wish = Wish::Down;
    empty.rigs.clear();
    empty.agents.clear();
    empty.convoys.clear();
    empty.attention.clear();
    empty.engine = crate::domain::EngineView::default();
    insta::assert_snapshot!(status_text(&empty, true, &Look::plain(NOW)), @r"
    trading-hq  /gt  down (`gt up` starts it)
    services  engine not running · host runs
    beads     3 ready · 1 waiting · 2 in work · 1 in review · 14 closed

    no rig yet: `gt rig add <name> <repository>`
    ");
}

#[test]
fn unknown_values_are_null_or_absent() {
    let value = status_json(&town(), false);
    assert_eq!(value["location"], "/gt");
    assert_eq!(value["daemon"]["pid"], 10);
    assert_eq!(value["host"]["pid"], Value::Null);
    assert_eq!(value["host"]["running"], false);
    assert_eq!(value["summary"]["polecat_count"], 2);
    let rig = &value["rigs"][0];
    assert_eq!(rig["mq"]["in_flight"], 1);
    assert_eq!(rig["mq"]["state"], "processing");
    assert_eq!(rig["polecats"][1], "Toast");
    assert_eq!(rig["agents"][0]["state"], "needs-you");
    assert!(rig.get("has_witness").is_none());
}
