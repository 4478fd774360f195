//! The query language: `or := and {OR and}; and := not {AND not}; not := NOT not | "(" or ")" | field op value`.

use super::ast::{EXPR_DEPTH, Expr, Op, Test, too_large};
use super::field::Field;
use super::lex::{Token, What, refused, tokens};
use super::read::Said;
use crate::domain::{Here, Kind, Refusal};

/// Longest query, in bytes.
const SOURCE_MAX: usize = 16 << 10;

impl Expr {
    /// Reads an expression; a refusal says where, what was found and what would be accepted.
    pub fn parse(source: &str, here: &Here) -> Result<Self, Refusal> {
        if source.trim().is_empty() {
            return Err(Refusal::new(Kind::Usage, "an empty query asks for nothing")
                .hint("bd query \"status=open AND priority<=1\""));
        }
        if source.len() > SOURCE_MAX {
            return Err(too_large());
        }
        let tokens = tokens(source)?;
        let mut parser = Parser {
            tokens: &tokens,
            here,
            depth: 0,
        };
        let expr = parser.either()?;
        match parser.next() {
            token if token.what == What::End => {}
            token => return Err(refused(token.at, &token.shown(), "`AND`, `OR` or the end")),
        }
        expr.check()?;
        Ok(expr)
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    here: &'a Here,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Token {
        self.tokens.first().cloned().unwrap_or(Token {
            at: 1,
            what: What::End,
        })
    }

    /// The end is never passed.
    fn next(&mut self) -> Token {
        let token = self.peek();
        if let [_, rest @ ..] = self.tokens
            && !rest.is_empty()
        {
            self.tokens = rest;
        }
        token
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_it =
            matches!(&self.peek().what, What::Bare(found) if found.eq_ignore_ascii_case(word));
        if is_it {
            self.next();
        }
        is_it
    }

    fn either(&mut self) -> Result<Expr, Refusal> {
        let mut expr = self.both()?;
        while self.takes_word("or") {
            expr = expr.or(self.both()?);
        }
        Ok(expr)
    }

    fn both(&mut self) -> Result<Expr, Refusal> {
        let mut expr = self.one()?;
        while self.takes_word("and") {
            expr = expr.and(self.one()?);
        }
        Ok(expr)
    }

    fn one(&mut self) -> Result<Expr, Refusal> {
        self.depth += 1;
        if self.depth > EXPR_DEPTH {
            return Err(too_large());
        }
        let expr = if self.takes_word("not") {
            self.one()?.negated()
        } else if self.peek().what == What::Open {
            self.bracketed()?
        } else {
            Expr::Test(self.test()?)
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn bracketed(&mut self) -> Result<Expr, Refusal> {
        let open = self.next();
        let expr = self.either()?;
        let token = self.next();
        if token.what == What::Close {
            return Ok(expr);
        }
        let accepted = format!(
            "`AND`, `OR`, or `)` for the bracket at character {}",
            open.at
        );
        Err(refused(token.at, &token.shown(), &accepted))
    }

    fn test(&mut self) -> Result<Test, Refusal> {
        let token = self.next();
        let What::Bare(word) = &token.what else {
            let accepted = "a comparison such as `status=open`, `NOT` or `(`";
            return Err(refused(token.at, &token.shown(), accepted));
        };
        let field = Field::parse(word).map_err(|refusal| at(token.at, refusal))?;
        let op = self.op(word)?;
        let token = self.next();
        let (text, quoted) = match &token.what {
            What::Bare(text) => (text, false),
            What::Quoted(text) => (text, true),
            What::Open | What::Close | What::Op(_) | What::End => {
                let accepted = field.shape().accepts();
                return Err(refused(token.at, &token.shown(), accepted));
            }
        };
        let said = Said { text, quoted };
        Test::read(field, op, said, self.here).map_err(|refusal| at(token.at, refusal))
    }

    fn op(&mut self, word: &str) -> Result<Op, Refusal> {
        let token = self.next();
        match token.what {
            What::Op(op) => Ok(op),
            _ => {
                let accepted = format!("one of `=`, `!=`, `<`, `<=`, `>`, `>=` after `{word}`");
                Err(refused(token.at, &token.shown(), &accepted))
            }
        }
    }
}

/// The same refusal with the place before it.
fn at(place: usize, refusal: Refusal) -> Refusal {
    Refusal {
        message: format!(
            "the query cannot be read at character {place}: {}",
            refusal.message
        ),
        ..refusal
    }
}
