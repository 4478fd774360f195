//! The prefix of a rig's bead ids, made from the rig's name (DESIGN 11).

use crate::domain::Prefix;

/// Words that end a name written in one piece, longest first where one ends another.
const TRAILING: &[&str] = &[
    "server", "service", "client", "engine", "agent", "ville", "place", "field", "board", "tools",
    "proxy", "town", "port", "land", "wood", "ford", "bot", "app", "api", "web", "kit", "hub",
    "lib", "cli", "sdk", "db", "ui",
];

/// The prefix that a rig of this name gets: the first letters of its words; for a single word
/// its first two letters, or all of it when it has at most three.
pub fn derive_prefix(name: &str) -> Prefix {
    let words = words_of(name);
    let text: String = match words.as_slice() {
        [] => String::new(),
        [only] if only.len() <= 3 => only.clone(),
        [only] => only.chars().take(2).collect(),
        several => several
            .iter()
            .filter_map(|word| word.chars().next())
            .collect(),
    };
    let text: String = text
        .to_ascii_lowercase()
        .chars()
        .skip_while(|c| !c.is_ascii_lowercase())
        .take(20)
        .collect();
    // Names are letters, digits, `-` and `_`; one of digits alone leaves nothing to take.
    Prefix::parse(&text)
        .or_else(|_| Prefix::parse("rig"))
        .unwrap_or_else(|_| Prefix::town())
}

/// The derived prefix, with a number behind it when it is taken. `hq` is the town's own.
pub fn free_prefix(name: &str, taken: &[Prefix]) -> Prefix {
    let wanted = derive_prefix(name);
    let free = |prefix: &Prefix| *prefix != Prefix::town() && !taken.contains(prefix);
    if free(&wanted) {
        return wanted;
    }
    (2..=taken.len() + 3)
        .filter_map(|number| Prefix::parse(&format!("{wanted}{number}")).ok())
        .find(free)
        .unwrap_or(wanted)
}

fn words_of(name: &str) -> Vec<String> {
    let name = name
        .strip_suffix("-py")
        .or_else(|| name.strip_suffix("-go"))
        .unwrap_or(name);
    let mut words: Vec<String> = Vec::new();
    for part in name
        .split(['-', '_', '.', ' '])
        .filter(|part| !part.is_empty())
    {
        words.extend(camel_words(part));
    }
    if let [only] = words.as_slice() {
        let lower = only.to_ascii_lowercase();
        let split = TRAILING
            .iter()
            .find_map(|tail| lower.strip_suffix(tail).map(|head| (head, *tail)))
            .filter(|(head, _)| head.len() >= 2);
        if let Some((head, tail)) = split {
            return vec![head.to_owned(), tail.to_owned()];
        }
    }
    words
}

fn camel_words(part: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before: Option<char> = None;
    for c in part.chars() {
        let begins = c.is_ascii_uppercase() && before.is_some_and(|b| b.is_ascii_lowercase());
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
        before = Some(c);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_come_from_words() {
        for (name, prefix) in [
            ("tradingbot", "tb"),
            ("gastown", "gt"),
            ("gasTown", "gt"),
            ("beads", "be"),
            ("my_app", "ma"),
            ("my-app", "ma"),
            ("TradingBot", "tb"),
            ("trading-bot-ui", "tbu"),
            ("nashville", "nv"),
            ("github", "gh"),
            ("airport", "ap"),
            ("foo-py", "foo"),
            ("beads-go", "be"),
            ("ab", "ab"),
            ("x", "x"),
            ("bot", "bot"),
            ("webserver", "ws"),
            ("42", "rig"),
            ("7up", "up"),
            ("HTTPServer", "hs"),
        ] {
            assert_eq!(derive_prefix(name).as_str(), prefix, "{name}");
        }
    }

    #[test]
    fn a_taken_prefix_gets_a_number() {
        let taken: Vec<Prefix> = ["tb", "tb2"]
            .iter()
            .filter_map(|text| Prefix::parse(text).ok())
            .collect();
        assert_eq!(free_prefix("tradingbot", &taken).as_str(), "tb3");
        assert_eq!(free_prefix("beads", &taken).as_str(), "be");
        assert_eq!(free_prefix("hello-queue", &[]).as_str(), "hq2");
    }

    proptest::proptest! {
        #[test]
        fn every_name_has_a_prefix_that_is_free(name in "[A-Za-z0-9][A-Za-z0-9_-]{0,31}", count in 0usize..8) {
            let mut taken: Vec<Prefix> = Vec::new();
            for _ in 0..count {
                let prefix = free_prefix(&name, &taken);
                proptest::prop_assert!(!taken.contains(&prefix));
                proptest::prop_assert!(Prefix::parse(prefix.as_str()).is_ok());
                proptest::prop_assert_ne!(&prefix, &Prefix::town());
                taken.push(prefix);
            }
        }
    }
}
