//! The feed: what happened, newest first, one sentence each.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list::{draw_empty, first_row};
use crate::console::app::App;
use crate::console::frame::{Panel, panel, tint};
use crate::console::layout::{Pane, cut};
use crate::console::lines::{actor, story};
use crate::domain::{Event, Seq};
use crate::screen;

/// Draws the feed.
pub(crate) fn draw(app: &App, area: Rect, buf: &mut Buffer, boxed: bool) {
    let focused = app.focus == Pane::Feed;
    let frame = Panel {
        title: "feed",
        note: "",
        focused,
        boxed,
    };
    let inner = panel(buf, area, frame, &app.look);
    let all = app.model.feed().len();
    if all == 0 {
        draw_empty(&["nothing has happened yet"], inner, buf, app);
        return;
    }
    let at = app
        .selected
        .event
        .and_then(|seq| app.model.feed().position(|event| event.seq == seq));
    let first = if focused {
        first_row(at, all, inner.height)
    } else {
        0
    };
    for (place, (index, event)) in inner.rows().zip(app.model.feed().enumerate().skip(first)) {
        draw_row(app, event, place, buf);
        if focused && Some(index) == at {
            tint(buf, place, app.look.theme.selection);
        }
    }
}

/// The ids, as shown.
pub(crate) fn ids(app: &App) -> Vec<Seq> {
    app.model.feed().map(|event| event.seq).collect()
}

fn draw_row(app: &App, event: &Event, place: Rect, buf: &mut Buffer) {
    let theme = &app.look.theme;
    let wide = place.width >= 60;
    let full = place.width >= 96;
    let (clock, rest) = cut(place, 10);
    let time = app.look.clock(event.at);
    screen::put(buf, clock, &format!(" {time}"), theme.muted);
    let (name_at, rest) = cut(rest, if full { 24 } else { 10 });
    let who = actor(event);
    let name = if full {
        who.as_str()
    } else {
        who.rsplit('/').next().unwrap_or(&who)
    };
    screen::put(
        buf,
        cut(name_at, name_at.width.saturating_sub(1)).0,
        name,
        theme.accent,
    );
    let bead = event.bead.as_ref().map_or("", |bead| bead.as_str());
    let told = story(event);
    let shows = !bead.is_empty() && !told.contains(bead) && wide;
    let used = if shows {
        screen::put_right(buf, rest, &format!("{bead} "), theme.muted)
    } else {
        0
    };
    let rest = cut(rest, rest.width.saturating_sub(used + u16::from(used > 0))).0;
    screen::put(buf, rest, &told, theme.text);
}

/// Everything about an event, as text to read.
pub(crate) fn details(app: &App, event: &Event) -> String {
    let mut lines = vec![
        format!("{} {}", actor(event), story(event)),
        String::new(),
        format!("when   {}", app.look.clock(event.at)),
        format!("who    {}", event.actor),
        format!("cause  {}", event.cause),
    ];
    if let Some(rig) = &event.rig {
        lines.push(format!("rig    {rig}"));
    }
    if let Some(bead) = &event.bead {
        lines.push(format!("bead   {bead}"));
    }
    lines.push(format!("number {}", event.seq));
    lines.join("\n")
}
