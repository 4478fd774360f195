//! What needs a person: why, what helps, since when.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list::{draw_empty, first_row};
use crate::console::app::App;
use crate::console::frame::tint;
use crate::console::layout::{Pane, cut};
use crate::domain::AttentionView;
use crate::screen;
use crate::support::text::age;

/// The rows, worst first.
pub(crate) fn rows(app: &App) -> &[AttentionView] {
    app.model.town.as_ref().map_or(&[], |town| &town.attention)
}

/// Draws the strip.
pub(crate) fn draw(app: &App, area: Rect, buf: &mut Buffer) {
    let rows = rows(app);
    let focused = app.focus == Pane::Attention;
    if rows.is_empty() {
        if focused {
            draw_empty(&["nothing needs you"], area, buf, app);
        }
        return;
    }
    let selected = app.selected.attention.as_ref();
    let at = selected.and_then(|key| rows.iter().position(|row| row.key == *key));
    let first = if focused {
        first_row(at, rows.len(), area.height)
    } else {
        0
    };
    let hidden = rows.len().saturating_sub(first + usize::from(area.height));
    let lines = area.rows().count();
    for (line, (place, (index, row))) in area
        .rows()
        .zip(rows.iter().enumerate().skip(first))
        .enumerate()
    {
        let more = if line + 1 == lines { hidden } else { 0 };
        draw_row(app, row, more, place, buf);
        if focused && Some(index) == at {
            tint(buf, place, app.look.theme.selection);
        }
    }
}

fn draw_row(app: &App, row: &AttentionView, more: usize, place: Rect, buf: &mut Buffer) {
    let theme = &app.look.theme;
    let mut note = match row.since {
        0 => String::new(),
        since => age(app.now - since),
    };
    if more > 0 {
        note = format!("{note}  +{more} more");
    }
    let used = screen::put_right(buf, place, &format!("{note} "), theme.muted);
    let rest = cut(place, place.width.saturating_sub(used + 1)).0;
    let used = screen::put(buf, rest, " ! ", theme.warning);
    let rest = cut(rest, used).1;
    let used = screen::put(buf, rest, &row.subject, theme.warning);
    let rest = cut(rest, used + 1).1;
    let used = screen::put(buf, rest, &row.why, theme.text);
    let rest = cut(rest, used + 2).1;
    if let Some(next) = &row.next {
        let arrow = app.look.glyphs.pick("→", "->");
        screen::put(buf, rest, &format!("{arrow} {next}"), theme.key);
    }
}
