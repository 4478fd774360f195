//! Clone, fetch and push with the closed environment (contract S8, DOCUMENT 38).
#![expect(
    clippy::disallowed_methods,
    reason = "tests serve a repository on the loopback and make files"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::fixture::{Rig, commit_of};
use crate::domain::{GitOutcome, Oid};
use crate::git::{Errand, Explained, Trouble, closed, explain, plans};

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn explained(errand: Errand, remote: &str, output: &Output) -> Explained {
    assert!(!output.status.success(), "{output:?}");
    explain(errand, remote, "gt mq retry mr-1", &said(output))
}

/// A worktree's work up to the push: target before, candidate.
fn candidate(rig: &Rig) -> (Oid, Oid) {
    let base = rig.worktree("Toast");
    let tip = rig.work("Toast", &[("c.txt", "sea\n")], "Add the sea");
    rig.check("Toast", &base);
    commit_of(&rig.candidate(&tip, &base))
}

fn push(rig: &Rig, old: &Oid, new: &Oid) -> Output {
    rig.run(&plans::push(&rig.repos.mirror, "main", old, new).unwrap())
}

#[test]
fn a_stale_lease_is_told_apart() {
    let rig = Rig::new();
    let (old, new) = candidate(&rig);
    rig.seed_remote("main", &[("x", "x")]);
    let output = push(&rig, &old, &new);
    assert_eq!(
        explained(Errand::Push, "/r", &output).trouble,
        Trouble::Stale
    );
}

#[test]
fn a_hook_of_the_remote_is_heard() {
    let rig = Rig::new();
    let (old, new) = candidate(&rig);
    let hook = rig.remote().join("hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\necho 'no pushes on friday' >&2\nexit 1\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let found = explained(Errand::Push, "/r", &push(&rig, &old, &new));
    assert_eq!(found.trouble, Trouble::Declined);
    assert!(
        found.refusal.message.contains("no pushes on friday"),
        "{found:?}"
    );
    assert_eq!(rig.tip(&rig.remote(), "main"), old);
}

#[test]
fn a_remote_with_files_is_never_broken() {
    let rig = Rig::bare_town();
    rig.seed_remote("main", &[("a.txt", "one\n")]);
    let seed = rig.root().join("seed");
    let url = seed.to_string_lossy().into_owned();
    plans::prepare_mirror(&rig.repos.mirror, &url).unwrap();
    assert!(rig.run(&plans::clone(&rig.repos.mirror)).status.success());
    assert!(matches!(rig.layout(), GitOutcome::RigReady { target, .. } if target == "main"));
    let (old, new) = candidate(&rig);
    let found = explained(Errand::Push, &url, &push(&rig, &old, &new));
    assert_eq!(found.trouble, Trouble::CheckedOut);
    let mend = format!("git -C {url} config receive.denyCurrentBranch updateInstead");
    assert!(found.refusal.hints[0].contains(&mend), "{found:?}");
    assert_eq!(rig.status(&seed), "");
    assert_eq!(rig.tip(&seed, "main"), old);
    rig.git(
        &seed,
        &["config", "receive.denyCurrentBranch", "updateInstead"],
    );
    assert!(push(&rig, &old, &new).status.success());
    assert_eq!(rig.status(&seed), "");
    assert!(seed.join("c.txt").exists());
}

#[test]
fn what_cannot_be_reached_is_said_in_one_line() {
    let rig = Rig::bare_town();
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for (url, trouble) in [
        (
            rig.root().join("none.git").to_string_lossy().into_owned(),
            Trouble::NoRepository,
        ),
        (format!("http://{free}/a.git"), Trouble::Unreachable),
    ] {
        plans::prepare_mirror(&rig.repos.mirror, &url).unwrap();
        let output = rig.run(&plans::clone(&rig.repos.mirror));
        let found = explained(Errand::Clone, &url, &output);
        assert_eq!(found.trouble, trouble, "{output:?}");
        assert!(!found.refusal.message.contains('\n'));
    }
}

#[test]
fn a_remote_head_that_names_nothing_is_no_obstacle() {
    let rig = Rig::bare_town();
    rig.seed_remote("trunk", &[("a", "1")]);
    rig.git(
        &rig.remote(),
        &["symbolic-ref", "HEAD", "refs/heads/absent"],
    );
    rig.prepare();
    assert!(matches!(rig.layout(), GitOutcome::RigReady { target, .. } if target == "trunk"));
    let output = rig.run(&plans::remote_head(&rig.repos.mirror));
    assert_eq!(
        plans::parse_remote_head(&String::from_utf8_lossy(&output.stdout)),
        None
    );
    assert_eq!(
        plans::parse_remote_head("ref: refs/heads/main\tHEAD\n123\tHEAD\n").as_deref(),
        Some("main")
    );
}

#[test]
fn a_login_over_http_works_with_the_operators_helper() {
    let rig = Rig::bare_town();
    rig.seed_remote("develop", &[("a.txt", "one\n")]);
    rig.git(
        &rig.remote(),
        &["symbolic-ref", "HEAD", "refs/heads/develop"],
    );
    rig.git(&rig.remote(), &["config", "http.receivepack", "true"]);
    let server = Server::start(&rig.root());
    let url = format!("http://{}/remote.git", server.address);
    plans::prepare_mirror(&rig.repos.mirror, &url).unwrap();
    let refused = rig.run(&plans::clone(&rig.repos.mirror));
    let found = explained(Errand::Clone, &url, &refused);
    assert_eq!(found.trouble, Trouble::Login, "{refused:?}");
    assert!(
        found.refusal.hints[0].contains("credential.helper"),
        "{found:?}"
    );
    let helper = "!f() { test \"$1\" = get && echo username=me && echo password=secret; }; f";
    rig.git(
        &rig.root(),
        &["config", "--global", "credential.helper", helper],
    );
    closed::write_own_config(&rig.paths, &rig.captured()).unwrap();
    let output = rig.run(&plans::clone(&rig.repos.mirror));
    assert!(output.status.success(), "{output:?}");
    let outcome = rig.layout();
    assert!(
        matches!(&outcome, GitOutcome::RigReady { target, .. } if target == "develop"),
        "{outcome:?}"
    );
    let head = rig.run(&plans::remote_head(&rig.repos.mirror));
    let head = plans::parse_remote_head(&String::from_utf8_lossy(&head.stdout));
    assert_eq!(head.as_deref(), Some("develop"));
    let old = rig.tip(&rig.repos.mirror, "develop");
    let mut rig = rig;
    rig.repos.target = "develop".to_owned();
    let (_, new) = candidate(&rig);
    let plan = plans::push(&rig.repos.mirror, "develop", &old, &new).unwrap();
    let output = rig.run(&plan);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(rig.tip(&rig.remote(), "develop"), new);
    drop(server);
}

/// Serves the repositories of a folder over HTTP to `me` with `secret`, through git's own
/// program for web servers.
struct Server {
    address: std::net::SocketAddr,
    over: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    fn start(root: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let (root, ended) = (root.to_owned(), Arc::clone(&over));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                answer(&root, stream.unwrap());
            }
        });
        Self {
            address,
            over,
            thread: Some(thread),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split(' ');
        let method = words.next()?.to_owned();
        let target = words.next()?.to_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.push((name.to_lowercase(), value.to_owned()));
        }
        let mut request = Self {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: Vec::new(),
        };
        let length = request.header("content-length").parse().unwrap_or(0);
        request.body = vec![0; length];
        reader.read_exact(&mut request.body).ok()?;
        Some(request)
    }

    fn header(&self, name: &str) -> String {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }
}

fn answer(root: &PathBuf, mut stream: TcpStream) {
    let Some(request) = Request::read(&stream) else {
        return;
    };
    // `me:secret` in base 64.
    if request.header("authorization") != "Basic bWU6c2VjcmV0" {
        let refusal = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        drop(stream.write_all(refusal.as_bytes()));
        return;
    }
    let mut child = Command::new("git")
        .arg("http-backend")
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap())
        .env("HOME", root.join("home"))
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REMOTE_USER", "me")
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env("CONTENT_TYPE", request.header("content-type"))
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", request.header("content-encoding"))
        .env("HTTP_GIT_PROTOCOL", request.header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdin.take().unwrap().write_all(&request.body));
    let output = child.wait_with_output().unwrap().stdout;
    let split = output
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8_lossy(&output[..split]).into_owned();
    let status = head
        .lines()
        .find_map(|line| line.strip_prefix("Status: "))
        .unwrap_or("200 OK");
    let body = &output[split + 4..];
    let length = body.len();
    let reply = format!(
        "HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    drop(stream.write_all(reply.as_bytes()));
    drop(stream.write_all(body));
}
