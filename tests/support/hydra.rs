//! A program that will not go away (`tests/fixtures/hydra.c`), built for the test that wants it, and
//! how many processes of it live.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The program, in a folder of the test's own.
#[derive(Clone, Debug)]
pub(crate) struct Hydra {
    pub(crate) path: PathBuf,
}

impl Hydra {
    /// Builds it as `<folder>/hydra`.
    pub(crate) fn build(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let path = folder.canonicalize().unwrap().join("hydra");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hydra.c");
        let built = Command::new("cc")
            .args(["-O1", "-o"])
            .arg(&path)
            .arg(source)
            .output()
            .unwrap();
        assert!(built.status.success(), "{built:?}");
        Self { path }
    }

    /// The same program under the same name elsewhere.
    pub(crate) fn copy_to(&self, folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let path = folder.canonicalize().unwrap().join("hydra");
        std::fs::copy(&self.path, &path).unwrap();
        Self { path }
    }

    /// Its living processes, whatever they did to session, folder and environment.
    pub(crate) fn processes(&self) -> Vec<i32> {
        let Ok(entries) = std::fs::read_dir("/proc") else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
            .filter(|pid| {
                std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == self.path)
            })
            .collect()
    }

    /// Kills its living processes: what a test that failed owes its neighbours.
    pub(crate) fn kill(&self) {
        for pid in self.processes() {
            let of_ours =
                std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == self.path);
            if let (true, Some(pid)) = (of_ours, rustix::process::Pid::from_raw(pid)) {
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
        }
    }
}
