//! Help pages: what they list is what there is, and nothing that is not.

use crate::support::TestTown;

#[test]
fn the_programs_list_their_verbs() {
    let town = TestTown::bare();
    insta::assert_snapshot!(town.gt(&["--help"]).ok().out, @r"
    gt - run a town of AI coding agents

    Usage: gt                 open the control room
           gt <COMMAND> ...   run one command

    Work
      gt sling                 Give a bead to a new polecat
      gt ready                 Show beads that can be started
      gt convoy create         Track a batch of beads
      gt convoy list           Show convoys
      gt convoy status         Show who works on a convoy's beads
      gt mq list               Show the merge queue and what landed last
      gt mq status             Show one merge request: its batch, its gates, its conflict
      gt mq next               Show what is landed next, in its order
      gt mq retry              Put a held merge request back into the queue
      gt mq reject             Take a merge request out of the queue
      gt mq reorder            Say how urgent a merge request is
      gt mq pause              Land nothing more of a rig
      gt mq resume             Let a rig's merge queue go on
      gt rescue list           Show what was kept of worktrees that went
      gt rescue show           Show all that was kept of one
      gt rescue restore        Bring back what a worktree held that is gone
      gt feed                  Show what happened
      gt hook                  Show what is on your hook, or on somebody's
      gt prime                 Tell an agent who it is and what to do
      gt done                  Submit your work to the merge queue

    Agents
      gt peek                  Show the end of an agent's terminal
      gt nudge                 Say something to a running agent
      gt attach                Open terminals of agents
      gt crew at               Open a crew member's terminal
      gt mayor attach          Open the mayor's terminal
      gt polecat list          Show polecats
      gt polecat nuke          Bury a polecat now
      gt replay list           Show recordings of agents' terminals
      gt replay info           Show one recording
      gt replay export         Write a recording as asciicast, text or NDJSON
      gt replay prune          Delete recordings that are old or too many

    Town
      gt status                Show the town
      gt up                    Start the town
      gt down                  Stop every agent; hooks and worktrees stay
      gt rig add               Take a repository under care
      gt rig list              Show rigs
      gt install               Make a town
      gt demo                  Show a small town at work, without network or account

    Settings
      gt config agent list     Show agents and their command lines
      gt config agent get      Show one agent
      gt config agent set      Give a command line a name
      gt config agent remove   Take such a name away
      gt config default-agent  Show or set the town's default agent
      gt config explain        Show which role runs which agent, and why
      gt reset                 Bring this terminal back after the program was killed in it
      gt completion            Print a shell's completion script
      gt shell remove          Take `gt` out of your shell's start file
      gt version               Print the version

    Options
      --town PATH   The town to talk to
      --embedded    Control room, engine and terminal host in one process; agents end with it
      --help        This page, or a command's own

    Beads have a program of their own: `bd --help`.
    ");
    let beads = town.bd(&["--help"]).ok();
    let begins = "bd - the beads of a repository or a town\n\nUsage: bd <COMMAND> ...\n\nBeads\n";
    assert!(beads.out.starts_with(begins), "{beads}");
    for verb in [
        "create", "show", "list", "ready", "update", "close", "dep add", "init", "where",
    ] {
        let row = format!("\n  bd {verb} ");
        assert!(beads.out.contains(&row), "{verb}\n{beads}");
    }
    for option in [
        "--db",
        "--directory",
        "--actor",
        "--readonly",
        "--town",
        "--help",
    ] {
        assert!(beads.out.contains(option), "{option}\n{beads}");
    }
    assert_eq!(town.gt(&["help"]).ok().out, town.gt(&["-h"]).ok().out);
    assert_eq!(town.bd(&[]).ok().out, town.bd(&["help"]).ok().out);
}

#[test]
fn a_family_and_a_verb_have_pages_of_their_own() {
    let town = TestTown::bare();
    insta::assert_snapshot!(town.gt(&["rig", "--help"]).ok().out, @r"
    gt rig add   Take a repository under care
    gt rig list  Show rigs
    ");
    insta::assert_snapshot!(town.gt(&["sling", "--help"]).ok().out, @r"
    Give a bead to a new polecat

    Usage: gt sling [OPTIONS] <BEAD> <RIG>

    Arguments:
      <BEAD>  What is to be done
      <RIG>   In which rig

    Options:
          --agent <AGENT>  With this agent instead of the configured one
          --json           Print the story as JSON
          --town <PATH>    The town to talk to
      -h, --help           Print help

    Example: gt sling tb-4kq tradingbot
    ");
    let page = town.bd(&["help", "create"]).ok();
    assert!(
        page.out
            .starts_with("Make a bead\n\nUsage: bd create [OPTIONS] [TITLE]\n")
    );
    for part in [
        "--body-file <FILE>",
        "--deps <[TYPE:]ID>",
        "--graph <FILE>",
        "Example: bd create \"Fix the parser\" --type bug",
    ] {
        assert!(page.out.contains(part), "{part}: {page}");
    }
}

#[test]
fn versions_are_told_anywhere() {
    let town = TestTown::bare();
    town.gt(&["version"]).ok().says("gt version ");
    town.gt(&["--version"]).ok().says("gt version ");
    // Other tools refuse a `bd` that is older than 0.57.
    town.bd(&["version"]).ok().says("bd version 1.0.5 (");
    town.bd(&["--version"]).ok().says("bd version 1.0.5 (");
}

#[test]
fn completion_knows_every_shown_verb() {
    let town = TestTown::bare();
    for shell in ["bash", "zsh", "fish"] {
        let script = town.gt(&["completion", shell]).ok().out;
        for word in ["sling", "convoy", "nuke", "create"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
        assert!(!script.contains("git-worker"), "{shell} shows hidden verbs");
    }
    town.program("bash", &town.home(), &["-n", "/dev/stdin"])
        .input(town.gt(&["completion", "bash"]).ok().out)
        .run()
        .ok();
    town.gt(&["completion", "csh"]).fails(2).says("bash");
}
