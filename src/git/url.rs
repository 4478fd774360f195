//! Which remotes are acceptable (contract S8): git can be talked into running programs by a URL.

use crate::domain::Refusal;

/// What sort of remote a URL names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoteKind {
    /// `https://host/path`.
    Https,
    /// `http://` on this machine only.
    LoopbackHttp,
    /// `ssh://[user@]host/path`.
    Ssh,
    /// `[user@]host:path`.
    Scp,
    /// `file:///path`.
    File,
    /// An absolute path.
    Path,
}

/// Checks a remote's URL. Relative paths and `~` are made absolute before they come here.
pub fn check(url: &str) -> Result<RemoteKind, Refusal> {
    let refuse = |accepted: &str| Err(Refusal::invalid("repository", &redact(url), accepted));
    if url.is_empty() || url.chars().any(|c| c.is_control()) {
        return refuse("a URL or a path without control characters");
    }
    if url.starts_with('-') {
        return refuse("a URL or path that does not begin with `-`");
    }
    if url.starts_with('/') {
        return Ok(RemoteKind::Path);
    }
    if let Some((helper, _)) = url.split_once("::")
        && helper.chars().all(is_scheme)
    {
        return refuse("https, ssh, or a path: remote helpers run programs");
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return scp(url).map_or_else(|| refuse(USE), Ok);
    };
    match scheme.to_ascii_lowercase().as_str() {
        "https" if has_host(rest) => Ok(RemoteKind::Https),
        "ssh" | "git+ssh" | "ssh+git" if has_host(rest) => Ok(RemoteKind::Ssh),
        "http" if is_loopback(host(rest)) => Ok(RemoteKind::LoopbackHttp),
        "http" => refuse("https: over http a password would be readable on the way"),
        "file" if rest.starts_with('/') => Ok(RemoteKind::File),
        "file" => refuse("`file:///` with an absolute path"),
        _ => refuse(USE),
    }
}

const USE: &str = "`https://…`, `ssh://…`, `user@host:path`, `file:///…` or an absolute path";

/// The URL without password or token, fit to be shown and logged (contract S10).
pub fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let authority = rest.split('/').next().unwrap_or(rest);
    let Some((user, _)) = authority.rsplit_once('@') else {
        return url.to_owned();
    };
    let after = rest.get(user.len()..).unwrap_or_default();
    match user.split_once(':') {
        Some((name, _)) => format!("{scheme}://{name}:***{after}"),
        // A lone user of https may be a token; of ssh it is a name.
        None if scheme.starts_with("http") => format!("{scheme}://***{after}"),
        None => url.to_owned(),
    }
}

fn is_scheme(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')
}

/// The host of what follows `://`, without user and port.
fn host(rest: &str) -> &str {
    let authority = rest.split('/').next().unwrap_or(rest);
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if let Some(inner) = host.strip_prefix('[') {
        return inner.split(']').next().unwrap_or(inner);
    }
    host.split(':').next().unwrap_or(host)
}

fn has_host(rest: &str) -> bool {
    let authority = rest.split('/').next().unwrap_or(rest);
    is_safe_host(host(rest))
        && !authority.starts_with('-')
        && !authority.contains(char::is_whitespace)
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "::1") || host.starts_with("127.")
}

/// A host or user that begins with `-` would be an option of ssh.
fn is_safe_host(host: &str) -> bool {
    !host.is_empty() && !host.starts_with('-')
}

/// `[user@]host:path`, the form that ssh users write.
fn scp(url: &str) -> Option<RemoteKind> {
    let (place, path) = match url.strip_prefix('[') {
        Some(inner) => inner.split_once("]:")?,
        None => url.split_once(':')?,
    };
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    let plain = !place.contains('/') && !place.contains(char::is_whitespace);
    (plain
        && is_safe_host(host)
        && is_safe_host(place)
        && !path.is_empty()
        && !path.starts_with('-'))
    .then_some(RemoteKind::Scp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_remotes_that_run_nothing_here_are_accepted() {
        for (url, kind) in [
            ("https://github.com/a/b.git", RemoteKind::Https),
            ("https://me:token@example.com:8443/a", RemoteKind::Https),
            ("ssh://git@example.com:22/a.git", RemoteKind::Ssh),
            ("git@github.com:a/b.git", RemoteKind::Scp),
            ("host:repo", RemoteKind::Scp),
            ("[::1]:repo", RemoteKind::Scp),
            ("file:///srv/a.git", RemoteKind::File),
            ("/srv/with space/a.git", RemoteKind::Path),
            ("http://127.0.0.1:8000/a.git", RemoteKind::LoopbackHttp),
            ("http://[::1]:8000/a.git", RemoteKind::LoopbackHttp),
        ] {
            assert_eq!(check(url).ok(), Some(kind), "{url}");
        }
        for url in [
            "",
            "-oProxyCommand=x",
            "--upload-pack=touch x",
            "ext::sh -c touch% x",
            "fd::17",
            "ssh://-oProxyCommand=touch/x",
            "ssh://me@-oProxyCommand=touch/x",
            "-host:path",
            "me@-host:path",
            "host:-path",
            "file://host/share",
            "http://example.com/a.git",
            "http://127.0.0.1@evil.example/a",
            "git://example.com/a",
            "ftp://example.com/a",
            "relative/path",
            "./a:b/c",
            "https:///nohost",
            "https://a\nb/c",
        ] {
            assert!(check(url).is_err(), "{url}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        for (url, shown) in [
            ("https://me:pw@h/a", "https://me:***@h/a"),
            ("https://token@h/a", "https://***@h/a"),
            ("ssh://git@h/a", "ssh://git@h/a"),
            ("https://h/a@b", "https://h/a@b"),
            ("git@h:a", "git@h:a"),
        ] {
            assert_eq!(redact(url), shown);
        }
    }
}
