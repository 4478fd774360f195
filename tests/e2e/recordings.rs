//! What happens to recordings is told in the feed, once a change.

use std::fs;

use gastown::record::import;

use crate::support::TestTown;

const CAST: &str = concat!(
    r#"{"version": 3, "term": {"cols": 40, "rows": 5}, "timestamp": 1700000000}"#,
    "\n[0.5, \"o\", \"one\\r\\n\"]\n",
);

#[test]
fn the_feed_tells_what_was_deleted_what_stopped_and_what_goes_on() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let recordings = town.root().join(".gt/recordings");
    let run = "tradingbot.Toast.7.2";
    import(CAST.as_bytes(), &recordings.join(run), run).unwrap();
    town.gt(&["up"]).ok();
    town.gt(&["replay", "prune", "--bytes", "0"])
        .ok()
        .says("deleted tradingbot.Toast.7.2 ");
    // As a host leaves it, whose test is beside the host.
    for (number, news) in ["stopped.70000.full", "resumed.12.again"]
        .iter()
        .enumerate()
    {
        let name = format!("{number:020}-000000.{news}.{run}");
        fs::write(recordings.join(".news").join(name), "").unwrap();
    }
    let expected = [
        "deleted the recording of tradingbot/Toast#7.2",
        "saw the recording of tradingbot/Toast#7.2 stop at byte 70000: the disk is full",
        "saw the recording of tradingbot/Toast#7.2 go on again, 12 bytes",
    ];
    town.wait_until("the news in the feed", || {
        let feed = town.gt(&["feed", "--plain"]).ok().out;
        expected.iter().all(|line| feed.contains(line))
    });
    let feed = town.gt(&["feed", "--plain"]).ok().out;
    for line in expected {
        assert_eq!(feed.matches(line).count(), 1, "once: {feed}");
    }
    assert_eq!(fs::read_dir(recordings.join(".news")).unwrap().count(), 0);
}
