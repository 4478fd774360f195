//! Finds and checks a program before it is started.
//!
//! The spawning crate reports a program that cannot be executed as started and dead; so all that
//! can be known beforehand is looked at here, and said in words.

#![expect(
    clippy::disallowed_methods,
    reason = "reads the first bytes of programs and follows the PATH of plans"
)]

use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

/// Why a program was not started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotStarted {
    /// No words.
    #[error("the command line is empty")]
    Empty,
    /// A NUL in an argument or in the environment.
    #[error("the command line or environment holds a NUL character")]
    Nul,
    /// Not there.
    #[error("there is no program `{0}`")]
    NoProgram(String),
    /// There, but not for running.
    #[error("`{}` is not executable", .0.display())]
    NotExecutable(PathBuf),
    /// Neither a binary nor a script with an interpreter.
    #[error("`{}` is neither a binary nor a script that names its interpreter", .0.display())]
    NotAProgram(PathBuf),
    /// A script whose interpreter is missing.
    #[error("`{}` wants the interpreter `{interpreter}`, which cannot be run", script.display())]
    NoInterpreter {
        /// The script.
        script: PathBuf,
        /// What its first line names.
        interpreter: String,
    },
    /// The working folder is missing.
    #[error("there is no folder `{}` to work in", .0.display())]
    NoFolder(PathBuf),
    /// The machine failed.
    #[error("the system could not start it: {0}")]
    System(String),
}

/// The absolute path of the program, found on the PATH of `env` when `name` has no slash.
pub(super) fn find(
    name: &str,
    env: &[(String, String)],
    cwd: &Path,
) -> Result<PathBuf, NotStarted> {
    if !cwd.is_dir() {
        return Err(NotStarted::NoFolder(cwd.to_owned()));
    }
    if name.contains('/') {
        let path = cwd.join(name);
        check(&path, name)?;
        return Ok(path);
    }
    let search = env
        .iter()
        .find(|(key, _)| key == "PATH")
        .map_or("/usr/local/bin:/usr/bin:/bin", |(_, value)| value.as_str());
    let mut found = None;
    for folder in std::env::split_paths(search) {
        let path = cwd.join(folder).join(name);
        match check(&path, name) {
            Ok(()) => return Ok(path),
            Err(NotStarted::NoProgram(_)) => {}
            Err(other) => found = found.or(Some(other)),
        }
    }
    Err(found.unwrap_or_else(|| NotStarted::NoProgram(name.to_owned())))
}

/// Refuses words that a command line cannot hold.
pub(super) fn check_words(argv: &[String], env: &[(String, String)]) -> Result<(), NotStarted> {
    let env_words = env.iter().flat_map(|(key, value)| [key, value]);
    if argv.iter().chain(env_words).any(|word| word.contains('\0')) {
        return Err(NotStarted::Nul);
    }
    match argv.first() {
        Some(name) if !name.is_empty() => Ok(()),
        _ => Err(NotStarted::Empty),
    }
}

fn check(path: &Path, name: &str) -> Result<(), NotStarted> {
    if !path.exists() {
        return Err(NotStarted::NoProgram(name.to_owned()));
    }
    if !path.is_file() || access(path, Access::EXEC_OK).is_err() {
        return Err(NotStarted::NotExecutable(path.to_owned()));
    }
    // A program may be executable and not readable; then its kind cannot be looked at.
    let Ok(file) = std::fs::File::open(path) else {
        return Ok(());
    };
    let mut head = Vec::new();
    if file.take(256).read_to_end(&mut head).is_err() {
        return Ok(());
    }
    match head.as_slice() {
        [b'#', b'!', line @ ..] => check_interpreter(path, line),
        [0x7f, b'E', b'L', b'F', ..]
        | [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..]
        | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..]
        | [0xca, 0xfe, 0xba, 0xbe, ..] => Ok(()),
        _ => Err(NotStarted::NotAProgram(path.to_owned())),
    }
}

fn check_interpreter(script: &Path, line: &[u8]) -> Result<(), NotStarted> {
    let word: Vec<u8> = line
        .iter()
        .copied()
        .skip_while(|byte| matches!(byte, b' ' | b'\t'))
        .take_while(|byte| !byte.is_ascii_whitespace())
        .collect();
    let interpreter = Path::new(std::ffi::OsStr::from_bytes(&word));
    if interpreter.is_file() && access(interpreter, Access::EXEC_OK).is_ok() {
        Ok(())
    } else {
        Err(NotStarted::NoInterpreter {
            script: script.to_owned(),
            interpreter: String::from_utf8_lossy(&word).into_owned(),
        })
    }
}
