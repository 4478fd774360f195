//! What the operator does while looking back, and what comes of it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::Back;
use super::rows::text_of;
use crate::client::Rows;
use crate::console::action::{Action, When};
use crate::console::app::App;
use crate::console::keymap::Chord;
use crate::console::msg::{Effect, Past, Stream, Wanted};
use crate::console::toast::Level;
use crate::console::viewer::{Sight, Viewer};
use crate::console::wall::TileId;
use crate::domain::Refusal;
use crate::screen::copy::{Copy, Direction, Grip, Wish};

/// Longest text for the operator's clipboard, in base64: what terminals are known to take.
const CLIPBOARD_MAX: usize = 100_000;

impl App {
    /// Begins to look back in the focused terminal, or takes the keyboard for it.
    pub(in crate::console) fn look_back(&mut self, grip: Grip) -> Vec<Effect> {
        match self.wall.focus() {
            Some(id) => self.look_back_in(id, grip),
            None => Vec::new(),
        }
    }

    /// The same in a tile.
    pub(super) fn look_back_in(&mut self, id: TileId, grip: Grip) -> Vec<Effect> {
        let Some(place) = self.wall.places(self.size).of(id) else {
            return Vec::new();
        };
        self.dirty = true;
        let who = self.fresh();
        let viewer = self.wall.tile_mut(id).and_then(|tile| tile.viewer.as_mut());
        let Some(viewer) = viewer else {
            return self.say("there is no terminal here");
        };
        let (body, first) = super::draw::cells(place.body, viewer);
        let view = (first, (body.width, body.height));
        let wishes = match (&mut viewer.back, &viewer.sight) {
            (Some(back), _) if grip == Grip::Keys => back.act(Copy::grab),
            (Some(_), _) => Vec::new(),
            (back, sight) => {
                let (begun, wishes) = match sight {
                    Sight::Live => Back::of_host(who, &viewer.screen, view, grip),
                    Sight::Connecting | Sight::Ended(_) | Sight::Lost(..) | Sight::Refused(_) => {
                        Back::of_screen(who, &viewer.screen, view, grip)
                    }
                };
                *back = Some(begun);
                wishes
            }
        };
        self.with_back(id, |_| wishes)
    }

    /// Rows came from the host, or it cannot be asked any more: the screen's own rows and the
    /// recording must do then.
    pub(in crate::console) fn hear_rows(
        &mut self,
        who: Stream,
        rows: Result<Rows, Refusal>,
    ) -> Vec<Effect> {
        let Some(id) = self.who_looks_back(who) else {
            return Vec::new();
        };
        let viewer = self.wall.tile_mut(id).and_then(|tile| tile.viewer.as_mut());
        let Some(viewer) = viewer else {
            return Vec::new();
        };
        let Some(back) = &mut viewer.back else {
            return Vec::new();
        };
        let wishes = match rows {
            Ok(rows) => back.rows(rows, &viewer.screen),
            Err(why) => {
                tracing::debug!(%why.message, "no rows from the host");
                back.without_host(&viewer.screen);
                Vec::new()
            }
        };
        self.with_back(id, |_| wishes)
    }

    fn who_looks_back(&self, who: Stream) -> Option<TileId> {
        let looks = |viewer: &Viewer| viewer.back.as_ref().is_some_and(|back| back.who == who);
        let mut tiles = self.wall.tiles().iter();
        tiles
            .find(|tile| tile.viewer.as_ref().is_some_and(looks))
            .map(|tile| tile.id)
    }

    /// What a run has shown came, or cannot be had: then the screen's own rows must do. To look
    /// back it was asked for by who looks, for the editor by the terminal.
    pub(in crate::console) fn hear_history(
        &mut self,
        of: Stream,
        wanted: Wanted,
        past: Result<Past, Refusal>,
    ) -> Vec<Effect> {
        let past = past
            .inspect_err(|why| tracing::debug!(%why.message, "nothing more of the history"))
            .ok();
        match wanted {
            Wanted::Look | Wanted::Older => match self.who_looks_back(of) {
                Some(id) => self.with_back(id, |back| back.recorded(past)),
                None => Vec::new(),
            },
            Wanted::Edit => {
                let mut viewers = self.wall.viewers();
                let Some(viewer) = viewers.find(|viewer| viewer.stream == of) else {
                    return Vec::new();
                };
                let past = past.unwrap_or_default();
                let text = match past.until {
                    Some(_) => text_of(&past.rows),
                    None => Back::text(&viewer.screen, past.rows),
                };
                vec![Effect::Edit(text)]
            }
        }
    }

    /// Whether keys move a cursor in the focused terminal's history.
    pub(in crate::console) fn is_copying(&self) -> bool {
        let back = self.viewer().and_then(|viewer| viewer.back.as_ref());
        back.is_some_and(|back| back.copy.grip() == Grip::Keys)
    }

    /// Does something in a tile that looks back, and carries out what comes of it.
    pub(super) fn with_back(
        &mut self,
        id: TileId,
        act: impl FnOnce(&mut Back) -> Vec<Wish>,
    ) -> Vec<Effect> {
        let viewer = self.wall.tile_mut(id).and_then(|tile| tile.viewer.as_mut());
        let Some(viewer) = viewer else {
            return Vec::new();
        };
        let Some(back) = &mut viewer.back else {
            return Vec::new();
        };
        let wishes = act(back);
        let (who, run) = (back.who, viewer.run.clone());
        let mut effects = older(viewer);
        self.dirty = true;
        for wish in wishes {
            match wish {
                Wish::Ask(ask) => {
                    effects.push(Effect::Rows(who, run.clone(), ask.from, ask.count));
                }
                Wish::Copied(text) => effects.extend(self.copied(text)),
                Wish::TooLong => self.too_long("the selection"),
                Wish::Tell(text) => self.toasts.info(text, self.now),
                Wish::Leave => self.end_back(id),
            }
        }
        effects
    }

    fn end_back(&mut self, id: TileId) {
        if let Some(viewer) = self.wall.tile_mut(id).and_then(|tile| tile.viewer.as_mut()) {
            viewer.back = None;
            self.dirty = true;
        }
    }

    fn in_focus(&mut self, act: impl FnOnce(&mut Back) -> Vec<Wish>) -> Vec<Effect> {
        match self.wall.focus() {
            Some(id) => self.with_back(id, act),
            None => Vec::new(),
        }
    }

    /// An action that is about looking back.
    pub(in crate::console) fn look_back_act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::CopyMode => self.look_back(Grip::Keys),
            Action::SearchBack => {
                let mut effects = self.look_back(Grip::Keys);
                effects.extend(self.begin_search(Direction::Backward));
                effects
            }
            Action::Search(direction) => self.begin_search(direction),
            Action::Looking(act) => self.in_focus(|back| back.act(|copy| copy.act(act))),
            Action::PasteCopied => self.paste_copied(),
            Action::EditHistory => self.edit_history(),
            _ => Vec::new(),
        }
    }

    fn begin_search(&mut self, direction: Direction) -> Vec<Effect> {
        self.in_focus(|back| {
            back.search(direction);
            Vec::new()
        })
    }

    /// A key while keys move the cursor in the history.
    pub(in crate::console) fn copy_key(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let viewer = self.viewer_mut().and_then(|viewer| viewer.back.as_mut());
        let Some(back) = viewer else {
            return Vec::new();
        };
        if back.field.is_some() {
            return self.search_key(key);
        }
        if let KeyCode::Char(c) = key.code
            && key.modifiers.is_empty()
            && let Some(digit) = c.to_digit(10)
            && back.copy.digit(digit)
        {
            self.dirty = true;
            return Vec::new();
        }
        match self.look.keys.action(When::Copy, Chord::of(key)) {
            Some(action) => self.perform(action),
            None => Vec::new(),
        }
    }

    fn search_key(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        self.in_focus(|back| {
            let Some(field) = &mut back.field else {
                return Vec::new();
            };
            match key.code {
                KeyCode::Esc => cancel_search(back),
                KeyCode::Char('c' | 'g') if control => cancel_search(back),
                KeyCode::Backspace if field.text().is_empty() => cancel_search(back),
                KeyCode::Enter if field.text().is_empty() => cancel_search(back),
                KeyCode::Enter => {
                    back.field = None;
                    back.copy.search_accept();
                    Vec::new()
                }
                _ if field.key(key) => {
                    let text = field.text().to_owned();
                    back.act(|copy| copy.search_text(&text))
                }
                _ => Vec::new(),
            }
        })
    }

    /// Text that is pasted while looking back goes into the search, else nowhere.
    pub(in crate::console) fn copy_paste(&mut self, text: &str) -> Vec<Effect> {
        self.in_focus(|back| {
            let Some(field) = &mut back.field else {
                return Vec::new();
            };
            field.insert(&text.replace('\n', " "));
            let text = field.text().to_owned();
            back.act(|copy| copy.search_text(&text))
        })
    }

    /// Moves the view of the focused terminal by rows into the history (positive) or back.
    pub(in crate::console) fn scroll(&mut self, rows: i64) -> Vec<Effect> {
        match self.wall.focus() {
            Some(id) => self.scroll_tile(id, rows),
            None => Vec::new(),
        }
    }

    pub(super) fn scroll_tile(&mut self, id: TileId, rows: i64) -> Vec<Effect> {
        let viewer = self.wall.tile(id).and_then(|tile| tile.viewer.as_ref());
        let back = viewer.is_some_and(|viewer| viewer.back.is_some());
        let mut effects = Vec::new();
        if rows > 0 && !back {
            effects.extend(self.look_back_in(id, Grip::Passive));
        }
        effects.extend(self.with_back(id, |back| back.act(|copy| copy.scroll(rows))));
        effects
    }

    /// Keeps what was copied, and gives it to the operator's clipboard where that takes it.
    fn copied(&mut self, text: String) -> Vec<Effect> {
        let characters = text.chars().count();
        if characters == 0 {
            return self.say("there is nothing to copy here");
        }
        let encoded = text.len().div_ceil(3) * 4;
        self.register = Some(text.clone());
        if encoded > CLIPBOARD_MAX {
            self.too_long(&format!("{characters} characters"));
            return Vec::new();
        }
        let words = match characters {
            1 => "copied 1 character".to_owned(),
            _ => format!("copied {characters} characters"),
        };
        self.toasts.keyed(Level::Info, "copied", &words, self.now);
        vec![Effect::Copy(text)]
    }

    fn too_long(&mut self, what: &str) {
        let label = |action| self.look.keys.label(action).unwrap_or_default();
        let (editor, paste) = (label(Action::EditHistory), label(Action::PasteCopied));
        let kept = match self.register {
            Some(_) if what.ends_with("characters") => format!(" {paste} pastes it;"),
            Some(_) | None => String::new(),
        };
        let text = format!(
            "{what}: too long for the clipboard of a terminal;{kept} {editor} opens the history in an editor"
        );
        self.toasts.keyed(Level::Warning, "copied", &text, self.now);
    }

    fn paste_copied(&mut self) -> Vec<Effect> {
        match self.register.clone() {
            Some(text) => self.type_paste(&text),
            None => self.say("nothing was copied yet"),
        }
    }

    fn edit_history(&mut self) -> Vec<Effect> {
        match self.viewer() {
            Some(viewer) if viewer.screen.modes().alternate => {
                vec![Effect::Edit(Back::text(&viewer.screen, Vec::new()))]
            }
            Some(viewer) => vec![Effect::History(
                viewer.stream,
                viewer.run.clone(),
                Wanted::Edit,
            )],
            None => self.say("there is no terminal here"),
        }
    }

    /// Views follow the sizes of their tiles.
    pub(in crate::console) fn fit_backs(&mut self) -> Vec<Effect> {
        if self.wall.viewers().all(|viewer| viewer.back.is_none()) {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for place in self.wall.places(self.size).tiles {
            let tile = self.wall.tile_mut(place.id);
            let Some(viewer) = tile.and_then(|tile| tile.viewer.as_mut()) else {
                continue;
            };
            let body = super::draw::cells(place.body, viewer).0;
            let size = (body.width, body.height);
            if viewer.back.as_mut().is_some_and(|back| !back.fits(size)) {
                effects.extend(self.with_back(place.id, |back| back.act(|copy| copy.resize(size))));
            }
        }
        effects
    }

    /// Searches that go on, and a mouse that is held beyond an edge.
    pub(in crate::console) fn tick_backs(&mut self) -> Vec<Effect> {
        let now = self.now;
        let due = |viewer: &Viewer| viewer.back.as_ref().and_then(Back::due).is_some();
        let tiles = self.wall.tiles().iter();
        let ids: Vec<TileId> = tiles
            .filter(|tile| tile.viewer.as_ref().is_some_and(due))
            .map(|tile| tile.id)
            .collect();
        ids.into_iter()
            .flat_map(|id| {
                let mut effects = self.catch_up(id);
                effects.extend(self.with_back(id, |back| back.tick(now)));
                effects
            })
            .collect()
    }

    fn catch_up(&mut self, id: TileId) -> Vec<Effect> {
        let now = self.now;
        let viewer = self.wall.tile_mut(id).and_then(|tile| tile.viewer.as_mut());
        let Some(viewer) = viewer else {
            return Vec::new();
        };
        let screen = &viewer.screen;
        let wishes = viewer.back.as_mut().map(|back| back.catch_up(screen, now));
        self.with_back(id, |_| wishes.unwrap_or_default())
    }

    /// A key for the agent while its terminal only was scrolled: the view returns to the present.
    /// Escape does nothing else then, for it would interrupt the agent.
    pub(in crate::console) fn ends_scroll(&mut self, key: &KeyEvent) -> bool {
        let Some(viewer) = self.viewer_mut() else {
            return false;
        };
        let back = viewer.back.take().is_some();
        self.dirty |= back;
        back && key.code == KeyCode::Esc && key.modifiers.is_empty()
    }
}

/// Asks for what was recorded before, once it is needed. An alternate screen has nothing older.
fn older(viewer: &mut Viewer) -> Vec<Effect> {
    let alternate = viewer.screen.modes().alternate;
    let Some(back) = viewer.back.as_mut().filter(|_| !alternate) else {
        return Vec::new();
    };
    match back.wants_recorded() {
        Some(wanted) => vec![Effect::History(back.who, viewer.run.clone(), wanted)],
        None => Vec::new(),
    }
}

fn cancel_search(back: &mut Back) -> Vec<Wish> {
    back.field = None;
    back.act(|copy| copy.search_cancel())
}
