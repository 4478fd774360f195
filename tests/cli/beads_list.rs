//! Lists of `bd`: list, ready, blocked, children, search, query, stale (beads format, section 12).

use serde_json::Value;

use crate::support::TestTown;

fn ids(value: &Value) -> Vec<&str> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(|bead| bead.get("id")?.as_str())
        .collect()
}

fn made(town: &TestTown, arguments: &[&str]) -> String {
    let mut all = vec!["create"];
    all.extend_from_slice(arguments);
    all.push("--silent");
    town.bd(&all).ok().first_line().to_owned()
}

fn asked(town: &TestTown, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.push("--json");
    town.bd(&all).ok().json()
}

#[test]
fn list_filters_sorts_and_says_how_many_it_left_out() {
    let town = TestTown::installed();
    let bug = made(
        &town,
        &[
            "Fix the parser",
            "-t",
            "bug",
            "-p",
            "1",
            "-l",
            "urgent,core",
        ],
    );
    let task = made(&town, &["Write the docs", "-l", "docs"]);
    let chore = made(&town, &["Sweep 100% of it", "-t", "chore", "-p", "4"]);
    let cases: &[(&[&str], &[&str])] = &[
        (&["list"], &[&bug, &task, &chore]),
        (
            &["list", "--sort", "priority", "-r"],
            &[&chore, &task, &bug],
        ),
        (&["list", "--sort", "title"], &[&bug, &chore, &task]),
        (&["list", "-t", "bug"], &[&bug]),
        (&["list", "--exclude-type", "bug,chore"], &[&task]),
        (&["list", "--label", "urgent,core"], &[&bug]),
        (&["list", "--label-any", "urgent,docs"], &[&bug, &task]),
        (&["list", "--exclude-label", "urgent"], &[&task, &chore]),
        (&["list", "--label-pattern", "d*"], &[&task]),
        (&["list", "--label-regex", "^(core|docs)$"], &[&bug, &task]),
        (&["list", "--no-labels"], &[&chore]),
        (&["list", "--title", "THE"], &[&bug, &task]),
        (&["list", "--title-contains", "100%"], &[&chore]),
        (&["list", "--priority-min", "3"], &[&chore]),
        (&["list", "--priority-max", "1"], &[&bug]),
        (&["list", "--id", &task], &[&task]),
        (&["list", "--created-after", "-1h"], &[&bug, &task, &chore]),
        (&["list", "--created-before", "2020-01-01"], &[]),
        (&["list", "--overdue"], &[]),
        (&["list", "--format", "json"], &[&bug, &task, &chore]),
        (&["list", "--limit", "1"], &[&bug]),
        (&["search", "parser"], &[&bug]),
        (&["search", &task], &[&task]),
        (&["query", "type=bug OR label=docs"], &[&bug, &task]),
        (&["query", "NOT type=bug AND priority>2"], &[&chore]),
        (&["stale", "-d", "1"], &[]),
    ];
    for (arguments, expected) in cases {
        assert_eq!(ids(&asked(&town, arguments)), *expected, "{arguments:?}");
    }
    let short = town.bd(&["list", "-n", "2"]).ok();
    assert!(short.err.contains("and 1 more bead"), "{}", short.err);
    assert!(!short.out.contains("more bead"), "{}", short.out);
    town.bd(&["list", "--long"])
        .ok()
        .says("labels core, urgent");
    town.bd(&["query", "--parse-only", "a=b"]).fails(2);
    town.bd(&["query", "--parse-only", "status=open OR type=bug"])
        .ok()
        .says("OR");
}

#[test]
fn children_and_trees_follow_the_parent() {
    let town = TestTown::installed();
    let epic = made(&town, &["Epic", "-t", "epic"]);
    let task = town.bead("Task");
    town.bd(&["dep", "add", &task, &epic, "-t", "parent-child"])
        .ok();
    assert_eq!(ids(&asked(&town, &["children", &epic])), [task.as_str()]);
    assert_eq!(
        ids(&asked(&town, &["list", "--parent", &epic])),
        [task.as_str()]
    );
    assert_eq!(
        ids(&asked(&town, &["list", "--no-parent"])),
        [epic.as_str()]
    );
    town.bd(&["list", "--tree"]).ok().says("└── ");
    town.bd(&["list", "--format", "dot"])
        .ok()
        .says("digraph beads");
    town.bd(&["list", "--format", "digraph"])
        .ok()
        .says(&format!("{task} {epic}"));
    town.bd(&["children", "hq-zzz"]).fails(3);
}
