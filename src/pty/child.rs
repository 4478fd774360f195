//! A started child: its number, its start time, and how it ended.

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid,
};

use crate::domain::Exit;
use crate::support::os;

/// A child of this process, leader of its own process group.
#[derive(Debug)]
pub(crate) struct Child {
    inner: std::process::Child,
    pid: i32,
    started: u64,
    mark: Option<u64>,
}

impl Child {
    pub(super) fn new(inner: std::process::Child, mark: Option<u64>) -> Self {
        let pid = i32::try_from(inner.id()).unwrap_or_default();
        Self {
            inner,
            pid,
            started: os::start_time(pid).unwrap_or_default(),
            mark,
        }
    }

    /// Its number, also that of its group (and session, under a terminal).
    pub(crate) fn pid(&self) -> i32 {
        self.pid
    }

    /// When it was started; with the number its identity.
    pub(crate) fn started(&self) -> u64 {
        self.started
    }

    /// What the kernel hands down to everything that it starts, where it does.
    pub(crate) fn mark(&self) -> Option<u64> {
        self.mark
    }

    /// Whether it has ended. Its number stays taken until [`Child::reap`].
    pub(crate) fn has_ended(&self) -> bool {
        let Some(pid) = Pid::from_raw(self.pid) else {
            return true;
        };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match waitid(WaitId::Pid(pid), options) {
            Ok(status) => status.is_some(),
            Err(error) => error == rustix::io::Errno::CHILD,
        }
    }

    /// How it ended, once it has; gives its number back to the system.
    pub(crate) fn reap(&mut self) -> Option<Exit> {
        use std::os::unix::process::ExitStatusExt;
        match self.inner.try_wait() {
            Ok(Some(status)) => Some(match (status.code(), status.signal()) {
                (Some(code), _) => Exit::Code { code },
                (None, Some(signal)) => Exit::Signal { signal },
                (None, None) => Exit::Lost,
            }),
            Ok(None) => None,
            Err(_) => Some(Exit::Lost),
        }
    }

    /// Signals its whole group. Only right while it has not been reaped: until then its number
    /// is nobody else's.
    pub(crate) fn signal_group(&self, signal: Signal) {
        let Some(pid) = Pid::from_raw(self.pid) else {
            return;
        };
        if let Err(error) = kill_process_group(pid, signal) {
            tracing::debug!(pid = self.pid, %error, "group not signalled");
            // It may not have made its group yet, or have left it.
            if let Err(error) = kill_process(pid, signal) {
                tracing::debug!(pid = self.pid, %error, "leader not signalled");
            }
        }
    }
}
