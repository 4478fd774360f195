//! Near matches for a name that is not there.

/// Up to three of `names` that look like `wanted`, best first.
pub fn near_matches<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let limit = (wanted.chars().count() / 3).max(1);
    let mut scored: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let distance = distance(&wanted, &lower);
            let contained =
                wanted.len() > 1 && (lower.contains(&wanted) || wanted.contains(&lower));
            (distance <= limit || contained).then_some((distance, name))
        })
        .collect();
    scored.sort_by_key(|&(distance, name)| (distance, name.len()));
    scored.dedup();
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// How many letters must be changed, added, dropped or swapped with their neighbour to make one text of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX - 1);
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (i, ca) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let changed = at(&row, j) + usize::from(ca != *cb);
            let mut least = changed.min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let left = j.checked_sub(1).and_then(|left| Some((left, b.get(left)?)));
            if let Some((left, other)) = left
                && *other == ca
                && last == Some(*cb)
            {
                least = least.min(at(&before, left) + 1);
            }
            next.push(least);
        }
        last = Some(ca);
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_are_guessed() {
        let names = ["claude", "claude-infra", "gemini", "gemini-worker", "codex"];
        for (wanted, best) in [
            ("gemini-wroker", Some("gemini-worker")),
            ("claud", Some("claude")),
            ("Codex", Some("codex")),
            ("worker", Some("gemini-worker")),
            ("gmeini", Some("gemini")),
            ("zzz", None),
        ] {
            assert_eq!(
                near_matches(wanted, names).first().copied(),
                best,
                "{wanted}"
            );
        }
    }
}
