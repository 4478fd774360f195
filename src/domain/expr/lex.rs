//! Words, signs and quoted texts of an expression, with where they stand.

use super::ast::Op;
use crate::domain::{Kind, Refusal};
use crate::support::text;

/// A word, sign or text, and where it begins: the number of its first character, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub at: usize,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Open,
    Close,
    Op(Op),
    /// Letters, digits and the signs of names, dates and addresses.
    Bare(String),
    /// A text in quotes, with its escapes read.
    Quoted(String),
    /// Nothing more.
    End,
}

impl Token {
    /// How it is named in a refusal.
    pub(super) fn shown(&self) -> String {
        match &self.what {
            What::Open => "`(`".to_owned(),
            What::Close => "`)`".to_owned(),
            What::Op(op) => format!("`{}`", op.sign()),
            What::Bare(word) => format!("`{}`", text::fit(&text::clean(word), 40)),
            What::Quoted(said) => format!("`\"{}\"`", text::fit(&text::clean(said), 40)),
            What::End => "the end".to_owned(),
        }
    }
}

/// Whether a character can stand in a value without quotes.
pub(super) fn is_bare(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/' | '@' | '+' | '*' | '?' | '#')
}

/// A refusal that says where, what was found and what would be accepted.
pub(super) fn refused(at: usize, found: &str, accepted: &str) -> Refusal {
    Refusal::new(
        Kind::Usage,
        format!("the query cannot be read at character {at}: found {found}, use {accepted}"),
    )
}

/// All tokens, with an [`What::End`] last.
pub(super) fn tokens(source: &str) -> Result<Vec<Token>, Refusal> {
    let mut found = Vec::new();
    let mut rest = source.chars().enumerate().peekable();
    while let Some((place, c)) = rest.next() {
        let at = place + 1;
        let mut followed_by_equals = || rest.next_if(|(_, next)| *next == '=').is_some();
        let what = match c {
            c if c.is_whitespace() => continue,
            '(' => What::Open,
            ')' => What::Close,
            '=' => What::Op(Op::Eq),
            '!' if followed_by_equals() => What::Op(Op::Ne),
            '<' if followed_by_equals() => What::Op(Op::Le),
            '>' if followed_by_equals() => What::Op(Op::Ge),
            '<' => What::Op(Op::Lt),
            '>' => What::Op(Op::Gt),
            '"' | '\'' => What::Quoted(quoted(c, at, &mut rest)?),
            c if is_bare(c) => {
                let mut word = String::from(c);
                while let Some((_, next)) = rest.next_if(|(_, next)| is_bare(*next)) {
                    word.push(next);
                }
                What::Bare(word)
            }
            c => {
                let shown = format!("`{}`", text::clean(&c.to_string()));
                let accepted =
                    "`=`, `!=`, `<`, `<=`, `>`, `>=`, brackets, words, or a text in quotes";
                return Err(refused(at, &shown, accepted));
            }
        };
        found.push(Token { at, what });
    }
    found.push(Token {
        at: source.chars().count() + 1,
        what: What::End,
    });
    Ok(found)
}

fn quoted(
    quote: char,
    at: usize,
    rest: &mut impl Iterator<Item = (usize, char)>,
) -> Result<String, Refusal> {
    let mut said = String::new();
    while let Some((place, c)) = rest.next() {
        if c == quote {
            return Ok(said);
        }
        if c != '\\' {
            said.push(c);
            continue;
        }
        match rest.next() {
            Some((_, 'n')) => said.push('\n'),
            Some((_, 't')) => said.push('\t'),
            Some((_, same @ ('\\' | '"' | '\''))) => said.push(same),
            Some((_, other)) => {
                let shown = format!("`\\{}`", text::clean(&other.to_string()));
                return Err(refused(
                    place + 1,
                    &shown,
                    "`\\n`, `\\t`, `\\\\`, `\\\"` or `\\'`",
                ));
            }
            None => break,
        }
    }
    Err(refused(
        at,
        "a text without its closing quote",
        "a closing quote",
    ))
}
