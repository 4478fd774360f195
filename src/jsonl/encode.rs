//! One value of a field as the text of a line.
//!
//! Owns how each kind of value is written: lists keep the text and the order of the items that were
//! there, and new items come to their sorted place when the list was sorted. Entry point:
//! [`Encoder::value`].

use super::fields::View;
use super::record::{Bond, Comment, Dependency, RawJson};
use super::scan::array;
use super::stamp::Stamp;
use super::style::Style;

/// How values of one line are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoder {
    pub(super) style: Style,
    /// A row of a table dump: flags are numbers, lists and JSON stand in strings.
    pub(super) table: bool,
}

/// A list as it stood in the line before: its items and their text.
struct Before<'a, T> {
    items: &'a [T],
    raw: &'a [u8],
}

impl Encoder {
    /// The JSON text of a value; `before` is the value and its text in the line so far.
    pub(super) fn value(self, now: View<'_>, before: Option<(View<'_>, &[u8])>) -> String {
        let mut out = String::new();
        match now {
            View::Text(text) => self.style.text(text, &mut out),
            View::Number(None) | View::Time(None) | View::Json(None) => out.push_str("null"),
            View::Number(Some(number)) => out.push_str(&number.to_string()),
            View::Flag(flag) if self.table => out.push(if *flag { '1' } else { '0' }),
            View::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
            View::Time(Some(stamp)) => self.style.text(&stamp.text, &mut out),
            View::Json(Some(json)) if self.table => self.style.text(json, &mut out),
            View::Json(Some(json)) => self.style.json(json, &mut out),
            View::Words(words) => return self.words(words, before),
            View::Edges(edges) => {
                let before = match before {
                    Some((View::Edges(items), raw)) => Some(Before { items, raw }),
                    _ => None,
                };
                let key = |edge: &Dependency| edge.depends_on_id.clone();
                return self.list(edges, before, key, |edge| self.dependency(edge));
            }
            View::Comments(comments) => {
                let before = match before {
                    Some((View::Comments(items), raw)) => Some(Before { items, raw }),
                    _ => None,
                };
                let key = |comment: &Comment| comment.created_at.as_ref().map(|at| at.nanos);
                return self.list(comments, before, key, |comment| self.comment(comment));
            }
            View::Bonds(bonds) => {
                let before = match before {
                    Some((View::Bonds(items), raw)) => Some(Before { items, raw }),
                    _ => None,
                };
                return self.list(bonds, before, |_| (), |bond| self.bond(bond));
            }
        }
        out
    }

    fn words(self, words: &[String], before: Option<(View<'_>, &[u8])>) -> String {
        let before = match before {
            Some((View::Words(items), raw)) => Some(Before { items, raw }),
            _ => None,
        };
        let list = self.list(words, before, String::clone, |word| {
            let mut out = String::new();
            self.style.text(word, &mut out);
            out
        });
        if !self.table {
            return list;
        }
        let mut quoted = String::new();
        let inner = if words.is_empty() { "" } else { &list };
        self.style.text(inner, &mut quoted);
        quoted
    }

    fn list<T: PartialEq, K: Ord>(
        self,
        now: &[T],
        before: Option<Before<'_, T>>,
        key: impl Fn(&T) -> K,
        write: impl Fn(&T) -> String,
    ) -> String {
        let mut fresh: Vec<&T> = now.iter().collect();
        let mut entries: Vec<(&T, String)> = Vec::with_capacity(now.len());
        let mut sorted = true;
        if let Some(before) = before {
            sorted = before.items.is_sorted_by_key(&key);
            let spans = array(before.raw).unwrap_or_default();
            for (item, span) in before.items.iter().zip(spans) {
                let Some(found) = fresh.iter().position(|other| *other == item) else {
                    continue;
                };
                let raw = before.raw.get(span).unwrap_or_default();
                entries.push((
                    fresh.remove(found),
                    String::from_utf8_lossy(raw).into_owned(),
                ));
            }
        }
        for item in fresh {
            let place = if sorted {
                entries.partition_point(|(other, _)| key(other) <= key(item))
            } else {
                entries.len()
            };
            entries.insert(place, (item, write(item)));
        }
        let texts: Vec<String> = entries.into_iter().map(|(_, text)| text).collect();
        format!("[{}]", texts.join(self.style.comma()))
    }

    fn dependency(self, edge: &Dependency) -> String {
        let mut object = Object::new(self.style);
        object.text("issue_id", &edge.issue_id);
        object.text("depends_on_id", &edge.depends_on_id);
        object.text("type", &edge.kind);
        object.time("created_at", edge.created_at.as_ref());
        object.some("created_by", &edge.created_by);
        if let Some(metadata) = &edge.metadata {
            object.text("metadata", metadata);
        }
        object.some("thread_id", &edge.thread_id);
        object.extra(&edge.extra);
        object.end()
    }

    fn comment(self, comment: &Comment) -> String {
        let mut object = Object::new(self.style);
        if !comment.id.is_empty() {
            object.json("id", &comment.id);
        }
        object.text("issue_id", &comment.issue_id);
        object.text("author", &comment.author);
        object.text("text", &comment.text);
        object.time("created_at", comment.created_at.as_ref());
        object.extra(&comment.extra);
        object.end()
    }

    fn bond(self, bond: &Bond) -> String {
        let mut object = Object::new(self.style);
        object.text("source_id", &bond.source_id);
        object.text("bond_type", &bond.bond_type);
        object.some("bond_point", &bond.bond_point);
        object.extra(&bond.extra);
        object.end()
    }
}

/// An object that is written member by member.
pub(super) struct Object {
    style: Style,
    members: Vec<String>,
}

impl Object {
    pub(super) fn new(style: Style) -> Self {
        Self {
            style,
            members: Vec::new(),
        }
    }

    /// A member whose value is JSON text already.
    pub(super) fn raw(&mut self, key: &str, value: &str) {
        let mut member = String::new();
        self.style.text(key, &mut member);
        member.push_str(self.style.colon());
        member.push_str(value);
        self.members.push(member);
    }

    pub(super) fn text(&mut self, key: &str, value: &str) {
        let mut quoted = String::new();
        self.style.text(value, &mut quoted);
        self.raw(key, &quoted);
    }

    fn some(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.text(key, value);
        }
    }

    fn time(&mut self, key: &str, value: Option<&Stamp>) {
        if let Some(stamp) = value {
            self.text(key, &stamp.text);
        }
    }

    fn json(&mut self, key: &str, value: &str) {
        let mut text = String::new();
        self.style.json(value, &mut text);
        self.raw(key, &text);
    }

    pub(super) fn extra(&mut self, extra: &[(String, RawJson)]) {
        for (key, value) in extra {
            self.json(key, value);
        }
    }

    pub(super) fn end(self) -> String {
        format!("{{{}}}", self.members.join(self.style.comma()))
    }
}
