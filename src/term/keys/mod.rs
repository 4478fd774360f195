//! Keys and pastes as the bytes a program expects, in the encoding that it asked for.
//!
//! Own small key type; whoever reads a keyboard translates into it. A screen offers every flag of
//! the kitty protocol, whoever looks at it: a terminal that cannot tell a release or a lock simply
//! brings no such key here, and then the program hears of none.

mod classic;
mod key;
mod kitty;
mod paste;

pub use classic::encode;
pub use key::{Key, KeyPress, Media, Modifier, Stroke};
pub(super) use kitty::{EVENTS, OFFERED};
pub use paste::paste;
