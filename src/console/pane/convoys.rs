//! Convoys: how far each is, and the beads of the open ones where there is room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list::{draw_empty, first_row};
use crate::console::app::App;
use crate::console::frame::{Panel, panel, tint};
use crate::console::glyph::{self, Glyphs};
use crate::console::layout::{Pane, cut};
use crate::domain::{BeadStatus, ConvoyBead, ConvoyView};
use crate::screen;

/// Draws the convoys.
pub(crate) fn draw(app: &App, area: Rect, buf: &mut Buffer, boxed: bool) {
    let convoys = app.model.convoys();
    let open = convoys.iter().filter(|convoy| !convoy.closed).count();
    let title = match app.model.town {
        Some(_) => format!("convoys {open}"),
        None => "convoys ?".to_owned(),
    };
    let focused = app.focus == Pane::Convoys;
    let frame = Panel {
        title: &title,
        note: "",
        focused,
        boxed,
    };
    let inner = panel(buf, area, frame, &app.look);
    if convoys.is_empty() {
        let why = match app.model.town {
            Some(_) => "no convoy; a sling makes one, gt convoy create too",
            None => "not known yet",
        };
        draw_empty(&[why], inner, buf, app);
        return;
    }
    let rows = rows(convoys, inner.height);
    let selected = app.selected.convoy.as_ref();
    let at = selected.and_then(|id| {
        rows.iter()
            .position(|row| matches!(row, Row::Convoy(convoy) if convoy.id == *id))
    });
    let first = if focused {
        first_row(at, rows.len(), inner.height)
    } else {
        0
    };
    for (place, (index, row)) in inner.rows().zip(rows.iter().enumerate().skip(first)) {
        match row {
            Row::Convoy(convoy) => draw_convoy(app, convoy, place, buf),
            Row::Bead(bead) => draw_bead(app, bead, place, buf),
        }
        if focused && Some(index) == at {
            tint(buf, place, app.look.theme.selection);
        }
    }
}

#[derive(Clone, Copy)]
enum Row<'a> {
    Convoy(&'a ConvoyView),
    Bead(&'a ConvoyBead),
}

/// Rows that are wanted: every convoy, and the beads of the open ones.
pub(crate) fn wanted(app: &App) -> usize {
    rows(app.model.convoys(), u16::MAX).len()
}

/// One row per convoy, and those of beads for the first open ones as long as all convoys fit.
fn rows(convoys: &[ConvoyView], height: u16) -> Vec<Row<'_>> {
    let mut spare = usize::from(height).saturating_sub(convoys.len());
    let mut rows = Vec::new();
    for convoy in convoys {
        rows.push(Row::Convoy(convoy));
        if !convoy.closed && convoy.beads.len() <= spare {
            spare -= convoy.beads.len();
            rows.extend(convoy.beads.iter().map(Row::Bead));
        }
    }
    rows
}

fn draw_convoy(app: &App, convoy: &ConvoyView, place: Rect, buf: &mut Buffer) {
    let theme = &app.look.theme;
    let (done, all) = (convoy.done(), convoy.beads.len());
    let state = if convoy.closed {
        "closed".to_owned()
    } else {
        format!("{} {done}/{all}", bar(done, all, app.look.glyphs))
    };
    let used = screen::put_right(buf, place, &format!("{state} "), theme.accent);
    let rest = cut(place, place.width.saturating_sub(used + 1)).0;
    let (sign, rest) = cut(rest, 3);
    let (glyph, style) = if convoy.closed {
        (app.look.glyphs.pick("✓", "+"), theme.ok)
    } else {
        (app.look.glyphs.pick("●", "*"), theme.busy)
    };
    screen::put(buf, sign, &format!(" {glyph}"), style);
    let used = screen::put(buf, rest, convoy.id.as_str(), theme.text);
    screen::put(buf, cut(rest, used + 1).1, &convoy.title, theme.muted);
}

fn draw_bead(app: &App, bead: &ConvoyBead, place: Rect, buf: &mut Buffer) {
    let theme = &app.look.theme;
    let rest = cut(place, 4).1;
    let (note, style) = match (&bead.landed, bead.state, bead.status) {
        (Some(commit), _, _) => (format!("landed {}", commit.short()), theme.ok),
        (None, _, BeadStatus::Closed) => ("closed".to_owned(), theme.ok),
        (None, Some(state), _) => {
            let mark = glyph::state(state, app.look.glyphs, theme);
            let who = bead.worker.as_ref().map(crate::domain::Address::short);
            let who = who.unwrap_or_default();
            let name = who.rsplit('/').next().unwrap_or_default();
            (format!("{} {} {name}", mark.glyph, mark.word), mark.style)
        }
        (None, None, status) => (status.word().replace('_', " "), theme.muted),
    };
    let used = screen::put_right(buf, rest, &format!("{note} "), style);
    let rest = cut(rest, rest.width.saturating_sub(used + 1)).0;
    let used = screen::put(buf, rest, bead.id.as_str(), theme.accent);
    screen::put(buf, cut(rest, used + 1).1, &bead.title, theme.muted);
}

fn bar(done: usize, all: usize, glyphs: Glyphs) -> String {
    const CELLS: usize = 8;
    let full = (done * CELLS).checked_div(all).unwrap_or(0);
    let (on, off) = (glyphs.pick("█", "#"), glyphs.pick("░", "."));
    format!("{}{}", on.repeat(full), off.repeat(CELLS - full))
}

/// Everything about a convoy, as text to read.
pub(crate) fn details(app: &App, convoy: &ConvoyView) -> String {
    let (done, all) = (convoy.done(), convoy.beads.len());
    let mut lines = vec![
        format!("{}  {}", convoy.id, convoy.title),
        format!(
            "{done} of {all} beads closed, made by {} at {}",
            crate::support::text::identity(&convoy.created_by),
            app.look.clock(convoy.created_at)
        ),
    ];
    if let Some(notify) = &convoy.notify {
        lines.push(format!("tells {notify} when it closes"));
    }
    lines.push(String::new());
    for bead in &convoy.beads {
        let worker = bead.worker.as_ref().map(crate::domain::Address::short);
        let state = match (&bead.landed, bead.state) {
            (Some(commit), _) => format!("landed {}", commit.short()),
            (None, Some(state)) => state.word().to_owned(),
            (None, None) => bead.status.word().to_owned(),
        };
        lines.push(format!(
            "{:<10} {:<14} {}",
            bead.id.as_str(),
            state,
            bead.title
        ));
        if let Some(worker) = worker {
            lines.push(format!("{:<10} {worker}", ""));
        }
    }
    lines.join("\n")
}
