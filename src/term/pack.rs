//! A row packed: text, style runs, tags, whether it goes on; and as bytes of an archive.
//!
//! Never looks at the emulator's types.

use serde::{Deserialize, Serialize};

use super::cells::{CellColor, CellStyle, Underline};
use super::tag::Tag;

/// Most bytes of text that one row keeps; more is what only hostile output has.
const TEXT_MAX: usize = 16 * 1024;
/// Most style runs that one row keeps.
const STYLES_MAX: usize = 2048;
/// Bytes of tags that rows which lie together keep.
const TAGS_MAX: usize = 64 * 1024;
/// Among so many of the newest tags one is looked for.
const NEAR: usize = 8;
/// The bit of the attributes that says that the kind of the underline follows.
const KIND: u8 = 0x80;

/// One row as it left the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedRow {
    /// The characters, clusters whole, without trailing blanks.
    pub text: String,
    /// Columns and how they look, from the left; what is missing at the end is plain.
    pub styles: Vec<(u16, CellStyle)>,
    /// Columns that the terminal had.
    pub columns: u16,
    /// Whether the text goes on in the next row.
    pub wrapped: bool,
    /// Whether its last column is free because a wide character did not fit.
    pub short: bool,
    /// Hyperlinks and what a shell said, from the left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagRun>,
}

/// Columns of a row that carry something besides their look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagRun {
    /// The first column.
    pub from: u16,
    /// The column after the last.
    pub to: u16,
    /// What they carry.
    pub tag: Tag,
}

/// Tags that rows which lie together refer to by their number.
#[derive(Debug, Default)]
pub(super) struct Tags {
    known: Vec<Tag>,
    bytes: usize,
}

impl Tags {
    /// What they take in memory, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The number of a tag; `None` where there is no more room.
    fn number(&mut self, tag: &Tag) -> Option<u32> {
        let known = self.known.len();
        let near = known.saturating_sub(NEAR);
        let recent = self.known.get(near..).unwrap_or_default();
        let place = match recent.iter().rposition(|one| one == tag) {
            Some(place) => near + place,
            None if self.bytes + tag.bytes() > TAGS_MAX => return None,
            None => {
                self.bytes += tag.bytes();
                self.known.push(tag.clone());
                known
            }
        };
        u32::try_from(place).ok()
    }
}

/// Adds a row to `out`.
pub(super) fn encode(row: &PackedRow, tags: &mut Tags, out: &mut Vec<u8>) {
    let mut cut = row.text.len().min(TEXT_MAX);
    while !row.text.is_char_boundary(cut) {
        cut -= 1;
    }
    let bits = Bits {
        wrapped: row.wrapped,
        short: row.short,
        tagged: !row.tags.is_empty(),
    };
    put_head(row.columns, bits, out);
    put_number(u32::try_from(cut).unwrap_or(0), out);
    out.extend_from_slice(row.text.as_bytes().get(..cut).unwrap_or_default());
    if bits.tagged {
        put_tags(row, tags, out);
    }
    let styles = row
        .styles
        .get(..row.styles.len().min(STYLES_MAX))
        .unwrap_or_default();
    for (count, style) in styles {
        put_number(u32::from(*count), out);
        put_attributes(*style, out);
        put_color(Some(style.fg), out);
        put_color(Some(style.bg), out);
        put_color(style.underline_color, out);
    }
}

/// Adds a row of printable ASCII without any style.
pub(super) fn encode_text(text: &[u8], columns: u16, wrapped: bool, out: &mut Vec<u8>) {
    let blanks = text.iter().rev().take_while(|&&byte| byte == b' ').count();
    let text = text.get(..text.len() - blanks).unwrap_or_default();
    let bits = Bits {
        wrapped,
        ..Bits::default()
    };
    put_head(columns, bits, out);
    put_number(u32::try_from(text.len()).unwrap_or(0), out);
    out.extend_from_slice(text);
}

/// What is true of a row.
#[derive(Clone, Copy, Default)]
struct Bits {
    wrapped: bool,
    short: bool,
    tagged: bool,
}

fn put_head(columns: u16, bits: Bits, out: &mut Vec<u8>) {
    let low = u32::from(bits.wrapped) | u32::from(bits.short) << 1 | u32::from(bits.tagged) << 2;
    put_number(u32::from(columns) << 3 | low, out);
}

/// Tags as their count, and for each the columns before it, its columns and its number. A row that
/// carries one thing as far as its text goes, as what a command wrote does, has a 0 and the number.
fn put_tags(row: &PackedRow, tags: &mut Tags, out: &mut Vec<u8>) {
    let numbered: Vec<(&TagRun, u32)> = row
        .tags
        .iter()
        .take(STYLES_MAX)
        .filter_map(|run| Some((run, tags.number(&run.tag)?)))
        .collect();
    if let [(run, number)] = numbered.as_slice()
        && run.from == 0
        && usize::from(run.to) == row.text.len()
    {
        put_number(0, out);
        put_number(*number, out);
        return;
    }
    put_number(u32::try_from(numbered.len()).unwrap_or(0) + 1, out);
    let mut column = 0;
    for (run, number) in numbered {
        put_number(u32::from(run.from.saturating_sub(column)), out);
        put_number(u32::from(run.to.saturating_sub(run.from)), out);
        put_number(number, out);
        column = run.to;
    }
}

fn take_tags(text: &str, tags: &Tags, bytes: &mut &[u8]) -> Vec<TagRun> {
    let known = |number: u32| tags.known.get(number as usize).cloned();
    let narrow = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    let count = take_number(bytes);
    if count == 0 {
        let tag = known(take_number(bytes)).into_iter();
        let to = u16::try_from(text.len()).unwrap_or(u16::MAX);
        return tag.map(|tag| TagRun { from: 0, to, tag }).collect();
    }
    let mut column = 0_u16;
    (1..count)
        .filter_map(|_| {
            let from = column.saturating_add(narrow(take_number(bytes)));
            let to = from.saturating_add(narrow(take_number(bytes)));
            column = to;
            let tag = known(take_number(bytes))?;
            Some(TagRun { from, to, tag })
        })
        .collect()
}

fn put_number(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_attributes(style: CellStyle, out: &mut Vec<u8>) {
    let mut kinds = (0_u8..).zip(Underline::ALL);
    match kinds.find(|(_, kind)| *kind == style.underline) {
        Some((number, _)) if number > 0 => out.extend([style.attributes | KIND, number]),
        _ => out.push(style.attributes & !KIND),
    }
}

fn put_color(color: Option<CellColor>, out: &mut Vec<u8>) {
    match color {
        None => out.push(0),
        Some(CellColor::Default) => out.push(1),
        Some(CellColor::Indexed(index)) => out.extend([2, index]),
        Some(CellColor::Rgb(r, g, b)) => out.extend([3, r, g, b]),
    }
}

/// Reads what [`encode`] wrote; the bytes are our own.
pub(super) fn decode(mut bytes: &[u8], tags: &Tags) -> PackedRow {
    let head = take_number(&mut bytes);
    let length = take_number(&mut bytes) as usize;
    let (text, mut rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
    let text = String::from_utf8_lossy(text).into_owned();
    let tagged = head & 4 == 4;
    let mut row = PackedRow {
        tags: if tagged {
            take_tags(&text, tags, &mut rest)
        } else {
            Vec::new()
        },
        text,
        styles: Vec::new(),
        columns: u16::try_from(head >> 3).unwrap_or(u16::MAX),
        wrapped: head & 1 == 1,
        short: head & 2 == 2,
    };
    while !rest.is_empty() {
        let count = u16::try_from(take_number(&mut rest)).unwrap_or(u16::MAX);
        let attributes = take_byte(&mut rest);
        let kind = if attributes & KIND == 0 {
            0
        } else {
            take_byte(&mut rest)
        };
        let fg = take_color(&mut rest).unwrap_or_default();
        let bg = take_color(&mut rest).unwrap_or_default();
        let underline_color = take_color(&mut rest);
        let style = CellStyle {
            fg,
            bg,
            underline_color,
            attributes: attributes & !KIND,
            underline: Underline::ALL
                .get(usize::from(kind))
                .copied()
                .unwrap_or_default(),
        };
        row.styles.push((count, style));
    }
    row
}

fn take_byte(bytes: &mut &[u8]) -> u8 {
    let Some((&first, rest)) = bytes.split_first() else {
        return 0;
    };
    *bytes = rest;
    first
}

fn take_number(bytes: &mut &[u8]) -> u32 {
    let mut number = 0;
    for shift in [0, 7, 14, 21, 28] {
        let byte = take_byte(bytes);
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    number
}

fn take_color(bytes: &mut &[u8]) -> Option<CellColor> {
    match take_byte(bytes) {
        0 => None,
        2 => Some(CellColor::Indexed(take_byte(bytes))),
        3 => Some(CellColor::Rgb(
            take_byte(bytes),
            take_byte(bytes),
            take_byte(bytes),
        )),
        _ => Some(CellColor::Default),
    }
}
