//! Marks, writing that stays whole, names told apart, cuts.

use super::*;

#[test]
fn t2_what_steers_turns_or_hides_is_a_mark() {
    let table = [
        // Attack 20: control characters, and a carriage return that is no line end.
        ("a\x1b[31mb\x07c\nd\te", "a<U+001B>[31mb<U+0007>c d e"),
        (
            "good\rEVIL\r\n\x08\x7f.",
            "good<U+000D>EVIL <U+0008><U+007F>.",
        ),
        // Attack 17: controls above ASCII. Attack 21: directions and separators.
        ("\u{9b}31m", "<U+009B>31m"),
        (
            "a\u{202e}b\u{2066}\u{200f}\u{61c}c",
            "a<U+202E>b<U+2066><U+200F><U+061C>c",
        ),
        ("\u{2028}\u{2029}", "<U+2028><U+2029>"),
        // Attack 22: a run is counted.
        ("a\u{200b}\u{feff}b", "a<U+200B><U+FEFF>b"),
        (
            "x\u{e0069}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065}y",
            "x<U+E0069 and 5 more>y",
        ),
        ("a\u{fe0f}\u{fe01}b", "a<U+FE0F><U+FE01>b"),
        ("a\u{200d}b\u{200c}c", "a<U+200D>b<U+200C>c"),
        ("a\u{ad}b\u{3164}c\u{34f}d", "a<U+00AD>b<U+3164>c<U+034F>d"),
        // Private use, unassigned, no character at all.
        ("\u{e0b0} \u{378} \u{ffff}", "<U+E0B0> <U+0378> <U+FFFF>"),
        // Marks without a letter, and more than a letter has.
        ("\u{301}a \u{301}\u{302}b", "<U+0301>a <U+0301><U+0302>b"),
    ];
    for (text, shown) in table {
        assert_eq!(clean(text), shown, "{text:?}");
    }
    assert_eq!(
        clean(&format!("e{}x", "\u{301}".repeat(60_000))),
        format!("e{}<U+0301 and 59992 more>x", "\u{301}".repeat(7))
    );
    assert_eq!(clean_block("a\r\nb\x00\rc\n"), "a\nb<U+0000><U+000D>c\n");
}

#[test]
fn t2_writing_stays_whole() {
    for text in [
        "👩\u{200d}💻 👩🏽\u{200d}🚀 🏳\u{fe0f}\u{200d}🌈 ❤\u{fe0f}\u{200d}🔥 👨\u{200d}👩\u{200d}👧",
        "1\u{fe0f}\u{20e3} ☺\u{fe0e} 🇨🇭 👍🏿",
        "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} flag",
        "été e\u{301} Ångström naïve ñ",
        "می\u{200c}خواهم שלום العربية",
        "क्\u{200d}ष हिन्दी தமிழ் ไทย ខ្មែរ",
        "日本語 辻\u{e0100} 한국어 \u{1112}\u{1161}\u{11ab}",
        "≨\u{fe00} → ✳ ⠋ │ ░ № €",
    ] {
        assert_eq!(clean(text), text);
        assert_eq!(clean_block(text), text);
    }
    // A flag of tags that spell something else hides it.
    assert_eq!(
        clean("🏴\u{e0068}\u{e0069}\u{e007f}"),
        "🏴<U+E0068><U+E0069><U+E007F>"
    );
}

#[test]
fn t2_attack_23_letters_of_another_script_are_marks_in_names() {
    let table = [
        ("m\u{430}in", "m<U+0430>in"),
        ("\u{43c}ayor", "<U+043C>ayor"),
        ("tradingb\u{3bf}t/witness", "tradingb<U+03BF>t/witness"),
        ("feature/m\u{430}in-2", "feature/m<U+0430>in-2"),
        ("ма\u{3b9}н", "ма<U+03B9>н"),
        ("ma\u{202e}in", "ma<U+202E>in"),
        ("A\u{647}\u{200c}ه", "A<U+0647><U+200C>ه"),
    ];
    for (name, shown) in table {
        assert_eq!(identity(name), shown, "{name:?}");
        assert_eq!(identity(shown), shown);
    }
    for name in [
        "main",
        "feature/привет-fix",
        "日本語の枝",
        "日本語main",
        "한국漢字",
        "straße",
        "ветка_2",
        "Δ",
    ] {
        assert_eq!(identity(name), name);
    }
}

#[test]
fn rows_and_typed_text_lose_what_is_hidden() {
    assert_eq!(strip("a\x1b[31mb\x07\u{202e}c\nd"), "a[31mbc d");
    assert_eq!(strip_block("a\r\nb\x00\u{e0b0}"), "a\nb\u{e0b0}");
    for c in
        "\u{61c}\u{200b}\u{200f}\u{2028}\u{2029}\u{202e}\u{2060}\u{2066}\u{feff}\u{e0045}".chars()
    {
        assert_eq!(strip(&format!("a{c}b")), "ab", "{c:?}");
    }
    assert_eq!(strip("👩\u{200d}💻 e\u{301}"), "👩\u{200d}💻 e\u{301}");
    assert_eq!(strip("a\u{200d}\u{fe0f}\u{fe01}b\rc"), "abc");
    assert_eq!(
        without_controls("10%\r20%\x1b[Kdone\u{202e}\n"),
        "10%20%[Kdone\u{202e}\n"
    );
}

#[test]
fn only_the_beginning_of_a_long_value_is_written_out() {
    assert_eq!(beginning(&["ab", "cd"], 20), r#"["ab", "cd"]"#);
    assert_eq!(beginning(&["日本", "cd"], 6), "[\"日…");
}

#[test]
fn fitting_respects_wide_characters() {
    assert_eq!(fit("日本語", 5), "日本…");
    assert_eq!(pad("ab", 4), "ab  ");
    assert_eq!(fit("abc", 3), "abc");
    assert_eq!(fit("👩\u{200d}💻abc", 4), "👩\u{200d}💻a…");
    assert_eq!(fit("ab👩\u{200d}💻", 3), "ab…");
}

proptest::proptest! {
    #[test]
    fn t3_json_in_ascii_says_the_same(text in ".*") {
        let json = ascii_json(&serde_json::to_string(&text).unwrap());
        proptest::prop_assert!(json.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        proptest::prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn cleaning_is_idempotent_and_silent(text in "(\\PC|[\u{0}-\u{ff}]|[\u{200b}-\u{202f}]|\u{fe0f}|\u{301}|👩|🏴|ه|[\u{e0061}-\u{e007f}]){0,40}") {
        for (once, again) in [
            (clean(&text), clean as fn(&str) -> String),
            (clean_block(&text), clean_block),
            (identity(&text), identity),
            (strip(&text), strip),
            (strip_block(&text), strip_block),
        ] {
            proptest::prop_assert!(!once.chars().any(|c| c.is_control() && c != '\n'));
            proptest::prop_assert_eq!(again(&once), once);
        }
    }

    #[test]
    fn t2_marks_are_bounded(text in "(a|[\u{200b}-\u{202f}]|[\u{e0061}-\u{e007f}]|\u{10ffff}){0,40}") {
        let shown = clean(&text).chars().count();
        proptest::prop_assert!(shown <= "<U+10FFFF>".len() * text.chars().count());
        let hidden = clean(&"\u{200b}".repeat(shown));
        proptest::prop_assert!(hidden.len() <= "<U+200B and 999999 more>".len());
    }
}
