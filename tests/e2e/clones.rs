//! `bd` in a repository that is no part of the town (DOCUMENT 26).

use crate::support::TestTown;

#[test]
fn bd_in_a_clone_of_a_rigs_remote_means_that_rig() {
    let (town, remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let other = town.remote("shop", &[("README.md", "# shop\n")]);
    town.gt(&["rig", "add", "shop", &other.path.to_string_lossy()])
        .ok();
    let clone = town.base().join("clone");
    let from = remote.path.to_string_lossy().into_owned();
    town.git(town.base(), &["clone", "-q", &from, "clone"]);
    let bd = |arguments: &[&str]| {
        town.program(env!("CARGO_BIN_EXE_bd"), &clone, arguments)
            .run()
            .ok()
    };
    let id = bd(&["create", "A", "--silent"]).first_line().to_owned();
    assert!(id.starts_with("tb-"), "{id}");
    let shop = town.bd(&["create", "B", "--repo", "shop", "--silent"]);
    let shop = shop.ok().first_line().to_owned();
    assert!(!shop.starts_with("tb-"), "{shop}");
    let listed = bd(&["list"]);
    assert!(
        listed.out.contains(&id) && !listed.out.contains(&shop),
        "{listed}"
    );
    assert_eq!(bd(&["where", "--json"]).json()["prefix"], "tb");
    // A folder of the rig names it too, and a repository of nobody's means the town.
    let by_folder = town.bd(&["create", "C", "--repo", "tradingbot/crew", "--silent"]);
    assert!(by_folder.ok().first_line().starts_with("tb-"));
    town.git(town.base(), &["init", "-q", "nobodys"]);
    let ran = town
        .program(
            env!("CARGO_BIN_EXE_bd"),
            &town.base().join("nobodys"),
            &["create", "D", "--silent"],
        )
        .run();
    let ran = ran.ok();
    assert!(ran.first_line().starts_with("hq-"), "{ran}");
    assert!(
        ran.err.contains("--rig"),
        "it says how to name a rig\n{ran}"
    );
}
