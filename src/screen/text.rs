//! Untrusted text onto cells, never wider than it was given room for.
//!
//! Terminals disagree about the width of joined and variant emoji, so only base characters are
//! written; what is left has one width everywhere. Entry point: [`put`].

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::support::text::clean;

const VARIATION_SELECTOR: char = '\u{fe0f}';
const JOINER: char = '\u{200d}';

/// One line of text, what it hides as marks, without clusters of disputed width.
pub(crate) fn plain(text: &str) -> String {
    if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_control()) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for cluster in clean(text).graphemes(true) {
        push_cluster(&mut out, cluster);
    }
    out
}

/// Adds a cluster, or its base character where the width of the whole is disputed.
fn push_cluster(out: &mut String, cluster: &str) {
    let sum: usize = cluster.chars().filter_map(UnicodeWidthChar::width).sum();
    if sum == cluster.width() && !cluster.contains([VARIATION_SELECTOR, JOINER]) {
        out.push_str(cluster);
    } else if let Some(base) = cluster.chars().next() {
        out.push(base);
    }
}

/// How many columns a text takes once it is on the screen.
pub(crate) fn width(text: &str) -> u16 {
    u16::try_from(plain(text).width()).unwrap_or(u16::MAX)
}

/// Puts text at the left of `area`'s first row, cut with `…` where it is too long; returns the
/// columns that it took.
pub(crate) fn put(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return 0;
    }
    let text = plain(text);
    let room = usize::from(area.width);
    let mut used = 0;
    let fits = text.width() <= room;
    let limit = if fits { room } else { room - 1 };
    let mut x = area.x;
    for cluster in text.graphemes(true) {
        let columns = cluster.width();
        if columns == 0 {
            continue;
        }
        if used + columns > limit {
            break;
        }
        set(buf, x, area.y, cluster, style);
        used += columns;
        x += u16::try_from(columns).unwrap_or(1);
    }
    if !fits {
        set(buf, x, area.y, "…", style);
        used += 1;
    }
    u16::try_from(used).unwrap_or(area.width)
}

/// Puts text at the right end of `area`'s first row; returns the columns that it took.
pub(crate) fn put_right(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let columns = width(text).min(area.width);
    let at = Rect {
        x: area.right() - columns,
        width: columns,
        ..area
    };
    put(buf, at, text, style)
}

fn set(buf: &mut Buffer, x: u16, y: u16, cluster: &str, style: Style) {
    let columns = u16::try_from(cluster.width()).unwrap_or(1);
    if let Some(cell) = buf.cell_mut((x, y)) {
        cell.set_symbol(cluster).set_style(style);
    }
    for covered in 1..columns {
        if let Some(cell) = buf.cell_mut((x + covered, y)) {
            cell.set_symbol(" ").set_style(style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(buf: &Buffer) -> String {
        buf.content().iter().map(|cell| cell.symbol()).collect()
    }

    #[test]
    fn long_text_is_cut_and_wide_text_keeps_its_columns() {
        let area = Rect::new(0, 0, 6, 1);
        let mut buf = Buffer::empty(area);
        assert_eq!(put(&mut buf, area, "abcdefgh", Style::new()), 6);
        assert_eq!(row(&buf), "abcde…");
        let mut buf = Buffer::empty(area);
        assert_eq!(put(&mut buf, area, "日本語語", Style::new()), 5);
        assert_eq!(row(&buf), "日 本 … ");
    }

    #[test]
    fn disputed_clusters_become_their_base() {
        assert_eq!(plain("a\u{2764}\u{fe0f}b"), "a\u{2764}b");
        assert_eq!(plain("\u{1f469}\u{200d}\u{1f4bb}!"), "\u{1f469}!");
        assert_eq!(plain("e\u{301}"), "e\u{301}");
        assert_eq!(plain("x\x1b[2Jy\n"), "x<U+001B>[2Jy ");
    }

    proptest! {
        #[test]
        fn text_never_leaves_its_room(text in "\\PC*", x in 0_u16..12, room in 0_u16..12) {
            let all = Rect::new(0, 0, 14, 1);
            let mut buf = Buffer::empty(all);
            let area = Rect::new(x, 0, room, 1);
            let used = put(&mut buf, area, &text, Style::new());
            prop_assert!(used <= room);
            for (at, cell) in (0_u16..).zip(buf.content()) {
                if at < x || at >= x + room {
                    prop_assert_eq!(cell.symbol(), " ");
                }
            }
        }
    }
}
