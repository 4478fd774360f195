//! Convoys as list and page.

use super::super::sample::{NOW, convoy};
use super::*;

#[test]
fn a_page_shows_bar_worker_and_state_of_every_bead() {
    insta::assert_snapshot!(convoy_text(&convoy(), &Look::plain(NOW)), @r"
    hq-cv-abc  Week 3
      ███░░░░░░░  1/3 · open · made by human 2h ago · tells human
      ✓  tb-1  closed                    landed 88888888  Title of tb-1
      ▶  tb-2  hooked  tradingbot/Toast  working          Title of tb-2
      ○  tb-3  open                                       Title of tb-3
    ");
}

#[test]
fn the_list_is_numbered() {
    insta::assert_snapshot!(convoys_text(&[convoy()], &Look::plain(NOW)), @"1.  hq-cv-abc  ███░░░░░░░  1/3  open  Week 3");
    let value = convoy_json(&convoy());
    assert_eq!(
        (&value["completed"], &value["total"]),
        (&json!(1), &json!(3))
    );
}
