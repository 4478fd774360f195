//! A remote behind a password, over HTTP on the loopback (DOCUMENT 38, S10).

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use crate::agents;
use crate::support::TestTown;

const USER: &str = "olive";
const PASSWORD: &str = "correct-horse-7";

/// `git http-backend` behind a small server that wants [`USER`] and [`PASSWORD`].
struct Server {
    address: SocketAddr,
    ending: Arc<AtomicBool>,
    refused: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(town: &TestTown, root: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let ending = Arc::new(AtomicBool::new(false));
        let refused = Arc::new(AtomicUsize::new(0));
        let (stop, count) = (Arc::clone(&ending), Arc::clone(&refused));
        let backend = Backend {
            root: root.to_owned(),
            path: town
                .env()
                .iter()
                .find(|(name, _)| name == "PATH")
                .map(|(_, value)| value.clone())
                .unwrap_or_default(),
        };
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                // A client that goes away in the middle is its own affair.
                drop(backend.answer(&stream, &count));
            }
        });
        Self {
            address,
            ending,
            refused,
            thread: Some(thread),
        }
    }

    fn url(&self, repository: &str) -> String {
        format!("http://{}/{repository}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

struct Backend {
    root: PathBuf,
    path: std::ffi::OsString,
}

#[derive(Default)]
struct Request {
    method: String,
    target: String,
    length: usize,
    chunked: bool,
    kind: String,
    encoding: String,
    protocol: String,
    login: String,
}

impl Backend {
    fn answer(&self, stream: &TcpStream, refused: &AtomicUsize) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        let request = read_head(&mut reader)?;
        let body = read_body(&mut reader, &request)?;
        let mut stream = stream;
        if request.login != format!("Basic {}", base64(&format!("{USER}:{PASSWORD}"))) {
            refused.fetch_add(1, Ordering::SeqCst);
            return stream.write_all(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let mut child = Command::new("git")
            .arg("http-backend")
            .env_clear()
            .env("PATH", &self.path)
            .env("GIT_PROJECT_ROOT", &self.root)
            .env("GIT_HTTP_EXPORT_ALL", "1")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("REMOTE_USER", USER)
            .env("REQUEST_METHOD", &request.method)
            .env("PATH_INFO", path)
            .env("QUERY_STRING", query)
            .env("CONTENT_TYPE", &request.kind)
            .env("CONTENT_LENGTH", body.len().to_string())
            .env("HTTP_CONTENT_ENCODING", &request.encoding)
            .env("GIT_PROTOCOL", &request.protocol)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(&body)?;
        }
        let output = child.wait_with_output()?.stdout;
        let split = output
            .windows(4)
            .position(|part| part == b"\r\n\r\n")
            .unwrap_or(output.len());
        let (head, rest) = output.split_at(split);
        let head = String::from_utf8_lossy(head);
        let status = head
            .lines()
            .find_map(|line| line.strip_prefix("Status: "))
            .unwrap_or("200 OK");
        let rest = rest.get(4..).unwrap_or_default();
        write!(
            stream,
            "HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            rest.len()
        )?;
        stream.write_all(rest)
    }
}

fn read_head(reader: &mut impl BufRead) -> std::io::Result<Request> {
    let mut request = Request::default();
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_ascii_whitespace();
    request.method = words.next().unwrap_or_default().to_owned();
    request.target = words.next().unwrap_or_default().to_owned();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            return Ok(request);
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => request.length = value.parse().unwrap_or_default(),
            "transfer-encoding" => request.chunked = value == "chunked",
            "content-type" => value.clone_into(&mut request.kind),
            "content-encoding" => value.clone_into(&mut request.encoding),
            "git-protocol" => value.clone_into(&mut request.protocol),
            "authorization" => value.clone_into(&mut request.login),
            _ => {}
        }
    }
}

fn read_body(reader: &mut impl BufRead, request: &Request) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if !request.chunked {
        body.resize(request.length, 0);
        reader.read_exact(&mut body)?;
        return Ok(body);
    }
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).unwrap_or_default();
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk)?;
        if size == 0 {
            return Ok(body);
        }
        body.extend_from_slice(chunk.get(..size).unwrap_or_default());
    }
}

pub(crate) fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in text.as_bytes().chunks(3) {
        let bytes: Vec<u32> = (0..3)
            .map(|at| group.get(at).map_or(0, |byte| u32::from(*byte)))
            .collect();
        let bits = bytes.iter().fold(0, |bits, byte| bits << 8 | byte);
        for place in 0..4 {
            let index = bits >> (18 - 6 * place) & 63;
            let letter = usize::try_from(index)
                .ok()
                .and_then(|index| ALPHABET.get(index));
            out.push(match letter {
                Some(letter) if place <= group.len() => char::from(*letter),
                _ => '=',
            });
        }
    }
    out
}

/// Every file below `dir` that holds `text`.
fn files_holding(dir: &Path, text: &str) -> Vec<PathBuf> {
    let needle = text.as_bytes();
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() {
                let bytes = std::fs::read(&path).unwrap_or_default();
                if bytes.windows(needle.len()).any(|part| part == needle) {
                    found.push(path);
                }
            }
        }
    }
    found
}

#[test]
fn s10_a_remote_behind_a_password_is_cloned_and_landed_on() {
    let town = TestTown::installed();
    let remote = town.remote("private", &[("README.md", "# private\n")]);
    town.git(&remote.path, &["config", "http.receivepack", "true"]);
    let server = Server::start(&town, remote.path.parent().unwrap());
    let url = server.url("private.git");

    let refused = town.gt(&["rig", "add", "private", &url]);
    assert!(refused.code != Some(0), "{refused}");
    refused.fails(1).says("login").says("git");
    assert!(server.refused.load(Ordering::SeqCst) > 0);

    let helper = town.script(
        "git-credential-ours",
        &format!("#!/bin/sh\necho username={USER}\necho password={PASSWORD}\n"),
    );
    std::fs::write(
        town.home().join(".gitconfig"),
        format!("[credential]\n\thelper = {}\n", helper.display()),
    )
    .unwrap();
    town.gt(&["up"]).ok();
    town.gt(&["rig", "add", "private", &url]).ok();
    agents::worker(&town);
    let bead = town.bead("Write a file");
    town.gt(&["sling", &bead, "private", "--agent", "worker"])
        .ok();
    town.wait_until("the work has landed", || {
        town.bead_status(&bead) == "closed"
    });
    let newest = remote.log(&town, "main").into_iter().next().unwrap();
    assert_eq!(newest.author, "private/polecats/Toast");
    assert_eq!(files_holding(town.root(), PASSWORD), [] as [PathBuf; 0]);
}
