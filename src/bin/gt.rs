//! The `gt` command.

fn main() -> std::process::ExitCode {
    gastown::cli::gt()
}
