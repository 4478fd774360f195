//! Engines and hosts of other builds: understood, or refused with what to do (P11, DECISIONS 15).

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::agents::{Puppet, register};
use crate::support::TestTown;
use crate::support::process::alive;

/// A process of another build that listens where the town's own would.
struct Foreign(Child);

impl Foreign {
    fn listen(town: &TestTown, socket: &Path, answer: &serde_json::Value) -> Self {
        let program: PathBuf = town.base().join("foreign_peer");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/foreign_peer.c");
        let built = Command::new("cc")
            .arg("-o")
            .arg(&program)
            .arg(source)
            .output()
            .unwrap();
        assert!(built.status.success(), "{built:?}");
        let mut child = Command::new(&program)
            .arg(socket)
            .arg(answer.to_string())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line, "listening\n");
        Self(child)
    }

    fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn p11_an_engine_of_another_protocol_is_refused_with_what_to_do_and_replaced_by_up() {
    let town = TestTown::installed();
    town.gt(&["up"]).ok();
    town.gt(&["down", "--all"]).ok();
    let hello = serde_json::json!({
        "proto_min": 900, "proto_max": 901, "build": "9.0.0", "town": town.root_text(), "role": "engine",
    });
    let mut foreign = Foreign::listen(&town, &town.root().join(".gt/engine.sock"), &hello);
    town.gt(&["status"])
        .fails(6)
        .says("build 9.0.0")
        .says("gt up");
    town.gt(&["up"]).ok();
    town.wait_until("the foreign engine has ended", || foreign.has_ended());
    town.gt(&["status"]).ok();
    assert!(town.engine().is_some());
}

#[test]
fn p11_a_host_of_another_protocol_is_refused_with_what_to_do_and_ended_by_down_all() {
    let town = TestTown::installed();
    town.gt(&["up"]).ok();
    town.gt(&["down", "--all"]).ok();
    let no = serde_json::json!({"say": "answer", "value": {"id": 0, "result": {"Err": {
        "why": "failed", "value": "this host (build 0.0.1) speaks protocols 0 to 0, build 9 speaks 1 to 1",
    }}}});
    let mut foreign = Foreign::listen(&town, &town.root().join(".gt/host.sock"), &no);
    town.gt(&["up"]);
    let log = || {
        let logs = std::fs::read_dir(town.root().join(".gt/logs")).unwrap();
        logs.flatten()
            .filter_map(|file| std::fs::read_to_string(file.path()).ok())
            .collect::<String>()
    };
    town.wait_until("the engine says so", || log().contains("build 0.0.1"));
    assert_eq!(town.host(), None, "no second host is started beside it");
    town.gt(&["down", "--all"]).ok();
    town.wait_until("the foreign host has ended", || foreign.has_ended());
    town.gt(&["up"]).ok();
    town.wait_until("a host of this build runs", || town.host().is_some());
}

/// Writes 20 MB as fast as it is taken, and keeps a copy of every byte.
const FLOOD: &str = "#!/bin/sh
dir=\"$HOME/flood\"
mkdir -p \"$dir\"
stty raw -echo
echo $$ > \"$dir/pid\"
i=0
while [ $i -lt 150 ]; do
    seq $((i * 20000)) $((i * 20000 + 20000)) | tee -a \"$dir/copy\"
    i=$((i + 1))
done
: > \"$dir/done\"
while read -r line; do :; done
";

#[test]
fn p11_a_flood_is_recorded_whole_while_its_engine_is_killed_again_and_again() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    register(&town, "flood", FLOOD);
    let bead = town.bead("A flood");
    town.gt(&["sling", &bead, "tradingbot", "--agent", "flood"])
        .ok();
    let dir = town.home().join("flood");
    let copied = || dir.join("copy").metadata().map_or(0, |file| file.len());
    town.wait_until("it floods", || copied() > 100_000);
    let pid: i32 = std::fs::read_to_string(dir.join("pid"))
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    let host = town.host().unwrap();
    let mut kills = 0;
    while !dir.join("done").exists() && kills < 8 {
        let before = copied();
        town.crash(town.engine().unwrap().pid);
        kills += 1;
        town.wait_until("it goes on without an engine", || {
            copied() > before || dir.join("done").exists()
        });
        town.gt(&["up"]).ok();
    }
    assert!(kills > 1, "the flood was over too soon");
    town.wait_until("the flood is over", || dir.join("done").exists());
    assert_eq!(town.host(), Some(host), "the host was restarted");
    assert!(alive(pid), "the agent died with an engine");
    let copy = std::fs::read(dir.join("copy")).unwrap();
    let folder = town.root().join(".gt/recordings/tradingbot.Toast.1.1");
    let recorded = || {
        gastown::record::Recording::open(&folder)
            .unwrap()
            .unwrap()
            .output()
            .unwrap()
    };
    town.wait_until("all of it is recorded", || recorded().len() >= copy.len());
    assert!(recorded() == copy, "the recording is not what was written");
}

#[test]
fn p11_when_the_host_dies_its_agents_die_and_the_next_start_goes_on() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    let puppet = Puppet::start(&town, "Toast");
    let pid = puppet.pid();
    let host = town.host().unwrap();
    town.crash(host.pid);
    town.wait_until("the agent got HUP", || !alive(pid));
    town.wait_until("the feed says why", || {
        town.feed().contains("gone with the terminal host")
            || town.feed().contains("while nobody watched")
    });
    town.wait_until("a new host runs the agent again", || {
        town.host().is_some_and(|now| now != host) && puppet.dir().join("pid").exists() && {
            let again = puppet.pid();
            again != pid && alive(again)
        }
    });
}
