//! The two lines at the bottom: what can be done here, and how far the console can be trusted.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::console::action::{ACTIONS, Action, When};
use crate::console::app::{App, Mode, Start};
use crate::console::layout::{Pane, cut};
use crate::console::model::Link;
use crate::console::update::available;
use crate::console::viewer::Sight;
use crate::screen;
use crate::support::text::age;

/// Keys with their words, most useful first.
pub(crate) fn hints(app: &App) -> Vec<(String, String)> {
    let owned = |(key, word): &(&str, &str)| ((*key).to_owned(), (*word).to_owned());
    if let Some(overlay) = app.overlays.last() {
        return overlay.hints().iter().map(owned).collect();
    }
    if app.filter.typing {
        return [("Enter", "keep"), ("Esc", "clear")]
            .iter()
            .map(owned)
            .collect();
    }
    match app.mode {
        Mode::Town => table(app, When::Town),
        Mode::Prefix => table(app, When::Prefix),
        Mode::Typing if app.is_copying() => copying(app),
        Mode::Typing => {
            let mut all = vec![(app.look.keys.leave.to_string(), "leave".to_owned())];
            let card = app.look.keys.label(Action::Card).unwrap_or_default();
            all.push((card, "keys".to_owned()));
            all.extend(table(app, When::Terminal));
            all
        }
    }
}

/// What counts while keys move the cursor in a history.
fn copying(app: &App) -> Vec<(String, String)> {
    let viewer = app.viewer().and_then(|viewer| viewer.back.as_ref());
    if viewer.is_some_and(|back| back.field.is_some()) {
        let owned = |(key, word): (&str, &str)| (key.to_owned(), word.to_owned());
        return [("Enter", "keep"), ("Esc", "cancel")].map(owned).into();
    }
    table(app, When::Copy)
}

fn table(app: &App, when: When) -> Vec<(String, String)> {
    ACTIONS
        .iter()
        .filter(|spec| spec.when == when && available(app, spec.needs).is_ok())
        .filter_map(|spec| {
            let word = match (spec.action, app.focus) {
                (Action::Open, Pane::Agents) => "attach",
                _ => spec.hint?,
            };
            let chord = app.look.keys.chords(when, spec.action).next()?;
            Some((chord.to_string(), word.to_owned()))
        })
        .collect()
}

/// Draws the hints.
pub(crate) fn draw_hints(app: &App, area: Rect, buf: &mut Buffer) {
    let theme = &app.look.theme;
    let mut rest = area;
    for (key, word) in hints(app) {
        let columns = screen::width(&key) + screen::width(&word) + 3;
        if columns > rest.width {
            return;
        }
        let used = screen::put(buf, rest, &format!(" {key}"), theme.key);
        rest = cut(rest, used).1;
        let used = screen::put(buf, rest, &format!(" {word} "), theme.text);
        rest = cut(rest, used).1;
    }
}

/// Draws the status.
pub(crate) fn draw_status(app: &App, area: Rect, buf: &mut Buffer) {
    let theme = &app.look.theme;
    let mut rest = area;
    for (text, style) in status(app) {
        let used = screen::put(buf, rest, &format!(" {text}"), style);
        rest = cut(rest, used).1;
        let used = screen::put(buf, rest, " |", theme.border);
        rest = cut(rest, used).1;
    }
}

fn status(app: &App) -> Vec<(String, Style)> {
    let theme = &app.look.theme;
    let mut pieces = vec![engine(app)];
    if let Some(viewer) = app.viewer()
        && let Sight::Lost(_, why) = &viewer.sight
    {
        pieces.push((format!("terminals away: {why}"), theme.warning));
    }
    let Some(town) = &app.model.town else {
        return pieces;
    };
    if app.model.link == Link::Live && !app.is_embedded() {
        pieces.push(match town.engine.host_pid {
            Some(pid) => (format!("terminal host {pid}"), theme.muted),
            None => ("no terminal host".to_owned(), theme.warning),
        });
    }
    for problem in &town.engine.problems {
        pieces.push((format!("! {problem}"), theme.warning));
    }
    pieces.push((town.root.display().to_string(), theme.muted));
    pieces
}

fn engine(app: &App) -> (String, Style) {
    let theme = &app.look.theme;
    match (&app.model.link, &app.start) {
        (Link::Live, _) => {
            let pid = app.model.town.as_ref().and_then(|town| town.engine.pid);
            if app.is_embedded() {
                return (
                    "engine and host in this process: agents end with it".to_owned(),
                    theme.warning,
                );
            }
            let text = pid.map_or("engine".to_owned(), |pid| format!("engine {pid}"));
            (text, theme.ok)
        }
        (Link::Connecting | Link::Away(..), Start::Failed(why)) => {
            (format!("! the engine does not start: {why}"), theme.danger)
        }
        (Link::Connecting, Start::Running) => ("starting engine and host".to_owned(), theme.busy),
        (Link::Connecting, Start::Done) => ("connecting".to_owned(), theme.busy),
        (Link::Away(since, why), _) => {
            let old = age(app.now - since);
            let key = app.look.keys.label(Action::TownUp).unwrap_or_default();
            let text = format!(
                "! engine away {old}; what you see is that old, agents go on; {key} starts it: {why}"
            );
            (text, theme.warning)
        }
    }
}
