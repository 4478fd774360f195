//! The commands `gt` and `bd`.

/// Runs `gt`.
pub fn gt() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}

/// Runs `bd`.
pub fn bd() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
