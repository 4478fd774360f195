//! `gt down` is a stored wish: agents end, everything else stays, nothing starts against it (P12).

use crate::agents::Puppet;
use crate::support::TestTown;
use crate::support::process::alive;

#[test]
fn p12_down_ends_agents_and_up_goes_on_where_they_stopped() {
    let (town, remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let mut puppet = Puppet::start(&town, "Toast");
    puppet.does("echo half > half.txt").ok();
    let first = puppet.pid();
    town.gt(&["down"]).ok();
    town.wait_until("the agent has ended", || !alive(first));
    assert_eq!(
        std::fs::read_to_string(puppet.tree().join("half.txt")).unwrap(),
        "half\n"
    );
    assert_eq!(town.bead_status(&puppet.bead), "hooked");

    // A sling against the wish is kept and says so.
    let bead = town.bead("While it is down");
    town.gt(&["sling", &bead, "tradingbot", "--agent", "puppet"])
        .ok()
        .says("gt up");
    assert!(!town.home().join("puppets/Shadow").exists());

    town.gt(&["up"]).ok();
    town.wait_until("the agent is back in its worktree", || {
        let pid = std::fs::read_to_string(puppet.dir().join("pid")).unwrap_or_default();
        pid.trim()
            .parse::<i32>()
            .is_ok_and(|pid| pid != first && alive(pid))
    });
    town.wait_until("the one that was queued runs", || {
        town.home().join("puppets/Shadow/pid").exists()
    });
    puppet.commits_and_submits().refused(4, &["half.txt"]);
    puppet
        .does("git add -A && git commit -qm 'The other half' && gt done")
        .ok();
    town.wait_until("the work has landed", || {
        town.bead_status(&puppet.bead) == "closed"
    });
    assert_eq!(
        remote.file(&town, "main", "half.txt").as_deref(),
        Some("half\n")
    );
}

#[test]
fn p12_down_all_leaves_no_process() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let puppet = Puppet::start(&town, "Toast");
    town.gt(&["down", "--all"]).ok();
    let left = crate::support::process::processes_naming(town.base());
    assert!(left.is_empty(), "{left:?}");
    assert!(puppet.tree().exists(), "a worktree went with its agent");
    // A bead needs nobody.
    town.bead("Made while all is down");
    assert!(town.engine().is_none());
}

#[test]
fn convoys_are_found_by_id_by_tail_and_by_number() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let bead = town.bead("Write a file");
    let made = town
        .gt(&["convoy", "create", "Week 3", &bead, "--json"])
        .ok()
        .json();
    let id = made
        .get("id")
        .and_then(|id| id.as_str())
        .unwrap_or_else(|| panic!("{made}"))
        .to_owned();
    let tail = id.strip_prefix("hq-cv-").unwrap_or_else(|| panic!("{id}"));
    assert!(tail.len() >= 3, "{id}");
    for name in [id.as_str(), tail, "1"] {
        town.gt(&["convoy", "status", name])
            .ok()
            .says("Week 3")
            .says(&bead);
    }
    // DOCUMENT 25: an unknown one is answered with the newest.
    town.gt(&["convoy", "status", "hq-cv-none"])
        .fails(3)
        .says(&id)
        .says("Week 3");
}
