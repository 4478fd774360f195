//! What differs between operating systems; the only place with `cfg(target_os)`.
//!
//! Linux is tested; macOS is written for and untested, and falls back as stated at each item.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of process facts"
)]

use std::path::PathBuf;

use rustix::process::{Pid, geteuid, getsid};

/// The folder for sockets whose town path is too long: `$XDG_RUNTIME_DIR/gastown`, else `/tmp/gastown-<uid>`.
pub fn runtime_dir() -> PathBuf {
    match std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from) {
        Some(dir) if dir.is_absolute() && dir.as_os_str().len() < 60 => dir.join("gastown"),
        _ => PathBuf::from(format!("/tmp/gastown-{}", geteuid().as_raw())),
    }
}

/// The process session that `pid` belongs to, or `None` when it is gone.
pub fn session_of(pid: i32) -> Option<i32> {
    getsid(Pid::from_raw(pid))
        .ok()
        .map(|session| session.as_raw_nonzero().get())
}

/// When `pid` was started, in an unspecified unit that never repeats for one pid while
/// the machine is up. `None` when there is no such process. Elsewhere than on Linux a
/// living process answers 0, so that identity rests on the pid alone.
pub fn start_time(pid: i32) -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, after_name) = stat.rsplit_once(')')?;
        after_name.split_ascii_whitespace().nth(19)?.parse().ok()
    }
    #[cfg(not(target_os = "linux"))]
    {
        rustix::process::test_kill_process(Pid::from_raw(pid)?)
            .ok()
            .map(|()| 0)
    }
}

/// `pid` and the processes above it, nearest first, at most 64. Elsewhere than on Linux: `pid` alone.
pub fn ancestors(pid: i32) -> Vec<i32> {
    let mut line = vec![pid];
    while line.len() < 64 {
        let Some(parent) = line.last().and_then(|&child| parent_of(child)) else {
            break;
        };
        if parent <= 1 {
            break;
        }
        line.push(parent);
    }
    line
}

#[cfg(target_os = "linux")]
fn parent_of(pid: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(not(target_os = "linux"))]
fn parent_of(_pid: i32) -> Option<i32> {
    None
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

/// `pid` and the processes above it with their start times, nearest first.
pub fn process_line(pid: i32) -> Vec<(i32, u64)> {
    ancestors(pid)
        .into_iter()
        .filter_map(|pid| Some((pid, start_time(pid)?)))
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_have_a_start_time_and_ancestors() {
        let me = i32::try_from(std::process::id()).unwrap_or_default();
        assert!(start_time(me).is_some());
        assert_eq!(ancestors(me).first(), Some(&me));
        assert!(session_of(me).is_some());
        assert_eq!(start_time(i32::MAX - 1), None);
    }
}
