//! Starts a program under a pseudo-terminal, or a job with a pipe.
//!
//! Where the host knows its own program, that one is started and becomes the wanted one, so that it
//! is set apart before its first instruction (`apart`); elsewhere that is done right after the start.
//! Both ends given out are non-blocking. The terminal crate's own reader and writer are not used:
//! its writer types an end-of-file into the program when dropped.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the one that starts agents and jobs"
)]

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use filedescriptor::FileDescriptor;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::termios::{InputModes, OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

use super::apart::Apart;
use super::child::Child;
use super::program::{NotStarted, check_words, find};
use crate::domain::{JobPlan, LaunchPlan};
use crate::support::os;

/// A started program and our end of its terminal or pipe.
#[derive(Debug)]
pub(crate) struct Started {
    /// The program.
    pub(crate) child: Child,
    /// Our end, non-blocking. Reading fails with EIO once nobody has the other end any more.
    pub(crate) end: File,
}

/// Starts an agent as leader of a session of its own, whose terminal has the plan's size.
pub(crate) fn start_terminal(
    plan: &LaunchPlan,
    launcher: Option<&Path>,
) -> Result<Started, NotStarted> {
    check_words(&plan.argv, &plan.env)?;
    let name = plan.argv.first().ok_or(NotStarted::Empty)?;
    let program = find(name, &plan.env, &plan.cwd)?;
    let pair = native_pty_system()
        .openpty(PtySize {
            cols: plan.size.0.max(2),
            rows: plan.size.1.max(1),
            pixel_width: 0,
            pixel_height: 0,
        })
        .map_err(|error| NotStarted::System(error.to_string()))?;
    let raw = pair
        .master
        .as_raw_fd()
        .ok_or_else(|| NotStarted::System("the terminal has no descriptor".to_owned()))?;
    let end = FileDescriptor::dup(&raw)
        .map_err(|error| NotStarted::System(error.to_string()))?
        .as_fd()
        .try_clone_to_owned()
        .map_err(system)?;
    prepare(&end).map_err(|error| NotStarted::System(error.to_string()))?;
    let apart = Apart {
        name: program.to_string_lossy().into_owned(),
        session: false,
        mark: os::new_mark(),
        files: plan.limits.files,
        nice: plan.limits.nice,
    };
    let command = agent_command(plan, &program, &apart, launcher);
    let child: Box<dyn portable_pty::Child> = pair
        .slave
        .spawn_command(command)
        .map_err(|error| NotStarted::System(error.to_string()))?;
    let child = child
        .downcast::<std::process::Child>()
        .map_err(|_| NotStarted::System("the child is of an unknown kind".to_owned()))?;
    Ok(Started {
        child: marked(*child, &apart, launcher),
        end: File::from(end),
    })
}

fn agent_command(
    plan: &LaunchPlan,
    program: &Path,
    apart: &Apart,
    launcher: Option<&Path>,
) -> CommandBuilder {
    let arguments = plan.argv.get(1..).unwrap_or_default();
    let mut command = match launcher {
        Some(launcher) => {
            let mut command = CommandBuilder::new(launcher);
            command.args(apart.words(program, arguments));
            command
        }
        None => {
            let mut command = CommandBuilder::new(program);
            command.args(arguments);
            command
        }
    };
    command.env_clear();
    for (key, value) in &plan.env {
        command.env(key, value);
    }
    command.cwd(&plan.cwd);
    command
}

/// Starts a job: no input, both outputs into one pipe, a session of its own without a terminal
/// (without a launcher: a process group of its own).
pub(crate) fn start_job(plan: &JobPlan, launcher: Option<&Path>) -> Result<Started, NotStarted> {
    check_words(&plan.argv, &plan.env)?;
    let name = plan.argv.first().ok_or(NotStarted::Empty)?;
    let program = find(name, &plan.env, &plan.cwd)?;
    let (reader, writer) = std::io::pipe().map_err(system)?;
    let end = OwnedFd::from(reader);
    rustix::io::ioctl_fionbio(&end, true).map_err(|error| NotStarted::System(error.to_string()))?;
    let apart = Apart {
        name: name.clone(),
        session: true,
        mark: os::new_mark(),
        files: plan.limits.files,
        nice: plan.limits.nice,
    };
    let arguments = plan.argv.get(1..).unwrap_or_default();
    let mut command = match launcher {
        Some(launcher) => {
            let mut command = Command::new(launcher);
            command.args(apart.words(&program, arguments));
            command
        }
        None => {
            let mut command = Command::new(program);
            command.arg0(name).args(arguments).process_group(0);
            command
        }
    };
    let child = command
        .env_clear()
        .envs(plan.env.iter().map(|(key, value)| (key, value)))
        .current_dir(&plan.cwd)
        .stdin(Stdio::null())
        .stdout(writer.try_clone().map_err(system)?)
        .stderr(writer)
        .spawn()
        .map_err(system)?;
    Ok(Started {
        child: marked(child, &apart, launcher),
        end: File::from(end),
    })
}

/// The child with its mark: taken over by itself, or given to it now.
fn marked(child: std::process::Child, apart: &Apart, launcher: Option<&Path>) -> Child {
    let given = |mark: &u64| {
        launcher.is_some() || i32::try_from(child.id()).is_ok_and(|pid| os::give_mark(pid, *mark))
    };
    let mark = apart.mark.filter(given);
    Child::new(child, mark)
}

/// Tells a terminal's program its new size.
pub(crate) fn resize(end: &File, size: (u16, u16)) -> std::io::Result<()> {
    tcsetwinsize(
        end,
        Winsize {
            ws_col: size.0.max(2),
            ws_row: size.1.max(1),
            ws_xpixel: 0,
            ws_ypixel: 0,
        },
    )?;
    Ok(())
}

fn system(error: std::io::Error) -> NotStarted {
    NotStarted::System(error.to_string())
}

/// Non-blocking, and erasing whole UTF-8 characters while the line editor of the kernel is used.
fn prepare(end: &OwnedFd) -> rustix::io::Result<()> {
    rustix::io::ioctl_fionbio(end, true)?;
    let mut modes = tcgetattr(end)?;
    modes.input_modes |= InputModes::IUTF8;
    tcsetattr(end, OptionalActions::Now, &modes)
}
