//! The environment of an agent: what the operator's may pass on, and who the agent is.
//!
//! Built from nothing: a name that is not on the list here never reaches an agent. Identity
//! comes last and always wins, so neither a definition nor the operator's own variables can
//! make an agent somebody else.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::resolve::ResolvedAgent;
use crate::domain::{Address, RunId, Seat};
use crate::support::paths::TownPaths;

/// Names that pass as they are.
const NAMES: &[&str] = &[
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "PATH",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "XDG_STATE_HOME",
    "XDG_RUNTIME_DIR",
    "CLAUDE_CONFIG_DIR",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_EFFORT_LEVEL",
    "CLAUDE_CODE_SKIP_BEDROCK_AUTH",
    "CLAUDE_CODE_SKIP_VERTEX_AUTH",
    "CLAUDE_CODE_CLIENT_CERT",
    "CLAUDE_CODE_CLIENT_KEY",
    "CLAUDE_CODE_CLIENT_KEY_PASSPHRASE",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
    "DISABLE_AUTOUPDATER",
    "DISABLE_TELEMETRY",
    "IS_SANDBOX",
    "CLOUD_ML_REGION",
    "CODEX_HOME",
    "CODEX_API_KEY",
    "CURSOR_API_KEY",
    "AMP_API_KEY",
    "AMP_URL",
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GH_HOST",
    "GROQ_API_KEY",
    "OPENROUTER_API_KEY",
    "MISTRAL_API_KEY",
    "XAI_API_KEY",
    "DEEPSEEK_API_KEY",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "GOPATH",
    "GOROOT",
    "GOPROXY",
    "JAVA_HOME",
    "NVM_DIR",
    "NVM_BIN",
    "VOLTA_HOME",
    "FNM_DIR",
    "PNPM_HOME",
    "BUN_INSTALL",
    "DENO_DIR",
    "PYENV_ROOT",
    "UV_CACHE_DIR",
    "PIP_INDEX_URL",
    "NPM_CONFIG_REGISTRY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "NO_COLOR",
];

/// Beginnings of names that pass.
const PREFIXES: &[&str] = &[
    "LC_",
    "ANTHROPIC_",
    "GEMINI_",
    "GOOGLE_",
    "VERTEX_",
    "OPENAI_",
    "AZURE_OPENAI_",
    "AWS_",
    "AUGMENT_",
    "COPILOT_",
    "OPENCODE_",
];

/// Names that pass in lower case too.
const PROXIES: &[&str] = &["http_proxy", "https_proxy", "all_proxy", "no_proxy"];

/// PATH when the operator's was never captured.
const PLAIN_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Whether a variable of the operator's environment may reach an agent.
pub fn is_allowed_env(name: &str) -> bool {
    NAMES.contains(&name)
        || PROXIES.contains(&name)
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// What may pass of an environment, sorted by name; values that are not text are left out.
pub fn capture_env(vars: impl IntoIterator<Item = (OsString, OsString)>) -> Vec<(String, String)> {
    let mut captured: Vec<(String, String)> = vars
        .into_iter()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| is_allowed_env(name))
        .collect();
    captured.sort();
    captured
}

/// Who an agent is, for its environment.
#[derive(Clone, Debug)]
pub struct AgentIdentity<'a> {
    /// Its address.
    pub address: &'a Address,
    /// The run that is being started.
    pub run: &'a RunId,
    /// The run's secret, by which the engine knows it.
    pub token: &'a str,
    /// Its branch; empty when it has none.
    pub branch: &'a str,
    /// The mail domain of agents.
    pub email_domain: &'a str,
    /// Its first words.
    pub prompt: &'a str,
}

/// The whole environment of an agent, sorted by name.
pub fn agent_env(
    paths: &TownPaths,
    identity: &AgentIdentity<'_>,
    agent: &ResolvedAgent,
    captured: &[(String, String)],
) -> Vec<(String, String)> {
    let mut env: BTreeMap<String, String> = captured
        .iter()
        .filter(|(name, _)| is_allowed_env(name))
        .cloned()
        .collect();
    env.extend(agent.env.iter().cloned());
    let path = path_with_ours(paths, env.get("PATH").map(String::as_str));
    let own = own_variables(paths, identity, agent);
    env.retain(|name, _| !is_identity(name));
    env.extend(own);
    env.insert("PATH".to_owned(), path);
    env.into_iter().collect()
}

/// Names that only this module may set.
pub(super) fn is_identity(name: &str) -> bool {
    name.starts_with("GT_") || name.starts_with("BD_") || name.starts_with("GIT_")
}

fn own_variables(
    paths: &TownPaths,
    identity: &AgentIdentity<'_>,
    agent: &ResolvedAgent,
) -> Vec<(String, String)> {
    let address = identity.address.to_string();
    let email = address_email(identity.address, identity.email_domain);
    let root = paths.root().to_string_lossy().into_owned();
    let mut own: Vec<(&str, String)> = vec![
        ("TERM", "xterm-256color".to_owned()),
        ("COLORTERM", "truecolor".to_owned()),
        ("GT_TOWN_ROOT", root.clone()),
        ("GT_ROOT", root.clone()),
        ("GT_ROLE", address.clone()),
        ("GT_AGENT", agent.alias.to_string()),
        ("GT_SESSION", identity.run.to_string()),
        ("GT_TOKEN", identity.token.to_owned()),
        ("BD_ACTOR", address.clone()),
        ("BEADS_AGENT_NAME", identity.address.short()),
        ("GIT_AUTHOR_NAME", address.clone()),
        ("GIT_AUTHOR_EMAIL", email.clone()),
        ("GIT_COMMITTER_NAME", address),
        ("GIT_COMMITTER_EMAIL", email),
        // Git looks for no repository in the town's own folder when a worktree is gone.
        ("GIT_CEILING_DIRECTORIES", root),
        // Nobody is there to answer git's questions.
        ("GIT_TERMINAL_PROMPT", "0".to_owned()),
    ];
    if let Address::Rig(rig, seat) = identity.address {
        own.push(("GT_RIG", rig.to_string()));
        match seat {
            Seat::Polecat(name) => own.push(("GT_POLECAT", name.to_string())),
            Seat::Crew(name) => own.push(("GT_CREW", name.to_string())),
            Seat::Witness | Seat::Refinery => {}
        }
    }
    if !identity.branch.is_empty() {
        own.push(("GT_BRANCH", identity.branch.to_owned()));
    }
    if agent.prompt_in_env() {
        own.push(("GT_PROMPT", identity.prompt.to_owned()));
    }
    own.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The operator's PATH with the town's `gt` and `bd` first.
fn path_with_ours(paths: &TownPaths, path: Option<&str>) -> String {
    let ours = paths.bin().to_string_lossy().into_owned();
    let rest = path.filter(|path| !path.is_empty()).unwrap_or(PLAIN_PATH);
    let rest = rest.split(':').filter(|folder| *folder != ours);
    std::iter::once(ours.as_str())
        .chain(rest)
        .collect::<Vec<_>>()
        .join(":")
}

/// The mail address of an agent: its address with dots, at the agents' domain (DOCUMENT 52).
pub fn address_email(address: &Address, domain: &str) -> String {
    format!("{}@{domain}", address.to_string().replace('/', "."))
}

#[cfg(test)]
mod tests;
