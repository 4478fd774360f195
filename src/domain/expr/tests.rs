//! What reads as what, what is refused and how, and that print and read agree.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::domain::{Here, Refusal};

/// 2026-03-25 09:15 in a zone one hour ahead.
fn here() -> Here {
    Here {
        now: 1_774_430_100_000,
        zone: TimeZone::fixed(jiff::tz::offset(1)),
    }
}

fn parse(text: &str) -> Result<Expr, Refusal> {
    Expr::parse(text, &here())
}

fn test(field: Field, op: Op, value: Value) -> Expr {
    Expr::test(field, op, value)
}

fn text(field: Field, said: &str) -> Expr {
    test(field, Op::Eq, Value::Text(said.to_owned()))
}

#[test]
fn words_become_the_expression_they_mean() {
    let open = || text(Field::Status, "open");
    let bug = || text(Field::Type, "bug");
    let urgent = || test(Field::Priority, Op::Le, Value::Number(1));
    for (source, expected) in [
        ("status=open", open()),
        ("STATUS = Open", open()),
        ("status=staged_ready", text(Field::Status, "staged_ready")),
        ("type=BUG", bug()),
        ("priority<=P1", urgent()),
        ("status=open AND type=bug", Expr::And(vec![open(), bug()])),
        // AND binds closer than OR, and NOT closest.
        (
            "status=open OR type=bug and priority<=1",
            Expr::Or(vec![open(), Expr::And(vec![bug(), urgent()])]),
        ),
        (
            "not status=open and type=bug",
            Expr::And(vec![open().negated(), bug()]),
        ),
        (
            "NOT (status=open OR type=bug)",
            Expr::Or(vec![open(), bug()]).negated(),
        ),
        (
            "(status=open AND type=bug) AND priority<=1",
            Expr::And(vec![open(), bug(), urgent()]),
        ),
        ("assignee=none", test(Field::Assignee, Op::Eq, Value::Empty)),
        (
            "assignee!=NULL",
            test(Field::Assignee, Op::Ne, Value::Empty),
        ),
        (
            "description=\"\"",
            test(Field::Description, Op::Eq, Value::Empty),
        ),
        ("assignee=\"none\"", text(Field::Assignee, "none")),
        (
            "assignee=tradingbot/polecats/Toast",
            text(Field::Assignee, "tradingbot/polecats/Toast"),
        ),
        (
            "desc='it\\'s \"so\"\\n'",
            test(
                Field::Description,
                Op::Eq,
                Value::Part("it's \"so\"\n".to_owned()),
            ),
        ),
        (
            "title=and",
            test(Field::Title, Op::Eq, Value::Part("and".to_owned())),
        ),
        (
            "id=bd-*",
            test(Field::Id, Op::Eq, Value::Start("bd-".to_owned())),
        ),
        (
            "labels=area:*",
            test(Field::Label, Op::Eq, Value::Glob("area:*".to_owned())),
        ),
        ("label='area:*'", text(Field::Label, "area:*")),
        ("pinned=Yes", test(Field::Pinned, Op::Eq, Value::Flag(true))),
        (
            "metadata.Team.a=x",
            text(Field::Metadata("Team.a".to_owned()), "x"),
        ),
        ("has_metadata_key=k_1", text(Field::MetadataKey, "k_1")),
    ] {
        assert_eq!(parse(source).unwrap(), expected, "{source}");
    }
}

#[test]
fn dates_in_a_query_look_back_and_deadlines_ahead() {
    let from = |source: &str| match parse(source).unwrap() {
        Expr::Test(Test {
            value: Value::Time(moment),
            ..
        }) => moment.from - here().now,
        other => panic!("{other:?}"),
    };
    assert_eq!(from("updated>7d"), -7 * 86_400_000);
    assert_eq!(from("created_at>24h"), -86_400_000);
    assert_eq!(from("due<7d"), 7 * 86_400_000);
    assert_eq!(from("closed>=\"3 days ago\""), -3 * 86_400_000);
}

#[test]
fn the_printed_form_brackets_every_pair() {
    for (source, expected) in [
        ("status=open", "status=open"),
        (
            "status=open AND priority<=1 AND type=bug",
            "((status=open AND priority<=1) AND type=bug)",
        ),
        (
            "status=open and (type=bug or not label=x)",
            "(status=open AND (type=bug OR NOT label=x))",
        ),
        ("updated_at > 7d", "updated>7d"),
        ("title='two words'", "title=\"two words\""),
        ("owner=''", "owner=none"),
        ("metadata.k='a*b'", "metadata.k=\"a*b\""),
    ] {
        assert_eq!(parse(source).unwrap().to_string(), expected, "{source}");
    }
    let many = Value::OneOf(vec!["open".to_owned(), "blocked".to_owned()]);
    assert_eq!(
        test(Field::Status, Op::Ne, many).to_string(),
        "NOT (status=open OR status=blocked)"
    );
}

#[test]
fn refusals_name_the_place_what_was_found_and_what_would_do() {
    for (source, parts) in [
        ("", &["an empty query"][..]),
        (
            "status",
            &["character 7", "found the end", "`>=` after `status`"],
        ),
        (
            "status=",
            &["character 8", "the end", "a status such as `open`"],
        ),
        (
            "status=open)",
            &["character 12", "found `)`", "`AND`, `OR` or the end"],
        ),
        (
            "(status=open",
            &["character 13", "the bracket at character 1"],
        ),
        ("status=open type=bug", &["character 13", "found `type`"]),
        (
            "color=red",
            &[
                "character 1",
                "field `color`",
                "`assignee`",
                "`metadata.KEY`",
            ],
        ),
        (
            "status<open",
            &[
                "character 8",
                "`<` is not acceptable for `status`",
                "only `priority` and dates",
            ],
        ),
        (
            "priority=5",
            &["character 10", "priority `5`", "`0` to `4`"],
        ),
        (
            "created>soon",
            &["character 9", "created `soon`", "`next monday`"],
        ),
        ("created=none", &["created `none`"]),
        ("pinned=maybe", &["pinned `maybe`", "`true` or `false`"]),
        ("title=\"open", &["character 7", "closing quote"]),
        ("title=\"a\\x\"", &["character 9", "`\\x`"]),
        ("title=a;b", &["character 8", "found `;`"]),
        ("a AND", &["field `a`"]),
        (
            "status=open AND",
            &["character 16", "the end", "a comparison"],
        ),
        ("id=b*d*", &["id `b*d*`", "`tb-*`"]),
        ("metadata.9=x", &["metadata key `9`"]),
        ("! status=open", &["character 1", "found `!`"]),
        ("priority<none", &["priority `none`"]),
        ("closed<none", &["closed `none`"]),
    ] {
        let refusal = parse(source).unwrap_err();
        for part in parts {
            assert!(refusal.message.contains(part), "{source}: {refusal}");
        }
        assert_eq!(refusal.kind.exit_code(), 2);
    }
}

#[test]
fn hostile_sizes_are_refused_without_harm() {
    let deep = format!("{}status=open{}", "(".repeat(5_000), ")".repeat(5_000));
    let nots = format!("{}status=open", "NOT ".repeat(3_000));
    let many = vec!["status=open"; 1_000].join(" OR ");
    let long = format!("title={}", "x".repeat(20_000));
    for source in [deep, nots, many, long] {
        assert!(parse(&source).unwrap_err().message.contains("too large"));
    }
    let mut deep = text(Field::Status, "open");
    for _ in 0..200 {
        deep = deep.negated();
    }
    assert!(deep.check().is_err());
    let nul = test(Field::Title, Op::Eq, Value::Part("a\0b".to_owned()));
    assert!(nul.check().is_err());
    for wrong in [
        Expr::And(Vec::new()),
        test(Field::Status, Op::Lt, Value::Text("open".to_owned())),
        test(Field::Priority, Op::Eq, Value::Number(9)),
        test(Field::Title, Op::Eq, Value::Regex("(".to_owned())),
        test(Field::Metadata("a\"b".to_owned()), Op::Eq, Value::Empty),
        test(Field::MetadataKey, Op::Eq, Value::Text("$".to_owned())),
        test(Field::Created, Op::Eq, Value::Empty),
    ] {
        assert!(wrong.check().is_err(), "{wrong:?}");
    }
}

fn any_test() -> impl Strategy<Value = Expr> {
    let said = "[ -~äß\n\t]{1,12}".prop_filter("blank", |said| !said.trim().is_empty());
    let eq = prop_oneof![Just(Op::Eq), Just(Op::Ne)];
    let op = prop::sample::select(Op::ALL.to_vec());
    let names = prop::sample::select(vec![
        Field::Assignee,
        Field::Owner,
        Field::Label,
        Field::Id,
        Field::Spec,
        Field::Parent,
        Field::Metadata("k.v".to_owned()),
    ]);
    let proses = prop::sample::select(vec![Field::Title, Field::Description, Field::Notes]);
    let flags = prop::sample::select(vec![Field::Pinned, Field::Ephemeral, Field::Ready]);
    let date = prop::sample::select(vec!["7d", "2026-03-01", "tomorrow"]);
    prop_oneof![
        (names, eq.clone(), said.clone()).prop_map(|(field, op, said)| test(
            field,
            op,
            Value::Text(said)
        )),
        (proses, eq.clone(), said).prop_map(|(field, op, said)| test(field, op, Value::Part(said))),
        (flags, eq.clone(), any::<bool>()).prop_map(|(field, op, yes)| test(
            field,
            op,
            Value::Flag(yes)
        )),
        (op.clone(), 0..=4_i64).prop_map(|(op, number)| test(
            Field::Priority,
            op,
            Value::Number(number)
        )),
        (op, date).prop_map(|(op, said)| {
            let moment = here().moment("created", said, crate::domain::Lean::Back);
            test(Field::Created, op, Value::Time(moment.unwrap()))
        }),
        eq.prop_map(|op| test(Field::Owner, op, Value::Empty)),
    ]
}

fn any_expr() -> impl Strategy<Value = Expr> {
    any_test().prop_recursive(4, 24, 3, |inner| {
        let few = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            few.clone().prop_map(|parts| Expr::all(parts).unwrap()),
            few.prop_map(|parts| Expr::any(parts).unwrap()),
            inner.prop_map(Expr::negated),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_the_same(expr in any_expr()) {
        prop_assert_eq!(parse(&expr.to_string()).unwrap(), expr);
    }

    #[test]
    fn it_travels_as_data(expr in any_expr()) {
        let sent = serde_json::to_string(&expr).unwrap();
        prop_assert_eq!(serde_json::from_str::<Expr>(&sent).unwrap(), expr);
    }

    #[test]
    fn no_text_does_harm(source in "[a-z=<>!()\"'\\\\ .*:0-9]{0,60}") {
        let _refused_or_read = parse(&source);
    }
}
