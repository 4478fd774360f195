//! The town itself: where things are, how its programs are run, how it ends.

use std::ffi::OsString;
use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::process::{Process, processes_naming};
use super::remote::Remote;
use super::run::{Ran, Run};
use super::wait::{PATIENCE, wait_for};

/// A town of a test's own. See the module.
pub(crate) struct TestTown {
    base: TempDir,
    root: PathBuf,
    env: Vec<(OsString, OsString)>,
}

impl TestTown {
    /// A HOME and a place for a town; nothing is installed.
    pub(crate) fn bare() -> Self {
        Self::at("gt")
    }

    /// As [`TestTown::bare`], with the town's folder at `place` below the HOME.
    pub(crate) fn at(place: &str) -> Self {
        // Socket paths are short; the system's own folder for temporary files often is not.
        let base = tempfile::Builder::new()
            .prefix("gt")
            .tempdir_in("/tmp")
            .unwrap();
        let path = |name: &str| base.path().join(name);
        for name in ["h", "bin", "run", "tmp"] {
            std::fs::create_dir(path(name)).unwrap();
        }
        std::fs::set_permissions(path("run"), std::fs::Permissions::from_mode(0o700)).unwrap();
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let mut search = path("bin").into_os_string();
        search.push(":");
        search.push(inherited);
        let env = vec![
            ("PATH".into(), search),
            ("HOME".into(), path("h").into()),
            ("XDG_RUNTIME_DIR".into(), path("run").into()),
            ("TMPDIR".into(), path("tmp").into()),
            ("GIT_CONFIG_NOSYSTEM".into(), "1".into()),
            ("LC_ALL".into(), "C".into()),
            ("TZ".into(), "UTC".into()),
            ("SHELL".into(), "/bin/sh".into()),
        ];
        Self {
            root: path("h").join(place),
            base,
            env,
        }
    }

    /// An installed town.
    pub(crate) fn installed() -> Self {
        let town = Self::bare();
        let root = town.root_text();
        town.gt_at(town.home(), &["install", &root, "--name", "trading-hq"])
            .ok();
        town
    }

    /// An installed town with the rig `tradingbot` of a local bare repository.
    pub(crate) fn with_rig(files: &[(&str, &str)]) -> (Self, Remote) {
        let town = Self::installed();
        let remote = town.remote("tradingbot", files);
        town.gt(&["rig", "add", "tradingbot", &remote.path.to_string_lossy()])
            .ok();
        (town, remote)
    }

    /// A town whose one agent, Toast, is a script that says `ready for work` and has a bead to work on.
    #[track_caller]
    pub(crate) fn with_agent(name: &str, script: &str) -> Self {
        let (town, _remote) = Self::with_rig(&[("README.md", "# bot\n")]);
        town.register(name, script);
        let bead = town.bead("Be an agent of a test");
        town.gt(&["sling", &bead, "tradingbot", "--agent", name])
            .ok()
            .says("Toast");
        town.wait_until("the agent is ready", || {
            town.gt(&["peek", "tradingbot/Toast"])
                .out
                .contains("ready for work")
        });
        town
    }

    /// Registers a script as the agent `alias`.
    #[track_caller]
    pub(crate) fn register(&self, alias: &str, script: &str) {
        let path = self.script(&format!("agent-{alias}"), script);
        self.gt(&["config", "agent", "set", alias, &path.to_string_lossy()])
            .ok();
    }

    /// The folder everything of this test lies in.
    pub(crate) fn base(&self) -> &Path {
        self.base.path()
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.base().join("h")
    }

    /// The folder of programs that comes first on PATH.
    pub(crate) fn bin(&self) -> PathBuf {
        self.base().join("bin")
    }

    /// The town's folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn root_text(&self) -> String {
        self.root.to_string_lossy().into_owned()
    }

    pub(crate) fn env(&self) -> &[(OsString, OsString)] {
        &self.env
    }

    /// Sets a variable for every later run.
    pub(crate) fn set_env(&mut self, name: &str, value: &str) {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.into(), value.into()));
    }

    /// A run of `gt`, in the town's folder when it is there.
    pub(crate) fn gt_run(&self, arguments: &[&str]) -> Run {
        self.program(env!("CARGO_BIN_EXE_gt"), &self.place(), arguments)
    }

    /// A run of `bd`.
    pub(crate) fn bd_run(&self, arguments: &[&str]) -> Run {
        self.program(env!("CARGO_BIN_EXE_bd"), &self.place(), arguments)
    }

    /// A run of any program in this test's environment.
    pub(crate) fn program(&self, program: &str, cwd: &Path, arguments: &[&str]) -> Run {
        Run::new(program, cwd).arguments(arguments).envs(&self.env)
    }

    fn place(&self) -> PathBuf {
        if self.root.is_dir() {
            self.root.clone()
        } else {
            self.home()
        }
    }

    #[track_caller]
    pub(crate) fn gt(&self, arguments: &[&str]) -> Ran {
        self.gt_run(arguments).run()
    }

    #[track_caller]
    pub(crate) fn gt_at(&self, cwd: impl AsRef<Path>, arguments: &[&str]) -> Ran {
        self.program(env!("CARGO_BIN_EXE_gt"), cwd.as_ref(), arguments)
            .run()
    }

    #[track_caller]
    pub(crate) fn bd(&self, arguments: &[&str]) -> Ran {
        self.bd_run(arguments).run()
    }

    /// Makes a bead and says its id.
    #[track_caller]
    pub(crate) fn bead(&self, title: &str) -> String {
        let ran = self
            .bd(&["create", "--title", title, "--type", "task", "--json"])
            .ok();
        ran.json()
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no id in the answer\n{ran}"))
            .to_owned()
    }

    /// A run of `git` that reads no configuration but the repository's.
    pub(crate) fn git_run(&self, cwd: &Path, arguments: &[&str]) -> Run {
        self.program("git", cwd, arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_NAME", "Olive")
            .env("GIT_AUTHOR_EMAIL", "olive@example.org")
            .env("GIT_COMMITTER_NAME", "Olive")
            .env("GIT_COMMITTER_EMAIL", "olive@example.org")
    }

    /// What `git` answers.
    #[track_caller]
    pub(crate) fn git(&self, cwd: &Path, arguments: &[&str]) -> String {
        self.git_run(cwd, arguments).run().ok().out
    }

    /// A local bare repository with one commit on `main`.
    pub(crate) fn remote(&self, name: &str, files: &[(&str, &str)]) -> Remote {
        let dir = self.base().join("remote");
        std::fs::create_dir_all(&dir).unwrap();
        Remote::make(self, &dir.join(format!("{name}.git")), files)
    }

    /// Puts an executable script on the PATH.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.bin().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// The live town as `gt status --json` tells it.
    #[track_caller]
    pub(crate) fn status(&self) -> Value {
        self.gt(&["status", "--json"]).ok().json()
    }

    /// A number from the status, such as `/engine/pid`.
    pub(crate) fn pid(&self, pointer: &str) -> Option<i32> {
        let ran = self.gt(&["status", "--json"]);
        let value: Value = serde_json::from_str(&ran.out).ok()?;
        value
            .pointer(pointer)?
            .as_i64()
            .and_then(|pid| i32::try_from(pid).ok())
    }

    /// Ends a process of this town at once, as a crash would.
    pub(crate) fn crash(&self, pid: i32) {
        let found = processes_naming(self.base())
            .into_iter()
            .find(|process| process.pid == pid);
        let Some(process) = found else {
            panic!("process {pid} is not one of this test");
        };
        process.kill();
        super::wait::wait_until("the process that was killed is gone", || {
            !super::process::alive(pid)
        });
    }

    /// The engine's process, wherever it was started from.
    pub(crate) fn engine(&self) -> Option<Process> {
        self.background("engine")
    }

    /// The terminal host's process.
    pub(crate) fn host(&self) -> Option<Process> {
        self.background("host")
    }

    fn background(&self, role: &str) -> Option<Process> {
        processes_naming(self.base())
            .into_iter()
            .find(|process| process.line.contains(&format!(" {role} run")))
    }

    /// The bead as `bd show --json` tells it.
    #[track_caller]
    pub(crate) fn show(&self, id: &str) -> Value {
        let value = self.bd(&["show", id, "--json"]).ok().json();
        match value {
            Value::Array(list) => list.into_iter().next().unwrap_or_default(),
            other => other,
        }
    }

    /// Where a bead stands.
    #[track_caller]
    pub(crate) fn bead_status(&self, id: &str) -> String {
        self.show(id)
            .get("status")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    #[track_caller]
    pub(crate) fn feed(&self) -> String {
        self.gt(&["feed", "--plain"]).ok().out
    }

    /// Waits for a condition of this town; shows the whole town when it is not met.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, mut probe: impl FnMut() -> bool) {
        let met = wait_for(PATIENCE, || probe().then_some(()));
        assert!(
            met.is_some(),
            "not within {PATIENCE:?}: {what}\n{}",
            self.story()
        );
    }

    /// Everything that helps to see what happened.
    pub(crate) fn story(&self) -> String {
        let mut story = String::new();
        let mut add = |what: &str, text: &str| {
            let _ = writeln!(story, "---- {what}\n{text}");
        };
        for arguments in [
            &["status"][..],
            &["feed", "--plain"],
            &["mq", "list", "tradingbot"],
        ] {
            let run = self.gt_run(arguments).command().output();
            let text = run.map_or_else(
                |error| error.to_string(),
                |output| {
                    format!(
                        "{}{}",
                        String::from_utf8_lossy(&output.stdout),
                        String::from_utf8_lossy(&output.stderr)
                    )
                },
            );
            add(&arguments.join(" "), &text);
        }
        for process in processes_naming(self.base()) {
            add("process", &format!("{} {}", process.pid, process.line));
        }
        let logs = std::fs::read_dir(self.root.join(".gt/logs"));
        for entry in logs.into_iter().flatten().flatten() {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            let from = text.len().saturating_sub(6_000);
            let tail = text.get(from..).unwrap_or(&text);
            add(&entry.path().to_string_lossy(), tail);
        }
        story
    }

    /// Ends the town and says what it left behind.
    fn end(&self) -> Vec<Process> {
        if self.root.join(".gt").is_dir() && !processes_naming(self.base()).is_empty() {
            let mut run = self.gt_run(&["down", "--all"]).command();
            run.stdin(std::process::Stdio::null())
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null());
            if let Ok(mut child) = run.spawn() {
                let ended = wait_for(PATIENCE, || child.try_wait().ok().flatten());
                if ended.is_none() {
                    drop(child.kill());
                    drop(child.wait());
                }
            }
        }
        let gone = wait_for(Duration::from_secs(3), || {
            processes_naming(self.base()).is_empty().then_some(())
        });
        let left = match gone {
            Some(()) => Vec::new(),
            None => processes_naming(self.base()),
        };
        for process in &left {
            process.kill();
        }
        left
    }
}

impl Drop for TestTown {
    fn drop(&mut self) {
        let failed = std::thread::panicking();
        if failed {
            // The message of the test is out already; the story beside it is what explains it.
            std::io::Write::write_all(&mut std::io::stderr(), self.story().as_bytes()).ok();
        }
        let left = self.end();
        assert!(
            failed || left.is_empty(),
            "processes outlived `gt down --all`: {left:?}"
        );
    }
}
