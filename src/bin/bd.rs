//! The `bd` command.

fn main() -> std::process::ExitCode {
    gastown::cli::bd()
}
