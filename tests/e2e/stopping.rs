//! Whatever ends an agent ends all of it, and nothing of anybody else's (P4, P5).

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::hydra::Hydra;
use crate::support::TestTown;

/// P4: nothing is left so long after a stop.
const P4: Duration = Duration::from_secs(10);

/// A town whose agents `toast` and `shadow` will not go away, and a program of the same name in the
/// same folder that is nobody's agent.
struct Zoo {
    // Ended before the town is.
    foreign: Child,
    elsewhere: Hydra,
    hydras: [Hydra; 2],
    town: TestTown,
}

/// More than a run may have by itself (P6): here it is the stop that is proved.
fn allow_processes(town: &TestTown, count: u32) {
    let path = town.root().join("settings/config.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut settings: serde_json::Value = serde_json::from_str(&text).unwrap();
    settings["limits"] = serde_json::json!({ "processes": count });
    std::fs::write(&path, settings.to_string()).unwrap();
}

impl Zoo {
    fn open() -> Self {
        let (town, _remote) = TestTown::with_rig(&[("README.md", "# bot\n")]);
        allow_processes(&town, 2_000);
        let first = Hydra::build(&town.base().join("toast"));
        let second = first.copy_to(&town.base().join("shadow"));
        // Not below the folder of the test: what names it is the town's.
        let elsewhere = first.copy_to(&std::env::temp_dir().join(format!(
            "foreign-{}",
            town.base().file_name().unwrap().to_string_lossy()
        )));
        let hydras = [first, second];
        for (hydra, name) in hydras.iter().zip(["toast", "shadow"]) {
            let line = format!("{} all", hydra.path.display());
            town.gt(&["config", "agent", "set", name, &line]).ok();
            let bead = town.bead(name);
            town.gt(&["sling", &bead, "tradingbot", "--agent", name])
                .ok();
        }
        town.wait_until("both have 500 children", || {
            hydras.iter().all(|hydra| hydra.processes().len() > 520)
        });
        let foreign = Command::new(&elsewhere.path)
            .arg("sit")
            .current_dir(town.root().join("tradingbot/polecats/Toast/rig"))
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            foreign,
            elsewhere,
            hydras,
            town,
        }
    }

    #[track_caller]
    fn none_left(&self, which: usize, since: Instant) {
        let hydra = &self.hydras[which];
        while !hydra.processes().is_empty() {
            assert!(
                since.elapsed() < P4,
                "P4: {} processes are left",
                hydra.processes().len()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Zoo {
    fn drop(&mut self) {
        let lived = self.foreign.try_wait().is_ok_and(|ended| ended.is_none());
        drop(self.foreign.kill());
        drop(self.foreign.wait());
        drop(std::fs::remove_dir_all(
            self.elsewhere.path.parent().unwrap(),
        ));
        if std::thread::panicking() {
            for hydra in &self.hydras {
                hydra.kill();
            }
            return;
        }
        assert!(lived, "P5: a foreign process was ended");
    }
}

#[test]
fn p4_a_nuke_then_a_down_leave_no_process() {
    let zoo = Zoo::open();
    let began = Instant::now();
    zoo.town.gt(&["polecat", "nuke", "Toast"]).ok();
    zoo.none_left(0, began);
    assert!(zoo.hydras[1].processes().len() > 500, "P5: another agent's");
    let began = Instant::now();
    zoo.town.gt(&["down"]).ok();
    zoo.none_left(1, began);
}

#[test]
fn p4_a_down_of_everything_leaves_no_process() {
    let zoo = Zoo::open();
    let began = Instant::now();
    zoo.town.gt(&["down", "--all"]).ok();
    zoo.none_left(0, began);
    zoo.none_left(1, began);
    assert_eq!(zoo.town.host(), None);
}
