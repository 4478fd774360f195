//! Which beads, in which order, and how many of them: one form for `bd query` and for every list.
//!
//! The flags of lists become tests of the same expression that the query language reads, so that
//! there is one way in which beads are looked for. Entry points: [`Selection::query`],
//! [`Selection::list`].

use serde::{Deserialize, Serialize};

use super::expr::{Expr, Field, Op, Value};
use super::{
    BeadFilter, BeadSort, BeadStatus, BeadType, DateFilter, LabelFilter, Moment, ReadyFilter,
    ScopeFilter, TextFilter, Window,
};

/// How many beads are counted after a page: whoever asks for a page does not wait for the count of
/// a whole ledger. [`super::Query::BeadCount`] counts all.
pub const COUNTED_BEYOND: u64 = 1_000;

/// Which beads, in which order, and how many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Selection {
    /// Those it holds for; `None` for all.
    pub expr: Option<Expr>,
    /// In this order instead of urgency, then newest.
    pub sort: Option<BeadSort>,
    /// The other way round.
    pub reverse: bool,
    /// At most so many; 0 for all.
    pub limit: u32,
    /// After so many.
    pub offset: u32,
}

impl Selection {
    /// What `bd query` asks for. Closed beads are left out unless the expression says something
    /// about status or closing, wisps unless it says something about wisps; `all` leaves out none.
    pub fn query(expr: Expr, all: bool) -> Self {
        let says = |fields: &[Field]| fields.iter().any(|field| expr.mentions(field));
        let mut parts = Vec::new();
        if !all && !says(&[Field::Status, Field::Closed, Field::Resting]) {
            parts.push(differs(Field::Status, BeadStatus::Closed.word()));
        }
        if !all && !says(&[Field::Ephemeral, Field::WispType, Field::Id]) {
            parts.push(flag(Field::Ephemeral, false));
        }
        parts.push(expr);
        Self {
            expr: Expr::all(parts),
            ..Self::default()
        }
    }

    /// What a list with these flags asks for. `now` is wall time.
    pub fn list(filter: &BeadFilter, now: i64) -> Self {
        let mut parts = filter.listed();
        parts.extend(filter.tests(now));
        Self {
            expr: Expr::all(parts),
            sort: filter.sort,
            reverse: filter.reverse,
            limit: filter.limit,
            offset: filter.offset,
        }
    }
}

impl ReadyFilter {
    /// What can be started of what the flags say; of the tree, everything below a parent. Which
    /// states are asked for is not looked at. `now` is wall time.
    pub fn expr(&self, now: i64) -> Option<Expr> {
        let mut filter = self.filter.clone();
        filter.scope.deep = true;
        let startable = if self.include_deferred {
            let states = [BeadStatus::Open, BeadStatus::Deferred];
            let states = states.map(|status| status.word().to_owned());
            vec![
                flag(Field::Blocked, false),
                flag(Field::Pinned, false),
                flag(Field::Template, false),
                one_of(Field::Status, states.to_vec()),
            ]
        } else {
            vec![flag(Field::Startable, true)]
        };
        let parts = startable.into_iter().chain(filter.work());
        Expr::all(parts.chain(filter.tests(now)))
    }
}

impl BeadFilter {
    /// What a list shows when nobody said which states, and which sorts of records it leaves out.
    fn listed(&self) -> Vec<Expr> {
        let scope = &self.scope;
        if scope.ready {
            let startable = flag(Field::Startable, true);
            return [startable].into_iter().chain(self.work()).collect();
        }
        let asks = |status: BeadStatus| self.status.contains(&status);
        let card = flag(Field::Pinned, true).or(is(Field::Status, BeadStatus::Pinned.word()));
        let mut parts = match scope.pinned {
            Some(true) => vec![card],
            Some(false) => vec![card.negated()],
            None if self.all || asks(BeadStatus::Pinned) || asks(BeadStatus::Hooked) => Vec::new(),
            None => vec![flag(Field::Pinned, false)],
        };
        let words = self.status_texts();
        if !words.is_empty() {
            parts.push(one_of(Field::Status, words));
        } else if !self.all {
            parts.push(match scope.pinned {
                Some(true) => differs(Field::Status, BeadStatus::Closed.word()),
                Some(false) | None => flag(Field::Resting, false),
            });
        }
        parts.extend(self.wisps());
        if !scope.include_templates {
            parts.push(flag(Field::Template, false));
        }
        if self.kind.is_none() {
            let gates = [BeadType::Gate]
                .into_iter()
                .filter(|_| !scope.include_gates);
            let infra = BeadType::INFRA.iter().copied();
            let hidden: Vec<String> = gates
                .chain(infra.filter(|_| !scope.include_infra))
                .map(|kind| kind.word().to_owned())
                .collect();
            parts.extend(none_of(Field::Type, hidden));
        }
        parts
    }

    /// No records that are not work, unless one is asked for by name.
    fn work(&self) -> Vec<Expr> {
        let records = BeadType::NO_WORK.iter().map(|kind| kind.word().to_owned());
        let records = none_of(Field::Type, records.collect());
        let records = records.filter(|_| self.kind.is_none());
        self.wisps().into_iter().chain(records).collect()
    }

    fn wisps(&self) -> Option<Expr> {
        let scope = &self.scope;
        if scope.only_ephemeral {
            Some(flag(Field::Ephemeral, true))
        } else if scope.include_ephemeral || scope.wisp_type.is_some() {
            None
        } else {
            Some(flag(Field::Ephemeral, false))
        }
    }

    fn status_texts(&self) -> Vec<String> {
        self.status
            .iter()
            .filter(|status| **status != BeadStatus::Foreign)
            .map(|status| status.word().to_owned())
            .chain(self.status_words.iter().cloned())
            .collect()
    }

    /// Everything else that the flags say.
    fn tests(&self, now: i64) -> Vec<Expr> {
        let mut parts = Vec::new();
        if let Some(rig) = &self.rig {
            parts.push(is(Field::Rig, rig.as_str()));
        }
        if let Some(kind) = self.kind {
            parts.push(is(Field::Type, kind.word_or(self.kind_word.as_deref())));
        }
        let excluded = self.exclude_kinds.iter().map(|word| {
            let (kind, beside) = BeadType::of_word(word);
            kind.word_or(beside.as_deref()).to_owned()
        });
        parts.extend(none_of(Field::Type, excluded.collect()));
        for (priority, op) in [
            (self.priority, Op::Eq),
            (self.priority_min, Op::Ge),
            (self.priority_max, Op::Le),
        ] {
            if let Some(priority) = priority {
                let number = Value::Number(i64::from(priority.number()));
                parts.push(Expr::test(Field::Priority, op, number));
            }
        }
        for (field, name) in [
            (Field::Assignee, &self.assignee),
            (Field::Owner, &self.owner),
        ] {
            parts.extend(name.as_ref().map(|name| is(field, name)));
        }
        if self.unassigned {
            parts.push(empty(Field::Assignee));
        }
        parts.extend(labels(&self.tags));
        parts.extend(texts(&self.text));
        parts.extend(dates(&self.dates, now));
        parts.extend(place(&self.scope));
        parts
    }
}

fn labels(tags: &LabelFilter) -> Vec<Expr> {
    let label = |value| Expr::test(Field::Label, Op::Eq, value);
    let mut parts: Vec<Expr> = tags
        .labels
        .iter()
        .map(|one| is(Field::Label, one))
        .collect();
    if !tags.labels_any.is_empty() {
        parts.push(one_of(Field::Label, tags.labels_any.clone()));
    }
    parts.extend(none_of(Field::Label, tags.exclude_labels.clone()));
    parts.extend(tags.label_pattern.clone().map(Value::Glob).map(label));
    parts.extend(tags.label_regex.clone().map(Value::Regex).map(label));
    if tags.no_labels {
        parts.push(empty(Field::Label));
    }
    parts
}

fn texts(text: &TextFilter) -> Vec<Expr> {
    let mut parts = Vec::new();
    for (field, said) in [
        (Field::Title, &text.title),
        (Field::Title, &text.title_contains),
        (Field::Description, &text.desc_contains),
        (Field::Notes, &text.notes_contains),
    ] {
        parts.extend(said.as_ref().map(|said| has(field, said)));
    }
    if let Some(said) = &text.search {
        let elsewhere = is(Field::ExternalRef, said);
        parts.push(
            has(Field::Title, said)
                .or(has(Field::Id, said))
                .or(elsewhere),
        );
    }
    if text.empty_description {
        parts.push(empty(Field::Description));
    }
    let spec = text.spec_prefix.clone().map(Value::Start);
    parts.extend(spec.map(|start| Expr::test(Field::Spec, Op::Eq, start)));
    if !text.ids.is_empty() {
        parts.push(one_of(Field::Id, text.ids.clone()));
    }
    parts
}

fn dates(dates: &DateFilter, now: i64) -> Vec<Expr> {
    let at = |field, op, from| {
        let said = format!("@{from}");
        let until = i64::saturating_add(from, 1);
        Expr::test(field, op, Value::Time(Moment { from, until, said }))
    };
    let mut parts = Vec::new();
    for (field, Window { after, before }) in [
        (Field::Created, dates.created),
        (Field::Updated, dates.updated),
        (Field::Started, dates.started),
        (Field::Closed, dates.closed),
        (Field::Due, dates.due),
        (Field::Defer, dates.defer),
    ] {
        parts.extend(after.map(|from| at(field.clone(), Op::Ge, from)));
        parts.extend(before.map(|from| at(field, Op::Le, from)));
    }
    if dates.deferred {
        let dated = empty(Field::Defer).negated();
        parts.push(dated.or(is(Field::Status, BeadStatus::Deferred.word())));
    }
    if dates.overdue {
        parts.push(at(Field::Due, Op::Lt, now));
        parts.push(differs(Field::Status, BeadStatus::Closed.word()));
    }
    parts
}

fn place(scope: &ScopeFilter) -> Vec<Expr> {
    let mut parts = Vec::new();
    if let Some(parent) = &scope.parent {
        let far = scope.deep || scope.ready;
        parts.push(is(if far { Field::Under } else { Field::Parent }, parent));
    }
    if scope.no_parent {
        parts.push(empty(Field::Parent));
    }
    for (field, word) in [
        (Field::MolType, &scope.mol_type),
        (Field::WispType, &scope.wisp_type),
    ] {
        parts.extend(word.as_ref().map(|word| is(field, word)));
    }
    let value = |(key, value): &(String, String)| is(Field::Metadata(key.clone()), value);
    parts.extend(scope.metadata.iter().map(value));
    let keys = scope.metadata_keys.iter();
    parts.extend(keys.map(|key| is(Field::MetadataKey, key)));
    parts
}

fn is(field: Field, text: &str) -> Expr {
    Expr::test(field, Op::Eq, Value::Text(text.to_owned()))
}

fn differs(field: Field, text: &str) -> Expr {
    Expr::test(field, Op::Ne, Value::Text(text.to_owned()))
}

fn has(field: Field, text: &str) -> Expr {
    Expr::test(field, Op::Eq, Value::Part(text.to_owned()))
}

fn empty(field: Field) -> Expr {
    Expr::test(field, Op::Eq, Value::Empty)
}

const fn flag(field: Field, yes: bool) -> Expr {
    Expr::test(field, Op::Eq, Value::Flag(yes))
}

fn one_of(field: Field, words: Vec<String>) -> Expr {
    Expr::test(field, Op::Eq, Value::OneOf(words))
}

/// Nothing to test when there are no words.
fn none_of(field: Field, words: Vec<String>) -> Option<Expr> {
    (!words.is_empty()).then(|| Expr::test(field, Op::Ne, Value::OneOf(words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "((((pinned=false AND resting=false) AND ephemeral=false) AND template=false) AND NOT ((((type=gate OR type=agent) OR type=rig) OR type=role) OR type=message))";

    fn listed(change: impl FnOnce(&mut BeadFilter)) -> String {
        let mut filter = BeadFilter::default();
        change(&mut filter);
        let list = Selection::list(&filter, 50);
        list.expr.map(|expr| expr.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_list_leaves_out_what_is_done_put_away_or_no_work() {
        assert_eq!(listed(|_| {}), LISTED);
        let everything = listed(|filter| {
            filter.all = true;
            filter.scope.include_gates = true;
            filter.scope.include_infra = true;
            filter.scope.include_templates = true;
            filter.scope.include_ephemeral = true;
        });
        assert_eq!(everything, "");
        let hooked = listed(|filter| {
            filter.status = vec![BeadStatus::Hooked];
            filter.kind = Some(BeadType::Gate);
        });
        assert_eq!(
            hooked,
            "(((status=hooked AND ephemeral=false) AND template=false) AND type=gate)"
        );
    }

    #[test]
    fn each_flag_becomes_a_test() {
        let with = |change: fn(&mut BeadFilter)| {
            listed(|filter| {
                filter.all = true;
                filter.kind = Some(BeadType::Bug);
                filter.scope.include_templates = true;
                filter.scope.include_ephemeral = true;
                change(filter);
            })
        };
        for (change, expected) in [
            (
                (|filter| filter.unassigned = true) as fn(&mut BeadFilter),
                "assignee=none",
            ),
            (
                |filter| filter.text.title_contains = Some("50%".to_owned()),
                "title=\"50%\"",
            ),
            (
                |filter| filter.text.search = Some("x-1".to_owned()),
                "((title=x-1 OR id=x-1) OR external_ref=x-1)",
            ),
            (
                |filter| filter.tags.exclude_labels = vec!["a".to_owned()],
                "NOT label=a",
            ),
            (
                |filter| filter.tags.label_pattern = Some("a-*".to_owned()),
                "label=a-*",
            ),
            (
                |filter| filter.dates.deferred = true,
                "(NOT defer=none OR status=deferred)",
            ),
            (
                |filter| filter.scope.parent = Some("tb-1".to_owned()),
                "parent=tb-1",
            ),
            (|filter| filter.scope.no_parent = true, "parent=none"),
            (
                |filter| filter.scope.metadata = vec![("k".to_owned(), "v".to_owned())],
                "metadata.k=v",
            ),
        ] {
            assert_eq!(with(change), format!("(type=bug AND {expected})"));
        }
        assert_eq!(
            with(|filter| filter.dates.overdue = true),
            "((type=bug AND due<@50) AND status!=closed)"
        );
    }

    #[test]
    fn ready_work_is_what_can_be_started_below_a_parent_at_any_depth() {
        let mut ready = ReadyFilter::default();
        ready.filter.kind = Some(BeadType::Task);
        ready.filter.scope.parent = Some("tb-1".to_owned());
        assert_eq!(
            ready.expr(0).map(|expr| expr.to_string()).as_deref(),
            Some("(((startable=true AND ephemeral=false) AND type=task) AND under=tb-1)")
        );
    }
}
