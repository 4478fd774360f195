//! Who may do what, through the socket, as a polecat in its own session (S2).

use crate::agents::Puppet;
use crate::support::TestTown;

/// What a polecat types and whether it may. `REFUSED` is exit 4.
const MATRIX: &[(&str, bool)] = &[
    ("bd create 'Found on the way'", true),
    ("bd update OWN --priority 1", true),
    ("bd close OTHER --reason 'not needed'", true),
    ("bd dep add OWN OTHER", true),
    ("gt nudge tradingbot/Toast hello", true),
    ("gt convoy create Mine OWN", false),
    ("gt rig add other /tmp/other.git", false),
    ("gt sling OTHER tradingbot", false),
    ("gt polecat nuke Toast", false),
    ("gt mq retry mr-1", false),
    ("gt up", false),
    ("gt down", false),
];

#[test]
fn s2_a_polecat_may_do_what_the_matrix_says() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let other = town.bead("Another");
    let mut puppet = Puppet::start(&town, "Toast");
    for (line, allowed) in MATRIX {
        let line = line.replace("OWN", &puppet.bead).replace("OTHER", &other);
        let did = puppet.does(&line);
        let refused = did.code == 4;
        assert_eq!(
            !refused, *allowed,
            "`{line}` ended {}: {}",
            did.code, did.said
        );
        assert!(!refused || did.said.contains("polecat"), "{}", did.said);
    }
    // What the caller claims counts for nothing: without its token and under other names it is still Toast.
    let claims = "env -u GT_TOKEN -u GT_SESSION_TOKEN GT_ROLE=human BD_ACTOR=human gt down";
    puppet.does(claims).refused(4, &["polecat"]);
    let did = puppet
        .does("env GT_ROLE=human BD_ACTOR=human bd create --silent 'Whose is it'")
        .ok();
    let made = town.show(did.said.trim());
    assert_eq!(
        made.get("created_by").and_then(|by| by.as_str()),
        Some("tradingbot/polecats/Toast")
    );
    assert!(
        town.gt(&["status", "--json"])
            .ok()
            .json()
            .get("wish")
            .is_some_and(|wish| wish == "up")
    );
}

#[test]
fn s2_only_a_polecat_submits() {
    let town = TestTown::installed();
    town.gt(&["done"]).fails(4).says("bd close");
}
