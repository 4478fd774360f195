//! Reads a Rust source file just well enough to judge it: tokens without comments, strings and
//! character literals, the modules and functions they form, and which lines are test code.
//!
//! It never expands macros and never resolves names. What it cannot read it reports, so that a
//! file is never passed over in silence.

use std::path::{Path, PathBuf};

/// One token and the line it stands on, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) text: String,
    /// Identifier or keyword, as opposed to punctuation and literals.
    pub(crate) word: bool,
}

/// A path such as `crate::store` that names a top-level module of the crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) line: usize,
    pub(crate) module: String,
}

/// A function with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) line: usize,
    pub(crate) name: String,
    pub(crate) lines: usize,
    pub(crate) parameters: usize,
    pub(crate) test: bool,
}

/// A source file that was read.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the repository, with `/`.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    /// Where it stands in the crate: `["store", "beads"]`; empty for the root.
    pub(crate) module: Vec<String>,
    /// Line ranges, both ends included, of inline `#[cfg(test)]` modules.
    pub(crate) test_lines: Vec<(usize, usize)>,
    /// Whether the whole file is test code.
    pub(crate) all_test: bool,
}

impl Source {
    /// Reads `text` as the file `name` (relative to the repository).
    pub(crate) fn read(name: &str, text: &str) -> Self {
        let tokens = tokenize(text);
        let module = module_of(name);
        let test_lines = test_modules(&tokens);
        let all_test = module.iter().any(|part| part == "tests");
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            tokens,
            module,
            test_lines,
            all_test,
        }
    }

    /// Whether a line is test code.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.all_test
            || self
                .test_lines
                .iter()
                .any(|(from, to)| (*from..=*to).contains(&line))
    }

    /// How many lines are not test code.
    pub(crate) fn production_lines(&self) -> usize {
        (1..=self.text.lines().count())
            .filter(|line| !self.is_test(*line))
            .count()
    }

    /// Every mention of a top-level module of the crate, by `crate::` or by `super::` from outside it.
    pub(crate) fn mentions(&self) -> Vec<Mention> {
        let mut found = Vec::new();
        let mut inline: Vec<(String, usize)> = Vec::new();
        let mut depth = 0_usize;
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            match token.text.as_str() {
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    inline.retain(|(_, opened)| *opened <= depth);
                }
                "mod" if self.text_at(at + 2) == "{" => {
                    inline.push((self.text_at(at + 1).to_owned(), depth + 1));
                }
                "crate" if self.text_at(at + 1) == "::" => {
                    self.heads(at + 2, &mut found);
                }
                "super" if self.text_at(at + 1) == "::" && self.text_before(at) != "::" => {
                    let here = self.module.len() + inline.len();
                    let mut up = 1;
                    let mut next = at + 2;
                    while self.text_at(next) == "super" && self.text_at(next + 1) == "::" {
                        up += 1;
                        next += 2;
                    }
                    if up >= here {
                        self.heads(next, &mut found);
                    }
                    at = next - 1;
                }
                _ => {}
            }
            at += 1;
        }
        found
    }

    /// The first words of the path or group `{a::b, c}` that begins at token `at`.
    fn heads(&self, at: usize, found: &mut Vec<Mention>) {
        if self.text_at(at) != "{" {
            if let Some(token) = self.tokens.get(at) {
                found.push(Mention {
                    line: token.line,
                    module: token.text.clone(),
                });
            }
            return;
        }
        let mut depth = 0_usize;
        let mut fresh = false;
        for token in self.tokens.iter().skip(at) {
            match token.text.as_str() {
                "{" => {
                    depth += 1;
                    fresh = depth == 1;
                }
                "}" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return;
                    }
                }
                "," if depth == 1 => fresh = true,
                _ if fresh && token.word => {
                    found.push(Mention {
                        line: token.line,
                        module: token.text.clone(),
                    });
                    fresh = false;
                }
                _ => {}
            }
        }
    }

    /// Lines on which the crate `name` is used: `name::…` or `use name`.
    pub(crate) fn uses_crate(&self, name: &str) -> Vec<usize> {
        self.tokens
            .iter()
            .enumerate()
            .filter(|(at, token)| {
                token.word
                    && token.text == name
                    && !matches!(self.text_before(*at), "::" | "." | "mod" | "fn" | "let")
                    && (self.text_at(at + 1) == "::" || self.text_before(*at) == "use")
            })
            .map(|(_, token)| token.line)
            .collect()
    }

    /// The functions with a body.
    pub(crate) fn functions(&self) -> Vec<Function> {
        (0..self.tokens.len())
            .filter(|at| self.text_at(*at) == "fn")
            .filter_map(|at| self.function(at))
            .collect()
    }

    fn function(&self, at: usize) -> Option<Function> {
        let name = self.tokens.get(at + 1).filter(|token| token.word)?;
        let mut open = at + 2;
        if self.text_at(open) == "<" {
            open = self.close(open, "<", ">")? + 1;
        }
        if self.text_at(open) != "(" {
            return None;
        }
        let close = self.close(open, "(", ")")?;
        let body = (close..self.tokens.len()).find(|at| matches!(self.text_at(*at), "{" | ";"))?;
        if self.text_at(body) == ";" {
            return None;
        }
        let first = self.tokens.get(at)?.line;
        let last = self.tokens.get(self.close(body, "{", "}")?)?.line;
        Some(Function {
            line: first,
            name: name.text.clone(),
            lines: last - first + 1,
            parameters: self.parameters(open, close),
            test: self.is_test(first),
        })
    }

    /// How many parameters stand between two parentheses, `self` not counted.
    fn parameters(&self, open: usize, close: usize) -> usize {
        let mut depth = 0_usize;
        let mut count = 0;
        let mut fresh = true;
        for at in open + 1..close {
            match self.text_at(at) {
                "(" | "[" | "{" | "<" => depth += 1,
                ")" | "]" | "}" | ">" => depth = depth.saturating_sub(1),
                "," if depth == 0 => {
                    fresh = true;
                    continue;
                }
                _ => {}
            }
            if fresh {
                count += 1;
                fresh = false;
            }
            if depth == 0 && self.text_at(at) == "self" && self.text_before(at) != ":" {
                count -= 1;
            }
        }
        count
    }

    /// The token that closes the bracket at `open`.
    fn close(&self, open: usize, left: &str, right: &str) -> Option<usize> {
        close(&self.tokens, open, left, right)
    }

    fn text_at(&self, at: usize) -> &str {
        text_at(&self.tokens, at)
    }

    fn text_before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |before| self.text_at(before))
    }

    /// What stands at the top of a `mod.rs` that is more than documentation, `mod`, `use` and constants.
    pub(crate) fn logic(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            at = self.skip_attributes(at);
            let Some(token) = self.tokens.get(at) else {
                break;
            };
            let start = at;
            if self.text_at(at) == "pub" {
                at += 1;
                if self.text_at(at) == "(" {
                    at = self
                        .close(at, "(", ")")
                        .map_or(self.tokens.len(), |end| end + 1);
                }
            }
            let plain = matches!(self.text_at(at), "mod" | "use" | "const")
                && self.text_at(at + 1) != "fn"
                && !(self.text_at(at) == "mod" && self.text_at(at + 2) == "{");
            if !plain && !self.is_test(token.line) {
                let words: Vec<&str> = (start..(start + 4).min(self.tokens.len()))
                    .map(|at| self.text_at(at))
                    .collect();
                found.push((token.line, words.join(" ")));
            }
            at = self.item_end(at);
        }
        found
    }

    fn skip_attributes(&self, mut at: usize) -> usize {
        while self.text_at(at) == "#" {
            let open = if self.text_at(at + 1) == "!" {
                at + 2
            } else {
                at + 1
            };
            at = self
                .close(open, "[", "]")
                .map_or(self.tokens.len(), |end| end + 1);
        }
        at
    }

    /// The token after the item at `at`: after its `;`, or after the braces that end it.
    fn item_end(&self, mut at: usize) -> usize {
        let is_use = self.text_at(at) == "use";
        while at < self.tokens.len() {
            match self.text_at(at) {
                ";" => return at + 1,
                "{" => {
                    let end = self
                        .close(at, "{", "}")
                        .map_or(self.tokens.len(), |end| end + 1);
                    if !is_use {
                        return end;
                    }
                    at = end;
                }
                _ => at += 1,
            }
        }
        at
    }
}

/// The place in the crate of a file such as `src/store/beads.rs`.
fn module_of(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Path::new(name)
        .with_extension("")
        .iter()
        .skip(1)
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if parts.last().is_some_and(|last| last == "mod") || parts == ["lib"] {
        parts.pop();
    }
    parts
}

fn text_at(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.text.as_str())
}

fn close(tokens: &[Token], open: usize, left: &str, right: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.text == left {
            depth += 1;
        } else if token.text == right {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// The line ranges of inline modules under `#[cfg(test)]`, the attribute included.
fn test_modules(tokens: &[Token]) -> Vec<(usize, usize)> {
    const START: [&str; 8] = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    (0..tokens.len())
        .filter(|at| {
            START
                .iter()
                .enumerate()
                .all(|(step, text)| text_at(tokens, at + step) == *text)
        })
        .filter(|at| text_at(tokens, at + 9) == "{")
        .filter_map(|at| {
            let end = close(tokens, at + 9, "{", "}")?;
            Some((tokens.get(at)?.line, tokens.get(end)?.line))
        })
        .collect()
}

/// Cuts Rust text into tokens; comments vanish, literals become one token each.
pub(crate) fn tokenize(text: &str) -> Vec<Token> {
    Lexer {
        chars: text.chars().collect(),
        at: 0,
        line: 1,
        tokens: Vec::new(),
    }
    .run()
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer {
    fn run(mut self) -> Vec<Token> {
        while let Some(c) = self.peek(0) {
            let line = self.line;
            match c {
                _ if c.is_whitespace() => self.step(1),
                '/' if self.peek(1) == Some('/') => self.until_line_end(),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.string(line),
                '\'' => self.quote(line),
                _ if self.raw_string(line) => {}
                _ if c.is_alphanumeric() || c == '_' => self.word(line),
                _ => self.punctuation(line),
            }
        }
        self.tokens
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn step(&mut self, count: usize) {
        for _ in 0..count {
            if self.peek(0) == Some('\n') {
                self.line += 1;
            }
            self.at += 1;
        }
    }

    fn push(&mut self, line: usize, text: &str, word: bool) {
        self.tokens.push(Token {
            line,
            text: text.to_owned(),
            word,
        });
    }

    fn until_line_end(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.step(1);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('/', Some('*')) => {
                    depth += 1;
                    self.step(2);
                }
                ('*', Some('/')) => {
                    depth -= 1;
                    self.step(2);
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.step(1),
            }
        }
    }

    /// A string from its opening quote on.
    fn string(&mut self, line: usize) {
        self.step(1);
        while let Some(c) = self.peek(0) {
            match c {
                '\\' => self.step(2),
                '"' => {
                    self.step(1);
                    break;
                }
                _ => self.step(1),
            }
        }
        self.push(line, "\"\"", false);
    }

    /// A character literal or a lifetime.
    fn quote(&mut self, line: usize) {
        let literal = self.peek(1) == Some('\\') || self.peek(2) == Some('\'');
        self.step(1);
        if !literal {
            while self
                .peek(0)
                .is_some_and(|c| c.is_alphanumeric() || c == '_')
            {
                self.step(1);
            }
            self.push(line, "'_", false);
            return;
        }
        while let Some(c) = self.peek(0) {
            match c {
                '\\' => self.step(2),
                '\'' => {
                    self.step(1);
                    break;
                }
                _ => self.step(1),
            }
        }
        self.push(line, "''", false);
    }

    /// `r"…"`, `r#"…"#`, `br"…"`, `b"…"`, `c"…"`, `b'…'`; false when it is none of them.
    fn raw_string(&mut self, line: usize) -> bool {
        let mut ahead = 0;
        while ahead < 2 && matches!(self.peek(ahead), Some('b' | 'c' | 'r')) {
            ahead += 1;
        }
        let raw = ahead > 0 && self.peek(ahead - 1) == Some('r');
        let mut hashes = 0;
        while raw && self.peek(ahead + hashes) == Some('#') {
            hashes += 1;
        }
        match self.peek(ahead + hashes) {
            Some('"') if ahead > 0 && raw => {
                self.step(ahead + hashes + 1);
                self.raw_tail(hashes);
                self.push(line, "\"\"", false);
                true
            }
            Some('"') if ahead == 1 => {
                self.step(1);
                self.string(line);
                true
            }
            Some('\'') if ahead == 1 && self.peek(0) == Some('b') => {
                self.step(1);
                self.quote(line);
                true
            }
            _ => false,
        }
    }

    fn raw_tail(&mut self, hashes: usize) {
        while let Some(c) = self.peek(0) {
            self.step(1);
            if c == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.step(hashes);
                return;
            }
        }
    }

    fn word(&mut self, line: usize) {
        let start = self.at;
        while self
            .peek(0)
            .is_some_and(|c| c.is_alphanumeric() || c == '_')
        {
            self.step(1);
        }
        let text: String = self
            .chars
            .get(start..self.at)
            .unwrap_or_default()
            .iter()
            .collect();
        let word = !text.starts_with(|c: char| c.is_ascii_digit());
        self.push(line, &text, word);
    }

    fn punctuation(&mut self, line: usize) {
        for pair in ["::", "->", "=>", ">=", "<="] {
            if pair
                .chars()
                .enumerate()
                .all(|(ahead, c)| self.peek(ahead) == Some(c))
            {
                self.step(2);
                self.push(line, pair, false);
                return;
            }
        }
        let text = self.peek(0).map(String::from).unwrap_or_default();
        self.step(1);
        self.push(line, &text, false);
    }
}

/// All files under `dir` that `wanted` accepts, sorted; build output and version control left out.
pub(crate) fn files_under(dir: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&dir) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() && !matches!(entry.file_name().to_str(), Some("target" | ".git")) {
                open.push(path);
            } else if kind.is_file() && wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
