//! The programs in the panes: every pane of every measured program runs the same shell script,
//! which reads what to do from a pipe of its own, so that nothing has to be typed to it.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// The panes of one instance.
pub(crate) struct Panes {
    dir: PathBuf,
    said: Receiver<(String, Instant)>,
    /// What each pane calls itself, once it has said so.
    pub(crate) names: Vec<String>,
    /// Kept, so that the pipe never ends.
    _out: File,
}

impl Panes {
    /// Prepares a folder for panes; the script's path is [`Panes::script`].
    pub(crate) fn new(base: &Path) -> Self {
        let dir = base.join("panes");
        std::fs::create_dir(&dir).unwrap();
        let out = dir.join("out");
        make_pipe(&out);
        let text = format!(
            r#"#!/bin/sh
dir='{}'
n=${{1:-$ZELLIJ_PANE_ID}}
if [ -z "$n" ]; then
  n=0
  while ! mkdir "$dir/taken.$n" 2>/dev/null; do n=$((n+1)); done
fi
mkfifo "$dir/$n.in"
say() {{ printf '%s\n' "$*" > "$dir/out"; }}
say "ready $n $GT_POLECAT"
while :; do
  IFS= read -r line < "$dir/$n.in" && eval "$line"
done
"#,
            dir.display()
        );
        let script = dir.join("pane.sh");
        std::fs::write(&script, text).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        // Opened both ways: neither end ever waits for the other.
        let both = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&out)
            .unwrap();
        let reading = BufReader::new(both.try_clone().unwrap());
        let (send, said) = channel();
        std::thread::spawn(move || {
            for line in reading.lines().map_while(Result::ok) {
                if send.send((line, Instant::now())).is_err() {
                    return;
                }
            }
        });
        Self {
            dir,
            said,
            names: Vec::new(),
            _out: both,
        }
    }

    /// The program of every pane; takes the pane's number, or finds a free one.
    pub(crate) fn script(&self) -> String {
        self.dir.join("pane.sh").to_string_lossy().into_owned()
    }

    /// Waits until so many panes are there.
    pub(crate) fn ready(&mut self, count: usize) -> Result<(), String> {
        while self.names.iter().filter(|name| !name.is_empty()).count() < count {
            let (line, _) = self.hear(Duration::from_secs(60))?;
            let mut words = line.split(' ').skip(1);
            let number: usize = words
                .next()
                .and_then(|n| n.parse().ok())
                .ok_or(line.clone())?;
            let name = words.next().filter(|name| !name.is_empty());
            if self.names.len() <= number {
                self.names.resize(number + 1, String::new());
            }
            self.names[number] = name.map_or_else(|| number.to_string(), str::to_owned);
        }
        Ok(())
    }

    /// Lets a pane run a line of shell.
    pub(crate) fn run(&self, pane: usize, line: &str) {
        let path = self.dir.join(format!("{pane}.in"));
        let mut pipe = OpenOptions::new().write(true).open(path).unwrap();
        pipe.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Waits until a pane says this word; tells when.
    pub(crate) fn said(&self, word: &str, patience: Duration) -> Result<Instant, String> {
        loop {
            let (line, at) = self.hear(patience)?;
            if line == word {
                return Ok(at);
            }
        }
    }

    /// Keeps a pane flooding until the answer is dropped.
    pub(crate) fn flood(&self, pane: usize, file: &Path) -> Flood<'_> {
        let flag = self.dir.join("flood");
        std::fs::write(&flag, "").unwrap();
        let line = format!(
            "while [ -e '{}' ]; do cat '{}'; done; say calm",
            flag.display(),
            file.display()
        );
        self.run(pane, &line);
        Flood { panes: self, flag }
    }

    fn hear(&self, patience: Duration) -> Result<(String, Instant), String> {
        self.said
            .recv_timeout(patience)
            .map_err(|_| format!("no pane said anything within {patience:?}"))
    }
}

/// A pane that floods.
pub(crate) struct Flood<'a> {
    panes: &'a Panes,
    flag: PathBuf,
}

impl Drop for Flood<'_> {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.flag));
        drop(self.panes.said("calm", Duration::from_secs(60)));
    }
}

fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A file of lines of 20 to 78 digits, at least so many bytes or lines, the same every time.
pub(crate) fn digits(path: &Path, bytes: usize, lines: usize) {
    let mut random = fastrand::Rng::with_seed(7);
    let mut out = std::io::BufWriter::new(File::create(path).unwrap());
    let (mut written, mut count) = (0, 0);
    while written < bytes || count < lines {
        let length = random.usize(20..=78);
        let line: String = (0..length).map(|_| random.digit(10)).collect();
        out.write_all(line.as_bytes()).unwrap();
        out.write_all(b"\n").unwrap();
        written += length + 1;
        count += 1;
    }
}
