//! Agents of the tests: shell scripts under a real terminal that do what a model would.
//!
//! Each is registered under a name with `gt config agent set`; they find `gt` and git on the PATH
//! that the town gives them, and nothing else. A [`Puppet`] does in its own session and worktree
//! what the test tells it, and the test reads what came of it.

use std::path::PathBuf;

use crate::support::TestTown;

/// Reads its work, commits a file of its own, submits, and stays until it is stopped.
const WORKER: &str = "#!/bin/sh
gt prime >/dev/null || exit 1
file=$(git rev-parse --abbrev-ref HEAD | tr '/.' '--').txt
echo \"by $GT_POLECAT\" > \"$file\"
git add \"$file\" && git commit -q -m \"Work of $GT_POLECAT\" && gt done
while read -r line; do :; done
";

/// Runs the files `do.1`, `do.2`, … that appear in its folder. Until then it counts on its
/// terminal, in raw mode, and keeps a copy of every byte that it wrote there.
const PUPPET: &str = "#!/bin/sh
dir=\"$HOME/puppets/$GT_POLECAT\"
mkdir -p \"$dir\"
stty raw -echo
n=1
while [ -e \"$dir/code.$n\" ]; do n=$((n + 1)); done
tick=0
: > \"$dir/copy\"
echo $$ > \"$dir/pid.tmp\" && mv \"$dir/pid.tmp\" \"$dir/pid\"
while :; do
    if [ -e \"$dir/do.$n\" ]; then
        sh \"$dir/do.$n\" > \"$dir/out.$n\" 2>&1 < /dev/null
        echo $? > \"$dir/code.tmp\" && mv \"$dir/code.tmp\" \"$dir/code.$n\"
        n=$((n + 1))
    elif [ ! -e \"$dir/quiet\" ]; then
        tick=$((tick + 1))
        printf 'tick %s of %s\\r\\n' \"$tick\" \"$GT_POLECAT\" | tee -a \"$dir/copy\"
    fi
    sleep 0.03
done
";

/// Registers a script as the agent `alias`.
#[track_caller]
pub(crate) fn register(town: &TestTown, alias: &str, script: &str) {
    town.register(alias, script);
}

/// Registers the plain worker as `worker`.
#[track_caller]
pub(crate) fn worker(town: &TestTown) {
    town.register("worker", WORKER);
}

/// What came of something that a puppet did.
#[derive(Debug)]
pub(crate) struct Did {
    pub(crate) code: i32,
    pub(crate) said: String,
}

/// An agent that does what it is told. See [`PUPPET`].
pub(crate) struct Puppet<'a> {
    town: &'a TestTown,
    pub(crate) name: &'static str,
    pub(crate) bead: String,
    told: usize,
}

impl<'a> Puppet<'a> {
    /// Makes a bead and slings it; `name` is who must come of it.
    #[track_caller]
    pub(crate) fn start(town: &'a TestTown, name: &'static str) -> Self {
        town.register("puppet", PUPPET);
        let bead = town.bead(&format!("Work for {name}"));
        town.gt(&["sling", &bead, "tradingbot", "--agent", "puppet"])
            .ok()
            .says(name);
        let puppet = Self {
            town,
            name,
            bead,
            told: 0,
        };
        town.wait_until("the puppet is at work", || {
            puppet.dir().join("pid").exists()
        });
        puppet
    }

    /// The folder through which it is told things.
    pub(crate) fn dir(&self) -> PathBuf {
        self.town.home().join("puppets").join(self.name)
    }

    /// Its worktree.
    pub(crate) fn tree(&self) -> PathBuf {
        let polecats = self.town.root().join("tradingbot").join("polecats");
        polecats.join(self.name).join("rig")
    }

    /// The process of its session.
    pub(crate) fn pid(&self) -> i32 {
        let text = std::fs::read_to_string(self.dir().join("pid")).unwrap_or_default();
        text.trim().parse().unwrap()
    }

    /// What it wrote on its terminal.
    pub(crate) fn copy(&self) -> Vec<u8> {
        std::fs::read(self.dir().join("copy")).unwrap_or_default()
    }

    /// Stops its counting; what it wrote is then all there is.
    #[track_caller]
    pub(crate) fn hush(&self) {
        // Else what its terminal shows last may be nothing at all.
        self.town
            .wait_until("it counted", || !self.copy().is_empty());
        std::fs::write(self.dir().join("quiet"), "").unwrap();
    }

    /// Gives it a shell script and does not wait.
    pub(crate) fn told(&mut self, script: &str) {
        self.told += 1;
        let path = self.dir().join(format!("do.{}", self.told));
        std::fs::write(path.with_extension("tmp"), script).unwrap();
        std::fs::rename(path.with_extension("tmp"), path).unwrap();
    }

    /// What came of the last script.
    #[track_caller]
    pub(crate) fn answers(&self) -> Did {
        let file = |name: &str| self.dir().join(format!("{name}.{}", self.told));
        self.town
            .wait_until("the puppet has done as told", || file("code").exists());
        let read = |name: &str| std::fs::read_to_string(file(name)).unwrap_or_default();
        Did {
            code: read("code").trim().parse().unwrap(),
            said: read("out"),
        }
    }

    /// Has it run a shell script in its worktree.
    #[track_caller]
    pub(crate) fn does(&mut self, script: &str) -> Did {
        self.told(script);
        self.answers()
    }

    /// Has it commit a file of its own and submit.
    #[track_caller]
    pub(crate) fn commits_and_submits(&mut self) -> Did {
        let file = format!("{}.txt", self.name);
        self.does(&format!(
            "echo {file} > {file} && git add {file} && git commit -qm 'Work of {}' && gt done",
            self.name
        ))
    }
}

impl Did {
    /// Holds that it succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.said);
        self
    }

    /// Holds that it was refused with all of this said.
    #[track_caller]
    pub(crate) fn refused(self, code: i32, texts: &[&str]) -> Self {
        assert_eq!(self.code, code, "{}", self.said);
        for text in texts {
            assert!(
                self.said.contains(text),
                "{text:?} is not said: {}",
                self.said
            );
        }
        self
    }
}
