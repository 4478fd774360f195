//! The main job from an empty HOME to three commits on a remote's main.

use crate::agents;
use crate::support::TestTown;

#[test]
fn three_beads_three_agents_three_commits() {
    let (town, remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    agents::worker(&town);
    let beads: Vec<String> = ["First scraper", "Second scraper", "Third scraper"]
        .iter()
        .map(|title| town.bead(title))
        .collect();
    let mut create = vec!["convoy", "create", "Week 3"];
    create.extend(beads.iter().map(String::as_str));
    create.extend(["--notify", "human"]);
    town.gt(&create).ok().says("hq-cv-");
    for (bead, name) in beads.iter().zip(["Toast", "Shadow", "Copper"]) {
        let story = town
            .gt(&["sling", bead, "tradingbot", "--agent", "worker"])
            .ok();
        // DOCUMENT 27: bead, polecat, command line, branch, convoy and the line to peek.
        for part in [bead, name, "agent-worker", "polecat/", "hq-cv-", "gt peek"] {
            assert!(story.out.contains(part), "{part} is missing\n{story}");
        }
    }
    for bead in &beads {
        town.wait_until("every bead is closed", || {
            town.bead_status(bead) == "closed"
        });
    }
    town.wait_until("every polecat is buried", || {
        town.gt(&["polecat", "list", "--json"])
            .ok()
            .json()
            .as_array()
            .is_some_and(Vec::is_empty)
    });

    let log = remote.log(&town, "main");
    assert_eq!(log.len(), 4, "{log:?}");
    let mut authors: Vec<&str> = log
        .iter()
        .take(3)
        .map(|commit| commit.author.as_str())
        .collect();
    authors.sort_unstable();
    assert_eq!(
        authors,
        [
            "tradingbot/polecats/Copper",
            "tradingbot/polecats/Shadow",
            "tradingbot/polecats/Toast"
        ]
    );
    // DOCUMENT 40: author is the polecat, committer the refinery.
    assert!(
        log.iter()
            .take(3)
            .all(|commit| commit.committer == "tradingbot/refinery"),
        "{log:?}"
    );

    // DOCUMENT 13: the town's own trees stand at the target, clean.
    for tree in ["tradingbot/refinery/rig", "tradingbot/mayor/rig"] {
        let tree = town.root().join(tree);
        town.wait_until("the town's own trees follow", || {
            town.git(&tree, &["rev-parse", "HEAD"]).trim() == remote.tip(&town, "main").unwrap()
        });
        assert_eq!(town.git(&tree, &["status", "--short"]), "");
    }

    let polecats = town.root().join("tradingbot/polecats");
    for name in ["Toast", "Shadow", "Copper"] {
        assert!(
            !polecats.join(name).join("rig").exists(),
            "the worktree of {name} is still there"
        );
    }
    let worktrees = town.git(
        &town.root().join("tradingbot/.repo.git"),
        &["worktree", "list", "--porcelain"],
    );
    assert!(!worktrees.contains("polecats/"), "{worktrees}");

    let convoys = town.gt(&["convoy", "list", "--all", "--json"]).ok().json();
    let convoys = convoys.as_array().cloned().unwrap_or_default();
    assert_eq!(
        convoys.len(),
        1,
        "the slings make no convoy of their own: {convoys:?}"
    );
    assert!(
        convoys
            .iter()
            .all(|convoy| convoy.get("status") == Some(&"closed".into())),
        "{convoys:?}"
    );

    let feed = town.feed();
    for name in ["Toast", "Shadow", "Copper"] {
        assert!(feed.contains(&format!("tradingbot/{name}")), "{feed}");
    }
    let known = ["human", "engine", "mayor", "deacon", "tradingbot/"];
    for line in feed.lines().filter(|line| !line.trim().is_empty()) {
        assert!(
            known.iter().any(|actor| line.contains(actor)),
            "no actor in {line:?}\n{feed}"
        );
    }
}
