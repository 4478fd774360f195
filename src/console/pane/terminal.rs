//! The wall of terminals: each in its place with a line that says whose it is, and a status line.
//!
//! Agents' cells never leave the body of their place; what names them is drawn here (contract T7).

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::foot;
use crate::console::app::{App, Mode};
use crate::console::back;
use crate::console::canvas::Painted;
use crate::console::frame::{Panel, panel, tint};
use crate::console::glyph;
use crate::console::layout::{cut, top};
use crate::console::told;
use crate::console::viewer::{Sight, Viewer, Wheel, exit_words};
use crate::console::wall::{Place, Tile};
use crate::screen;
use crate::support::text::age;
use crate::wire::Holder;

/// A piece of a line with its style.
type Piece = (String, Style);

/// Draws the wall; returns where the cursor of the focused terminal is.
pub(crate) fn draw(app: &App, buf: &mut Buffer) -> Option<Position> {
    let places = app.wall.places(app.size);
    let mut cursor = None;
    for place in &places.tiles {
        let Some(tile) = app.wall.tile(place.id) else {
            continue;
        };
        draw_frame(app, tile, *place, places.boxed, buf);
        let at = draw_body(app, tile, *place, buf);
        if app.wall.focus() == Some(place.id) {
            cursor = at;
        }
    }
    draw_status(app, places.status, buf).or(cursor)
}

/// Draws the cells of terminals that changed, or only those of the focused one, over the frame
/// that is shown.
pub(crate) fn draw_changed(app: &App, only_focused: bool, buf: &mut Buffer) -> Painted {
    let mut painted = Painted::default();
    for place in &app.wall.places(app.size).tiles {
        let focused = app.wall.focus() == Some(place.id);
        let tile = app.wall.tile(place.id);
        let changed = tile.and_then(|tile| tile.viewer.as_ref());
        // Who looks back does not see the present.
        let changed = changed.is_some_and(|viewer| viewer.changed && viewer.back.is_none());
        let (Some(tile), true) = (tile, changed && (focused || !only_focused)) else {
            continue;
        };
        let cursor = draw_touched(app, tile, *place, buf, &mut painted.areas);
        if focused {
            painted.cursor = Some(cursor);
        }
    }
    painted
}

/// Draws the rows of a tile's terminal that changed and tells where they are; all of them where
/// the terminal is cut, for then other rows may have come into view.
fn draw_touched(
    app: &App,
    tile: &Tile,
    place: Place,
    buf: &mut Buffer,
    areas: &mut Vec<Rect>,
) -> Option<Position> {
    let viewer = tile.viewer.as_ref()?;
    let (columns, rows) = viewer.screen.size();
    let Some(touched) = viewer.touched().filter(|_| rows <= place.body.height) else {
        areas.push(place.body);
        return draw_body(app, tile, place, buf);
    };
    let body = cut(top(place.body, rows).0, columns).0;
    let lines = touched.iter().filter(|row| **row < body.height);
    areas.extend(lines.map(|row| Rect {
        y: body.y + row,
        height: 1,
        ..body
    }));
    screen::draw_rows(&viewer.screen, body, buf, app.look.indexed, touched)
}

/// Draws the cells of a tile's terminal; returns where its cursor is.
fn draw_body(app: &App, tile: &Tile, place: Place, buf: &mut Buffer) -> Option<Position> {
    back::body(app, tile.viewer.as_ref()?, place.body, buf)
}

/// What is drawn around a tile: a box, or a title line over one that is alone.
fn draw_frame(app: &App, tile: &Tile, place: Place, boxed: bool, buf: &mut Buffer) {
    let theme = &app.look.theme;
    let pieces = title(app, tile);
    if boxed {
        let focused = app.wall.focus() == Some(tile.id);
        let frame = Panel {
            title: "",
            note: "",
            focused,
            boxed: true,
        };
        panel(buf, place.frame, frame, &app.look);
        let edge = top(place.frame, 1).0;
        let (_, line) = cut(edge, if focused { 3 } else { 1 });
        put_pieces(
            &pieces,
            cut(line, line.width.saturating_sub(2)).0,
            buf,
            Style::new(),
        );
    } else {
        let line = top(place.frame, 1).0;
        tint(buf, line, theme.bar);
        put_pieces(&pieces, line, buf, theme.bar);
    }
}

/// Puts pieces one after the other; returns what is left of the line.
fn put_pieces(pieces: &[Piece], line: Rect, buf: &mut Buffer, ground: Style) -> Rect {
    let mut rest = line;
    for (text, style) in pieces {
        let used = screen::put(buf, rest, &format!(" {text} "), ground.patch(*style));
        rest = cut(rest, used).1;
    }
    rest
}

/// Who gets the keys, and the keys that count; returns where a search is being typed.
fn draw_status(app: &App, line: Rect, buf: &mut Buffer) -> Option<Position> {
    let theme = &app.look.theme;
    tint(buf, line, theme.bar);
    let rest = put_pieces(&status(app), line, buf, theme.bar);
    if let Some(back) = app.viewer().and_then(|viewer| viewer.back.as_ref())
        && back.field.is_some()
    {
        return back::prompt(app, back, rest, buf);
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
            return None;
        }
        keys = keys.split_last().map_or(&[], |(_, fewer)| fewer);
    }
    None
}

fn status(app: &App) -> Vec<Piece> {
    let theme = &app.look.theme;
    let over = app
        .viewer()
        .is_some_and(|viewer| matches!(viewer.sight, Sight::Ended(_)));
    let mode = match app.mode {
        Mode::Prefix => "PREFIX",
        Mode::Town | Mode::Typing if over => "OVER",
        Mode::Town | Mode::Typing if app.read_only() => "WATCHING",
        Mode::Town | Mode::Typing => "TYPING TO",
    };
    let back = app.viewer().and_then(|viewer| viewer.back.as_ref());
    let mut pieces = match (back, app.mode) {
        (Some(back), Mode::Typing | Mode::Town) => back::pieces(app, back),
        (Some(_), Mode::Prefix) | (None, _) => vec![(mode.to_owned(), theme.key)],
    };
    if let Some(tile) = app.wall.focused() {
        pieces.push((tile.label.clone(), theme.title));
    }
    let tiles = app.wall.tiles().len();
    if app.wall.zoomed() {
        pieces.push((format!("zoomed, {tiles} tiles"), theme.warning));
    }
    let live = app.viewer().filter(|viewer| viewer.sight == Sight::Live);
    if back.is_none()
        && let Some(word) = live.and_then(|viewer| Wheel::of(viewer.screen.modes()).word())
    {
        pieces.push((word.to_owned(), theme.muted));
    }
    pieces
}

/// What became of an agent that is gone: whose terminal it was, and where its work is.
fn outcome(app: &App, tile: &Tile) -> Vec<Piece> {
    let theme = &app.look.theme;
    let Some((address, bead)) = &tile.whose else {
        return vec![(format!("{} is over", tile.label), theme.title)];
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

/// Whose terminal it is, how its agent is, and how far it is seen.
fn title(app: &App, tile: &Tile) -> Vec<Piece> {
    let theme = &app.look.theme;
    let known = tile.agent.as_ref().and_then(|id| app.model.agent(id));
    let mut pieces = match (known, &tile.agent) {
        (Some(agent), _) => {
            let mark = glyph::agent(agent, app.look.glyphs, theme);
            let mut pieces = vec![
                (agent.address.short(), theme.title),
                (format!("{} {}", mark.glyph, mark.word), mark.style),
            ];
            if let Some(bead) = &agent.bead {
                pieces.push((bead.to_string(), theme.muted));
            }
            pieces
        }
        (None, Some(_)) => outcome(app, tile),
        (None, None) => vec![(tile.label.clone(), theme.title)],
    };
    pieces.extend(sight(app, tile));
    // What it says of itself comes after all that the console says of it (contract T7).
    let home = known.map(|agent| agent.worktree.as_path());
    let live = |viewer: &&Viewer| viewer.sight == Sight::Live;
    if let Some(viewer) = tile.viewer.as_ref().filter(live) {
        pieces.extend(told::progress(viewer).map(|text| (text, theme.accent)));
        pieces.extend(told::mark(viewer).map(|text| (text, theme.warning)));
        pieces.extend(told::folder(viewer, home).map(|text| (text, theme.muted)));
    }
    pieces
}

fn sight(app: &App, tile: &Tile) -> Option<Piece> {
    let theme = &app.look.theme;
    let Some(viewer) = &tile.viewer else {
        return Some(("no terminal".to_owned(), theme.warning));
    };
    match &viewer.sight {
        Sight::Live if viewer.holder == Holder::Another => {
            let key = app.look.keys.prefix;
            let text = format!("another types here: {key} t takes over");
            Some((text, theme.warning))
        }
        Sight::Live => viewer.back.as_ref().and_then(|back| {
            let mut pieces = back::pieces(app, back).into_iter();
            pieces.next().map(|(text, _)| (text, theme.warning))
        }),
        Sight::Connecting => Some(("connecting".to_owned(), theme.busy)),
        Sight::Refused(why) => Some((why.clone(), theme.warning)),
        Sight::Ended(exit) => Some((exit_words(exit), theme.warning)),
        Sight::Lost(since, why) => {
            let old = age(app.now - since);
            Some((format!("away {old}: {why}; trying again"), theme.warning))
        }
    }
}
