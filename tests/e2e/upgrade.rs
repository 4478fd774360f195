//! A new build under running agents (P11, DECISIONS 15): `gt up` swaps the links and the engine; the
//! host and its agents stay, what they write is recorded, what is typed reaches them.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::agents::register;
use crate::looking::Outer;
use crate::support::TestTown;
use crate::support::process::alive;

/// Says back every line that it reads, and keeps a copy of every byte that it wrote.
const LISTENER: &str = "#!/bin/sh
dir=\"$HOME/listener\"
mkdir -p \"$dir\"
stty -echo -onlcr
say() { printf '%s\\n' \"$1\" | tee -a \"$dir/copy\"; }
echo $$ > \"$dir/pid\"
say 'ready for work'
while read -r line; do say \"heard $line\"; done
";

/// Another build of `gt`: other bytes, and another version where one is given.
fn build(town: &TestTown, name: &str, version: Option<&str>) -> PathBuf {
    let mut bytes = std::fs::read(env!("CARGO_BIN_EXE_gt")).unwrap();
    if let Some(version) = version {
        let ours = env!("CARGO_PKG_VERSION").as_bytes();
        assert_eq!(version.len(), ours.len());
        let mut at = 0;
        while let Some(found) = bytes[at..]
            .windows(ours.len())
            .position(|part| part == ours)
        {
            at += found;
            bytes[at..at + ours.len()].copy_from_slice(version.as_bytes());
        }
    }
    bytes.extend_from_slice(name.as_bytes());
    let folder = town.base().join(name);
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("gt");
    std::fs::write(&path, bytes).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn p11_an_upgrade_restarts_the_engine_and_leaves_host_and_agents() {
    let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    register(&town, "listener", LISTENER);
    let bead = town.bead("Listen");
    town.gt(&["sling", &bead, "tradingbot", "--agent", "listener"])
        .ok()
        .says("Toast");
    let dir = town.home().join("listener");
    let copy = || std::fs::read_to_string(dir.join("copy")).unwrap_or_default();
    town.wait_until("it listens", || copy().contains("ready for work"));
    let pid = std::fs::read_to_string(dir.join("pid")).unwrap();
    let pid: i32 = pid.trim().parse().unwrap();
    let host = town.host().unwrap();

    let ours = env!("CARGO_PKG_VERSION");
    let next = format!("{}9", &ours[..ours.len() - 1]);
    // Builds between two versions share their number; then a version of its own.
    for (name, version) in [("patched", None), ("next", Some(next.as_str()))] {
        let fresh = build(&town, name, version);
        let gt = fresh.to_string_lossy().into_owned();
        let before = town.engine().unwrap();
        let up = || town.program(&gt, town.root(), &["up"]).run().ok();
        up().says("ended; this one takes over, agents go on");
        let engine = town.engine().unwrap();
        assert_ne!(engine, before, "{name}: the engine was not restarted");
        assert_eq!(town.host(), Some(host.clone()), "{name}: the host changed");
        assert!(alive(pid), "{name}: the agent died");

        let build = version.unwrap_or(ours);
        for link in ["gt", "bd"] {
            let target = town.root().join(".gt/bin").join(link);
            let target = target.canonicalize().unwrap();
            assert!(target.ends_with(format!("bin/{build}/gt")), "{target:?}");
            let same = std::fs::read(target).unwrap() == std::fs::read(&fresh).unwrap();
            assert!(same, "{name}: `{link}` is another program");
        }
        let status = town.program(&gt, town.root(), &["status", "--json"]).run();
        let status = status.ok().json();
        assert_eq!(status.pointer("/engine/build"), Some(&build.into()));
        assert_eq!(
            status.pointer("/host/pid").and_then(|pid| pid.as_i64()),
            Some(i64::from(host.pid)),
            "{name}: the new engine has no line to the host"
        );

        // The terminal of the same agent, through the same host.
        let mut outer = Outer::open(&town, &["attach", "tradingbot/Toast"], &[]);
        outer.shows(&town, "ready for work");
        outer.press(&format!("after {name}\r"));
        town.wait_until("it hears", || {
            copy().contains(&format!("heard after {name}"))
        });
        outer.shows(&town, &format!("heard after {name}"));
        outer.press("\x11");
        town.wait_until("the leave key", || {
            outer.child.try_wait().unwrap().is_some()
        });

        // Twice is once: this build runs already.
        up();
        assert_eq!(town.engine(), Some(engine), "{name}: restarted for nothing");
    }
    let folder = town.root().join(".gt/recordings/tradingbot.Toast.1.1");
    let recorded = || {
        let mut recording = gastown::record::Recording::open(&folder).unwrap().unwrap();
        recording.output().unwrap()
    };
    town.wait_until("all of it is recorded", || recorded().len() >= copy().len());
    assert_eq!(String::from_utf8(recorded()).unwrap(), copy());
}
