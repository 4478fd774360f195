//! Which texts may be names (contract S3). Names become folders, branches and arguments,
//! so the accepted set is small and has no dots, slashes or leading dashes.

use super::Refusal;

/// Longest name, in bytes.
pub const NAME_MAX: usize = 32;

/// Names that mean something else somewhere: roles, git words, folders of a town or rig.
const RESERVED: &[&str] = &[
    "main", "master", "head", "mayor", "deacon", "boot", "witness", "refinery", "crew", "polecats",
    "polecat", "dog", "dogs", "hq", "town", "human", "overseer", "operator", "settings", "config",
    "con", "nul", "aux", "prn", "rig",
];

/// Checks the name of a rig, polecat, crew member or agent alias.
pub fn check_name(what: &'static str, text: &str) -> Result<(), Refusal> {
    if !is_name(text, NAME_MAX) {
        return Err(Refusal::invalid(
            what,
            text,
            "1 to 32 letters, digits, `_` or `-`, beginning with a letter or digit",
        ));
    }
    if RESERVED.contains(&text.to_ascii_lowercase().as_str()) {
        return Err(Refusal::invalid(
            what,
            text,
            "a name that is not a word of the town such as `mayor` or `main`",
        ));
    }
    Ok(())
}

/// Checks the prefix of bead ids.
pub fn check_prefix(text: &str) -> Result<(), Refusal> {
    let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
    let rest = text
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
    if begins && rest && text.len() <= 20 && !text.ends_with('-') {
        return Ok(());
    }
    Err(Refusal::invalid(
        "prefix",
        text,
        "1 to 20 lower-case letters, digits, `-` or `_`, beginning with a letter",
    ))
}

/// Checks a person's name as others state it: one line of at most 100 characters.
pub(super) fn check_person(text: &str) -> Result<(), Refusal> {
    let plain = !text.chars().any(char::is_control);
    if plain && text.trim() == text && !text.is_empty() && text.chars().count() <= 100 {
        return Ok(());
    }
    Err(Refusal::invalid(
        "name",
        text,
        "1 to 100 characters on one line, without space around them",
    ))
}

/// Longest bead id, in bytes.
const BEAD_ID_MAX: usize = 255;

/// How the name of work in another ledger begins: `external:<project>:<capability>`.
pub(super) const EXTERNAL: &str = "external:";

/// Checks a bead or convoy id: letters, digits, `-`, `_` and dots. Most are a prefix, a dash and a hash;
/// other programs made some without a dash, and people type the hash alone. Also the name of work in
/// another ledger, which an edge may point to and no bead may have.
pub(super) fn check_bead_id(text: &str) -> Result<(), Refusal> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let ok = match text.strip_prefix(EXTERNAL) {
        Some(rest) => !rest.is_empty() && rest.chars().all(|c| plain(c) || matches!(c, ':' | '/')),
        None => text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(plain),
    };
    if ok && text.len() <= BEAD_ID_MAX && !text.contains("..") {
        Ok(())
    } else {
        Err(Refusal::invalid("id", text, "an id such as `tb-4kq`"))
    }
}

pub(super) fn check_plain_id(text: &str) -> Result<(), Refusal> {
    if is_name(text, 64) {
        Ok(())
    } else {
        Err(Refusal::invalid("id", text, "an id such as `mr-12`"))
    }
}

pub(super) fn check_dotted_id(text: &str) -> Result<(), Refusal> {
    let ok =
        text.len() <= 160 && !text.is_empty() && text.split('.').all(|part| is_name(part, 100));
    if ok {
        Ok(())
    } else {
        Err(Refusal::invalid(
            "id",
            text,
            "parts of letters and digits joined by dots",
        ))
    }
}

pub(super) fn check_oid(text: &str) -> Result<(), Refusal> {
    let ok = matches!(text.len(), 40 | 64)
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, 'a'..='f'));
    if ok {
        Ok(())
    } else {
        Err(Refusal::invalid("commit", text, "a full object id"))
    }
}

fn is_name(text: &str, longest: usize) -> bool {
    text.len() <= longest
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_refused() {
        for bad in [
            "",
            "-x",
            "..",
            "a/b",
            "a b",
            "ä",
            "Mayor",
            "main",
            &"x".repeat(33),
            "a\nb",
            "a.b",
        ] {
            assert!(check_name("name", bad).is_err(), "{bad:?} was accepted");
        }
        for good in ["Toast", "tradingbot", "a", "gemini-worker", "x_1"] {
            assert!(check_name("name", good).is_ok(), "{good:?} was refused");
        }
    }

    #[test]
    fn ids_have_their_own_grammar() {
        assert!(check_bead_id("tb-4kq.1").is_ok());
        assert!(check_bead_id("4kq").is_ok());
        assert!(check_bead_id("").is_err());
        assert!(check_bead_id("-x").is_err());
        assert!(check_bead_id("a b").is_err());
        assert!(check_prefix("bd_2fast").is_ok());
        assert!(check_prefix("_x").is_err());
        assert!(check_bead_id("tb-../x").is_err());
        assert!(check_bead_id("external:beads:mol-run").is_ok());
        assert!(check_bead_id("external:../x").is_err());
        assert!(check_bead_id(&format!("tb-{}", "x".repeat(253))).is_err());
        assert!(check_oid(&"a".repeat(40)).is_ok());
        assert!(check_oid("HEAD").is_err());
    }
}
