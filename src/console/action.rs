//! The one table of what the console itself can do; keys, hints, help and palette come from it.
//!
//! What changes the town is a `domain::Command` and travels as a typed line; an action moves the
//! eyes (focus, scroll, overlays) or opens the way to a line. Entry point: [`ACTIONS`].
//!
//! Size: one table, and every row of it is data.

use super::wall::Side;
use crate::screen::copy::{Act, Direction, Kind, Move};

/// Something that the console can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Action {
    Palette,
    Help,
    NextPane,
    PreviousPane,
    Down,
    Up,
    Top,
    Bottom,
    PageDown,
    PageUp,
    Open,
    Nudge,
    Filter,
    NextAttention,
    TownUp,
    TownPause,
    Zoom,
    Back,
    Redraw,
    Quit,
    Leave,
    TakeInput,
    SendPrefix,
    SendLeave,
    NextTerminal,
    PreviousTerminal,
    AttentionTerminal,
    /// The terminal of the nth agent.
    NthTerminal(u8),
    SplitRight,
    SplitDown,
    CloseTile,
    MoveFocus(Side),
    ZoomTile,
    TerminalPalette,
    Card,
    ScrollUp,
    ScrollDown,
    CopyMode,
    SearchBack,
    PasteCopied,
    EditHistory,
    /// Copy what an agent wants to be copied, or not.
    ClipTake,
    ClipRefuse,
    /// While looking back.
    Looking(Act),
    /// While looking back: type what is searched for.
    Search(Direction),
}

/// Where keys count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum When {
    /// In lists and panels.
    Town,
    /// While typing to an agent, without the prefix.
    Terminal,
    /// While typing to an agent, after the prefix.
    Prefix,
    /// While looking back in a terminal.
    Copy,
}

impl When {
    /// The word for it in a key preset.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Town => "town",
            Self::Terminal => "terminal",
            Self::Prefix => "prefix",
            Self::Copy => "copy",
        }
    }

    /// What the help calls it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Town => "In lists and panels",
            Self::Terminal => "While typing to an agent",
            Self::Prefix => "While typing to an agent, after the prefix",
            Self::Copy => "While looking back in a terminal (copy mode)",
        }
    }

    /// Reads the word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Town, Self::Terminal, Self::Prefix, Self::Copy]
            .into_iter()
            .find(|when| when.word() == word)
    }
}

/// What must be the case for an action to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing.
    Nothing,
    /// A selected agent.
    Agent,
    /// Something selected that can be opened.
    Row,
    /// Something that waits for a person.
    Attention,
    /// A town that is down.
    Down,
    /// A town that is up.
    Up,
}

/// What the console says about an action.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActionSpec {
    /// Which.
    pub(crate) action: Action,
    /// Its name in key presets.
    pub(crate) id: &'static str,
    /// What it does, one line.
    pub(crate) title: &'static str,
    /// The word in the hint line; none for what hands know.
    pub(crate) hint: Option<&'static str>,
    /// Where its keys count.
    pub(crate) when: When,
    /// What it needs.
    pub(crate) needs: Needs,
    /// The command line that does the same.
    pub(crate) twin: Option<&'static str>,
}

/// Every action, in the order of help and hints.
pub(crate) const ACTIONS: &[ActionSpec] = &[
    on(
        When::Town,
        Action::Open,
        "open",
        "Attach to the agent, or open the row",
    )
    .hint("open")
    .needs(Needs::Row)
    .twin("gt attach"),
    on(
        When::Town,
        Action::Nudge,
        "nudge",
        "Say something to the selected agent",
    )
    .hint("nudge")
    .needs(Needs::Agent)
    .twin("gt nudge"),
    on(
        When::Town,
        Action::NextAttention,
        "attention.next",
        "Go to the next agent that needs you",
    )
    .hint("next waiting")
    .needs(Needs::Attention),
    on(
        When::Town,
        Action::TownUp,
        "town.up",
        "Start the town, or its engine when that is away",
    )
    .hint("start")
    .needs(Needs::Down)
    .twin("gt up"),
    on(
        When::Town,
        Action::Palette,
        "palette",
        "Find anything, or type a gt or bd command",
    )
    .hint("palette"),
    on(
        When::Town,
        Action::Help,
        "help",
        "Show all keys and commands",
    )
    .hint("help"),
    on(
        When::Town,
        Action::Filter,
        "filter",
        "Filter the list of agents",
    )
    .hint("filter"),
    on(
        When::Town,
        Action::NextPane,
        "pane.next",
        "Go to the next panel",
    )
    .hint("panel"),
    on(
        When::Town,
        Action::Zoom,
        "zoom",
        "Give the panel the whole screen, and back",
    )
    .hint("zoom"),
    on(
        When::Town,
        Action::TownPause,
        "town.pause",
        "Pause the town: end all sessions, keep hooks and trees",
    )
    .hint("pause")
    .needs(Needs::Up)
    .twin("gt down"),
    on(
        When::Town,
        Action::Quit,
        "quit",
        "Leave the console; agents keep running",
    )
    .hint("leave"),
    on(
        When::Town,
        Action::PreviousPane,
        "pane.previous",
        "Go to the previous panel",
    ),
    on(When::Town, Action::Down, "move.down", "Down"),
    on(When::Town, Action::Up, "move.up", "Up"),
    on(When::Town, Action::Top, "move.top", "To the top"),
    on(When::Town, Action::Bottom, "move.bottom", "To the bottom"),
    on(
        When::Town,
        Action::PageDown,
        "move.page-down",
        "A page down",
    ),
    on(When::Town, Action::PageUp, "move.page-up", "A page up"),
    on(
        When::Town,
        Action::Back,
        "back",
        "Back: clear the filter, end the zoom",
    ),
    on(
        When::Town,
        Action::Redraw,
        "redraw",
        "Draw everything again",
    ),
    on(
        When::Terminal,
        Action::ScrollUp,
        "scroll.up",
        "Scroll back without leaving the terminal",
    )
    .hint("scroll"),
    on(
        When::Terminal,
        Action::ScrollDown,
        "scroll.down",
        "Scroll forward",
    ),
    on(
        When::Prefix,
        Action::Leave,
        "terminal.leave",
        "Leave the terminal; the agent goes on",
    )
    .hint("leave"),
    on(
        When::Prefix,
        Action::NextTerminal,
        "terminal.next",
        "The next agent's terminal",
    )
    .hint("next agent"),
    on(
        When::Prefix,
        Action::PreviousTerminal,
        "terminal.previous",
        "The previous agent's terminal",
    ),
    on(
        When::Prefix,
        Action::AttentionTerminal,
        "terminal.attention",
        "The terminal of the next agent that needs you",
    )
    .needs(Needs::Attention),
    nth(1, "terminal.nth-1"),
    nth(2, "terminal.nth-2"),
    nth(3, "terminal.nth-3"),
    nth(4, "terminal.nth-4"),
    nth(5, "terminal.nth-5"),
    nth(6, "terminal.nth-6"),
    nth(7, "terminal.nth-7"),
    nth(8, "terminal.nth-8"),
    nth(9, "terminal.nth-9"),
    on(
        When::Prefix,
        Action::SplitRight,
        "tile.split-right",
        "Put the next agent's terminal beside this one",
    )
    .hint("split"),
    on(
        When::Prefix,
        Action::SplitDown,
        "tile.split-down",
        "Put the next agent's terminal under this one",
    ),
    on(
        When::Prefix,
        Action::CloseTile,
        "tile.close",
        "Close this place; the agent goes on",
    ),
    side(Side::Left, "tile.left"),
    side(Side::Below, "tile.below"),
    side(Side::Above, "tile.above"),
    side(Side::Right, "tile.right"),
    on(
        When::Prefix,
        Action::ZoomTile,
        "tile.zoom",
        "Give this terminal the whole screen, and back",
    )
    .hint("zoom"),
    on(
        When::Prefix,
        Action::CopyMode,
        "copy.begin",
        "Look back in the terminal: move, search, select, copy",
    )
    .hint("copy"),
    on(
        When::Prefix,
        Action::SearchBack,
        "copy.search",
        "Search back in the terminal",
    )
    .hint("search"),
    on(
        When::Prefix,
        Action::PasteCopied,
        "copy.paste",
        "Paste what was copied last to the agent",
    ),
    on(
        When::Prefix,
        Action::EditHistory,
        "copy.edit",
        "Open the terminal's history in your editor",
    ),
    on(
        When::Prefix,
        Action::ClipTake,
        "clipboard.take",
        "Let the agent copy what it wants to your clipboard",
    ),
    on(
        When::Prefix,
        Action::ClipRefuse,
        "clipboard.refuse",
        "Refuse what the agent wants to copy",
    ),
    on(
        When::Prefix,
        Action::TerminalPalette,
        "terminal.palette",
        "Find anything, or type a gt or bd command",
    ),
    on(
        When::Prefix,
        Action::Card,
        "terminal.card",
        "Show these keys",
    )
    .hint("keys"),
    on(
        When::Prefix,
        Action::TakeInput,
        "terminal.take",
        "Take the input over from another viewer",
    ),
    on(
        When::Prefix,
        Action::SendPrefix,
        "terminal.send-prefix",
        "Send the prefix itself to the agent",
    ),
    on(
        When::Prefix,
        Action::SendLeave,
        "terminal.send-leave",
        "Send the leave key itself to the agent",
    ),
    looking(Act::Copy, "copy.copy", "Copy the selection and leave").hint("copy"),
    looking(
        Act::Escape,
        "copy.escape",
        "Clear the selection, then the search, then leave",
    ),
    looking(Act::Leave, "copy.leave", "Leave for the present").hint("leave"),
    looking(Act::Select(Kind::Character), "copy.select", SELECT).hint("select"),
    looking(Act::Select(Kind::Line), "copy.select-lines", SELECT),
    looking(Act::Select(Kind::Block), "copy.select-block", SELECT),
    looking(
        Act::OtherEnd,
        "copy.other-end",
        "Go to the other end of the selection",
    ),
    search(Direction::Forward, "copy.search-down").hint("search"),
    search(Direction::Backward, "copy.search-up"),
    looking(
        Act::Next,
        "copy.next",
        "Go to the next or the previous match",
    )
    .hint("next"),
    looking(
        Act::Previous,
        "copy.previous",
        "Go to the next or the previous match",
    ),
    looking(
        Act::CopyOutput,
        "copy.output",
        "Copy what the last command wrote, and leave",
    ),
    moves(
        Move::Left,
        "copy.left",
        "Left, down, up, right; a number before any move repeats it",
    ),
    moves(
        Move::Down,
        "copy.down",
        "Left, down, up, right; a number before any move repeats it",
    ),
    moves(
        Move::Up,
        "copy.up",
        "Left, down, up, right; a number before any move repeats it",
    ),
    moves(
        Move::Right,
        "copy.right",
        "Left, down, up, right; a number before any move repeats it",
    ),
    moves(Move::Word, "copy.word", WORDS),
    moves(Move::WordBack, "copy.word-back", WORDS),
    moves(Move::WordEnd, "copy.word-end", WORDS),
    moves(Move::BigWord, "copy.big-word", BIG_WORDS),
    moves(Move::BigWordBack, "copy.big-word-back", BIG_WORDS),
    moves(Move::BigWordEnd, "copy.big-word-end", BIG_WORDS),
    moves(Move::LineStart, "copy.line-start", LINE),
    moves(Move::LineInk, "copy.line-ink", LINE),
    moves(Move::LineEnd, "copy.line-end", LINE),
    moves(
        Move::ParagraphUp,
        "copy.paragraph-up",
        "To the blank line above or below",
    ),
    moves(
        Move::ParagraphDown,
        "copy.paragraph-down",
        "To the blank line above or below",
    ),
    moves(
        Move::Prompt(Direction::Backward),
        "copy.prompt-up",
        "To the prompt before or after",
    ),
    moves(
        Move::Prompt(Direction::Forward),
        "copy.prompt-down",
        "To the prompt before or after",
    ),
    moves(
        Move::Oldest,
        "copy.oldest",
        "To the oldest or the newest row, or to one by its number",
    ),
    moves(
        Move::Newest,
        "copy.newest",
        "To the oldest or the newest row, or to one by its number",
    ),
    moves(Move::HalfDown, "copy.half-down", PAGES),
    moves(Move::HalfUp, "copy.half-up", PAGES),
    moves(Move::PageDown, "copy.page-down", PAGES),
    moves(Move::PageUp, "copy.page-up", PAGES),
    moves(
        Move::High,
        "copy.high",
        "To the top, the middle, the bottom of the view",
    ),
    moves(
        Move::Middle,
        "copy.middle",
        "To the top, the middle, the bottom of the view",
    ),
    moves(
        Move::Low,
        "copy.low",
        "To the top, the middle, the bottom of the view",
    ),
];

const SELECT: &str = "Select characters, lines, a block; again to end it";
const WORDS: &str = "To the next word, back a word, to a word's end";
const BIG_WORDS: &str = "The same over words that only blanks part";
const LINE: &str = "To the line's beginning, first character, end";
const PAGES: &str = "Half a page down or up, a page down or up";

const fn looking(act: Act, id: &'static str, title: &'static str) -> ActionSpec {
    on(When::Copy, Action::Looking(act), id, title)
}

const fn moves(how: Move, id: &'static str, title: &'static str) -> ActionSpec {
    looking(Act::Move(how), id, title)
}

const fn search(direction: Direction, id: &'static str) -> ActionSpec {
    let title = "Search down or up";
    on(When::Copy, Action::Search(direction), id, title)
}

const fn on(when: When, action: Action, id: &'static str, title: &'static str) -> ActionSpec {
    ActionSpec {
        action,
        id,
        title,
        hint: None,
        when,
        needs: Needs::Nothing,
        twin: None,
    }
}

const fn nth(number: u8, id: &'static str) -> ActionSpec {
    let title = "The terminal of the first to ninth agent";
    on(When::Prefix, Action::NthTerminal(number), id, title)
}

const fn side(side: Side, id: &'static str) -> ActionSpec {
    let title = "Go to the terminal left, below, above, right";
    on(When::Prefix, Action::MoveFocus(side), id, title)
}

impl ActionSpec {
    const fn hint(mut self, word: &'static str) -> Self {
        self.hint = Some(word);
        self
    }

    const fn needs(mut self, needs: Needs) -> Self {
        self.needs = needs;
        self
    }

    const fn twin(mut self, line: &'static str) -> Self {
        self.twin = Some(line);
        self
    }
}

/// The row with this id.
pub(crate) fn action_named(id: &str) -> Option<&'static ActionSpec> {
    ACTIONS.iter().find(|spec| spec.id == id)
}

/// The row of an action.
pub(crate) fn spec_of(action: Action) -> Option<&'static ActionSpec> {
    ACTIONS.iter().find(|spec| spec.action == action)
}
