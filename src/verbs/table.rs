//! The one table of verbs: which words name them, how their arguments are read, what help says.
//!
//! Only the named verb's argument parser is ever built (DECISIONS 22); the whole tree is built
//! for shell completion alone.

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::find::{self, verb};
use super::line::{CommonArgs, Program};
use super::views::{self, verb as see};
use super::{
    LedgerVerb, Verb, agent, bead, bead_batch, bead_close, bead_create, bead_dep, bead_file,
    bead_gate, bead_talk, bead_update, convoy, edit, kept, ledger, plain, queue, replay, rescue,
    settings, town, work,
};
use crate::domain::{COMMANDS, CommandKind, spec_of};

/// Where a verb stands in the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Giving work out and following it.
    Work,
    /// Looking at agents and talking to them.
    Agents,
    /// The town and its rigs.
    Town,
    /// Settings and the shell.
    Settings,
    /// Beads.
    Beads,
    /// Processes of the program itself; not shown.
    Hidden,
}

impl Group {
    const SHOWN: &'static [Self] = &[
        Self::Work,
        Self::Agents,
        Self::Town,
        Self::Settings,
        Self::Beads,
    ];

    const fn title(self) -> &'static str {
        match self {
            Self::Work => "Work",
            Self::Agents => "Agents",
            Self::Town => "Town",
            Self::Settings => "Settings",
            Self::Beads => "Beads",
            Self::Hidden => "Hidden",
        }
    }
}

/// What a verb is about: a row of the domain's command table, or a sentence of its own.
#[derive(Clone, Copy, Debug)]
enum About {
    Command(CommandKind),
    Text(&'static str),
    /// The sentence, and a whole line that works.
    Shown(&'static str, &'static str),
}

/// One verb.
#[derive(Clone, Copy, Debug)]
pub struct VerbSpec {
    /// Whose.
    pub program: Program,
    /// The whole path, such as `gt rig add`.
    pub path: &'static str,
    /// Where it stands in the help.
    pub group: Group,
    about: About,
    augment: fn(Command) -> Command,
    read: fn(&ArgMatches) -> Result<Verb, clap::Error>,
}

impl VerbSpec {
    /// What it does, one line.
    pub fn about(&self) -> &'static str {
        match self.about {
            About::Command(kind) => spec_of(kind).map_or("", |spec| spec.about),
            About::Text(text) | About::Shown(text, _) => text,
        }
    }

    /// The words after the program's name.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.path.split(' ').skip(1)
    }

    /// A whole line that works, when one is known.
    pub fn example(&self) -> Option<&'static str> {
        match self.about {
            About::Shown(_, example) => Some(example),
            About::Command(_) | About::Text(_) => COMMANDS
                .iter()
                .find(|spec| spec.path == self.path)
                .map(|spec| spec.example),
        }
    }

    /// The parser of its arguments.
    pub(super) fn parser(&self) -> Command {
        let command = Command::new(self.path)
            .disable_version_flag(true)
            .disable_help_subcommand(true);
        // The structs' own documentation would stand in for the sentence; so it comes last.
        let command = CommonArgs::augment_args((self.augment)(command))
            .about(self.about())
            .long_about(None::<&str>);
        match self.example() {
            Some(example) => command.after_help(format!("Example: {example}")),
            None => command,
        }
    }

    pub(super) fn read(&self, matches: &ArgMatches) -> Result<Verb, clap::Error> {
        (self.read)(matches)
    }
}

macro_rules! verb {
    ($program:ident $path:literal, $group:ident, $about:expr, $args:ty, $make:path) => {
        VerbSpec {
            program: Program::$program,
            path: $path,
            group: Group::$group,
            about: $about,
            augment: <$args as Args>::augment_args,
            read: |matches| <$args as FromArgMatches>::from_arg_matches(matches).map($make),
        }
    };
    ($program:ident $path:literal, $group:ident, $about:expr, $args:ty => $make:path) => {
        VerbSpec {
            program: Program::$program,
            path: $path,
            group: Group::$group,
            about: $about,
            augment: <$args as Args>::augment_args,
            read: |matches| {
                let args = <$args as FromArgMatches>::from_arg_matches(matches);
                args.map($make).map(Verb::Ledger)
            },
        }
    };
    ($program:ident $path:literal, $group:ident, $about:expr, $verb:expr) => {
        VerbSpec {
            program: Program::$program,
            path: $path,
            group: Group::$group,
            about: $about,
            augment: |command| command,
            read: |_| Ok($verb),
        }
    };
}

use About::{Command as Of, Shown, Text};
use CommandKind as Kind;

/// Every verb, in the order of the help.
#[rustfmt::skip]
pub const VERBS: &[VerbSpec] = &[
    verb!(Gt "gt sling", Work, Of(Kind::Sling), work::SlingArgs, Verb::Sling),
    verb!(Gt "gt ready", Work, Text("Show beads that can be started"), queue::ReadyArgs, Verb::Ready),
    verb!(Gt "gt convoy create", Work, Of(Kind::ConvoyCreate), convoy::ConvoyCreateArgs, Verb::ConvoyCreate),
    verb!(Gt "gt convoy list", Work, Text("Show convoys"), convoy::ConvoyListArgs, Verb::ConvoyList),
    verb!(Gt "gt convoy status", Work, Text("Show who works on a convoy's beads"), convoy::ConvoyStatusArgs, Verb::ConvoyStatus),
    verb!(Gt "gt mq list", Work, Text("Show the merge queue and what landed last"), queue::MergeListArgs, queue::list),
    verb!(Gt "gt mq status", Work, Text("Show one merge request: its batch, its gates, its conflict"), queue::MergeStatusArgs, queue::status),
    verb!(Gt "gt mq next", Work, Text("Show what is landed next, in its order"), queue::MergeListArgs, queue::next),
    verb!(Gt "gt mq retry", Work, Of(Kind::MergeRetry), queue::MergeRetryArgs, queue::retry),
    verb!(Gt "gt mq reject", Work, Of(Kind::MergeReject), queue::MergeRejectArgs, queue::reject),
    verb!(Gt "gt mq reorder", Work, Of(Kind::MergeReorder), queue::MergeReorderArgs, queue::reorder),
    verb!(Gt "gt mq pause", Work, Of(Kind::QueuePause), queue::QueuePauseArgs, queue::pause),
    verb!(Gt "gt mq resume", Work, Of(Kind::QueueResume), queue::QueueResumeArgs, queue::resume),
    verb!(Gt "gt rescue list", Work, Shown("Show what was kept of worktrees that went", "gt rescue list tradingbot"), rescue::RescueListArgs, rescue::list),
    verb!(Gt "gt rescue show", Work, Shown("Show all that was kept of one", "gt rescue show Toast"), rescue::RescueShowArgs, rescue::show),
    verb!(Gt "gt rescue restore", Work, Of(Kind::RescueRestore), rescue::RescueRestoreArgs, rescue::restore),
    verb!(Gt "gt feed", Work, Text("Show what happened"), queue::FeedArgs, Verb::Feed),
    verb!(Gt "gt hook", Work, Text("Show what is on your hook, or on somebody's"), work::HookArgs, Verb::Hook),
    verb!(Gt "gt prime", Work, Text("Tell an agent who it is and what to do"), work::PrimeArgs, Verb::Prime),
    verb!(Gt "gt done", Work, Of(Kind::Done), work::DoneArgs, Verb::Done),
    verb!(Gt "gt peek", Agents, Text("Show the end of an agent's terminal"), agent::PeekArgs, Verb::Peek),
    verb!(Gt "gt nudge", Agents, Of(Kind::Nudge), agent::NudgeArgs, Verb::Nudge),
    verb!(Gt "gt attach", Agents, Text("Open terminals of agents"), agent::AttachArgs, Verb::Attach),
    verb!(Gt "gt crew at", Agents, Text("Open a crew member's terminal"), agent::CrewAtArgs, Verb::CrewAt),
    verb!(Gt "gt mayor attach", Agents, Text("Open the mayor's terminal"), agent::MayorAttachArgs, Verb::MayorAttach),
    verb!(Gt "gt polecat list", Agents, Text("Show polecats"), agent::PolecatListArgs, Verb::PolecatList),
    verb!(Gt "gt polecat nuke", Agents, Of(Kind::PolecatNuke), agent::NukeArgs, Verb::Nuke),
    verb!(Gt "gt replay list", Agents, Shown("Show recordings of agents' terminals", "gt replay list Toast"), replay::ReplayListArgs, replay::list),
    verb!(Gt "gt replay info", Agents, Shown("Show one recording", "gt replay info Toast"), replay::ReplayInfoArgs, replay::info),
    verb!(Gt "gt replay export", Agents, Shown("Write a recording as asciicast, text or NDJSON", "gt replay export Toast --format cast3 -o toast.cast"), replay::ReplayExportArgs, replay::export),
    verb!(Gt "gt replay prune", Agents, Shown("Delete recordings that are old or too many", "gt replay prune --days 7 --dry-run"), replay::ReplayPruneArgs, replay::prune),
    verb!(Gt "gt status", Town, Text("Show the town"), town::StatusArgs, Verb::Status),
    verb!(Gt "gt up", Town, Text("Start the town"), town::UpArgs, Verb::Up),
    verb!(Gt "gt down", Town, Text("Stop every agent; hooks and worktrees stay"), town::DownArgs, Verb::Down),
    verb!(Gt "gt rig add", Town, Of(Kind::RigAdd), town::RigAddArgs, Verb::RigAdd),
    verb!(Gt "gt rig list", Town, Text("Show rigs"), town::RigListArgs, Verb::RigList),
    verb!(Gt "gt install", Town, Text("Make a town"), town::InstallArgs, Verb::Install),
    verb!(Gt "gt demo", Town, Text("Show a small town at work, without network or account"), town::DemoArgs, Verb::Demo),
    verb!(Gt "gt config agent list", Settings, Text("Show agents and their command lines"), settings::AgentListArgs, Verb::AgentList),
    verb!(Gt "gt config agent get", Settings, Text("Show one agent"), settings::AgentGetArgs, Verb::AgentGet),
    verb!(Gt "gt config agent set", Settings, Text("Give a command line a name"), settings::AgentSetArgs, Verb::AgentSet),
    verb!(Gt "gt config agent remove", Settings, Text("Take such a name away"), settings::AgentRemoveArgs, Verb::AgentRemove),
    verb!(Gt "gt config default-agent", Settings, Text("Show or set the town's default agent"), settings::DefaultAgentArgs, Verb::DefaultAgent),
    verb!(Gt "gt config explain", Settings, Text("Show which role runs which agent, and why"), settings::ExplainArgs, Verb::Explain),
    verb!(Gt "gt reset", Settings, Text("Bring this terminal back after the program was killed in it"), Verb::Reset),
    verb!(Gt "gt completion", Settings, Text("Print a shell's completion script"), settings::CompletionArgs, Verb::Completion),
    verb!(Gt "gt shell remove", Settings, Text("Take `gt` out of your shell's start file"), Verb::ShellRemove),
    verb!(Gt "gt version", Settings, Text("Print the version"), Verb::Version),
    verb!(Gt "gt engine run", Hidden, Text("The engine's process"), Verb::EngineRun),
    verb!(Gt "gt host run", Hidden, Text("The terminal host's process"), Verb::HostRun),
    verb!(Gt "gt git-worker", Hidden, Text("The git worker's process"), Verb::GitWorker),
    verb!(Bd "bd create", Beads, Of(Kind::BeadCreate), bead_create::BeadCreateArgs, edit::create),
    verb!(Bd "bd show", Beads, Text("Show beads"), bead::BeadShowArgs, Verb::BeadShow),
    verb!(Bd "bd list", Beads, Shown("Show beads that match", "bd list --status open,blocked --label urgent --sort updated"), find::BeadListArgs, verb::list),
    verb!(Bd "bd ready", Beads, Shown("Show beads that can be started", "bd ready --unassigned --sort oldest"), find::BeadReadyArgs, verb::ready),
    verb!(Bd "bd blocked", Beads, Shown("Show beads that wait for others, and for which", "bd blocked --parent tb-4kq"), find::BlockedArgs, verb::blocked),
    verb!(Bd "bd children", Beads, Shown("Show the beads below one", "bd children tb-4kq"), find::ChildrenArgs, verb::children),
    verb!(Bd "bd search", Beads, Shown("Look for a text in titles and ids", "bd search parser --status all"), find::SearchArgs, verb::search),
    verb!(Bd "bd query", Beads, Shown("Show beads that an expression holds for", "bd query 'status=open AND (priority<=1 OR label=urgent)'"), find::QueryArgs, verb::query),
    verb!(Bd "bd stale", Beads, Shown("Show beads that nobody has changed for long", "bd stale --days 14"), find::StaleArgs, verb::stale),
    verb!(Bd "bd count", Beads, Shown("Count beads, in all or in groups", "bd count --status open --by-priority"), views::CountArgs, see::count),
    verb!(Bd "bd stats", Beads, Shown("Show the ledger in numbers", "bd stats --json"), views::StatsArgs, see::stats),
    verb!(Bd "bd statuses", Beads, Shown("Show the states that a bead can have", "bd statuses"), views::WordsArgs, see::statuses),
    verb!(Bd "bd types", Beads, Shown("Show the sorts of work there are", "bd types"), views::WordsArgs, see::types),
    verb!(Bd "bd epic status", Beads, Shown("Show how far epics are", "bd epic status --eligible-only"), views::EpicStatusArgs, see::epic_status),
    verb!(Bd "bd epic close-eligible", Beads, Shown("Close epics whose children are all closed", "bd epic close-eligible --dry-run"), views::EpicCloseArgs, see::epic_close),
    verb!(Bd "bd dep tree", Beads, Shown("Draw what a bead depends on", "bd dep tree tb-4kq --direction both"), views::DepTreeArgs, see::tree),
    verb!(Bd "bd dep list", Beads, Shown("Show a bead's edges", "bd dep list tb-4kq --direction up -t tracks"), views::DepListArgs, see::edges),
    verb!(Bd "bd dep cycles", Beads, Shown("Show beads that hold each other back in a circle", "bd dep cycles"), views::DepCyclesArgs, see::cycles),
    verb!(Bd "bd graph", Beads, Shown("Show in which order the beads around one can be done", "bd graph tb-4kq --dot"), views::GraphArgs, see::graph),
    verb!(Bd "bd history", Beads, Shown("Show what happened to a bead, deleted or not", "bd history tb-4kq"), views::HistoryArgs, see::history),
    verb!(Bd "bd activity", Beads, Shown("Show what happened", "bd activity --since 4h"), views::ActivityArgs, see::activity),
    verb!(Bd "bd duplicates", Beads, Shown("Show open beads that say the same", "bd duplicates"), views::DuplicatesArgs, see::duplicates),
    verb!(Bd "bd lint", Beads, Shown("Show beads whose text lacks sections of their type", "bd lint --type bug"), views::LintArgs, see::lint),
    verb!(Bd "bd orphans", Beads, Shown("Show open beads that commits name", "bd orphans"), views::OrphansArgs, see::orphans),
    verb!(Bd "bd state", Beads, Shown("Show a state of a bead that its labels say", "bd state tb-4kq patrol"), views::StateArgs, see::state),
    verb!(Bd "bd set-state", Beads, Shown("Give a bead's state a new value", "bd set-state tb-4kq patrol=muted --reason \"being looked at\""), views::SetStateArgs, see::set_state),
    verb!(Bd "bd update", Beads, Of(Kind::BeadUpdate), bead_update::BeadUpdateArgs, edit::update),
    verb!(Bd "bd close", Beads, Of(Kind::BeadClose), bead_close::BeadCloseArgs, Verb::BeadClose),
    verb!(Bd "bd q", Beads, Shown("Make a bead and print its id alone", "bd q Fix the parser"), bead_create::QuickArgs, edit::quick),
    verb!(Bd "bd assign", Beads, Shown("Say who works on a bead", "bd assign tb-4kq tradingbot/polecats/Toast"), bead_update::AssignArgs, edit::assign),
    verb!(Bd "bd priority", Beads, Shown("Say how urgent a bead is", "bd priority tb-4kq 0"), bead_update::PriorityArgs, edit::priority),
    verb!(Bd "bd tag", Beads, Shown("Add labels to a bead", "bd tag tb-4kq backend"), bead_update::TagArgs, edit::tag),
    verb!(Bd "bd note", Beads, Shown("Add to a bead's notes", "bd note tb-4kq \"see the log of Tuesday\""), bead_update::NoteArgs, edit::note),
    verb!(Bd "bd defer", Beads, Shown("Put beads off", "bd defer tb-4kq --until \"next monday\""), bead_update::DeferArgs, edit::defer),
    verb!(Bd "bd undefer", Beads, Shown("Bring deferred beads back", "bd undefer tb-4kq"), bead_update::UndeferArgs, edit::undefer),
    verb!(Bd "bd dep add", Beads, Of(Kind::DepAdd), bead_dep::DepAddArgs => LedgerVerb::DepAdd),
    verb!(Bd "bd reopen", Beads, Of(Kind::BeadReopen), ledger::BeadReopenArgs => LedgerVerb::Reopen),
    verb!(Bd "bd delete", Beads, Of(Kind::BeadDelete), ledger::BeadDeleteArgs => LedgerVerb::Delete),
    verb!(Bd "bd dep remove", Beads, Of(Kind::DepRemove), ledger::DepRemoveArgs => LedgerVerb::DepRemove),
    verb!(Bd "bd comment", Beads, Of(Kind::CommentAdd), bead_talk::CommentArgs => LedgerVerb::Comment),
    verb!(Bd "bd config set", Beads, Of(Kind::KvSet), ledger::LedgerSetArgs => LedgerVerb::Set),
    verb!(Bd "bd claim", Beads, Of(Kind::ReadyClaim), ledger::BeadClaimArgs => LedgerVerb::Claim),
    verb!(Bd "bd done", Beads, Shown("Finish beads by hand, the reason without a flag", "bd done tb-4kq fixed by hand"), bead_close::BeadDoneArgs, edit::done),
    verb!(Bd "bd label add", Beads, Shown("Add a label to beads", "bd label add tb-4kq tb-x1z backend"), bead_talk::LabelArgs, edit::label_add),
    verb!(Bd "bd label remove", Beads, Shown("Take a label away from beads", "bd label remove tb-4kq backend"), bead_talk::LabelArgs, edit::label_remove),
    verb!(Bd "bd label list", Beads, Shown("Show the labels of a bead", "bd label list tb-4kq"), bead_talk::LabelListArgs, edit::labels),
    verb!(Bd "bd ship", Beads, Shown("Tell others that a capability is there", "bd ship login-api"), bead_talk::ShipArgs, edit::ship),
    verb!(Bd "bd label list-all", Beads, Shown("Show every label and its count", "bd label list-all"), bead_talk::LabelListAllArgs, edit::all_labels),
    verb!(Bd "bd label propagate", Beads, Shown("Add a label to a bead's children", "bd label propagate tb-4kq backend"), bead_talk::LabelPropagateArgs, edit::label_propagate),
    verb!(Bd "bd comments", Beads, Shown("Show what was said about a bead", "bd comments tb-4kq"), bead_talk::CommentsArgs, edit::comments),
    verb!(Bd "bd dep relate", Beads, Shown("Name two beads together", "bd dep relate tb-4kq tb-x1z"), bead_dep::RelateArgs, edit::relate),
    verb!(Bd "bd dep unrelate", Beads, Shown("Name them together no more", "bd dep unrelate tb-4kq tb-x1z"), bead_dep::RelateArgs, edit::unrelate),
    verb!(Bd "bd link", Beads, Shown("Make a bead wait for another, in short", "bd link tb-4kq tb-x1z"), bead_dep::LinkArgs, edit::link),
    verb!(Bd "bd duplicate", Beads, Shown("Close a bead that another says already", "bd duplicate tb-4kq --of tb-x1z"), bead_dep::DuplicateArgs, edit::duplicate),
    verb!(Bd "bd supersede", Beads, Shown("Close a bead whose place another takes", "bd supersede tb-4kq --with tb-x1z"), bead_dep::SupersedeArgs, edit::supersede),
    verb!(Bd "bd batch", Beads, Of(Kind::Batch), bead_batch::BatchArgs, edit::batch),
    verb!(Bd "bd gate list", Beads, Shown("Show gates", "bd gate list"), bead_gate::GateListArgs, edit::gate_list),
    verb!(Bd "bd gate show", Beads, Shown("Show one gate", "bd gate show tb-4kq"), bead_gate::GateShowArgs, edit::gate_show),
    verb!(Bd "bd gate create", Beads, Shown("Make a gate that a bead waits for", "bd gate create --blocks tb-4kq -t timer --timeout 2h"), bead_gate::GateCreateArgs, edit::gate_create),
    verb!(Bd "bd gate resolve", Beads, Shown("Open a gate by hand", "bd gate resolve tb-4kq -r approved"), bead_gate::GateResolveArgs, edit::gate_resolve),
    verb!(Bd "bd gate check", Beads, Shown("Open the gates whose time has come", "bd gate check"), bead_gate::GateCheckArgs, edit::gate_check),
    verb!(Bd "bd gate add-waiter", Beads, Shown("Name who is told when a gate opens", "bd gate add-waiter tb-4kq mayor/"), bead_gate::GateWaiterArgs, edit::gate_waiter),
    verb!(Bd "bd merge-slot create", Beads, Shown("Make the merge slot", "bd merge-slot create"), bead_gate::SlotArgs, edit::slot_create),
    verb!(Bd "bd merge-slot check", Beads, Shown("Show who holds the merge slot", "bd merge-slot check"), bead_gate::SlotArgs, edit::slot_check),
    verb!(Bd "bd merge-slot acquire", Beads, Shown("Take the merge slot", "bd merge-slot acquire --wait"), bead_gate::SlotArgs, edit::slot_acquire),
    verb!(Bd "bd merge-slot release", Beads, Shown("Let the merge slot go", "bd merge-slot release"), bead_gate::SlotArgs, edit::slot_release),
    verb!(Bd "bd init", Beads, Shown("Make a ledger for this repository", "bd init --prefix tb"), plain::LedgerInitArgs, plain::init),
    verb!(Bd "bd where", Beads, Shown("Say which ledger is meant here", "bd where --json"), plain::LedgerWhereArgs, plain::whereabouts),
    verb!(Bd "bd info", Beads, Shown("Say what is in the ledger", "bd info"), plain::LedgerWhereArgs, plain::info),
    verb!(Bd "bd config get", Beads, Shown("Show a setting of the ledger", "bd config get issue_prefix"), kept::KeptKeyArgs, kept::config_get),
    verb!(Bd "bd config list", Beads, Shown("Show the settings of the ledger", "bd config list --json"), kept::KeptListArgs, kept::config_list),
    verb!(Bd "bd config show", Hidden, Shown("Show the settings of the ledger", "bd config show --json"), kept::KeptListArgs, kept::config_list),
    verb!(Bd "bd kv get", Beads, Shown("Show the value of a key", "bd kv get deploy.last"), kept::KeptKeyArgs, kept::value_get),
    verb!(Bd "bd kv list", Beads, Shown("Show what is kept", "bd kv list --json"), kept::KeptListArgs, kept::value_list),
    verb!(Bd "bd memories", Beads, Shown("Show what is remembered", "bd memories broker"), kept::MemoriesArgs, kept::memories),
    verb!(Bd "bd recall", Beads, Shown("Show one memory", "bd recall tests-need-the-broker"), kept::KeptKeyArgs, kept::recall),
    verb!(Bd "bd config unset", Beads, Shown("Take a setting away", "bd config unset types.custom"), kept::KeptKeyArgs, kept::config_unset),
    verb!(Bd "bd kv set", Beads, Shown("Keep a value under a key", "bd kv set deploy.last v1.4"), kept::KeptSetArgs, kept::value_set),
    verb!(Bd "bd kv clear", Beads, Shown("Take a key away", "bd kv clear deploy.last"), kept::KeptKeyArgs, kept::value_clear),
    verb!(Bd "bd remember", Beads, Shown("Keep what later sessions shall know", "bd remember \"Tests need the broker\""), kept::RememberArgs, kept::remember),
    verb!(Bd "bd forget", Beads, Shown("Take a memory away", "bd forget tests-need-the-broker"), kept::KeptKeyArgs, kept::forget),
    verb!(Bd "bd prime", Beads, Shown("Tell an agent how work is kept here", "bd prime --hook-json"), plain::LedgerPrimeArgs, plain::prime),
    verb!(Bd "bd onboard", Hidden, Shown("Tell an agent how work is kept here", "bd onboard"), plain::LedgerPrimeArgs, plain::prime),
    verb!(Bd "bd doctor", Beads, Shown("See whether the ledger is in order", "bd doctor --json"), plain::LedgerDoctorArgs, plain::doctor),
    verb!(Bd "bd version", Beads, Shown("Print the version", "bd version --json"), plain::LedgerVersionArgs, plain::version),
    verb!(Bd "bd sync", Hidden, Text("Nothing: every change is in the ledger at once"), plain::IdleArgs, plain::idle),
    verb!(Bd "bd daemon", Hidden, Text("Nothing: there is no daemon"), plain::IdleArgs, plain::idle),
    verb!(Bd "bd daemons", Hidden, Text("Nothing: there is no daemon"), plain::IdleArgs, plain::idle),
    verb!(Bd "bd dolt", Hidden, Text("Nothing: the ledger needs no server"), plain::IdleArgs, plain::idle),
    verb!(Bd "bd migrate", Hidden, Text("Nothing: the ledger is brought up to date when it is opened"), plain::IdleArgs, plain::idle),
    verb!(Bd "bd hooks", Hidden, Text("Nothing: git needs no hooks"), plain::IdleArgs, plain::idle),
    verb!(Bd "bd setup", Hidden, Text("Nothing: there is nothing to set up"), plain::IdleArgs, plain::idle),
    verb!(Bd "bd compact", Hidden, Text("Nothing: the ledger keeps its own size"), plain::IdleArgs, plain::idle),
    verb!(Bd "bd gc", Hidden, Text("Nothing: the ledger keeps its own size"), plain::IdleArgs, plain::idle),
    verb!(Bd "bd flatten", Hidden, Text("Nothing: the ledger keeps its own size"), plain::IdleArgs, plain::idle),
    verb!(Bd "bd import", Beads, Of(Kind::BeadImport), bead_file::BeadImportArgs, bead_file::import),
    verb!(Bd "bd export", Beads, Shown("Write the beads as a file, one a line", "bd export -o .beads/issues.jsonl"), bead_file::BeadExportArgs, bead_file::export),
];

/// The help page of a program, or of the verbs that begin with `words`.
pub fn programs_help(program: Program, words: &[&str]) -> String {
    let mine: Vec<&VerbSpec> = VERBS
        .iter()
        .filter(|spec| spec.program == program && begins_with(spec, words))
        .collect();
    let width = mine.iter().map(|spec| spec.path.len()).max().unwrap_or(0);
    let mut lines: Vec<String> = Vec::new();
    for group in Group::SHOWN {
        let mut rows = mine.iter().filter(|spec| spec.group == *group).peekable();
        if rows.peek().is_some() && words.is_empty() {
            lines.push(format!("\n{}", group.title()));
        }
        lines.extend(rows.map(|spec| format!("  {:width$}  {}", spec.path, spec.about())));
    }
    let lines = lines.join("\n");
    if !words.is_empty() {
        return format!("{lines}\n");
    }
    match program {
        Program::Gt => format!("{GT_HEAD}{lines}\n{GT_FOOT}"),
        Program::Bd => format!("{BD_HEAD}{lines}\n{BD_FOOT}"),
    }
}

const GT_HEAD: &str = "gt - run a town of AI coding agents

Usage: gt                 open the control room
       gt <COMMAND> ...   run one command
";
const GT_FOOT: &str = "
Options
  --town PATH   The town to talk to
  --embedded    Control room, engine and terminal host in one process; agents end with it
  --help        This page, or a command's own

Beads have a program of their own: `bd --help`.
";
const BD_HEAD: &str = "bd - the beads of a repository or a town

Usage: bd <COMMAND> ...
";
const BD_FOOT: &str = "
Options, anywhere in the line
  --db PATH             The ledger that is meant: a repository, a `.beads` folder, a town
  -C, --directory PATH  As if typed in that folder (`-C` in front of the command)
  --town PATH           The town to talk to
  --actor NAME          In whose name, in a repository's own ledger
  --readonly            Refuse whatever changes something
  --help                This page, or a command's own
";

pub(super) fn begins_with(spec: &VerbSpec, words: &[&str]) -> bool {
    let mut path = spec.words();
    words.iter().all(|word| path.next() == Some(word))
}

/// The whole tree of a program, for shell completion.
pub fn root_command(program: Program) -> Command {
    let mut root = Command::new(program.name()).disable_help_subcommand(true);
    for spec in VERBS
        .iter()
        .filter(|spec| spec.program == program && spec.group != Group::Hidden)
    {
        let words: Vec<&'static str> = spec.words().collect();
        root = graft(root, &words, spec);
    }
    root
}

fn graft(parent: Command, words: &[&'static str], spec: &VerbSpec) -> Command {
    match words {
        [] => parent,
        [last] => parent.subcommand(spec.parser().name(*last)),
        [first, rest @ ..] => {
            if parent.find_subcommand(first).is_some() {
                parent.mut_subcommand(first, |inner| graft(inner, rest, spec))
            } else {
                parent.subcommand(graft(Command::new(*first), rest, spec))
            }
        }
    }
}
