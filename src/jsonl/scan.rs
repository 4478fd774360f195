//! One JSON value at a time, as spans of the bytes it stands in.
//!
//! Owns the grammar check (RFC 8259, in one pass without recursion, so that a hostile depth costs
//! no stack) and the splitting of an object or array into members. Nothing is decoded here and no
//! number is rounded: whoever keeps a value keeps its text. Entry points: [`object`], [`array`].

use std::ops::Range;

/// Values that are nested deeper than this are refused.
const DEPTH_MAX: usize = 1_000;

/// Why a line is no JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The text ends inside a value.
    #[error("the JSON ends too early, at byte {0}")]
    Ends(usize),
    /// A character that may not stand here.
    #[error("the JSON is broken at byte {0}")]
    At(usize),
    /// Something follows the value.
    #[error("text follows the JSON value, at byte {0}")]
    Trailing(usize),
    /// Too many brackets inside each other.
    #[error("the JSON is nested deeper than 1,000 levels, at byte {0}")]
    Deep(usize),
    /// The value is JSON, but of another kind.
    #[error("the line is not a JSON object")]
    NotObject,
    /// The value is JSON, but of another kind.
    #[error("the value is not a JSON array")]
    NotArray,
}

/// One member of an object: where its key (with quotes) and its value stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
}

/// Splits an object into its members, in their order; the whole text is checked.
pub(super) fn object(bytes: &[u8]) -> Result<Vec<Member>, Broken> {
    let mut scan = Scan { bytes, at: 0 };
    scan.space();
    if scan.peek() != Some(b'{') {
        scan.value()?;
        return Err(Broken::NotObject);
    }
    scan.at += 1;
    let mut members = Vec::with_capacity(24);
    scan.space();
    if scan.peek() == Some(b'}') {
        scan.at += 1;
        return scan.end(members);
    }
    loop {
        scan.space();
        let key = scan.string()?;
        scan.space();
        scan.take(b':')?;
        scan.space();
        let value = scan.value()?;
        members.push(Member { key, value });
        scan.space();
        match scan.peek() {
            Some(b',') => scan.at += 1,
            Some(b'}') => {
                scan.at += 1;
                return scan.end(members);
            }
            Some(_) => return Err(Broken::At(scan.at)),
            None => return Err(Broken::Ends(scan.at)),
        }
    }
}

/// Splits an array into the spans of its values; the whole text is checked.
pub(super) fn array(bytes: &[u8]) -> Result<Vec<Range<usize>>, Broken> {
    let mut scan = Scan { bytes, at: 0 };
    scan.space();
    if scan.peek() != Some(b'[') {
        scan.value()?;
        return Err(Broken::NotArray);
    }
    scan.at += 1;
    let mut values = Vec::new();
    scan.space();
    if scan.peek() == Some(b']') {
        scan.at += 1;
        return scan.end(values);
    }
    loop {
        scan.space();
        values.push(scan.value()?);
        scan.space();
        match scan.peek() {
            Some(b',') => scan.at += 1,
            Some(b']') => {
                scan.at += 1;
                return scan.end(values);
            }
            Some(_) => return Err(Broken::At(scan.at)),
            None => return Err(Broken::Ends(scan.at)),
        }
    }
}

/// Whether the text is exactly one JSON value.
pub(super) fn is_value(bytes: &[u8]) -> bool {
    let mut scan = Scan { bytes, at: 0 };
    scan.space();
    scan.value().is_ok() && scan.end(()).is_ok()
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> Result<(), Broken> {
        match self.peek() {
            Some(found) if found == wanted => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(Broken::At(self.at)),
            None => Err(Broken::Ends(self.at)),
        }
    }

    fn end<T>(mut self, found: T) -> Result<T, Broken> {
        self.space();
        if self.at == self.bytes.len() {
            Ok(found)
        } else {
            Err(Broken::Trailing(self.at))
        }
    }

    /// A string with its quotes.
    fn string(&mut self) -> Result<Range<usize>, Broken> {
        let start = self.at;
        self.take(b'"')?;
        loop {
            // Most bytes of a file stand inside strings: plain ones are stepped over in one go.
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let plain = rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
            self.at += plain.unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(start..self.at);
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(Broken::At(self.at)),
                None => return Err(Broken::Ends(self.at)),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Broken> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    match self.peek() {
                        Some(digit) if digit.is_ascii_hexdigit() => self.at += 1,
                        Some(_) => return Err(Broken::At(self.at)),
                        None => return Err(Broken::Ends(self.at)),
                    }
                }
                Ok(())
            }
            Some(_) => Err(Broken::At(self.at)),
            None => Err(Broken::Ends(self.at)),
        }
    }

    /// Any value. The open brackets stand in a list of their own instead of on the stack.
    fn value(&mut self) -> Result<Range<usize>, Broken> {
        let start = self.at;
        let mut open: Vec<u8> = Vec::new();
        loop {
            let opened = self.opening(&mut open)?;
            if opened {
                continue;
            }
            // A value is complete: close what it completes, up to the next comma.
            loop {
                let Some(&closing) = open.last() else {
                    return Ok(start..self.at);
                };
                self.space();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.space();
                        if closing == b'}' {
                            self.name()?;
                        }
                        break;
                    }
                    Some(found) if found == closing => {
                        self.at += 1;
                        open.pop();
                    }
                    Some(_) => return Err(Broken::At(self.at)),
                    None => return Err(Broken::Ends(self.at)),
                }
            }
        }
    }

    /// Reads a scalar, an empty bracket (both `false`), or the opening of a bracket (`true`).
    fn opening(&mut self, open: &mut Vec<u8>) -> Result<bool, Broken> {
        match self.peek() {
            Some(bracket @ (b'{' | b'[')) => {
                if open.len() >= DEPTH_MAX {
                    return Err(Broken::Deep(self.at));
                }
                self.at += 1;
                self.space();
                let closing = if bracket == b'{' { b'}' } else { b']' };
                if self.peek() == Some(closing) {
                    self.at += 1;
                    return Ok(false);
                }
                open.push(closing);
                if bracket == b'{' {
                    self.name()?;
                }
                Ok(true)
            }
            Some(b'"') => self.string().map(|_| false),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(Broken::At(self.at)),
            None => Err(Broken::Ends(self.at)),
        }
    }

    fn name(&mut self) -> Result<(), Broken> {
        self.string()?;
        self.space();
        self.take(b':')?;
        self.space();
        Ok(())
    }

    fn word(&mut self, word: &[u8]) -> Result<bool, Broken> {
        for letter in word {
            self.take(*letter)?;
        }
        Ok(false)
    }

    fn number(&mut self) -> Result<bool, Broken> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(false)
    }

    fn digits(&mut self) -> Result<(), Broken> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start {
            Ok(())
        } else if self.at == self.bytes.len() {
            Err(Broken::Ends(self.at))
        } else {
            Err(Broken::At(self.at))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_text() {
        let text = br#"{ "a" : 1.0e+3, "b":{"x":[1,{}],"y":"}"} ,"a":null}"#;
        let found: Vec<(&[u8], &[u8])> = object(text)
            .unwrap()
            .iter()
            .map(|member| (&text[member.key.clone()], &text[member.value.clone()]))
            .collect();
        let expect: [(&[u8], &[u8]); 3] = [
            (b"\"a\"", b"1.0e+3"),
            (b"\"b\"", br#"{"x":[1,{}],"y":"}"}"#),
            (b"\"a\"", b"null"),
        ];
        assert_eq!(found, expect);
        assert_eq!(array(b"[1, [2] ,\"\"]").unwrap(), [1..2, 4..7, 9..11]);
    }

    #[test]
    fn what_is_no_json_is_refused_where_it_breaks() {
        for (text, expect) in [
            (&b"{"[..], Broken::Ends(1)),
            (b"{\"a\":1", Broken::Ends(6)),
            (b"{\"a\":01}", Broken::At(6)),
            (b"{\"a\":1}}", Broken::Trailing(7)),
            (b"{\"a\":1,}", Broken::At(7)),
            (b"{'a':1}", Broken::At(1)),
            (b"{\"a\":\"\x01\"}", Broken::At(6)),
            (b"{\"a\":\"\\x\"}", Broken::At(7)),
            (b"{\"a\":\"\\u12g4\"}", Broken::At(10)),
            (b"{\"a\":[1 2]}", Broken::At(8)),
            (b"{\"a\":{\"b\"}}", Broken::At(9)),
            (b"{\"a\":tru}", Broken::At(8)),
            (b"{\"a\":NaN}", Broken::At(5)),
            (b"[1]", Broken::NotObject),
            (b"7", Broken::NotObject),
            (b"", Broken::Ends(0)),
        ] {
            assert_eq!(
                object(text),
                Err(expect),
                "{}",
                String::from_utf8_lossy(text)
            );
        }
    }

    #[test]
    fn a_hostile_depth_costs_no_stack() {
        let mut text = b"{\"a\":".to_vec();
        text.extend(std::iter::repeat_n(b'[', 2_000_000));
        assert!(matches!(object(&text), Err(Broken::Deep(_))));
    }
}
