//! `gt done` in wrong situations: refused with the cause and the next command, nothing changed (W5).

use crate::agents::Puppet;
use crate::support::TestTown;

struct Case {
    what: &'static str,
    /// Done in the worktree before `gt done`.
    before: &'static str,
    /// What the refusal names: the cause and the next command.
    says: &'static [&'static str],
    /// Undoes it.
    after: &'static str,
}

const CASES: &[Case] = &[
    Case {
        what: "no commit",
        before: ":",
        says: &["no commit", "git commit"],
        after: ":",
    },
    Case {
        what: "a changed file",
        before: "echo more >> README.md",
        says: &["README.md", "git"],
        after: "git checkout -q README.md",
    },
    Case {
        what: "a file that git does not know",
        before: "git commit -q --allow-empty -m x && echo new > new.txt",
        says: &["new.txt", "git add"],
        after: "rm new.txt && git reset -q --hard HEAD~1",
    },
    Case {
        what: "a staged file",
        before: "echo new > new.txt && git add new.txt",
        says: &["new.txt", "git commit"],
        after: "git rm -q -f new.txt",
    },
    Case {
        what: "another folder",
        before: "cd /tmp",
        says: &["worktree", "cd "],
        after: ":",
    },
    Case {
        what: "a detached HEAD",
        before: "git checkout -q --detach",
        says: &["detached", "git switch"],
        after: "git checkout -q -",
    },
    Case {
        what: "another branch",
        before: "git checkout -q -b mine",
        says: &["mine", "git switch"],
        after: "git checkout -q - && git branch -q -D mine",
    },
];

#[test]
fn w5_done_is_refused_with_the_cause_and_changes_nothing() {
    let (town, remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let mut puppet = Puppet::start(&town, "Toast");
    let before = town.git(&puppet.tree(), &["rev-parse", "HEAD"]);
    for case in CASES {
        let did = puppet.does(&format!("{} && gt done", case.before));
        assert_ne!(did.code, 0, "{}: {}", case.what, did.said);
        for text in case.says {
            assert!(
                did.said.contains(text),
                "{}: {text:?} is not said: {}",
                case.what,
                did.said
            );
        }
        assert!(!did.said.contains("panicked"), "{}", did.said);
        assert_eq!(town.bead_status(&puppet.bead), "hooked", "{}", case.what);
        let queue = town.gt(&["mq", "list", "tradingbot", "--json"]).ok();
        assert!(!queue.out.contains(&puppet.bead), "{}: {queue}", case.what);
        puppet.does(case.after).ok();
    }
    assert_eq!(town.git(&puppet.tree(), &["rev-parse", "HEAD"]), before);
    assert_eq!(remote.log(&town, "main").len(), 1);

    puppet.commits_and_submits().ok();
    town.wait_until("the right one lands", || {
        town.bead_status(&puppet.bead) == "closed"
    });
    assert_eq!(remote.log(&town, "main").len(), 2);
}

#[test]
fn w5_work_without_a_change_needs_a_reason_that_the_feed_tells() {
    let (town, remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let mut puppet = Puppet::start(&town, "Toast");
    puppet
        .does("gt done --no-change 'it was mended already'")
        .ok();
    town.wait_until("the bead is closed", || {
        town.bead_status(&puppet.bead) == "closed"
    });
    assert!(
        town.feed().contains("it was mended already"),
        "{}",
        town.feed()
    );
    assert_eq!(remote.log(&town, "main").len(), 1);
}
