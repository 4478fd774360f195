//! New identities: bead and convoy ids in the field's form, from a source that tests can fix.

use sha2::{Digest, Sha256};

use crate::domain::{BeadId, ConvoyId, Prefix, Refusal};

/// Shortest hash of an id.
const SHORTEST: u32 = 3;
/// Longest hash of an id.
const LONGEST: u32 = 8;
/// Acceptable probability that any two ids of one prefix collide.
const COLLISION: f64 = 0.25;

/// What a bead's hash is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed<'a> {
    pub title: &'a str,
    pub description: &'a str,
    pub actor: &'a str,
    pub nanos: i64,
}

/// A bead id that `taken` does not know; `count` is how many ids the prefix has.
pub(crate) fn bead_id(
    prefix: &Prefix,
    seed: Seed<'_>,
    count: u64,
    taken: &mut dyn FnMut(&str) -> bool,
) -> Result<BeadId, Refusal> {
    for length in shortest_for(count)..=LONGEST {
        for nonce in 0..10_u32 {
            let id = format!("{prefix}-{}", hash(seed, nonce, length));
            if !taken(&id) {
                return BeadId::parse(&id);
            }
        }
    }
    Err(Refusal::failed(format!(
        "no free id with the prefix `{prefix}`"
    )))
}

/// A convoy id that `taken` does not know.
pub(crate) fn convoy_id(
    seed: Seed<'_>,
    count: u64,
    taken: &mut dyn FnMut(&str) -> bool,
) -> Result<ConvoyId, Refusal> {
    let prefix = Prefix::parse("hq-cv")?;
    bead_id(&prefix, seed, count, taken).and_then(|id| ConvoyId::parse(id.as_str()))
}

/// The id of a comment: a UUID of version 7, so that ids sort by time. `number` tells apart what one
/// command makes.
pub(crate) fn comment_id(seed: Seed<'_>, number: usize) -> String {
    let text = format!(
        "{}|{}|{}|{}|{number}",
        seed.title, seed.description, seed.actor, seed.nanos
    );
    let digest = Sha256::digest(text.as_bytes());
    let random = digest
        .iter()
        .take(16)
        .fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
    let millis = u128::from(u64::try_from(seed.nanos / 1_000_000).unwrap_or(0)) & ((1 << 48) - 1);
    let low = random & ((1 << 62) - 1);
    let middle = (random >> 62) & 0xfff;
    let value = (millis << 80) | (0x7 << 76) | (middle << 64) | (0b10 << 62) | low;
    let hex = format!("{value:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
}

/// The shortest length at which `count` ids are unlikely to collide (field's rule: birthday bound of 0.25).
fn shortest_for(count: u64) -> u32 {
    let n = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    (SHORTEST..LONGEST)
        .find(|&length| {
            let space = 36_f64.powi(i32::try_from(length).unwrap_or(8));
            1.0 - (-(n * n) / (2.0 * space)).exp() <= COLLISION
        })
        .unwrap_or(LONGEST)
}

/// The field's hash: base 36 of the first bytes of SHA-256 over the seed, the last `length` digits.
fn hash(seed: Seed<'_>, nonce: u32, length: u32) -> String {
    let text = format!(
        "{}|{}|{}|{}|{nonce}",
        seed.title, seed.description, seed.actor, seed.nanos
    );
    let digest = Sha256::digest(text.as_bytes());
    let bytes = match length {
        3 => 2,
        4 => 3,
        5 | 6 => 4,
        _ => 5,
    };
    let mut number = digest
        .iter()
        .take(bytes)
        .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let mut digits = Vec::new();
    for _ in 0..length {
        let digit = u32::try_from(number % 36).unwrap_or(0);
        digits.push(char::from_digit(digit, 36).unwrap_or('0'));
        number /= 36;
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_match_the_field() {
        // Vectors of `reference/beads.md` section 3.1: 2024-01-02T03:04:05.006Z.
        let seed = Seed {
            title: "Fix login",
            description: "Details",
            actor: "jira-import",
            nanos: 1_704_164_645_006_000_000,
        };
        for (length, expected) in [
            (3, "vju"),
            (4, "8d8e"),
            (5, "bi3tk"),
            (6, "8bi3tk"),
            (7, "r5sr6bm"),
            (8, "8r5sr6bm"),
        ] {
            assert_eq!(hash(seed, 0, length), expected);
        }
    }

    #[test]
    fn comment_ids_are_uuids_that_sort_by_time() {
        let at = |nanos| Seed {
            title: "tb-1",
            description: "hello",
            actor: "human",
            nanos,
        };
        let first = comment_id(at(1_704_164_645_006_000_000), 0);
        assert_eq!(&first[..13], "018cc820-d88e");
        assert_eq!(first.len(), 36);
        assert_eq!(first.as_bytes()[14], b'7');
        assert!(matches!(first.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
        assert!(comment_id(at(1_704_164_646_006_000_000), 0) > first);
        assert_ne!(comment_id(at(1_704_164_645_006_000_000), 1), first);
    }

    #[test]
    fn ids_grow_with_their_number() {
        assert_eq!(shortest_for(163), 3);
        assert_eq!(shortest_for(164), 4);
        assert_eq!(shortest_for(984), 5);
        assert_eq!(shortest_for(212_340), 8);
    }

    #[test]
    fn a_taken_id_is_not_given_again() {
        let prefix = Prefix::parse("tb").unwrap();
        let seed = Seed {
            title: "a",
            description: "",
            actor: "human",
            nanos: 1,
        };
        let first = bead_id(&prefix, seed, 0, &mut |_| false).unwrap();
        let second = bead_id(&prefix, seed, 1, &mut |id| id == first.as_str()).unwrap();
        assert_ne!(first, second);
    }
}
