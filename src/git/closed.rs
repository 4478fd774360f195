//! The closed environment of the `git` program, and the two configuration files of the engine.
//!
//! `.gt/git/config` is libgit2's whole configuration (DECISIONS 9). `.gt/git/program.config`
//! beside it is what the `git` program reads in place of the user's file: the operator's own way
//! in (credential helpers, URL rewrites, http and ssh settings of user and system configuration,
//! DOCUMENT 38), never anything of a repository. Two files, because git itself warns about
//! `core.fsyncObjectFiles`, which libgit2 needs, and because libgit2 has no use for credentials.

use std::path::{Path, PathBuf};

use git2::Config;

use super::disk;
use super::error::{GitError, Result};
use crate::support::files::{self, Access};
use crate::support::paths::TownPaths;

/// Where the system's own git configuration may be.
const SYSTEM: &[&str] = &[
    "/etc/gitconfig",
    "/usr/local/etc/gitconfig",
    "/opt/homebrew/etc/gitconfig",
    "/Library/Developer/CommandLineTools/usr/share/git-core/gitconfig",
];

/// Variables of the operator that the `git` program gets: the way in, and nothing that runs.
const CARRIED: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_DATA_HOME",
    "SSH_AUTH_SOCK",
    "SSH_AGENT_PID",
    "DBUS_SESSION_BUS_ADDRESS",
    "GNUPGHOME",
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GH_CONFIG_DIR",
    "GH_HOST",
    "GH_ENTERPRISE_TOKEN",
    "GITLAB_TOKEN",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
];

/// Settings that outrank every file.
const OVERRIDES: &[(&str, &str)] = &[
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.pager", "cat"),
    ("core.askPass", ""),
    ("submodule.recurse", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("push.recurseSubmodules", "no"),
    ("protocol.ext.allow", "never"),
    ("gc.autoDetach", "false"),
    ("maintenance.autoDetach", "false"),
];

/// libgit2's configuration. Objects and refs are synced before they count.
const LIBRARY: &str = "\
[core]
\tfsyncObjectFiles = true
\tlogAllRefUpdates = true
\tfileMode = true
\tsymlinks = true
\tautocrlf = false
[user]
\tname = Gas Town
\temail = gastown@localhost
";

const PROGRAM: &str = "\
[core]
\tfsync = committed,reference
\tlogAllRefUpdates = true
[user]
\tname = Gas Town
\temail = gastown@localhost
[init]
\tdefaultBranch = main
";

/// The configuration file that the `git` program reads.
pub fn program_config(paths: &TownPaths) -> PathBuf {
    paths.git_config().with_file_name("program.config")
}

/// The whole environment of a `git` process of the engine (contract S8). `captured` is what the
/// operator had at the last up, start or console.
pub fn environment(paths: &TownPaths, captured: &[(String, String)]) -> Vec<(String, String)> {
    let mut env: Vec<(String, String)> = captured
        .iter()
        .filter(|(name, _)| CARRIED.contains(&name.as_str()))
        .cloned()
        .collect();
    if !env.iter().any(|(name, _)| name == "PATH") {
        env.push(("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned()));
    }
    let mut put = |name: &str, value: &str| env.push((name.to_owned(), value.to_owned()));
    put("LC_ALL", "C");
    put("GIT_CONFIG_NOSYSTEM", "1");
    put("GIT_ATTR_NOSYSTEM", "1");
    put(
        "GIT_CONFIG_GLOBAL",
        &program_config(paths).to_string_lossy(),
    );
    put("GIT_TERMINAL_PROMPT", "0");
    put("GCM_INTERACTIVE", "never");
    put("GIT_OPTIONAL_LOCKS", "0");
    put("GIT_ALLOW_PROTOCOL", "file:http:https:ssh");
    put("GIT_CONFIG_COUNT", &OVERRIDES.len().to_string());
    for (number, (key, value)) in OVERRIDES.iter().enumerate() {
        put(&format!("GIT_CONFIG_KEY_{number}"), key);
        put(&format!("GIT_CONFIG_VALUE_{number}"), value);
    }
    env
}

/// The whole environment of the git worker: no home, so libgit2 finds no file of the user.
pub fn worker_environment(paths: &TownPaths) -> Vec<(String, String)> {
    let home = paths.git_config().with_file_name("home");
    let home = home.to_string_lossy().into_owned();
    vec![
        ("HOME".to_owned(), home.clone()),
        ("XDG_CONFIG_HOME".to_owned(), home),
        ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
        ("LC_ALL".to_owned(), "C".to_owned()),
    ]
}

/// Writes both configuration files; call it when the operator's environment is captured.
pub fn write_own_config(paths: &TownPaths, captured: &[(String, String)]) -> Result<()> {
    let mut library = LIBRARY.to_owned();
    let mut program = PROGRAM.to_owned();
    let mut has_ssh_command = false;
    let mut excludes = default_excludes(captured);
    for file in operator_files(captured) {
        if !disk::is_there(&file) {
            continue;
        }
        let config = Config::open(&file)?;
        config.entries(None)?.for_each(|entry| {
            let Ok(name) = entry.name() else { return };
            let value = entry
                .has_value()
                .then(|| String::from_utf8_lossy(entry.value_bytes()).into_owned());
            if is_way_in(name) {
                has_ssh_command |= name == "core.sshcommand";
                if let Some(line) = written(name, value.as_deref()) {
                    program.push_str(&line);
                }
            }
            if name == "core.excludesfile" {
                excludes = value.and_then(|value| expand(&value, captured));
            }
        })?;
    }
    if !has_ssh_command {
        program.push_str("[core]\n\tsshCommand = ssh -o BatchMode=yes\n");
    }
    if let Some(path) = excludes {
        let path = path.to_string_lossy();
        library.extend(written("core.excludesfile", Some(&path)));
    }
    private(&paths.git_config(), &library)?;
    private(&program_config(paths), &program)
}

/// Makes libgit2's configuration where there is none yet.
pub(super) fn ensure_own_config(path: &Path) -> Result<()> {
    if disk::is_there(path) {
        return Ok(());
    }
    private(path, LIBRARY)
}

fn private(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        files::private_dir(folder).map_err(GitError::disk(folder))?;
    }
    files::write_atomic(path, text.as_bytes(), Access::Private).map_err(GitError::disk(path))
}

fn value_of<'a>(captured: &'a [(String, String)], name: &str) -> Option<&'a str> {
    captured
        .iter()
        .find(|(known, value)| known == name && !value.is_empty())
        .map(|(_, value)| value.as_str())
}

/// The operator's `git` folder below the configuration home.
fn config_home(captured: &[(String, String)]) -> Option<PathBuf> {
    let folder = match value_of(captured, "XDG_CONFIG_HOME") {
        Some(home) => PathBuf::from(home),
        None => PathBuf::from(value_of(captured, "HOME")?).join(".config"),
    };
    Some(folder.join("git"))
}

/// System and user configuration, farthest first: what comes later wins.
fn operator_files(captured: &[(String, String)]) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = Vec::new();
    if value_of(captured, "GIT_CONFIG_NOSYSTEM").is_none() {
        match value_of(captured, "GIT_CONFIG_SYSTEM") {
            Some(path) => all.push(path.into()),
            None => all.extend(SYSTEM.iter().map(PathBuf::from)),
        }
    }
    match value_of(captured, "GIT_CONFIG_GLOBAL") {
        Some(path) => all.push(path.into()),
        None => {
            all.extend(config_home(captured).map(|folder| folder.join("config")));
            all.extend(value_of(captured, "HOME").map(|home| Path::new(home).join(".gitconfig")));
        }
    }
    all
}

/// Git's own default for ignore rules of the user; libgit2 would look in the worker's home.
fn default_excludes(captured: &[(String, String)]) -> Option<PathBuf> {
    config_home(captured).map(|folder| folder.join("ignore"))
}

fn expand(value: &str, captured: &[(String, String)]) -> Option<PathBuf> {
    match value.strip_prefix("~/") {
        Some(rest) => Some(Path::new(value_of(captured, "HOME")?).join(rest)),
        None => Some(PathBuf::from(value)).filter(|path| path.is_absolute()),
    }
}

/// Whether a setting is part of the way to a remote (names come in git's normal form).
fn is_way_in(name: &str) -> bool {
    name == "core.sshcommand"
        || name == "safe.directory"
        || name.starts_with("credential.")
        || name.starts_with("http.")
        || (name.starts_with("url.")
            && (name.ends_with(".insteadof") || name.ends_with(".pushinsteadof")))
}

/// A setting as lines of a configuration file; `None` for a name that cannot be written.
fn written(name: &str, value: Option<&str>) -> Option<String> {
    let (section, rest) = name.split_once('.')?;
    let (middle, key) = match rest.rsplit_once('.') {
        Some((middle, key)) => (Some(middle), key),
        None => (None, rest),
    };
    let head = match middle {
        Some(middle) if middle.contains(['\n', '\0']) => return None,
        Some(middle) => format!("[{section} \"{}\"]", escaped(middle)),
        None => format!("[{section}]"),
    };
    Some(match value {
        Some(value) => format!("{head}\n\t{key} = \"{}\"\n", escaped(value)),
        None => format!("{head}\n\t{key}\n"),
    })
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
        .replace('\t', "\\t")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "tests make files")]

    use super::*;

    #[test]
    fn the_operators_way_in_is_carried_over_and_nothing_else()
    -> std::result::Result<(), Box<dyn std::error::Error>> {
        // Contract S8, DOCUMENT 38.
        let home = tempfile::tempdir()?;
        let text = "[credential]\n\thelper =\n\thelper = \"!f() { echo \\\"a b\\\"; }; f\"\n\
            [credential \"https://h\"]\n\tusername = me\n\
            [url \"git@h:\"]\n\tinsteadOf = https://h/\n[http]\n\tproxy = p\n\
            [core]\n\tsshCommand = ssh -i key\n\thooksPath = /evil\n\tfsmonitor = evil\n\
            \texcludesFile = ~/ignored\n[alias]\n\tx = !evil\n[filter \"f\"]\n\tsmudge = evil\n";
        std::fs::write(home.path().join(".gitconfig"), text)?;
        let paths = TownPaths::new(home.path().join("town"));
        let captured = vec![
            (
                "HOME".to_owned(),
                home.path().to_string_lossy().into_owned(),
            ),
            ("GIT_CONFIG_NOSYSTEM".to_owned(), "1".to_owned()),
            ("SECRET".to_owned(), "x".to_owned()),
        ];
        write_own_config(&paths, &captured)?;
        let config = Config::open(&program_config(&paths))?;
        let mut helpers = Vec::new();
        config
            .multivar("credential.helper", None)?
            .for_each(|entry| helpers.push(entry.value().unwrap_or_default().to_owned()))?;
        assert_eq!(helpers, ["", "!f() { echo \"a b\"; }; f"]);
        assert_eq!(config.get_string("credential.https://h.username")?, "me");
        assert_eq!(config.get_string("url.git@h:.insteadof")?, "https://h/");
        assert_eq!(config.get_string("http.proxy")?, "p");
        assert_eq!(config.get_string("core.sshcommand")?, "ssh -i key");
        for absent in [
            "core.hookspath",
            "core.fsmonitor",
            "alias.x",
            "filter.f.smudge",
        ] {
            assert!(config.get_entry(absent).is_err(), "{absent}");
        }
        let library = Config::open(&paths.git_config())?;
        assert!(library.get_bool("core.fsyncobjectfiles")?);
        assert_eq!(
            library.get_string("core.excludesfile")?,
            home.path().join("ignored").to_string_lossy()
        );
        assert!(library.get_entry("credential.helper").is_err());
        let env = environment(&paths, &captured);
        assert!(!env.iter().any(|(name, _)| name == "SECRET"));
        assert!(env.iter().any(|(name, _)| name == "GIT_CONFIG_GLOBAL"));
        Ok(())
    }
}
