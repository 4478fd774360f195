//! An expression means the same in SQL as in a plain reading over beads in memory.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use crate::domain::expr::{Expr, Field, Op, Test, Value};
use crate::domain::{
    BeadFilter, BeadId, BeadSort, BeadStatus, BeadType, DepKind, Here, Moment, Priority,
    ReadyFilter, ReadySort, Selection, TextFilter,
};
use crate::rules::decision::Change;
use crate::rules::row::BeadRow;
use crate::store::Store;
use crate::store::bead_tests::{edge, id, row};

const NOW: i64 = 5;
const IDS: [&str; 9] = [
    "tb-a", "tb-a.1", "tb-a.1.1", "tb-a.12", "tb-b", "tb-b.x", "tb-10", "tb-10.3", "hq-b_2",
];
/// What people and hostile agents write.
const WORDS: [&str; 16] = [
    "",
    "fix 100% of it",
    "FIX",
    "fix_it",
    "100",
    "%",
    "_",
    "\\",
    "'; DROP TABLE beads; --",
    "\" OR 1=1 --",
    "Ärger über Öl",
    "ärger Ü",
    "a*b?[c]^-z",
    "[",
    "?1",
    "area-ui",
];
const LABELS: [&str; 5] = ["area-ui", "area-api", "gt:task", "a*b?[c]^-z", "' OR ''='"];
const STATUSES: [&str; 7] = [
    "open",
    "closed",
    "pinned",
    "deferred",
    "in_progress",
    "parked",
    "staged",
];
const TYPES: [&str; 4] = ["task", "bug", "gate", "widget"];

#[derive(Clone, Debug)]
struct Model {
    row: BeadRow,
    labels: BTreeSet<String>,
    parent: Option<BeadId>,
}

fn pick(from: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(from).prop_map(str::to_owned)
}

fn moment() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(0..10_i64)
}

prop_compose! {
    fn texts()(
        title in pick(&WORDS), description in pick(&WORDS), notes in pick(&WORDS),
        assignee in prop::option::of(pick(&WORDS)), owner in pick(&WORDS), spec in pick(&WORDS),
        status in pick(&STATUSES), kind in pick(&TYPES), priority in 0..=4_u8,
    ) -> BeadRow {
        let mut bead = row("tb-a", 0);
        (bead.title, bead.description, bead.assignee) = (title, description, assignee);
        (bead.rest.notes, bead.rest.owner, bead.rest.spec_id) = (notes, owner, spec);
        bead.priority = Priority::try_from(priority).unwrap();
        (bead.status, bead.status_word) = BeadStatus::of_word(&status);
        (bead.kind, bead.kind_word) = BeadType::of_word(&kind);
        bead
    }
}

prop_compose! {
    fn bead()(
        bead in texts(), created in 0..10_i64, closed in moment(), due in moment(), defer in moment(),
        flags in prop::array::uniform3(prop::bool::weighted(0.2)),
        metadata in prop::sample::select(vec![
            json!(null), json!({"k": "x"}), json!({"k": 5, "a.b": true}), json!({"k": ""}), json!({"k": null}),
            json!({"k": [1, "x"]}), json!("k"), json!({"K": "'; DROP"}),
        ]),
        mol in prop::sample::select(vec!["", "swarm", "patrol"]),
        labels in prop::collection::btree_set(pick(&LABELS), 0..3),
        parent in prop::option::weighted(0.4, 0..IDS.len()),
    ) -> (BeadRow, BTreeSet<String>, Option<usize>) {
        let mut bead = bead;
        (bead.created_at, bead.updated_at, bead.closed_at) = (created, created + 1, closed);
        (bead.rest.due_at, bead.rest.defer_until) = (due, defer);
        [bead.rest.ephemeral, bead.rest.pinned, bead.rest.template] = flags;
        bead.rest.more.metadata = metadata;
        bead.rest.more.mol_type = mol.to_owned();
        (bead, labels, parent)
    }
}

fn beads() -> impl Strategy<Value = Vec<Model>> {
    prop::collection::vec(bead(), IDS.len()).prop_map(|beads| {
        let made = beads.into_iter().enumerate();
        made.map(|(place, (row, labels, parent))| Model {
            row: BeadRow {
                id: id(IDS[place]),
                ..row
            },
            labels,
            parent: parent.filter(|at| *at < place).map(|at| id(IDS[at])),
        })
        .collect()
    })
}

fn store(beads: &[Model]) -> Store {
    let store = Store::in_memory().unwrap();
    for (key, value) in [
        ("status.custom", "parked:frozen,staged:active"),
        ("types.custom", "widget"),
    ] {
        let sql = "INSERT INTO kv (key, value) VALUES (?1, ?2)";
        store.conn.execute(sql, [key, value]).unwrap();
    }
    for bead in beads {
        store.apply(&Change::Bead(bead.row.clone())).unwrap();
        let labels = Change::Labels {
            bead: bead.row.id.clone(),
            add: bead.labels.iter().cloned().collect(),
            remove: Vec::new(),
        };
        store.apply(&labels).unwrap();
        if let Some(parent) = &bead.parent {
            let dep = edge(bead.row.id.as_str(), parent.as_str(), DepKind::ParentChild);
            store.apply(&Change::Dep(dep)).unwrap();
        }
    }
    store
}

#[test]
fn a_label_of_many_beads_and_one_of_few_find_the_same_way() {
    let store = Store::in_memory().unwrap();
    for number in 0..2_100 {
        let bead = row(&format!("tb-{number}"), number);
        let add = match number {
            7 => vec!["many".to_owned(), "few".to_owned()],
            _ => vec!["many".to_owned()],
        };
        let labels = Change::Labels {
            bead: bead.id.clone(),
            add,
            remove: Vec::new(),
        };
        store.apply(&Change::Bead(bead)).unwrap();
        store.apply(&labels).unwrap();
    }
    let page = |label: &str| Selection {
        limit: 10,
        ..of(Expr::test(
            Field::Label,
            Op::Eq,
            Value::Text(label.to_owned()),
        ))
    };
    let (rows, total) = store.select(&page("many"), NOW).unwrap();
    // Counted as far as a thousand beyond the page, and no further.
    assert_eq!((rows[0].id.as_str(), total), ("tb-2099", 1_010));
    assert_eq!(store.count_selected(&page("many"), NOW).unwrap(), 2_100);
    let (rows, total) = store.select(&page("few"), NOW).unwrap();
    assert_eq!((rows[0].id.as_str(), total), ("tb-7", 1));
}

fn any_op() -> impl Strategy<Value = Op> {
    prop::sample::select(Op::ALL.to_vec())
}

fn any_test() -> impl Strategy<Value = Expr> {
    let same = prop_oneof![Just(Op::Eq), Just(Op::Ne)];
    let dates = prop::sample::select(vec![
        Field::Created,
        Field::Updated,
        Field::Closed,
        Field::Due,
        Field::Defer,
        Field::Started,
    ]);
    let time = (dates, any_op(), 0..10_i64, 1..3_i64).prop_map(|(field, op, from, long)| {
        let (until, said) = (from + long, "x".to_owned());
        Expr::test(field, op, Value::Time(Moment { from, until, said }))
    });
    let names = prop::sample::select(vec![
        Field::Assignee,
        Field::Owner,
        Field::Spec,
        Field::CreatedBy,
        Field::Metadata("k".to_owned()),
        Field::Metadata("a.b".to_owned()),
    ]);
    let name = prop_oneof![
        pick(&WORDS),
        Just("x".to_owned()),
        Just("true".to_owned()),
        Just("[1,\"x\"]".to_owned())
    ];
    let proses = prop::sample::select(vec![Field::Title, Field::Description, Field::Notes]);
    let empties = prop::sample::select(vec![
        Field::Assignee,
        Field::Owner,
        Field::Description,
        Field::Label,
        Field::Parent,
        Field::Closed,
        Field::Spec,
        Field::MolType,
        Field::Metadata("k".to_owned()),
        Field::Rig,
    ]);
    let flags = prop::sample::select(vec![
        Field::Pinned,
        Field::Ephemeral,
        Field::Template,
        Field::Blocked,
        Field::Startable,
        Field::Ready,
        Field::Resting,
    ]);
    let label = prop_oneof![
        pick(&LABELS).prop_map(Value::Text),
        prop::collection::vec(pick(&LABELS), 1..3).prop_map(Value::OneOf),
        pick(&["area-*", "*", "a?ea*", "*'*", "a*[c]*"]).prop_map(Value::Glob),
        pick(&["area", "^gt:", "'|z$"]).prop_map(Value::Regex),
    ];
    let ids = prop_oneof![
        pick(&IDS).prop_map(Value::Text),
        prop::collection::vec(pick(&IDS), 1..3).prop_map(Value::OneOf),
        pick(&["tb-", "tb-a.1", "hq-b_", "tb-%"]).prop_map(Value::Start),
        pick(&["B", "_", "a.1", "%"]).prop_map(Value::Part),
    ];
    let texts =
        |field: Field, from| pick(from).prop_map(move |word| (field.clone(), Value::Text(word)));
    let valued = prop_oneof![
        texts(Field::Status, &STATUSES),
        texts(Field::Type, &TYPES),
        texts(Field::Parent, &IDS),
        texts(Field::Under, &IDS),
        texts(Field::MolType, &["swarm", "work"]),
        texts(Field::MetadataKey, &["k", "a.b", "none"]),
        prop::collection::vec(pick(&STATUSES), 1..4)
            .prop_map(|words| (Field::Status, Value::OneOf(words))),
        (names, name).prop_map(|(field, word)| (field, Value::Text(word))),
        (proses, pick(&WORDS)).prop_map(|(field, word)| (field, Value::Part(word))),
        pick(&WORDS).prop_map(|word| (Field::Spec, Value::Start(word))),
        empties.prop_map(|field| (field, Value::Empty)),
        (flags, any::<bool>()).prop_map(|(field, yes)| (field, Value::Flag(yes))),
        label.prop_map(|value| (Field::Label, value)),
        ids.prop_map(|value| (Field::Id, value)),
    ];
    prop_oneof![
        1 => time,
        1 => (any_op(), 0..=4_i64).prop_map(|(op, number)| Expr::test(Field::Priority, op, Value::Number(number))),
        6 => (valued, same).prop_map(|((field, value), op)| Expr::test(field, op, value)),
    ]
}

fn any_expr() -> impl Strategy<Value = Expr> {
    any_test().prop_recursive(4, 20, 3, |inner| {
        let few = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            few.clone().prop_map(Expr::And),
            few.prop_map(Expr::Or),
            inner.prop_map(Expr::negated),
        ]
    })
}

/// The beads, read plainly.
struct World<'a> {
    beads: &'a [Model],
    /// Those that the ledger holds back.
    blocked: Vec<BeadId>,
}

impl World<'_> {
    fn holds(&self, expr: &Expr, bead: &Model) -> bool {
        match expr {
            Expr::And(parts) => parts.iter().all(|part| self.holds(part, bead)),
            Expr::Or(parts) => parts.iter().any(|part| self.holds(part, bead)),
            Expr::Not(part) => !self.holds(part, bead),
            Expr::Test(test) if test.op == Op::Ne => !self.is(test, bead),
            Expr::Test(test) => self.is(test, bead),
        }
    }

    fn is(&self, test: &Test, bead: &Model) -> bool {
        let (row, rest) = (&bead.row, &bead.row.rest);
        let has = |text: &str| says(&test.value, text);
        let flag = |yes: bool| test.value == Value::Flag(yes);
        match &test.field {
            Field::Status => has(row.status_text()),
            Field::Type => has(row.kind_text()),
            Field::Priority => match &test.value {
                Value::Number(number) => compare(
                    test.op,
                    i64::from(row.priority.number()),
                    *number,
                    number + 1,
                ),
                other => panic!("{other:?}"),
            },
            Field::Assignee => {
                has(row.assignee.as_deref().unwrap_or(""))
                    && (row.assignee.is_some() || test.value == Value::Empty)
            }
            Field::Rig => has(row.rig.as_ref().map_or("", |rig| rig.as_str())),
            Field::Owner => has(&rest.owner),
            Field::CreatedBy => has(&row.created_by),
            Field::ExternalRef => has(&rest.external_ref),
            Field::Spec => has(&rest.spec_id),
            Field::Title => has(&row.title),
            Field::Description => has(&row.description),
            Field::Design => has(&rest.design),
            Field::Acceptance => has(&rest.acceptance),
            Field::Notes => has(&rest.notes),
            Field::Created => at(test, Some(row.created_at)),
            Field::Updated => at(test, Some(row.updated_at)),
            Field::Started => at(test, rest.started_at),
            Field::Closed => at(test, row.closed_at),
            Field::Due => at(test, rest.due_at),
            Field::Defer => at(test, rest.defer_until),
            Field::Id => has(row.id.as_str()),
            Field::Label if test.value == Value::Empty => bead.labels.is_empty(),
            Field::Label => bead.labels.iter().any(|label| has(label)),
            Field::Parent => self.parent(bead, &test.value),
            Field::Under => self.under(bead, &test.value),
            Field::Pinned => flag(rest.pinned),
            Field::Ephemeral => flag(rest.ephemeral),
            Field::Template => flag(rest.template),
            Field::Blocked => flag(self.blocked.contains(&row.id)),
            Field::Startable => flag(self.startable(bead)),
            Field::Ready => flag(
                self.startable(bead) && !rest.ephemeral && !BeadType::NO_WORK.contains(&row.kind),
            ),
            Field::Resting => flag(["closed", "pinned", "parked"].contains(&row.status_text())),
            Field::MolType => has(&rest.more.mol_type),
            Field::WispType => has(&rest.more.wisp_type),
            Field::MetadataKey => match &test.value {
                Value::Text(key) => rest.more.metadata.get(key).is_some(),
                other => panic!("{other:?}"),
            },
            Field::Metadata(key) => match rest.more.metadata.get(key) {
                None | Some(serde_json::Value::Null) => has(""),
                Some(serde_json::Value::String(text)) => has(text),
                Some(other) => has(&other.to_string()),
            },
        }
    }

    /// The texts before each dot of an id without an edge to a parent, longest first.
    fn dotted(bead: &Model) -> impl Iterator<Item = &str> {
        let id = bead.row.id.as_str();
        let dots = id.rmatch_indices('.').map(|(at, _)| &id[..at]);
        dots.filter(|_| bead.parent.is_none())
    }

    fn parent(&self, bead: &Model, value: &Value) -> bool {
        let edge = bead.parent.as_ref().map(BeadId::as_str);
        let above = edge.or(Self::dotted(bead).next());
        let there = |id: &str| self.beads.iter().any(|one| one.row.id.as_str() == id);
        match value {
            Value::Empty => edge.is_none() && !above.is_some_and(there),
            Value::Text(text) => above == Some(text.as_str()),
            other => panic!("{other:?}"),
        }
    }

    fn under(&self, bead: &Model, value: &Value) -> bool {
        let Value::Text(root) = value else {
            panic!("{value:?}")
        };
        let edge = bead.parent.as_ref().map(BeadId::as_str).into_iter();
        let mut above = edge.chain(Self::dotted(bead));
        let under = |id: &str| {
            let mut beads = self.beads.iter();
            beads.any(|one| one.row.id.as_str() == id && self.under(one, value))
        };
        above.any(|id| id == root || under(id))
    }

    fn startable(&self, bead: &Model) -> bool {
        let (row, rest) = (&bead.row, &bead.row.rest);
        let later = |row: &BeadRow| row.rest.defer_until.is_some_and(|until| until > NOW);
        let parent = self
            .beads
            .iter()
            .find(|one| bead.parent.as_ref() == Some(&one.row.id));
        let status = row.status == BeadStatus::Open
            || row.status == BeadStatus::Deferred && rest.defer_until.is_some();
        status
            && !later(row)
            && !parent.is_some_and(|one| later(&one.row))
            && !self.blocked.contains(&row.id)
            && !rest.pinned
            && !rest.template
    }
}

fn says(value: &Value, text: &str) -> bool {
    match value {
        Value::Empty => text.is_empty(),
        Value::Text(whole) => whole == text,
        Value::OneOf(many) => many.iter().any(|one| one == text),
        Value::Part(part) => contains(text, part),
        Value::Start(start) => text.starts_with(start.as_str()),
        Value::Glob(form) => globbed(
            &form.chars().collect::<Vec<_>>(),
            &text.chars().collect::<Vec<_>>(),
        ),
        Value::Regex(form) => regex::Regex::new(form).unwrap().is_match(text),
        other => panic!("{other:?}"),
    }
}

fn globbed(form: &[char], text: &[char]) -> bool {
    match (form, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=text.len()).any(|skip| globbed(rest, &text[skip..])),
        (['?', rest @ ..], [_, more @ ..]) => globbed(rest, more),
        ([c, rest @ ..], [d, more @ ..]) => c == d && globbed(rest, more),
        _ => false,
    }
}

fn contains(text: &str, part: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let part: Vec<char> = part.chars().collect();
    let same =
        |a: &char, b: &char| a == b || a.to_lowercase().eq([*b]) || a.to_uppercase().eq([*b]);
    part.is_empty()
        || text
            .windows(part.len())
            .any(|window| part.iter().zip(window).all(|(a, b)| same(a, b)))
}

fn at(test: &Test, time: Option<i64>) -> bool {
    match (&test.value, time) {
        (Value::Empty, time) => time.is_none(),
        (Value::Time(moment), Some(time)) => compare(test.op, time, moment.from, moment.until),
        _ => false,
    }
}

fn compare(op: Op, found: i64, from: i64, until: i64) -> bool {
    match op {
        Op::Eq | Op::Ne => (from..until).contains(&found),
        Op::Lt => found < from,
        Op::Le => found < until,
        Op::Gt => found >= until,
        Op::Ge => found >= from,
    }
}

fn found(store: &Store, selection: &Selection) -> Vec<String> {
    let (rows, _) = store.select(selection, NOW).unwrap();
    rows.iter().map(|row| row.id.to_string()).collect()
}

fn of(expr: Expr) -> Selection {
    Selection {
        expr: Some(expr),
        ..Selection::default()
    }
}

#[test]
fn texts_of_attackers_are_only_texts() {
    let mut bead = row("tb-a", 1);
    bead.title = "100% '; DROP TABLE beads; -- [x]".to_owned();
    let model = Model {
        row: bead,
        labels: BTreeSet::from(["' OR ''='".to_owned()]),
        parent: None,
    };
    let store = store(&[model]);
    let here = Here {
        now: NOW,
        zone: jiff::tz::TimeZone::UTC,
    };
    for (query, count) in [
        ("title=\"'; DROP TABLE beads; --\"", 1),
        ("title=\"100%\"", 1),
        ("title=\"1%0\"", 0),
        ("title=\"_00\"", 0),
        ("title=\"[X]\"", 1),
        ("label=\"' OR ''='\"", 1),
        ("label=\"' OR 1=1 --\"", 0),
        ("assignee=\"' OR 1=1 --\"", 0),
        ("id=\"tb-a' OR '1'='1\"", 0),
        ("metadata.k=\"') OR 1=1 --\"", 0),
        ("owner!=\"x\" AND NOT spec=\"' --\"", 1),
    ] {
        let expr = Expr::parse(query, &here).unwrap();
        assert_eq!(
            found(&store, &Selection::query(expr, false)).len(),
            count,
            "{query}"
        );
    }
}

#[test]
fn a_status_or_type_with_a_slip_in_it_is_refused_and_names_what_there_is() {
    let mut odd = row("tb-a", 1);
    (odd.status, odd.status_word) = BeadStatus::of_word("imported_word");
    let odd = Model {
        row: odd,
        labels: BTreeSet::new(),
        parent: None,
    };
    let store = store(&[odd]);
    let test =
        |field, word: &str| of(Expr::test(field, Op::Eq, Value::Text(word.to_owned())).negated());
    let refused = store.select(&test(Field::Status, "opne"), NOW).unwrap_err();
    for part in ["status `opne`", "`open`", "`staged`"] {
        assert!(refused.message.contains(part), "{refused}");
    }
    assert!(store.select(&test(Field::Type, "bugg"), NOW).is_err());
    for (field, word) in [
        (Field::Status, "staged"),
        (Field::Status, "imported_word"),
        (Field::Type, "widget"),
    ] {
        assert!(store.select(&test(field, word), NOW).is_ok(), "{word}");
    }
    let wrong = Expr::test(Field::Label, Op::Eq, Value::Regex("(".to_owned()));
    assert!(
        store
            .select(&of(wrong), NOW)
            .unwrap_err()
            .message
            .contains("label pattern `(`")
    );
}

#[test]
fn what_a_query_leaves_out_depends_on_what_it_speaks_of() {
    let bead = |text: &str, status: BeadStatus, ephemeral: bool| {
        let mut row = row(text, 1);
        row.status = status;
        row.closed_at = (status == BeadStatus::Closed).then_some(2);
        row.rest.ephemeral = ephemeral;
        Model {
            row,
            labels: BTreeSet::new(),
            parent: None,
        }
    };
    let store = store(&[
        bead("tb-a", BeadStatus::Open, false),
        bead("tb-b", BeadStatus::Closed, false),
        bead("tb-c", BeadStatus::Open, true),
    ]);
    let here = Here {
        now: NOW,
        zone: jiff::tz::TimeZone::UTC,
    };
    for (query, all, expected) in [
        ("priority=2", false, &["tb-a"][..]),
        ("priority=2", true, &["tb-a", "tb-b", "tb-c"]),
        ("status=closed OR priority=0", false, &["tb-b"]),
        ("closed!=none", false, &["tb-b"]),
        ("ephemeral=true", false, &["tb-c"]),
        ("id=tb-*", false, &["tb-a", "tb-c"]),
    ] {
        let expr = Expr::parse(query, &here).unwrap();
        assert_eq!(
            found(&store, &Selection::query(expr, all)),
            expected,
            "{query}"
        );
    }
}

#[test]
fn the_order_and_the_cut_are_made_by_the_ledger() {
    let bead = |text: &str, at: i64, priority: u8, assignee: Option<&str>| {
        let mut row = row(text, at);
        row.priority = Priority::try_from(priority).unwrap();
        row.assignee = assignee.map(str::to_owned);
        row.title = text.to_uppercase();
        row.closed_at = (at > 1).then_some(at);
        Model {
            row,
            labels: BTreeSet::new(),
            parent: None,
        }
    };
    let store = store(&[
        bead("tb-a", 1, 2, None),
        bead("tb-b", 2, 0, Some("zoe")),
        bead("tb-10", 3, 2, Some("amy")),
    ]);
    for (sort, reverse, expected) in [
        (None, false, ["tb-b", "tb-10", "tb-a"]),
        (None, true, ["tb-a", "tb-10", "tb-b"]),
        (Some(BeadSort::Created), false, ["tb-10", "tb-b", "tb-a"]),
        (Some(BeadSort::Id), false, ["tb-10", "tb-a", "tb-b"]),
        (Some(BeadSort::Title), true, ["tb-b", "tb-a", "tb-10"]),
        // What is unset comes last both ways.
        (Some(BeadSort::Assignee), false, ["tb-10", "tb-b", "tb-a"]),
        (Some(BeadSort::Assignee), true, ["tb-b", "tb-10", "tb-a"]),
        (Some(BeadSort::Closed), true, ["tb-b", "tb-10", "tb-a"]),
    ] {
        let all = Selection {
            sort,
            reverse,
            ..Selection::default()
        };
        assert_eq!(found(&store, &all), expected, "{sort:?} {reverse}");
        let second = Selection {
            limit: 1,
            offset: 1,
            ..all
        };
        let (rows, total) = store.select(&second, NOW).unwrap();
        assert_eq!((rows[0].id.as_str(), total), (expected[1], 3));
    }
}

#[test]
fn a_plain_list_is_read_from_its_index_in_order() {
    let store = store(&[]);
    let plan = |text: TextFilter| {
        let filter = BeadFilter {
            text,
            ..BeadFilter::default()
        };
        let pick = super::Pick {
            expr: Selection::list(&filter, NOW).expr,
            source: "beads",
            order: "priority, created_at DESC, id".to_owned(),
            limit: 50,
            offset: 0,
        };
        store.plan_of(&pick, NOW).unwrap().join("; ")
    };
    let search = TextFilter {
        search: Some("parser".to_owned()),
        ..TextFilter::default()
    };
    for plan in [plan(TextFilter::default()), plan(search)] {
        assert!(plan.contains("INDEX beads_listed"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn ready_work_is_read_from_its_index_in_order() {
    let store = store(&[]);
    for (sort, index) in [
        (ReadySort::Priority, "INDEX beads_ready "),
        (ReadySort::Oldest, "INDEX beads_ready_by_age "),
    ] {
        let ready = ReadyFilter {
            sort,
            ..ReadyFilter::default()
        };
        let plan = store.plan_of_ready(&ready).unwrap().join(" ; ");
        assert!(format!("{plan} ").contains(index), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn sql_and_a_plain_reading_agree(beads in beads(), exprs in prop::collection::vec(any_expr(), 12)) {
        let store = store(&beads);
        let blocked = beads.iter().map(|bead| bead.row.id.clone());
        let blocked = blocked.filter(|id| store.bead(id).unwrap().unwrap().is_blocked).collect();
        let world = World { beads: &beads, blocked };
        for expr in exprs {
            let expected: BTreeSet<String> = beads.iter().filter(|bead| world.holds(&expr, bead))
                .map(|bead| bead.row.id.to_string()).collect();
            let (rows, total) = store.select(&of(expr.clone()), NOW).unwrap();
            let got: BTreeSet<String> = rows.iter().map(|row| row.id.to_string()).collect();
            prop_assert_eq!(total, u64::try_from(rows.len()).unwrap());
            prop_assert_eq!(got, expected, "{}", expr);
        }
    }
}
