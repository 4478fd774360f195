//! What a failed clone, fetch or push means, in one message with the command that mends it.

use super::url;
use crate::domain::{Kind, Refusal};
use crate::support::text;

/// What the `git` program was asked to do, for the words of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// The first fetch of a rig.
    Clone,
    /// A later fetch.
    Fetch,
    /// A push of the target.
    Push,
}

/// What was wrong, for decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The login was refused or missing.
    Login,
    /// The host's key is not known to ssh.
    HostKey,
    /// The host cannot be reached.
    Unreachable,
    /// There is no repository, or it is hidden from this login.
    NoRepository,
    /// Git does not trust the owner of a local repository.
    Owner,
    /// The remote does not have the branch.
    NoBranch,
    /// The remote's target moved meanwhile: fetch and try again.
    Stale,
    /// The remote is a repository with files, and the target is checked out there.
    CheckedOut,
    /// A hook or branch rule of the remote said no.
    Declined,
    /// The disk is full.
    Full,
    /// The `git` program is not there.
    NoGit,
    /// Something else.
    Other,
}

/// A failure explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What was wrong, for decisions.
    pub trouble: Trouble,
    /// What is said about it.
    pub refusal: Refusal,
}

/// Explains the last lines of git's output. `remote` is the URL, `again` the command that the
/// operator types after mending, such as `gt mq retry mr-3`.
pub fn explain(errand: Errand, remote: &str, again: &str, tail: &str) -> Explained {
    let trouble = trouble(tail);
    let shown = text::clean(&url::redact(remote));
    let act = match errand {
        Errand::Clone => "clone",
        Errand::Fetch => "fetch from",
        Errand::Push => "push to",
    };
    let (kind, reason) = reason(trouble, tail);
    let mut refusal =
        Refusal::new(kind, format!("cannot {act} `{shown}`: {reason}")).hint(mend(trouble, &shown));
    if !again.is_empty() {
        refusal.hints.push(format!("then `{again}`"));
    }
    Explained { trouble, refusal }
}

/// Texts of git, curl and ssh in the C locale, the more telling first.
const SIGNS: &[(&str, Trouble)] = &[
    ("refusing to update checked out branch", Trouble::CheckedOut),
    ("branch is currently checked out", Trouble::CheckedOut),
    ("working directory has", Trouble::CheckedOut),
    ("stale info", Trouble::Stale),
    ("fetch first", Trouble::Stale),
    ("non-fast-forward", Trouble::Stale),
    ("cannot lock ref", Trouble::Stale),
    ("hook declined", Trouble::Declined),
    ("protected branch", Trouble::Declined),
    ("[remote rejected]", Trouble::Declined),
    ("dubious ownership", Trouble::Owner),
    ("host key verification failed", Trouble::HostKey),
    ("authentication failed", Trouble::Login),
    ("could not read username", Trouble::Login),
    ("could not read password", Trouble::Login),
    ("terminal prompts disabled", Trouble::Login),
    ("permission denied (", Trouble::Login),
    ("error: 401", Trouble::Login),
    ("error: 403", Trouble::Login),
    ("invalid username or", Trouble::Login),
    ("could not resolve host", Trouble::Unreachable),
    ("could not connect", Trouble::Unreachable),
    ("couldn't connect", Trouble::Unreachable),
    ("failed to connect", Trouble::Unreachable),
    ("connection refused", Trouble::Unreachable),
    ("connection timed out", Trouble::Unreachable),
    ("connection reset", Trouble::Unreachable),
    ("operation timed out", Trouble::Unreachable),
    ("network is unreachable", Trouble::Unreachable),
    ("no route to host", Trouble::Unreachable),
    ("name or service not known", Trouble::Unreachable),
    (
        "does not appear to be a git repository",
        Trouble::NoRepository,
    ),
    ("not a git repository", Trouble::NoRepository),
    ("repository not found", Trouble::NoRepository),
    ("does not exist", Trouble::NoRepository),
    ("error: 404", Trouble::NoRepository),
    ("' not found", Trouble::NoRepository),
    ("couldn't find remote ref", Trouble::NoBranch),
    ("no space left", Trouble::Full),
    ("disk quota", Trouble::Full),
    ("git: not found", Trouble::NoGit),
];

fn trouble(tail: &str) -> Trouble {
    let low = tail.to_lowercase();
    SIGNS
        .iter()
        .find(|(sign, _)| low.contains(sign))
        .map_or(Trouble::Other, |&(_, trouble)| trouble)
}

/// What is said about a trouble, after "cannot push to ...:".
fn reason(trouble: Trouble, tail: &str) -> (Kind, String) {
    let said = || last_word(tail);
    match trouble {
        Trouble::Login => (Kind::Failed, "the login was refused".to_owned()),
        Trouble::HostKey => (Kind::Failed, "ssh does not know the host's key".to_owned()),
        Trouble::Unreachable => (
            Kind::Failed,
            format!("the host cannot be reached ({})", said()),
        ),
        Trouble::NoRepository => (
            Kind::NotFound,
            "there is no repository that this login can see".to_owned(),
        ),
        Trouble::Owner => (
            Kind::Failed,
            "the repository belongs to another user".to_owned(),
        ),
        Trouble::NoBranch => (
            Kind::NotFound,
            "the branch is not there any more".to_owned(),
        ),
        Trouble::Stale => (Kind::Conflict, "its branch moved meanwhile".to_owned()),
        Trouble::CheckedOut => (
            Kind::Failed,
            "its working files are on that branch, and a push would not reach them".to_owned(),
        ),
        Trouble::Declined => (
            Kind::Failed,
            format!("the remote declined ({})", declined(tail)),
        ),
        Trouble::Full => (Kind::Failed, "the disk is full".to_owned()),
        Trouble::NoGit => (Kind::Failed, "the `git` program is missing".to_owned()),
        Trouble::Other => (Kind::Failed, said()),
    }
}

/// What mends it.
fn mend(trouble: Trouble, remote: &str) -> String {
    match trouble {
        Trouble::Login => login_hint(remote),
        Trouble::HostKey => format!("accept it once: `ssh -T {}`", ssh_place(remote)),
        Trouble::Unreachable | Trouble::NoRepository | Trouble::Other => {
            format!("see whether `git ls-remote {remote}` works")
        }
        Trouble::Owner => {
            format!("trust it: `git config --global --add safe.directory {remote}`, then `gt up`")
        }
        Trouble::NoBranch => format!("see its branches: `git ls-remote --heads {remote}`"),
        Trouble::Stale => "it is fetched and tried again".to_owned(),
        Trouble::CheckedOut => format!(
            "with clean files there: `git -C {} config receive.denyCurrentBranch updateInstead`, or switch it to another branch",
            remote.strip_prefix("file://").unwrap_or(remote)
        ),
        Trouble::Declined => "allow the push there (branch rules, hooks)".to_owned(),
        Trouble::Full => "make room: `df -h`".to_owned(),
        Trouble::NoGit => "install git".to_owned(),
    }
}

fn login_hint(remote: &str) -> String {
    if remote.contains("github.com") && remote.starts_with("http") {
        return "log in: `gh auth login && gh auth setup-git`, then `gt up`".to_owned();
    }
    if remote.starts_with("http") {
        return format!(
            "store a login: `git config --global credential.helper store && git ls-remote {remote}`, then `gt up`"
        );
    }
    format!(
        "load a key: `ssh-add`, and see that `ssh -T {}` lets you in",
        ssh_place(remote)
    )
}

/// `user@host` of an ssh remote.
fn ssh_place(remote: &str) -> &str {
    let rest = remote.split_once("://").map_or(remote, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or(rest)
}

/// What the remote gave as its reason.
fn declined(tail: &str) -> String {
    let spoken = tail.lines().find_map(|line| {
        let line = line.trim().strip_prefix("remote:")?.trim();
        (!line.is_empty()).then(|| line.to_owned())
    });
    text::fit(
        &text::clean(&spoken.unwrap_or_else(|| last_word(tail))),
        200,
    )
}

/// The last line that says something, without git's own opening words.
fn last_word(tail: &str) -> String {
    let telling = tail
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| line.starts_with("fatal:") || line.starts_with("error:"))
        .or_else(|| {
            tail.lines()
                .rev()
                .map(str::trim)
                .find(|line| !line.is_empty())
        })
        .unwrap_or("git gave no reason");
    let telling = telling
        .trim_start_matches("fatal:")
        .trim_start_matches("error:")
        .trim();
    text::fit(&text::clean(&url_free(telling)), 200)
}

/// The line with every URL in it redacted.
fn url_free(line: &str) -> String {
    line.split(' ')
        .map(|word| {
            let inner = word.trim_matches('\'');
            word.replace(inner, &url::redact(inner))
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_one_cause_and_a_next_step() {
        for (tail, trouble) in [
            (
                "fatal: could not read Username for 'https://h': terminal prompts disabled",
                Trouble::Login,
            ),
            (
                "git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.",
                Trouble::Login,
            ),
            (
                "fatal: unable to access 'https://h/': Could not resolve host: h",
                Trouble::Unreachable,
            ),
            (
                "fatal: '/x' does not appear to be a git repository",
                Trouble::NoRepository,
            ),
            (
                "!\tabc:refs/heads/main\t[rejected] (stale info)",
                Trouble::Stale,
            ),
            (
                "remote: error: refusing to update checked out branch: refs/heads/main\n! [remote rejected]",
                Trouble::CheckedOut,
            ),
            (
                "remote: no pushes on friday\n ! [remote rejected] main -> main (pre-receive hook declined)",
                Trouble::Declined,
            ),
            (
                "fatal: detected dubious ownership in repository at '/x'",
                Trouble::Owner,
            ),
            ("fatal: something new", Trouble::Other),
            ("", Trouble::Other),
        ] {
            let explained = explain(Errand::Push, "https://me:pw@h/a", "gt mq retry mr-1", tail);
            assert_eq!(explained.trouble, trouble, "{tail}");
            let text = format!(
                "{} {:?}",
                explained.refusal.message, explained.refusal.hints
            );
            assert!(!text.contains("pw"), "{text}");
            assert!(text.contains("gt mq retry mr-1"), "{text}");
        }
    }
}
