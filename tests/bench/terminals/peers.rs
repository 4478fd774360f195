//! The programs that are measured, each started from its public command in a place of its own: a
//! town with agents of ours, sessions of tmux and zellij, processes of mprocs.
//!
//! An instance has pane 0 alone in a view, panes 1 and 2 side by side in another where the program
//! has such a thing, and the others hidden.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;

use super::outer::{Outer, SIZE};
use super::panes::Panes;
use super::{Env, Program, View};
use crate::support::TestTown;
use crate::support::process::{Process, processes_naming};
use crate::support::run::Run;
use crate::support::wait::wait_for;

/// One measured program with its panes.
pub(crate) struct Instance {
    pub(crate) program: Program,
    pub(crate) panes: Panes,
    /// The viewer, while there is one.
    pub(crate) outer: Option<Outer>,
    place: Place,
    binary: PathBuf,
}

/// Where it lives.
enum Place {
    Town(Box<TestTown>),
    Folder(TempDir, Env),
}

impl Instance {
    /// Starts a program with so many panes and nobody looking (mprocs cannot do without).
    pub(crate) fn start(program: Program, binary: &Path, count: usize) -> Result<Self, String> {
        let place = match program {
            Program::Gt => town()?,
            Program::Tmux | Program::Zellij | Program::Mprocs => folder(),
        };
        let mut one = Self {
            program,
            panes: Panes::new(place.base()),
            outer: None,
            place,
            binary: binary.to_owned(),
        };
        match program {
            Program::Gt => one.start_gt(count)?,
            Program::Tmux => one.start_tmux(count)?,
            Program::Zellij => one.start_zellij(count)?,
            Program::Mprocs => one.start_mprocs(count),
        }
        one.panes.ready(count)?;
        if program == Program::Zellij {
            one.outer = None;
        }
        Ok(one)
    }

    /// The processes of the program itself, not those in its panes.
    pub(crate) fn servers(&self) -> Vec<Process> {
        let name = self.binary.file_name().unwrap_or_default();
        processes_naming(self.place.base())
            .into_iter()
            .filter(|process| {
                let exe = std::fs::read_link(format!("/proc/{}/exe", process.pid));
                exe.is_ok_and(|exe| exe.file_name() == Some(name))
            })
            .collect()
    }

    /// Whether it runs on with nobody looking.
    pub(crate) fn detaches(&self) -> bool {
        self.program != Program::Mprocs
    }

    /// The command that opens a view, where the program has it.
    fn viewing(&self, view: View) -> Option<Vec<String>> {
        let name = |pane: usize| {
            let name = self.panes.names.get(pane).map_or("", String::as_str);
            format!("tradingbot/{name}")
        };
        match (self.program, view) {
            (Program::Gt, View::Alone) => Some(self.line(&["attach", &name(0)])),
            (Program::Gt, View::Beside) => Some(self.line(&["attach", &name(1), &name(2)])),
            (Program::Tmux, View::Alone) => Some(self.line(&["attach", "-t", "b:0"])),
            (Program::Tmux, View::Beside) => Some(self.line(&["attach", "-t", "b:1.0"])),
            (Program::Zellij, _) => Some(self.line(&["attach", "b"])),
            (Program::Mprocs, _) => None,
        }
    }

    /// Opens a view in a terminal of its own; `needle` is awaited in what it draws.
    pub(crate) fn attach(&mut self, view: View, needle: Option<&str>) -> Result<(), String> {
        if self.program == Program::Mprocs {
            return match view {
                View::Alone => Ok(()),
                View::Beside => Err("shows one pane at a time".to_owned()),
            };
        }
        if self.program == Program::Zellij {
            let tab = match view {
                View::Alone => "1",
                View::Beside => "2",
            };
            self.quietly(&["--session", "b", "action", "go-to-tab", tab]);
        }
        let line = self.viewing(view).ok_or("has no such view")?;
        self.outer = Some(Outer::start(&line, &self.cwd(), &self.env(), needle));
        Ok(())
    }

    /// Closes the view.
    pub(crate) fn detach(&mut self) {
        if self.detaches() {
            self.outer = None;
        }
    }

    /// The command that prints pane 0.
    pub(crate) fn peek(&self) -> Option<Run> {
        let name = format!("tradingbot/{}", self.panes.names.first()?);
        let arguments: &[&str] = match self.program {
            Program::Gt => &["peek", &name],
            Program::Tmux => &["-S", "sock", "capture-pane", "-p", "-t", "b:0.0"],
            Program::Zellij => &["--session", "b", "action", "dump-screen", "-p", "0"],
            Program::Mprocs => return None,
        };
        let run = Run::new(&self.binary, &self.cwd()).arguments(arguments);
        Some(run.envs(&self.env()))
    }

    fn start_gt(&self, count: usize) -> Result<(), String> {
        let Place::Town(town) = &self.place else {
            return Err("no town".to_owned());
        };
        let done = |run: Run| {
            let ran = run.run();
            (ran.code == Some(0)).then_some(()).ok_or(ran.to_string())
        };
        let script = self.panes.script();
        done(town.gt_run(&["config", "agent", "set", "pane", &script]))?;
        for number in 0..count {
            let bead = town.bead(&format!("Pane {number}"));
            done(town.gt_run(&["sling", &bead, "tradingbot", "--agent", "pane"]))?;
        }
        Ok(())
    }

    fn start_tmux(&self, count: usize) -> Result<(), String> {
        let conf = self.place.base().join("tmux.conf");
        let text = "set -g history-limit 10000\nset -g status off\nset -s escape-time 0\n\
                    set -g default-terminal tmux-256color\nset -g default-shell /bin/sh\n";
        std::fs::write(&conf, text).unwrap();
        for number in 0..count {
            let pane = format!("exec '{}' {number}", self.panes.script());
            let (columns, rows) = (SIZE.0.to_string(), SIZE.1.to_string());
            let arguments = match number {
                0 => vec![
                    "new-session",
                    "-d",
                    "-s",
                    "b",
                    "-x",
                    &columns,
                    "-y",
                    &rows,
                    &pane,
                ],
                2 => vec!["split-window", "-d", "-h", "-t", "b:1", &pane],
                _ => vec!["new-window", "-d", "-t", "b:", &pane],
            };
            let mut all = vec!["-u", "-f", "tmux.conf", "-S", "sock"];
            all.extend(arguments);
            let ran = Run::new(&self.binary, &self.cwd())
                .arguments(&all)
                .envs(&self.env())
                .run();
            if ran.code != Some(0) {
                return Err(ran.to_string());
            }
        }
        Ok(())
    }

    fn start_zellij(&mut self, count: usize) -> Result<(), String> {
        // The panes are its shells: commands of a layout wait for a key before they run.
        let config = format!(
            "show_startup_tips false\nshow_release_notes false\npane_frames false\n\
             simplified_ui true\nsession_serialization false\nscroll_buffer_size 10000\n\
             on_force_close \"detach\"\ndefault_shell \"{}\"\n",
            self.panes.script()
        );
        let base = self.place.base().to_owned();
        std::fs::write(base.join("config.kdl"), config).unwrap();
        let line = self.line(&["--config", "config.kdl", "--session", "b"]);
        self.outer = Some(Outer::start(&line, &base, &self.env(), None));
        self.panes.ready(1)?;
        for number in 1..count {
            let action: &[&str] = match number {
                2 => &["new-pane", "-d", "right"],
                _ => &["new-tab"],
            };
            self.quietly(&[&["--session", "b", "action"], action].concat());
            self.panes.ready(number + 1)?;
            if number == 2 {
                // The keys go to the pane before it.
                self.quietly(&["--session", "b", "action", "move-focus", "left"]);
            }
        }
        Ok(())
    }

    fn start_mprocs(&mut self, count: usize) {
        let base = self.place.base().to_owned();
        let mut config =
            "hide_keymap_window: true\nscrollback: 10000\nproc_list_width: 10\nprocs:\n".to_owned();
        for number in 0..count {
            let script = self.panes.script();
            let _ = write!(
                config,
                "  w{number:02}:\n    cmd: [\"{script}\", \"{number}\"]\n"
            );
        }
        std::fs::write(base.join("mprocs.yaml"), config).unwrap();
        let line = self.line(&["--config", "mprocs.yaml"]);
        let outer = Outer::start(&line, &base, &self.env(), Some("w00"));
        outer.came(Duration::from_secs(10));
        // From the list of processes to the terminal.
        outer.keys("\u{1}");
        self.outer = Some(outer);
    }

    fn line(&self, arguments: &[&str]) -> Vec<String> {
        let mut line = vec![self.binary.to_string_lossy().into_owned()];
        if self.program == Program::Tmux {
            line.extend(["-u", "-S", "sock"].map(str::to_owned));
        }
        line.extend(arguments.iter().map(|one| (*one).to_owned()));
        line
    }

    fn cwd(&self) -> PathBuf {
        match &self.place {
            Place::Town(town) => town.root().to_owned(),
            Place::Folder(dir, _) => dir.path().to_owned(),
        }
    }

    fn env(&self) -> Env {
        match &self.place {
            Place::Town(town) => town.env().to_vec(),
            Place::Folder(_, env) => env.clone(),
        }
    }

    /// Runs the program with its output thrown away.
    fn quietly(&self, arguments: &[&str]) {
        let child = Run::new(&self.binary, &self.cwd())
            .arguments(arguments)
            .envs(&self.env())
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        if let Ok(mut child) = child
            && wait_for(Duration::from_secs(10), || child.try_wait().ok().flatten()).is_none()
        {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.outer = None;
        match self.program {
            // The town ends by itself, and holds that nothing is left.
            Program::Gt | Program::Mprocs => {}
            Program::Tmux => self.quietly(&["-S", "sock", "kill-server"]),
            Program::Zellij => self.quietly(&["kill-session", "b"]),
        }
        if matches!(self.place, Place::Folder(..)) {
            let base = self.place.base();
            let gone = || processes_naming(base).is_empty().then_some(());
            if wait_for(Duration::from_secs(2), gone).is_none() {
                for process in processes_naming(base) {
                    process.kill();
                }
            }
        }
    }
}

impl Place {
    fn base(&self) -> &Path {
        match self {
            Self::Town(town) => town.base(),
            Self::Folder(dir, _) => dir.path(),
        }
    }
}

fn town() -> Result<Place, String> {
    let (mut town, _) = TestTown::with_rig(&[("README.md", "# bot\n")]);
    town.set_env("LC_ALL", "C.UTF-8");
    town.set_env("TERM", "xterm-256color");
    let up = town.gt(&["up"]);
    if up.code == Some(0) {
        Ok(Place::Town(Box::new(town)))
    } else {
        Err(up.to_string())
    }
}

fn folder() -> Place {
    let dir = tempfile::Builder::new()
        .prefix("gtbench")
        .tempdir_in("/tmp")
        .unwrap();
    let path = |name: &str| dir.path().join(name);
    for name in ["h", "run", "tmp"] {
        std::fs::create_dir(path(name)).unwrap();
    }
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(path("run"), mode).unwrap();
    let env: Env = [
        ("PATH", std::env::var_os("PATH").unwrap_or_default()),
        ("HOME", path("h").into()),
        ("XDG_RUNTIME_DIR", path("run").into()),
        ("TMPDIR", path("tmp").into()),
        ("TMUX_TMPDIR", path("tmp").into()),
        ("ZELLIJ_SOCKET_DIR", path("run").into()),
        ("LC_ALL", "C.UTF-8".into()),
        ("TZ", "UTC".into()),
        ("SHELL", "/bin/sh".into()),
        ("TERM", "xterm-256color".into()),
    ]
    .into_iter()
    .map(|(name, value): (&str, OsString)| (name.into(), value))
    .collect();
    Place::Folder(dir, env)
}
