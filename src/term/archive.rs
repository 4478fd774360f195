//! Rows that have left the top of the screen, packed: text, style runs, whether they go on.
//!
//! Bounded by rows and by bytes; the oldest go first. Rows lie in pages of plain bytes, so that
//! 10,000 rows of ordinary text cost less than a megabyte. Every row has a number that counts
//! from the first row that ever left. Never looks at the emulator's types.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::cells::{CellColor, CellStyle, Underline};

/// Rows in one page.
const PAGE_ROWS: usize = 128;
/// Most bytes of text that one row keeps; more is what only hostile output has.
const TEXT_MAX: usize = 16 * 1024;
/// Most style runs that one row keeps.
const STYLES_MAX: usize = 2048;
/// Bytes of packed rows that are kept in all, unless another limit is stated.
const BYTES_MAX: usize = 8 << 20;
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
}

/// The rows above the screen.
#[derive(Debug)]
pub(super) struct Archive {
    pages: VecDeque<Page>,
    /// Rows at the beginning of the first page that are gone already.
    gone: usize,
    rows: usize,
    bytes: usize,
    limit: usize,
    bytes_limit: usize,
    first: u64,
}

#[derive(Debug, Default)]
struct Page {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Archive {
    /// Keeps at most `limit` rows.
    pub(super) fn new(limit: usize) -> Self {
        Self::within(limit, BYTES_MAX)
    }

    /// Keeps at most `limit` rows and `bytes_limit` bytes of them.
    pub(super) fn within(limit: usize, bytes_limit: usize) -> Self {
        Self {
            pages: VecDeque::new(),
            gone: 0,
            rows: 0,
            bytes: 0,
            limit,
            bytes_limit,
            first: 0,
        }
    }

    /// Its limits: rows, and bytes of them.
    pub(super) fn limits(&self) -> (usize, usize) {
        (self.limit, self.bytes_limit)
    }

    /// How many rows are kept.
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// The number of the oldest row.
    pub(super) fn oldest(&self) -> u64 {
        self.first
    }

    /// The number of the row after the newest.
    pub(super) fn end(&self) -> u64 {
        self.first + self.rows as u64
    }

    /// Adds the row that left last.
    pub(super) fn push(&mut self, row: &PackedRow) {
        if self.limit == 0 {
            self.first += 1;
            return;
        }
        if self
            .pages
            .back()
            .is_none_or(|page| page.ends.len() >= PAGE_ROWS)
        {
            if let Some(full) = self.pages.back_mut() {
                full.bytes.shrink_to_fit();
                full.ends.shrink_to_fit();
            }
            self.pages.push_back(Page::default());
        }
        if let Some(page) = self.pages.back_mut() {
            let before = page.bytes.len();
            encode(row, &mut page.bytes);
            page.ends
                .push(u32::try_from(page.bytes.len()).unwrap_or(u32::MAX));
            self.bytes += page.bytes.len() - before;
            self.rows += 1;
        }
        while self.rows > self.limit || self.bytes > self.bytes_limit {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        let Some(page) = self.pages.front() else {
            return;
        };
        self.rows = self.rows.saturating_sub(1);
        self.first += 1;
        self.gone += 1;
        if self.gone >= page.ends.len() {
            self.bytes = self.bytes.saturating_sub(page.bytes.len());
            self.pages.pop_front();
            self.gone = 0;
        }
    }

    /// Takes the newest row back.
    pub(super) fn pop(&mut self) -> Option<PackedRow> {
        if self.rows == 0 {
            return None;
        }
        let page = self.pages.back_mut()?;
        page.ends.pop()?;
        let start = page.ends.last().map_or(0, |&end| end as usize);
        let row = decode(page.bytes.get(start..)?);
        self.bytes = self.bytes.saturating_sub(page.bytes.len() - start);
        page.bytes.truncate(start);
        self.rows -= 1;
        if page.ends.is_empty() || self.rows == 0 {
            self.pages.pop_back();
        }
        if self.rows == 0 {
            self.pages.clear();
            self.bytes = 0;
            self.gone = 0;
        }
        Some(row)
    }

    /// The row at `place`, 0 is the oldest.
    pub(super) fn get(&self, place: usize) -> Option<PackedRow> {
        if place >= self.rows {
            return None;
        }
        let at = place + self.gone;
        let page = self.pages.get(at / PAGE_ROWS)?;
        let within = at % PAGE_ROWS;
        let end = *page.ends.get(within)? as usize;
        let start = within
            .checked_sub(1)
            .and_then(|before| page.ends.get(before))
            .map_or(0, |&end| end as usize);
        Some(decode(page.bytes.get(start..end)?))
    }

    /// Forgets all rows; their numbers are not given again.
    pub(super) fn clear(&mut self) {
        self.first += self.rows as u64;
        self.pages.clear();
        self.rows = 0;
        self.bytes = 0;
        self.gone = 0;
    }
}

fn encode(row: &PackedRow, out: &mut Vec<u8>) {
    let mut cut = row.text.len().min(TEXT_MAX);
    while !row.text.is_char_boundary(cut) {
        cut -= 1;
    }
    let bits = u32::from(row.wrapped) | u32::from(row.short) << 1;
    put_number(u32::from(row.columns) << 2 | bits, out);
    put_number(u32::try_from(cut).unwrap_or(0), out);
    out.extend_from_slice(row.text.as_bytes().get(..cut).unwrap_or_default());
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
fn decode(mut bytes: &[u8]) -> PackedRow {
    let head = take_number(&mut bytes);
    let length = take_number(&mut bytes) as usize;
    let (text, mut rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
    let mut row = PackedRow {
        text: String::from_utf8_lossy(text).into_owned(),
        styles: Vec::new(),
        columns: u16::try_from(head >> 2).unwrap_or(u16::MAX),
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(text: &str) -> PackedRow {
        PackedRow {
            text: text.to_owned(),
            columns: 80,
            ..PackedRow::default()
        }
    }

    #[test]
    fn the_oldest_rows_go_first_and_numbers_stay() {
        let mut archive = Archive::new(300);
        for number in 0..1_000 {
            archive.push(&row(&format!("row {number}")));
        }
        assert_eq!(
            (archive.len(), archive.oldest(), archive.end()),
            (300, 700, 1_000)
        );
        assert_eq!(archive.get(0).unwrap().text, "row 700");
        assert_eq!(archive.get(299).unwrap().text, "row 999");
        assert_eq!(archive.get(300), None);
        for number in (700..1_000).rev() {
            assert_eq!(archive.pop().unwrap().text, format!("row {number}"));
        }
        assert_eq!(archive.pop(), None);
        archive.push(&row("again"));
        assert_eq!(
            (archive.get(0).unwrap().text.as_str(), archive.oldest()),
            ("again", 700)
        );
        archive.clear();
        assert_eq!((archive.len(), archive.oldest()), (0, 701));
    }

    #[test]
    fn rows_and_bytes_are_both_limits() {
        for (rows, bytes, least, most) in [
            (500, usize::MAX, 500, 500),
            (usize::MAX, 64 * 1024, 300, 64 * 1024 / 100),
            (10, 64 * 1024, 10, 10),
        ] {
            let mut archive = Archive::within(rows, bytes);
            for _ in 0..5_000 {
                archive.push(&row(&"x".repeat(100)));
            }
            let kept = archive.len();
            assert!((least..=most).contains(&kept), "{rows} {bytes}: {kept}");
            assert_eq!(archive.end(), 5_000);
        }
    }

    #[test]
    fn ten_thousand_rows_of_text_take_less_than_a_megabyte() {
        let mut archive = Archive::new(10_000);
        for number in 0..20_000 {
            archive.push(&row(&"x".repeat(20 + number % 59)));
        }
        let held: usize = archive
            .pages
            .iter()
            .map(|page| page.bytes.capacity() + page.ends.capacity() * 4)
            .sum();
        assert!(held < 1 << 20, "{held}");
    }

    fn color() -> impl Strategy<Value = CellColor> {
        prop_oneof![
            Just(CellColor::Default),
            any::<u8>().prop_map(CellColor::Indexed),
            any::<(u8, u8, u8)>().prop_map(|(r, g, b)| CellColor::Rgb(r, g, b)),
        ]
    }

    proptest! {
        #[test]
        fn rows_come_back_as_they_were(
            text in "\\PC{0,60}",
            columns in 2_u16..500,
            wrapped: bool,
            short: bool,
            styles in prop::collection::vec(
                (1_u16..300, color(), color(), prop::option::of(color()), 0_u8..128, 0_usize..5), 0..6),
        ) {
            let row = PackedRow {
                text, columns, wrapped, short,
                styles: styles.into_iter().map(|(count, fg, bg, underline_color, attributes, kind)| {
                    let underline = Underline::ALL[kind];
                    (count, CellStyle { fg, bg, underline_color, attributes, underline })
                }).collect(),
            };
            let mut archive = Archive::new(3);
            archive.push(&row);
            prop_assert_eq!(archive.get(0), Some(row.clone()));
            prop_assert_eq!(archive.pop(), Some(row));
        }
    }
}
