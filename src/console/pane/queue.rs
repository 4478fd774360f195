//! The merge queue: what waits in its order, then the last that ended.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list::{draw_empty, first_row};
use crate::console::app::App;
use crate::console::frame::{Panel, panel, tint};
use crate::console::glyph;
use crate::console::layout::{Pane, cut};
use crate::console::model::is_ended;
use crate::domain::{MergePhase, MergeView};
use crate::screen;
use crate::support::text::{age, identity};

/// Draws the queue.
pub(crate) fn draw(app: &App, area: Rect, buf: &mut Buffer, boxed: bool) {
    let merges = app.model.merges();
    let open = merges.iter().filter(|merge| !is_ended(merge.phase)).count();
    let title = match app.model.town {
        Some(_) => format!("merge queue {open}"),
        None => "merge queue ?".to_owned(),
    };
    let focused = app.focus == Pane::Queue;
    let frame = Panel {
        title: &title,
        note: "",
        focused,
        boxed,
    };
    let inner = panel(buf, area, frame, &app.look);
    if merges.is_empty() {
        let why = match app.model.town {
            Some(_) => "nothing waits to land; work comes here by gt done",
            None => "not known yet",
        };
        draw_empty(&[why], inner, buf, app);
        return;
    }
    let selected = app.selected.merge.as_ref();
    let at = selected.and_then(|id| merges.iter().position(|merge| merge.id == *id));
    let first = if focused {
        first_row(at, merges.len(), inner.height)
    } else {
        0
    };
    for (place, (index, merge)) in inner.rows().zip(merges.iter().enumerate().skip(first)) {
        draw_row(app, merge, place, buf);
        if focused && Some(index) == at {
            tint(buf, place, app.look.theme.selection);
        }
    }
}

fn draw_row(app: &App, merge: &MergeView, place: Rect, buf: &mut Buffer) {
    let theme = &app.look.theme;
    let mark = glyph::merge(merge.phase, app.look.glyphs, theme);
    let (sign, rest) = cut(place, 3);
    screen::put(buf, sign, &format!(" {}", mark.glyph), mark.style);
    let (id, rest) = cut(rest, 7);
    screen::put(buf, id, merge.id.as_str(), theme.text);
    let (word, rest) = cut(rest, 10);
    screen::put(buf, word, mark.word, mark.style);
    let when = merge.ended_at.unwrap_or(merge.created_at);
    screen::put_right(buf, rest, &age(app.now - when), theme.muted);
    let rest = cut(rest, rest.width.saturating_sub(5)).0;
    let used = screen::put(buf, rest, &told(merge), theme.text);
    let rest = cut(rest, used + 1).1;
    screen::put(buf, rest, &merge.title, theme.muted);
}

/// What matters most of a merge request: its commit, why it is held, or whose bead it is.
fn told(merge: &MergeView) -> String {
    match (merge.phase, &merge.landed, &merge.reason) {
        (MergePhase::Landed, Some(commit), _) => {
            let gates = match merge.gates.len() {
                0 => "no gates".to_owned(),
                1 => "1 gate".to_owned(),
                count => format!("{count} gates"),
            };
            format!("{} {} {gates}", merge.bead, commit.short())
        }
        (_, _, Some(reason)) => format!("{} {reason}", merge.bead),
        (_, _, None) => merge.bead.to_string(),
    }
}

/// Everything about a merge request, as text to read.
pub(crate) fn details(app: &App, merge: &MergeView) -> String {
    let mut lines = vec![
        format!("{}  {}", merge.bead, merge.title),
        format!(
            "by       {}, attempt {}",
            merge.author.short(),
            merge.attempt
        ),
        format!(
            "branch   {} at {}",
            identity(&merge.branch),
            merge.tip.short()
        ),
        format!("target   {} of {}", identity(&merge.target), merge.rig),
        format!("state    {}", merge.phase.word()),
    ];
    if let Some(commit) = &merge.landed {
        lines.push(format!("landed   {commit}"));
    }
    if let Some(reason) = &merge.reason {
        lines.push(format!("why      {reason}"));
    }
    if merge.phase == MergePhase::Held {
        lines.push(format!("next     gt mq retry {}", merge.id));
    }
    lines.push(format!("since    {}", app.look.clock(merge.created_at)));
    for gate in &merge.gates {
        let mark = glyph::gate(gate.outcome, app.look.glyphs, &app.look.theme);
        lines.push(String::new());
        let seconds = gate.took / 1000;
        lines.push(format!(
            "{} gate {}: {} in {seconds} s",
            mark.glyph, gate.name, mark.word
        ));
        lines.extend(gate.tail.lines().map(|line| format!("  {line}")));
    }
    lines.join("\n")
}
