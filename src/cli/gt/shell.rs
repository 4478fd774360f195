//! `gt shell remove` and `gt completion`.

use clap_complete::{Shell as Script, generate};

use crate::cli::caller::Caller;
use crate::cli::report::Ended;
use crate::cli::{edge, output};
use crate::config;
use crate::domain::{Kind, Refusal};
use crate::verbs::{CompletionArgs, Program, Shell, root_command};

/// Takes our block out of every shell start file.
pub(crate) fn remove(caller: &Caller) -> Ended {
    let home = caller.home()?;
    let files = config::remove_blocks(home).map_err(Refusal::from)?;
    if files.is_empty() {
        return output::line("no shell start file has our block");
    }
    for file in files {
        output::line(&format!("✓ taken out of {}", file.display()))?;
    }
    Ok(())
}

/// Prints the completion script of both programs.
pub(crate) fn completion(args: &CompletionArgs) -> Ended {
    let script = match args.shell {
        Shell::Bash => Script::Bash,
        Shell::Zsh => Script::Zsh,
        Shell::Fish => Script::Fish,
    };
    let mut bytes = Vec::new();
    for program in [Program::Gt, Program::Bd] {
        generate(
            script,
            &mut root_command(program),
            program.name(),
            &mut bytes,
        );
    }
    output::text(&String::from_utf8_lossy(&bytes))
}

/// Puts our block into the start file of the person's shell, and says which.
pub(crate) fn install(caller: &Caller) -> Ended {
    let named = edge::variable("SHELL").unwrap_or_default();
    let shell = config::Shell::of_path(&named).ok_or_else(|| {
        Refusal::new(
            Kind::Failed,
            format!("the shell `{named}` is not one that can be set up"),
        )
        .hint("use bash, zsh or fish, or put `gt` on PATH by hand")
    })?;
    let program = edge::own_program()?;
    let bin = program
        .parent()
        .ok_or_else(|| Refusal::failed("this program lies in no folder"))?;
    let report = config::install_block(caller.home()?, shell, bin).map_err(Refusal::from)?;
    let verb = if report.changed {
        "written to"
    } else {
        "already in"
    };
    output::line(&format!(
        "✓ PATH and completion {verb} {} (`gt shell remove` takes them out; a new shell has them)",
        report.file.display()
    ))
}
