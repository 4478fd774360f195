//! The block in the user's shell start file that `gt install --shell` writes: PATH, completion, and for zsh the alias that keeps globs as typed (DOCUMENT 2).
//!
//! The block is marked, replaced whole when it differs, and taken out whole; not one byte
//! beside it changes.

use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::json::{access_of, read_regular};
use crate::domain::Refusal;
use crate::support::files;

const BEGIN: &str = "# >>> gas town >>>";
const END: &str = "# <<< gas town <<<";

/// A shell whose start file we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// `~/.bashrc`.
    Bash,
    /// `~/.zshrc`.
    Zsh,
    /// `~/.config/fish/config.fish`.
    Fish,
}

impl Shell {
    /// Every shell.
    pub const ALL: &'static [Self] = &[Self::Bash, Self::Zsh, Self::Fish];

    /// The shell of a path such as `$SHELL`.
    pub fn of_path(path: &str) -> Option<Self> {
        match path.rsplit('/').next() {
            Some("bash") => Some(Self::Bash),
            Some("zsh") => Some(Self::Zsh),
            Some("fish") => Some(Self::Fish),
            Some(_) | None => None,
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
        }
    }

    /// Its start file.
    pub fn start_file(self, home: &Path) -> PathBuf {
        home.join(match self {
            Self::Bash => ".bashrc",
            Self::Zsh => ".zshrc",
            Self::Fish => ".config/fish/config.fish",
        })
    }

    fn block(self, bin: &str) -> String {
        let lines = match self {
            Self::Bash => format!(
                "case \":$PATH:\" in *:{bin}:*) ;; *) export PATH={bin}:\"$PATH\" ;; esac\n\
                 eval \"$(gt completion bash 2>/dev/null)\""
            ),
            Self::Zsh => format!(
                "case \":$PATH:\" in *:{bin}:*) ;; *) export PATH={bin}:\"$PATH\" ;; esac\n\
                 alias gt='noglob gt'\n\
                 if (( $+functions[compdef] )); then eval \"$(command gt completion zsh 2>/dev/null)\"; fi"
            ),
            Self::Fish => format!(
                "fish_add_path --path {bin}\n\
                 gt completion fish 2>/dev/null | source"
            ),
        };
        format!("{BEGIN}\n{lines}\n{END}\n")
    }
}

/// What happened to a start file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockReport {
    /// Which file.
    pub file: PathBuf,
    /// Whether it was changed.
    pub changed: bool,
}

/// Writes the block into the start file of a shell, or brings it up to date. `bin` is the folder
/// of the running program.
pub fn install_block(home: &Path, shell: Shell, bin: &Path) -> Result<BlockReport, ConfigError> {
    let bin = bin.to_str().filter(|bin| !bin.contains(['\n', ':']));
    let quoted = bin
        .and_then(|bin| shlex::try_quote(bin).ok())
        .ok_or_else(|| {
            Refusal::refused("the program's folder cannot stand on PATH")
                .hint("cargo install --path .")
        })?;
    let file = real_file(&shell.start_file(home));
    let before = read(&file)?;
    let (above, below) = without_block(&before);
    let block = shell.block(&quoted);
    let after = match below {
        Some(below) => format!("{above}{block}{below}"),
        None if above.is_empty() || above.ends_with('\n') => format!("{above}{block}"),
        None => format!("{above}\n{block}"),
    };
    let changed = after != before;
    if changed {
        write(&file, &after)?;
    }
    Ok(BlockReport { file, changed })
}

/// Takes the block out of every start file that has it; answers with those files.
pub fn remove_blocks(home: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let mut changed = Vec::new();
    for shell in Shell::ALL {
        let file = real_file(&shell.start_file(home));
        let before = read(&file)?;
        let (above, Some(below)) = without_block(&before) else {
            continue;
        };
        write(&file, &format!("{above}{below}"))?;
        changed.push(file);
    }
    Ok(changed)
}

/// What stands above and below the block; everything and `None` when there is no whole block.
fn without_block(text: &str) -> (&str, Option<&str>) {
    let whole = (text, None);
    let Some((above, rest)) = text.split_once(BEGIN) else {
        return whole;
    };
    let Some((_, below)) = rest.split_once(END) else {
        return whole;
    };
    (above, Some(below.strip_prefix('\n').unwrap_or(below)))
}

/// The file that a link means, so that a start file kept elsewhere stays a link.
fn real_file(file: &Path) -> PathBuf {
    file.canonicalize().unwrap_or_else(|_| file.to_owned())
}

fn read(file: &Path) -> Result<String, ConfigError> {
    Ok(read_regular(file)
        .map_err(ConfigError::io("read", file))?
        .unwrap_or_default())
}

fn write(file: &Path, text: &str) -> Result<(), ConfigError> {
    if let Some(dir) = file.parent() {
        files::make_dir(dir).map_err(ConfigError::io("make", dir))?;
    }
    files::write_atomic(file, text.as_bytes(), access_of(file))
        .map_err(ConfigError::io("write", file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_comes_and_goes_without_a_trace() {
        let home = tempfile::tempdir().expect("home");
        let home = home.path();
        let bin = Path::new("/opt/gas town/bin");
        for (shell, before) in [
            (Shell::Bash, "export A=1\n"),
            (Shell::Zsh, ""),
            (Shell::Fish, "set x 1\n"),
        ] {
            let file = shell.start_file(home);
            write(&file, before).expect("written");
            let report = install_block(home, shell, bin).expect("installed");
            assert!(report.changed, "{shell:?}");
            let text = read(&file).expect("read");
            assert!(text.starts_with(before), "{text}");
            assert!(text.contains("'/opt/gas town/bin'"), "{text}");
            assert_eq!(text.contains("noglob"), shell == Shell::Zsh);
            assert!(!install_block(home, shell, bin).expect("again").changed);
            // A moved program replaces the block in its place.
            write(&file, &format!("{text}tail\n")).expect("written");
            assert!(
                install_block(home, shell, Path::new("/new"))
                    .expect("moved")
                    .changed
            );
            let text = read(&file).expect("read");
            assert_eq!(text.matches(BEGIN).count(), 1);
            assert!(text.ends_with("tail\n") && text.contains("/new"), "{text}");
        }
        let files = remove_blocks(home).expect("removed");
        assert_eq!(files.len(), 3);
        assert_eq!(
            read(&Shell::Bash.start_file(home)).expect("read"),
            "export A=1\ntail\n"
        );
        assert_eq!(remove_blocks(home).expect("again"), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_linked_start_file_stays_a_link() {
        let home = tempfile::tempdir().expect("home");
        let home = home.path();
        let kept = home.join("dotfiles-bashrc");
        write(&kept, "x\n").expect("written");
        let link = Shell::Bash.start_file(home);
        std::os::unix::fs::symlink(&kept, &link).expect("linked");
        install_block(home, Shell::Bash, Path::new("/bin")).expect("installed");
        assert!(link.is_symlink());
        assert!(read(&kept).expect("read").contains(BEGIN));
    }

    #[test]
    fn a_half_block_is_left_alone() {
        let text = format!("a\n{BEGIN}\nb\n");
        assert_eq!(without_block(&text), (text.as_str(), None));
        assert_eq!(Shell::of_path("/usr/bin/zsh"), Some(Shell::Zsh));
        assert_eq!(Shell::of_path("/bin/dash"), None);
    }
}
