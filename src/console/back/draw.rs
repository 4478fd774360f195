//! Looking back on the screen: the view in its tile, and the words of the status line.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::Back;
use crate::console::app::App;
use crate::console::layout::{cut, top};
use crate::console::viewer::Viewer;
use crate::screen::copy::{self, Direction, Grip, Paint};
use crate::screen::{self, Frame};

/// The cells of a tile that its terminal takes, and the screen's row that is the first in them.
pub(super) fn cells(body: Rect, viewer: &Viewer) -> (Rect, u16) {
    let (columns, rows) = viewer.screen.size();
    let body = cut(top(body, rows).0, columns).0;
    let first = screen::first_row(&viewer.screen, body.height);
    (body, first)
}

/// Draws a tile's terminal, present or past; returns where its cursor is.
pub(crate) fn body(app: &App, viewer: &Viewer, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let area = cells(area, viewer).0;
    if let Some(back) = viewer.back.as_ref().filter(|back| back.copy.is_open()) {
        return copy::draw(&back.copy, area, buf, paint(app));
    }
    let frame = Frame {
        indexed: app.look.indexed,
        ..Frame::default()
    };
    screen::draw(&viewer.screen, area, buf, frame)
}

/// Told apart without colour too: matches are underlined, the current one bold, selections
/// reversed.
fn paint(app: &App) -> Paint {
    let theme = &app.look.theme;
    Paint {
        indexed: app.look.indexed,
        selected: theme.selection.add_modifier(Modifier::REVERSED),
        found: theme.warning.add_modifier(Modifier::UNDERLINED),
        current: theme
            .warning
            .add_modifier(Modifier::UNDERLINED | Modifier::BOLD | Modifier::REVERSED),
    }
}

/// Where the operator looks, what was found, what came since.
pub(crate) fn pieces(app: &App, back: &Back) -> Vec<(String, Style)> {
    let theme = &app.look.theme;
    let Some(glance) = back.copy.glance() else {
        return vec![("COPY".to_owned(), theme.key)];
    };
    let word = match glance.grip {
        Grip::Keys => "COPY",
        Grip::Passive => "BACK",
    };
    let mut pieces = vec![(format!("{word} {}/{}", glance.row, glance.rows), theme.key)];
    if let Some(count) = back.copy.pending_count() {
        pieces.push((count.to_string(), theme.title));
    }
    if let Some(found) = glance.found {
        let more = if found.more { "+" } else { "" };
        let counting = if found.counting { " counting" } else { "" };
        let (text, style) = match found.total {
            0 if !found.more => ("no match".to_owned(), theme.warning),
            0 => ("searching".to_owned(), theme.busy),
            total => (
                format!("match {}/{total}{more}{counting}", found.number),
                theme.title,
            ),
        };
        pieces.push((text, style));
    }
    if let Some(problem) = glance.problem {
        pieces.push((problem, theme.warning));
    }
    if glance.newer > 0 {
        pieces.push((format!("{} new rows", glance.newer), theme.busy));
    }
    if let Some(link) = glance.link {
        pieces.push((format!("link {link}"), theme.accent));
    }
    pieces
}

/// Draws the search that is being typed; returns where its cursor is.
pub(crate) fn prompt(app: &App, back: &Back, line: Rect, buf: &mut Buffer) -> Option<Position> {
    let theme = &app.look.theme;
    let field = back.field.as_ref()?;
    let typing = back.copy.glance().and_then(|glance| glance.typing);
    let sign = match typing {
        Some(Direction::Backward) => "?",
        Some(Direction::Forward) | None => "/",
    };
    let used = screen::put(buf, line, sign, theme.bar.patch(theme.key));
    let rest = cut(line, used).1;
    let cursor = field.draw(rest, buf, theme.bar);
    if field.text().is_empty() {
        let hint = format!(" {} before it: a regular expression", copy::REGEX_FLAG);
        screen::put(buf, cut(rest, 1).1, &hint, theme.bar.patch(theme.muted));
    }
    Some(cursor)
}
