//! One agent's terminal over the whole screen: a title line with the way out, then its cells.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::foot;
use crate::console::app::{App, Mode};
use crate::console::frame::tint;
use crate::console::glyph;
use crate::console::layout::{cut, top};
use crate::console::viewer::{Sight, exit_words};
use crate::screen::{self, Frame};
use crate::support::text::age;

/// The part of the screen that the terminal itself gets.
pub(crate) fn place(size: (u16, u16)) -> Rect {
    top(Rect::new(0, 0, size.0, size.1), 1).1
}

/// Draws the terminal; returns where its cursor is.
pub(crate) fn draw(app: &App, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let (title, body) = top(area, 1);
    draw_title(app, title, buf);
    let viewer = app.viewer.as_ref()?;
    let (columns, rows) = viewer.screen.size();
    let body = cut(top(body, rows).0, columns).0;
    let frame = Frame {
        scroll: viewer.scroll,
        indexed: app.look.indexed,
    };
    screen::draw(&viewer.screen, body, buf, frame)
}

fn draw_title(app: &App, area: Rect, buf: &mut Buffer) {
    let theme = &app.look.theme;
    tint(buf, area, theme.bar);
    let mut rest = area;
    for (text, style) in title(app) {
        let used = screen::put(buf, rest, &format!(" {text} "), theme.bar.patch(style));
        rest = cut(rest, used).1;
    }
    let keys: Vec<String> = foot::hints(app)
        .into_iter()
        .map(|(key, word)| format!("{key} {word}"))
        .collect();
    let mut keys = keys.as_slice();
    while !keys.is_empty() {
        let text = format!(" {} ", keys.join("  "));
        if screen::width(&text) <= rest.width {
            screen::put_right(buf, rest, &text, theme.bar);
            return;
        }
        keys = keys.split_last().map_or(&[], |(_, fewer)| fewer);
    }
}

/// What became of an agent that is gone: whose terminal it was, and where its work is.
fn outcome(app: &App) -> Vec<(String, Style)> {
    let theme = &app.look.theme;
    let whose = app.viewer.as_ref().and_then(|viewer| viewer.whose.as_ref());
    let Some((address, bead)) = whose else {
        return vec![("its session is over".to_owned(), theme.title)];
    };
    let mut pieces = vec![(format!("{} is over", address.short()), theme.title)];
    let Some(bead) = bead else { return pieces };
    let merges = app.model.merges().iter();
    let newest = merges
        .filter(|merge| merge.bead == *bead)
        .max_by_key(|merge| merge.created_at);
    pieces.push(match newest {
        Some(merge) => {
            let mark = glyph::merge(merge.phase, app.look.glyphs, theme);
            let commit = merge.landed.as_ref().map_or("", |commit| commit.short());
            let text = format!("{bead}: {} {} {commit}", merge.id, mark.word);
            (text.trim_end().to_owned(), mark.style)
        }
        None => (bead.to_string(), theme.muted),
    });
    pieces
}

fn title(app: &App) -> Vec<(String, Style)> {
    let theme = &app.look.theme;
    let mode = match app.mode {
        Mode::Prefix => "PREFIX",
        Mode::Town | Mode::Typing => match &app.solo {
            Some(solo) if solo.read_only => "WATCHING",
            Some(_) | None => "TYPING TO",
        },
    };
    let mut pieces = vec![(mode.to_owned(), theme.key)];
    if let Some(solo) = &app.solo {
        pieces.push((solo.title.clone(), theme.title));
    }
    if let Some(agent) = app.agent() {
        let mark = glyph::agent(agent, app.look.glyphs, theme);
        pieces.push((agent.address.short(), theme.title));
        pieces.push((format!("{} {}", mark.glyph, mark.word), mark.style));
        if let Some(bead) = &agent.bead {
            pieces.push((bead.to_string(), theme.muted));
        }
    } else if app.solo.is_none() {
        pieces.extend(outcome(app));
    }
    let Some(viewer) = &app.viewer else {
        pieces.push(("no terminal".to_owned(), theme.warning));
        return pieces;
    };
    match &viewer.sight {
        Sight::Live if viewer.scroll > 0 => {
            pieces.push((format!("{} rows back", viewer.scroll), theme.warning));
        }
        Sight::Live => {}
        Sight::Connecting => pieces.push(("connecting".to_owned(), theme.busy)),
        Sight::Refused(why) => pieces.push((why.clone(), theme.warning)),
        Sight::Ended(exit) => pieces.push((exit_words(exit), theme.warning)),
        Sight::Lost(since, why) => {
            let old = age(app.now - since);
            pieces.push((format!("away {old}: {why}; trying again"), theme.warning));
        }
    }
    pieces
}
