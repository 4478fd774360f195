//! What a typed line comes to: a verb with its arguments, and the action it asks for.

use super::find::Find;
use super::plain::Plain;
use super::views::View;
use super::{
    AgentGetArgs, AgentListArgs, AgentRemoveArgs, AgentSetArgs, AttachArgs, BeadCloseArgs,
    BeadCreateArgs, BeadFile, BeadShowArgs, BeadUpdateArgs, CompletionArgs, Context,
    ConvoyCreateArgs, ConvoyListArgs, ConvoyStatusArgs, CrewAtArgs, DefaultAgentArgs, DemoArgs,
    DoneArgs, DownArgs, Edit, ExplainArgs, FeedArgs, HookArgs, InstallArgs, LedgerVerb,
    MayorAttachArgs, NudgeArgs, NukeArgs, PeekArgs, PolecatListArgs, PrimeArgs, QueueVerb,
    ReadyArgs, Replay, RescueVerb, RigAddArgs, RigListArgs, SlingArgs, StatusArgs, UpArgs,
};
use crate::domain::{Command, Query, Refusal};

/// A verb with its arguments as typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Verb {
    /// `gt`: the control room.
    Console {
        /// Engine and host in this very process.
        embedded: bool,
    },
    /// `gt install`.
    Install(InstallArgs),
    /// `gt shell remove`.
    ShellRemove,
    /// `gt completion`.
    Completion(CompletionArgs),
    /// `gt rig add`.
    RigAdd(RigAddArgs),
    /// `gt rig list`.
    RigList(RigListArgs),
    /// `gt config agent list`.
    AgentList(AgentListArgs),
    /// `gt config agent get`.
    AgentGet(AgentGetArgs),
    /// `gt config agent set`.
    AgentSet(AgentSetArgs),
    /// `gt config agent remove`.
    AgentRemove(AgentRemoveArgs),
    /// `gt config default-agent`.
    DefaultAgent(DefaultAgentArgs),
    /// `gt config explain`.
    Explain(ExplainArgs),
    /// `gt up`.
    Up(UpArgs),
    /// `gt down`.
    Down(DownArgs),
    /// `gt status`.
    Status(StatusArgs),
    /// `gt version`.
    Version,
    /// `gt convoy create`.
    ConvoyCreate(ConvoyCreateArgs),
    /// `gt convoy list`.
    ConvoyList(ConvoyListArgs),
    /// `gt convoy status`.
    ConvoyStatus(ConvoyStatusArgs),
    /// `gt sling`.
    Sling(SlingArgs),
    /// `gt hook`.
    Hook(HookArgs),
    /// `gt prime`.
    Prime(PrimeArgs),
    /// `gt done`.
    Done(DoneArgs),
    /// `gt peek`.
    Peek(PeekArgs),
    /// `gt nudge`.
    Nudge(NudgeArgs),
    /// `gt mq`.
    Queue(QueueVerb),
    /// `gt rescue`.
    Rescue(RescueVerb),
    /// `gt feed`.
    Feed(FeedArgs),
    /// `gt ready`.
    Ready(ReadyArgs),
    /// `gt polecat list`.
    PolecatList(PolecatListArgs),
    /// `gt polecat nuke`.
    Nuke(NukeArgs),
    /// `gt attach`.
    Attach(AttachArgs),
    /// `gt crew at`.
    CrewAt(CrewAtArgs),
    /// `gt mayor attach`.
    MayorAttach(MayorAttachArgs),
    /// `gt reset`: the terminal that it is typed in.
    Reset,
    /// `gt replay`.
    Replay(Replay),
    /// `gt demo`.
    Demo(DemoArgs),
    /// `gt engine run`: the engine's process.
    EngineRun,
    /// `gt host run`: the terminal host's process.
    HostRun,
    /// `gt git-worker`: the git worker's process.
    GitWorker,
    /// What `bd` does with the ledger as a whole.
    Plain(Plain),
    /// `bd create`.
    BeadCreate(Box<BeadCreateArgs>),
    /// `bd show`.
    BeadShow(BeadShowArgs),
    /// The verbs of `bd` that look for beads.
    Find(Box<Find>),
    /// The verbs of `bd` that look at many beads.
    View(Box<View>),
    /// `bd update`.
    BeadUpdate(Box<BeadUpdateArgs>),
    /// `bd close`.
    BeadClose(BeadCloseArgs),
    /// `bd import`, `bd export`.
    BeadFile(Box<BeadFile>),
    /// The further verbs of `bd` that change beads.
    Edit(Box<Edit>),
    /// `bd dep add`, `bd reopen` and others that change the ledger.
    Ledger(LedgerVerb),
}

/// What a line asks of the place where it was typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Change the town.
    Run {
        /// How.
        command: Command,
        /// The words of the line without arguments, for the event's cause.
        how: &'static str,
    },
    /// Ask the town.
    Ask {
        /// What.
        query: Query,
        /// The words of the line without arguments.
        how: &'static str,
    },
    /// Open terminals.
    Attach(AttachArgs),
    /// What only a command line can do: it works on files or processes of its own.
    Local(Box<Verb>),
    /// Show a text, such as a help page.
    Text(String),
}

/// One command, or what only a command line can do.
fn or_local(command: Option<Command>, how: &'static str, verb: Verb) -> Result<Action, Refusal> {
    Ok(match command {
        Some(command) => Action::Run { command, how },
        None => Action::Local(Box::new(verb)),
    })
}

impl Verb {
    /// What the verb asks of the town, typed at `cx`; `how` are its words.
    pub fn action(self, how: &'static str, cx: &Context) -> Result<Action, Refusal> {
        let run = |command| Ok(Action::Run { command, how });
        let ask = |query| Ok(Action::Ask { query, how });
        match self {
            Self::RigAdd(args) => run(args.command(cx)?),
            Self::Up(args) => run(args.command(cx)),
            Self::Down(args) if !args.all => run(args.command()),
            Self::ConvoyCreate(args) => run(args.command()?),
            Self::Sling(args) => run(args.command()),
            Self::Done(args) => run(args.command(cx)?),
            Self::Nudge(args) if !args.stdin => run(args.command()?),
            Self::Nuke(args) => run(args.command()),
            Self::BeadCreate(args) if !args.is_several() => run(args.command(cx)?),
            Self::BeadUpdate(args) => or_local(args.only(cx)?, how, Self::BeadUpdate(args)),
            Self::Edit(edit) => or_local(edit.command(cx)?, how, Self::Edit(edit)),
            Self::BeadClose(args) => or_local(args.only()?, how, Self::BeadClose(args)),
            Self::Ledger(verb) => run(verb.command(cx)?),
            Self::RigList(_) | Self::PolecatList(_) => ask(Query::Town),
            Self::Status(args) => ask(args.query()),
            Self::ConvoyList(args) => ask(args.query()),
            Self::ConvoyStatus(args) => ask(args.query()),
            Self::Hook(args) => ask(args.query()),
            Self::Prime(args) => ask(args.query()),
            Self::Peek(args) => ask(args.query()),
            Self::Queue(verb) => Ok(verb.action(how)),
            Self::Rescue(verb) => verb.action(how, cx),
            Self::Feed(args) => ask(Query::Events(args.filter(cx)?)),
            Self::Ready(args) => ask(args.query()),
            Self::BeadShow(args) if args.is_plain() => ask(args.query()),
            Self::Find(find) => find.action(how, cx),
            Self::View(view) => view.action(how, cx),
            Self::Attach(args) => Ok(Action::Attach(args)),
            Self::CrewAt(args) => Ok(Action::Attach(args.attach())),
            Self::MayorAttach(args) => Ok(Action::Attach(args.attach())),
            Self::Version => Ok(Action::Text(format!("{how} {}", crate::wire::BUILD))),
            local @ (Self::Console { .. }
            | Self::Install(_)
            | Self::ShellRemove
            | Self::Completion(_)
            | Self::AgentList(_)
            | Self::AgentGet(_)
            | Self::AgentSet(_)
            | Self::AgentRemove(_)
            | Self::DefaultAgent(_)
            | Self::Explain(_)
            | Self::Down(_)
            | Self::Nudge(_)
            | Self::Replay(_)
            | Self::Demo(_)
            | Self::BeadCreate(_)
            | Self::BeadShow(_)
            | Self::Plain(_)
            | Self::BeadFile(_)
            | Self::Reset
            | Self::EngineRun
            | Self::HostRun
            | Self::GitWorker) => Ok(Action::Local(Box::new(local))),
        }
    }
}
