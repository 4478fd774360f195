//! What can be done while looking back; keys for it are in the console's one table.

use super::search::Direction;
use super::select::Kind;

/// Something to be done while looking back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Act {
    /// Move the cursor.
    Move(Move),
    /// Begin a selection at the cursor, change its kind, or end it.
    Select(Kind),
    /// Go to the other end of the selection.
    OtherEnd,
    /// Copy the selection and leave.
    Copy,
    /// Copy what the last command wrote, and leave.
    CopyOutput,
    /// The next match in the direction of the search.
    Next,
    /// The next match against it.
    Previous,
    /// Clear the selection, else the search, else leave.
    Escape,
    /// Leave.
    Leave,
}

/// A move of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Move {
    /// One character left.
    Left,
    /// One row down.
    Down,
    /// One row up.
    Up,
    /// One character right.
    Right,
    /// To the next word.
    Word,
    /// To the beginning of the word, or of the one before.
    WordBack,
    /// To the end of the word, or of the next.
    WordEnd,
    /// The same over words that only blanks part.
    BigWord,
    /// The same, back.
    BigWordBack,
    /// The same, to the end.
    BigWordEnd,
    /// To the first column.
    LineStart,
    /// To the first character that is not a blank.
    LineInk,
    /// To the last character.
    LineEnd,
    /// To the blank line above.
    ParagraphUp,
    /// To the blank line below.
    ParagraphDown,
    /// To the oldest row; with a count to that row.
    Oldest,
    /// To the newest row; with a count to that row.
    Newest,
    /// Half a page down.
    HalfDown,
    /// Half a page up.
    HalfUp,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// To the top of the view.
    High,
    /// To its middle.
    Middle,
    /// To its bottom.
    Low,
    /// To the prompt before.
    Prompt(Direction),
}
