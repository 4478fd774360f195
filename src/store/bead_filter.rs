//! A filter as SQL: every part of it becomes a term over the row `beads`, with bound values.
//!
//! Text of people never becomes SQL; patterns are escaped. Entry point: `Terms::of`.

use rusqlite::types::Value;

use crate::domain::{
    BeadFilter, BeadStatus, BeadType, DateFilter, LabelFilter, Priority, ScopeFilter, TextFilter,
    Window,
};

/// The terms that must all hold, and their values.
#[derive(Debug, Default)]
pub(super) struct Terms {
    pub terms: Vec<String>,
    pub values: Vec<Value>,
}

impl Terms {
    /// All of a filter but its status and sorts of records, which lists and readiness see differently.
    pub(super) fn of(filter: &BeadFilter, now: i64) -> Self {
        let mut terms = Self::default();
        if let Some(rig) = &filter.rig {
            terms.bound("rig =", rig.to_string());
        }
        terms.kinds(filter);
        for (priority, operator) in [
            (filter.priority, "="),
            (filter.priority_min, ">="),
            (filter.priority_max, "<="),
        ] {
            if let Some(priority) = priority {
                let number = Priority::number(priority);
                terms.say(format!("priority {operator} {number}"));
            }
        }
        if let Some(assignee) = &filter.assignee {
            terms.bound("assignee =", assignee.clone());
        }
        if filter.unassigned {
            terms.say("coalesce(assignee, '') = ''");
        }
        if let Some(owner) = &filter.owner {
            terms.bound("owner =", owner.clone());
        }
        terms.labels(&filter.tags);
        terms.texts(&filter.text);
        terms.dates(&filter.dates, now);
        terms.scope(&filter.scope);
        terms
    }

    /// As a `WHERE` clause, empty when there is no term.
    pub(super) fn clause(&self) -> String {
        if self.terms.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.terms.join(" AND "))
        }
    }

    /// One more term without a value.
    pub(super) fn say(&mut self, term: impl Into<String>) {
        self.terms.push(term.into());
    }

    /// The place of one more value.
    pub(super) fn place(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    fn bound(&mut self, left: &str, value: impl Into<Value>) {
        let place = self.place(value);
        self.say(format!("{left} {place}"));
    }

    /// One of some words.
    fn one_of(&mut self, column: &str, words: &[String]) {
        let places: Vec<String> = words.iter().map(|word| self.place(word.clone())).collect();
        self.say(format!("{column} IN ({})", places.join(", ")));
    }

    fn kinds(&mut self, filter: &BeadFilter) {
        if let Some(kind) = filter.kind {
            let word = kind.word_or(filter.kind_word.as_deref()).to_owned();
            self.bound("type =", word);
        }
        if !filter.exclude_kinds.is_empty() {
            let places: Vec<String> = filter
                .exclude_kinds
                .iter()
                .map(|word| {
                    let (kind, foreign) = BeadType::of_word(word);
                    self.place(kind.word_or(foreign.as_deref()).to_owned())
                })
                .collect();
            self.say(format!("type NOT IN ({})", places.join(", ")));
        }
    }

    /// What a list shows when nobody said which states, and which sorts of records it leaves out.
    pub(super) fn listed(&mut self, filter: &BeadFilter) {
        let scope = &filter.scope;
        let words: Vec<String> = filter
            .status
            .iter()
            .filter(|status| **status != BeadStatus::Foreign)
            .map(|status| status.word().to_owned())
            .chain(filter.status_words.iter().cloned())
            .collect();
        let asks_pinned = filter
            .status
            .iter()
            .any(|status| matches!(status, BeadStatus::Pinned | BeadStatus::Hooked));
        match scope.pinned {
            Some(true) => self.say("(pinned = 1 OR status = 'pinned')"),
            Some(false) => self.say("pinned = 0 AND status <> 'pinned'"),
            None if filter.all || asks_pinned => {}
            None => self.say("pinned = 0"),
        }
        if words.is_empty() && !filter.all {
            match scope.pinned {
                Some(true) => self.say("status <> 'closed'"),
                Some(false) | None => self.say("status NOT IN ('closed', 'pinned')"),
            }
        } else if !words.is_empty() {
            self.one_of("status", &words);
        }
        if scope.only_ephemeral {
            self.say("ephemeral = 1");
        } else if !scope.include_ephemeral && scope.wisp_type.is_none() {
            self.say("ephemeral = 0");
        }
        if !scope.include_templates {
            self.say("template = 0");
        }
        if filter.kind.is_some() {
            return;
        }
        let mut hidden: Vec<&str> = Vec::new();
        if !scope.include_gates {
            hidden.push(BeadType::Gate.word());
        }
        if !scope.include_infra {
            hidden.extend(BeadType::INFRA.iter().map(|kind| kind.word()));
        }
        self.not_types(&hidden);
    }

    /// None of these types; the words are ours.
    pub(super) fn not_types(&mut self, words: &[&str]) {
        if !words.is_empty() {
            self.say(format!("type NOT IN ('{}')", words.join("', '")));
        }
    }

    fn labels(&mut self, tags: &LabelFilter) {
        for label in &tags.labels {
            let place = self.place(label.clone());
            self.say(format!(
                "EXISTS (SELECT 1 FROM labels WHERE bead = beads.id AND label = {place})"
            ));
        }
        for (words, not) in [(&tags.labels_any, ""), (&tags.exclude_labels, "NOT ")] {
            if words.is_empty() {
                continue;
            }
            let places: Vec<String> = words.iter().map(|word| self.place(word.clone())).collect();
            self.say(format!(
                "{not}EXISTS (SELECT 1 FROM labels WHERE bead = beads.id AND label IN ({}))",
                places.join(", ")
            ));
        }
        if let Some(pattern) = &tags.label_pattern {
            let place = self.place(pattern.replace('[', "[[]"));
            self.say(format!(
                "EXISTS (SELECT 1 FROM labels WHERE bead = beads.id AND label GLOB {place})"
            ));
        }
        if tags.no_labels {
            self.say("NOT EXISTS (SELECT 1 FROM labels WHERE bead = beads.id)");
        }
    }

    fn contains(&mut self, column: &str, part: &str) -> String {
        let place = self.place(like(part));
        format!("{column} LIKE {place} ESCAPE '\\'")
    }

    fn texts(&mut self, text: &TextFilter) {
        if let Some(title) = &text.title {
            let place = self.place(escaped(title));
            self.say(format!("title LIKE {place} ESCAPE '\\'"));
        }
        for (column, part) in [
            ("title", &text.title_contains),
            ("description", &text.desc_contains),
            ("notes", &text.notes_contains),
        ] {
            if let Some(part) = part {
                let term = self.contains(column, part);
                self.say(term);
            }
        }
        if let Some(search) = &text.search {
            let title = self.contains("title", search);
            let id = self.contains("id", search);
            let elsewhere = self.place(search.clone());
            self.say(format!("({title} OR {id} OR external_ref = {elsewhere})"));
        }
        if text.empty_description {
            self.say("description = ''");
        }
        if let Some(prefix) = &text.spec_prefix {
            let place = self.place(format!("{}%", escaped(prefix)));
            self.say(format!("spec_id LIKE {place} ESCAPE '\\'"));
        }
        if !text.ids.is_empty() {
            self.one_of("id", &text.ids);
        }
    }

    fn window(&mut self, column: &str, window: Window) {
        if let Some(after) = window.after {
            self.bound(&format!("{column} >="), after);
        }
        if let Some(before) = window.before {
            self.bound(&format!("{column} <="), before);
        }
    }

    fn dates(&mut self, dates: &DateFilter, now: i64) {
        self.window("created_at", dates.created);
        self.window("updated_at", dates.updated);
        self.window("started_at", dates.started);
        self.window("closed_at", dates.closed);
        self.window("due_at", dates.due);
        self.window("defer_until", dates.defer);
        if dates.deferred {
            self.say("(defer_until IS NOT NULL OR status = 'deferred')");
        }
        if dates.overdue {
            let place = self.place(now);
            self.say(format!("due_at < {place} AND status <> 'closed'"));
        }
    }

    fn scope(&mut self, scope: &ScopeFilter) {
        if let Some(parent) = &scope.parent {
            self.below(parent, scope.deep || scope.ready);
        }
        if scope.no_parent {
            self.say(
                "NOT EXISTS (SELECT 1 FROM deps WHERE bead = beads.id AND kind = 'parent-child')",
            );
        }
        for (key, word) in [
            ("mol_type", &scope.mol_type),
            ("wisp_type", &scope.wisp_type),
        ] {
            if let Some(word) = word {
                let place = self.place(word.clone());
                self.say(format!("json_extract(more, '$.{key}') = {place}"));
            }
        }
        for (key, value) in &scope.metadata {
            let path = self.place(key_path(key));
            let value = self.place(value.clone());
            self.say(format!(
                "CASE json_type(more, {path}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'
                 ELSE CAST(json_extract(more, {path}) AS TEXT) END = {value}"
            ));
        }
        for key in &scope.metadata_keys {
            let path = self.place(key_path(key));
            self.say(format!("json_type(more, {path}) IS NOT NULL"));
        }
    }

    /// Below a bead: by edges, and by dotted ids that have no parent of their own.
    fn below(&mut self, parent: &str, deep: bool) {
        let root = self.place(parent.to_owned());
        let child = |of: &str| {
            format!(
                "SELECT bead FROM deps WHERE target = {of} AND kind = 'parent-child'
                 UNION SELECT b.id FROM beads b WHERE b.id > {of} || '.' AND b.id < {of} || '/'
                     AND instr(substr(b.id, length({of}) + 2), '.') = 0
                     AND NOT EXISTS (SELECT 1 FROM deps p WHERE p.bead = b.id AND p.kind = 'parent-child')"
            )
        };
        if deep {
            self.say(format!(
                "id IN (WITH RECURSIVE below (id) AS (
                     SELECT {root}
                     UNION SELECT d.bead FROM below JOIN deps d ON d.target = below.id AND d.kind = 'parent-child'
                     UNION SELECT b.id FROM below JOIN beads b ON b.id > below.id || '.' AND b.id < below.id || '/'
                         WHERE NOT EXISTS (SELECT 1 FROM deps p WHERE p.bead = b.id AND p.kind = 'parent-child'))
                 SELECT id FROM below) AND id <> {root}"
            ));
        } else {
            self.say(format!("id IN ({})", child(&root)));
        }
    }
}

fn key_path(key: &str) -> String {
    format!("$.metadata.\"{}\"", key.replace('"', ""))
}

/// The text as a part of a LIKE pattern that means itself.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

fn like(part: &str) -> String {
    format!("%{}%", escaped(part))
}
