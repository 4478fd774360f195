//! Words that a ledger's own settings add: custom statuses and types. Reads them, and refuses others.

use crate::domain::{BeadStatus, BeadType, Category, Refusal};

/// Settings that name custom statuses and types.
pub(crate) const STATUS_KEY: &str = "status.custom";
/// See [`STATUS_KEY`].
pub(crate) const TYPES_KEY: &str = "types.custom";
/// Most custom statuses.
const MOST: usize = 50;

/// The custom statuses of a setting such as `staged:active,parked:frozen`.
pub(crate) fn statuses(setting: &str) -> Result<Vec<(String, Category)>, Refusal> {
    let mut known: Vec<(String, Category)> = Vec::new();
    for part in parts(setting) {
        let (name, category) = part.split_once(':').unwrap_or((&part, ""));
        let fine = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
        if !fine || BeadStatus::parse(name).is_ok() {
            return Err(Refusal::invalid(
                STATUS_KEY,
                name,
                "names of lower-case letters, digits, `_` and `-` that are no status yet",
            ));
        }
        let category = match category {
            "active" => Category::Active,
            "wip" => Category::Wip,
            "done" => Category::Done,
            "frozen" => Category::Frozen,
            "" => Category::Unspecified,
            other => {
                return Err(Refusal::invalid(
                    STATUS_KEY,
                    other,
                    "`active`, `wip`, `done` or `frozen` after the colon",
                ));
            }
        };
        if known.iter().all(|(one, _)| one != name) {
            known.push((name.to_owned(), category));
        }
    }
    if known.len() > MOST {
        return Err(Refusal::invalid(
            STATUS_KEY,
            &known.len().to_string(),
            "at most 50 names",
        ));
    }
    Ok(known)
}

/// The custom types of a setting: words with commas between, or a JSON array of words.
pub(crate) fn types(setting: &str) -> Vec<String> {
    parts(setting)
}

fn parts(setting: &str) -> Vec<String> {
    match serde_json::from_str::<Vec<String>>(setting) {
        Ok(words) => words,
        Err(_) => setting
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
    }
}

/// Refuses a status that is neither ours nor of the settings.
pub(crate) fn check_status(word: &str, setting: &str) -> Result<(), Refusal> {
    let custom = statuses(setting)?;
    if custom.iter().any(|(name, _)| name == word) {
        return Ok(());
    }
    let names: Vec<&str> = custom.iter().map(|(name, _)| name.as_str()).collect();
    let ours: Vec<&str> = BeadStatus::ALL.iter().map(|status| status.word()).collect();
    Err(unknown("status", word, &ours, &names).hint(format!("bd config set {STATUS_KEY} {word}")))
}

/// Refuses a type that is neither ours nor of the settings.
pub(crate) fn check_type(word: &str, setting: &str) -> Result<(), Refusal> {
    let custom = types(setting);
    if custom.iter().any(|name| name == word) {
        return Ok(());
    }
    let names: Vec<&str> = custom.iter().map(String::as_str).collect();
    let ours: Vec<&str> = BeadType::ALL.iter().map(|kind| kind.word()).collect();
    Err(unknown("type", word, &ours, &names).hint(format!("bd config set {TYPES_KEY} {word}")))
}

fn unknown(field: &str, word: &str, ours: &[&str], custom: &[&str]) -> Refusal {
    let all: Vec<String> = ours
        .iter()
        .chain(custom)
        .map(|name| format!("`{name}`"))
        .collect();
    Refusal::invalid(field, word, &format!("one of {}", all.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_add_words_and_their_categories() {
        let known = statuses("staged:active, parked:frozen,odd").unwrap();
        assert_eq!(known[0], ("staged".to_owned(), Category::Active));
        assert_eq!(known[2], ("odd".to_owned(), Category::Unspecified));
        assert!(check_status("parked", "parked:frozen").is_ok());
        let refusal = check_status("nope", "parked").unwrap_err();
        assert!(refusal.message.contains("`nope`") && refusal.message.contains("`parked`"));
        for bad in ["open", "Upper", "a:later", "1st"] {
            assert!(statuses(bad).is_err(), "{bad:?} was accepted");
        }
        assert_eq!(types(r#"["widget","agent"]"#), ["widget", "agent"]);
        assert!(check_type("widget", "widget,gadget").is_ok());
        assert!(check_type("widget", "").is_err());
    }
}
