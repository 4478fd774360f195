//! The commands `gt` and `bd`.

pub mod demo;

/// Runs `gt`.
pub fn gt() -> std::process::ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.split_first() {
        Some((verb, args)) if verb == "scripted-agent" => demo::agent::main(args),
        _ => std::process::ExitCode::SUCCESS,
    }
}

/// Runs `bd`.
pub fn bd() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
