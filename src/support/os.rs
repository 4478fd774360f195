//! What differs between operating systems; the only place with `cfg(target_os)`.
//!
//! Linux is tested; macOS is written for and untested, and falls back as stated at each item.
//! Size: the one place for what differs between systems (DECISIONS 18); short items that share nothing.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of process facts"
)]

use std::path::PathBuf;

use rustix::process::{Pid, Signal, geteuid};

/// The folder for sockets whose town path is too long: `$XDG_RUNTIME_DIR/gastown`, else `/tmp/gastown-<uid>`.
pub fn runtime_dir() -> PathBuf {
    match std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from) {
        Some(dir) if dir.is_absolute() && dir.as_os_str().len() < 60 => dir.join("gastown"),
        _ => PathBuf::from(format!("/tmp/gastown-{}", geteuid().as_raw())),
    }
}

/// The process session that `pid` belongs to, or `None` when it is gone, or when its session was
/// begun outside of what this process can see (a container): the kernel then names number 0.
pub fn session_of(pid: i32) -> Option<i32> {
    #[cfg(target_os = "linux")]
    {
        process(pid)
            .map(|process| process.session)
            .filter(|&session| session > 0)
    }
    #[cfg(not(target_os = "linux"))]
    {
        rustix::process::getsid(Pid::from_raw(pid))
            .ok()
            .map(|session| session.as_raw_nonzero().get())
    }
}

/// When `pid` was started, in an unspecified unit that never repeats for one pid while
/// the machine is up. `None` when there is no such process. Elsewhere than on Linux a
/// living process answers 0, so that identity rests on the pid alone.
pub fn start_time(pid: i32) -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        parent_and_start(pid).map(|(_, start)| start)
    }
    #[cfg(not(target_os = "linux"))]
    {
        rustix::process::test_kill_process(Pid::from_raw(pid)?)
            .ok()
            .map(|()| 0)
    }
}

#[cfg(target_os = "linux")]
fn parent_of(pid: i32) -> Option<i32> {
    parent_and_start(pid).map(|(parent, _)| parent)
}

/// Both in one reading: the kernel hands the line out whole, and every command asks for some.
#[cfg(target_os = "linux")]
fn parent_and_start(pid: i32) -> Option<(i32, u64)> {
    use std::io::Read;
    let mut bytes = [0; 1024];
    let mut file = std::fs::File::open(format!("/proc/{pid}/stat")).ok()?;
    let length = file.read(&mut bytes).ok()?;
    let stat = String::from_utf8_lossy(bytes.get(..length)?);
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace();
    let parent = fields.nth(1)?.parse().ok()?;
    let start = fields.nth(17)?.parse().ok()?;
    Some((parent, start))
}

#[cfg(not(target_os = "linux"))]
fn parent_and_start(pid: i32) -> Option<(i32, u64)> {
    start_time(pid).map(|start| (0, start))
}

/// Living processes whose parent is one of `roots`, or a descendant of one. Linux only; elsewhere empty.
pub fn descendants(roots: &[i32]) -> Vec<i32> {
    #[cfg(target_os = "linux")]
    {
        let Ok(entries) = std::fs::read_dir("/proc") else {
            return Vec::new();
        };
        let all: Vec<(i32, i32)> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter_map(|pid: i32| Some((pid, parent_of(pid)?)))
            .collect();
        let mut found: Vec<i32> = Vec::new();
        let mut frontier: Vec<i32> = roots.to_vec();
        while let Some(parent) = frontier.pop() {
            for &(pid, _) in all
                .iter()
                .filter(|(pid, above)| *above == parent && !roots.contains(pid))
            {
                if !found.contains(&pid) {
                    found.push(pid);
                    frontier.push(pid);
                }
            }
        }
        found
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = roots;
        Vec::new()
    }
}

/// 256 bits that nobody can guess, from the operating system.
pub fn random_bits() -> std::io::Result<[u8; 32]> {
    use std::io::Read;
    let mut bits = [0; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bits)?;
    Ok(bits)
}

/// `pid` and the processes above it with their start times, nearest first, at most 64. Elsewhere
/// than on Linux: `pid` alone.
pub fn process_line(pid: i32) -> Vec<(i32, u64)> {
    let mut line = Vec::new();
    let mut next = Some(pid);
    while let Some(pid) = next.filter(|_| line.len() < 64) {
        let Some((parent, start)) = parent_and_start(pid) else {
            break;
        };
        line.push((pid, start));
        next = Some(parent).filter(|parent| *parent > 1);
    }
    line
}

/// The process and the user at the other end of a socket.
pub fn peer_of(socket: &std::os::unix::net::UnixStream) -> std::io::Result<(i32, u32)> {
    let peer = rustix::net::sockopt::socket_peercred(socket)?;
    Ok((peer.pid.as_raw_nonzero().get(), peer.uid.as_raw()))
}

/// The user that this process belongs to.
pub fn own_user() -> u32 {
    geteuid().as_raw()
}

/// Lets this process and all it will start open at most `files` files each (0: as before), stand
/// back by `nice` when others want the processor, and be the first to go when memory runs out.
/// What the system does not allow stays as it was.
pub fn stand_back(files: u64, nice: i32) {
    use rustix::process::{Resource, Rlimit, getrlimit, nice as step_back, setrlimit};
    if files > 0 {
        let most = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
        let files = Some(files.min(most));
        let limit = Rlimit {
            current: files,
            maximum: files,
        };
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::debug!(%error, "open files are not limited");
        }
    }
    if nice > 0
        && let Err(error) = step_back(nice)
    {
        tracing::debug!(%error, "it does not stand back");
    }
    #[cfg(target_os = "linux")]
    if let Err(error) = std::fs::write("/proc/self/oom_score_adj", "300") {
        tracing::debug!(%error, "it is not the first to go");
    }
}

/// How much of the machine is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MachineUse {
    /// Processes and threads.
    pub processes: u64,
    /// Memory that is to be had, in KiB.
    pub free: u64,
}

/// How much of the machine is in use; memory is not asked for when it is `known`. Linux only.
pub fn machine_use(known: Option<u64>) -> Option<MachineUse> {
    #[cfg(target_os = "linux")]
    {
        let load = std::fs::read_to_string("/proc/loadavg").ok()?;
        let (_, processes) = load.split_ascii_whitespace().nth(3)?.split_once('/')?;
        Some(MachineUse {
            processes: processes.parse().ok()?,
            free: match known {
                Some(free) => free,
                None => line_of("/proc/meminfo", "MemAvailable:")?,
            },
        })
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = known;
        None
    }
}

/// The memory of the machine in MiB; 0 where nobody knows.
pub fn machine_memory() -> u64 {
    #[cfg(target_os = "linux")]
    {
        line_of("/proc/meminfo", "MemTotal:").unwrap_or(0) / 1024
    }
    #[cfg(not(target_os = "linux"))]
    0
}

/// The memory that a process has to itself, in KiB. Linux only; elsewhere 0.
pub fn memory_of(pid: i32) -> u64 {
    #[cfg(target_os = "linux")]
    {
        line_of(&format!("/proc/{pid}/status"), "RssAnon:").unwrap_or(0)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = pid;
        0
    }
}

/// The number after `key` in one of the kernel's files.
#[cfg(target_os = "linux")]
fn line_of(file: &str, key: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(key))?;
    value.split_ascii_whitespace().next()?.parse().ok()
}

/// The program that this process runs, also once its file was replaced or removed (on Linux).
pub fn own_program() -> Option<PathBuf> {
    let link = PathBuf::from("/proc/self/exe");
    if link.exists() {
        // Of whoever looks, which is a fork of this process.
        return Some(link);
    }
    std::env::current_exe().ok()
}

/// Whether the process `pid` runs the very program that this one does, file names apart; `None` where
/// nobody knows (elsewhere than on Linux, or of another user's process).
pub fn same_program(pid: i32) -> Option<bool> {
    #[cfg(target_os = "linux")]
    {
        use std::io::{BufRead, BufReader};
        use std::os::unix::fs::MetadataExt;
        let open = |who: &str| std::fs::File::open(format!("/proc/{who}/exe")).ok();
        let (ours, theirs) = (open("self")?, open(&pid.to_string())?);
        let (our, their) = (ours.metadata().ok()?, theirs.metadata().ok()?);
        if (our.dev(), our.ino()) == (their.dev(), their.ino()) {
            return Some(true);
        }
        if our.len() != their.len() {
            return Some(false);
        }
        // Two copies of one program are as good as one file.
        let mut ours = BufReader::with_capacity(1 << 18, ours);
        let mut theirs = BufReader::with_capacity(1 << 18, theirs);
        loop {
            let (one, two) = (ours.fill_buf().ok()?, theirs.fill_buf().ok()?);
            let (count, same) = (one.len().min(two.len()), one.len() == two.len());
            if one.get(..count) != two.get(..count) || (count == 0 && !same) {
                return Some(false);
            }
            if count == 0 {
                return Some(true);
            }
            ours.consume(count);
            theirs.consume(count);
        }
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = pid;
        None
    }
}

/// One living process, or one that is dead and not yet waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// The process above it.
    pub parent: i32,
    /// Its process group.
    pub group: i32,
    /// Its session.
    pub session: i32,
    /// When it was started, as [`start_time`] tells it.
    pub started: u64,
    /// Dead, and only waiting to be waited for.
    pub zombie: bool,
}

/// All processes of this machine. Linux only; elsewhere empty.
pub fn processes() -> Vec<Process> {
    #[cfg(target_os = "linux")]
    {
        let Ok(entries) = std::fs::read_dir("/proc") else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter_map(|entry| process(entry.file_name().to_str()?.parse().ok()?))
            .collect()
    }
    #[cfg(not(target_os = "linux"))]
    Vec::new()
}

/// The process `pid`. Linux only.
#[cfg(target_os = "linux")]
pub fn process(pid: i32) -> Option<Process> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace();
    let zombie = matches!(fields.next()?, "Z" | "X");
    let mut number = || fields.next()?.parse().ok();
    let (parent, group, session) = (number()?, number()?, number()?);
    let started = fields.nth(15)?.parse().ok()?;
    Some(Process {
        pid,
        parent,
        group,
        session,
        started,
        zombie,
    })
}

/// The process `pid`. Linux only.
#[cfg(not(target_os = "linux"))]
pub fn process(_pid: i32) -> Option<Process> {
    None
}

/// The name of the program that `pid` runs, at most 15 bytes of it; `?` where nobody knows. Whatever
/// the process made of it: not to be trusted, nor shown as it is.
pub fn name_of(pid: i32) -> String {
    #[cfg(target_os = "linux")]
    {
        std::fs::read(format!("/proc/{pid}/comm")).map_or_else(
            |_| "?".to_owned(),
            |name| String::from_utf8_lossy(&name).trim_end().to_owned(),
        )
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = pid;
        "?".to_owned()
    }
}

/// Sends a signal to the process `pid` that was started at `started` and to no other, even if the
/// number was given away meanwhile. Says whether it was sent. Elsewhere than on Linux the number
/// is looked at right before.
pub fn signal_exact(pid: i32, started: u64, signal: Signal) -> bool {
    let Some(target) = Pid::from_raw(pid) else {
        return false;
    };
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};
        match pidfd_open(target, PidfdFlags::empty()) {
            Ok(handle) => {
                start_time(pid) == Some(started) && pidfd_send_signal(handle, signal).is_ok()
            }
            Err(rustix::io::Errno::NOSYS) => {
                start_time(pid) == Some(started)
                    && rustix::process::kill_process(target, signal).is_ok()
            }
            Err(_) => false,
        }
    }
    #[cfg(not(target_os = "linux"))]
    {
        start_time(pid) == Some(started) && rustix::process::kill_process(target, signal).is_ok()
    }
}

/// A mark for a process and all that it will ever start.
///
/// The mark is a limit on file locks, which no Linux of this century enforces: it is inherited
/// through every fork and exec, whatever becomes of session, parent, folder and environment, and
/// only root can lift it. Inside a marked process, marks are lower ones. Linux only.
pub fn new_mark() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let ceiling = rustix::process::getrlimit(rustix::process::Resource::Locks).maximum;
        let half = ceiling.unwrap_or(1 << 62) / 2;
        if half < 1 << 32 {
            return None;
        }
        let [a, b, c, d, e, f, g, h, ..] = random_bits().ok()?;
        Some(half + u64::from_le_bytes([a, b, c, d, e, f, g, h]) % (half - 1))
    }
    #[cfg(not(target_os = "linux"))]
    None
}

/// Takes a mark over; says whether it was possible.
pub fn carry_mark(mark: u64) -> bool {
    #[cfg(target_os = "linux")]
    {
        rustix::process::setrlimit(rustix::process::Resource::Locks, both(mark)).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = mark;
        false
    }
}

/// Gives a mark to a child; says whether it was possible.
pub fn give_mark(pid: i32, mark: u64) -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, prlimit};
        Pid::from_raw(pid)
            .is_some_and(|pid| prlimit(Some(pid), Resource::Locks, both(mark)).is_ok())
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (pid, mark);
        false
    }
}

#[cfg(target_os = "linux")]
fn both(limit: u64) -> rustix::process::Rlimit {
    rustix::process::Rlimit {
        current: Some(limit),
        maximum: Some(limit),
    }
}

/// The mark that a process carries ([`new_mark`]). Linux only.
pub fn mark_of(pid: i32) -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
        let line = limits
            .lines()
            .find_map(|line| line.strip_prefix("Max file locks"))?;
        line.split_ascii_whitespace().nth(1)?.parse().ok()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = pid;
        None
    }
}

/// The children of this process's first thread, to which orphans come too, dead ones that nobody
/// waited for included; `None` where the system does not keep such a list.
pub fn own_children() -> Option<Vec<i32>> {
    #[cfg(target_os = "linux")]
    {
        let own = std::process::id();
        let children = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).ok()?;
        let numbers = children.split_ascii_whitespace();
        Some(numbers.filter_map(|pid| pid.parse().ok()).collect())
    }
    #[cfg(not(target_os = "linux"))]
    None
}

/// Makes this process the parent of descendants that lose theirs. Says whether it is. Linux only.
pub fn adopt_orphans() -> bool {
    #[cfg(target_os = "linux")]
    {
        rustix::process::set_child_subreaper(Some(rustix::process::getpid())).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    false
}

/// The working folder of a process. Linux only.
pub fn folder_of(pid: i32) -> Option<PathBuf> {
    #[cfg(target_os = "linux")]
    {
        std::fs::read_link(format!("/proc/{pid}/cwd")).ok()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = pid;
        None
    }
}

/// The environment that a process was started with, entry by entry. Linux only; elsewhere empty.
pub fn environment_of(pid: i32) -> Vec<Vec<u8>> {
    #[cfg(target_os = "linux")]
    {
        let bytes = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        bytes.split(|&byte| byte == 0).map(<[u8]>::to_vec).collect()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = pid;
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_have_a_start_time_and_ancestors() {
        let me = i32::try_from(std::process::id()).unwrap_or_default();
        assert!(start_time(me).is_some());
        let line = process_line(me);
        assert_eq!(
            line.first().copied(),
            start_time(me).map(|start| (me, start))
        );
        let above = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get());
        if let Some(above) = above.filter(|pid| *pid > 1 && start_time(*pid).is_some()) {
            assert_eq!(line.get(1).map(|(pid, _)| *pid), Some(above));
        }
        // Inside a container the session may have begun outside, and is then nobody's.
        assert_ne!(session_of(me), Some(0));
        assert_eq!(session_of(i32::MAX - 1), None);
        assert_eq!(start_time(i32::MAX - 1), None);
    }
}
