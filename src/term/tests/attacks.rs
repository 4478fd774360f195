//! The attack catalogue of contract 3.8 by number, as far as bytes of a program carry it.
//!
//! Every attack brings the word EVIL along. It may be shown as text; it must never come back as
//! an answer, and every answer is one of the few fixed or numeric forms (T4).

use crate::term::Screen;

/// Number in the catalogue, name, bytes.
const ATTACKS: &[(u8, &str, &[u8])] = include!("../../../tests/fixtures/attacks/catalogue.in");

/// Whether `answer` is one sequence of a form that may be answered.
fn is_allowed(answer: &str) -> bool {
    let digits = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ';' | '?' | '>' | '$'))
    };
    if let Some(rest) = answer.strip_prefix('[') {
        return rest
            .strip_suffix(['c', 'n', 'R', 'y', 't'])
            .is_some_and(digits);
    }
    if let Some(rest) = answer.strip_prefix(']') {
        let Some((number, colour)) = rest.trim_end_matches('\x07').split_once(";rgb:") else {
            return false;
        };
        return digits(number) && colour.chars().all(|c| c.is_ascii_hexdigit() || c == '/');
    }
    matches!(answer, "P>|gastown" | "\\")
}

#[test]
fn no_attack_is_answered_with_its_own_words() {
    for (number, name, bytes) in ATTACKS {
        // Whole, and cut at every byte.
        for piece in [bytes.len().max(1), 1] {
            let mut screen = Screen::new((40, 10), 100);
            for part in bytes.repeat(3).chunks(piece) {
                screen.feed(part);
            }
            let answers = String::from_utf8(screen.take_replies()).unwrap();
            assert!(!answers.contains("EVIL"), "{number} {name}: {answers:?}");
            for answer in answers.split('\x1b').skip(1) {
                assert!(is_allowed(answer), "{number} {name}: {answer:?}");
            }
            assert!(answers.is_empty() || answers.starts_with('\x1b'));
            assert_eq!(screen.size(), (40, 10), "{number} {name}");
            assert_eq!(screen.faults(), 0, "{number} {name}");
        }
    }
}

#[test]
fn what_comes_after_an_attack_is_still_read() {
    for (number, name, bytes) in ATTACKS {
        let mut screen = Screen::new((40, 10), 100);
        screen.feed(bytes);
        screen.feed(b"\x18\x1b[?2026l\x1b[m\x1b[2J\x1b[Hafter");
        let text = screen.view().text();
        assert!(text.starts_with("after"), "{number} {name}: {text:?}");
        let mut copy = Screen::new(screen.size(), 100);
        copy.feed(&screen.snapshot());
        assert_eq!(copy.view().hash, screen.view().hash, "{number} {name}");
        assert!(copy.take_replies().is_empty(), "{number} {name}");
    }
}
