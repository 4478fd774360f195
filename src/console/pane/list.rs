//! Lists: which rows are in view, and what an empty one says.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::console::app::App;
use crate::console::frame::wrap;
use crate::screen;

/// The first row in view, so that the selected one is in the middle where there is room.
pub(crate) fn first_row(selected: Option<usize>, rows: usize, height: u16) -> usize {
    let height = usize::from(height);
    let most = rows.saturating_sub(height);
    selected.unwrap_or(0).saturating_sub(height / 2).min(most)
}

/// Draws why a list is empty and what to do, broken into lines.
pub(crate) fn draw_empty(lines: &[&str], area: Rect, buf: &mut Buffer, app: &App) {
    let room = usize::from(area.width.saturating_sub(2));
    let lines = lines.iter().flat_map(|line| wrap(line, room));
    for (row, line) in area.rows().zip(lines) {
        let row = Rect {
            x: row.x + 1.min(row.width),
            width: row.width.saturating_sub(1),
            ..row
        };
        screen::put(buf, row, &line, app.look.theme.muted);
    }
}

/// The next id in a list: `by` places from the selected one, held at the ends.
pub(crate) fn step<T: Clone + PartialEq>(ids: &[T], selected: Option<&T>, by: isize) -> Option<T> {
    let last = ids.len().checked_sub(1)?;
    let at = selected.and_then(|wanted| ids.iter().position(|id| id == wanted));
    let next = match at {
        Some(at) => at.saturating_add_signed(by).min(last),
        None if by < 0 => last,
        None => 0,
    };
    ids.get(next).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selection_moves_by_id_and_stops_at_the_ends() {
        let ids = ["a", "b", "c"];
        assert_eq!(step(&ids, Some(&"a"), 1), Some("b"));
        assert_eq!(step(&ids, Some(&"c"), 1), Some("c"));
        assert_eq!(step(&ids, Some(&"a"), -5), Some("a"));
        assert_eq!(step(&ids, Some(&"gone"), 1), Some("a"));
        assert_eq!(step::<&str>(&[], None, 1), None);
        assert_eq!(step(&ids, None, isize::MIN), Some("c"));
    }

    #[test]
    fn the_selected_row_is_in_view() {
        assert_eq!(first_row(Some(0), 10, 4), 0);
        assert_eq!(first_row(Some(5), 10, 4), 3);
        assert_eq!(first_row(Some(9), 10, 4), 6);
        assert_eq!(first_row(Some(2), 3, 10), 0);
    }
}
