//! From a verb to the file that carries it out. Nothing else.

use super::caller::Caller;
use super::report::Ended;
use super::{bd, gt, operator};
use crate::verbs::{BeadFile, Verb};

/// Carries a verb out.
pub(super) fn carry_out(verb: Verb, caller: &Caller) -> Ended {
    operator::check(&verb, caller)?;
    match verb {
        Verb::Console { embedded } => gt::console::run(embedded, caller),
        Verb::Install(args) => gt::install::run(&args, caller),
        Verb::ShellRemove => gt::shell::remove(caller),
        Verb::Completion(args) => gt::shell::completion(&args),
        Verb::RigAdd(args) => gt::rig_add::run(&args, caller),
        Verb::RigList(args) => gt::rig::list(&args, caller),
        Verb::AgentList(args) => gt::config::list(&args, caller),
        Verb::AgentGet(args) => gt::config::get(&args, caller),
        Verb::AgentSet(args) => gt::config::set(&args, caller),
        Verb::AgentRemove(args) => gt::config::remove(&args, caller),
        Verb::DefaultAgent(args) => gt::config::default_agent(&args, caller),
        Verb::Explain(args) => gt::config::explain(&args, caller),
        Verb::Up(args) => gt::up::run(&args, caller),
        Verb::Down(args) => gt::down::run(&args, caller),
        Verb::Status(args) => gt::status::run(&args, caller),
        Verb::Version => gt::version::run(caller),
        Verb::ConvoyCreate(args) => gt::convoy::create(&args, caller),
        Verb::ConvoyList(args) => gt::convoy::list(&args, caller),
        Verb::ConvoyStatus(args) => gt::convoy::status(&args, caller),
        Verb::Sling(args) => gt::sling::run(&args, caller),
        Verb::Hook(args) => gt::hook::run(&args, caller),
        Verb::Prime(args) => gt::prime::run(&args, caller),
        Verb::Done(args) => gt::done::run(&args, caller),
        Verb::Peek(args) => gt::peek::run(&args, caller),
        Verb::Nudge(args) => gt::nudge::run(args, caller),
        Verb::Queue(verb) => gt::mq::run(&verb, caller),
        Verb::Rescue(verb) => gt::rescue::run(&verb, caller),
        Verb::Feed(args) => gt::feed::run(&args, caller),
        Verb::Ready(args) => gt::ready::run(&args, caller),
        Verb::PolecatList(args) => gt::polecat::list(&args, caller),
        Verb::Nuke(args) => gt::polecat::nuke(&args, caller),
        Verb::Attach(args) => gt::attach::run(&args, caller),
        Verb::CrewAt(args) => gt::attach::crew(&args, caller),
        Verb::MayorAttach(args) => gt::attach::mayor(&args, caller),
        Verb::Reset => gt::attach::reset(),
        Verb::Replay(asked) => gt::replay::run(&asked, caller),
        Verb::Demo(args) => gt::demo::run(&args),
        Verb::EngineRun => gt::process::engine(caller),
        Verb::HostRun => gt::process::host(caller),
        Verb::GitWorker => gt::process::git_worker(caller),
        Verb::Plain(plain) => bd::plain::run(&plain, caller),
        Verb::BeadCreate(args) => bd::create::run(&args, caller),
        Verb::BeadShow(args) => bd::show::run(&args, caller),
        Verb::Find(find) => bd::find::run(&find, caller),
        Verb::View(view) => bd::views::run::run(&view, caller),
        Verb::BeadUpdate(args) => bd::update::run(&args, caller),
        Verb::BeadClose(args) => bd::close::run(&args, caller),
        Verb::BeadFile(file) => match *file {
            BeadFile::Import(args) => bd::import::run(&args, caller),
            BeadFile::Export(args) => bd::export::run(&args, caller),
        },
        Verb::Edit(edit) => bd::edit::run(&edit, caller),
        Verb::Ledger(verb) => bd::ledger::run(&verb, caller),
    }
}
