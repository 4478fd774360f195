//! The attack catalogue of contract 3.8 by number, as far as bytes of a program carry it.
//!
//! Every attack brings the word EVIL along. It may be shown as text; it must never come back as
//! an answer, and every answer is one of the few fixed or numeric forms (T4).

use crate::term::Screen;

/// Number in the catalogue, name, bytes.
const ATTACKS: &[(u8, &str, &[u8])] = &[
    (1, "clipboard write", b"\x1b]52;c;RVZJTA==\x07"),
    (2, "clipboard read", b"\x1b]52;c;?\x07\x1b]52;p;?\x1b\\"),
    (
        3,
        "title report",
        b"\x1b]0;EVIL\x07\x1b[21t\x1b[20t\x1b[22t\x1b[23t",
    ),
    (4, "status string", b"\x1bP$qEVIL\x1b\\\x1bP$qm\x1b\\"),
    (
        5,
        "terminfo string",
        b"\x1bP+q4556494c\x1b\\\x1bP+qEVIL\x1b\\",
    ),
    (6, "answerback", b"\x05\x05"),
    (
        7,
        "reports",
        b"\x1b[?1;2004$p\x1b[?1$p\x1b[6n\x1b[c\x1b[>c\x1b[>q\x1b[?996n\x1b[?6n",
    ),
    (
        8,
        "font and colour",
        b"\x1b]50;?\x07\x1b]4;1;?;EVIL;?\x07\x1b]10;?\x07\x1b]11;EVIL\x07",
    ),
    (9, "checksum", b"EVIL\x1b[1;1;1;1;1;4*y"),
    (
        10,
        "links",
        b"\x1b]8;id=EVIL;file:///EVIL\x07x\x1b]8;;\x07\x1b]8;;javascript:EVIL\x07y\x1b]8;;\x07",
    ),
    (
        11,
        "notices",
        b"\x1b]9;EVIL\x07\x1b]99;i=1:a=report;EVIL\x1b\\\x1b]777;notify;EVIL;EVIL\x07",
    ),
    (
        12,
        "images",
        b"\x1bPq#0EVIL\x1b\\\x1b_Ga=q,i=1;EVIL\x1b\\\x1b]1337;File=name=EVIL:AAAA\x07",
    ),
    (13, "resets", b"\x1bc\x1b[?3h\x1b[2;0y\x1b#8\x1b[!p"),
    (
        14,
        "false console",
        b"\x1b[?1049h\x1b[H\x1b[7m gt EVIL \x1b[m",
    ),
    (
        15,
        "input modes",
        b"\x1b[?1000h\x1b[?1003h\x1b[?1006h\x1b[?1004h\x1b[?2004h\x1b[>1u\x1b[>4;2m",
    ),
    (
        16,
        "giant numbers",
        b"\x1b[8;9999;9999t\x1b[999999999b\x1b[999999999L\x1b[999999999@\x1b[999999999X",
    ),
    (
        17,
        "one-byte controls",
        b"\x9b31m\x9d0;EVIL\x07\x90EVIL\x9c\xc2\x9b6n\xc2\x9d52;c;?\x07",
    ),
    (
        18,
        "strings without an end",
        b"\x1b]0;EVIL\x1bP\x1b]2;EVIL\x1b_EVIL\x1b^EVIL\x1bXEVIL\x18",
    ),
    (
        19,
        "through another multiplexer",
        b"\x1bPtmux;\x1b\x1b]52;c;?\x07\x1b\\\x1bP\x1b]0;EVIL\x07\x1b\\",
    ),
    (
        20,
        "text over text",
        b"good\rEVIL\x08\x08\x0b\x0c\x1b[1Kend",
    ),
    (
        21,
        "direction",
        "a\u{202e}EVIL\u{202c}\u{2066}\u{200f}\u{61c}b".as_bytes(),
    ),
    (
        22,
        "hidden text",
        "a\u{e0045}\u{e0056}\u{feff}\u{200b}\u{200d}\u{fe0f}b".as_bytes(),
    ),
    (
        26,
        "broken text",
        b"\xc0\x80\xed\xa0\x80\xf8\x88\x80\x80\x80\xf4\x90\x80\x80\xe2\x80",
    ),
];

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
