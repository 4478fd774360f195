//! Where everything goes: pure arithmetic from a size and what is there.
//!
//! From 120x36 all panels are shown at once; below, one column with the agents and one panel
//! under them; below 30x8 a single line. Kept for mouse hits too.

use ratatui::layout::Rect;

/// A panel that can have the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Pane {
    Attention,
    Agents,
    Queue,
    Convoys,
    Feed,
}

/// What decides the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) size: (u16, u16),
    pub(crate) focus: Pane,
    pub(crate) zoom: bool,
    /// Rows of things that need a person.
    pub(crate) attention: usize,
    /// Rows that the list of agents wants.
    pub(crate) agents: usize,
    /// Rows that the merge queue wants.
    pub(crate) queue: usize,
    /// Rows that the convoys want.
    pub(crate) convoys: usize,
}

/// The places of one frame; an empty one is not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Areas {
    pub(crate) header: Rect,
    pub(crate) attention: Rect,
    pub(crate) agents: Rect,
    pub(crate) peek: Rect,
    pub(crate) queue: Rect,
    pub(crate) convoys: Rect,
    pub(crate) feed: Rect,
    pub(crate) hints: Rect,
    pub(crate) status: Rect,
    /// Whether panels have a border on all sides.
    pub(crate) boxed: bool,
}

/// Where everything goes.
pub(crate) fn layout(shape: Shape) -> Areas {
    let (width, height) = shape.size;
    let whole = Rect::new(0, 0, width, height);
    let mut areas = Areas::default();
    if width < 30 || height < 8 {
        areas.header = top(whole, 1).0;
        return areas;
    }
    let (header, rest) = top(whole, 1);
    let (rest, status) = bottom(rest, 1);
    let (body, hints) = bottom(rest, 1);
    (areas.header, areas.status, areas.hints) = (header, status, hints);
    areas.boxed = width >= 120 && height >= 36;
    let strip = attention_rows(&shape, areas.boxed);
    let (attention, body) = top(body, strip);
    areas.attention = attention;
    if shape.zoom {
        zoomed(&mut areas, &shape, body);
    } else if areas.boxed {
        wide(&mut areas, &shape, body);
    } else {
        stacked(&mut areas, &shape, body);
    }
    areas
}

fn attention_rows(shape: &Shape, boxed: bool) -> u16 {
    let rows = u16::try_from(shape.attention).unwrap_or(u16::MAX);
    if rows == 0 || (shape.zoom && shape.focus == Pane::Attention) {
        return 0;
    }
    match (boxed, shape.focus == Pane::Attention) {
        (true, true) => rows.min(8),
        (true, false) => rows.min(3),
        (false, true) => rows.min(5),
        (false, false) => rows.min(1),
    }
}

fn zoomed(areas: &mut Areas, shape: &Shape, body: Rect) {
    match shape.focus {
        Pane::Attention => areas.attention = body,
        Pane::Agents => areas.agents = body,
        Pane::Queue => areas.queue = body,
        Pane::Convoys => areas.convoys = body,
        Pane::Feed => areas.feed = body,
    }
}

fn wide(areas: &mut Areas, shape: &Shape, body: Rect) {
    let (left, right) = cut(body, (body.width * 2 / 5).clamp(48, 76));
    let wanted = |rows: usize| u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(2);
    let most = (left.height * 3 / 10).max(6);
    let (rest, convoys) = bottom(left, wanted(shape.convoys).clamp(6, most));
    let (agents, queue) = bottom(rest, wanted(shape.queue).clamp(6, most));
    let (peek, feed) = bottom(right, (body.height * 3 / 10).clamp(8, 16));
    (areas.agents, areas.queue, areas.convoys) = (agents, queue, convoys);
    (areas.peek, areas.feed) = (peek, feed);
}

fn stacked(areas: &mut Areas, shape: &Shape, body: Rect) {
    let wanted = u16::try_from(shape.agents).unwrap_or(u16::MAX);
    let agents = wanted.saturating_add(1).clamp(4, (body.height / 2).max(4));
    let (agents, lower) = top(body, agents);
    areas.agents = agents;
    match shape.focus {
        Pane::Attention | Pane::Agents => areas.peek = lower,
        Pane::Queue => areas.queue = lower,
        Pane::Convoys => areas.convoys = lower,
        Pane::Feed => areas.feed = lower,
    }
}

/// The top `rows` of an area, and the rest.
pub(crate) fn top(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    let upper = Rect {
        height: rows,
        ..area
    };
    let lower = Rect {
        y: area.y + rows,
        height: area.height - rows,
        ..area
    };
    (upper, lower)
}

/// An area without its bottom `rows`, and those.
pub(crate) fn bottom(area: Rect, rows: u16) -> (Rect, Rect) {
    top(area, area.height.saturating_sub(rows))
}

/// The left `columns` of an area, and the rest.
pub(crate) fn cut(area: Rect, columns: u16) -> (Rect, Rect) {
    let columns = columns.min(area.width);
    let left = Rect {
        width: columns,
        ..area
    };
    let right = Rect {
        x: area.x + columns,
        width: area.width - columns,
        ..area
    };
    (left, right)
}

/// A box in the middle of an area, at most so large.
pub(crate) fn centred(area: Rect, columns: u16, rows: u16) -> Rect {
    let (columns, rows) = (columns.min(area.width), rows.min(area.height));
    Rect {
        x: area.x + (area.width - columns) / 2,
        y: area.y + (area.height - rows) / 2,
        width: columns,
        height: rows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_stay_on_the_screen_and_apart(
            width in 0_u16..300, height in 0_u16..120, focus in 0_usize..5,
            zoom: bool, attention in 0_usize..20, agents in 0_usize..60, lists in 0_usize..40,
        ) {
            let focus = [Pane::Attention, Pane::Agents, Pane::Queue, Pane::Convoys, Pane::Feed][focus];
            let areas = layout(Shape { size: (width, height), focus, zoom, attention, agents, queue: lists, convoys: 40 - lists });
            let all = [
                areas.header, areas.attention, areas.agents, areas.peek, areas.queue,
                areas.convoys, areas.feed, areas.hints, areas.status,
            ];
            let whole = Rect::new(0, 0, width, height);
            for (at, one) in all.iter().enumerate() {
                prop_assert_eq!(one.intersection(whole), *one);
                for other in all.iter().skip(at + 1) {
                    prop_assert!(one.intersection(*other).is_empty(), "{:?} over {:?}", one, other);
                }
            }
        }
    }

    #[test]
    fn everything_is_shown_at_once_from_120_by_36() {
        let shape = Shape {
            size: (120, 36),
            focus: Pane::Agents,
            zoom: false,
            attention: 2,
            agents: 6,
            queue: 3,
            convoys: 9,
        };
        let areas = layout(shape);
        for place in [
            areas.agents,
            areas.peek,
            areas.queue,
            areas.convoys,
            areas.feed,
        ] {
            assert!(place.height >= 6 && place.width >= 40, "{place:?}");
        }
        let small = layout(Shape {
            size: (80, 24),
            ..shape
        });
        assert!(!small.boxed && small.feed.is_empty() && small.peek.height >= 8);
    }
}
