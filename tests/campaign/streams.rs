//! Streams of output by kind: noise, grammar, and single things done far too often.
//!
//! The same seed makes the same stream. Used to break the screen model and to time it.

/// A kind of stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Any bytes.
    Noise,
    /// Whole and broken sequences with every number.
    Grammar,
    /// Text of every width, clusters and marks.
    Text,
    /// One character repeated as often as can be asked for.
    Repeat,
    /// Lines and characters inserted, deleted and erased.
    Edit,
    /// Marks without end on one character.
    Marks,
    /// Text without a line end.
    Endless,
    /// Strings that do not end.
    Strings,
    /// Screens switched and cleared all the time.
    Switch,
    /// Updates that begin and do not end.
    Updates,
    /// Short lines of plain text.
    Lines,
    /// Lines with colours.
    Colours,
    /// A full-screen program that draws everything anew.
    Repaint,
}

impl Stream {
    pub(crate) const ALL: [Self; 13] = [
        Self::Noise,
        Self::Grammar,
        Self::Text,
        Self::Repeat,
        Self::Edit,
        Self::Marks,
        Self::Endless,
        Self::Strings,
        Self::Switch,
        Self::Updates,
        Self::Lines,
        Self::Colours,
        Self::Repaint,
    ];

    /// Those that honest programs write.
    pub(crate) const HONEST: [Self; 5] = [
        Self::Lines,
        Self::Endless,
        Self::Colours,
        Self::Repaint,
        Self::Text,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Noise => "noise",
            Self::Grammar => "grammar",
            Self::Text => "text",
            Self::Repeat => "repeat",
            Self::Edit => "edit",
            Self::Marks => "marks",
            Self::Endless => "endless",
            Self::Strings => "strings",
            Self::Switch => "switch",
            Self::Updates => "updates",
            Self::Lines => "lines",
            Self::Colours => "colours",
            Self::Repaint => "repaint",
        }
    }
}

/// At least `length` bytes of a kind.
pub(crate) fn make(stream: Stream, random: &mut fastrand::Rng, length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length + 1024);
    while out.len() < length {
        match stream {
            Stream::Noise => out.push(random.u8(..)),
            Stream::Grammar => grammar(random, &mut out),
            Stream::Text => text(random, &mut out),
            Stream::Repeat => pick(random, &mut out, &["a", "日", "\x1b[65535b", "\x1b[9b"]),
            Stream::Edit => edit(random, &mut out),
            Stream::Marks => pick(random, &mut out, &["\u{301}", "\u{200d}", "\u{fe0f}", "e"]),
            Stream::Endless => plain(random, &mut out, 512),
            Stream::Strings => strings(random, &mut out),
            Stream::Switch => switch(random, &mut out),
            Stream::Updates => updates(random, &mut out),
            Stream::Lines => {
                let length = random.usize(20..79);
                plain(random, &mut out, length);
                out.extend_from_slice(b"\r\n");
            }
            Stream::Colours => colours(random, &mut out),
            Stream::Repaint => repaint(random, &mut out),
        }
    }
    out
}

fn pick(random: &mut fastrand::Rng, out: &mut Vec<u8>, from: &[&str]) {
    let place = random.usize(..from.len());
    out.extend(from.get(place).into_iter().flat_map(|text| text.bytes()));
}

fn plain(random: &mut fastrand::Rng, out: &mut Vec<u8>, length: usize) {
    out.extend((0..length).map(|_| random.u8(0x20..0x7f)));
}

fn number(random: &mut fastrand::Rng) -> u32 {
    match random.u8(0..8) {
        0 => 0,
        1..=4 => random.u32(1..12),
        5 => random.u32(1..300),
        6 => 65_535,
        _ => u32::MAX,
    }
}

fn grammar(random: &mut fastrand::Rng, out: &mut Vec<u8>) {
    match random.u8(0..12) {
        0..=3 => text(random, out),
        4 => out.push(random.u8(0..0x20)),
        5 => {
            out.push(0x1b);
            out.push(random.u8(0x20..0x7f));
        }
        6 => strings(random, out),
        7 => edit(random, out),
        8 => switch(random, out),
        _ => {
            out.extend_from_slice(b"\x1b[");
            if random.u8(0..4) == 0 {
                out.push(*random.choice(b"?>=<").unwrap_or(&b'?'));
            }
            let count = if random.u8(0..20) == 0 { 40 } else { 4 };
            for place in 0..random.usize(0..count) {
                if place > 0 {
                    out.push(if random.u8(0..6) == 0 { b':' } else { b';' });
                }
                out.extend_from_slice(number(random).to_string().as_bytes());
            }
            if random.u8(0..8) == 0 {
                out.push(random.u8(0x20..0x30));
            }
            out.push(random.u8(0x40..0x7f));
        }
    }
}

fn text(random: &mut fastrand::Rng, out: &mut Vec<u8>) {
    let pieces = [
        "日本語",
        "\u{2764}\u{fe0f}",
        "\u{1f469}\u{200d}\u{1f4bb}",
        "\u{1f44d}\u{1f3fd}",
        "\u{1f1e9}\u{1f1ea}",
        "e\u{301}",
        "\r\n",
        "\t",
        "─│┌┐└┘",
        "\x08",
        "שלום",
        "\u{1f600}",
    ];
    if random.bool() {
        let length = random.usize(1..60);
        plain(random, out, length);
    } else {
        pick(random, out, &pieces);
    }
}

fn edit(random: &mut fastrand::Rng, out: &mut Vec<u8>) {
    let last = *random.choice(b"@LMPXSTJKr").unwrap_or(&b'L');
    let (first, second) = (number(random), random.u32(1..40));
    out.extend_from_slice(
        format!("\x1b[{second};{second}H\x1b[{first}{}", char::from(last)).as_bytes(),
    );
    plain(random, out, 3);
}

fn strings(random: &mut fastrand::Rng, out: &mut Vec<u8>) {
    let begins = [
        "\x1bP",
        "\x1b_",
        "\x1b^",
        "\x1bX",
        "\x1b]",
        "\x1b]52;c;",
        "\x1b]8;;http://a/",
    ];
    pick(random, out, &begins);
    pick(random, out, &["0;", "9;4;1;", "133;A", "7;file://", ""]);
    let length = if random.u8(0..16) == 0 { 9_000 } else { 30 };
    plain(random, out, length);
    pick(random, out, &["\x07", "\x1b\\", "\x18", "", "\x1b"]);
}

fn switch(random: &mut fastrand::Rng, out: &mut Vec<u8>) {
    let all = [
        "\x1b[?1049h",
        "\x1b[?1049l",
        "\x1b[?47h",
        "\x1b[?47l",
        "\x1b[2J",
        "\x1b[3J",
        "\x1bc",
        "\x1b[?6h",
        "\x1b[?6l",
        "\x1b[4h",
        "\x1b[4l",
        "\x1b[?7l",
        "\x1b[?7h",
        "\x1b7",
        "\x1b8",
        "\x1b(0",
        "\x1b(B",
        "\x0e",
        "\x0f",
        "\x1b[3;9r",
        "\x1b[r",
        "\x1b[99;1Hx",
        "\x1b[?1000h",
    ];
    pick(random, out, &all);
    plain(random, out, 2);
}

fn updates(random: &mut fastrand::Rng, out: &mut Vec<u8>) {
    pick(
        random,
        out,
        &["\x1b[?2026h", "\x1b[?2026h", "\x1b[?2026l", ""],
    );
    text(random, out);
}

fn colours(random: &mut fastrand::Rng, out: &mut Vec<u8>) {
    for _ in 0..random.usize(2..8) {
        let (index, red) = (random.u8(..), random.u8(..));
        match random.u8(0..4) {
            0 => out.extend_from_slice(format!("\x1b[38;2;{red};{index};9m").as_bytes()),
            1 => out.extend_from_slice(format!("\x1b[48;5;{index}m").as_bytes()),
            2 => out.extend_from_slice(format!("\x1b[1;{}m", 30 + index % 8).as_bytes()),
            _ => out.extend_from_slice(b"\x1b[0m"),
        }
        let length = random.usize(2..14);
        plain(random, out, length);
    }
    out.extend_from_slice(b"\x1b[0m\r\n");
}

fn repaint(random: &mut fastrand::Rng, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[?25l\x1b[H");
    for row in 1..=50 {
        out.extend_from_slice(format!("\x1b[{row};1H\x1b[2K\x1b[36m│\x1b[0m ").as_bytes());
        let length = random.usize(20..120);
        plain(random, out, length);
    }
    out.extend_from_slice(b"\x1b[?25h");
}
