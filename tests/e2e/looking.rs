//! Looking back from a real terminal: `gt attach` in a pty, its history scrolled, searched, copied;
//! what reaches the operator's terminal is exactly what they copied (T1, T5).

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use gastown::term::Screen;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::login::base64;
use crate::support::TestTown;

pub(crate) const SIZE: (u16, u16) = (80, 24);
/// Writes rows before anybody attaches, more when it is told to, tries to get at the clipboard between them, and reads on.
const LOGGER: &str = "#!/bin/sh
stty -echo
seq -f 'row %g of the log' 1 5000
printf 'ready for work\\n'
while read -r rows; do
    printf '\\033]52;c;aGlqYWNrZWQ=\\007'
    seq -f 'row %g of the log' 1 \"$rows\"
    printf 'that was all\\n'
done
";

/// Keeps what it is shown, says that it has the terminal, and waits for a key.
const EDITOR: &str = "#!/bin/sh
cp \"$1\" \"$HOME/edited\"
stat -c %a \"$1\" > \"$HOME/mode\"
printf 'the editor has the terminal\\n'
read -r line
printf '%s\\n' \"$line\" > \"$HOME/typed\"
";

/// The operator's terminal with a program in it.
pub(crate) struct Outer {
    pub(crate) master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    pub(crate) child: Box<dyn Child + Send + Sync>,
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Outer {
    pub(crate) fn open(town: &TestTown, arguments: &[&str], env: &[(&str, &Path)]) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                cols: SIZE.0,
                rows: SIZE.1,
                ..PtySize::default()
            })
            .unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_gt"));
        command.args(arguments);
        command.cwd(town.root());
        command.env_clear();
        for (name, value) in town.env() {
            command.env(name, value);
        }
        for (name, value) in env {
            command.env(name, value);
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let mut from = pair.master.try_clone_reader().unwrap();
        let into = Arc::clone(&bytes);
        let reader = std::thread::spawn(move || {
            let mut piece = [0; 65_536];
            while let Ok(count @ 1..) = from.read(&mut piece) {
                into.lock().unwrap().extend_from_slice(&piece[..count]);
            }
        });
        Self {
            keys: pair.master.take_writer().unwrap(),
            master: pair.master,
            child,
            bytes,
            reader: Some(reader),
        }
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub(crate) fn written(&self) -> Vec<u8> {
        self.bytes.lock().unwrap().clone()
    }

    /// What the operator sees.
    fn text(&self) -> String {
        let mut screen = Screen::new(SIZE, 0);
        screen.feed(&self.written());
        (0..SIZE.1)
            .map(|row| screen.row(row).text())
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[track_caller]
    pub(crate) fn shows(&self, town: &TestTown, wanted: &str) {
        let shown = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            town.wait_until(wanted, || self.text().contains(wanted));
        }));
        assert!(shown.is_ok(), "`{wanted}` is not in:\n{}", self.text());
    }

    /// The payloads of every sequence that writes a clipboard.
    fn clipboards(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.written()).into_owned();
        text.split("\x1b]52;")
            .skip(1)
            .map(|rest| {
                let end = rest.find(['\x07', '\x1b']).unwrap_or(rest.len());
                rest[..end].to_owned()
            })
            .collect()
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        // The reader ends with the last end of the terminal.
        drop(std::mem::replace(&mut self.keys, Box::new(std::io::sink())));
        drop(self.master.get_size());
        if let Some(reader) = self.reader.take() {
            drop(reader.join());
        }
    }
}

/// A town whose one agent is the logger, at work.
pub(crate) fn town() -> TestTown {
    let town = TestTown::with_agent("logger", LOGGER);
    // A question about the clipboard would stand over the last rows.
    let settings = town.home().join(".config/gastown");
    std::fs::create_dir_all(&settings).unwrap();
    std::fs::write(
        settings.join("config.toml"),
        "[terminal]\nclipboard = \"deny\"\n",
    )
    .unwrap();
    town
}

#[test]
fn t1_t5_a_history_is_scrolled_searched_and_copied_from_a_real_terminal() {
    let town = town();
    let mut outer = Outer::open(&town, &["attach", "tradingbot/Toast"], &[]);
    outer.shows(&town, "ready for work");
    outer.press("1\r");
    outer.shows(&town, "that was all");

    // Back to the first row, which was written before this terminal was there; a search over all.
    outer.press("\x02[");
    outer.shows(&town, "COPY 5004/5004");
    outer.press("g");
    outer.shows(&town, "COPY 1/5004");
    outer.shows(&town, "row 1 of the log\nrow 2 of the log");
    outer.press("/row 77\r");
    outer.shows(&town, "match 1/11");
    outer.shows(&town, "row 77 of the log");
    outer.press("n");
    outer.shows(&town, "match 2/11");
    outer.press("Vjy");
    outer.shows(&town, "copied");
    let copied = base64("row 770 of the log\nrow 771 of the log\n");
    assert_eq!(outer.clipboards(), [format!("c;{copied}")]);
    assert!(!outer.text().contains("COPY"), "{}", outer.text());

    // Scrolled by Shift-PgUp, a key for the agent ends it.
    outer.press("\x1b[5;2~");
    outer.shows(&town, "BACK ");
    outer.press("3\r");
    outer.shows(&town, "row 3 of the log\nthat was all");
    assert_eq!(outer.clipboards().len(), 1);
}

#[test]
fn the_end_of_a_flood_shows_though_nothing_comes_after_it() {
    let town = town();
    let mut outer = Outer::open(&town, &["attach", "tradingbot/Toast"], &[]);
    outer.shows(&town, "ready for work");
    for round in 0..4 {
        let last = 40_000 + round;
        outer.press(&format!("{last}\r"));
        outer.shows(&town, &format!("row {last} of the log\nthat was all"));
    }
}

#[test]
fn t9_the_history_opens_in_the_operators_editor_and_the_console_comes_back() {
    let town = town();
    let editor = town.script("editor", EDITOR);
    let temporary = town.home().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let env: &[(&str, &Path)] = &[("EDITOR", &editor), ("TMPDIR", &temporary)];
    let mut outer = Outer::open(&town, &["attach", "tradingbot/Toast"], env);
    outer.shows(&town, "ready for work");
    outer.press("40\r");
    outer.shows(&town, "that was all");
    outer.press("\x02e");
    outer.shows(&town, "the editor has the terminal");
    // The keys are the editor's alone: an interrupt would end the console, and these a session.
    outer.press("dq:keys\r");
    outer.shows(&town, "that was all");
    let read = |name: &str| std::fs::read_to_string(town.home().join(name)).unwrap_or_default();
    let edited = read("edited");
    assert!(
        edited.starts_with("row 1 of the log\nrow 2 of the log\n"),
        "{edited}"
    );
    assert!(
        edited.ends_with("row 40 of the log\nthat was all\n"),
        "{edited}"
    );
    assert_eq!(
        (read("mode").as_str(), read("typed").as_str()),
        ("600\n", "dq:keys\n")
    );
    town.wait_until("the file is gone", || {
        std::fs::read_dir(&temporary).unwrap().next().is_none()
    });
    outer.press("2\r");
    outer.shows(&town, "row 2 of the log\nthat was all");
}
