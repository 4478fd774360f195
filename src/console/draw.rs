//! One frame: the state onto cells. Pure: it changes nothing and asks nothing.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::app::{App, Mode};
use super::canvas::Painted;
use super::frame::{clear, wrap};
use super::layout::{Areas, Pane, bottom};
use super::pane::{agents, attention, convoys, feed, foot, header, peek, queue, terminal};
use super::toast::Level;
use crate::screen;

/// Draws everything; returns where the cursor is, when there is one.
pub(crate) fn draw(app: &App, buf: &mut Buffer) -> Option<Position> {
    let whole = buf.area;
    // A new frame begins blank; only its ground colour is to be laid.
    buf.set_style(whole, app.look.theme.text);
    let cursor = match app.mode {
        Mode::Town => draw_town(app, buf),
        Mode::Typing | Mode::Prefix => terminal::draw(app, buf),
    };
    draw_toasts(app, whole, buf);
    let mut cursor = cursor;
    for overlay in &app.overlays {
        cursor = overlay.draw(whole, buf, app);
    }
    cursor
}

/// Draws over the shown frame what changed of the terminals.
pub(crate) fn draw_changed(app: &App, only_focused: bool, buf: &mut Buffer) -> Painted {
    terminal::draw_changed(app, only_focused, buf)
}

fn draw_town(app: &App, buf: &mut Buffer) -> Option<Position> {
    let areas = app.areas();
    header::draw(app, areas.header, buf);
    if areas.status.is_empty() {
        return None;
    }
    attention::draw(app, areas.attention, buf);
    draw_panes(app, &areas, buf);
    foot::draw_hints(app, areas.hints, buf);
    foot::draw_status(app, areas.status, buf);
    None
}

fn draw_panes(app: &App, areas: &Areas, buf: &mut Buffer) {
    let boxed = areas.boxed;
    if !areas.agents.is_empty() {
        agents::draw(app, areas.agents, buf, boxed);
    }
    if !areas.peek.is_empty() {
        peek::draw(app, areas.peek, buf, boxed);
    }
    if !areas.queue.is_empty() {
        queue::draw(app, areas.queue, buf, boxed);
    }
    if !areas.convoys.is_empty() {
        convoys::draw(app, areas.convoys, buf, boxed);
    }
    if !areas.feed.is_empty() {
        feed::draw(app, areas.feed, buf, boxed);
    }
}

/// The panel at a place, for the mouse.
pub(crate) fn pane_at(areas: &Areas, at: Position) -> Option<Pane> {
    [
        (areas.attention, Pane::Attention),
        (areas.agents, Pane::Agents),
        (areas.queue, Pane::Queue),
        (areas.convoys, Pane::Convoys),
        (areas.feed, Pane::Feed),
    ]
    .into_iter()
    .find(|(area, _)| area.contains(at))
    .map(|(_, pane)| pane)
}

/// Messages stand at the right: above the status line, but over terminals at the top, since one
/// types into the last rows.
fn draw_toasts(app: &App, whole: Rect, buf: &mut Buffer) {
    let theme = &app.look.theme;
    let (body, _) = bottom(whole, 2.min(whole.height));
    let rows = body.height.saturating_sub(1);
    let mut texts = Vec::new();
    for toast in app.toasts.iter().rev() {
        let (sign, style) = match toast.level {
            Level::Info => ("", theme.accent),
            Level::Warning => ("! ", theme.warning),
            Level::Error => (app.look.glyphs.pick("✗ ", "x "), theme.danger),
        };
        let style = theme.bar.patch(style);
        let room = body.width.saturating_sub(4).clamp(1, 100);
        let lines = wrap(&format!("{sign}{}", toast.text), usize::from(room));
        let columns = lines.iter().map(|line| screen::width(line)).max();
        let columns = columns.unwrap_or(0).min(room) + 2;
        texts.extend(lines.into_iter().rev().map(|line| (line, columns, style)));
    }
    // The newest message is first, and its last line before its others.
    texts.truncate(usize::from(rows));
    let first = match app.mode {
        Mode::Town => body.bottom(),
        Mode::Typing | Mode::Prefix => body.top() + 1 + u16::try_from(texts.len()).unwrap_or(rows),
    };
    for ((line, columns, style), up) in texts.iter().zip(1..) {
        let row = Rect {
            x: body.right().saturating_sub(columns + 1),
            y: first.saturating_sub(up),
            width: *columns,
            height: 1,
        };
        clear(buf, row, *style);
        screen::put(buf, row, &format!(" {line}"), *style);
    }
}
