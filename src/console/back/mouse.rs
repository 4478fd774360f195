//! The mouse over a tile: what it selects, and when it is the agent's instead.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::console::app::App;
use crate::console::msg::Effect;
use crate::console::wall::Place;
use crate::screen::copy::{Grip, Pointer, Wish};
use crate::screen::is_wheel;
use crate::term::MouseMode;

/// Rows that one notch of the wheel moves.
const WHEEL: i64 = 3;
/// How long after a click the next one counts with it, in milliseconds.
const AGAIN_WITHIN: i64 = 400;

/// Clicks at one place, short after each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clicks {
    at: i64,
    column: u16,
    row: u16,
    count: u8,
}

impl Clicks {
    /// Counts one more; says the how manieth it is, up to three.
    fn count(&mut self, event: &MouseEvent, now: i64) -> u8 {
        let again = now - self.at <= AGAIN_WITHIN
            && (self.column, self.row) == (event.column, event.row)
            && self.count < 3;
        *self = Self {
            at: now,
            column: event.column,
            row: event.row,
            count: if again { self.count + 1 } else { 1 },
        };
        self.count
    }

    /// The place of the first of them in a tile.
    fn inside(self, place: Place) -> (u16, u16) {
        (
            self.column.saturating_sub(place.body.x),
            self.row.saturating_sub(place.body.y),
        )
    }
}

impl App {
    /// Whether a tile looks back, so that drags over it are told as they are.
    pub(in crate::console) fn looks_back(&self, place: Place) -> bool {
        let tile = self.wall.tile(place.id);
        tile.and_then(|tile| tile.viewer.as_ref())
            .is_some_and(|viewer| viewer.back.is_some())
    }

    /// The mouse over a tile, where it is the console's: the wheel scrolls, the left button
    /// selects. None where the agent asked for the mouse and Shift is not held.
    pub(in crate::console) fn back_mouse(
        &mut self,
        place: Place,
        event: &MouseEvent,
    ) -> Option<Vec<Effect>> {
        let open = self.looks_back(place);
        let viewer = self.wall.tile(place.id)?.viewer.as_ref()?;
        let modes = viewer.screen.modes();
        let shift = event.modifiers.contains(KeyModifiers::SHIFT);
        let theirs = if is_wheel(event.kind) {
            modes.mouse.tells_wheel()
        } else {
            modes.mouse != MouseMode::Off
        };
        if !open && theirs && !shift {
            return None;
        }
        let column = event.column.saturating_sub(place.body.x);
        let row = event.row.saturating_sub(place.body.y);
        match event.kind {
            MouseEventKind::ScrollUp if open || !modes.alternate => {
                Some(self.scroll_tile(place.id, WHEEL))
            }
            MouseEventKind::ScrollDown if open || !modes.alternate => {
                Some(self.scroll_tile(place.id, -WHEEL))
            }
            MouseEventKind::Down(MouseButton::Left) => {
                let clicks = self.clicks.count(event, self.now);
                // A click alone selects nothing: the view stays live until there is more.
                if !open && clicks == 1 {
                    return Some(Vec::new());
                }
                Some(self.press(place, clicks, (column, row)))
            }
            MouseEventKind::Drag(MouseButton::Left) if open || self.clicks.count == 1 => {
                let mut effects = Vec::new();
                if !open {
                    let at = self.clicks.inside(place);
                    effects.extend(self.press(place, 1, at));
                }
                let from = |at: u16, edge: u16| i32::from(at) - i32::from(edge);
                let pointer = Pointer::Drag {
                    column: from(event.column, place.body.x),
                    row: from(event.row, place.body.y),
                };
                effects.extend(self.point(place, pointer));
                Some(effects)
            }
            MouseEventKind::Up(MouseButton::Left) if open => {
                Some(self.point(place, Pointer::Release))
            }
            _ => open.then(Vec::new),
        }
    }

    fn press(&mut self, place: Place, clicks: u8, (column, row): (u16, u16)) -> Vec<Effect> {
        let mut effects = self.look_back_in(place.id, Grip::Passive);
        let pointer = Pointer::Press {
            column,
            row,
            clicks,
        };
        effects.extend(self.point(place, pointer));
        effects
    }

    fn point(&mut self, place: Place, pointer: Pointer) -> Vec<Effect> {
        let copies = self.look.copy_on_select;
        self.with_back(place.id, |back| {
            let mut wishes = back.act(|copy| copy.point(pointer));
            wishes.retain(|wish| copies || !matches!(wish, Wish::Copied(_)));
            wishes
        })
    }
}
