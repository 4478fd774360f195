//! Rows that have left the top of the screen, packed: text, style runs, whether they go on.
//!
//! Bounded by rows and by bytes; the oldest go first. Rows lie in pages of plain bytes, so that
//! 10,000 rows of ordinary text cost less than a megabyte. Every row has a number that counts
//! from the first row that ever left. Never looks at the emulator's types.

use std::collections::VecDeque;

use super::pack::{PackedRow, Tags, decode, encode, encode_text};
use super::rewrap::rewrap;

/// Rows in one page.
const PAGE_ROWS: usize = 128;
/// Bytes of packed rows that are kept in all, unless another limit is stated.
const BYTES_MAX: usize = 8 << 20;

/// The rows above the screen.
#[derive(Debug)]
pub(super) struct Archive {
    pages: VecDeque<Page>,
    /// Rows at the beginning of the first page that are gone already.
    gone: usize,
    rows: usize,
    bytes: usize,
    limit: usize,
    /// Rows beyond the limit that a change of size made; each new row pushes one of them out.
    extra: usize,
    bytes_limit: usize,
    first: u64,
}

#[derive(Debug, Default)]
struct Page {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    tags: Tags,
}

impl Page {
    fn size(&self) -> usize {
        self.bytes.len() + self.tags.bytes()
    }

    /// Its rows, from the first; a page that is read is gone.
    fn into_rows(self) -> impl Iterator<Item = PackedRow> {
        let mut start = 0;
        (0..self.ends.len()).filter_map(move |place| {
            let end = *self.ends.get(place)? as usize;
            let bytes = self.bytes.get(start..end)?;
            start = end;
            Some(decode(bytes, &self.tags))
        })
    }
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
            extra: 0,
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
        self.add(|page| encode(row, &mut page.tags, &mut page.bytes));
    }

    /// Adds a row of printable ASCII without any style; blanks at its end are left out.
    pub(super) fn push_text(&mut self, text: &[u8], columns: u16, wrapped: bool) {
        self.add(|page| encode_text(text, columns, wrapped, &mut page.bytes));
    }

    fn add(&mut self, write: impl FnOnce(&mut Page)) {
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
            let before = page.size();
            write(page);
            page.ends
                .push(u32::try_from(page.bytes.len()).unwrap_or(u32::MAX));
            self.bytes += page.size() - before;
            self.rows += 1;
        }
        self.extra = self.extra.saturating_sub(1);
        while self.rows > self.limit.saturating_add(self.extra) || self.bytes > self.bytes_limit {
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
            self.bytes = self.bytes.saturating_sub(page.size());
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
        let row = decode(page.bytes.get(start..)?, &page.tags);
        self.bytes = self.bytes.saturating_sub(page.bytes.len() - start);
        page.bytes.truncate(start);
        self.rows -= 1;
        if page.ends.is_empty() || self.rows == 0 {
            self.bytes = self.bytes.saturating_sub(page.size());
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
        Some(decode(page.bytes.get(start..end)?, &page.tags))
    }

    /// Keeps all rows that come, within the bytes, until [`Archive::settle`] is called: on a change
    /// of size they only move.
    pub(super) fn lift(&mut self) {
        self.extra = usize::MAX;
    }

    /// Limits the rows again; those that are there now stay until new ones push them out.
    pub(super) fn settle(&mut self) {
        self.extra = self.rows.saturating_sub(self.limit);
    }

    /// Cuts all rows anew at a number of columns. The number of no row goes down: with fewer rows
    /// the end stays, with more of them the beginning.
    pub(super) fn rewrap(&mut self, columns: u16) {
        let (first, end) = (self.first, self.end());
        let mut fresh = Self::within(self.limit, self.bytes_limit);
        fresh.lift();
        let old = std::mem::take(&mut self.pages).into_iter();
        let rows = old.flat_map(Page::into_rows).skip(self.gone);
        rewrap(rows, columns, |row| fresh.push(row));
        fresh.first = first.max(end.saturating_sub(fresh.rows as u64));
        fresh.settle();
        *self = fresh;
    }

    /// Forgets all rows; their numbers are not given again.
    pub(super) fn clear(&mut self) {
        self.first += self.rows as u64;
        self.pages.clear();
        self.rows = 0;
        self.extra = 0;
        self.bytes = 0;
        self.gone = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::cells::{CellColor, CellStyle, Underline};
    use super::super::pack::TagRun;
    use super::super::tag::Tag;
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
            tags in prop::collection::vec((0_u16..3, 1_u16..300, 0_usize..5), 0..6),
        ) {
            let mut column = 0;
            let tags = tags.into_iter().map(|(gap, count, which)| {
                let from = column + gap;
                column = from + count;
                TagRun { from, to: column, tag: Tag::of(&which.to_string(), "https://a.org/") }
            }).collect();
            let row = PackedRow {
                text, columns, wrapped, short, tags,
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
