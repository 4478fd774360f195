//! The virtual agents: what they commit, submit and show, and what is typed into them.

use crate::domain::{Command, Done, Exit, Refusal, RunId, ScreenRow, ScreenView};
use crate::engine::{Input, Peer, Said};
use crate::wire::{HostAnswer, HostRefusal, WriteFate};

use super::world::{World, record_of};

impl World {
    /// Keys typed into an agent, each key at most once.
    pub(super) fn write(
        &mut self,
        run: &RunId,
        key: String,
        text: &str,
    ) -> Result<HostAnswer, HostRefusal> {
        if self
            .processes
            .get(run)
            .is_none_or(|process| process.exit.is_some())
        {
            return Err(HostRefusal::NoRun);
        }
        if self
            .interrupts
            .as_deref()
            .is_some_and(|end| key.ends_with(end))
        {
            return Ok(HostAnswer::Write(WriteFate::Interrupted));
        }
        if self.written.insert((run.clone(), key)) {
            let line = self.composers.entry(run.clone()).or_default();
            if text == "\r" && self.swallow > 0 {
                self.swallow -= 1;
            } else if text == "\r" {
                self.taken.push(std::mem::take(line));
            } else {
                line.push_str(
                    text.trim_start_matches("\u{1b}[200~")
                        .trim_end_matches("\u{1b}[201~"),
                );
            }
            self.show(run);
        }
        Ok(HostAnswer::Write(WriteFate::Written))
    }

    /// An agent's screen, with its input line.
    pub(super) fn show(&mut self, run: &RunId) {
        let line = self.composers.get(run).cloned().unwrap_or_default();
        let rule = "\u{2500}".repeat(40);
        let rows = [
            "\u{b7} ready for input".to_owned(),
            rule.clone(),
            format!("> {line}"),
            rule,
        ];
        let rev = self.fresh();
        let screen = ScreenView {
            rev,
            hash: rev,
            size: (80, 24),
            rows: rows
                .into_iter()
                .map(|text| ScreenRow {
                    text,
                    runs: Vec::new(),
                })
                .collect(),
            bracketed_paste: true,
            ..ScreenView::default()
        };
        self.inbox.push_back(Input::Screen {
            run: run.clone(),
            screen,
        });
    }

    /// The agent of a living run commits a piece of work that touches one file.
    pub(super) fn commit(&mut self, run: &RunId, file: u64) {
        let piece = self.fresh();
        let record = record_of(run);
        let Some(tree) = self.trees.get(&record).cloned() else {
            return;
        };
        let mut commit = self.commits[&tree.head].clone();
        commit.work.insert(piece);
        commit.files.insert(file, piece);
        let head = self.add(commit);
        if let Some(tree) = self.trees.get_mut(&record) {
            tree.head = head;
        }
    }

    /// The agent takes the target's changes into its work, as `git rebase` does.
    pub(super) fn rebase(&mut self, run: &RunId) {
        let record = record_of(run);
        let Some(tree) = self.trees.get(&record).cloned() else {
            return;
        };
        let target = self.commits[&self.mirror].clone();
        let own = self.commits[&tree.head].clone();
        let mut merged = target;
        merged.work.extend(&own.work);
        merged.files.extend(own.files);
        let head = self.add(merged);
        if let Some(tree) = self.trees.get_mut(&record) {
            tree.head = head;
        }
    }

    /// `gt done`, typed by the agent of a run.
    pub(super) fn done(&mut self, run: &RunId) -> Result<Said, Refusal> {
        let Some(process) = self.processes.get(run) else {
            return Err(Refusal::failed("no process"));
        };
        let peer = Peer {
            token: process.token.clone(),
            ..Peer::default()
        };
        let name = record_of(run);
        let (name, _) = name.split_once('.').unwrap();
        let cwd = self.paths.polecat_tree("tradingbot", name);
        self.ask_as(
            peer,
            Command::Done(Done {
                cwd,
                no_change: None,
            }),
        )
    }

    /// The runs of agents whose process lives.
    pub(super) fn agents(&self) -> Vec<RunId> {
        self.processes
            .iter()
            .filter(|(_, process)| !process.job && process.exit.is_none())
            .map(|(run, _)| run.clone())
            .collect()
    }

    /// An agent's process ends by itself.
    pub(super) fn die(&mut self, run: &RunId, code: i32) {
        if let Some(process) = self.processes.get_mut(run) {
            process.exit = Some(Exit::Code { code });
            self.inbox.push_back(Input::Exited {
                run: run.clone(),
                exit: Exit::Code { code },
                tail: String::new(),
                took: 1,
                left: Vec::new(),
            });
        }
    }
}
