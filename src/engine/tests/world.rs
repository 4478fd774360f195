//! The virtual world: what host, git worker and remote would do, as a model in memory. It survives
//! the engine, as the real ones do.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::config::{
    InstallOptions, Settings, set_agent, set_default_agent, write_rig, write_town,
};
use crate::domain::{
    AgentAlias, Answer, BeadCreate, Command, ConflictFile, ConflictKind, ConflictRecord,
    ConflictWith, Delta, Exit, Fit, GitJob, GitOutcome, Mismatch, Now, Oid, Refusal, RigAdd,
    RigName, RunId, Sling, StackStep, StackWork, TownView,
};
use crate::engine::{Act, At, Input, Peer, Said, Tag, Town, TownParts, Turn};
use crate::rules::patrol::Tree as Found;
use crate::store::Store;
use crate::support::paths::TownPaths;
use crate::wire::{HostAnswer, HostAsk, HostRefusal, RunFact, WriteFate};

/// The subscription of the console.
const CONSOLE: u64 = u64::MAX;

/// Overwrites what a delta says has changed, and interprets nothing.
fn overwrite(town: &mut TownView, delta: Delta) {
    match delta {
        Delta::Agent(row) => put(&mut town.agents, *row, |row| row.id.clone()),
        Delta::AgentGone(id) => town.agents.retain(|row| row.id != id),
        Delta::Rig(row) => put(&mut town.rigs, *row, |row| row.name.clone()),
        Delta::RigGone(name) => town.rigs.retain(|row| row.name != name),
        Delta::Merge(row) => put(&mut town.merges, *row, |row| row.id.clone()),
        Delta::Convoy(row) => put(&mut town.convoys, *row, |row| row.id.clone()),
        Delta::Beads(counts) => town.beads = counts,
        Delta::Attention(rows) => town.attention = rows,
        Delta::Wish(wish) => town.wish = wish,
        Delta::Engine(engine) => town.engine = engine,
        Delta::Event(event) => town.seq = event.seq,
        Delta::Nudge(_) => {}
    }
}

fn put<T, K: PartialEq>(rows: &mut Vec<T>, row: T, key: impl Fn(&T) -> K) {
    match rows.iter_mut().find(|known| key(known) == key(&row)) {
        Some(known) => *known = row,
        None => rows.push(row),
    }
}

/// When an engine is killed around an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kill {
    /// Owed, not acted on.
    Before,
    /// Acted on, the outcome lost.
    After,
}

/// A commit of the model: which work it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Commit {
    /// Pieces of work, by number; the base has none.
    pub work: BTreeSet<u64>,
    /// Files that those pieces touch, and which piece wrote each last.
    pub files: BTreeMap<u64, u64>,
}

/// A worktree of the model.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub branch: String,
    pub start: Oid,
    pub head: Oid,
    pub dirty: bool,
}

/// A process under the virtual host.
#[derive(Clone, Debug)]
pub(super) struct Process {
    pub pid: u32,
    pub job: bool,
    pub token: Option<String>,
    pub exit: Option<Exit>,
    pub tail: String,
}

/// How a virtual gate answers.
pub(super) type Gate = Box<dyn FnMut(&Commit) -> Exit>;

pub(super) struct World {
    pub paths: TownPaths,
    pub town: Option<Town>,
    pub now: Now,
    pub nanos: i64,
    pub inbox: VecDeque<Input>,
    pub said: BTreeMap<u64, Result<Said, Refusal>>,
    pub processes: BTreeMap<RunId, Process>,
    pub commits: BTreeMap<Oid, Commit>,
    /// Every tip that the remote's target ever had, in order.
    pub remote: Vec<Oid>,
    pub mirror: Oid,
    pub trees: BTreeMap<String, Tree>,
    /// Worktrees that somebody deleted.
    pub deleted: BTreeSet<std::path::PathBuf>,
    pub rescued: BTreeSet<u64>,
    /// Whether buried worktrees leave a folder.
    pub keeps_trash: bool,
    /// Folders of the trash that were deleted.
    pub emptied: Vec<std::path::PathBuf>,
    pub gate: Gate,
    /// What the next look at a landing finds wrong.
    pub mismatches: Vec<Mismatch>,
    /// What stands in each agent's input line, and what agents took from it.
    pub composers: BTreeMap<RunId, String>,
    /// So many submit keys more are not taken.
    pub swallow: u32,
    /// The operator takes the terminal over before writes whose keys end so.
    pub interrupts: Option<String>,
    pub taken: Vec<String>,
    pub(super) written: BTreeSet<(RunId, String)>,
    pub kill: Option<(String, Kill)>,
    /// What a console would know: a snapshot kept current by deltas.
    pub console: Option<TownView>,
    /// So many acts of that kind pass before the kill.
    pub kill_after: u32,
    pub kills: u32,
    pub next_reply: u64,
    next: u64,
    /// Dropped last: the town's folder.
    _folder: tempfile::TempDir,
}

impl World {
    /// A town with the rig `tradingbot` being added.
    pub(super) fn new() -> Self {
        let folder = quick_folder();
        let paths = TownPaths::new(folder.path().join("town"));
        let options = InstallOptions {
            name: Some("sim".to_owned()),
            git: false,
            owner: None,
            created_at: "now".to_owned(),
        };
        write_town(&paths, &options).unwrap();
        let alias = AgentAlias::parse("worker").unwrap();
        set_agent(
            &Settings::load(&paths),
            &alias,
            "sh -c true",
            Some("scripted"),
            crate::engine::acts::PLAIN_PATH,
        )
        .unwrap();
        set_default_agent(&Settings::load(&paths), &alias).unwrap();
        let store = Store::in_memory().unwrap();
        let root = oid(1);
        let mut world = Self {
            town: None,
            now: Now {
                wall: 1_700_000_000_000,
                town: 0,
            },
            nanos: 1_700_000_000_000_000_000,
            inbox: VecDeque::new(),
            said: BTreeMap::new(),
            processes: BTreeMap::new(),
            commits: BTreeMap::from([(root.clone(), Commit::default())]),
            remote: vec![root.clone()],
            mirror: root,
            trees: BTreeMap::new(),
            deleted: BTreeSet::new(),
            rescued: BTreeSet::new(),
            keeps_trash: false,
            emptied: Vec::new(),
            gate: Box::new(|_| Exit::Code { code: 0 }),
            mismatches: Vec::new(),
            composers: BTreeMap::new(),
            swallow: 0,
            interrupts: None,
            taken: Vec::new(),
            written: BTreeSet::new(),
            kill: None,
            console: None,
            kill_after: 0,
            kills: 0,
            next_reply: 1,
            next: 100,
            paths,
            _folder: folder,
        };
        world.boot(store);
        let name = RigName::parse("tradingbot").unwrap();
        let add = RigAdd {
            name,
            url: "/srv/tradingbot.git".to_owned(),
            prefix: None,
            branch: None,
        };
        world.order(Command::RigAdd(add)).unwrap();
        world.settle();
        world
    }

    /// Starts an engine over a ledger: its first turn, then the host comes up.
    pub(super) fn boot(&mut self, store: Store) {
        let parts = TownParts {
            paths: self.paths.clone(),
            store,
            settings: Settings::load(&self.paths),
            pid: Some(1),
            secret: [7; 32],
        };
        let mut town = Town::new(parts);
        let at = self.at();
        let turn = town.begin(at).unwrap();
        self.town = Some(town);
        self.inbox.clear();
        self.follow(turn);
        let runs = self
            .processes
            .iter()
            .map(|(run, process)| fact(run, process))
            .collect();
        self.inbox.push_back(Input::HostUp { pid: 2, runs });
        for run in self.agents() {
            self.show(&run);
        }
        self.console = None;
        self.inbox.push_back(Input::Subscribe { reply: CONSOLE });
    }

    /// Kills the engine: what it had in memory and what was on its way is gone, the ledger stays.
    pub(super) fn crash(&mut self) {
        self.kills += 1;
        if let Some(town) = self.town.take() {
            self.boot(town.into_store());
        }
    }

    pub(super) fn at(&mut self) -> At {
        self.now.wall += 1;
        self.now.town += 1;
        self.nanos += 1_000_000;
        At {
            now: self.now,
            nanos: self.nanos,
        }
    }

    pub(super) fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// The ledger of the engine that runs.
    pub(super) fn store(&self) -> &Store {
        &self.town.as_ref().unwrap().store
    }

    /// One turn over everything that waits.
    pub(super) fn step(&mut self) {
        let inputs: Vec<Input> = self.inbox.drain(..).collect();
        let at = self.at();
        if let Some(town) = self.town.as_mut() {
            let turn = town.turn(inputs, at);
            self.follow(turn);
        }
    }

    fn follow(&mut self, turn: Turn) {
        self.said.extend(turn.replies);
        if let Some(Ok(Said::Answer(Answer::Town(town)))) = self.said.remove(&CONSOLE) {
            self.console = Some(*town);
        } else if let Some(console) = &mut self.console {
            turn.deltas
                .into_iter()
                .for_each(|delta| overwrite(console, delta));
        }
        let kinds: BTreeMap<i64, &str> = turn.kinds.into_iter().collect();
        for act in turn.acts {
            let kind = match &act {
                Act::Host {
                    tag: Tag::Effect(id),
                    ..
                }
                | Act::Git {
                    tag: Tag::Effect(id),
                    ..
                }
                | Act::Files {
                    tag: Tag::Effect(id),
                    ..
                } => kinds.get(id).copied().unwrap_or(""),
                Act::Host {
                    tag: Tag::Keystroke(_),
                    ..
                } => "deliver",
                Act::Host { .. }
                | Act::Git { .. }
                | Act::Files { .. }
                | Act::OwnConfig { .. }
                | Act::Patrol { .. } => "",
            };
            let mut dies = self
                .kill
                .as_ref()
                .filter(|(wanted, _)| wanted == kind)
                .map(|(_, when)| *when);
            if dies.is_some() && self.kill_after > 0 {
                self.kill_after -= 1;
                dies = None;
            }
            match dies {
                Some(Kill::Before) => {
                    self.kill = None;
                    return self.crash();
                }
                Some(Kill::After) => {
                    self.kill = None;
                    self.act(act);
                    return self.crash();
                }
                None => self.act(act),
            }
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Host { tag, ask } => {
                if let Some(result) = self.host(ask) {
                    self.inbox.push_back(Input::Host { tag, result });
                }
            }
            Act::Git { tag, job } => {
                let outcome = self.git(job);
                self.inbox.push_back(Input::Git { tag, outcome });
            }
            Act::Files { tag, facts } => {
                let result = write_rig(&self.paths, &facts)
                    .map(|_| ())
                    .map_err(|error| error.to_string());
                self.inbox.push_back(Input::Files { tag, result });
            }
            Act::OwnConfig { .. } => {}
            Act::Patrol { trees, left } => {
                let found = |path: &std::path::Path| match self.deleted.contains(path) {
                    true => Found::Gone,
                    false => Found::There,
                };
                let trees = trees.into_iter().map(|(id, path)| (id, found(&path)));
                self.inbox.push_back(Input::Patrolled {
                    trees: trees.collect(),
                    ended: left,
                });
            }
        }
    }

    fn host(&mut self, ask: HostAsk) -> Option<Result<HostAnswer, HostRefusal>> {
        Some(match ask {
            HostAsk::Launch(plan) => {
                let token = plan
                    .env
                    .iter()
                    .find(|(name, _)| name == "GT_TOKEN")
                    .map(|(_, value)| value.clone());
                if !self.processes.contains_key(&plan.run) {
                    let pid = u32::try_from(self.fresh()).unwrap();
                    let process = Process {
                        pid,
                        job: false,
                        token,
                        exit: None,
                        tail: String::new(),
                    };
                    self.processes.insert(plan.run.clone(), process);
                }
                Ok(HostAnswer::Runs(vec![fact(
                    &plan.run,
                    &self.processes[&plan.run],
                )]))
            }
            HostAsk::Job(plan) => {
                if !self.processes.contains_key(&plan.run) {
                    let exit = self.job(&plan.argv, &plan.cwd);
                    let process = Process {
                        pid: 1,
                        job: true,
                        token: None,
                        exit: Some(exit.0),
                        tail: exit.1,
                    };
                    self.processes.insert(plan.run.clone(), process);
                }
                let process = &self.processes[&plan.run];
                if let Some(exit) = process.exit.clone() {
                    let tail = process.tail.clone();
                    self.inbox.push_back(Input::Exited {
                        run: plan.run.clone(),
                        exit,
                        tail,
                        took: 5,
                        left: Vec::new(),
                    });
                }
                Ok(HostAnswer::Runs(vec![RunFact {
                    exit: None,
                    ..fact(&plan.run, &self.processes[&plan.run])
                }]))
            }
            HostAsk::Stop { run, .. } => match self.processes.get_mut(&run) {
                Some(process) => {
                    let exit = process
                        .exit
                        .get_or_insert(Exit::Signal { signal: 1 })
                        .clone();
                    self.inbox.push_back(Input::Exited {
                        run,
                        exit,
                        tail: String::new(),
                        took: 5,
                        left: Vec::new(),
                    });
                    Ok(HostAnswer::Done)
                }
                None => Err(HostRefusal::NoRun),
            },
            HostAsk::Acknowledge { run } => {
                if self
                    .processes
                    .get(&run)
                    .is_some_and(|process| process.exit.is_some())
                {
                    self.processes.remove(&run);
                }
                Ok(HostAnswer::Done)
            }
            HostAsk::Write { run, key, text, .. } => {
                self.write(&run, key.unwrap_or_default(), &text)
            }
            HostAsk::Asked { run, key } => {
                let seen = self.written.contains(&(run, key));
                Ok(HostAnswer::Write(if seen {
                    WriteFate::Written
                } else {
                    WriteFate::NeverSeen
                }))
            }
            other => panic!("the engine never asks {other:?}"),
        })
    }

    /// A job by what its command line says.
    fn job(&mut self, argv: &[String], cwd: &std::path::Path) -> (Exit, String) {
        let good = (Exit::Code { code: 0 }, String::new());
        if argv.iter().any(|word| word == "push") {
            return self.push(argv);
        }
        if argv.first().is_some_and(|word| word == "sh") {
            let batch = cwd.file_name().unwrap().to_string_lossy().into_owned();
            let tree = self.trees[&format!("gate:{batch}")].head.clone();
            return ((self.gate)(&self.commits[&tree]), "gate says so".to_owned());
        }
        good
    }

    fn push(&mut self, argv: &[String]) -> (Exit, String) {
        let lease = argv
            .iter()
            .find_map(|word| word.strip_prefix("--force-with-lease="))
            .unwrap();
        let (_, old) = lease.rsplit_once(':').unwrap();
        let (new, _) = argv.last().unwrap().split_once(':').unwrap();
        let tip = self.remote.last().unwrap().as_str().to_owned();
        if tip == new {
            return (Exit::Code { code: 0 }, String::new());
        }
        if tip != old {
            return (
                Exit::Code { code: 1 },
                "! [rejected] main (stale info)".to_owned(),
            );
        }
        self.remote.push(Oid::parse(new).unwrap());
        (Exit::Code { code: 0 }, String::new())
    }

    fn git(&mut self, job: GitJob) -> GitOutcome {
        match job {
            GitJob::Layout { .. } => GitOutcome::RigReady {
                target: "main".to_owned(),
                tip: self.mirror.clone(),
                tracked_prefix: None,
                test_hint: None,
            },
            GitJob::Sync { .. } => {
                let tip = self.remote.last().unwrap().clone();
                let external = (tip != self.mirror).then(|| self.mirror.clone());
                self.mirror = tip.clone();
                GitOutcome::Synced { tip, external }
            }
            GitJob::Worktree {
                record,
                branch,
                base,
                ..
            } => {
                let start = match base {
                    crate::domain::Base::Target => self.mirror.clone(),
                    crate::domain::Base::Commit(oid) => oid,
                };
                let tree = self.trees.entry(record).or_insert_with(|| Tree {
                    branch,
                    start: start.clone(),
                    head: start,
                    dirty: false,
                });
                GitOutcome::Worktree {
                    base: tree.start.clone(),
                }
            }
            GitJob::Check { record, base, .. } => {
                let tree = &self.trees[&record];
                let base = &self.commits[&base].work;
                let ahead = self.commits[&tree.head].work.difference(base).count();
                GitOutcome::Checked {
                    head: tree.head.clone(),
                    branch: Some(tree.branch.clone()),
                    ahead: u32::try_from(ahead).unwrap(),
                    dirty: if tree.dirty {
                        vec!["x".to_owned()]
                    } else {
                        Vec::new()
                    },
                    busy: None,
                    subjects: Vec::new(),
                }
            }
            GitJob::Stack { works, .. } => self.stack(&works),
            GitJob::GateTree { commit, path, .. } => {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let gate = Tree {
                    branch: String::new(),
                    start: commit.clone(),
                    head: commit.clone(),
                    dirty: false,
                };
                self.trees.insert(format!("gate:{name}"), gate);
                GitOutcome::GateTreeReady { tree: commit }
            }
            GitJob::DropTree { path } => {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                self.trees.remove(&format!("gate:{name}"));
                GitOutcome::TreeDropped
            }
            GitJob::Verify { .. } => GitOutcome::Verified {
                problems: std::mem::take(&mut self.mismatches),
            },
            GitJob::SpareTree { .. } | GitJob::Forecast { .. } => {
                panic!("the engine does not ask for this yet")
            }
            GitJob::Land { .. } => panic!("a rig with a remote lands by push"),
            GitJob::Advance { new, .. } => {
                self.mirror = new;
                GitOutcome::Advanced { left: Vec::new() }
            }
            GitJob::Bury { record, trash, .. } => {
                if let Some(tree) = self.trees.remove(&record) {
                    self.rescued.extend(self.commits[&tree.head].work.iter());
                }
                GitOutcome::Buried {
                    rescue: None,
                    trash: self.keeps_trash.then_some(trash),
                }
            }
            GitJob::Restore { from, to, .. } => match to {
                crate::domain::RestoreTo::Branch(place) => GitOutcome::Restored {
                    from,
                    commit: self.mirror.clone(),
                    place,
                },
                crate::domain::RestoreTo::Folder(_) => GitOutcome::Failed {
                    reason: "something is in the way".to_owned(),
                },
            },
            GitJob::Empty { trash, .. } => {
                self.emptied.push(trash);
                GitOutcome::Emptied { done: true }
            }
        }
    }

    /// The works on the target, one upon the other. A file that both sides changed is a conflict,
    /// unless the work has taken the other's change in.
    fn stack(&mut self, works: &[StackWork]) -> GitOutcome {
        let base = self.mirror.clone();
        let mut below = vec![(ConflictWith::Target, base.clone())];
        let mut steps = Vec::new();
        for work in works {
            let tip = below.last().unwrap().1.clone();
            let fit = match self.clash(&tip, &work.tip) {
                Some(file) => {
                    let with = below
                        .iter()
                        .find(|(_, at)| self.clash(at, &work.tip).is_some());
                    Fit::Conflict(Box::new(conflict(with.unwrap(), &work.tip, file)))
                }
                None => self.put_on(&tip, &work.tip),
            };
            if let Fit::Commit { commit, .. } = &fit {
                below.push((ConflictWith::Member(work.key.clone()), commit.clone()));
            }
            let key = work.key.clone();
            steps.push(StackStep { key, fit });
        }
        GitOutcome::Stacked {
            tree: base.clone(),
            base,
            steps,
        }
    }

    fn clash(&self, onto: &Oid, tip: &Oid) -> Option<u64> {
        let (onto, work) = (&self.commits[onto], &self.commits[tip]);
        let clash = |file: &u64| {
            let writer = onto.files.get(file);
            writer.is_some_and(|writer| !work.work.contains(writer))
        };
        work.files.keys().copied().find(clash)
    }

    fn put_on(&mut self, onto: &Oid, tip: &Oid) -> Fit {
        let (onto, work) = (self.commits[onto].clone(), self.commits[tip].clone());
        let mut merged = onto.clone();
        merged.work.extend(&work.work);
        (merged.files).extend(work.files.iter().map(|(file, writer)| (*file, *writer)));
        if merged == onto {
            return Fit::There;
        }
        let commit = self.add(merged);
        Fit::Commit {
            tree: commit.clone(),
            commit,
        }
    }

    pub(super) fn add(&mut self, commit: Commit) -> Oid {
        let id = oid(self.fresh());
        self.commits.insert(id.clone(), commit);
        id
    }

    /// The operator's command, answered.
    pub(super) fn order(&mut self, command: Command) -> Result<Said, Refusal> {
        self.ask_as(Peer::default(), command)
    }

    pub(super) fn ask_as(&mut self, peer: Peer, command: Command) -> Result<Said, Refusal> {
        let reply = self.next_reply;
        self.next_reply += 1;
        self.inbox.push_back(Input::Command {
            peer,
            command,
            how: "sim".to_owned(),
            reply,
        });
        for _ in 0..20 {
            self.step();
            if let Some(said) = self.said.remove(&reply) {
                return said;
            }
            if self.inbox.is_empty() {
                break;
            }
        }
        Err(Refusal::new(
            crate::domain::Kind::Unreachable,
            "the engine died",
        ))
    }

    pub(super) fn bead(&mut self, title: &str) -> crate::domain::BeadId {
        let cmd = BeadCreate {
            title: title.to_owned(),
            ..BeadCreate::default()
        };
        match self.order(Command::BeadCreate(Box::new(cmd))).unwrap() {
            Said::Outcome(crate::domain::Outcome::Bead { bead, .. }) => bead.id,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn sling(&mut self, bead: &crate::domain::BeadId) -> Result<Said, Refusal> {
        let rig = RigName::parse("tradingbot").unwrap();
        self.order(Command::Sling(Sling {
            bead: bead.clone(),
            rig,
            agent: None,
        }))
    }

    /// Runs until nothing is on its way; time passes to the next deadline when all is quiet.
    pub(super) fn settle(&mut self) {
        for _ in 0..2_000 {
            if !self.inbox.is_empty() {
                self.step();
                continue;
            }
            let Some(due) = self.town.as_ref().and_then(Town::deadline) else {
                return;
            };
            self.now.town = self.now.town.max(due);
            self.inbox.push_back(Input::Tick);
            self.step();
        }
        panic!("the town does not come to rest");
    }
}

/// A folder in memory where there is one: a thousand towns are made, and none of them has to last.
fn quick_folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// The name of git's record, from a run: `tradingbot.Toast.1.2` is `Toast.1`.
pub(super) fn record_of(run: &RunId) -> String {
    let parts: Vec<&str> = run.as_str().split('.').collect();
    format!("{}.{}", parts[1], parts[2])
}

fn conflict((with, ours): &(ConflictWith, Oid), theirs: &Oid, file: u64) -> ConflictRecord {
    let file = ConflictFile {
        path: format!("file{file}"),
        kind: ConflictKind::Content,
        base: None,
        ours: None,
        theirs: None,
        hunks: Vec::new(),
        hunks_cut: 0,
    };
    ConflictRecord {
        with: with.clone(),
        base: ours.clone(),
        ours: ours.clone(),
        theirs: theirs.clone(),
        files: vec![file],
        files_cut: 0,
    }
}

fn fact(run: &RunId, process: &Process) -> RunFact {
    RunFact {
        run: run.clone(),
        pid: process.exit.is_none().then_some(process.pid),
        started: u64::from(process.pid),
        exit: process.exit.clone(),
        tail: process.tail.clone(),
        took: 1,
        terminal: !process.job,
        left: Vec::new(),
    }
}

pub(super) fn oid(number: u64) -> Oid {
    Oid::parse(&format!("{number:040x}")).unwrap()
}
