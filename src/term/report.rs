//! Answers to a program's questions that the emulator does not give: fixed text and numbers only.
//!
//! Nothing that an agent or the operator wrote is ever part of an answer (contract T4). How many
//! answers wait at most is the emulator's limit; how fast they are written is the host's.

use super::mouse::Mouse;

/// Most colours answered by one sequence.
const COLOURS_MAX: usize = 16;

/// Name of the terminal (XTVERSION).
pub(super) const VERSION: &str = "\x1bP>|gastown\x1b\\";
/// The colours are dark (996), and never change while a program runs.
pub(super) const DARK: &str = "\x1b[?997;1n";

/// The 16 named colours that a program is told, whatever the operator's theme is.
const NAMED: [u32; 16] = [
    0x00_00_00, 0xcd_31_31, 0x0d_bc_79, 0xe5_e5_10, 0x24_72_c8, 0xbc_3f_bc, 0x11_a8_cd, 0xe5_e5_e5,
    0x66_66_66, 0xf1_4c_4c, 0x23_d1_8b, 0xf5_f5_43, 0x3b_8e_ea, 0xd6_70_d6, 0x29_b8_db, 0xff_ff_ff,
];

/// The state of a private mode that is understood outside of the emulator; none for others.
/// `holds` tells whether an update is being held back.
pub(super) fn private_mode(mode: u16, holds: bool, mouse: Mouse) -> Option<String> {
    let state = match mode {
        2026 => 2 - u8::from(holds),
        // Permanently set: the colours are fixed, there will never be a change to report.
        2031 => 3,
        _ => 2 - u8::from(mouse.is_set(mode)?),
    };
    Some(format!("\x1b[?{mode};{state}$y"))
}

/// The answers to `number;?` pairs (OSC 4), each ended as the question was.
pub(super) fn colours(text: &[u8], end: u8) -> String {
    let end = if end == 0x07 { "\x07" } else { "\x1b\\" };
    let parts: Vec<&[u8]> = text.split(|&byte| byte == b';').collect();
    parts
        .chunks_exact(2)
        .filter_map(|pair| match pair {
            [number, b"?"] => std::str::from_utf8(number).ok()?.parse::<u8>().ok(),
            _ => None,
        })
        .take(COLOURS_MAX)
        .map(|number| {
            let [_, r, g, b] = colour(number).to_be_bytes();
            format!("\x1b]4;{number};rgb:{r:02x}{r:02x}/{g:02x}{g:02x}/{b:02x}{b:02x}{end}")
        })
        .collect()
}

/// One of the 256 colours: 16 named, a cube of 6, 24 greys.
fn colour(number: u8) -> u32 {
    let step = |level: u8| {
        if level == 0 {
            0
        } else {
            55 + 40 * u32::from(level)
        }
    };
    match number {
        0..=15 => NAMED.get(usize::from(number)).copied().unwrap_or_default(),
        16..=231 => {
            let place = number - 16;
            step(place / 36) << 16 | step(place / 6 % 6) << 8 | step(place % 6)
        }
        232.. => (8 + 10 * u32::from(number - 232)) * 0x01_01_01,
    }
}
